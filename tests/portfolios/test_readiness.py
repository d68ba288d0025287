"""The check list says what is missing and what to do."""

import datetime

import pytest

from portfolios.readiness import check_list, unmet
from portfolios.states import WorkState

TODAY = datetime.date(2026, 11, 17)


def missing(
    state: WorkState = WorkState.NOT_SUBMITTED,
    expires_on: datetime.date | None = None,
    claims: tuple[int, ...] = (1, 2),
) -> list[str]:
    criteria = [(f"1.{n}", f"ac-1-{n}", count) for n, count in enumerate(claims, start=1)]
    checks = check_list(state=state, expires_on=expires_on, today=TODAY, years=3, criteria=criteria)
    assert len(checks) == 2 + len(claims)
    assert all(check.text for check in checks)
    return [check.missing for check in unmet(checks)]


def test_nothing_is_missing() -> None:
    assert missing() == []
    assert missing(WorkState.REFERRED) == []


def test_each_criterion_without_evidence_is_named() -> None:
    assert missing(claims=(1, 0, 0)) == [
        "1.2 has no evidence yet: claim an item for it.",
        "1.3 has no evidence yet: claim an item for it.",
    ]


def test_the_last_day_of_a_registration_still_counts() -> None:
    assert missing(expires_on=TODAY) == []
    assert missing(expires_on=TODAY - datetime.timedelta(days=1)) == [
        "The registration ended on 16 Nov 2026; it lasts 3 years, and after that nothing new is "
        "handed in (8588 handbook, registration). Ask your centre to register you again."
    ]


@pytest.mark.parametrize("state", [WorkState.SUBMITTED, WorkState.PASSED])
def test_an_open_or_passed_submission_closes_it(state: WorkState) -> None:
    assert len(missing(state)) == 1
