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
from centres.refusals import Refusal, TransitionError
from portfolios.actions import carry_claims
from qualifications.models import Criterion, Pathway
from qualifications.rules import is_same_award
from qualifications.version_names import version_name
from quality.locks import lock_sheets
from quality.models import KeptDecision
from quality.queries.combination import MovePreview, move_preview
from quality.queries.kept import version_step


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
    what the new pathway does not ask for, as a newer version never does (``TransitionError``); and
    what ``qualifications.rules.judge_move`` does not let go. The learner is told.
    """
    check_may(actor, centre, "change_registrations")
    lock_sheets(centre, _sheets(centre, registration))
    held = locked_registration(centre, registration)
    preview = move_preview(held, open_target(held, pathway), reason)
    _check_open(preview)
    move = move_pathway(
        actor=actor, centre=centre, registration=registration, pathway=pathway, reason=reason
    )
    if preview.step is not None:
        _keep_passes(actor, centre, preview, move)
        _carry_claims(actor, centre, held, move)
    _tell_learner(centre, held, move)
    return move


def _sheets(centre: Centre, registration: Registration) -> list[UUID]:
    rows = Sheet.objects.for_centre(centre).filter(submission__registration=registration)
    return list(rows.values_list("pk", flat=True))


def _check_open(preview: MovePreview) -> None:
    """Refuse what is in the way of the move, and what the rules of moves do not let go."""
    for waiting in preview.blocks:
        raise TransitionError(
            rule=waiting, remedy="Have the assessor decide it first, then move the registration."
        )
    verdict = preview.verdict
    if not verdict.met:
        raise Refusal(rule=verdict.sentence, remedy=preview.remedy, source=verdict.source)


def _keep_passes(actor: User, centre: Centre, preview: MovePreview, move: PathwayMove) -> None:
    kept = preview.keeps
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
    named = version_name(target.specification, centre.name)
    where = f"version {named}" if again else f"the {target.get_award_display()}"
    notify(
        centre=centre,
        recipient=held.learner,
        kind="moved",
        title=f"You are now on {where}: {target.title}",
        text="The page says what you keep, what counts and what is missing."
        + ("" if again else " Your centre registers you for it and records the new number."),
        path=reverse("quality:combination", args=[centre.slug, held.pk]),
    )
