"""Required actions: the list, one of them, answering and closing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from centres.access import CentreRequest, may
from centres.refusals import Refusal
from centres.views.answers import form_answer
from quality.actions.required import answer_action, close_action
from quality.forms_internal import AnswerForm
from quality.models import RequiredAction
from quality.queries.required import (
    READS_ALL,
    action_line,
    action_list,
    actions_to_read,
    may_close,
)


@may("see_actions")
@require_safe
def actions(request: CentreRequest) -> HttpResponse:
    """What is required of whom, soonest due first."""
    shown = action_list(
        request.centre,
        request.user,
        request.roles,
        show=request.GET.get("show", ""),
        page=request.GET.get("page", 1),
    )
    context = {"list": shown, "reads_all": bool(request.roles & READS_ALL)}
    return render(request, "quality/internal/actions.html", context)


@may("see_actions")
@require_safe
def action(request: CentreRequest, action_id: UUID) -> HttpResponse:
    """One action: what is asked, what was answered, and the next step for its reader."""
    return _page(request, _action(request, action_id))


@may("answer_action")
@require_POST
def answer(request: CentreRequest, action_id: UUID) -> HttpResponse:
    """The owner says what was done."""
    required = _action(request, action_id, owner=request.user)
    form = AnswerForm(request.POST)
    refusal = None
    if form.is_valid():
        try:
            answer_action(
                actor=request.user,
                centre=request.centre,
                required=required,
                answer=form.cleaned_data["answer"],
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Answered. Somebody else closes it.")
            return redirect("quality:action", request.centre.slug, required.pk)
    return _page(request, required, form, refusal)


@may("close_action")
@require_POST
def close(request: CentreRequest, action_id: UUID) -> HttpResponse:
    """Another person accepts the answer."""
    required = _action(request, action_id)
    if not may_close(required, request.user, request.roles) and (
        required.owner_id != request.user.pk
    ):
        return _page(request, required, refusal=_for_the_lead())
    try:
        close_action(actor=request.user, centre=request.centre, required=required)
    except Refusal as refused:
        return _page(request, required, refusal=refused)
    messages.success(request, "Closed.")
    return redirect("quality:actions", request.centre.slug)


def _for_the_lead() -> Refusal:
    return Refusal(
        rule="What an external visit raised is closed by the lead or by its external quality "
        "assurer.",
        remedy="Ask the lead internal quality assurer to close it.",
    )


def _action(request: CentreRequest, action_id: UUID, **narrowed: Any) -> RequiredAction:
    readable = actions_to_read(request.centre, request.user, request.roles)
    found: RequiredAction = get_object_or_404(readable.filter(**narrowed), pk=action_id)
    return found


def _page(
    request: CentreRequest,
    required: RequiredAction,
    form: AnswerForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {
        "line": action_line(required, request.user, request.roles),
        "form": form or AnswerForm(initial={"answer": required.answer}),
    }
    return form_answer(request, "quality/internal/action.html", context, refusal)
