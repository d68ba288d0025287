"""What is particular to 8577: its verbs, and the criteria that it prints twice."""

from typing import Any

import pytest

from tests.qualifications.fixture_recount import (
    begins_with_its_verb,
    content_of,
    criteria_by_key,
)


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return content_of("8577")


def test_every_statement_of_8577_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any],
) -> None:
    criteria = criteria_by_key(content)
    verbs = {
        unit["ref"]: [c["verb"] for outcome in unit["outcomes"] for c in outcome["criteria"]]
        for unit in content["units"]
    }
    practice = ["prepare", "contract", "agree", "use", "demonstrate", "coach", "keep", "collect"]
    assert verbs == {
        "8577-300": [
            "describe",
            "explain",
            "describe",
            "explain",
            "explain",
            "explain",
            "explain",
            "recognise",
        ],
        "8577-301": [*practice, "reflect", "identify"],
        "8577-302": [*practice, "reflect", "review", "review", "plan"],
        "8577-303": ["conduct", "identify", "reflect", "assess", "reflect", "assess"],
    }
    assert [key for key, criterion in criteria.items() if not begins_with_its_verb(criterion)] == []
    assert set(content["verbs"]) == {criterion["verb"] for criterion in criteria.values()}


def test_the_criteria_that_303_repeats_are_kept_as_they_are(content: dict[str, Any]) -> None:
    criteria = criteria_by_key(content)
    assert criteria["8577-303 3.1"]["statement"] == criteria["8577-303 2.1"]["statement"]
    assert criteria["8577-303 3.2"]["statement"] == criteria["8577-303 2.2"]["statement"]
