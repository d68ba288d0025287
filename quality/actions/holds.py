"""Holds: what keeps work from being released, confirmed or claimed, with a reason both times."""

from django.utils import timezone

from assessment.models import Sheet
from centres.access import check_may
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Centre, Registration, User
from centres.refusals import Refusal, TransitionError
from qualifications.models import Assessment
from quality.locks import lock_sheets
from quality.models import Hold

PLACED_HERE = (Hold.Kind.APPEAL, Hold.Kind.MALPRACTICE, Hold.Kind.SANCTION)


@action
def place_hold(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    assessment: Assessment,
    kind: str,
    reason: str,
) -> Hold:
    """Hold a learner's work for an assessment until somebody lifts it; its standing stays.

    Refuses a hold without a reason, a kind that only an external visit places, and a second one
    of the same kind (``TransitionError``).
    """
    check_may(actor, centre, "change_holds")
    reason = _reason(reason)
    if kind not in PLACED_HERE:
        raise Refusal(
            rule="A hold of the external quality assurer comes from their visit.",
            remedy="Choose appeal, malpractice enquiry or sanction.",
        )
    _lock(centre, registration, assessment)
    standing = Hold.objects.for_centre(centre).standing()
    if standing.filter(registration=registration, assessment=assessment, kind=kind).exists():
        raise TransitionError(
            rule="This work is held for that already.", remedy="Lift that hold when it is settled."
        )
    hold = Hold.objects.create(
        centre=centre,
        registration=registration,
        assessment=assessment,
        kind=kind,
        reason=reason,
        placed_by=actor,
    )
    record(
        "hold.placed",
        centre=centre,
        actor=actor,
        subject=hold,
        registration=str(registration.pk),
        assessment=str(assessment.pk),
        kind=str(kind),
        reason=text_hash(reason),
    )
    return hold


@action
def lift_hold(*, actor: User, centre: Centre, hold: Hold, reason: str) -> Hold:
    """Let the work go on; refuses without a reason, the learner, and a hold lifted already."""
    check_may(actor, centre, "change_holds")
    reason = _reason(reason)
    if hold.registration.learner_id == actor.pk:
        raise Refusal(
            rule="Nobody lifts a hold on their own work.", remedy="Ask another person who may."
        )
    _lock(centre, hold.registration, hold.assessment)
    rows = Hold.objects.for_centre(centre).select_for_update(of=("self",))
    found: Hold = rows.get(pk=hold.pk)
    if found.lifted_at:
        raise TransitionError(
            rule="This hold was lifted already.", remedy="Open the record to see why."
        )
    found.lifted_by, found.lifted_at, found.lifted_because = actor, timezone.now(), reason
    found.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
    record(
        "hold.lifted",
        centre=centre,
        actor=actor,
        subject=found,
        registration=str(found.registration_id),
        assessment=str(found.assessment_id),
        kind=found.kind,
        reason=text_hash(reason),
    )
    return found


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refusal(rule="A hold is placed and lifted with a reason.", remedy="Say why.")
    return reason


def _lock(centre: Centre, registration: Registration, assessment: Assessment) -> None:
    """The work's sheets and its registration, in the order of every signing action."""
    sheets = Sheet.objects.for_centre(centre).filter(
        submission__registration=registration, submission__assessment=assessment
    )
    lock_sheets(centre, list(sheets.values_list("pk", flat=True)))
    Registration.objects.for_centre(centre).select_for_update(of=("self",)).get(pk=registration.pk)
