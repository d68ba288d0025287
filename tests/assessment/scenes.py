"""Short ways to the states that the marking tests start from, by the real actions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.actions import save_judgement
from assessment.models import Judgement, Sheet
from centres.models import AuditEvent, User
from centres.refusals import Refusal
from centres.tenancy import centre_context
from portfolios.actions import add_evidence, make_claim
from portfolios.models import EvidenceVersion, Submission
from qualifications.models import Criterion
from tests import stage
from tests.cast import Cast


def submitted(cast: Cast, who: str = "una") -> Submission:
    """A first attempt handed in by Una or Ted; nothing of it is judged."""
    learner, registration = getattr(cast, who), getattr(cast, f"{who}_registration")
    with centre_context(cast.centre.pk):
        return stage.submit(cast, stage.make_work(cast, learner, registration))


def judged(cast: Cast, who: str = "una", *, referred: tuple[str, ...] = ()) -> Submission:
    """The same with every criterion judged in Pat's draft, and a comment for each audience."""
    submission = submitted(cast, who)
    with centre_context(cast.centre.pk):
        stage.judge(cast, cast.pat, submission, referred)
    return submission


def signed(cast: Cast, who: str = "una", *, referred: tuple[str, ...] = ()) -> Sheet:
    """The same, signed by Pat."""
    submission = judged(cast, who, referred=referred)
    with centre_context(cast.centre.pk):
        return stage.sign(cast, cast.pat, submission)


def again(cast: Cast, sheet: Sheet) -> Submission:
    """A second attempt after a referral: one new file, claimed for 1.3 at a page-less whole."""
    with centre_context(cast.centre.pk):
        submission = sheet.submission
        evidence = add_evidence(
            actor=submission.learner,
            centre=cast.centre,
            registration=submission.registration,
            upload=SimpleUploadedFile("contract.txt", b"What the sponsor wants, too."),
            title="Contract, complete",
        )
        claim = make_claim(
            actor=submission.learner,
            centre=cast.centre,
            evidence=evidence,
            criterion=criterion(cast, "1.3"),
            anchor="whole",
            place=None,
            note="The sponsor’s part",
        )
        version = EvidenceVersion.objects.for_centre(cast.centre).get(evidence=evidence)
        work = stage.Work(submission.learner, submission.registration, evidence, version, claim)
        return stage.submit(cast, work)


def criterion(cast: Cast, number: str) -> Criterion:
    """A criterion of unit 501."""
    return Criterion.objects.get(
        specification_id=cast.assessment.specification_id, unit__number="501", number=number
    )


def save(cast: Cast, submission: Submission, number: str, **typed: Any) -> Any:
    """Pat (or another ``actor``) saves a judgement."""
    actor: User = typed.pop("actor", cast.pat)
    with refusing(cast):
        return save_judgement(
            actor=actor,
            centre=cast.centre,
            submission=submission,
            criterion=criterion(cast, number),
            **typed,
        )


@contextmanager
def refusing(cast: Cast) -> Iterator[None]:
    """The centre's context, which a refusal leaves as a view does: what was kept is committed."""
    refused: Refusal | None = None
    with centre_context(cast.centre.pk):
        try:
            yield
        except Refusal as refusal:
            refused = refusal
    if refused:
        raise refused


def judgement(cast: Cast, submission: Submission, number: str) -> Judgement:
    """The stored judgement of Pat's sheet."""
    with centre_context(cast.centre.pk):
        found: Judgement = Judgement.objects.for_centre(cast.centre).get(
            sheet__submission=submission, sheet__assessor=cast.pat, criterion__number=number
        )
        return found


@contextmanager
def new_events(cast: Cast) -> Iterator[list[str]]:
    """The names of the events that the block appends to the centre's ledger, in order."""
    names: list[str] = []
    with centre_context(cast.centre.pk):
        before = AuditEvent.objects.for_centre(cast.centre).count()
    yield names
    with centre_context(cast.centre.pk):
        rows = AuditEvent.objects.for_centre(cast.centre).order_by("seq")
        names += list(rows.values_list("action", flat=True))[before:]
