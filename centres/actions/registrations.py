"""A learner's enrolment, the awarding body's number when it comes, and who assesses."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from centres.access import check_may
from centres.approvals import check_open_to_enrolment
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Allocation, Centre, Membership, Registration, Role, User
from centres.refusals import Refusal, TransitionError
from qualifications.models import Pathway
from qualifications.rules import comes_of_age, judge_age, term_ends
from qualifications.version_names import version_name


@action
def enrol_learner(
    *,
    actor: User,
    centre: Centre,
    learner: User,
    pathway: Pathway,
    certificate_name: str,
    date_of_birth: datetime.date,
    enrolled_on: datetime.date,
) -> Registration:
    """Enrol a learner on a pathway of a published specification; the number comes later.

    Refuses a person without the learner's role, a pathway that is not open to the centre, one that
    it is not approved to enrol on that day (``check_open_to_enrolment``), a day to come, a learner
    below the pathway's minimum age on the day of enrolment (8588 handbook: 18) and a second
    enrolment on the same pathway.
    """
    check_may(actor, centre, "change_registrations")
    if not holds_role(learner, centre, Role.LEARNER):
        raise Refusal(
            rule=f"{learner.full_name} does not have the role of learner in this centre.",
            remedy="Give the person that role on the people page first.",
        )
    _check_pathway(centre, pathway)
    check_open_to_enrolment(centre, pathway, enrolled_on)
    _check_age(centre, pathway, date_of_birth, enrolled_on)
    taken = TransitionError(
        rule=f"{learner.full_name} is enrolled on {pathway.code} already.",
        remedy="Open that registration; a learner has one for each pathway.",
    )
    if Registration.objects.for_centre(centre).filter(learner=learner, pathway=pathway).exists():
        raise taken
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                centre=centre,
                learner=learner,
                pathway=pathway,
                certificate_name=" ".join(certificate_name.split()),
                date_of_birth=date_of_birth,
                enrolled_on=enrolled_on,
            )
    except IntegrityError as clash:
        raise taken from clash
    record(
        "learner.enrolled",
        centre=centre,
        actor=actor,
        subject=registration,
        learner=str(learner.pk),
        pathway=str(pathway.pk),
        specification=str(pathway.specification_id),
        enrolled_on=enrolled_on.isoformat(),
    )
    return registration


def _check_pathway(centre: Centre, pathway: Pathway) -> None:
    open_to_centre = Pathway.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre.pk), specification__published_at__isnull=False
    )
    if not open_to_centre.filter(pk=pathway.pk).exists():
        raise Refusal(
            rule="Learners are enrolled on published specifications only.",
            remedy="Publish the specification first, or choose another pathway.",
        )


def _check_age(
    centre: Centre, pathway: Pathway, date_of_birth: datetime.date, enrolled_on: datetime.date
) -> None:
    if enrolled_on > timezone.localdate():
        raise Refusal(
            rule="An enrolment is recorded on the day it happens, or after it.",
            remedy="Enter today or an earlier day, or come back when the day is here.",
        )
    if date_of_birth >= enrolled_on:
        raise Refusal(
            rule="The date of birth must lie before the day of enrolment.",
            remedy="Correct whichever of the two was mistyped.",
        )
    verdict = judge_age(date_of_birth, enrolled_on, pathway.minimum_age, of=pathway.code)
    if verdict.met or pathway.minimum_age is None:
        return
    possible = comes_of_age(date_of_birth, pathway.minimum_age)
    qualification = pathway.specification.qualification
    named = version_name(pathway.specification, centre.name)
    raise Refusal(
        rule=verdict.sentence,
        remedy=f"Correct the date of birth, or enrol from {possible:%-d %b %Y}.",
        source=(
            f"{qualification.number} handbook, version {named}: "
            f"registration from {pathway.minimum_age}"
        ),
    )


@action
def record_registration(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    number: str,
    registered_on: datetime.date,
) -> Registration:
    """Record the awarding body's number and date; the registration's years run from that date.

    A later call corrects them. Refuses an empty number, one that another registration has, a day
    before the enrolment and a day to come.
    """
    check_may(actor, centre, "change_registrations")
    held = Registration.objects.for_centre(centre).select_for_update().get(pk=registration.pk)
    number = " ".join(number.split())
    if not number:
        raise Refusal(
            rule="A registration is recorded with its number.",
            remedy="Enter the number that the awarding body gave.",
        )
    if not held.enrolled_on <= registered_on <= timezone.localdate():
        raise Refusal(
            rule="The registration date lies on or after the enrolment and not in the future.",
            remedy=(
                f"Enter a day from {held.enrolled_on:%-d %b %Y} "
                f"to {timezone.localdate():%-d %b %Y}."
            ),
        )
    years = held.pathway.registration_years
    before = (held.number, held.registered_on)
    registration.number = number
    registration.registered_on = registered_on
    registration.expires_on = term_ends(registered_on, years) if years else None
    try:
        with transaction.atomic():
            registration.save(update_fields=["number", "registered_on", "expires_on"])
    except IntegrityError as clash:
        registration.number, registration.registered_on = before
        registration.expires_on = held.expires_on
        raise Refusal(
            rule=f"Another registration of this centre has the number {number}.",
            remedy="Check the number with the awarding body's list.",
        ) from clash
    record(
        "registration.corrected" if held.number else "registration.recorded",
        centre=centre,
        actor=actor,
        subject=registration,
        number_hash=text_hash(f"{registration.pk} {number}"),
        registered_on=registered_on.isoformat(),
        expires_on=registration.expires_on.isoformat() if registration.expires_on else None,
    )
    return registration


@action
def allocate_assessor(
    *, actor: User, centre: Centre, registration: Registration, assessor: User
) -> Allocation:
    """Let an assessor mark this registration's work from today.

    Refuses a person without the assessor's role, the learner themselves (separation of duties,
    by person) and an assessor who is allocated already.
    """
    check_may(actor, centre, "change_registrations")
    held = Registration.objects.for_centre(centre).select_for_update().get(pk=registration.pk)
    if assessor.pk == held.learner_id:
        raise Refusal(
            rule="Nobody assesses their own work, whatever roles they have.",
            remedy="Choose another assessor.",
        )
    if not holds_role(assessor, centre, Role.ASSESSOR):
        raise Refusal(
            rule=f"{assessor.full_name} does not have the role of assessor in this centre.",
            remedy="Choose an assessor, or give the person that role first.",
        )
    if _current(centre, held, assessor).exists():
        raise TransitionError(
            rule=f"{assessor.full_name} is allocated to this registration already.",
            remedy="Nothing needs doing.",
        )
    allocation = Allocation.objects.create(
        centre=centre, registration=held, learner_id=held.learner_id, assessor=assessor
    )
    record(
        "assessor.allocated",
        centre=centre,
        actor=actor,
        subject=registration,
        assessor=str(assessor.pk),
        allocation=str(allocation.pk),
    )
    return allocation


@action
def release_assessor(
    *, actor: User, centre: Centre, registration: Registration, assessor: User
) -> Allocation:
    """End an assessor's allocation today. Refuses where there is none."""
    check_may(actor, centre, "change_registrations")
    held = Registration.objects.for_centre(centre).select_for_update().get(pk=registration.pk)
    allocation = _current(centre, held, assessor).first()
    if allocation is None:
        raise TransitionError(
            rule=f"{assessor.full_name} is not allocated to this registration.",
            remedy="Nothing needs doing.",
        )
    allocation.ends_on = timezone.localdate()
    allocation.save(update_fields=["ends_on"])
    record(
        "assessor.released",
        centre=centre,
        actor=actor,
        subject=registration,
        assessor=str(assessor.pk),
        allocation=str(allocation.pk),
    )
    return allocation


def _current(centre: Centre, registration: Registration, assessor: User) -> "QuerySet[Allocation]":
    return Allocation.objects.for_centre(centre).filter(
        registration=registration, assessor=assessor, ends_on__isnull=True
    )


def holds_role(user: User, centre: Centre, role: Role) -> bool:
    """Whether the person, whose login is open, has the role in the centre today."""
    return (
        user.is_active
        and Membership.objects.active().filter(centre=centre, user=user, role=role).exists()
    )
