"""Proof, not older than five minutes, that the person who signs is the one who is signed in.

The proof is kept where allauth keeps it, in the session, so that a password given at sign-in or on
allauth's own pages counts here and the other way round.
"""

import datetime
import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from centres.clock import database_now
from centres.models import User
from centres.refusals import Refusal
from centres.signatures import FRESH, Proof

ASKED_AGAIN = "Your password is asked for again because you are about to sign."


def fresh_proof(request: HttpRequest) -> Proof | None:
    """The newest proof of this session, by password or passkey; none when older than five minutes.

    Its age is told by this machine's clock alone and its moment by the database's, so that two
    clocks that differ refuse nobody.
    """
    newest = _newest(request)
    return Proof(method=newest[0], at=database_now() - newest[1]) if newest else None


def prove(request: HttpRequest, password: str) -> Proof:
    """Check the password of the person signed in and keep the proof in their session.

    Call it outside the action that signs: a refused signature must not undo the count of attempts.
    Refuses a wrong password, more than ten attempts a minute, and a person without a password.
    """
    person = _person(request)
    if not person.has_usable_password():
        raise no_way_to_prove()
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        raise Refusal(
            rule="Too many attempts: ten a minute are taken.",
            remedy="Wait a minute, then give your password again.",
        )
    if not person.check_password(password):
        raise Refusal(
            rule="That is not your password.",
            remedy="Type the password that you sign in with.",
        )
    record_authentication(request, person, method="password", reauthenticated=True)
    proof = fresh_proof(request)
    if proof is None:  # the record was written just now
        raise RuntimeError("the proof was not kept in the session")
    return proof


def no_way_to_prove() -> Refusal:
    """What a person is told who has neither a password nor a passkey."""
    return Refusal(
        rule="A signature needs a proof that it is you, and your account has no password yet.",
        remedy="Set a password by “Forgotten password?” on the sign-in page, then come back.",
    )


class ProofForm(forms.Form):
    """The part of a form that signs: a password field, only where no fresh proof is at hand.

    After ``is_valid()`` the proof is in ``proof``; before, it is None. ``passkey_url`` leads to
    allauth's page that asks for a passkey and comes back by GET; it is empty for a person who has
    none.
    """

    password = forms.CharField(
        label="Your password",
        help_text=ASKED_AGAIN,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.proof: Proof | None = None
        self.passkey_url = ""
        self.is_fresh = False
        if _newest(request):
            del self.fields["password"]
            self.is_fresh = True
            return
        person = _person(request)
        if is_mfa_enabled(person, types=[Authenticator.Type.WEBAUTHN]):
            query = urlencode({"next": request.get_full_path()})
            self.passkey_url = f"{reverse('mfa_reauthenticate_webauthn')}?{query}"
        if not person.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        """Prove by the password; what is wrong with it is said beside the field."""
        password: str = self.cleaned_data["password"]
        try:
            self.proof = prove(self.request, password)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse a form without any proof."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.proof = self.proof or fresh_proof(self.request)
        if self.proof is None and "password" not in self.fields:
            if self.passkey_url:
                raise forms.ValidationError("Prove that it is you with your passkey, then sign.")
            raise forms.ValidationError(str(no_way_to_prove()))
        return cleaned


def _person(request: HttpRequest) -> User:
    person = request.user
    if not isinstance(person, User):
        raise TypeError("only a person who is signed in can prove who they are")
    return person


def _newest(request: HttpRequest) -> tuple[str, datetime.timedelta] | None:
    """Method and age of the newest proof that is fresh."""
    records = [
        (method, record["at"])
        for record in get_authentication_records(request, _person(request))
        if (method := _method(record))
    ]
    if not records:
        return None
    method, at = records[-1]
    age = datetime.timedelta(seconds=time.time() - at)
    return (method, age) if datetime.timedelta(0) <= age < FRESH else None


def _method(record: dict[str, Any]) -> str:
    """Password or passkey; empty for what proves less, such as a link in an e-mail."""
    if record.get("method") == "password":
        return "password"
    if record.get("method") == "mfa" and record.get("type") == Authenticator.Type.WEBAUTHN:
        return "passkey"
    return ""
