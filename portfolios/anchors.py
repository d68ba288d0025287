"""Where in an item a claim points: a page or a time, read from what people type."""

import re

from centres.refusals import Refusal
from portfolios.file_types import KINDS
from portfolios.models import Anchor

LAST_PAGE = 9_999
LAST_SECOND = 24 * 3600 - 1

ANCHOR_OF_MEDIUM = {"pages": Anchor.PAGE, "audio": Anchor.TIME, "video": Anchor.TIME}


def anchor_for(kind: str) -> Anchor:
    """How a place in a file of this kind is named; the whole item where it has no places."""
    return ANCHOR_OF_MEDIUM.get(KINDS[kind].medium, Anchor.WHOLE)


def check_place(kind: str, anchor: str, place: int | None) -> None:
    """Refuse a place that a file of this kind can't have. ``place`` is a page or a second."""
    if anchor == Anchor.WHOLE:
        if place is not None:
            raise Refusal(
                rule="The whole item has no place in it.", remedy="Leave the place empty."
            )
        return
    fits = anchor_for(kind)
    if anchor != fits:
        named = {Anchor.PAGE: "a page", Anchor.TIME: "a time"}.get(fits, "only the whole item")
        raise Refusal(
            rule=f"A claim on a {KINDS[kind].label} can point to {named}.",
            remedy="Change where the claim points, then claim again.",
        )
    first, last = (1, LAST_PAGE) if anchor == Anchor.PAGE else (0, LAST_SECOND)
    if place is None or not first <= place <= last:
        raise Refusal(
            rule="Pages count from 1."
            if anchor == Anchor.PAGE
            else "A time lies between 0:00 and 23:59:59.",
            remedy="Write the place as 6 for a page, or as 2:43 for a time.",
        )


def read_place(anchor: Anchor, text: str) -> int | None:
    """A page (``6`` or ``p. 6``) or a time (``2:43``, ``1:02:43``) as a number of pages or seconds.

    None for an empty text. Raises ``ValueError`` for anything else.
    """
    text = text.strip().lower()
    if not text:
        return None
    if anchor == Anchor.PAGE:
        found = re.fullmatch(r"(?:p\.?|page)?\s*([0-9]{1,5})", text)
        if not found or not 1 <= int(found[1]) <= LAST_PAGE:
            raise ValueError("a page is a number from 1, such as 6")
        return int(found[1])
    if anchor == Anchor.TIME:
        found = re.fullmatch(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9])", text)
        if not found or (found[1] and int(found[2]) > 59):
            raise ValueError("a time is minutes and seconds, such as 2:43")
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
        if seconds > LAST_SECOND:
            raise ValueError("a time lies within 24 hours")
        return seconds
    raise ValueError("this item has no places: leave it empty")
