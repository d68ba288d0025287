"""A mark sheet over two units of our own invention, and short ways to its states."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.actions import save_section, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import SectionMark, Sheet
from assessment.queries.tree import sheet_tree
from centres.actions import allocate_assessor, enrol_learner
from centres.models import Registration
from centres.tenancy import centre_context
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Submission
from qualifications.actions import load_specification
from qualifications.models import Assessment, Criterion, MarkSection, Pathway
from qualifications.queries import AssessmentTree
from tests.approved import approve
from tests.assessment.scenes import refusing
from tests.cast import Cast, fresh_proof
from tests.qualifications.orchard import OF_A_CENTRE

# Half of each maximum: 5 of 10, 25 of 50, 20 of 40.
MINIMA = (5, 25, 20)
HOURS = "12.5"
REDO = "Say how much the press gave, and why it was less than hoped."

SPECIFICATION = OF_A_CENTRE.replace(
    'version: "1"\n', 'version: "1"\npublished: 2024-02-29\npublished_by: Orchard Guild\n'
).replace(
    '          - {number: "1.1", verb: explain, statement: Explain the harvest.}\n',
    '          - {number: "1.1", verb: explain, statement: Explain the harvest.}\n'
    "    rules:\n"
    '      - criterion: "1.1"\n'
    "        code: hours\n"
    "        label: Hours among the trees\n"
    "        minimum: 12\n"
    "        unit_of_measure: hours\n"
    "        source: Leaflet, unit 3, AC 1.1\n",
)

# The first has a code that is a gate on the other criterion of its section.
WITH_CHECKLISTS = SPECIFICATION.replace(
    '          - {number: "1.2", verb: explain, statement: Explain the yield.}\n',
    '          - {number: "1.2", verb: explain, statement: Explain the yield.}\n'
    "    checklist:\n"
    '      - {criterion: "1.1", code: hours, label: Hours at the press, minimum: 2,'
    " unit_of_measure: hours, source: Leaflet unit 2}\n"
    '      - {criterion: "1.1", code: sources, label: Sources of the yield, minimum: 2,'
    " unit_of_measure: items, source: Leaflet unit 2}\n"
    '      - {criterion: "1.1", code: cleaned, label: The press was cleaned,'
    " source: Leaflet unit 2}\n",
)


@dataclass(frozen=True)
class MarkScene:
    """A cast whose learner is registered on a pathway with a mark sheet over two units."""

    cast: Cast
    assessment: Assessment
    registration: Registration
    tree: AssessmentTree

    def section(self, position: int) -> MarkSection:
        """A section by its position."""
        with centre_context(self.cast.centre.pk):
            return MarkSection.objects.get(pk=self.tree.sections[position - 1].id)


def orchard(cast: Cast, who: str = "una", *, specification: str = SPECIFICATION) -> MarkScene:
    """Una, or another learner, registered by Alder on a specification of its own."""
    learner = getattr(cast, who)
    with centre_context(cast.centre.pk):
        load_specification(specification, using="default", centre_id=cast.centre.pk)
        pathway = Pathway.objects.get(code="9001-A", centre_id=cast.centre.pk)
        approve(cast.centre, pathway.specification.qualification)
        registration = enrol_learner(
            actor=cast.max,
            centre=cast.centre,
            learner=learner,
            pathway=pathway,
            certificate_name=learner.full_name,
            date_of_birth=datetime.date(1990, 5, 17),
            enrolled_on=datetime.date(2026, 2, 2),
        )
        allocate_assessor(
            actor=cast.max, centre=cast.centre, registration=registration, assessor=cast.pat
        )
        assessment = Assessment.objects.get(
            code="2-3-diary", specification_id=pathway.specification_id
        )
        return MarkScene(cast, assessment, registration, sheet_tree(assessment))


def hand_in(scene: MarkScene, items: int = 1) -> Submission:
    """New files, each claimed for every criterion of both units, declared and handed in."""
    cast, registration = scene.cast, scene.registration
    learner = registration.learner
    with centre_context(cast.centre.pk):
        for _ in range(items):
            evidence = add_evidence(
                actor=learner,
                centre=cast.centre,
                registration=registration,
                upload=SimpleUploadedFile("diary.txt", f"The diary of {uuid.uuid4()}.".encode()),
                title="Diary of the season",
            )
            for criterion in scene.tree.criteria:
                make_claim(
                    actor=learner,
                    centre=cast.centre,
                    evidence=evidence,
                    criterion=Criterion.objects.get(pk=criterion.id),
                )
        shown = submission_manifest(
            centre=cast.centre, registration=registration, assessment=scene.assessment
        )
        return submit_work(
            actor=learner,
            centre=cast.centre,
            registration=registration,
            assessment=scene.assessment,
            declaration_version=CURRENT.version,
            shown_digest=shown.digest,
            proof=fresh_proof(),
        )


def unas_diary(cast: Cast) -> Submission:
    """Una's diary as it waits to be marked, made when it is first asked for."""
    with centre_context(cast.centre.pk):
        made = Submission.objects.for_centre(cast.centre).filter(
            learner=cast.una, assessment__code="2-3-diary"
        )
        found: Submission | None = made.first()
    return found or hand_in(orchard(cast))


def save(scene: MarkScene, submission: Submission, position: int, **typed: Any) -> Any:
    """Pat (or another ``actor``) saves a section."""
    actor = typed.pop("actor", scene.cast.pat)
    with refusing(scene.cast):
        return save_section(
            actor=actor,
            centre=scene.cast.centre,
            submission=submission,
            section=scene.section(position),
            **typed,
        )


def mark_all(
    scene: MarkScene,
    submission: Submission,
    marks: tuple[int, ...] = MINIMA,
    hours: str = HOURS,
) -> None:
    """Every section marked, with words on each; what is below its minimum says what to redo."""
    for section, mark in zip(scene.tree.sections, marks, strict=True):
        save(
            scene,
            submission,
            section.position,
            mark=mark,
            strengths=f"What is good in {section.title}.",
            improvements=REDO if mark < section.minimum else "",
            counts={"hours": hours} if section.title == "Press and yield" and hours else None,
            tab="scene",
        )


def sign(scene: MarkScene, submission: Submission) -> Sheet:
    """Sign Pat's draft as it stands."""
    with centre_context(scene.cast.centre.pk):
        draft = Sheet.objects.for_centre(scene.cast.centre).get(
            submission=submission, assessor=scene.cast.pat, signed_at=None
        )
        return sign_sheet(
            actor=scene.cast.pat,
            centre=scene.cast.centre,
            submission=submission,
            shown_digest=sheet_manifests(draft).file.digest,
            proof=fresh_proof(),
        )


def stored(scene: MarkScene, submission: Submission, position: int) -> SectionMark:
    """The stored mark of Pat's sheet on a section."""
    with centre_context(scene.cast.centre.pk):
        found: SectionMark = SectionMark.objects.for_centre(scene.cast.centre).get(
            sheet__submission=submission,
            sheet__assessor=scene.cast.pat,
            section=scene.section(position),
        )
        return found
