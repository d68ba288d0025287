"""Moves: where they lead, what is kept, when a reason is due, and what holds for all."""

import itertools
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    Combination,
    HeldResult,
    Standing,
    Step,
    is_same_award,
    judge_combination,
    judge_move,
    judge_way,
)
from tests.qualifications.test_combinations import (
    BOTH,
    CERTIFICATE,
    CONFIRMED,
    DIPLOMA,
    HARVEST,
    PICKING,
    PROVISIONAL,
    PRUNING,
    RESULTS,
    SEASON,
    STARTED,
    Unit,
    held,
    pathway_sets,
)

NEWER = replace(CERTIFICATE, version="2")
STRANGE = Combination("X", "X", "diploma", 40, (Unit("X1", 40),), "1")


# Where moves lead


@dataclass(frozen=True)
class Named:
    code: str
    award: str


AWARD, OTHER = Named("9001-A", "award"), Named("9001-C", "certificate")


@pytest.mark.parametrize(
    ("start", "goal", "step", "met", "sentence"),
    [
        (AWARD, AWARD, Step.SAME, False, "The registration is on 9001-A of this version already."),
        (AWARD, OTHER, Step.SAME, True, "9001-C is another pathway of the same version."),
        (OTHER, AWARD, Step.SAME, True, "9001-A is another pathway of the same version."),
        (AWARD, AWARD, Step.NEWER, True, "9001-A is the same award in a newer version."),
        (AWARD, OTHER, Step.NEWER, False, None),
        (AWARD, Named("9001-A", "diploma"), Step.NEWER, False, None),
        (AWARD, AWARD, Step.OTHER, False, None),
        (AWARD, OTHER, Step.OTHER, False, None),
    ],
)
def test_a_move_leads_across_a_version_or_up_to_a_newer_one(
    start: Named, goal: Named, step: Step, met: bool, sentence: str | None
) -> None:
    verdict = judge_way(start, goal, step)
    assert (verdict.met, verdict.sentence) == (
        met,
        sentence
        or "A registration moves to another pathway of its version, or to a newer published "
        "version of its own.",
    )
    assert "credit transfer" in verdict.source


def test_an_award_is_the_same_by_its_code_and_its_kind() -> None:
    assert is_same_award(AWARD, Named("9001-A", "award"))
    assert not is_same_award(AWARD, OTHER)
    assert not is_same_award(AWARD, Named("9001-A", "certificate"))


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize(("start", "goal"), list(itertools.product([*BOTH, NEWER], repeat=2)))
def test_no_move_is_made_where_none_leads(
    start: Combination, goal: Combination, step: Step
) -> None:
    way, move = judge_way(start, goal, step), judge_move(start, goal, {"P": CONFIRMED}, step)
    assert (move.met, move.is_open) == (way.met, way.met)
    assert way.met or move.sentence == way.sentence


def test_pathways_that_share_no_unit_are_no_move() -> None:
    move = judge_move(CERTIFICATE, STRANGE, {"P": CONFIRMED}, Step.SAME, reason="All the same.")
    assert (move.met, move.is_open, move.asks_reason) == (False, False, False)
    assert move.sentence == "9001-C and X share no unit, so nothing would move."


# What is kept


def test_a_move_from_certificate_to_diploma_keeps_the_shared_passes() -> None:
    results = {"P": CONFIRMED, "S": PROVISIONAL, "R": PROVISIONAL}
    move = judge_move(CERTIFICATE, DIPLOMA, results, Step.SAME, pathways=BOTH)
    assert move.met
    assert [line.unit for line in move.kept] == [PRUNING, SEASON]
    assert move.credits_kept == 11
    assert [line.ref for line in move.not_kept] == ["S"]
    assert move.to_do == (HARVEST,)
    assert move.sentence == (
        "P and R are kept by credit transfer: 11 of 38 credits of 9001-D. S does not count in "
        "9001-D, where L is asked for in its place. Still to pass: L."
    )
    assert "credit transfer" in move.source


def test_work_in_a_shared_unit_goes_on_and_stays_to_be_passed() -> None:
    results = {"P": STARTED, "S": STARTED}
    move = judge_move(CERTIFICATE, DIPLOMA, results, Step.SAME, pathways=BOTH)
    assert move.carried_on == (PRUNING,)
    assert move.kept == ()
    assert move.to_do == DIPLOMA.units
    assert move.sentence.startswith("No pass moves to 9001-D, which needs 38 credits. S does not")


def test_a_move_to_a_newer_version_keeps_whole_what_is_unchanged() -> None:
    results = {"P": CONFIRMED, "S": CONFIRMED}
    move = judge_move(CERTIFICATE, NEWER, results, Step.NEWER, unchanged={"P", "R"})
    assert move.met
    assert [line.unit for line in move.kept] == [PRUNING]
    assert [line.reason for line in move.not_kept] == [
        "S asks for something else in version 2, so the pass is not kept whole."
    ]
    assert move.to_do == (PICKING, SEASON)
    assert move.sentence == (
        "P is kept from version 1: 6 of 16 credits of 9001-C version 2. S asks for something else "
        "in version 2, so the pass is not kept whole. Still to pass: S and R."
    )
    assert judge_move(CERTIFICATE, NEWER, results, Step.NEWER).credits_kept == 11


def test_a_newer_version_is_open_where_it_shares_no_unit() -> None:
    anew = replace(NEWER, units=(Unit("N", 16),))
    assert judge_move(CERTIFICATE, anew, {"P": CONFIRMED}, Step.NEWER).met


# When a reason is due


@pytest.mark.parametrize("standing", [Standing.INTERNAL, Standing.EXTERNAL])
def test_a_smaller_award_that_leaves_out_a_confirmed_pass_asks_for_a_reason(
    standing: Standing,
) -> None:
    results = {"P": CONFIRMED, "L": held(standing, "9001-D")}
    move = judge_move(DIPLOMA, CERTIFICATE, results, Step.SAME, reason=" \n", pathways=BOTH)
    assert (move.met, move.is_open, move.asks_reason) == (False, True, True)
    assert move.given_up == (HARVEST,)
    assert move.sentence == (
        "9001-C is a smaller award and leaves out L, which the learner has passed and which is "
        "confirmed: such a move is made with a reason only."
    )
    said = judge_move(DIPLOMA, CERTIFICATE, results, Step.SAME, reason="Her job.", pathways=BOTH)
    assert (said.met, said.is_open, said.asks_reason) == (True, True, True)
    assert said.sentence == move.changes
    assert said.sentence.startswith("P is kept by credit transfer: 6 of 16 credits of 9001-C.")


def test_the_reason_names_every_pass_that_is_given_up() -> None:
    award = replace(CERTIFICATE, code="9001-A", credits=5, units=(SEASON,))
    results = {"P": CONFIRMED, "S": held(Standing.INTERNAL)}
    move = judge_move(CERTIFICATE, award, results, Step.SAME)
    assert "leaves out P and S, which the learner has passed and which are conf" in move.sentence


@pytest.mark.parametrize(
    ("start", "goal", "results"),
    [
        (DIPLOMA, CERTIFICATE, {}),
        (DIPLOMA, CERTIFICATE, {"P": CONFIRMED, "R": CONFIRMED}),
        (DIPLOMA, CERTIFICATE, {"L": held(Standing.DECIDED, "9001-D")}),
        (DIPLOMA, CERTIFICATE, {"L": held(Standing.IN_PROGRESS, "9001-D")}),
        (DIPLOMA, CERTIFICATE, {"S": CONFIRMED}),
        (CERTIFICATE, DIPLOMA, {"S": CONFIRMED}),
    ],
    ids=[
        "nothing is passed",
        "what is passed is shared",
        "the pass is not confirmed",
        "the work goes on",
        "it did not count before either",
        "the award is larger",
    ],
)
def test_no_reason_is_asked_for(
    start: Combination, goal: Combination, results: dict[str, HeldResult]
) -> None:
    move = judge_move(start, goal, results, Step.SAME, pathways=BOTH)
    assert (move.met, move.asks_reason) == (True, False)


# What holds for every move

PAIRS = pathway_sets().filter(lambda pathways: len(pathways) > 1)
REASONS = st.sampled_from(["", "  ", "She asked for it."])


@given(PAIRS, RESULTS, REASONS)
def test_a_move_loses_nothing_out_of_sight(
    pathways: list[Combination], results: dict[str, HeldResult], reason: str
) -> None:
    start, goal = pathways[:2]
    move = judge_move(start, goal, results, Step.SAME, reason=reason, pathways=pathways)
    kept = {line.unit.ref for line in move.kept}
    carried = {unit.ref for unit in move.carried_on}
    lost = {line.ref for line in move.not_kept}
    assert kept | carried | lost == set(results)
    assert not (kept & carried or kept & lost or carried & lost)
    assert sorted([*kept, *(unit.ref for unit in move.to_do)]) == sorted(goal.refs)
    after = judge_combination(goal, results, pathways=pathways)
    assert move.credits_kept == after.credits_achieved


@given(PAIRS, RESULTS, REASONS)
def test_a_move_is_made_where_a_unit_is_shared_and_with_a_reason_where_one_is_due(
    pathways: list[Combination], results: dict[str, HeldResult], reason: str
) -> None:
    start, goal = pathways[:2]
    move = judge_move(start, goal, results, Step.SAME, reason=reason, pathways=pathways)
    shares = bool(set(start.refs) & set(goal.refs))
    given_up = {unit.ref for unit in move.given_up}
    assert move.is_open == shares
    assert move.met == (shares and (not given_up or bool(reason.strip())))
    assert given_up <= set(start.refs) - set(goal.refs)
    assert not given_up or goal.credits < start.credits
    assert {results[ref].standing for ref in given_up} <= {Standing.INTERNAL, Standing.EXTERNAL}


@given(PAIRS, RESULTS)
def test_whoever_can_move_there_can_move_back(
    pathways: list[Combination], results: dict[str, HeldResult]
) -> None:
    start, goal = pathways[:2]
    there = judge_move(start, goal, results, Step.SAME, pathways=pathways)
    back = judge_move(goal, start, results, Step.SAME, pathways=pathways)
    assert there.is_open == back.is_open
    assert not (there.asks_reason and back.asks_reason)
