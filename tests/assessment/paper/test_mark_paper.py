"""The printed mark sheet: every mark on it, two columns that agree with their marks, PDF/UA."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdfua import validate

from assessment.paper.content import Comment, PaperFault
from assessment.paper.keys import FileSealKey
from assessment.paper.marks import MarkPaper
from assessment.paper.sheet import paper_html
from tests.assessment.paper.conftest import printed, sealed_with
from tests.assessment.paper.mark_papers import checked_marks, referred_marks
from tests.assessment.paper.reading import page_texts, whole_text


def _wordy() -> MarkPaper:
    paper = referred_marks()
    return replace(
        paper,
        sections=tuple(
            replace(section, strengths=section.strengths * 30, improvements="Do it again. " * 300)
            for section in paper.sections
        ),
    )


@pytest.fixture(scope="module")
def referred() -> bytes:
    return printed(referred_marks())


@pytest.fixture(scope="module")
def checked() -> bytes:
    return printed(checked_marks())


@pytest.fixture(scope="module")
def long() -> bytes:
    return printed(_wordy())


def test_the_text_layer_holds_every_mark_and_every_word(referred: bytes, checked: bytes) -> None:
    for paper, pdf in ((referred_marks(), referred), (checked_marks(), checked)):
        text = whole_text(pdf)
        for section in paper.sections:
            qa = "" if section.qa_mark is None else f" {section.qa_mark}"
            said = [
                f"Section {section.position}: {section.title}",
                f"{section.maximum} {section.minimum} {section.mark}{qa}",
                *(f"{b.text} ({b.criteria})" for b in section.bullets),
                f"Strengths {' '.join(section.strengths.split())}",
                " ".join((section.improvements or "No comment.").split()),
                *(f"{c.heading} {c.text}" for c in section.comments),
                *(["Looked for " + " ".join(section.looked_for)] if section.looked_for else ()),
            ]
            assert [each for each in said if each not in text] == []
        assert paper.outcome_sentence in text
        assert "Mark sheet O7.02 + O7.03 · Asha Rowan, AL-0362" in page_texts(pdf)[1]


def test_the_two_halves_say_what_each_column_comes_to(referred: bytes, checked: bytes) -> None:
    first, second = whole_text(referred), whole_text(checked)
    for said in (
        "Total of 100 marks 65",
        "Half of all marks or more Yes",
        "Every section at its minimum or above No",
        "Outcome REFERRAL Not given yet",
        "Section referral 2 Planning and grafting",
        "Section referral: this is to be redone.",
        "Provisional: referral",
    ):
        assert said in first
    for said in (
        "Total of 100 marks 66 66",
        "Outcome PASS PASS",
        "Section referral None None",
        "Confirmed: pass",
    ):
        assert said in second
    assert "Not given yet" not in second
    assert "redone" not in second


def test_quality_assurances_outcome_is_the_one_that_stands() -> None:
    paper = checked_marks()
    sections = (paper.sections[0], replace(paper.sections[1], qa_mark=14), paper.sections[2])
    adjudicated = replace(paper, sections=sections, qa_outcome="referral")
    assert adjudicated.stands == "referral"
    assert "Confirmed: referral" in paper_html(adjudicated)
    assert adjudicated.qa_half.referred == "2 Planning and grafting"
    assert adjudicated.assessor_half.outcome == "pass"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"outcome": "pass"}, "marks say referral and the sheet says pass"),
        ({"qa_outcome": "pass", "qa": (34, 14, 36)}, "marks say referral and its outcome is pass"),
        ({"mark": 31}, "takes 0 to 30 marks, not 31"),
        ({"improvements": " "}, "does not say what to redo"),
        ({"copy": "learner", "audience": "file"}, "only comments for the learner"),
        ({"copy": "learner"}, "does not hold what was looked for"),
        ({"none": True}, "do not pair with 0 sections"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(change: dict[str, Any], fault: str) -> None:
    paper = referred_marks()
    sections = list(paper.sections)
    for at, mark in enumerate(change.pop("qa", ())):
        sections[at] = replace(sections[at], qa_mark=mark)
    for name in {"mark", "improvements"} & change.keys():
        sections[1] = replace(sections[1], **{name: change.pop(name)})
    if "audience" in change:
        note = Comment(heading="To the file", text="Kept.", audience=change.pop("audience"))
        sections[0] = replace(sections[0], comments=(note,))
    if change.pop("none", False):
        sections = []
    with pytest.raises(PaperFault, match=fault):
        replace(paper, sections=tuple(sections), **change)


@settings(deadline=None)
@given(st.tuples(st.integers(0, 34), st.integers(0, 30), st.integers(0, 36)), st.booleans())
def test_each_column_is_derived_from_its_marks_alone(
    marks: tuple[int, int, int], by_quality: bool
) -> None:
    paper = checked_marks()
    name = "qa_mark" if by_quality else "mark"
    passes = all(mark >= least for mark, least in zip(marks, (17, 15, 18), strict=True))
    word = "pass" if passes else "referral"
    given: list[dict[str, Any]] = [{"improvements": "Again.", name: mark} for mark in marks]
    sections = tuple(
        replace(section, **said) for section, said in zip(paper.sections, given, strict=True)
    )
    changed: dict[str, Any] = {"qa_outcome" if by_quality else "outcome": word}
    made = replace(paper, sections=sections, **changed)
    half = made.qa_half if by_quality else made.assessor_half
    other = made.assessor_half if by_quality else made.qa_half
    assert (half.total, half.outcome) == (str(sum(marks)), word)
    assert half.total_test == ("Yes" if sum(marks) >= 50 else "No")
    assert half.section_test == ("Yes" if passes else "No")
    assert (other.total, other.outcome) == ("66", "pass")


def test_markup_in_what_is_written_is_text() -> None:
    hostile = "<img src=x onerror=alert(1)>&\"'{{ paper }}"
    paper = referred_marks()
    sections = tuple(
        replace(s, title=hostile, strengths=hostile, improvements=hostile) for s in paper.sections
    )
    assert "<img" not in paper_html(replace(paper, sections=sections))


def test_three_sections_fit_on_two_pages_and_none_is_torn(referred: bytes, checked: bytes) -> None:
    for pdf in (referred, checked):
        pages = page_texts(pdf)
        assert len(pages) == 2
        for position, last in ((1, "heavier ground."), (2, "who agreed to it."), (3, "answered.")):
            (page,) = [page for page in pages if f"Section {position}: " in page]
            assert last in page


def test_an_independent_checker_finds_no_failure(
    referred: bytes, checked: bytes, long: bytes, key: FileSealKey, tmp_path: Path
) -> None:
    assert len(page_texts(long)) > 3
    for number, pdf in enumerate(sealed_with(key, pdf) for pdf in (referred, checked, long)):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(pdf)
        report = validate(str(path))
        assert [finding.message for finding in report.findings] == []
        assert [outcome.rule_id for outcome in report.outcomes if outcome.skipped_reason] == []


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", pikepdf.Array())
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _below(element: Any) -> Iterator[Any]:
    yield element
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _below(kid)


@pytest.mark.parametrize("which", ["referred", "long"])
def test_each_section_is_one_table_whose_cells_name_their_headers(
    which: str, request: pytest.FixtureRequest
) -> None:
    with pikepdf.open(BytesIO(request.getfixturevalue(which))) as document:
        (top,) = _kids(document.Root.StructTreeRoot)
        elements = list(_below(top))
        names = document.Root.StructTreeRoot.IDTree.Names
        by_id = {bytes(names[i]): names[i + 1] for i in range(0, len(names), 2)}
        kinds = [str(element.S) for element in elements]
        # Learner's table, three sections, totals, signatures.
        assert kinds.count("/Table") == 6
        assert [kind for kind in kinds if kind in ("/H1", "/H2")] == ["/H1"] + ["/H2"] * 5
        tables = [element for element in elements if element.S == "/Table"]
        for table, rows in zip(tables[1:4], (2, 3, 2), strict=True):
            (group,) = [group for group in _kids(table) if group.S == "/TBody"]
            ask, *said = _kids(group)
            question, *numbers = _kids(ask)
            assert question.S == "/TH"
            assert len(numbers) == 4
            for cell in numbers:
                above, beside = (by_id[bytes(name)] for name in cell.A.Headers)
                assert above.A.Scope == "/Column"
                assert beside.objgen == question.objgen
            assert len(said) == rows
            for row in said:
                label, text = _kids(row)
                opening, beside = (by_id[bytes(name)] for name in text.A.Headers)
                assert opening.objgen == question.objgen
                assert beside.objgen == label.objgen
