"""Placing a hold on work, and lifting it."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from centres.access import CentreRequest, may
from centres.models import Registration
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from portfolios.models import Submission
from qualifications.models import Assessment
from quality.actions.holds import lift_hold, place_hold
from quality.forms_external import HoldForm, LiftForm
from quality.models import Hold


@may("change_holds")
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: CentreRequest, registration_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Hold one learner's work for one assessment."""
    rows = Registration.objects.for_centre(request.centre).select_related("learner", "pathway")
    registration = get_object_or_404(rows, pk=registration_id)
    handed_in = Submission.objects.for_centre(request.centre).filter(registration=registration)
    theirs = Assessment.objects.filter(
        Q(assessment_units__unit__pathway_units__pathway=registration.pathway_id)
        | Q(pk__in=handed_in.values("assessment"))
    ).distinct()
    assessment = get_object_or_404(theirs, pk=assessment_id)
    form, refusal = HoldForm(posted(request)), None
    if form.is_valid():
        try:
            place_hold(
                actor=request.user,
                centre=request.centre,
                registration=registration,
                assessment=assessment,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Held until somebody lifts it.")
            return redirect("quality:record", request.centre.slug, registration.pk)
    context = {"form": form, "registration": registration, "assessment": assessment}
    return form_answer(request, "quality/external/hold_place.html", context, refusal)


@may("change_holds")
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: CentreRequest, hold_id: UUID) -> HttpResponse:
    """Lift a hold, with the reason."""
    rows = Hold.objects.for_centre(request.centre).select_related(
        "registration", "assessment", "placed_by"
    )
    hold = get_object_or_404(rows, pk=hold_id)
    form, refusal = LiftForm(posted(request)), None
    if form.is_valid():
        try:
            lift_hold(actor=request.user, centre=request.centre, hold=hold, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Lifted. The work goes on where it stood.")
            return redirect("quality:record", request.centre.slug, hold.registration_id)
    context = {"form": form, "hold": hold}
    return form_answer(request, "quality/external/hold_lift.html", context, refusal)
