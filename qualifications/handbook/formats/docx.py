"""Word documents: body paragraphs and tables, with the numbers that Word works out itself."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qualifications.handbook.content import Place, UnreadableError
from qualifications.handbook.formats.outline import Block, Cell, Paragraph, Table, pieces_of
from qualifications.handbook.pieces import Piece

LARGEST_PART = 48 * 1024 * 1024  # bytes of one part, unpacked
LARGEST_RATIO = 200  # times that a part may be larger than its packed form
MOST_PARTS = 5_000
DEEPEST = 12  # tables in tables
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = {
    f"{_W}{name}"
    for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "txbxContent")
}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DAMAGED = UnreadableError("the Word document is damaged", "Save it anew, or save it as PDF")


def read_docx(content: bytes) -> list[Piece]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _Parts(archive)
            body = parts.tree("word/document.xml")
            numbering = parts.tree("word/numbering.xml", optional=True)
            styles = parts.tree("word/styles.xml", optional=True)
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
    return _Body(_Numbers(numbering, styles)).read(body)


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
            tree: Element = fromstring(text, forbid_dtd=True)
        except DefusedXmlException:
            raise UnreadableError(
                "the Word document declares XML entities, which no handbook needs",
                "Save it anew in Word",
            ) from None
        except (ParseError, RuntimeError, zipfile.BadZipFile, zlib.error, LookupError) as e:
            raise _DAMAGED from e
        return tree


def _value(element: Element | None, name: str = "val") -> str:
    return element.get(f"{_W}{name}", "") if element is not None else ""


@dataclass
class _Level:
    kind: str
    text: str
    start: int


@dataclass
class _Numbers:
    """The numbers and bullets of lists, counted as Word counts them."""

    numbering: Element | None
    styles: Element | None
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    by_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.numbering is not None:
            for num in self.numbering.iter(f"{_W}num"):
                self.abstract[_value(num, "numId")] = _value(num.find(f"{_W}abstractNumId"))
            for definition in self.numbering.iter(f"{_W}abstractNum"):
                for level in definition.iter(f"{_W}lvl"):
                    key = _value(definition, "abstractNumId"), _whole(_value(level, "ilvl"))
                    self.levels[key] = _Level(
                        _value(level.find(f"{_W}numFmt")),
                        _value(level.find(f"{_W}lvlText")),
                        _whole(_value(level.find(f"{_W}start")) or "1"),
                    )
        for style in self.styles.iter(f"{_W}style") if self.styles is not None else ():
            listed = style.find(f"{_W}pPr/{_W}numPr")
            if listed is not None:
                self.by_style[_value(style, "styleId")] = _listed(listed)

    def label(self, paragraph: Element) -> str:
        """What Word prints before the paragraph: "•", "1.2", or nothing."""
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return ""
        listed = properties.find(f"{_W}numPr")
        style = _value(properties.find(f"{_W}pStyle"))
        num, depth = _listed(listed) if listed is not None else self.by_style.get(style, ("", 0))
        abstract = self.abstract.get(num, "")
        level = self.levels.get((abstract, depth))
        if level is None or num in ("", "0"):
            return ""
        if level.kind == "bullet":
            return "•"
        if level.kind == "none" or not level.text:
            return ""
        for deeper in range(depth + 1, 9):
            self.counts.pop((abstract, deeper), None)
        self.counts[abstract, depth] = self.counts.get((abstract, depth), level.start - 1) + 1
        return re.sub(
            r"%([1-9])", lambda match: self._count(abstract, int(match[1]) - 1), level.text
        )

    def _count(self, abstract: str, depth: int) -> str:
        level = self.levels.get((abstract, depth))
        count = self.counts.get((abstract, depth), level.start if level else 1)
        kind = level.kind if level else "decimal"
        if kind in ("lowerLetter", "upperLetter") and 0 < count <= 26:
            letter = chr(ord("a") + count - 1)
            return letter if kind == "lowerLetter" else letter.upper()
        return str(count)


def _listed(element: Element) -> tuple[str, int]:
    return _value(element.find(f"{_W}numId")), _whole(_value(element.find(f"{_W}ilvl")))


def _whole(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0


@dataclass
class _Body:
    numbers: _Numbers
    line: int = 0
    page: int = 1

    def read(self, tree: Element) -> list[Piece]:
        body = tree.find(f"{_W}body")
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
            if element.tag == f"{_W}p":
                yield self._paragraph(element)
                for box in element.iter(f"{_W}txbxContent"):
                    yield from self._blocks(box, depth)
            elif element.tag == f"{_W}tbl":
                yield self._table(element, depth)
            elif element.tag not in _LEFT_OUT and element.tag != _FALLBACK:
                yield from self._blocks(element, depth)

    def _paragraph(self, paragraph: Element) -> Paragraph:
        """The paragraph's lines, parted at its line breaks, with its number before the first."""
        self.line += 1
        label = self.numbers.label(paragraph)
        text = "".join(self._texts(paragraph))
        if label and text.strip():
            text = f"{label} {text}"
        place = self._place()
        return Paragraph([(place, line) for line in text.split("\n")])

    def _place(self) -> Place:
        return Place(self.line, self.page, "paragraph")

    def _texts(self, element: Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag in (f"{_W}tab", f"{_W}ptab"):
                yield "\t"
            elif tag == f"{_W}noBreakHyphen":
                yield "-"
            elif tag == f"{_W}lastRenderedPageBreak":
                self.page += 1
            elif tag in (f"{_W}br", f"{_W}cr"):
                yield "\n"
            elif tag == f"{_W}sym":
                yield "•"
            elif tag not in _LEFT_OUT and tag != _FALLBACK:
                yield from self._texts(child)

    def _table(self, table: Element, depth: int) -> Table:
        if depth > DEEPEST:
            raise _DAMAGED
        return Table(
            [
                [self._cell(cell, depth) for cell in _inside(row, f"{_W}tc")]
                for row in _inside(table, f"{_W}tr")
            ]
        )

    def _cell(self, cell: Element, depth: int) -> Cell:
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is not None and _value(merged) != "restart":
            return Cell([], self._place())  # what stands above goes on
        return Cell(list(self._blocks(cell, depth + 1)), self._place())


def _inside(element: Element, tag: str) -> Iterator[Element]:
    """Children of a tag, also inside content controls and tracked insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _inside(child, tag)
