"""Who is what in a centre, from when, until when."""

import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from centres.access import check_may
from centres.ledger import action, record
from centres.models import Centre, Membership, Role, User
from centres.refusals import Refusal, TransitionError


def lock_people(centre: Centre) -> None:
    """Let one change of a centre's people at a time pass; keys that point to it are not held up."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


@action
def start_membership(*, actor: User, centre: Centre, user: User, role: Role) -> Membership:
    """Give an existing member a further role from today.

    Refuses a person who is not a member (they are invited) and a role already held.
    """
    check_may(actor, centre, "change_people")
    lock_people(centre)
    if not Membership.objects.active().filter(centre=centre, user=user).exists():
        raise Refusal(
            rule="A further role is given to a person who has one in this centre already.",
            remedy="Invite the person instead.",
        )
    refuse_role_held(centre, user, role)
    return add_membership(actor=actor, centre=centre, user=user, role=role)


def refuse_role_held(centre: Centre, user: User, role: Role) -> None:
    """Raise ``TransitionError`` where the person has the role, if only until a day to come."""
    if Membership.objects.active().filter(centre=centre, user=user, role=role).exists():
        raise TransitionError(
            rule=f"{user.full_name} has the role “{Role(role).label}” in this centre already.",
            remedy="A role is held once at a time; nothing needs doing.",
        )


def add_membership(*, actor: User, centre: Centre, user: User, role: Role) -> Membership:
    """Write the row and its event, inside the caller's action."""
    membership = Membership.objects.create(centre=centre, user=user, role=role)
    record(
        "membership.started",
        centre=centre,
        actor=actor,
        subject=membership,
        person=str(user.pk),
        role=str(role),
    )
    return membership


@action
def end_membership(
    *, actor: User, centre: Centre, membership: Membership, on: datetime.date
) -> Membership:
    """End a role: from the day ``on`` it no longer holds, which the next request already feels.

    Refuses a day before today or before the role began, a role that ends by then anyway, and the
    end of the last centre manager.
    """
    check_may(actor, centre, "change_people")
    lock_people(centre)
    held = Membership.objects.select_for_update().get(pk=membership.pk, centre=centre)
    if held.ends_on is not None and held.ends_on <= on:
        raise TransitionError(
            rule=f"This role ends on {held.ends_on:%-d %b %Y} already.",
            remedy="Choose an earlier day, or leave it as it is.",
        )
    if on < max(timezone.localdate(), held.starts_on):
        raise Refusal(
            rule="A role can't end in the past: what was done under it would lose its ground.",
            remedy="Choose today, or a later day.",
        )
    if held.role == Role.MANAGER and not _other_managers(held):
        raise Refusal(
            rule="A centre always has a centre manager, and this is the last one.",
            remedy="Make someone else a centre manager first.",
        )
    membership.ends_on = on
    membership.save(update_fields=["ends_on"])
    record(
        "membership.ended",
        centre=centre,
        actor=actor,
        subject=membership,
        person=str(held.user_id),
        role=held.role,
        on=on.isoformat(),
    )
    return membership


def _other_managers(held: Membership) -> bool:
    return (
        Membership.objects.active()
        .filter(
            centre_id=held.centre_id,
            role=Role.MANAGER,
            ends_on__isnull=True,
            user__is_active=True,
        )
        .exclude(user_id=held.user_id)
        .exists()
    )


@action
def change_person(*, actor: User, person: User, fields: list[str]) -> User:
    """Save these changed fields of a login, and record which they were.

    For the platform's own staff; refuses the others by ``PermissionDenied``.
    """
    if not (actor.is_active and actor.is_staff):
        raise PermissionDenied("logins are changed by the platform's own staff")
    person.save(update_fields=fields)
    record("person.changed", centre=None, actor=actor, subject=person, fields=sorted(fields))
    return person
