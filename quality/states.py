"""What each standing lets one do: the whole table, so that all else is refused."""

import enum

from centres.refusals import TransitionError
from quality.standing import Standing, WorkStanding


class Act(enum.StrEnum):
    """What somebody does to a learner's work for an assessment."""

    SUBMIT = "submit"
    DECIDE = "decide"
    INTERIM = "interim"
    SAMPLE = "sample"
    REVIEW = "review"
    RETURN = "return"
    RELEASE = "release"
    CHOOSE = "choose"
    CONFIRM = "confirm"
    CLAIM = "claim"


ALLOWS: dict[Standing, frozenset[Act]] = {
    Standing.NOT_STARTED: frozenset({Act.INTERIM}),
    Standing.WORKING: frozenset({Act.SUBMIT, Act.INTERIM}),
    Standing.SUBMITTED: frozenset({Act.DECIDE, Act.INTERIM}),
    Standing.DECIDED: frozenset({Act.SAMPLE, Act.REVIEW, Act.RETURN, Act.RELEASE, Act.CHOOSE}),
    Standing.INTERNAL: frozenset({Act.CHOOSE, Act.CONFIRM, Act.CLAIM}),
    Standing.EXTERNAL: frozenset({Act.CHOOSE}),
}
# A referral opens the next attempt, and nothing of it is released, confirmed or claimed.
REFERRED_ADDS = frozenset({Act.SUBMIT})
PASSES_ONLY = frozenset({Act.RELEASE, Act.CONFIRM, Act.CLAIM})
STOPPED_BY_HOLD = frozenset({Act.RELEASE, Act.CONFIRM, Act.CLAIM})

REMEDIES = {
    Act.SUBMIT: "Wait for the decision, or claim evidence first.",
    Act.DECIDE: "Wait until the learner has handed the work in.",
    Act.INTERIM: "Choose the signed sheet instead.",
    Act.SAMPLE: "Choose work that is decided and not confirmed yet.",
    Act.REVIEW: "Open the sampling page to see what stands now.",
    Act.RETURN: "Open the sampling page to see what stands now.",
    Act.RELEASE: "Release passes that are decided and not confirmed yet.",
    Act.CHOOSE: "Choose a sheet that is signed.",
    Act.CONFIRM: "Have the work reviewed or released inside the centre first.",
    Act.CLAIM: "Have the work reviewed or released inside the centre first.",
}


def allowed_acts(work: WorkStanding) -> frozenset[Act]:
    """What the standing, the outcome and the holds leave open."""
    acts = ALLOWS[work.standing]
    if work.outcome == "referral":
        acts = (acts - PASSES_ONLY) | REFERRED_ADDS
    if work.holds:
        acts -= STOPPED_BY_HOLD
    return acts


def check_allows(work: WorkStanding, act: Act) -> None:
    """Refuse (``TransitionError``) what the work's standing does not let anybody do."""
    if act in allowed_acts(work):
        return
    if work.holds and act in STOPPED_BY_HOLD:
        raise TransitionError(
            rule="This work is on hold, so it is not released, confirmed or claimed.",
            remedy="Lift the hold first, with the reason.",
        )
    if work.outcome == "referral" and act in PASSES_ONLY:
        raise TransitionError(
            rule="This work is a referral; only a pass is released, confirmed or claimed.",
            remedy="Wait for the learner’s next attempt.",
        )
    raise TransitionError(
        rule=f"{work.label}. {work.sentence} That does not allow it to be {DONE[act]}.",
        remedy=REMEDIES[act],
    )


DONE = {
    Act.SUBMIT: "handed in",
    Act.DECIDE: "decided",
    Act.INTERIM: "reviewed in progress",
    Act.SAMPLE: "sampled",
    Act.REVIEW: "reviewed",
    Act.RETURN: "returned",
    Act.RELEASE: "released",
    Act.CHOOSE: "chosen by an external quality assurer",
    Act.CONFIRM: "confirmed externally",
    Act.CLAIM: "claimed",
}
