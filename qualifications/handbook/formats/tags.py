"""The tags of a PDF: the outline that the program which saved it wrote into the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

import pikepdf

_DEEPEST = 100
_MOST = 500_000  # tags and marks of one document
_MOST_SPANNED = 100  # rows or columns of one cell
_STANDARD = {
    *("Document", "DocumentFragment", "Part", "Sect", "Div", "Art", "Aside", "BlockQuote"),
    *("Caption", "TOC", "TOCI", "Index", "NonStruct", "Private", "Artifact", "Title"),
    *("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody"),
    *("Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Figure", "Formula", "Form"),
    *("Span", "Quote", "Note", "FENote", "Reference", "BibEntry", "Code", "Link", "Annot"),
    *("Sub", "Em", "Strong", "Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP"),
}


class Mark(NamedTuple):
    """Names a run of text: its page, counted from 1, and its number there."""

    page: int
    number: int


@dataclass
class Tag:
    """`kind` is one of PDF's own: a program's is followed to the one that it stands for."""

    kind: str
    columns: int = 1
    rows: int = 1
    parts: list["Tag | Mark"] = field(default_factory=list)

    def walk(self) -> Iterator["Tag"]:
        yield self
        for part in self.parts:
            if isinstance(part, Tag):
                yield from part.walk()

    def marks(self) -> Iterator[Mark]:
        for part in self.parts:
            if isinstance(part, Mark):
                yield part
            else:
                yield from part.marks()


class _UnfitError(Exception):
    """The tags loop, nest too deep, are too many, or lead where pages' marks are not counted."""


def tags_of(content: bytes) -> Tag | None:
    """The outline, or None where the file has none, or one that can't be followed."""
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            root = pdf.Root.get("/StructTreeRoot")
            return _Tree(pdf, root).read() if isinstance(root, pikepdf.Dictionary) else None
    except (pikepdf.PdfError, _UnfitError, RuntimeError, ValueError, TypeError, KeyError):
        return None
    except (AttributeError, IndexError, OverflowError, NotImplementedError):
        return None


class _Tree:
    def __init__(self, pdf: pikepdf.Pdf, root: pikepdf.Dictionary) -> None:
        self.root = root
        self.roles = root.get("/RoleMap", pikepdf.Dictionary())
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        self.seen: set[tuple[int, int]] = set()
        self.count = 0

    def read(self) -> Tag:
        top = Tag("Document")
        for child in _each(self.root.get("/K")):
            self._add(top, child, None, 0)
        return top

    def _add(self, parent: Tag, node: object, page: int | None, depth: int) -> None:
        self.count += 1
        if depth > _DEEPEST or self.count > _MOST:
            raise _UnfitError
        if isinstance(node, int):
            if page is not None:
                parent.parts.append(Mark(page, int(node)))
            return
        if not isinstance(node, pikepdf.Dictionary):
            return
        page = self._page(node, page)
        if "/S" in node:
            self._add_tag(parent, node, page, depth)
        elif "/Stm" in node:
            raise _UnfitError  # marks of a form have numbers of their own
        elif isinstance(node.get("/MCID"), int) and page is not None:
            parent.parts.append(Mark(page, int(node["/MCID"])))

    def _add_tag(self, parent: Tag, node: pikepdf.Dictionary, page: int | None, depth: int) -> None:
        if node.objgen != (0, 0):
            if node.objgen in self.seen:
                raise _UnfitError
            self.seen.add(node.objgen)
        attributes = [one for one in _each(node.get("/A")) if isinstance(one, pikepdf.Dictionary)]
        tag = Tag(
            self._kind(node), _spanned(attributes, "/ColSpan"), _spanned(attributes, "/RowSpan")
        )
        parent.parts.append(tag)
        for child in _each(node.get("/K")):
            self._add(tag, child, page, depth + 1)

    def _page(self, node: pikepdf.Dictionary, page: int | None) -> int | None:
        named = node.get("/Pg")
        return self.pages.get(named.objgen, page) if named is not None else page

    def _kind(self, node: pikepdf.Dictionary) -> str:
        name = str(node["/S"])
        for _ in range(8):
            if name.lstrip("/") in _STANDARD or name not in self.roles:
                break
            name = str(self.roles[name])
        return name.lstrip("/")


def _each(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _spanned(attributes: list[pikepdf.Dictionary], name: str) -> int:
    counts = [one[name] for one in attributes if isinstance(one.get(name), int)]
    return min(max(1, int(counts[-1])), _MOST_SPANNED) if counts else 1
