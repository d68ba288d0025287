"""Who may: one row a permission; views and actions ask here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase

from centres.models import Centre, Membership, Notice, Role, User

MAY: dict[str, frozenset[Role]] = {}

View = Callable[..., HttpResponseBase]
STAFF = frozenset(Role) - {Role.LEARNER, Role.EQA}
EVERYONE = frozenset(Role)


class CentreRequest(HttpRequest):
    """A request below ``/c/<centre>/``: the middleware has set the centre and the roles held."""

    centre: Centre
    roles: frozenset[Role]
    standing: "Standing"
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


@dataclass(frozen=True)
class Standing:
    """What the middleware asks of a person in a centre, all at once.

    ``unread`` is how many of their notices they have not read; ``factors`` are the kinds of
    authenticator that they have, recovery codes among them.
    """

    roles: frozenset[Role]
    unread: int
    factors: frozenset[str]


NO_STANDING = Standing(roles=frozenset(), unread=0, factors=frozenset())
SECOND_FACTORS = frozenset({str(Authenticator.Type.TOTP), str(Authenticator.Type.WEBAUTHN)})


def standing_of(user: Any, centre: Centre) -> Standing:
    """Roles, unread notices and authenticators in one query, inside the centre's context."""
    if not user.is_authenticated or not user.is_active:
        return NO_STANDING
    unread = (
        Notice.objects.for_centre(centre)
        .filter(recipient=OuterRef("user"), read_at__isnull=True)
        .order_by()
        .values("recipient")
        .annotate(count=Count("pk"))
    )
    factors = Authenticator.objects.filter(user=OuterRef("user")).values("type")
    rows = list(
        Membership.objects.active()
        .filter(centre=centre, user=user)
        .annotate(
            unread=Coalesce(Subquery(unread.values("count")), 0), factors=ArraySubquery(factors)
        )
        .values_list("role", "unread", "factors")
    )
    if not rows:
        return NO_STANDING
    return Standing(
        roles=frozenset(Role(role) for role, _, _ in rows),
        unread=rows[0][1],
        factors=frozenset(rows[0][2]),
    )


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


def check_platform_staff(actor: User) -> None:
    """Raises ``PermissionDenied`` for all but the platform's own staff."""
    if not (actor.is_active and actor.is_staff):
        raise PermissionDenied("this is for the platform's own staff")


def platform_staff(view: View) -> View:
    """Open a view with no centre in its path to the platform's own staff.

    Outermost, so that nobody else learns from any method that there is something.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (user.is_active and user.is_staff):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


allow("see_people", Role.MANAGER, Role.ADMINISTRATOR)
allow("change_people", Role.MANAGER)
allow("see_registrations", Role.MANAGER, Role.ADMINISTRATOR, Role.IQA, Role.LEAD_IQA)
allow("change_registrations", Role.MANAGER, Role.ADMINISTRATOR)
allow("see_notices", *EVERYONE)
allow("change_centre", Role.MANAGER)
allow("see_catalogue", *EVERYONE)
allow("see_corrections", *STAFF, Role.EQA)
allow("see_approvals", *STAFF, Role.EQA)
allow("change_approvals", Role.MANAGER)
