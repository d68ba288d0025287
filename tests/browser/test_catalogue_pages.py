"""The catalogue in Chromium: axe and sideways scrolling on every page, by keyboard, on a phone."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from centres.models import User
from qualifications.actions import load_specifications
from qualifications.models import Specification
from tests.browser.conftest import faults_of, sideways
from tests.cast import Cast
from tests.qualifications.fixture_recount import file_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

NUMBERS = ("8577", "8581", "8588", "D5", "D7")
LATER = (
    ("version: October 2011", "version: Later"),
    ("published: 2011-10-01", "published: 2026-03-01"),
    ("Negotiate each session of", "Negotiate every session of"),
)


@pytest.fixture
def held() -> dict[str, UUID]:
    """Every document, and a later version of D7; the catalogue outlives a test."""
    later = file_of("D7").read_text(encoding="utf-8")
    for old, new in LATER:
        later = later.replace(old, new)
    loaded = load_specifications([*(file_of(number) for number in NUMBERS), later])
    found = {each.specification.version: each.specification.pk for each in loaded}
    shared = Specification.objects.filter(centre_id=None, published_at__isnull=False)
    rows = shared.select_related("qualification").order_by("-published_at")
    return {**{row.qualification.number: row.pk for row in rows}, "Later": found["Later"]}


def pages(cast: Cast, held: dict[str, UUID]) -> Iterator[tuple[User, str]]:
    """(person, path) of every page of the catalogue, each in its different shapes."""

    def at(name: str, *args: object) -> str:
        return reverse(f"centres:{name}", args=[cast.centre.slug, *args])

    search = at("catalogue-search")
    yield cast.max, at("catalogue")
    for number in NUMBERS:
        yield cast.max, at("qualification", held[number])
    yield cast.max, at("unit", held["8588"], "8588-501")
    yield cast.max, at("unit", held["D5"], "D5.02")
    yield cast.max, at("criterion", held["8588"], "8588-501", "3.3")
    yield cast.max, at("criterion", held["D7"], "D7.03", "3.2")
    yield cast.max, at("sheet", held["8588"], "501-portfolio")
    yield cast.max, at("sheet", held["D7"], "D7.02-03-diary")
    yield cast.max, at("corrections", held["8588"])
    yield cast.max, at("differences", held["D7"], held["Later"])
    yield cast.max, search
    yield cast.max, f"{search}?q=supervision"
    yield cast.max, f"{search}?q=zebra&level=5"
    yield cast.una, at("catalogue")
    yield cast.una, at("unit", held["8588"], "8588-501")
    yield cast.una, at("corrections", held["8588"])  # the page that says “not for your role”


def test_pages_of_the_catalogue(
    page: Page, enter: Callable[[Page, str], None], alder: Cast, held: dict[str, UUID]
) -> None:
    faults: list[str] = []
    now: User | None = None
    for person, path in pages(alder, held):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
        page.set_viewport_size({"width": 320, "height": 800})
        if sideways(page):
            faults.append(f"{path} 320: scrolls {sideways(page)} px sideways")
    connection.close()
    assert faults == []


def test_from_a_word_to_a_correction_by_keyboard(
    page: Page, enter: Callable[[Page, str], None], alder: Cast, held: dict[str, UUID]
) -> None:
    enter(page, alder.jo.email)
    page.goto(reverse("centres:catalogue", args=[alder.centre.slug]))
    page.get_by_role("searchbox", name="Search every criterion").focus()
    page.keyboard.type("one hour supervision")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search the criteria")
    expect(page.locator("mark").first).to_be_visible()
    hit = page.get_by_role("link", name="501, criterion 3.3")
    hit.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Criterion 3.3")
    folded = page.locator("details.corrected").first
    expect(folded.get_by_text("The document says")).to_be_hidden()
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(folded.get_by_text("The document says")).to_be_visible()
    page.get_by_role("link", name="3.4").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Criterion 3.4")
    connection.close()
