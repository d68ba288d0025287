"""Word documents: body paragraphs and tables, with the numbers that Word works out itself."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qualifications.handbook.content import Place, UnreadableError
from qualifications.handbook.formats.numbering import Numbers
from qualifications.handbook.formats.ooxml import DELETED, W, main_part, mark_of, of_today, value
from qualifications.handbook.formats.outline import Block, Cell, Paragraph, Table, pieces_of
from qualifications.handbook.formats.runs import (
    LEFT_OUT,
    Surroundings,
    Wording,
    read_of,
    shows_placeholder,
)
from qualifications.handbook.pieces import Piece

LARGEST_PART = 48 * 1024 * 1024  # bytes of one part, unpacked
LARGEST_RATIO = 200  # times that a part may be larger than its packed form
MOST_PARTS = 5_000
DEEPEST = 12  # tables in tables
_EMBEDDED = (
    "A document that is embedded here was not read. Open the handbook in Word, save it anew and"
    " import that file"
)
_DAMAGED = UnreadableError("the Word document is damaged", "Save it anew, or save it as PDF")


def read_docx(content: bytes) -> list[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _Parts(archive)
            body = parts.tree(main_part(parts.tree("_rels/.rels", optional=True)))
            numbering = parts.tree("word/numbering.xml", optional=True)
            styles = parts.tree("word/styles.xml", optional=True)
            footnotes = parts.tree("word/footnotes.xml", optional=True)
            endnotes = parts.tree("word/endnotes.xml", optional=True)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as e:
        raise _DAMAGED from e
    if body is None:
        raise _DAMAGED
    around = Surroundings(styles, footnotes, endnotes)
    return _Body(Numbers(numbering, styles), around).read(body)


@dataclass
class _Parts:
    """The parts of the package; sizes are held against the limits before anything is unpacked."""

    archive: zipfile.ZipFile

    def tree(self, name: str, *, optional: bool = False) -> Element | None:
        if len(self.archive.infolist()) > MOST_PARTS:
            raise UnreadableError(
                f"the Word document has more than {MOST_PARTS:,} parts", "Save it anew in Word"
            )
        try:
            info = self.archive.getinfo(name)
        except KeyError:
            if optional:
                return None
            raise UnreadableError(
                "the file is a zip archive, but no Word document", "Save the handbook as .docx"
            ) from None
        packed = max(1, info.compress_size)
        bomb = info.file_size > 1024 * 1024 and info.file_size / packed > LARGEST_RATIO
        if info.flag_bits & 1:
            raise UnreadableError("the document is encrypted", "Remove its password and save it")
        if info.file_size > LARGEST_PART or bomb:
            raise UnreadableError(
                "the Word document unpacks to more than a handbook can be",
                "Save it anew without embedded files",
            )
        try:
            with self.archive.open(info) as part:
                text = part.read(LARGEST_PART + 1)
            if len(text) > LARGEST_PART:
                raise _DAMAGED
            tree: Element = fromstring(of_today(text), forbid_dtd=True)
        except DefusedXmlException:
            raise UnreadableError(
                "the Word document declares XML entities, which no handbook needs",
                "Save it anew in Word",
            ) from None
        except (ParseError, RuntimeError, zipfile.BadZipFile, zlib.error, LookupError) as e:
            raise _DAMAGED from e
        return tree


@dataclass
class _Body:
    numbers: Numbers
    around: Surroundings
    line: int = 0
    page: int = 1
    open: Wording | None = None  # of a paragraph whose deleted mark runs it into the next

    def read(self, tree: Element) -> list[Piece]:
        body = tree.find(f"{W}body")
        if body is None:
            raise _DAMAGED
        try:
            pieces = pieces_of(list(self._blocks(body, 0)))
        except RecursionError:
            raise _DAMAGED from None
        if self.page == 1:  # the program that saved it leaves no page breaks behind
            return [replace(p, place=replace(p.place, page=None)) for p in pieces]
        return pieces

    def _blocks(self, parent: Element, depth: int) -> Iterator[Block]:
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element, depth)
            elif element.tag == f"{W}tbl":
                yield from self._left_open(depth)
                yield self._table(element, depth)
            elif element.tag == f"{W}altChunk":
                yield Paragraph([(self._place(), "")], {0: _EMBEDDED})
            elif element.tag not in LEFT_OUT:
                yield from self._blocks(_without_placeholder(read_of(element)), depth)
        yield from self._left_open(depth)

    def _left_open(self, depth: int) -> Iterator[Block]:
        """The paragraph whose deleted mark has no paragraph behind it to run into."""
        if self.open is not None:
            yield from self._closed(self.open, "", depth)

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Block]:
        """The paragraph with its number; what is deleted or hidden whole is not counted."""
        self.line += 1
        wording = (self.open or Wording(self.around)).read(paragraph)
        self.open = None
        self.page += wording.pages
        wording.pages = 0
        mark = mark_of(paragraph)
        if mark & DELETED:
            self.open = wording
            return
        gone = not wording.text.strip() and (wording.deleted or f"{W}vanish" in mark)
        yield from self._closed(wording, "" if gone else self.numbers.label(paragraph), depth)

    def _closed(self, wording: Wording, label: str, depth: int) -> Iterator[Block]:
        """The paragraph's lines, parted at its line breaks, and its text boxes behind it."""
        self.open = None
        text = wording.text
        if label and text.strip():
            text = f"{label} {text}"
        place = self._place()
        yield Paragraph([(place, line) for line in text.split("\n")], wording.notes())
        for box in wording.boxes:
            yield from self._blocks(box, depth)

    def _place(self) -> Place:
        return Place(max(1, self.line), self.page, "paragraph")

    def _table(self, table: Element, depth: int) -> Table:
        if depth > DEEPEST:
            raise _DAMAGED
        return Table(
            [
                [self._cell(cell, depth) for cell in _inside(row, f"{W}tc")]
                for row in _inside(table, f"{W}tr")
            ]
        )

    def _cell(self, cell: Element, depth: int) -> Cell:
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        if merged is not None and value(merged) != "restart":
            return Cell([], self._place())  # what stands above goes on
        return Cell(list(self._blocks(cell, depth + 1)), self._place())


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """Children of a tag, also inside content controls and tracked insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _inside(_without_placeholder(child), tag)


def _without_placeholder(element: Element) -> Element:
    """The same, its text emptied where it is a content control that nobody has filled in."""
    if element.tag == f"{W}sdt" and shows_placeholder(element):
        for text in element.iter(f"{W}t"):
            text.text = ""
    return element
