"""The record of one registration, for its learner and for those who work with it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from centres.access import CentreRequest, allowed, may
from portfolios.reach import registrations_in_reach
from quality.queries.record import record_page
from quality.queries.standings import with_work


@may("see_record")
@require_safe
def record(request: CentreRequest, registration_id: UUID) -> HttpResponse:
    """Where each unit stands, by which route, and all that led there."""
    rows = with_work(registrations_in_reach(request), request.centre).select_related(
        "centre", "learner", "pathway__specification__qualification"
    )
    found = get_object_or_404(rows, pk=registration_id)
    page = record_page(found, request.user, request.roles)
    own = page.is_learner
    context = {
        "page": page,
        "can": {
            "hold": allowed(request.roles, "change_holds") and not own,
            "see_sheet": allowed(request.roles, "see_sheet"),
            "see_registration": allowed(request.roles, "see_registrations"),
        },
    }
    return render(request, "quality/external/record.html", context)
