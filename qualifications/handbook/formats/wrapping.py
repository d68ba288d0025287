"""Lines that ran out of room: whether one goes on in the next, and what stands between them."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualifications.handbook.formats.words import COLUMN_GAP, WORD_GAP, Word
from qualifications.handbook.noise import UNSURE

Words = Sequence[Word]  # of one printed line
_LEADER = re.compile(r"\s*\.{4,}\s*")  # to a page number
_OPENING = "([{‘“«•·–—&+"
_NO_END = "ijquv"  # letters in which hardly any English word ends
_NO_WORDS = frozenset("bcdefghjklmnopqrstuvwxyz")
_OFTEN = 0.2  # of full lines: a program that drops their last space drops each
_SPACE = 0.45  # of the sign's size: more than a space takes
_LONGEST_WORD = 18  # letters
_KEPT = 0.2  # of the column's width: room at most behind a line that ends in a space


@dataclass(frozen=True)
class Wrapping:
    """What a file tells of its line ends: whether the space behind a full line is kept, and the
    words that stand whole within lines."""

    keeps_space: bool = False
    known: frozenset[str] = frozenset()

    def is_full(self, line: Words, following: Words, edge: float) -> bool:
        """Whether the first word of the following line had no room before the column's edge.

        Where spaces are kept, a line without one ends a paragraph if a space had room."""
        if self.is_kept(line, following, edge):
            return True
        last, first = line[-1], following[0]
        parted = self.keeps_space and not last.spaced and last.text[-1] not in "-/"
        if parted and not first.text[:1].islower() and edge - last.right > _SPACE * last.size:
            return False
        return _lacks_room(line, following, edge)

    def is_kept(self, line: Words, following: Words, edge: float) -> bool:
        """Whether the line ends near the edge in a space, which only a sentence going on has."""
        if not (self.keeps_space and line[-1].spaced):
            return False
        near = edge - line[-1].right < _KEPT * (edge - line[0].left)
        return near or _lacks_room(line, following, edge)

    def glue(self, line: Words, following: Words, edge: float) -> str:
        """A space, or nothing within a word; `UNSURE` with it where the document does not tell."""
        last, first = line[-1].text, following[0].text
        if line[-1].spaced:
            return " "
        if last[-1] in "-/" and last[-2:-1].isalnum() and first[0].isalnum():
            return ""
        broken = self._is_broken(line, following, edge)
        if broken is None:
            return UNSURE if self._is_likely_one(*_halves(line, following)) else f" {UNSURE}"
        return "" if broken else " "

    def _is_broken(self, line: Words, following: Words, edge: float) -> bool | None:
        """Whether a word without a hyphen goes on below; None where nothing tells.

        Where spaces are kept, one that is missing tells, for a word that is alone on its line and
        wider than the column. A line that is filled to its end has lost its space, too, and some
        programs keep none: then the words of the document tell.
        """
        start, rest = line[-1].text, following[0].text
        if not (start[-1].isalnum() and rest[0].isalnum()):
            joins = rest[0] not in _OPENING and rest != "/"
            return self.keeps_space and start[-1].isalnum() and joins
        first, second = _halves(line, following)
        if not self.keeps_space:
            return first + second in self.known and first not in self.known and rest[0].islower()
        width = line[-1].right - line[0].left + following[0].right - following[0].left
        if len(line_text(line).split()) > 1 or width <= edge - line[0].left:
            return False
        if start[-1] in _NO_END or second in _NO_WORDS or (start[-1] + rest[0]).isdigit():
            return True
        return self._is_one(first, second)

    def _is_one(self, first: str, second: str) -> bool | None:
        """Whether two halves are one word of the document; None where they are neither that nor
        two, and not too long for one."""
        both_known = {first, second} <= self.known
        if first + second in self.known:
            return not both_known
        return False if both_known or len(first + second) > _LONGEST_WORD else None

    def _is_likely_one(self, first: str, second: str) -> bool:
        return not {first, second} & self.known


def _halves(line: Words, following: Words) -> tuple[str, str]:
    """The last letters and digits of a line and the first of the next, small."""
    return _runs(line_text(line).split()[-1])[-1], _runs(following[0].text)[0]


def line_text(line: Words) -> str:
    """The line's words; a tab stands for a gap as wide as one, and for dots to a page number."""
    text = line[0].text
    for before, word in itertools.pairwise(line):
        gap = word.left - before.right
        if gap > COLUMN_GAP * before.size:
            text += "\t"
        elif before.spaced or gap > WORD_GAP * before.size:
            text += " "
        text += word.text
    return _LEADER.sub("\t", text)


def wrapping_of(paragraphs: Iterable[tuple[Sequence[Words], float]]) -> Wrapping:
    """What the lines of each paragraph, or of each column, and its edge tell together."""
    known: set[str] = set()
    kept = full = 0
    for lines, edge in paragraphs:
        for at, line in enumerate(lines):
            words = line_text(line).split()
            for word in words[min(at, 1) : len(words) - (at < len(lines) - 1)]:
                known.update(_runs(word))
        for line, following in itertools.pairwise(lines):
            if _lacks_room(line, following, edge):
                full += 1
                kept += line[-1].spaced
    return Wrapping(kept > _OFTEN * full, frozenset(known))


def _lacks_room(line: Words, following: Words, edge: float) -> bool:
    first = following[0]
    return first.right - first.left + 0.2 * first.size > edge - line[-1].right - 1


def _runs(word: str) -> list[str]:
    """The letters and digits of "senior/strategic", part by part, small."""
    return re.findall(r"[^\W_]+", word.lower())
