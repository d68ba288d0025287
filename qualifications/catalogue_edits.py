"""What an edit makes of a specification's content: pure functions, from one entry to the next.

Whether the next one may stand is decided by whoever writes it; here only the parts that refer to
one another are kept together. Units and sheets are named by their place, from one.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    UnitEntry,
    VerbEntry,
)

T = TypeVar("T")


class NoSuchPartError(LookupError):
    """The content has no such unit, outcome, criterion or sheet (any more)."""


@dataclass(frozen=True)
class Mark:
    """A bullet of a mark sheet: places of the sheet, its section and the bullet, from one."""

    sheet: int
    section: int
    bullet: int


def unit_at(entry: SpecificationEntry, place: int) -> UnitEntry:
    """The unit at a place, from one."""
    return _at(entry.units, place)


def sheet_at(entry: SpecificationEntry, place: int) -> AssessmentEntry:
    """The assessment at a place, from one."""
    return _at(entry.assessments, place)


def pathway_at(entry: SpecificationEntry, place: int) -> PathwayEntry:
    """The pathway at a place, from one."""
    return _at(entry.pathways, place)


def outcome_of(unit: UnitEntry, number: int) -> OutcomeEntry:
    """A unit's outcome by its number."""
    return _first(outcome for outcome in unit.outcomes if outcome.number == number)


def criterion_of(unit: UnitEntry, number: str) -> CriterionEntry:
    """A unit's criterion by its number."""
    return _first(criterion for criterion in unit.criteria if criterion.number == number)


def next_number(outcome: OutcomeEntry) -> str:
    """The number of a criterion that would be added at the outcome's end."""
    return f"{outcome.number}.{len(outcome.criteria) + 1}"


def part_digest(part: object) -> str:
    """SHA-256, hexadecimal, of a part of the content: texts, numbers, days, entries and tuples."""
    written = json.dumps(part, default=_plain, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _plain(value: Any) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def as_draft(entry: SpecificationEntry, version: str = "") -> SpecificationEntry:
    """The same content published by nobody, under another version label where one is given."""
    return replace(entry, published=None, published_by="", version=version or entry.version)


def with_head(
    entry: SpecificationEntry, *, version: str, source: str, corrected_on: date | None
) -> SpecificationEntry:
    """Another label, source or day of correction."""
    return replace(entry, version=version, source=source, corrected_on=corrected_on)


def with_unit(entry: SpecificationEntry, place: int, unit: UnitEntry) -> SpecificationEntry:
    """Another unit in this place."""
    return replace(entry, units=_replaced(entry.units, place, unit))


def with_outcome(
    entry: SpecificationEntry, place: int, number: int, *, title: str, text: str
) -> SpecificationEntry:
    """Another title and text of an outcome; its number and its criteria stay."""
    return _outcome(entry, place, number, lambda outcome: replace(outcome, title=title, text=text))


def with_criterion(
    entry: SpecificationEntry, place: int, criterion: CriterionEntry
) -> SpecificationEntry:
    """Another criterion under the number that it carries."""
    number = criterion.number
    criterion_of(unit_at(entry, place), number)

    def changed(outcome: OutcomeEntry) -> OutcomeEntry:
        kept = (criterion if held.number == number else held for held in outcome.criteria)
        return replace(outcome, criteria=tuple(kept))

    return _outcome(entry, place, int(number.split(".", maxsplit=1)[0]), changed)


def with_added_criterion(
    entry: SpecificationEntry,
    place: int,
    outcome_number: int,
    criterion: CriterionEntry,
    marked_at: Mark | None = None,
) -> SpecificationEntry:
    """A criterion more at an outcome's end, and under a bullet of the sheet that marks the unit."""
    unit = unit_at(entry, place)
    added = replace(criterion, number=next_number(outcome_of(unit, outcome_number)))
    entry = _outcome(
        entry,
        place,
        outcome_number,
        lambda outcome: replace(outcome, criteria=(*outcome.criteria, added)),
    )
    return _marked(entry, (unit.ref, added.number), marked_at)


def with_added_outcome(
    entry: SpecificationEntry,
    place: int,
    outcome: OutcomeEntry,
    marked_at: Mark | None = None,
) -> SpecificationEntry:
    """An outcome more at a unit's end, with the first criterion that ``outcome`` brings along.

    A unit of which only the size was held is an outline no longer.
    """
    unit = unit_at(entry, place)
    number = len(unit.outcomes) + 1
    first = replace(outcome.criteria[0], number=f"{number}.1")
    added = replace(outcome, number=number, criteria=(first,))
    unit = replace(unit, outline_only=False, outcomes=(*unit.outcomes, added))
    return _marked(with_unit(entry, place, unit), (unit.ref, first.number), marked_at)


def without_last_criterion(
    entry: SpecificationEntry, place: int, outcome_number: int
) -> SpecificationEntry:
    """Without an outcome's last criterion, its rules, and wherever else it was named.

    A correction that was shown beside it is shown beside its unit.
    """
    unit = unit_at(entry, place)
    outcome = outcome_of(unit, outcome_number)
    if not outcome.criteria:
        raise NoSuchPartError
    gone = (unit.ref, outcome.criteria[-1].number)
    entry = _outcome(
        entry,
        place,
        outcome_number,
        lambda outcome: replace(outcome, criteria=outcome.criteria[:-1]),
    )
    unit = unit_at(entry, place)
    entry = with_rules(entry, place, [r for r in unit.rules if r.criterion != gone[1]])
    return replace(
        entry,
        assessments=tuple(_unmarked(sheet, gone) for sheet in entry.assessments),
        templates=tuple(
            replace(form, criteria=tuple(key for key in form.criteria if key != gone))
            for form in entry.templates
        ),
        corrections=tuple(
            replace(note, criterion="") if (note.unit, note.criterion) == gone else note
            for note in entry.corrections
        ),
    )


def without_last_outcome(entry: SpecificationEntry, place: int) -> SpecificationEntry:
    """Without a unit's last outcome and all its criteria, wherever they were named."""
    outcomes = unit_at(entry, place).outcomes
    if not outcomes:
        raise NoSuchPartError
    for _ in outcomes[-1].criteria:
        entry = without_last_criterion(entry, place, outcomes[-1].number)
    unit = unit_at(entry, place)
    return with_unit(entry, place, replace(unit, outcomes=unit.outcomes[:-1]))


def with_pathway(
    entry: SpecificationEntry, place: int, pathway: PathwayEntry
) -> SpecificationEntry:
    """Another pathway in this place."""
    return replace(entry, pathways=_replaced(entry.pathways, place, pathway))


def with_rules(
    entry: SpecificationEntry, place: int, rules: Sequence[RuleEntry]
) -> SpecificationEntry:
    """Other rules of a unit: gates first, then the checklist, each in the order given."""
    ordered = tuple(sorted(rules, key=lambda rule: not rule.is_gate))
    return with_unit(entry, place, replace(unit_at(entry, place), rules=ordered))


def with_sections(
    entry: SpecificationEntry, place: int, sections: Sequence[SectionEntry]
) -> SpecificationEntry:
    """Other sections of a mark sheet."""
    sheet = replace(sheet_at(entry, place), sections=tuple(sections))
    return replace(entry, assessments=_replaced(entry.assessments, place, sheet))


def with_sizes(
    entry: SpecificationEntry, units: Sequence[UnitEntry], pathways: Sequence[PathwayEntry]
) -> SpecificationEntry:
    """Other units and pathways, changed together because their credits and hours add up."""
    return replace(entry, units=tuple(units), pathways=tuple(pathways))


def with_verbs(entry: SpecificationEntry, verbs: Sequence[VerbEntry]) -> SpecificationEntry:
    """Other verbs or meanings."""
    return replace(entry, verbs=tuple(verbs))


def with_corrections(
    entry: SpecificationEntry, corrections: Sequence[CorrectionEntry]
) -> SpecificationEntry:
    """Another list of the source's mistakes."""
    return replace(entry, corrections=tuple(corrections))


def _at(parts: Sequence[T], place: int) -> T:
    if not 1 <= place <= len(parts):
        raise NoSuchPartError
    return parts[place - 1]


def _first(found: Iterator[T]) -> T:
    for part in found:
        return part
    raise NoSuchPartError


def _replaced(parts: Sequence[T], place: int, part: T) -> tuple[T, ...]:
    _at(parts, place)
    return (*parts[: place - 1], part, *parts[place:])


def _outcome(
    entry: SpecificationEntry,
    place: int,
    number: int,
    change: Callable[[OutcomeEntry], OutcomeEntry],
) -> SpecificationEntry:
    unit = unit_at(entry, place)
    outcome_of(unit, number)
    outcomes = tuple(
        change(outcome) if outcome.number == number else outcome for outcome in unit.outcomes
    )
    return with_unit(entry, place, replace(unit, outcomes=outcomes))


def _marked(
    entry: SpecificationEntry, key: tuple[str, str], mark: Mark | None
) -> SpecificationEntry:
    """With a criterion named under a bullet, if one is."""
    if mark is None:
        return entry
    sheet = sheet_at(entry, mark.sheet)
    section = _at(sheet.sections, mark.section)
    bullet = _at(section.bullets, mark.bullet)
    named = sorted((*bullet.criteria, key), key=_order(entry).index)
    bullets = _replaced(section.bullets, mark.bullet, replace(bullet, criteria=tuple(named)))
    sections = _replaced(sheet.sections, mark.section, replace(section, bullets=bullets))
    return with_sections(entry, mark.sheet, sections)


def _order(entry: SpecificationEntry) -> list[tuple[str, str]]:
    return [(unit.ref, criterion.number) for unit in entry.units for criterion in unit.criteria]


def _unmarked(sheet: AssessmentEntry, gone: tuple[str, str]) -> AssessmentEntry:
    def without(bullet: BulletEntry) -> BulletEntry:
        return replace(bullet, criteria=tuple(key for key in bullet.criteria if key != gone))

    return replace(
        sheet,
        sections=tuple(
            replace(section, bullets=tuple(without(bullet) for bullet in section.bullets))
            for section in sheet.sections
        ),
    )
