"""Where the boxes and lines of a qualification's picture stand; numbers alone, no drawing.

Every award is a lane that runs downwards. A unit that all awards share lies across all lanes, and
units that are alternatives to each other stand side by side, each in the lanes that demand it.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from qualifications.rules import (
    Column,
    Combination,
    credits_in_words,
    listed,
    pathway_columns,
)

GAP = 16
LANE = 144
SINGLE_LANE = 304
PADDING = 10
LINE = 17
BETWEEN = 22
CHARACTER = 6.9  # the mean width of a letter of the picture's text
TITLE_LINES = 4
ICON = 14  # the side of a mark's icon
HEAD = 30
FOOT = 48


@dataclass(frozen=True)
class UnitName:
    """How the picture names a unit."""

    number: str
    title: str


@dataclass(frozen=True)
class UnitMark:
    """How a unit stands for one learner: kind and icon of the look, and its word."""

    kind: str
    icon: str
    word: str


@dataclass(frozen=True)
class Lane:
    """An award: its name, its combination, and its guided hours where they are given.

    ``is_now`` says that the learner whose units are marked is on it.
    """

    name: str
    combination: Combination
    glh: int | None
    is_now: bool = False


@dataclass(frozen=True)
class Words:
    """A line of text; ``strong`` for numbers and names, ``quiet`` for what explains them."""

    text: str
    x: int
    y: int
    weight: str


@dataclass(frozen=True)
class Mark:
    """A unit's mark: where the square of its icon begins, and its word."""

    unit: UnitMark
    x: int
    y: int
    words: Words


@dataclass(frozen=True)
class Box:
    """A rectangle with its text; ``kind`` is head, now, shared, alternative or foot."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    words: tuple[Words, ...]
    mark: Mark | None = None


@dataclass(frozen=True)
class Line:
    """A lane's line from its name down to its total; ``style`` is its number, from one."""

    x: int
    top: int
    bottom: int
    style: int


@dataclass(frozen=True)
class Picture:
    """The picture in its own units, with the sentence that says the same."""

    width: int
    height: int
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    description: str


def pathway_picture(
    lanes: Sequence[Lane],
    names: Mapping[str, UnitName],
    marks: Mapping[str, UnitMark] | None = None,
) -> Picture | None:
    """Lay the picture out; ``names`` are by the unit's ref, and so are the ``marks`` that show how
    one learner stands. Nothing where there is no award."""
    return _Layout(lanes, names, marks or {}).picture() if lanes else None


class _Layout:
    def __init__(
        self,
        lanes: Sequence[Lane],
        names: Mapping[str, UnitName],
        marks: Mapping[str, UnitMark],
    ) -> None:
        self.lanes = lanes
        self.names = names
        self.marks = marks
        self.lane = LANE if len(lanes) > 1 else SINGLE_LANE
        self.boxes: list[Box] = []

    def picture(self) -> Picture:
        for number, lane in enumerate(self.lanes):
            name = f"Now: {lane.name}" if lane.is_now else lane.name
            self._box(number, 1, 0, HEAD, "now" if lane.is_now else "head", [(name, "strong")])
        top = HEAD + BETWEEN
        for column in pathway_columns([lane.combination for lane in self.lanes]):
            top += self._column(column, top) + BETWEEN
        for number, lane in enumerate(self.lanes):
            lines = [(credits_in_words(lane.combination.credits), "strong")]
            if lane.glh is not None:
                lines.append((f"{lane.glh} guided hours", "quiet"))
            self._box(number, 1, top, FOOT, "foot", lines)
        return Picture(
            width=self._right(len(self.lanes) - 1),
            height=top + FOOT,
            lines=tuple(
                Line(self._left(number) + self.lane // 2, HEAD, top, number + 1)
                for number in range(len(self.lanes))
            ),
            boxes=tuple(self.boxes),
            description=self._description(),
        )

    def _left(self, lane: int) -> int:
        return lane * (self.lane + GAP)

    def _right(self, lane: int) -> int:
        return self._left(lane) + self.lane

    def _column(self, column: Column, top: int) -> int:
        """Draw what the lanes ask for in one place, neighbours that agree as one; its height."""
        taken = [column.option_of(lane.combination.code) for lane in self.lanes]
        tallest = first = 0
        for option, alike in groupby(taken):
            span = len(list(alike))
            below = 0
            for unit in option.units:
                between = BETWEEN if below else 0
                box = self._unit(unit.ref, unit.credits, first, span, top + below + between)
                below += between + box
            tallest = max(tallest, below)
            first += span
        return tallest

    def _unit(self, ref: str, credit: int, lane: int, span: int, top: int) -> int:
        """Draw a unit across so many lanes; its height."""
        width = self._right(lane + span - 1) - self._left(lane)
        letters = int((width - 2 * PADDING) / CHARACTER)
        name = self.names[ref]
        title = textwrap.wrap(name.title, letters, max_lines=TITLE_LINES, placeholder=" …")
        lines = [(f"{name.number} · {credits_in_words(credit)}", "strong")]
        lines += [(text, "plain") for text in title]
        shared = span == len(self.lanes)
        if len(self.lanes) > 1:
            awards = listed([one.name for one in self.lanes[lane : lane + span]])
            lines.append(("In every award" if shared else f"{awards} only", "quiet"))
        mark = self.marks.get(ref)
        height = 2 * PADDING + LINE * (len(lines) + bool(mark))
        kind = "shared" if shared else "alternative"
        self._box(lane, span, top, height, kind, lines, mark)
        return height

    def _box(
        self,
        lane: int,
        span: int,
        top: int,
        height: int,
        kind: str,
        lines: Sequence[tuple[str, str]],
        mark: UnitMark | None = None,
    ) -> None:
        left = self._left(lane)
        width = self._right(lane + span - 1) - left
        middle = left + width // 2
        first = top + (height - LINE * (len(lines) + bool(mark))) // 2 + LINE - 4
        words = tuple(
            Words(text, middle, first + LINE * at, weight)
            for at, (text, weight) in enumerate(lines)
        )
        placed = _mark(mark, middle, first + LINE * len(lines)) if mark else None
        self.boxes.append(Box(left, top, width, height, kind, words, placed))

    def _description(self) -> str:
        """The picture as sentences, for those who don't see it."""
        sentences = []
        for lane in self.lanes:
            own = listed([self.names[ref].number for ref in lane.combination.refs])
            credit = credits_in_words(lane.combination.credits)
            now = ", where the learner is now" if lane.is_now else ""
            sentences.append(f"{lane.name}: {own}, {credit}{now}.")
        marked: dict[str, list[str]] = {}
        for ref in dict.fromkeys(ref for lane in self.lanes for ref in lane.combination.refs):
            if ref in self.marks:
                marked.setdefault(self.marks[ref].word, []).append(self.names[ref].number)
        sentences += [f"{word}: {listed(numbers)}." for word, numbers in marked.items()]
        return " ".join(sentences)


def _mark(unit: UnitMark, middle: int, y: int) -> Mark:
    """A mark whose icon and word stand in the middle together."""
    word = round(len(unit.word) * CHARACTER)
    left = middle - (word + ICON + 4) // 2
    return Mark(unit, left, y - ICON + 2, Words(unit.word, left + ICON + 4, y, "strong"))
