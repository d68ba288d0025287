"""The assessor's queue: what waits for them, soonest due first, and what is decided."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessment.models import Judgement, SectionMark
from assessment.queries.marking import submissions_to_mark
from centres.models import Centre, User
from qualifications.models import AssessmentUnit, Criterion, MarkSection

DECIDED_SHOWN = 50


@dataclass(frozen=True)
class QueueRow:
    """One submission; ages and distances are in days.

    ``parts`` are the criteria of a result sheet or the sections of a mark sheet, and ``decided``
    those that the assessor's draft decides.
    """

    submission_id: UUID
    sheet_id: UUID | None
    learner: str
    number: str
    assessment: str
    qualification: str
    attempt: int
    submitted_at: datetime.datetime
    due: datetime.date
    age: int
    decided: int
    parts: int
    outcome: str
    decided_at: datetime.datetime | None

    @property
    def overdue(self) -> bool:
        """Whether the day it was due is over."""
        return self.due < timezone.localdate()

    @property
    def state(self) -> str:
        """A state of the look: the outcome, or how far the draft is."""
        if self.outcome:
            return self.outcome
        if self.overdue:
            return "overdue"
        return "started" if self.decided else "not_started"


@dataclass(frozen=True)
class Queue:
    """What waits, and the newest of what is decided."""

    waiting: tuple[QueueRow, ...]
    decided: tuple[QueueRow, ...]
    found_of: int

    @property
    def overdue(self) -> int:
        return sum(row.overdue for row in self.waiting)

    @property
    def due_this_week(self) -> int:
        """Due within the next seven days, the overdue apart."""
        week = timezone.localdate() + datetime.timedelta(days=7)
        return sum(not row.overdue and row.due <= week for row in self.waiting)

    @property
    def second_attempts(self) -> int:
        """Second attempts and later ones."""
        return sum(row.attempt > 1 for row in self.waiting)


def assessor_queue(centre: Centre, assessor: User, *, search: str = "") -> Queue:
    """An assessor's queue, in two queries; ``search`` looks in learners' names and numbers."""
    rows = submissions_to_mark(centre, assessor)
    own = Q(
        sheet__submission=OuterRef("pk"), sheet__assessor=assessor, sheet__signed_at__isnull=True
    )
    judged = Judgement.objects.for_centre(centre).filter(own).exclude(decision="")
    marked = SectionMark.objects.for_centre(centre).filter(own, mark__isnull=False)
    sections = MarkSection.objects.filter(assessment=OuterRef("assessment"))
    units = AssessmentUnit.objects.filter(assessment=OuterRef(OuterRef("assessment")))
    criteria = Criterion.objects.filter(unit__in=units.values("unit"))
    rows = rows.annotate(
        decided=_count(judged, "sheet"),
        marked=_count(marked, "sheet"),
        sections=_count(sections, "assessment"),
        criteria=_count(criteria, "specification"),
    )
    if search:
        rows = rows.filter(
            Q(registration__certificate_name__icontains=search)
            | Q(learner__full_name__icontains=search)
            | Q(registration__number__icontains=search)
        )
    waiting = tuple(_row(centre, s) for s in rows.filter(decided_as=None).order_by("submitted_at"))
    decided = rows.exclude(decided_as=None).order_by("-decided_at")[:DECIDED_SHOWN]
    done = tuple(_row(centre, submission) for submission in decided)
    return Queue(waiting=waiting, decided=done, found_of=len(waiting) + len(done))


def _count(rows: Any, by: str) -> Coalesce:
    """How many rows a subquery has, all of which share one value of ``by``."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted[:1], output_field=IntegerField()), 0)


def _row(centre: Centre, submission: object) -> QueueRow:
    s: Any = submission
    submitted_on = timezone.localdate(s.submitted_at)
    return QueueRow(
        submission_id=s.pk,
        sheet_id=s.signed_sheet_id,
        learner=s.registration.certificate_name,
        number=s.registration.number,
        assessment=s.assessment.title,
        qualification=s.assessment.specification.qualification.number,
        attempt=s.attempt,
        submitted_at=s.submitted_at,
        due=submitted_on + datetime.timedelta(days=centre.decide_within_days),
        age=(timezone.localdate() - submitted_on).days,
        decided=s.marked if s.sections else s.decided,
        parts=s.sections or s.criteria,
        outcome=s.decided_as or "",
        decided_at=s.decided_at,
    )
