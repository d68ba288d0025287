"""Pages of the site itself: home, the standing texts, and the pages for what went wrong."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse

from assessment.queries import waiting_for_assessor
from centres.access import allowed
from centres.models import Centre, Membership, Role, User
from centres.queries import waiting_for_manager
from centres.tenancy import centre_context
from config.demo.views import demo_people
from portfolios.queries import waiting_for_learner
from quality.queries.waiting import waiting_for_eqa, waiting_for_owner, waiting_for_reviewer


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: how many, of what, and where."""

    count: int
    label: str
    url: str


# What a centre offers and teaches: label, URL name, permission to see it.
OFFERED = (
    ("What we may offer", "quality:approvals", "see_approvals"),
    ("Alignments", "quality:alignments", "see_alignments"),
    ("Handbooks", "quality:handbooks", "see_handbooks"),
)


@dataclass(frozen=True)
class MyCentre:
    """A centre that a person belongs to, as what, what waits for them there and what it offers."""

    centre: Centre
    roles: tuple[str, ...]
    url: str
    waiting: tuple[Waiting, ...]
    offered: tuple[tuple[str, str], ...]


def home(request: HttpRequest) -> HttpResponse:
    """My centres with what waits; for a stranger, what this is and where to sign in."""
    if not isinstance(request.user, User):
        people = demo_people() if settings.DEMO else []
        return render(request, "pages/welcome.html", {"demo_people": people})
    return render(request, "pages/home.html", {"centres": my_centres(request.user)})


def my_centres(user: User) -> list[MyCentre]:
    """Each centre is asked in its own context: outside of one, no tenant row is to be seen."""
    held: dict[Centre, list[Role]] = {}
    for row in Membership.objects.active().filter(user=user).select_related("centre"):
        held.setdefault(row.centre, []).append(Role(row.role))
    mine = []
    for centre in sorted(held, key=lambda centre: centre.name):
        roles = frozenset(held[centre])
        with centre_context(centre.pk):
            waiting = tuple(what_waits(user, centre, roles))
        mine.append(
            MyCentre(
                centre=centre,
                roles=tuple(str(role.label) for role in Role if role in roles),
                url=waiting[0].url if waiting else "",
                waiting=waiting,
                offered=tuple(
                    (label, reverse(name, args=[centre.slug]))
                    for label, name, permission in OFFERED
                    if allowed(roles, permission)
                ),
            )
        )
    return mine


def what_waits(user: User, centre: Centre, roles: frozenset[Role]) -> list[Waiting]:
    """What waits for a person in one centre, by what they may do there."""
    places = (
        ("change_portfolio", waiting_for_learner, "to do in your portfolio", "portfolios:mine"),
        ("see_queue", waiting_for_assessor, "to mark", "assessment:queue"),
        ("review_work", waiting_for_reviewer, "to review", "quality:sampling"),
        ("enter_visit", waiting_for_eqa, "visits open to you", "quality:visits"),
        ("answer_action", waiting_for_owner, "actions to answer", "quality:actions"),
        (
            "change_registrations",
            waiting_for_manager,
            "registrations to see to",
            "centres:registrations",
        ),
    )
    return [
        Waiting(count(centre, user), label, reverse(url, args=[centre.slug]))
        for permission, count, label, url in places
        if allowed(roles, permission)
    ]


def not_here(request: HttpRequest) -> HttpResponse:
    """A page of a library that this site does not offer."""
    raise Http404


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look by habit."""
    return redirect(static("icon.svg"))


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and whom to ask."""
    return render(request, "pages/privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, and how to say that something does not."""
    return render(request, "pages/accessibility.html")


def appeals(request: HttpRequest) -> HttpResponse:
    """How a learner asks for a decision to be looked at again."""
    return render(request, "pages/appeals.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent can't be read."""
    return render(request, "400.html", status=400)


def server_fault(request: HttpRequest) -> HttpResponse:
    """Something of ours broke; nothing was changed."""
    return render(request, "500.html", status=500)
