"""The stage: what the cast has made through the real actions, so every route has its object."""

from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from assessment.actions import save_comment, save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from assessment.tasks import render_document
from centres.actions import invite_person
from centres.models import Invitation, Membership, Notice, Registration, Role, User
from centres.notices import notify
from centres.tenancy import centre_context
from portfolios.actions import add_evidence, make_claim, submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Claim, Evidence, EvidenceVersion, Submission
from qualifications.models import Criterion
from tests.cast import Cast, fresh_proof, make_cast, make_user

COUNTS = {
    "1.1": {"planned_clients": "2"},
    "2.1": {"practice_hours": "18", "clients": "2"},
    "3.3": {"supervision_hours": "1"},
}


@dataclass
class Work:
    """What one learner has made: an item, a claim, a submission, and a signed sheet if any."""

    learner: User
    registration: Registration
    evidence: Evidence
    version: EvidenceVersion
    claim: Claim
    submission: Submission | None = None
    sheet: Sheet | None = None


@dataclass
class Stage:
    """A cast and its work. Una's is signed as a referral, Ted's waits to be marked."""

    cast: Cast
    una: Work
    ted: Work
    invitation: Invitation
    token: str
    unas_notice: Notice
    teds_notice: Notice

    def membership(self, user: User) -> Membership:
        """The one membership of a person."""
        return Membership.objects.get(user=user, centre=self.cast.centre)

    def issued(self, copy: str) -> Document:
        """A paper of Una's sheet, rendered and sealed for real when first asked for."""
        with centre_context(self.cast.centre.pk):
            papers = Document.objects.for_centre(self.cast.centre)
            paper = papers.get(sheet=self.una.sheet, copy=copy)
            if paper.state != Document.State.ISSUED:
                render_document(str(self.cast.centre.pk), str(paper.pk))
                paper.refresh_from_db()
        assert paper.state == Document.State.ISSUED, paper.trouble
        return paper


def criteria(cast: Cast) -> list[Criterion]:
    """The eleven criteria of unit 501, in order."""
    return list(
        Criterion.objects.filter(
            specification_id=cast.assessment.specification_id, unit__number="501"
        ).order_by("position")
    )


def make_work(cast: Cast, learner: User, registration: Registration) -> Work:
    """One text file, claimed for every criterion."""
    evidence = add_evidence(
        actor=learner,
        centre=cast.centre,
        registration=registration,
        upload=SimpleUploadedFile("diary.txt", f"The diary of {learner.full_name}.".encode()),
        title=f"Diary of {learner.full_name}",
    )
    claims = [
        make_claim(
            actor=learner,
            centre=cast.centre,
            evidence=evidence,
            criterion=criterion,
            anchor="whole",
            place=None,
            note="",
        )
        for criterion in criteria(cast)
    ]
    version = EvidenceVersion.objects.for_centre(cast.centre).get(evidence=evidence)
    return Work(learner, registration, evidence, version, claims[0])


def submit(cast: Cast, work: Work) -> Submission:
    """Declare and hand in."""
    shown = submission_manifest(
        centre=cast.centre, registration=work.registration, assessment=cast.assessment
    )
    work.submission = submit_work(
        actor=work.learner,
        centre=cast.centre,
        registration=work.registration,
        assessment=cast.assessment,
        declaration_version=CURRENT.version,
        shown_digest=shown.digest,
        proof=fresh_proof(),
    )
    return work.submission


def judge(cast: Cast, assessor: User, submission: Submission, referred: tuple[str, ...]) -> None:
    """Draft every judgement, and a comment for each audience."""
    outcome: Any = None
    for criterion in criteria(cast):
        outcome = criterion.outcome
        decision = "referral" if criterion.number in referred else "pass"
        save_judgement(
            actor=assessor,
            centre=cast.centre,
            submission=submission,
            criterion=criterion,
            decision=decision,
            feedback=f"Feedback on {criterion.number} from {assessor.full_name}.",
            counts=COUNTS.get(criterion.number, {}),
            base_revision=0,
            tab="stage",
        )
    for audience in ("learner", "assessor", "file"):
        save_comment(
            actor=assessor,
            centre=cast.centre,
            submission=submission,
            outcome=outcome,
            audience=audience,
            text=f"Said to the {audience} by {assessor.full_name}.",
            base_revision=0,
            tab="stage",
        )


def sign(cast: Cast, assessor: User, submission: Submission) -> Sheet:
    """Sign the draft as it stands."""
    draft = Sheet.objects.for_centre(cast.centre).get(submission=submission, assessor=assessor)
    return sign_sheet(
        actor=assessor,
        centre=cast.centre,
        submission=submission,
        shown_digest=sheet_manifests(draft).file.digest,
        proof=fresh_proof(),
    )


def make_stage(cast: Cast) -> Stage:
    """Everything that a route may name, for both learners."""
    with centre_context(cast.centre.pk):
        una = make_work(cast, cast.una, cast.una_registration)
        judge(cast, cast.pat, submit(cast, una), referred=("1.3",))
        assert una.submission is not None
        una.sheet = sign(cast, cast.pat, una.submission)
        ted = make_work(cast, cast.ted, cast.ted_registration)
        judge(cast, cast.pat, submit(cast, ted), referred=())
        invitation, token = invite_person(
            actor=cast.max,
            centre=cast.centre,
            email=f"new@{cast.centre.slug}.example.org",
            full_name="Nia Newcomer",
            role=Role.TUTOR,
        )
        unas_notice, teds_notice = (
            notify(
                centre=cast.centre,
                recipient=learner,
                kind="staged",
                title=f"News for {learner.full_name}",
                text="There is something to see.",
                path=f"/c/{cast.centre.slug}/mine/",
            )
            for learner in (cast.una, cast.ted)
        )
    return Stage(
        cast=cast,
        una=una,
        ted=ted,
        invitation=invitation,
        token=token,
        unas_notice=unas_notice,
        teds_notice=teds_notice,
    )


class KeptFilesTestCase(TestCase):
    """A class whose rows are made once, with their files; each test is rolled back."""

    own_media = True

    @classmethod
    def setUpClass(cls) -> None:
        """Keep the files for the life of the class."""
        folder = cls.enterClassContext(TemporaryDirectory())
        cls.enterClassContext(override_settings(MEDIA_ROOT=folder))
        super().setUpClass()


class StagedTestCase(KeptFilesTestCase):
    """Both centres with their work."""

    alder: Stage
    birch: Stage
    outsider: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Two stages and a stranger."""
        cls.alder = make_stage(make_cast("alder", "Alder Centre", "012345"))
        cls.birch = make_stage(make_cast("birch", "Birch Training", "067890"))
        cls.outsider = make_user("outsider@example.org", "Olive Outsider")
