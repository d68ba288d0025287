"""Signing in by one click: a route that exists only where ``DEMO=1``."""

from dataclasses import dataclass

from django.contrib.auth import login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from centres.models import Membership, Role, User

DEMO_CENTRES = ("alder", "birch")
PLATFORM_STAFF = "robin@criterion.example.org"  # keeps the catalogue that all centres share
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as."""

    user: User
    role: str
    centre: str


def demo_people() -> list[DemoPerson]:
    """Everybody of the demonstration, centre by centre, in the order of the job."""
    order = [role.value for role in Role]
    rows = Membership.objects.active().filter(centre__slug__in=DEMO_CENTRES)
    people = [
        DemoPerson(user=row.user, role=str(Role(row.role).label), centre=row.centre.name)
        for row in sorted(
            rows.select_related("user", "centre"),
            key=lambda row: (row.centre.name, order.index(row.role), row.user.full_name),
        )
    ]
    staff = User.objects.filter(email=PLATFORM_STAFF)
    return people + [DemoPerson(each, "Platform staff: the catalogue", "All") for each in staff]


@require_POST
def sign_in(request: HttpRequest, user_id: str) -> HttpResponse:
    """Sign in as a person of the demonstration; anybody else is the 404 of a stranger."""
    people = User.objects.filter(
        Q(memberships__centre__slug__in=DEMO_CENTRES, is_staff=False) | Q(email=PLATFORM_STAFF)
    )
    login(request, get_object_or_404(people.distinct(), pk=user_id), backend=BACKEND)
    return redirect("home")
