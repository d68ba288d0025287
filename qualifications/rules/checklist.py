"""The assessor's checklist: what a criterion asks to see, with a number or without.

An item keeps nobody from signing; it says what the assessor has found so far. Nothing derives an
outcome from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from qualifications.rules.numbers import (
    Rule,
    amount_in_words,
    has_number,
    judge_rule,
    required_in_words,
)
from qualifications.rules.verdicts import Verdict, listed

Found = bool | int | Decimal | None


class Item(Rule, Protocol):
    """A rule that an assessor ticks or counts under its code."""

    @property
    def code(self) -> str: ...


@dataclass(frozen=True)
class ChecklistVerdict(Verdict):
    """A whole checklist: `lines` are its items, each with its verdict."""

    lines: tuple[tuple[Item, Verdict], ...]

    @property
    def open(self) -> tuple[Item, ...]:
        """The items that are not met."""
        return tuple(item for item, verdict in self.lines if not verdict.met)


def judge_item(item: Rule, found: Found) -> Verdict:
    """Hold an item against what the assessor found: a tick, a count, or nothing yet.

    A tick says that there is enough, whatever the number. Raises `ValueError` for a count where
    there is no number to count to, and for one that is no amount.
    """
    if found is None and has_number(item):
        asked = required_in_words(item.minimum, item.maximum, item.unit_of_measure)
        return Verdict(False, f"Not counted yet: {asked}.", item.source)
    if found is None:
        return Verdict(False, "Not looked at yet.", item.source)
    if isinstance(found, bool):
        if found:
            return Verdict(True, "Found.", item.source)
        return Verdict(False, "Looked for and not found.", item.source)
    return judge_rule(item, found)


def judge_checklist(items: Sequence[Item], found: Mapping[str, Found]) -> ChecklistVerdict:
    """Hold every item against what was found under its code; a code that is missing is not looked
    at yet. A checklist without items is met."""
    lines = tuple((item, judge_item(item, found.get(item.code))) for item in items)
    still = tuple(item.label for item, verdict in lines if not verdict.met)
    sources = tuple(dict.fromkeys(item.source for item in items))
    if not items:
        sentence = "There is nothing to check."
    elif still:
        count = "1 item is" if len(still) == 1 else f"{len(still)} of {len(items)} items are"
        sentence = f"{count} still open: {listed(still)}."
    else:
        sentence = "The item is met." if len(items) == 1 else f"All {len(items)} items are met."
    return ChecklistVerdict(not still, sentence, "; ".join(sources), lines)


def checklist_in_words(items: Sequence[Item], found: Mapping[str, Found]) -> str:
    """What was found, in a line, such as `Two needs or more (1 of 2 items or more).`; what was
    looked at on none of the items is `nothing on record.`"""
    if all(found.get(item.code) is None for item in items):
        return "nothing on record."
    said = (f"{item.label} ({item_in_words(item, found.get(item.code))})" for item in items)
    return f"{'; '.join(said)}."


def item_in_words(item: Rule, found: Found) -> str:
    """What was found, in few words: `1 of 2 items or more`, `found`, `not found`, `not counted`.

    Raises `ValueError` for a count where there is no number to count to.
    """
    if isinstance(found, bool):
        return "found" if found else "not found"
    if found is None:
        return "not counted" if has_number(item) else "not looked at"
    if not has_number(item):
        raise ValueError(f"The rule '{item.label}' has no number: an assessor ticks it.")
    measure = item.unit_of_measure
    amount = amount_in_words(found, measure) if measure == "hours" else f"{Decimal(found):f}"
    return f"{amount} of {required_in_words(item.minimum, item.maximum, measure)}"
