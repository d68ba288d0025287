"""What may follow what: the full product."""

import itertools

import pytest

from centres.refusals import TransitionError
from portfolios.states import MAY_FOLLOW, WorkState, check_follows, state_of

ALLOWED = {
    ("not submitted", "submitted"),
    ("submitted", "referred"),
    ("submitted", "passed"),
    ("referred", "submitted"),
}


@pytest.mark.parametrize(("now", "then"), list(itertools.product(WorkState, WorkState)))
def test_every_pair(now: WorkState, then: WorkState) -> None:
    if (str(now), str(then)) in ALLOWED:
        check_follows(now, then)
        return
    with pytest.raises(TransitionError) as refused:
        check_follows(now, then)
    assert refused.value.rule
    assert refused.value.remedy


def test_every_state_has_a_row() -> None:
    assert set(MAY_FOLLOW) == set(WorkState)


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], "not submitted"),
        ([None], "submitted"),
        (["pass"], "passed"),
        (["referral"], "referred"),
        (["referral", None], "submitted"),
        (["referral", "referral"], "referred"),
        (["referral", "pass"], "passed"),
    ],
)
def test_the_state_is_that_of_the_newest_attempt(outcomes: list[str | None], state: str) -> None:
    assert state_of(outcomes) == state
