"""A sheet, for everybody who may read it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from assessment.queries.sheet import sheet_page, sheets_to_read
from centres.access import CentreRequest, may


@may("see_sheet")
@require_safe
def sheet(request: CentreRequest, sheet_id: UUID) -> HttpResponse:
    """Decisions, feedback, signatures and papers of one sheet."""
    found = get_object_or_404(
        sheets_to_read(request.centre, request.user, request.roles), pk=sheet_id
    )
    page = sheet_page(found, request.user, request.roles)
    return render(request, "assessment/sheet.html", {"page": page})


@may("see_sheet")
@require_safe
def submission_sheet(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """To the signed sheet of a submission, for who may read it."""
    signed = (
        sheets_to_read(request.centre, request.user, request.roles)
        .filter(submission=submission_id, signed_at__isnull=False)
        .order_by("-version")
        .first()
    )
    if signed is None:
        raise Http404
    return redirect("assessment:sheet", request.centre.slug, signed.pk)
