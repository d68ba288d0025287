"""A learner moves to another pathway, or to a newer version: what is kept is decided here."""

from uuid import UUID

from django.urls import reverse

from assessment.models import Sheet
from centres.access import check_may
from centres.actions import move_pathway
from centres.actions.moves import locked_registration, open_target
from centres.ledger import action, record
from centres.models import Centre, PathwayMove, Registration, User
from centres.notices import notify
from centres.pathways import is_same_award
from centres.refusals import Refusal, TransitionError
from portfolios.actions import carry_claims
from qualifications.models import Criterion, Pathway, PathwayUnit
from quality.locks import lock_sheets
from quality.models import KeptDecision
from quality.queries.kept import passes_to_keep, undecided_work, version_step
from quality.queries.standings import standings
from quality.standing import Standing

TRANSFER = "rules of combination: shared units count by credit transfer"


@action
def move_registration(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    pathway: Pathway,
    reason: str = "",
) -> PathwayMove:
    """Move a registration to another pathway of its version, or to a newer version of its own.

    Within a version everything stays with the registration, and the units that the new pathway
    asks for too count there. To a newer version, a pass is kept where its criterion is unchanged
    (domain brief, 2.1 and 12: credit transfer, never across units by number), and so is the
    learner's claim of evidence for it.

    Refuses what ``centres.actions.move_pathway`` refuses; work that is handed in and undecided for
    what the new pathway does not ask for (``TransitionError``); pathways without a common unit;
    and, without a reason, a smaller award that leaves out a confirmed unit. The learner is told.
    """
    check_may(actor, centre, "change_registrations")
    lock_sheets(centre, _sheets(centre, registration))
    held = locked_registration(centre, registration)
    if held.pathway_id == registration.pathway_id:
        open_target(held, pathway)
        _check_decided(centre, held, pathway)
        _check_shared(held, pathway)
        _check_reason(centre, held, pathway, reason)
    move = move_pathway(
        actor=actor, centre=centre, registration=registration, pathway=pathway, reason=reason
    )
    if held.pathway.specification_id != pathway.specification_id:
        _keep_passes(actor, centre, held, move)
        _carry_claims(actor, centre, held, move)
    _tell_learner(centre, held, move)
    return move


def _sheets(centre: Centre, registration: Registration) -> list[UUID]:
    rows = Sheet.objects.for_centre(centre).filter(submission__registration=registration)
    return list(rows.values_list("pk", flat=True))


def _check_decided(centre: Centre, held: Registration, pathway: Pathway) -> None:
    """Refuse while work waits for a decision that the new pathway would have no use for.

    A newer version asks for assessments of its own, so there any such work is in the way.
    """
    asked = PathwayUnit.objects.filter(pathway=pathway).values("unit")
    for submission in undecided_work(centre, held):
        covered = submission.assessment.assessment_units
        if covered.filter(unit__in=asked).exists():
            continue
        raise TransitionError(
            rule=f"{submission.assessment.title} is handed in and not decided, and the new "
            "pathway does not ask for it.",
            remedy="Have the assessor decide it first, then move the registration.",
        )


def _check_shared(held: Registration, pathway: Pathway) -> None:
    refs = {
        key: set(PathwayUnit.objects.filter(pathway=key).values_list("unit__ref", flat=True))
        for key in (held.pathway_id, pathway.pk)
    }
    if not refs[held.pathway_id] & refs[pathway.pk]:
        raise Refusal(
            rule=f"{held.pathway.code} and {pathway.code} share no unit, so nothing would move.",
            remedy="Enrol the learner on the other pathway instead.",
            source=TRANSFER,
        )


def _check_reason(centre: Centre, held: Registration, pathway: Pathway, reason: str) -> None:
    """A smaller award that leaves out a confirmed unit is chosen with a reason only."""
    if reason.strip() or pathway.credits >= held.pathway.credits:
        return
    asked = PathwayUnit.objects.filter(pathway=pathway).values_list("unit__ref", flat=True)
    dropped = PathwayUnit.objects.filter(pathway=held.pathway_id).exclude(unit__ref__in=asked)
    works = standings(centre, [held])
    for row in dropped.select_related("unit"):
        for covered in row.unit.assessment_units.all():
            work = works.get((held.pk, covered.assessment_id))
            if work and work.outcome and work.standing in {Standing.INTERNAL, Standing.EXTERNAL}:
                raise Refusal(
                    rule=f"{pathway.code} is a smaller award and leaves out {row.unit.ref}, which "
                    "the learner has passed and which is confirmed.",
                    remedy="Say why the learner goes on to the smaller award.",
                )


def _keep_passes(actor: User, centre: Centre, held: Registration, move: PathwayMove) -> None:
    kept = passes_to_keep(centre, held, move.to_pathway.specification)
    if not kept:
        return
    KeptDecision.objects.bulk_create(
        KeptDecision(
            centre=centre,
            move=move,
            registration_id=move.registration_id,
            criterion=criterion,
            sheet_id=sheet,
        )
        for criterion, sheet in kept.items()
    )
    record(
        "decisions.kept",
        centre=centre,
        actor=actor,
        subject=move,
        registration=str(move.registration_id),
        criteria=len(kept),
        sheets=sorted({str(sheet) for sheet in kept.values()}),
    )


def _carry_claims(actor: User, centre: Centre, held: Registration, move: PathwayMove) -> None:
    old, new = held.pathway.specification, move.to_pathway.specification
    unchanged = version_step(old, new).unchanged
    keys: list[dict[tuple[str, str], object]] = [
        {
            (ref, number): key
            for key, ref, number in Criterion.objects.filter(specification=each).values_list(
                "pk", "unit__ref", "number"
            )
        }
        for each in (old, new)
    ]
    carry_claims(
        actor=actor,
        centre=centre,
        registration=held,
        criteria={keys[0][mark]: keys[1][mark] for mark in unchanged},  # type: ignore[misc]
    )


def _tell_learner(centre: Centre, held: Registration, move: PathwayMove) -> None:
    target = move.to_pathway
    again = is_same_award(held.pathway, target)
    where = (
        f"version {target.specification.version}" if again else f"the {target.get_award_display()}"
    )
    notify(
        centre=centre,
        recipient=held.learner,
        kind="moved",
        title=f"You are now on {where}: {target.title}",
        text="The page says what you keep, what counts and what is missing."
        + ("" if again else " Your centre registers you for it and records the new number."),
        path=reverse("quality:combination", args=[centre.slug, held.pk]),
    )
