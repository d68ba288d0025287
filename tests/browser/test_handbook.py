"""Handbooks in Chromium: axe and sideways scrolling on every page of them."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from quality.actions.handbook import discard_handbook
from quality.models import HandbookImport
from tests.assessment.scenes import refusing
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.quality import handbooks as making

pytestmark = pytest.mark.django_db(transaction=True)


def before(cast: Cast, held: HandbookImport) -> Iterator[tuple[User, str]]:
    """(person, path) of every page up to the draft."""

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[cast.centre.slug, *args])

    yield cast.lea, at("handbooks")
    yield cast.lea, at("handbook-new")
    yield cast.lea, at("handbook", making.imported(cast).pk)
    refused = making.imported(cast, "Apples and pears.")
    making.run(cast, refused)
    yield cast.lea, at("handbook", refused.pk)
    yield cast.lea, at("handbook", held.pk)
    yield cast.lea, at("handbook-draft", held.pk)
    yield cast.lea, at("handbook-source", held.pk)
    yield cast.lea, at("handbook-unit", held.pk, 1)
    making.draft(cast, held)
    yield cast.lea, at("handbook", held.pk)
    yield cast.lea, at("handbook-unit", held.pk, 1)
    yield cast.lea, at("handbook-edit", held.pk, "criterion-4-1.1")
    yield cast.lea, at("handbook-differences", held.pk)
    making.answer(cast, held)
    yield cast.lea, at("handbook-publish", held.pk)
    yield cast.lea, at("handbook-discard", held.pk)
    yield cast.jo, at("handbooks")
    yield cast.jo, at("handbook", held.pk)


def test_pages_of_handbooks(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    faults: list[str] = []
    now: User | None = None
    held = making.read(alder)
    for person, path in before(alder, held):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
    with refusing(alder):  # the catalogue is not emptied between tests
        discard_handbook(actor=alder.lea, centre=alder.centre, handbook=held)
    connection.close()
    assert faults == []


def test_a_page_that_waits_opens_the_review_by_itself(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    held = making.imported(alder)
    enter(page, alder.lea.email)
    page.goto(reverse("quality:handbook", args=[alder.centre.slug, held.pk]))
    page.get_by_text("Waiting to be read").wait_for()
    making.run(alder, held)
    page.get_by_role("heading", name="Units as read").wait_for(timeout=20000)
    connection.close()
