"""Whose work an assessor may open: the submissions of registrations allocated to them."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from assessment.models import Sheet
from centres.models import Centre, Registration, User
from portfolios.kept import has_moved
from portfolios.models import Closure, Submission


def submissions_to_mark(centre: Centre, assessor: User) -> "QuerySet[Any, Any]":
    """Submissions allocated to an assessor now, open and decided, never their own work.

    Each is annotated with ``decided_as`` (the closure's outcome, or None), ``decided_at``,
    ``signed_sheet_id`` and ``has_moved``, whether its registration has.
    """
    closure = Closure.objects.for_centre(centre).standing().filter(submission=OuterRef("pk"))
    signed = Sheet.objects.for_centre(centre).signed().filter(submission=OuterRef("pk"))
    allocated = Registration.objects.for_centre(centre).for_assessor(assessor)
    found: QuerySet[Any, Any] = (
        Submission.objects.for_centre(centre)
        .filter(registration__in=allocated.values("pk"))
        .exclude(learner=assessor)
        .select_related(
            "registration", "learner", "assessment__specification__qualification", "centre"
        )
        .annotate(
            decided_as=Subquery(closure.values("outcome")[:1]),
            decided_at=Subquery(closure.values("closed_at")[:1]),
            signed_sheet_id=Subquery(signed.order_by("-version").values("pk")[:1]),
            has_moved=has_moved(centre, "registration"),
        )
    )
    return found


def waiting_for_assessor(centre: Centre, assessor: User) -> int:
    """How many submissions wait for this assessor's decision, in one query."""
    return submissions_to_mark(centre, assessor).filter(decided_as=None).count()
