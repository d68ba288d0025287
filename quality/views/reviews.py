"""The review desk, what it saves, its conclusion, its signature, and the review as it is read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.actions import DraftConflict, Saved
from assessment.forms import SignForm
from centres.access import CentreRequest, allowed, may
from centres.models import Signature
from centres.refusals import Refusal, TransitionError
from centres.views.answers import form_answer, posted
from quality.actions.reviews import (
    save_conclusion,
    save_point,
    sign_review,
    take_over_review,
)
from quality.forms_internal import ConclusionForm, PointForm
from quality.models import Review
from quality.queries.review import (
    CONCLUSION,
    Part,
    ReviewWork,
    part_marked,
    review_desk,
    review_manifest,
    review_of,
    review_sentence,
    shown_parts,
    strip_of,
)
from quality.queries.samples import samples_to_see

NAMES = {
    "verdict": "Verdict",
    "mark": "Mark",
    "comment": "Comment",
    "audience": "Who reads it",
    "remarks": "Remarks",
    "outcome": "Outcome",
    "reason": "Why it goes back",
    "action_text": "Action",
    "action_owner": "Owner",
    "action_due_on": "Due",
}


@may("see_review")
@require_safe
def review(request: CentreRequest, sample_id: UUID) -> HttpResponse:
    """Its reviewer goes on where they left off; everybody else reads it."""
    found = _review(request, sample_id)
    if _is_mine(request, found) and allowed(request.roles, "review_work"):
        part = next((part for part in found.parts if not part.looked_at), found.parts[0])
        return redirect("quality:review-part", request.centre.slug, sample_id, part.mark)
    signature = Signature.objects.for_centre(request.centre).filter(
        purpose=Signature.Purpose.REVIEW, subject_id=found.review.pk
    )
    context = {
        "found": found,
        "signature": signature.first(),
        "can": {
            "take_over": allowed(request.roles, "take_over_review"),
            "sampling": allowed(request.roles, "see_sampling"),
        },
    }
    return render(request, "quality/internal/review.html", context)


@may("take_over_review")
@require_POST
def take_over(request: CentreRequest, sample_id: UUID) -> HttpResponse:
    """The lead reviews in the reviewer's place."""
    found = _review(request, sample_id)
    try:
        take_over_review(actor=request.user, centre=request.centre, sample=found.sample)
    except Refusal as refusal:
        context = {"found": found, "can": {"take_over": False, "sampling": True}}
        return form_answer(request, "quality/internal/review.html", context, refusal)
    return redirect("quality:review", request.centre.slug, sample_id)


@may("review_work")
@require_safe
def part(request: CentreRequest, sample_id: UUID, mark: str) -> HttpResponse:
    """Evidence beside one criterion or section, and what the reviewer says of it."""
    found = _mine(request, sample_id)
    if found.review.signed_at:
        return redirect("quality:review", request.centre.slug, sample_id)
    return _desk_page(request, found, _part(found, mark))


@may("review_work")
@require_POST
def save_part(request: CentreRequest, sample_id: UUID, mark: str) -> HttpResponse:
    """Keep what is said of one part: JSON for the script, otherwise on to where the button says."""
    found = _mine(request, sample_id)
    shown = _part(found, mark)
    form = PointForm(request.POST, section=shown.section)
    try:
        _check(form)
        saved = save_point(
            actor=request.user,
            centre=request.centre,
            sample=found.sample,
            part_id=shown.id,
            **form.typed(),
        )
    except Refusal as refusal:
        if _wants_json(request):
            return _refused_as_json(refusal)
        return _desk_page(request, _mine(request, sample_id), shown, form, refusal)
    return _saved_as_json(saved) if _wants_json(request) else _go_on(request, found, mark)


@may("review_work")
@require_safe
def conclude(request: CentreRequest, sample_id: UUID) -> HttpResponse:
    """The five tests, the remarks and the outcome."""
    found = _mine(request, sample_id)
    if found.review.signed_at:
        return redirect("quality:review", request.centre.slug, sample_id)
    return _conclude_page(request, found)


@may("review_work")
@require_POST
def save_conclude(request: CentreRequest, sample_id: UUID) -> HttpResponse:
    """Keep the conclusion: JSON for the script, otherwise on to where the button says."""
    found = _mine(request, sample_id)
    form = ConclusionForm(request.POST, centre=request.centre, interim=found.is_interim)
    try:
        _check(form)
        saved = save_conclusion(
            actor=request.user,
            centre=request.centre,
            sample=found.sample,
            typed=form.typed(),
            base_revision=form.cleaned_data["revision"] or 0,
        )
    except Refusal as refusal:
        if _wants_json(request):
            return _refused_as_json(refusal)
        return _conclude_page(request, _mine(request, sample_id), form, refusal)
    return _saved_as_json(saved) if _wants_json(request) else _go_on(request, found, CONCLUSION)


@may("review_work")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: CentreRequest, sample_id: UUID) -> HttpResponse:
    """Show what would be signed; on POST sign it, or say what is refused and why."""
    found = _mine(request, sample_id)
    if found.review.signed_at and request.method != "POST":
        return redirect("quality:review", request.centre.slug, sample_id)
    form = SignForm(posted(request), request=request)
    refusal = None
    if form.is_valid() and form.proof:
        try:
            sign_review(
                actor=request.user,
                centre=request.centre,
                sample=found.sample,
                shown_digest=form.cleaned_data["shown"],
                shown_parts=form.cleaned_data["parts"],
                proof=form.proof,
            )
        except Refusal as refused:
            refusal, form = refused, SignForm(request=request)
        else:
            messages.success(request, "Signed.")
            return redirect("quality:review", request.centre.slug, sample_id)
    return _sign_page(request, sample_id, form, refusal)


def _review(request: CentreRequest, sample_id: UUID) -> ReviewWork:
    samples = samples_to_see(request.centre, request.user, request.roles)
    return review_of(request.centre, get_object_or_404(samples, pk=sample_id))


def _mine(request: CentreRequest, sample_id: UUID) -> ReviewWork:
    """A review of a sample that is this reviewer's; anybody else's is not found."""
    samples = samples_to_see(request.centre, request.user, request.roles)
    sample = get_object_or_404(samples.filter(reviewer=request.user), pk=sample_id)
    return review_of(request.centre, sample)


def _is_mine(request: CentreRequest, found: ReviewWork) -> bool:
    return bool(
        found.sample.reviewer_id == request.user.pk
        and found.review.signed_at is None
        and found.stands
    )


def _part(found: ReviewWork, mark: str) -> Part:
    shown = part_marked(found, mark)
    if shown is None:
        raise Http404
    return shown


def _desk_page(
    request: CentreRequest,
    found: ReviewWork,
    shown: Part,
    form: PointForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The desk, with what was typed and refused where there is such."""
    now = _part(found, shown.mark)
    stored = {
        "verdict": now.point.verdict,
        "mark": "" if now.point.mark is None else now.point.mark,
        "comment": now.point.comment,
        "audience": now.point.audience,
        "revision": now.point.revision,
    }
    desk = review_desk(
        request.centre,
        found,
        now,
        item=_number(request.GET.get("item")),
        place=_number(request.GET.get("place")),
    )
    context = {
        "desk": desk,
        "found": found,
        "strip": strip_of(found, now.mark),
        "form": _again(form, stored) or PointForm(initial=stored, section=now.section),
        "stored": _stored(refusal),
        "here": request.path.removesuffix("save/"),
    }
    return form_answer(request, "quality/internal/desk.html", context, refusal)


def _conclude_page(
    request: CentreRequest,
    found: ReviewWork,
    form: ConclusionForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    stored = {
        name: getattr(found.review, name)
        for name in (*Review.TESTS, "remarks", "outcome", "reason", "action_text")
    }
    stored |= {
        "action_owner": found.review.action_owner_id,
        "action_due_on": found.review.action_due_on,
        "revision": found.review.revision,
    }
    fresh = ConclusionForm(initial=stored, centre=request.centre, interim=found.is_interim)
    context = {
        "found": found,
        "strip": strip_of(found),
        "form": _again(form, stored) or fresh,
        "stored": _stored(refusal),
    }
    return form_answer(request, "quality/internal/conclude.html", context, refusal)


def _sign_page(
    request: CentreRequest, sample_id: UUID, form: SignForm, refusal: Refusal | None
) -> HttpResponse:
    found = _mine(request, sample_id)
    context = {
        "found": found,
        "form": form,
        "sentence": review_sentence(found),
        "shown": review_manifest(found).digest,
        "parts": shown_parts(found),
        "changes": getattr(refusal, "changes", ()),
    }
    return form_answer(request, "quality/internal/sign.html", context, refusal)


def _again(form: Any, stored: dict[str, Any]) -> Any:
    """The form with what was typed, on the newest revision; None where nothing was typed."""
    if form is None:
        return None
    form.data = {**form.data.dict(), "revision": str(stored["revision"])}
    return form


def _stored(refusal: Refusal | None) -> list[tuple[str, str]]:
    """What another tab stored, to be read beside what was typed here."""
    if not isinstance(refusal, DraftConflict):
        return []
    return [
        (NAMES.get(name, name.capitalize()), str(value) or "(nothing)")
        for name, value in refusal.current.items()
    ]


def _check(form: Any) -> None:
    if form.is_valid():
        return
    faults = " ".join(
        f"{form.fields[name].label or name}: {' '.join(texts)}"
        if name in form.fields
        else " ".join(texts)
        for name, texts in form.errors.items()
    )
    raise Refusal(rule=faults, remedy="Nothing typed is lost.")


def _go_on(request: CentreRequest, found: ReviewWork, here: str) -> HttpResponse:
    """After a save without the script: to the part or page that the button names."""
    goal = request.POST.get("go", here)
    slug, sample_id = request.centre.slug, found.sample.pk
    if goal == "sign":
        return redirect("quality:review-sign", slug, sample_id)
    if part_marked(found, goal):
        return redirect("quality:review-part", slug, sample_id, goal)
    return redirect("quality:review-conclude", slug, sample_id)


def _wants_json(request: CentreRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _saved_as_json(saved: Saved) -> JsonResponse:
    at = timezone.localtime(saved.saved_at)
    return JsonResponse({"saved_at": f"{at:%H:%M}", "revision": saved.revision})


def _refused_as_json(refusal: Refusal) -> JsonResponse:
    if not isinstance(refusal, DraftConflict):
        status = 409 if isinstance(refusal, TransitionError) else 422
        return JsonResponse({"refusal": str(refusal)}, status=status)
    at = timezone.localtime(refusal.saved_at)
    conflict = {
        "fields": {name: str(value) for name, value in refusal.current.items()},
        "saved_at": f"{at:%H:%M}",
        "saved_by": "",
        "revision": refusal.revision,
    }
    return JsonResponse({"conflict": conflict}, status=409)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None
