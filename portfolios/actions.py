"""What a learner does to a portfolio, and how a submission begins and ends.

Every action locks the registration's row first, so that two tabs of one learner come one after the
other; submissions themselves are append-only and are never locked.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from centres.access import check_may
from centres.clock import database_now
from centres.ledger import action, record
from centres.models import Allocation, Centre, Registration, Signature, User
from centres.notices import notify
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Manifest, Proof, sign
from portfolios.anchors import anchor_for, check_place
from portfolios.declarations import CURRENT
from portfolios.file_types import title_of
from portfolios.files import remove_file, store_upload
from portfolios.manifest import differences, manifest_of
from portfolios.models import (
    Anchor,
    Claim,
    Closure,
    Evidence,
    EvidenceVersion,
    Reopening,
    StoredFile,
    Submission,
    SubmissionClaim,
    SubmissionItem,
)
from portfolios.notes import NOTE_LENGTH, one_line_end
from portfolios.queries import UnitPage, attempts_of, unit_page
from portfolios.readiness import EXPIRY_SOURCE, unmet
from portfolios.states import WorkState, check_follows, check_may_reopen, state_of
from qualifications.models import Assessment, Criterion, PathwayUnit


@action
def add_evidence(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    upload: "UploadedFile[Any]",
    title: str = "",
) -> Evidence:
    """Store a file and add it as the next item, E1, E2 …, called after its name without a title.

    Refuses what ``files.store_upload`` refuses; then there is neither a row nor a file.
    """
    version = _add_file(
        actor=actor, centre=centre, registration=registration, upload=upload, title=title
    )
    evidence: Evidence = version.evidence
    return evidence


@action
def add_several_evidence(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    uploads: "Sequence[UploadedFile[Any]]",
) -> tuple[list[Evidence], list[tuple[str, Refusal]]]:
    """Add each file as an item: the items, and the refused files' names with their refusals.

    A refused file keeps none of the others out. The events are appended once, at the end, so that
    the centre's ledger is not held while bytes are written.
    """
    check_may(actor, centre, "change_portfolio")
    _check_own(actor, registration)
    versions: list[EvidenceVersion] = []
    refused: list[tuple[str, Refusal]] = []
    try:
        for upload in uploads:
            try:
                version = action(_add_file)(
                    actor=actor, centre=centre, registration=registration, upload=upload
                )
                versions.append(version)
            except Refusal as refusal:
                refused.append((upload.name or "", refusal))
    except BaseException:
        for version in versions:
            remove_file(version.file)
        raise
    return [version.evidence for version in versions], refused


def _add_file(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    upload: "UploadedFile[Any]",
    title: str = "",
) -> EvidenceVersion:
    """The first version of the next item; the caller is in an action."""
    check_may(actor, centre, "change_portfolio")
    _check_own(actor, registration)
    stored = store_upload(actor=actor, centre=centre, upload=upload)
    try:
        registration = _locked_own(actor, centre, registration)
        evidence = Evidence.objects.create(
            centre=centre,
            registration=registration,
            number=_highest(Evidence.objects.for_centre(centre).filter(registration=registration))
            + 1,
            title=(" ".join(title.split()) or title_of(stored.name))[:200],
            added_by=actor,
        )
        version = EvidenceVersion.objects.create(
            centre=centre, evidence=evidence, number=1, file=stored
        )
        _record_file("evidence.added", actor, centre, version)
    except BaseException:
        remove_file(stored)
        raise
    return version


@action
def replace_evidence(
    *, actor: User, centre: Centre, evidence: Evidence, upload: "UploadedFile[Any]"
) -> EvidenceVersion:
    """Add a file as the item's next version; earlier versions and submissions keep theirs.

    Refuses a withdrawn item (``TransitionError``), the same bytes again, and a kind of file in
    which the places of standing claims can't be found.
    """
    check_may(actor, centre, "change_portfolio")
    _check_own(actor, evidence.registration)
    _check_standing(evidence)
    stored = store_upload(actor=actor, centre=centre, upload=upload)
    try:
        evidence = _locked_evidence(actor, centre, evidence)
        _check_standing(evidence)
        latest = _latest(centre, evidence)
        if latest.file.sha256 == stored.sha256:
            raise Refusal(
                rule="This is the same file, byte for byte, as the one that is there.",
                remedy="Choose the changed file.",
            )
        _check_places_stay(centre, evidence, stored)
        version = EvidenceVersion.objects.create(
            centre=centre, evidence=evidence, number=latest.number + 1, file=stored
        )
        _record_file("evidence.replaced", actor, centre, version)
    except BaseException:
        remove_file(stored)
        raise
    return version


@action
def withdraw_evidence(*, actor: User, centre: Centre, evidence: Evidence) -> None:
    """Take an item out of the portfolio; it can be restored, and submissions keep it.

    Refuses an item that is withdrawn already (``TransitionError``).
    """
    check_may(actor, centre, "change_portfolio")
    evidence = _locked_evidence(actor, centre, evidence)
    _check_standing(evidence)
    evidence.withdrawn_at = timezone.now()
    evidence.save(update_fields=["withdrawn_at"])
    record("evidence.withdrawn", centre=centre, actor=actor, subject=evidence)


@action
def restore_evidence(*, actor: User, centre: Centre, evidence: Evidence) -> None:
    """Put a withdrawn item back, with its claims. Refuses one that stands."""
    check_may(actor, centre, "change_portfolio")
    evidence = _locked_evidence(actor, centre, evidence)
    if evidence.withdrawn_at is None:
        raise TransitionError(
            rule=f"{evidence.label} is in the portfolio.", remedy="There is nothing to restore."
        )
    evidence.withdrawn_at = None
    evidence.save(update_fields=["withdrawn_at"])
    record("evidence.restored", centre=centre, actor=actor, subject=evidence)


@action
def make_claim(
    *,
    actor: User,
    centre: Centre,
    evidence: Evidence,
    criterion: Criterion,
    anchor: str = Anchor.WHOLE,
    place: int | None = None,
    note: str = "",
) -> Claim:
    """Claim that an item, at a place in it, shows a criterion. ``place`` is a page or a second.

    Refuses a withdrawn item or a claim that stands already (``TransitionError``), a criterion of
    another pathway, a place that the file can't have, and a note over 500 characters.
    """
    check_may(actor, centre, "change_portfolio")
    evidence = _locked_evidence(actor, centre, evidence)
    _check_standing(evidence)
    _check_criterion(evidence.registration, criterion)
    check_place(_latest(centre, evidence).file.kind, anchor, place)
    note = one_line_end(note).strip()
    if len(note) > NOTE_LENGTH:
        raise Refusal(
            rule=f"A note has {NOTE_LENGTH} characters at most; this one has {len(note)}.",
            remedy="Shorten it: the note says where to look, the evidence says the rest.",
        )
    claim = Claim(
        centre=centre,
        evidence=evidence,
        criterion=criterion,
        anchor=anchor,
        place=place,
        note=note,
        claimed_by=actor,
    )
    _check_no_twin(centre, claim)
    claim.save()
    _record_claim("claim.made", actor, centre, claim)
    return claim


@action
def withdraw_claim(*, actor: User, centre: Centre, claim: Claim) -> None:
    """Take a claim back; it can be restored. Refuses one that is withdrawn already."""
    check_may(actor, centre, "change_portfolio")
    claim = _locked_claim(actor, centre, claim)
    if claim.withdrawn_at is not None:
        raise TransitionError(
            rule="This claim is withdrawn already.", remedy="Restore it if you need it."
        )
    claim.withdrawn_at = timezone.now()
    claim.save(update_fields=["withdrawn_at"])
    _record_claim("claim.withdrawn", actor, centre, claim)


@action
def restore_claim(*, actor: User, centre: Centre, claim: Claim) -> None:
    """Let a withdrawn claim stand again. Refuses one that stands, or whose like stands by now."""
    check_may(actor, centre, "change_portfolio")
    claim = _locked_claim(actor, centre, claim)
    if claim.withdrawn_at is None:
        raise TransitionError(rule="This claim stands.", remedy="There is nothing to restore.")
    _check_no_twin(centre, claim)
    claim.withdrawn_at = None
    claim.save(update_fields=["withdrawn_at"])
    _record_claim("claim.restored", actor, centre, claim)


@action
def carry_claims(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    criteria: Mapping[UUID, UUID],
) -> int:
    """Let standing claims point to the same criteria of a newer version, told from above.

    ``criteria`` are the new ones by the old. The learner's words and places stay; the old claims
    are withdrawn. Says how many were carried. The caller holds the registration's lock.
    """
    check_may(actor, centre, "change_registrations")
    rows = Claim.objects.for_centre(centre).standing()
    held = list(rows.filter(evidence__registration=registration, criterion__in=list(criteria)))
    if not held:
        return 0
    Claim.objects.bulk_create(
        Claim(
            centre=centre,
            evidence_id=claim.evidence_id,
            criterion_id=criteria[claim.criterion_id],
            anchor=claim.anchor,
            place=claim.place,
            note=claim.note,
            claimed_by_id=claim.claimed_by_id,
        )
        for claim in held
    )
    rows.filter(pk__in=[claim.pk for claim in held]).update(withdrawn_at=timezone.now())
    record(
        "claims.carried",
        centre=centre,
        actor=actor,
        subject=registration,
        claims=len(held),
    )
    return len(held)


@action
def submit_work(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    assessment: Assessment,
    declaration_version: int,
    shown_digest: str,
    proof: Proof,
    shown_manifest: str = "",
) -> Submission:
    """Hand in work: freeze what is claimed for an assessment, and sign the declaration on it.

    ``shown_digest`` is the digest of the manifest that the learner was shown; its text in
    ``shown_manifest`` lets a refusal say what changed. Refuses: a submission that is open or a pass
    (``TransitionError``), an ended registration or a criterion without evidence (``Refusal``), and
    a change since it was shown (``ChangedSinceShown``). Of two clicks the second is refused.
    """
    check_may(actor, centre, "submit_work")
    registration = _locked_own(actor, centre, registration)
    page = unit_page(centre=centre, registration=registration, assessment_id=assessment.pk)
    check_follows(page.state, WorkState.SUBMITTED)
    _check_ready(page)
    manifest = manifest_of(centre, page)
    if manifest.digest != shown_digest or declaration_version != CURRENT.version:
        raise ChangedSinceShown(
            rule="What you were shown has changed since, so nothing was handed in.",
            remedy="Read what stands now, then hand it in.",
            changes=_changes(shown_manifest, shown_digest, manifest),
        )
    submission = _freeze(actor, centre, page)
    sign(
        actor=actor,
        centre=centre,
        permission="submit_work",
        purpose=Signature.Purpose.DECLARATION,
        subject_kind=Submission._meta.label_lower,
        subject_id=submission.pk,
        sentence=CURRENT.text,
        manifest=manifest,
        shown_digest=shown_digest,
        proof=proof,
    )
    record(
        "submission.made",
        centre=centre,
        actor=actor,
        subject=submission,
        registration=str(registration.pk),
        assessment=str(assessment.pk),
        attempt=submission.attempt,
        items=len(page.handed_in),
        digest=manifest.digest,
    )
    _tell_assessors(centre, registration, submission)
    return submission


def _tell_assessors(centre: Centre, registration: Registration, submission: Submission) -> None:
    """Let those who mark the registration's work know that there is some."""
    again = f", attempt {submission.attempt}" if submission.attempt > 1 else ""
    rows = Allocation.objects.for_centre(centre).filter(
        registration=registration, ends_on__isnull=True
    )
    for allocation in rows.select_related("assessor"):
        notify(
            centre=centre,
            recipient=allocation.assessor,
            kind="submitted",
            title=f"{registration.certificate_name}: work handed in",
            text=f"{submission.assessment.title}{again} waits for your decision.",
            path=reverse("assessment:desk", args=[centre.slug, submission.pk]),
        )


@action
def close_submission(
    *, actor: User, submission: Submission, outcome: str, at: datetime.datetime
) -> Closure:
    """End a submission with its decision, told from above; a referral opens the next attempt.

    Refuses a submission that is decided already (``TransitionError``).
    """
    centre = submission.centre
    check_may(actor, centre, "close_submission")
    registration = (
        Registration.objects.for_centre(centre)
        .select_for_update()
        .get(pk=submission.registration_id)
    )
    attempts = attempts_of(centre, registration, submission.assessment_id)
    upto = [attempt.outcome for attempt in attempts if attempt.number <= submission.attempt]
    then = {Closure.Outcome.PASS: WorkState.PASSED, Closure.Outcome.REFERRAL: WorkState.REFERRED}
    check_follows(state_of(upto), then[Closure.Outcome(outcome)])
    closures = Closure.objects.for_centre(centre).filter(submission=submission)
    closure = Closure.objects.create(
        centre=centre,
        submission=submission,
        number=1 + closures.count(),
        outcome=outcome,
        closed_at=at,
    )
    record(
        "submission.closed",
        centre=centre,
        actor=actor,
        subject=submission,
        attempt=submission.attempt,
        outcome=str(closure.outcome),
    )
    return closure


@action
def reopen_submission(*, actor: User, submission: Submission, at: datetime.datetime) -> Reopening:
    """Take a decided submission's closure back, told from above: it is to be decided again.

    Refuses one that is not decided, and one that a later attempt has followed
    (``TransitionError``).
    """
    centre = submission.centre
    check_may(actor, centre, "reopen_submission")
    registration = (
        Registration.objects.for_centre(centre)
        .select_for_update()
        .get(pk=submission.registration_id)
    )
    attempts = attempts_of(centre, registration, submission.assessment_id)
    check_may_reopen(submission.attempt, [attempt.outcome for attempt in attempts])
    closure = Closure.objects.for_centre(centre).standing().get(submission=submission)
    reopening = Reopening.objects.create(centre=centre, closure=closure, reopened_at=at)
    record(
        "submission.reopened",
        centre=centre,
        actor=actor,
        subject=submission,
        attempt=submission.attempt,
        outcome=str(closure.outcome),
    )
    return reopening


def _locked_own(actor: User, centre: Centre, registration: Registration) -> Registration:
    """The registration's row, locked; only its learner changes a portfolio.

    Without its pathway: a row that a move changed while this waited would not join the new one.
    """
    row = Registration.objects.for_centre(centre).select_for_update().get(pk=registration.pk)
    _check_own(actor, row)
    return row


def _check_own(actor: User, registration: Registration) -> None:
    if registration.learner_id != actor.pk:
        raise PermissionDenied("a portfolio is changed by its learner alone")


def _locked_evidence(actor: User, centre: Centre, evidence: Evidence) -> Evidence:
    registration = _locked_own(actor, centre, Registration(pk=evidence.registration_id))
    row = Evidence.objects.for_centre(centre).get(pk=evidence.pk)
    row.registration = registration
    return row


def _locked_claim(actor: User, centre: Centre, claim: Claim) -> Claim:
    evidence = Evidence.objects.for_centre(centre).get(pk=claim.evidence_id)
    _locked_evidence(actor, centre, evidence)
    return Claim.objects.for_centre(centre).get(pk=claim.pk)


def _highest(rows: Any) -> int:
    return int(rows.aggregate(highest=Max("number"))["highest"] or 0)


def _latest(centre: Centre, evidence: Evidence) -> EvidenceVersion:
    return (
        EvidenceVersion.objects.for_centre(centre)
        .filter(evidence=evidence)
        .select_related("file")
        .order_by("-number")[0]
    )


def _check_standing(evidence: Evidence) -> None:
    if evidence.withdrawn_at is not None:
        raise TransitionError(
            rule=f"{evidence.label} is withdrawn.", remedy="Restore it first, then go on."
        )


def _check_criterion(registration: Registration, criterion: Criterion) -> None:
    demanded = PathwayUnit.objects.filter(pathway=registration.pathway_id, unit=criterion.unit_id)
    if not demanded.exists():
        raise Refusal(
            rule="This criterion is not of a unit that your pathway demands.",
            remedy="Choose a criterion from the list.",
        )


def _check_no_twin(centre: Centre, claim: Claim) -> None:
    twins = (
        Claim.objects.for_centre(centre)
        .standing()
        .filter(evidence=claim.evidence_id, criterion=claim.criterion_id, anchor=claim.anchor)
    )
    # The whole item has no place: NULL is not equal to NULL.
    if any(twin.place == claim.place for twin in twins):
        raise TransitionError(
            rule="This place is claimed for this criterion already.",
            remedy="Point to another place, or withdraw the other claim first.",
        )


def _check_places_stay(centre: Centre, evidence: Evidence, stored: StoredFile) -> None:
    fits = anchor_for(stored.kind)
    placed = (
        Claim.objects.for_centre(centre)
        .standing()
        .filter(evidence=evidence)
        .exclude(anchor__in=[Anchor.WHOLE, fits])
    )
    if placed.exists():
        raise Refusal(
            rule="Claims point to places that this kind of file does not have.",
            remedy="Withdraw those claims first, or add the file as an item of its own.",
        )


def _check_ready(page: UnitPage) -> None:
    missing = unmet(page.checks)
    if missing:
        raise Refusal(
            rule=" ".join(check.missing for check in missing),
            remedy="Then hand it in.",
            source=EXPIRY_SOURCE if not missing[0].place else "",
        )


def _changes(text: str, digest: str, now: Manifest) -> tuple[str, ...]:
    """What changed, where the text is the one that was shown; nothing where it is made up."""
    try:
        shown = Manifest(json.loads(text))
        if not isinstance(shown.content, dict) or shown.digest != digest:
            return ()
        return differences(shown.content, now.content)
    # Text and digest are both the browser's: a match says nothing of the shape.
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return ()


def _freeze(actor: User, centre: Centre, page: UnitPage) -> Submission:
    """The submission with its items and claims as they are now."""
    submission = Submission.objects.create(
        centre=centre,
        registration=page.registration,
        assessment_id=page.assessment.id,
        attempt=page.next_attempt,
        learner=actor,
        submitted_at=database_now(),
        declaration_version=CURRENT.version,
    )
    items = [
        SubmissionItem(
            centre=centre,
            submission=submission,
            version=item.version,
            number=item.evidence.number,
            title=item.evidence.title,
        )
        for item in page.handed_in
    ]
    SubmissionItem.objects.bulk_create(items)
    SubmissionClaim.objects.bulk_create(
        SubmissionClaim(
            centre=centre,
            item=frozen,
            criterion_id=line.claim.criterion_id,
            anchor=line.claim.anchor,
            place=line.claim.place,
            note=line.claim.note,
        )
        for frozen, item in zip(items, page.handed_in, strict=True)
        for line in item.claims
    )
    return submission


def _record_file(name: str, actor: User, centre: Centre, version: EvidenceVersion) -> None:
    record(
        name,
        centre=centre,
        actor=actor,
        subject=version.evidence,
        registration=str(version.evidence.registration_id),
        number=version.evidence.number,
        version=version.number,
        sha256=version.file.sha256,
        size=version.file.size,
    )


def _record_claim(name: str, actor: User, centre: Centre, claim: Claim) -> None:
    record(
        name,
        centre=centre,
        actor=actor,
        subject=claim,
        evidence=str(claim.evidence_id),
        criterion=str(claim.criterion_id),
        anchor=str(claim.anchor),
        place=claim.place,
    )
