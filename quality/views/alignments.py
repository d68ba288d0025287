"""Alignments: the list, one alignment, its cover and units as drafts, approval and paper."""

import logging
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.actions import DraftConflict
from assessment.forms import SignForm
from assessment.views.saving import form_faults, refused_as_json, saved_as_json, wants_json
from centres.access import CentreRequest, allowed, may
from centres.refusals import Refusal
from centres.stores import STORE_FAULTS
from centres.views.answers import form_answer, posted
from quality.actions.alignments import (
    COVER,
    approve_alignment,
    discard_alignment,
    save_cover,
    save_unit,
    start_alignment,
    start_next_version,
    unit_texts,
)
from quality.forms_alignments import CoverForm, DraftForm, StartForm, UnitForm
from quality.models import Alignment, AlignmentPaper
from quality.queries.alignment_approvers import approvers_of, with_approvers
from quality.queries.alignments import (
    AlignmentWork,
    UnitLine,
    alignment_lines,
    alignment_manifest,
    alignment_page,
    alignment_sentence,
    alignment_work,
    alignments_to_see,
)

log = logging.getLogger("criterion.documents")


@may("see_alignments")
@require_safe
def alignments(request: CentreRequest) -> HttpResponse:
    """Every programme's alignment, with its versions."""
    lines = alignment_lines(_seen(request), request.centre)
    context = {"lines": lines, "can": _can(request)}
    return render(request, "quality/alignments/alignments.html", context)


@may("change_alignments")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: CentreRequest) -> HttpResponse:
    """Begin an alignment."""
    form = StartForm(posted(request), centre=request.centre)
    refusal = None
    if form.is_valid():
        try:
            made = start_alignment(actor=request.user, centre=request.centre, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Begun. Fill in the cover, then each unit.")
            return redirect("quality:alignment", request.centre.slug, made.pk)
    return form_answer(request, "quality/alignments/alignment_new.html", {"form": form}, refusal)


@may("see_alignments")
@require_safe
def alignment(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """One alignment: cover, overview, rules of combination and the summary of its units."""
    return _page(request, alignment_id)


@may("change_alignments")
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """Change the cover: JSON for the script, otherwise back to the alignment."""
    found = _alignment(request, alignment_id)
    if found.approved_at and request.method != "POST":
        return redirect("quality:alignment", request.centre.slug, found.pk)
    form, refusal = CoverForm(posted(request)), None
    if request.method == "POST":
        try:
            _check(form)
            saved = save_cover(
                actor=request.user, centre=request.centre, alignment=found, **_typed(form)
            )
        except Refusal as refused:
            if wants_json(request):
                return refused_as_json(refused, ())
            refusal = refused
        else:
            goal = redirect("quality:alignment", request.centre.slug, found.pk)
            return saved_as_json(saved) if wants_json(request) else goal
    return _cover_page(request, alignment_id, form, refusal)


@may("see_alignments")
@require_safe
def unit(request: CentreRequest, alignment_id: UUID, unit_id: UUID) -> HttpResponse:
    """What the alignment says of one unit, to be read."""
    work = _work(request, alignment_id)
    context = {"work": work, "line": _line(work, unit_id), "can": _can(request)}
    return render(request, "quality/alignments/unit.html", context)


@may("change_alignments")
@require_http_methods(["GET", "HEAD", "POST"])
def unit_change(request: CentreRequest, alignment_id: UUID, unit_id: UUID) -> HttpResponse:
    """Change a unit: JSON for the script, otherwise on to where the button says."""
    work = _work(request, alignment_id)
    line, refusal = _line(work, unit_id), None
    if work.alignment.approved_at and request.method != "POST":
        return redirect("quality:alignment-unit", request.centre.slug, alignment_id, unit_id)
    form = UnitForm(posted(request), line=line)
    if request.method == "POST":
        kept: dict[str, Any] = {"alignment": work.alignment, "unit": line.unit, **_actor(request)}
        try:
            _check(form)
            saved = save_unit(**kept, **_typed(form))
        except Refusal as refused:
            if wants_json(request):
                return refused_as_json(refused, ())
            refusal = refused
        else:
            if not wants_json(request):
                return _go_on(request, work, line)
            now = _line(_work(request, alignment_id), unit_id)
            return saved_as_json(saved, {"suggestion": now.suggestion})
        work = _work(request, alignment_id)
    return _unit_page(request, work, unit_id, form, refusal)


@may("approve_alignments")
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """Show the draft as it would be approved; on POST approve it, or say what is refused."""
    found = _alignment(request, alignment_id)
    if found.approved_at and request.method != "POST":
        return redirect("quality:alignment", request.centre.slug, found.pk)
    form = SignForm(posted(request), request=request)
    refusal = None
    if form.is_valid() and form.proof:
        try:
            approve_alignment(
                actor=request.user,
                centre=request.centre,
                alignment=found,
                shown_digest=form.cleaned_data["shown"],
                proof=form.proof,
            )
        except Refusal as refused:
            refusal, form = refused, SignForm(request=request)
        else:
            messages.success(request, "Approved. Its paper is made in a few seconds.")
            return redirect("quality:alignment", request.centre.slug, found.pk)
    return _approve_page(request, alignment_id, form, refusal)


@may("change_alignments")
@require_POST
def next_version(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """Begin the next version of an approved alignment."""
    found = _alignment(request, alignment_id)
    try:
        made = start_next_version(actor=request.user, centre=request.centre, alignment=found)
    except Refusal as refusal:
        return _page(request, alignment_id, refusal)
    messages.success(
        request, f"Version {made.version} is a draft, with all that version {found.version} says."
    )
    return redirect("quality:alignment", request.centre.slug, made.pk)


@may("change_alignments")
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: CentreRequest, alignment_id: UUID) -> HttpResponse:
    """Take a draft away, after a page that says what goes."""
    found, refusal = _alignment(request, alignment_id), None
    if found.approved_at and request.method != "POST":
        return redirect("quality:alignment", request.centre.slug, found.pk)
    if request.method == "POST":
        try:
            discard_alignment(**_actor(request), alignment=found)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"The draft of {found} is discarded.")
            return redirect("quality:alignments", request.centre.slug)
    context = {"alignment": found}
    return form_answer(request, "quality/alignments/discard.html", context, refusal)


@may("see_alignments")
@never_cache
@require_safe
def paper(request: CentreRequest, alignment_id: UUID) -> HttpResponseBase:
    """The file of an issued paper."""
    found = _alignment(request, alignment_id)
    papers = AlignmentPaper.objects.for_centre(request.centre)
    row = get_object_or_404(papers, alignment=found, state=AlignmentPaper.State.ISSUED)
    try:
        response = FileResponse(
            default_storage.open(row.key),
            as_attachment=True,
            filename=_file_name(found),
            content_type="application/pdf",
        )
    except STORE_FAULTS:
        log.exception("the file of paper %s can't be read", row.pk)
        return render(request, "quality/external/file_gone.html", status=409)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


def _seen(request: CentreRequest) -> Any:
    return alignments_to_see(request.centre, request.user, request.roles)


def _actor(request: CentreRequest) -> dict[str, Any]:
    return {"actor": request.user, "centre": request.centre}


def _can(request: CentreRequest) -> dict[str, bool]:
    return {
        "change": allowed(request.roles, "change_alignments"),
        "approve": allowed(request.roles, "approve_alignments"),
        "see_people": allowed(request.roles, "see_people"),
        "see_learners": allowed(request.roles, "see_registrations"),
        "place": allowed(request.roles, "change_registrations"),
    }


def _alignment(request: CentreRequest, alignment_id: UUID) -> Alignment:
    """An alignment that this person may see, or 404; with who may approve it."""
    rows = with_approvers(_seen(request), request.centre)
    found: Alignment = get_object_or_404(rows, pk=alignment_id)
    return found


@dataclass(frozen=True)
class Step:
    """Something to do before an alignment can be approved, and where it is done."""

    text: str
    url: str


def _steps(request: CentreRequest, work: AlignmentWork, *, whole: bool = False) -> list[Step]:
    """What is still to do, cover first: a line for each unit, or whole sentences."""
    if work.alignment.approved_at:
        return []
    change = allowed(request.roles, "change_alignments")
    key = work.alignment.pk
    place = "quality:alignment-cover" if change else "quality:alignment"
    cover_url = reverse(place, args=[request.centre.slug, key])
    steps = [Step(gap, cover_url) for gap in work.cover_gaps]
    for line in work.unready:
        place = "quality:alignment-unit-change" if change else "quality:alignment-unit"
        url = reverse(place, args=[request.centre.slug, key, line.unit.pk])
        sentences = line.needs if whole else (line.next_step,)
        steps += [Step(sentence, url) for sentence in sentences]
    return steps


def _approving(request: CentreRequest, row: Alignment) -> dict[str, Any]:
    """Who may approve a draft, and whether the reader could, did they not write in it."""
    approvers = approvers_of(row)
    return {
        "approvers": approvers,
        "has_written": approvers.has_written(request.user),
        "others": approvers.others(request.user),
    }


def _work(request: CentreRequest, alignment_id: UUID) -> AlignmentWork:
    return alignment_work(request.centre, _alignment(request, alignment_id))


def _line(work: AlignmentWork, unit_id: UUID) -> UnitLine:
    line = work.unit(unit_id)
    if line is None:
        raise Http404
    return line


def _page(
    request: CentreRequest, alignment_id: UUID, refusal: Refusal | None = None
) -> HttpResponse:
    try:
        rows = with_approvers(_seen(request), request.centre)
        page = alignment_page(rows, request.centre, alignment_id)
    except Alignment.DoesNotExist as missing:
        raise Http404 from missing
    context = {
        "page": page,
        "work": page.work,
        "can": _can(request),
        "steps": _steps(request, page.work),
        **_approving(request, page.work.alignment),
    }
    return form_answer(request, "quality/alignments/alignment.html", context, refusal)


def _cover_page(
    request: CentreRequest, alignment_id: UUID, form: CoverForm, refusal: Refusal | None
) -> HttpResponse:
    found = _alignment(request, alignment_id)
    held = {name: getattr(found, name) for name in COVER}
    shown = _again(form, found.revision) or CoverForm(initial={**held, "revision": found.revision})
    context = {
        "alignment": found,
        "form": shown,
        "stored": _stored(refusal, shown),
        "can": _can(request),
        **_approving(request, found),
    }
    return form_answer(request, "quality/alignments/cover.html", context, refusal)


def _unit_page(
    request: CentreRequest,
    work: AlignmentWork,
    unit_id: UUID,
    form: UnitForm,
    refusal: Refusal | None,
) -> HttpResponse:
    line = _line(work, unit_id)
    initial = {**unit_texts(line), "revision": line.row.revision}
    shown = _again(form, line.row.revision) or UnitForm(initial=initial, line=line)
    context = {
        "work": work,
        "line": line,
        "form": shown,
        "stored": _stored(refusal, shown),
        "following": _following(work, line),
        "can": _can(request),
        **_approving(request, work.alignment),
    }
    return form_answer(request, "quality/alignments/unit_change.html", context, refusal)


def _approve_page(
    request: CentreRequest, alignment_id: UUID, form: SignForm, refusal: Refusal | None
) -> HttpResponse:
    work = _work(request, alignment_id)
    context = {
        "work": work,
        "form": form,
        "sentence": alignment_sentence(work),
        "shown": alignment_manifest(work).digest,
        "can": _can(request),
        "steps": _steps(request, work, whole=True),
        **_approving(request, work.alignment),
    }
    return form_answer(request, "quality/alignments/approve.html", context, refusal)


def _check(form: DraftForm) -> None:
    if not form.is_valid():
        raise Refusal(rule=form_faults(form), remedy="Nothing typed is lost.")


def _typed(form: DraftForm) -> dict[str, Any]:
    return {"typed": form.typed(), "base_revision": form.cleaned_data["revision"] or 0}


def _again(form: Any, revision: int) -> Any:
    """The form with what was typed, on the newest revision; None where nothing was typed."""
    if not form.is_bound:
        return None
    form.data = {**form.data.dict(), "revision": str(revision)}
    return form


def _stored(refusal: Refusal | None, form: Any) -> list[tuple[str, str]]:
    """What another tab stored and differs from what was typed here, each beside the other."""
    if not isinstance(refusal, DraftConflict):
        return []
    pairs = []
    for name, value in refusal.current.items():
        typed = form.data.get(name, "").replace("\r\n", "\n").strip()
        if name in form.data and typed != value:
            field = form.fields[name]
            called = dict(getattr(field, "choices", ()))
            for whose, text in (("the other tab", str(value)), ("yours", typed)):
                pairs.append((f"{field.label}: {whose}", called.get(text, text) or "(nothing)"))
    return pairs


def _following(work: AlignmentWork, line: UnitLine) -> UnitLine | None:
    place = work.units.index(line) + 1
    return work.units[place] if place < len(work.units) else None


def _go_on(request: CentreRequest, work: AlignmentWork, line: UnitLine) -> HttpResponse:
    """After a save without the script: to the next unit, or back to the alignment."""
    slug, key, following = request.centre.slug, work.alignment.pk, _following(work, line)
    goal = request.POST.get("go", "")
    if goal == "next" and following:
        return redirect("quality:alignment-unit-change", slug, key, following.unit.pk)
    if goal == "stay":
        return redirect("quality:alignment-unit-change", slug, key, line.unit.pk)
    return redirect("quality:alignment", slug, key)


def _file_name(found: Alignment) -> str:
    """Such as ``Alignment 8588-21, version 1.pdf``."""
    name = f"Alignment {found.pathway.code}, version {found.version}"
    return re.sub(r"[^\w \-+,.']", "-", name) + ".pdf"
