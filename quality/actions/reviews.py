"""Reviewing a sample: the draft, taking it over, and the signature that ends it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from assessment.actions import DraftConflict, Saved, return_sheet
from assessment.models import Audience
from assessment.queries.tree import sheet_tree
from centres.access import check_may
from centres.duties import duties_apart
from centres.ledger import action, record
from centres.models import Centre, Registration, Signature, User
from centres.notices import notify
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof, sign
from quality.actions.required import raise_action
from quality.actions.samples import check_reviewer
from quality.locks import lock_sheets
from quality.models import Review, ReviewPoint, Sample
from quality.papers import reissue_papers
from quality.queries.plans import REVIEWERS
from quality.queries.review import (
    CONFIRMS,
    ReviewWork,
    changes_since,
    review_manifest,
    review_of,
    review_sentence,
    staff_of,
)
from quality.queries.samples import samples_to_see
from quality.queries.standings import sheet_standing
from quality.states import Act, check_allows

TEXT_LIMITS = {"comment": 5000, "remarks": 5000, "reason": 5000, "action_text": 2000}
REVIEWING = frozenset(REVIEWERS)
CONCLUDES = (*Review.TESTS, "remarks", "outcome", "reason", "action_text")


def save_point(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    sample: Sample,
    part_id: UUID,
    verdict: str | None = None,
    mark: str | None = None,
    comment: str | None = None,
    audience: str | None = None,
    base_revision: int = 0,
) -> Saved:
    """Keep what the reviewer says of one criterion or section; what is None stays as it was.

    ``mark`` is a whole number from 0 to the section's maximum, or empty to take it back. Refuses
    (``Refusal``) anything else, and anybody but the reviewer (``PermissionDenied``); a review that
    is signed (``TransitionError``). What was saved since ``base_revision`` is never overwritten:
    both texts are told (``DraftConflict``). Drafts don't enter the ledger.
    """
    typed = {"verdict": verdict, "mark": mark, "comment": comment, "audience": audience}
    return _save_point(
        actor=actor,
        centre=centre,
        sample=sample,
        part_id=part_id,
        typed={name: value for name, value in typed.items() if value is not None},
        base_revision=base_revision,
    )


@action
def _save_point(
    *,
    actor: User,
    centre: Centre,
    sample: Sample,
    part_id: UUID,
    typed: Mapping[str, str],
    base_revision: int,
) -> Saved:
    check_may(actor, centre, "review_work")
    review = _locked_review(actor, centre, sample)
    tree = sheet_tree(sample.assessment)
    criterion = next((c for c in tree.criteria if c.id == part_id and not tree.sections), None)
    section = next((s for s in tree.sections if s.id == part_id), None)
    if criterion is None and section is None:
        raise Refusal(
            rule="This is not part of the assessment.",
            remedy="Open the review again from the sampling page.",
        )
    key = {"section_id": section.id} if section else {"criterion_id": part_id}
    clean = _clean_point(typed, section.maximum if section else None)
    point = ReviewPoint.objects.for_centre(centre).filter(review=review, **key).first()
    if point is None:
        point = ReviewPoint(centre=centre, review=review, **key)
    return _keep(point, clean, base_revision)


def save_conclusion(
    *,
    actor: User,
    centre: Centre,
    sample: Sample,
    typed: Mapping[str, Any],
    base_revision: int = 0,
) -> Saved:
    """Keep the five tests, the remarks and the outcome with what belongs to it, unfinished or not.

    ``typed`` goes by field of ``Review``; what it leaves out stays as it was. Refuses as
    ``save_point`` does.
    """
    return _save_conclusion(
        actor=actor, centre=centre, sample=sample, typed=typed, base_revision=base_revision
    )


@action
def _save_conclusion(
    *, actor: User, centre: Centre, sample: Sample, typed: Mapping[str, Any], base_revision: int
) -> Saved:
    check_may(actor, centre, "review_work")
    review = _locked_review(actor, centre, sample)
    clean = _clean_conclusion(centre, typed)
    with duties_apart():
        return _keep(review, clean, base_revision)


@action
def take_over_review(*, actor: User, centre: Centre, sample: Sample) -> Sample:
    """Make the lead internal quality assurer the reviewer, with the draft as it stands.

    Refuses a lead who may not review this work (``Refusal``) and a signed review
    (``TransitionError``).
    """
    check_may(actor, centre, "take_over_review")
    held = _locked_sample(centre, sample)
    review = Review.objects.for_centre(centre).filter(sample=held).select_for_update().first()
    if review and review.signed_at:
        raise _signed_already()
    check_reviewer(centre, actor, held)
    before = held.reviewer
    if before.pk == actor.pk:
        return held
    held.reviewer = actor
    held.save(update_fields=["reviewer"])
    if review:
        review.reviewer = actor
        with duties_apart():
            review.save(update_fields=["reviewer"])
    record("review.taken_over", centre=centre, actor=actor, subject=held, reviewer=str(before.pk))
    notify(
        centre=centre,
        recipient=before,
        kind="review_taken_over",
        title="A review of yours was taken over",
        text=f"{actor.full_name} reviews {held.assessment.title} in your place.",
        path=reverse("quality:review", args=[centre.slug, held.pk]),
    )
    return held


@action
def sign_review(
    *,
    actor: User,
    centre: Centre,
    sample: Sample,
    shown_digest: str,
    proof: Proof,
    shown_parts: Mapping[str, str] | None = None,
) -> Review:
    """Sign a review: agreeing confirms the sheet internally, returning it opens its next version.

    Refuses anybody but the sample's reviewer (``PermissionDenied``), the learner and whoever
    assessed any attempt (``Refusal``), a review that is not complete (``Refusal``, see
    ``review_blocks``), a sheet that no longer stands or is confirmed, and a signed review
    (``TransitionError``), and a change since it was shown (``ChangedSinceShown``). An interim
    review confirms nothing.
    """
    check_may(actor, centre, "review_work")
    if sample.sheet_id:
        lock_sheets(centre, [sample.sheet_id])
    review = _locked_review(actor, centre, sample)
    held = samples_to_see(centre, actor, REVIEWING).get(pk=sample.pk)
    check_reviewer(centre, actor, held)
    found = review_of(centre, held)
    _check_stands(centre, found)
    manifest = review_manifest(found)
    if manifest.digest != shown_digest:
        raise ChangedSinceShown(
            rule="What you were shown has changed since, so nothing was signed.",
            remedy="Read what changed, then sign what stands now.",
            changes=changes_since(found, shown_parts or {}),
        )
    _check_complete(centre, found)
    signature = sign(
        actor=actor,
        centre=centre,
        permission="review_work",
        purpose=Signature.Purpose.REVIEW,
        subject_kind=Review._meta.label_lower,
        subject_id=review.pk,
        sentence=review_sentence(found),
        manifest=manifest,
        shown_digest=shown_digest,
        proof=proof,
        builds_on=(found.decision_digest,) if found.sheet else (),
    )
    review.signed_at = signature.signed_at
    with duties_apart():
        review.save(update_fields=["signed_at"])
    record(
        "review.signed",
        centre=centre,
        actor=actor,
        subject=review,
        sample=str(held.pk),
        sheet=str(held.sheet_id) if held.sheet_id else None,
        outcome=review.outcome,
        looked_at=found.looked_at,
        queries=len(found.queries),
        digest=signature.digest,
    )
    _carry_out(actor, centre, found, review)
    return review


def _carry_out(actor: User, centre: Centre, found: ReviewWork, review: Review) -> None:
    """What follows from a signed review of a sheet."""
    if found.sheet is None or review.signed_at is None:
        return
    sheet = found.sheet
    if review.outcome == Review.Outcome.RETURN:
        return_sheet(
            actor=actor, centre=centre, sheet=sheet, reason=review.reason, at=review.signed_at
        )
        notify(
            centre=centre,
            recipient=sheet.assessor,
            kind="sheet_returned",
            title=f"Returned to you: {found.tree.title}",
            text=f"{actor.full_name} returned your decision on the work of "
            f"{found.sample.registration.certificate_name}. Why: {review.reason[:1500]}",
            path=reverse("quality:review", args=[centre.slug, found.sample.pk]),
        )
        notify(
            centre=centre,
            recipient=found.sample.learner,
            kind="sheet_returned",
            title=f"Looked at again: {found.tree.title}",
            text="Quality assurance has asked your assessor to make the decision on your work "
            "again. The result that you were told no longer stands; you will be told the new one.",
            path=reverse("assessment:sheet", args=[centre.slug, sheet.pk]),
        )
        return
    if review.outcome == Review.Outcome.ACTION:
        owner, due_on = review.action_owner, review.action_due_on
        if owner is None or due_on is None:
            raise RuntimeError("an action was signed without its owner or day")
        raise_action(
            actor=actor,
            centre=centre,
            text=review.action_text,
            owner=owner,
            due_on=due_on,
            review=review,
        )
    notify(
        centre=centre,
        recipient=found.sample.learner,
        kind="sheet_confirmed",
        title=f"Internally confirmed: {found.tree.title}",
        text="The centre’s quality assurer has checked your result and agrees. It stays "
        "provisional until the external checks are done.",
        path=reverse("assessment:sheet", args=[centre.slug, sheet.pk]),
    )
    reissue_papers(actor=actor, centre=centre, sheet=sheet)


def _locked_sample(centre: Centre, sample: Sample) -> Sample:
    """The sample with its registration locked: before the review's row, as the trigger does."""
    registrations = Registration.objects.for_centre(centre).filter(pk=sample.registration_id)
    list(registrations.select_for_update().values_list("pk"))
    held: Sample = (
        Sample.objects.for_centre(centre)
        .select_related("reviewer", "assessment")
        .select_for_update(of=("self",))
        .get(pk=sample.pk)
    )
    return held


def _locked_review(actor: User, centre: Centre, sample: Sample) -> Review:
    """The reviewer's draft, locked; begun where there is none yet."""
    held = _locked_sample(centre, sample)
    if held.reviewer_id != actor.pk:
        raise PermissionDenied("a sample is reviewed by its reviewer")
    drafts = Review.objects.for_centre(centre).filter(sample=held)
    review: Review | None = drafts.select_for_update().first()
    if review is None:
        with duties_apart():
            review = Review.objects.create(centre=centre, sample=held, reviewer=actor)
    if review.signed_at:
        raise _signed_already()
    return review


def _signed_already() -> TransitionError:
    return TransitionError(
        rule="This review is signed and never changes.",
        remedy="Open it to read it.",
    )


def _check_stands(centre: Centre, found: ReviewWork) -> None:
    if found.sheet is None:
        return
    sheet = found.sheet
    standing = sheet_standing(centre, sheet)
    check_allows(standing, Act.REVIEW)
    if standing.sheet_id != sheet.pk:
        raise TransitionError(
            rule="This sheet no longer stands: a newer version or attempt has followed.",
            remedy="Choose the sheet that stands now on the sampling page.",
        )


def _check_complete(centre: Centre, found: ReviewWork) -> None:
    if found.blocks:
        raise Refusal(
            rule=" ".join(block.text for block in found.blocks),
            remedy="Open the review, complete it, then sign.",
        )
    if found.review.outcome not in CONFIRMS or not found.review.action_owner_id:
        return
    owner = found.review.action_owner_id
    if found.review.outcome == Review.Outcome.ACTION and not (
        staff_of(centre).filter(pk=owner).exists()
    ):
        raise Refusal(
            rule="The owner of the action no longer works in this centre.",
            remedy="Choose another owner, then sign.",
        )


def _keep(part: Review | ReviewPoint, typed: Mapping[str, Any], base_revision: int) -> Saved:
    """Store a whole part, unless somebody stored something else meanwhile."""
    now = _content(part)
    if all(now[name] == value for name, value in typed.items()):
        return Saved(part.revision, part.saved_at)
    if part.revision != base_revision:
        raise DraftConflict(now, part.revision, part.saved_at)
    for name, value in typed.items():
        field = "action_owner_id" if name == "action_owner" else name
        setattr(part, field, None if value == "" and name in NULLED else value)
    part.revision += 1
    part.saved_at = timezone.now()
    part.save()
    return Saved(part.revision, part.saved_at)


NULLED = frozenset({"mark", "action_owner", "action_due_on"})


def _content(part: Review | ReviewPoint) -> dict[str, Any]:
    """A part's fields as the form names them; what is null is an empty text."""
    if isinstance(part, ReviewPoint):
        return {
            "verdict": part.verdict,
            "mark": "" if part.mark is None else part.mark,
            "comment": part.comment,
            "audience": part.audience,
        }
    return {
        **{name: getattr(part, name) for name in CONCLUDES},
        "action_owner": part.action_owner_id or "",
        "action_due_on": part.action_due_on or "",
    }


def _clean_point(typed: Mapping[str, str], maximum: int | None) -> dict[str, Any]:
    clean: dict[str, Any] = dict(typed)
    _check_choice(clean, "verdict", {"", *ReviewPoint.Verdict.values})
    _check_choice(clean, "audience", set(Audience.values))
    if "comment" in clean:
        clean["comment"] = _clean_text("comment", clean["comment"])
    if "mark" in clean:
        clean["mark"] = _clean_mark(str(clean["mark"]).strip(), maximum)
    return clean


def _clean_mark(text: str, maximum: int | None) -> int | str:
    if not text:
        return ""
    if maximum is None:
        raise Refusal(
            rule="A criterion has no mark.", remedy="Agree with the decision or query it."
        )
    whole = text.isascii() and text.isdigit() and len(text) < 6
    if not whole or int(text) > maximum:
        raise Refusal(
            rule=f"“{text[:20]}” is no mark here: a mark is a whole number from 0 to {maximum}.",
            remedy="Correct the mark, then save again.",
        )
    return int(text)


def _clean_conclusion(centre: Centre, typed: Mapping[str, Any]) -> dict[str, Any]:
    known = {*CONCLUDES, "action_owner", "action_due_on"}
    clean = {name: value for name, value in typed.items() if name in known}
    for name in Review.TESTS:
        _check_choice(clean, name, {"", "yes", "no"})
    _check_choice(clean, "outcome", {"", *Review.Outcome.values})
    for name in ("remarks", "reason", "action_text"):
        if name in clean:
            clean[name] = _clean_text(name, clean[name])
    for name in ("action_owner", "action_due_on"):
        if name in clean:
            clean[name] = clean[name] or ""
    owner = clean.get("action_owner")
    if owner and not staff_of(centre).filter(pk=owner).exists():
        raise Refusal(
            rule="An action is owned by somebody who works in this centre today.",
            remedy="Choose one of the people listed.",
        )
    return clean


def _check_choice(clean: Mapping[str, Any], name: str, choices: set[str]) -> None:
    if name in clean and clean[name] not in choices:
        raise Refusal(
            rule=f"“{str(clean[name])[:20]}” is no answer here.",
            remedy="Choose one of those offered.",
        )


def _clean_text(name: str, text: str) -> str:
    limit = TEXT_LIMITS[name]
    if len(text) > limit:
        raise Refusal(
            rule=f"The text has {len(text):,} characters; {limit:,} is the most.",
            remedy="Shorten it; nothing of it is lost meanwhile.",
        )
    return text.strip()
