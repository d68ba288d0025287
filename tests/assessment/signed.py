"""Signed sheets for the tests of papers: made by the real actions, from upload to signature."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.actions import save_comment, save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Audience, Document, Sheet
from assessment.queries.tree import sheet_tree
from assessment.tasks import render_document
from centres.models import Centre
from config.celery import app
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Submission
from qualifications.models import Criterion, LearningOutcome
from tests.cast import Cast, fresh_proof

# WeasyPrint leaves its colour profile's file to be closed by the garbage collector.
open_profile = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*sRGB2014:pytest.PytestUnraisableExceptionWarning"
)

COUNTS = {
    "1.1": {"planned_clients": "2"},
    "2.1": {"practice_hours": "18.75", "clients": "2"},
    "3.3": {"supervision_hours": "1.25"},
}
TO_THE_LEARNER = "A clear plan that can be followed."
TO_THE_FILE = "Spoke with the sponsor about the dates."


def submitted(cast: Cast, learner: str = "una", text: str = "") -> Submission:
    """Work handed in by a learner, with one new file for every criterion."""
    user, registration = getattr(cast, learner), getattr(cast, f"{learner}_registration")
    words = text or f"A log of sessions {uuid.uuid4()}."
    evidence = add_evidence(
        actor=user,
        centre=cast.centre,
        registration=registration,
        upload=SimpleUploadedFile("log.txt", words.encode(), content_type="text/plain"),
    )
    for criterion in criteria_of(cast):
        make_claim(actor=user, centre=cast.centre, evidence=evidence, criterion=criterion)
    shown = submission_manifest(
        centre=cast.centre, registration=registration, assessment=cast.assessment
    )
    return submit_work(
        actor=user,
        centre=cast.centre,
        registration=registration,
        assessment=cast.assessment,
        declaration_version=CURRENT.version,
        shown_digest=shown.digest,
        proof=fresh_proof(),
    )


def signed(
    cast: Cast, learner: str = "una", referred: tuple[str, ...] = (), text: str = ""
) -> Sheet:
    """A sheet signed by Pat; call it within the centre. `referred` are criteria, such as "1.3"."""
    submission = submitted(cast, learner, text)
    for criterion in criteria_of(cast):
        save_judgement(
            actor=cast.pat,
            centre=cast.centre,
            submission=submission,
            criterion=criterion,
            decision="referral" if criterion.number in referred else "pass",
            feedback=f"On {criterion.number}: the log shows it.",
            counts=COUNTS.get(criterion.number),
        )
    first = LearningOutcome.objects.filter(criteria__in=criteria_of(cast)).earliest("number")
    for audience, words in ((Audience.LEARNER, TO_THE_LEARNER), (Audience.FILE, TO_THE_FILE)):
        save_comment(
            actor=cast.pat,
            centre=cast.centre,
            submission=submission,
            outcome=first,
            audience=audience,
            text=words,
        )
    sheet = Sheet.objects.for_centre(cast.centre).get(submission=submission, assessor=cast.pat)
    return sign_sheet(
        actor=cast.pat,
        centre=cast.centre,
        submission=submission,
        shown_digest=sheet_manifests(sheet).file.digest,
        proof=fresh_proof(),
    )


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Let this process send its messages to another broker."""
    before = app.conf.broker_url
    app.conf.update(broker_url=url, broker_write_url=url)
    yield
    app.conf.update(broker_url=before, broker_write_url=before)


def criteria_of(cast: Cast) -> list[Criterion]:
    """The criteria of the assessment, in order."""
    tree = sheet_tree(cast.assessment)
    by_id = Criterion.objects.in_bulk([criterion.id for criterion in tree.criteria])
    return [by_id[criterion.id] for criterion in tree.criteria]


def papers(sheet: Sheet) -> dict[str, Document]:
    """Both papers of a sheet, by copy; call it within the centre."""
    rows = Document.objects.for_centre(sheet.centre).filter(sheet=sheet)
    return {row.copy: row for row in rows}


def issue(centre: Centre, *documents: Document) -> list[Document]:
    """Make papers as a worker does, and read their rows again."""
    for document in documents:
        assert render_document(str(centre.pk), str(document.pk)) == "issued"
    rows: list[Any] = []
    for document in documents:
        document.refresh_from_db()
        rows.append(document)
    return rows


def content_of(document: Document) -> bytes:
    """The stored file of a paper."""
    with default_storage.open(document.key) as file:
        content: bytes = file.read()
    return content


def issued(cast: Cast, learner: str = "una", referred: tuple[str, ...] = ()) -> dict[str, Document]:
    """Both papers of a new signed sheet, made."""
    made = papers(signed(cast, learner, referred))
    issue(cast.centre, *made.values())
    return made
