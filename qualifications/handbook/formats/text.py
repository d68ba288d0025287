"""Plain text: one cell a tab, either a row a line or a cell a line (as word processors save)."""

import codecs
import re
from dataclasses import replace

from qualifications.handbook.content import Place, UnreadableError
from qualifications.handbook.noise import clean
from qualifications.handbook.pieces import Piece

MOST_LINES = 200_000
# A tab behind a number or a bullet indents; it does not part cells.
_INDENT = re.compile(r"^([\t ]*)([•·▪●○◦■*\uf0b7-]|\d{1,2}(?:\.\d{1,2})?)[ ]*\t+[ ]*(?=[^\s\d])")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+|\s+#+\s*$")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*])\1(?![\w*])")
_UNDERLINED = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])(.+?)(?<=[^\s_])\1(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_ITEM = re.compile(r"^(\s*)[*+-]\s+(?=\S)")
_BAR = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_GUESSED = "cp1252"
_TABLE_RULE = re.compile(r"^[\s|:\-–]*-{3}[\s|:\-–]*$")


def read_text(content: bytes) -> list[Piece]:
    text, encoding = _decoded(content)
    pieces: list[Piece] = []
    page: int | None = 1 if "\f" in text else None
    gap, cells = False, False
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if number > MOST_LINES:
            raise UnreadableError(
                f"the file has more than {MOST_LINES:,} lines", "Import one handbook at a time"
            )
        if page is not None and "\f" in line:
            page += line.count("\f")
            gap, cells = True, False
        bare = line.replace("\f", "")
        if _TABLE_RULE.match(bare):
            continue
        if not bare.strip(" \t") and "\t" not in bare:
            gap, cells = True, False
            continue
        place = Place(number, page)
        for piece in line_pieces(bare, place, after_gap=gap, continues_cell=cells):
            pieces.append(piece)
            cells = piece.in_cell
        gap = False
    return pieces if encoding != _GUESSED else _with_note(pieces)


def _with_note(pieces: list[Piece]) -> list[Piece]:
    """Says with the first sign beyond ASCII that the encoding was guessed: every byte is a sign in
    Windows-1252."""
    first = next((at for at, piece in enumerate(pieces) if not piece.raw.isascii()), None)
    note = (
        "the text is not in UTF-8, and was read as Windows-1252. Check quotation marks, dashes and"
        " accents, or save the document as UTF-8 and import that file"
    )
    return [replace(piece, note=note) if at == first else piece for at, piece in enumerate(pieces)]


def line_pieces(
    line: str, place: Place, *, after_gap: bool, continues_cell: bool = False
) -> list[Piece]:
    """The pieces of one line whose cells are parted by tabs, or by bars as in Markdown."""
    line = _INDENT.sub(r"\1\2 ", line)
    if line.lstrip().startswith("|") and line.rstrip().endswith("|"):
        return _bar_pieces(line, place, after_gap=after_gap)
    printed, line = line, _plain(line)
    if "\t" not in line:
        return [Piece(clean(line), printed, place, in_cell=continues_cell, after_gap=after_gap)]
    parts = line.split("\t")
    one_a_line = not parts[0].strip() and len(parts) == 2
    if not parts[0].strip():
        parts = parts[1:]
    return [
        Piece(
            clean(part),
            part,
            place,
            in_cell=True,
            opens_cell=True,
            opens_row=after_gap if one_a_line else column == 0,
            after_gap=after_gap and column == 0,
        )
        for column, part in enumerate(parts)
    ]


def _bar_pieces(line: str, place: Place, *, after_gap: bool) -> list[Piece]:
    """A row of a Markdown table; a line break within a cell begins a new line of it."""
    pieces: list[Piece] = []
    for column, part in enumerate(_BAR.split(line.strip())[1:-1]):
        for position, text in enumerate(_BREAK.split(part)):
            plain = clean(_plain(text.strip()))
            if position and not plain:
                continue
            pieces.append(
                Piece(
                    plain,
                    text,
                    place,
                    in_cell=True,
                    opens_cell=position == 0,
                    opens_row=column == 0 and position == 0,
                    after_gap=after_gap and column == 0 and position == 0,
                )
            )
    return pieces


def _plain(line: str) -> str:
    """The line without Markdown's headings, bold, bullets and escapes."""
    line = _HEADING.sub("", line) if line.lstrip().startswith("#") else line
    line = _ITEM.sub(r"\1• ", line)
    line = _EMPHASIS.sub(r"\2", line)
    line = _UNDERLINED.sub(r"\2", line)
    return _ESCAPE.sub(r"\1", line)


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        raise UnreadableError("the file is not text", "Save it as .docx, .pdf or .txt")
    else:
        encodings = ["utf-8-sig", _GUESSED]
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise UnreadableError("the text's encoding is not known", "Save it as UTF-8")
