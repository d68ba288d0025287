"""Where every registration stands, and on whom it waits."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres.access import CentreRequest, allowed, may
from quality.forms_external import WhereForm
from quality.queries.where import EXPIRES, SHOWS, WAITS_ON, where_page


@may("see_where")
@require_safe
def where(request: CentreRequest) -> HttpResponse:
    """The list, narrowed by the address."""
    chosen = WhereForm(request.GET).chosen()
    context = {
        "list": where_page(request.centre, chosen, request.GET.get("page", 1)),
        "chosen": chosen,
        "waits_on": WAITS_ON,
        "expires": EXPIRES,
        "shows": SHOWS,
        "can": {
            "change": allowed(request.roles, "change_registrations"),
            "see_record": allowed(request.roles, "see_record"),
        },
    }
    return render(request, "quality/external/where.html", context)
