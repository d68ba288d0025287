"""Task pages: what to write under which heading, with the marks and the criteria beside it."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundMarks, FoundTask
from qualifications.handbook.layouts.mark_sheet import read_title, refs_of
from qualifications.handbook.noise import at_capitals, is_bullet
from qualifications.handbook.numbers import REF
from qualifications.handbook.pieces import Piece, joined

_HEADING = re.compile(rf"^(?!MARK SHEET)(?P<title>[A-Z][A-Z/ &-]{{6,70}}:\s*{REF}.*)$")
_MARKS = re.compile(
    r"\(?\s*min\.?\s*(\d{1,3})\s*marks?\s*required\s*from\s*(\d{1,3})\b.{0,14}$", re.I
)
_HEADER = re.compile(r"Assessment criteria\W*$", re.I)
_DECLARATION = re.compile(r"^By submitting\b", re.I)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    return bool(_HEADING.match(pieces[index].text))


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _HEADING.match(pieces[0].text)
    title, index = read_title(pieces, match["title"] if match else "")
    if title is None:
        return 1
    task = FoundTask(title, refs_of(title, findings.doubts))
    body = pieces[index:]
    start = next((i for i, p in enumerate(body) if _HEADER.search(p.text)), None)
    if start is None:
        return 1
    for paragraph in _paragraphs(body[start + 1 :]):
        marks = _MARKS.search(paragraph.value)
        text = paragraph.value[: marks.start()].strip() if marks else paragraph.value
        if text and not _DECLARATION.match(text):
            parts = [text] if is_bullet(text) else at_capitals(text)
            task.items.append([Read(part, paragraph.raw, paragraph.place) for part in parts])
        if marks:
            lowest, most = (Read(int(marks[group]), marks[0], paragraph.place) for group in (1, 2))
            task.items.append(FoundMarks(lowest, most))
    if task.marks:
        findings.tasks.append(task)
    return len(pieces)


def _paragraphs(pieces: Sequence[Piece]) -> list[Read[str]]:
    """Lines between gaps, bullets and cells as one text each."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if not piece.text:
            continue
        new = piece.after_gap or piece.opens_cell or is_bullet(piece.text)
        ended = bool(groups) and bool(_MARKS.search(groups[-1][-1].text))
        if new or ended or not groups:
            groups.append([])
        groups[-1].append(piece)
    return [read for group in groups if (read := joined(group)) is not None]
