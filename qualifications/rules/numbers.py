"""Minima and maxima: hours of practice and supervision, clients, counted items, months."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from qualifications.rules.verdicts import Verdict

Amount = Decimal | int

SINGULAR = {"clients": "client", "items": "item", "months": "month", "hours": "hour"}


class Rule(Protocol):
    """What a rule must say to be judged: `NumericRule`, `TreeRule` and `RuleEntry` all do."""

    @property
    def label(self) -> str: ...
    @property
    def minimum(self) -> Decimal | None: ...
    @property
    def maximum(self) -> Decimal | None: ...
    @property
    def exceptional_maximum(self) -> Decimal | None: ...
    @property
    def unit_of_measure(self) -> str: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True)
class _Limits:
    """A rule's numbers in the unit that is judged: whole minutes for hours."""

    least: Amount | None
    most: Amount | None
    exceptional: Amount | None
    measure: str

    def bare(self, amount: Amount) -> str:
        if self.measure == "hours":
            return hours_in_words(int(amount))
        return format(Decimal(amount).normalize(), "f")

    def named(self, amount: Amount) -> str:
        if self.measure == "hours":
            return self.bare(amount)
        return f"{self.bare(amount)} {_noun(self.measure, amount)}"

    @property
    def span(self) -> str:
        if self.least is None and self.most is not None:
            return f"{self.named(self.most)} at most"
        if self.least is not None and self.most is not None and self.least != self.most:
            return f"{self.bare(self.least)} to {self.named(self.most)}"
        return self.named(self.least or 0)


def judge_rule(rule: Rule, value: Decimal | int | timedelta, *, exception: bool = False) -> Verdict:
    """Hold a value against a rule's minimum and maximum, both of which are enough in themselves.

    Hours are given as hours or as a `timedelta` and judged in whole minutes, rounded down, so that
    what is shown is what is judged. `exception` says that an approved exception is on record; it
    raises the maximum to the rule's `exceptional_maximum` where there is one. Raises `ValueError`
    for a rule without a number, which an assessor ticks, and for a value that is no amount.
    """
    if not has_number(rule):
        raise ValueError(f"The rule '{rule.label}' has no number: an assessor ticks it.")
    limits = _limits(rule)
    have = _have(rule, value)
    if limits.least is not None and have < limits.least:
        to_go = limits.named(limits.least - have)
        sentence = f"{to_go} to go: {limits.bare(have)} of {limits.span}."
        return Verdict(False, sentence, rule.source)
    if limits.most is None or have <= limits.most:
        return Verdict(True, f"Enough: {limits.bare(have)} of {limits.span}.", rule.source)
    within_exception = limits.exceptional is not None and have <= limits.exceptional
    if within_exception and exception:
        sentence = f"Enough: {limits.bare(have)} of {limits.span}, by an approved exception."
        return Verdict(True, sentence, rule.source)
    over = limits.named(have - limits.most)
    way_out = " An approved exception would allow it." if within_exception else ""
    sentence = f"{over} too many: {limits.bare(have)} of {limits.span}.{way_out}"
    return Verdict(False, sentence, rule.source)


def judge_count(rule: Rule, count: Decimal | int | str | timedelta | None) -> Verdict:
    """The same for what an assessor typed, which may be nothing yet: None or an empty text."""
    if count is None or count == "":
        return Verdict(False, "not counted yet.", rule.source)
    return judge_rule(rule, Decimal(count) if isinstance(count, str) else count)


def has_number(rule: Rule) -> bool:
    """Whether it has a minimum or a maximum; what has neither is ticked."""
    return rule.minimum is not None or rule.maximum is not None


def required_in_words(
    minimum: Amount | float | None, maximum: Amount | float | None, measure: str
) -> str:
    """What a rule asks for: `18 hours or more`, `2 to 3 clients`, `4 items at most`, `2 items`."""
    least, most = (None if n is None else f"{float(n):g}" for n in (minimum, maximum))
    if least and most:
        if least == most:
            return f"{least} {_noun(measure, float(minimum or 0))}"
        return f"{least} to {most} {measure}"
    if least:
        return f"{least} {_noun(measure, float(minimum or 0))} or more"
    return f"{most} {_noun(measure, float(maximum or 0))} at most"


def amount_in_words(amount: Amount, measure: str) -> str:
    """What was counted, as it is judged: `18 h 45`, `2 clients`, `1 month`."""
    if measure == "hours":
        return hours_in_words(_minutes(amount))
    return f"{format(Decimal(amount).normalize(), 'f')} {_noun(measure, amount)}"


def hours_in_words(minutes: int) -> str:
    """Whole minutes as people say them: `14 h 30`, `18 h`, `0 h 40`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _noun(measure: str, amount: Amount | float) -> str:
    return SINGULAR.get(measure, measure) if amount == 1 else measure


def _limits(rule: Rule) -> _Limits:
    def number(value: Decimal | None) -> Amount | None:
        if value is None or rule.unit_of_measure != "hours":
            return value
        return _minutes(value)

    return _Limits(
        number(rule.minimum),
        number(rule.maximum),
        number(rule.exceptional_maximum),
        rule.unit_of_measure,
    )


def _have(rule: Rule, value: Decimal | int | timedelta) -> Amount:
    if isinstance(value, timedelta):
        if rule.unit_of_measure != "hours":
            raise ValueError(f"The rule '{rule.label}' counts {rule.unit_of_measure}, not time.")
        if value < timedelta(0):
            raise ValueError(f"The rule '{rule.label}' cannot be held against less than nothing.")
        return value // timedelta(minutes=1)
    if not Decimal(value).is_finite() or value < 0:
        raise ValueError(f"The rule '{rule.label}' cannot be held against {value}.")
    return _minutes(value) if rule.unit_of_measure == "hours" else value


def _minutes(hours: Amount) -> int:
    return int(hours * 60 // 1)
