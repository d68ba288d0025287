"""Standing is derived from facts alone, and the table of what it allows is whole."""

import datetime
import itertools
import uuid

import pytest

from centres.refusals import TransitionError
from quality.standing import Facts, Route, Standing, WorkStanding, explained, standing_of
from quality.states import ALLOWS, DONE, REMEDIES, Act, allowed_acts, check_allows

NOON = datetime.datetime(2026, 11, 5, 12, tzinfo=datetime.UTC)

# The facts of each standing and route, as rows give them.
CASES: dict[tuple[Standing, Route | None], Facts] = {
    (Standing.NOT_STARTED, None): Facts(),
    (Standing.WORKING, None): Facts(has_claims=True),
    (Standing.SUBMITTED, None): Facts(has_claims=True, submitted_at=NOON),
    (Standing.DECIDED, None): Facts(submitted_at=NOON, outcome="pass", decided_at=NOON),
    (Standing.INTERNAL, Route.SAMPLED): Facts(
        submitted_at=NOON, outcome="pass", decided_at=NOON, reviewed_at=NOON, reviewer="Jo"
    ),
    (Standing.INTERNAL, Route.RELEASED): Facts(
        submitted_at=NOON, outcome="pass", decided_at=NOON, released_at=NOON, plan="Plan, version 2"
    ),
    **{
        (Standing.EXTERNAL, route): Facts(
            submitted_at=NOON,
            outcome="pass",
            decided_at=NOON,
            released_at=NOON,
            plan="Plan, version 2",
            confirmed_at=NOON,
            confirmed_by="Kit",
            route=str(route),
            report="EQ-7",
        )
        for route in (Route.VISIT, Route.REPORT, Route.CLAIM)
    },
}
# What each standing allows to a pass, to a referral, and to a pass on hold.
MAY_PASS: dict[Standing, set[Act]] = {
    Standing.NOT_STARTED: {Act.INTERIM},
    Standing.WORKING: {Act.SUBMIT, Act.INTERIM},
    Standing.SUBMITTED: {Act.DECIDE, Act.INTERIM},
    Standing.DECIDED: {Act.SAMPLE, Act.REVIEW, Act.RETURN, Act.RELEASE, Act.CHOOSE},
    Standing.INTERNAL: {Act.CHOOSE, Act.CONFIRM, Act.CLAIM},
    Standing.EXTERNAL: {Act.CHOOSE},
}
MAY_REFERRAL: dict[Standing, set[Act]] = {
    Standing.DECIDED: {Act.SUBMIT, Act.SAMPLE, Act.REVIEW, Act.RETURN, Act.CHOOSE},
    Standing.INTERNAL: {Act.SUBMIT, Act.CHOOSE},
    Standing.EXTERNAL: {Act.SUBMIT, Act.CHOOSE},
}
STOPPED = {Act.RELEASE, Act.CONFIRM, Act.CLAIM}


def work(
    standing: Standing, route: Route | None, *, outcome: str = "", holds: tuple[str, ...] = ()
) -> WorkStanding:
    """Work that stands so."""
    facts = CASES[standing, route]
    if outcome and facts.outcome:
        facts = Facts(**{**vars(facts), "outcome": outcome})
    return WorkStanding(
        registration_id=uuid.uuid4(),
        assessment_id=uuid.uuid4(),
        standing=standing,
        route=route,
        facts=facts,
        attempt=1,
        holds=holds,
    )


@pytest.mark.parametrize(("expected", "facts"), list(CASES.items()))
def test_facts_give_a_standing_and_its_route(
    expected: tuple[Standing, Route | None], facts: Facts
) -> None:
    assert standing_of(facts) == expected


def test_a_review_goes_before_a_release_and_a_confirmation_before_both() -> None:
    both = Facts(outcome="pass", reviewed_at=NOON, released_at=NOON)
    assert standing_of(both) == (Standing.INTERNAL, Route.SAMPLED)
    all_three = Facts(outcome="pass", reviewed_at=NOON, confirmed_at=NOON, route="claim")
    assert standing_of(all_three) == (Standing.EXTERNAL, Route.CLAIM)


def test_a_returned_decision_is_submitted_again_and_says_so() -> None:
    facts = Facts(submitted_at=NOON, returned_at=NOON)
    standing, route = standing_of(facts)
    assert (standing, route) == (Standing.SUBMITTED, None)
    assert "returned the decision on 5 Nov 2026" in explained(standing, route, facts, 1)


@pytest.mark.parametrize(("key", "facts"), list(CASES.items()))
def test_every_standing_explains_itself_by_its_own_sentence(
    key: tuple[Standing, Route | None], facts: Facts
) -> None:
    said = {case: explained(*case, CASES[case], 1) for case in CASES}
    assert len(set(said.values())) == len(CASES)
    provisional = key[0] in {Standing.DECIDED, Standing.INTERNAL}
    assert ("Provisional" in said[key]) is provisional


@pytest.mark.parametrize(("key", "act"), list(itertools.product(CASES, Act)))
@pytest.mark.parametrize("outcome", ["pass", "referral"])
@pytest.mark.parametrize("held", [False, True])
def test_the_whole_product_of_standing_outcome_hold_and_act(
    key: tuple[Standing, Route | None], act: Act, outcome: str, held: bool
) -> None:
    standing, route = key
    now = work(standing, route, outcome=outcome, holds=("appeal",) if held else ())
    may = MAY_REFERRAL[standing] if now.outcome == "referral" else MAY_PASS[standing]
    if act in may and not (held and act in STOPPED):
        check_allows(now, act)
        return
    with pytest.raises(TransitionError) as refused:
        check_allows(now, act)
    assert refused.value.rule.endswith(".")
    assert refused.value.remedy.endswith(".")


def test_the_tables_name_every_standing_and_every_act() -> None:
    assert set(ALLOWS) == set(Standing)
    assert set(REMEDIES) == set(DONE) == set(Act)
    assert set().union(*ALLOWS.values()) == set(Act)
    assert allowed_acts(work(Standing.EXTERNAL, Route.VISIT)) == {Act.CHOOSE}
