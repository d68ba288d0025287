"""What is particular to D7: its verbs, and what each section of its mark sheets marks."""

from typing import Any

import pytest

from qualifications.actions import load_specification
from qualifications.models import Assessment
from qualifications.queries import assessment_tree
from qualifications.rules import mark_outcome
from tests.qualifications.fixture_recount import (
    begins_with_its_verb,
    content_of,
    criteria_by_key,
    file_of,
    marked_criteria,
    sheet_of,
)

ASSIGNMENT = "D7.01-assignment"
DIARY = "D7.02-03-diary"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return content_of("D7")


def test_every_statement_of_d7_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any],
) -> None:
    criteria = criteria_by_key(content)
    assert {key: criterion["verb"] for key, criterion in criteria.items()} == {
        "D7.01 1.1": "appraise",
        "D7.01 1.2": "evaluate",
        "D7.01 2.1": "critically review",
        "D7.01 2.2": "critically review",
        "D7.01 2.3": "critically review",
        "D7.02 1.1": "critically review",
        "D7.02 1.2": "critically review",
        "D7.02 1.3": "critically review",
        "D7.02 2.1": "explain",
        "D7.02 2.2": "evaluate",
        "D7.02 3.1": "engage",
        "D7.02 3.2": "critically review",
        "D7.02 3.3": "identify",
        "D7.03 1.1": "initiate",
        "D7.03 1.2": "discuss",
        "D7.03 1.3": "agree",
        "D7.03 2.1": "negotiate",
        "D7.03 2.2": "undertake",
        "D7.03 2.3": "review",
        "D7.03 3.1": "seek",
        "D7.03 3.2": "critically review",
        "D7.03 3.3": "identify",
    }
    assert [key for key, criterion in criteria.items() if not begins_with_its_verb(criterion)] == []
    assert set(content["verbs"]) == {criterion["verb"] for criterion in criteria.values()}


def test_a_second_verb_of_a_criterion_is_kept(content: dict[str, Any]) -> None:
    criteria = criteria_by_key(content)
    second = {
        "D7.02 1.1": "assess",
        "D7.02 3.2": "reflect",
        "D7.02 3.3": "plan and take action",
        "D7.03 1.2": "evaluate",
        "D7.03 2.1": "prepare",
        "D7.03 2.2": "maintain",
        "D7.03 3.2": "reflect",
        "D7.03 3.3": "plan and take action",
    }
    assert [key for key, verb in second.items() if verb not in criteria[key]["statement"]] == []


def test_each_section_of_the_assignment_marks_its_criteria(
    content: dict[str, Any],
) -> None:
    sheet = sheet_of(content, ASSIGNMENT)
    assert marked_criteria(sheet) == [
        [["D7.01 1.1"], ["D7.01 2.1"], ["D7.01 1.2"]],
        [["D7.01 2.3"], ["D7.01 2.2"]],
    ]


def test_each_section_of_the_diary_marks_its_criteria(content: dict[str, Any]) -> None:
    sheet = sheet_of(content, DIARY)
    assert marked_criteria(sheet) == [
        [["D7.02 1.1"], ["D7.02 1.2"], ["D7.02 1.3"], ["D7.02 2.1"], ["D7.02 2.2"]],
        [
            ["D7.03 1.1"],
            ["D7.03 1.2"],
            ["D7.03 1.3"],
            ["D7.03 2.1"],
            ["D7.03 2.2"],
            ["D7.03 2.3"],
        ],
        [
            ["D7.02 3.1"],
            ["D7.03 3.1"],
            ["D7.02 3.2", "D7.03 3.2"],
            ["D7.02 3.3", "D7.03 3.3"],
        ],
    ]


def test_the_file_of_d7_is_all_ascii_but_for_typographic_signs(content: dict[str, Any]) -> None:
    """A Cyrillic letter like the one of the source would not be found by a search."""
    letters = {
        sign
        for sign in file_of("D7").read_text(encoding="utf-8")
        if sign.isalpha() and ord(sign) > 127
    }
    assert letters == set()


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_diary_is_one_assessment_whose_sections_decide_for_both_units() -> None:
    held = load_specification(file_of("D7")).specification
    sheet = Assessment.objects.using("owner").get(specification=held, code=DIARY)

    tree = assessment_tree(sheet.id, using="owner")

    assert [unit.ref for unit in tree.units] == ["D7.02", "D7.03"]
    assert len(tree.criteria) == 17
    covered = [
        sum(len(bullet.criterion_ids) for bullet in section.bullets) for section in tree.sections
    ]
    assert covered == [5, 6, 6]
    assert mark_outcome(tree.sections, [17, 15, 18]).decision == "pass"
    short = mark_outcome(tree.sections, [34, 14, 36])
    assert (short.decision, short.total, short.total_met) == ("referral", 84, True)
    assert short.referred == ("Planning and undertaking mentoring or coaching sessions",)
