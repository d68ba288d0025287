"""Result sheets: the outcome of a submission that is judged criterion by criterion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qualifications.rules.verdicts import Verdict, listed, number_in_words

Decision = Literal["pass", "referral"]
PASS: Decision = "pass"  # noqa: S105
REFERRAL: Decision = "referral"

RESULT_SHEETS = "8588 handbook, result sheets"


@dataclass(frozen=True)
class Outcome:
    """What a result sheet comes to; `decision` is missing while a criterion is undecided."""

    decision: Decision | None
    referred: tuple[str, ...]
    undecided: tuple[str, ...]
    sentence: str
    passed: tuple[str, ...] = ()
    source: str = RESULT_SHEETS

    @property
    def verdict(self) -> Verdict:
        """Whether it is a pass."""
        return Verdict(self.decision == PASS, self.sentence, self.source)

    @property
    def summary(self) -> str:
        """How papers say it, where the outcome stands beside: ``One criterion, 2.3, is a referral;
        ten are a pass and carry over.``"""
        if self.undecided:
            return self.sentence
        if not self.referred:
            if len(self.passed) == 1:
                return "The criterion is a pass."
            return f"All {number_in_words(len(self.passed))} criteria are a pass."
        if len(self.referred) == 1:
            sentence = f"One criterion, {self.referred[0]}, is a referral"
        else:
            count = number_in_words(len(self.referred)).capitalize()
            sentence = f"{count} criteria, {listed(self.referred)}, are referrals"
        if not self.passed:
            return f"{sentence}."
        verb = "is a pass and carries" if len(self.passed) == 1 else "are a pass and carry"
        return f"{sentence}; {number_in_words(len(self.passed))} {verb} over."


def result_outcome(decisions: Mapping[str, str], *, source: str = RESULT_SHEETS) -> Outcome:
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
    passed = tuple(number for number, decision in decisions.items() if decision == PASS)
    reason = f"{listed(referred)} {'is' if len(referred) == 1 else 'are'} a referral"
    if undecided:
        so_far = f", and {reason}: a single referral refers the submission" if referred else ""
        verb = "is" if len(undecided) == 1 else "are"
        sentence = f"{listed(undecided)} {verb} undecided{so_far}."
        return Outcome(None, referred, undecided, sentence, passed, source)
    if referred:
        sentence = f"Referral, because {reason}: a single referral refers the submission."
        return Outcome(REFERRAL, referred, (), sentence, passed, source)
    count = len(decisions)
    every = "The criterion is a pass" if count == 1 else f"All {count} criteria are a pass"
    return Outcome(PASS, (), (), f"Pass. {every}.", passed, source)
