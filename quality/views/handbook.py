"""Handbooks: handed in, watched while they are read, reviewed and answered for, given up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres.access import CentreRequest, allowed, may
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from quality.actions.handbook import (
    answer_warnings,
    clear_handbook,
    discard_handbook,
    import_handbook,
    no_match,
)
from quality.forms_handbook import AnswerForm, HandbookForm
from quality.models import HandbookImport
from quality.queries.handbooks.bases import last_own
from quality.queries.handbooks.beside import source_page, unit_page
from quality.queries.handbooks.imports import (
    UNDER_WAY,
    handbook_list,
    handbooks_to_see,
    how_far,
    same_files,
    with_same_file,
)
from quality.queries.handbooks.review import Review, review_of

NOTHING_NEW = 204
PAGES = "quality/handbook"
State = HandbookImport.State


def handbook_or_404(request: CentreRequest, import_id: UUID) -> HandbookImport:
    """An import of this centre, or 404."""
    found: HandbookImport = get_object_or_404(
        with_same_file(request.centre, handbooks_to_see(request.centre)), pk=import_id
    )
    return found


def reviewed_or_404(request: CentreRequest, import_id: UUID) -> HandbookImport:
    """An import of which something was read, or 404."""
    found = handbook_or_404(request, import_id)
    if found.result is None:
        raise Http404
    return found


def _can(request: CentreRequest, held: HandbookImport | None = None) -> dict[str, bool]:
    change = allowed(request.roles, "import_handbook")
    return {
        "import": change,
        "review": change and held is not None and held.state == State.READ,
        "clear": change and held is not None and held.can_be_cleared,
    }


@may("see_handbooks")
@require_safe
def handbooks(request: CentreRequest) -> HttpResponse:
    """Every import with how it stands."""
    page = handbook_list(request.centre, request.GET.get("page", 1))
    return render(request, f"{PAGES}/handbooks.html", {"page": page, "can": _can(request)})


@may("import_handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CentreRequest) -> HttpResponse:
    """Hand a handbook in."""
    form = HandbookForm(posted(request), request.FILES if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            made = import_handbook(
                actor=request.user, centre=request.centre, upload=form.cleaned_data["file"]
            )
        except Refusal as refused:
            refusal = refused
        else:
            return redirect("quality:handbook", request.centre.slug, made.pk)
    return form_answer(request, f"{PAGES}/new.html", {"form": form}, refusal)


@may("see_handbooks")
@never_cache
@require_safe
def handbook(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """One import: how far it is, why it is refused, or what was read and what to do about it."""
    held = handbook_or_404(request, import_id)
    if "seen" in request.GET and request.headers.get("HX-Request"):
        return _news(request, held)
    return _page(request, held)


def _news(request: CentreRequest, held: HandbookImport) -> HttpResponse:
    """What a page that polls gets: nothing, how far it is now, or to load itself anew."""
    if held.state not in UNDER_WAY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    now = how_far(held)
    if request.GET["seen"] == now.seen:
        return HttpResponse(status=NOTHING_NEW)
    context = {
        "handbook": held,
        "under_way": True,
        "how_far": now,
        "says_anew": request.GET.get("said") != now.said,
    }
    return render(request, f"{PAGES}/_progress.html", context)


def _page(
    request: CentreRequest, held: HandbookImport, refusal: Refusal | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "handbook": held,
        "can": _can(request, held),
        "same_files": same_files(held),
    }
    if held.result is None:
        context |= {"under_way": held.state in UNDER_WAY, "how_far": how_far(held)}
        return form_answer(request, f"{PAGES}/waiting.html", context, refusal)
    review = review_of(request.centre, held)
    context |= {
        "review": review,
        "last_own": last_own(request.centre, held),
        "ticked": _ticked(request, review),
        "note": request.POST.get("note", ""),
        "saved": request.GET.get("saved", ""),
        "put_right": _whole(request.GET.get("doubt", "")),
        "no_match": None if review.candidates or held.specification_id else no_match(),
    }
    return form_answer(request, f"{PAGES}/review.html", context, refusal)


def _ticked(request: CentreRequest, review: Review) -> set[int]:
    """The readings that stay ticked: those of a refused answer, or the one that was put right."""
    posted_keys = request.POST.getlist("warnings")
    put_right = _whole(request.GET.get("doubt", ""))
    rows = [doubt.row for doubt in review.doubts]
    return {r.position for r in rows if str(r.pk) in posted_keys or r.position == put_right}


@may("see_handbooks")
@require_safe
def unit(request: CentreRequest, import_id: UUID, place: int) -> HttpResponse:
    """A unit as it was read, beside the lines that it was read from."""
    held = reviewed_or_404(request, import_id)
    page = unit_page(held, place)
    if page is None:
        raise Http404
    saved = request.GET.get("saved", "")
    context = {"handbook": held, "page": page, "can": _can(request, held), "saved": saved}
    return render(request, f"{PAGES}/unit.html", context)


@may("see_handbooks")
@require_safe
def source(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """The document's lines, a page of them at a time."""
    held = reviewed_or_404(request, import_id)
    line = _whole(request.GET.get("line", ""))
    page = source_page(held, line, request.GET.get("page", 1))
    return render(request, f"{PAGES}/source.html", {"handbook": held, "page": page, "line": line})


def _whole(asked: str) -> int | None:
    """A number from an address, if it is one."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else None


@may("import_handbook")
@require_POST
def answers(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """Accept the ticked readings, say how they were corrected, or answer one as it was before."""
    held = reviewed_or_404(request, import_id)
    review = review_of(request.centre, held)
    given = _given(request, review)
    try:
        count = answer_warnings(actor=request.user, centre=request.centre, handbook=held, **given)
    except Refusal as refused:
        return _page(request, held, refused)
    kept = len(set(given["warnings"])) - count
    messages.success(request, f"{_readings(count)} answered for.{_kept(kept)}")
    return redirect("quality:handbook", request.centre.slug, held.pk)


def _given(request: CentreRequest, review: Review) -> dict[str, Any]:
    """The readings and their answer: what was ticked and chosen, or an earlier import's answer."""
    form = AnswerForm(request.POST, warnings=[doubt.row.pk for doubt in review.doubts])
    form.is_valid()
    given, again = form.cleaned_data, request.POST.get("again")
    doubt = next((doubt for doubt in review.doubts if str(doubt.row.pk) == again), None)
    if doubt:
        # Of a reading that was answered since, the page no longer says how it was before.
        before = doubt.before or doubt.row
        given |= {
            "warnings": [doubt.row.pk],
            "resolution": before.resolution,
            "note": before.note,
        }
    return {
        "warnings": given.get("warnings", []),
        "resolution": given.get("resolution", ""),
        "note": given.get("note", ""),
        "seen": given.get("seen"),
    }


def _readings(count: int) -> str:
    return f"{count} reading{'' if count == 1 else 's'}"


def _kept(count: int) -> str:
    return f" {_readings(count)} kept the answer given before." if count else ""


@may("import_handbook")
@require_POST
def clear(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """Take a closed import out of the list."""
    held = handbook_or_404(request, import_id)
    try:
        clear_handbook(actor=request.user, centre=request.centre, handbook=held)
    except Refusal as refused:
        return _page(request, held, refused)
    messages.success(request, f"{held.name} is no longer listed.")
    return redirect("quality:handbooks", request.centre.slug)


@may("import_handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """Give an import up, after a page that says what goes."""
    held = handbook_or_404(request, import_id)
    refusal = None
    if request.method == "POST":
        try:
            discard_handbook(actor=request.user, centre=request.centre, handbook=held)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"The import of {held.name} is given up.")
            return redirect("quality:handbooks", request.centre.slug)
    return form_answer(request, f"{PAGES}/discard.html", {"handbook": held}, refusal)
