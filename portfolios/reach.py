"""Whose portfolios a person's roles reach: their own, those allocated to them, or the centre's."""

from django.db.models import Q, QuerySet

from centres.access import CentreRequest
from centres.models import Allocation, Registration, Role

CENTRE_WIDE = frozenset({Role.TUTOR, Role.IQA, Role.LEAD_IQA, Role.MANAGER, Role.ADMINISTRATOR})


def registrations_in_reach(request: CentreRequest) -> "QuerySet[Registration]":
    """The registrations whose portfolio this person may read; narrow every look-up by it."""
    rows = Registration.objects.for_centre(request.centre)
    if request.roles & CENTRE_WIDE:
        return rows
    mine = Q()
    if Role.LEARNER in request.roles:
        mine |= Q(learner=request.user)
    if Role.ASSESSOR in request.roles:
        allocated = Allocation.objects.for_centre(request.centre).filter(
            assessor=request.user, ends_on__isnull=True
        )
        mine |= Q(pk__in=allocated.values("registration"))
    return rows.filter(mine) if mine else rows.none()


def own_registrations(request: CentreRequest) -> "QuerySet[Registration]":
    """The person's own registrations; what learners change is looked up through it."""
    return Registration.objects.for_centre(request.centre).for_learner(request.user)
