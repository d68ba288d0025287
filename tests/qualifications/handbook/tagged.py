"""PDFs with tags of our own making: words at places, and an outline that names them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name

Outline = tuple[str, Sequence["Outline | int"]]  # a kind of tag and what it holds: tags, marks
SIZE = 10  # points
_ATTRIBUTES = {"TD2": {"/RowSpan": 2}}  # a kind of our own for a cell that spans two rows


@dataclass
class Drawn:
    """Marks count from 0 over the whole document, as `draw` gives them out."""

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    page_of: list[int] = field(default_factory=list)
    count: int = 0  # marks of the page

    def draw(self, text: str, x: float, y: float) -> int:
        """Words on one base line, `y` points below the page's top; gives their mark."""
        self.pages[-1].append(f"/P <</MCID {self.count}>> BDC {_shown(text, x, y)} EMC")
        self.page_of.append(len(self.pages) - 1)
        self.count += 1
        return len(self.page_of) - 1

    def decorate(self, text: str, x: float, y: float) -> None:
        self.pages[-1].append(f"/Artifact BMC {_shown(text, x, y)} EMC")

    def leave_out(self, text: str, x: float, y: float) -> None:
        """Words that no tag names."""
        self.pages[-1].append(_shown(text, x, y))

    def turn(self) -> None:
        self.pages.append([])
        self.count = 0

    def saved(self, outline: Sequence[Outline], roles: dict[str, str] | None = None) -> bytes:
        pdf = pikepdf.new()
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
        for drawn in self.pages:
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = Dictionary(Font=Dictionary(F=font))
            page.Contents = pdf.make_stream("\n".join(drawn).encode("cp1252"))
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.RoleMap = Dictionary({f"/{one}": Name(f"/{other}") for one, other in _roles(roles)})
        root.K = Array([self._tag(pdf, root, one) for one in outline])
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        file = io.BytesIO()
        pdf.save(file)
        return file.getvalue()

    def _tag(self, pdf: pikepdf.Pdf, parent: pikepdf.Object, outline: Outline) -> pikepdf.Object:
        kind, parts = outline
        tag = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent))
        if kind in _ATTRIBUTES:
            tag.A = Dictionary({"/O": Name.Table, **_ATTRIBUTES[kind]})
        tag.K = Array(
            [
                self._mark(pdf, one) if isinstance(one, int) else self._tag(pdf, tag, one)
                for one in parts
            ]
        )
        return tag

    def _mark(self, pdf: pikepdf.Pdf, mark: int) -> Dictionary:
        page = self.page_of[mark]
        number = mark - self.page_of.index(page)
        return Dictionary(Type=Name.MCR, Pg=pdf.pages[page].obj, MCID=number)


def _roles(roles: dict[str, str] | None) -> list[tuple[str, str]]:
    return [*{kind: kind[:2] for kind in _ATTRIBUTES}.items(), *(roles or {}).items()]


def _shown(text: str, x: float, y: float) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F {SIZE} Tf {x} {842 - y} Td ({escaped}) Tj ET"
