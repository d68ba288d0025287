"""Tasks that touch tenant rows, whose centre's id comes first and is entered; the e-mails."""

import logging
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from celery import Task, shared_task
from django.utils import timezone

# The two that write letters are named by nobody here: importing them makes their kinds known.
from centres import invitations, letters, notices  # noqa: F401
from centres.models import Centre
from centres.tenancy import centre_context

log = logging.getLogger("criterion.mail")


class CentreTask(Task):  # type: ignore[type-arg]
    """Runs inside the context of the centre whose id is the task's first argument."""

    abstract = True

    def __call__(self, centre_id: str, *args: Any, **kwargs: Any) -> Any:
        """Enter the centre, then run."""
        with centre_context(uuid.UUID(centre_id)):
            return super().__call__(centre_id, *args, **kwargs)


@shared_task(name=letters.TASK, ignore_result=True, soft_time_limit=30, time_limit=40)
def send_letter(centre_id: str, kind: str, row_id: str) -> str:
    """Send the e-mail of one row: claim it, hand it over outside any transaction, note it.

    Says what came of it: "sent", "not due" (sent, or in somebody else's hands), "nothing to say",
    "lost" (the claim ran out meanwhile), "again" (it went wrong and rests, or has failed for good).
    """
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    with centre_context(centre.pk):
        row = letters.claim_letter(kind=kind, centre=centre, row_id=uuid.UUID(row_id))
    if row is None:
        return "not due"
    try:
        with centre_context(centre.pk), timezone.override(ZoneInfo(centre.time_zone)):
            message = letters.write_letter(kind, row)
        if message is not None:
            letters.deliver(message)
    except Exception as fault:
        # The kind of fault alone: a mail server's answer repeats the address.
        log.warning("%s %s was not sent, try %d: %s", kind, row.pk, row.mail_tries, _name(fault))
        with centre_context(centre.pk):
            letters.give_letter_back(kind=kind, centre=centre, row=row, fault=fault)
        return "again"
    with centre_context(centre.pk):
        noted = letters.finish_letter(kind=kind, centre=centre, row=row, sent=message is not None)
    if not noted:
        return "lost"
    return "sent" if message is not None else "nothing to say"


def _name(fault: Exception) -> str:
    return type(fault).__name__


@shared_task(name="centres.tasks.requeue_letters", ignore_result=True, expires=30)
def requeue_letters() -> None:
    """Send one sweep for each centre; runs every half minute."""
    for centre_id in Centre.objects.values_list("pk", flat=True):
        requeue_centre_letters.delay(str(centre_id))


@shared_task(
    base=CentreTask,
    name="centres.tasks.requeue_centre_letters",
    ignore_result=True,
    expires=30,
)
def requeue_centre_letters(centre_id: str) -> int:
    """Queue anew the centre's e-mails that are due and that nobody works on; says how many."""
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    found = letters.requeue_letters(centre=centre)
    if found:
        log.warning("%d letters of centre %s are queued again", found, centre_id)
    return found
