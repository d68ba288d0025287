"""The catalogue desk in Chromium, without a script: from a published version to a changed draft."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from centres.models import User
from qualifications.models import Specification
from tests.browser.conftest import faults_here, faults_of, follow
from tests.cast import PASSWORD
from tests.qualifications.orchard import DRAFT_OF_8588, remove_draft

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
Enter = Callable[[Page, str], None]


@pytest.fixture
def root(db: None) -> User:
    """A member of the platform's own staff."""
    return User.objects.create_superuser("root@example.org", PASSWORD, full_name="Robin Root")


@pytest.fixture
def no_draft_left() -> Iterator[None]:
    """Drafts are committed here, and the catalogue is not emptied between tests."""
    yield
    for draft in Specification.objects.filter(published_at__isnull=True):
        remove_draft(draft)
    connection.close()


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in which no script runs."""
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_draft_is_made_changed_compared_and_discarded_without_a_script(
    plain_page: Page, enter: Enter, root: User, no_draft_left: None
) -> None:
    page = plain_page
    enter(page, root.email)
    page.goto("/")
    follow(page.get_by_role("link", name="Catalogue desk"))
    follow(page.get_by_role("link", name="Make a draft from 8588"))
    page.get_by_label("Version label").fill("2.0 corrected")
    follow(page.get_by_role("button", name="Make the draft"))
    assert "0 changed, 0 removed, 40 unchanged" in page.locator(".next").inner_text()
    follow(page.get_by_role("link", name="Edit criterion 1.1 of 8588-501"))
    page.get_by_label("Statement").fill("See to it.")
    follow(page.get_by_role("button", name="Save"))
    assert "does not begin with its verb" in page.locator(".refusal").inner_text()
    assert page.locator(":focus").get_attribute("id") == "id_statement"
    assert page.get_by_label("Statement").input_value() == "See to it."
    verb = page.get_by_label("Verb").input_value()
    page.get_by_label("Statement").fill(f"{verb.capitalize()} it.")
    follow(page.get_by_role("button", name="Save"))
    assert "1 changed, 0 removed, 39 unchanged" in page.locator(".next").inner_text()
    follow(page.get_by_role("link", name="See all differences"))
    assert "it." in page.locator("main .part ins").first.inner_text()
    follow(page.get_by_role("link", name="version 2.0 corrected"))
    follow(page.get_by_role("link", name="Rules of 8588-501"))
    follow(page.get_by_role("button", name="Save"))  # the empty rows are no rules
    assert "Rules of 8588-501: saved." in page.locator(".messages").inner_text()
    follow(page.get_by_role("link", name="Publish"))
    assert "Robin Root" in page.locator(".sheet").inner_text()
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export", exact=True).click()
    exported = Path(download.value.path()).read_text()
    assert "2.0 corrected" in exported
    follow(page.get_by_role("link", name="Discard"))
    follow(page.get_by_role("button", name="Discard the draft"))
    assert "is discarded" in page.locator(".messages").inner_text()
    follow(page.get_by_role("link", name="Import a file"))
    page.get_by_label("Or its text").fill(exported)
    follow(page.get_by_role("button", name="Import as a draft"))
    assert "0 criteria added, 1 changed, 0 removed" in page.locator(".next").inner_text()


def test_pages_of_the_catalogue_desk(
    page: Page, enter: Enter, root: User, no_draft_left: None
) -> None:
    enter(page, root.email)
    page.goto(reverse("catalogue:import"))
    page.get_by_label("Or its text").fill(DRAFT_OF_8588.replace("maximum: 10", "maximum: 12"))
    follow(page.get_by_role("button", name="Import as a draft"))
    found = faults_here(page, "import-faults")
    page.get_by_label("Or its text").fill(DRAFT_OF_8588)
    follow(page.get_by_role("button", name="Import as a draft"))
    page.wait_for_url(lambda url: "import" not in url)
    draft = Specification.objects.get(version="committed")
    for name, *args in (
        ("list",),
        ("outline", draft.pk),
        ("draft", draft.based_on_id),
        ("differences", draft.pk),
        ("publish", draft.pk),
        ("discard", draft.pk),
        ("head", draft.pk),
        ("sizes", draft.pk),
        ("verbs", draft.pk),
        ("corrections", draft.pk),
        ("sections", draft.pk, 2),
        ("unit", draft.pk, 1),
        ("rules", draft.pk, 1),
        ("outcome", draft.pk, 1, 1),
        ("outcome-add", draft.pk, 2),
        ("pathway", draft.pk, 1),
        ("criterion-add", draft.pk, 2, 1),
        ("criterion-remove", draft.pk, 2, 1),
        ("criterion", draft.pk, 1, "1.1"),
        ("criterion", draft.based_on_id, 1, "1.1"),
    ):
        found += faults_of(page, reverse(f"catalogue:{name}", args=args))
    found += conflict(page, reverse("catalogue:criterion", args=[draft.pk, 1, "1.1"]))
    connection.close()
    assert found == []


def test_an_outcome_is_added_by_keyboard_and_the_focus_lands_on_what_is_refused(
    page: Page, enter: Enter, root: User, no_draft_left: None
) -> None:
    enter(page, root.email)
    page.goto(reverse("catalogue:import"))
    page.get_by_label("Or its text").fill(DRAFT_OF_8588)
    follow(page.get_by_role("button", name="Import as a draft"))
    page.get_by_role("link", name="Add an outcome to O-1").focus()
    press(page, "Enter")
    page.get_by_label("Title of the outcome").focus()
    for typed in ("Store", "Store the tools.", "explain", "Say where.", "", "", "", "x", "y"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.id") == "id_statement"
    assert "does not begin with its verb" in page.locator(".refusal").inner_text()
    found = faults_here(page, "refused")
    page.keyboard.press("Control+A")
    page.keyboard.type("Explain where.")
    for _ in range(6):
        page.keyboard.press("Tab")
    press(page, "Enter")
    assert "O-1, new outcome 2: saved." in page.locator(".messages").inner_text()
    assert "Explain where." in page.locator("#outcome-1-2 ~ .crit-list").last.inner_text()
    follow(page.get_by_role("link", name="See all differences"))
    page.get_by_role("link", name="O-1 2.1").focus()
    page.keyboard.press("Enter")
    assert page.locator(":target h4").inner_text().split() == ["Added", "Criterion", "2.1"]
    expect(page.locator(":target")).to_be_in_viewport()
    connection.close()
    assert found == []


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def conflict(page: Page, address: str) -> list[str]:
    """Two tabs save one criterion; the second is answered with both texts."""
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Statement").fill("Prune four trees.")
    follow(other.get_by_role("button", name="Save"))
    other.close()
    page.get_by_label("Statement").fill("Prune five trees.")
    follow(page.get_by_role("button", name="Save"))
    texts = page.locator(".conflict-texts").inner_text()
    assert "Prune four trees." in texts
    assert "Prune five trees." in texts
    return faults_here(page, "conflict")
