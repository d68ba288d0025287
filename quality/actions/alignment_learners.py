"""Learners follow programmes: placing registrations on an approved alignment, and ending it."""

from collections.abc import Iterable
from uuid import UUID

from centres.access import check_may
from centres.clock import database_now
from centres.ledger import action, record
from centres.models import Centre, Registration, User
from centres.refusals import Refusal, TransitionError
from quality.models import Alignment, AlignmentLearner
from quality.queries.alignment_learners import newer_version


@action
def place_on_programme(
    *, actor: User, centre: Centre, alignment: Alignment, registrations: Iterable[Registration]
) -> int:
    """Let registrations follow an approved alignment from now on; returns how many are new on it.

    What one followed before is ended; one that follows this version already stays as it is.
    Refuses (``TransitionError``) a draft and a version that a newer approved one has replaced, and
    (``Refusal``) a registration on another pathway or another version of the specification.
    """
    check_may(actor, centre, "change_registrations")
    held = Alignment.objects.for_centre(centre).select_related("pathway").get(pk=alignment.pk)
    check_in_force(centre, held)
    rows = _locked(centre, {registration.pk for registration in registrations})
    _check_pathway(held, rows)
    open_rows = AlignmentLearner.objects.for_centre(centre).filter(
        registration__in=rows, ended_at__isnull=True
    )
    before = {row.registration_id: row for row in open_rows}
    placed = 0
    for registration in rows:
        old = before.get(registration.pk)
        if old and old.alignment_id == held.pk:
            continue
        if old:
            _end(actor, old)
        AlignmentLearner.objects.create(
            centre=centre,
            alignment=held,
            registration=registration,
            pathway_id=held.pathway_id,
            placed_by=actor,
            placed_at=database_now(),
        )
        record(
            "programme.followed",
            centre=centre,
            actor=actor,
            subject=registration,
            alignment=str(held.pk),
            instead_of=str(old.alignment_id) if old else "",
        )
        placed += 1
    return placed


@action
def end_programme(*, actor: User, centre: Centre, registration: Registration) -> None:
    """Let a registration follow no programme from now on.

    Refuses (``TransitionError``) one that follows none.
    """
    check_may(actor, centre, "change_registrations")
    (held,) = _locked(centre, {registration.pk})
    row = AlignmentLearner.objects.for_centre(centre).following().filter(registration=held).first()
    if row is None:
        raise TransitionError(
            rule="This registration follows no programme.", remedy="Nothing needs doing."
        )
    _end(actor, row)
    record(
        "programme.ended",
        centre=centre,
        actor=actor,
        subject=held,
        alignment=str(row.alignment_id),
    )


def _locked(centre: Centre, keys: set[UUID]) -> list[Registration]:
    """The registrations, locked in the order of their ids. Raises ``Registration.DoesNotExist``."""
    rows = Registration.objects.for_centre(centre).filter(pk__in=keys)
    found = list(rows.order_by("pk").select_for_update(of=("self",)))
    if len(found) != len(keys):
        raise Registration.DoesNotExist
    return found


def check_in_force(centre: Centre, held: Alignment) -> None:
    """Refuses (``TransitionError``) a version that nobody can be placed on, as the page says."""
    if held.approved_at is None:
        raise TransitionError(
            rule="Learners follow a programme once its alignment is approved.",
            remedy="Have this version approved by name first.",
        )
    newer = newer_version(centre, held)
    if newer:
        raise TransitionError(
            rule=f"Version {newer.version} has taken the place of version {held.version}.",
            remedy=f"Place learners on version {newer.version}.",
        )


def _check_pathway(held: Alignment, rows: list[Registration]) -> None:
    elsewhere = [row.certificate_name for row in rows if row.pathway_id != held.pathway_id]
    if elsewhere:
        raise Refusal(
            rule=f"The programme is aligned with {held.pathway.code} of one version of the "
            f"specification, and {', '.join(elsewhere)} is on another.",
            remedy="Place only learners who are registered on that pathway.",
        )


def _end(actor: User, row: AlignmentLearner) -> None:
    row.ended_by, row.ended_at = actor, database_now()
    row.save(update_fields=["ended_by", "ended_at"])
