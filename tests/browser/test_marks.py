"""A mark sheet in the browser: marks save themselves, and a mark that is none is kept and said."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.assessment import marking
from tests.assessment.marking import MarkScene
from tests.browser.conftest import faults_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, registered on a pathway with a mark sheet."""
    return marking.orchard(alder)


def test_marks_save_themselves_and_two_tabs_lose_nothing(
    page: Page, scene: MarkScene, enter: Callable[[Page, str], None]
) -> None:
    submission = marking.hand_in(scene)
    slug = scene.cast.centre.slug
    second = reverse("assessment:desk-section", args=[slug, submission.pk, 2])
    enter(page, scene.cast.pat.email)
    page.goto(second)
    mark = page.get_by_label("Mark out of 50")
    mark.fill("24")
    page.get_by_label("Areas for improvement").fill("Say more.")
    page.get_by_text("Press and yield is below the minimum").wait_for()
    mark.fill("2.5")
    page.get_by_text("Not saved: “2.5” is no mark").wait_for()
    mark.fill("30")
    page.get_by_label("Hours among the trees").fill("12:30")
    page.get_by_text("Enough: 12 h 30 of 12 h.").wait_for()
    other = page.context.new_page()
    other.goto(second)
    other.get_by_label("Mark out of 50").fill("40")
    other.get_by_text("Saved ").wait_for()
    mark.fill("41")
    page.get_by_role("heading", name="Another tab saved this").wait_for()
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_text("Saved ").wait_for()
    page.get_by_label("Strengths").blur()
    page.keyboard.press("j")
    page.wait_for_url("**/section/3/")
    row = marking.stored(scene, submission, 2)
    assert (row.mark, row.improvements, row.counts) == (41, "Say more.", {"hours": "12.5"})


def test_the_pages_of_a_mark_sheet_have_no_fault(
    page: Page, scene: MarkScene, enter: Callable[[Page, str], None]
) -> None:
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission, (7, 24, 33))
    cast, slug = scene.cast, scene.cast.centre.slug

    def faults(name: str, *args: object) -> list[str]:
        return faults_of(page, reverse(name, args=[slug, *args]))

    enter(page, cast.pat.email)
    assert faults("assessment:desk-section", submission.pk, 2) == []
    assert faults("assessment:sign", submission.pk) == []
    sheet = marking.sign(scene, submission)
    enter(page, cast.una.email)
    assert faults("assessment:sheet", sheet.pk) == []
    assert faults("portfolios:unit", scene.registration.pk, scene.assessment.pk) == []
    assert faults("portfolios:submission", submission.pk) == []
