"""What the parts of a file that were read already offer to those that refer to them."""

from dataclasses import dataclass, field

from qualifications.catalogue_entries import UnitEntry, VerbEntry
from qualifications.marked_yaml import Faults, Fields, Node, Reading, Scalar

CriterionKey = tuple[str, str]  # the unit's ref and the criterion's number


@dataclass
class Known:
    """Verbs and units, where each criterion stands in the file, and which have descriptors."""

    faults: Faults
    verbs: dict[str, VerbEntry] = field(default_factory=dict)
    units: dict[str, UnitEntry] = field(default_factory=dict)
    criterion_lines: dict[CriterionKey, int] = field(default_factory=dict)
    described: set[CriterionKey] = field(default_factory=set)  # criteria with descriptors

    def has_criterion(self, ref: str, number: str) -> bool:
        unit = self.units.get(ref)
        return bool(unit and any(criterion.number == number for criterion in unit.criteria))

    def in_order(self, keys: list[CriterionKey]) -> tuple[CriterionKey, ...]:
        """In the order of the units, however the file lists them: the order says nothing there."""
        order = [(ref, c.number) for ref, unit in self.units.items() for c in unit.criteria]
        return tuple(sorted(keys, key=order.index))

    def read_unit_refs(self, holder: Reading) -> list[tuple[str, int]]:
        """The units that `holder` names under 'units', with their lines."""
        found: dict[str, int] = {}
        for ref, line in holder.texts("units"):
            if ref not in self.units:
                known = ", ".join(self.units) or "none"
                holder.fault(line, f"there is no unit {ref}", f"Use one of: {known}")
            elif ref in found:
                holder.fault(line, f"unit {ref} is given twice", "Keep one of them")
            else:
                found[ref] = line
        return list(found.items())


def texts(
    reading: Reading, name: str, *, optional: bool = True, pattern: str = "", example: str = ""
) -> tuple[str, ...]:
    found = reading.texts(name, optional=optional, pattern=pattern, example=example)
    return tuple(text for text, _ in found)


def place(noun: str, node: Node, key: str) -> str:
    """How messages call one entry of a list: its noun with its code, where it has one."""
    named = node.items.get(key) if isinstance(node, Fields) else None
    return f"{noun} {named.text}" if isinstance(named, Scalar) else noun
