"""Reads a handbook whole: format, furniture, layouts, assembly, arithmetic, checks."""

from pathlib import Path

from qualifications.handbook.arithmetic import check_marks, checked_qualifications, checked_units
from qualifications.handbook.assemble import assembled_qualifications, assembled_units
from qualifications.handbook.conservation import Reading, check_conservation
from qualifications.handbook.content import Handbook, UnreadableError
from qualifications.handbook.formats import read_pieces
from qualifications.handbook.layouts import read_layouts
from qualifications.handbook.marks import assembled_sheets
from qualifications.handbook.noise import with_furniture_inside, without_furniture
from qualifications.handbook.progress import Progress, Step, Tell, untold
from qualifications.handbook.wording import check_wording

LARGEST = 60 * 1024 * 1024  # bytes of a file


def read_handbook(source: Path | bytes, name: str, tell: Tell = untold) -> Handbook:
    """What the document says; `name` is the file's, whose ending is a hint of the format alone.

    Raises `UnreadableError` for a file that is empty, too large, encrypted, damaged, without text,
    of no known format, or in which no layout is found.
    """
    content = _content(source)
    pieces = read_pieces(content, tell)
    if not any(piece.text for piece in pieces):
        raise UnreadableError("the file holds no text", "Import the document with its text")
    tell(Progress(Step.LAYOUTS))
    body, furniture = without_furniture(pieces)
    findings = read_layouts(body, furniture)
    for piece in pieces:
        if piece.note:
            findings.doubts.add(piece.place, piece.raw.strip(), piece.text, piece.note)
    tell(Progress(Step.SUMS))
    units = assembled_units(findings)
    qualifications = assembled_qualifications(findings, units)
    units = checked_units(units, qualifications, findings)
    qualifications = checked_qualifications(qualifications, units, findings.doubts)
    sheets = assembled_sheets(findings, units)
    check_marks(sheets, findings.doubts)
    printed = with_furniture_inside(pieces, body)
    check_conservation(printed, Reading(qualifications, units, sheets), findings.doubts)
    check_wording(body, units, sheets, findings.doubts)
    if not (units or sheets or qualifications):
        raise UnreadableError(
            "no unit, mark sheet or qualification was found",
            "Check that this is a qualification handbook, unit specification or alignment document",
        )
    return Handbook(
        name=name,
        qualifications=qualifications,
        units=units,
        mark_sheets=sheets,
        warnings=tuple(findings.doubts.found),
        source=tuple((piece.place, piece.raw) for piece in pieces if piece.text),
    )


def _content(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        content = source
        size = len(content)
    else:
        try:
            size = source.stat().st_size if source.is_file() else -1
        except OSError:
            size = -1
        if size < 0:
            raise UnreadableError("there is no such file", "Check the path")
        content = source.read_bytes() if size <= LARGEST else b""
    if size > LARGEST:
        raise UnreadableError(
            f"the file is larger than {LARGEST // 1024 // 1024} MB", "Import the handbook alone"
        )
    if not content.strip():
        raise UnreadableError("the file is empty", "Choose the handbook's file again")
    return content
