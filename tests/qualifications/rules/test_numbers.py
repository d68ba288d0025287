"""Minima and maxima: each verdict with its sentence, and what holds for every value."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.models import NumericRule
from qualifications.rules import (
    amount_in_words,
    hours_in_words,
    judge_count,
    judge_rule,
    required_in_words,
)
from tests.qualifications.rules.limits import Limit

HERE = "Unit 501, AC 2.1"
PRACTICE = Limit("Practice", HERE, Decimal("18.00"))
SUPERVISION = Limit("Supervision", "Unit 501, AC 3.3", Decimal(1))
CLIENTS = Limit("Clients", HERE, Decimal("2.00"), Decimal("3.00"), Decimal("4.00"), "clients")


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
            Limit("Pages", HERE, maximum=Decimal(3), unit_of_measure="items"),
            4,
            False,
            "1 item too many: 4 of 3 items at most.",
        ),
        (
            Limit("Plan", HERE, minimum=Decimal(12), unit_of_measure="months"),
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
    assert (verdict.met, verdict.sentence, verdict.source) == (met, sentence, rule.source)


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
    rule = Limit("Clients", HERE, Decimal(4), Decimal(9), None, "clients")
    assert not judge_rule(rule, 10, exception=True).met


@pytest.mark.parametrize(
    ("rule", "value", "reason"),
    [
        (Limit("Signed", HERE, unit_of_measure=""), 1, "an assessor ticks it"),
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
    assert judge_rule(rules["clients"], 2).source == "8588 handbook, unit 501, AC 2.1"
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
    rule = Limit("Practice", HERE, minimum=Decimal(quarter) / 60)
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
    rule = Limit("Clients", HERE, Decimal(least), Decimal(least + width), None, "clients")
    assert judge_rule(rule, have, exception=exception).met == (least <= have <= least + width)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_more_hours_never_make_a_met_minimum_unmet(least: int, have: int, more: int) -> None:
    rule = Limit("Practice", HERE, Decimal(least) / 4)
    first, then = judge_rule(rule, Decimal(have) / 4), judge_rule(rule, Decimal(have + more) / 4)
    assert then.met or not first.met


@given(st.integers(1, 20), st.integers(0, 20), st.integers(1, 5), st.integers(0, 50))
def test_an_exception_never_takes_away_and_ends_where_it_says(
    least: int, width: int, beyond: int, have: int
) -> None:
    most = least + width
    rule = Limit("Clients", HERE, Decimal(least), Decimal(most), Decimal(most + beyond), "clients")
    plain, allowed = judge_rule(rule, have), judge_rule(rule, have, exception=True)
    assert allowed.met or not plain.met
    assert allowed.met == (least <= have <= most + beyond)
    assert ("exception would allow" in plain.sentence) == (allowed.met and not plain.met)


@given(st.sampled_from([PRACTICE, CLIENTS, SUPERVISION]), st.integers(0, 60), st.booleans())
def test_every_verdict_names_its_source_and_ends_as_a_sentence(
    rule: Limit, have: int, exception: bool
) -> None:
    verdict = judge_rule(rule, have, exception=exception)
    assert verdict.source == rule.source
    assert verdict.sentence.endswith(".")
    assert verdict.cited.endswith(f" ({rule.source}).")
    assert verdict.cited.count(rule.source) == 1


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_counted_yet_is_not_met(nothing: str | None) -> None:
    verdict = judge_count(PRACTICE, nothing)
    assert (verdict.met, verdict.sentence) == (False, "not counted yet.")
    assert verdict.source == HERE


@given(st.decimals(0, 100, places=2))
def test_a_typed_count_is_judged_like_the_number_it_says(hours: Decimal) -> None:
    assert judge_count(PRACTICE, str(hours)) == judge_rule(PRACTICE, hours)


@pytest.mark.parametrize(
    ("minimum", "maximum", "measure", "words"),
    [
        (Decimal("18.00"), None, "hours", "18 hours or more"),
        (18.5, None, "hours", "18.5 hours or more"),
        (1, None, "hours", "1 hour or more"),
        (2, 3, "clients", "2 to 3 clients"),
        (1, 1, "clients", "1 client"),
        (2, 2, "items", "2 items"),
        (None, 4, "items", "4 items at most"),
        (None, 1, "months", "1 month at most"),
    ],
)
def test_a_rule_says_what_it_asks_for(
    minimum: Decimal | float | None, maximum: Decimal | float | None, measure: str, words: str
) -> None:
    assert required_in_words(minimum, maximum, measure) == words


@pytest.mark.parametrize(
    ("amount", "measure", "words"),
    [
        (Decimal("18.75"), "hours", "18 h 45"),
        (Decimal("14.34"), "hours", "14 h 20"),
        (Decimal("17.99"), "hours", "17 h 59"),
        (2, "clients", "2 clients"),
        (Decimal("1"), "clients", "1 client"),
        (Decimal("12.00"), "months", "12 months"),
    ],
)
def test_an_amount_is_said_as_it_is_judged(amount: Decimal | int, measure: str, words: str) -> None:
    assert amount_in_words(amount, measure) == words
