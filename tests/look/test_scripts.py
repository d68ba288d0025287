"""The scripts in a real browser, under the site's own CSP: typing, keys, files and colours."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.look.urls import draft

pytestmark = pytest.mark.browser

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
TYPED = "Logs 4 and 5 were written late."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield started
        started.close()


@pytest.fixture
def address(small_site: None) -> Iterator[str]:
    """The small site, served without a database: its views need none."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A fresh visitor; a script fault or a breach of the CSP ends the test."""
    opened = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    opened.on("weberror", lambda fault: faults.append(str(fault.error)))
    opened.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    opened.close()
    assert not faults


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def status(page: Page) -> Callable[[str], None]:
    return lambda words: expect(page.locator(".saved")).to_contain_text(words)


def type_feedback(page: Page, text: str = TYPED) -> None:
    page.locator("#feedback").fill("")
    page.locator("#feedback").press_sequentially(text)


def test_typing_saves_only_what_changed(page: Page) -> None:
    page.goto("/desk/")
    type_feedback(page)
    status(page)("Saved 14:32")
    last = draft.requests[-1]
    assert last["feedback"] == TYPED
    assert last["revision"] == str(draft.revision - 1)
    assert "decision" not in last
    assert "csrfmiddlewaretoken" not in last
    assert len(draft.requests) <= 2  # not one request a key
    expect(page.locator("input[name=revision]")).to_have_value(str(draft.revision))


def test_a_choice_saves_at_once_and_tells_the_page(page: Page) -> None:
    page.goto("/desk/")
    page.evaluate(
        "document.addEventListener('autosaved', (event) => { window.told = event.detail.revision })"
    )
    page.get_by_label("Pass").check()
    status(page)("Saved 14:32")
    assert draft.fields["decision"] == "pass"
    assert page.evaluate("window.told") == 4


def test_an_ordinary_submit_carries_everything_and_the_newest_revision(page: Page) -> None:
    page.goto("/desk/")
    type_feedback(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_have_text("submitted")
    sent = draft.submitted[-1]
    assert sent["feedback"] == TYPED
    assert sent["revision"] == str(draft.revision)


def test_text_typed_while_offline_is_kept_and_sent_when_the_line_is_back(page: Page) -> None:
    page.goto("/desk/")
    page.context.set_offline(True)
    type_feedback(page)
    status(page)("Not saved yet: no connection. Your text is kept on this device.")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.context.set_offline(False)
    status(page)("Saved 14:32")
    assert draft.fields["feedback"] == TYPED
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_text_that_never_arrived_comes_back_with_the_page(context: BrowserContext) -> None:
    first = context.new_page()
    first.goto("/desk/")
    draft.answer = "break"
    type_feedback(first)
    status(first)("Not saved yet: the site did not answer.")
    first.on("dialog", lambda dialog: dialog.accept())
    first.close(run_before_unload=False)
    assert draft.fields["feedback"] == "As first stored."
    second = context.new_page()
    second.goto("/desk/")
    expect(second.locator("#feedback")).to_have_value(TYPED)
    draft.answer = "save"  # not before: what the first page sends as it goes may still be under way
    status(second)("Saved 14:32")
    assert draft.fields["feedback"] == TYPED


def test_leaving_right_after_the_last_key_loses_nothing(page: Page) -> None:
    page.goto("/desk/")
    type_feedback(page)
    page.goto("/unit/")
    page.goto("/desk/")
    expect(page.locator("#feedback")).to_have_value(TYPED)
    page.wait_for_function("document.querySelector('.saved').textContent.includes('ave')")
    page.wait_for_timeout(1000)
    assert draft.fields["feedback"] == TYPED


@pytest.mark.parametrize(
    ("choice", "stays", "shown"),
    [("Keep mine", "Mine.", "Theirs."), ("Use the other", "Theirs.", "Mine.")],
)
def test_two_tabs_choose_and_lose_nothing(
    context: BrowserContext, choice: str, stays: str, shown: str
) -> None:
    one, two = context.new_page(), context.new_page()
    one.goto("/desk/")
    two.goto("/desk/")
    type_feedback(one, "Theirs.")
    status(one)("Saved 14:32")
    type_feedback(two, "Mine.")
    status(two)("choose which text stays")
    box = two.locator(".conflict")
    expect(box).to_contain_text("Another tab saved this at 14:31")
    expect(box).to_contain_text("Theirs.")
    expect(box).to_contain_text("Mine.")
    assert draft.fields["feedback"] == "Theirs."
    two.get_by_role("button", name=choice).click()
    expect(two.locator("#feedback")).to_have_value(stays)
    two.wait_for_timeout(1200)
    assert draft.fields["feedback"] == stays
    two.get_by_text("The text that was not used").click()
    expect(two.locator("details .conflict-texts")).to_contain_text(shown)


def test_two_tabs_on_different_fields_need_no_choice(context: BrowserContext) -> None:
    one, two = context.new_page(), context.new_page()
    one.goto("/desk/")
    two.goto("/desk/")
    one.get_by_label("Referral").check()
    status(one)("Saved 14:32")
    type_feedback(two)
    status(two)("Saved 14:32")
    expect(two.locator(".conflict")).to_have_count(0)
    expect(two.get_by_label("Referral")).to_be_checked()
    assert draft.fields == {"decision": "referral", "feedback": TYPED}


def test_a_refusal_is_said_and_not_repeated(page: Page) -> None:
    page.goto("/desk/")
    draft.answer = "refuse"
    type_feedback(page)
    status(page)("Not saved: The sheet is signed. Correct it by a new version.")
    asked = len(draft.requests)
    page.wait_for_timeout(2500)
    assert len(draft.requests) == asked


def test_what_is_typed_while_a_refusal_is_under_way_is_sent_next(page: Page) -> None:
    page.goto("/desk/")
    draft.answer = "refuse a bare decision"
    page.get_by_label("Referral").check()
    page.wait_for_timeout(100)
    page.locator("#feedback").fill(TYPED)
    status(page)("Saved 14:32")
    assert draft.fields == {"decision": "referral", "feedback": TYPED}
    assert [list(sent) for sent in draft.requests] == [
        ["decision", "revision", "tab"],
        ["decision", "feedback", "revision", "tab"],
    ]


def test_what_is_typed_and_taken_back_is_nothing_to_save(page: Page) -> None:
    page.goto("/desk/")
    page.locator("#feedback").fill(TYPED)
    page.locator("#feedback").fill("As first stored.")
    page.wait_for_timeout(1200)
    status(page)("Nothing to save yet")


def test_a_save_brings_the_words_of_the_page_up_to_date(page: Page) -> None:
    page.goto("/desk/")
    told = page.locator("[data-said=so-far]")
    expect(told).to_have_text("Revision 3")
    page.get_by_label("Pass").check()
    expect(told).to_have_text("Revision 4")


def test_a_choice_between_two_texts_names_the_field_and_says_choices_in_words(
    context: BrowserContext,
) -> None:
    one, two = context.new_page(), context.new_page()
    one.goto("/desk/")
    two.goto("/desk/")
    one.get_by_label("Referral").check()
    status(one)("Saved 14:32")
    two.get_by_label("Pass").check()
    box = two.locator(".conflict")
    expect(box.locator("h4")).to_have_text(["Yours: Decision on 2.4", "The other: Decision on 2.4"])
    expect(box.locator(".conflict-texts p")).to_have_text(["Pass", "Referral"])
    assert box.evaluate("box => box.nextElementSibling.matches('.decide')")


def test_leaving_asks_only_when_the_text_cannot_be_saved(page: Page) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto("/desk/")
    type_feedback(page)
    page.goto("/unit/")
    assert asked == []
    page.goto("/desk/")
    draft.answer = "break"
    type_feedback(page, "Again.")
    status(page)("Not saved yet")
    page.goto("/unit/")
    assert asked == ["beforeunload"]


def test_single_keys_work_rest_while_typing_and_can_be_turned_off(page: Page) -> None:
    page.goto("/desk/")
    page.keyboard.press("p")
    expect(page.get_by_label("Pass")).to_be_checked()
    page.keyboard.press("f")
    expect(page.locator("#feedback")).to_be_focused()
    page.keyboard.type("jr")
    expect(page.get_by_label("Pass")).to_be_checked()
    assert not page.url.endswith("#after")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_url("**/desk/#after")
    page.keyboard.press("e")
    expect(page.locator("#evidence")).to_be_focused()
    page.keyboard.press("Shift+?")
    expect(page.get_by_text("leave a field, so that the keys work again")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("leave a field, so that the keys work again")).to_be_hidden()
    page.get_by_role("button", name="Turn keys off").click()
    page.reload()
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_label("Referral")).not_to_be_checked()
    page.get_by_role("button", name="Turn keys on").click()
    page.keyboard.press("r")
    expect(page.get_by_label("Referral")).to_be_checked()


def files(*sizes: tuple[str, int]) -> list[dict[str, object]]:
    return [
        {"name": name, "mimeType": "application/octet-stream", "buffer": b"x" * size}
        for name, size in sizes
    ]


def test_each_file_travels_alone_and_gets_its_own_answer(page: Page) -> None:
    page.goto("/unit/")
    chosen = files(("plan.pdf", 900), ("tool.exe", 10), ("film.mp4", 5000), ("log.txt", 12))
    page.set_input_files("#files", chosen)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add them").click()
    lines = page.locator(".uploads li")
    expect(lines).to_have_count(4)
    expect(lines.nth(0)).to_contain_text("Added")
    expect(lines.nth(1)).to_contain_text("A program is not evidence.")
    expect(lines.nth(2)).to_contain_text("The file is 5 KB; the limit is 2 KB.")
    expect(lines.nth(3)).to_contain_text("Added")
    expect(page.locator("#evidence-list")).to_contain_text("plan.pdf, 900 bytes")
    expect(page.locator("#evidence-list")).not_to_contain_text("Nothing yet")
    assert draft.uploads == [("plan.pdf", 900), ("log.txt", 12)]


def test_a_broken_connection_can_be_tried_again(page: Page) -> None:
    page.goto("/unit/")
    page.context.set_offline(True)
    page.set_input_files("#files", files(("plan.pdf", 900)))  # type: ignore[arg-type]
    page.get_by_role("button", name="Add them").click()
    expect(page.locator(".uploads")).to_contain_text("Nothing was stored.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".uploads")).to_contain_text("Added")
    assert draft.uploads == [("plan.pdf", 900)]


def test_without_scripts_the_files_go_the_ordinary_way(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/unit/")
    chosen = files(("plan.pdf", 900), ("log.txt", 12))
    page.set_input_files("#files", chosen)  # type: ignore[arg-type]
    page.get_by_role("button", name="Add them").click()
    page.wait_for_url("**/upload/")
    assert draft.uploads == [("plan.pdf", 900), ("log.txt", 12)]
    context.close()


def test_the_colours_are_chosen_and_remembered(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/unit/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(244, 245, 243)"
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) == "rgb(15, 22, 34)"
    page.reload()
    assert page.evaluate(ground) == "rgb(15, 22, 34)"
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="System").click()
    assert page.evaluate(ground) == "rgb(244, 245, 243)"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
@pytest.mark.parametrize("path", ["/unit/", "/desk/", "/form/", "/form/?filled"])
def test_the_sample_pages_pass_axe_and_never_scroll_sideways(
    page: Page, path: str, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_page_can_be_used_from_the_keyboard(page: Page) -> None:
    page.goto("/form/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page’s content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    without_ring = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
            .filter((element) => element.type !== "hidden" && element.checkVisibility())
            .filter((element) => {
                element.focus({ focusVisible: true });
                return [element, element.closest("label")].every(
                    (ringed) => !ringed || getComputedStyle(ringed).outlineWidth !== "3px",
                );
            })
            .map((element) => element.outerHTML)"""
    )
    assert without_ring == []


def test_the_styles_and_fonts_come_from_their_packages(page: Page) -> None:
    loaded: list[str] = []
    page.on("response", lambda answer: loaded.append(f"{answer.status} {answer.url}"))
    page.goto("/unit/")
    page.evaluate("document.fonts.ready")
    for wanted in ("bootstrap.min.css", "app.css", "AtkinsonHyperlegible-Regular.ttf", "htmx-2"):
        assert any(re.search(rf"^200 .*{re.escape(wanted)}", line) for line in loaded), wanted
    assert Path("static/vendor").exists() is False
