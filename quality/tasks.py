"""Reading handbooks in the background: ids in, safe to kill at any point."""

import logging
import uuid
from contextlib import suppress

from celery import shared_task
from django.db import DatabaseError

from centres.models import Centre
from centres.stores import STORE_FAULTS
from centres.tasks import CentreTask
from centres.tenancy import centre_context
from portfolios.files import open_file
from qualifications.handbook.progress import Progress
from quality import handbook_jobs as jobs
from quality.handbook_reading import STOPPED, Refused, read_apart

log = logging.getLogger("criterion.handbooks")


@shared_task(name=jobs.TASK, ignore_result=True, soft_time_limit=100, time_limit=120)
def read_handbook_import(centre_id: str, import_id: str) -> str:
    """Read one handbook: claim the row, read in a process apart outside any transaction, settle.

    Says what came of it: "read", "refused", "not due" (settled, or in somebody else's hands),
    "lost" (the claim ran out meanwhile), "again" (the store did not give the file).
    """
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    with centre_context(centre.pk):
        held = jobs.claim_import(centre=centre, import_id=uuid.UUID(import_id))
    if held is None:
        return "not due"

    def watch(progress: Progress | None) -> None:
        with suppress(DatabaseError), centre_context(centre.pk):
            jobs.note_progress(centre=centre, held=held, progress=progress)

    try:
        with open_file(held.file) as source:
            outcome = read_apart(source, held.name, watch=watch)
    except jobs.ClaimLostError:
        return "lost"
    except STORE_FAULTS:
        log.exception("the file of handbook %s can't be read, try %d", held.pk, held.tries)
        with centre_context(centre.pk):
            jobs.give_back(centre=centre, held=held)
        return "again"
    except Exception:
        log.exception("handbook %s could not be read", held.pk)
        outcome = STOPPED
    with centre_context(centre.pk):
        if isinstance(outcome, Refused):
            kept = jobs.refuse_import(centre=centre, held=held, refused=outcome)
            return "refused" if kept else "lost"
        kept = jobs.keep_reading(centre=centre, held=held, handbook=outcome)
        return "read" if kept else "lost"


@shared_task(name="quality.tasks.requeue_handbooks", ignore_result=True, expires=30)
def requeue_handbooks() -> None:
    """Send one sweep for each centre; runs every few seconds."""
    for centre_id in Centre.objects.values_list("pk", flat=True):
        requeue_centre_handbooks.delay(str(centre_id))


@shared_task(
    base=CentreTask,
    name="quality.tasks.requeue_centre_handbooks",
    ignore_result=True,
    expires=30,
)
def requeue_centre_handbooks(centre_id: str) -> int:
    """Queue anew the centre's imports that are due and that nobody reads; says how many."""
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    keys = jobs.requeue_imports(centre=centre)
    if keys:
        log.warning("%d handbooks of centre %s are queued again", len(keys), centre_id)
    return len(keys)
