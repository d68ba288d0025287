"""Making the papers of approved alignments in the background, as those of sheets are made."""

import datetime
import logging
import uuid

from celery import shared_task

from assessment.documents import requeue_documents
from assessment.paper.keys import certificate_name
from assessment.paper.render import render_pdf
from assessment.paper.seal import seal_pdf
from assessment.sealing import seal_key
from assessment.tasks import MANIFEST_NAME, make_paper
from centres.models import Centre
from centres.tasks import CentreTask
from centres.tenancy import centre_context
from quality.alignment_jobs import PAPER_TASK
from quality.alignment_paper import alignment_html, printed_alignment
from quality.models import AlignmentPaper

log = logging.getLogger("criterion.documents")


@shared_task(name=PAPER_TASK, ignore_result=True, soft_time_limit=40, time_limit=50)
def render_alignment_paper(centre_id: str, paper_id: str) -> str:
    """Make one paper; says what came of it as ``assessment.tasks.render_document`` does."""
    return make_paper(centre_id, paper_id, kind=AlignmentPaper, make=make_pdf)


def make_pdf(paper: AlignmentPaper, *, at: datetime.datetime) -> bytes:
    """The finished, sealed file. Reads the database in one short transaction."""
    key = seal_key()
    with centre_context(paper.centre_id):
        printed = printed_alignment(paper, at=at, sealed_by=certificate_name(key.certificate))
    pdf = render_pdf(
        alignment_html(printed),
        manifest=paper.manifest.encode(),
        manifest_name=MANIFEST_NAME,
        at=at,
    )
    reason = f"Alignment with {printed.pathway.code}, version {printed.alignment.version}"
    return seal_pdf(pdf, key=key, reason=reason, location=printed.centre_name, at=at)


@shared_task(
    name="quality.alignment_tasks.requeue_alignment_papers", ignore_result=True, expires=30
)
def requeue_alignment_papers() -> None:
    """Send one sweep for each centre; runs every few seconds."""
    for centre_id in Centre.objects.values_list("pk", flat=True):
        requeue_centre_alignment_papers.delay(str(centre_id))


@shared_task(
    base=CentreTask,
    name="quality.alignment_tasks.requeue_centre_alignment_papers",
    ignore_result=True,
    expires=30,
)
def requeue_centre_alignment_papers(centre_id: str) -> int:
    """Queue anew the centre's papers that are due and that nobody works on; says how many."""
    centre = Centre.objects.get(pk=uuid.UUID(centre_id))
    keys = requeue_documents(centre=centre, kind=AlignmentPaper, task=PAPER_TASK)
    if keys:
        log.warning("%d alignment papers of centre %s are queued again", len(keys), centre_id)
    return len(keys)
