"""What the desks of result sheets and of mark sheets answer to a save, to people and to scripts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessment.actions import DraftConflict, Saved
from assessment.forms import COUNT, count_in_words
from assessment.queries.blocks import GateLine
from assessment.queries.marking import submissions_to_mark
from centres.access import CentreRequest
from centres.refusals import Refusal, TransitionError
from qualifications.queries import TreeRule


def submission_to_mark(request: CentreRequest, submission_id: Any) -> Any:
    """A submission that is this assessor's to mark; anybody else's is not found."""
    return get_object_or_404(submissions_to_mark(request.centre, request.user), pk=submission_id)


def stored_elsewhere(
    refusal: Refusal | None, gates: Iterable[GateLine], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What another tab stored, to be read beside what was typed here."""
    if not isinstance(refusal, DraftConflict):
        return []
    labels = {f"counts.{line.rule.code}": line.rule.label for line in gates}
    return [
        ({**names, **labels}.get(name, name), str(value) if value != "" else "(nothing)")
        for name, value in refusal.current.items()
    ]


def status_of(refusal: Refusal | None) -> int:
    """The status of a page that shows a refusal, if any: 409 for the state, else 422."""
    if refusal is None:
        return 200
    return 409 if isinstance(refusal, TransitionError) else 422


def wants_json(request: CentreRequest) -> bool:
    """Whether the script asks."""
    return "application/json" in request.headers.get("Accept", "")


def saved_as_json(saved: Saved) -> JsonResponse:
    """The script's answer to a save."""
    at = timezone.localtime(saved.saved_at)
    return JsonResponse({"saved_at": f"{at:%H:%M}", "revision": saved.revision})


def refused_as_json(refusal: Refusal, gates: Iterable[TreeRule]) -> JsonResponse:
    """The script's answer to a refusal, with what another tab saved where that is the reason."""
    if not isinstance(refusal, DraftConflict):
        return JsonResponse({"refusal": str(refusal)}, status=status_of(refusal))
    rules = {f"counts.{rule.code}": rule for rule in gates}
    fields = {
        COUNT + name.removeprefix("counts.") if name in rules else name: count_in_words(
            GateLine(rules[name], str(value))
        )
        if name in rules
        else value
        for name, value in refusal.current.items()
    }
    at = timezone.localtime(refusal.saved_at)
    conflict = {"fields": fields, "saved_at": f"{at:%H:%M}", "saved_by": ""}
    return JsonResponse({"conflict": {**conflict, "revision": refusal.revision}}, status=409)


def form_faults(form: Any) -> str:
    """What a form finds wrong, in a line."""
    return " ".join(
        f"{form.fields[name].label or name}: {' '.join(faults)}"
        if name in form.fields
        else " ".join(faults)
        for name, faults in form.errors.items()
    )


def number_in(text: str | None) -> int | None:
    """A small number of an address's query, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None
