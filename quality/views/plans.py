"""Sampling plans: the versions, the draft, and the lead's approval."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessment.forms import SignForm
from centres.access import CentreRequest, allowed, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from quality.actions.plans import approve_plan, draft_plan
from quality.forms_internal import PlanForm
from quality.models import SamplingPlan
from quality.queries.plans import (
    draft_of,
    plan_lines,
    plan_manifest,
    plan_sentence,
    qualifications_sampled,
)


@may("see_sampling")
@require_safe
def plans(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Every version of a qualification's plan, the one in force first to be read."""
    found = get_object_or_404(qualifications_sampled(request.centre), pk=qualification_id)
    lines = plan_lines(request.centre, found)
    context = {
        "qualification": found,
        "lines": lines,
        "draft": next((line for line in lines if line.approval is None), None),
        "can": {
            "draft": allowed(request.roles, "draft_plan"),
            "approve": allowed(request.roles, "approve_plan"),
        },
    }
    return render(request, "quality/internal/plans.html", context)


@may("draft_plan")
@require_http_methods(["GET", "POST"])
def plan_draft(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Write the next version, from the draft or the newest version."""
    found = get_object_or_404(qualifications_sampled(request.centre), pk=qualification_id)
    form = PlanForm(posted(request), initial=_start(request, qualification_id))
    refusal = None
    if form.is_valid():
        try:
            plan = draft_plan(
                actor=request.user,
                centre=request.centre,
                qualification=found,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Draft of version {plan.version} kept.")
            return redirect("quality:plans", request.centre.slug, found.pk)
    context = {"form": form, "qualification": found}
    return form_answer(request, "quality/internal/plan_draft.html", context, refusal)


@may("approve_plan")
@require_http_methods(["GET", "POST"])
def plan_approve(request: CentreRequest, plan_id: UUID) -> HttpResponse:
    """Show the draft as it would be signed; on POST approve it."""
    plan = _plan(request, plan_id)
    if plan.approved_at and request.method == "GET":
        return redirect("quality:plans", request.centre.slug, plan.qualification_id)
    form = SignForm(posted(request), request=request)
    refusal = None
    if form.is_valid() and form.proof:
        try:
            approve_plan(
                actor=request.user,
                centre=request.centre,
                plan=plan,
                shown_digest=form.cleaned_data["shown"],
                proof=form.proof,
            )
        except Refusal as refused:
            refusal, form = refused, SignForm(request=request)
        else:
            messages.success(request, f"Version {plan.version} is in force.")
            return redirect("quality:plans", request.centre.slug, plan.qualification_id)
    return _approve_page(request, plan_id, form, refusal)


def _approve_page(
    request: CentreRequest, plan_id: UUID, form: SignForm, refusal: Refusal | None
) -> HttpResponse:
    plan = _plan(request, plan_id)
    context = {
        "plan": plan,
        "form": form,
        "shown": plan_manifest(plan).digest,
        "sentence": plan_sentence(plan),
    }
    return form_answer(request, "quality/internal/plan_approve.html", context, refusal)


def _plan(request: CentreRequest, plan_id: UUID) -> SamplingPlan:
    plans = SamplingPlan.objects.for_centre(request.centre)
    found: SamplingPlan = get_object_or_404(
        plans.select_related("qualification", "drafted_by"), pk=plan_id
    )
    return found


def _start(request: CentreRequest, qualification_id: UUID) -> dict[str, object]:
    """The draft as it is, or the newest version to start from."""
    plans = SamplingPlan.objects.for_centre(request.centre).filter(qualification=qualification_id)
    plan = draft_of(request.centre, qualification_id) or plans.order_by("-version").first()
    if plan is None:
        return {"baseline_percent": 25}
    return {
        "name": plan.name,
        "rules": plan.rules,
        "baseline_percent": plan.baseline_percent,
    }
