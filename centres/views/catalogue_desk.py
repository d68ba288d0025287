"""The catalogue desk: every shared version, one of them, and what becomes of it as a whole."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from centres.access import platform_staff
from centres.actions.catalogue import (
    discard_specification,
    draft_specification,
    import_specification,
    publish_specification,
)
from centres.forms_catalogue import ImportForm, NoPartForm, PublishForm, VersionForm
from centres.models import User
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from qualifications.catalogue_file import CatalogueFaultsError
from qualifications.catalogue_outline import (
    shared_specifications,
    shared_versions,
    specification_outline,
)
from qualifications.catalogue_text import written_yaml
from qualifications.differences import SpecificationDifferences
from qualifications.differences import differences as differences_of
from qualifications.held_content import held_content
from qualifications.marked_yaml import Fault
from qualifications.models import Specification

DESK = "centres/catalogue_desk"


class StaffRequest(HttpRequest):
    """A request of the platform's own staff."""

    user: User


def shared_or_404(specification_id: UUID) -> Specification:
    """A version that every centre shares, or 404."""
    return get_object_or_404(shared_specifications(), pk=specification_id)


@platform_staff
@require_GET
def specifications(request: StaffRequest) -> HttpResponse:
    """Every shared qualification with its versions."""
    return render(request, f"{DESK}/list.html", {"qualifications": shared_versions()})


@platform_staff
@require_http_methods(["GET", "POST"])
def import_file(request: StaffRequest) -> HttpResponse:
    """Read a specification file in as a draft, or list everything that is wrong with it."""
    form = ImportForm(posted(request), request.FILES or None)
    refusal: Refusal | None = None
    faults: list[Fault] = []
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("text", "name", "version")}
        try:
            draft = import_specification(actor=request.user, **typed)
        except CatalogueFaultsError as refused:
            faults = refused.faults
            # What was uploaded comes back as text, so that it can be put right in place.
            form = ImportForm(typed)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Version {draft.version} was read in as a draft.")
            return redirect("catalogue:outline", draft.pk)
    context = {"form": form, "faults": faults}
    return form_answer(request, f"{DESK}/import.html", context, refusal)


@platform_staff
@require_GET
def outline(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """Units, outcomes and criteria of a version, and how they differ from its base."""
    found = shared_or_404(specification_id)
    return render(
        request,
        f"{DESK}/outline.html",
        {
            "specification": found,
            "outline": specification_outline(found),
            "can": {"edit": not found.is_published},
        },
    )


@platform_staff
@require_http_methods(["GET", "POST"])
def draft(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """Make a draft from a published version, under a label of its own."""
    found = shared_or_404(specification_id)
    form = VersionForm(posted(request))
    refusal, faults = None, []
    if form.is_valid():
        try:
            made = draft_specification(
                actor=request.user, specification=found, version=form.cleaned_data["version"]
            )
        except CatalogueFaultsError as refused:
            faults = refused.faults
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Version {made.version} is a draft now.")
            return redirect("catalogue:outline", made.pk)
    context = {"form": form, "specification": found, "faults": faults}
    return form_answer(request, f"{DESK}/draft.html", context, refusal)


@platform_staff
@require_GET
def export(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """A version as the YAML file that the import reads."""
    found = shared_or_404(specification_id)
    number = slugify(found.qualification.number)
    name = f"{number}-{slugify(found.version.replace('.', '-'))}.yaml"
    return HttpResponse(
        written_yaml(held_content(found)),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@platform_staff
@require_GET
def differences(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """A version beside its base, or beside the other version that the address names."""
    found = shared_or_404(specification_id)
    others = [
        other
        for other in shared_specifications().filter(qualification=found.qualification)
        if other.pk != found.pk
    ]
    chosen = request.GET.get("with") or str(found.based_on_id or "")
    against = next((other for other in others if str(other.pk) == chosen), None)
    return render(
        request,
        f"{DESK}/differences.html",
        {
            "specification": found,
            "others": others,
            "against": against,
            "differences": _between(against, found) if against else None,
        },
    )


@platform_staff
@require_http_methods(["GET", "POST"])
def publish(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """Show what would be published and by whom; on POST publish it, or say what is refused."""
    found = shared_or_404(specification_id)
    form = PublishForm(posted(request), request=request)
    refusal, faults = None, []
    if form.is_valid() and form.proof is not None:
        try:
            published = publish_specification(
                actor=request.user,
                specification=found,
                shown_digest=form.cleaned_data["shown"],
                proof=form.proof,
            )
        except CatalogueFaultsError as refused:
            faults = refused.faults
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, f"Version {published.version} is published.")
            return redirect("catalogue:outline", published.pk)
        found = shared_or_404(specification_id)
        form = PublishForm(request=request)
    context = {"specification": found, "form": form, "faults": faults, **_against_base(found)}
    return form_answer(request, f"{DESK}/publish.html", context, refusal)


@platform_staff
@require_http_methods(["GET", "POST"])
def discard(request: StaffRequest, specification_id: UUID) -> HttpResponse:
    """Take a draft out of the catalogue, after a page that says what goes."""
    found = shared_or_404(specification_id)
    form = NoPartForm(posted(request), initial={"digest": found.digest})
    refusal = None
    if form.is_valid():
        try:
            discard_specification(
                actor=request.user,
                specification=found,
                expected_digest=form.cleaned_data["digest"],
            )
        except Refusal as refused:
            refusal = refused
            found = shared_or_404(specification_id)
            form = NoPartForm(initial={"digest": found.digest})
        else:
            messages.success(request, f"The draft of version {found.version} is discarded.")
            return redirect("catalogue:list")
    context = {"specification": found, "form": form}
    return form_answer(request, f"{DESK}/discard.html", context, refusal)


def _between(old: Specification, new: Specification) -> SpecificationDifferences:
    return differences_of(held_content(old), held_content(new))


def _against_base(found: Specification) -> dict[str, SpecificationDifferences | None]:
    return {"differences": _between(found.based_on, found) if found.based_on else None}
