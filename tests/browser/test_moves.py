"""A learner goes from Certificate to Diploma in Chromium, and reads what that keeps."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.conftest import WIDTHS, axe_violations, faults_of, follow, sideways
from tests.cast import Cast
from tests.quality import external
from tests.quality.moving import (
    CHANGED,
    diploma,
    fresh,
    moved,
    newer,
    passed,
    pruned,
    registration_of,
    set_apart,
)

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("MOVE_SHOTS", "")


def shown(page: Page, name: str) -> None:
    """Keep a picture of the page at both widths, where a folder is named."""
    if not SHOTS:
        return
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def test_a_learner_moves_to_the_diploma_and_reads_what_is_kept_and_missing(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    for unit in ("500", "501", "503"):
        passed(alder, unit)
    slug, key = alder.centre.slug, alder.una_registration.pk
    enter(page, alder.max.email)
    page.goto(reverse("centres:registration", args=[slug, key]))
    follow(page.get_by_role("link", name="Move"))
    shown(page, "choose")
    assert axe_violations(page) == []
    follow(page.get_by_role("link", name=f"See what would change with {diploma().code}"))
    page.get_by_label("Why the learner moves").fill("She wants to go on to the Diploma.")
    shown(page, "move")
    assert axe_violations(page) == []
    follow(page.get_by_role("button", name="Move the registration"))
    page.get_by_text("Moved to 8588-31. The learner has been told.").wait_for()
    enter(page, alder.una.email)
    page.goto(reverse("portfolios:mine", args=[slug]))
    shown(page, "mine")
    follow(page.get_by_role("link", name="What counts"))
    words = page.locator("main").inner_text()
    assert "11 of 38" in words
    assert words.count("Counts: credit transfer") == 2
    assert "Still missing: 502" in words
    assert "8588-501 does not count in 8588-31" in words
    assert "its number is not here yet" in words
    shown(page, "combination")
    assert axe_violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) == 0
    connection.close()


def test_a_move_asks_for_its_reason_before_the_click_and_has_no_button_where_it_leads_nowhere(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    apart, other = set_apart(alder)
    certificate = registration_of(alder).pathway
    moved(alder, diploma())
    external.released(alder, passed(alder, "502"))
    slug = alder.centre.slug
    smaller = reverse("quality:move", args=[slug, alder.una_registration.pk])
    nowhere = reverse("quality:move", args=[slug, apart.pk])
    faults: list[str] = []
    enter(page, alder.max.email)
    for name, path in {
        "nowhere": nowhere,
        "nowhere-to": f"{nowhere}?to={other.pk}",
        "smaller": smaller,
        "smaller-to": f"{smaller}?to={certificate.pk}",
    }.items():
        faults += faults_of(page, path)
        page.goto(path)
        shown(page, name)
        moves = page.get_by_role("button", name="Move the registration")
        assert moves.count() == (name == "smaller-to"), name
    assert faults == []
    reason = page.get_by_label("Why the learner moves")
    assert reason.get_attribute("required") is not None
    reason.fill("She changed her job.")
    follow(moves)
    page.get_by_text("Moved to 8588-21. The learner has been told.").wait_for()
    connection.close()


def test_the_pages_of_moves_have_no_faults(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    scene, _ = pruned(alder)
    second = newer(alder, CHANGED)
    slug, key = alder.centre.slug, scene.registration.pk
    move = reverse("quality:move", args=[slug, key])
    faults: list[str] = []
    enter(page, alder.max.email)
    for path in (move, f"{move}?to={second.pk}"):
        faults += faults_of(page, path)
    page.goto(f"{move}?to={second.pk}")
    shown(page, "version")
    moved(alder, second, registration=fresh(alder, scene.registration))
    faults += faults_of(page, reverse("quality:combination", args=[slug, key]))
    faults += faults_of(page, reverse("quality:record", args=[slug, key]))
    page.goto(reverse("quality:combination", args=[slug, key]))
    shown(page, "version-kept")
    connection.close()
    assert faults == []
