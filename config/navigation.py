"""What the top bar shows: the centre, the role and the places that a person may go to."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from centres.access import allowed
from centres.models import Role


@dataclass(frozen=True)
class Place:
    """One link of the main navigation."""

    label: str
    url: str
    current: bool


# label, URL name, permission to see it, URL names under which it is current
PLACES = (
    ("My work", "portfolios:mine", "change_portfolio", "portfolios:"),
    ("Queue", "assessment:queue", "see_queue", "assessment:"),
    ("Registrations", "centres:registrations", "see_registrations", "centres:registration"),
    ("People", "centres:people", "see_people", "centres:people"),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page; asks nothing of the database that the middleware has not asked."""
    centre = getattr(request, "centre", None)
    roles: frozenset[Role] = getattr(request, "roles", frozenset())
    if centre is None or not roles:
        return {"centre": centre, "nav_items": [], "role_label": ""}
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "centre": centre,
        "nav_items": [
            Place(label, reverse(name, args=[centre.slug]), here.startswith(current))
            for label, name, permission, current in PLACES
            if allowed(roles, permission)
        ],
        "role_label": ", ".join(str(role.label).lower() for role in Role if role in roles),
    }
