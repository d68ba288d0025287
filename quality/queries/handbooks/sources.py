"""The lines of the handbook to show beside the form of each part of a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qualifications.catalogue_entries import SpecificationEntry
from qualifications.handbook.content import (
    Criterion,
    Handbook,
    MarkSheet,
    Outcome,
    Read,
    Unit,
    reads_in,
)
from qualifications.handbook.kept import from_kept
from qualifications.handbook.numbers import same_ref
from quality.models import HandbookImport
from quality.queries.handbooks.lines import TEXTS, Lines, SourceLine

NEAR, AROUND = 4, 1  # of one field the lines stand together, and a phone has little room
_FACTS = ("title", "uan", "level", "aim", "indicative_content")


@dataclass(frozen=True)
class Sources:
    """The lines that each field was read from, by its name, and those of the part as a whole."""

    fields: Mapping[str, tuple[SourceLine, ...]] = field(default_factory=dict)
    whole: tuple[SourceLine, ...] = ()

    @property
    def has_any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.fields or self.whole)


def sources_of(held: HandbookImport, content: SpecificationEntry, part: str) -> Sources:
    """What the handbook prints for a part of the draft, by its address; nothing where it has
    nothing of the part."""
    handbook = from_kept(held.result)
    lines = Lines(handbook)
    name, _, where = part.partition("-")
    place, _, last = where.partition("-")
    if name == "sections":
        return Sources(whole=_whole(lines, _sheet(handbook, content, int(place))))
    unit = _unit(handbook, content, int(place)) if place else None
    if unit is None:
        return Sources()
    return _of_unit(lines, unit, content, name, last)


def _of_unit(
    lines: Lines, unit: Unit, content: SpecificationEntry, name: str, last: str
) -> Sources:
    if name == "unit":
        facts = {fact: getattr(unit, fact) for fact in _FACTS}
        return Sources(_fields(lines, {**facts, "number": unit.ref, **unit.details}))
    if name == "rules":
        entry = next(one for one in content.units if same_ref(unit.ref.value, one.ref))
        ruled = {rule.criterion for rule in entry.rules}
        criteria = [one for one in unit.criteria if one.number.value in ruled]
        asks = [(one.text, one.guidance, one.passes) for one in criteria]
        return Sources(whole=_whole(lines, asks))
    if name == "criterion":
        criterion = next((one for one in unit.criteria if one.number.value == last), None)
        return Sources(_criterion(lines, criterion)) if criterion else Sources()
    outcome = next((one for one in unit.outcomes if str(one.number.value) == last), None)
    if name == "outcome":
        return Sources(_fields(lines, {"text": outcome and (outcome.text or outcome.number)}))
    return Sources(whole=_whole(lines, _statements(outcome)))


def _criterion(lines: Lines, criterion: Criterion) -> Mapping[str, tuple[SourceLine, ...]]:
    texts = {name: getattr(criterion, name) for name, _ in TEXTS}
    return _fields(lines, {"statement": criterion.text or criterion.number, **texts})


def _statements(outcome: Outcome | None) -> list[Read[Any]]:
    return [one.text or one.number for one in outcome.criteria] if outcome else []


def _fields(lines: Lines, found: Mapping[str, object]) -> Mapping[str, tuple[SourceLine, ...]]:
    """The lines of each value that was read."""
    shown = {
        name: _around(lines, reads_in(value), near=NEAR, around=AROUND)
        for name, value in found.items()
    }
    return {name: some for name, some in shown.items() if some}


def _whole(lines: Lines, rows: object) -> tuple[SourceLine, ...]:
    return _around(lines, reads_in(rows))


def _around(lines: Lines, reads: Iterable[Read[object]], **stretch: int) -> tuple[SourceLine, ...]:
    return lines.around((read.place for read in reads), **stretch)


def _unit(handbook: Handbook, content: SpecificationEntry, place: int) -> Unit | None:
    """The handbook's page of the unit at a place of the draft."""
    if not 1 <= place <= len(content.units):
        return None
    ref = content.units[place - 1].ref
    return next((unit for unit in handbook.units if same_ref(unit.ref.value, ref)), None)


def _sheet(handbook: Handbook, content: SpecificationEntry, place: int) -> MarkSheet | None:
    """The handbook's mark sheet of the same units."""
    if not 1 <= place <= len(content.assessments):
        return None
    wanted = content.assessments[place - 1].units
    for sheet in handbook.mark_sheets:
        refs = [ref.value for ref in sheet.units]
        if len(refs) == len(wanted) and all(any(same_ref(r, u) for r in refs) for u in wanted):
            return sheet
    return None
