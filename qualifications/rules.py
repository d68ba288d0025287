"""The numeric rules as pure functions: a verdict, and the sentence that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal, Protocol

Decision = Literal["pass", "referral"]
PASS: Decision = "pass"  # noqa: S105
REFERRAL: Decision = "referral"

Amount = Decimal | int

SINGULAR = {"clients": "client", "items": "item", "months": "month"}


class Rule(Protocol):
    """What a rule must say to be judged: `NumericRule` and `TreeRule` both do."""

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


class Section(Protocol):
    """A section of a mark sheet: `MarkSection` and `TreeSection` both are."""

    @property
    def title(self) -> str: ...
    @property
    def maximum(self) -> int: ...
    @property
    def minimum(self) -> int: ...


@dataclass(frozen=True)
class Verdict:
    """Whether a rule is met, and why, as a sentence to show to people."""

    met: bool
    sentence: str


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
        noun = SINGULAR.get(self.measure, self.measure) if amount == 1 else self.measure
        return f"{self.bare(amount)} {noun}"

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
    if rule.minimum is None and rule.maximum is None:
        raise ValueError(f"The rule '{rule.label}' has no number: an assessor ticks it.")
    limits = _limits(rule)
    have = _have(rule, value)
    if limits.least is not None and have < limits.least:
        to_go = limits.named(limits.least - have)
        return Verdict(False, f"{to_go} to go: {limits.bare(have)} of {limits.span}.")
    if limits.most is None or have <= limits.most:
        return Verdict(True, f"Enough: {limits.bare(have)} of {limits.span}.")
    within_exception = limits.exceptional is not None and have <= limits.exceptional
    if within_exception and exception:
        return Verdict(
            True, f"Enough: {limits.bare(have)} of {limits.span}, by an approved exception."
        )
    over = limits.named(have - limits.most)
    way_out = " An approved exception would allow it." if within_exception else ""
    return Verdict(False, f"{over} too many: {limits.bare(have)} of {limits.span}.{way_out}")


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


def hours_in_words(minutes: int) -> str:
    """Whole minutes as people say them: `14 h 30`, `18 h`, `0 h 40`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


@dataclass(frozen=True)
class Outcome:
    """What a result sheet comes to; `decision` is missing while a criterion is undecided."""

    decision: Decision | None
    referred: tuple[str, ...]
    undecided: tuple[str, ...]
    sentence: str


def result_outcome(decisions: Mapping[str, str]) -> Outcome:
    """Derive a result sheet's outcome from "pass", "referral" or "" for each criterion number.

    Every criterion must be a pass, one referral refers the submission, and an undecided one keeps
    the outcome open (8588 handbook, result sheets). Raises `ValueError` for any other decision and
    for a sheet without criteria.
    """
    if not decisions:
        raise ValueError("A result sheet without criteria has no outcome.")
    for number, decision in decisions.items():
        if decision not in {PASS, REFERRAL, ""}:
            raise ValueError(f"'{decision}' for criterion {number} is not pass, referral or empty.")
    referred = tuple(number for number, decision in decisions.items() if decision == REFERRAL)
    undecided = tuple(number for number, decision in decisions.items() if not decision)
    reason = f"{_listed(referred)} {'is' if len(referred) == 1 else 'are'} a referral"
    if undecided:
        so_far = f", and {reason}: a single referral refers the submission" if referred else ""
        verb = "is" if len(undecided) == 1 else "are"
        return Outcome(None, referred, undecided, f"{_listed(undecided)} {verb} undecided{so_far}.")
    if referred:
        return Outcome(
            REFERRAL,
            referred,
            (),
            f"Referral, because {reason}: a single referral refers the submission.",
        )
    count = len(decisions)
    every = "The criterion is a pass" if count == 1 else f"All {count} criteria are a pass"
    return Outcome(PASS, (), (), f"Pass. {every}.")


@dataclass(frozen=True)
class MarkOutcome:
    """What one column of a mark sheet comes to, with both tests shown.

    `total` and `total_met` cover the marks given so far; `referred` and `undecided` are titles of
    sections.
    """

    decision: Decision | None
    total: int
    total_met: bool
    referred: tuple[str, ...]
    undecided: tuple[str, ...]
    sentence: str


def mark_outcome(sections: Sequence[Section], marks: Sequence[int | None]) -> MarkOutcome:
    """Derive a mark sheet's outcome from a whole mark, or None, for each section in order.

    A pass needs half of all marks and, in every section, its minimum; equal is enough, and nothing
    makes up for a section below it (D5 and D7 specifications, mark sheets). Raises `ValueError`
    for a mark outside its section, and where marks and sections do not pair.
    """
    if not sections or len(sections) != len(marks):
        raise ValueError(f"{len(marks)} marks do not pair with {len(sections)} sections.")
    given = [
        (section, mark) for section, mark in zip(sections, marks, strict=True) if mark is not None
    ]
    for section, mark in given:
        if not 0 <= mark <= section.maximum:
            raise ValueError(f"'{section.title}' takes 0 to {section.maximum} marks, not {mark}.")
    undecided = tuple(
        section.title for section, mark in zip(sections, marks, strict=True) if mark is None
    )
    short = [(section, mark) for section, mark in given if mark < section.minimum]
    referred = tuple(section.title for section, _ in short)
    total = sum(mark for _, mark in given)
    full = sum(section.maximum for section in sections)
    total_met = total * 2 >= full
    if undecided:
        return MarkOutcome(
            None,
            total,
            total_met,
            referred,
            undecided,
            f"{_listed(undecided)} {'has' if len(undecided) == 1 else 'have'} no mark yet.",
        )
    sum_of_marks = f"{total} of {full} marks"
    if total_met and not short:
        return MarkOutcome(
            PASS, total, True, (), (), f"Pass. {sum_of_marks}, and every section has its minimum."
        )
    reasons = [
        f"{section.title} has {mark} of the {section.minimum} it needs" for section, mark in short
    ]
    if not total_met:
        reasons.append(f"the total is {sum_of_marks}, and half is needed")
    return MarkOutcome(
        REFERRAL, total, total_met, referred, (), f"Referral, because {_listed(reasons)}."
    )


def _listed(parts: Sequence[str]) -> str:
    """`1.1`, `1.1 and 2.3`, `1.1, 1.2 and 2.3`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
