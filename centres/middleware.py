"""The centre from the path: one transaction, one database context, one access check each."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from centres.access import MAY, NO_STANDING, allowed, standing_of
from centres.models import Centre
from centres.second_factor import ask_for_second_factor
from centres.tenancy import centre_context

CENTRE_PATH = re.compile(r"^/c/(?P<slug>[-\w]+)/")


class CentreMiddleware:
    """Innermost, so that its transaction holds the view and the rendering of its template."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Run a request below ``/c/<centre>/`` in that centre; others pass untouched."""
        found = CENTRE_PATH.match(request.path_info)
        if not found:
            return self.get_response(request)
        centre = Centre.objects.filter(slug=found["slug"]).first()
        request.centre = centre  # type: ignore[attr-defined]
        if centre is None:
            # A stranger learns nothing of which centres there are.
            return self.get_response(request)
        with timezone.override(ZoneInfo(centre.time_zone)), centre_context(centre.pk):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            elif response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError("no streaming below /c/: it would read outside the transaction")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Ask the access table; the centre's slug is taken out of the view's arguments."""
        if not hasattr(request, "centre"):
            return None
        kwargs.pop("centre", None)
        centre = request.centre
        if getattr(view, "guest", False):
            if centre is None:
                raise Http404
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        standing = standing_of(request.user, centre) if centre else NO_STANDING
        if centre is None or not standing.roles:
            raise Http404
        permission = getattr(view, "permission", None)
        if permission not in MAY:
            raise ImproperlyConfigured(f"{view} is below /c/ and names no permission")
        answer = ask_for_second_factor(request, centre, standing)
        if answer is not None:
            return answer
        request.roles = standing.roles  # type: ignore[attr-defined]
        request.standing = standing  # type: ignore[attr-defined]
        if not allowed(standing.roles, permission):
            raise PermissionDenied
        return None
