"""What may follow what for one assessment of a registration; derived from its submissions."""

from collections.abc import Sequence
from enum import StrEnum

from centres.refusals import TransitionError


class WorkState(StrEnum):
    """Where a learner's work for an assessment stands."""

    NOT_SUBMITTED = "not submitted"
    SUBMITTED = "submitted"
    REFERRED = "referred"
    PASSED = "passed"


MAY_FOLLOW: dict[WorkState, frozenset[WorkState]] = {
    WorkState.NOT_SUBMITTED: frozenset({WorkState.SUBMITTED}),
    WorkState.SUBMITTED: frozenset({WorkState.REFERRED, WorkState.PASSED}),
    WorkState.REFERRED: frozenset({WorkState.SUBMITTED}),
    WorkState.PASSED: frozenset(),
}

# rule and remedy of handing in where it may not follow
NO_SUBMISSION: dict[WorkState, tuple[str, str]] = {
    WorkState.SUBMITTED: (
        "This work is with the assessor already; one submission is open at a time.",
        "Wait for the decision. What you add now counts for a later submission.",
    ),
    WorkState.PASSED: (
        "This assessment is passed; nothing more is handed in for it.",
        "Open the submission to read the decision.",
    ),
}
NO_DECISION: dict[WorkState, tuple[str, str]] = {
    WorkState.NOT_SUBMITTED: (
        "Only work that was handed in can be decided.",
        "Wait for the learner’s submission.",
    ),
    WorkState.REFERRED: (
        "This submission is decided already; a decision is made once.",
        "Open the sheet to see who decided and when.",
    ),
}
NO_DECISION[WorkState.PASSED] = NO_DECISION[WorkState.REFERRED]


def state_of(outcomes: Sequence[str | None]) -> WorkState:
    """The state after these attempts, in their order: each an outcome, or None while open."""
    if not outcomes:
        return WorkState.NOT_SUBMITTED
    if outcomes[-1] is None:
        return WorkState.SUBMITTED
    return WorkState.PASSED if outcomes[-1] == "pass" else WorkState.REFERRED


def check_follows(now: WorkState, then: WorkState) -> None:
    """Raise ``TransitionError`` where the one may not follow the other."""
    if then in MAY_FOLLOW[now]:
        return
    if then == WorkState.NOT_SUBMITTED:
        raise TransitionError(
            rule="What was handed in stays handed in.", remedy="Wait for the decision."
        )
    rule, remedy = (NO_SUBMISSION if then == WorkState.SUBMITTED else NO_DECISION)[now]
    raise TransitionError(rule=rule, remedy=remedy)


def check_may_reopen(attempt: int, outcomes: Sequence[str | None]) -> None:
    """Refuse (``TransitionError``) taking back a decision that is not the last, or not made."""
    if attempt < len(outcomes):
        raise TransitionError(
            rule="A later attempt has been handed in, so this decision can’t be returned.",
            remedy="Agree with an action for the assessor, or check the later attempt.",
        )
    if outcomes[-1] is None:
        raise TransitionError(
            rule="This work is with the assessor; there is no decision to return.",
            remedy="Wait until the assessor has signed.",
        )
