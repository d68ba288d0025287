"""The structure tree of a PDF before it is written, put right where WeasyPrint leaves it short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pydyf
from weasyprint import Document

_SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell as laid out: its HTML element's scope, and its own structure element."""

    scope: str
    element: pydyf.Dictionary


def cells_by_table(document: Document) -> list[list[Cell]]:
    """The cells of each HTML table, in order, whatever the pages that it runs over."""
    tables: dict[Any, list[Cell]] = {}
    for page in document.pages:
        for table, box in _cell_boxes(page._page_box, None):
            tables.setdefault(table, []).append(Cell(box.element.get("scope", ""), box.mark))
    return list(tables.values())


def _cell_boxes(box: Any, table: Any) -> Iterator[tuple[Any, Any]]:
    if getattr(box, "element_tag", None) == "table":
        table = box.element
    # WeasyPrint leaves the structure element of each cell on the cell's box, as `mark`.
    if hasattr(box, "mark"):
        yield table, box
    for child in getattr(box, "children", ()):
        yield from _cell_boxes(child, table)


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

    def ancestor(self, element: pydyf.Dictionary, kind: str) -> pydyf.Dictionary | None:
        while element.get("Type") == "/StructElem":
            if element["S"] == kind:
                return element
            element = self.at(element["P"])
        return None

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
        """Makes a table that runs over a page's end one table, without its repeated heads."""
        tables = {
            table.number: table
            for cell in cells
            if (table := self.ancestor(cell.element, "/Table")) is not None
        }
        whole, *later = tables.values()
        for table in later:
            self.move([group for group in self.kids(table) if group["S"] != "/THead"], whole)
            self.remove(table)

    def head_cells(self, cells: list[Cell]) -> None:
        """Scope for each header cell, and for each data cell the headers that a reader would name.

        Those are its column's head, the header that opens its group of rows (`rowgroup`) and the
        nearest header before it in its row. WeasyPrint counts a group's header among its
        column's, so that each criterion would be announced with all others.
        """
        scopes = {cell.element.number: cell.scope for cell in cells}
        table = self.ancestor(cells[0].element, "/Table")
        columns: dict[int, pydyf.String] = {}
        for group in self.kids(table) if table is not None else ():
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
