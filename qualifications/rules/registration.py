"""Rules about a person's registration, and the dates and size of what it is for."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from qualifications.rules.verdicts import Verdict, credits_in_words, day_in_words, listed

REGISTRATION_TERM = "8588 handbook, registration"
MINIMUM_AGE = "8588 handbook, registration from 18"
REVIEW_DATES = "D5 and D7 specifications, review date of each unit"
LAST_REGISTRATION = "Awarding body, last registration date of each qualification"
TOTAL_TIME = "8588 handbook, total qualification time"


class Reviewed(Protocol):
    """A unit with the day until which the awarding body meant it to stand."""

    @property
    def ref(self) -> str: ...
    @property
    def review_on(self) -> date | None: ...


UnderReview = TypeVar("UnderReview", bound=Reviewed)


def comes_of_age(born: date, years: int) -> date:
    """The day on which a person reaches an age in years; born on 29 February, that is 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def term_ends(start: date, years: int) -> date:
    """The last day of a term of years; begun on 29 February, that is 28 February."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 2, 28)


def judge_term(
    expires_on: date | None, on: date, years: int | None, *, source: str = REGISTRATION_TERM
) -> Verdict:
    """Whether a registration, which lasts `years`, still takes new submissions on a day.

    Its last day counts; without an end it never ends. Work that is in already is marked and
    claimed all the same (8588 handbook, registration).
    """
    if expires_on is None:
        return Verdict(True, "The registration has no end yet.", source)
    if on <= expires_on:
        return Verdict(True, f"The registration lasts until {day_in_words(expires_on)}.", source)
    lasting = f"; it lasts {years} {'year' if years == 1 else 'years'}" if years else ""
    return Verdict(
        False,
        f"The registration ended on {day_in_words(expires_on)}{lasting}, and after that nothing "
        "new is handed in.",
        source,
    )


def judge_age(
    born: date, on: date, minimum_age: int | None, *, of: str, source: str = MINIMUM_AGE
) -> Verdict:
    """Whether somebody is old enough for a pathway on a day; `of` is the pathway's code."""
    if minimum_age is None:
        return Verdict(True, f"{of} takes learners of every age.", source)
    possible = comes_of_age(born, minimum_age)
    if on >= possible:
        sentence = f"The learner came to {minimum_age} years of age on {day_in_words(possible)}."
        return Verdict(True, sentence, source)
    return Verdict(
        False,
        f"{of} takes learners from {minimum_age} years of age, and this date of birth makes the "
        f"learner {minimum_age} on {day_in_words(possible)}.",
        source,
    )


def units_past_review(units: Iterable[UnderReview], on: date) -> tuple[UnderReview, ...]:
    """Those of some units that are past their review date on a day. The date itself still counts,
    and a unit without one never is."""
    return tuple(unit for unit in units if unit.review_on is not None and unit.review_on < on)


def judge_review_dates(
    units: Iterable[Reviewed], on: date, override: str = "", *, source: str = REVIEW_DATES
) -> Verdict:
    """Whether learners may be enrolled on these units on a day.

    Past its review date, only an `override` opens a unit: the reason that an administrator put on
    record.
    """
    past = units_past_review(units, on)
    if not past:
        return Verdict(True, "No unit is past its review date.", source)
    days = {unit.review_on for unit in past if unit.review_on}
    by_day = listed(
        [
            f"{listed([unit.ref for unit in past if unit.review_on == day])} ({day_in_words(day)})"
            for day in sorted(days)
        ]
    )
    verb = "is past its review date" if len(past) == 1 else "are past their review dates"
    if override.strip():
        reason = override.strip().removesuffix(".")
        return Verdict(
            True, f"{by_day} {verb}; learners are enrolled all the same, because: {reason}.", source
        )
    return Verdict(
        False,
        f"{by_day} {verb}: learners are enrolled only where an override with a reason is on "
        "record.",
        source,
    )


def judge_last_registration(
    last: date | None,
    on: date,
    *,
    of: str = "the qualification",
    source: str = LAST_REGISTRATION,
) -> Verdict:
    """Whether the awarding body still registers learners on a day; `of` names the qualification.

    The last day itself counts, and where none is announced every day does.
    """
    if last is None:
        return Verdict(True, f"No last day to register learners on {of} is announced.", source)
    if on <= last:
        sentence = f"Learners are registered on {of} until {day_in_words(last)}."
        return Verdict(True, sentence, source)
    sentence = f"The last day to register learners on {of} was {day_in_words(last)}."
    return Verdict(False, sentence, source)


def judge_total_time(
    credit: int, total: int | None, hours_per_credit: int | None, *, source: str = TOTAL_TIME
) -> Verdict:
    """Whether a pathway's total qualification time, in hours, fits its credits.

    A check of what was typed, where the awarding body's own numbers all come to so many hours a
    credit; met where either number is not given.
    """
    if total is None:
        return Verdict(True, "No total qualification time is given.", source)
    if hours_per_credit is None:
        return Verdict(
            True, f"{total} h for {credits_in_words(credit)}, held against nothing.", source
        )
    fits = credit * hours_per_credit
    product = f"{hours_per_credit} × {credits_in_words(credit)}"
    if total == fits:
        return Verdict(True, f"The total time is {total} h, {product}.", source)
    return Verdict(False, f"The total time is {total} h where {product} make {fits} h.", source)
