"""One module a layout; `read_layouts` finds where each begins and lets it read its part."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings
from qualifications.handbook.layouts import (
    alignment,
    evidence_matrix,
    handbook_unit,
    mark_sheet,
    result_sheet,
    task_page,
    two_column_unit,
)
from qualifications.handbook.layouts.qualification import read_qualifications
from qualifications.handbook.layouts.unit_list import read_rows
from qualifications.handbook.pieces import Piece


class Layout(NamedTuple):
    opens: Callable[[Sequence[Piece], int], bool]
    read: Callable[[Sequence[Piece], Findings], int]


LAYOUTS = (
    Layout(mark_sheet.opens, mark_sheet.read),
    Layout(task_page.opens, task_page.read),
    Layout(result_sheet.opens, result_sheet.read),
    Layout(evidence_matrix.opens, evidence_matrix.read),
    Layout(handbook_unit.opens, handbook_unit.read),
    Layout(two_column_unit.opens, two_column_unit.read),
    Layout(alignment.opens, alignment.read),
)


def read_layouts(pieces: Sequence[Piece], furniture: Sequence[Read[str]]) -> Findings:
    """Everything that the layouts find; what belongs to none of them is the document's front."""
    findings = Findings()
    opened = [
        (index, layout)
        for index, piece in enumerate(pieces)
        if piece.text and (layout := _opened(pieces, index))
    ]
    front = list(pieces[: opened[0][0]] if opened else pieces)
    ends = [*(index for index, _ in opened[1:]), len(pieces)]
    for (start, layout), end in zip(opened, ends, strict=False):
        layout.read(pieces[start:end], findings)
    read_qualifications(front, furniture, findings)
    read_rows(front, findings)
    return findings


def _opened(pieces: Sequence[Piece], index: int) -> Layout | None:
    return next((layout for layout in LAYOUTS if layout.opens(pieces, index)), None)
