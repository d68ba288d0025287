"""The papers of a sheet: how far each is, and the file once it is issued."""

import logging
import re
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessment.documents import visible_documents
from assessment.models import Document
from assessment.templatetags.papers import progress
from centres.access import CentreRequest, may
from centres.stores import STORE_FAULTS
from qualifications.models import AssessmentUnit

log = logging.getLogger("criterion.documents")

NOTHING_NEW = 204


@may("see_sheet")
@never_cache
@require_safe
def papers(request: CentreRequest, sheet_id: UUID) -> HttpResponse:
    """How far a sheet's papers are; a page that polls says what it has seen and gets the news."""
    shown = list(_visible(request).filter(sheet=sheet_id))
    if not shown:
        raise Http404
    context = {"papers": shown, "sheet": shown[0].sheet, "centre": request.centre}
    if not request.headers.get("HX-Request"):
        return render(request, "assessment/documents/papers.html", context)
    if request.GET.get("seen") == progress(shown):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "assessment/documents/_papers.html", context)


@may("see_sheet")
@never_cache
@require_safe
def document(request: CentreRequest, document_id: UUID) -> HttpResponseBase:
    """The file of an issued paper."""
    found = get_object_or_404(_visible(request), pk=document_id, state=Document.State.ISSUED)
    try:
        response = _attachment(found)
    except STORE_FAULTS:
        log.exception("the file of paper %s can't be read", found.pk)
        context = {"papers": [found], "sheet": found.sheet, "centre": request.centre, "gone": True}
        return render(request, "assessment/documents/papers.html", context, status=409)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


def file_name(paper: Document) -> str:
    """Such as ``8588-501 attempt 1, learner's copy, provisional.pdf``: no name of a person."""
    submission = paper.sheet.submission
    covered = AssessmentUnit.objects.filter(assessment=submission.assessment_id)
    refs = "+".join(covered.order_by("position").values_list("unit__ref", flat=True))
    parts = (
        f"{refs} attempt {submission.attempt}",
        paper.get_copy_display().lower(),
        paper.get_standing_display().lower(),
    )
    return re.sub(r"[^\w \-+,.']", "-", ", ".join(parts)) + ".pdf"


def _attachment(paper: Document) -> FileResponse:
    file = default_storage.open(paper.key)
    try:
        # It asks for the file's size, for which S3 fetches the whole into a temporary file.
        return FileResponse(
            file, as_attachment=True, filename=file_name(paper), content_type="application/pdf"
        )
    except STORE_FAULTS:
        file.close()
        raise


def _visible(request: CentreRequest) -> Any:
    return visible_documents(
        centre=request.centre, user=request.user, roles=request.roles
    ).select_related("sheet__submission")
