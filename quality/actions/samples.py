"""Choosing work for internal quality assurance: by hand, by a draw, or in progress."""

import datetime
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessment.models import Sheet
from centres.access import check_may
from centres.ledger import action, record
from centres.models import Centre, Registration, User
from centres.notices import notify
from centres.refusals import Refusal, TransitionError
from qualifications.models import Assessment, Qualification
from quality.locks import lock_sheets
from quality.models import Draw, Review, Sample, SamplingPlan
from quality.queries.plans import plan_in_force, reviewers_of
from quality.queries.samples import assessed_before, drawn, unsampled
from quality.queries.standings import sheet_standing, standings
from quality.states import Act, check_allows

REASON_LIMIT = 300  # characters
SEED_LIMIT = 64
SOURCE = "8588 handbook, roles"


@action
def choose_sample(
    *,
    actor: User,
    centre: Centre,
    sheet: Sheet,
    reason: str,
    reviewer: User,
    due_on: datetime.date,
) -> Sample:
    """Put one decided sheet into the sample, with the reason, and tell the reviewer.

    Refuses (``Refusal``) without an approved plan, without a reason, a day that is over, and a
    reviewer who may not review this work: not a quality assurer of the centre today, the learner,
    or an assessor of any attempt. Refuses (``TransitionError``) a sheet that does not stand, that
    is confirmed, or that is in the sample already.
    """
    check_may(actor, centre, "choose_sample")
    reason = _clean_reason(reason)
    _check_due(due_on)
    held = _locked(centre, [sheet.pk])[0]
    assessment = held.submission.assessment
    plan = _plan(centre, assessment.specification.qualification_id)
    _check_stands(centre, held)
    _check_reviewer(centre, reviewer, [held.submission])
    sample = _choose(
        actor=actor,
        plan=plan,
        sheet=held,
        reason=reason,
        reviewer=reviewer,
        due_on=due_on,
    )
    _tell(actor, sample)
    return sample


@action
def draw_sample(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    wanted: int,
    reviewer: User,
    due_on: datetime.date,
    seed: str = "",
) -> Draw:
    """Draw so many sheets at random from those that stand, unsampled and unreleased.

    The seed and the pool are kept, so that anybody can repeat the draw (``drawn``); an empty seed
    is made up here. Refuses (``Refusal``) as ``choose_sample`` does, and a number that is no more
    than nothing or more than the pool holds.
    """
    check_may(actor, centre, "choose_sample")
    _check_due(due_on)
    plan = _plan(centre, qualification.pk)
    seed = seed.strip() or secrets.token_hex(8)
    if len(seed) > SEED_LIMIT:
        raise Refusal(
            rule=f"A seed has up to {SEED_LIMIT} characters.", remedy="Type a shorter one."
        )
    lock_sheets(centre, unsampled(centre, qualification).values_list("pk", flat=True))
    # What was signed while this waited is not locked, and is left for the next draw.
    pool = {sheet.pk: sheet for sheet in unsampled(centre, qualification)}
    if not 1 <= wanted <= len(pool):
        raise Refusal(
            rule=f"{wanted} can’t be drawn: {len(pool)} decided and unsampled "
            f"{'sheet is' if len(pool) == 1 else 'sheets are'} in the pool.",
            remedy=f"Draw from 1 to {len(pool)}." if pool else "Wait for further decisions.",
        )
    chosen = [pool[pk] for pk in drawn(pool, seed, wanted)]
    _check_reviewer(centre, reviewer, [sheet.submission for sheet in chosen])
    draw = Draw.objects.create(
        centre=centre,
        plan=plan,
        seed=seed,
        wanted=wanted,
        pool=[str(pk) for pk in sorted(pool)],
        drawn_by=actor,
    )
    record(
        "draw.made",
        centre=centre,
        actor=actor,
        subject=draw,
        plan=str(plan.pk),
        seed=seed,
        wanted=wanted,
        pool=len(pool),
    )
    for sheet in chosen:
        _choose(
            actor=actor,
            plan=plan,
            sheet=sheet,
            reason=f"Drawn at random, seed {seed}",
            reviewer=reviewer,
            due_on=due_on,
            draw=draw,
        )
    if reviewer.pk != actor.pk:
        notify(
            centre=centre,
            recipient=reviewer,
            kind="sample_chosen",
            title=f"{wanted} to review by {due_on:%-d %b %Y}",
            text=f"{actor.full_name} drew {wanted} of {len(pool)} decisions for you to review.",
            path=reverse("quality:grid", args=[centre.slug, qualification.pk]),
        )
    return draw


@action
def choose_interim_sample(
    *,
    actor: User,
    centre: Centre,
    registration: Registration,
    assessment: Assessment,
    reason: str,
    reviewer: User,
    due_on: datetime.date,
) -> Sample:
    """Choose work in progress for a look that confirms nothing (domain brief, section 12).

    Refuses as ``choose_sample`` does; ``TransitionError`` for work that is decided, that this
    registration does not have, or that is being looked at already.
    """
    check_may(actor, centre, "choose_sample")
    reason = _clean_reason(reason)
    _check_due(due_on)
    rows = Registration.objects.for_centre(centre)
    held: Registration = rows.select_for_update().get(pk=registration.pk)
    plan = _plan(centre, assessment.specification.qualification_id)
    work = standings(centre, [held]).get((held.pk, assessment.pk))
    if work is None:
        raise TransitionError(
            rule="This assessment is not part of the learner’s pathway.",
            remedy="Choose one of the assessments on the sampling page.",
        )
    check_allows(work, Act.INTERIM)
    if _open_interim(centre, held, assessment).exists():
        raise TransitionError(
            rule="This work is being looked at already.",
            remedy="Open the interim review that is under way.",
        )
    _check_reviewer_of(centre, reviewer, held.learner_id, [(held.pk, assessment.pk)])
    sample = Sample.objects.create(
        centre=centre,
        plan=plan,
        kind=Sample.Kind.INTERIM,
        registration=held,
        learner_id=held.learner_id,
        assessment=assessment,
        reason=reason,
        reviewer=reviewer,
        due_on=due_on,
        chosen_by=actor,
    )
    _record(actor, sample)
    _tell(actor, sample)
    return sample


def check_reviewer(centre: Centre, reviewer: User, sample: Sample) -> None:
    """Refuse a person who may not review this sample, as ``choose_sample`` does."""
    work = (sample.registration_id, sample.assessment_id)
    _check_reviewer_of(centre, reviewer, sample.learner_id, [work])


def _open_interim(centre: Centre, registration: Registration, assessment: Assessment) -> Any:
    done = Review.objects.for_centre(centre).signed().values("sample")
    return (
        Sample.objects.for_centre(centre)
        .filter(kind=Sample.Kind.INTERIM, registration=registration, assessment=assessment)
        .exclude(pk__in=done)
    )


def _choose(
    *,
    actor: User,
    plan: SamplingPlan,
    sheet: Any,
    reason: str,
    reviewer: User,
    due_on: datetime.date,
    draw: Draw | None = None,
) -> Sample:
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                centre=plan.centre,
                plan=plan,
                registration_id=sheet.submission.registration_id,
                learner_id=sheet.learner_id,
                assessment_id=sheet.submission.assessment_id,
                sheet=sheet,
                draw=draw,
                reason=reason,
                reviewer=reviewer,
                due_on=due_on,
                chosen_by=actor,
            )
    except IntegrityError as clash:
        raise _chosen_already() from clash
    _record(actor, sample)
    return sample


def _record(actor: User, sample: Sample) -> None:
    record(
        "sample.chosen",
        centre=sample.centre,
        actor=actor,
        subject=sample,
        kind=str(sample.kind),
        plan=str(sample.plan_id),
        registration=str(sample.registration_id),
        assessment=str(sample.assessment_id),
        sheet=str(sample.sheet_id) if sample.sheet_id else None,
        reviewer=str(sample.reviewer_id),
        due_on=sample.due_on.isoformat(),
    )


def _tell(actor: User, sample: Sample) -> None:
    """The notice to whoever reviews it."""
    centre = sample.centre
    if sample.reviewer_id != actor.pk:
        notify(
            centre=centre,
            recipient=sample.reviewer,
            kind="sample_chosen",
            title=f"Work to review by {sample.due_on:%-d %b %Y}",
            text=f"{actor.full_name} chose work on {sample.assessment.title} for you to review. "
            f"Why: {sample.reason}",
            path=reverse("quality:review", args=[centre.slug, sample.pk]),
        )


def _locked(centre: Centre, sheet_ids: Sequence[UUID]) -> list[Sheet]:
    held = lock_sheets(centre, sheet_ids)
    if len(held) != len(set(sheet_ids)):
        raise Sheet.DoesNotExist
    return held


def _plan(centre: Centre, qualification_id: UUID) -> SamplingPlan:
    plan = plan_in_force(centre, qualification_id)
    if plan is None:
        raise Refusal(
            rule="Work is sampled under a plan, and none is approved for this qualification.",
            remedy="Draft a sampling plan and have the lead internal quality assurer approve it.",
        )
    return plan


def _check_stands(centre: Centre, sheet: Sheet) -> None:
    work = sheet_standing(centre, sheet)
    check_allows(work, Act.SAMPLE)
    if work.sheet_id != sheet.pk:
        raise TransitionError(
            rule="This sheet no longer stands: a newer version or attempt has followed.",
            remedy="Choose the sheet that stands now on the sampling page.",
        )
    if Sample.objects.for_centre(centre).filter(sheet=sheet).exists():
        raise _chosen_already()


def _chosen_already() -> TransitionError:
    return TransitionError(
        rule="This sheet is in the sample already; it is reviewed once.",
        remedy="Open its review on the sampling page.",
    )


def _check_reviewer(centre: Centre, reviewer: User, submissions: Sequence[Any]) -> None:
    for learner in {submission.learner_id for submission in submissions}:
        _check_not_learner(reviewer, learner)
    works = [(each.registration_id, each.assessment_id) for each in submissions]
    _check_reviewer_of(centre, reviewer, None, works)


def _check_reviewer_of(
    centre: Centre, reviewer: User, learner: UUID | None, works: Sequence[tuple[UUID, UUID]]
) -> None:
    if not reviewers_of(centre).filter(pk=reviewer.pk).exists():
        raise Refusal(
            rule=f"{reviewer.full_name} is not an internal quality assurer of this centre today.",
            remedy="Choose somebody who holds that role.",
        )
    _check_not_learner(reviewer, learner)
    assessed = assessed_before(centre, reviewer, works)
    if assessed:
        names = sorted({sheet.submission.registration.certificate_name for sheet in assessed})
        raise Refusal(
            rule=f"{reviewer.full_name} has assessed work of {', '.join(names)} here, and whoever "
            "assessed any attempt never verifies it.",
            remedy="Choose another reviewer.",
            source=SOURCE,
        )


def _check_not_learner(reviewer: User, learner: UUID | None) -> None:
    if learner == reviewer.pk:
        raise Refusal(
            rule=f"{reviewer.full_name} is the learner, and nobody verifies their own work.",
            remedy="Choose another reviewer.",
            source=SOURCE,
        )


def _clean_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LIMIT:
        raise Refusal(
            rule=f"Work is chosen for a reason, in up to {REASON_LIMIT} characters.",
            remedy="Say why this one: the rule of the plan, or what you noticed.",
        )
    return reason


def _check_due(due_on: datetime.date) -> None:
    if due_on < timezone.localdate():
        raise Refusal(
            rule="A review can’t be due on a day that is over.",
            remedy="Choose today or a later day.",
        )
