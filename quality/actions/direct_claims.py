"""Direct-claims status: recorded with its notice, confirmed by a second person, and used."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assessment.models import Sheet
from centres.access import check_may
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Centre, Role, User
from centres.notices import notify
from centres.queries import members_with
from centres.refusals import Refusal, TransitionError
from portfolios.files import remove_file, store_upload
from qualifications.models import Qualification
from quality.actions.confirming import confirm_sheets
from quality.models import DirectClaims, ExternalConfirmation
from quality.states import Act


@action
def record_direct_claims(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    upload: "UploadedFile[Any]",
    reference: str,
    starts_on: datetime.date,
    ends_on: datetime.date | None = None,
) -> DirectClaims:
    """Record that the awarding body grants the status; it counts once a second person confirms it.

    Refuses days out of order, a status that covers some of the same days (``TransitionError``),
    and what ``store_upload`` refuses; then there is neither a row nor a file.
    """
    check_may(actor, centre, "record_direct_claims")
    _check_days(starts_on, ends_on)
    _lock(centre)
    covers = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    others = DirectClaims.objects.for_centre(centre).filter(covers, qualification=qualification)
    if ends_on:
        others = others.filter(starts_on__lte=ends_on)
    if others.exists():
        raise TransitionError(
            rule="A direct-claims status for some of these days is recorded already.",
            remedy="End that one first, or correct the days.",
        )
    stored = store_upload(
        actor=actor, centre=centre, upload=upload, permission="record_direct_claims"
    )
    try:
        status = DirectClaims.objects.create(
            centre=centre,
            qualification=qualification,
            notice=stored,
            reference=reference,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_by=actor,
        )
        record(
            "direct_claims.recorded",
            centre=centre,
            actor=actor,
            subject=status,
            qualification=str(qualification.pk),
            reference=text_hash(reference),
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat() if ends_on else "",
            file=stored.sha256,
        )
        _ask_second_person(actor, centre, qualification)
    except BaseException:
        remove_file(stored)
        raise
    return status


@action
def confirm_direct_claims(*, actor: User, centre: Centre, status: DirectClaims) -> DirectClaims:
    """Confirm, as a second person, that the notice says what was recorded.

    Refuses whoever recorded it, and a status that is confirmed (``TransitionError``).
    """
    check_may(actor, centre, "confirm_direct_claims")
    found = _locked(centre, status)
    if found.confirmed_at:
        raise TransitionError(
            rule="This status is confirmed already.", remedy="Nothing needs doing."
        )
    if found.recorded_by_id == actor.pk:
        raise Refusal(
            rule="Whoever recorded a direct-claims status does not confirm it.",
            remedy="Ask another manager or a lead internal quality assurer.",
        )
    found.confirmed_by, found.confirmed_at = actor, timezone.now()
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    record("direct_claims.confirmed", centre=centre, actor=actor, subject=found)
    return found


@action
def end_direct_claims(
    *, actor: User, centre: Centre, status: DirectClaims, on: datetime.date | None = None
) -> DirectClaims:
    """End the status on a day (today): the last on which it holds. What was claimed stays.

    Refuses a day before it starts and a status that ends sooner already (``TransitionError``).
    """
    check_may(actor, centre, "record_direct_claims")
    found = _locked(centre, status)
    on = on or timezone.localdate()
    if found.ends_on and found.ends_on <= on:
        raise TransitionError(
            rule=f"This status ends on {found.ends_on:%-d %b %Y} already.",
            remedy="Choose an earlier day, or leave it.",
        )
    if on < found.starts_on:
        raise Refusal(
            rule="A status can’t end before it starts.", remedy="Choose its first day or later."
        )
    found.ends_on = on
    found.save(update_fields=["ends_on"])
    record("direct_claims.ended", centre=centre, actor=actor, subject=found, ends_on=on.isoformat())
    return found


@action
def claim_sheets(
    *, actor: User, centre: Centre, qualification: Qualification, sheets: Sequence[Sheet]
) -> DirectClaims:
    """Claim internally confirmed, unheld passes under the status in force today.

    Refuses an empty choice, a day without status (``Refusal``), and work that may not be claimed
    now (``TransitionError``); then nothing is claimed.
    """
    check_may(actor, centre, "claim_work")
    if not sheets:
        raise Refusal(rule="No result is ticked.", remedy="Tick what is to be claimed.")
    statuses = DirectClaims.objects.for_centre(centre).in_force(timezone.localdate())
    rows = statuses.filter(qualification=qualification).select_for_update(of=("self",))
    status = rows.first()
    if status is None:
        raise Refusal(
            rule="No direct-claims status is in force for this qualification today.",
            remedy="Record the awarding body’s notice and have it confirmed, or wait for the "
            "external quality assurer.",
        )
    record(
        "work.claimed",
        centre=centre,
        actor=actor,
        subject=status,
        qualification=str(qualification.pk),
        sheets=sorted(str(sheet.pk) for sheet in sheets),
    )
    confirm_sheets(
        actor=actor,
        centre=centre,
        qualification=qualification,
        sheets=sheets,
        act=Act.CLAIM,
        route=ExternalConfirmation.Route.CLAIM,
        by={"direct_claims": status},
    )
    return status


def _check_days(starts_on: datetime.date, ends_on: datetime.date | None) -> None:
    if ends_on and ends_on < starts_on:
        raise Refusal(
            rule="The status ends before it starts.", remedy="Correct one of the two days."
        )


def _lock(centre: Centre) -> None:
    """One status at a time is recorded in a centre."""
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)


def _locked(centre: Centre, status: DirectClaims) -> DirectClaims:
    rows = DirectClaims.objects.for_centre(centre).select_for_update(of=("self",))
    found: DirectClaims = rows.get(pk=status.pk)
    return found


def _ask_second_person(actor: User, centre: Centre, qualification: Qualification) -> None:
    """Tell those who may confirm it."""
    people = {*members_with(centre, Role.LEAD_IQA), *members_with(centre, Role.MANAGER)} - {actor}
    for person in sorted(people, key=lambda each: str(each.pk)):
        notify(
            centre=centre,
            recipient=person,
            kind="direct_claims_recorded",
            title="A direct-claims status waits for a second person",
            text=f"{actor.full_name} recorded the status for {qualification.number}. Read the "
            "notice and confirm it.",
            path=reverse("quality:confirmations", args=[centre.slug]),
        )
