"""Terms, ages, review dates, total time and support: each verdict at its edge."""

import datetime
from calendar import isleap
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    comes_of_age,
    judge_age,
    judge_induction,
    judge_review_dates,
    judge_term,
    judge_total_time,
    judge_tutorials,
    term_ends,
)

D = datetime.date


@pytest.mark.parametrize(
    ("born", "of_age"),
    [
        (D(2008, 5, 17), D(2026, 5, 17)),
        (D(2008, 2, 29), D(2026, 3, 1)),
        (D(2008, 2, 28), D(2026, 2, 28)),
    ],
)
def test_a_person_comes_of_age_on_the_anniversary(born: D, of_age: D) -> None:
    assert comes_of_age(born, 18) == of_age


def test_a_person_born_on_a_leap_day_comes_of_age_on_it_in_a_leap_year() -> None:
    assert comes_of_age(D(2008, 2, 29), 20) == D(2028, 2, 29)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (D(2026, 2, 16), D(2029, 2, 16)),
        (D(2028, 2, 29), D(2031, 2, 28)),
        (D(2025, 2, 28), D(2028, 2, 28)),
    ],
)
def test_a_term_ends_on_the_anniversary_or_the_last_day_before_it(start: D, end: D) -> None:
    assert term_ends(start, 3) == end


DAYS = st.dates(D(1950, 1, 1), D(2100, 1, 1)) | st.sampled_from([D(2008, 2, 29), D(2028, 2, 29)])


@given(DAYS, st.integers(1, 30))
def test_age_and_term_part_by_a_day_where_the_leap_day_is_lacking(day: D, years: int) -> None:
    apart = comes_of_age(day, years) - term_ends(day, years)
    lacking = (day.month, day.day) == (2, 29) and not isleap(day.year + years)
    assert apart == datetime.timedelta(days=int(lacking))


TODAY = D(2026, 11, 17)


@pytest.mark.parametrize(
    ("expires_on", "years", "met", "sentence"),
    [
        (None, 3, True, "The registration has no end yet."),
        (TODAY, 3, True, "The registration lasts until 17 Nov 2026."),
        (
            D(2026, 11, 16),
            3,
            False,
            "The registration ended on 16 Nov 2026; it lasts 3 years, and after that nothing new "
            "is handed in.",
        ),
        (
            D(2026, 11, 16),
            1,
            False,
            "The registration ended on 16 Nov 2026; it lasts 1 year, and after that nothing new "
            "is handed in.",
        ),
        (
            D(2026, 11, 16),
            None,
            False,
            "The registration ended on 16 Nov 2026, and after that nothing new is handed in.",
        ),
    ],
)
def test_the_last_day_of_a_registration_still_counts(
    expires_on: D | None, years: int | None, met: bool, sentence: str
) -> None:
    verdict = judge_term(expires_on, TODAY, years)
    assert (verdict.met, verdict.sentence) == (met, sentence)
    assert verdict.source == "8588 handbook, registration"


@given(DAYS, DAYS, st.integers(1, 5))
def test_a_registration_that_has_ended_never_opens_again(start: D, on: D, years: int) -> None:
    end = term_ends(start, years)
    assert judge_term(end, on, years).met == (on <= end)


@pytest.mark.parametrize(
    ("on", "met", "sentence"),
    [
        (
            D(2026, 5, 16),
            False,
            "9001-C takes learners from 18 years of age, and this date of birth makes the learner "
            "18 on 17 May 2026.",
        ),
        (D(2026, 5, 17), True, "The learner came to 18 years of age on 17 May 2026."),
    ],
)
def test_a_learner_is_old_enough_from_the_birthday_on(on: D, met: bool, sentence: str) -> None:
    verdict = judge_age(D(2008, 5, 17), on, 18, of="9001-C")
    assert (verdict.met, verdict.sentence) == (met, sentence)
    assert verdict.source == "8588 handbook, registration from 18"


def test_where_no_age_is_asked_for_every_age_will_do() -> None:
    assert judge_age(TODAY, TODAY, None, of="9001-A").met


@given(DAYS, DAYS, st.integers(0, 4000), st.integers(1, 30))
def test_nobody_becomes_too_young_by_waiting(born: D, on: D, wait: int, years: int) -> None:
    later = on + datetime.timedelta(days=wait)
    assert judge_age(born, later, years, of="X").met or not judge_age(born, on, years, of="X").met


@dataclass(frozen=True)
class Reviewed:
    ref: str
    review_on: D | None


END = D(2014, 12, 31)


@pytest.mark.parametrize(
    ("units", "on", "override", "met", "sentence"),
    [
        ([], TODAY, "", True, "No unit is past its review date."),
        ([Reviewed("O-1", None)], TODAY, "", True, "No unit is past its review date."),
        ([Reviewed("O-1", END)], END, "", True, "No unit is past its review date."),
        (
            [Reviewed("O-1", END)],
            D(2015, 1, 1),
            "",
            False,
            "O-1 (31 Dec 2014) is past its review date: learners are enrolled only where an "
            "override with a reason is on record.",
        ),
        (
            [Reviewed("O-1", END), Reviewed("O-2", END), Reviewed("O-3", D(2016, 1, 1))],
            TODAY,
            " ",
            False,
            "O-1 and O-2 (31 Dec 2014) and O-3 (1 Jan 2016) are past their review dates: learners "
            "are enrolled only where an override with a reason is on record.",
        ),
        (
            [Reviewed("O-1", END), Reviewed("O-2", None)],
            TODAY,
            "The body extended it.",
            True,
            "O-1 (31 Dec 2014) is past its review date; learners are enrolled all the same, "
            "because: The body extended it.",
        ),
    ],
)
def test_units_past_their_review_date_need_a_reason(
    units: list[Reviewed], on: D, override: str, met: bool, sentence: str
) -> None:
    verdict = judge_review_dates(units, on, override)
    assert (verdict.met, verdict.sentence) == (met, sentence)


@given(st.lists(st.none() | DAYS, max_size=4), DAYS, st.text(max_size=5))
def test_review_dates_are_met_by_every_unit_or_by_a_reason(
    days: list[D | None], on: D, override: str
) -> None:
    units = [Reviewed(f"U-{n}", day) for n, day in enumerate(days)]
    in_time = all(day is None or day >= on for day in days)
    assert judge_review_dates(units, on, override).met == (in_time or bool(override.strip()))


@pytest.mark.parametrize(
    ("credit", "total", "rate", "met", "sentence"),
    [
        (16, 160, 10, True, "160 h is 10 h for each of 16 credits."),
        (16, 42, 10, False, "42 h is given, and 10 h for each of 16 credits come to 160 h."),
        (16, None, 10, True, "No total qualification time is given."),
        (13, 130, None, True, "130 h for 13 credits, held against nothing."),
    ],
)
def test_total_time_fits_the_credits(
    credit: int, total: int | None, rate: int | None, met: bool, sentence: str
) -> None:
    verdict = judge_total_time(credit, total, rate)
    assert (verdict.met, verdict.sentence) == (met, sentence)


@dataclass(frozen=True)
class Support:
    induction_hours: Decimal = Decimal("1.00")
    tutorial_hours: Decimal = Decimal("3.00")


def test_induction_and_tutorials_have_each_their_own_minimum() -> None:
    had = datetime.timedelta(hours=2, minutes=30)
    induction, tutorials = judge_induction(Support(), had), judge_tutorials(Support(), had)
    assert (induction.met, induction.sentence) == (True, "Enough: 2 h 30 of 1 h.")
    assert (tutorials.met, tutorials.sentence) == (False, "0 h 30 to go: 2 h 30 of 3 h.")
    assert judge_tutorials(Support(), 3, source="9001 leaflet").source == "9001 leaflet"


@given(st.integers(0, 20), st.integers(0, 20))
def test_more_support_never_becomes_too_little(have: int, more: int) -> None:
    for judge in (judge_induction, judge_tutorials):
        assert judge(Support(), have + more).met or not judge(Support(), have).met
