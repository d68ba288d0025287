"""Internal quality assurance in Chromium: axe and sideways scrolling on every page of it."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from tests.assessment.scenes import signed, submitted
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.quality import internal

pytestmark = pytest.mark.django_db(transaction=True)


def pages(cast: Cast) -> Iterator[tuple[User, str]]:
    """(person, path) of every page that is read."""
    slug, on = cast.centre.slug, internal.qualification_of(cast).pk

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[slug, *args])

    una, ted = signed(cast), submitted(cast, "ted")
    draft = internal.drafted(cast)
    assert ted
    yield cast.jo, at("grid", on)
    yield cast.jo, at("plans", on)
    yield cast.jo, at("plan-draft", on)
    yield cast.lea, at("plan-approve", draft.pk)
    internal.approve(cast, draft)
    yield cast.lea, at("release", on)
    yield cast.jo, at("sample-choose", una.pk)
    yield cast.jo, at("sample-interim", cast.ted_registration.pk, cast.assessment.pk)
    yield cast.jo, at("draw", on)
    interim = internal.chosen_in_progress(cast, "ted")
    yield cast.jo, at("review-part", interim.pk, "1.1")
    sample = internal.agreed(cast, una)
    yield cast.jo, at("grid", on)
    yield cast.jo, at("review-part", sample.pk, "1.3")
    yield cast.jo, at("review-conclude", sample.pk)
    yield cast.jo, at("review-sign", sample.pk)
    internal.sign(cast, sample)
    yield cast.jo, at("review", sample.pk)
    yield cast.jo, at("actions")
    yield cast.max, at("grid", on)
    yield cast.una, reverse("assessment:sheet", args=[slug, una.pk])
    yield cast.una, reverse("portfolios:mine", args=[slug])
    yield cast.una, reverse("centres:notices", args=[slug])
    yield cast.max, reverse("centres:settings", args=[slug])


def test_pages_of_internal_quality_assurance(
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
