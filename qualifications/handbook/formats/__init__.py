"""One module a format; `read_pieces` tells the format by the content, not by the name."""

from qualifications.handbook.content import UnreadableError
from qualifications.handbook.formats.docx import read_docx
from qualifications.handbook.formats.pdf import read_pdf
from qualifications.handbook.formats.text import read_text
from qualifications.handbook.pieces import Piece
from qualifications.handbook.progress import Tell, untold

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also a .docx with a password
_FOREIGN = (b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"GIF8", b"II*\x00", b"MM\x00*")


def read_pieces(content: bytes, tell: Tell = untold) -> list[Piece]:
    """The document's lines and cells in reading order. Raises `UnreadableError`."""
    start = content[:1024]
    if start.startswith(b"PK"):
        return read_docx(content)
    if b"%PDF-" in start:
        return read_pdf(content, tell)
    if start.startswith(_OLD_OFFICE):
        raise UnreadableError(
            "the file is encrypted, or of an old Word format",
            "Open it in Word, remove the password and save it as .docx",
        )
    if start.startswith(_FOREIGN):
        raise UnreadableError(
            "the file is no .docx, .pdf, .txt or .md", "Save the handbook in one of these formats"
        )
    return read_text(content)
