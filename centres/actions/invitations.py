"""How people come in: by a link to their own address, since nobody registers by themselves."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from centres import letters
from centres.access import check_may
from centres.actions.people import add_membership, lock_people, refuse_role_held
from centres.invitations import (
    KIND,
    LASTS_DAYS,
    invitation_link,
    make_token,
    new_salt,
    token_again,
    token_digest,
)
from centres.ledger import action, record
from centres.models import Centre, Invitation, Membership, Role, User
from centres.refusals import Refusal, TransitionError


@action
def invite_person(
    *,
    actor: User,
    centre: Centre,
    email: str,
    full_name: str,
    role: Role,
) -> tuple[Invitation, str]:
    """Invite a person to a role; a worker sends the link after the commit. It lasts fourteen days.

    Returns the invitation and the link's token, of which only the hash is kept. Refuses a role
    that the person has and a second open invitation to the same role.
    """
    check_may(actor, centre, "change_people")
    lock_people(centre)
    return _invite(actor, centre, email, full_name, role)


@action
def invite_first_manager(*, centre: Centre, email: str, full_name: str) -> tuple[Invitation, str]:
    """Invite the manager of a centre that has none, by the platform itself.

    An earlier link to the same person is withdrawn. Refuses where there is a centre manager:
    people are invited by them.
    """
    lock_people(centre)
    if Membership.objects.active().filter(centre=centre, role=Role.MANAGER).exists():
        raise Refusal(
            rule=f"{centre.name} has a centre manager, who invites all others.",
            remedy="Ask the centre manager for an invitation.",
        )
    for earlier in _open(centre).filter(email=_address(email), role=Role.MANAGER):
        _withdraw(None, earlier)
    return _invite(None, centre, email, full_name, Role.MANAGER)


def _invite(
    actor: User | None,
    centre: Centre,
    email: str,
    full_name: str,
    role: Role,
) -> tuple[Invitation, str]:
    address = _address(email)
    person = User.objects.filter(email=address).first()
    if person is not None:
        refuse_role_held(centre, person, role)
    if _open(centre).filter(email=address, role=role).exists():
        raise TransitionError(
            rule=f"{address} has an open invitation to the role “{Role(role).label}” already.",
            remedy="Withdraw it before sending another, so that only one link works.",
        )
    invitation = Invitation(
        centre=centre,
        email=address,
        full_name=full_name,
        role=role,
        token_salt=new_salt(),
        invited_by=actor,
        expires_at=timezone.now() + datetime.timedelta(days=LASTS_DAYS),
        **letters.queued(),
    )
    token = make_token(invitation)
    invitation.token_digest = token_digest(token)
    invitation.save()
    record("member.invited", centre=centre, actor=actor, subject=invitation, role=str(role))
    letters.send_after_commit(KIND, centre.pk, [invitation.pk])
    return invitation, token


@action
def withdraw_invitation(*, actor: User, centre: Centre, invitation: Invitation) -> Invitation:
    """Make the link useless. Refuses an invitation that was taken up or withdrawn."""
    check_may(actor, centre, "change_people")
    held = Invitation.objects.for_centre(centre).select_for_update().get(pk=invitation.pk)
    if held.accepted_at is not None:
        raise TransitionError(
            rule="This invitation has been taken up.",
            remedy="End the person's role instead.",
        )
    if held.withdrawn_at is not None:
        raise TransitionError(
            rule="This invitation has been withdrawn already.", remedy="Nothing needs doing."
        )
    return _withdraw(actor, held)


@action
def show_invitation_link(*, actor: User, centre: Centre, invitation: Invitation) -> str:
    """The link of an invitation whose e-mail has not gone out, to be handed over by its inviter.

    Refuses an invitation that is closed, and one whose e-mail has gone: its link is in that alone.
    """
    check_may(actor, centre, "change_people")
    held = Invitation.objects.for_centre(centre).select_for_update().get(pk=invitation.pk)
    refuse_closed(held)
    try:
        token = token_again(held)
    except ValueError as gone:
        raise TransitionError(
            rule=f"The link has gone to {held.email}, and is kept nowhere else.",
            remedy="Withdraw this invitation and send another.",
        ) from gone
    record("invitation.link_shown", centre=centre, actor=actor, subject=held)
    return invitation_link(held, token)


def _withdraw(actor: User | None, invitation: Invitation) -> Invitation:
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record("invitation.withdrawn", centre=invitation.centre, actor=actor, subject=invitation)
    return invitation


@action
def accept_invitation(
    *,
    token: str,
    centre: Centre,
    user: User | None = None,
    password: str | None = None,
    full_name: str | None = None,
) -> Membership:
    """Take up the role; a new person gets a login with the invited address.

    Raises ``Invitation.DoesNotExist`` for a token that is not this centre's. Refuses a link that
    was used, withdrawn or has expired, and an existing person who is not signed in as the invited
    address.
    """
    held = (
        Invitation.objects.for_centre(centre)
        .select_for_update()
        .get(token_digest=token_digest(token))
    )
    refuse_closed(held)
    person = User.objects.filter(email=held.email).first()
    if person is None:
        person = _new_person(held, password, full_name)
    elif user is None or user.pk != person.pk or not person.is_active:
        raise Refusal(
            rule=f"This invitation is for {held.email}, who has a login already.",
            remedy=f"Sign in as {held.email}, then open the link again.",
        )
    refuse_role_held(centre, person, Role(held.role))
    held.accepted_at = timezone.now()
    held.accepted_by = person
    held.save(update_fields=["accepted_at", "accepted_by"])
    record("invitation.accepted", centre=centre, actor=person, subject=held)
    return add_membership(actor=person, centre=centre, user=person, role=Role(held.role))


def refuse_closed(invitation: Invitation) -> None:
    """Raise ``TransitionError`` for a link that no longer works, saying which way it ended."""
    if invitation.accepted_at is not None:
        raise TransitionError(
            rule="This invitation has been used; a link works once.",
            remedy="Sign in with the address that was invited.",
        )
    if invitation.withdrawn_at is not None:
        raise TransitionError(
            rule="The centre has withdrawn this invitation.",
            remedy="Ask the centre's manager for a new one if you should have a role there.",
        )
    if not invitation.is_open:
        raise TransitionError(
            rule=f"This invitation has expired: a link works for {LASTS_DAYS} days.",
            remedy="Ask the centre's manager for a new one.",
        )


def _new_person(invitation: Invitation, password: str | None, full_name: str | None) -> User:
    if not password:
        raise Refusal(
            rule="A new login needs a password.", remedy="Choose one of ten characters or more."
        )
    try:
        with transaction.atomic():
            return User.objects.create_user(
                invitation.email, password, full_name=full_name or invitation.full_name
            )
    except IntegrityError as clash:
        raise TransitionError(
            rule=f"{invitation.email} was given a login a moment ago.",
            remedy="Sign in with it, then open the link again.",
        ) from clash


def _open(centre: Centre) -> "QuerySet[Invitation]":
    return Invitation.objects.for_centre(centre).filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now()
    )


def _address(email: str) -> str:
    return email.strip().lower()
