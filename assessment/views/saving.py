"""What the desks of result sheets and of mark sheets answer to a save, to people and to scripts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessment.actions import DraftConflict, Saved
from assessment.forms import COUNT, CountedForm, count_in_words
from assessment.queries.checklists import CheckLine, Checklist
from assessment.queries.marking import submissions_to_mark
from centres.access import CentreRequest
from centres.refusals import Refusal, TransitionError
from qualifications.queries import TreeRule


def submission_to_mark(request: CentreRequest, submission_id: Any) -> Any:
    """A submission that is this assessor's to mark; anybody else's is not found."""
    return get_object_or_404(submissions_to_mark(request.centre, request.user), pk=submission_id)


@dataclass(frozen=True)
class CheckField:
    """An item of a checklist with its field; ``said`` is the id of what is said of it."""

    line: CheckLine
    field: Any
    said: str


@dataclass(frozen=True)
class ChecklistFields:
    """A criterion's checklist with its fields; ``said`` as of an item."""

    checklist: Checklist
    items: tuple[CheckField, ...]
    said: str


def checklist_fields(
    form: CountedForm, checklists: Iterable[Checklist]
) -> tuple[ChecklistFields, ...]:
    """Checklists with the fields of a form in which what was found is entered."""
    return tuple(
        ChecklistFields(
            checklist,
            tuple(
                CheckField(line, form[COUNT + line.rule.code], f"said-{number}-{place}")
                for place, line in enumerate(checklist.lines, start=1)
            ),
            f"said-{number}",
        )
        for number, checklist in enumerate(checklists, start=1)
    )


def stored_elsewhere(
    refusal: Refusal | None, rules: Iterable[TreeRule], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What another tab stored, to be read beside what was typed here."""
    if not isinstance(refusal, DraftConflict):
        return []
    labels = {f"counts.{rule.code}": rule.label for rule in rules}
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


def saved_as_json(saved: Saved, said: Mapping[str, str] | None = None) -> JsonResponse:
    """The script's answer to a save; ``said`` are words of the page that are other words now."""
    at = timezone.localtime(saved.saved_at)
    answer = {"saved_at": f"{at:%H:%M}", "revision": saved.revision, "said": dict(said or {})}
    return JsonResponse(answer)


def refused_as_json(refusal: Refusal, rules: Iterable[TreeRule]) -> JsonResponse:
    """The script's answer to a refusal, with what another tab saved where that is the reason."""
    if not isinstance(refusal, DraftConflict):
        return JsonResponse({"refusal": str(refusal)}, status=status_of(refusal))
    by_name = {f"counts.{rule.code}": rule for rule in rules}
    fields = {
        COUNT + name.removeprefix("counts.") if name in by_name else name: count_in_words(
            by_name[name], value
        )
        if name in by_name
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
