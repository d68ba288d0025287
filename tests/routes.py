"""Every named route: how to build it, who may, and whose it is. ``test_routes`` keeps it whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.manifest import sheet_manifests
from assessment.models import Sheet
from centres.models import Role, User
from centres.tenancy import centre_context
from portfolios.actions import withdraw_claim, withdraw_evidence
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from tests.cast import PASSWORD, Cast, make_user
from tests.stage import Stage, Work, criteria, make_work

Args = tuple[Any, ...]
LEARNER = frozenset({Role.LEARNER})
ASSESSOR = frozenset({Role.ASSESSOR})
MANAGER = frozenset({Role.MANAGER})
OFFICE = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
READS_REGISTRATIONS = OFFICE | {Role.IQA, Role.LEAD_IQA}
READS_PORTFOLIOS = frozenset(Role) - {Role.EQA}
READS_SHEETS = frozenset({Role.LEARNER, Role.ASSESSOR, Role.IQA, Role.LEAD_IQA, Role.MANAGER})


def nothing(stage: Stage) -> dict[str, Any]:
    """No data."""
    return {}


def nobody(stage: Stage) -> list[tuple[User, Args]]:
    """No object that could be somebody else's."""
    return []


@dataclass(frozen=True)
class Route:
    """One route.

    ``args`` are those after the centre's slug; ``person`` is who succeeds with them;
    ``someone_elses`` are people of the right role with an object that is not theirs; ``choices``
    are posted fields that hold ids of the centre.
    """

    person: str
    roles: frozenset[Role]
    args: Callable[[Stage], Args] = lambda stage: ()
    method: str = "get"
    data: Callable[[Stage], dict[str, Any]] = nothing
    succeeds: frozenset[int] = frozenset({200})
    someone_elses: Callable[[Stage], list[tuple[User, Args]]] = nobody
    choices: tuple[str, ...] = ()
    guest: bool = False


REDIRECTED = frozenset({302})


def unit_args(work: Work, cast: Cast) -> Args:
    """A registration and the assessment."""
    return (work.registration.pk, cast.assessment.pk)


def upload(stage: Stage) -> dict[str, Any]:
    """A new text file."""
    return {"file": SimpleUploadedFile("notes.txt", b"Notes taken after the session.")}


def teds_unit(stage: Stage) -> list[tuple[User, Args]]:
    """Una has the right role and the wrong registration; Kit is not allocated to Una."""
    return [(stage.cast.una, unit_args(stage.ted, stage.cast))]


def unas_unit_for_staff(stage: Stage) -> list[tuple[User, Args]]:
    """The same, and an assessor who is not allocated."""
    return [*teds_unit(stage), (stage.cast.kit, unit_args(stage.una, stage.cast))]


def with_fresh_draft(stage: Stage) -> dict[str, Any]:
    """What Ted's sheet shows for signing."""
    with centre_context(stage.cast.centre.pk):
        sheet = Sheet.objects.for_centre(stage.cast.centre).get(submission=stage.ted.submission)
        return {"shown": sheet_manifests(sheet).file.digest, "password": PASSWORD}


def second_attempt(stage: Stage) -> dict[str, Any]:
    """What Una would hand in next, after her referral."""
    with centre_context(stage.cast.centre.pk):
        shown = submission_manifest(
            centre=stage.cast.centre,
            registration=stage.una.registration,
            assessment=stage.cast.assessment,
        )
    return {
        "agreed": "on",
        "declaration_version": CURRENT.version,
        "shown_digest": shown.digest,
        "password": PASSWORD,
    }


def withdrawn_evidence(stage: Stage) -> Args:
    """An item of Una's that is withdrawn."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        work = make_work(cast, cast.una, cast.una_registration)
        withdraw_evidence(actor=cast.una, centre=cast.centre, evidence=work.evidence)
    return (work.evidence.pk,)


def withdrawn_claim(stage: Stage) -> Args:
    """A claim of Una's that is withdrawn."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        work = make_work(cast, cast.una, cast.una_registration)
        withdraw_claim(actor=cast.una, centre=cast.centre, claim=work.claim)
    return (work.claim.pk,)


def further_learner(stage: Stage) -> dict[str, Any]:
    """Somebody of this centre who could be enrolled."""
    slug = stage.cast.centre.slug
    user = User.objects.filter(email=f"further@{slug}.example.org").first()
    if user is None:
        user = make_user(f"further@{slug}.example.org", "Fay Further")
        stage.cast.centre.memberships.create(user=user, role=Role.LEARNER)
    return {
        "learner": user.pk,
        "pathway": stage.una.registration.pathway_id,
        "certificate_name": "Fay Further",
        "date_of_birth": "1990-01-31",
        "enrolled_on": "2026-03-02",
    }


def unas_evidence(stage: Stage) -> Args:
    return (stage.una.evidence.pk,)


def teds_evidence(stage: Stage) -> list[tuple[User, Args]]:
    return [(stage.cast.una, (stage.ted.evidence.pk,))]


def unas_claim(stage: Stage) -> Args:
    return (stage.una.claim.pk,)


def teds_claim(stage: Stage) -> list[tuple[User, Args]]:
    return [(stage.cast.una, (stage.ted.claim.pk,))]


def teds_submission(stage: Stage) -> Args:
    assert stage.ted.submission
    return (stage.ted.submission.pk,)


def unas_submission(stage: Stage) -> Args:
    assert stage.una.submission
    return (stage.una.submission.pk,)


def kit_at_unas(stage: Stage) -> list[tuple[User, Args]]:
    """Kit is an assessor, but not Una's."""
    return [(stage.cast.kit, unas_submission(stage))]


def unas_sheet(stage: Stage) -> Args:
    assert stage.una.sheet
    return (stage.una.sheet.pk,)


def unas_registration(stage: Stage) -> Args:
    return (stage.una.registration.pk,)


def criterion_args(stage: Stage) -> Args:
    return (*teds_submission(stage), "2.1")


def comment_args(stage: Stage) -> Args:
    return (*teds_submission(stage), criteria(stage.cast)[0].outcome_id, "learner")


def withdrawn_claim_item(stage: Stage) -> Args:
    """An item of Una's whose claim for 1.1 is withdrawn, so that it can be made again."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        work = make_work(cast, cast.una, cast.una_registration)
        withdraw_claim(actor=cast.una, centre=cast.centre, claim=work.claim)
    return (work.evidence.pk,)


ROUTES: dict[str, Route] = {
    # centres
    "centres:people": Route("max", OFFICE),
    "centres:people-invite": Route(
        "max",
        MANAGER,
        method="post",
        data=lambda stage: {
            "full_name": "Ivo Invited",
            "email": "ivo@example.org",
            "role": "assessor",
        },
        succeeds=REDIRECTED,
    ),
    "centres:people-role-add": Route(
        "max",
        MANAGER,
        args=lambda stage: (stage.cast.kit.pk,),
        method="post",
        data=lambda stage: {"role": "tutor"},
        succeeds=REDIRECTED,
    ),
    "centres:people-membership-end": Route(
        "max",
        MANAGER,
        args=lambda stage: (stage.membership(stage.cast.tia).pk,),
    ),
    "centres:invitation-withdraw": Route(
        "max",
        MANAGER,
        args=lambda stage: (stage.invitation.pk,),
        method="post",
        succeeds=REDIRECTED,
    ),
    "centres:invitation": Route("", frozenset(), args=lambda stage: (stage.token,), guest=True),
    "centres:registrations": Route("max", READS_REGISTRATIONS),
    "centres:registration-new": Route(
        "max",
        OFFICE,
        method="post",
        data=further_learner,
        succeeds=REDIRECTED,
        choices=("learner",),
    ),
    "centres:registration": Route("jo", READS_REGISTRATIONS, args=unas_registration),
    "centres:registration-number": Route(
        "ada",
        OFFICE,
        args=unas_registration,
        method="post",
        data=lambda stage: {"number": "AB-9999", "registered_on": "2026-02-17"},
        succeeds=REDIRECTED,
    ),
    "centres:registration-allocate": Route(
        "max",
        OFFICE,
        args=unas_registration,
        method="post",
        data=lambda stage: {"assessor": stage.cast.kit.pk},
        succeeds=REDIRECTED,
        choices=("assessor",),
    ),
    "centres:registration-release": Route(
        "max",
        OFFICE,
        args=lambda stage: (stage.una.registration.pk, stage.cast.pat.pk),
        method="post",
        succeeds=REDIRECTED,
    ),
    # portfolios
    "portfolios:mine": Route("una", LEARNER),
    "portfolios:unit": Route(
        "una",
        READS_PORTFOLIOS,
        args=lambda stage: unit_args(stage.una, stage.cast),
        someone_elses=unas_unit_for_staff,
    ),
    "portfolios:evidence-add": Route(
        "una",
        LEARNER,
        args=lambda stage: unit_args(stage.una, stage.cast),
        method="post",
        data=lambda stage: {"files": upload(stage)["file"]},
        succeeds=REDIRECTED,
        someone_elses=teds_unit,
    ),
    "portfolios:submit": Route(
        "una",
        LEARNER,
        args=lambda stage: unit_args(stage.una, stage.cast),
        method="post",
        data=second_attempt,
        succeeds=REDIRECTED,
        someone_elses=teds_unit,
    ),
    "portfolios:submission": Route(
        "una",
        READS_PORTFOLIOS,
        args=unas_submission,
        someone_elses=lambda stage: [
            (stage.cast.una, teds_submission(stage)),
            *kit_at_unas(stage),
        ],
    ),
    "portfolios:evidence-file": Route(
        "una",
        READS_PORTFOLIOS,
        args=lambda stage: (stage.una.version.pk,),
        someone_elses=lambda stage: [
            (stage.cast.una, (stage.ted.version.pk,)),
            (stage.cast.kit, (stage.una.version.pk,)),
        ],
    ),
    "portfolios:evidence": Route(
        "una",
        READS_PORTFOLIOS,
        args=unas_evidence,
        someone_elses=lambda stage: [
            *teds_evidence(stage),
            (stage.cast.kit, unas_evidence(stage)),
        ],
    ),
    "portfolios:evidence-replace": Route(
        "una",
        LEARNER,
        args=unas_evidence,
        method="post",
        data=upload,
        succeeds=REDIRECTED,
        someone_elses=teds_evidence,
    ),
    "portfolios:evidence-withdraw": Route(
        "una",
        LEARNER,
        args=unas_evidence,
        method="post",
        succeeds=REDIRECTED,
        someone_elses=teds_evidence,
    ),
    "portfolios:evidence-restore": Route(
        "una",
        LEARNER,
        args=withdrawn_evidence,
        method="post",
        succeeds=REDIRECTED,
        someone_elses=teds_evidence,
    ),
    "portfolios:claim-add": Route(
        "una",
        LEARNER,
        args=withdrawn_claim_item,
        method="post",
        data=lambda stage: {"criterion": criteria(stage.cast)[0].pk, "note": "Session 3"},
        succeeds=REDIRECTED,
        someone_elses=teds_evidence,
    ),
    "portfolios:claim-withdraw": Route(
        "una",
        LEARNER,
        args=unas_claim,
        method="post",
        succeeds=REDIRECTED,
        someone_elses=teds_claim,
    ),
    "portfolios:claim-restore": Route(
        "una",
        LEARNER,
        args=withdrawn_claim,
        method="post",
        succeeds=REDIRECTED,
        someone_elses=teds_claim,
    ),
    # assessment
    "assessment:queue": Route("pat", ASSESSOR),
    "assessment:desk": Route(
        "pat",
        ASSESSOR,
        args=teds_submission,
        succeeds=REDIRECTED,
        someone_elses=kit_at_unas,
    ),
    "assessment:desk-criterion": Route(
        "pat",
        ASSESSOR,
        args=criterion_args,
        someone_elses=lambda stage: [(stage.cast.kit, (*unas_submission(stage), "2.1"))],
    ),
    "assessment:save-judgement": Route(
        "pat",
        ASSESSOR,
        args=criterion_args,
        method="post",
        data=lambda stage: {"decision": "pass", "feedback": "Well kept.", "revision": "1"},
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [(stage.cast.kit, (*unas_submission(stage), "2.1"))],
    ),
    "assessment:save-comment": Route(
        "pat",
        ASSESSOR,
        args=comment_args,
        method="post",
        data=lambda stage: {"text": "Orderly.", "revision": "0"},
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [
            (stage.cast.kit, (*unas_submission(stage), *comment_args(stage)[1:]))
        ],
    ),
    "assessment:sign": Route(
        "pat",
        ASSESSOR,
        args=teds_submission,
        method="post",
        data=with_fresh_draft,
        succeeds=REDIRECTED,
        someone_elses=kit_at_unas,
    ),
    "assessment:manifest": Route("pat", ASSESSOR, args=teds_submission, someone_elses=kit_at_unas),
    "assessment:sheet": Route(
        "una",
        READS_SHEETS,
        args=unas_sheet,
        someone_elses=lambda stage: [
            (stage.cast.ted, unas_sheet(stage)),
            (stage.cast.kit, unas_sheet(stage)),
        ],
    ),
    "assessment:submission-sheet": Route(
        "una",
        READS_SHEETS,
        args=unas_submission,
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [
            (stage.cast.ted, unas_submission(stage)),
            *kit_at_unas(stage),
        ],
    ),
    "assessment:documents": Route(
        "una",
        READS_SHEETS,
        args=unas_sheet,
        someone_elses=lambda stage: [
            (stage.cast.ted, unas_sheet(stage)),
            (stage.cast.kit, unas_sheet(stage)),
        ],
    ),
    "assessment:document": Route(
        "una",
        READS_SHEETS,
        args=lambda stage: (stage.issued("learner").pk,),
        someone_elses=lambda stage: [
            (stage.cast.una, (stage.issued("file").pk,)),
            (stage.cast.ted, (stage.issued("learner").pk,)),
            (stage.cast.kit, (stage.issued("learner").pk,)),
        ],
    ),
}


OPEN_ROUTES = {
    "home",
    "favicon",
    "health-live",
    "health-ready",
    "pages:privacy",
    "pages:accessibility",
    "pages:appeals",
    "verify:check",
    "verify:code",
}
