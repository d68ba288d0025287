"""Lists of units: a unit a row with its credits, hours and level, clear or scrambled."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundRow
from qualifications.handbook.numbers import REF, UAN
from qualifications.handbook.pieces import Piece, joined

_COLUMN = {
    "uan": re.compile(r"^UAN\W*$", re.I),
    "ref": re.compile(r"^(?:ILM )?(?:unit )?(?:number|ref)\W*$", re.I),
    "title": re.compile(r"^Unit title\W*$", re.I),
    "level": re.compile(r"^Level\W*$", re.I),
    "credits": re.compile(r"^Credits?(?: value)?\W*$", re.I),
    "glh": re.compile(r"^(?:GLH|Guided learning hours)\W*$", re.I),
    "none": re.compile(r"^None\W*$", re.I),
}
_TRAILING = re.compile(r"(?:^|\s)(\d{1,3})(\s+credits?)?\s*$", re.I)
_TOTAL = re.compile(r"^TOTAL\b\D*(\d{1,3})$", re.I)
_END = re.compile(
    r"^(?:[A-Z][A-Z ,()/&–-]{24,}|APPENDIX\b.*|Appendix\b.*|Learners? .*|Structure\b.*|Level \d .*"
    r"|To achieve .*|Title and level\b.*"
    r"|.{0,40}[Aa]ccreditation [Dd]ocument\b.*)$"
)
_MOST = 14  # pieces that a row may have


def read_rows(pieces: Sequence[Piece], findings: Findings) -> None:
    """Every row that begins with a unit's number, or has one in its first line."""
    columns: list[str] = []
    row: list[Piece] = []
    ref: re.Match[str] | None = None
    uan: Piece | None = None
    for piece in [*pieces, None]:
        start = re.match(rf"(?:{UAN}\s+)?({REF})", piece.text) if piece else None
        ends = piece is None or start or len(row) > _MOST or _END.match(piece.text)
        if row and ref and (ends or (piece and _new_table(piece, columns))):
            findings.rows.append(_row(ref, row, columns, uan))
            row, ref, uan = [], None, None
        if piece is None:
            break
        if match := _TOTAL.match(piece.text):
            findings.total = Read(int(match[1]), piece.raw.strip(), piece.place)
            continue
        if re.fullmatch(UAN, piece.text):
            if row and ref:
                findings.rows.append(_row(ref, row, columns, uan))
                row, ref = [], None
            uan = piece
        elif start:
            ref, row = start, [piece]
        elif ref:
            row.append(piece)
        elif name := _column(piece):
            columns = [name] if name in columns or name in ("uan", "ref") else [*columns, name]
        elif piece.text and not re.match(r"^(?:Value|Summary|Coverage)\b", piece.text):
            columns = [] if not piece.in_cell else columns


def _column(piece: Piece) -> str | None:
    return next((name for name, pattern in _COLUMN.items() if pattern.match(piece.text)), None)


def _new_table(piece: Piece, columns: list[str]) -> bool:
    return bool(columns) and _column(piece) is not None


def _row(ref: re.Match[str], row: list[Piece], columns: list[str], uan: Piece | None) -> FoundRow:
    raw = row[0].raw.strip()
    found = FoundRow(Read(ref[1], raw, row[0].place))
    found.uan = Read(uan.text, uan.raw.strip(), uan.place) if uan else None
    figures: list[Read[int]] = []
    words: list[Piece] = []
    for position, piece in enumerate(row):
        text = piece.text[ref.end() :].strip() if position == 0 else piece.text
        match = _TRAILING.search(text)
        if match:
            figures.append(Read(int(match[1]), piece.raw.strip(), piece.place))
            if match[2]:
                found.credits = figures[-1]
            text = text[: match.start()].strip()
        if text:
            words.append(Piece(text, piece.raw, piece.place))
    found.title = joined(words)
    names = [name for name in columns if name in ("level", "credits", "glh")]
    if names and len(names) == len(figures):
        for name, figure in zip(names, figures, strict=True):
            setattr(found, name, figure)
    elif found.credits is None or len(figures) > 1:
        found.figures = figures
    return found
