"""Short ways to the states of an alignment, by the real actions."""

from typing import Any

from django.core.files.storage import default_storage

from assessment.actions import Saved
from centres.tenancy import centre_context
from qualifications.models import Pathway
from quality.actions.alignments import (
    approve_alignment,
    save_cover,
    save_unit,
    start_alignment,
    start_next_version,
    unit_texts,
)
from quality.alignment_tasks import render_alignment_paper
from quality.models import Alignment, AlignmentPaper
from quality.queries.alignments import AlignmentWork, alignment_manifest, alignment_work
from tests.assessment.scenes import refusing
from tests.cast import Cast, fresh_proof

TITLE = "Orchard Leaders"


def pathway_of(cast: Cast) -> Pathway:
    """The one on which Una is registered."""
    found: Pathway = cast.una_registration.pathway
    return found


def started(cast: Cast, **changes: Any) -> Alignment:
    """A draft that Max began."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "pathway": pathway_of(cast),
        "title": TITLE,
        **changes,
    }
    with refusing(cast):
        return start_alignment(**given)


def fresh(cast: Cast, alignment: Alignment) -> Alignment:
    """The row as it is now."""
    with centre_context(cast.centre.pk):
        found: Alignment = (
            Alignment.objects.for_centre(cast.centre)
            .select_related("pathway__specification__qualification", "centre")
            .get(pk=alignment.pk)
        )
        return found


def work_of(cast: Cast, alignment: Alignment) -> AlignmentWork:
    """All that it says."""
    held = fresh(cast, alignment)
    with centre_context(cast.centre.pk):
        return alignment_work(cast.centre, held)


def covered(cast: Cast, alignment: Alignment, **changes: Any) -> Saved:
    """What Lea types on the cover."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "alignment": alignment,
        "base_revision": fresh(cast, alignment).revision,
        **changes,
    }
    with refusing(cast):
        return save_cover(**given)


def said(cast: Cast, alignment: Alignment, place: int = 0, **changes: Any) -> Saved:
    """What Max types on the page of the unit at that place."""
    line = work_of(cast, alignment).units[place]
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "alignment": alignment,
        "unit": line.unit,
        "base_revision": line.row.revision,
        **changes,
    }
    with refusing(cast):
        return save_unit(**given)


def filled(cast: Cast, alignment: Alignment | None = None) -> Alignment:
    """A draft with every criterion of every unit filled in."""
    alignment = alignment or started(cast)
    for place, line in enumerate(work_of(cast, alignment).units):
        names = [name for name in unit_texts(line) if "-" in name]
        texts = {name: f"{name} of {line.unit.ref}" for name in names}
        said(cast, alignment, place, typed={**texts, "assessment_title": "A reflective account"})
    return alignment


def approve(cast: Cast, alignment: Alignment, **changes: Any) -> Alignment:
    """Lea approves a draft."""
    work = work_of(cast, alignment)
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "alignment": alignment,
        "shown_digest": alignment_manifest(work).digest,
        "proof": fresh_proof(),
        **changes,
    }
    with refusing(cast):
        return approve_alignment(**given)


def approved(cast: Cast, **changes: Any) -> Alignment:
    """An approved alignment."""
    return approve(cast, filled(cast, started(cast, **changes)))


def next_of(cast: Cast, alignment: Alignment, **changes: Any) -> Alignment:
    """The next version, begun by Max."""
    given = {"actor": cast.max, "centre": cast.centre, "alignment": alignment, **changes}
    with refusing(cast):
        return start_next_version(**given)


def paper_of(cast: Cast, alignment: Alignment) -> AlignmentPaper:
    """The row of its paper."""
    with centre_context(cast.centre.pk):
        found: AlignmentPaper = AlignmentPaper.objects.for_centre(cast.centre).get(
            alignment=alignment
        )
        return found


def issued(cast: Cast, alignment: Alignment) -> AlignmentPaper:
    """Its paper, rendered and sealed for real when first asked for."""
    paper = paper_of(cast, alignment)
    if paper.state != AlignmentPaper.State.ISSUED:
        render_alignment_paper(str(cast.centre.pk), str(paper.pk))
        paper = paper_of(cast, alignment)
    assert paper.state == AlignmentPaper.State.ISSUED, paper.trouble
    return paper


def content_of(paper: AlignmentPaper) -> bytes:
    """The bytes of an issued paper."""
    with default_storage.open(paper.key) as file:
        content: bytes = file.read()
    return content
