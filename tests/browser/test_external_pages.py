"""External quality assurance and the manager's pages in Chromium: axe and sideways scrolling."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from tests.assessment.scenes import signed, submitted
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.quality.external import (
    arranged,
    closed,
    found,
    held,
    published,
    qualification_of,
    released,
    reported,
    status_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


def pages(cast: Cast) -> Iterator[tuple[User, str]]:
    """(person, path) of every page that is read."""
    slug = cast.centre.slug

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[slug, *args])

    una, ted = signed(cast), submitted(cast, "ted")
    released(cast, una)
    visit, on = arranged(cast), qualification_of(cast).pk
    assert ted
    yield cast.eve, at("visits")
    yield cast.eve, at("visit-room", visit.pk)
    yield cast.eve, at("visit-sheet", visit.pk, una.pk)
    yield cast.eve, at("visit-close", visit.pk)
    published(cast, visit, una)
    yield cast.eve, at("visit-room", visit.pk)
    yield cast.eve, at("visit-sheet", visit.pk, una.pk)
    found(cast, visit, una, comment="Well judged.")
    yield cast.eve, at("visit-close", visit.pk)
    closed(cast, visit, "hold")
    yield cast.eve, at("visit-room", visit.pk)
    yield cast.max, at("visits")
    yield cast.max, at("visit", visit.pk)
    yield cast.max, at("visit-arrange")
    status = status_of(cast)
    yield cast.max, at("claim", on)
    yield cast.max, at("report-record", on)
    yield cast.max, at("where")
    reported(cast, una)
    hold = held(cast, "ted")
    yield cast.max, at("confirmations")
    yield cast.max, at("direct-claims-record")
    yield cast.max, at("direct-claims-end", status.pk)
    yield cast.max, at("hold-place", cast.una_registration.pk, cast.assessment.pk)
    yield cast.max, at("hold-lift", hold.pk)
    yield cast.max, at("record", cast.una_registration.pk)
    yield cast.max, at("where")
    yield cast.ted, at("record", cast.ted_registration.pk)


def test_pages_of_external_quality_assurance(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    faults: list[str] = []
    now: User | None = None
    for person, path in pages(alder):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
    connection.close()
    assert faults == []
