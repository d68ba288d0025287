"""Making papers in the background: ids in, one action after another, safe to kill at any point."""

import datetime
import errno
import logging
import uuid
from collections.abc import Callable

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from assessment import documents
from assessment.models import Document, PaperRow
from assessment.paper.content import PaperFault
from assessment.paper.keys import SealKeyFault, certificate_name
from assessment.paper.render import render_pdf
from assessment.paper.seal import SealFault, seal_pdf
from assessment.paper.sheet import paper_html
from assessment.sealing import seal_key
from centres.clock import database_now
from centres.models import Centre
from centres.stores import STORE_FAULTS
from centres.tasks import CentreTask
from centres.tenancy import centre_context

log = logging.getLogger("criterion.documents")

MANIFEST_NAME = "manifest.json"
FULL = {errno.ENOSPC, errno.EDQUOT}
WORDS: dict[type[Exception], str] = {
    SealKeyFault: "The worker has no seal key that it can use. Whoever runs the site has to mend "
    "that.",
    SealFault: "The file could not be sealed. Whoever runs the site finds the reason in its log.",
    SoftTimeLimitExceeded: "Making it took longer than it may; the machine may be busy.",
    **dict.fromkeys(
        STORE_FAULTS,
        "The store for papers takes no files. Whoever runs the site has to mend that.",
    ),
}


@shared_task(name=documents.RENDER_TASK, ignore_result=True, soft_time_limit=40, time_limit=50)
def render_document(centre_id: str, document_id: str) -> str:
    """Make one paper: claim the row, render and seal outside any transaction, issue.

    Says what came of it: "issued", "not due" (issued, or in somebody else's hands), "lost" (the
    claim ran out meanwhile), "again" (it went wrong; the row says why and when it is due again).
    """
    return make_paper(centre_id, document_id, kind=Document, make=make_pdf)


def make_paper(
    centre_id: str, paper_id: str, *, kind: type[PaperRow], make: Callable[..., bytes]
) -> str:
    """Make one paper of any kind, as ``render_document`` says."""
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    with centre_context(centre.pk):
        document = documents.claim_document(
            centre=centre, document_id=uuid.UUID(paper_id), kind=kind
        )
        at = database_now()
    if document is None:
        return "not due"
    try:
        pdf = make(document, at=at)
        paper = documents.store_paper(document, pdf)
    except Exception as trouble:
        log.exception("paper %s could not be made, try %d", document.pk, document.tries)
        with centre_context(centre.pk):
            documents.fail_document(centre=centre, document=document, trouble=in_words(trouble))
        return "again"
    with centre_context(centre.pk):
        issued = documents.issue_document(centre=centre, document=document, paper=paper, at=at)
    return "issued" if issued else "lost"


def make_pdf(document: Document, *, at: datetime.datetime) -> bytes:
    """The finished, sealed file of a document. Reads the database in one short transaction."""
    key = seal_key()
    with centre_context(document.centre_id):
        paper = documents.paper_of(document, at=at, sealed_by=certificate_name(key.certificate))
    pdf = render_pdf(
        paper_html(paper),
        manifest=document.manifest.encode(),
        manifest_name=MANIFEST_NAME,
        at=at,
    )
    reason = f"{paper.kind} {paper.refs}, {paper.copy} copy, {document.standing}"
    return seal_pdf(pdf, key=key, reason=reason, location=paper.centre_name, at=at)


def in_words(trouble: Exception) -> str:
    """What keeps a paper from being made, for the people who wait for it."""
    if isinstance(trouble, PaperFault):
        return f"The paper can’t be printed: {trouble}"
    if isinstance(trouble, OSError) and trouble.errno in FULL:
        return "The store for papers is full. Whoever runs the site has to make room."
    for kind, words in WORDS.items():
        if isinstance(trouble, kind):
            return words
    return "It stopped for a reason that the site’s log has. Whoever runs the site can see it."


@shared_task(name="assessment.tasks.requeue_documents", ignore_result=True, expires=30)
def requeue_documents() -> None:
    """Send one sweep for each centre; runs every few seconds."""
    for centre_id in Centre.objects.values_list("pk", flat=True):
        requeue_centre_documents.delay(str(centre_id))


@shared_task(
    base=CentreTask,
    name="assessment.tasks.requeue_centre_documents",
    ignore_result=True,
    expires=30,
)
def requeue_centre_documents(centre_id: str) -> int:
    """Queue anew the centre's papers that are due and that nobody works on; says how many."""
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    keys = documents.requeue_documents(centre=centre)
    if keys:
        log.warning("%d papers of centre %s are queued again", len(keys), centre_id)
    return len(keys)
