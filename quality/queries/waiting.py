"""How much waits for a person in one centre: one query each."""

from django.db.models import Exists, OuterRef

from centres.models import Centre, User
from quality.models import RequiredAction, Review, Sample, Visit


def waiting_for_reviewer(centre: Centre, user: User) -> int:
    """How many samples wait for this person's review."""
    signed = Review.objects.for_centre(centre).signed().filter(sample=OuterRef("pk"))
    rows = Sample.objects.for_centre(centre).filter(~Exists(signed), reviewer=user)
    return rows.count()


def waiting_for_owner(centre: Centre, user: User) -> int:
    """How many required actions this person has yet to answer."""
    rows = RequiredAction.objects.for_centre(centre).open()
    return rows.filter(owner=user, answered_at__isnull=True).count()


def waiting_for_eqa(centre: Centre, user: User) -> int:
    """How many visits are open to this person and not closed."""
    return Visit.objects.for_centre(centre).open_to(user).filter(closed_at__isnull=True).count()
