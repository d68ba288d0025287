"""One import under review: its doubts, what was read of it, and the parts of its draft."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from centres.models import Centre
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.handbook.content import Handbook, Unit
from qualifications.handbook.kept import from_kept
from qualifications.models import SheetKind
from quality.models import HandbookImport
from quality.queries.handbooks.bases import Candidate, candidates
from quality.queries.handbooks.doubts import Group, ShownDoubt, contents_of, groups_of, shown_doubts
from quality.queries.handbooks.lines import Lines, Shown

_QUALIFICATION = (
    ("title", "Title"),
    ("number", "Number"),
    ("accreditation_number", "Accreditation number"),
    ("level", "Level"),
    ("credits", "Credits"),
    ("glh", "Guided learning hours"),
    ("tqt", "Total qualification time"),
)


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
class DraftParts:
    """What of a unit, a sheet or the whole draft is changed on pages of its own, by address."""

    label: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Review:
    """An import under review or published."""

    handbook: Handbook
    units: tuple[UnitLine, ...]
    qualifications: tuple[tuple[Shown, ...], ...]
    sheets: tuple[tuple[Shown, int], ...]
    doubts: tuple[ShownDoubt, ...]
    groups: tuple[tuple[str, tuple[Group, ...]], ...]
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

    @property
    def newest_answer(self) -> datetime.datetime | None:
        """The time of the newest answer, by which a later one is told from what was shown."""
        times = (doubt.row.resolved_at for doubt in self.doubts)
        return max((time for time in times if time is not None), default=None)


def review_of(centre: Centre, held: HandbookImport) -> Review:
    """All that the page of an import shows."""
    handbook = from_kept(held.result)
    lines, contents = Lines(handbook), contents_of(held)
    doubts = shown_doubts(centre, held, handbook, contents)
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
        doubts=doubts,
        groups=groups_of(doubts),
        candidates=() if held.specification_id else candidates(centre, handbook),
        draft_parts=tuple(_draft_parts(contents.draft)),
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


def _draft_parts(draft: SpecificationEntry | None) -> Iterator[DraftParts]:
    """The parts of the draft that are changed on pages of their own."""
    if draft is None:
        return
    for place, unit in enumerate(draft.units, 1):
        yield DraftParts(unit.ref, ((f"unit-{place}", "Facts"), (f"rules-{place}", "Rules")))
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
