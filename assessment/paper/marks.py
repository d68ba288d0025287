"""What a mark sheet says: marks by section, in the assessor's column and in quality assurance's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from assessment.paper.content import Comment, Decision, Paper, PaperFault, check_audience
from qualifications.rules import MarkOutcome, judge_section, mark_outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBullet:
    """A line of a section; `criteria` names those that it stands for, such as "D7.02 1.1"."""

    text: str
    criteria: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSection:
    """A section in whole marks; `qa_mark` is None until quality assurance has given one.

    `looked_for` says what was found of its criteria's checklists, a line for each; it is for the
    file copy only.
    """

    position: int
    title: str
    maximum: int
    minimum: int
    bullets: tuple[PrintedBullet, ...]
    strengths: str
    improvements: str
    mark: int
    qa_mark: int | None = None
    comments: tuple[Comment, ...] = ()
    looked_for: tuple[str, ...] = ()

    @property
    def is_short(self) -> bool:
        """Whether the assessor's mark is below the minimum."""
        return not judge_section(self, self.mark).met


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One half of the sheet's foot: a column's total, both tests, its outcome and what to redo.

    Empty texts stand for what has not been given.
    """

    total: str
    total_test: str
    section_test: str
    outcome: str
    referred: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPaper(Paper):
    """Everything one copy of a mark sheet says.

    Refuses (PaperFault) a learner's copy with comments for others or with what was looked for, an
    outcome that the marks of its column contradict (D5 and D7 specifications, mark sheets: half of
    all marks and each section's minimum), a mark outside its section, and a section below its
    minimum that does not say what to redo.
    """

    kind: ClassVar[str] = "Mark sheet"
    template: ClassVar[str] = "assessment/paper/mark_sheet.html"

    sections: tuple[PrintedSection, ...]
    qa_outcome: Decision | None = None

    def __post_init__(self) -> None:
        check_audience(
            self.copy,
            (comment for part in self.sections for comment in part.comments),
            (line for part in self.sections for line in part.looked_for),
        )
        derived = self.column([section.mark for section in self.sections])
        if derived.decision != self.outcome:
            raise PaperFault(
                f"The marks say {derived.decision} and the sheet says {self.outcome}: a sheet "
                "passes exactly when each section has its minimum and the total is half of all."
            )
        for section in self.sections:
            if section.is_short and not section.improvements.strip():
                raise PaperFault(
                    f"Section {section.position} is below its minimum and does not say what to "
                    "redo."
                )
        checked = self.column([section.qa_mark for section in self.sections])
        if self.qa_outcome and checked.decision not in {None, self.qa_outcome}:
            raise PaperFault(
                f"Quality assurance's marks say {checked.decision} and its outcome is "
                f"{self.qa_outcome}."
            )

    def column(self, marks: list[int | None] | list[int]) -> MarkOutcome:
        """What one column of marks comes to. Refuses (PaperFault) marks outside their sections."""
        try:
            return mark_outcome(self.sections, list(marks))
        except ValueError as fault:
            raise PaperFault(str(fault)) from fault

    @property
    def stands(self) -> Decision:
        """Quality assurance's outcome where it has given one, because that adjudicates."""
        return self.qa_outcome or self.outcome

    @property
    def full(self) -> int:
        """All the marks that there are."""
        return sum(section.maximum for section in self.sections)

    @property
    def assessor_half(self) -> Half:
        return self._half([section.mark for section in self.sections], self.outcome)

    @property
    def qa_half(self) -> Half:
        return self._half([section.qa_mark for section in self.sections], self.qa_outcome)

    def _half(self, marks: list[int | None] | list[int], outcome: Decision | None) -> Half:
        column = self.column(marks)
        word = outcome or column.decision or ""
        if column.undecided:
            return Half(total="", total_test="", section_test="", outcome=word, referred="")
        short = [
            f"{section.position} {section.title}"
            for section, mark in zip(self.sections, marks, strict=True)
            if mark is not None and not judge_section(section, mark).met
        ]
        return Half(
            total=str(column.total),
            total_test="Yes" if column.total_met else "No",
            section_test="No" if short else "Yes",
            outcome=word,
            referred="; ".join(short) or "None",
        )
