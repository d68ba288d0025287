"""The record of one registration: standings, attempts, sheets, reviews, confirmations, holds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from assessment.documents import visible_documents
from assessment.models import Audience, Document, Sheet
from centres.models import Centre, Registration, Role, User
from portfolios.models import Submission
from qualifications.models import Assessment, AssessmentUnit
from quality.models import ExternalConfirmation, Hold, ReleaseItem, Review, ReviewPoint
from quality.queries.standings import standings, with_standing
from quality.standing import WorkStanding


@dataclass(frozen=True)
class SheetEntry:
    """A signed version of a sheet, and what quality assurance made of it.

    The sheet carries the facts of its standing, who released it and whose report confirmed it.
    """

    sheet: Any
    state: str
    review: Review | None
    points: tuple[ReviewPoint, ...]
    papers: tuple[Document, ...]

    @property
    def route(self) -> str:
        """By what it was confirmed externally, in words; empty while it is not."""
        return str(ExternalConfirmation.Route(self.sheet.route).label) if self.sheet.route else ""


@dataclass(frozen=True)
class AttemptEntry:
    """A submission with the sheets that were signed on it, newest first."""

    submission: Submission
    sheets: tuple[SheetEntry, ...]


@dataclass(frozen=True)
class UnitEntry:
    """One assessment of the registration, or one that its pathway does not ask for any more.

    ``handed_in`` is the assessment that its work was handed in for: an earlier version's where the
    decision is kept.
    """

    assessment: Assessment
    handed_in: Assessment
    units: str
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
    """One registration of a centre, loaded with its pathway, learner and centre.

    Whoever is the learner reads what is for the learner, whatever other roles they hold: no
    comments for others, no papers but their copy, no word of why work is held.
    """
    centre = registration.centre
    is_learner = registration.learner_id == reader.pk
    works = standings(centre, [registration], whole=True)
    assessments, units = _assessments(
        {key for work in works.values() for key in (work.assessment_id, *work.decided_on)}
    )
    sheets = _sheets(centre, registration, reader, roles, is_learner=is_learner)
    attempts: dict[UUID, list[AttemptEntry]] = defaultdict(list)
    for submission in (
        Submission.objects.for_centre(centre).filter(registration=registration).order_by("-attempt")
    ):
        attempts[submission.assessment_id].append(
            AttemptEntry(submission, tuple(sheets(works, submission)))
        )
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
                units=units.get(key[1], ""),
                work=work,
                attempts=tuple(each for on in work.decided_on for each in attempts[on]),
                holds=tuple(each for on in {key[1], *work.decided_on} for each in holds[on]),
            )
            for key, work in works.items()
        ),
    )


def _assessments(wanted: set[UUID]) -> tuple[dict[UUID, Assessment], dict[UUID, str]]:
    """Assessments by id, and the numbers of the units that each covers."""
    found: dict[UUID, Assessment] = {}
    numbers: dict[UUID, list[str]] = defaultdict(list)
    rows = AssessmentUnit.objects.filter(assessment__in=wanted).order_by("position")
    for row in rows.select_related("assessment", "unit"):
        found[row.assessment_id] = row.assessment
        numbers[row.assessment_id].append(row.unit.number)
    return found, {key: " and ".join(each) for key, each in numbers.items()}


def _sheets(
    centre: Centre,
    registration: Registration,
    reader: User,
    roles: frozenset[Role],
    *,
    is_learner: bool,
) -> Any:
    """How to find the entries of a submission's sheets; everything is read beforehand."""
    release = ReleaseItem.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    report = ExternalConfirmation.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    rows: list[Any] = list(
        with_standing(
            Sheet.objects.for_centre(centre)
            .signed()
            .filter(submission__registration=registration)
            .select_related("assessor", "submission")
            .order_by("-version"),
            centre,
        ).annotate(
            released_by=Subquery(release.values("release__released_by__full_name")[:1]),
            reported_by=Subquery(report.values("report__eqa_name")[:1]),
        )
    )
    keys = [row.pk for row in rows]
    reviews = {
        row.sample.sheet_id: row
        for row in Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet__in=keys)
        .select_related("reviewer", "sample")
    }
    points = _points(centre, reviews.values(), is_learner=is_learner)
    papers: dict[UUID, list[Document]] = defaultdict(list)
    seen = visible_documents(centre=centre, user=reader, roles=roles).filter(sheet__in=keys)
    if is_learner:
        seen = seen.filter(copy=Document.Copy.LEARNER)
    for paper in seen.filter(state=Document.State.ISSUED).order_by("-queued_at", "copy"):
        papers[paper.sheet_id].append(paper)

    def entries(works: Any, submission: Submission) -> Iterable[SheetEntry]:
        on = submission.assessment_id
        work = next((work for work in works.values() if on in work.decided_on), None)
        for row in rows:
            if row.submission_id == submission.pk:
                review = reviews.get(row.pk)
                yield SheetEntry(
                    sheet=row,
                    state=_sheet_state(row, rows, work, review),
                    review=review,
                    points=tuple(points.get(review.pk, ())) if review else (),
                    papers=tuple(papers[row.pk]),
                )

    return entries


def _points(
    centre: Centre, reviews: Iterable[Review], *, is_learner: bool
) -> dict[UUID, list[ReviewPoint]]:
    """The reviewers' comments that this reader may read, by review."""
    rows = (
        ReviewPoint.objects.for_centre(centre)
        .filter(review__in=[review.pk for review in reviews])
        .exclude(comment="")
        .select_related("criterion", "section")
        .order_by("criterion__position", "section__position")
    )
    if is_learner:
        rows = rows.filter(audience=Audience.LEARNER)
    found: dict[UUID, list[ReviewPoint]] = defaultdict(list)
    for row in rows:
        found[row.review_id].append(row)
    return found


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
