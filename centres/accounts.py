"""How allauth behaves here: nobody registers by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest

from centres.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come in through an invitation; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, which signs in by itself unless the person wants it beside the password."""

    passwordless = forms.BooleanField(
        label="Sign in with it, without a password",
        help_text="Your device then asks for your fingerprint, face or PIN each time. Leave this "
        "out for a key that can’t do so: it is then asked for after your password.",
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Empty, so that the person names it; what is left empty gets a name by allauth.
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "name": ""}
        super().__init__(*args, **kwargs)


def display_name(user: User) -> str:
    """How allauth names a person in its messages."""
    return user.full_name
