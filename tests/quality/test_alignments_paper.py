"""The paper of an approved alignment: made once, sealed, found by the check page, swept."""

import datetime
import io
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client, override_settings
from django.urls import reverse
from pypdf import PdfReader

from assessment.paper.seal import check_seal
from assessment.sealing import trusted_seals
from assessment.verdicts import Verdict
from assessment.verification import verify_code, verify_file
from centres.canonical import sha256_hex
from centres.clock import database_now
from centres.models import AuditEvent
from centres.tenancy import centre_context
from quality.alignment_tasks import render_alignment_paper, requeue_centre_alignment_papers
from quality.models import AlignmentPaper
from tests.assessment.scenes import new_events
from tests.cast import Cast
from tests.quality.alignments import (
    approve,
    approved,
    content_of,
    covered,
    filled,
    issued,
    next_of,
    paper_of,
    said,
    started,
    work_of,
)

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_the_paper_says_all_that_was_approved_and_is_sealed(alder: Cast) -> None:
    draft = started(alder)
    covered(alder, draft, typed={"overview": "Two days <a> month.", "consultant": "Con Sorrel"})
    filled(alder, draft)
    said(alder, draft, typed={"coverage": "full", "comment": "Seen & agreed."})
    done = approve(alder, draft)
    paper = issued(alder, done)
    content = content_of(paper)
    text = text_of(content)
    work = work_of(alder, done)
    for expected in (
        "Orchard Leaders",
        "Two days <a> month.",
        "Con Sorrel",
        "set by hand; ",
        "Seen & agreed.",
        "A reflective account",
        "Every one of them has to be passed.",
        alder.lea.full_name,
        paper.code,
    ):
        assert expected in text, expected
    squeezed = text.replace(" ", "")
    for line in work.units:
        for each in line.criteria:
            assert each.strategies.replace(" ", "") in squeezed
            assert each.evidence.replace(" ", "") in squeezed
    assert check_seal(content, trusted=trusted_seals()).is_intact
    with pikepdf.open(io.BytesIO(content)) as opened:
        attached = [each.get_file().read_bytes() for each in opened.attachments.values()]
        assert paper.pages == len(opened.pages)
    assert attached == [paper.manifest.encode()]
    assert sha256_hex(content) == paper.sha256


def test_the_paper_says_what_stands_by_hand_over_gaps_and_why(alder: Cast) -> None:
    draft = filled(alder)
    typed = {"evidence-1.1": "", "coverage": "full", "comment": "Taught at work."}
    said(alder, draft, typed=typed)
    line = work_of(alder, draft).units[0]
    text = text_of(content_of(issued(alder, approve(alder, draft))))
    over = f"{len(line.criteria) - 1} of {len(line.criteria)} criteria filled in, not 1.1"
    assert f"{line.unit.ref} is set to full by hand: {over}." in text
    assert f"set by hand; {over}" in text
    assert "Taught at work." in text


def test_the_paper_prints_address_code_and_time_once_and_as_sheets_do(alder: Cast) -> None:
    paper = issued(alder, approved(alder))
    first = PdfReader(io.BytesIO(content_of(paper))).pages[0].extract_text()
    assert first.split("Check this paper")[1].split()[:2] == [
        f"{settings.SITE_URL.split('://')[1]}/verify",
        paper.code,
    ]
    assert "Times are UK time." in text_of(content_of(paper))


def test_no_short_row_of_the_paper_runs_over_two_pages(alder: Cast) -> None:
    draft = filled(alder)
    long = "A morning on contracts, then an afternoon in threes. "
    for place, line in enumerate(work_of(alder, draft).units):
        typed = {}
        for number, each in enumerate(line.criteria):
            mark = f"{line.unit.ref} {each.criterion.number}"
            times = 3 + (number * 5 + place) % 13
            typed[f"strategies-{each.criterion.number}"] = f"From {mark}. {long * times} To {mark}."
        said(alder, draft, place, typed=typed)
    content = content_of(issued(alder, approve(alder, draft)))
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) > 3
    for line in work_of(alder, draft).units:
        for each in line.criteria:
            assert each.is_short
            mark = f"{line.unit.ref} {each.criterion.number}."
            ends = [
                [number for number, page in enumerate(pages) if f"{word} {mark}" in page]
                for word in ("From", "To")
            ]
            assert len(ends[0]) == 1
            assert ends[0] == ends[1], mark


def test_the_paper_is_made_once(alder: Cast) -> None:
    done = approved(alder)
    paper = paper_of(alder, done)
    keys = str(alder.centre.pk), str(paper.pk)
    with new_events(alder) as events:
        assert render_alignment_paper(*keys) == "issued"
        assert render_alignment_paper(*keys) == "not due"
    assert events == ["document.issued"]
    with centre_context(alder.centre.pk):
        event = AuditEvent.objects.for_centre(alder.centre).get(action="document.issued")
    assert event.facts["alignment"] == str(done.pk)
    assert event.facts["sha256"] == paper_of(alder, done).sha256


def test_a_paper_that_goes_wrong_says_why_and_is_made_later(alder: Cast) -> None:
    done = approved(alder)
    paper = paper_of(alder, done)
    keys = str(alder.centre.pk), str(paper.pk)
    nowhere = Path("/nowhere")
    missing = {"SEAL_KEY_FILE": nowhere / "key", "SEAL_CERTIFICATE_FILE": nowhere / "certificate"}
    with override_settings(**missing):
        assert render_alignment_paper(*keys) == "again"
    waiting = paper_of(alder, done)
    assert (waiting.state, waiting.tries) == ("queued", 1)
    assert "no seal key" in waiting.trouble
    with centre_context(alder.centre.pk):
        past = database_now() - datetime.timedelta(minutes=5)
        rows = AlignmentPaper.objects.for_centre(alder.centre)
        rows.update(queued_at=past, lease_until=past)
    assert requeue_centre_alignment_papers(keys[0]) == 1
    assert render_alignment_paper(*keys) == "issued"
    assert requeue_centre_alignment_papers(keys[0]) == 0


def test_a_paper_that_a_worker_left_is_taken_up_by_the_sweep(alder: Cast) -> None:
    done = approved(alder)
    with centre_context(alder.centre.pk):
        past = database_now() - datetime.timedelta(minutes=5)
        AlignmentPaper.objects.for_centre(alder.centre).update(
            state="rendering", token=done.pk, lease_until=past, tries=1
        )
    assert requeue_centre_alignment_papers(str(alder.centre.pk)) == 1
    assert paper_of(alder, done).state == "queued"


def test_an_issued_paper_stays_as_it_is(alder: Cast) -> None:
    done = approved(alder)
    issued(alder, done)
    with (
        centre_context(alder.centre.pk),
        pytest.raises(DatabaseError, match="issued"),
        transaction.atomic(),
    ):
        AlignmentPaper.objects.for_centre(alder.centre).update(sha256="0" * 64)


def test_the_check_page_knows_the_paper_until_the_next_version_is_approved(alder: Cast) -> None:
    done = approved(alder)
    paper = issued(alder, done)
    content = content_of(paper)
    answer = verify_file(content)
    assert answer.verdict is Verdict.VALID
    assert answer.issue
    assert answer.issue.kind == "Alignment with 8588-21, version 1"
    assert answer.issue.signers == "a lead internal quality assurer"
    assert verify_code(paper.code).verdict is Verdict.CODE_ISSUED
    approve(alder, next_of(alder, done))
    assert verify_file(content).verdict is Verdict.SUPERSEDED
    assert verify_code(paper.code).verdict is Verdict.CODE_SUPERSEDED


def test_the_check_page_speaks_of_an_alignment_and_not_of_a_learner(
    alder: Cast, client: Client
) -> None:
    done = approved(alder)
    paper = issued(alder, done)
    content = content_of(paper)

    def asked() -> tuple[str, str]:
        file = SimpleUploadedFile("alignment.pdf", content, content_type="application/pdf")
        given = (
            client.post(reverse("verify:check"), {"file": file}),
            client.get(reverse("verify:code", args=[paper.code])),
        )
        by_file, by_code = (answer.content.decode().split("Check another")[0] for answer in given)
        return by_file, by_code

    by_file, by_code = asked()
    assert "Compare what it says with what you were told of the programme." in by_file
    for page in (by_file, by_code):
        assert "what the alignment says or whom it names" in page
        assert "learner" not in page
        assert "Orchard Leaders" not in page
    approve(alder, next_of(alder, done))
    for page in asked():
        assert "Superseded" in page
        assert "Ask Alder Centre for the latest issue." in page
        assert "learner" not in page


def test_a_changed_paper_is_found_out(alder: Cast) -> None:
    content = content_of(issued(alder, approved(alder)))
    altered = content.replace(b"%PDF-1.7", b"%PDF-1.6", 1)
    assert altered != content
    assert verify_file(altered).verdict is Verdict.ALTERED
