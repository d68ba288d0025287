"""Terms, ages, review and registration dates, total time: each verdict at its edge."""

import datetime
from calendar import isleap
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    comes_of_age,
    judge_age,
    judge_last_registration,
    judge_review_dates,
    judge_term,
    judge_total_time,
    term_ends,
    units_past_review,
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
DAY = datetime.timedelta(days=1)


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


def test_a_unit_is_past_its_review_date_from_the_next_day_on() -> None:
    units = [Reviewed("O-1", END), Reviewed("O-2", None), Reviewed("O-3", END + DAY)]
    assert [
        [unit.ref for unit in units_past_review(units, END + ahead * DAY)] for ahead in range(3)
    ] == [[], ["O-1"], ["O-1", "O-3"]]


@pytest.mark.parametrize(
    ("last", "met", "sentence"),
    [
        (None, True, "No last day to register learners on 9001 is announced."),
        (TODAY + DAY, True, "Learners are registered on 9001 until 18 Nov 2026."),
        (TODAY, True, "Learners are registered on 9001 until 17 Nov 2026."),
        (TODAY - DAY, False, "The last day to register learners on 9001 was 16 Nov 2026."),
    ],
)
def test_the_last_day_to_register_still_counts(last: D | None, met: bool, sentence: str) -> None:
    verdict = judge_last_registration(last, TODAY, of="9001")
    assert (verdict.met, verdict.sentence) == (met, sentence)


@pytest.mark.parametrize(
    ("credit", "total", "rate", "met", "sentence"),
    [
        (16, 160, 10, True, "The total time is 160 h, 10 × 16 credits."),
        (16, 42, 10, False, "The total time is 42 h where 10 × 16 credits make 160 h."),
        (1, 9, 10, False, "The total time is 9 h where 10 × 1 credit make 10 h."),
        (16, None, 10, True, "No total qualification time is given."),
        (13, 130, None, True, "130 h for 13 credits, held against nothing."),
    ],
)
def test_total_time_fits_the_credits(
    credit: int, total: int | None, rate: int | None, met: bool, sentence: str
) -> None:
    verdict = judge_total_time(credit, total, rate)
    assert (verdict.met, verdict.sentence) == (met, sentence)
