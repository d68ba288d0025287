"""What every rule answers with: whether it is met, the sentence that says why, and its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Verdict:
    """Whether a rule is met, and why, as a sentence to show to people; `source` says where the
    rule stands."""

    met: bool
    sentence: str
    source: str

    @property
    def cited(self) -> str:
        """The sentence with its source, such as ``18 h to go: 0 h of 18 h (unit 501, AC 2.1).``"""
        return f"{self.sentence.removesuffix('.')} ({self.source})."


NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def number_in_words(count: int) -> str:
    """Up to twelve as a word, from there on in figures."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def listed(parts: Sequence[str]) -> str:
    """`1.1`, `1.1 and 2.3`, `1.1, 1.2 and 2.3`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def credits_in_words(count: int) -> str:
    """`1 credit`, `16 credits`."""
    return "1 credit" if count == 1 else f"{count} credits"


def day_in_words(day: date) -> str:
    """`17 Nov 2026`."""
    return f"{day.day} {day:%b %Y}"
