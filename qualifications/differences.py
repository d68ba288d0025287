"""Two versions of a specification beside each other: what was added, changed and taken away.

Parts are matched by what names them, a criterion by (unit ref, number); never across units, because
the same number means different things there.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, TypeVar, cast

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CriterionEntry,
    RuleEntry,
    SpecificationEntry,
    UnitEntry,
)

Entry = TypeVar("Entry")
Place = TypeVar("Place", bound=Hashable)

LABELS = {
    "alternative_code": "second code",
    "awarding_body_code": "code of the awarding body",
    "awarding_body_name": "awarding body",
    "body_requirements": "requirements of the body",
    "exceptional_maximum": "maximum by exception",
    "glh": "guided learning hours",
    "glh_includes_support": "guided hours include induction and tutorials",
    "is_gate": "a pass needs it",
    "nos": "national occupational standards",
    "passes": "typical of a pass",
    "raw": "as printed",
    "ref": "reference",
    "referral": "typical of a referral",
    "tqt": "total qualification time",
    "tqt_per_credit": "total hours per credit",
    "uan": "unit accreditation number",
    "used": "value used",
    "words_from": "words, from",
    "words_to": "words, to",
}


class Kind(StrEnum):
    """What became of a part, or of a piece of text, from one version to the other."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


ALIKE = 0.4  # the share of words in common from which two texts are compared word by word
_DIFFERING = (Kind.ADDED, Kind.CHANGED, Kind.REMOVED)

# Texts, word by word


@dataclass(frozen=True)
class Piece:
    """Some words that both texts have, or the old or the new one alone."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Line:
    """A line of a value with its pieces: a text has one, a list has one for each item."""

    pieces: tuple[Piece, ...]

    @property
    def old(self) -> tuple[Piece, ...]:
        """What stands on the side of the old version."""
        return tuple(piece for piece in self.pieces if piece.kind != Kind.ADDED)

    @property
    def new(self) -> tuple[Piece, ...]:
        """What stands on the side of the new version."""
        return tuple(piece for piece in self.pieces if piece.kind != Kind.REMOVED)


def word_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The two texts as pieces in reading order; what was taken out before what was put in.

    Words count, white space does not, unless it is all that differs. Texts that have little in
    common are shown whole, as a word here and there would only look as if it had stayed.
    """
    before, after = old.split(), new.split()
    if before == after and old != new:
        return _pieces((Kind.REMOVED, old), (Kind.ADDED, new))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _pieces((Kind.REMOVED, " ".join(before)), (Kind.ADDED, " ".join(after)))
    pieces: list[tuple[Kind, str]] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            pieces.append((Kind.SAME, " ".join(before[i:j])))
        else:
            pieces.append((Kind.REMOVED, " ".join(before[i:j])))
            pieces.append((Kind.ADDED, " ".join(after[k:m])))
    return _pieces(*pieces)


def lines_of(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    """Two lists line by line; lines that took another's place are shown word by word."""
    lines: list[Line] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            lines += [Line(_pieces((Kind.SAME, text))) for text in old[i:j]]
            continue
        paired = min(j - i, m - k) if what == "replace" else 0
        lines += [Line(word_pieces(old[i + at], new[k + at])) for at in range(paired)]
        lines += [Line(_pieces((Kind.REMOVED, text))) for text in old[i + paired : j]]
        lines += [Line(_pieces((Kind.ADDED, text))) for text in new[k + paired : m]]
    return tuple(lines)


def _pieces(*pieces: tuple[Kind, str]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in pieces if text)


# Values and parts


@dataclass(frozen=True)
class FieldChange:
    """A value that differs; `field` is its name among the entries, `label` what people read."""

    field: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        return LABELS.get(self.field, self.field.replace("_", " "))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Both values as lines of pieces, to be shown beside each other or in one another."""
        if isinstance(self.old, str) and isinstance(self.new, str):
            return (Line(word_pieces(self.old, self.new)),)
        if isinstance(self.old, tuple) and isinstance(self.new, tuple):
            return lines_of([shown(each) for each in self.old], [shown(each) for each in self.new])
        return (Line(_pieces((Kind.REMOVED, shown(self.old)), (Kind.ADDED, shown(self.new)))),)

    @property
    def old_shown(self) -> str:
        return shown(self.old)

    @property
    def new_shown(self) -> str:
        return shown(self.new)


def shown(value: object) -> str:
    """A value as text: `yes`, `17 Nov 2026`, `1.5`, `8588-501 1.1, 8588-501 1.2`."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, BulletEntry):
        stands_for = shown(value.criteria)
        return f"{value.text} ({stands_for})" if stands_for else value.text
    if isinstance(value, tuple):
        joined = " " if len(value) == 2 and _is_reference(value) else ", "
        return joined.join(shown(each) for each in value)
    return str(value)


def _is_reference(value: tuple[object, ...]) -> bool:
    """Whether it is (unit ref, number) of a criterion."""
    return isinstance(value[1], str) and re.fullmatch(r"\d+\.\d+", value[1]) is not None


@dataclass(frozen=True)
class Part:
    """One part in both versions, with its own parts; `old` or `new` is missing on one side.

    `name` is what people call it. A part is changed when a value of it or a part of it is.
    """

    name: str
    key: Hashable
    old: Any
    new: Any
    fields: tuple[FieldChange, ...] = ()
    parts: tuple["Parts", ...] = ()

    @property
    def kind(self) -> Kind:
        if self.old is None:
            return Kind.ADDED
        if self.new is None:
            return Kind.REMOVED
        return Kind.CHANGED if self.fields or any(self.parts) else Kind.SAME

    @property
    def entry(self) -> Any:
        """What there is to show: the new one, or the old one where it was taken away."""
        return self.old if self.new is None else self.new

    @property
    def unchanged_statement(self) -> str:
        """What a criterion says in both versions, where something else about it changed."""
        same = self.kind == Kind.CHANGED and all(f.field != "statement" for f in self.fields)
        return str(getattr(self.entry, "statement", "")) if same else ""

    def parts_called(self, title: str) -> "Parts":
        """Its parts of one sort, such as `Criteria`. Raises `KeyError` for a sort it has not."""
        for parts in self.parts:
            if parts.title == title:
                return parts
        raise KeyError(title)


@dataclass(frozen=True)
class Parts:
    """Parts of one sort, in the order of the new version; what was taken away keeps its place.

    `order` is set where those that are in both versions changed places. True where anything
    differs.
    """

    title: str
    all: tuple[Part, ...]
    order: FieldChange | None = None

    def __iter__(self) -> Iterator[Part]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __bool__(self) -> bool:
        return self.order is not None or any(part.kind != Kind.SAME for part in self.all)

    @property
    def differing(self) -> tuple[Part, ...]:
        """Those that are not the same."""
        return tuple(part for part in self.all if part.kind != Kind.SAME)

    @property
    def same(self) -> tuple[Part, ...]:
        """Those in which nothing differs."""
        return tuple(part for part in self.all if part.kind == Kind.SAME)

    @property
    def counts(self) -> dict[str, int]:
        """How many were added, changed, removed and are the same."""
        found = Counter(part.kind for part in self.all)
        return {kind.value: found[kind] for kind in Kind}

    @property
    def counted(self) -> str:
        """What differs, such as ``1 added, 2 changed``; ``another order`` where that is all."""
        counts = self.counts
        said = [f"{counts[kind]} {kind.value}" for kind in _DIFFERING if counts[kind]]
        return ", ".join(said) or "another order"


@dataclass(frozen=True)
class SpecificationDifferences:
    """Everything in which two versions differ; iterating gives its sorts of parts in order."""

    old: SpecificationEntry
    new: SpecificationEntry
    head: tuple[FieldChange, ...]
    units: Parts
    assessments: Parts
    pathways: Parts
    verbs: Parts
    templates: Parts
    staff: Parts
    corrections: Parts

    def __iter__(self) -> Iterator[Parts]:
        return iter(
            (
                self.units,
                self.assessments,
                self.pathways,
                self.verbs,
                self.templates,
                self.staff,
                self.corrections,
            )
        )

    def __bool__(self) -> bool:
        return bool(self.head) or any(self)

    @property
    def criteria(self) -> tuple[Part, ...]:
        """Every criterion of either version, unit by unit; its key is (unit ref, number)."""
        return tuple(part for unit in self.units for part in unit.parts_called("Criteria"))

    @property
    def criteria_by_kind(self) -> tuple[tuple[str, tuple[Part, ...]], ...]:
        """The criteria that were added, that changed and that were removed, where there are any."""
        found = ((kind.value, [p for p in self.criteria if p.kind == kind]) for kind in _DIFFERING)
        return tuple((kind, tuple(parts)) for kind, parts in found if parts)

    @property
    def facts(self) -> tuple[FieldChange, ...]:
        """What differs of the version itself; of a draft nobody asks who published it."""
        drafted = self.old.published is None or self.new.published is None
        return tuple(
            change
            for change in self.head
            if not (drafted and change.field in {"published", "published_by"})
        )

    @property
    def other_counts(self) -> tuple[Parts, ...]:
        """The sorts of parts in which something differs."""
        return tuple(parts for parts in self if parts)

    @property
    def criteria_counts(self) -> dict[str, int]:
        """How many criteria were added, changed, removed and are the same."""
        return Parts("Criteria", self.criteria).counts

    @property
    def sentence(self) -> str:
        """What becomes of the criteria, such as ``2 criteria added, 1 changed, 37 unchanged.``"""
        counts = self.criteria_counts
        said = [
            f"{counts[kind]} {'unchanged' if kind == Kind.SAME else kind.value}"
            for kind in (Kind.ADDED, Kind.CHANGED, Kind.REMOVED, Kind.SAME)
            if counts[kind]
        ]
        if not said:
            return "Neither version has criteria."
        first, _, rest = said[0].partition(" ")
        noun = "criterion" if first == "1" else "criteria"
        return f"{', '.join([f'{first} {noun} {rest}', *said[1:]])}."


def differences(old: SpecificationEntry, new: SpecificationEntry) -> SpecificationDifferences:
    """All that differs from the old version to the new; nothing of it is lost in matching, so the
    answer is false exactly where the two are equal."""
    return SpecificationDifferences(
        old=old,
        new=new,
        head=_fields(old, new),
        units=_matched("Units", old.units, new.units, lambda unit: unit.ref, _UNIT),
        assessments=_matched(
            "Assessments",
            old.assessments,
            new.assessments,
            lambda sheet: sheet.code,
            _ASSESSMENT,
        ),
        pathways=_matched("Pathways", old.pathways, new.pathways, lambda pathway: pathway.code),
        verbs=_matched("Verbs", old.verbs, new.verbs, lambda verb: verb.word),
        templates=_matched(
            "Templates", old.templates, new.templates, lambda template: template.code
        ),
        staff=_matched(
            "Staff",
            old.staff_requirements,
            new.staff_requirements,
            lambda row: (row.group, row.title),
            name=lambda row: row.title,
        ),
        corrections=_matched(
            "Corrections",
            old.corrections,
            new.corrections,
            lambda row: (row.unit, row.criterion, row.field),
            name=lambda row: row.field,
        ),
    )


def unchanged_criteria(
    old: SpecificationEntry, new: SpecificationEntry
) -> frozenset[tuple[str, str]]:
    """The criteria, as (unit ref, number), on which a decision under the old version still holds.

    Statement, verb, guidance, depth, descriptors and rules are all equal; examples of evidence,
    which ask for nothing, may differ.
    """
    before = _demands(old)
    return frozenset(key for key, asked in _demands(new).items() if before.get(key) == asked)


def _demands(entry: SpecificationEntry) -> dict[tuple[str, str], tuple[object, ...]]:
    return {
        (unit.ref, criterion.number): (
            dataclasses.replace(criterion, example_evidence=()),
            frozenset(rule for rule in unit.rules if rule.criterion == criterion.number),
        )
        for unit in entry.units
        for criterion in unit.criteria
    }


# Matching


@dataclass(frozen=True)
class _Inside:
    """What is compared within a part: its values but for those that are parts themselves."""

    skipped: frozenset[str]
    parts: Callable[[Any, Any], tuple[Parts, ...]]


def _unit_parts(old: UnitEntry | None, new: UnitEntry | None) -> tuple[Parts, ...]:
    """Outcomes without their criteria, the criteria with their rules, and all rules once more."""
    ref = cast(UnitEntry, old if new is None else new).ref
    rules, new_rules = old.rules if old else (), new.rules if new else ()

    def rules_on(one: CriterionEntry | None, other: CriterionEntry | None) -> tuple[Parts, ...]:
        number = cast(CriterionEntry, one if other is None else other).number
        was = [rule for rule in rules if one and rule.criterion == number]
        now = [rule for rule in new_rules if other and rule.criterion == number]
        return (_matched("Rules", was, now, lambda rule: rule.code, name=_rule_name),)

    return (
        _matched(
            "Outcomes",
            old.outcomes if old else (),
            new.outcomes if new else (),
            lambda outcome: (ref, outcome.number),
            _Inside(frozenset({"criteria"}), lambda one, other: ()),
            name=lambda outcome: f"Outcome {outcome.number}",
        ),
        _matched(
            "Criteria",
            old.criteria if old else (),
            new.criteria if new else (),
            lambda criterion: (ref, criterion.number),
            _Inside(frozenset(), rules_on),
            name=lambda criterion: criterion.number,
        ),
        _matched(
            "Rules", rules, new_rules, lambda rule: (rule.criterion, rule.code), name=_rule_name
        ),
    )


def _rule_name(rule: RuleEntry) -> str:
    return rule.label


def _section_parts(old: AssessmentEntry | None, new: AssessmentEntry | None) -> tuple[Parts, ...]:
    return (
        _matched(
            "Sections",
            old.sections if old else (),
            new.sections if new else (),
            lambda section: section.title,
        ),
    )


_UNIT = _Inside(frozenset({"outcomes", "rules"}), _unit_parts)
_ASSESSMENT = _Inside(frozenset({"sections"}), _section_parts)
_WHOLE = _Inside(frozenset(), lambda old, new: ())
_PARTS = frozenset(
    {
        "verbs",
        "units",
        "assessments",
        "pathways",
        "corrections",
        "templates",
        "staff_requirements",
    }
)


def _fields(old: Any, new: Any, skipped: frozenset[str] = _PARTS) -> tuple[FieldChange, ...]:
    """The values of two entries that differ, in the order of the entry."""
    return tuple(
        FieldChange(field.name, getattr(old, field.name), getattr(new, field.name))
        for field in dataclasses.fields(new)
        if field.name not in skipped and getattr(old, field.name) != getattr(new, field.name)
    )


def _matched(
    title: str,
    old: Sequence[Entry],
    new: Sequence[Entry],
    key: Callable[[Entry], Hashable],
    inside: _Inside = _WHOLE,
    name: Callable[[Entry], str] | None = None,
) -> Parts:
    before, after = _by_key(old, key), _by_key(new, key)

    def part(one: Entry | None, other: Entry | None) -> Part:
        entry = cast(Entry, one if other is None else other)
        return Part(
            name=name(entry) if name else str(key(entry)),
            key=key(entry),
            old=one,
            new=other,
            fields=() if one is None or other is None else _fields(one, other, inside.skipped),
            parts=inside.parts(one, other),
        )

    parts = {
        place: part(before.get(place), after.get(place))
        for place in _in_order(list(before), list(after))
    }
    was = tuple(parts[place].name for place in before if place in after)
    now = tuple(parts[place].name for place in after if place in before)
    moved = [place for place in before if place in after] != [p for p in after if p in before]
    return Parts(title, tuple(parts.values()), FieldChange("order", was, now) if moved else None)


def _by_key(
    entries: Iterable[Entry], key: Callable[[Entry], Hashable]
) -> dict[tuple[Hashable, int], Entry]:
    """The entries by their keys; one whose key was there before goes by its number among them."""
    met: Counter[Hashable] = Counter()
    found = {}
    for entry in entries:
        met[key(entry)] += 1
        found[key(entry), met[key(entry)]] = entry
    return found


def _in_order(old: Sequence[Place], new: Sequence[Place]) -> list[Place]:
    """The new order; what only the old one has follows what it followed there."""
    order = list(new)
    kept = set(new)
    at = 0
    for each in old:
        if each in kept:
            at = order.index(each) + 1
        else:
            order.insert(at, each)
            at += 1
    return order
