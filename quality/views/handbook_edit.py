"""The page that changes one part of a handbook's draft: the catalogue desk's own forms."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres import catalogue_parts as parts
from centres.access import CentreRequest, may
from centres.catalogue_parts import Edit
from centres.forms_catalogue import PartForm
from centres.refusals import ChangedSinceShown, Refusal
from centres.views.answers import form_answer, posted
from qualifications.catalogue_edits import NoSuchPartError
from qualifications.catalogue_entries import CorrectionEntry, SpecificationEntry
from qualifications.catalogue_file import CatalogueFaultsError
from qualifications.held_content import held_content
from qualifications.models import Specification
from quality.actions.handbook import closed_since, revise_handbook, take_correction
from quality.forms_handbook import SeenForm
from quality.models import HandbookImport, HandbookWarning
from quality.queries.handbooks.doubts import correction_at
from quality.queries.handbooks.sources import Sources, sources_of
from quality.views.handbook import PAGES, reviewed_or_404

PARTS: dict[str, Callable[..., Edit]] = {
    "head": parts.head,
    "sizes": parts.sizes,
    "verbs": parts.verbs,
    "corrections": parts.corrections,
    "sections": parts.sections,
    "unit": parts.unit_facts,
    "rules": parts.rules,
    "outcome": parts.outcome,
    "criterion": parts.criterion,
    "add": parts.added_criterion,
    "remove": parts.removed_criterion,
}
PLACES = {"sections": 1, "unit": 1, "rules": 1, "outcome": 2, "criterion": 2, "add": 2, "remove": 2}


def _found(entry: SpecificationEntry, named: str) -> Edit:
    """The part that an address names, such as ``criterion-4-1.3``; raises ``Http404``."""
    name, *places = named.split("-")
    if name not in PARTS or len(places) != PLACES.get(name, 0):
        raise Http404
    if not all(re.fullmatch(r"[0-9]{1,3}", place) for place in places[:1]):
        raise Http404
    where: list[int | str] = [int(place) for place in places[:1]]
    for last in places[1:]:
        if not re.fullmatch(
            r"[0-9]{1,3}\.[0-9]{1,3}" if name == "criterion" else r"[0-9]{1,3}", last
        ):
            raise Http404
        where.append(last if name == "criterion" else int(last))
    try:
        return PARTS[name](entry, *where)
    except NoSuchPartError as missing:
        raise Http404 from missing


@may("import_handbook")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: CentreRequest, import_id: UUID, part: str) -> HttpResponse:
    """Show a part's form; on POST save it, or show it again with what is refused about it.

    What was typed for a draft that was closed meanwhile is shown, to be copied.
    """
    held = reviewed_or_404(request, import_id)
    if request.method == "POST" and held.state != HandbookImport.State.READ:
        return _closed(request, held)
    return _edit_page(request, held, _draft_or_404(held), part)


def _edit_page(
    request: CentreRequest, held: HandbookImport, specification: Specification, part: str
) -> HttpResponse:
    content = held_content(specification)
    found = _found(content, part)
    form = found.form(posted(request), specification.digest)
    offered = _offered(request, held)
    refusal: Refusal | None = None
    context: dict[str, Any] = {"handbook": held, "edit": found, "form": form, "offered": offered}
    if form.is_valid():
        try:
            _save(request, held, found, form, offered)
        except CatalogueFaultsError as refused:
            context["faults"] = refused.faults
        except ChangedSinceShown as refused:
            context |= _both(request, found, specification.digest)
            refusal = refused
        except Refusal as refused:
            refusal = refused
        else:
            return _saved(request, held, found, form, part)
    context |= _beside(context["form"], sources_of(held, content, part))
    context["back"] = _way_back(request, held, part)
    return form_answer(request, f"{PAGES}/edit.html", context, refusal)


def _draft_or_404(held: HandbookImport) -> Specification:
    if held.specification is None or held.state != HandbookImport.State.READ:
        raise Http404
    return held.specification


# What a form posts beside its texts: marks of the page, and the management of its rows.
NO_TEXT = re.compile(
    r"csrfmiddlewaretoken|digest|seen|take|.*(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS"
)


def _closed(request: CentreRequest, held: HandbookImport) -> HttpResponse:
    """What became of the draft since the page was opened, and what was typed, to be copied."""
    typed = [
        (name.replace("-", " ").replace("_", " "), text)
        for name, texts in request.POST.lists()
        for text in texts
        if text.strip() and not NO_TEXT.fullmatch(name)
    ]
    context = {"handbook": held, "typed": typed}
    return form_answer(request, f"{PAGES}/closed.html", context, closed_since(held))


def _beside(form: PartForm, sources: Sources) -> dict[str, Any]:
    """The source, and each field with the lines that it was read from."""
    fields = [(field, sources.fields.get(field.name, ())) for field in form.visible_fields()]
    return {"sources": sources, "fields": fields}


def _saved(
    request: CentreRequest, held: HandbookImport, found: Edit, form: PartForm, part: str
) -> HttpResponse:
    """Say what was saved, at the place that the page was opened from."""
    if "take" in request.POST:
        messages.success(request, f"{found.title}: the correction is taken, and claimed.")
        return redirect(_way_back(request, held, part))
    changes = _changes(found, form)
    said = f"saved in the draft ({changes})" if changes else "nothing was changed"
    messages.success(request, f"{found.title}: {said}.")
    return redirect(_way_back(request, held, part, saved=bool(changes)))


@dataclass(frozen=True)
class Offered:
    """The correction that the doubt offers at which the page was opened."""

    row: HandbookWarning
    correction: CorrectionEntry
    used: str

    @property
    def seen(self) -> str:
        """The time of the doubt's answer, as the page posts it back."""
        return self.row.resolved_at.isoformat() if self.row.resolved_at else ""


def _offered(request: CentreRequest, held: HandbookImport) -> Offered | None:
    kind, position = _opened_at(request)
    found = correction_at(request.centre, held, position) if kind == "doubt" else None
    if found is None:
        return None
    row, correction = found
    return Offered(row, correction, request.POST.get("used", correction.used))


# Where an edit was opened: on a unit's page, or at a doubtful reading of the review.
OPENED_AT = re.compile(r"(unit|doubt)-([0-9]{1,4})")
ANCHORS = {"outcome": "o", "add": "o", "remove": "o", "criterion": "c"}


def _opened_at(request: CentreRequest) -> tuple[str, int]:
    found = OPENED_AT.fullmatch(request.GET.get("from", ""))
    return (found[1], int(found[2])) if found else ("draft", 0)


def _way_back(
    request: CentreRequest, held: HandbookImport, part: str, *, saved: bool = False
) -> str:
    """The address of the place that the page was opened from: a unit, a doubt, or the draft."""
    kind, place = _opened_at(request)
    own: list[object] = [request.centre.slug, held.pk]
    page, anchor, query = "quality:handbook", "draft", {"saved": part} if saved else {}
    if kind == "unit":
        name, last = part.partition("-")[0], part.rpartition("-")[2]
        anchor = f"{ANCHORS[name]}-{last}" if name in ANCHORS else "facts"
        page = "quality:handbook-unit"
        own.append(place)
    elif kind == "doubt":
        anchor, query = f"doubt-{place}", {"doubt": str(place), **query}
    return f"{reverse(page, args=own, query=query)}#{anchor}"


def _changes(found: Edit, form: PartForm) -> str:
    """The names of the fields that were changed; nothing where none was."""
    before = found.form(None, form.cleaned_data["digest"])
    labels = (pair.label for pair in parts.differing(before, form))
    return ", ".join(f"{label[:1].lower()}{label[1:]}" for label in labels)


def _save(
    request: CentreRequest,
    held: HandbookImport,
    found: Edit,
    form: PartForm,
    offered: Offered | None,
) -> None:
    given: dict[str, Any] = {
        "actor": request.user,
        "centre": request.centre,
        "handbook": held,
        "entry": found.change(form),
        "expected_digest": form.cleaned_data["digest"],
    }
    if offered and "take" in request.POST:
        shown = SeenForm(request.POST)
        seen = shown.cleaned_data.get("seen") if shown.is_valid() else None
        take_correction(warning=offered.row, used=offered.used, seen=seen, **given)
    else:
        revise_handbook(**given)


def _both(request: CentreRequest, found: Edit, digest: str) -> dict[str, Any]:
    """What was typed, ready to be saved over what is held now, and where the two differ; nothing
    where the draft is as it was shown, and its doubt alone was answered since."""
    if request.POST.get("digest") == digest:
        return {}
    data = request.POST.copy()
    data["digest"] = digest
    form = found.form(data, digest)
    form.is_valid()
    return {"form": form, "pairs": parts.differing(found.form(None, digest), form)}
