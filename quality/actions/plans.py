"""Sampling plans: drafting a version, and the lead's approval that puts it in force."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from centres.access import check_may
from centres.ledger import action, record
from centres.models import Centre, Signature, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof, sign
from qualifications.models import Qualification
from quality.models import SamplingPlan
from quality.queries.plans import draft_of, plan_manifest, plan_sentence

NAME_LIMIT = 120  # characters
RULES_LIMIT = 5000


@action
def draft_plan(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    name: str,
    rules: str,
    baseline_percent: int,
) -> SamplingPlan:
    """Write the next version of a qualification's sampling plan, or change its open draft.

    ``baseline_percent`` is a whole number from 1 to 100. Refuses (``Refusal``) anything else, a
    plan without a name or without rules, and texts that are too long.
    """
    check_may(actor, centre, "draft_plan")
    name, rules = name.strip(), rules.strip()
    _check_content(name, rules, baseline_percent)
    # The newest version is locked, so that of two drafters one waits for the other.
    versions = SamplingPlan.objects.for_centre(centre).filter(qualification=qualification)
    list(versions.order_by("pk").select_for_update())
    plan = draft_of(centre, qualification)
    if plan is None:
        last = versions.aggregate(last=Max("version"))["last"] or 0
        plan = SamplingPlan(centre=centre, qualification=qualification, version=last + 1)
    plan.name, plan.rules, plan.baseline_percent = name, rules, baseline_percent
    plan.drafted_by = actor
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as clash:
        raise TransitionError(
            rule="Somebody else began this version a moment ago.",
            remedy="Open the draft and change it there.",
        ) from clash
    record(
        "plan.drafted",
        centre=centre,
        actor=actor,
        subject=plan,
        qualification=str(qualification.pk),
        version=plan.version,
    )
    return plan


@action
def approve_plan(
    *, actor: User, centre: Centre, plan: SamplingPlan, shown_digest: str, proof: Proof
) -> SamplingPlan:
    """Sign a draft: from now on it is the plan in force, and never changes.

    Refuses (``TransitionError``) a plan that is approved already, and a draft that changed since
    it was shown (``ChangedSinceShown``).
    """
    check_may(actor, centre, "approve_plan")
    held: SamplingPlan = (
        SamplingPlan.objects.for_centre(centre)
        .select_related("qualification")
        .select_for_update(of=("self",))
        .get(pk=plan.pk)
    )
    if held.approved_at:
        raise TransitionError(
            rule="This version is approved already and never changes.",
            remedy="Draft the next version to change the plan.",
        )
    manifest = plan_manifest(held)
    if manifest.digest != shown_digest:
        raise ChangedSinceShown(
            rule="The draft has changed since it was shown to you, so nothing was approved.",
            remedy="Read what stands below, then approve that.",
        )
    signature = sign(
        actor=actor,
        centre=centre,
        permission="approve_plan",
        purpose=Signature.Purpose.PLAN,
        subject_kind=SamplingPlan._meta.label_lower,
        subject_id=held.pk,
        sentence=plan_sentence(held),
        manifest=manifest,
        shown_digest=shown_digest,
        proof=proof,
    )
    held.approved_at = signature.signed_at
    held.save(update_fields=["approved_at"])
    record(
        "plan.approved",
        centre=centre,
        actor=actor,
        subject=held,
        qualification=str(held.qualification_id),
        version=held.version,
        digest=signature.digest,
    )
    return held


def _check_content(name: str, rules: str, baseline_percent: int) -> None:
    if not name or len(name) > NAME_LIMIT:
        raise Refusal(
            rule=f"A plan has a name of up to {NAME_LIMIT} characters.",
            remedy="Name it, such as “Autumn 2026”.",
        )
    if not rules or len(rules) > RULES_LIMIT:
        raise Refusal(
            rule=f"A plan says why work is chosen, in up to {RULES_LIMIT:,} characters.",
            remedy="Write one rule a line.",
        )
    if not 1 <= baseline_percent <= 100:
        raise Refusal(
            rule=f"{baseline_percent} is no share of the decided work.",
            remedy="Give a whole number from 1 to 100.",
        )
