"""The sampling grid, and choosing what is reviewed: by hand, by a draw, in progress."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from centres.access import CentreRequest, allowed, may
from centres.models import Registration
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from qualifications.models import Assessment
from quality.actions.samples import choose_interim_sample, choose_sample, draw_sample
from quality.forms_internal import ChoiceForm, DrawForm
from quality.queries.grid import WORDS, sampling_grid
from quality.queries.plans import qualifications_sampled
from quality.queries.samples import unsampled
from quality.queries.standings import current_sheets


@may("see_sampling")
@require_safe
def sampling(request: CentreRequest) -> HttpResponse:
    """To the one qualification of the centre, or the choice among several."""
    found = list(qualifications_sampled(request.centre))
    if len(found) == 1:
        return redirect("quality:grid", request.centre.slug, found[0].pk)
    return render(request, "quality/internal/sampling.html", {"qualifications": found})


@may("see_sampling")
@require_safe
def grid(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """What stands for each learner and assessment, by assessor."""
    shown = sampling_grid(
        request.centre, request.user, qualification_id, show=request.GET.get("show", "")
    )
    if shown is None:
        raise Http404
    return render(
        request,
        "quality/internal/grid.html",
        {"grid": shown, "words": WORDS, "can": _can(request)},
    )


@may("choose_sample")
@require_http_methods(["GET", "POST"])
def draw(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Draw at random from what is decided and unsampled."""
    found = get_object_or_404(qualifications_sampled(request.centre), pk=qualification_id)
    form = DrawForm(posted(request), centre=request.centre)
    refusal = None
    if form.is_valid():
        try:
            made = draw_sample(
                actor=request.user,
                centre=request.centre,
                qualification=found,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Drawn: {made.wanted} of {len(made.pool)}.")
            return redirect("quality:grid", request.centre.slug, found.pk)
    pool = unsampled(request.centre, found).count()
    context = {"form": form, "qualification": found, "pool": pool}
    return form_answer(request, "quality/internal/draw.html", context, refusal)


@may("choose_sample")
@require_http_methods(["GET", "POST"])
def choose(request: CentreRequest, sheet_id: UUID) -> HttpResponse:
    """Choose one decided sheet by hand."""
    sheets = current_sheets(request.centre).exclude(learner=request.user)
    sheet = get_object_or_404(sheets, pk=sheet_id)
    form = ChoiceForm(posted(request), centre=request.centre)
    refusal = None
    if form.is_valid():
        try:
            sample = choose_sample(
                actor=request.user, centre=request.centre, sheet=sheet, **form.cleaned_data
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _chosen(request, sample, sample.assessment.specification.qualification_id)
    context = {
        "form": form,
        "sheet": sheet,
        "registration": sheet.submission.registration,
        "assessment": sheet.submission.assessment,
    }
    return form_answer(request, "quality/internal/choose.html", context, refusal)


@may("choose_sample")
@require_http_methods(["GET", "POST"])
def interim(request: CentreRequest, registration_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Choose work in progress for a look that confirms nothing."""
    registration, assessment = _work(request, registration_id, assessment_id)
    form = ChoiceForm(posted(request), centre=request.centre)
    refusal = None
    if form.is_valid():
        try:
            sample = choose_interim_sample(
                actor=request.user,
                centre=request.centre,
                registration=registration,
                assessment=assessment,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            return _chosen(request, sample, assessment.specification.qualification_id)
    context = {"form": form, "registration": registration, "assessment": assessment}
    return form_answer(request, "quality/internal/choose.html", context, refusal)


def _work(
    request: CentreRequest, registration_id: UUID, assessment_id: UUID
) -> tuple[Registration, Assessment]:
    """A registration, never the person's own, and an assessment of its specification."""
    registrations = Registration.objects.for_centre(request.centre).exclude(learner=request.user)
    registration = get_object_or_404(registrations.select_related("pathway"), pk=registration_id)
    assessments = Assessment.objects.filter(
        specification=registration.pathway.specification_id
    ).select_related("specification__qualification")
    return registration, get_object_or_404(assessments, pk=assessment_id)


def _chosen(request: CentreRequest, sample: Any, qualification_id: UUID) -> HttpResponse:
    messages.success(request, f"In the sample: {sample.reviewer.full_name} reviews it.")
    return redirect("quality:grid", request.centre.slug, qualification_id)


def _can(request: CentreRequest) -> dict[str, bool]:
    return {
        "choose": allowed(request.roles, "choose_sample"),
        "plan": allowed(request.roles, "draft_plan"),
        "approve": allowed(request.roles, "approve_plan"),
        "release": allowed(request.roles, "release_work"),
    }
