"""The draft of a handbook's version: made, compared, taken away as a file, published."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from centres.access import CentreRequest, may
from centres.forms_catalogue import PublishForm
from centres.refusals import Refusal
from centres.views.answers import form_answer, posted
from qualifications.catalogue import specifications_for
from qualifications.catalogue_file import CatalogueFaultsError
from qualifications.catalogue_text import written_yaml
from qualifications.handbook import as_json
from qualifications.handbook.kept import from_kept
from quality.actions.handbook import draft_handbook, no_match, publish_handbook
from quality.forms_handbook import DraftForm
from quality.models import HandbookImport
from quality.queries.handbooks.bases import (
    candidates,
    compared_contents,
    draft_content,
    last_own,
    preview_of,
    publishing,
)
from quality.queries.handbooks.doubts import open_kinds
from quality.queries.handbooks.imports import same_files
from quality.views.handbook import PAGES, handbook_or_404, reviewed_or_404


@may("import_handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """Make a draft on the frame of a known version, after a look at what it would be."""
    held = reviewed_or_404(request, import_id)
    if request.method != "POST" and not _takes_draft(held):
        return redirect("quality:handbook", request.centre.slug, held.pk)
    return _draft(request, held)


def _takes_draft(held: HandbookImport) -> bool:
    """Whether a draft can be made still: the import is open and has none."""
    return held.state == HandbookImport.State.READ and held.specification_id is None


def _draft(request: CentreRequest, held: HandbookImport) -> HttpResponse:
    found = candidates(request.centre, from_kept(held.result))
    chosen = request.GET.get("known", "")
    form = DraftForm(posted(request), centre=request.centre, candidates=found, chosen=chosen)
    base = form.base
    refusal, faults = None if found else no_match(), []
    if form.is_valid() and base is not None:
        try:
            draft_handbook(
                actor=request.user,
                centre=request.centre,
                handbook=held,
                known=base,
                version=form.cleaned_data["version"],
            )
        except CatalogueFaultsError as refused:
            faults = refused.faults
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "The draft is made. Answer for what is doubtful in it.")
            return redirect("quality:handbook", request.centre.slug, held.pk)
    return _draft_page(request, held, form, refusal, faults)


def _draft_page(
    request: CentreRequest,
    held: HandbookImport,
    form: DraftForm,
    refusal: Refusal | None,
    faults: list[Any],
) -> HttpResponse:
    base = form.base if _takes_draft(held) else None
    context = {
        "handbook": held,
        "takes_draft": _takes_draft(held),
        "form": form,
        "base": base,
        "faults": faults,
        "same_files": same_files(held),
        "preview": preview_of(held, base) if base else None,
    }
    return form_answer(request, f"{PAGES}/draft.html", context, refusal)


@may("see_handbooks")
@require_safe
def differences(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """The draft beside the version it stands on, or the one that the centre published last."""
    held = reviewed_or_404(request, import_id)
    if held.specification is None:
        raise Http404
    own = last_own(request.centre, held)
    seen = specifications_for(request.centre.pk)
    base = seen.filter(pk__in=[held.specification.based_on_id]).first()
    others = list(dict.fromkeys(one for one in (own, base) if one is not None))
    chosen = request.GET.get("with", "")
    against = next((one for one in others if str(one.pk) == chosen), others[0] if others else None)
    context = {
        "handbook": held,
        "others": others,
        "against": against,
        "differences": compared_contents(against, held),
    }
    return render(request, f"{PAGES}/differences.html", context)


@may("see_handbooks")
@require_safe
def export(request: CentreRequest, import_id: UUID) -> HttpResponseBase:
    """The draft as the YAML that the catalogue reads; without a draft, what was read as JSON."""
    held = reviewed_or_404(request, import_id)
    name = slugify(held.name.rpartition(".")[0] or held.name) or "handbook"
    content = draft_content(held)
    if content is None:
        answer: HttpResponseBase = JsonResponse(
            as_json(from_kept(held.result)), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    answer = HttpResponse(written_yaml(content), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return answer


@may("import_handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: CentreRequest, import_id: UUID) -> HttpResponse:
    """Show what would be published and by whom; on POST publish it, or say what is refused."""
    held = reviewed_or_404(request, import_id)
    if held.specification is None:
        raise Http404
    form = PublishForm(posted(request), request=request)
    refusal, faults = None, []
    if form.is_valid() and form.proof is not None:
        try:
            publish_handbook(
                actor=request.user,
                centre=request.centre,
                handbook=held,
                shown_digest=form.cleaned_data["shown"],
                proof=form.proof,
            )
        except CatalogueFaultsError as refused:
            faults = refused.faults
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, "Published. Your centre alone sees it, in the catalogue.")
            return redirect("quality:handbook", request.centre.slug, held.pk)
        held, form = handbook_or_404(request, import_id), PublishForm(request=request)
    return _publish_page(request, held, form, refusal, faults)


def _publish_page(
    request: CentreRequest,
    held: HandbookImport,
    form: PublishForm,
    refusal: Refusal | None,
    faults: list[Any],
) -> HttpResponse:
    own = last_own(request.centre, held)
    against = own or (held.specification.based_on if held.specification else None)
    changes = publishing(against, held)
    context = {
        "handbook": held,
        "form": form,
        "faults": faults,
        "against": against,
        "differences": changes.against,
        "by_hand": changes.by_hand,
        "gate": _gate(request, held),
    }
    return form_answer(request, f"{PAGES}/publish.html", context, refusal)


def _gate(request: CentreRequest, held: HandbookImport) -> list[dict[str, str]]:
    """What still keeps the draft from being published, each with the way there."""
    review = reverse("quality:handbook", args=[request.centre.slug, held.pk])
    found = [
        {"text": f"{kind.label}: {kind.count} open", "url": f"{review}#doubt-{kind.first}"}
        for kind in open_kinds(request.centre, held)
    ]
    if not request.user.full_name.strip():
        found.append({"text": "Your login has no name, and a version is published by a person."})
    return found
