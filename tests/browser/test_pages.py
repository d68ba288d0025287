"""Every page in Chromium: no axe violation and no sideways scrolling, in each width and scheme."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.routes import ROUTES, criterion_args, section_args, teds_submission, unit_args
from tests.stage import Stage, make_stage

pytestmark = pytest.mark.django_db(transaction=True)

OPEN_PAGES = (
    "/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/verify/",
    "/verify/R4WD-8HTN-3C/",
    "/privacy/",
    "/accessibility/",
    "/appeals/",
    "/nothing-here/",
)


def pages(stage: Stage) -> Iterator[tuple[User, str]]:
    """(person, path) of every page below the centre that is read, not posted."""
    cast, slug = stage.cast, stage.cast.centre.slug

    def at(name: str, *args: object) -> str:
        return reverse(name, args=[slug, *args])

    yield cast.una, "/"
    yield cast.una, at("portfolios:mine")
    yield cast.una, at("portfolios:unit", *unit_args(stage.una, cast))
    yield cast.una, at("portfolios:submit", *unit_args(stage.una, cast))
    yield cast.una, at("portfolios:evidence", stage.una.evidence.pk)
    yield cast.una, at("portfolios:submission", *ROUTES["portfolios:submission"].args(stage))
    yield cast.una, at("assessment:sheet", *ROUTES["assessment:sheet"].args(stage))
    yield cast.una, at("assessment:queue")  # the page that says “not for your role”
    yield cast.una, "/accounts/password/change/"
    yield cast.pat, at("assessment:queue")
    yield cast.pat, at("assessment:desk-criterion", *criterion_args(stage))
    yield cast.pat, at("assessment:desk-section", *section_args(stage))
    yield cast.pat, at("assessment:sign", *teds_submission(stage))
    yield cast.pat, at("assessment:sheet", *ROUTES["assessment:sheet"].args(stage))
    yield cast.pat, at("portfolios:unit", *unit_args(stage.ted, cast))
    yield cast.max, at("centres:people")
    yield cast.max, at("centres:people-invite")
    yield cast.max, at("centres:people-role-add", cast.kit.pk)
    yield cast.max, at("centres:people-membership-end", stage.membership(cast.tia).pk)
    yield cast.max, at("centres:invitation-withdraw", stage.invitation.pk)
    yield cast.max, at("centres:registrations")
    yield cast.max, at("centres:registration-new")
    yield cast.max, at("centres:registration", stage.una.registration.pk)
    yield cast.max, at("centres:registration-number", stage.una.registration.pk)
    yield cast.max, at("centres:registration-allocate", stage.una.registration.pk)
    yield cast.max, at("centres:registration-release", stage.una.registration.pk, cast.pat.pk)


def test_open_pages(page: Page, db: None) -> None:
    found = [fault for path in OPEN_PAGES for fault in faults_of(page, path)]
    connection.close()
    assert found == []


def test_pages_of_a_centre(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    stage = make_stage(alder)
    found: list[str] = []
    now: User | None = None
    for person, path in pages(stage):
        if person != now:
            enter(page, person.email)
            now = person
        found += faults_of(page, path)
    page.context.clear_cookies()
    found += faults_of(page, reverse("centres:invitation", args=[alder.centre.slug, stage.token]))
    connection.close()
    assert found == []
