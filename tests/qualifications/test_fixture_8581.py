"""What is particular to 8581: its verbs."""

from typing import Any

import pytest

from tests.qualifications.fixture_recount import (
    begins_with_its_verb,
    content_of,
    criteria_by_key,
)


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return content_of("8581")


def test_every_statement_of_8581_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any],
) -> None:
    criteria = criteria_by_key(content)
    assert {key: criterion["verb"] for key, criterion in criteria.items()} == {
        "8581-700 1.1": "define",
        "8581-700 1.2": "critically review",
        "8581-700 1.3": "evaluate",
        "8581-700 1.4": "determine",
        "8581-700 2.1": "define",
        "8581-700 3.1": "critically review",
        "8581-700 3.2": "justify",
        "8581-700 4.1": "critically assess",
        "8581-700 4.2": "evaluate",
        "8581-701 1.1": "establish",
        "8581-701 1.2": "discuss",
        "8581-701 2.1": "plan",
        "8581-701 2.2": "undertake",
        "8581-701 2.3": "review",
        "8581-701 3.1": "participate",
        "8581-701 3.2": "participate",
        "8581-701 3.3": "collect",
        "8581-701 3.4": "critically reflect",
        "8581-702 1.1": "establish",
        "8581-702 1.2": "discuss",
        "8581-702 2.1": "plan",
        "8581-702 2.2": "review",
        "8581-702 3.1": "participate",
        "8581-702 3.2": "provide",
        "8581-702 3.3": "collect",
        "8581-702 3.4": "critically reflect",
        "8581-702 4.1": "conduct",
        "8581-702 4.2": "critically reflect",
        "8581-703 1.1": "critically review",
        "8581-703 1.2": "critically review",
        "8581-703 1.3": "critically review",
        "8581-703 2.1": "critically analyse",
        "8581-703 2.2": "critically analyse",
        "8581-703 3.1": "develop",
    }
    assert [key for key, criterion in criteria.items() if not begins_with_its_verb(criterion)] == []
    assert set(content["verbs"]) == {criterion["verb"] for criterion in criteria.values()}
