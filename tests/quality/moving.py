"""Short ways to passed units, newer versions and moves, by the real actions."""

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.actions import save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Sheet
from centres.actions import enrol_learner
from centres.models import PathwayMove, Registration
from centres.tenancy import centre_context
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Submission
from qualifications.actions import load_specification
from qualifications.models import Assessment, Criterion, Pathway
from quality.actions.moves import move_registration
from tests.assessment.marking import SPECIFICATION, MarkScene, orchard
from tests.assessment.scenes import refusing
from tests.cast import Cast, fresh_proof
from tests.stage import COUNTS

COUNTED: dict[tuple[str, str], dict[str, str]] = {
    **{("8588-501", number): counts for number, counts in COUNTS.items()},
    ("8588-502", "1.1"): {"planned_clients": "4"},
    ("8588-502", "2.1"): {"practice_hours": "54", "clients": "4"},
    ("8588-502", "3.3"): {"supervision_hours": "3"},
    ("O-1", "1.1"): {"trees": "3"},
    ("O-3", "1.1"): {"hours": "12.5"},
}
# A year after the first; the same words, unless a test changes some.
NEWER = SPECIFICATION.replace('version: "1"', 'version: "2"').replace("2024-02-29", "2025-03-31")
CHANGED = ("statement: Explain each cut.", "statement: Explain and date each cut.")
# A Certificate that shares no unit with the Award.
APART = (
    ("credits: 12\n    glh: 27\n    tqt: 120", "credits: 5\n    glh: 9\n    tqt: 50"),
    ("units: [O-1, O-2, O-4]", "units: [O-4]"),
)


def diploma(code: str = "8588-31") -> Pathway:
    """A pathway of the shared 8588."""
    return Pathway.objects.get(code=code, specification__centre_id=None)


def assessment_of(registration: Registration, unit: str) -> Assessment:
    """What is handed in for a unit of the registration's pathway, by its number."""
    return Assessment.objects.get(
        specification=registration.pathway.specification_id, assessment_units__unit__number=unit
    )


def handed_in(cast: Cast, registration: Registration, assessment: Assessment) -> Submission:
    """One new file, claimed for whatever is not claimed yet, declared and handed in."""
    learner = registration.learner
    with centre_context(cast.centre.pk):
        evidence = add_evidence(
            actor=learner,
            centre=cast.centre,
            registration=registration,
            upload=SimpleUploadedFile("work.txt", f"{assessment.pk} {learner.pk}".encode()),
            title=f"Work for {assessment.title}",
        )
        for criterion in Criterion.objects.filter(unit__assessment_units__assessment=assessment):
            make_claim(actor=learner, centre=cast.centre, evidence=evidence, criterion=criterion)
        shown = submission_manifest(
            centre=cast.centre, registration=registration, assessment=assessment
        )
        return submit_work(
            actor=learner,
            centre=cast.centre,
            registration=registration,
            assessment=assessment,
            declaration_version=CURRENT.version,
            shown_digest=shown.digest,
            proof=fresh_proof(),
        )


def decided(cast: Cast, submission: Submission, referred: tuple[str, ...] = ()) -> Sheet:
    """Judged by Pat on a result sheet, and signed."""
    rows = Criterion.objects.filter(
        unit__assessment_units__assessment=submission.assessment_id
    ).select_related("unit")
    with centre_context(cast.centre.pk):
        for criterion in rows.order_by("unit__position", "position"):
            save_judgement(
                actor=cast.pat,
                centre=cast.centre,
                submission=submission,
                criterion=criterion,
                decision="referral" if criterion.number in referred else "pass",
                feedback=f"Read for {criterion.number}.",
                counts=COUNTED.get((criterion.unit.ref, criterion.number), {}),
            )
        draft = Sheet.objects.for_centre(cast.centre).get(
            submission=submission, assessor=cast.pat, signed_at=None
        )
        signed = sign_sheet(
            actor=cast.pat,
            centre=cast.centre,
            submission=submission,
            shown_digest=sheet_manifests(draft).file.digest,
            proof=fresh_proof(),
        )
        rows_of_centre = Sheet.objects.for_centre(cast.centre)
        found: Sheet = rows_of_centre.select_related("submission__assessment").get(pk=signed.pk)
        return found


def passed(cast: Cast, unit: str, *, who: str = "una", referred: tuple[str, ...] = ()) -> Sheet:
    """A unit of 8588 handed in by Una (or Ted) and decided by Pat."""
    registration = registration_of(cast, who)
    submission = handed_in(cast, registration, assessment_of(registration, unit))
    return decided(cast, submission, referred)


def registration_of(cast: Cast, who: str = "una") -> Registration:
    """Una's or Ted's first registration, as it is now."""
    return fresh(cast, getattr(cast, f"{who}_registration"))


def fresh(cast: Cast, registration: Registration) -> Registration:
    """A registration as it is now."""
    with centre_context(cast.centre.pk):
        rows = Registration.objects.for_centre(cast.centre).select_related(
            "centre", "learner", "pathway__specification__qualification"
        )
        found: Registration = rows.get(pk=registration.pk)
        return found


def moved(
    cast: Cast, pathway: Pathway, *, registration: Registration | None = None, **more: Any
) -> PathwayMove:
    """Una's registration (or another), moved by Max."""
    with refusing(cast):
        return move_registration(
            actor=more.pop("actor", cast.max),
            centre=cast.centre,
            registration=registration or registration_of(cast),
            pathway=pathway,
            **more,
        )


def newer(cast: Cast, *changes: tuple[str, str], version: str = "2", year: int = 2025) -> Pathway:
    """A newer version of Alder's own qualification, with some of its words changed."""
    text = NEWER.replace('version: "2"', f'version: "{version}"').replace("2025-", f"{year}-")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with centre_context(cast.centre.pk):
        load_specification(text, using="default", centre_id=cast.centre.pk)
        return Pathway.objects.get(
            code="9001-A", centre_id=cast.centre.pk, specification__version=version
        )


def set_apart(cast: Cast) -> tuple[Registration, Pathway]:
    """Una on the Award of a version whose Certificate shares no unit with it, and that."""
    scene, _ = pruned(cast)
    award = newer(cast, *APART)
    moved(cast, award, registration=fresh(cast, scene.registration))
    with centre_context(cast.centre.pk):
        other = Pathway.objects.get(code="9001-C", specification=award.specification_id)
    return fresh(cast, scene.registration), other


def pruned(cast: Cast, referred: tuple[str, ...] = ()) -> tuple[MarkScene, Sheet]:
    """Una on Alder's own qualification, with its unit O-1 decided on a result sheet."""
    scene = orchard(cast)
    with centre_context(cast.centre.pk):
        assessment = Assessment.objects.get(
            code="1-portfolio", specification=scene.assessment.specification_id
        )
    registration = fresh(cast, scene.registration)
    return scene, decided(cast, handed_in(cast, registration, assessment), referred)


def enrolled_too(cast: Cast, pathway: Pathway) -> Registration:
    """Una's second registration."""
    with centre_context(cast.centre.pk):
        return enrol_learner(
            actor=cast.max,
            centre=cast.centre,
            learner=cast.una,
            pathway=pathway,
            certificate_name=cast.una.full_name,
            date_of_birth=datetime.date(1990, 5, 17),
            enrolled_on=datetime.date(2026, 3, 2),
        )
