"""A unit as read, each text with its place and what the draft has instead; the source itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator

from qualifications.catalogue_entries import CriterionEntry, UnitEntry
from qualifications.handbook.content import Criterion, Outcome, Read, Unit
from qualifications.handbook.kept import from_kept
from quality.models import HandbookImport
from quality.queries.handbooks.bases import draft_content
from quality.queries.handbooks.lines import (
    TEXTS,
    UNIT_FIELDS,
    Lines,
    Shown,
    SourceLine,
    draft_place,
    places_of,
)

SOURCE_LINES = 300


@dataclass(frozen=True)
class ShownTexts:
    """One kind of text of a criterion, as read; ``drafted`` is what the draft says instead."""

    label: str
    texts: tuple[Shown, ...]
    drafted: tuple[str, ...] = ()
    is_gone: bool = False  # the draft has none of this kind


@dataclass(frozen=True)
class ShownCriterion:
    """A criterion and the kinds of text given with it; ``part`` is its place in the draft, which
    is empty where the draft has it no longer."""

    number: str
    part: str
    statement: Shown
    texts: tuple[ShownTexts, ...]


@dataclass(frozen=True)
class ShownOutcome:
    """An outcome with its criteria; ``part`` is its place in the draft."""

    number: int
    part: str
    text: Shown
    criteria: tuple[ShownCriterion, ...]


@dataclass(frozen=True)
class UnitPage:
    """A unit as it was read, beside the lines that it was read from."""

    place: int
    unit: Unit
    facts: tuple[Shown, ...]
    outcomes: tuple[ShownOutcome, ...]
    added: tuple[tuple[str, str, str], ...]  # criteria of the draft alone: number, part, statement
    source: tuple[SourceLine, ...]
    draft_place: int | None
    before: int | None
    after: int | None

    @property
    def unit_part(self) -> str:
        """The unit's place in the draft."""
        return f"unit-{self.draft_place}"


def unit_page(held: HandbookImport, place: int) -> UnitPage | None:
    """The page of a unit by its place, from one; nothing where there is none."""
    handbook = from_kept(held.result)
    if not 1 <= place <= len(handbook.units):
        return None
    unit = handbook.units[place - 1]
    lines, draft = Lines(handbook), draft_content(held)
    at = draft_place(unit, draft)
    entry = draft.units[at - 1] if draft and at else None
    return UnitPage(
        place=place,
        unit=unit,
        facts=(
            *_unit_facts(lines, unit, entry),
            *(lines.shown(label, value) for label, value in unit.details.items()),
        ),
        outcomes=tuple(_outcome(lines, outcome, at, entry) for outcome in unit.outcomes),
        added=tuple(_added(unit, at, entry)),
        source=lines.around(place for _, place in places_of(unit)),
        draft_place=at,
        before=place - 1 if place > 1 else None,
        after=place + 1 if place < len(handbook.units) else None,
    )


def source_page(held: HandbookImport, line: int | None, number: int | str) -> Page[SourceLine]:
    """A page of the whole source; that of a line where one is given."""
    source = from_kept(held.result).source
    pages = Paginator(
        [SourceLine(at, str(place), text) for at, (place, text) in enumerate(source)], SOURCE_LINES
    )
    return pages.get_page(line // SOURCE_LINES + 1 if line is not None else number)


def _unit_facts(lines: Lines, unit: Unit, drafted: UnitEntry | None) -> Iterator[Shown]:
    for name, label in UNIT_FIELDS:
        fact = lines.shown(label, getattr(unit, name))
        yield fact if name == "ref" else _beside(fact, drafted, name)


def _outcome(
    lines: Lines, outcome: Outcome, at: int | None, unit: UnitEntry | None
) -> ShownOutcome:
    number = outcome.number.value
    drafted = unit and next((one for one in unit.outcomes if one.number == number), None)
    return ShownOutcome(
        number,
        f"outcome-{at}-{number}",
        _beside(lines.shown("", outcome.text), drafted, "text"),
        tuple(_criterion(lines, criterion, at, unit) for criterion in outcome.criteria),
    )


def _criterion(
    lines: Lines, criterion: Criterion, at: int | None, unit: UnitEntry | None
) -> ShownCriterion:
    number = criterion.number.value
    drafted = unit and next((one for one in unit.criteria if one.number == number), None)
    return ShownCriterion(
        number,
        f"criterion-{at}-{number}" if drafted else "",
        _beside(lines.shown("", criterion.text), drafted, "statement"),
        tuple(_kinds_of_text(lines, criterion, drafted or None)),
    )


def _kinds_of_text(
    lines: Lines, criterion: Criterion, drafted: CriterionEntry | None
) -> Iterator[ShownTexts]:
    """What was read, and what the draft says in its place, where that is something else."""
    for name, label in TEXTS:
        reads: Sequence[Read[str]] = getattr(criterion, name) or ()
        shown = tuple(lines.shown("", read) for read in reads)
        said: tuple[str, ...] | None = getattr(drafted, name, None)
        same = said is None or " ".join(said).split() == " ".join(r.value for r in reads).split()
        if same and shown:
            yield ShownTexts(label, shown)
        elif not same:
            yield ShownTexts(label, shown, said or (), is_gone=not said)


def _added(unit: Unit, at: int | None, drafted: UnitEntry | None) -> Iterator[tuple[str, str, str]]:
    read = {criterion.number.value for criterion in unit.criteria}
    for criterion in drafted.criteria if drafted else ():
        if criterion.number not in read:
            part = f"criterion-{at}-{criterion.number}"
            yield criterion.number, part, criterion.statement


def _beside(shown: Shown, drafted: object, name: str) -> Shown:
    """A value with what the draft says in its place, where that is something else."""
    value = getattr(drafted, name, None)
    said = "" if value is None else str(value)
    return shown if said.split() == shown.value.split() else replace(shown, drafted=said)
