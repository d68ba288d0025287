"""The list of imports with who handed them in, the same file again, and how far a reading is."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from centres.models import Centre
from qualifications.handbook.progress import Progress, Step
from qualifications.version_names import version_name_in_sql
from quality.models import HandbookImport, HandbookWarning

PAGE_SIZE = 25
SAME_FILES = 3
UNDER_WAY = frozenset({HandbookImport.State.QUEUED, HandbookImport.State.READING})
_QUARTERS = ("Reading the pages", "A quarter is read", "Half is read", "Three quarters are read")
_AFTER_PAGES = {
    Step.LAYOUTS: "Finding units, criteria and mark sheets",
    Step.SUMS: "Checking numbers, credits and marks",
}


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
