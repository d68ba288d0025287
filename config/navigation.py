"""What the top bar shows: the centre, the role and the places that a person may go to."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from centres.access import NO_STANDING, Standing, allowed
from centres.models import Role


@dataclass(frozen=True)
class Place:
    """One link of the main navigation."""

    label: str
    url: str
    current: bool
    count: int = 0


NOTICES = "Notices"

SAMPLING = tuple(
    f"quality:{name}"
    for name in ("sampling", "grid", "draw", "plan", "release", "sample", "review", "save")
)

CATALOGUE = (
    *(
        f"centres:{name}"
        for name in (
            *("catalogue", "qualification", "unit", "criterion", "sheet"),
            *("corrections", "differences"),
        )
    ),
    "quality:approval",
    "quality:handbook",
    "quality:alignment",
)

# label, URL name, permission to see it, URL names under which it is current
PLACES = (
    ("My work", "portfolios:mine", "change_portfolio", ("portfolios:",)),
    ("Queue", "assessment:queue", "see_queue", ("assessment:",)),
    ("Sampling", "quality:sampling", "see_sampling", SAMPLING),
    ("Visits", "quality:visits", "see_visits", ("quality:visit",)),
    (
        "Registrations",
        "quality:where",
        "see_where",
        ("quality:where", "quality:record", "quality:hold", "centres:registration"),
    ),
    (
        "Confirmations",
        "quality:confirmations",
        "see_confirmations",
        ("quality:confirmation", "quality:report", "quality:direct", "quality:claim"),
    ),
    ("Actions", "quality:actions", "see_actions", ("quality:action",)),
    ("Catalogue", "centres:catalogue", "see_catalogue", CATALOGUE),
    ("People", "centres:people", "see_people", ("centres:people",)),
    (NOTICES, "centres:notices", "see_notices", ("centres:notices",)),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for every page; asks nothing of the database that the middleware has not asked."""
    centre = getattr(request, "centre", None)
    standing: Standing = getattr(request, "standing", NO_STANDING)
    roles = standing.roles
    if centre is None or not roles:
        return {"centre": centre, "nav_items": [], "role_label": ""}
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "centre": centre,
        "nav_items": [
            Place(
                label,
                reverse(name, args=[centre.slug]),
                here.startswith(current),
                standing.unread if label == NOTICES else 0,
            )
            for label, name, permission, current in PLACES
            if allowed(roles, permission)
        ],
        "role_label": ", ".join(str(role.label).lower() for role in Role if role in roles),
    }
