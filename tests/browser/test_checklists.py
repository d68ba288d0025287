"""A checklist on the desk: it saves itself, says at once what is open, and blocks nothing."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.assessment import marking, scenes
from tests.browser.conftest import faults_here, faults_of, follow
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_checklist_saves_itself_and_two_tabs_lose_nothing(
    page: Page, alder: Cast, enter: Callable[[Page, str], None]
) -> None:
    submission = scenes.submitted(alder)
    enter(page, alder.pat.email)
    desk = reverse("assessment:desk-criterion", args=[alder.centre.slug, submission.pk, "1.1"])
    page.goto(desk)
    other = page.context.new_page()
    other.goto(desk)
    cycle = page.get_by_role("group", name="The plan covers the whole cycle")
    expect(cycle.get_by_label("Not looked at")).to_be_checked()
    page.get_by_label("The hours planned come to 18 or more").fill("17 h 30")
    page.get_by_text("0 h 30 to go: 17 h 30 of 18 h.").wait_for()
    cycle.get_by_label("Found", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("Looked for and not found.").wait_for()
    page.get_by_text("2 of 2 items are still open", exact=False).wait_for()
    page.keyboard.press("p")
    page.get_by_text("Passed with something open on the checklist").wait_for()
    assert faults_here(page, "desk with a checklist") == []
    other.get_by_role("group", name="The plan covers the whole cycle").get_by_label(
        "Found", exact=True
    ).check()
    other.get_by_role("heading", name="Another tab saved this").wait_for()
    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator(".saved")).to_contain_text("Saved")
    row = scenes.judgement(alder, submission, "1.1")
    assert (row.decision, row.counts) == ("pass", {"planned_hours": "17.5", "whole_cycle": "found"})
    other.close()
    connection.close()


def test_open_items_are_said_before_signing_and_on_the_sheet(
    page: Page, alder: Cast, enter: Callable[[Page, str], None]
) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    scenes.save(
        alder,
        submission,
        "1.1",
        counts={"planned_hours": "18", "whole_cycle": "found"},
        tab="stage",
    )
    scenes.save(alder, submission, "1.2", counts={"needs_per_client": 1}, tab="stage")
    enter(page, alder.pat.email)
    faults = faults_of(page, reverse("assessment:sign", args=[alder.centre.slug, submission.pk]))
    follow(page.get_by_role("link", name="1.2: 2 of 2 items are still open", exact=False))
    page.go_back()
    if page.get_by_label("Your password").count():
        page.get_by_label("Your password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign:"))
    page.get_by_text("Signed. The papers are being made.").wait_for()
    page.get_by_text("Looked for: The hours planned come to 18 or more (18 h of").wait_for()
    faults += faults_here(page, "sheet with checklists")
    connection.close()
    assert faults == []


def test_a_section_has_the_checklists_of_its_criteria(
    page: Page, alder: Cast, enter: Callable[[Page, str], None]
) -> None:
    scene = marking.orchard(alder, specification=marking.WITH_CHECKLISTS)
    submission = marking.hand_in(scene)
    enter(page, alder.pat.email)
    desk = reverse("assessment:desk-section", args=[alder.centre.slug, submission.pk, 2])
    page.goto(desk)
    page.get_by_label("Sources of the yield").fill("1")
    page.get_by_text("1 item to go: 1 of 2 items.").wait_for()
    clean = page.get_by_role("group", name="The press was cleaned")
    clean.get_by_label("Found", exact=True).check()
    page.locator(".said", has_text="Found.").wait_for()
    faults = faults_here(page, "section with checklists")
    marking.mark_all(scene, submission)
    faults += faults_of(page, reverse("assessment:sign", args=[alder.centre.slug, submission.pk]))
    connection.close()
    assert faults == []
