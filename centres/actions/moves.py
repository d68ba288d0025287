"""A registration goes on to another pathway, or to a newer version of its own."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.access import check_may
from centres.approvals import check_open_to_enrolment
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Centre, PathwayMove, Registration, User
from centres.pathways import targets_of
from centres.refusals import Refusal, TransitionError
from qualifications.models import Pathway
from qualifications.rules import Step, is_same_award, judge_age, judge_way
from qualifications.version_names import version_name


@action
def move_pathway(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    pathway: Pathway,
    reason: str = "",
) -> PathwayMove:
    """Put a registration on another pathway of its version, or on a newer version of its own.

    Another award is registered anew: the awarding body's number and dates go to the move's row and
    the registration waits for new ones. A newer version keeps them. Refuses the pathway that it is
    on, one that the learner holds in another registration and a registration that was moved since
    it was read (``TransitionError``); a pathway that is not one of ``targets_of``, one that the
    centre is not approved to offer, and a learner below its age. What becomes of results is not
    asked here: see ``quality.actions.moves.move_registration``.
    """
    check_may(actor, centre, "change_registrations")
    held = locked_registration(centre, registration)
    target = open_target(held, pathway)
    today = timezone.localdate()
    check_open_to_enrolment(centre, target, today)
    _check_age(held, target, today)
    move = PathwayMove.objects.create(
        centre=centre,
        registration=held,
        from_pathway=held.pathway,
        to_pathway=target,
        reason=reason.strip(),
        number=held.number,
        registered_on=held.registered_on,
        expires_on=held.expires_on,
        moved_by=actor,
    )
    _put_on(registration, held, target)
    record(
        "registration.moved",
        centre=centre,
        actor=actor,
        subject=registration,
        move=str(move.pk),
        from_pathway=str(move.from_pathway_id),
        to_pathway=str(target.pk),
        from_specification=str(held.pathway.specification_id),
        to_specification=str(target.specification_id),
        reason=text_hash(move.reason),
    )
    return move


def locked_registration(centre: Centre, registration: Registration) -> Registration:
    """The registration's row, locked, with its learner, pathway and specification.

    Locked first and read then: a row that another move changed while this waited would not join
    its new pathway. Refuses one that was moved since it was read (``TransitionError``).
    """
    rows = Registration.objects.for_centre(centre)
    list(rows.select_for_update().filter(pk=registration.pk).values_list("pk"))
    found: Registration = rows.select_related(
        "centre", "learner", "pathway__specification__qualification__awarding_body"
    ).get(pk=registration.pk)
    if found.pathway_id != registration.pathway_id:
        raise TransitionError(
            rule="This registration was moved meanwhile.",
            remedy="Open it again and see what it is on now.",
        )
    return found


def open_target(held: Registration, pathway: Pathway) -> Pathway:
    """The pathway, fresh, if the registration may go there; else refuses (see ``move_pathway``)."""
    for target in targets_of(held):
        if target.pk == pathway.pk:
            return target
    if pathway.pk == held.pathway_id:
        way = judge_way(held.pathway, held.pathway, Step.SAME)
        raise TransitionError(rule=way.sentence, remedy="Nothing needs doing.", source=way.source)
    way = judge_way(held.pathway, pathway, Step.OTHER)
    raise Refusal(
        rule=way.sentence,
        remedy="Choose one from the list, or enrol the learner on the other qualification.",
        source=way.source,
    )


def _check_age(held: Registration, target: Pathway, today: datetime.date) -> None:
    specification = target.specification
    named = version_name(specification, held.centre.name)
    verdict = judge_age(
        held.date_of_birth,
        today,
        target.minimum_age,
        of=target.code,
        source=f"{specification.qualification.number} handbook, version {named}: "
        f"registration from {target.minimum_age}",
    )
    if not verdict.met:
        raise Refusal(
            rule=verdict.sentence,
            remedy="Move the learner once they are old enough.",
            source=verdict.source,
        )


def _put_on(registration: Registration, held: Registration, target: Pathway) -> None:
    """Change the row; ``registration`` is the caller's, which follows."""
    fields = ["pathway"]
    registration.pathway = target
    if not is_same_award(held.pathway, target):
        registration.number, registration.registered_on, registration.expires_on = "", None, None
        fields += ["number", "registered_on", "expires_on"]
    try:
        with transaction.atomic():
            registration.save(update_fields=fields)
    except IntegrityError as clash:
        for name in ("pathway", "number", "registered_on", "expires_on"):
            setattr(registration, name, getattr(held, name))
        raise TransitionError(
            rule=f"The learner has a registration on {target.code} of this version already.",
            remedy="Open that registration; a learner has one for each pathway.",
        ) from clash
