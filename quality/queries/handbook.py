"""What the pages of handbooks read: the list, one import, a unit beside its source, the source."""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Lower

from centres.models import Centre
from qualifications.actions import versions_in_sight
from qualifications.catalogue import newest_first, specifications_for
from qualifications.catalogue_entries import SpecificationEntry, UnitEntry
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import written_yaml
from qualifications.differences import SpecificationDifferences
from qualifications.differences import differences as differences_of
from qualifications.handbook.content import (
    Criterion,
    Handbook,
    Outcome,
    Place,
    Read,
    Unit,
)
from qualifications.handbook.entry import Drafted, drafted, shared_refs
from qualifications.handbook.kept import from_kept
from qualifications.handbook.numbers import same_ref
from qualifications.handbook.progress import Progress, Step
from qualifications.held_content import held_content, held_contents
from qualifications.marked_yaml import Fault
from qualifications.models import SheetKind, Specification
from qualifications.models import Unit as UnitRow
from qualifications.queries import grouped
from qualifications.version_names import version_name_in_sql
from quality.models import HandbookImport, HandbookWarning

PAGE_SIZE = 25
SOURCE_LINES = 300
SAME_FILES = 3
NEAR = 12  # lines between two places that are shown as one stretch
AROUND = 2
UNDER_WAY = frozenset({HandbookImport.State.QUEUED, HandbookImport.State.READING})


def handbooks_to_see(centre: Centre) -> QuerySet[HandbookImport]:
    """The centre's imports, with how many doubtful readings each has and how many are open."""
    told = (
        HandbookWarning.objects.for_centre(centre)
        .filter(handbook=OuterRef("pk"))
        .order_by()
        .values("handbook")
        .annotate(count=Count("pk"))
    )
    rows: QuerySet[HandbookImport] = (
        HandbookImport.objects.for_centre(centre)
        .select_related("asked_by", "closed_by", "file", "specification__qualification")
        .annotate(
            doubts=Coalesce(Subquery(told.values("count")), 0),
            open_doubts=Coalesce(Subquery(told.filter(resolution="").values("count")), 0),
        )
    )
    return rows


@dataclass(frozen=True)
class SameFile:
    """An earlier import of a file of the same content."""

    id: UUID
    name: str
    asked_by: str
    asked_at: datetime.datetime
    state: str
    version: str


def with_same_file(centre: Centre, rows: QuerySet[HandbookImport]) -> QuerySet[HandbookImport]:
    """Imports with what ``same_files`` reads: those of the same content that came before."""
    before = (
        HandbookImport.objects.for_centre(centre)
        .filter(file__sha256=OuterRef("file__sha256"), asked_at__lt=OuterRef("asked_at"))
        .order_by("-asked_at")
        .values(
            facts=JSONObject(
                id="pk",
                name="name",
                asked_by="asked_by__full_name",
                asked_at="asked_at",
                state="state",
                version=version_name_in_sql("specification", centre.name),
            )
        )
    )
    return rows.annotate(same=ArraySubquery(before[:SAME_FILES]))


def same_files(held: HandbookImport) -> tuple[SameFile, ...]:
    """The last few imports of the same file before one that came ``with_same_file``, of which the
    newest is the first."""
    return tuple(
        SameFile(
            id=UUID(facts["id"]),
            name=facts["name"],
            asked_by=facts["asked_by"],
            asked_at=datetime.datetime.fromisoformat(facts["asked_at"]),
            state=facts["state"],
            version=facts["version"] or "",
        )
        for facts in held.same  # type: ignore[attr-defined]
    )


def handbook_list(centre: Centre, number: int | str) -> Page[HandbookImport]:
    """A page of the list, the newest first, without what was read and what was cleared away."""
    rows = handbooks_to_see(centre).filter(cleared_at=None).defer("result").order_by("-asked_at")
    return Paginator(rows, PAGE_SIZE).get_page(number)


@dataclass(frozen=True)
class HowFar:
    """How far a reading is: ``sentence`` for the eye, ``said`` for the ear, which hears of a page
    no more than of each quarter; ``seen`` tells one state of it from another."""

    seen: str
    sentence: str
    said: str
    done: int = 0
    total: int = 0


_QUARTERS = ("Reading the pages", "A quarter is read", "Half is read", "Three quarters are read")
_AFTER_PAGES = {
    Step.LAYOUTS: "Finding units, criteria and mark sheets",
    Step.SUMS: "Checking numbers, credits and marks",
}


def how_far(held: HandbookImport) -> HowFar:
    """How far an import is that waits or is being read."""
    seen, progress = f"{held.state}{held.tries}", Progress.from_written(held.progress)
    if progress is None:
        return HowFar(seen, held.progress, held.progress)
    seen += f"-{progress.step}{progress.done}"
    if progress.step in _AFTER_PAGES:
        return HowFar(seen, _AFTER_PAGES[progress.step], _AFTER_PAGES[progress.step])
    quarter = min(4 * progress.done // max(progress.total, 1), 3)
    return HowFar(
        seen,
        f"Page {progress.done} of {progress.total}",
        _QUARTERS[quarter],
        progress.done,
        progress.total,
    )


@dataclass(frozen=True)
class Shown:
    """A value with the line that it was read from, if it has one.

    ``drafted`` is what the draft says instead; empty where it says the same.
    """

    label: str
    value: str
    line: int | None
    place: str
    drafted: str = ""


@dataclass(frozen=True)
class ShownCriterion:
    """A criterion and the kinds of text given with it; ``part`` is its place in the draft."""

    number: str
    part: str
    statement: Shown
    texts: tuple[tuple[str, tuple[Shown, ...]], ...]


@dataclass(frozen=True)
class ShownOutcome:
    """An outcome with its criteria; ``part`` is its place in the draft."""

    number: int
    part: str
    text: Shown
    criteria: tuple[ShownCriterion, ...]


@dataclass(frozen=True)
class SourceLine:
    """A line of the document; ``gap`` says that lines before it are left out."""

    number: int
    place: str
    text: str
    is_used: bool = False
    gap: bool = False


@dataclass(frozen=True)
class UnitLine:
    """A unit in the table of an import; ``place`` counts from one."""

    place: int
    ref: str
    title: str
    outcomes: int
    criteria: int
    described: int
    credits: int | None


@dataclass(frozen=True)
class Candidate:
    """A version that has units of the handbook; ``taken`` are the labels that no other version of
    its qualification may bear in this centre, in small letters."""

    specification: Specification
    shared: int
    units: int
    taken: frozenset[str]

    @property
    def is_own(self) -> bool:
        return self.specification.centre_id is not None

    def free_label(self, centre: Centre) -> str:
        """A label for a version of the centre's own that stands on this one: ``2.0 Alder``, with a
        number after it where that is taken."""
        name = next((word for word in centre.name.split() if len(word) > len("the")), centre.name)
        stem = f"{self.specification.version[:20]} {name[:12]}"
        tries = (stem, *(f"{stem} {number}" for number in range(2, len(self.taken) + 3)))
        return next(label for label in tries if label.lower() not in self.taken)


@dataclass(frozen=True)
class DraftParts:
    """What of a unit, a sheet or the whole draft is changed on pages of its own, by address."""

    label: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownDoubt:
    """A doubtful reading, with the unit that it is about, the place on that unit's page and the
    part of the draft where it can be put right, as far as its line or its first words tell."""

    row: HandbookWarning
    unit: UnitLine | None
    anchor: str
    part: str


@dataclass(frozen=True)
class Review:
    """An import under review or published."""

    handbook: Handbook
    units: tuple[UnitLine, ...]
    qualifications: tuple[tuple[Shown, ...], ...]
    sheets: tuple[tuple[Shown, int], ...]
    doubts: tuple[ShownDoubt, ...]
    candidates: tuple[Candidate, ...]
    draft_parts: tuple[DraftParts, ...]

    @property
    def open(self) -> int:
        """How many doubtful readings nobody has answered for."""
        return sum(not doubt.row.resolution for doubt in self.doubts)

    @property
    def first_open(self) -> int | None:
        """The position of the first of them."""
        positions = (doubt.row.position for doubt in self.doubts if not doubt.row.resolution)
        return next(positions, None)


def review_of(centre: Centre, held: HandbookImport) -> Review:
    """All that the page of an import shows."""
    handbook = from_kept(held.result)
    lines, draft = _Lines(handbook), draft_content(held)
    units = tuple(_unit_line(place, unit) for place, unit in enumerate(handbook.units, 1))
    about = _About(handbook, lines)
    warnings = HandbookWarning.objects.for_centre(centre).filter(handbook=held)
    return Review(
        handbook=handbook,
        units=units,
        qualifications=tuple(
            tuple(lines.shown_fields(one, _QUALIFICATION)) for one in handbook.qualifications
        ),
        sheets=tuple(
            (lines.shown("Mark sheet", sheet.title), len(sheet.sections))
            for sheet in handbook.mark_sheets
        ),
        doubts=tuple(
            _shown_doubt(row, about, units, draft)
            for row in warnings.select_related("resolved_by").order_by("position")
        ),
        candidates=() if held.specification_id else candidates(centre, handbook),
        draft_parts=tuple(_draft_parts(draft)),
    )


def candidates(centre: Centre, handbook: Handbook) -> tuple[Candidate, ...]:
    """The versions that the handbook can stand on: most units first, own and newest before."""
    labels = versions_in_sight(OuterRef("qualification"), centre.pk).order_by()
    newest = newest_first(specifications_for(centre.pk)).annotate(
        labels=ArraySubquery(labels.values(label=Lower("version")))
    )
    refs = grouped(
        UnitRow.objects.filter(specification__in=newest.values("pk")), "specification_id"
    )
    found = [
        Candidate(
            row,
            len(shared_refs(handbook, [u.ref for u in refs[row.pk]])),
            len(refs[row.pk]),
            frozenset(row.labels),
        )
        for row in newest
    ]
    fitting = [one for one in found if one.shared]
    return tuple(sorted(fitting, key=lambda one: (-one.shared, not one.is_own)))


def last_own(centre: Centre, held: HandbookImport) -> Specification | None:
    """The version of its own that the centre published last, of the draft's qualification."""
    if held.specification is None:
        return None
    version = held.specification
    own = specifications_for(centre.pk).filter(
        centre_id=centre.pk, qualification=version.qualification_id
    )
    return own.exclude(pk=version.pk).order_by("-published_at").first()


@dataclass(frozen=True)
class Preview:
    """What a draft would be: how it differs from its base, and the rules that it would break."""

    drafted: Drafted
    differences: SpecificationDifferences
    faults: tuple[Fault, ...]


def preview_of(held: HandbookImport, base: Specification) -> Preview:
    """The draft on a base, before anything is written."""
    content = held_content(base)
    made = drafted(from_kept(held.result), content, version=content.version)
    faults: tuple[Fault, ...] = ()
    try:
        read_specification(written_yaml(made.entry), name="draft")
    except CatalogueFaultsError as refused:
        faults = tuple(refused.faults)
    return Preview(made, differences_of(content, made.entry), faults)


def compared_contents(
    against: Specification | None, held: HandbookImport
) -> SpecificationDifferences | None:
    """How the draft differs from another version; nothing where there is none to compare."""
    if against is None or held.specification is None:
        return None
    contents = held_contents([against, held.specification])
    return differences_of(contents[against.pk], contents[held.specification.pk])


def draft_content(held: HandbookImport) -> SpecificationEntry | None:
    """The content of the draft, or of the version that was published from it."""
    return held_content(held.specification) if held.specification else None


@dataclass(frozen=True)
class UnitPage:
    """A unit as it was read, beside the lines that it was read from."""

    place: int
    unit: Unit
    facts: tuple[Shown, ...]
    outcomes: tuple[ShownOutcome, ...]
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
    lines, draft = _Lines(handbook), draft_content(held)
    at = _draft_place(unit, draft)
    entry = draft.units[at - 1] if draft and at else None
    return UnitPage(
        place=place,
        unit=unit,
        facts=(
            *lines.unit_facts(unit, entry),
            *(lines.shown(label, value) for label, value in unit.details.items()),
        ),
        outcomes=tuple(lines.outcome(outcome, at, entry) for outcome in unit.outcomes),
        source=lines.around(place for _, place in _places(unit)),
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


_QUALIFICATION = (
    ("title", "Title"),
    ("number", "Number"),
    ("accreditation_number", "Accreditation number"),
    ("level", "Level"),
    ("credits", "Credits"),
    ("glh", "Guided learning hours"),
    ("tqt", "Total qualification time"),
)
_UNIT = (
    ("ref", "Reference"),
    ("uan", "Accreditation number"),
    ("title", "Title"),
    ("level", "Level"),
    ("credits", "Credits"),
    ("glh", "Guided learning hours"),
    ("aim", "Aim"),
)
_TEXTS = (
    ("depth", "Depth"),
    ("guidance", "Guidance"),
    ("example_evidence", "Examples of evidence"),
    ("referral", "Typical of a referral"),
    ("passes", "Typical of a pass"),
    ("strategies", "Learning strategies"),
    ("evidence", "Evidence of assessment"),
)


class _Lines:
    """The document's lines by their places."""

    def __init__(self, handbook: Handbook) -> None:
        self.source = handbook.source
        self.numbers: dict[Place, int] = {}
        for number, (place, _) in enumerate(self.source):
            self.numbers.setdefault(place, number)

    def shown(self, label: str, read: "Read[Any] | None") -> Shown:
        if read is None:
            return Shown(label, "", None, "")
        return Shown(label, str(read.value), self.numbers.get(read.place), str(read.place))

    def shown_fields(self, row: object, names: Sequence[tuple[str, str]]) -> Iterator[Shown]:
        return (self.shown(label, getattr(row, name)) for name, label in names)

    def unit_facts(self, unit: Unit, drafted: UnitEntry | None) -> Iterator[Shown]:
        for name, label in _UNIT:
            fact = self.shown(label, getattr(unit, name))
            yield fact if name == "ref" else _beside(fact, drafted, name)

    def outcome(self, outcome: Outcome, at: int | None, unit: UnitEntry | None) -> ShownOutcome:
        number = outcome.number.value
        drafted = unit and next((one for one in unit.outcomes if one.number == number), None)
        return ShownOutcome(
            number,
            f"outcome-{at}-{number}",
            _beside(self.shown("", outcome.text), drafted, "text"),
            tuple(self.criterion(criterion, at, unit) for criterion in outcome.criteria),
        )

    def criterion(
        self, criterion: Criterion, at: int | None, unit: UnitEntry | None
    ) -> ShownCriterion:
        number = criterion.number.value
        drafted = unit and next((one for one in unit.criteria if one.number == number), None)
        return ShownCriterion(
            number,
            f"criterion-{at}-{number}",
            _beside(self.shown("", criterion.text), drafted, "statement"),
            tuple(
                (label, tuple(self.shown("", read) for read in texts))
                for label, texts in _texts(criterion)
            ),
        )

    def around(self, places: Iterable[Place]) -> tuple[SourceLine, ...]:
        """The stretches of the source that the places lie in, with a few lines around each."""
        used = sorted({self.numbers[place] for place in places if place in self.numbers})
        wanted: set[int] = set()
        for at, number in enumerate(used):
            near = at + 1 < len(used) and used[at + 1] - number <= NEAR
            last = used[at + 1] if near else number + AROUND
            wanted |= set(range(max(number - AROUND, 0), min(last + 1, len(self.source))))
        return tuple(
            SourceLine(
                number,
                str(self.source[number][0]),
                self.source[number][1],
                is_used=number in used,
                gap=number > 0 and number - 1 not in wanted,
            )
            for number in sorted(wanted)
        )


def _beside(shown: Shown, drafted: object, name: str) -> Shown:
    """A value with what the draft says in its place, where that is something else."""
    value = getattr(drafted, name, None)
    said = "" if value is None else str(value)
    return shown if said.split() == shown.value.split() else replace(shown, drafted=said)


def _texts(criterion: Criterion) -> Iterator[tuple[str, Sequence[Read[str]]]]:
    """The kinds of text that a criterion has, with what they are called."""
    for name, label in _TEXTS:
        if texts := getattr(criterion, name):
            yield label, texts


def _places(unit: Unit) -> Iterator[tuple[str, Place]]:
    """Every place that a unit was read from, with the part that was read there."""

    def told(part: str, reads: Iterable[Read[Any] | None]) -> Iterator[tuple[str, Place]]:
        return ((part, read.place) for read in reads if read is not None)

    yield from told("unit", (getattr(unit, name) for name, _ in _UNIT))
    yield from told("unit", unit.details.values())
    for outcome in unit.outcomes:
        yield from told(f"outcome {outcome.number.value}", (outcome.number, outcome.text))
        for criterion in outcome.criteria:
            part = f"criterion {criterion.number.value}"
            yield from told(part, (criterion.number, criterion.text))
            for _, texts in _texts(criterion):
                yield from told(part, texts)


# The unit, and the criterion where there is one, that the sentence of a doubt begins with.
_NAMED = re.compile(r"([\w.-]{3,}?):? (?:([0-9]{1,2}\.[0-9]{1,2})\b)?")


class _About:
    """Which unit and which part of it a doubtful reading is about."""

    def __init__(self, handbook: Handbook, lines: _Lines) -> None:
        self.units = handbook.units
        self.by_line: dict[int | None, tuple[Unit, str]] = {}
        for unit in handbook.units:
            for part, place in _places(unit):
                self.by_line.setdefault(lines.numbers.get(place), (unit, part))
        self.by_line.pop(None, None)

    def part_of(self, row: HandbookWarning) -> tuple[Unit, str] | None:
        return self.by_line.get(row.line) or self._named(row.why)

    def _named(self, why: str) -> tuple[Unit, str] | None:
        found = _NAMED.match(why)
        unit = found and next((u for u in self.units if same_ref(found[1], u.ref.value)), None)
        if not found or not unit:
            return None
        numbers = {criterion.number.value for criterion in unit.criteria}
        return unit, f"criterion {found[2]}" if found[2] in numbers else "unit"


_ANCHORS = {"unit": "facts", "outcome": "o-", "criterion": "c-"}


def _shown_doubt(
    row: HandbookWarning,
    about: _About,
    units: Sequence[UnitLine],
    draft: SpecificationEntry | None,
) -> ShownDoubt:
    found = about.part_of(row)
    if found is None:
        return ShownDoubt(row, None, "", "")
    unit, part = found
    kind, _, number = part.partition(" ")
    at = _draft_place(unit, draft)
    return ShownDoubt(
        row=row,
        unit=units[about.units.index(unit)],
        anchor=f"{_ANCHORS[kind]}{number}",
        part="-".join(filter(None, (kind, str(at), number))) if at else "",
    )


def _unit_line(place: int, unit: Unit) -> UnitLine:
    return UnitLine(
        place=place,
        ref=unit.ref.value,
        title=unit.title.value if unit.title else "",
        outcomes=len(unit.outcomes),
        criteria=len(unit.criteria),
        described=sum(bool(one.referral and one.passes) for one in unit.criteria),
        credits=unit.credits.value if unit.credits else None,
    )


def _draft_place(unit: Unit, draft: SpecificationEntry | None) -> int | None:
    """The place of a unit in the draft, from one."""
    units = enumerate(draft.units if draft else (), 1)
    return next((at for at, one in units if same_ref(unit.ref.value, one.ref)), None)


def _draft_parts(draft: SpecificationEntry | None) -> Iterator[DraftParts]:
    """The parts of the draft that are changed on pages of their own."""
    if draft is None:
        return
    for place, unit in enumerate(draft.units, 1):
        yield DraftParts(
            f"{unit.ref} {unit.title}", ((f"unit-{place}", "Facts"), (f"rules-{place}", "Rules"))
        )
    for place, sheet in enumerate(draft.assessments, 1):
        if sheet.sheet_kind == SheetKind.MARK:
            yield DraftParts(sheet.title, ((f"sections-{place}", "Sections"),))
    yield DraftParts(
        "The version",
        (
            ("head", "Version and source"),
            ("sizes", "Credits and hours"),
            ("verbs", "Verbs"),
            ("corrections", "Corrections of the source"),
        ),
    )
