"""The visit's room: an EQA's own visit, within its days, and nothing outside its qualification."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.models import Sheet
from centres.access import CentreRequest, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from quality.actions.visits import (
    choose_sheet,
    close_visit,
    publish_choices,
    record_view,
    save_finding,
    save_visit_notes,
    unchoose_sheet,
)
from quality.forms_external import (
    ChoiceForm,
    CloseForm,
    FindingForm,
    NotesForm,
    ReportTextForm,
)
from quality.models import Visit
from quality.queries.visit_closing import closing_of
from quality.queries.visit_room import items_on_visit, sheets_on_visit, visit_room
from quality.queries.visit_sheet import VisitSheetPage, visit_sheet_page
from quality.views.files import file_answer


def own_visit(request: CentreRequest, visit_id: UUID) -> Visit:
    """One of the person's own that is open to them today; all else is the same 404."""
    mine = Visit.objects.for_centre(request.centre).open_to(request.user)
    return get_object_or_404(mine.select_related("centre", "eqa", "qualification"), pk=visit_id)


def _sheet_on(visit: Visit, sheet_id: UUID) -> Sheet:
    rows = sheets_on_visit(visit).select_related("submission__registration")
    found: Sheet = get_object_or_404(rows, pk=sheet_id)
    return found


@may("enter_visit")
@require_safe
def room(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """Every learner on the qualification, what is chosen, and what is left to do."""
    return _room(request, own_visit(request, visit_id))


def _room(
    request: CentreRequest, visit: Visit, refusal: Refusal | None = None, **forms: Any
) -> HttpResponse:
    context = {
        "room": visit_room(visit),
        "notes_form": forms.get("notes") or NotesForm(initial={"notes": visit.notes}),
    }
    return form_answer(request, "quality/external/visit_room.html", context, refusal)


@may("enter_visit")
@require_POST
def choose(request: CentreRequest, visit_id: UUID, sheet_id: UUID) -> HttpResponse:
    """Put a sheet into the sample; the centre does not see it yet."""
    visit = own_visit(request, visit_id)
    sheet = _sheet_on(visit, sheet_id)
    form = ChoiceForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        choose_sheet(
            actor=request.user, centre=request.centre, visit=visit, sheet=sheet, reason=reason
        )
    except Refusal as refusal:
        return _room(request, visit, refusal)
    messages.success(request, "Chosen. The centre sees it once you publish.")
    return redirect("quality:visit-room", request.centre.slug, visit.pk)


@may("enter_visit")
@require_POST
def unchoose(request: CentreRequest, visit_id: UUID, sheet_id: UUID) -> HttpResponse:
    """Take a choice out again."""
    visit = own_visit(request, visit_id)
    sheet = _sheet_on(visit, sheet_id)
    try:
        unchoose_sheet(actor=request.user, centre=request.centre, visit=visit, sheet=sheet)
    except Refusal as refusal:
        return _room(request, visit, refusal)
    messages.success(request, "Taken out of your sample.")
    return redirect("quality:visit-room", request.centre.slug, visit.pk)


@may("enter_visit")
@require_POST
def publish(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """Show the centre what is chosen."""
    visit = own_visit(request, visit_id)
    try:
        choices = publish_choices(actor=request.user, centre=request.centre, visit=visit)
    except Refusal as refusal:
        return _room(request, visit, refusal)
    messages.success(request, f"Published: {len(choices)}. The centre has been told.")
    return redirect("quality:visit-room", request.centre.slug, visit.pk)


@may("enter_visit")
@require_POST
def notes(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """Save the EQA's own notes, or the draft of the report."""
    visit = own_visit(request, visit_id)
    reports = "report" in request.POST
    form = ReportTextForm(request.POST) if reports else NotesForm(request.POST)
    if not form.is_valid():
        return (
            _close_page(request, visit, report_form=form)
            if reports
            else _room(request, visit, notes=form)
        )
    try:
        save_visit_notes(
            actor=request.user, centre=request.centre, visit=visit, **form.cleaned_data
        )
    except Refusal as refusal:
        return _room(request, visit, refusal)
    messages.success(request, "Saved.")
    to = "quality:visit-close" if reports else "quality:visit-room"
    return redirect(to, request.centre.slug, visit.pk)


@may("enter_visit")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: CentreRequest, visit_id: UUID, sheet_id: UUID) -> HttpResponse:
    """One sheet with all that it stands on; on POST save what the EQA makes of it."""
    visit = own_visit(request, visit_id)
    page = visit_sheet_page(visit, sheet_id)
    form = _finding_form(request, page)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            save_finding(
                actor=request.user,
                centre=request.centre,
                visit=visit,
                sheet=page.work.sheet,
                **form.cleaned_data,
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Saved. It stays yours until you close the visit.")
            return redirect("quality:visit-room", request.centre.slug, visit.pk)
    context = {"page": page, "form": form}
    return form_answer(request, "quality/external/visit_sheet.html", context, refusal)


def _finding_form(request: CentreRequest, page: VisitSheetPage) -> FindingForm:
    choice = page.choice
    names = ("decision", "comment", "action_text", "action_due_on", "note")
    said = {name: getattr(choice, name) for name in names} if choice else {}
    return FindingForm(
        posted(request),
        centre=request.centre,
        published=bool(choice and choice.published_at),
        initial={**said, "action_owner": choice and choice.action_owner_id},
    )


@may("enter_visit")
@require_safe
def evidence(request: CentreRequest, visit_id: UUID, item_id: UUID) -> HttpResponseBase:
    """A file submitted on the qualification; that it was opened is kept."""
    visit = own_visit(request, visit_id)
    item = get_object_or_404(items_on_visit(visit), pk=item_id)
    record_view(actor=request.user, centre=request.centre, visit=visit, item=item)
    return file_answer(request, item.version.file)


@may("sign_visit")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """Show what closing would sign; on POST sign it, or say what is refused and why."""
    visit = own_visit(request, visit_id)
    if visit.closed_at and request.method != "POST":
        return redirect("quality:visit-room", request.centre.slug, visit.pk)
    form = CloseForm(posted(request), request=request)
    if request.method != "POST" or not form.is_valid() or form.proof is None:
        return _close_page(request, visit, form=form)
    try:
        close_visit(
            actor=request.user,
            centre=request.centre,
            visit=visit,
            outcome=form.cleaned_data["outcome"],
            shown_digest=form.cleaned_data["shown"],
            proof=form.proof,
        )
    except Refusal as refusal:
        return _close_page(request, visit, form=CloseForm(request=request), refusal=refusal)
    messages.success(request, "Signed. The visit is closed.")
    return redirect("quality:visit-room", request.centre.slug, visit.pk)


@may("sign_visit")
@require_safe
def manifest(request: CentreRequest, visit_id: UUID) -> HttpResponse:
    """What would be signed now, as the canonical JSON whose SHA-256 is shown."""
    visit = own_visit(request, visit_id)
    if visit.closed_at:
        raise Http404
    return HttpResponse(
        closing_of(visit, _outcome(request)).manifest.text,
        content_type="application/json; charset=utf-8",
    )


def _outcome(request: CentreRequest) -> str:
    asked = request.POST.get("outcome") or request.GET.get("outcome")
    return asked if asked in Visit.Outcome.values else str(Visit.Outcome.RELEASE)


def _close_page(
    request: CentreRequest,
    visit: Visit,
    *,
    form: CloseForm | None = None,
    report_form: Any = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "visit": visit,
        "closing": closing_of(visit, _outcome(request)),
        "outcomes": Visit.Outcome.choices,
        "form": form or CloseForm(request=request),
        "report_form": report_form or ReportTextForm(initial={"report": visit.report}),
    }
    return form_answer(request, "quality/external/visit_close.html", context, refusal)
