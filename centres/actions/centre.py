"""The tenant itself: opened and changed by the platform's own staff, recorded in its chain."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError

from centres.access import SECOND_FACTORS, check_may
from centres.ledger import action, record
from centres.models import Centre, User
from centres.refusals import Refusal


@action
def open_centre(
    *, actor: User | None, slug: str, name: str, number: str, time_zone: str = "Europe/London"
) -> Centre:
    """Open a centre; ``actor`` is platform staff, or None for a command run on the server.

    Refuses a slug that is taken and values that a centre can't have.
    """
    _check_platform(actor)
    centre = Centre(slug=slug, name=name, number=number, time_zone=time_zone)
    try:
        centre.full_clean()
    except ValidationError as fault:
        raise Refusal(
            rule="A centre needs an address, a name, a number and a time zone of its own.",
            remedy=" ".join(fault.messages),
        ) from fault
    centre.save()
    record("centre.opened", centre=None, actor=actor, subject=centre)
    return centre


@action
def change_centre(*, actor: User, centre: Centre, fields: list[str]) -> Centre:
    """Save these changed fields of a centre, and record which they were."""
    _check_platform(actor)
    centre.full_clean()
    centre.save(update_fields=fields)
    record("centre.changed", centre=None, actor=actor, subject=centre, fields=sorted(fields))
    return centre


@action
def set_second_factor(*, actor: User, centre: Centre, required: bool) -> Centre:
    """Ask everybody who works in a centre for a second step from now on, or no longer.

    What is so already changes nothing and leaves no event. Refuses an actor who has no second step
    yet, since it would shut them out.
    """
    check_may(actor, centre, "change_centre")
    held = Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    if held.requires_second_factor == required:
        return held
    if required and not Authenticator.objects.filter(user=actor, type__in=SECOND_FACTORS).exists():
        raise Refusal(
            rule="You have no second step yet, so this would shut you out.",
            remedy="Add a passkey or an app to your own account first.",
        )
    centre.requires_second_factor = required
    centre.save(update_fields=["requires_second_factor"])
    record(
        "centre.second_factor_set", centre=centre, actor=actor, subject=centre, required=required
    )
    return centre


def _check_platform(actor: User | None) -> None:
    if actor is not None and not (actor.is_active and actor.is_staff):
        raise PermissionDenied("centres are opened and changed by the platform's own staff")
