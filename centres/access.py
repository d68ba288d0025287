"""Who may: one row a permission; views and actions ask here and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from centres.models import Centre, Membership, Role, User

MAY: dict[str, frozenset[Role]] = {}

View = Callable[..., HttpResponseBase]
STAFF = frozenset(Role) - {Role.LEARNER, Role.EQA}
EVERYONE = frozenset(Role)


class CentreRequest(HttpRequest):
    """A request below ``/c/<centre>/``: the middleware has set the centre and the roles held."""

    centre: Centre
    roles: frozenset[Role]
    user: User


def allow(permission: str, *roles: Role) -> None:
    """Add a row to the table."""
    if permission in MAY:
        raise RuntimeError(f"permission “{permission}” has two rows")
    MAY[permission] = frozenset(roles)


def may(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission that it needs; the middleware asks for it."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def guest(view: View) -> View:
    """Mark a view below ``/c/`` as open to people without a membership, such as an invitation."""
    view.guest = True  # type: ignore[attr-defined]
    return view


def roles_held(user: Any, centre: Centre) -> frozenset[Role]:
    """The roles that a person holds in a centre today; none for a person who is not active."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    rows = Membership.objects.active().filter(centre=centre, user=user)
    return frozenset(Role(role) for role in rows.values_list("role", flat=True))


def allowed(roles: frozenset[Role], permission: str) -> bool:
    """Whether any of these roles may."""
    return not MAY[permission].isdisjoint(roles)


def check_may(actor: User, centre: Centre, permission: str) -> Membership:
    """The membership under which the actor may; raises ``PermissionDenied`` where there is none."""
    rows = Membership.objects.active().filter(
        centre=centre, user=actor, role__in=MAY[permission], user__is_active=True
    )
    membership = rows.order_by("starts_on", "role").first()
    if membership is None:
        raise PermissionDenied(f"{permission} is not for this person in this centre")
    return membership


allow("see_people", Role.MANAGER, Role.ADMINISTRATOR)
allow("change_people", Role.MANAGER)
allow("see_registrations", Role.MANAGER, Role.ADMINISTRATOR, Role.IQA, Role.LEAD_IQA)
allow("change_registrations", Role.MANAGER, Role.ADMINISTRATOR)
