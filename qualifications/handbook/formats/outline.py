"""What word processors and tagged PDFs have in common: paragraphs, and tables of rows of cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualifications.handbook.content import Place
from qualifications.handbook.formats.text import line_pieces
from qualifications.handbook.noise import clean
from qualifications.handbook.pieces import Piece

_FEW_EMPTY = 0.05  # of all paragraphs: fewer do not part the document


@dataclass(frozen=True)
class Paragraph:
    """Its lines as its author broke them; a tab parts cells, as in plain text.

    `notes` holds by the number of a line why its text may not be what is printed.
    """

    lines: Sequence[tuple[Place, str]]
    notes: Mapping[int, str] = field(default_factory=dict)


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
        for number, (place, line) in enumerate(block.lines):
            note = block.notes.get(number, "")
            if not line.strip() and "\t" not in line:
                self._add_blank(place, note)
                continue
            parts = line_pieces(line, place, after_gap=self.gap)
            self.pieces += [replace(one, note=note) for one in parts[:1]] + parts[1:]
            self.gap = False

    def _add_blank(self, place: Place, note: str) -> None:
        """A blank parts paragraphs; what was left out whole prints none, and is only told."""
        if note:
            self.pieces.append(Piece("", "", place, note=note))
            return
        self.gap = True
        self.empty += 1

    def _add_table(self, table: Table) -> None:
        for row in table.rows:
            for column, cell in enumerate(row):
                self._add_cell(cell, opens_row=column == 0)
        self.gap = True

    def _add_cell(self, cell: Cell, *, opens_row: bool) -> None:
        opens_cell = True
        untold = ""  # notes of lines of which nothing was left
        for block in cell.blocks:
            if isinstance(block, Table):
                self._add_table(block)
                opens_cell = False
                continue
            self.paragraphs += 1
            for number, (place, line) in enumerate(block.lines):
                untold = _both(untold, block.notes.get(number, ""))
                if clean(line):
                    piece = _cell_piece(place, line, opens_cell, opens_row)
                    self.pieces.append(replace(piece, note=untold))
                    opens_cell = opens_row = False
                    untold = ""
        if opens_cell:
            self.pieces.append(_cell_piece(cell.place, "", opens_cell, opens_row))
        if untold:
            last = self.pieces[-1]
            self.pieces[-1] = replace(last, note=_both(last.note, untold))


def _both(one: str, other: str) -> str:
    return ". ".join(filter(None, (one, other)))


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
