"""Short ways to the states of an alignment, by the real actions."""

import datetime
from typing import Any

from django.core.files.storage import default_storage

from assessment.actions import Saved
from centres.actions import enrol_learner
from centres.models import Membership, Registration, Role
from centres.programmes import programme_of, with_programme
from centres.tenancy import centre_context
from qualifications.models import Pathway
from quality.actions.alignment_learners import end_programme, place_on_programme
from quality.actions.alignments import (
    approve_alignment,
    discard_alignment,
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
from tests.cast import Cast, fresh_proof, make_user
from tests.quality.moving import registration_of

TITLE = "Orchard Leaders"
COVER = {"overview": "One day a month, for a year.", "assessment_manager": "Lea Linden"}


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
    """What Max types on the cover."""
    given = {
        "actor": cast.max,
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
    """A draft with the cover and every criterion of every unit filled in."""
    alignment = alignment or started(cast)
    held = fresh(cast, alignment)
    covered(cast, held, typed={name: getattr(held, name) or text for name, text in COVER.items()})
    for place, line in enumerate(work_of(cast, alignment).units):
        names = [name for name in unit_texts(line) if "-" in name]
        texts = {name: f"{name} of {line.unit.ref}" for name in names}
        said(cast, alignment, place, typed={**texts, "assessment_title": "A reflective account"})
    return fresh(cast, alignment)


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


def enrolled(cast: Cast, count: int) -> list[Registration]:
    """Further learners on Una's pathway."""
    made = []
    with centre_context(cast.centre.pk):
        for number in range(count):
            name = f"Nia {number} Further"
            person = make_user(f"nia{number}@{cast.centre.slug}.example.org", name)
            Membership.objects.create(
                centre=cast.centre,
                user=person,
                role=Role.LEARNER,
                starts_on=datetime.date(2026, 1, 5),
            )
            made.append(
                enrol_learner(
                    actor=cast.max,
                    centre=cast.centre,
                    learner=person,
                    pathway=pathway_of(cast),
                    certificate_name=name,
                    date_of_birth=datetime.date(1990, 5, 17),
                    enrolled_on=datetime.date(2026, 2, 2),
                )
            )
    return made


def placed(cast: Cast, alignment: Alignment, *who: str, **changes: Any) -> int:
    """Max places learners on it; Una unless others are named."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "alignment": alignment,
        "registrations": [registration_of(cast, name) for name in who or ("una",)],
        **changes,
    }
    with refusing(cast):
        return place_on_programme(**given)


def ended(cast: Cast, who: str = "una", **changes: Any) -> None:
    """Max ends what a learner follows."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "registration": registration_of(cast, who),
        **changes,
    }
    with refusing(cast):
        end_programme(**given)


def programme_now(cast: Cast, who: str = "una") -> str:
    """What a learner follows, as the page of the registration says it."""
    with centre_context(cast.centre.pk):
        rows = with_programme(cast.centre, Registration.objects.for_centre(cast.centre))
        found = programme_of(rows.get(pk=registration_of(cast, who).pk))
    return str(found or "")


def discarded(cast: Cast, alignment: Alignment, **changes: Any) -> None:
    """Max discards a draft."""
    given = {"actor": cast.max, "centre": cast.centre, "alignment": alignment, **changes}
    with refusing(cast):
        discard_alignment(**given)


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
