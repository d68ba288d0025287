"""Releasing unsampled work: the list, what may be left out, and the lead's signature."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from centres.access import CentreRequest, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from qualifications.models import Qualification
from quality.actions.releases import release_unsampled
from quality.forms_internal import ReleaseForm
from quality.queries.plans import qualifications_sampled
from quality.queries.release import ReleaseWork, release_manifest, release_work, shown_release


@may("release_work")
@require_http_methods(["GET", "POST"])
def release(request: CentreRequest, qualification_id: UUID) -> HttpResponse:
    """Show what would be released; on POST sign it, or say what is refused and why."""
    found = get_object_or_404(qualifications_sampled(request.centre), pk=qualification_id)
    form = ReleaseForm(posted(request), request=request)
    refusal = None
    if form.is_valid() and form.proof:
        try:
            made = release_unsampled(
                actor=request.user,
                centre=request.centre,
                qualification=found,
                sheets=[row.id for row in _work(request, found).chosen],
                shown_digest=form.cleaned_data["shown"],
                shown_parts=form.cleaned_data["parts"],
                justification=form.cleaned_data["justification"],
                proof=form.proof,
            )
        except Refusal as refused:
            refusal, form = refused, _again(request)
        else:
            count = made.decided - made.reviewed
            messages.success(request, f"Released under {made.plan}; {count} in all so far.")
            return redirect("quality:grid", request.centre.slug, found.pk)
    return _page(request, found, form, refusal)


def _page(
    request: CentreRequest,
    qualification: Qualification,
    form: ReleaseForm,
    refusal: Refusal | None,
) -> HttpResponse:
    work = _work(request, qualification)
    context = {
        "qualification": qualification,
        "work": work,
        "form": form,
        "left_out": _left_out(request),
        "shown": release_manifest(work).digest,
        "parts": shown_release(work),
        "changes": getattr(refusal, "changes", ()),
    }
    return form_answer(request, "quality/internal/release.html", context, refusal)


def _work(request: CentreRequest, qualification: Qualification) -> ReleaseWork:
    return release_work(request.centre, request.user, qualification, left_out=_left_out(request))


def _again(request: CentreRequest) -> ReleaseForm:
    """A form that keeps the justification; the proof is in the session by now."""
    typed = {"justification": request.POST.get("justification", "")}
    return ReleaseForm(request=request, initial=typed)


def _left_out(request: CentreRequest) -> frozenset[UUID]:
    """The sheets that the address leaves out; what is no id is left alone."""
    found = set()
    for text in request.GET.getlist("leave"):
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return frozenset(found)
