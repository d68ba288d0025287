"""How far the reading of a handbook is, for whoever waits for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_WRITTEN = re.compile(r"(pages|layouts|sums) ([0-9]{1,4}) ([0-9]{1,4})")


class Step(StrEnum):
    """The steps in their order; how long the second and third take is not known beforehand."""

    PAGES = "pages"
    LAYOUTS = "layouts"
    SUMS = "sums"


@dataclass(frozen=True)
class Progress:
    """A step, and how much of it is done where that can be counted."""

    step: Step
    done: int = 0
    total: int = 0

    @classmethod
    def from_written(cls, text: str) -> "Progress | None":
        """What `str` made of it; nothing for any other text."""
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found[2]) > int(found[3]):
            return None
        return cls(Step(found[1]), int(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.step} {self.done} {self.total}"


Tell = Callable[[Progress], None]


def untold(progress: Progress) -> None:
    """Nobody waits."""
