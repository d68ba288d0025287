"""A PDF without tags, by the places of its words on the page; ruled tables cell by cell."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from qualifications.handbook.content import Place
from qualifications.handbook.formats.ruled import NEAR, Box, lines_of, tables
from qualifications.handbook.formats.words import COLUMN_GAP, MOST_SHAPES, Page, Word
from qualifications.handbook.formats.wrapping import Wrapping, wrapping_of
from qualifications.handbook.noise import UNSURE, clean, is_bullet
from qualifications.handbook.numbers import OUTCOME, numbered
from qualifications.handbook.pieces import Piece

_INDENT = 12.0  # points from the left edge that count as a tab
_FEWEST_ROWS = 3
_PADDING = 8.0  # points at most between a cell's line and its text


@dataclass
class _Line:
    """Words on one base line without a column's gap between them."""

    words: list[Word]
    page: int
    number: int
    right_edge: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def base(self) -> float:
        return self.words[0].base

    @property
    def size(self) -> float:
        return max(word.size for word in self.words)


@dataclass
class _Cell:
    lines: list[_Line]
    box: Box


_Block = list[_Line] | list[list[_Cell]]  # lines beside one another, or a table's rows


@dataclass
class _Blocks:
    """Of one page, in reading order."""

    number: int
    blocks: list[_Block] = field(default_factory=list)


def pieces_of_pages(contents: Sequence[Page]) -> list[Piece]:
    """Lines, paragraphs and cells, as far as the places of words and lines tell them."""
    pages = [_blocks(number, content) for number, content in enumerate(contents, start=1)]
    free = [
        block for page in pages for block in page.blocks if block and isinstance(block[0], _Line)
    ]
    lines = [line for block in free for line in block if isinstance(line, _Line)]
    edge = max((line.right for line in lines), default=0.0)
    left = min((line.left for line in lines), default=0.0)
    for line in lines:
        line.right_edge = edge
    tabbed, pitch = _tabbed(lines, left, pages), _usual_pitch(lines)
    return _Flow(left, tabbed, _wrapping(lines, pages), pitch).read(pages)


def _wrapping(free: Sequence[_Line], pages: Sequence[_Blocks]) -> Wrapping:
    cells = [
        cell.lines
        for page in pages
        for block in page.blocks
        for row in block
        if isinstance(row, list)
        for cell in row
        if cell.lines
    ]
    return wrapping_of(
        ([line.words for line in lines], lines[0].right_edge) for lines in (*cells, free) if lines
    )


# Blocks


def _blocks(number: int, content: Page) -> _Blocks:
    page = _Blocks(number)
    across, down = lines_of(content.shapes)
    cells = tables(across, down) if len(content.shapes) < MOST_SHAPES else []
    inside: list[list[list[Word]]] = [[[] for _ in table] for table in cells]
    free: list[Word] = []
    for word in content.words:
        middle_x, middle_y = (word.left + word.right) / 2, word.base - 0.3 * word.size
        for t, table in enumerate(cells):
            held = next((c for c, box in enumerate(table) if box.holds(middle_x, middle_y)), None)
            if held is not None:
                inside[t][held].append(word)
                break
        else:
            free.append(word)
    counter = itertools.count(1)
    placed: list[tuple[float, _Block]] = []
    for row in _rows(free):
        lines = [_Line(part, number, 0) for part in _columns(row)]
        placed.append((lines[0].base, lines))
    for table, held_words in zip(cells, inside, strict=True):
        if not any(held_words):
            continue
        grid: list[list[_Cell]] = []
        for box, some in zip(table, held_words, strict=True):
            padding = min((word.left - box.left for word in some), default=0.0)
            edge = box.right - min(max(padding, 0.0), _PADDING)
            lines = [_Line(row, number, 0, edge) for row in _rows(some)]
            if grid and abs(grid[-1][0].box.top - box.top) < 2:
                grid[-1].append(_Cell(lines, box))
            else:
                grid.append([_Cell(lines, box)])
        placed.append((table[0].top, grid))
    placed.sort(key=lambda entry: entry[0])
    for block in _by_columns([block for _, block in placed]):
        for line in _lines_in(block):
            line.number = next(counter)
        page.blocks.append(block)
    return page


def _by_columns(blocks: list[_Block]) -> list[_Block]:
    """Outcomes left and criteria right without a ruled line: each outcome's lines first, then
    those of its criteria."""
    found: list[_Block] = []
    index = 0
    while index < len(blocks):
        rows = _two_columns(blocks, index)
        if len(rows) < _FEWEST_ROWS or not any(right and numbered(right.text) for _, right in rows):
            found.append(blocks[index])
            index += 1
            continue
        left_lines: list[_Line] = []
        right_lines: list[_Line] = []
        for left, right in rows:
            if left and OUTCOME.match(left.text):
                found += [[line] for line in (*left_lines, *right_lines)]
                left_lines, right_lines = [], []
            left_lines += [left] if left else []
            right_lines += [right] if right else []
        found += [[line] for line in (*left_lines, *right_lines)]
        index += len(rows)
    return found


def _two_columns(blocks: list[_Block], start: int) -> list[tuple[_Line | None, _Line | None]]:
    """The rows from `start` on that keep to the two columns of the first."""
    rows: list[tuple[_Line | None, _Line | None]] = []
    gutter = 0.0
    for block in blocks[start:]:
        lines = [line for line in block if isinstance(line, _Line)]
        if not lines or len(lines) > 2:
            break
        if not rows:
            if len(lines) == 1:
                break
            gutter = lines[1].left - 2 * NEAR
        left = lines[0] if lines[0].right < gutter else None
        right = lines[-1] if lines[-1].left >= gutter else None
        if (left is not None) + (right is not None) != len(lines):
            break
        rows.append((left, right))
    return rows


def _lines_in(block: _Block) -> Iterable[_Line]:
    for part in block:
        if isinstance(part, _Line):
            yield part
        else:
            for cell in part:
                yield from cell.lines


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words by base line, each line from left to right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.left)):
        if found and abs(found[-1][0].base - word.base) <= 0.35 * max(word.size, 1):
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(row, key=lambda word: word.left) for row in found]


def _columns(row: Sequence[Word]) -> list[list[Word]]:
    parts = [[row[0]]]
    for word in row[1:]:
        last = parts[-1][-1]
        alone = len(parts[-1]) == 1 and (is_bullet(f"{last.text} x") or numbered(last.text))
        if word.left - last.right > COLUMN_GAP * last.size and not alone:
            parts.append([])
        parts[-1].append(word)
    return parts


# Pieces


def _usual_pitch(lines: Sequence[_Line]) -> float:
    """The distance of two base lines within a paragraph: the least of those that are common."""
    steps = Counter(
        round(line.base - before.base, 1)
        for before, line in itertools.pairwise(lines)
        if before.page == line.page and 0 < line.base - before.base < 3 * before.size
    )
    common = [step for step, count in steps.items() if count >= 0.08 * steps.total()]
    return min(common, default=0.0)


def _tabbed(lines: Sequence[_Line], left: float, pages: Sequence[_Blocks]) -> bool:
    """Whether an indent stands for a cell: a document without tables whose first lines are
    indented to one stop while the lines that follow them are not."""
    ruled = any(block and isinstance(block[0], list) for page in pages for block in page.blocks)
    indented = [line for line in lines if line.left > left + _INDENT]
    if ruled or len(indented) < 0.15 * len(lines):
        return False
    stop, most = Counter(round(line.left) for line in indented).most_common(1)[0]
    hanging = sum(
        1
        for before, line in itertools.pairwise(lines)
        if round(line.left) == stop and is_bullet(before.text) and before.left < line.left
    )
    return most > 0.6 * len(indented) and hanging < 0.1 * most


def _like_a_heading(text: str) -> bool:
    return text[:1].isupper() and len(text.split()) <= 3 and text[-1] not in ".,;)"


@dataclass
class _Flow:
    """Joins wrapped lines, also over the page's end, and rows that a page's end has parted."""

    left: float
    tabbed: bool
    wrapping: Wrapping
    pitch: float = 0.0
    in_table: bool = False
    pieces: list[Piece] = field(default_factory=list)
    last: _Line | None = None
    beside: bool = False  # the last line stands beside another
    row: list[tuple[Box, list[int]]] = field(default_factory=list)

    def read(self, pages: Sequence[_Blocks]) -> list[Piece]:
        for page in pages:
            for position, block in enumerate(page.blocks):
                if block and isinstance(block[0], _Line):
                    self._add_lines([line for line in block if isinstance(line, _Line)])
                    continue
                for at, row in enumerate(block):
                    if isinstance(row, list):
                        first = position <= 2 and at == 0
                        self._add_row(row, first_on_page=first and page.number > 1)
        return self.pieces

    def _add_lines(self, lines: list[_Line]) -> None:
        line = lines[0]
        gap = self._is_gap(line)
        opens = self.tabbed and line.left > self.left + _INDENT
        if len(lines) == 1 and not opens and self._wraps(line):
            self._lengthen(line)
            return
        for column, part in enumerate(lines):
            cell = opens or len(lines) > 1
            in_cell = cell or (
                self.tabbed and not gap and bool(self.pieces) and self.pieces[-1].in_cell
            )
            self.pieces.append(
                Piece(
                    clean(part.text),
                    part.text,
                    Place(part.number, part.page),
                    in_cell=in_cell,
                    opens_cell=cell,
                    opens_row=cell and column == 0 and (gap or len(lines) > 1),
                    after_gap=gap and column == 0,
                )
            )
        self.last, self.beside = lines[-1], len(lines) > 1

    def _is_gap(self, line: _Line) -> bool:
        if self.last is None or self.beside:
            return True
        return self.last.page != line.page or line.base - self.last.base > self._pitch()

    def _pitch(self) -> float:
        """The distance of base lines beyond which there is a gap between them."""
        size = self.last.size if self.last else 0.0
        return 1.12 * self.pitch if 0.8 * size < self.pitch < 3 * size else 1.9 * size

    def _wraps(self, line: _Line) -> bool:
        """Whether the line goes on from the last: its first word had no room there."""
        last = self.last
        if last is None or not self.pieces:
            return False
        if last.page == line.page and line.base - last.base > self._pitch():
            return False
        kept = self.wrapping.is_kept(last.words, line.words, last.right_edge)
        if kept or self.beside:
            return kept
        if is_bullet(line.text) or numbered(line.text):
            return False
        if not self.in_table and _like_a_heading(line.text):
            return False
        return self.wrapping.is_full(last.words, line.words, last.right_edge)

    def _lengthen(self, line: _Line) -> None:
        piece, last = self.pieces[-1], self.last
        part = clean(line.text)
        glue = self.wrapping.glue(last.words, line.words, last.right_edge) if last else " "
        mark = UNSURE if UNSURE in glue else ""
        self.pieces[-1] = replace(
            piece, text=clean(f"{piece.text}{glue}{part}"), raw=f"{piece.raw}{mark}\n{line.text}"
        )
        self.last = line

    def _add_row(self, row: list[_Cell], *, first_on_page: bool) -> None:
        if first_on_page and self._goes_on(row):
            self._add_to_row(row)
            return
        self.row = []
        for column, cell in enumerate(row):
            start = len(self.pieces)
            self._add_cell(cell, opens_row=column == 0)
            self.row.append((cell.box, list(range(start, len(self.pieces)))))
        self.last = None

    def _goes_on(self, row: list[_Cell]) -> bool:
        """Whether a page's first row is the rest of the row before: its columns are the same, and
        its first cell is empty, or a sentence goes on in one."""
        if len(row) < 2 or not all(self._above(cell) for cell in row if cell.lines):
            return False
        if not row[0].lines:
            return any(cell.lines for cell in row)
        return any(
            cell.lines[0].text[:1].islower() and self.pieces[above[-1]].text
            for cell in row
            if cell.lines and (above := self._above(cell))
        )

    def _above(self, cell: _Cell) -> list[int] | None:
        """The pieces of the row before that stand in the same column."""
        return next(
            (held for box, held in self.row if abs(cell.box.left - box.left) <= 2 * NEAR), None
        )

    def _add_to_row(self, row: list[_Cell]) -> None:
        for cell in row:
            held = self._above(cell)
            if held and cell.lines:
                self._add_to_cell(held, self._cell_pieces(cell, opens_row=False))

    def _add_to_cell(self, held: list[int], rest: list[Piece]) -> None:
        """Puts `rest` behind the pieces at `held`, and moves what the row holds behind them."""
        end = held[-1] + 1
        last = self.pieces[end - 1]
        if not last.text:
            self.pieces[end - 1] = replace(last, text=rest[0].text, raw=rest[0].raw)
            rest = rest[1:]
        elif rest[0].text[:1].islower():
            text, printed = f"{last.text} {rest[0].text}", f"{last.raw}\n{rest[0].raw}"
            self.pieces[end - 1] = replace(last, text=text, raw=printed)
            rest = rest[1:]
        self.pieces[end:end] = [replace(piece, opens_cell=False) for piece in rest]
        for _, others in self.row:
            others[:] = [at + len(rest) if at >= end else at for at in others]
        held.extend(range(end, end + len(rest)))

    def _add_cell(self, cell: _Cell, *, opens_row: bool) -> None:
        self.pieces.extend(self._cell_pieces(cell, opens_row=opens_row))

    def _cell_pieces(self, cell: _Cell, *, opens_row: bool) -> list[Piece]:
        inner = _Flow(cell.box.left, False, self.wrapping, in_table=True)
        for line in cell.lines:
            if inner._wraps(line):
                inner._lengthen(line)
                continue
            first = not inner.pieces
            inner.pieces.append(
                Piece(
                    clean(line.text),
                    line.text,
                    Place(line.number, line.page),
                    in_cell=True,
                    opens_cell=first,
                    opens_row=first and opens_row,
                    after_gap=first and opens_row,
                )
            )
            inner.last = line
        if not inner.pieces:
            place = self.pieces[-1].place if self.pieces else Place(1, 1)
            return [Piece("", "", place, in_cell=True, opens_cell=True, opens_row=opens_row)]
        return inner.pieces
