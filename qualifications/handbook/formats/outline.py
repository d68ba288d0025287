"""What word processors and tagged PDFs have in common: paragraphs, and tables of rows of cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qualifications.handbook.content import Place
from qualifications.handbook.formats.text import line_pieces
from qualifications.handbook.noise import clean
from qualifications.handbook.pieces import Piece

_FEW_EMPTY = 0.05  # of all paragraphs: fewer do not part the document


@dataclass(frozen=True)
class Paragraph:
    """Its lines as its author broke them; a tab parts cells, as in plain text."""

    lines: Sequence[tuple[Place, str]]


@dataclass(frozen=True)
class Cell:
    blocks: Sequence["Block"]
    place: Place


@dataclass(frozen=True)
class Table:
    rows: Sequence[Sequence[Cell]]


Block = Paragraph | Table


def pieces_of(blocks: Sequence[Block]) -> list[Piece]:
    """The outline in reading order; a cell without text is an empty piece."""
    flow = _Flow()
    for block in blocks:
        flow.add(block)
    if flow.empty < _FEW_EMPTY * max(1, flow.paragraphs):  # parted by their style instead
        return [piece if piece.in_cell else replace(piece, after_gap=True) for piece in flow.pieces]
    return flow.pieces


@dataclass
class _Flow:
    pieces: list[Piece] = field(default_factory=list)
    gap: bool = True
    paragraphs: int = 0
    empty: int = 0

    def add(self, block: Block) -> None:
        if isinstance(block, Table):
            self._add_table(block)
            return
        self.paragraphs += 1
        for place, line in block.lines:
            if not line.strip() and "\t" not in line:
                self.gap = True
                self.empty += 1
                continue
            self.pieces.extend(line_pieces(line, place, after_gap=self.gap))
            self.gap = False

    def _add_table(self, table: Table) -> None:
        for row in table.rows:
            for column, cell in enumerate(row):
                self._add_cell(cell, opens_row=column == 0)
        self.gap = True

    def _add_cell(self, cell: Cell, *, opens_row: bool) -> None:
        opens_cell = True
        for block in cell.blocks:
            if isinstance(block, Table):
                self._add_table(block)
                opens_cell = False
                continue
            self.paragraphs += 1
            for place, line in _filled(block):
                self.pieces.append(_cell_piece(place, line, opens_cell, opens_row))
                opens_cell = opens_row = False
        if opens_cell:
            self.pieces.append(_cell_piece(cell.place, "", opens_cell, opens_row))


def _filled(paragraph: Paragraph) -> Iterator[tuple[Place, str]]:
    return ((place, line) for place, line in paragraph.lines if clean(line))


def _cell_piece(place: Place, line: str, opens_cell: bool, opens_row: bool) -> Piece:
    return Piece(
        clean(line),
        line,
        place,
        in_cell=True,
        opens_cell=opens_cell,
        opens_row=opens_row,
        after_gap=opens_row and bool(line),
    )
