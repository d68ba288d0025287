"""The result sheet as HTML: everything is on it, and everything is escaped."""

import io
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import pytest
import segno

from assessment.paper.content import UnitLine
from assessment.paper.sheet import paper_html, qr_code
from tests.assessment.paper.papers import passed_paper, referral_paper


def test_markup_in_names_and_feedback_is_text() -> None:
    hostile = "<img src=x onerror=alert(1)>&\"'{{ paper }}{% now 'Y' %}"
    paper = referral_paper()
    first, *others = paper.outcomes
    criteria = tuple(replace(c, feedback=hostile, statement=hostile) for c in first.criteria)
    paper = replace(
        paper,
        learner_name=hostile,
        centre_name=hostile,
        outcomes=(replace(first, criteria=criteria), *others),
    )

    html = paper_html(paper)

    assert "<img" not in html
    assert unescape(html).count(hostile) >= 8


def test_a_sheet_over_two_units_names_the_unit_of_each_outcome() -> None:
    paper = referral_paper()
    outcomes = tuple(
        replace(part, unit_ref="D5.02" if part.number == 1 else "D5.03") for part in paper.outcomes
    )
    units = tuple(
        UnitLine(ref=ref, title=f"Unit {ref}", credits=worth)
        for ref, worth in (("D5.02", 3), ("D5.03", 1))
    )

    html = paper_html(replace(paper, units=units, outcomes=outcomes))

    assert "D5.02, outcome 1: plan and prepare" in html
    assert "D5.03, outcome 2: coach, and keep the records" in html
    assert "3 credits" in html
    assert "1 credit<" in html
    assert "Result sheet D5.02 + D5.03 · Asha Rowan, AL-0362" in html


def test_a_learner_without_a_registration_number_is_told_so() -> None:
    html = paper_html(replace(referral_paper(), registration_number="", centre_number=""))

    assert html.count("not yet given") == 3
    assert 'data-sheet="Result sheet 8588-501 · Asha Rowan"' in html
    assert 'data-centre="Alder Centre"' in html


def test_a_long_name_is_cut_in_the_margin_only() -> None:
    name = "Maria " * 50
    html = paper_html(replace(referral_paper(), learner_name=name))

    assert f"<td>{name}</td>" in html
    assert "Maria Maria Maria Maria Maria Maria Mar…, AL-0362" in html


def test_a_confirmed_sheet_is_not_provisional() -> None:
    html = paper_html(passed_paper())

    assert "Confirmed: pass" in html
    assert "rovisional" not in html


@pytest.mark.parametrize(
    "address", ["https://criterion.example/verify/R4WD-8HTN-3C/", "https://é.example/&<>"]
)
def test_the_qr_code_is_one_path_with_a_title_and_the_modules_of_its_address(address: str) -> None:
    drawing = ElementTree.fromstring(qr_code(address))  # noqa: S314  our own drawing
    kinds = [element.tag.rpartition("}")[2] for element in drawing.iter()]

    expected = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        expected, kind="svg", xmldecl=False, border=0, omitsize=True, nl=False
    )
    path = ElementTree.fromstring(expected.getvalue()).find("{*}path")  # noqa: S314

    assert kinds == ["svg", "title", "path"]
    assert path is not None
    assert drawing[1].get("d") == path.get("d")
