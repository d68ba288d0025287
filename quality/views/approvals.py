"""Approvals: what the centre may offer, one approval, its days, papers and overrides."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres.access import CentreRequest, allowed, may
from centres.actions import (
    allow_past_review,
    change_approval_dates,
    end_approval,
    record_approval,
    withdraw_override,
)
from centres.models import Approval, ReviewOverride
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from quality.actions.approvals import add_approval_paper, withdraw_approval_paper
from quality.forms_approvals import (
    ApprovalDatesForm,
    ApprovalForm,
    ApprovalPaperForm,
    EndApprovalForm,
    OverrideForm,
    days_of,
)
from quality.models import ApprovalPaper
from quality.queries.approvals import (
    approval_page,
    approvals_to_see,
    offer_list,
    papers_to_see,
    past_review_of,
)
from quality.views.files import file_answer


@may("see_approvals")
@require_safe
def approvals(request: CentreRequest) -> HttpResponse:
    """Every qualification with the state of its approval and what comes next."""
    rows, open_now = offer_list(request.centre, request.user, request.roles)
    context = {"rows": rows, "open_now": open_now, "can": _can(request)}
    return render(request, "quality/approvals/approvals.html", context)


def _can(request: CentreRequest) -> dict[str, bool]:
    names = {
        "change": "change_approvals",
        "confirmations": "see_confirmations",
        "where": "see_where",
    }
    return {short: allowed(request.roles, name) for short, name in names.items()}


def _approval(request: CentreRequest, approval_id: UUID) -> Approval:
    """An approval that this person may see, or 404."""
    mine = approvals_to_see(request.centre, request.user, request.roles)
    found: Approval = get_object_or_404(mine, pk=approval_id)
    return found


@may("see_approvals")
@require_safe
def approval(request: CentreRequest, approval_id: UUID) -> HttpResponse:
    """One approval with all that belongs to it."""
    return _page(request, approval_id)


def _page(
    request: CentreRequest, approval_id: UUID, refusal: Refusal | None = None
) -> HttpResponse:
    seen = approvals_to_see(request.centre, request.user, request.roles)
    try:
        page = approval_page(request.centre, seen, approval_id)
    except Approval.DoesNotExist as missing:
        raise Http404 from missing
    context = {"page": page, "can": _can(request)}
    return form_answer(request, "quality/approvals/approval.html", context, refusal)


@may("change_approvals")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CentreRequest) -> HttpResponse:
    """Record the awarding body's approval."""
    start = {"qualification": request.GET.get("qualification", "")}
    form = ApprovalForm(posted(request), centre=request.centre, initial=start)
    refusal = None
    if form.is_valid():
        try:
            made = record_approval(actor=request.user, centre=request.centre, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Recorded. Attach the learner journey and lesson plans next.")
            return redirect("quality:approval", request.centre.slug, made.pk)
    return form_answer(request, "quality/approvals/approval_new.html", {"form": form}, refusal)


@may("change_approvals")
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: CentreRequest, approval_id: UUID) -> HttpResponse:
    """Change the reference or the days."""
    found = _approval(request, approval_id)
    form = ApprovalDatesForm(posted(request), initial=days_of(found))
    asked: dict[str, Any] = {"actor": request.user, "centre": request.centre, "approval": found}
    refusal = None
    if form.is_valid():
        try:
            change_approval_dates(**asked, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The days are changed. Registrations stay as they are.")
            return redirect("quality:approval", request.centre.slug, found.pk)
    context = {"form": form, "approval": found}
    return form_answer(request, "quality/approvals/approval_dates.html", context, refusal)


@may("change_approvals")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: CentreRequest, approval_id: UUID) -> HttpResponse:
    """End an approval on a day."""
    found = _approval(request, approval_id)
    form = EndApprovalForm(posted(request))
    asked: dict[str, Any] = {"actor": request.user, "centre": request.centre, "approval": found}
    refusal = None
    if form.is_valid():
        try:
            end_approval(**asked, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The approval ends on that day. Registrations go on.")
            return redirect("quality:approval", request.centre.slug, found.pk)
    context = {"form": form, "approval": found}
    return form_answer(request, "quality/approvals/approval_end.html", context, refusal)


@may("change_approvals")
@require_http_methods(["GET", "HEAD", "POST"])
def paper_add(request: CentreRequest, approval_id: UUID) -> HttpResponse:
    """Add a paper; the kind may be given in the address."""
    found = _approval(request, approval_id)
    files = request.FILES if request.method == "POST" else None
    form = ApprovalPaperForm(posted(request), files, initial={"kind": request.GET.get("kind", "")})
    asked: dict[str, Any] = {"actor": request.user, "centre": request.centre, "approval": found}
    refusal = None
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            add_approval_paper(**asked, upload=typed.pop("file"), **typed)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The paper is kept with the approval.")
            return redirect("quality:approval", request.centre.slug, found.pk)
    context = {"form": form, "approval": found}
    return form_answer(request, "quality/approvals/paper_add.html", context, refusal)


def _paper(request: CentreRequest, paper_id: UUID) -> ApprovalPaper:
    """A paper of an approval that this person may see, or 404."""
    papers = papers_to_see(request.centre, request.user, request.roles)
    found: ApprovalPaper = get_object_or_404(papers, pk=paper_id)
    return found


@may("see_approvals")
@require_safe
def paper(request: CentreRequest, paper_id: UUID) -> HttpResponseBase:
    """The file of a paper."""
    return file_answer(request, _paper(request, paper_id).file)


@may("change_approvals")
@require_POST
def paper_withdraw(request: CentreRequest, paper_id: UUID) -> HttpResponse:
    """Take a paper back."""
    found = _paper(request, paper_id)
    try:
        withdraw_approval_paper(actor=request.user, centre=request.centre, paper=found)
    except Refusal as refusal:
        return _page(request, found.approval_id, refusal)
    messages.success(request, "Withdrawn. It stays on record.")
    return redirect("quality:approval", request.centre.slug, found.approval_id)


@may("change_approvals")
@require_http_methods(["GET", "HEAD", "POST"])
def override(request: CentreRequest, approval_id: UUID) -> HttpResponse:
    """Allow enrolment on units past their review dates, with a reason."""
    found = _approval(request, approval_id)
    form = OverrideForm(posted(request))
    asked: dict[str, Any] = {"actor": request.user, "centre": request.centre, "approval": found}
    refusal = None
    if form.is_valid():
        try:
            allow_past_review(**asked, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Learners may be enrolled past the review date.")
            return redirect("quality:approval", request.centre.slug, found.pk)
    context = {"form": form, "approval": found, "units": past_review_of(request.centre, found)}
    return form_answer(request, "quality/approvals/override_allow.html", context, refusal)


@may("change_approvals")
@require_POST
def override_withdraw(request: CentreRequest, override_id: UUID) -> HttpResponse:
    """Take an override back."""
    found = get_object_or_404(ReviewOverride.objects.for_centre(request.centre), pk=override_id)
    try:
        withdraw_override(actor=request.user, centre=request.centre, override=found)
    except Refusal as refusal:
        return _page(request, found.approval_id, refusal)
    messages.success(request, "Withdrawn. Nobody is enrolled past a review date from now on.")
    return redirect("quality:approval", request.centre.slug, found.approval_id)
