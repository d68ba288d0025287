"""Every pair of states, and every act in every state, is either allowed or refused as listed."""

from itertools import product

import pytest

from assessment.states import Act, SheetState, SubmissionState, check_allows, check_follows
from centres.refusals import TransitionError

FOLLOWING = {
    (SheetState.UNOPENED, SheetState.DRAFT),
    (SheetState.DRAFT, SheetState.DRAFT),
    (SheetState.DRAFT, SheetState.SIGNED),
}
ALLOWED = {
    (SubmissionState.WAITING, Act.SAVE),
    (SubmissionState.STARTED, Act.SAVE),
    (SubmissionState.STARTED, Act.SIGN),
}


@pytest.mark.parametrize(("before", "after"), list(product(SheetState, SheetState)))
def test_what_may_follow_what(before: SheetState, after: SheetState) -> None:
    if (before, after) in FOLLOWING:
        check_follows(before, after)
        return
    with pytest.raises(TransitionError) as refusal:
        check_follows(before, after)
    assert refusal.value.rule
    assert refusal.value.remedy


@pytest.mark.parametrize(("state", "act"), list(product(SubmissionState, Act)))
def test_what_a_submission_lets_an_assessor_do(state: SubmissionState, act: Act) -> None:
    if (state, act) in ALLOWED:
        check_allows(state, act)
        return
    with pytest.raises(TransitionError) as refusal:
        check_allows(state, act, decided_by="Pat signed it")
    assert ("Pat signed it" in refusal.value.rule) == (state is SubmissionState.DECIDED)
    assert refusal.value.remedy
