"""The marking desk and what it saves."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment.actions import DraftConflict, Saved, save_comment, save_judgement
from assessment.forms import COUNT, CommentForm, JudgementForm, count_in_words
from assessment.models import Audience
from assessment.queries.desk import Desk, desk, desk_url
from assessment.queries.marking import submissions_to_mark
from assessment.queries.tree import criterion_mark, criterion_marked, outcomes_of, sheet_tree
from assessment.queries.work import GateLine
from centres.access import CentreRequest, may
from centres.refusals import Refusal, TransitionError
from portfolios.models import Submission
from qualifications.models import Criterion, LearningOutcome
from qualifications.queries import TreeCriterion


@may("mark_work")
@require_safe
def open_desk(request: CentreRequest, submission_id: UUID) -> HttpResponse:
    """To the first criterion of the sheet; a decided submission leads to its sheet."""
    submission = _submission(request, submission_id)
    if submission.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    tree = sheet_tree(submission.assessment)
    shown = desk(request.centre, submission, request.user, tree.criteria[0])
    undecided = [*shown.derived.undecided, shown.mark]
    return redirect(desk_url(request.centre, submission, undecided[0]))


@may("mark_work")
@require_safe
def desk_criterion(request: CentreRequest, submission_id: UUID, mark: str) -> HttpResponse:
    """Evidence beside one criterion; a decided submission leads to its sheet."""
    submission = _submission(request, submission_id)
    criterion = _criterion(submission, mark)
    if submission.signed_sheet_id:
        return redirect("assessment:sheet", request.centre.slug, submission.signed_sheet_id)
    return _desk_page(request, submission, criterion)


@may("mark_work")
@require_POST
def save_judgement_view(request: CentreRequest, submission_id: UUID, mark: str) -> HttpResponse:
    """Keep a draft judgement: JSON for the script, otherwise on to where the button says."""
    submission = _submission(request, submission_id)
    criterion = _criterion(submission, mark)
    form = JudgementForm(request.POST, criterion=criterion)
    try:
        if not form.is_valid():
            raise Refusal(rule=_form_faults(form), remedy="Nothing typed is lost.")
        saved = save_judgement(
            actor=request.user,
            centre=request.centre,
            submission=submission,
            criterion=Criterion.objects.get(pk=criterion.id),
            **form.typed(),
        )
    except Refusal as refusal:
        if _wants_json(request):
            return _refused_as_json(refusal, criterion)
        return _desk_page(request, submission, criterion, form=form, refusal=refusal)
    return _saved_as_json(saved) if _wants_json(request) else _go_on(request, submission, criterion)


@may("mark_work")
@require_POST
def save_comment_view(
    request: CentreRequest, submission_id: UUID, outcome_id: UUID, audience: str
) -> HttpResponse:
    """Keep a draft comment on a learning outcome; JSON for the script, otherwise back."""
    submission = _submission(request, submission_id)
    criterion = _criterion_commented(request, submission, outcome_id, audience)
    form = CommentForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(rule=_form_faults(form), remedy="Nothing typed is lost.")
        saved = save_comment(
            actor=request.user,
            centre=request.centre,
            submission=submission,
            outcome=LearningOutcome.objects.get(pk=outcome_id),
            audience=audience,
            **form.typed(),
        )
    except Refusal as refusal:
        if _wants_json(request):
            return _refused_as_json(refusal, criterion)
        typed = {audience: request.POST.get("text", "")}
        return _desk_page(request, submission, criterion, comments=typed, refusal=refusal)
    return _saved_as_json(saved) if _wants_json(request) else _go_on(request, submission, criterion)


def _submission(request: CentreRequest, submission_id: UUID) -> Any:
    """A submission that is this assessor's to mark; anybody else's is not found."""
    return get_object_or_404(submissions_to_mark(request.centre, request.user), pk=submission_id)


def _criterion(submission: Submission, mark: str) -> TreeCriterion:
    criterion = criterion_marked(sheet_tree(submission.assessment), mark)
    if criterion is None:
        raise Http404
    return criterion


def _criterion_commented(
    request: CentreRequest, submission: Submission, outcome_id: UUID, audience: str
) -> TreeCriterion:
    """The criterion from which a comment is written, for the way back."""
    tree = sheet_tree(submission.assessment)
    outcome = next((o for o in outcomes_of(tree) if o.id == outcome_id), None)
    if outcome is None or audience not in Audience.values:
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
        item=_number(request.GET.get("item")),
        place=_number(request.GET.get("place")),
    )
    context = {
        **_typed_again(shown, form, comments or {}),
        "refusal": refusal,
        "stored": _stored(refusal, shown),
        "here": desk_url(request.centre, submission, shown.mark),
    }
    return render(request, "assessment/desk.html", context, status=_status(refusal))


def _typed_again(
    shown: Desk, form: JudgementForm | None, comments: dict[str, str]
) -> dict[str, Any]:
    """The desk with its fields: what is stored, or what was typed and refused."""
    judgement = shown.judgement
    return {
        "desk": shown,
        "form": _form_again(form, shown),
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
            gates=shown.gates,
            initial={
                "decision": judgement.decision,
                "feedback": judgement.feedback,
                "revision": judgement.revision,
            },
        )
    data = {**form.data.dict(), "revision": str(judgement.revision)}  # type: ignore[attr-defined]
    again = JudgementForm(data, criterion=shown.criterion, gates=shown.gates)
    again.is_valid()
    return again


def _stored(refusal: Refusal | None, shown: Desk) -> list[tuple[str, str]]:
    """What another tab stored, to be read beside what was typed here."""
    if not isinstance(refusal, DraftConflict):
        return []
    names = {"decision": "Decision", "feedback": "Feedback", "text": "Comment"}
    labels = {f"counts.{line.rule.code}": line.rule.label for line in shown.gates}
    return [
        ({**names, **labels}.get(name, name), str(value) or "(nothing)")
        for name, value in refusal.current.items()
    ]


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, TransitionError) else 422


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


def _wants_json(request: CentreRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _saved_as_json(saved: Saved) -> JsonResponse:
    at = timezone.localtime(saved.saved_at)
    return JsonResponse({"saved_at": f"{at:%H:%M}", "revision": saved.revision})


def _refused_as_json(refusal: Refusal, criterion: TreeCriterion) -> JsonResponse:
    if not isinstance(refusal, DraftConflict):
        return JsonResponse({"refusal": str(refusal)}, status=_status(refusal))
    rules = {f"counts.{rule.code}": rule for rule in criterion.gates}
    fields = {
        COUNT + name.removeprefix("counts.") if name in rules else name: count_in_words(
            GateLine(rules[name], str(value), None)
        )
        if name in rules
        else value
        for name, value in refusal.current.items()
    }
    at = timezone.localtime(refusal.saved_at)
    conflict = {"fields": fields, "saved_at": f"{at:%H:%M}", "saved_by": ""}
    return JsonResponse({"conflict": {**conflict, "revision": refusal.revision}}, status=409)


def _form_faults(form: Any) -> str:
    return " ".join(
        f"{form.fields[name].label or name}: {' '.join(faults)}"
        if name in form.fields
        else " ".join(faults)
        for name, faults in form.errors.items()
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None
