"""What must be there before work is handed in: the check list, without a database."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from portfolios.states import MAY_FOLLOW, NO_SUBMISSION, WorkState
from qualifications.rules import REGISTRATION_TERM, judge_term

EXPIRY_SOURCE = REGISTRATION_TERM


@dataclass(frozen=True)
class Check:
    """One thing to have: what it is, whether it is there, and else what is missing and to be done.

    ``place`` is the element of the unit page that it is about.
    """

    text: str
    met: bool
    missing: str = ""
    place: str = ""


def check_list(
    *,
    state: WorkState,
    expires_on: datetime.date | None,
    today: datetime.date,
    years: int | None,
    criteria: Iterable[tuple[str, str, int]],
) -> tuple[Check, ...]:
    """The whole list, met and unmet.

    ``criteria`` are (number, id of its element, standing claims) of each criterion. A registration
    lasts ``years`` and its end stops new submissions only (8588 handbook, registration).
    """
    return (
        _open_for_submission(state),
        _registered(expires_on, today, years),
        *(
            Check(
                text=f"{number} has evidence.",
                met=claims > 0,
                missing=f"{number} has no evidence yet: claim an item for it.",
                place=place,
            )
            for number, place, claims in criteria
        ),
    )


def unmet(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Those that keep the work from being handed in."""
    return tuple(check for check in checks if not check.met)


def _open_for_submission(state: WorkState) -> Check:
    met = WorkState.SUBMITTED in MAY_FOLLOW[state]
    return Check(
        text="No submission of this work is open or passed.",
        met=met,
        missing="" if met else " ".join(NO_SUBMISSION[state]),
    )


def _registered(expires_on: datetime.date | None, today: datetime.date, years: int | None) -> Check:
    term = judge_term(expires_on, today, years)
    return Check(
        text="The registration has not ended.",
        met=term.met,
        missing="" if term.met else f"{term.cited} Ask your centre to register you again.",
    )
