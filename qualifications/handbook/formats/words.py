"""The words of a PDF's page: where each stands, and which mark ties it to the file's own tags."""

import ctypes
import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from qualifications.handbook.content import UnreadableError
from qualifications.handbook.formats.ruled import Box
from qualifications.handbook.noise import RAISED

MOST_SIGNS = 60_000  # of one page
MOST_SHAPES = 6_000  # of one page; beyond it is a drawing
WORD_GAP = 0.22  # of the sign's size: a gap that parts words
COLUMN_GAP = 2.2  # of the sign's size: a gap that parts columns
UNMARKED = -1
DECORATION = -2  # what the file itself calls no content: headers, footers, page numbers
_SMALL = 0.85  # of the size of the word before it
_LINE_HYPHEN = 2  # pdfium's sign for a hyphen at a line's end
_NO_SIGN = 0xFFFE


class Word(NamedTuple):
    """Points from the page's left and top; `mark` is UNMARKED unless marks were asked for."""

    text: str
    left: float
    right: float
    base: float  # of the line that it stands on
    size: float
    mark: int = UNMARKED
    spaced: bool = False  # the file itself has a space behind it


class Page(NamedTuple):
    words: Sequence[Word]
    shapes: Sequence[Box]


def read_page(document: pdfium.PdfDocument, number: int, *, marked: bool) -> Page:
    """The page's words, parted also where the mark changes if `marked`, or else with its shapes.

    Raises `UnreadableError` for a page that is damaged or holds too much.
    """
    try:
        with closing(document[number - 1]) as page:
            height = page.get_height()
            words = _words(page, height, marked=marked)
            return Page(words, [] if marked else _shapes(page, height))
    except (pdfium.PdfiumError, ValueError, OverflowError) as fault:
        raise UnreadableError(
            f"page {number} of the PDF is damaged", "Print it to a new PDF"
        ) from fault


def _words(page: pdfium.PdfPage, height: float, *, marked: bool) -> list[Word]:
    with closing(page.get_textpage()) as text:
        count = text.count_chars()
        if count > MOST_SIGNS:
            raise UnreadableError("a page holds too much text", "Print it to a new PDF")
        marks = _marks(text, count) if marked else itertools.repeat(UNMARKED)
        found: list[Word] = []
        letters: list[str] = []
        left = right = start = base = size = 0.0
        mark = UNMARKED
        box = raw.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()

        def close() -> None:
            if letters:
                found.append(Word("".join(letters), left, right, base, size, mark))
                letters.clear()

        for index, its_mark in zip(range(count), marks, strict=False):
            code = raw.FPDFText_GetUnicode(text, index)
            sign = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
            if not sign or sign.isspace() or code in (_NO_SIGN, _LINE_HYPHEN):
                if code == _LINE_HYPHEN:
                    letters.append("-")
                close()
                if found and sign.isspace() and not raw.FPDFText_IsGenerated(text, index):
                    found[-1] = found[-1]._replace(spaced=True)
                continue
            raw.FPDFText_GetLooseCharBox(text, index, box)
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            here, tall = height - y.value, max(1.0, box.top - box.bottom)
            apart = abs(here - base) > 0.4 * size or not -size < box.left - right < WORD_GAP * size
            joined = box.left == start and here == base  # letters of one ligature have one box
            if letters and sign.isdigit() and _is_raised(base - here, tall, size):
                letters.append(RAISED)
                right = box.right
                continue
            if letters and ((apart and not joined) or its_mark != mark):
                close()
            if not letters:
                left, base, size, mark = box.left, here, tall, its_mark
            letters.append(sign)
            start = box.left
            right, size = box.right, max(size, tall)
        close()
    return found


def _is_raised(up: float, tall: float, size: float) -> bool:
    """Whether a figure behind a word is the mark of a footnote: smaller than the word, and raised
    by less than its height."""
    return tall < _SMALL * size and 0.1 * size < up < size


def _marks(text: pdfium.PdfTextPage, count: int) -> Iterator[int]:
    """The mark of each sign: a number that the tags name, DECORATION or UNMARKED."""
    known: dict[int, int] = {}
    for index in range(count):
        shown = raw.FPDFText_GetTextObject(text, index)
        if not shown:
            yield UNMARKED
            continue
        address = ctypes.cast(shown, ctypes.c_void_p).value or 0
        if address not in known:
            known[address] = _mark(shown)
        yield known[address]


def _mark(shown: raw.FPDF_PAGEOBJECT) -> int:
    number: int = raw.FPDFPageObj_GetMarkedContentID(shown)
    if number >= 0:
        return number
    names = (
        _name(raw.FPDFPageObj_GetMark(shown, index))
        for index in range(raw.FPDFPageObj_CountMarks(shown))
    )
    return DECORATION if "Artifact" in names else UNMARKED


def _name(mark: raw.FPDF_PAGEOBJECTMARK) -> str:
    buffer = ctypes.create_string_buffer(64)
    length = ctypes.c_ulong()
    fits = raw.FPDFPageObjMark_GetName(
        mark, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), len(buffer), length
    )
    return buffer.raw[: length.value].decode("utf-16-le").rstrip("\0") if fits else ""


def _shapes(page: pdfium.PdfPage, height: float) -> list[Box]:
    found: list[Box] = []
    objects = page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4)
    for shape in itertools.islice(objects, MOST_SHAPES):
        try:
            left, bottom, right, top = shape.get_bounds()
        except pdfium.PdfiumError:
            continue
        found.append(Box(left, height - top, right, height - bottom))
    return found
