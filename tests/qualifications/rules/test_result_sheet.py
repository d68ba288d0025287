"""Result sheets: the outcome, its sentences, and what holds for every sheet."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import RESULT_SHEETS, result_outcome

NUMBERS = st.lists(
    st.sampled_from([f"{outcome}.{n}" for outcome in range(1, 4) for n in range(1, 5)]),
    min_size=1,
    unique=True,
)
DECIDED = NUMBERS.flatmap(
    lambda numbers: st.fixed_dictionaries(
        {number: st.sampled_from(["pass", "referral", ""]) for number in numbers}
    )
)


@given(DECIDED)
def test_a_sheet_passes_only_when_every_criterion_does(decisions: dict[str, str]) -> None:
    outcome = result_outcome(decisions)
    values = list(decisions.values())
    if "" in values:
        assert outcome.decision is None
    else:
        assert outcome.decision == ("referral" if "referral" in values else "pass")
    assert set(outcome.referred) == {n for n, value in decisions.items() if value == "referral"}
    assert set(outcome.undecided) == {n for n, value in decisions.items() if not value}
    for number in (*outcome.referred, *outcome.undecided):
        assert number in outcome.sentence


@given(DECIDED, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(decisions: dict[str, str], random: Random) -> None:
    shuffled = list(decisions.items())
    random.shuffle(shuffled)
    one, other = result_outcome(decisions), result_outcome(dict(shuffled))
    assert one.decision == other.decision
    assert set(one.referred) == set(other.referred)


@pytest.mark.parametrize(
    ("decisions", "sentence"),
    [
        ({"1.1": "pass", "1.2": "pass"}, "Pass. All 2 criteria are a pass."),
        ({"1.1": "pass"}, "Pass. The criterion is a pass."),
        (
            {"1.2": "pass", "1.3": "referral"},
            "Referral, because 1.3 is a referral: a single referral refers the submission.",
        ),
        (
            {"1.1": "referral", "1.2": "referral", "2.1": "referral"},
            "Referral, because 1.1, 1.2 and 2.1 are a referral:"
            " a single referral refers the submission.",
        ),
        ({"1.1": "pass", "2.4": ""}, "2.4 is undecided."),
        (
            {"1.3": "referral", "2.4": "", "3.1": ""},
            "2.4 and 3.1 are undecided, and 1.3 is a referral:"
            " a single referral refers the submission.",
        ),
    ],
)
def test_an_outcome_says_why(decisions: dict[str, str], sentence: str) -> None:
    assert result_outcome(decisions).sentence == sentence


@pytest.mark.parametrize("decisions", [{}, {"1.1": "fail"}, {"1.1": "Pass"}])
def test_a_decision_of_another_word_is_refused(decisions: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"criteria|not pass, referral or empty"):
        result_outcome(decisions)


@given(DECIDED)
def test_every_criterion_is_passed_referred_or_undecided(decisions: dict[str, str]) -> None:
    outcome = result_outcome(decisions)
    parts = [*outcome.passed, *outcome.referred, *outcome.undecided]
    assert sorted(parts) == sorted(decisions)
    assert outcome.verdict.met == (len(outcome.passed) == len(decisions))
    assert outcome.verdict.source == RESULT_SHEETS


@given(DECIDED, st.data())
def test_a_better_decision_never_makes_a_pass_a_referral(
    decisions: dict[str, str], data: st.DataObject
) -> None:
    number = data.draw(st.sampled_from(sorted(decisions)))
    better = result_outcome({**decisions, number: "pass"})
    assert better.verdict.met or not result_outcome(decisions).verdict.met


@pytest.mark.parametrize(
    ("decisions", "summary"),
    [
        ({"1.1": "pass"}, "The criterion is a pass."),
        ({f"1.{n}": "pass" for n in range(1, 12)}, "All eleven criteria are a pass."),
        ({f"1.{n}": "pass" for n in range(1, 14)}, "All 13 criteria are a pass."),
        ({"1.1": "referral"}, "One criterion, 1.1, is a referral."),
        (
            {"1.1": "referral", "1.2": "pass"},
            "One criterion, 1.1, is a referral; one is a pass and carries over.",
        ),
        (
            {"1.1": "referral", "1.2": "referral", "1.3": "pass", "2.1": "pass"},
            "Two criteria, 1.1 and 1.2, are referrals; two are a pass and carry over.",
        ),
        ({"1.1": "", "1.2": "pass"}, "1.1 is undecided."),
    ],
)
def test_a_paper_says_what_carries_over(decisions: dict[str, str], summary: str) -> None:
    assert result_outcome(decisions).summary == summary
