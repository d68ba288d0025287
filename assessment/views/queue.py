"""The assessor's queue."""

from django.http import HttpResponse
from django.shortcuts import render

from assessment.queries.queue import assessor_queue
from centres.access import CentreRequest, may


@may("see_queue")
def queue(request: CentreRequest) -> HttpResponse:
    """What waits for this assessor, soonest due first."""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    return render(
        request,
        "assessment/queue.html",
        {"queue": assessor_queue(request.centre, request.user, search=search), "search": search},
    )
