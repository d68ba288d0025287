"""The marking desk and what it saves."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.actions import save_comment, save_judgement
from assessment.forms import COUNT, CommentForm, JudgementForm
from assessment.models import Audience
from assessment.queries.desk import Desk, desk, desk_url
from assessment.queries.section_desk import section_desk, section_url
from assessment.queries.tree import criterion_mark, criterion_marked, outcomes_of, sheet_tree
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
from qualifications.models import Criterion, LearningOutcome
from qualifications.queries import TreeCriterion

NAMES = {"decision": "Decision", "feedback": "Feedback", "text": "Comment"}


@may("mark_work")
@require_safe
def open_desk(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """To the first criterion or section not decided; a decided submission leads to its sheet."""
    submission = submission_to_mark(request, submission_id)
    if submission.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    tree = sheet_tree(submission.assessment)
    if tree.sections:
        part = section_desk(request.centre, submission, request.user, tree.sections[0])
        first = next((line for line in part.lines if line.mark is None), part.lines[0])
        return redirect(section_url(request.centre, submission, first.section.position))
    shown = desk(request.centre, submission, request.user, tree.criteria[0])
    undecided = [*shown.derived.undecided, shown.mark]
    return redirect(desk_url(request.centre, submission, undecided[0]))


@may("mark_work")
@require_safe
def desk_criterion(request: CentreRequest, submission_id: UUID, mark: str) -> HttpResponse:
    """Evidence beside one criterion; a decided submission leads to its sheet."""
    submission = submission_to_mark(request, submission_id)
    criterion = _criterion(submission, mark)
    if submission.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    return _desk_page(request, submission, criterion)


@may("mark_work")
@require_POST
def save_judgement_view(request: CentreRequest, submission_id: UUID, mark: str) -> HttpResponse:
    """Keep a draft judgement: JSON for the script, otherwise on to where the button says."""
    submission = submission_to_mark(request, submission_id)
    criterion = _criterion(submission, mark)
    form = JudgementForm(request.POST, criterion=criterion)
    try:
        if not form.is_valid():
            raise Refusal(rule=form_faults(form), remedy="Nothing typed is lost.")
        saved = save_judgement(
            actor=request.user,
            centre=request.centre,
            submission=submission,
            criterion=Criterion.objects.get(pk=criterion.id),
            **form.typed(),
        )
    except Refusal as refusal:
        if wants_json(request):
            return refused_as_json(refusal, criterion.rules)
        return _desk_page(request, submission, criterion, form=form, refusal=refusal)
    return saved_as_json(saved) if wants_json(request) else _go_on(request, submission, criterion)


@may("mark_work")
@require_POST
def save_comment_view(
    request: CentreRequest, submission_id: UUID, outcome_id: UUID, audience: str
) -> HttpResponse:
    """Keep a draft comment on a learning outcome; JSON for the script, otherwise back."""
    submission = submission_to_mark(request, submission_id)
    criterion = _criterion_commented(request, submission, outcome_id, audience)
    form = CommentForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(rule=form_faults(form), remedy="Nothing typed is lost.")
        saved = save_comment(
            actor=request.user,
            centre=request.centre,
            submission=submission,
            outcome=LearningOutcome.objects.get(pk=outcome_id),
            audience=audience,
            **form.typed(),
        )
    except Refusal as refusal:
        if wants_json(request):
            return refused_as_json(refusal, criterion.rules)
        typed = {audience: request.POST.get("text", "")}
        return _desk_page(request, submission, criterion, comments=typed, refusal=refusal)
    return saved_as_json(saved) if wants_json(request) else _go_on(request, submission, criterion)


def _criterion(submission: Submission, mark: str) -> TreeCriterion:
    tree = sheet_tree(submission.assessment)
    criterion = criterion_marked(tree, mark)
    if criterion is None or tree.sections:
        raise Http404
    return criterion


def _criterion_commented(
    request: CentreRequest, submission: Submission, outcome_id: UUID, audience: str
) -> TreeCriterion:
    """The criterion from which a comment is written, for the way back."""
    tree = sheet_tree(submission.assessment)
    outcome = next((o for o in outcomes_of(tree) if o.id == outcome_id), None)
    if outcome is None or tree.sections or audience not in Audience.values:
        raise Http404
    came_from = criterion_marked(tree, request.POST.get("criterion", ""))
    return came_from if came_from in outcome.criteria else outcome.criteria[0]


def _desk_page(
    request: CentreRequest,
    submission: Submission,
    criterion: TreeCriterion,
    *,
    form: JudgementForm | None = None,
    comments: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The desk, with what was typed and refused where there is such."""
    shown = desk(
        request.centre,
        submission,
        request.user,
        criterion,
        item=number_in(request.GET.get("item")),
        place=number_in(request.GET.get("place")),
    )
    context = {
        **_typed_again(shown, form, comments or {}),
        "refusal": refusal,
        "stored": stored_elsewhere(refusal, criterion.rules, NAMES),
        "here": desk_url(request.centre, submission, shown.mark),
    }
    return render(request, "assessment/desk.html", context, status=status_of(refusal))


def _typed_again(
    shown: Desk, form: JudgementForm | None, comments: dict[str, str]
) -> dict[str, Any]:
    """The desk with its fields: what is stored, or what was typed and refused."""
    judgement = shown.judgement
    again = _form_again(form, shown)
    return {
        "desk": shown,
        "form": again,
        "looked_for": checklist_fields(again, shown.checklists),
        "comments": [
            replace(part, text=comments.get(part.audience, part.text)) for part in shown.comments
        ],
        "comments_open": shown.has_comments or bool(comments),
        "saved_at": judgement.saved_at if judgement.revision else None,
        "carried": [(COUNT + code, value) for code, value in shown.earlier.counts.items()]
        if shown.earlier
        else [],
    }


def _form_again(form: JudgementForm | None, shown: Desk) -> JudgementForm:
    """The form with what is stored, or with what was typed on the newest revision."""
    judgement = shown.judgement
    if form is None:
        return JudgementForm(
            criterion=shown.criterion,
            counts=judgement.counts,
            initial={
                "decision": judgement.decision,
                "feedback": judgement.feedback,
                "revision": judgement.revision,
            },
        )
    data = {**form.data.dict(), "revision": str(judgement.revision)}  # type: ignore[attr-defined]
    again = JudgementForm(data, criterion=shown.criterion)
    again.is_valid()
    return again


def _go_on(
    request: CentreRequest, submission: Submission, criterion: TreeCriterion
) -> HttpResponseRedirect:
    """After a save without the script: to the criterion or page that the button names."""
    goal = request.POST.get("go", "")
    if goal == "sign":
        return redirect("assessment:sign", request.centre.slug, submission.pk)
    tree = sheet_tree(submission.assessment)
    there = criterion_marked(tree, goal) or criterion
    return redirect(desk_url(request.centre, submission, criterion_mark(tree, there)))
