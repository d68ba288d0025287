"""What the list of a sheet's papers needs to know of itself to keep itself fresh."""

from collections.abc import Iterable

from django import template

from assessment.models import Document

register = template.Library()

UNDER_WAY = frozenset({Document.State.QUEUED, Document.State.RENDERING})


@register.simple_tag
def progress_to_watch(papers: Iterable[Document]) -> str:
    """How far the papers are, in a few signs; empty once there is nothing left to wait for."""
    shown = list(papers)
    if not any(paper.state in UNDER_WAY for paper in shown):
        return ""
    return progress(shown)


def progress(papers: Iterable[Document]) -> str:
    """The same, whether or not anything is still to come."""
    return "".join(f"{paper.state}{paper.tries}." for paper in papers)
