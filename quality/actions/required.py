"""Required actions: raised by a review or a visit, answered by the owner, closed by another."""

import datetime

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from centres.access import check_may
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Centre, Role, User
from centres.notices import notify
from centres.refusals import Refusal, TransitionError
from quality.models import RequiredAction, Review, VisitSheet
from quality.queries.required import action_state, may_close
from quality.queries.review import staff_of

TEXT_LIMIT = 2000  # characters


@action
def raise_action(
    *,
    actor: User,
    centre: Centre,
    text: str,
    owner: User,
    due_on: datetime.date,
    review: Review | None = None,
    visit_sheet: VisitSheet | None = None,
) -> RequiredAction:
    """Require something of a member of staff by a day, from a signed review or a closed visit.

    Called by the action that signs, which has asked for the permission. Refuses (``Refusal``) an
    empty text, an owner who does not work here today, and a day that is over.
    """
    text = _clean(text, "An action says what to do")
    if not staff_of(centre).filter(pk=owner.pk).exists():
        raise Refusal(
            rule=f"{owner.full_name} does not work in this centre today, so can’t own an action.",
            remedy="Choose somebody who does.",
        )
    if due_on < timezone.localdate():
        raise Refusal(
            rule="An action can’t be due on a day that is over.",
            remedy="Choose today or a later day.",
        )
    required = RequiredAction.objects.create(
        centre=centre,
        review=review,
        visit_sheet=visit_sheet,
        text=text,
        owner=owner,
        due_on=due_on,
        raised_by=actor,
    )
    record(
        "action.raised",
        centre=centre,
        actor=actor,
        subject=required,
        review=str(review.pk) if review else None,
        visit_sheet=str(visit_sheet.pk) if visit_sheet else None,
        owner=str(owner.pk),
        due_on=due_on.isoformat(),
        text=text_hash(text),
    )
    if owner.pk != actor.pk:
        notify(
            centre=centre,
            recipient=owner,
            kind="action_raised",
            title=f"Action for you, due {due_on:%-d %b %Y}",
            text=text,
            path=reverse("quality:action", args=[centre.slug, required.pk]),
        )
    return required


@action
def answer_action(
    *, actor: User, centre: Centre, required: RequiredAction, answer: str
) -> RequiredAction:
    """Say what was done; until the action is closed its owner may say it anew.

    Refuses anybody but the owner (``PermissionDenied``), an empty answer (``Refusal``) and a
    closed action (``TransitionError``).
    """
    check_may(actor, centre, "answer_action")
    held = _locked(centre, required)
    if held.owner_id != actor.pk:
        raise PermissionDenied("an action is answered by its owner")
    _check_open(held)
    held.answer = _clean(answer, "An answer says what was done")
    held.answered_at = timezone.now()
    held.save(update_fields=["answer", "answered_at"])
    record(
        "action.answered",
        centre=centre,
        actor=actor,
        subject=held,
        answer=text_hash(held.answer),
    )
    if held.raised_by_id != actor.pk and _can_read(centre, held):
        notify(
            centre=centre,
            recipient=held.raised_by,
            kind="action_answered",
            title="An action that you raised is answered",
            text=f"{actor.full_name} answered: {held.answer[:500]}",
            path=reverse("quality:action", args=[centre.slug, held.pk]),
        )
    return held


@action
def close_action(*, actor: User, centre: Centre, required: RequiredAction) -> RequiredAction:
    """Accept the answer; from now on the action never changes.

    Refuses the owner (``Refusal``), whoever is neither a quality assurer nor, for what an external
    visit raised, the lead or that EQA (``PermissionDenied``), and an action that is closed or not
    answered (``TransitionError``).
    """
    membership = check_may(actor, centre, "close_action")
    held = _locked(centre, required)
    if held.owner_id == actor.pk:
        raise Refusal(
            rule="Whoever owns an action does not close it.",
            remedy="Ask another quality assurer to read your answer and close it.",
        )
    roles = frozenset(
        Role(role)
        for role in centre.memberships.active().filter(user=actor).values_list("role", flat=True)
    )
    if not may_close(held, actor, roles):
        raise PermissionDenied(f"closing this action is not for {membership.role}")
    _check_open(held)
    if action_state(held) == "raised":
        raise TransitionError(
            rule="An action is closed once its owner has answered it.",
            remedy="Wait for the answer, or remind its owner.",
        )
    held.closed_by, held.closed_at = actor, timezone.now()
    held.save(update_fields=["closed_by", "closed_at"])
    record("action.closed", centre=centre, actor=actor, subject=held)
    return held


def _locked(centre: Centre, required: RequiredAction) -> RequiredAction:
    held: RequiredAction = (
        RequiredAction.objects.for_centre(centre)
        .select_related("owner", "raised_by", "visit_sheet__visit")
        .select_for_update(of=("self",))
        .get(pk=required.pk)
    )
    return held


def _can_read(centre: Centre, required: RequiredAction) -> bool:
    """An EQA reads on the visit's own pages, so the notice's address is not for them."""
    readers: bool = staff_of(centre).filter(pk=required.raised_by_id).exists()
    return readers


def _check_open(required: RequiredAction) -> None:
    if required.closed_at:
        raise TransitionError(
            rule="This action is closed and never changes.",
            remedy="Raise another one where something is still to do.",
        )


def _clean(text: str, rule: str) -> str:
    text = text.strip()
    if not text or len(text) > TEXT_LIMIT:
        raise Refusal(
            rule=f"{rule}, in up to {TEXT_LIMIT:,} characters.", remedy="Write it, then send again."
        )
    return text
