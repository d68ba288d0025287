"""Sampling plans: the versions of a qualification, the one in force, and who may review."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from centres.canonical import text_hash
from centres.models import Centre, Membership, Registration, Role, Signature, User
from centres.signatures import Manifest
from qualifications.models import Qualification
from quality.models import SamplingPlan

SCHEMA = 1
REVIEWERS = (Role.IQA, Role.LEAD_IQA)


@dataclass(frozen=True)
class PlanLine:
    """One version of a plan with its approval, if any."""

    plan: SamplingPlan
    approval: Signature | None
    in_force: bool

    @property
    def state(self) -> str:
        """A state of the look."""
        if self.approval is None:
            return "draft"
        return "valid" if self.in_force else "superseded"


def qualifications_sampled(centre: Centre) -> "QuerySet[Qualification]":
    """The qualifications on which the centre has learners, or has had."""
    registered = Registration.objects.for_centre(centre)
    return (
        Qualification.objects.filter(
            pk__in=registered.values("pathway__specification__qualification")
        )
        .select_related("awarding_body")
        .order_by("number")
    )


def plan_in_force(centre: Centre, qualification: Qualification | UUID) -> SamplingPlan | None:
    """The highest approved version."""
    plans = SamplingPlan.objects.for_centre(centre).approved()
    found: SamplingPlan | None = (
        plans.filter(qualification=qualification).order_by("-version").first()
    )
    return found


def draft_of(centre: Centre, qualification: Qualification | UUID) -> SamplingPlan | None:
    """The version that is being drafted; there is one at most."""
    found: SamplingPlan | None = (
        SamplingPlan.objects.for_centre(centre)
        .filter(qualification=qualification, approved_at__isnull=True)
        .order_by("-version")
        .first()
    )
    return found


def plan_lines(centre: Centre, qualification: Qualification) -> tuple[PlanLine, ...]:
    """All versions, newest first, in two queries."""
    plans = list(
        SamplingPlan.objects.for_centre(centre)
        .filter(qualification=qualification)
        .select_related("drafted_by")
        .order_by("-version")
    )
    signed = {
        row.subject_id: row
        for row in Signature.objects.for_centre(centre).filter(
            purpose=Signature.Purpose.PLAN, subject_id__in=[plan.pk for plan in plans]
        )
    }
    force = next((plan.pk for plan in plans if plan.approved_at), None)
    return tuple(PlanLine(plan, signed.get(plan.pk), plan.pk == force) for plan in plans)


def plan_manifest(plan: SamplingPlan) -> Manifest:
    """What the approval of a plan covers; its texts by hash."""
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "sampling plan",
            "plan": str(plan.pk),
            "centre": str(plan.centre_id),
            "qualification": {
                "id": str(plan.qualification_id),
                "number": plan.qualification.number,
            },
            "version": plan.version,
            "name": text_hash(plan.name),
            "rules": text_hash(plan.rules),
            "baseline_percent": plan.baseline_percent,
        }
    )


def plan_sentence(plan: SamplingPlan) -> str:
    """What the approval says, in the first person."""
    return (
        f"I approve “{plan.name}”, version {plan.version}, as the sampling plan for "
        f"{plan.qualification.number}: {plan.baseline_percent} % of decided work is reviewed "
        "before the rest is released without a reason of its own."
    )


def reviewers_of(centre: Centre) -> "QuerySet[User]":
    """Who may review in this centre today, by name."""
    holding = Membership.objects.for_centre(centre).active().filter(role__in=REVIEWERS)
    found: Any = User.objects.filter(pk__in=holding.values("user"), is_active=True)
    return found.order_by("full_name")  # type: ignore[no-any-return]
