"""Signing a sheet: what the assessor was shown becomes the decision, once and for all."""

from collections.abc import Mapping

from django.urls import reverse

from assessment.actions.drafts import check_may_mark, decided_by
from assessment.documents import queue_documents
from assessment.manifest import SheetManifests, changes_between, manifests_of
from assessment.models import Decision, Sheet
from assessment.queries.marks import mark_source
from assessment.queries.work import SheetWork, sheet_work
from assessment.states import Act, SheetState, SubmissionState, check_allows, check_follows
from centres.duties import duties_apart
from centres.ledger import action, record
from centres.models import Centre, Signature, User
from centres.notices import notify
from centres.refusals import ChangedSinceShown, Refusal
from centres.signatures import Proof, sign
from portfolios.actions import close_submission
from portfolios.models import Closure, Submission

RULE = "8588 handbook, result sheet"


def signing_sentence(work: SheetWork) -> str:
    """What the assessor's signature says, in the first person."""
    decision = Decision(work.outcome.decision).label.lower() if work.outcome.decision else "…"
    did = f"judged all {work.parts} criteria on this evidence"
    if work.is_marked:
        did = f"marked all {work.parts} sections on this evidence"
        total = sum(section.maximum for section in work.tree.sections)
        decision += f", {work.mark_outcome.total} of {total} marks"
    return (
        f"I have {did} myself. "
        "I am satisfied that the work is the learner’s own, I know of no conflict of interest, "
        f"and I decide: {decision}."
    )


@action
def sign_sheet(
    *,
    actor: User,
    centre: Centre,
    submission: Submission,
    shown_digest: str,
    proof: Proof,
    shown_parts: Mapping[str, str] | None = None,
) -> Sheet:
    """Sign the assessor's draft: freeze it, close the submission and queue its two papers.

    ``shown_digest`` is the digest of the file manifest that was shown and ``shown_parts`` its
    parts (``manifest_parts``), to say what changed. Refuses: not the allocated assessor
    (``PermissionDenied``); own work, an undecided criterion or a section without a mark, a
    referral without feedback, a section below its minimum that does not say what to redo, a pass
    whose gate is not met or not counted (``Refusal``); a submission that is decided
    (``TransitionError``, naming who signed); a change since it was shown (``ChangedSinceShown``).
    Of two assessors who sign at once one signs and the other is refused.
    """
    check_may_mark(actor, centre, submission, "sign_sheet")
    sheet = _locked_draft(actor, centre, submission)
    work = sheet_work(sheet)
    manifests = manifests_of(work)
    _check_unchanged(work, manifests, shown_digest, shown_parts or {})
    _check_complete(work)
    signature = sign(
        actor=actor,
        centre=centre,
        permission="sign_sheet",
        purpose=Signature.Purpose.DECISION,
        subject_kind=Sheet._meta.label_lower,
        subject_id=sheet.pk,
        sentence=signing_sentence(work),
        manifest=manifests.file,
        shown_digest=shown_digest,
        proof=proof,
        builds_on=(work.declaration.digest,),
    )
    _freeze(sheet, work, signature)
    referred = len(work.outcome.referred)
    record(
        "sheet.signed",
        centre=centre,
        actor=actor,
        subject=sheet,
        submission=str(submission.pk),
        attempt=submission.attempt,
        version=sheet.version,
        passes=work.parts - referred,
        referrals=referred,
        digest=signature.digest,
    )
    close_submission(
        actor=actor, submission=submission, outcome=sheet.outcome, at=signature.signed_at
    )
    queue_documents(sheet=sheet, signature=signature, manifests=manifests, actor=actor)
    _tell_learner(centre, submission, sheet)
    return sheet


def _tell_learner(centre: Centre, submission: Submission, sheet: Sheet) -> None:
    """The result with the plain word that it is not final (8588 handbook, results)."""
    corrected = "again, after the centre’s own check" if sheet.replaces_id else "by your assessor"
    notify(
        centre=centre,
        recipient=submission.learner,
        kind="decided",
        title=f"{submission.assessment.title}: decided, provisionally",
        text=f"Your work was decided {corrected}: {sheet.outcome}. This result is provisional: "
        "quality assurance has not confirmed it yet, and it can change.",
        path=reverse("assessment:submission-sheet", args=[centre.slug, submission.pk]),
    )


def _locked_draft(actor: User, centre: Centre, submission: Submission) -> Sheet:
    """The actor's draft, with every sheet of the submission locked in one order.

    Whoever comes second waits here, then finds the submission decided.
    """
    sheets = list(
        Sheet.objects.for_centre(centre)
        .filter(submission=submission)
        .select_related("centre")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    draft = next((s for s in sheets if s.assessor_id == actor.pk and s.signed_at is None), None)
    if Closure.objects.for_centre(centre).standing().filter(submission=submission).exists():
        check_allows(SubmissionState.DECIDED, Act.SIGN, decided_by=decided_by(centre, submission))
    check_allows(
        SubmissionState.STARTED if draft else SubmissionState.WAITING,
        Act.SIGN,
    )
    if draft is None:
        raise RuntimeError("signing was allowed without a draft")
    check_follows(SheetState.DRAFT, SheetState.SIGNED)
    return draft


def _check_unchanged(
    work: SheetWork, manifests: SheetManifests, shown_digest: str, shown_parts: Mapping[str, str]
) -> None:
    if manifests.file.digest == shown_digest:
        return
    raise ChangedSinceShown(
        rule="What you were shown has changed since, so nothing was signed.",
        remedy="Read what changed, then sign what stands now.",
        changes=changes_between(work, shown_parts),
    )


def _check_complete(work: SheetWork) -> None:
    if work.blocks:
        raise Refusal(
            rule=" ".join(block.text for block in work.blocks),
            remedy="Open the marking desk, complete it, then sign.",
            source=mark_source(work.tree) if work.is_marked else RULE,
        )


def _freeze(sheet: Sheet, work: SheetWork, signature: Signature) -> None:
    """The sheet's last change: its triggers refuse any other from here on."""
    signed = Sheet.objects.for_centre(sheet.centre).signed().filter(submission=work.submission)
    sheet.signed_at = signature.signed_at
    sheet.version = 1 + signed.count()
    sheet.outcome = work.outcome.decision or ""
    with duties_apart():
        sheet.save(update_fields=["signed_at", "version", "outcome"])
