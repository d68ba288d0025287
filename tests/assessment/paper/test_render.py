"""The printed sheet: what it shows, what it carries, and what it may not fetch."""

import json
import resource
import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pypdf
import pytest

from assessment.paper.content import PaperFault, ResultPaper
from assessment.paper.render import PackagedFiles, RefusedAddress, render_pdf
from assessment.paper.sheet import paper_html
from tests.assessment.paper.conftest import printed
from tests.assessment.paper.papers import MANIFEST, passed_paper, referral_paper
from tests.assessment.paper.reading import attachment, page_texts, whole_text


def _said(paper: ResultPaper) -> list[str]:
    """Every decision, name, time and remark that must be readable on the sheet."""
    said = [
        paper.centre_name,
        paper.centre_number,
        paper.learner_name,
        paper.registration_number,
        paper.qualification_title,
        f"{paper.attempt} of {paper.attempts_so_far}, {paper.submitted_at}",
        paper.specification_label,
        paper.outcome_sentence,
        paper.standing.label,
        paper.standing.explanation,
        paper.code,
        paper.verify_place,
        paper.digest_groups,
        paper.time_zone,
        paper.issued_on,
        paper.sealed_by,
    ]
    for unit in paper.units:
        said += [f"{unit.ref} {unit.title}", unit.uan, f"{unit.credits} credits"]
    for count in paper.counts:
        said += [f"{count.label} {count.value}"]
    for part in paper.outcomes:
        said.append(f"Outcome {part.number}: {part.title}")
        for criterion in part.criteria:
            said.append(f"{criterion.number} {criterion.statement} {criterion.decision.title()}")
            said += [criterion.feedback, *criterion.referral_signs, *criterion.pass_signs]
            if criterion.looked_for:
                said.append(f"Looked for: {criterion.looked_for}")
        for comment in part.comments:
            said += [f"{comment.heading} {comment.text}"]
    for line in paper.signatures:
        said += [line.name, line.role, f"{line.meaning} “{line.sentence}”"]
        said += [line.signed_at, f"{line.method} · {line.digest}", line.state.title()]
    for open_line in paper.waiting:
        said += [open_line.who, open_line.role, open_line.meaning, open_line.due]
    return said


def test_the_text_layer_holds_everything_that_the_paper_says(
    provisional: bytes, confirmed: bytes, learners: bytes
) -> None:
    for paper, pdf in (
        (referral_paper(), provisional),
        (passed_paper(), confirmed),
        (referral_paper().learner_copy(), learners),
    ):
        text = whole_text(pdf)
        assert [said for said in _said(paper) if " ".join(said.split()) not in text] == []


def test_eleven_criteria_fit_on_two_pages(provisional: bytes, confirmed: bytes) -> None:
    assert [len(page_texts(pdf)) for pdf in (provisional, confirmed)] == [2, 2]


def test_every_page_of_a_provisional_sheet_says_so(provisional: bytes, confirmed: bytes) -> None:
    assert all("PROVISIONAL: not yet confirmed" in page for page in page_texts(provisional))
    assert all("PROVISIONAL" not in page for page in page_texts(confirmed))
    # The word across the page is drawn, so that it cannot be taken for the sheet's own text.
    across, without = (_drawings_behind_the_text(pdf) for pdf in (provisional, confirmed))
    assert all(across)
    assert not any(without)


def _drawings_behind_the_text(pdf: bytes) -> list[bool]:
    """For each page, whether a drawing in the provisional mark's colour comes before all text."""
    found = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            before = []
            for step in pikepdf.parse_content_stream(page):
                if str(step.operator) == "BT":
                    break
                if str(step.operator) == "Do":
                    before.append(page.Resources.XObject[str(step.operands[0])].read_bytes())
            found.append(any(b"0.92549 0.905882 0.968627" in drawing for drawing in before))
    return found


def test_each_page_carries_code_copy_and_number(provisional: bytes) -> None:
    for number, page in enumerate(page_texts(provisional), start=1):
        assert "R4WD-8HTN-3C · File copy" in page
        assert f"Page {number} of 2" in page
    assert "Result sheet 8588-501 · Asha Rowan, AL-0362" in page_texts(provisional)[1]


def test_the_learners_copy_leaves_out_what_is_for_others(
    learners: bytes, provisional: bytes
) -> None:
    text = whole_text(learners)

    assert "Learner’s copy" in text
    assert "A clear, usable programme." in text
    for kept_back in ("Assessor to the file", "Spoke with the sponsor", "Looked for"):
        assert kept_back in whole_text(provisional)
        assert kept_back not in text


def test_each_copy_carries_exactly_its_own_manifest() -> None:
    paper = referral_paper()
    manifests = {
        copy.copy: json.dumps([c.text for part in copy.outcomes for c in part.comments]).encode()
        for copy in (paper, paper.learner_copy())
    }

    pdfs = {
        copy.copy: printed(copy, manifests[copy.copy]) for copy in (paper, paper.learner_copy())
    }

    assert attachment(pdfs["file"]) == ("manifest.json", manifests["file"])
    assert attachment(pdfs["learner"]) == ("manifest.json", manifests["learner"])
    assert b"sponsor on 19 November" in attachment(pdfs["file"])[1]
    assert b"sponsor on 19 November" not in attachment(pdfs["learner"])[1]


def test_the_same_sheet_gives_the_same_bytes(provisional: bytes) -> None:
    assert printed(referral_paper()) == provisional


NAMES = {
    "right to left": "محمد بن عبد الله القحطاني",
    "Hebrew": "שרה כהן",
    "Vietnamese": "Nguyễn Thị Ánh Tuyết",
    "Cyrillic": "Ольга Њежић",
    "markup": "<b>Robert</b>'); DROP TABLE &amp;",
    "backslashes": "A\\(B) /ByteRange [0 1 2 3]",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_are_printed_as_they_are_written(name: str) -> None:
    text = whole_text(printed(replace(referral_paper(), learner_name=name)))

    assert f"Learner {name} Registration no." in text


@pytest.mark.parametrize("name", ["Zoë 🎉 O’Neil", "王小明", "अनुराधा", "A\x07B\u202eC"])
def test_no_character_of_a_name_is_dropped(name: str) -> None:
    """Shown by a font of this machine, or else spelt out."""
    text = whole_text(printed(replace(referral_paper(), learner_name=name)))
    shown = text[text.index("Learner ") + 8 : text.index(" Registration no.")]

    for character in name:
        assert character in shown or f"[U+{ord(character):04X}]" in shown


@pytest.mark.parametrize("name", ["Wolfeschlegel" * 24, "Maria " * 50], ids=["one word", "words"])
def test_a_name_of_300_characters_stays_whole_and_inside_the_page(name: str) -> None:
    pdf = printed(replace(referral_paper(), learner_name=name[:300], centre_name=name[:300]))

    text = whole_text(pdf).replace(" ", "")
    # In the masthead, and in the table as learner and as centre.
    assert text.count(name[:300].replace(" ", "")) == 3
    assert len(page_texts(pdf)) == 3
    lines = [line for page in pypdf.PdfReader(BytesIO(pdf)).pages for line in _lines(page)]
    named = [line for line in lines if name[:5] in line and "Result sheet" not in line]
    assert max(len(line) for line in named) < 90


def _lines(page: pypdf.PageObject) -> list[str]:
    return page.extract_text().splitlines()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://criterion.example/x.png",
        "data:image/png;base64,AAAA",
        "ftp://criterion.example/x",
        "paper:../print.css",
        "paper:settings.py",
    ],
)
def test_nothing_but_packaged_files_is_fetched(address: str) -> None:
    with pytest.raises(RefusedAddress, match="packaged files only"):
        PackagedFiles().fetch(address)

    html = f'<html lang="en"><body><main><img src="{address}" alt="x"></main></body></html>'
    with pytest.raises(PaperFault, match="packaged files only"):
        render_pdf(html, manifest=MANIFEST, manifest_name="manifest.json")


def test_style_in_the_sheet_cannot_fetch_either() -> None:
    html = (
        '<html lang="en"><head><style>@import "file:///etc/passwd";</style></head>'
        "<body><main><p>x</p></main></body></html>"
    )
    with pytest.raises(PaperFault, match="packaged files only"):
        render_pdf(html, manifest=MANIFEST, manifest_name="manifest.json")


def test_packaged_files_are_served() -> None:
    font = PackagedFiles().fetch("paper:AtkinsonHyperlegible-Regular.ttf")

    assert font.read()[:4] == b"\x00\x01\x00\x00"
    assert font.content_type == "font/ttf"


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is counted in KiB on Linux only")
def test_fifty_sheets_do_not_fill_the_memory() -> None:
    html = paper_html(replace(passed_paper(), outcomes=passed_paper().outcomes[:1]))

    def render_and_weigh(times: int) -> float:
        for _ in range(times):
            render_pdf(html, manifest=MANIFEST, manifest_name="m.json", at=datetime.now(UTC))
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    settled = render_and_weigh(10)

    # Measured: 4.5 MB, and 13 MB where the fonts are set up anew for each sheet.
    assert render_and_weigh(40) - settled < 10
