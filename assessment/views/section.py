"""The marking desk of a mark sheet and what it saves."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.actions import save_section
from assessment.forms import COUNT, SectionForm
from assessment.queries.marks import section_rules
from assessment.queries.section_desk import (
    SectionDesk,
    section_desk,
    section_numbered,
    section_url,
)
from assessment.queries.tree import sheet_tree
from assessment.views.saving import (
    checklist_fields,
    form_faults,
    number_in,
    refused_as_json,
    saved_as_json,
    status_of,
    stored_elsewhere,
    submission_to_mark,
    wants_json,
)
from centres.access import CentreRequest, may
from centres.refusals import Refusal
from portfolios.models import Submission
from qualifications.models import MarkSection
from qualifications.queries import TreeSection

NAMES = {"mark": "Mark", "strengths": "Strengths", "improvements": "Areas for improvement"}


@may("mark_work")
@require_safe
def desk_section(request: CentreRequest, submission_id: UUID, position: int) -> HttpResponse:
    """Evidence beside one section; a decided submission leads to its sheet."""
    submission = submission_to_mark(request, submission_id)
    section = _section(submission, position)
    if submission.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    return _desk_page(request, submission, section)


@may("mark_work")
@require_POST
def save_section_view(request: CentreRequest, submission_id: UUID, position: int) -> HttpResponse:
    """Keep a draft of a section: JSON for the script, otherwise on to where the button says."""
    submission = submission_to_mark(request, submission_id)
    section = _section(submission, position)
    rules = section_rules(sheet_tree(submission.assessment), section)
    form = SectionForm(request.POST, section=section, rules=rules)
    try:
        if not form.is_valid():
            raise Refusal(rule=form_faults(form), remedy="Nothing typed is lost.")
        saved = save_section(
            actor=request.user,
            centre=request.centre,
            submission=submission,
            section=MarkSection.objects.get(pk=section.id),
            **form.typed(),
        )
    except Refusal as refusal:
        if wants_json(request):
            return refused_as_json(refusal, rules)
        return _desk_page(request, submission, section, form=form, refusal=refusal)
    return saved_as_json(saved) if wants_json(request) else _go_on(request, submission, section)


def _section(submission: Submission, position: int) -> TreeSection:
    section = section_numbered(sheet_tree(submission.assessment), position)
    if section is None:
        raise Http404
    return section


def _desk_page(
    request: CentreRequest,
    submission: Submission,
    section: TreeSection,
    *,
    form: SectionForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The desk, with what was typed and refused where there is such."""
    shown = section_desk(
        request.centre,
        submission,
        request.user,
        section,
        item=number_in(request.GET.get("item")),
        place=number_in(request.GET.get("place")),
    )
    again = _form_again(form, shown)
    context: dict[str, Any] = {
        "desk": shown,
        "form": again,
        "looked_for": checklist_fields(again, shown.checklists),
        "saved_at": shown.row.saved_at if shown.row.revision else None,
        "carried": [(COUNT + code, value) for code, value in shown.earlier.counts.items()]
        if shown.earlier
        else [],
        "refusal": refusal,
        "stored": stored_elsewhere(refusal, shown.rules, NAMES),
        "here": section_url(request.centre, submission, section.position),
    }
    return render(request, "assessment/desk_section.html", context, status=status_of(refusal))


def _form_again(form: SectionForm | None, shown: SectionDesk) -> SectionForm:
    """The form with what is stored, or with what was typed on the newest revision."""
    row = shown.row
    parts: dict[str, Any] = {"section": shown.section, "rules": shown.rules}
    if form is None:
        stored = {
            "mark": row.mark,
            "strengths": row.strengths,
            "improvements": row.improvements,
            "revision": row.revision,
        }
        return SectionForm(initial=stored, counts=row.counts, **parts)
    data = {**form.data.dict(), "revision": str(row.revision)}  # type: ignore[attr-defined]
    again = SectionForm(data, **parts)
    again.is_valid()
    return again


def _go_on(
    request: CentreRequest, submission: Submission, section: TreeSection
) -> HttpResponseRedirect:
    """After a save without the script: to the section or page that the button names."""
    goal = request.POST.get("go", "")
    if goal == "sign":
        return redirect("assessment:sign", request.centre.slug, submission.pk)
    tree = sheet_tree(submission.assessment)
    there = section_numbered(tree, number_in(goal) or 0) or section
    return redirect(section_url(request.centre, submission, there.position))
