"""What may follow what: a sheet's states, and what a submission's state lets one do."""

import enum

from centres.refusals import TransitionError


class SheetState(enum.StrEnum):
    """How far one assessor's sheet is."""

    UNOPENED = "unopened"
    DRAFT = "draft"
    SIGNED = "signed"


class SubmissionState(enum.StrEnum):
    """How far a submission is, as the assessors see it."""

    WAITING = "waiting"
    STARTED = "started"
    DECIDED = "decided"


class Act(enum.StrEnum):
    """What an assessor does to a submission."""

    SAVE = "save"
    SIGN = "sign"


FOLLOWS: dict[SheetState, frozenset[SheetState]] = {
    SheetState.UNOPENED: frozenset({SheetState.DRAFT}),
    SheetState.DRAFT: frozenset({SheetState.DRAFT, SheetState.SIGNED}),
    SheetState.SIGNED: frozenset(),
}

ALLOWS: dict[SubmissionState, frozenset[Act]] = {
    SubmissionState.WAITING: frozenset({Act.SAVE}),
    SubmissionState.STARTED: frozenset({Act.SAVE, Act.SIGN}),
    SubmissionState.DECIDED: frozenset(),
}


def check_follows(before: SheetState, after: SheetState) -> None:
    """Refuse (``TransitionError``) a state of a sheet that may not follow the one it is in."""
    if after in FOLLOWS[before]:
        return
    if before is SheetState.SIGNED:
        raise TransitionError(
            rule="A signed sheet never changes.",
            remedy="Open the sheet to read it; a correction is a new version with a reason.",
        )
    raise TransitionError(
        rule=f"A sheet that is {before} can’t become {after}.",
        remedy="Open the marking desk and decide every criterion first.",
    )


def check_allows(state: SubmissionState, act: Act, *, decided_by: str = "") -> None:
    """Refuse (``TransitionError``) an act that the submission's state does not let an assessor do.

    ``decided_by`` says who signed and when, for a submission that is decided.
    """
    if act in ALLOWS[state]:
        return
    if state is SubmissionState.DECIDED:
        raise TransitionError(
            rule=f"This submission is decided{decided_by and ': '}{decided_by}.",
            remedy="Open the signed sheet to read it. Nothing on this submission can change now.",
        )
    raise TransitionError(
        rule="Nothing has been decided on this submission yet.",
        remedy="Open the marking desk and decide every criterion, then sign.",
    )
