"""The numbers by which units, outcomes and criteria are known, also where they were misread."""

import re
from typing import NamedTuple

REF = r"\b(?:\d{4}-\d{3}|[A-Z]\d\.\d{2})\b"
UAN = r"\b[A-Z]/\d{3}/\d{4}\b"
ACCREDITATION = r"\b\d{3}/\d{4}/[\dX]\b"
_NUMBER = re.compile(
    r"^(?:(?:Unit \S+:? )?A\.?\s?C\.?\s*)?([\dIl]{1,2})\s?[.,]\s?(\d{1,2})[.:]?"
    r"(?:\s+(?P<text>.*))?$"
)
_WITHOUT_POINT = re.compile(r"^([1-9])([1-9])(?:\s+(?P<text>[A-Z].*))?$")
_INSIDE = re.compile(r"(?<=\s)(?=\d{1,2}\.\d{1,2}\s+[A-Z])")
OUTCOME = re.compile(r"^(\d)[.)]?\s+(?P<text>\S.*)$")


class Numbered(NamedTuple):
    outcome: int
    criterion: int
    text: str
    misread: bool

    @property
    def number(self) -> str:
        return f"{self.outcome}.{self.criterion}"


def numbered(text: str, last: tuple[int, int] | None = None) -> Numbered | None:
    """The criterion number that a line starts with; `last` is the one before it.

    Two digits without a point count where they are the number that must come next.
    """
    if match := _NUMBER.match(text):
        outcome = match[1].replace("I", "1").replace("l", "1")
        misread = outcome != match[1]
        return Numbered(int(outcome), int(match[2]), match["text"] or "", misread)
    if match := _WITHOUT_POINT.match(text):
        found = int(match[1]), int(match[2])
        if follows(found, last):
            return Numbered(*found, match["text"] or "", True)
    return None


def follows(number: tuple[int, int], last: tuple[int, int] | None) -> bool:
    if last is None:
        return number == (1, 1)
    return number in ((last[0], last[1] + 1), (last[0] + 1, 1))


def parted(text: str, last: tuple[int, int] | None) -> list[str]:
    """A line that holds several criteria, parted before each number that is the next in turn."""
    parts = [""]
    for part in _INSIDE.split(text):
        found = numbered(part, last)
        if found and (not parts[-1] or follows(found[:2], last)):
            parts.append(part)
            last = found[:2]
        else:
            parts[-1] = f"{parts[-1]} {part}".strip()
            if found:
                last = found[:2]
    return [part.strip() for part in parts if part.strip()]


def same_ref(one: str, other: str) -> bool:
    """Whether one is the other or its last part: 501 and 8588-501, 5.03 and D5.03."""
    return one == other or other.endswith(one) or one.endswith(other)
