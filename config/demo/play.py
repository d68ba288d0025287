"""Plays the main job for the demonstration's centres, through the actions that a click calls."""

import datetime
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from assessment.actions import save_comment, save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Sheet
from centres.actions import (
    accept_invitation,
    allocate_assessor,
    enrol_learner,
    invite_first_manager,
    invite_person,
    open_centre,
    record_registration,
)
from centres.models import Centre, Registration, Role, User
from centres.signatures import Proof
from centres.tenancy import centre_context
from config.demo.story import PASSWORD, Attempt, House, Item, Learner, houses
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Submission
from qualifications.models import Assessment, Criterion, Pathway


def email(house: House, key: str) -> str:
    """The address of a person of the demonstration."""
    return f"{key}@{house.slug}.example.org"


def play() -> Iterator[str]:
    """Play what is not there yet, centre by centre, each in one transaction; yields progress.

    Stopped half-way, it leaves either a whole centre or nothing of it, so playing twice is
    harmless.
    """
    for house in houses():
        if Centre.objects.filter(slug=house.slug).exists():
            yield f"{house.name} is there already"
            continue
        with transaction.atomic():
            centre = open_centre(
                actor=None,
                slug=house.slug,
                name=house.name,
                number=house.number,
                time_zone="Europe/London",
            )
            with centre_context(centre.pk):
                people = bring_people(house, centre)
                for learner in house.learners:
                    play_learner(house, centre, people, learner)
        yield f"{house.name}: {len(house.people)} people, {len(house.learners)} learners"


def bring_people(house: House, centre: Centre) -> dict[str, User]:
    """The manager comes with the centre; everybody else is invited and accepts."""
    people: dict[str, User] = {}
    for person in house.people:
        address = email(house, person.key)
        if person.role == Role.MANAGER:
            _invitation, token = invite_first_manager(
                centre=centre, email=address, full_name=person.name
            )
        else:
            _invitation, token = invite_person(
                actor=people["max"],
                centre=centre,
                email=address,
                full_name=person.name,
                role=person.role,
            )
        membership = accept_invitation(
            centre=centre, token=token, password=PASSWORD, full_name=person.name
        )
        people[person.key] = membership.user
    return people


def play_learner(house: House, centre: Centre, people: dict[str, User], learner: Learner) -> None:
    """Enrol, register and allocate a learner, then play their work."""
    manager, person, assessor = people["max"], people[learner.key], people["pat"]
    pathway = Pathway.objects.get(code="8588-21", specification__centre_id=None)
    today = timezone.localdate()
    registration = enrol_learner(
        actor=manager,
        centre=centre,
        learner=person,
        pathway=pathway,
        certificate_name=person.full_name,
        date_of_birth=learner.born,
        enrolled_on=today - datetime.timedelta(days=120),
    )
    record_registration(
        actor=manager,
        centre=centre,
        registration=registration,
        number=learner.number,
        registered_on=today - datetime.timedelta(days=110),
    )
    allocate_assessor(actor=manager, centre=centre, registration=registration, assessor=assessor)
    assessment = Assessment.objects.get(
        code="501-portfolio", specification_id=pathway.specification_id
    )
    _add(centre, person, registration, learner.draft)
    for attempt in learner.attempts:
        _add(centre, person, registration, attempt.items)
        submission = _submit(centre, person, registration, assessment)
        _mark(centre, assessor, submission, attempt)
        _sign(centre, assessor, submission)
    if learner.waiting:
        _add(centre, person, registration, learner.waiting.items)
        submission = _submit(centre, person, registration, assessment)
        _mark(centre, assessor, submission, learner.waiting)


def _add(centre: Centre, person: User, registration: Registration, items: tuple[Item, ...]) -> None:
    """Upload the files and claim them."""
    criteria = {
        row.number: row
        for row in Criterion.objects.filter(
            specification_id=registration.pathway.specification_id, unit__number="501"
        )
    }
    for item in items:
        evidence = add_evidence(
            actor=person,
            centre=centre,
            registration=registration,
            upload=SimpleUploadedFile(item.name, item.content),
            title=item.title,
        )
        for number, anchor, place, note in item.claims:
            make_claim(
                actor=person,
                centre=centre,
                evidence=evidence,
                criterion=criteria[number],
                anchor=anchor,
                place=place,
                note=note,
            )


def _proof() -> Proof:
    """The people of the demonstration have just given their password."""
    return Proof(method="password", at=datetime.datetime.now(datetime.UTC))


def _submit(
    centre: Centre, person: User, registration: Registration, assessment: Assessment
) -> Submission:
    """Read what would be handed in, declare it and submit."""
    shown = submission_manifest(centre=centre, registration=registration, assessment=assessment)
    return submit_work(
        actor=person,
        centre=centre,
        registration=registration,
        assessment=assessment,
        declaration_version=CURRENT.version,
        shown_digest=shown.digest,
        proof=_proof(),
    )


def _mark(centre: Centre, assessor: User, submission: Submission, attempt: Attempt) -> None:
    """Decide the criteria and comment, as far as the story goes."""
    specification = submission.assessment.specification_id
    criteria = Criterion.objects.filter(
        specification_id=specification, number__in=attempt.judgements, unit__number="501"
    ).select_related("outcome")
    outcomes = {}
    for criterion in criteria:
        outcomes[criterion.outcome.number] = criterion.outcome
        decision, feedback = attempt.judgements[criterion.number]
        save_judgement(
            actor=assessor,
            centre=centre,
            submission=submission,
            criterion=criterion,
            decision=decision,
            feedback=feedback,
            counts=attempt.counts.get(criterion.number, {}),
            base_revision=0,
            tab="demo",
        )
    for number, audience, said in attempt.comments:
        save_comment(
            actor=assessor,
            centre=centre,
            submission=submission,
            outcome=outcomes[number],
            audience=audience,
            text=said,
            base_revision=0,
            tab="demo",
        )


def _sign(centre: Centre, assessor: User, submission: Submission) -> None:
    """Read what would be signed and sign it."""
    draft = Sheet.objects.for_centre(centre).get(submission=submission, assessor=assessor)
    sign_sheet(
        actor=assessor,
        centre=centre,
        submission=submission,
        shown_digest=sheet_manifests(draft).file.digest,
        proof=_proof(),
    )


__all__ = ["PASSWORD", "email", "play"]
