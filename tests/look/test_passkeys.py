"""A passkey, from the account's page to proving again who one is, under the site's own CSP."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from centres.models import User
from tests.cast import PASSWORD
from tests.look.test_scripts import browser

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("small_site")]


@pytest.fixture(scope="module", autouse=True)
def queries_beside_the_browser() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, and Django refuses its queries beside one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def pat(transactional_db: None) -> User:
    user = User.objects.create_user("pat@alder.example", PASSWORD, full_name="Pat Willow")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A device that keeps passkeys. They want the name localhost, not its number."""
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    yield opened
    context.close()
    assert faults == []


def give_device(page: Page, *, willing: bool) -> Any:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": willing,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def enter(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("pat@alder.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("body")).to_have_text("")  # the small site's home


def confirm_by_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_passkey_is_added_and_proves_who_one_is(page: Page, pat: User) -> None:
    give_device(page, willing=True)
    enter(page)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_by_password(page)
    page.get_by_label("Name").fill("work phone")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="work phone")).to_be_visible()
    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/accounts/2fa/")
    expect(page.get_by_role("heading", name="Passkeys and second step")).to_be_visible()


def test_a_passkey_that_does_not_come_is_said_in_words(page: Page, pat: User) -> None:
    enter(page)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_by_password(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    page.evaluate(
        """() => {
            navigator.credentials.create = () =>
                Promise.reject(new DOMException("cancelled", "NotAllowedError"));
        }"""
    )
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("it was cancelled, or it took too long")


def add_passkey(page: Page, *, alone: bool) -> None:
    """Sign in by password, add a passkey, and sign out."""
    enter(page)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_by_password(page)
    page.get_by_label("Name").fill("work phone")
    page.get_by_label("Sign in with it, without a password").set_checked(alone)
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()


def test_a_passkey_signs_in_without_a_password(page: Page, pat: User) -> None:
    give_device(page, willing=True)
    add_passkey(page, alone=True)
    page.goto("/accounts/login/?next=/accounts/2fa/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/accounts/2fa/")
    expect(page.get_by_text("You have 1.")).to_be_visible()


def test_a_key_that_is_kept_beside_the_password_is_asked_for_after_it(
    page: Page, pat: User
) -> None:
    give_device(page, willing=True)
    add_passkey(page, alone=False)
    page.goto("/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("E-mail address").fill("pat@alder.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/accounts/2fa/")
    expect(page.get_by_text("You have 1.")).to_be_visible()


def test_a_sign_in_by_passkey_that_is_cancelled_is_said_in_words(page: Page, pat: User) -> None:
    page.goto("/accounts/login/")
    page.evaluate(
        """() => {
            navigator.credentials.get = () =>
                Promise.reject(new DOMException("cancelled", "NotAllowedError"));
        }"""
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("it was cancelled, or it took too long")
