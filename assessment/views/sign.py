"""Signing: what is signed is shown exactly, and the person proves who they are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessment.actions import sign_sheet, signing_sentence
from assessment.forms import SignForm
from assessment.manifest import manifests_of
from assessment.queries.marking import submissions_to_mark
from assessment.queries.sign import own_draft, sign_page
from assessment.queries.work import work_on
from centres.access import CentreRequest, may
from centres.refusals import Refusal, TransitionError


@may("sign_sheet")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """Show what would be signed; on POST sign it, or say what is refused and why."""
    sheet = own_draft(request.centre, request.user, submission_id)
    if sheet is None:
        return _without_draft(request, submission_id)
    form = SignForm(request.POST or None, request=request)
    if request.method != "POST" and sheet.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, sheet.signed_sheet_id)
    if request.method != "POST" or not form.is_valid() or form.proof is None:
        return _page(request, sheet, form)
    try:
        signed = sign_sheet(
            actor=request.user,
            centre=request.centre,
            submission=sheet.submission,
            shown_digest=form.cleaned_data["shown"],
            shown_parts=form.cleaned_data["parts"],
            proof=form.proof,
        )
    except Refusal as refusal:
        now = own_draft(request.centre, request.user, submission_id)
        if now is None:  # a second click: the first one signed the draft meanwhile
            return _without_draft(request, submission_id)
        # The proof is in the session by now, so a new form does not ask for it again.
        return _page(request, now, SignForm(request=request), refusal)
    messages.success(request, "Signed. The papers are being made.")
    return redirect("assessment:sheet", request.centre.slug, signed.pk)


@may("sign_sheet")
@require_safe
def manifest(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """What would be signed now, as the canonical JSON whose SHA-256 is shown."""
    sheet = own_draft(request.centre, request.user, submission_id)
    if sheet is None:
        raise Http404
    return HttpResponse(
        manifests_of(work_on(sheet)).file.text, content_type="application/json; charset=utf-8"
    )


def _without_draft(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """Nothing to sign: it is decided already, or nothing has been judged yet."""
    submission: Any = get_object_or_404(
        submissions_to_mark(request.centre, request.user), pk=submission_id
    )
    if submission.signed_sheet_id and request.method != "POST":
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    context = {"submission": submission, "sheet_id": submission.signed_sheet_id}
    status = 409 if request.method == "POST" else 200
    return render(request, "assessment/sign_nothing.html", context, status=status)


def _page(
    request: CentreRequest,
    sheet: Any,
    form: SignForm,
    refusal: Refusal | None = None,
) -> HttpResponse:
    page = sign_page(sheet)
    status = 422 if form.is_bound else 200
    if refusal:
        # What was refused may have been signed by somebody else: 409 for the state, else 422.
        status = 409 if isinstance(refusal, TransitionError) or _changes(refusal) else 422
    context = {
        "page": page,
        "form": form,
        "refusal": refusal,
        "changes": _changes(refusal),
        "sentence": signing_sentence(page.work),
        "signed_sheet_id": sheet.signed_sheet_id,
    }
    return render(request, "assessment/sign.html", context, status=status)


def _changes(refusal: Refusal | None) -> tuple[str, ...]:
    changes: tuple[str, ...] = getattr(refusal, "changes", ())
    return changes
