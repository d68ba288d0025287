"""What the check of a file or a code answers: to the command, to the page, and to strangers."""

import datetime
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from assessment.models import Document
from assessment.paper.codes import new_code
from assessment.paper.keys import make_demo_key
from assessment.paper.render import render_pdf
from assessment.paper.seal import MAX_BYTES, seal_pdf
from assessment.tasks import make_pdf
from assessment.verdicts import SAYINGS, Verdict
from assessment.verification import verify_code, verify_file
from centres.canonical import sha256_hex
from centres.tenancy import centre_context
from tests.assessment import signed as making
from tests.cast import Cast

pytestmark = making.open_profile


def now() -> datetime.datetime:
    """The present: a key made in a test is valid from a moment before it."""
    return datetime.datetime.now(datetime.UTC)


@pytest.fixture(autouse=True)
def _counters_start_at_nothing(db: None) -> Iterator[None]:
    cache.clear()
    yield


@pytest.fixture
def paper(alder: Cast) -> Document:
    with centre_context(alder.centre.pk):
        return making.issued(alder)["file"]


@pytest.fixture
def pdf(paper: Document) -> bytes:
    return making.content_of(paper)


def test_the_file_as_issued_is_valid_and_says_no_more_than_a_stranger_may_know(
    alder: Cast, paper: Document, pdf: bytes
) -> None:
    answer = verify_file(pdf)
    assert (answer.verdict, answer.exit_code) == (Verdict.VALID, 0)
    assert answer.issue is not None
    assert answer.issue.kind == "Result sheet, 8588-501, provisional"
    assert (answer.issue.centre_name, answer.issue.centre_number) == ("Alder Centre", "012345")
    assert answer.issue.issued_at == paper.issued_at
    assert answer.issue.signers == "an assessor"
    assert answer.sha256 == paper.sha256


def test_both_copies_are_valid_each_by_itself(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        papers = making.issued(alder)
    for each in papers.values():
        assert verify_file(making.content_of(each)).verdict is Verdict.VALID


def test_another_centres_paper_is_answered_for_that_centre(birch: Cast, pdf: bytes) -> None:
    with centre_context(birch.centre.pk):
        theirs = making.issued(birch)["file"]
    answer = verify_file(making.content_of(theirs))
    assert answer.issue is not None
    assert (answer.verdict, answer.issue.centre_name) == (Verdict.VALID, "Birch Training")
    ours = verify_file(pdf)
    assert ours.issue is not None
    assert ours.issue.centre_name == "Alder Centre"


def test_the_next_attempts_sheet_supersedes_the_first_ones_papers(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        first = making.issued(alder, referred=("1.3",))
        contents = {copy: making.content_of(each) for copy, each in first.items()}
        assert verify_file(contents["file"]).verdict is Verdict.VALID
        making.issued(alder, learner="ted")  # somebody else's sheet replaces nothing
        assert verify_file(contents["file"]).verdict is Verdict.VALID
        second = making.issued(alder)
        for content in contents.values():
            answer = verify_file(content)
            assert (answer.verdict, answer.exit_code) == (Verdict.SUPERSEDED, 2)
            assert answer.issue is not None
            assert answer.issue.replaced_at is not None
            assert answer.remedy == "Ask the learner, or Alder Centre, for the latest issue."
        assert verify_file(making.content_of(second["file"])).verdict is Verdict.VALID
        assert verify_code(first["file"].code).verdict is Verdict.CODE_SUPERSEDED


def test_a_later_issue_of_the_same_copy_supersedes_and_of_the_other_copy_does_not(
    alder: Cast,
) -> None:
    with centre_context(alder.centre.pk):
        papers = making.issued(alder)
        content = making.content_of(papers["file"])
        again = queued_again(papers["file"])
        assert verify_file(content).verdict is Verdict.VALID
        making.issue(alder.centre, again)
        assert verify_file(content).verdict is Verdict.SUPERSEDED
        assert verify_file(making.content_of(papers["learner"])).verdict is Verdict.VALID
        assert verify_file(making.content_of(again)).verdict is Verdict.VALID


def queued_again(paper: Document, manifest: str = "") -> Document:
    """Another row for the same sheet and copy, as a later template or standing would have it."""
    row = Document(
        centre=paper.centre,
        sheet=paper.sheet,
        copy=paper.copy,
        template_version=2,
        standing=paper.standing,
        manifest=manifest or paper.manifest,
        code=new_code(),
        signers=paper.signers,
    )
    row.manifest_digest = sha256_hex(row.manifest.encode())
    row.save()
    return row


@pytest.mark.parametrize("copy", ["file", "learner"])
def test_a_paper_that_no_signature_covers_is_stale(alder: Cast, copy: str) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))[copy]
        changed = paper.manifest.replace('"kind":"result sheet"', '"kind":"another sheet"')
        other = queued_again(paper, manifest=changed)
        making.issue(alder.centre, other)
        answer = verify_file(making.content_of(other))
    assert (answer.verdict, answer.exit_code) == (Verdict.STALE, 2)


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", Verdict.EMPTY),
        (b"A text that somebody wrote.", Verdict.NOT_A_PDF),
        (b"\x00" * 400, Verdict.NOT_A_PDF),
        (b"%PDF-1.7\n" + b"x" * 500, Verdict.TRUNCATED),
        (b"%PDF-" + b"0" * MAX_BYTES, Verdict.TOO_LARGE),
    ],
    ids=["empty", "text", "zeros", "no end", "too large"],
)
def test_what_is_no_paper_gets_an_answer_of_its_own(
    db: None, content: bytes, verdict: Verdict
) -> None:
    answer = verify_file(content)
    assert (answer.verdict, answer.exit_code, answer.issue) == (verdict, 1, None)
    assert answer.sentence
    assert answer.remedy


def test_no_file_with_a_byte_changed_is_accepted(pdf: bytes) -> None:
    chance = random.Random(8588)
    answers = set()
    for _ in range(200):
        changed = bytearray(pdf)
        changed[chance.randrange(len(pdf))] ^= 1 << chance.randrange(8)
        answer = verify_file(bytes(changed))
        assert answer.exit_code == 1
        assert answer.issue is None
        answers.add(answer.verdict)
    assert Verdict.ALTERED in answers
    assert not answers & {Verdict.VALID, Verdict.UNRECORDED, Verdict.UNCONFIRMED}


def test_no_file_with_something_appended_is_accepted(pdf: bytes) -> None:
    for tail in (b"\n", b"%%EOF\n", b"\n% a comment", pdf):
        assert verify_file(pdf + tail).exit_code == 1
    for number in range(10):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            opened.docinfo["/Title"] = f"Changed {number}"
            whole = io.BytesIO()
            opened.save(whole)
        assert verify_file(whole.getvalue()).exit_code == 1
    revision = b"\n9999 0 obj\n<< /Title (Changed) >>\nendobj\nxref\n0 0\ntrailer\n<<>>\n%%EOF\n"
    assert verify_file(pdf + revision).verdict is Verdict.EXTENDED


def test_a_file_cut_short_is_incomplete(pdf: bytes) -> None:
    assert verify_file(pdf[: len(pdf) // 2]).exit_code == 1
    assert verify_file(pdf[:-40]).verdict is Verdict.TRUNCATED


def test_a_paper_whose_seal_was_taken_off_is_without_a_seal(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.Root.AcroForm
        if "/Perms" in opened.Root:
            del opened.Root.Perms
        for page in opened.pages:
            if "/Annots" in page:
                del page.Annots
        del opened.Root.StructTreeRoot
        stripped = io.BytesIO()
        opened.save(stripped)
    assert verify_file(stripped.getvalue()).verdict is Verdict.UNSEALED


def plain_pdf() -> bytes:
    return render_pdf(
        '<html lang="en"><title>x</title><body><p>Pass</p><p id="seal">Sealed.</p></body></html>',
        manifest=b"{}",
        manifest_name="manifest.json",
    )


def test_a_pdf_that_somebody_else_sealed_is_named_as_that(db: None, tmp_path: Path) -> None:
    foreign = make_demo_key(tmp_path, "Somebody else")
    sealed = seal_pdf(plain_pdf(), key=foreign, reason="r", location="l", at=now())
    assert verify_file(sealed).verdict is Verdict.UNKNOWN_SEAL
    assert verify_file(plain_pdf()).verdict is Verdict.UNSEALED


def test_a_file_that_we_sealed_but_never_issued_is_not_accepted(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        draft = make_pdf(paper, at=now())
        making.issue(alder.centre, paper)
    answer = verify_file(draft)
    assert (answer.verdict, answer.exit_code) == (Verdict.UNRECORDED, 1)


def test_an_issued_file_is_not_vouched_for_when_its_seal_is_no_longer_trusted(
    pdf: bytes, tmp_path: Path
) -> None:
    with override_settings(SEAL_TRUST_FOLDER=tmp_path):
        answer = verify_file(pdf)
    assert (answer.verdict, answer.exit_code) == (Verdict.UNCONFIRMED, 1)


def test_a_site_that_has_lost_its_certificates_says_that_it_can_t_check(
    pdf: bytes, tmp_path: Path
) -> None:
    with override_settings(SEAL_TRUST_FOLDER=tmp_path / "nowhere"):
        assert verify_file(pdf).verdict is Verdict.UNAVAILABLE


def test_a_code_says_what_was_issued_and_asks_for_the_file(paper: Document) -> None:
    for typed in (paper.code, paper.code.lower(), paper.code.replace("-", " ")):
        answer = verify_code(typed)
        assert (answer.verdict, answer.exit_code) == (Verdict.CODE_ISSUED, 1)
        assert answer.issue is not None
        assert answer.issue.sha256 == paper.sha256
    assert "PDF file" in answer.remedy
    assert verify_code("2345-6789-AB").verdict is Verdict.CODE_UNKNOWN
    for nonsense in ("", "x", "'; --", "\x00" * 10, "K" * 5000):
        assert verify_code(nonsense).verdict is Verdict.NOT_A_CODE


def test_the_code_of_a_paper_that_is_not_made_yet_is_unknown(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        waiting = making.papers(making.signed(alder))["file"]
    assert verify_code(waiting.code).verdict is Verdict.CODE_UNKNOWN


def test_every_answer_has_words_of_its_own() -> None:
    assert set(SAYINGS) == set(Verdict)
    assert len({saying.sentence for saying in SAYINGS.values()}) == len(SAYINGS)


# The command


@pytest.mark.parametrize(("change", "code"), [("", 0), ("flip", 1), ("later", 2)])
def test_the_command_leaves_with_the_answers_code(
    alder: Cast,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: str,
    code: int,
) -> None:
    with centre_context(alder.centre.pk):
        content = making.content_of(making.issued(alder, referred=("1.3",))["file"])
        if change == "later":
            making.issued(alder)
    file = tmp_path / "sheet.pdf"
    file.write_bytes(content if change != "flip" else content.replace(b"/Type", b"/Tyqe", 1))
    with pytest.raises(SystemExit) as left:
        call_command("verify_sheet", str(file))
    assert left.value.code == code
    said = capsys.readouterr().out
    assert {0: "Valid.", 1: "Altered", 2: "Superseded."}[code] in said
    assert ("Alder Centre, centre 012345" in said) is (code != 1)
    assert "Una Hornbeam" not in said


def test_the_command_refuses_a_path_that_is_no_file(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can’t be read"):
        call_command("verify_sheet", str(tmp_path / "nowhere.pdf"))


# The page


def upload(client: Client, content: bytes, name: str = "sheet.pdf") -> Any:
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(reverse("verify:check"), {"file": file})


def test_the_page_answers_a_stranger_by_file_and_by_code_without_naming_the_learner(
    alder: Cast, paper: Document, pdf: bytes, client: Client
) -> None:
    pages: list[Any] = [
        upload(client, pdf),
        upload(client, pdf + b"x"),
        client.post(reverse("verify:check"), {"code": paper.code}),
        client.get(reverse("verify:code", args=[paper.code])),
    ]
    words = ["Valid", "Added to after sealing", "We issued a document", "We issued a document"]
    for page, word in zip(pages, words, strict=True):
        text = page.content.decode()
        assert page.status_code == 200
        assert word in text
        for private in ("Hornbeam", "AL-0361", "Willow", making.TO_THE_FILE):
            assert private not in text
    first = pages[0].content.decode()
    assert "Alder Centre, centre 012345" in first
    assert "Compare what it says with the person or record in front of you." in first
    assert "the learner’s name or results" in first


def test_the_square_on_the_paper_leads_to_the_answer_for_its_code(
    alder: Cast, paper: Document, client: Client
) -> None:
    from assessment.documents import paper_of

    with centre_context(alder.centre.pk):
        address = paper_of(paper).verify_url
    assert address == f"http://localhost:8000/verify/{paper.code}/"
    assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200


def test_a_check_needs_no_cookie_and_no_token(pdf: bytes) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert "Valid" in upload(strict, pdf).content.decode()


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, 422, "neither a file nor a code"),
        ({"code": "not a code"}, 404, "Not a code"),
        ({"code": "2345-6789-AB"}, 404, "Unknown code"),
    ],
)
def test_what_can_t_be_checked_is_said_plainly(
    db: None, client: Client, given: dict[str, str], status: int, words: str
) -> None:
    response = client.post(reverse("verify:check"), given)
    assert response.status_code == status
    assert words in response.content.decode()


def test_an_empty_upload_and_an_odd_name_are_answered(db: None, client: Client) -> None:
    assert "Empty" in upload(client, b"").content.decode()
    odd = upload(client, b"text", name="..\\<b>\u202efdp.exe")
    assert "Not a PDF" in odd.content.decode()
    assert "<b>" not in odd.content.decode()


def test_a_huge_request_is_answered_without_being_read(db: None, client: Client) -> None:
    response = client.post(
        reverse("verify:check"),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10**10),
    )
    assert response.status_code == 413
    assert "Too large" in response.content.decode()


@pytest.mark.parametrize(
    ("ask", "most"),
    [
        (lambda c: c.get(reverse("verify:code", args=["2345-6789-AB"])), 20),
        (lambda c: upload(c, b"text"), 30),
    ],
    ids=["codes", "files"],
)
def test_trying_too_often_is_refused_for_a_minute(
    db: None,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Client], Any],
    most: int,
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    answers = [ask(client).status_code for _ in range(most + 1)]
    assert set(answers[:-1]) <= {200, 404}
    assert answers[-1] == 429
    monkeypatch.setattr("time.time", lambda: 1_800_000_061.0)
    assert ask(client).status_code in {200, 404}
