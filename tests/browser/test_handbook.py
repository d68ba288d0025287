"""Handbooks in Chromium: axe and sideways scrolling on every page of them."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Locator, Page

from centres.models import User
from centres.tenancy import centre_context
from qualifications.handbook.progress import Progress, Step
from quality.actions.handbook import discard_handbook
from quality.handbook_jobs import claim_import, note_progress
from quality.models import HandbookImport
from tests.assessment.scenes import refusing
from tests.browser.conftest import faults_of
from tests.cast import Cast
from tests.quality import handbooks as making

pytestmark = pytest.mark.django_db(transaction=True)


def reading(cast: Cast) -> HandbookImport:
    """An import of which some pages are read."""
    held = making.imported(cast)
    with centre_context(cast.centre.pk):
        claimed = claim_import(centre=cast.centre, import_id=held.pk)
        assert claimed
        note_progress(centre=cast.centre, held=claimed, progress=Progress(Step.PAGES, 40, 181))
    return claimed


def before(cast: Cast, held: HandbookImport) -> Iterator[tuple[User, str]]:
    """(person, path) of every page up to the draft."""

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[cast.centre.slug, *args])

    yield cast.lea, at("handbooks")
    yield cast.lea, at("handbook-new")
    yield cast.lea, at("handbook", making.imported(cast).pk)
    yield cast.lea, at("handbook", reading(cast).pk)
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
    [offer] = [row for row in making.warnings_of(cast, held) if "AC 2.3, CPD" in row.why]
    part = at("handbook-edit", held.pk, "criterion-4-2.3")
    yield cast.lea, f"{part}?from=doubt-{offer.position}"
    yield cast.lea, at("handbook-edit", held.pk, "rules-4")
    yield cast.lea, at("handbook-publish", held.pk)
    yield cast.lea, at("handbook-differences", held.pk)
    making.answer(cast, held)
    yield cast.lea, at("handbook-publish", held.pk)
    yield cast.lea, at("handbook", making.read(cast).pk)
    yield cast.lea, at("handbook-discard", held.pk)
    yield cast.jo, at("handbooks")
    yield cast.jo, at("handbook", held.pk)


def test_pages_of_handbooks(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    faults: list[str] = []
    now: User | None = None
    held = making.read(alder, making.handbook_text(c23="Review the Continuous Development Plan"))
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


def test_a_page_that_waits_counts_the_pages_and_keeps_its_live_region(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    held = reading(alder)
    enter(page, alder.lea.email)
    page.goto(reverse("quality:handbook", args=[alder.centre.slug, held.pk]))
    page.get_by_text("Page 40 of 181").wait_for()
    region = page.locator("#said").element_handle()
    assert region.inner_text() == "Reading the pages"
    with centre_context(alder.centre.pk):
        note_progress(centre=alder.centre, held=held, progress=Progress(Step.PAGES, 95, 181))
    page.get_by_text("Page 95 of 181").wait_for(timeout=20000)
    assert page.get_by_role("progressbar").get_attribute("value") == "95"
    assert region.inner_text() == "Half is read"  # the same element, so that the change is heard
    connection.close()


def press(control: Locator) -> None:
    """Follow a link or a button from the keyboard, and wait for the page it leads to."""
    control.focus()
    with control.page.expect_navigation():
        control.page.keyboard.press("Enter")


def write(field: Locator, text: str) -> None:
    """Type into a field in place of what it holds."""
    field.focus()
    field.page.keyboard.press("Control+A")
    field.page.keyboard.type(text)


def test_a_handbook_goes_all_the_way_by_keyboard(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    enter(page, alder.lea.email)
    page.goto(reverse("quality:handbooks", args=[alder.centre.slug]))
    press(page.get_by_role("link", name="Import a handbook").first)
    text = making.handbook_text().encode()
    page.get_by_label("The handbook").set_input_files(
        {"name": "orchard.md", "mimeType": "text/markdown", "buffer": text}
    )
    press(page.get_by_role("button", name="Import it"))
    making.run(alder, HandbookImport(pk=page.url.rstrip("/").rpartition("/")[2]))
    page.get_by_role("heading", name="Units as read").wait_for(timeout=20000)

    press(page.get_by_role("link", name="Make a draft"))
    write(page.get_by_label("Version label"), "by-hand")
    press(page.get_by_role("button", name="Make the draft"))
    press(page.get_by_role("link", name="Correct it in the draft: reading 1"))
    write(page.get_by_label("Title", exact=True), "Looking Back at a Wet Year")
    press(page.get_by_role("button", name="Save"))
    assert page.url.endswith("#doubt-1")
    assert page.locator("#choose-1").is_checked()
    write(page.get_by_label("What was corrected"), "The year was wet.")
    press(page.get_by_role("button", name="The ticked are corrected"))
    for box in page.get_by_role("checkbox").all()[1:]:
        box.focus()
        page.keyboard.press("Space")
    press(page.get_by_role("button", name="Accept the ticked as taken"))
    press(page.get_by_role("link", name="Publish"))
    assert "all answered for" in page.locator("main").inner_text()
    page.go_back()
    press(page.get_by_role("link", name="Give it up"))
    press(page.get_by_role("button", name="Give it up"))
    page.get_by_text("The import of orchard.md is given up.").wait_for()
    connection.close()
