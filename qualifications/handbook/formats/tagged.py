"""A PDF with tags: its own outline, filled with the words that its marks name."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from qualifications.handbook.content import Place
from qualifications.handbook.formats.outline import Block, Cell, Paragraph, Table, pieces_of
from qualifications.handbook.formats.tags import Mark, Tag
from qualifications.handbook.formats.words import DECORATION, Page, Word
from qualifications.handbook.formats.wrapping import Words, Wrapping, line_text, wrapping_of
from qualifications.handbook.pieces import Piece

_INLINE = {
    *("Span", "Link", "Quote", "Em", "Strong", "Sub", "Reference", "Annot", "Code", "BibEntry"),
    *("NonStruct", "Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP"),
}
_PARAGRAPHS = {
    *("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "Title", "Caption", "TOCI", "LBody"),
}
_LEFT_OUT = {"Note", "FENote", "Artifact"}
_STOPS = ".:;!?"
_BODY = 0
_NEAR = 6.0  # points between the base lines of a running header and of the text, at least


def pieces_of_tags(tags: Tag, pages: Sequence[Page]) -> list[Piece] | None:
    """The outline in reading order; None where words stand outside of it, which only looks tell."""
    reader = _Reader(pages)
    if not reader.holds_all(tags):
        return None
    try:
        return pieces_of(reader.read(tags))
    except _MisplacedError:
        return None


class _MisplacedError(Exception):
    """The tags put a list where it does not stand."""


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
        """Whether the tags name every word but those above or below all others of their page, as
        running headers stand, and what the file calls decoration on page after page."""
        named = set(tags.marks())
        decorated = Counter(
            text for page in self.pages for text in {w.text for w in page.words if _decorates(w)}
        )
        for number, page in enumerate(self.pages, start=1):
            bases = [word.base for word in page.words if Mark(number, word.mark) in named]
            for word in page.words:
                if Mark(number, word.mark) in named or decorated[word.text] > 1:
                    continue
                if bases and not min(bases) - _NEAR < word.base < max(bases) + _NEAR:
                    continue
                if bases or not _decorates(word):
                    return False
        return any(page.words for page in self.pages)

    def read(self, tags: Tag) -> list[Block]:
        blocks = self._blocks(tags, _BODY)
        edges: dict[int, float] = {}  # of each column: the end of its longest line
        for one in self.printed:
            rights = (line.words[-1].right for line in one.lines)
            edges[one.column] = max(edges.get(one.column, 0.0), *rights)
        wrapping = wrapping_of(
            ([line.words for line in one.lines], edges[one.column]) for one in self.printed
        )
        for one in self.printed:
            one.written.extend(_written(one, edges[one.column], wrapping))
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
        """The list in parts, from left to right, each of items that stand one above another."""
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
        if found != sorted(found, key=lambda one: one[0]):
            raise _MisplacedError  # items of a row below
        return [column for _, _, column in found]

    def _words_of(self, part: Tag | Mark) -> list[tuple[int, Word]]:
        marks = [part] if isinstance(part, Mark) else part.marks()
        return [(mark.page, word) for mark in marks for word in self.words.get(mark, ())]


def _decorates(word: Word) -> bool:
    return word.mark == DECORATION


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


def _written(printed: _Printed, edge: float, wrapping: Wrapping) -> Iterator[tuple[Place, str]]:
    """The lines as their author broke them: those that ran out of room are put together."""
    pairs = [(one.words, other.words) for one, other in itertools.pairwise(printed.lines)]
    if len(pairs) > 1 and not any(wrapping.is_full(*pair, edge) for pair in pairs):
        edge = max(line.words[-1].right for line in printed.lines)  # an indent on the right
    first = printed.lines[0]
    text, place = " ".join(filter(None, (printed.label, line_text(first.words)))), first.place
    for pair, line in zip(pairs, printed.lines[1:], strict=True):
        if wrapping.is_full(*pair, edge) or _goes_on(*pair):
            text += wrapping.glue(*pair, edge) + line_text(line.words)
        else:
            yield place, text
            text, place = line_text(line.words), line.place
    yield place, text


def _goes_on(line: Words, following: Words) -> bool:
    """Whether the next line begins within a sentence, whatever the room."""
    return following[0].text[:1].islower() and line[-1].text[-1] not in _STOPS
