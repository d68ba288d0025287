"""Learners on a programme: several at once from the alignment, one from the registration."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.access import CentreRequest, may
from centres.models import Registration
from centres.programmes import programme_of, with_programme
from centres.refusals import Refusal, TransitionError
from centres.views.answers import form_answer, posted
from quality.actions.alignment_learners import (
    check_in_force,
    end_programme,
    place_on_programme,
)
from quality.forms_alignments import LearnersForm, ProgrammeForm
from quality.models import Alignment
from quality.queries.alignment_learners import newer_version, placing_page

PAGES = "quality/alignments"


@may("change_registrations")
@require_http_methods(["GET", "HEAD", "POST"])
def learners(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """Place several learners on an approved alignment."""
    rows = Alignment.objects.for_centre(request.centre).select_related("pathway__specification")
    found = get_object_or_404(rows, pk=alignment_id)
    form = LearnersForm(posted(request), centre=request.centre, alignment=found)
    refusal = None
    if form.is_valid():
        try:
            placed = place_on_programme(
                actor=request.user, centre=request.centre, alignment=found, **form.cleaned_data
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Placed on {found}: {placed}.")
            return redirect("quality:alignment", request.centre.slug, found.pk)
    context = {"alignment": found, "form": form, **_opening(request, found, form)}
    return form_answer(request, f"{PAGES}/learners.html", context, refusal)


@may("change_registrations")
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """Choose the programme of one registration, or none."""
    rows = with_programme(request.centre, Registration.objects.for_centre(request.centre))
    found = get_object_or_404(rows.select_related("pathway__specification"), pk=registration_id)
    now = programme_of(found)
    form = ProgrammeForm(
        posted(request),
        centre=request.centre,
        registration=found,
        initial={"alignment": now.id if now else None},
    )
    refusal = None
    if form.is_valid():
        try:
            _follow(request, found, form.cleaned_data["alignment"])
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("centres:registration", request.centre.slug, found.pk)
    context = {"registration": found, "form": form, "now": now}
    return form_answer(request, f"{PAGES}/programme.html", context, refusal)


def _opening(request: CentreRequest, found: Alignment, form: LearnersForm) -> dict[str, Any]:
    """Who can be placed; or what keeps the step shut, and where that is opened."""
    try:
        check_in_force(request.centre, found)
    except TransitionError as shut:
        newer = newer_version(request.centre, found)
        goal = f"quality:alignment{'-learners' if newer else ''}"
        url = reverse(goal, args=[request.centre.slug, (newer or found).pk])
        return {"shut": shut, "doors": [{"text": shut.remedy, "url": url}]}
    ticked = request.POST.getlist("registrations") if form.is_bound else None
    return {"page": placing_page(request.centre, found, ticked)}


def _follow(request: CentreRequest, found: Registration, chosen: Alignment | None) -> None:
    """Place the registration on what was chosen, or end what it follows."""
    asked: dict[str, Any] = {"actor": request.user, "centre": request.centre}
    name = found.certificate_name
    if chosen:
        place_on_programme(**asked, alignment=chosen, registrations=[found])
        messages.success(request, f"{name} follows {chosen}.")
    elif programme_of(found):
        end_programme(**asked, registration=found)
        messages.success(request, f"{name} follows no programme now.")
