"""A sheet as HTML: the one place where a paper's content meets its template."""

from __future__ import annotations

import io

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from assessment.paper.content import Count, Paper

_COPY_NAMES = {"learner": "Learner’s copy", "file": "File copy"}
_RUNNING_NAME = 40


def paper_html(paper: Paper, *, language: str = "en-GB") -> str:
    """A whole HTML document for `render_pdf`; every value from the paper is escaped."""
    standing = "Provisional" if paper.standing.is_provisional else "Confirmed"
    learner = f"{_shortened(paper.learner_name)}, {paper.registration_number}".rstrip(", ")
    title = (
        f"{paper.kind} {paper.refs}, registration {paper.registration_number or 'not yet given'}"
    )
    return render_to_string(
        paper.template,
        {
            "paper": paper,
            "language": language,
            "title": f"{title}, provisional" if paper.standing.is_provisional else title,
            "verdict": f"{standing}: {paper.stands}",
            "copy_name": _COPY_NAMES[paper.copy],
            "running_sheet": f"{paper.kind} {paper.refs} · {learner}",
            "running_centre": _listed(_shortened(paper.centre_name), paper.centre_number),
            "count_pairs": _pairs(paper.counts),
            "qr_code": qr_code(paper.verify_url),
        },
    )


def qr_code(address: str) -> SafeString:
    """The address as an SVG figure of one path, with a title that a screen reader announces."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing,
        kind="svg",
        xmldecl=False,
        border=0,
        omitsize=True,
        nl=False,
        title="QR code that opens the check page",
    )
    return mark_safe(drawing.getvalue().decode())  # noqa: S308  segno escapes; modules are a path


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _pairs(counts: tuple[Count, ...]) -> list[tuple[Count, ...]]:
    return [counts[i : i + 2] for i in range(0, len(counts), 2)]


def _shortened(name: str) -> str:
    # The margin has one line; the name stands in full in the sheet's own table.
    return name if len(name) <= _RUNNING_NAME else name[: _RUNNING_NAME - 1].rstrip() + "…"
