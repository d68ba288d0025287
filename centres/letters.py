"""The e-mails that rows carry: the row is the job, so none is lost whatever is killed.

A row is claimed by one worker for one lease, and sent between two short transactions. A worker that
dies between the mail server's yes and its own note of it is the one case in which a second copy
goes out; it has the same Message-ID, by which mailboxes know a copy.
"""

import datetime
import logging
import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q

from centres.clock import database_now
from centres.jobs import send_to_workers
from centres.models import Centre, Invitation, Letter, Notice

log = logging.getLogger("criterion.mail")

TASK = "centres.tasks.send_letter"
QUEUE = "mail"
TIMEOUT = 10  # seconds that the mail server may take
LEASE = datetime.timedelta(seconds=60)  # above the task's hard time limit
TRIES = 30  # about a day, with the pauses between them
FIRST_PAUSE = datetime.timedelta(seconds=10)  # doubled after each try
LONGEST_PAUSE = datetime.timedelta(hours=1)
QUEUED_TOO_LONG = datetime.timedelta(seconds=20)
SWEEP_AT_ONCE = 200
REFUSED_FOR_GOOD = 500  # from here on a mail server's answer is final (RFC 5321, 4.2.1)

Row = Invitation | Notice


@dataclass(frozen=True)
class Kind:
    """One kind of row that carries an e-mail.

    ``write`` makes the message, or None where there is nothing to say any more. ``once_sent`` are
    fields that change when it has gone.
    """

    model: type[Invitation] | type[Notice]
    write: Callable[[Any], EmailMessage | None]
    once_sent: dict[str, str]


KINDS: dict[str, Kind] = {}


def queued() -> dict[str, Any]:
    """The fields of a new row whose e-mail is to be sent."""
    return {"mail": Letter.Mail.QUEUED, "mail_queued_at": database_now()}


def send_after_commit(kind: str, centre_id: uuid.UUID, row_ids: list[uuid.UUID]) -> None:
    """Tell the workers once the transaction under way is committed."""
    each = [(str(centre_id), kind, str(row_id)) for row_id in row_ids]
    # A lambda: Django logs a robust callback under its name, which a partial does not have.
    transaction.on_commit(lambda: send_to_workers(TASK, queue=QUEUE, each=each), robust=True)


@transaction.atomic
def claim_letter(*, kind: str, centre: Centre, row_id: uuid.UUID) -> Row | None:
    """Take a row up for one lease, or None where it has gone out, or somebody else has it."""
    now = database_now()
    row: Row | None = (
        _rows(kind, centre)
        .select_for_update(skip_locked=True)
        .filter(_unclaimed(now), pk=row_id, mail__in=[Letter.Mail.QUEUED, Letter.Mail.SENDING])
        .first()
    )
    if row is None:
        return None
    row.mail, row.mail_token = Letter.Mail.SENDING, uuid.uuid4()
    row.mail_lease_until = now + LEASE
    row.mail_tries += 1
    row.save(update_fields=["mail", "mail_token", "mail_lease_until", "mail_tries"])
    return row


def write_letter(kind: str, row: Row) -> EmailMessage | None:
    """The message of a claimed row, in its centre's context; None where none is due any more."""
    message = KINDS[kind].write(row)
    if message is not None:
        host = urlsplit(settings.SITE_URL).hostname or "localhost"
        message.extra_headers["Message-ID"] = f"<{kind}.{row.pk}@{host}>"
        message.subject = " ".join(str(message.subject).split())
    return message


def deliver(message: EmailMessage) -> None:
    """Hand a message to the mail server; outside any transaction, since that takes its time."""
    message.connection = get_connection(timeout=TIMEOUT)
    message.send()


@transaction.atomic
def finish_letter(*, kind: str, centre: Centre, row: Row, sent: bool) -> bool:
    """Mark a claimed row sent, or as one with nothing to send; False where the claim was lost."""
    fields: dict[str, Any] = {"mail": Letter.Mail.NONE}
    if sent:
        fields = {
            "mail": Letter.Mail.SENT,
            "mail_sent_at": database_now(),
            **KINDS[kind].once_sent,
        }
    changed = _claimed(kind, centre, row).update(mail_token=None, mail_lease_until=None, **fields)
    return bool(changed)


@transaction.atomic
def give_letter_back(*, kind: str, centre: Centre, row: Row, fault: Exception) -> None:
    """Let a claimed row rest after a try that went wrong, longer each time, an hour at most.

    It has failed after the last try, and at once where the mail server refuses the address.
    """
    lost = row.mail_tries >= TRIES or _refused_for_good(fault)
    pause = min(FIRST_PAUSE * 2 ** min(row.mail_tries - 1, 20), LONGEST_PAUSE)
    _claimed(kind, centre, row).update(
        mail=Letter.Mail.FAILED if lost else Letter.Mail.QUEUED,
        mail_token=None,
        mail_lease_until=None if lost else database_now() + pause,
    )


@transaction.atomic
def requeue_letters(*, centre: Centre) -> int:
    """Queue anew what waits too long and what a worker left behind; says how many rows."""
    return sum(_requeue(kind, centre) for kind in KINDS)


def _requeue(kind: str, centre: Centre) -> int:
    now = database_now()
    due = list(
        _rows(kind, centre)
        .select_for_update(skip_locked=True)
        .filter(_unclaimed(now))
        .filter(
            Q(mail=Letter.Mail.QUEUED, mail_queued_at__lt=now - QUEUED_TOO_LONG)
            | Q(mail=Letter.Mail.SENDING)
        )
        .order_by("mail_queued_at")[:SWEEP_AT_ONCE]
    )
    # What stopped its worker every time would stop the next one too.
    deadly = [row.pk for row in due if row.mail_tries >= TRIES]
    again = [row.pk for row in due if row.mail_tries < TRIES]
    rows = _rows(kind, centre)
    rows.filter(pk__in=deadly).update(
        mail=Letter.Mail.FAILED, mail_token=None, mail_lease_until=None
    )
    rows.filter(pk__in=again).update(
        mail=Letter.Mail.QUEUED, mail_token=None, mail_lease_until=None, mail_queued_at=now
    )
    if again:
        send_after_commit(kind, centre.pk, again)
    return len(again)


def _rows(kind: str, centre: Centre) -> Any:
    return KINDS[kind].model.objects.for_centre(centre)


def _claimed(kind: str, centre: Centre, row: Row) -> Any:
    """The row while the claim that it was taken under still holds."""
    return _rows(kind, centre).filter(
        pk=row.pk, mail=Letter.Mail.SENDING, mail_token=row.mail_token
    )


def _unclaimed(now: datetime.datetime) -> Q:
    """Nobody works on the row, and it does not rest after a try that went wrong."""
    return Q(mail_lease_until__isnull=True) | Q(mail_lease_until__lt=now)


def _refused_for_good(fault: Exception) -> bool:
    return isinstance(fault, smtplib.SMTPRecipientsRefused) and all(
        code >= REFUSED_FOR_GOOD for code, _ in fault.recipients.values()
    )
