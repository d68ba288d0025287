"""Plays the main job for the demonstration's centres, through the actions that a click calls."""

import datetime
from collections.abc import Iterator

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from assessment.actions import save_comment, save_judgement, save_section, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Sheet
from assessment.queries.tree import criterion_mark, sheet_tree
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
from centres.tenancy import centre_context
from config.demo.alignments_play import play_alignments
from config.demo.approvals_play import play_approvals
from config.demo.handbooks_play import play_handbooks
from config.demo.houses import houses
from config.demo.proof import just_proved
from config.demo.quality_play import play_quality
from config.demo.story import PASSWORD, Attempt, House, Item, Learner
from config.demo.views import PLATFORM_STAFF
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Submission
from qualifications.models import Assessment, Criterion, MarkSection, Pathway


def email(house: House, key: str) -> str:
    """The address of a person of the demonstration."""
    return f"{key}@{house.slug}.example.org"


def play() -> Iterator[str]:
    """Play what is not there yet, centre by centre, each in one transaction; yields progress.

    Stopped half-way, it leaves either a whole centre or nothing of it, so playing twice is
    harmless.
    """
    bring_platform_staff()
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
                play_approvals(house, centre, people["max"])
                for learner in house.learners:
                    play_learner(centre, people, learner)
                play_alignments(house, centre, people)
                play_handbooks(house, centre, people)
                play_quality(house, centre, people)
        yield f"{house.name}: {len(house.people)} people, {len(house.learners)} learners"


def bring_platform_staff() -> None:
    """One of the platform's own staff, whom no centre invites; once."""
    if not User.objects.filter(email=PLATFORM_STAFF).exists():
        User.objects.create_user(PLATFORM_STAFF, PASSWORD, full_name="Robin Ash", is_staff=True)


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


def play_learner(centre: Centre, people: dict[str, User], learner: Learner) -> None:
    """Enrol, register and allocate a learner, then play their work."""
    manager, person, assessor = people["max"], people[learner.key], people["pat"]
    pathway = Pathway.objects.get(code=learner.pathway, specification__centre_id=None)
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
    assessment = Assessment.objects.select_related("specification").get(
        code=learner.assessment, specification_id=pathway.specification_id
    )
    _add(centre, person, registration, assessment, learner.draft)
    for attempt in learner.attempts:
        _add(centre, person, registration, assessment, attempt.items)
        submission = _submit(centre, person, registration, assessment)
        _mark(centre, assessor, submission, attempt)
        _sign(centre, assessor, submission)
    if learner.waiting:
        _add(centre, person, registration, assessment, learner.waiting.items)
        submission = _submit(centre, person, registration, assessment)
        _mark(centre, assessor, submission, learner.waiting)


def _add(
    centre: Centre,
    person: User,
    registration: Registration,
    assessment: Assessment,
    items: tuple[Item, ...],
) -> None:
    """Upload the files and claim them."""
    criteria = _criteria(assessment)
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


def _criteria(assessment: Assessment) -> dict[str, Criterion]:
    """The criteria of an assessment by the marks that pages give them."""
    tree = sheet_tree(assessment)
    rows = Criterion.objects.select_related("outcome").in_bulk([each.id for each in tree.criteria])
    return {criterion_mark(tree, each): rows[each.id] for each in tree.criteria}


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
        proof=just_proved(),
    )


def _mark(centre: Centre, assessor: User, submission: Submission, attempt: Attempt) -> None:
    """Decide the criteria or mark the sections, and comment, as far as the story goes."""
    criteria = _criteria(submission.assessment)
    outcomes = {criterion.outcome.number: criterion.outcome for criterion in criteria.values()}
    for number, (decision, feedback) in attempt.judgements.items():
        save_judgement(
            actor=assessor,
            centre=centre,
            submission=submission,
            criterion=criteria[number],
            decision=decision,
            feedback=feedback,
            counts=attempt.counts.get(number, {}),
            base_revision=0,
            tab="demo",
        )
    sections = MarkSection.objects.filter(assessment=submission.assessment).order_by("position")
    for section, marks in zip(sections, attempt.marks, strict=False):
        save_section(
            actor=assessor,
            centre=centre,
            submission=submission,
            section=section,
            mark=marks.mark,
            strengths=marks.strengths,
            improvements=marks.improvements,
            counts=marks.counts,
            tab="demo",
        )
    for outcome, audience, said in attempt.comments:
        save_comment(
            actor=assessor,
            centre=centre,
            submission=submission,
            outcome=outcomes[outcome],
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
        proof=just_proved(),
    )


__all__ = ["PASSWORD", "email", "play"]
