"""What the pages of handbooks read: the list, one import, a unit beside its source, the source."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from centres.models import Centre
from qualifications.catalogue import newest_first, specifications_for
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import written_yaml
from qualifications.differences import SpecificationDifferences
from qualifications.differences import differences as differences_of
from qualifications.handbook.content import Criterion, Handbook, Place, Read, Unit
from qualifications.handbook.entry import Drafted, drafted, shared_refs
from qualifications.handbook.kept import from_kept
from qualifications.handbook.numbers import same_ref
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault
from qualifications.models import Assessment, SheetKind, Specification
from qualifications.models import Unit as UnitRow
from qualifications.queries import grouped
from quality.models import HandbookImport, HandbookWarning

PAGE_SIZE = 25
SOURCE_LINES = 300
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


def handbook_list(centre: Centre, number: int | str) -> Page[HandbookImport]:
    """A page of the list, the newest first, without what was read."""
    rows = handbooks_to_see(centre).defer("result").order_by("-asked_at")
    return Paginator(rows, PAGE_SIZE).get_page(number)


@dataclass(frozen=True)
class Shown:
    """A value with the line that it was read from, if it has one."""

    label: str
    value: str
    line: int | None
    place: str


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
    """A version that has units of the handbook."""

    specification: Specification
    shared: int
    units: int

    @property
    def is_own(self) -> bool:
        return self.specification.centre_id is not None


@dataclass(frozen=True)
class Review:
    """An import under review or published."""

    handbook: Handbook
    units: tuple[UnitLine, ...]
    qualifications: tuple[tuple[Shown, ...], ...]
    sheets: tuple[tuple[Shown, int], ...]
    warnings: tuple[HandbookWarning, ...]
    candidates: tuple[Candidate, ...]
    draft_parts: tuple[tuple[str, str], ...]

    @property
    def open(self) -> int:
        """How many doubtful readings nobody has answered for."""
        return sum(not warning.resolution for warning in self.warnings)


def review_of(centre: Centre, held: HandbookImport) -> Review:
    """All that the page of an import shows."""
    handbook = from_kept(held.result)
    lines = _Lines(handbook)
    warnings = HandbookWarning.objects.for_centre(centre).filter(handbook=held)
    return Review(
        handbook=handbook,
        units=tuple(_unit_line(place, unit) for place, unit in enumerate(handbook.units, 1)),
        qualifications=tuple(
            tuple(lines.shown_fields(one, _QUALIFICATION)) for one in handbook.qualifications
        ),
        sheets=tuple(
            (lines.shown("Mark sheet", sheet.title), len(sheet.sections))
            for sheet in handbook.mark_sheets
        ),
        warnings=tuple(warnings.select_related("resolved_by").order_by("position")),
        candidates=() if held.specification_id else candidates(centre, handbook),
        draft_parts=tuple(_draft_parts(held)),
    )


def candidates(centre: Centre, handbook: Handbook) -> tuple[Candidate, ...]:
    """The versions that the handbook can stand on: most units first, own and newest before."""
    newest = newest_first(specifications_for(centre.pk))
    refs = grouped(
        UnitRow.objects.filter(specification__in=newest.values("pk")), "specification_id"
    )
    found = [
        Candidate(row, len(shared_refs(handbook, [u.ref for u in refs[row.pk]])), len(refs[row.pk]))
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


def draft_content(held: HandbookImport) -> SpecificationEntry | None:
    """The content of the draft, or of the version that was published from it."""
    return held_content(held.specification) if held.specification else None


@dataclass(frozen=True)
class UnitPage:
    """A unit as it was read, beside the lines that it was read from."""

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
    lines = _Lines(handbook)
    places = (at for at, ref in _draft_units(held) if same_ref(unit.ref.value, ref))
    at = next(places, None)
    return UnitPage(
        unit=unit,
        facts=(
            *lines.shown_fields(unit, _UNIT),
            *(lines.shown(label, value) for label, value in unit.details.items()),
        ),
        outcomes=tuple(
            ShownOutcome(
                outcome.number.value,
                f"outcome-{at}-{outcome.number.value}",
                lines.shown("", outcome.text),
                tuple(lines.criterion(criterion, at) for criterion in outcome.criteria),
            )
            for outcome in unit.outcomes
        ),
        source=lines.around(_places(unit)),
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

    def criterion(self, criterion: Criterion, unit: int | None) -> ShownCriterion:
        return ShownCriterion(
            criterion.number.value,
            f"criterion-{unit}-{criterion.number.value}",
            self.shown("", criterion.text),
            tuple(
                (label, tuple(self.shown("", read) for read in getattr(criterion, name)))
                for name, label in _TEXTS
                if getattr(criterion, name)
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


def _places(unit: Unit) -> Iterator[Place]:
    """Every place that a unit was read from."""
    reads: list[Read[Any] | None] = [getattr(unit, name) for name, _ in _UNIT]
    reads += unit.details.values()
    for outcome in unit.outcomes:
        reads += [outcome.number, outcome.text]
        for criterion in outcome.criteria:
            reads += [criterion.number, criterion.text]
            for name, _ in _TEXTS:
                reads += getattr(criterion, name) or ()
    return (read.place for read in reads if read is not None)


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


def _draft_units(held: HandbookImport) -> tuple[tuple[int, str], ...]:
    """The units of the draft with their places, from one."""
    if held.specification_id is None:
        return ()
    rows = UnitRow.objects.filter(specification=held.specification_id).order_by("position")
    return tuple(enumerate(rows.values_list("ref", flat=True), 1))


def _draft_parts(held: HandbookImport) -> Iterator[tuple[str, str]]:
    """The parts of the draft that are changed on pages of their own, with what they are called."""
    for place, ref in _draft_units(held):
        yield f"unit-{place}", f"Facts of {ref}"
        yield f"rules-{place}", f"Rules of {ref}"
    sheets = Assessment.objects.filter(specification=held.specification_id).order_by("position")
    for place, sheet in enumerate(sheets if held.specification_id else (), 1):
        if sheet.sheet_kind == SheetKind.MARK:
            yield f"sections-{place}", f"Sections of {sheet.title}"
