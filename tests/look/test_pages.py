"""The frame around every page, the pages that say no, and the pages of the account."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory

ROOT = Path(__file__).resolve().parents[2]
REFUSALS = ("400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html")
ACCOUNT_PAGES = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
)


def test_the_frame_stands_without_any_context() -> None:
    html = get_template("base.html").render()
    assert '<main class="page" id="main"' in html
    assert "<nav" not in html
    assert "Sign out" not in html


@pytest.mark.usefixtures("small_site")
def test_the_frame_shows_centre_role_places_and_the_way_out() -> None:
    person = SimpleNamespace(
        is_authenticated=True, full_name="Pat Willow", email="pat@alder.example", pk="7"
    )
    html = render_to_string(
        "base.html",
        {
            "user": person,
            "centre": SimpleNamespace(name="Alder & Sons"),
            "role_label": "assessor",
            "nav_items": [
                SimpleNamespace(label="Queue", url="/q", current=True, count=9),
                SimpleNamespace(label="People", url="/p", current=False),
            ],
            "messages": [
                SimpleNamespace(level_tag="error", __str__=lambda: ""),
                SimpleNamespace(level_tag="success"),
            ],
        },
        RequestFactory().get("/"),
    )
    assert "Alder &amp; Sons" in html
    assert '<a href="/q" aria-current="page">Queue (9)</a>' in html
    assert '<a href="/p">People</a>' in html
    assert 'data-account="7"' in html
    assert re.search(
        r'<form method="post" action="/accounts/logout/">\s*<input type="hidden"', html
    )
    assert 'role="alert"' in html
    assert 'role="status"' in html
    assert "Privacy" in html
    assert "Accessibility" not in html  # the small site has no such page: the link is left out


@pytest.mark.parametrize("name", REFUSALS)
def test_a_page_that_says_no_needs_nothing_and_says_what_to_do(name: str) -> None:
    html = get_template(name).render()
    assert "What happened" in html
    assert "What you can do" in html
    assert not re.search(r"\b(error|sorry|please)\b", html, re.IGNORECASE)


def test_a_missing_page_says_nothing_of_what_was_asked() -> None:
    asked = {"request_path": "/c/birch/evidence/1", "exception": "No Evidence matches"}
    assert get_template("404.html").render(asked) == get_template("404.html").render()


def test_a_forbidden_page_says_the_rule() -> None:
    html = get_template("403.html").render({"exception": "Only the centre manager may do this."})
    assert "Only the centre manager may do this." in html


@pytest.mark.django_db
@pytest.mark.usefixtures("small_site")
@pytest.mark.parametrize("address", ACCOUNT_PAGES)
def test_the_account_pages_are_in_the_look_and_in_plain_words(address: str) -> None:
    response = Client().get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert "page-entrance" in html
    assert not re.search(r"\b(error|sorry|please|sign up|token)\b", html, re.IGNORECASE)
    assert "placeholder=" not in html


def test_no_allauth_page_is_left_without_its_words() -> None:
    """The elements are the fallback; what a person can reach has a template of its own."""
    reached = {
        path.relative_to(ROOT / "templates").as_posix()
        for folder in ("account", "mfa")
        for path in (ROOT / "templates" / folder).rglob("*.html")
    }
    import allauth

    shipped = Path(allauth.__file__).parent / "templates"
    unreached = {
        # By code, by phone, by signing up, and trusted browsers: none of them is switched on.
        "account/base_confirm_code.html",
        "account/confirm_email_verification_code.html",
        "account/email.html",
        "account/email_change.html",
        "account/confirm_login_code.html",
        "account/confirm_password_reset_code.html",
        "account/confirm_phone_verification_code.html",
        "account/phone_change.html",
        "account/request_login_code.html",
        "account/signup.html",
        "account/signup_by_passkey.html",
        "account/snippets/already_logged_in.html",
        "account/snippets/warn_no_email.html",
        "mfa/trust.html",
        "mfa/webauthn/signup_form.html",
        # They only pass on to a layout or to a template of ours.
        "account/base_entrance.html",
        "account/base_manage.html",
        "account/base_manage_email.html",
        "account/base_manage_password.html",
        "account/base_manage_phone.html",
        "mfa/base_entrance.html",
        "mfa/base_manage.html",
        "mfa/recovery_codes/base.html",
        "mfa/totp/base.html",
        "mfa/webauthn/base.html",
        "mfa/webauthn/snippets/login_script.html",
    }
    all_shipped = {
        path.relative_to(shipped).as_posix()
        for folder in ("account", "mfa")
        for path in (shipped / folder).rglob("*.html")
    }
    assert all_shipped - reached == unreached


def test_an_anonymous_visitor_is_offered_to_sign_in() -> None:
    html = render_to_string("components/topbar.html", {"user": AnonymousUser()})
    assert "/accounts/login/" in html
