"""A PDF with tags: its own outline, filled with the words that its marks name."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from qualifications.handbook.content import Place
from qualifications.handbook.formats.outline import Block, Cell, Paragraph, Table, pieces_of
from qualifications.handbook.formats.tags import Mark, Tag
from qualifications.handbook.formats.words import (
    COLUMN_GAP,
    DECORATION,
    WORD_GAP,
    Page,
    Word,
)
from qualifications.handbook.pieces import Piece

_INLINE = frozenset(
    "Span Link Quote Em Strong Sub Reference Annot Code BibEntry NonStruct Ruby RB RT RP Warichu WT"
    " WP".split()
)
_PARAGRAPHS = frozenset("P H H1 H2 H3 H4 H5 H6 Title Caption TOCI LBody".split())
_LEFT_OUT = frozenset("Note FENote Artifact".split())
_LEADER = re.compile(r"\s*\.{4,}\s*")  # to a page number
_STOPS = ".:;!?"
_OFTEN = 0.2  # of full lines: a program that drops their last space drops each
_BODY = 0


def pieces_of_tags(tags: Tag, pages: Sequence[Page]) -> list[Piece] | None:
    """The outline in reading order; None where words stand outside of it, which only looks tell."""
    reader = _Reader(pages)
    if not reader.holds_all(tags):
        return None
    return pieces_of(reader.read(tags))


class _Line(NamedTuple):
    words: list[Word]
    place: Place


class _Printed(NamedTuple):
    """A paragraph as printed, and the lines that its author wrote, once they are known."""

    column: int  # in which it stands: _BODY, or one of a table
    label: str
    lines: list[_Line]
    written: list[tuple[Place, str]]


@dataclass
class _Reader:
    pages: Sequence[Page]
    words: dict[Mark, list[Word]] = field(default_factory=dict)
    printed: list[_Printed] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)  # lines, by page
    columns: Iterator[int] = field(default_factory=lambda: itertools.count(_BODY + 1))
    place: Place = field(default_factory=lambda: Place(1, 1))  # of the last line
    label: str = ""  # of a list's item whose text comes next

    def __post_init__(self) -> None:
        for number, page in enumerate(self.pages, start=1):
            for word in page.words:
                self.words.setdefault(Mark(number, word.mark), []).append(word)

    def holds_all(self, tags: Tag) -> bool:
        """Whether every word is named by a tag, or is what the file calls decoration."""
        named = set(tags.marks())
        held = [mark for mark in self.words if mark.number != DECORATION]
        return bool(held) and all(mark in named for mark in held)

    def read(self, tags: Tag) -> list[Block]:
        blocks = self._blocks(tags, _BODY)
        edges = _edges(self.printed)
        for one in self.printed:
            one.written.extend(_written(one, edges[one.column]))
        return blocks

    def _blocks(self, tag: Tag, column: int) -> list[Block]:
        found: list[Block] = []
        run: list[tuple[int, Word]] = []

        def close() -> None:
            if run:
                found.append(self._paragraph(run, column))
                run.clear()

        for part in _flat(tag):
            if isinstance(part, Mark):
                run += self._words_of(part)
                continue
            close()
            if part.kind == "Lbl":
                self.label = " ".join(word.text for _, word in self._words_of(part))
            elif part.kind == "Table":
                found.append(self._table(part))
            elif part.kind not in _LEFT_OUT:
                found += self._blocks(part, column)
        close()
        if not found and tag.kind in _PARAGRAPHS:
            found.append(Paragraph([(self.place, "")]))
        return found

    def _paragraph(self, run: Sequence[tuple[int, Word]], column: int) -> Paragraph:
        lines: list[_Line] = []
        for page, word in run:
            if not lines or page != lines[-1].place.page or _breaks(lines[-1].words[-1], word):
                self.counts[page] += 1
                self.place = Place(self.counts[page], page)
                lines.append(_Line([], self.place))
            lines[-1].words.append(word)
        printed = _Printed(column, _sign(self.label), lines, [])
        self.label = ""
        self.printed.append(printed)
        return Paragraph(printed.written)

    def _table(self, tag: Tag) -> Table:
        """A cell that spans rows leaves an empty one in each row below, as in a Word document."""
        columns: dict[tuple[int, int, int], int] = {}
        spanned: dict[int, int] = {}  # rows below that the cell of a column still takes
        rows = []
        for row in map(self._with_own_lists, _rows(tag)):
            cells: list[Cell] = []
            at = 0

            def pass_spanned(at: int, cells: list[Cell]) -> int:
                while spanned.get(at):
                    spanned[at] -= 1
                    cells.append(Cell([], self.place))
                    at += 1
                return at

            for cell in row:
                at = pass_spanned(at, cells)
                place = at, cell.columns, len(row)  # a row of fewer cells has wider ones
                column = columns.setdefault(place, next(self.columns))
                cells.append(Cell(self._blocks(cell, column), self.place))
                if cell.rows > 1:
                    spanned[at] = cell.rows - 1
                at += cell.columns
            pass_spanned(at, cells)
            rows.append(cells)
        return Table(rows)


    def _with_own_lists(self, row: list[Tag]) -> list[Tag]:
        """LibreOffice tags a list that goes on in the next cell as a part of the first: the items
        of each column go back to their own."""
        found = [replace(cell, parts=list(cell.parts)) for cell in row]
        for at, cell in enumerate(row):
            for part in cell.parts:
                if isinstance(part, Tag) and part.kind == "L":
                    own, *others = self._columns_of(part)
                    found[at].parts[found[at].parts.index(part)] = own
                    for moved, later in zip(others, found[at + 1 :], strict=False):
                        later.parts.insert(0, moved)
        return found

    def _columns_of(self, items: Tag) -> list[Tag]:
        """The list in parts, from left to right, each with the items that stand one above another."""
        found: list[tuple[float, float, Tag]] = []
        for item in items.parts:
            words = [word for _, word in self._words_of(item)]
            left = min((word.left for word in words), default=0.0)
            right = max((word.right for word in words), default=0.0)
            for index, (its_left, its_right, column) in enumerate(found):
                if not words or (left < its_right and its_left < right):
                    column.parts.append(item)
                    found[index] = min(left, its_left), max(right, its_right), column
                    break
            else:
                found.append((left, right, replace(items, parts=[item])))
        return [column for _, _, column in sorted(found, key=lambda one: one[0])]

    def _words_of(self, part: Tag | Mark) -> list[tuple[int, Word]]:
        marks = [part] if isinstance(part, Mark) else part.marks()
        return [(mark.page, word) for mark in marks for word in self.words.get(mark, ())]


def _flat(tag: Tag) -> Iterator[Tag | Mark]:
    """What stands in the tag, without the tags that only dress a part of a line."""
    for part in tag.parts:
        if isinstance(part, Tag) and part.kind in _INLINE:
            yield from _flat(part)
        else:
            yield part


def _rows(tag: Tag) -> Iterator[list[Tag]]:
    for part in tag.parts:
        if isinstance(part, Mark):
            continue
        if part.kind == "TR":
            yield [cell for cell in part.parts if isinstance(cell, Tag)]
        elif part.kind != "Caption":
            yield from _rows(part)


def _sign(label: str) -> str:
    """A list's number as printed; whatever else marks its items is a bullet."""
    return label if not label or any(sign.isalnum() for sign in label) else "•"


# Lines


def _breaks(before: Word, word: Word) -> bool:
    return abs(word.base - before.base) > 0.5 * before.size or word.left < before.left


def _text(line: _Line) -> str:
    text = line.words[0].text
    for before, word in itertools.pairwise(line.words):
        gap = word.left - before.right
        if gap > COLUMN_GAP * before.size:
            text += "\t"
        elif before.spaced or gap > WORD_GAP * before.size:
            text += " "
        text += word.text
    return _LEADER.sub("\t", text)


@dataclass(frozen=True)
class _Edge:
    """Where the lines of a column end; whether the file keeps the space behind a full one, and
    the words that it has within lines."""

    right: float
    keeps_space: bool = False
    known: frozenset[str] = frozenset()

    def is_full(self, line: _Line, following: _Line) -> bool:
        """Whether the first word of the following line had no room on the line."""
        last, first = line.words[-1], following.words[0]
        room = self.right - last.right
        kept = self.keeps_space and last.spaced and room < 0.2 * (self.right - line.words[0].left)
        return kept or first.right - first.left + 0.2 * first.size > room - 1

    def joint(self, line: _Line, following: _Line) -> str | None:
        """What stands between two lines of one sentence; None where their author parted them."""
        last, first = line.words[-1].text, following.words[0].text
        small = first[:1].islower()
        if not self.is_full(line, following) and (not small or last[-1] in _STOPS):
            return None
        if line.words[-1].spaced:
            return " "
        if last[-1] in "-/" and (self.keeps_space or (last[-2:-1].isalpha() and small)):
            return ""
        return "" if self.keeps_space and self._is_broken(line, following) else " "

    def _is_broken(self, line: _Line, following: _Line) -> bool:
        """Whether one word, alone on its line and wider than the column, goes on below.

        A line that is filled to its end has lost its space, too: then the words tell.
        """
        text, last, first = _text(line), line.words[-1], following.words[0]
        width = last.right - line.words[0].left + first.right - first.left
        if set(" \t") & set(text) or width <= self.right - line.words[0].left:
            return False
        if not (text[-1].isalnum() and first.text[0].isalnum()):
            return text[-1].isalnum()
        whole = _bare(text + first.text) in self.known
        start, rest = _bare(text) in self.known, _bare(first.text) in self.known
        if whole:
            return not (start and rest)
        return not start and (not rest or len(first.text) == 1)


def _bare(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def _edges(printed: Sequence[_Printed]) -> dict[int, _Edge]:
    """The edge of each column: the end of its longest line."""
    rights: dict[int, float] = {}
    known: set[str] = set()
    for one in printed:
        for at, line in enumerate(one.lines):
            rights[one.column] = max(rights.get(one.column, 0.0), line.words[-1].right)
            words = _text(line).split()
            known.update(map(_bare, words[min(at, 1) : len(words) - (line is not one.lines[-1])]))
    full = [
        line.words[-1].spaced
        for one in printed
        for line, following in itertools.pairwise(one.lines)
        if _Edge(rights[one.column]).is_full(line, following)
    ]
    keeps_space = full.count(True) > _OFTEN * len(full)
    whole = frozenset(known)
    return {column: _Edge(right, keeps_space, whole) for column, right in rights.items()}


def _written(printed: _Printed, edge: _Edge) -> Iterator[tuple[Place, str]]:
    """The lines as their author broke them: those that ran out of room are put together."""
    pairs = list(itertools.pairwise(printed.lines))
    joints = [edge.joint(*pair) for pair in pairs]
    if len(joints) > 1 and not any(edge.is_full(*pair) for pair in pairs):
        own = max(line.words[-1].right for line in printed.lines)  # an indent on the right
        joints = [replace(edge, right=own).joint(*pair) for pair in pairs]
    first = printed.lines[0]
    text, place = " ".join(filter(None, (printed.label, _text(first)))), first.place
    for joint, line in zip(joints, printed.lines[1:], strict=True):
        if joint is None:
            yield place, text
            text, place = _text(line), line.place
        else:
            text += joint + _text(line)
    yield place, text
