"""The awarding body's approvals of a centre, and what it enrols on past a review date."""

import datetime

from django.db.models import Q
from django.utils import timezone

from centres.access import check_may
from centres.approvals import (
    offered_qualifications,
    qualification_past_review,
    standing_override,
)
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Approval, Centre, ReviewOverride, User
from centres.refusals import Refusal, TransitionError
from qualifications.models import Qualification


@action
def record_approval(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    reference: str,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    last_registration_on: datetime.date | None = None,
    last_certification_on: datetime.date | None = None,
) -> Approval:
    """Record that the awarding body lets the centre offer a qualification.

    Refuses a qualification that has no published version here, an empty reference, days out of
    order, and an approval that covers some of the same days (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    if not offered_qualifications(centre).filter(pk=qualification.pk).exists():
        raise Refusal(
            rule="Approval is recorded for a qualification that the catalogue publishes.",
            remedy="Publish its specification first, or choose another qualification.",
        )
    approval = Approval(
        centre=centre,
        qualification=qualification,
        reference=_reference(reference),
        starts_on=starts_on,
        ends_on=ends_on,
        last_registration_on=last_registration_on,
        last_certification_on=last_certification_on,
        recorded_by=actor,
    )
    _check_days(approval)
    _lock(centre)
    _check_alone(centre, approval)
    approval.save()
    record(
        "approval.recorded",
        centre=centre,
        actor=actor,
        subject=approval,
        qualification=str(qualification.pk),
        reference_hash=text_hash(f"{approval.pk} {approval.reference}"),
        **_days(approval),
    )
    return approval


@action
def change_approval_dates(
    *,
    actor: User,
    centre: Centre,
    approval: Approval,
    reference: str,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
    last_registration_on: datetime.date | None = None,
    last_certification_on: datetime.date | None = None,
) -> Approval:
    """Change the days of an approval, or the reference that was mistyped; enrolments stay.

    Refuses what ``record_approval`` refuses, and a change of nothing (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    _lock(centre)
    held = _locked(centre, approval)
    before = (held.reference, _days(held))
    held.reference = _reference(reference)
    held.starts_on, held.ends_on = starts_on, ends_on
    held.last_registration_on = last_registration_on
    held.last_certification_on = last_certification_on
    if (held.reference, _days(held)) == before:
        raise TransitionError(
            rule="The reference and the days are as they were.", remedy="Nothing needs doing."
        )
    _check_days(held)
    _check_alone(centre, held)
    held.save()
    record(
        "approval.dates_changed",
        centre=centre,
        actor=actor,
        subject=held,
        reference_hash=text_hash(f"{held.pk} {held.reference}"),
        **_days(held),
    )
    return held


@action
def end_approval(
    *, actor: User, centre: Centre, approval: Approval, on: datetime.date | None = None
) -> Approval:
    """End an approval on a day (today): the last on which learners are enrolled.

    Registrations go on. Refuses a day before it starts, and an approval that ends then or sooner
    already (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    held = _locked(centre, approval)
    on = on or timezone.localdate()
    if held.ends_on and held.ends_on <= on:
        raise TransitionError(
            rule=f"This approval ends on {held.ends_on:%-d %b %Y} already.",
            remedy="Choose an earlier day, or leave it.",
        )
    if on < held.starts_on:
        raise Refusal(
            rule="An approval can’t end before it starts.", remedy="Choose its first day or later."
        )
    held.ends_on = on
    held.save(update_fields=["ends_on"])
    record("approval.ended", centre=centre, actor=actor, subject=held, ends_on=on.isoformat())
    return held


@action
def allow_past_review(
    *, actor: User, centre: Centre, approval: Approval, reason: str
) -> ReviewOverride:
    """Let learners be enrolled on units past their review dates, while this stands.

    Refuses an empty reason, an approval that has ended, one none of whose units is past its review
    date, and a second override (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    held, today = _locked(centre, approval), timezone.localdate()
    reason = reason.strip()
    if not reason:
        raise Refusal(
            rule="An override of review dates says why.",
            remedy="Write the reason, such as what the awarding body has agreed.",
        )
    if held.ends_on and held.ends_on < today:
        raise TransitionError(
            rule="This approval has ended, so nobody is enrolled under it.",
            remedy="Record the new approval, then allow it there.",
        )
    if not qualification_past_review(centre, held.qualification, today):
        raise TransitionError(
            rule="No unit of this qualification is past its review date.",
            remedy="Nothing needs doing.",
        )
    if standing_override(centre, held):
        raise TransitionError(
            rule="An override stands already.", remedy="Withdraw that one to give another reason."
        )
    override = ReviewOverride.objects.create(
        centre=centre, approval=held, reason=reason, allowed_by=actor
    )
    record(
        "review_override.allowed",
        centre=centre,
        actor=actor,
        subject=override,
        approval=str(held.pk),
        reason_hash=text_hash(f"{override.pk} {reason}"),
    )
    return override


@action
def withdraw_override(*, actor: User, centre: Centre, override: ReviewOverride) -> ReviewOverride:
    """Take an override back: from now on nobody is enrolled on units past their review dates.

    Refuses one that is withdrawn (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    rows = ReviewOverride.objects.for_centre(centre).select_for_update(of=("self",))
    held: ReviewOverride = rows.get(pk=override.pk)
    if held.withdrawn_at:
        raise TransitionError(
            rule="This override is withdrawn already.", remedy="Nothing needs doing."
        )
    held.withdrawn_by, held.withdrawn_at = actor, timezone.now()
    held.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(
        "review_override.withdrawn",
        centre=centre,
        actor=actor,
        subject=held,
        approval=str(held.approval_id),
    )
    return held


def _reference(typed: str) -> str:
    reference = " ".join(typed.split())
    if not reference:
        raise Refusal(
            rule="An approval is recorded with its reference.",
            remedy="Enter the reference of the awarding body’s letter.",
        )
    return reference


def _check_days(approval: Approval) -> None:
    """Refuse days out of order."""
    starts, ends = approval.starts_on, approval.ends_on
    registered, certified = approval.last_registration_on, approval.last_certification_on
    if ends and ends < starts:
        raise Refusal(
            rule="The approval ends before it starts.", remedy="Correct one of the two days."
        )
    if registered and registered < starts:
        raise Refusal(
            rule="The last day to register lies before the approval starts.",
            remedy="Correct one of the two days.",
        )
    if certified and certified < (registered or starts):
        raise Refusal(
            rule="The last day to certificate lies before "
            f"{'the last day to register' if registered else 'the approval starts'}.",
            remedy="Correct one of the two days.",
        )


def _check_alone(centre: Centre, approval: Approval) -> None:
    """Refuse a second approval of a qualification for some of the same days."""
    covers = Q(ends_on__isnull=True) | Q(ends_on__gte=approval.starts_on)
    others = (
        Approval.objects.for_centre(centre)
        .filter(covers, qualification=approval.qualification_id)
        .exclude(pk=approval.pk)
    )
    if approval.ends_on:
        others = others.filter(starts_on__lte=approval.ends_on)
    other = others.first()
    if other is not None:
        raise TransitionError(
            rule=f"Approval {other.reference} covers some of these days already.",
            remedy="End that one first, or correct the days.",
        )


def _days(approval: Approval) -> dict[str, str]:
    """The days as the ledger holds them; empty where there is none."""
    names = ("starts_on", "ends_on", "last_registration_on", "last_certification_on")
    days = {name: getattr(approval, name) for name in names}
    return {name: day.isoformat() if day else "" for name, day in days.items()}


def _lock(centre: Centre) -> None:
    """One approval at a time is recorded or moved in a centre."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


def _locked(centre: Centre, approval: Approval) -> Approval:
    rows = Approval.objects.for_centre(centre).select_for_update(of=("self",))
    found: Approval = rows.select_related("qualification").get(pk=approval.pk)
    return found
