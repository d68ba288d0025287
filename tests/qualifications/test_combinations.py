"""Combinations: what counts where, what is missing, and what holds for all."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    Combination,
    Counting,
    HeldResult,
    Standing,
    alternative_units,
    judge_combination,
    pathway_columns,
    reason_left_out,
    shared_units,
)


@dataclass(frozen=True)
class Unit:
    ref: str
    credits: int
    title: str = "A unit"
    level: int = 3


PRUNING, PICKING, HARVEST, SEASON = Unit("P", 6), Unit("S", 5), Unit("L", 27), Unit("R", 5)
CERTIFICATE = Combination(
    "9001-C", "Certificate", "certificate", 16, (PRUNING, PICKING, SEASON), "1"
)
DIPLOMA = Combination("9001-D", "Diploma", "diploma", 38, (PRUNING, HARVEST, SEASON), "1")
BOTH = [CERTIFICATE, DIPLOMA]


def held(
    standing: Standing = Standing.EXTERNAL, pathway: str = "9001-C", version: str = "1"
) -> HeldResult:
    return HeldResult(standing, pathway, version)


CONFIRMED, PROVISIONAL = held(), held(Standing.DECIDED)
STARTED = held(Standing.IN_PROGRESS)


# The picture


def test_shared_units_are_those_of_every_pathway_in_the_order_of_the_first() -> None:
    assert shared_units(BOTH) == (PRUNING, SEASON)
    assert shared_units([CERTIFICATE]) == CERTIFICATE.units
    assert shared_units([]) == ()


def test_alternatives_stand_in_one_column_with_each_pathways_choice() -> None:
    (column,) = alternative_units(BOTH)
    assert [(option.units, option.pathways) for option in column.options] == [
        ((PICKING,), ("9001-C",)),
        ((HARVEST,), ("9001-D",)),
    ]
    assert column.option_of("9001-D").units == (HARVEST,)
    with pytest.raises(KeyError):
        column.option_of("9001-X")


def test_each_pathway_has_its_path_through_the_columns() -> None:
    columns = pathway_columns(BOTH)
    assert [column.shared for column in columns] == [True, False, True]
    paths = [
        [unit.ref for column in columns for unit in column.option_of(pathway.code).units]
        for pathway in BOTH
    ]
    assert paths == [["P", "S", "R"], ["P", "L", "R"]]


def test_a_unit_that_one_pathway_has_beyond_another_faces_an_empty_option() -> None:
    award = replace(CERTIFICATE, code="9001-A", credits=11, units=(PRUNING, SEASON))
    (column,) = alternative_units([award, CERTIFICATE])
    assert column.option_of("9001-A").units == ()
    assert column.option_of("9001-C").units == (PICKING,)


def test_pathways_that_ask_for_the_same_share_an_option() -> None:
    second = replace(CERTIFICATE, code="9001-E")
    (column,) = alternative_units([CERTIFICATE, DIPLOMA, second])
    assert column.option_of("9001-C") is column.option_of("9001-E")
    assert column.option_of("9001-C").pathways == ("9001-C", "9001-E")


# What a learner's results come to


def test_nothing_held_leaves_everything_to_pass() -> None:
    verdict = judge_combination(CERTIFICATE, {}, pathways=BOTH)
    assert not verdict.met
    assert verdict.sentence == "0 of 16 credits. Still to pass: P, S and R."
    assert verdict.missing == CERTIFICATE.units
    assert {line.sentence for line in verdict.units} == {"Nothing is decided yet."}


def test_a_combination_is_complete_when_every_unit_counts() -> None:
    verdict = judge_combination(
        CERTIFICATE, {"P": CONFIRMED, "S": CONFIRMED, "R": CONFIRMED}, pathways=BOTH
    )
    assert verdict.met
    assert verdict.is_confirmed
    assert verdict.sentence == "Complete: 16 of 16 credits."
    assert (verdict.credits_achieved, verdict.credits_confirmed, verdict.credits_needed) == (
        16,
        16,
        16,
    )
    assert {line.counting for line in verdict.units} == {Counting.EARNED}
    assert {line.sentence for line in verdict.units} == {"Passed here."}


@pytest.mark.parametrize("standing", [Standing.DECIDED, Standing.INTERNAL])
def test_a_pass_is_provisional_until_it_is_confirmed_outside(standing: Standing) -> None:
    verdict = judge_combination(
        CERTIFICATE, {"P": CONFIRMED, "S": held(standing), "R": CONFIRMED}, pathways=BOTH
    )
    assert verdict.met
    assert not verdict.is_confirmed
    assert verdict.sentence == ("Complete: 16 of 16 credits. Provisional until confirmed: S.")
    assert verdict.provisional == (PICKING,)
    assert verdict.credits_confirmed == 11
    assert verdict.units[1].sentence == "Passed here, provisional until it is confirmed."


def test_work_in_progress_is_shown_and_counts_for_nothing() -> None:
    verdict = judge_combination(CERTIFICATE, {"P": STARTED}, pathways=BOTH)
    assert verdict.credits_achieved == 0
    assert verdict.units[0].held == STARTED
    assert verdict.units[0].sentence == "Work is in progress."


def test_passes_of_the_certificate_count_in_the_diploma_by_credit_transfer() -> None:
    results = {"P": CONFIRMED, "S": CONFIRMED, "R": PROVISIONAL}
    verdict = judge_combination(DIPLOMA, results, pathways=BOTH)
    assert verdict.sentence == (
        "11 of 38 credits. Still to pass: L. Provisional until confirmed: R."
    )
    assert [line.counting for line in verdict.units] == [
        Counting.TRANSFERRED,
        Counting.OPEN,
        Counting.TRANSFERRED,
    ]
    assert verdict.units[0].sentence == "Passed under 9001-C and kept by credit transfer."
    assert verdict.units[2].sentence == (
        "Passed under 9001-C and kept by credit transfer, provisional until it is confirmed."
    )
    assert verdict.credits_transferred == 11


def test_the_shorter_practice_unit_does_not_count_where_the_extended_one_is_asked_for() -> None:
    verdict = judge_combination(DIPLOMA, {"S": CONFIRMED}, pathways=BOTH)
    (left_out,) = verdict.left_out
    assert (left_out.ref, left_out.held) == ("S", CONFIRMED)
    assert left_out.reason == ("S does not count in 9001-D, where L is asked for in its place.")


def test_a_unit_of_another_qualification_is_no_part_of_it() -> None:
    verdict = judge_combination(DIPLOMA, {"X": CONFIRMED}, pathways=BOTH)
    assert [line.reason for line in verdict.left_out] == ["X is not part of 9001-D."]
    assert verdict.credits_achieved == 0


def test_a_unit_that_is_only_in_the_larger_award_is_no_part_of_the_smaller() -> None:
    award = replace(CERTIFICATE, code="9001-A", credits=11, units=(PRUNING, SEASON))
    assert reason_left_out("S", award, [award, CERTIFICATE]) == "S is not part of 9001-A."


def test_a_result_of_an_earlier_version_is_kept_from_it() -> None:
    newer = replace(CERTIFICATE, version="2")
    verdict = judge_combination(newer, {"P": CONFIRMED}, pathways=[newer])
    assert verdict.units[0].counting is Counting.EARNED
    assert verdict.units[0].sentence == "Passed under version 1 and kept."
    assert (verdict.credits_achieved, verdict.credits_transferred) == (6, 0)


def test_credits_that_do_not_add_up_are_never_complete() -> None:
    wrong = replace(CERTIFICATE, credits=17)
    verdict = judge_combination(wrong, {"P": CONFIRMED, "S": CONFIRMED, "R": CONFIRMED})
    assert not verdict.met
    assert verdict.sentence.startswith(
        "Every unit is passed, and their credits come to 16 where 9001-C needs 17"
    )


# What holds for every combination

REFS = "abcdefgh"
UNITS = {
    ref: Unit(ref, credit) for ref, credit in zip(REFS, [3, 4, 7, 3, 5, 27, 5, 1], strict=True)
}


@st.composite
def pathway_sets(draw: st.DrawFn) -> list[Combination]:
    """Pathways of one qualification: any units in any order, credits that add up."""
    sets = draw(
        st.lists(
            st.lists(st.sampled_from(REFS), min_size=1, max_size=5, unique=True),
            min_size=1,
            max_size=4,
        )
    )
    return [
        Combination(
            f"Q-{n}",
            "",
            "certificate",
            sum(UNITS[ref].credits for ref in refs),
            tuple(UNITS[ref] for ref in refs),
            "1",
        )
        for n, refs in enumerate(sets)
    ]


RESULTS = st.dictionaries(
    st.sampled_from([*REFS, "z"]),
    st.builds(HeldResult, st.sampled_from(Standing), st.sampled_from(["Q-0", "Q-1"]), st.just("1")),
)


@given(pathway_sets())
def test_every_path_passes_exactly_through_its_own_units(pathways: list[Combination]) -> None:
    columns = pathway_columns(pathways)
    for pathway in pathways:
        path = [unit.ref for column in columns for unit in column.option_of(pathway.code).units]
        assert sorted(path) == sorted(pathway.refs)
    drawn = [unit.ref for column in columns if column.shared for unit in column.options[0].units]
    assert drawn == [unit.ref for unit in shared_units(pathways)]
    apart = {unit.ref for c in alternative_units(pathways) for o in c.options for unit in o.units}
    assert apart == {ref for p in pathways for ref in p.refs} - set(drawn)


@given(pathway_sets(), RESULTS)
def test_complete_means_that_all_units_count_and_the_credits_are_there(
    pathways: list[Combination], results: dict[str, HeldResult]
) -> None:
    combination = pathways[0]
    verdict = judge_combination(combination, results, pathways=pathways)
    everything = all(line.counts for line in verdict.units)
    assert verdict.met == (everything and verdict.credits_achieved == combination.credits)
    assert verdict.met == (not verdict.missing), "the credits of these pathways add up"
    assert 0 <= verdict.credits_confirmed <= verdict.credits_achieved <= combination.credits
    assert verdict.credits_transferred <= verdict.credits_achieved
    counted = {line.unit.ref for line in verdict.units if line.counts}
    assert counted == {
        ref for ref, one in results.items() if one.standing.is_pass and ref in combination.refs
    }
    assert {line.ref for line in verdict.left_out} == set(results) - set(combination.refs)
    assert all(line.reason.startswith(f"{line.ref} ") for line in verdict.left_out)


@given(pathway_sets(), RESULTS, st.sampled_from(REFS))
def test_one_more_pass_never_takes_anything_away(
    pathways: list[Combination], results: dict[str, HeldResult], ref: str
) -> None:
    before = judge_combination(pathways[0], results, pathways=pathways)
    more = {**results, ref: HeldResult(Standing.EXTERNAL, "Q-0", "1")}
    after = judge_combination(pathways[0], more, pathways=pathways)
    assert after.credits_achieved >= before.credits_achieved
    assert after.credits_confirmed >= before.credits_confirmed
    assert after.met or not before.met
