"""The structure tree of a PDF before it is written, put right where WeasyPrint leaves it short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pydyf
from weasyprint import Document

_TABLE_PARTS = ("table", "thead", "tbody", "tr")
_SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell as laid out on one page: its structure element, and where it stands in HTML.

    `sources` are the HTML elements of its table, its group of rows, its row and itself: the same
    for each of the cells that a page break makes of one.
    """

    element: pydyf.Dictionary
    sources: tuple[Any, Any, Any, Any]

    @property
    def scope(self) -> str:
        return str(self.sources[-1].get("scope", ""))


def cells_by_table(document: Document) -> list[list[Cell]]:
    """The cells of each HTML table, in order, whatever the pages that it runs over."""
    tables: dict[Any, list[Cell]] = {}
    for page in document.pages:
        for cell in _cells(page._page_box, ()):
            tables.setdefault(cell.sources[0], []).append(cell)
    return list(tables.values())


def _cells(box: Any, around: tuple[Any, ...]) -> Iterator[Cell]:
    tag = getattr(box, "element_tag", None)
    if tag in _TABLE_PARTS and box.element not in around:
        around = (*around, box.element)
    # WeasyPrint leaves the structure element of each cell on the cell's box, as `mark`.
    if hasattr(box, "mark"):
        yield Cell(box.mark, (*around, box.element))
    for child in getattr(box, "children", ()):
        yield from _cells(child, around)


class StructureTree:
    """The tree below `/StructTreeRoot`; its methods change the PDF in place."""

    def __init__(self, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.root = self.at(pdf.catalog["StructTreeRoot"])
        self.top = self.at(self.root["K"][0])
        # For each page, the element that owns each piece of marked content, by its number.
        self._numbers = self.at(self.root["ParentTree"])["Nums"]
        self._owners = dict(zip(pdf.page_references, self._numbers[1::2], strict=False))

    def at(self, reference: bytes) -> pydyf.Dictionary:
        return cast(pydyf.Dictionary, self.pdf.objects[int(reference.split()[0])])

    def kids(self, parent: pydyf.Dictionary) -> list[pydyf.Dictionary]:
        """The structure elements below `parent`, without marked content and object references."""
        found = [self.at(kid) for kid in parent["K"] if isinstance(kid, bytes)]
        return [kid for kid in found if kid.get("Type") == "/StructElem"]

    def below(self, element: pydyf.Dictionary) -> Iterator[pydyf.Dictionary]:
        """`element` and everything under it, in reading order."""
        yield element
        for kid in self.kids(element):
            yield from self.below(kid)

    def move(self, kids: list[pydyf.Dictionary], target: pydyf.Dictionary) -> None:
        for kid in kids:
            self.remove(kid)
            kid["P"] = target.reference
            target["K"].append(kid.reference)

    def remove(self, element: pydyf.Dictionary) -> None:
        self.at(element["P"])["K"].remove(element.reference)

    def own(self, annotation: pydyf.Dictionary, element: pydyf.Dictionary) -> None:
        """Lets a reader find the structure element of an annotation."""
        annotation["StructParent"] = len(self._numbers) // 2
        self._numbers.extend([len(self._numbers) // 2, element.reference])

    def join_sections(self) -> None:
        """One Part for the whole sheet, and one Sect for a section that runs over a page's end.

        Every section of a sheet that can run over opens with its heading, so a Sect without one
        at the top of a page goes on with the section before it.
        """
        whole, *later = self.kids(self.top)
        for part in later:
            opening, before = self.kids(part)[:1], self.kids(whole)[-1:]
            if opening and before and self._goes_on(opening[0], before[0]):
                self.move(self.kids(opening[0]), before[0])
                self.remove(opening[0])
            self.move(self.kids(part), whole)
            self.remove(part)

    def _goes_on(self, element: pydyf.Dictionary, before: pydyf.Dictionary) -> bool:
        if not element["S"] == before["S"] == "/Sect":
            return False
        return not {"/H1", "/H2"} & {kid["S"] for kid in self.kids(element)[:1]}

    def join_table(self, cells: list[Cell]) -> None:
        """Makes one table of a table that runs over a page's end, without its repeated heads."""
        whole: dict[Any, pydyf.Dictionary] = {}
        joined: set[int] = set()
        for cell in cells:
            for source, part in zip(cell.sources, self.lineage(cell.element), strict=True):
                first = whole.setdefault(source, part)
                if part is not first and part.number not in joined:
                    joined.add(part.number)
                    self.remove(part)
                    if part["S"] != "/THead":
                        self.move(self.kids(part), first)
                if part is not first and part["S"] == "/THead":
                    break

    def lineage(self, cell: pydyf.Dictionary) -> list[pydyf.Dictionary]:
        """Table, group, row and cell."""
        row = self.at(cell["P"])
        group = self.at(row["P"])
        return [self.at(group["P"]), group, row, cell]

    def head_cells(self, cells: list[Cell]) -> None:
        """Scope for each header cell, and for each data cell the headers that a reader would name.

        Those are its column's head, the header that opens its group of rows (`rowgroup`) and the
        nearest header before it in its row. WeasyPrint counts a group's header among its
        column's, so that each criterion would be announced with all others.
        """
        scopes = {cell.element.number: cell.scope for cell in cells}
        table, *_ = self.lineage(cells[0].element)
        columns: dict[int, pydyf.String] = {}
        for group in self.kids(table):
            opening: list[pydyf.String] = []
            for row in self.kids(group):
                beside: list[pydyf.String] = []
                column = 0
                for element in self.kids(row):
                    attributes = element["A"]
                    if element["S"] == "/TH":
                        scope = scopes[element.number]
                        attributes["Scope"] = _SCOPES.get(scope, "/Column")
                        if scope == "rowgroup":
                            opening = [element["ID"]]
                        elif scope == "row":
                            beside = [element["ID"]]
                        else:
                            columns[column] = element["ID"]
                    else:
                        above = [columns[column]] if column in columns else []
                        attributes["Headers"] = pydyf.Array([*above, *opening, *beside])
                    column += attributes.get("ColSpan", 1)

    def prune(self, element: pydyf.Dictionary) -> None:
        """Drops wrappers that say nothing; what they hold takes their place.

        Those are elements without a meaning, and spans that hold one line of their parent's text:
        half of all objects of a sheet, and as much of the time that writing takes.
        """
        for kid in self.kids(element):
            self.prune(kid)
            lines = [item for item in kid["K"] if isinstance(item, int)]
            if kid["S"] not in ("/NonStruct", "/Span") or (
                lines and kid["Pg"] != element.get("Pg")
            ):
                continue
            place = element["K"].index(kid.reference)
            element["K"][place : place + 1] = kid["K"]
            for line in lines:
                self._owners[kid["Pg"]][line] = element.reference
            for grandkid in self.kids(kid):
                grandkid["P"] = element.reference

    def mark_artifacts(self) -> None:
        """Marked content whose element is not in the tree is furniture of the page: an artifact."""
        reachable = {element.number for element in self.below(self.top)}
        furniture = pydyf.Dictionary({"Type": "/Pagination"})
        for page in self.pdf.page_references:
            owners, contents = self._owners[page], self._content(page)
            left = {
                content
                for content, owner in enumerate(owners)
                if self.at(owner).number not in reachable
            }
            for content in left:
                owners[content] = "null"
            for place, operand in enumerate(contents):
                if isinstance(operand, pydyf.Dictionary) and operand.get("MCID") in left:
                    contents[place - 1 : place + 1] = ["/Artifact", furniture]
        for element in self.pdf.objects:
            if (
                isinstance(element, pydyf.Dictionary)
                and element.get("Type") == "/StructElem"
                and element.number not in reachable
            ):
                element.clear()

    def _content(self, page: bytes) -> list[Any]:
        stream = self.pdf.objects[int(self.at(page)["Contents"].split()[0])]
        return cast(list[Any], stream.stream)

    def compact(self) -> None:
        """A list of one kid becomes the kid."""
        for element in list(self.below(self.top)):
            if isinstance(element["K"], list) and len(element["K"]) == 1:
                element["K"] = element["K"][0]

    def index_ids(self) -> None:
        """The tree's own index of identifiers, which must be there once elements carry any."""
        named = {
            element["ID"].string: element for element in self.below(self.top) if "ID" in element
        }
        names = pydyf.Array()
        for identifier in sorted(named):
            names.extend([pydyf.String(identifier), named[identifier].reference])
        self.root["IDTree"] = pydyf.Dictionary({"Names": names})
