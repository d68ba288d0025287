"""The numeric rules: each verdict with its sentence, and what holds for every value."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.models import NumericRule
from qualifications.rules import (
    hours_in_words,
    judge_rule,
    mark_outcome,
    result_outcome,
)


@dataclass(frozen=True)
class Limit:
    label: str = "Practice"
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exceptional_maximum: Decimal | None = None
    unit_of_measure: str = "hours"


@dataclass(frozen=True)
class Part:
    title: str
    maximum: int
    minimum: int


PRACTICE = Limit(minimum=Decimal("18.00"))
SUPERVISION = Limit("Supervision", minimum=Decimal(1))
CLIENTS = Limit("Clients", Decimal("2.00"), Decimal("3.00"), Decimal("4.00"), "clients")
DIARY = [Part("Own potential", 34, 17), Part("Sessions", 30, 15), Part("Reflections", 36, 18)]


@pytest.mark.parametrize(
    ("rule", "value", "met", "sentence"),
    [
        (PRACTICE, Decimal("14.5"), False, "3 h 30 to go: 14 h 30 of 18 h."),
        (PRACTICE, timedelta(hours=14, minutes=30), False, "3 h 30 to go: 14 h 30 of 18 h."),
        (PRACTICE, 0, False, "18 h to go: 0 h of 18 h."),
        (PRACTICE, 18, True, "Enough: 18 h of 18 h."),
        (PRACTICE, Decimal("18.75"), True, "Enough: 18 h 45 of 18 h."),
        (
            PRACTICE,
            timedelta(hours=17, minutes=59, seconds=59),
            False,
            "0 h 01 to go: 17 h 59 of 18 h.",
        ),
        (SUPERVISION, timedelta(minutes=40), False, "0 h 20 to go: 0 h 40 of 1 h."),
        (SUPERVISION, timedelta(minutes=70), True, "Enough: 1 h 10 of 1 h."),
        (CLIENTS, 0, False, "2 clients to go: 0 of 2 to 3 clients."),
        (CLIENTS, 1, False, "1 client to go: 1 of 2 to 3 clients."),
        (CLIENTS, 2, True, "Enough: 2 of 2 to 3 clients."),
        (CLIENTS, 3, True, "Enough: 3 of 2 to 3 clients."),
        (
            CLIENTS,
            4,
            False,
            "1 client too many: 4 of 2 to 3 clients. An approved exception would allow it.",
        ),
        (CLIENTS, 5, False, "2 clients too many: 5 of 2 to 3 clients."),
        (
            Limit("Pages", maximum=Decimal(3), unit_of_measure="items"),
            4,
            False,
            "1 item too many: 4 of 3 items at most.",
        ),
        (
            Limit("Plan", minimum=Decimal(12), unit_of_measure="months"),
            12,
            True,
            "Enough: 12 of 12 months.",
        ),
    ],
)
def test_a_verdict_says_why(
    rule: Limit, value: Decimal | int | timedelta, met: bool, sentence: str
) -> None:
    verdict = judge_rule(rule, value)
    assert (verdict.met, verdict.sentence) == (met, sentence)


@pytest.mark.parametrize(
    ("clients", "met", "sentence"),
    [
        (3, True, "Enough: 3 of 2 to 3 clients."),
        (4, True, "Enough: 4 of 2 to 3 clients, by an approved exception."),
        (5, False, "2 clients too many: 5 of 2 to 3 clients."),
        (1, False, "1 client to go: 1 of 2 to 3 clients."),
    ],
)
def test_an_exception_allows_a_fourth_client_and_no_fifth(
    clients: int, met: bool, sentence: str
) -> None:
    verdict = judge_rule(CLIENTS, clients, exception=True)
    assert (verdict.met, verdict.sentence) == (met, sentence)


def test_an_exception_means_nothing_to_a_rule_that_knows_none() -> None:
    rule = Limit("Clients", Decimal(4), Decimal(9), None, "clients")
    assert not judge_rule(rule, 10, exception=True).met


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        (Limit("Signed", unit_of_measure=""), 1, "an assessor ticks it"),
        (PRACTICE, Decimal("-0.001"), "cannot be held against -0.001"),
        (PRACTICE, timedelta(seconds=-1), "less than nothing"),
        (PRACTICE, Decimal("NaN"), "cannot be held against NaN"),
        (PRACTICE, Decimal("Infinity"), "cannot be held against Infinity"),
        (CLIENTS, timedelta(hours=2), "counts clients, not time"),
    ],
)
def test_what_is_no_amount_is_refused(
    rule: Limit, value: Decimal | int | timedelta, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        judge_rule(rule, value)


@pytest.mark.django_db
def test_the_rules_of_501_are_judged_as_the_catalogue_holds_them() -> None:
    rules = {rule.code: rule for rule in NumericRule.objects.filter(unit__ref="8588-501")}
    assert not judge_rule(rules["practice_hours"], timedelta(hours=17, minutes=59)).met
    assert judge_rule(rules["practice_hours"], 18).met
    assert [judge_rule(rules["clients"], n).met for n in range(1, 5)] == [False, True, True, False]
    assert judge_rule(rules["clients"], 4, exception=True).met
    assert not judge_rule(rules["supervision_hours"], timedelta(minutes=59)).met
    assert judge_rule(rules["supervision_hours"], timedelta(minutes=60)).met
    with pytest.raises(ValueError, match="an assessor ticks it"):
        judge_rule(rules["signed_by_all"], 1)


MINUTES = st.integers(0, 200 * 60)


@given(st.integers(0, 150 * 60), MINUTES)
def test_time_is_met_exactly_from_its_minimum_on_and_the_sentence_adds_up(
    least: int, have: int
) -> None:
    quarter = least - least % 15  # what two decimals of an hour can hold
    rule = Limit(minimum=Decimal(quarter) / 60)
    verdict = judge_rule(rule, timedelta(minutes=have))
    assert verdict.met == (have >= quarter)
    if not verdict.met:
        to_go, _, rest = verdict.sentence.partition(" to go: ")
        done, _, wanted = rest.removesuffix(".").partition(" of ")
        assert minutes_in(to_go) + minutes_in(done) == minutes_in(wanted) == quarter


def minutes_in(words: str) -> int:
    hours, _, rest = words.partition(" h")
    return int(hours) * 60 + int(rest or 0)


@given(MINUTES)
def test_hours_in_words_can_be_read_back(minutes: int) -> None:
    assert minutes_in(hours_in_words(minutes)) == minutes


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 40), st.booleans())
def test_a_count_is_met_within_its_span_and_nowhere_else(
    least: int, width: int, have: int, exception: bool
) -> None:
    rule = Limit("Clients", Decimal(least), Decimal(least + width), None, "clients")
    assert judge_rule(rule, have, exception=exception).met == (least <= have <= least + width)


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


@pytest.mark.parametrize(
    ("marks", "decision", "total", "referred", "sentence"),
    [
        (
            [17, 15, 18],
            "pass",
            50,
            (),
            "Pass. 50 of 100 marks, and every section has its minimum.",
        ),
        (
            [34, 14, 36],
            "referral",
            84,
            ("Sessions",),
            "Referral, because Sessions has 14 of the 15 it needs.",
        ),
        (
            [16, 15, 17],
            "referral",
            48,
            ("Own potential", "Reflections"),
            "Referral, because Own potential has 16 of the 17 it needs, Reflections has 17 of the"
            " 18 it needs and the total is 48 of 100 marks, and half is needed.",
        ),
        ([17, None, 18], None, 35, (), "Sessions has no mark yet."),
    ],
)
def test_a_mark_sheet_says_why(
    marks: list[int | None],
    decision: str | None,
    total: int,
    referred: tuple[str, ...],
    sentence: str,
) -> None:
    outcome = mark_outcome(DIARY, marks)
    assert (outcome.decision, outcome.total, outcome.referred) == (decision, total, referred)
    assert outcome.sentence == sentence


@given(st.tuples(st.integers(0, 34), st.integers(0, 30), st.integers(0, 36)))
def test_no_section_makes_up_for_another(marks: tuple[int, int, int]) -> None:
    outcome = mark_outcome(DIARY, list(marks))
    sections_met = all(mark >= part.minimum for part, mark in zip(DIARY, marks, strict=True))
    assert outcome.total == sum(marks)
    assert outcome.total_met == (sum(marks) >= 50)
    assert (outcome.decision == "pass") == (sections_met and outcome.total_met)
    assert (outcome.decision == "pass") == sections_met, "the minima add up to half of all marks"
    assert bool(outcome.referred) == (not sections_met)


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ([17, 15], "2 marks do not pair with 3 sections"),
        ([35, 15, 18], "'Own potential' takes 0 to 34 marks, not 35"),
        ([17, -1, 18], "'Sessions' takes 0 to 30 marks, not -1"),
    ],
)
def test_marks_that_cannot_be_are_refused(marks: list[int | None], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mark_outcome(DIARY, marks)
