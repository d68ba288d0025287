"""External confirmation without a visit here: reports on record, direct claims and claiming."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres.access import CentreRequest, allowed, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from portfolios.models import StoredFile
from qualifications.models import Qualification
from quality.actions.direct_claims import (
    claim_sheets,
    confirm_direct_claims,
    end_direct_claims,
    record_direct_claims,
)
from quality.actions.reports import record_report
from quality.forms_external import (
    ClaimForm,
    DirectClaimsForm,
    EndForm,
    ReportForm,
    qualifications_of,
)
from quality.models import DirectClaims, ExternalReport
from quality.queries.confirmations import confirmations_page
from quality.views.files import file_answer


@may("see_confirmations")
@require_safe
def confirmations(request: CentreRequest) -> HttpResponse:
    """Each qualification: what waits, its reports and its direct-claims status."""
    return _page(request)


def _page(request: CentreRequest, refusal: Refusal | None = None) -> HttpResponse:
    names = ("record_report", "record_direct_claims", "confirm_direct_claims", "claim_work")
    context = {
        "rows": confirmations_page(request.centre),
        "can": {name: allowed(request.roles, name) for name in names},
    }
    return form_answer(request, "quality/external/confirmations.html", context, refusal)


def _qualification(request: CentreRequest, qualification_id: UUID) -> Qualification:
    found: Qualification = get_object_or_404(qualifications_of(request.centre), pk=qualification_id)
    return found


@may("record_report")
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Record an EQA's report that was made elsewhere."""
    on = _qualification(request, qualification_id)
    files = request.FILES if request.method == "POST" else None
    form = ReportForm(posted(request), files, centre=request.centre, qualification=on)
    refusal = None
    if form.is_valid():
        typed = {**form.cleaned_data, "sheets": list(form.cleaned_data["sheets"])}
        upload = typed.pop("file")
        try:
            record_report(
                actor=request.user,
                centre=request.centre,
                qualification=on,
                upload=upload,
                **typed,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Recorded.")
            return redirect("quality:confirmations", request.centre.slug)
    context = {"form": form, "qualification": on}
    return form_answer(request, "quality/external/report_record.html", context, refusal)


@may("see_confirmations")
@require_safe
def paper(request: CentreRequest, file_id: UUID) -> HttpResponseBase:
    """The file of a report or of a notice, and no other file."""
    reports = ExternalReport.objects.for_centre(request.centre).values("file")
    notices = DirectClaims.objects.for_centre(request.centre).values("notice")
    files = StoredFile.objects.for_centre(request.centre)
    stored = get_object_or_404(files.filter(Q(pk__in=reports) | Q(pk__in=notices)), pk=file_id)
    return file_answer(request, stored)


@may("record_direct_claims")
@require_http_methods(["GET", "HEAD", "POST"])
def direct_claims(request: CentreRequest) -> HttpResponse:
    """Record a direct-claims status with the awarding body's notice."""
    files = request.FILES if request.method == "POST" else None
    form = DirectClaimsForm(posted(request), files, centre=request.centre)
    refusal = None
    if form.is_valid():
        typed = dict(form.cleaned_data)
        upload = typed.pop("file")
        try:
            record_direct_claims(actor=request.user, centre=request.centre, upload=upload, **typed)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Recorded. It counts once a second person confirms it.")
            return redirect("quality:confirmations", request.centre.slug)
    context = {"form": form}
    return form_answer(request, "quality/external/direct_claims_record.html", context, refusal)


def _status(request: CentreRequest, status_id: UUID) -> DirectClaims:
    rows = DirectClaims.objects.for_centre(request.centre).select_related("qualification")
    return get_object_or_404(rows, pk=status_id)


@may("confirm_direct_claims")
@require_POST
def confirm(request: CentreRequest, status_id: UUID) -> HttpResponse:
    """Confirm a status as a second person."""
    status = _status(request, status_id)
    try:
        confirm_direct_claims(actor=request.user, centre=request.centre, status=status)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, "Confirmed.")
    return redirect("quality:confirmations", request.centre.slug)


@may("record_direct_claims")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: CentreRequest, status_id: UUID) -> HttpResponse:
    """End a status on a day."""
    status = _status(request, status_id)
    form = EndForm(posted(request))
    refusal = None
    if form.is_valid():
        try:
            end_direct_claims(
                actor=request.user, centre=request.centre, status=status, **form.cleaned_data
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The status ends on that day. What was claimed stays.")
            return redirect("quality:confirmations", request.centre.slug)
    context = {"form": form, "status": status}
    return form_answer(request, "quality/external/direct_claims_end.html", context, refusal)


@may("claim_work")
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Claim results under the status in force."""
    on = _qualification(request, qualification_id)
    form = ClaimForm(posted(request), centre=request.centre, qualification=on)
    refusal = None
    if form.is_valid():
        sheets = list(form.cleaned_data["sheets"])
        try:
            claim_sheets(actor=request.user, centre=request.centre, qualification=on, sheets=sheets)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Claimed: {len(sheets)}. The papers are being made.")
            return redirect("quality:confirmations", request.centre.slug)
    context = {"form": form, "qualification": on}
    return form_answer(request, "quality/external/claim.html", context, refusal)
