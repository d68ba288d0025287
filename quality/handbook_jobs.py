"""Handbooks to be read: each row is its own job, so none is lost, read twice at once or stuck."""

import datetime
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from centres.clock import database_now
from centres.jobs import send_to_workers
from centres.ledger import action, record
from centres.models import Centre
from qualifications.handbook import Handbook
from qualifications.handbook.content import Doubt, Place
from qualifications.handbook.kept import as_kept
from qualifications.handbook.progress import Progress
from quality.handbook_reading import Refused
from quality.models import HandbookImport, HandbookWarning

log = logging.getLogger("criterion.handbooks")

TASK, QUEUE = "quality.tasks.read_handbook_import", "files"
LEASE = datetime.timedelta(seconds=60)  # renewed each second while a handbook is read
TRIES = 3  # a file that stopped its worker as often is refused
QUEUED_TOO_LONG = datetime.timedelta(seconds=30)
SWEEP_AT_ONCE = 50

State = HandbookImport.State
DEADLY = Refused(
    "Reading this file was broken off three times.",
    "Save the document again as text, and import that file.",
)


@transaction.atomic
def claim_import(*, centre: Centre, import_id: uuid.UUID) -> HandbookImport | None:
    """Take an import up for one lease; None where it is read, or in somebody else's hands."""
    now = database_now()
    held: HandbookImport | None = (
        HandbookImport.objects.for_centre(centre)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("file")
        .filter(_unclaimed(now), pk=import_id, state__in=[State.QUEUED, State.READING])
        .first()
    )
    if held is None or held.tries >= TRIES:
        return None
    held.state, held.progress = State.READING, "Reading the file"
    held.token, held.lease_until = uuid.uuid4(), now + LEASE
    held.tries += 1
    held.save(update_fields=["state", "progress", "token", "lease_until", "tries"])
    return held


class ClaimLostError(Exception):
    """An import that is being read is in somebody else's hands by now, or given up."""


@transaction.atomic
def note_progress(*, centre: Centre, held: HandbookImport, progress: Progress | None) -> None:
    """Write how far a reading is, if that is known, and renew its claim.

    Raises ``ClaimLostError``.
    """
    changes: dict[str, Any] = {"progress": str(progress)} if progress else {}
    if not _claimed(centre, held).update(lease_until=database_now() + LEASE, **changes):
        raise ClaimLostError


@action
def keep_reading(*, centre: Centre, held: HandbookImport, handbook: Handbook) -> bool:
    """Keep what was read, with a row for each doubtful reading; False if the claim was lost."""
    if not _settled(centre, held, state=State.READ, result=as_kept(handbook)):
        return False
    add_warnings(centre, held, handbook, handbook.warnings)
    record(
        "handbook.read",
        centre=centre,
        actor=None,
        subject=held,
        units=len(handbook.units),
        warnings=len(handbook.warnings),
    )
    return True


def add_warnings(
    centre: Centre, held: HandbookImport, handbook: Handbook, doubts: Sequence[Doubt]
) -> None:
    """A row for each doubt, after those that are there; within the caller's transaction."""
    lines: dict[Place, int] = {}
    for number, (place, _) in enumerate(handbook.source):
        lines.setdefault(place, number)
    start = HandbookWarning.objects.for_centre(centre).filter(handbook=held).count()
    HandbookWarning.objects.bulk_create(
        HandbookWarning(
            centre=centre,
            handbook=held,
            position=position,
            where=str(doubt.where)[:60] if doubt.where else "",
            line=lines.get(doubt.where) if doubt.where else None,
            raw=doubt.raw,
            taken=doubt.taken,
            why=doubt.why,
        )
        for position, doubt in enumerate(doubts, start + 1)
    )


@action
def refuse_import(*, centre: Centre, held: HandbookImport, refused: Refused) -> bool:
    """Say that the file is not readable and what to do; False if the claim was lost."""
    told = {"refusal_rule": refused.rule[:300], "refusal_remedy": refused.remedy[:300]}
    if not _settled(centre, held, state=State.REFUSED, **told):
        return False
    record("handbook.refused", centre=centre, actor=None, subject=held, rule=refused.rule)
    return True


@transaction.atomic
def give_back(*, centre: Centre, held: HandbookImport) -> None:
    """Leave a claimed import to the next worker, such as when the store did not answer."""
    _claimed(centre, held).update(
        state=State.QUEUED,
        progress="Waiting to be tried again",
        token=None,
        lease_until=None,
        queued_at=database_now(),
    )


@action
def requeue_imports(*, centre: Centre) -> list[uuid.UUID]:
    """Queue anew what waits too long or was left by its worker; refuse what stopped it thrice."""
    now = database_now()
    due = list(
        HandbookImport.objects.for_centre(centre)
        .select_for_update(skip_locked=True)
        .defer("result")
        .filter(_unclaimed(now))
        .filter(Q(state=State.QUEUED, queued_at__lt=now - QUEUED_TOO_LONG) | Q(state=State.READING))
        .order_by("queued_at")[:SWEEP_AT_ONCE]
    )
    for held in (row for row in due if row.tries >= TRIES):
        held.state = State.READING  # from here it is settled as its worker would settle it
        held.token, held.lease_until = held.token or uuid.uuid4(), now
        held.save(update_fields=["state", "token", "lease_until"])
        refuse_import(centre=centre, held=held, refused=DEADLY)
    keys = [row.pk for row in due if row.tries < TRIES]
    HandbookImport.objects.for_centre(centre).filter(pk__in=keys).update(
        state=State.QUEUED, token=None, lease_until=None, queued_at=now
    )
    if keys:
        send_after_commit(centre.pk, keys)
    return keys


def send_after_commit(centre_id: uuid.UUID, keys: list[uuid.UUID]) -> None:
    """Tell the workers of these imports when the transaction has been committed."""
    each = [(str(centre_id), str(key)) for key in keys]
    transaction.on_commit(lambda: send_to_workers(TASK, queue=QUEUE, each=each), robust=True)


def _unclaimed(now: datetime.datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _claimed(centre: Centre, held: HandbookImport) -> Any:
    """The row while the claim that it was taken under still holds."""
    return HandbookImport.objects.for_centre(centre).filter(
        pk=held.pk, state=State.READING, token=held.token
    )


def _settled(centre: Centre, held: HandbookImport, **changes: Any) -> int:
    """Write the outcome of a claim and end it; the number of rows, none if the claim was lost."""
    changed: int = _claimed(centre, held).update(
        token=None, lease_until=None, progress="", read_at=database_now(), **changes
    )
    return changed
