"""Anniversaries, which differ for a life and for a term when the day is 29 February."""

import datetime


def comes_of_age(born: datetime.date, years: int) -> datetime.date:
    """The day on which a person reaches an age in years; born on 29 February, that is 1 March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return datetime.date(born.year + years, 3, 1)


def term_ends(start: datetime.date, years: int) -> datetime.date:
    """The last day of a term of years; begun on 29 February, that is 28 February."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return datetime.date(start.year + years, 2, 28)
