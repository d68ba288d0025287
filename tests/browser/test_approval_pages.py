"""Approvals in Chromium: axe and sideways scrolling on every page of them."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.quality.approvals import allowed, approval_of, old_approval, papered, past_review
from tests.quality.external import arranged, status_of

pytestmark = pytest.mark.django_db(transaction=True)


def pages(cast: Cast) -> Iterator[tuple[User, str]]:
    """(person, path) of every page that is read."""
    slug, held = cast.centre.slug, approval_of(cast)

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[slug, *args])

    past_review(cast)
    yield cast.max, at("approvals")
    yield cast.max, at("approval", held.pk)
    yield cast.max, at("approval-new")
    old = old_approval(cast)
    papered(cast)
    status_of(cast)
    yield cast.max, at("approval", old.pk)
    yield cast.max, at("approval-override", old.pk)
    allowed(cast)
    papered(cast, approval=old)
    yield cast.max, at("approvals")
    yield cast.max, at("approval", old.pk)
    yield cast.max, at("approval", held.pk)
    yield cast.max, at("approval-dates", held.pk)
    yield cast.max, at("approval-end", held.pk)
    yield cast.max, at("approval-paper-add", held.pk)
    yield cast.max, reverse("centres:registration-new", args=[slug])
    yield cast.pat, at("approvals")
    arranged(cast)
    yield cast.eve, at("approval", held.pk)


def test_pages_of_approvals(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    faults: list[str] = []
    now: User | None = None
    for person, path in pages(alder):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
    connection.close()
    assert faults == []
