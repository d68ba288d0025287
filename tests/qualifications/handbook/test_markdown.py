"""A handbook saved as Markdown reads like the same one saved as text or by Word."""

import re
from collections.abc import Callable

import pytest

from tests.qualifications.handbook.papers import (
    Paper,
    alignment_paper,
    handbook_paper,
    read,
    values,
)

LABELS = ("Assessment criteria", "Depth", "Assessment guidance", "The learner can:")


def as_markdown(paper: Paper) -> str:
    """Headings, bold labels, lists, escapes and tables with bars, as converters write them."""
    parts = []
    for block in paper.blocks:
        if isinstance(block, str):
            parts += [_line(block), ""]
            continue
        width = max(len(row) for row in block)
        rows = [
            "| " + " | ".join(cell.replace("\n", "<br>") for cell in row) + " |" for row in block
        ]
        rule = "|" + " --- |" * width
        parts += [rows[0], rule, *rows[1:], ""]
    return "\n".join(parts)


def _line(text: str) -> str:
    if text.startswith("Unit "):
        return f"## {text} ##"
    if text in LABELS:
        return f"**{text}**"
    if text.startswith("· "):
        return f"- {text[2:]}"
    return re.sub(r"^(\d)\.(\d)", r"\1\\.\2", text)


@pytest.mark.parametrize("paper", [handbook_paper, alignment_paper])
def test_markdown_reads_as_text_does(paper: Callable[[], Paper]) -> None:
    text = as_markdown(paper())
    assert "| --- |" in text

    assert values(read(text, "orchard.md")) == values(read(paper().as_text()))


def test_marks_of_emphasis_go_and_stars_that_mark_nothing_stay() -> None:
    sound = handbook_paper().as_text().decode()
    noisy = sound.replace("Canker, scab and rot.", "*Canker*, __scab__ and **rot**.").replace(
        "Name two causes", "Name two\\_causes 3 * 2"
    )
    assert noisy != sound

    unit = read(noisy, "orchard.md").units[0]

    noted = unit.criteria[1]
    assert [depth.value for depth in noted.depth or ()] == ["Canker, scab and rot."]
    assert (noted.guidance or ())[0].value == "Name two_causes 3 * 2, such as:"
