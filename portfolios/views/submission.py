"""Handing in: the check list, exactly what goes in, the declaration; and what was handed in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from centres.access import CentreRequest, may
from centres.models import Registration
from centres.refusals import ChangedSinceShown, Refusal
from portfolios.actions import submit_work
from portfolios.declarations import CURRENT
from portfolios.forms import SubmitForm
from portfolios.manifest import manifest_of
from portfolios.models import Submission
from portfolios.queries import submission_snapshot, unit_page
from portfolios.views.found import (
    may_change,
    refusal_status,
    registration_to_change,
    submission_to_read,
)
from qualifications.models import Assessment


@may("submit_work")
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: CentreRequest, registration_id: UUID, assessment_id: UUID) -> HttpResponse:
    """Show what would be handed in; on POST hand it in."""
    registration = registration_to_change(request, registration_id)
    if request.method != "POST":
        return _page(request, registration, assessment_id)
    form = SubmitForm(request.POST, request=request)
    if not form.is_valid() or form.proof is None:
        return _page(request, registration, assessment_id, form=form, status=422)
    try:
        submission = _submit(request, registration, assessment_id, form)
    except Refusal as refusal:
        status = refusal_status(refusal)
        return _page(request, registration, assessment_id, refusal=refusal, status=status)
    messages.success(request, f"Attempt {submission.attempt} is handed in.")
    return redirect("portfolios:submission", request.centre.slug, submission.pk)


def _submit(
    request: CentreRequest, registration: Registration, assessment_id: UUID, form: SubmitForm
) -> Submission:
    if form.proof is None:
        raise TypeError("a form without a proof is not valid")
    return submit_work(
        actor=request.user,
        centre=request.centre,
        registration=registration,
        assessment=Assessment(pk=assessment_id),
        declaration_version=form.cleaned_data["declaration_version"],
        shown_digest=form.cleaned_data["shown_digest"],
        shown_manifest=form.cleaned_data["shown_manifest"],
        proof=form.proof,
    )


def _page(
    request: CentreRequest,
    registration: Registration,
    assessment_id: UUID,
    *,
    form: SubmitForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    page = unit_page(centre=request.centre, registration=registration, assessment_id=assessment_id)
    manifest = manifest_of(request.centre, page)
    context = {
        "page": page,
        "form": form
        or SubmitForm.showing(
            request=request, declaration=CURRENT, digest=manifest.digest, manifest=manifest.text
        ),
        "declaration": CURRENT,
        "digest": manifest.digest,
        "refusal": refusal,
        "changes": refusal.changes if isinstance(refusal, ChangedSinceShown) else (),
    }
    return render(request, "portfolios/submit.html", context, status=status)


@may("see_portfolio")
@require_safe
def submission(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """What was handed in: it never changes."""
    row = submission_to_read(request, submission_id)
    context = {
        "snapshot": submission_snapshot(row),
        "submission": row,
        "attempt_label": f"Attempt {row.attempt}",
        "own": may_change(request, row.registration),
    }
    return render(request, "portfolios/submission.html", context)
