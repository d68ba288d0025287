"""A real Chromium against a live site; run in a process of its own (``make test`` does)."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Playwright keeps an event loop in this thread, and Django would refuse its own queries beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.cast import PASSWORD

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WIDTHS = (1280, 360)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a fresh visitor; a script fault or a breach of the CSP ends the test."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 800}
    )
    faults: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on(
        "console",
        lambda message: (
            faults.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield opened
    context.close()
    connections["default"].close()
    assert faults == []


@pytest.fixture
def enter() -> Callable[[Page, str], None]:
    """Sign in with a password, as a person would."""

    def with_password(page: Page, email: str) -> None:
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        follow(page.locator("main form button[type=submit]").first)
        page.wait_for_url(lambda url: "/accounts/" not in url)

    return with_password


def follow(link: Locator) -> None:
    """Click what leads to another page, and wait until that page is there.

    A bare click returns before: what is then read may still be the page before.
    """
    with link.page.expect_navigation():
        link.click()


def axe_violations(page: Page, *rules: str) -> list[str]:
    """What axe finds on the page as it is, one line each: by every rule, or by these."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def sideways(page: Page) -> int:
    """How many pixels the page scrolls sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def faults_here(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it is: every rule at each width, colours in the dark too.

    Where ``SHOTS`` names a folder, a picture of it is kept there at each width.
    """
    # Without motion, or a button would be looked at between two colours.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{name} {width}: {fault}" for fault in axe_violations(page)]
        if over := sideways(page):
            found.append(f"{name} {width}: scrolls {over} px sideways")
        if folder := os.environ.get("SHOTS"):
            shot = re.sub(r"\W+", "-", name).strip("-")
            page.screenshot(path=Path(folder) / f"{shot}-{width}.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    found += [f"{name} dark: {fault}" for fault in axe_violations(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    return found


def faults_of(page: Page, path: str) -> list[str]:
    """The same of the page at a path."""
    answer = page.goto(path)
    assert answer is not None and answer.status < 500, path
    return faults_here(page, path)
