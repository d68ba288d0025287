"""Every named route: how to build it, who may, and whose it is. ``test_routes`` keeps it whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessment.manifest import sheet_manifests
from assessment.models import Sheet
from centres.models import Role, User
from centres.tenancy import centre_context
from portfolios.actions import withdraw_claim, withdraw_evidence
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from qualifications.actions import load_specification
from qualifications.models import Specification
from tests.assessment.marking import SPECIFICATION, unas_diary
from tests.cast import PASSWORD, Cast, make_user
from tests.quality import staged as external
from tests.quality import staged_alignments as alignments
from tests.quality import staged_approvals as approvals
from tests.quality import staged_handbooks as handbooks
from tests.quality import staged_internal as internal
from tests.quality.moving import diploma
from tests.stage import Stage, Work, criteria, make_work

Args = tuple[Any, ...]
LEARNER = frozenset({Role.LEARNER})
ASSESSOR = frozenset({Role.ASSESSOR})
MANAGER = frozenset({Role.MANAGER})
EQA = frozenset({Role.EQA})
IQA = frozenset({Role.IQA, Role.LEAD_IQA})
LEAD = frozenset({Role.LEAD_IQA})
SEES_SAMPLING = IQA | MANAGER
STAFF = frozenset(Role) - {Role.LEARNER, Role.EQA}
HOLDS = frozenset({Role.MANAGER, Role.LEAD_IQA})
CHECKS_VISITS = HOLDS | {Role.IQA}
EVERYONE = frozenset(Role)
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


def section_args(stage: Stage) -> Args:
    """A section of Una's diary, which is judged on a mark sheet and waits to be marked."""
    return (unas_diary(stage.cast).pk, 2)


def comment_args(stage: Stage) -> Args:
    return (*teds_submission(stage), criteria(stage.cast)[0].outcome_id, "learner")


def withdrawn_claim_item(stage: Stage) -> Args:
    """An item of Una's whose claim for 1.1 is withdrawn, so that it can be made again."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        work = make_work(cast, cast.una, cast.una_registration)
        withdraw_claim(actor=cast.una, centre=cast.centre, claim=work.claim)
    return (work.evidence.pk,)


def own_specification(stage: Stage, version: str = "1") -> Specification:
    """A published version that the centre holds itself, so that another centre has its own."""
    text = SPECIFICATION.replace('version: "1"', f'version: "{version}"')
    centre = stage.cast.centre.pk
    with centre_context(centre):
        return load_specification(text, using="default", centre_id=centre).specification


def in_catalogue(*rest: str) -> Callable[[Stage], Args]:
    """The address of something in that version."""
    return lambda stage: (own_specification(stage).pk, *rest)


def at_visit(
    args: Callable[[Stage], Args],
    posts: Callable[[Stage], dict[str, Any]] | None = None,
    choices: tuple[str, ...] = (),
) -> Route:
    """A door of Eve's visit, which no other EQA passes."""
    return Route(
        "eve",
        EQA,
        args=args,
        method="post" if posts else "get",
        data=posts or nothing,
        succeeds=REDIRECTED if posts else frozenset({200}),
        someone_elses=lambda stage: external.another_eqa(stage, args(stage)),
        choices=choices,
    )


ROUTES: dict[str, Route] = {
    # centres
    "centres:notices": Route("una", EVERYONE),
    "centres:notices-read": Route("una", EVERYONE, method="post", succeeds=REDIRECTED),
    "centres:notice": Route(
        "una",
        EVERYONE,
        args=lambda stage: (stage.unas_notice.pk,),
        method="post",
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [
            (stage.cast.una, (stage.teds_notice.pk,)),
            (stage.cast.max, (stage.unas_notice.pk,)),
        ],
    ),
    # the catalogue
    "centres:catalogue": Route("una", EVERYONE),
    "centres:catalogue-search": Route("una", EVERYONE, data=lambda stage: {"q": "coaching"}),
    "centres:qualification": Route("una", EVERYONE, args=in_catalogue()),
    "centres:unit": Route("una", EVERYONE, args=in_catalogue("O-1")),
    "centres:criterion": Route("una", EVERYONE, args=in_catalogue("O-1", "1.1")),
    "centres:sheet": Route("una", EVERYONE, args=in_catalogue("2-3-diary")),
    "centres:corrections": Route("eve", STAFF | EQA, args=in_catalogue()),
    "centres:differences": Route(
        "una",
        EVERYONE,
        args=lambda stage: (own_specification(stage).pk, own_specification(stage, "2").pk),
    ),
    "centres:settings": Route(
        "max",
        MANAGER,
        method="post",
        data=lambda stage: {},
        succeeds=REDIRECTED,
    ),
    "centres:invitation-link": Route(
        "max",
        MANAGER,
        args=lambda stage: (stage.invitation.pk,),
        method="post",
    ),
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
    "assessment:desk-section": Route(
        "pat",
        ASSESSOR,
        args=section_args,
        someone_elses=lambda stage: [(stage.cast.kit, section_args(stage))],
    ),
    "assessment:save-section": Route(
        "pat",
        ASSESSOR,
        args=section_args,
        method="post",
        data=lambda stage: {"mark": "31", "strengths": "Well pressed.", "revision": "0"},
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [(stage.cast.kit, section_args(stage))],
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
    # internal quality assurance
    "quality:sampling": Route("jo", SEES_SAMPLING, succeeds=REDIRECTED),
    "quality:grid": Route("max", SEES_SAMPLING, args=internal.qualification_args),
    "quality:plans": Route("jo", SEES_SAMPLING, args=internal.qualification_args),
    "quality:plan-draft": Route(
        "jo",
        IQA,
        args=internal.qualification_args,
        method="post",
        data=internal.plan_to_draft,
        succeeds=REDIRECTED,
    ),
    "quality:plan-approve": Route(
        "lea",
        LEAD,
        args=internal.draft_args,
        method="post",
        data=internal.approval,
        succeeds=REDIRECTED,
    ),
    "quality:draw": Route(
        "jo",
        IQA,
        args=internal.qualification_args,
        method="post",
        data=internal.draw,
        succeeds=REDIRECTED,
        choices=("reviewer",),
    ),
    "quality:sample-choose": Route(
        "lea",
        IQA,
        args=internal.sheet_args,
        method="post",
        data=internal.choice,
        succeeds=REDIRECTED,
        choices=("reviewer",),
    ),
    "quality:sample-interim": Route(
        "lea",
        IQA,
        args=internal.work_args,
        method="post",
        data=internal.choice,
        succeeds=REDIRECTED,
        choices=("reviewer",),
    ),
    "quality:review": Route(
        "max",
        SEES_SAMPLING | ASSESSOR,
        args=internal.sample_args,
        someone_elses=internal.strangers_to_review,
    ),
    "quality:review-take-over": Route(
        "lea", LEAD, args=internal.sample_args, method="post", succeeds=REDIRECTED
    ),
    "quality:review-part": Route(
        "jo",
        IQA,
        args=internal.part_args,
        someone_elses=internal.others_at(internal.part_args),
    ),
    "quality:save-point": Route(
        "jo",
        IQA,
        args=internal.part_args,
        method="post",
        data=lambda stage: {"verdict": "agree", "revision": "0"},
        succeeds=REDIRECTED,
        someone_elses=internal.others_at(internal.part_args),
    ),
    "quality:review-conclude": Route(
        "jo",
        IQA,
        args=internal.sample_args,
        someone_elses=internal.others_at(internal.sample_args),
    ),
    "quality:save-conclusion": Route(
        "jo",
        IQA,
        args=internal.sample_args,
        method="post",
        data=internal.conclusion,
        succeeds=REDIRECTED,
        someone_elses=internal.others_at(internal.sample_args),
        choices=("action_owner",),
    ),
    "quality:review-sign": Route(
        "jo",
        IQA,
        args=internal.concluded_args,
        method="post",
        data=internal.review_to_sign,
        succeeds=REDIRECTED,
        someone_elses=internal.others_at(internal.concluded_args),
    ),
    "quality:release": Route(
        "lea",
        LEAD,
        args=internal.release_args,
        method="post",
        data=internal.release_to_sign,
        succeeds=REDIRECTED,
    ),
    "quality:actions": Route("pat", STAFF),
    "quality:action": Route(
        "pat", STAFF, args=internal.action_args, someone_elses=internal.kit_at_action
    ),
    "quality:action-answer": Route(
        "pat",
        STAFF,
        args=internal.action_args,
        method="post",
        data=lambda stage: {"answer": "Said where."},
        succeeds=REDIRECTED,
        someone_elses=internal.kit_at_action,
    ),
    "quality:action-close": Route(
        "jo",
        IQA | EQA,
        args=internal.answered_args,
        method="post",
        succeeds=REDIRECTED,
        someone_elses=lambda stage: [(stage.cast.eve, internal.answered_args(stage))],
    ),
    # external quality assurance
    "quality:visits": Route("eve", CHECKS_VISITS | EQA),
    "quality:visit-arrange": Route(
        "max",
        HOLDS,
        method="post",
        data=external.visit_to_arrange,
        succeeds=REDIRECTED,
        choices=("eqa",),
    ),
    "quality:visit": Route("jo", CHECKS_VISITS, args=external.visit_args),
    "quality:visit-room": at_visit(external.visit_args),
    "quality:visit-choose": at_visit(external.sheet_args, posts=nothing),
    "quality:visit-unchoose": at_visit(external.chosen_args, posts=nothing),
    "quality:visit-publish": at_visit(lambda stage: external.chosen_args(stage)[:1], posts=nothing),
    "quality:visit-notes": at_visit(
        external.visit_args, posts=lambda stage: {"notes": "Ask about 1.3."}
    ),
    "quality:visit-sheet": at_visit(
        external.published_args, posts=external.finding, choices=("action_owner",)
    ),
    "quality:visit-evidence": at_visit(external.item_args),
    "quality:visit-manifest": at_visit(external.visit_args),
    "quality:visit-close": at_visit(external.decided_args, posts=external.closing),
    "quality:confirmations": Route("jo", CHECKS_VISITS),
    "quality:confirmation-file": Route("jo", CHECKS_VISITS, args=external.paper_args),
    "quality:report-record": Route(
        "lea",
        HOLDS,
        args=external.qualification_args,
        method="post",
        data=external.report_to_record,
        succeeds=REDIRECTED,
        choices=("sheets",),
    ),
    "quality:direct-claims-record": Route(
        "max",
        MANAGER,
        method="post",
        data=external.status_to_record,
        succeeds=REDIRECTED,
    ),
    "quality:direct-claims-confirm": Route(
        "lea",
        HOLDS,
        args=lambda stage: (external.status(stage, confirmed=False).pk,),
        method="post",
        succeeds=REDIRECTED,
    ),
    "quality:direct-claims-end": Route(
        "max",
        MANAGER,
        args=lambda stage: (external.status(stage).pk,),
        method="post",
        data=lambda stage: {"on": timezone.localdate().isoformat()},
        succeeds=REDIRECTED,
    ),
    "quality:claim": Route(
        "max",
        MANAGER,
        args=external.claim_args,
        method="post",
        data=lambda stage: {"sheets": [str(external.confirmed_sheet(stage).pk)]},
        succeeds=REDIRECTED,
        choices=("sheets",),
    ),
    "quality:hold-place": Route(
        "max",
        HOLDS,
        args=external.work_args,
        method="post",
        data=lambda stage: {"kind": "appeal", "reason": "An appeal."},
        succeeds=REDIRECTED,
    ),
    "quality:hold-lift": Route(
        "lea",
        HOLDS,
        args=external.hold_args,
        method="post",
        data=lambda stage: {"reason": "Settled."},
        succeeds=REDIRECTED,
    ),
    "quality:record": Route(
        "una",
        READS_SHEETS,
        args=unas_registration,
        someone_elses=lambda stage: [
            (stage.cast.ted, unas_registration(stage)),
            (stage.cast.kit, unas_registration(stage)),
        ],
    ),
    "quality:where": Route("ada", READS_REGISTRATIONS),
    # what is achieved, and moves
    "quality:combination": Route(
        "una",
        EVERYONE,
        args=unas_registration,
        someone_elses=lambda stage: [
            (stage.cast.una, (stage.ted.registration.pk,)),
            (stage.cast.kit, unas_registration(stage)),
            (stage.cast.eve, unas_registration(stage)),
        ],
    ),
    "quality:move": Route(
        "ada",
        OFFICE,
        args=unas_registration,
        method="post",
        data=lambda stage: {
            "pathway": diploma().pk,
            "shown": stage.una.registration.pathway_id,
        },
        succeeds=REDIRECTED,
    ),
    # handbooks
    "quality:handbooks": Route("jo", SEES_SAMPLING),
    "quality:handbook-new": Route(
        "lea", LEAD, method="post", data=handbooks.to_import, succeeds=REDIRECTED
    ),
    "quality:handbook": Route("jo", SEES_SAMPLING, args=handbooks.args),
    "quality:handbook-unit": Route("jo", SEES_SAMPLING, args=handbooks.unit_args),
    "quality:handbook-source": Route("jo", SEES_SAMPLING, args=handbooks.args),
    "quality:handbook-differences": Route("jo", SEES_SAMPLING, args=handbooks.args),
    "quality:handbook-export": Route("jo", SEES_SAMPLING, args=handbooks.args),
    "quality:handbook-answers": Route(
        "lea",
        LEAD,
        args=handbooks.args,
        method="post",
        data=handbooks.to_answer,
        succeeds=REDIRECTED,
        choices=("warnings",),
    ),
    "quality:handbook-draft": Route(
        "lea",
        LEAD,
        args=handbooks.read_args,
        method="post",
        data=handbooks.to_draft,
        succeeds=REDIRECTED,
        choices=("known",),
    ),
    "quality:handbook-edit": Route(
        "lea",
        LEAD,
        args=handbooks.part_args,
        method="post",
        data=handbooks.to_edit,
        succeeds=REDIRECTED,
    ),
    "quality:handbook-publish": Route(
        "lea",
        LEAD,
        args=handbooks.args,
        method="post",
        data=handbooks.to_publish,
        succeeds=REDIRECTED,
    ),
    "quality:handbook-discard": Route(
        "lea", LEAD, args=handbooks.read_args, method="post", succeeds=REDIRECTED
    ),
    "quality:handbook-clear": Route(
        "lea", LEAD, args=handbooks.refused_args, method="post", succeeds=REDIRECTED
    ),
    # approvals
    "quality:approvals": Route("pat", STAFF | EQA),
    "quality:approval-new": Route(
        "max",
        MANAGER,
        method="post",
        data=approvals.to_record,
        succeeds=REDIRECTED,
        choices=("qualification",),
    ),
    "quality:approval": Route(
        "eve", STAFF | EQA, args=approvals.approval_args, someone_elses=approvals.eve_elsewhere
    ),
    "quality:approval-dates": Route(
        "max",
        MANAGER,
        args=approvals.approval_args,
        method="post",
        data=approvals.to_change,
        succeeds=REDIRECTED,
    ),
    "quality:approval-end": Route(
        "max",
        MANAGER,
        args=approvals.approval_args,
        method="post",
        data=lambda stage: {"on": timezone.localdate().isoformat()},
        succeeds=REDIRECTED,
    ),
    "quality:approval-paper-add": Route(
        "max",
        MANAGER,
        args=approvals.approval_args,
        method="post",
        data=approvals.to_add,
        succeeds=REDIRECTED,
    ),
    "quality:approval-paper": Route(
        "eve",
        STAFF | EQA,
        args=approvals.paper_args,
        someone_elses=approvals.strangers(approvals.paper_args),
    ),
    "quality:approval-paper-withdraw": Route(
        "max", MANAGER, args=approvals.paper_args, method="post", succeeds=REDIRECTED
    ),
    "quality:approval-override": Route(
        "max",
        MANAGER,
        args=approvals.old_args,
        method="post",
        data=approvals.to_allow,
        succeeds=REDIRECTED,
    ),
    "quality:approval-override-withdraw": Route(
        "max", MANAGER, args=approvals.override_args, method="post", succeeds=REDIRECTED
    ),
    # alignments
    "quality:alignments": Route("pat", STAFF | EQA),
    "quality:alignment-new": Route(
        "max",
        HOLDS,
        method="post",
        data=alignments.to_start,
        succeeds=REDIRECTED,
        choices=("pathway",),
    ),
    "quality:alignment": Route(
        "eve", STAFF | EQA, args=alignments.done_args, someone_elses=alignments.eve_early
    ),
    "quality:alignment-cover": Route(
        "max",
        HOLDS,
        args=alignments.draft_args,
        method="post",
        data=alignments.cover,
        succeeds=REDIRECTED,
    ),
    "quality:alignment-unit": Route(
        "eve", STAFF | EQA, args=alignments.done_unit, someone_elses=alignments.eve_early_at_a_unit
    ),
    "quality:alignment-unit-change": Route(
        "max",
        HOLDS,
        args=alignments.draft_unit,
        method="post",
        data=alignments.unit_said,
        succeeds=REDIRECTED,
    ),
    "quality:alignment-approve": Route(
        "lea",
        LEAD,
        args=alignments.draft_args,
        method="post",
        data=alignments.approval,
        succeeds=REDIRECTED,
    ),
    "quality:alignment-next": Route(
        "max", HOLDS, args=alignments.done_args, method="post", succeeds=REDIRECTED
    ),
    "quality:alignment-discard": Route(
        "max", HOLDS, args=alignments.draft_args, method="post", succeeds=REDIRECTED
    ),
    "quality:alignment-learners": Route(
        "max",
        OFFICE,
        args=alignments.done_args,
        method="post",
        data=alignments.to_place,
        succeeds=REDIRECTED,
        choices=("registrations",),
    ),
    "quality:programme": Route(
        "ada",
        OFFICE,
        args=alignments.unas_registration,
        method="post",
        data=alignments.to_follow,
        succeeds=REDIRECTED,
        choices=("alignment",),
    ),
    "quality:alignment-paper": Route(
        "eve", STAFF | EQA, args=alignments.paper_args, someone_elses=alignments.strangers
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
    # The platform's own staff; tests/centres/test_catalogue_desk.py says who else gets nothing.
    "catalogue:list",
    "catalogue:import",
    "catalogue:outline",
    "catalogue:draft",
    "catalogue:export",
    "catalogue:differences",
    "catalogue:publish",
    "catalogue:discard",
    "catalogue:head",
    "catalogue:sizes",
    "catalogue:verbs",
    "catalogue:corrections",
    "catalogue:sections",
    "catalogue:unit",
    "catalogue:rules",
    "catalogue:outcome",
    "catalogue:criterion-add",
    "catalogue:outcome-add",
    "catalogue:outcome-remove",
    "catalogue:pathway",
    "catalogue:criterion-remove",
    "catalogue:criterion",
}
