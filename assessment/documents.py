"""The papers of a signed sheet: each row is its own job, so none is lost or made twice."""

import datetime
import io
import logging
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from assessment.models import Document, PaperRow, Sheet
from assessment.paper.codes import new_code
from assessment.paper_content import paper_of
from centres.canonical import sha256_hex
from centres.clock import database_now
from centres.jobs import send_to_workers
from centres.ledger import action, record
from centres.models import AuditEvent, Centre, Registration, Role, Signature, User
from centres.signatures import Manifest
from centres.stores import STORE_FAULTS

if TYPE_CHECKING:
    from assessment.manifest import SheetManifests

__all__ = [
    "claim_document",
    "fail_document",
    "issue_document",
    "paper_of",
    "queue_document",
    "queue_documents",
    "requeue_documents",
    "send_after_commit",
    "store_paper",
    "visible_documents",
]

log = logging.getLogger("criterion.documents")

TEMPLATE_VERSION = 1
LEASE = datetime.timedelta(seconds=60)  # above the task's hard time limit
TRIES = 8  # then the paper counts as failed, and is tried again each hour
FIRST_PAUSE = datetime.timedelta(seconds=10)  # doubled after each try
LONGEST_PAUSE = datetime.timedelta(hours=1)
QUEUED_TOO_LONG = datetime.timedelta(seconds=20)
SWEEP_AT_ONCE = 200
RENDER_TASK = "assessment.tasks.render_document"
QUEUE = "pdf"

SEES_ALL = frozenset({Role.IQA, Role.LEAD_IQA, Role.MANAGER})


@action
def queue_documents(
    *, sheet: Sheet, signature: Signature, manifests: "SheetManifests", actor: User
) -> list[Document]:
    """Write the rows of both copies of a sheet, within the transaction that signs it.

    The workers are told once that transaction has been committed. A broker that is down costs
    the signer nothing: the rows are the jobs, and the sweep takes them up.
    """
    documents = [
        queue_document(
            actor=actor,
            sheet=sheet,
            copy=copy,
            manifest=manifest,
            standing=Document.Standing.PROVISIONAL,
            confirmation={},
            signers=[signature.role],
        )
        for copy, manifest in (
            (Document.Copy.LEARNER, manifests.learner),
            (Document.Copy.FILE, manifests.file),
        )
    ]
    send_after_commit(sheet.centre_id, [document.pk for document in documents])
    return documents


@action
def queue_document(
    *,
    actor: User,
    sheet: Sheet,
    copy: Document.Copy,
    manifest: Manifest,
    standing: Document.Standing,
    confirmation: dict[str, Any],
    signers: list[str],
) -> Document:
    """Write the row of one paper; the caller tells the workers once all are written."""
    document = Document.objects.create(
        centre=sheet.centre,
        sheet=sheet,
        copy=copy,
        template_version=TEMPLATE_VERSION,
        standing=standing,
        confirmation=confirmation,
        manifest=manifest.text,
        manifest_digest=manifest.digest,
        code=new_code(),
        queued_at=database_now(),
        signers=signers,
    )
    record(
        "document.queued",
        centre=sheet.centre,
        actor=actor,
        subject=document,
        sheet=str(sheet.pk),
        copy=str(copy),
        template_version=TEMPLATE_VERSION,
        standing=str(standing),
        manifest=manifest.digest,
    )
    return document


@transaction.atomic
def claim_document(
    *, centre: Centre, document_id: uuid.UUID, kind: type[PaperRow] = Document
) -> Any:
    """Take a paper up for one lease, or None where it is issued, or somebody else has it.

    A file that an earlier, interrupted try left behind is removed before its key is forgotten.
    """
    now = database_now()
    document: PaperRow | None = (
        kind.objects.for_centre(centre)
        .select_for_update(skip_locked=True)
        .filter(_unclaimed(now), pk=document_id)
        .exclude(state=PaperRow.State.ISSUED)
        .first()
    )
    if document is None:
        return None
    _discard(document.key)
    document.state = PaperRow.State.RENDERING
    document.token = uuid.uuid4()
    document.lease_until = now + LEASE
    document.tries += 1
    document.key = f"c/{centre.pk}/{uuid.uuid4().hex}"
    document.save(update_fields=["state", "token", "lease_until", "tries", "key"])
    return document


@dataclass(frozen=True)
class StoredPaper:
    """A finished file that lies in the store under its document's key. `size` is in bytes."""

    sha256: str
    size: int
    pages: int


def store_paper(document: PaperRow, pdf: bytes) -> StoredPaper:
    """Write a finished file under the key of its claim; raises one of STORE_FAULTS if refused.

    Call it outside any transaction, since writing takes its time. What a refused or interrupted
    try leaves behind is removed here, or by the next claim.
    """
    try:
        stored = default_storage.save(document.key, ContentFile(pdf))
    except STORE_FAULTS:
        with suppress(*STORE_FAULTS):  # what is told is why the file was not taken
            _discard(document.key)
        raise
    if stored != document.key:
        _discard(stored)
        raise OSError(f"the store gave the paper another key than {document.key}")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return StoredPaper(sha256=sha256_hex(pdf), size=len(pdf), pages=len(opened.pages))


@action
def issue_document(
    *, centre: Centre, document: PaperRow, paper: StoredPaper, at: datetime.datetime
) -> bool:
    """Mark a claimed document issued at `at`; False, and its file removed, if it was lost."""
    issued = _claimed(centre, document).update(
        state=Document.State.ISSUED,
        token=None,
        lease_until=None,
        trouble="",
        sha256=paper.sha256,
        size=paper.size,
        pages=paper.pages,
        issued_at=at,
    )
    if not issued:
        _discard(document.key)
        return False
    record(
        "document.issued",
        centre=centre,
        actor=None,
        subject=document,
        **document.about,
        sha256=paper.sha256,
        size=paper.size,
        manifest=document.manifest_digest,
    )
    return True


@action
def fail_document(*, centre: Centre, document: PaperRow, trouble: str) -> None:
    """Give a claimed document back with the reason, in words for the people who wait for it.

    It is tried again after a pause that doubles, an hour at most. After the eighth try the row
    says that it failed, and so does the ledger, once; what was signed stands all the same.
    """
    lost = document.tries >= TRIES
    pause = min(FIRST_PAUSE * 2 ** min(document.tries - 1, 20), LONGEST_PAUSE)
    changed = _claimed(centre, document).update(
        state=PaperRow.State.FAILED if lost else PaperRow.State.QUEUED,
        token=None,
        lease_until=database_now() + (LONGEST_PAUSE if lost else pause),
        trouble=trouble[:300],
    )
    if changed and lost:
        _record_failure(centre, document)


@action
def requeue_documents(
    *, centre: Centre, kind: type[PaperRow] = Document, task: str = RENDER_TASK
) -> list[uuid.UUID]:
    """Queue anew what is due and nobody works on, oldest first; returns the keys of those rows.

    Due is what was queued too long ago, what a worker took up and left (its lease is over), and
    what failed an hour ago. Rows that somebody else has locked are left to them. What stopped its
    worker eight times counts as failed.
    """
    now = database_now()
    due = list(
        kind.objects.for_centre(centre)
        .select_for_update(skip_locked=True)
        .filter(_unclaimed(now))
        .filter(
            Q(state=PaperRow.State.QUEUED, queued_at__lt=now - QUEUED_TOO_LONG)
            | Q(state__in=[PaperRow.State.RENDERING, PaperRow.State.FAILED])
        )
        .order_by("queued_at")[:SWEEP_AT_ONCE]
    )
    deadly = [row for row in due if row.state == PaperRow.State.RENDERING and row.tries >= TRIES]
    rows = kind.objects.for_centre(centre)
    rows.filter(pk__in=[row.pk for row in deadly]).update(
        state=PaperRow.State.FAILED,
        token=None,
        lease_until=now + LONGEST_PAUSE,
        trouble="The worker stopped each time it was being made.",
    )
    for row in deadly:
        _record_failure(centre, row)
    keys = [row.pk for row in due if row not in deadly]
    rows.filter(pk__in=keys).update(
        state=PaperRow.State.QUEUED, token=None, lease_until=None, queued_at=now
    )
    if keys:
        send_after_commit(centre.pk, keys, task=task)
    return keys


def send_after_commit(
    centre_id: uuid.UUID, keys: list[uuid.UUID], *, task: str = RENDER_TASK
) -> None:
    """Tell the workers of these papers when the transaction has been committed."""
    # A lambda: Django logs a robust callback under its name, which a partial does not have.
    each = [(str(centre_id), str(key)) for key in keys]
    transaction.on_commit(lambda: send_to_workers(task, queue=QUEUE, each=each), robust=True)


def _record_failure(centre: Centre, document: PaperRow) -> None:
    told = AuditEvent.objects.for_centre(centre).filter(
        subject_id=document.pk, action="document.failed"
    )
    if not told.exists():
        record(
            "document.failed",
            centre=centre,
            actor=None,
            subject=document,
            **document.about,
            tries=document.tries,
        )


def visible_documents(*, centre: Centre, user: User, roles: frozenset[Role]) -> Any:
    """The papers that a person may open in a centre.

    A learner: the learner's copy of their own sheets, and no other copy of these whatever else
    they are. An assessor: both copies of what they signed and of the work of learners allocated
    to them. Quality assurers and the centre's manager: all. The newest of each copy comes first;
    ``is_replaced`` says that a newer one was issued.
    """
    documents = Document.objects.for_centre(centre)
    seen = Q(pk__in=[])
    if Role.LEARNER in roles:
        seen |= Q(sheet__learner=user)
    if Role.ASSESSOR in roles:
        theirs = Registration.objects.for_centre(centre).for_assessor(user)
        seen |= Q(sheet__assessor=user)
        seen |= Q(sheet__submission__registration__in=theirs.values("pk"))
    if roles & SEES_ALL:
        seen = Q()
    later = Document.objects.for_centre(centre).filter(
        sheet=OuterRef("sheet"),
        copy=OuterRef("copy"),
        queued_at__gt=OuterRef("queued_at"),
        state=Document.State.ISSUED,
    )
    return (
        documents.filter(seen)
        .exclude(copy=Document.Copy.FILE, sheet__learner=user)
        .annotate(is_replaced=Exists(later))
        .order_by("-copy", "-queued_at")
    )


def _unclaimed(now: datetime.datetime) -> Q:
    """Nobody works on the row, and it does not rest after a try that went wrong."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=now)


def _claimed(centre: Centre, document: PaperRow) -> Any:
    """The row while the claim that `document` was taken under still holds."""
    return (
        type(document)
        .objects.for_centre(centre)
        .filter(pk=document.pk, state=PaperRow.State.RENDERING, token=document.token)
    )


def _discard(key: str) -> None:
    if key:
        default_storage.delete(key)
