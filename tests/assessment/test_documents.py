"""Papers of a signed sheet: queued, claimed, issued, given back."""

import datetime
import io
import json

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment import documents
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from assessment.tasks import render_document
from centres.canonical import sha256_hex
from centres.models import AuditEvent, Centre, Registration, Signature
from centres.tenancy import centre_context
from tests.assessment import signed as making
from tests.cast import Cast

pytestmark = making.open_profile


def events(cast: Cast, *prefixes: str) -> list[str]:
    rows = AuditEvent.objects.for_centre(cast.centre).order_by("seq")
    return [row.action for row in rows if row.action.startswith(prefixes or "")]


def pdf_text(pdf: bytes) -> str:
    from pypdf import PdfReader

    return " ".join(
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
    )


def test_signing_queues_a_copy_for_the_learner_and_one_for_the_file(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        papers = making.papers(sheet)
        signature = Signature.objects.for_centre(alder.centre).get(subject_id=sheet.pk)

        assert set(papers) == {"learner", "file"}
        assert papers["file"].manifest_digest == signature.digest
        copies = json.loads(papers["file"].manifest)["copies"]
        assert copies == {"learner": papers["learner"].manifest_digest}
        for paper in papers.values():
            assert (paper.state, paper.standing, paper.tries) == ("queued", "provisional", 0)
            assert sha256_hex(paper.manifest.encode()) == paper.manifest_digest
            assert paper.signers == ["assessor"]
        assert papers["file"].code != papers["learner"].code
        assert events(alder, "document.") == ["document.queued", "document.queued"]


def test_a_paper_is_made_sealed_stored_and_recorded_once(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        making.issue(alder.centre, paper)
        content = making.content_of(paper)

        assert paper.state == "issued"
        assert (paper.sha256, paper.size) == (sha256_hex(content), len(content))
        assert paper.key.startswith(f"c/{alder.centre.pk}/")
        assert paper.tries == 1
        with pikepdf.open(io.BytesIO(content)) as opened:
            attached = [each.get_file().read_bytes() for each in opened.attachments.values()]
            assert paper.pages == len(opened.pages)
        assert attached == [paper.manifest.encode()]
        assert events(alder, "document.issued") == ["document.issued"]
        recorded = AuditEvent.objects.for_centre(alder.centre).get(action="document.issued")
        assert recorded.actor_id is None
        assert recorded.facts["sha256"] == paper.sha256

        assert render_document(str(alder.centre.pk), str(paper.pk)) == "not due"
        assert events(alder, "document.issued") == ["document.issued"]


def test_the_learners_copy_has_the_learners_comments_and_no_others(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        papers = making.papers(making.signed(alder, referred=("1.3",)))
        making.issue(alder.centre, *papers.values())
        text = {copy: pdf_text(making.content_of(p)) for copy, p in papers.items()}

    for words in text.values():
        assert making.TO_THE_LEARNER in words
        assert "Una Hornbeam of Alder" in words
        assert "Pat Willow of Alder" in words
        assert "One criterion, 1.3, is a referral; ten are a pass and carry over." in words
        assert "18 h 45, 2 clients" in words
    assert making.TO_THE_FILE in text["file"]
    assert making.TO_THE_FILE not in text["learner"]
    assert papers["learner"].code in text["learner"]
    assert papers["file"].code in text["file"]


def test_a_paper_says_the_numbers_that_were_signed(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        paper = making.papers(sheet)["file"]
        before = documents.paper_of(paper)
        rows = Registration.objects.for_centre(alder.centre)
        rows.filter(pk=alder.una_registration.pk).update(number="ABC9999")
        Centre.objects.filter(pk=alder.centre.pk).update(number="999999")

        now = sheet_manifests(Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk))
        assert now.file.digest != paper.manifest_digest  # what stands now is not what was signed
        after = documents.paper_of(Document.objects.for_centre(alder.centre).get(pk=paper.pk))
        signature = Signature.objects.for_centre(alder.centre).get(subject_id=sheet.pk)
    signed = json.loads(signature.manifest)
    assert after.registration_number == before.registration_number
    assert after.registration_number == signed["registration"]["number"]
    assert after.centre_number == before.centre_number == signed["centre"]["number"]


def test_a_name_changed_after_the_signature_is_not_printed(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["learner"]
        row = Registration.objects.for_centre(alder.centre).filter(pk=alder.una_registration.pk)
        name = row.get().certificate_name
        row.update(certificate_name="Una Elm of Alder")
        assert render_document(str(alder.centre.pk), str(paper.pk)) == "again"
        paper.refresh_from_db()
        assert paper.state == "queued"
        assert "changed after the sheet was signed" in paper.trouble
        assert paper.trouble.endswith("the paper is made at its next try.")
        row.update(certificate_name=name)
        assert documents.paper_of(paper).learner_name == name


@pytest.mark.parametrize("referred", [(), ("1.1", "1.2", "1.3")])
def test_reading_a_paper_takes_a_constant_number_of_queries(
    alder: Cast, referred: tuple[str, ...]
) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder, referred=referred))["file"]
        documents.paper_of(paper)
        with CaptureQueriesContext(connection) as queries:
            said = documents.paper_of(Document.objects.for_centre(alder.centre).get(pk=paper.pk))
    assert len(queries) == 10
    assert said.outcome == ("referral" if referred else "pass")


def test_a_claimed_paper_is_not_claimed_again_until_its_lease_is_over(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        first = documents.claim_document(centre=alder.centre, document_id=paper.pk)
        assert first is not None
        assert documents.claim_document(centre=alder.centre, document_id=paper.pk) is None
        assert documents.requeue_documents(centre=alder.centre) == []

        run_out(first)
        second = documents.claim_document(centre=alder.centre, document_id=paper.pk)
        assert second is not None
        assert second.token != first.token
        assert second.tries == 2


def test_a_worker_whose_lease_ran_out_issues_nothing_and_leaves_no_file(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        slow = documents.claim_document(centre=alder.centre, document_id=paper.pk)
        assert slow is not None
        pdf = making_pdf(slow)
        run_out(slow)
        making.issue(alder.centre, paper)

        stored = documents.store_paper(slow, pdf)
        at = datetime.datetime.now(datetime.UTC)
        assert not documents.issue_document(centre=alder.centre, document=slow, paper=stored, at=at)
        assert not default_storage.exists(slow.key)
        assert default_storage.exists(paper.key)
        assert events(alder, "document.issued") == ["document.issued"]


def test_what_a_killed_worker_left_is_swept_up_and_issued_once(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        killed = documents.claim_document(centre=alder.centre, document_id=paper.pk)
        assert killed is not None
        documents.store_paper(killed, making_pdf(killed))  # then SIGKILL, before the last step
        run_out(killed)

        assert documents.requeue_documents(centre=alder.centre) == [paper.pk]
        making.issue(alder.centre, paper)
        folder = f"c/{alder.centre.pk}"
        kept = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        assert not default_storage.exists(killed.key)
        assert kept == {paper.key}
        assert events(alder, "document.issued") == ["document.issued"]


def test_the_sweep_takes_up_what_was_queued_too_long_ago_and_not_what_is_fresh(
    alder: Cast,
) -> None:
    with centre_context(alder.centre.pk):
        papers = making.papers(making.signed(alder))
        assert documents.requeue_documents(centre=alder.centre) == []
        long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
        rows = Document.objects.for_centre(alder.centre)
        rows.filter(pk=papers["file"].pk).update(queued_at=long_ago)
        assert documents.requeue_documents(centre=alder.centre) == [papers["file"].pk]
        assert documents.requeue_documents(centre=alder.centre) == []


def test_a_paper_that_goes_wrong_waits_longer_each_time_and_fails_after_eight(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        pauses = []
        for _ in range(documents.TRIES):
            claimed = documents.claim_document(centre=alder.centre, document_id=paper.pk)
            assert claimed is not None
            before = datetime.datetime.now(datetime.UTC)
            documents.fail_document(centre=alder.centre, document=claimed, trouble="No room.")
            paper.refresh_from_db()
            assert paper.lease_until is not None
            pauses.append(round((paper.lease_until - before).total_seconds()))
            assert documents.claim_document(centre=alder.centre, document_id=paper.pk) is None
            run_out(paper)
        assert pauses == [10, 20, 40, 80, 160, 320, 640, 3600]
        assert (paper.state, paper.trouble) == ("failed", "No room.")
        assert events(alder, "document.failed") == ["document.failed"]

        # Mended an hour later: it is made all the same, and told as failed only once.
        assert documents.requeue_documents(centre=alder.centre) == [paper.pk]
        claimed = documents.claim_document(centre=alder.centre, document_id=paper.pk)
        assert claimed is not None
        documents.fail_document(centre=alder.centre, document=claimed, trouble="No room.")
        assert events(alder, "document.failed") == ["document.failed"]
        run_out(paper)
        making.issue(alder.centre, paper)
        assert (paper.state, paper.trouble) == ("issued", "")


def test_a_paper_that_kills_its_worker_every_time_fails_and_stops_killing(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        for _ in range(documents.TRIES):
            claimed = documents.claim_document(centre=alder.centre, document_id=paper.pk)
            assert claimed is not None
            run_out(claimed)
        assert documents.requeue_documents(centre=alder.centre) == []
        paper.refresh_from_db()
        assert paper.state == "failed"
        assert events(alder, "document.failed") == ["document.failed"]


def test_an_issued_paper_never_changes(alder: Cast) -> None:
    from django.db.utils import DatabaseError

    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        making.issue(alder.centre, paper)
    with pytest.raises(DatabaseError, match="issued paper stays"), centre_context(alder.centre.pk):
        Document.objects.for_centre(alder.centre).filter(pk=paper.pk).update(state="queued")


def run_out(document: Document) -> None:
    """Let the lease or the pause of a row be over."""
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    Document.objects.filter(pk=document.pk).update(lease_until=past)


def making_pdf(document: Document) -> bytes:
    from assessment.tasks import make_pdf

    return make_pdf(document, at=datetime.datetime.now(datetime.UTC))
