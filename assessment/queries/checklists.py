"""What the assessor looks for on a criterion, and what of it was found. It blocks nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assessment.models import Finding
from qualifications.queries import TreeRule
from qualifications.rules import (
    ChecklistVerdict,
    Found,
    Verdict,
    checklist_in_words,
    has_number,
    judge_checklist,
    judge_item,
)


@dataclass(frozen=True)
class CheckLine:
    """An item of a checklist, and what the assessor counted or found."""

    rule: TreeRule
    value: str

    @property
    def is_counted(self) -> bool:
        """Whether it has a number; what has none is answered with a ``Finding``."""
        return has_number(self.rule)

    @property
    def found(self) -> Found:
        """The same as the rules take it."""
        if not self.value:
            return None
        return Decimal(self.value) if self.is_counted else self.value == Finding.FOUND

    @property
    def verdict(self) -> Verdict:
        """What the rules say of it."""
        return judge_item(self.rule, self.found)


@dataclass(frozen=True)
class Checklist:
    """The checklist of one criterion, which ``mark`` names."""

    mark: str
    lines: tuple[CheckLine, ...]

    @property
    def verdict(self) -> ChecklistVerdict:
        """What the rules say of all of it."""
        return judge_checklist(self._items, self._found)

    @property
    def in_words(self) -> str:
        """What was found, in a line."""
        return checklist_in_words(self._items, self._found)

    @property
    def warning(self) -> str:
        """What is open, with the criterion; empty where nothing is."""
        return "" if self.verdict.met else f"{self.mark}: {self.verdict.sentence}"

    @property
    def _items(self) -> list[TreeRule]:
        return [line.rule for line in self.lines]

    @property
    def _found(self) -> dict[str, Found]:
        return {line.rule.code: line.found for line in self.lines}


@dataclass(frozen=True)
class OpenChecklist:
    """A pass with something still open on its checklist; ``mark`` as of a ``Block``."""

    mark: str
    text: str


def filled_checklists(
    items: Mapping[str, Iterable[TreeRule]], counts: Mapping[str, Any]
) -> tuple[Checklist, ...]:
    """Checklists, by the criterion that each belongs to, against what was found under their codes.

    A criterion without items has none.
    """
    filled = (
        Checklist(mark, tuple(CheckLine(rule, str(counts.get(rule.code, ""))) for rule in rules))
        for mark, rules in items.items()
    )
    return tuple(checklist for checklist in filled if checklist.lines)


def open_checklists(mark: str, checklists: Iterable[Checklist]) -> tuple[OpenChecklist, ...]:
    """What is open on the checklists of a part that passes."""
    return tuple(
        OpenChecklist(mark, checklist.warning) for checklist in checklists if checklist.warning
    )
