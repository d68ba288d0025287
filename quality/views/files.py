"""A stored file as an answer, once somebody has been found to be allowed it."""

import logging

from django.http.response import HttpResponseBase
from django.shortcuts import render

from centres.access import CentreRequest
from centres.stores import STORE_FAULTS
from portfolios.files import file_response
from portfolios.models import StoredFile

log = logging.getLogger("criterion.evidence")


def file_answer(request: CentreRequest, stored: StoredFile) -> HttpResponseBase:
    """The file, shown or with ``?download=1`` saved; a page that says so where the store fails."""
    try:
        return file_response(
            stored,
            inline="download" not in request.GET,
            byte_range=request.headers.get("Range", ""),
        )
    except STORE_FAULTS:
        log.exception("the file %s can't be read", stored.pk)
        return render(request, "quality/external/file_gone.html", status=409)
