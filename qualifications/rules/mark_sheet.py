"""Mark sheets: the outcome of a submission that is judged by marks, section by section."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qualifications.rules.result_sheet import PASS, REFERRAL, Decision
from qualifications.rules.verdicts import Verdict, listed

MARK_SHEETS = "D5 and D7 specifications, mark sheets"
ALL_MARKS = 100  # a sheet's maxima add up to it


class Section(Protocol):
    """A section of a mark sheet: `MarkSection`, `TreeSection` and `SectionEntry` all are."""

    @property
    def title(self) -> str: ...
    @property
    def maximum(self) -> int: ...
    @property
    def minimum(self) -> int: ...


@dataclass(frozen=True)
class MarkOutcome:
    """What one column of a mark sheet comes to, with both tests shown.

    `total` and `total_met` cover the marks given so far, `full` is all that there are; `referred`
    and `undecided` are titles of sections.
    """

    decision: Decision | None
    total: int
    full: int
    total_met: bool
    referred: tuple[str, ...]
    undecided: tuple[str, ...]
    sentence: str
    summary: str
    source: str = MARK_SHEETS

    @property
    def needed(self) -> int:
        """The least total that is a pass."""
        return marks_needed(self.full)

    @property
    def verdict(self) -> Verdict:
        """Whether it is a pass."""
        return Verdict(self.decision == PASS, self.sentence, self.source)


def marks_needed(full: int) -> int:
    """The least total that is a pass: half of all marks, in whole marks."""
    return (full + 1) // 2


def judge_minimum(minimum: int, maximum: int, *, source: str = MARK_SHEETS) -> Verdict:
    """Whether the least mark of a section is half of its maximum, as on every mark sheet."""
    half = minimum * 2 == maximum
    said = f"The minimum {minimum} is {'' if half else 'not '}half of the maximum {maximum}."
    return Verdict(half, said, source)


def judge_maxima(maxima: Sequence[int], *, source: str = MARK_SHEETS) -> Verdict:
    """Whether the maxima of a sheet's sections add up to all marks; halves of them do then too."""
    total = sum(maxima)
    of_all = "" if total == ALL_MARKS else f", not to {ALL_MARKS}"
    return Verdict(not of_all, f"The sections' maxima add up to {total}{of_all}.", source)


def judge_section(section: Section, mark: int, *, source: str = MARK_SHEETS) -> Verdict:
    """Hold a mark against the least that its section needs; equal is enough.

    Raises `ValueError` for a mark outside the section.
    """
    if not 0 <= mark <= section.maximum:
        raise ValueError(f"'{section.title}' takes 0 to {section.maximum} marks, not {mark}.")
    met = mark >= section.minimum
    return Verdict(met, f"{section.title} has {mark} of the {section.minimum} it needs.", source)


def mark_outcome(
    sections: Sequence[Section], marks: Sequence[int | None], *, source: str = MARK_SHEETS
) -> MarkOutcome:
    """Derive a mark sheet's outcome from a whole mark, or None, for each section in order.

    A pass needs half of all marks and, in every section, its minimum; equal is enough, and nothing
    makes up for a section below it (D5 and D7 specifications, mark sheets). Raises `ValueError`
    for a mark outside its section, and where marks and sections do not pair.
    """
    if not sections or len(sections) != len(marks):
        raise ValueError(f"{len(marks)} marks do not pair with {len(sections)} sections.")
    short = []
    for position, (section, mark) in enumerate(zip(sections, marks, strict=True), start=1):
        if mark is not None and not (verdict := judge_section(section, mark)).met:
            short.append((position, section.title, verdict.sentence.removesuffix(".")))
    referred = tuple(title for _, title, _ in short)
    undecided = tuple(
        section.title for section, mark in zip(sections, marks, strict=True) if mark is None
    )
    total = sum(mark for mark in marks if mark is not None)
    full = sum(section.maximum for section in sections)
    total_met = total >= marks_needed(full)
    sum_of_marks = f"{total} of {full} marks"

    def outcome(decision: Decision | None, sentence: str, summary: str) -> MarkOutcome:
        return MarkOutcome(
            decision, total, full, total_met, referred, undecided, sentence, summary, source
        )

    if undecided:
        verb = "has" if len(undecided) == 1 else "have"
        sentence = f"{listed(undecided)} {verb} no mark yet."
        return outcome(None, sentence, sentence)
    if total_met and not short:
        summary = f"{sum_of_marks}, and every section has its minimum."
        return outcome(PASS, f"Pass. {summary}", summary)
    reasons = [reason for _, _, reason in short]
    printed = [
        f"section {position}, {title},{reason.removeprefix(title)}"
        for position, title, reason in short
    ]
    if not total_met:
        reasons.append(f"the total is {sum_of_marks}, and half is needed")
        printed = printed or ["half is needed"]
    return outcome(
        REFERRAL,
        f"Referral, because {listed(reasons)}.",
        f"{'; '.join([sum_of_marks, *printed])}.",
    )
