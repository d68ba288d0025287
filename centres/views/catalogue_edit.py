"""The pages that change one part of a draft: the same steps for each, and what was typed stays."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres import catalogue_parts as parts
from centres.access import platform_staff
from centres.actions.catalogue import revise_specification
from centres.catalogue_parts import Edit, Find
from centres.catalogue_refusals import refused_lines
from centres.forms_catalogue import PartForm
from centres.refusals import ChangedSinceShown, Refusal
from centres.views.answers import CONFLICT, INVALID, posted
from centres.views.catalogue_desk import DESK, StaffRequest
from qualifications.catalogue_edits import NoSuchPartError
from qualifications.catalogue_file import CatalogueFaultsError
from qualifications.catalogue_outline import shared_specifications
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault
from qualifications.models import Specification


@platform_staff
@require_http_methods(["GET", "POST"])
def head(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """The version's label, source and day of correction."""
    return _edit(request, specification_id, parts.head)


@platform_staff
@require_http_methods(["GET", "POST"])
def sizes(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """Credits and hours of units and pathways."""
    return _edit(request, specification_id, parts.sizes)


@platform_staff
@require_http_methods(["GET", "POST"])
def verbs(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """The verbs and their meanings."""
    return _edit(request, specification_id, parts.verbs)


@platform_staff
@require_http_methods(["GET", "POST"])
def corrections(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """The source's mistakes."""
    return _edit(request, specification_id, parts.corrections)


@platform_staff
@require_http_methods(["GET", "POST"])
def sections(request: StaffRequest, specification_id: UUID, sheet: int) -> HttpResponse:
    """The sections of a mark sheet."""
    return _edit(request, specification_id, lambda entry: parts.sections(entry, sheet))


@platform_staff
@require_http_methods(["GET", "POST"])
def unit_facts(request: StaffRequest, specification_id: UUID, unit: int) -> HttpResponse:
    """A unit's own facts."""
    return _edit(request, specification_id, lambda entry: parts.unit_facts(entry, unit))


@platform_staff
@require_http_methods(["GET", "POST"])
def pathway(request: StaffRequest, specification_id: UUID, pathway: int) -> HttpResponse:
    """A pathway's own facts."""
    return _edit(request, specification_id, lambda entry: parts.pathway(entry, pathway))


@platform_staff
@require_http_methods(["GET", "POST"])
def add_outcome(request: StaffRequest, specification_id: UUID, unit: int) -> HttpResponse:
    """An outcome more at a unit's end."""
    return _edit(request, specification_id, lambda entry: parts.added_outcome(entry, unit))


@platform_staff
@require_http_methods(["GET", "POST"])
def remove_outcome(request: StaffRequest, specification_id: UUID, unit: int) -> HttpResponse:
    """A unit without its last outcome."""
    return _edit(request, specification_id, lambda entry: parts.removed_outcome(entry, unit))


@platform_staff
@require_http_methods(["GET", "POST"])
def rules(request: StaffRequest, specification_id: UUID, unit: int) -> HttpResponse:
    """A unit's gates and checklist."""
    return _edit(request, specification_id, lambda entry: parts.rules(entry, unit))


@platform_staff
@require_http_methods(["GET", "POST"])
def outcome(request: StaffRequest, specification_id: UUID, unit: int, outcome: int) -> HttpResponse:
    """An outcome's title and text."""
    return _edit(request, specification_id, lambda entry: parts.outcome(entry, unit, outcome))


@platform_staff
@require_http_methods(["GET", "POST"])
def criterion(
    request: StaffRequest, specification_id: UUID, unit: int, number: str
) -> HttpResponse:
    """A criterion with its descriptors."""
    return _edit(request, specification_id, lambda entry: parts.criterion(entry, unit, number))


@platform_staff
@require_http_methods(["GET", "POST"])
def add_criterion(
    request: StaffRequest, specification_id: UUID, unit: int, outcome: int
) -> HttpResponse:
    """A criterion more at an outcome's end."""
    return _edit(
        request, specification_id, lambda entry: parts.added_criterion(entry, unit, outcome)
    )


@platform_staff
@require_http_methods(["GET", "POST"])
def remove_criterion(
    request: StaffRequest, specification_id: UUID, unit: int, outcome: int
) -> HttpResponse:
    """An outcome without its last criterion."""
    return _edit(
        request, specification_id, lambda entry: parts.removed_criterion(entry, unit, outcome)
    )


def _edit(request: StaffRequest, specification_id: UUID, find: Find) -> HttpResponse:
    """Show a part's form; on POST save it, or show it again with what is refused about it."""
    draft, edit = _found(specification_id, find)
    if draft is None or edit is None:
        return _nothing_to_edit(request, draft)
    form = edit.form(posted(request), edit.digest)
    if not form.is_valid():
        return _page(request, draft, edit, form)
    try:
        revise_specification(
            actor=request.user, specification=draft, change=parts.revision(find, form)
        )
    except CatalogueFaultsError as refused:
        return _page(request, draft, edit, form, faults=refused.faults)
    except (ChangedSinceShown, NoSuchPartError):
        return _conflict(request, specification_id, find)
    except Refusal as refused:
        return _refused(request, specification_id, find, form, refused)
    messages.success(request, f"{edit.title}: saved.")
    return redirect(f"{reverse('catalogue:outline', args=[draft.pk])}#{edit.anchor}")


def _found(specification_id: UUID, find: Find) -> tuple[Specification | None, Edit | None]:
    """A version, if it is there, and the part that a page edits, if it is in a draft."""
    draft = shared_specifications().filter(pk=specification_id).first()
    if draft is None or draft.is_published:
        return draft, None
    try:
        return draft, find(held_content(draft))
    except NoSuchPartError:
        return draft, None


def _refused(
    request: StaffRequest, specification_id: UUID, find: Find, form: PartForm, refusal: Refusal
) -> HttpResponse:
    """The form with what the catalogue as a whole refuses; nothing to edit where it is frozen."""
    draft, edit = _found(specification_id, find)
    if draft is None or edit is None:
        return _nothing_to_edit(request, draft)
    return _page(request, draft, edit, form, refusal=refusal)


def _page(
    request: StaffRequest,
    draft: Specification,
    edit: Edit,
    form: PartForm,
    *,
    faults: Sequence[Fault] = (),
    refusal: Refusal | None = None,
) -> HttpResponse:
    """The form; where it was posted, with everything that is refused and the status for that."""
    context = {"specification": draft, "edit": edit, "form": form, "refusal": refusal}
    if request.method != "POST":
        return render(request, f"{DESK}/edit.html", context)
    lines = refused_lines(form, edit, draft, held_content(draft), faults)
    return render(request, f"{DESK}/edit.html", {**context, "lines": lines}, status=INVALID)


def _conflict(request: StaffRequest, specification_id: UUID, find: Find) -> HttpResponse:
    """Both texts, and the form with what was typed, ready to be saved over what is held now."""
    draft, edit = _found(specification_id, find)
    if draft is None or edit is None:
        return _nothing_to_edit(request, draft)
    data = request.POST.copy()
    data["digest"] = edit.digest
    form = edit.form(data, edit.digest)
    form.is_valid()
    pairs = parts.differing(edit.form(None, edit.digest), form)
    return render(
        request,
        f"{DESK}/edit.html",
        {"specification": draft, "edit": edit, "form": form, "conflict": True, "pairs": pairs},
        status=CONFLICT,
    )


def _nothing_to_edit(request: StaffRequest, found: Specification | None) -> HttpResponse:
    """What can't be changed (any more); what was typed is shown, so that it can be kept."""
    typed = parts.typed_texts(request.POST)
    if not typed and not (found and found.is_published):
        raise Http404
    return render(
        request,
        f"{DESK}/not_editable.html",
        {"specification": found, "typed": typed},
        status=CONFLICT,
    )
