"""The catalogue as a centre reads it: qualifications, units, criteria, sheets, and a search."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from centres.access import CentreRequest, allowed, may
from centres.models import Approval
from qualifications.catalogue import (
    catalogue_rows,
    correction_groups,
    criterion_page,
    found_specification,
    qualification_page,
    sheet_page,
    unit_page,
)
from qualifications.differences import differences as differences_of
from qualifications.held_content import held_content
from qualifications.models import Specification
from qualifications.search import asked, search_page


def _can(request: CentreRequest) -> dict[str, bool]:
    """What links and corrections a reader is shown."""
    return {
        "see_corrections": allowed(request.roles, "see_corrections"),
        "see_approvals": allowed(request.roles, "see_approvals"),
        "see_alignments": allowed(request.roles, "see_alignments"),
        "see_handbooks": allowed(request.roles, "see_handbooks"),
    }


def _approvals(request: CentreRequest) -> dict[UUID, Approval]:
    """The approvals in force today, by qualification."""
    rows = Approval.objects.for_centre(request.centre).in_force()
    return {row.qualification_id: row for row in rows}


def _specification(request: CentreRequest, specification_id: UUID) -> Specification:
    """A published version that the centre may read, or 404."""
    found = found_specification(request.centre.pk, specification_id)
    if found is None:
        raise Http404
    return found


@may("see_catalogue")
@require_GET
def catalogue(request: CentreRequest) -> HttpResponse:
    """Every qualification, by its newest version."""
    approvals = _approvals(request)
    rows = catalogue_rows(request.centre.pk)
    context = {
        "rows": [(row, approvals.get(row.specification.qualification_id)) for row in rows],
        "can": _can(request),
    }
    return render(request, "centres/catalogue/catalogue.html", context)


@may("see_catalogue")
@require_GET
def search(request: CentreRequest) -> HttpResponse:
    """Criteria that hold the words asked for."""
    wanted = asked(
        request.GET.get("q", ""),
        request.GET.get("qualification", ""),
        request.GET.get("level", ""),
        request.GET.get("verb", ""),
    )
    found = search_page(request.centre.pk, wanted, request.GET.get("page", 1))
    return render(request, "centres/catalogue/search.html", {"found": found})


@may("see_catalogue")
@require_GET
def qualification(request: CentreRequest, specification_id: UUID) -> HttpResponse:
    """One version of a qualification: awards, units, assessments, forms and staff."""
    page = qualification_page(request.centre.pk, specification_id)
    if page is None:
        raise Http404
    approval = _approvals(request).get(page.specification.qualification_id)
    context = {"page": page, "approval": approval, "can": _can(request)}
    return render(request, "centres/catalogue/qualification.html", context)


@may("see_catalogue")
@require_GET
def unit(request: CentreRequest, specification_id: UUID, ref: str) -> HttpResponse:
    """One unit: its facts, its outcomes and criteria, and what must be counted."""
    page = unit_page(_specification(request, specification_id), ref)
    if page is None:
        raise Http404
    return render(request, "centres/catalogue/unit.html", {"page": page, "can": _can(request)})


@may("see_catalogue")
@require_GET
def criterion(
    request: CentreRequest, specification_id: UUID, ref: str, number: str
) -> HttpResponse:
    """One criterion: what it asks, what shows it, where it is judged."""
    page = criterion_page(_specification(request, specification_id), ref, number)
    if page is None:
        raise Http404
    context = {"page": page, "can": _can(request)}
    return render(request, "centres/catalogue/criterion.html", context)


@may("see_catalogue")
@require_GET
def sheet(request: CentreRequest, specification_id: UUID, code: str) -> HttpResponse:
    """The outline of a result sheet or a mark sheet."""
    page = sheet_page(_specification(request, specification_id), code)
    if page is None:
        raise Http404
    return render(request, "centres/catalogue/sheet.html", {"page": page})


@may("see_corrections")
@require_GET
def corrections(request: CentreRequest, specification_id: UUID) -> HttpResponse:
    """Every mistake of the document: what it says, what is used here and why."""
    specification = _specification(request, specification_id)
    context = {"specification": specification, "groups": correction_groups(specification)}
    return render(request, "centres/catalogue/corrections.html", context)


@may("see_catalogue")
@require_GET
def differences(request: CentreRequest, specification_id: UUID, other_id: UUID) -> HttpResponse:
    """Two versions of one qualification beside each other, the earlier one first."""
    here = _specification(request, specification_id)
    other = _specification(request, other_id)
    if here == other or here.qualification_id != other.qualification_id:
        raise Http404
    old, new = sorted((here, other), key=lambda row: (row.published_at, row.version))
    context = {
        "specification": here,
        "old": old,
        "new": new,
        "differences": differences_of(held_content(old), held_content(new)),
        "can": _can(request),
    }
    return render(request, "centres/catalogue/differences.html", context)
