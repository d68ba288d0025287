"""External quality assurance: arranging a visit, and what its EQA does until they sign it off.

What the EQA chooses is theirs alone until they publish it: choosing leaves no event and no notice.
"""

import datetime

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessment.models import Sheet
from centres.access import check_may
from centres.canonical import text_hash
from centres.duties import duties_apart
from centres.ledger import action, record
from centres.models import Centre, Role, Signature, User
from centres.notices import notify
from centres.queries import members_with
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof, sign
from portfolios.models import SubmissionItem
from qualifications.models import Qualification
from quality.actions.confirming import tell_confirmed
from quality.locks import lock_sheets
from quality.models import (
    EvidenceView,
    ExternalConfirmation,
    Hold,
    RequiredAction,
    Visit,
    VisitSheet,
)
from quality.papers import reissue_papers
from quality.queries.review import staff_of
from quality.queries.standings import sheet_standing
from quality.queries.visit_closing import Closing, closing_of
from quality.queries.visit_room import conflicts_of, items_on_visit, sheets_on_visit
from quality.states import Act, check_allows

LONGEST_AFTER = 60


@action
def arrange_visit(
    *,
    actor: User,
    centre: Centre,
    eqa: User,
    qualification: Qualification,
    opens_on: datetime.date,
    closes_on: datetime.date,
    reference: str = "",
    days_after: int = 14,
) -> Visit:
    """Allocate an EQA to a qualification for some days, and tell them.

    Refuses a person who is no EQA of this centre today, days out of order or over, more than 60
    days of access afterwards, and an EQA who learns on the qualification or has assessed or
    checked work on it here.
    """
    check_may(actor, centre, "arrange_visit")
    _check_days(opens_on, closes_on, days_after)
    if not members_with(centre, Role.EQA).filter(pk=eqa.pk).exists():
        raise Refusal(
            rule=f"{eqa.full_name} is not an external quality assurer of this centre today.",
            remedy="Invite them with that role first.",
        )
    if conflicts_of(centre, eqa, qualification):
        raise Refusal(
            rule=f"{eqa.full_name} learns on this qualification, or has assessed or checked work "
            "on it in this centre.",
            remedy="Arrange the visit for another external quality assurer.",
        )
    visit = Visit.objects.create(
        centre=centre,
        eqa=eqa,
        qualification=qualification,
        reference=reference,
        opens_on=opens_on,
        closes_on=closes_on,
        ends_on=closes_on,
        days_after=days_after,
        arranged_by=actor,
    )
    record(
        "visit.arranged",
        centre=centre,
        actor=actor,
        subject=visit,
        eqa=str(eqa.pk),
        qualification=str(qualification.pk),
        opens_on=opens_on.isoformat(),
        closes_on=closes_on.isoformat(),
        days_after=days_after,
    )
    notify(
        centre=centre,
        recipient=eqa,
        kind="visit_arranged",
        title=f"A visit to {centre.name} is arranged for you",
        text=f"It covers {qualification.number} and opens on {opens_on:%-d %b %Y}. "
        f"The last day to sign it is {closes_on:%-d %b %Y}.",
        path=reverse("quality:visits", args=[centre.slug]),
    )
    return visit


def _check_days(opens_on: datetime.date, closes_on: datetime.date, days_after: int) -> None:
    if closes_on < opens_on:
        raise Refusal(
            rule="A visit closes on the day that it opens, or later.",
            remedy="Correct the days.",
        )
    if closes_on < timezone.localdate():
        raise Refusal(rule="The visit’s last day is over.", remedy="Choose a day to come.")
    if not 0 <= days_after <= LONGEST_AFTER:
        raise Refusal(
            rule=f"An EQA may read on for at most {LONGEST_AFTER} days after closing.",
            remedy="Choose fewer days.",
        )


@action
def choose_sheet(
    *, actor: User, centre: Centre, visit: Visit, sheet: Sheet, reason: str = ""
) -> VisitSheet:
    """Put a sheet into the sample, unseen by anybody else until it is published.

    Refuses work that is not decided (``TransitionError``), and an EQA who learns it or has
    assessed or checked any attempt. Choosing twice keeps the first choice.
    """
    check_may(actor, centre, "enter_visit")
    if not sheets_on_visit(visit).filter(pk=sheet.pk).exists():
        raise PermissionDenied("the sheet is not on the visit’s qualification")
    lock_sheets(centre, [sheet.pk])
    visit = _open_visit(actor, centre, visit)
    chosen = VisitSheet.objects.for_centre(centre).filter(visit=visit, sheet=sheet).first()
    if chosen:
        return chosen
    work = sheet_standing(centre, sheet)
    check_allows(work, Act.CHOOSE)
    if work.sheet_id != sheet.pk:
        raise TransitionError(
            rule="This version of the sheet no longer stands.",
            remedy="Choose the one that replaced it.",
        )
    with duties_apart():
        return VisitSheet.objects.create(centre=centre, visit=visit, sheet=sheet, reason=reason)


@action
def unchoose_sheet(*, actor: User, centre: Centre, visit: Visit, sheet: Sheet) -> None:
    """Take a choice out again; refuses one that is published (``TransitionError``)."""
    check_may(actor, centre, "enter_visit")
    visit = _open_visit(actor, centre, visit)
    choice = VisitSheet.objects.for_centre(centre).filter(visit=visit, sheet=sheet).first()
    if choice is None:
        return
    if choice.published_at:
        raise TransitionError(
            rule="A published choice stays: the centre has been told of it.",
            remedy="Decide on the sheet.",
        )
    choice.delete()


@action
def publish_choices(*, actor: User, centre: Centre, visit: Visit) -> list[VisitSheet]:
    """Show the centre what is chosen so far; more may be chosen and published during the visit.

    Refuses when nothing new is chosen. Lead internal quality assurers and managers are told.
    """
    check_may(actor, centre, "enter_visit")
    chosen = VisitSheet.objects.for_centre(centre).filter(visit=visit, published_at=None)
    lock_sheets(centre, list(chosen.values_list("sheet", flat=True)))
    visit = _open_visit(actor, centre, visit)
    choices = list(chosen.select_for_update(of=("self",)))
    if not choices:
        raise Refusal(
            rule="Nothing is chosen that the centre does not know of yet.",
            remedy="Choose at least one sheet, then publish.",
        )
    now = timezone.now()
    with duties_apart():
        chosen.filter(pk__in=[choice.pk for choice in choices]).update(published_at=now)
    for choice in choices:
        choice.published_at = now
    record(
        "visit.published",
        centre=centre,
        actor=actor,
        subject=visit,
        sheets=sorted(str(choice.sheet_id) for choice in choices),
    )
    count = f"{len(choices)} sheet{'' if len(choices) == 1 else 's'}"
    _tell_staff(
        visit,
        kind="visit_published",
        title=f"The external quality assurer has chosen {count}",
        text=f"{actor.full_name} has published a sample of {count} on "
        f"{visit.qualification.number}.",
    )
    return choices


@action
def save_finding(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    visit: Visit,
    sheet: Sheet,
    decision: str = "",
    comment: str = "",
    note: str = "",
    action_text: str = "",
    action_owner: User | None = None,
    action_due_on: datetime.date | None = None,
) -> VisitSheet:
    """Keep what the EQA makes of a chosen sheet, as a draft until the visit is closed.

    Refuses a decision on a sheet that is not published (``TransitionError``), an action without
    owner and day, an owner who does not work here, and a person who may not verify this work.
    """
    check_may(actor, centre, "enter_visit")
    lock_sheets(centre, [sheet.pk])
    visit = _open_visit(actor, centre, visit)
    choices = VisitSheet.objects.for_centre(centre).filter(visit=visit, sheet=sheet)
    choice = choices.select_for_update(of=("self",)).first()
    if choice is None or (decision and not choice.published_at):
        raise TransitionError(
            rule="A decision is made on a published choice.",
            remedy="Choose the sheet and publish your choices, then decide.",
        )
    _check_action(centre, action_text, action_owner, action_due_on)
    choice.decision, choice.comment, choice.note = decision, comment, note
    choice.action_text = action_text
    choice.action_owner = action_owner if action_text else None
    choice.action_due_on = action_due_on if action_text else None
    choice.saved_at = timezone.now()
    with duties_apart():
        choice.save()
    return choice


def _check_action(
    centre: Centre, text: str, owner: User | None, due_on: datetime.date | None
) -> None:
    if not text:
        if owner or due_on:
            raise Refusal(
                rule="An action has an owner or a day, and no text.",
                remedy="Say what is to be done, or empty all three.",
            )
        return
    if owner is None or due_on is None:
        raise Refusal(
            rule="An action needs an owner and a day.",
            remedy="Choose who does it and till when.",
        )
    if not staff_of(centre).filter(pk=owner.pk).exists():
        raise Refusal(
            rule="An action’s owner works in the centre.", remedy="Choose one of its staff."
        )


@action
def save_visit_notes(
    *,
    actor: User,
    centre: Centre,
    visit: Visit,
    notes: str | None = None,
    report: str | None = None,
) -> Visit:
    """Keep the EQA's own notes, or the draft of the report that closing will sign."""
    check_may(actor, centre, "enter_visit")
    visit = _open_visit(actor, centre, visit)
    if notes is not None:
        visit.notes = notes
    if report is not None:
        visit.report = report
    visit.save(update_fields=["notes", "report"])
    return visit


@action
def record_view(*, actor: User, centre: Centre, visit: Visit, item: SubmissionItem) -> EvidenceView:
    """Keep that the EQA opened an item of their visit: apart from the ledger, changing nothing."""
    check_may(actor, centre, "enter_visit")
    mine = Visit.objects.for_centre(centre).open_to(actor).filter(pk=visit.pk)
    if not mine.exists() or not items_on_visit(visit).filter(pk=item.pk).exists():
        raise PermissionDenied("the item is not within a visit of this person")
    return EvidenceView.objects.create(centre=centre, visit=visit, viewer=actor, item=item)


@action
def close_visit(
    *,
    actor: User,
    centre: Centre,
    visit: Visit,
    outcome: str,
    shown_digest: str,
    proof: Proof,
) -> Visit:
    """Sign the visit off, once: release what is confirmed internally, or hold.

    A release confirms every internally confirmed, passed, unheld sheet of the qualification that
    the EQA did not disagree with and did not ask more of. Those are held, released or not.
    Refuses what ``Closing.blocks`` names, a change since it was shown (``ChangedSinceShown``) and
    a visit that is closed (``TransitionError``).
    """
    check_may(actor, centre, "sign_visit")
    locked = set(closing_of(visit, outcome).sheet_ids)
    lock_sheets(centre, locked)
    visit = _open_visit(actor, centre, visit)
    closing = closing_of(visit, outcome)
    if closing.blocks:
        raise Refusal(rule=" ".join(closing.blocks), remedy="Put that right, then sign.")
    if closing.manifest.digest != shown_digest or not locked >= set(closing.sheet_ids):
        raise ChangedSinceShown(
            rule="What you were shown has changed since, so nothing was signed.",
            remedy="Read the lists again, then sign what stands now.",
        )
    signature = sign(
        actor=actor,
        centre=centre,
        permission="sign_visit",
        purpose=Signature.Purpose.VISIT,
        subject_kind=Visit._meta.label_lower,
        subject_id=visit.pk,
        sentence=closing.sentence,
        manifest=closing.manifest,
        shown_digest=shown_digest,
        proof=proof,
        builds_on=closing.builds_on,
    )
    _end(visit, closing, signature)
    _write_findings(visit, closing, signature)
    for work in closing.confirmed:
        reissue_papers(actor=actor, centre=centre, sheet=work.sheet)
    _tell(visit, closing)
    return visit


def _write_findings(visit: Visit, closing: Closing, signature: Signature) -> None:
    """Confirmations, holds and required actions of the signed visit."""
    centre, actor, at = visit.centre, visit.eqa, signature.signed_at
    ExternalConfirmation.objects.bulk_create(
        ExternalConfirmation(
            centre=centre,
            sheet=work.sheet,
            route=ExternalConfirmation.Route.VISIT,
            visit=visit,
            confirmed_by=actor,
            confirmed_at=at,
        )
        for work in closing.confirmed
    )
    Hold.objects.bulk_create(
        Hold(
            centre=centre,
            registration_id=choice.sheet.submission.registration_id,
            assessment_id=choice.sheet.submission.assessment_id,
            kind=Hold.Kind.EXTERNAL,
            reason=choice.comment or str(choice.get_decision_display()),
            placed_by=actor,
            placed_at=at,
        )
        for choice in closing.held
    )
    for choice in closing.choices:
        owner, due_on = choice.action_owner, choice.action_due_on
        if owner and due_on:
            _raise_action(visit, choice, owner, due_on, at)


def _raise_action(
    visit: Visit, choice: VisitSheet, owner: User, due_on: datetime.date, at: datetime.datetime
) -> None:
    raised = RequiredAction.objects.create(
        centre=visit.centre,
        visit_sheet=choice,
        text=choice.action_text,
        owner=owner,
        due_on=due_on,
        raised_by=visit.eqa,
        raised_at=at,
    )
    record(
        "action.raised",
        centre=visit.centre,
        actor=visit.eqa,
        subject=raised,
        visit_sheet=str(choice.pk),
        owner=str(owner.pk),
        due_on=due_on.isoformat(),
    )


def _end(visit: Visit, closing: Closing, signature: Signature) -> None:
    """The visit's last change: its triggers refuse any other from here on."""
    visit.outcome = closing.outcome
    visit.closed_at = signature.signed_at
    visit.ends_on = timezone.localdate() + datetime.timedelta(days=visit.days_after)
    visit.save(update_fields=["outcome", "closed_at", "ends_on"])
    record(
        "visit.closed",
        centre=visit.centre,
        actor=visit.eqa,
        subject=visit,
        outcome=visit.outcome,
        report=text_hash(visit.report),
        confirmed=sorted(str(work.sheet.pk) for work in closing.confirmed),
        held=sorted(str(choice.sheet_id) for choice in closing.held),
        digest=signature.digest,
    )


def _tell(visit: Visit, closing: Closing) -> None:
    """Tell learners what is confirmed, and staff how the visit ended."""
    tell_confirmed(visit.centre, [work.sheet for work in closing.confirmed])
    released = f"{len(closing.confirmed)} confirmed" if closing.confirmed else "nothing confirmed"
    _tell_staff(
        visit,
        kind="visit_closed",
        title=f"The external visit on {visit.qualification.number} is closed",
        text=f"{visit.eqa.full_name} signed it: {visit.get_outcome_display().lower()}; "
        f"{released}, {len(closing.held)} held.",
        also=[choice.action_owner for choice in closing.choices if choice.action_owner],
    )


def _tell_staff(
    visit: Visit, *, kind: str, title: str, text: str, also: list[User] | None = None
) -> None:
    centre = visit.centre
    people = {
        *members_with(centre, Role.LEAD_IQA),
        *members_with(centre, Role.MANAGER),
        *(also or ()),
    }
    for person in sorted(people, key=lambda each: str(each.pk)):
        notify(
            centre=centre,
            recipient=person,
            kind=kind,
            title=title,
            text=text,
            path=reverse("quality:visit", args=[centre.slug, visit.pk]),
        )


def _open_visit(actor: User, centre: Centre, visit: Visit) -> Visit:
    """The actor's own visit, locked; its row comes after sheets and registrations."""
    mine = Visit.objects.for_centre(centre).open_to(actor)
    mine = mine.select_related("qualification", "centre", "eqa")
    found = mine.select_for_update(of=("self",)).filter(pk=visit.pk).first()
    if found is None:
        raise PermissionDenied("this visit is not open to this person")
    if found.closed_at:
        raise TransitionError(
            rule="This visit is closed; what was signed stays.",
            remedy="Read it. A further visit is arranged by the centre.",
        )
    return found
