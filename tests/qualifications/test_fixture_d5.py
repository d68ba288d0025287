"""What is particular to D5: its verbs, and what each section of its mark sheets marks."""

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

ASSIGNMENT = "D5.01-assignment"
DIARY = "D5.02-03-diary"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return content_of("D5")


def test_every_statement_of_d5_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any],
) -> None:
    criteria = criteria_by_key(content)
    assert {key: criterion["verb"] for key, criterion in criteria.items()} == {
        "D5.01 1.1": "identify",
        "D5.01 1.2": "explain",
        "D5.01 1.3": "explain",
        "D5.01 1.4": "explain",
        "D5.01 2.1": "assess",
        "D5.01 2.2": "identify",
        "D5.01 2.3": "present",
        "D5.01 2.4": "suggest",
        "D5.02 1.1": "review",
        "D5.02 1.2": "review",
        "D5.02 2.1": "review",
        "D5.02 2.2": "review",
        "D5.03 1.1": "identify",
        "D5.03 1.2": "design",
        "D5.03 2.1": "plan",
        "D5.03 2.2": "deliver",
        "D5.03 2.3": "review",
        "D5.03 3.1": "collect",
        "D5.03 3.2": "reflect",
        "D5.03 3.3": "identify",
    }
    assert [key for key, criterion in criteria.items() if not begins_with_its_verb(criterion)] == []
    assert set(content["verbs"]) == {criterion["verb"] for criterion in criteria.values()}


def test_a_second_verb_of_a_criterion_is_kept(content: dict[str, Any]) -> None:
    criteria = criteria_by_key(content)
    second = {
        "D5.01 2.2": "develop strategies",
        "D5.03 1.1": "agree goals",
        "D5.03 1.2": "and agree",
        "D5.03 2.1": "develop and prepare",
        "D5.03 2.2": "maintain",
        "D5.03 3.2": "and review",
        "D5.03 3.3": "plan and take action",
    }
    assert [key for key, verb in second.items() if verb not in criteria[key]["statement"]] == []


def test_each_section_of_the_assignment_marks_its_criteria(content: dict[str, Any]) -> None:
    sheet = sheet_of(content, ASSIGNMENT)
    assert marked_criteria(sheet) == [
        [[]],
        [["D5.01 1.1"], ["D5.01 1.2"], ["D5.01 1.3"], ["D5.01 1.4"]],
        [["D5.01 2.2"]],
        [["D5.01 2.1"], ["D5.01 2.3"], ["D5.01 2.4"]],
    ]


def test_each_section_of_the_diary_marks_its_criteria(content: dict[str, Any]) -> None:
    sheet = sheet_of(content, DIARY)
    assert marked_criteria(sheet) == [
        [["D5.02 1.1"], ["D5.02 1.2"], ["D5.02 2.1"], ["D5.02 2.2"]],
        [["D5.03 1.1"], ["D5.03 1.2"], ["D5.03 2.1"], ["D5.03 2.2"], ["D5.03 2.3"]],
        [["D5.03 3.1"], ["D5.03 3.2"], ["D5.03 3.3"]],
    ]


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_context_has_no_criterion_and_yet_refers_below_two_marks() -> None:
    held = load_specification(file_of("D5")).specification
    sheet = Assessment.objects.using("owner").get(specification=held, code=ASSIGNMENT)

    tree = assessment_tree(sheet.id, using="owner")

    assert [bullet.criterion_ids for bullet in tree.sections[0].bullets] == [()]
    assert mark_outcome(tree.sections, [2, 20, 8, 20]).decision == "pass"
    short = mark_outcome(tree.sections, [1, 40, 16, 40])
    assert (short.decision, short.total, short.total_met) == ("referral", 97, True)
    assert short.referred == ("Context of the assignment",)
