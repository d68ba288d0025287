"""Plays a programme of a centre of the demonstration: mapped, approved by name, followed."""

from centres.models import Centre, Registration, User
from config.demo.proof import just_proved
from config.demo.story import Aligned, House
from qualifications.models import Pathway
from quality.actions.alignment_learners import place_on_programme
from quality.actions.alignments import (
    approve_alignment,
    save_cover,
    save_unit,
    start_alignment,
)
from quality.models import Alignment
from quality.queries.alignments import alignment_manifest, alignment_work


def play_alignments(house: House, centre: Centre, people: dict[str, User]) -> None:
    """The manager fills each programme in, the lead approves it, learners are placed on it."""
    for story in house.alignments:
        alignment = _filled(centre, people["max"], story)
        approve_alignment(
            actor=people["lea"],
            centre=centre,
            alignment=alignment,
            shown_digest=alignment_manifest(alignment_work(centre, alignment)).digest,
            proof=just_proved(),
        )
        place_on_programme(
            actor=people["max"],
            centre=centre,
            alignment=alignment,
            registrations=Registration.objects.for_centre(centre).filter(
                learner__in=[people[key] for key in story.learners],
                pathway=alignment.pathway,
            ),
        )


def _filled(centre: Centre, manager: User, story: Aligned) -> Alignment:
    """A draft with its cover and every criterion."""
    alignment = start_alignment(
        actor=manager,
        centre=centre,
        pathway=Pathway.objects.get(code=story.pathway, specification__centre_id=None),
        title=story.title,
    )
    save_cover(
        actor=manager,
        centre=centre,
        alignment=alignment,
        typed={"overview": story.overview, **story.people},
        base_revision=0,
    )
    said = {unit.ref: unit for unit in story.units}
    for line in alignment_work(centre, alignment).units:
        unit = said[line.unit.ref]
        typed = {"assessment_title": unit.title}
        for number, (strategies, evidence) in unit.criteria.items():
            typed |= {f"strategies-{number}": strategies, f"evidence-{number}": evidence}
        save_unit(
            actor=manager,
            centre=centre,
            alignment=alignment,
            unit=line.unit,
            typed=typed,
            base_revision=0,
        )
    found: Alignment = (
        Alignment.objects.for_centre(centre)
        .select_related("pathway__specification__qualification", "centre")
        .get(pk=alignment.pk)
    )
    return found
