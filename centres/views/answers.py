"""How a page answers a form that was refused: the page again, what was refused, and the status."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from centres.refusals import ChangedSinceShown, Refusal, TransitionError

INVALID = 422
CONFLICT = 409


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it was posted, even if it came empty."""
    return request.POST if request.method == "POST" else None


def form_answer(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """Show a form, or show it again after a POST that was refused, with what was typed.

    409 where the state forbids it, 422 where a rule or the form does.
    """
    status = 200
    if isinstance(refusal, TransitionError | ChangedSinceShown):
        status = CONFLICT
    elif request.method == "POST":
        status = INVALID
    return render(request, template, {**context, "refusal": refusal}, status=status)
