"""Registrations: the list, one of them, enrolment, the number, and who assesses."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from centres.access import CentreRequest, allowed, may
from centres.actions import (
    allocate_assessor,
    enrol_learner,
    record_registration,
    release_assessor,
)
from centres.forms import AllocationForm, EnrolmentForm, NumberForm, RegistrationFilterForm
from centres.models import Allocation, Registration
from centres.programmes import programme_of, with_programme
from centres.queries import (
    SHOWS,
    SORTS,
    RegistrationFilter,
    registration_history,
    registration_list,
    registration_row,
)
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted


def _registration(request: CentreRequest, registration_id: UUID) -> Registration:
    """A registration of this centre with its learner and pathway, or 404."""
    every = Registration.objects.for_centre(request.centre)
    mine = with_programme(request.centre, every).select_related(
        "learner", "pathway__specification__qualification"
    )
    found: Registration = get_object_or_404(mine, pk=registration_id)
    return found


def _sort_links(request: CentreRequest, chosen: RegistrationFilter) -> dict[str, dict[str, str]]:
    """For each sortable column its present direction and the address that sorts by it."""
    links = {}
    for name in SORTS:
        query = request.GET.copy()
        query.pop("page", None)
        mine = chosen.sort == name
        query["sort"] = f"-{name}" if mine and not chosen.descending else name
        direction = ("descending" if chosen.descending else "ascending") if mine else ""
        links[name] = {"url": f"?{query.urlencode()}", "direction": direction}
    return links


@may("see_registrations")
@require_GET
def registrations(request: CentreRequest) -> HttpResponse:
    """The list, narrowed and ordered by the address."""
    chosen = RegistrationFilterForm(request.GET).chosen()
    return render(
        request,
        "centres/registrations.html",
        {
            "list": registration_list(request.centre, chosen, request.GET.get("page", 1)),
            "chosen": chosen,
            "shows": SHOWS,
            "sorts": _sort_links(request, chosen),
            "can": {"change": allowed(request.roles, "change_registrations")},
        },
    )


@may("see_registrations")
@require_GET
def registration(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """One registration: its state, its assessors, its history, and what to do next."""
    found = _registration(request, registration_id)
    return render(
        request,
        "centres/registration.html",
        {
            "registration": registration_row(request.centre, found),
            "date_of_birth": found.date_of_birth,
            "programme": programme_of(found),
            "history": registration_history(request.centre, found),
            "can": {"change": allowed(request.roles, "change_registrations")},
        },
    )


@may("change_registrations")
@require_http_methods(["GET", "POST"])
def enrol(request: CentreRequest) -> HttpResponse:
    """Enrol a learner on a pathway; where one for the same award runs already, show that first."""
    form = EnrolmentForm(posted(request), centre=request.centre)
    refusal = None
    running: tuple[Registration, ...] = ()
    if form.is_valid():
        running = form.running(request.POST.getlist("aware"))
    if form.is_valid() and not running:
        try:
            enrolled = enrol_learner(actor=request.user, centre=request.centre, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"{enrolled.certificate_name} is enrolled.")
            return redirect("centres:registration", request.centre.slug, enrolled.pk)
    context = {
        "form": form,
        "running": running,
        "can": {"record": allowed(request.roles, "change_approvals")},
    }
    return form_answer(request, "centres/registration_new.html", context, refusal)


@may("change_registrations")
@require_http_methods(["GET", "POST"])
def number(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """Record or correct the awarding body's number and date."""
    found = _registration(request, registration_id)
    start = {
        "number": found.number,
        "registered_on": found.registered_on or timezone.localdate(),
    }
    form = NumberForm(posted(request), initial=start)
    refusal = None
    if form.is_valid():
        try:
            record_registration(
                actor=request.user,
                centre=request.centre,
                registration=found,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"The registration number is {found.number}.")
            return redirect("centres:registration", request.centre.slug, found.pk)
    context = {"form": form, "registration": found}
    return form_answer(request, "centres/registration_number.html", context, refusal)


@may("change_registrations")
@require_http_methods(["GET", "POST"])
def allocate(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """Allocate an assessor."""
    found = _registration(request, registration_id)
    form = AllocationForm(posted(request), centre=request.centre, registration=found)
    refusal = None
    if form.is_valid():
        assessor = form.cleaned_data["assessor"]
        try:
            allocate_assessor(
                actor=request.user, centre=request.centre, registration=found, assessor=assessor
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"{assessor.full_name} now marks this learner's work.")
            return redirect("centres:registration", request.centre.slug, found.pk)
    context = {"form": form, "registration": found}
    return form_answer(request, "centres/registration_allocate.html", context, refusal)


@may("change_registrations")
@require_http_methods(["GET", "POST"])
def release(request: CentreRequest, registration_id: UUID, assessor_id: UUID) -> HttpResponse:
    """End an assessor's allocation, after saying what that means."""
    found = _registration(request, registration_id)
    current = Allocation.objects.for_centre(request.centre).filter(registration=found, ends_on=None)
    assessor = get_object_or_404(current.select_related("assessor"), assessor=assessor_id).assessor
    refusal = None
    if request.method == "POST":
        try:
            release_assessor(
                actor=request.user, centre=request.centre, registration=found, assessor=assessor
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"{assessor.full_name} no longer marks this work.")
            return redirect("centres:registration", request.centre.slug, found.pk)
    context = {"registration": found, "assessor": assessor}
    return form_answer(request, "centres/registration_release.html", context, refusal)
