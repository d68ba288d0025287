"""Alignments in Chromium: axe on every page, typing that saves itself, and learners placed."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from centres.models import User
from tests.browser.conftest import faults_here, faults_of, follow
from tests.cast import Cast
from tests.quality.alignments import approved, filled, next_of, placed, said, started, work_of

pytestmark = pytest.mark.django_db(transaction=True)


def pages(cast: Cast) -> list[tuple[User, str]]:
    """(person, path) of every page."""

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[cast.centre.slug, *args])

    done = approved(cast)
    placed(cast, done)
    draft = next_of(cast, done)
    said(cast, draft, typed={"evidence-1.1": "", "coverage": "partial", "comment": "New."})
    whole = filled(cast, started(cast, title="Orchard Hands"))
    hers = filled(cast, started(cast, title="Orchard Guides", actor=cast.lea))
    over = {"evidence-1.1": "", "coverage": "full", "comment": "Taught at work."}
    said(cast, whole, typed=over)
    unit = work_of(cast, draft).units[0].unit.pk
    return [
        (cast.max, at("alignments")),
        (cast.max, at("alignment-new")),
        (cast.max, at("alignment", done.pk)),
        (cast.max, at("alignment", draft.pk)),
        (cast.max, at("alignment-cover", draft.pk)),
        (cast.max, at("alignment-unit-change", draft.pk, unit)),
        (cast.max, at("alignment-unit", done.pk, unit)),
        (cast.lea, at("alignment-approve", draft.pk)),
        (cast.lea, at("alignment-cover", draft.pk)),
        (cast.max, at("alignment-learners", draft.pk)),
        (cast.max, at("alignment-discard", draft.pk)),
        (cast.max, at("alignment-learners", done.pk)),
        (cast.max, at("programme", cast.una_registration.pk)),
        (cast.max, reverse("centres:registration", args=["alder", cast.una_registration.pk])),
        (cast.lea, at("alignment-approve", whole.pk)),
        (cast.lea, at("alignment", hers.pk)),
        (cast.lea, at("alignment-approve", hers.pk)),
        (cast.lea, reverse("home")),
        (cast.pat, at("alignments")),
        (cast.pat, at("alignment", draft.pk)),
    ]


def test_pages_of_alignments(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    faults: list[str] = []
    now: User | None = None
    for person, path in pages(alder):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
    connection.close()
    assert faults == []


def test_what_is_typed_is_saved_and_there_after_a_reload(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    draft = started(alder)
    line = work_of(alder, draft).units[0]
    enter(page, alder.max.email)
    args = [alder.centre.slug, draft.pk, line.unit.pk]
    page.goto(reverse("quality:alignment-unit-change", args=args))
    page.get_by_label("Full").check()
    page.get_by_text("Not saved: A coverage that is set by hand needs a comment.").wait_for()
    page.get_by_label("Comment").fill("The whole programme is about it.")
    page.get_by_text("Not saved: No criterion of").wait_for()
    page.get_by_label("Learning strategies for 1.1").fill("Three workshops.")
    page.get_by_text("Saved ").first.wait_for()
    page.wait_for_function("!document.querySelector('.saved.is-busy, .saved.is-waiting')")
    page.reload()
    assert page.get_by_label("Learning strategies for 1.1").input_value() == "Three workshops."
    assert page.get_by_label("Full").is_checked()
    connection.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_status_and_way_on_stay_in_view_and_the_head_follows_what_is_saved(
    page: Page, enter: Callable[[Page, str], None], alder: Cast, width: int
) -> None:
    draft = started(alder)
    line = work_of(alder, draft).units[0]
    enter(page, alder.max.email)
    page.set_viewport_size({"width": width, "height": 700})
    args = [alder.centre.slug, draft.pk, line.unit.pk]
    page.goto(reverse("quality:alignment-unit-change", args=args))
    count = len(line.criteria)
    head = page.locator("[data-said=suggestion]")
    assert head.inner_text() == f"0 of {count} criteria filled in · suggested coverage: none"
    for place in (line.criteria[0], line.criteria[count // 2], line.criteria[-1]):
        number = place.criterion.number
        page.get_by_label(f"Learning strategies for {number}").fill("Workshops.")
        page.keyboard.press("Tab")
        page.keyboard.type("A report.")
        expect(page.locator(".saved")).to_be_in_viewport()
        expect(page.locator(".savebar .btn-primary")).to_be_in_viewport()
        page.wait_for_function(
            """() => document.activeElement.getBoundingClientRect().top
                 < document.querySelector(".savebar").getBoundingClientRect().top"""
        )
    expect(head).to_have_text(f"3 of {count} criteria filled in · suggested coverage: partial")
    connection.close()


def test_a_learner_is_placed_and_reads_the_programme_at_a_criterion(
    page: Page, enter: Callable[[Page, str], None], alder: Cast
) -> None:
    done = approved(alder)
    slug = alder.centre.slug
    enter(page, alder.max.email)
    page.goto(reverse("quality:alignment", args=[slug, done.pk]))
    follow(page.get_by_role("link", name="Place learners"))
    page.get_by_label(f"Place {alder.una.full_name}").focus()
    page.keyboard.press("Space")
    follow(page.get_by_role("button", name="Place those ticked"))
    page.get_by_text(f"Placed on {done}: 1.").wait_for()
    enter(page, alder.una.email)
    unit = [slug, alder.una_registration.pk, alder.assessment.pk]
    page.goto(reverse("portfolios:unit", args=unit))
    said_of = page.get_by_text("strategies-1.2 of 8588-501")
    assert not said_of.is_visible()
    page.locator("summary", has_text="In your programme: 1.2").focus()
    page.keyboard.press("Enter")
    said_of.wait_for()
    faults = faults_here(page, "unit with programme")
    connection.close()
    assert faults == []
