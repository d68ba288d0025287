"""Anniversaries around 29 February."""

import datetime

import pytest

from centres.dates import comes_of_age, term_ends

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
