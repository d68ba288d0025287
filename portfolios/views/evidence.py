"""One item of evidence: its page, its files, its claims, and taking it out and back."""

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from centres.access import CentreRequest, may
from centres.refusals import Refusal
from centres.stores import STORE_FAULTS
from portfolios.actions import (
    make_claim,
    replace_evidence,
    restore_claim,
    restore_evidence,
    withdraw_claim,
    withdraw_evidence,
)
from portfolios.files import file_response
from portfolios.forms import ClaimForm, FileForm
from portfolios.models import Evidence
from portfolios.queries import evidence_page
from portfolios.views.found import (
    claim_to_change,
    evidence_to_change,
    evidence_to_read,
    may_change,
    refusal_status,
    version_to_read,
)

log = logging.getLogger("criterion.evidence")


@may("see_portfolio")
@require_safe
def evidence(request: CentreRequest, evidence_id: UUID) -> HttpResponse:
    """Versions and claims; ``?criterion=`` is the one to be claimed next."""
    return _page(request, evidence_to_read(request, evidence_id))


@may("see_portfolio")
@require_safe
def evidence_file(request: CentreRequest, version_id: UUID) -> HttpResponseBase:
    """The file of a version: shown where its kind allows, or downloaded with ``?download=1``."""
    version = version_to_read(request, version_id)
    try:
        return file_response(
            version.file,
            inline="download" not in request.GET,
            byte_range=request.headers.get("Range", ""),
        )
    except STORE_FAULTS:
        log.exception("the file of version %s can't be read", version.pk)
        return render(request, "portfolios/file_gone.html", {"version": version}, status=409)


@may("change_portfolio")
@require_POST
def evidence_replace(request: CentreRequest, evidence_id: UUID) -> HttpResponse:
    """Add the next version."""
    item = evidence_to_change(request, evidence_id)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, item, file_form=form, status=422)
    try:
        version = replace_evidence(
            actor=request.user,
            centre=request.centre,
            evidence=item,
            upload=form.cleaned_data["file"],
        )
    except Refusal as refusal:
        return _refused(request, item, "The file was not added", refusal)
    messages.success(request, f"Version {version.number} of {item.label} was added.")
    return redirect("portfolios:evidence", request.centre.slug, item.pk)


@may("change_portfolio")
@require_POST
def evidence_withdraw(request: CentreRequest, evidence_id: UUID) -> HttpResponse:
    """Take the item out of the portfolio."""
    item = evidence_to_change(request, evidence_id)
    try:
        withdraw_evidence(actor=request.user, centre=request.centre, evidence=item)
    except Refusal as refusal:
        return _refused(request, item, "Nothing was withdrawn", refusal)
    messages.success(request, f"{item.label} is withdrawn. You can put it back on this page.")
    return redirect("portfolios:evidence", request.centre.slug, item.pk)


@may("change_portfolio")
@require_POST
def evidence_restore(request: CentreRequest, evidence_id: UUID) -> HttpResponse:
    """Put the item back."""
    item = evidence_to_change(request, evidence_id)
    try:
        restore_evidence(actor=request.user, centre=request.centre, evidence=item)
    except Refusal as refusal:
        return _refused(request, item, "Nothing was put back", refusal)
    messages.success(request, f"{item.label} is back, with its claims.")
    return redirect("portfolios:evidence", request.centre.slug, item.pk)


@may("change_portfolio")
@require_POST
def claim_add(request: CentreRequest, evidence_id: UUID) -> HttpResponse:
    """Claim the item for a criterion."""
    item = evidence_to_change(request, evidence_id)
    form = ClaimForm(request.POST, page=evidence_page(centre=request.centre, evidence=item))
    if not form.is_valid():
        return _page(request, item, claim_form=form, status=422)
    try:
        made = make_claim(actor=request.user, centre=request.centre, evidence=item, **form.claim)
    except Refusal as refusal:
        return _refused(request, item, "Nothing was claimed", refusal, claim_form=form)
    messages.success(request, f"{item.label} is claimed for {made.criterion.number}.")
    return redirect("portfolios:evidence", request.centre.slug, item.pk)


@may("change_portfolio")
@require_POST
def claim_withdraw(request: CentreRequest, claim_id: UUID) -> HttpResponse:
    """Take a claim back."""
    claim = claim_to_change(request, claim_id)
    try:
        withdraw_claim(actor=request.user, centre=request.centre, claim=claim)
    except Refusal as refusal:
        return _refused(request, claim.evidence, "Nothing was withdrawn", refusal)
    messages.success(request, "The claim is withdrawn. You can put it back on this page.")
    return redirect("portfolios:evidence", request.centre.slug, claim.evidence_id)


@may("change_portfolio")
@require_POST
def claim_restore(request: CentreRequest, claim_id: UUID) -> HttpResponse:
    """Let a claim stand again."""
    claim = claim_to_change(request, claim_id)
    try:
        restore_claim(actor=request.user, centre=request.centre, claim=claim)
    except Refusal as refusal:
        return _refused(request, claim.evidence, "Nothing was put back", refusal)
    messages.success(request, "The claim stands again.")
    return redirect("portfolios:evidence", request.centre.slug, claim.evidence_id)


def _refused(
    request: CentreRequest, item: Evidence, title: str, refusal: Refusal, **forms: Any
) -> HttpResponse:
    return _page(request, item, refused=(title, refusal), status=refusal_status(refusal), **forms)


def _page(
    request: CentreRequest,
    item: Evidence,
    *,
    claim_form: ClaimForm | None = None,
    file_form: FileForm | None = None,
    refused: tuple[str, Refusal] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = evidence_page(centre=request.centre, evidence=item)
    criterion = {"criterion": request.GET.get("criterion", "")}
    context = {
        "page": page,
        "own": may_change(request, item.registration),
        "claim_form": claim_form or ClaimForm(page=page, initial=criterion),
        "file_form": file_form or FileForm(),
        "refused": refused,
    }
    return render(request, "portfolios/evidence.html", context, status=status)
