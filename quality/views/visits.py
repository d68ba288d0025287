"""Visits: the list, arranging one, and one as the centre may read it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from centres.access import CentreRequest, allowed, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from quality.actions.visits import arrange_visit
from quality.forms_external import VisitForm
from quality.models import Visit
from quality.queries.visits import own_visits, visit_page, visits_of


@may("see_visits")
@require_safe
def visits(request: CentreRequest) -> HttpResponse:
    """An EQA's own visits, and for staff all that are arranged."""
    reads_all = allowed(request.roles, "read_visit")
    context = {
        "own": own_visits(request.centre, request.user)
        if allowed(request.roles, "enter_visit")
        else (),
        "is_eqa": allowed(request.roles, "enter_visit"),
        "visits": visits_of(request.centre) if reads_all else (),
        "reads_all": reads_all,
        "can": {"arrange": allowed(request.roles, "arrange_visit")},
    }
    return render(request, "quality/external/visits.html", context)


@may("arrange_visit")
@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: CentreRequest) -> HttpResponse:
    """Allocate an EQA to a qualification for some days."""
    form = VisitForm(posted(request), centre=request.centre)
    refusal = None
    if form.is_valid():
        try:
            visit = arrange_visit(actor=request.user, centre=request.centre, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Arranged. {visit.eqa.full_name} has been told.")
            return redirect("quality:visit", request.centre.slug, visit.pk)
    return form_answer(request, "quality/external/visit_arrange.html", {"form": form}, refusal)


@may("read_visit")
@require_safe
def visit(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """What the centre may know of a visit."""
    rows = Visit.objects.for_centre(request.centre).select_related(
        "centre", "eqa", "qualification", "arranged_by"
    )
    found = get_object_or_404(rows, pk=visit_id)
    return render(request, "quality/external/visit.html", {"page": visit_page(found)})
