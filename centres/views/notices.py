"""What a person was told: the list, opening one, and marking all as read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from centres.access import CentreRequest, may
from centres.notices import notices_of, read_all_notices, read_notice
from centres.queries import notice_list


@may("see_notices")
@require_GET
def notices(request: CentreRequest) -> HttpResponse:
    """A person's own notices, the newest first."""
    found = notice_list(request.centre, request.user, request.GET.get("page", 1))
    context = {"list": found, "unread": request.standing.unread}
    return render(request, "centres/notices.html", context)


@may("see_notices")
@require_POST
def notice(request: CentreRequest, notice_id: UUID) -> HttpResponse:
    """Open one: it is read from now on, and leads to its place."""
    mine = notices_of(centre=request.centre, person=request.user)
    found = get_object_or_404(mine, pk=notice_id)
    read_notice(actor=request.user, centre=request.centre, notice=found)
    return redirect(found.path)


@may("see_notices")
@require_POST
def read_all(request: CentreRequest) -> HttpResponse:
    """Mark all as read."""
    count = read_all_notices(actor=request.user, centre=request.centre)
    messages.success(request, f"{count} notice{'' if count == 1 else 's'} marked as read.")
    return redirect("centres:notices", request.centre.slug)
