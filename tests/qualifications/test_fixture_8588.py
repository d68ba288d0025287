"""What is particular to 8588: its result sheets, its verbs, and the tasks of unit 500."""

import re
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

import pytest

from qualifications.catalogue_entries import digest
from qualifications.held_content import held_content
from qualifications.models import (
    Correction,
    Specification,
    Verb,
)
from tests.qualifications.fixture_recount import content_of, criteria_of

# Criterion: verb, descriptors of a referral, descriptors of a pass (8588 handbook, result sheets).
SHEETS = {
    "500": {
        "1.1": ("define", 3, 3),
        "1.2": ("evaluate", 2, 2),
        "1.3": ("present", 4, 2),
        "1.4": ("assess", 4, 2),
        "1.5": ("identify", 4, 2),
        "2.1": ("review", 3, 2),
        "2.2": ("analyse", 3, 3),
        "2.3": ("review", 4, 4),
        "2.4": ("review", 3, 4),
        "2.5": ("justify", 3, 3),
        "3.1": ("analyse", 3, 4),
        "3.2": ("explain", 1, 2),
    },
    "501": {
        "1.1": ("plan", 1, 1),
        "1.2": ("identify", 1, 2),
        "1.3": ("agree", 2, 2),
        "2.1": ("complete", 1, 1),
        "2.2": ("maintain", 3, 2),
        "2.3": ("maintain", 2, 2),
        "2.4": ("maintain", 1, 1),
        "3.1": ("reflect", 1, 1),
        "3.2": ("justify", 3, 1),
        "3.3": ("use", 4, 2),
        "3.4": ("assess", 3, 1),
    },
    "502": {
        "1.1": ("plan", 1, 1),
        "1.2": ("identify", 2, 2),
        "1.3": ("agree", 2, 2),
        "2.1": ("complete", 3, 1),
        "2.2": ("maintain", 3, 2),
        "2.3": ("maintain", 2, 2),
        "2.4": ("maintain", 1, 1),
        "3.1": ("reflect", 1, 1),
        "3.2": ("justify", 3, 1),
        "3.3": ("use", 4, 2),
        "3.4": ("assess", 3, 1),
    },
    "503": {
        "1.1": ("evaluate", 1, 2),
        "1.2": ("reflect", 3, 2),
        "1.3": ("conduct", 2, 2),
        "2.1": ("produce", 2, 2),
        "2.2": ("produce", 3, 3),
        "2.3": ("explain", 1, 1),
    },
}

UNITS = pytest.mark.parametrize("number", ["500", "501", "502", "503"])


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return content_of("8588")


def unit_of(content: dict[str, Any], number: str) -> dict[str, Any]:
    return next(unit for unit in content["units"] if unit["number"] == number)


def words_of(criterion: dict[str, Any]) -> str:
    """Everything that a criterion says, in one text."""
    descriptors = criterion["descriptors"]
    return " ".join(
        [
            criterion["statement"],
            *criterion["depth"],
            *criterion["guidance"],
            *descriptors["referral"],
            *descriptors["pass"],
        ]
    )


@UNITS
def test_a_unit_has_the_descriptors_of_its_result_sheet(
    content: dict[str, Any], number: str
) -> None:
    found = {
        criterion["number"]: (
            len(criterion["descriptors"]["referral"]),
            len(criterion["descriptors"]["pass"]),
        )
        for criterion in criteria_of(unit_of(content, number))
    }
    assert found == {ac: (referral, passes) for ac, (_, referral, passes) in SHEETS[number].items()}


@UNITS
def test_every_statement_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any], number: str
) -> None:
    criteria = criteria_of(unit_of(content, number))
    assert [(c["number"], c["verb"]) for c in criteria] == [
        (ac, verb) for ac, (verb, _, _) in SHEETS[number].items()
    ]
    for criterion in criteria:
        first_word = re.split(r"\W", criterion["statement"])[0]
        assert first_word.lower() == criterion["verb"]
        assert criterion["depth"] and criterion["guidance"] and criterion["example_evidence"]


def test_every_verb_is_used_and_has_a_meaning_of_its_own(content: dict[str, Any]) -> None:
    used = {verb for sheet in SHEETS.values() for verb, _, _ in sheet.values()}
    assert len(used) == 17
    assert set(content["verbs"]) == used
    assert len(set(content["verbs"].values())) == len(used)


@UNITS
def test_no_criterion_of_a_unit_says_the_same_thing_twice(
    content: dict[str, Any], number: str
) -> None:
    criteria = criteria_of(unit_of(content, number))
    assert len({criterion["statement"] for criterion in criteria}) == len(criteria)
    for criterion in criteria:
        for lines in (
            criterion["depth"],
            criterion["guidance"],
            criterion["example_evidence"],
            criterion["descriptors"]["referral"] + criterion["descriptors"]["pass"],
        ):
            assert len(set(lines)) == len(lines)


def test_unit_500_sets_one_task_for_each_criterion_and_suggests_a_range_of_words(
    content: dict[str, Any],
) -> None:
    unit = unit_of(content, "500")
    tasks = [
        [line for line in criterion["guidance"] if line.startswith("The task is to ")]
        for criterion in criteria_of(unit)
    ]
    assert [len(lines) for lines in tasks] == [1] * 12
    assert "4,000 to 5,500 words are suggested, appendices not counted" in unit["aim"]
    first = criteria_of(unit)[0]
    assert [line for line in first["guidance"] if "words" in line] == [
        "The whole report may have 4,000 to 5,500 words, appendices not counted;"
        " the range is a suggestion."
    ]
    reports = [criterion["example_evidence"][0] for criterion in criteria_of(unit)]
    parts = [re.match(r"Report, part (\w+)", report) for report in reports]
    assert [(part, len(list(rows))) for part, rows in groupby(m and m[1] for m in parts)] == [
        ("one", 5),
        ("two", 5),
        ("three", 2),
    ]


def test_the_numbers_of_502_are_its_own_and_not_those_of_501(content: dict[str, Any]) -> None:
    for criterion in criteria_of(unit_of(content, "502")):
        said = words_of(criterion).lower()
        assert not re.search(r"\b18\b|two or three|fourth client|\bone hour\b", said), criterion
    by_number = {c["number"]: words_of(c) for c in criteria_of(unit_of(content, "502"))}
    assert "four to nine clients, 54 hours" in by_number["1.1"]
    assert "54 hours or more" in by_number["2.1"] and "four to nine clients" in by_number["2.1"]
    assert "three hours or more of supervision" in by_number["3.3"]


@pytest.mark.django_db
def test_the_published_version_is_held_whole(content: dict[str, Any]) -> None:
    specification = Specification.objects.get(qualification__number="8588")
    assert specification.version == "2.0"
    assert specification.published_at == datetime(2021, 12, 1, tzinfo=UTC)
    assert specification.published_by == "ILM"
    assert specification.corrected_on == date(2026, 11, 22)
    assert digest(held_content(specification)) == specification.digest
    meanings = Verb.objects.filter(specification=specification).values_list("word", "meaning")
    assert dict(meanings) == content["verbs"]
    fields = Correction.objects.filter(specification=specification).values_list("field", flat=True)
    assert list(fields) == [correction["field"] for correction in content["corrections"]]
