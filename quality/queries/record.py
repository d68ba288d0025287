"""The record of one registration: standings, attempts, sheets, reviews, confirmations, holds."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from assessment.documents import visible_documents
from assessment.models import Audience, Document, Sheet
from centres.models import Centre, Registration, Role, User
from qualifications.models import Assessment
from quality.models import ExternalConfirmation, Hold, ReleaseItem, Review, ReviewPoint
from quality.queries.standings import (
    Key,
    attempts_of,
    current_sheets,
    standings_with_work,
    with_standing,
)
from quality.standing import WorkStanding


@dataclass(frozen=True)
class PointLine:
    """What a reviewer said of one criterion, or of a section of a mark sheet."""

    part: str
    comment: str
    audience: str

    @property
    def audience_label(self) -> str:
        """Whom it is for, in words."""
        return str(Audience(self.audience).label)


@dataclass(frozen=True)
class SheetEntry:
    """A signed version of a sheet, and what quality assurance made of it.

    The sheet carries the facts of its standing, who released it and whose report confirmed it.
    """

    sheet: Any
    state: str
    review: Review | None
    points: tuple[PointLine, ...]
    papers: tuple[Document, ...]

    @property
    def route(self) -> str:
        """By what it was confirmed externally, in words; empty while it is not."""
        return str(ExternalConfirmation.Route(self.sheet.route).label) if self.sheet.route else ""


@dataclass(frozen=True)
class AttemptEntry:
    """What was handed in once, with the sheets that were signed on it, newest first."""

    number: int
    submitted_at: datetime.datetime
    sheets: tuple[SheetEntry, ...]


@dataclass(frozen=True)
class UnitEntry:
    """One assessment of the registration, or one that its pathway does not ask for any more.

    ``handed_in`` is the assessment that its work was handed in for: an earlier version's where the
    decision is kept.
    """

    assessment: Assessment
    handed_in: Assessment
    work: WorkStanding
    attempts: tuple[AttemptEntry, ...]
    holds: tuple[Hold, ...]

    @property
    def state(self) -> str:
        """A state of the look."""
        return standing_code(self.work)


@dataclass(frozen=True)
class RecordPage:
    """The whole record, for one reader."""

    registration: Registration
    is_learner: bool
    entries: tuple[UnitEntry, ...]


STATES = {
    "not_started": "not_started",
    "working": "working_towards",
    "submitted": "submitted",
    "decided": "decided",
    "internal": "internally_confirmed",
    "external": "externally_confirmed",
}


def standing_code(work: WorkStanding) -> str:
    """The look's code of a standing: a returned decision and a referral are someone's to act on."""
    if work.returned:
        return "returned"
    if work.outcome == "referral":
        return "referral"
    return STATES[str(work.standing)]


def record_page(registration: Registration, reader: User, roles: frozenset[Role]) -> RecordPage:
    """One registration of a centre, read ``with_work`` and its pathway, in four queries.

    Whoever is the learner reads what is for the learner, whatever other roles they hold: no
    comments for others, no papers but their copy, no word of why work is held.
    """
    centre = registration.centre
    is_learner = registration.learner_id == reader.pk
    sheets = _sheets(centre, registration)
    works = standings_with_work(
        centre, [registration], whole=True, sheets=[row for row in sheets if row.stands]
    )
    assessments = assessments_called(
        {key for work in works.values() for key in (work.assessment_id, *work.decided_on)}
    )
    of_submission = _entries(centre, sheets, works, reader, roles, is_learner=is_learner)
    attempts: dict[UUID, list[AttemptEntry]] = defaultdict(list)
    for each in reversed(attempts_of(registration)):
        entry = AttemptEntry(each.number, each.submitted_at, tuple(of_submission[each.id]))
        attempts[each.assessment].append(entry)
    holds: dict[UUID, list[Hold]] = defaultdict(list)
    for hold in (
        Hold.objects.for_centre(centre)
        .filter(registration=registration)
        .select_related("placed_by", "lifted_by")
    ):
        if not is_learner or hold.lifted_at is None:
            holds[hold.assessment_id].append(hold)
    return RecordPage(
        registration=registration,
        is_learner=is_learner,
        entries=tuple(
            UnitEntry(
                assessment=assessments[key[1]],
                handed_in=assessments[work.decided_on[0]],
                work=work,
                attempts=tuple(each for on in work.decided_on for each in attempts[on]),
                holds=tuple(each for on in {key[1], *work.decided_on} for each in holds[on]),
            )
            for key, work in works.items()
        ),
    )


_assessments: dict[UUID, Assessment] = {}


def assessments_called(wanted: set[UUID]) -> dict[UUID, Assessment]:
    """Assessments by id. Read once a process: nobody works for one that may still change."""
    unknown = wanted - _assessments.keys()
    if unknown:
        _assessments.update(Assessment.objects.in_bulk(unknown))
    return {key: _assessments[key] for key in wanted}


def _sheets(centre: Centre, registration: Registration) -> list[Any]:
    """Every signed version, newest first, with the facts of its standing and whether it stands."""
    release = ReleaseItem.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    report = ExternalConfirmation.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    signed = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(submission__registration=registration)
        .select_related("assessor", "submission")
        .order_by("-version")
    )
    return list(
        with_standing(signed, centre).annotate(
            released_by=Subquery(release.values("release__released_by__full_name")[:1]),
            reported_by=Subquery(report.values("report__eqa_name")[:1]),
            stands=Exists(current_sheets(centre).filter(pk=OuterRef("pk"))),
        )
    )


def _entries(
    centre: Centre,
    sheets: list[Any],
    works: Mapping[Key, WorkStanding],
    reader: User,
    roles: frozenset[Role],
    *,
    is_learner: bool,
) -> Mapping[UUID, list[SheetEntry]]:
    """The entries of the sheets by their submissions, with reviews and papers."""
    keys = [row.pk for row in sheets]
    reviews = {row.sample.sheet_id: row for row in _reviews(centre, keys, is_learner=is_learner)}
    papers: dict[UUID, list[Document]] = defaultdict(list)
    seen = visible_documents(centre=centre, user=reader, roles=roles).filter(sheet__in=keys)
    if is_learner:
        seen = seen.filter(copy=Document.Copy.LEARNER)
    for paper in seen.filter(state=Document.State.ISSUED).order_by("-queued_at", "copy"):
        papers[paper.sheet_id].append(paper)
    work_of = {on: work for work in works.values() for on in work.decided_on}
    found: dict[UUID, list[SheetEntry]] = defaultdict(list)
    for row in sheets:
        review = reviews.get(row.pk)
        found[row.submission_id].append(
            SheetEntry(
                sheet=row,
                state=_sheet_state(row, sheets, work_of.get(row.submission.assessment_id), review),
                review=review,
                points=tuple(PointLine(**point) for point in review.said) if review else (),
                papers=tuple(papers[row.pk]),
            )
        )
    return found


def _reviews(centre: Centre, sheets: list[UUID], *, is_learner: bool) -> Any:
    """The signed reviews of these sheets, each with the comments that this reader may read."""
    points = (
        ReviewPoint.objects.for_centre(centre)
        .filter(review=OuterRef("pk"))
        .exclude(comment="")
        .order_by("criterion__position", "section__position")
    )
    if is_learner:
        points = points.filter(audience=Audience.LEARNER)
    said = JSONObject(
        part=Coalesce("criterion__number", "section__title"),
        comment="comment",
        audience="audience",
    )
    return (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet__in=sheets)
        .select_related("reviewer", "sample")
        .annotate(said=ArraySubquery(points.values_list(said)))
    )


def _sheet_state(
    sheet: Sheet, rows: list[Sheet], work: WorkStanding | None, review: Review | None
) -> str:
    """``valid`` for the version that stands or stood when its attempt ended, else what became."""
    later = any(
        row.submission_id == sheet.submission_id and (row.version or 0) > (sheet.version or 0)
        for row in rows
    )
    if later:
        return "superseded"
    if review and review.outcome == Review.Outcome.RETURN:
        return "returned"
    if work and work.submission_id == sheet.submission_id and work.sheet_id != sheet.pk:
        return "returned"
    return "valid"
