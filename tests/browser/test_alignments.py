"""Alignments in Chromium: axe on every page, and typing that is saved by itself."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from centres.models import User
from tests.browser.conftest import WIDTHS, faults_of
from tests.cast import Cast
from tests.quality.alignments import approved, filled, next_of, said, started, work_of

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("ALIGNMENT_SHOTS", "")


def pages(cast: Cast) -> list[tuple[User, str]]:
    """(person, path) of every page."""

    def at(name: str, *args: object) -> str:
        return reverse(f"quality:{name}", args=[cast.centre.slug, *args])

    done = approved(cast)
    draft = next_of(cast, done)
    said(cast, draft, typed={"evidence-1.1": "", "coverage": "partial", "comment": "New."})
    whole = filled(cast, started(cast, title="Orchard Hands"))
    unit = work_of(cast, draft).units[0].unit.pk
    return [
        (cast.max, at("alignments")),
        (cast.max, at("alignment-new")),
        (cast.max, at("alignment", done.pk)),
        (cast.max, at("alignment", draft.pk)),
        (cast.max, at("alignment-cover", draft.pk)),
        (cast.max, at("alignment-unit-change", draft.pk, unit)),
        (cast.max, at("alignment-unit", done.pk, unit)),
        (cast.max, at("alignment-approve", draft.pk)),
        (cast.lea, at("alignment-approve", whole.pk)),
        (cast.pat, at("alignments")),
        (cast.pat, at("alignment", draft.pk)),
    ]


def shown(page: Page, path: str) -> None:
    """Keep a picture of the page at both widths, where a folder is named."""
    if not SHOTS:
        return
    name = "-".join(part for part in path.split("/") if part and len(part) < 20)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def test_pages_of_alignments(page: Page, enter: Callable[[Page, str], None], alder: Cast) -> None:
    faults: list[str] = []
    now: User | None = None
    for person, path in pages(alder):
        if person != now:
            enter(page, person.email)
            now = person
        faults += faults_of(page, path)
        shown(page, path)
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
    page.get_by_label("Learning strategies for 1.1").fill("Three workshops.")
    page.get_by_text("Saved ").first.wait_for()
    page.wait_for_function("!document.querySelector('.saved.is-busy, .saved.is-waiting')")
    page.reload()
    assert page.get_by_label("Learning strategies for 1.1").input_value() == "Three workshops."
    assert page.get_by_label("Full").is_checked()
    connection.close()
