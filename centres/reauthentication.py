"""Proof, not older than five minutes, that the person who signs is the one who is signed in.

A person who has a second step proves by both: by password and a code, or by a passkey. The proof is
kept where allauth keeps it, in the session, so that what was given at sign-in or on allauth's own
pages counts here and the other way round.
"""

import datetime
import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import ratelimit
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from centres.access import SECOND_FACTORS, Standing
from centres.clock import database_now
from centres.models import User
from centres.refusals import Refusal
from centres.signatures import FRESH, ONE_STEP, Proof

ASKED_AGAIN = "Your password is asked for again because you are about to sign."
PASSWORD, CODE, PASSKEY, PASSWORD_AND_CODE = ONE_STEP, "code", "passkey", "totp"


def fresh_proof(request: HttpRequest) -> Proof | None:
    """The newest sufficient proof of this session; none when older than five minutes.

    Its age is told by this machine's clock alone and its moment by the database's, so that two
    clocks that differ refuse nobody.
    """
    newest = _newest(request, _factors(request))
    return Proof(method=newest[0], at=database_now() - newest[1]) if newest else None


def prove(request: HttpRequest, password: str, code: str = "") -> Proof:
    """Check the password, and the code of a person who has a second step, and keep the proof.

    Call it outside the action that signs: a refused signature must not undo the count of attempts.
    Refuses a wrong password or code, more than ten attempts a minute, and a person without a
    password.
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
    if _factors(request) & SECOND_FACTORS:
        _check_code(person, code)
    proof = fresh_proof(request)
    if proof is None:  # the record was written just now
        raise RuntimeError("the proof was not kept in the session")
    return proof


class WrongCode(Refusal):
    """The password was right, and the code beside it was not."""


def _check_code(person: User, code: str) -> None:
    """Take a code of the app or a recovery code, once; allauth counts the attempts."""
    form = ReauthenticateForm(user=person, data={"code": code})
    if not form.is_valid():
        raise WrongCode(
            rule="That code is not valid now. Each code is taken once.",
            remedy="Give the code that your app shows now, or a recovery code.",
        )
    form.save()


def no_way_to_prove() -> Refusal:
    """What a person is told who has neither a password nor a passkey."""
    return Refusal(
        rule="A signature needs a proof that it is you, and your account has no password yet.",
        remedy="Set a password by “Forgotten password?” on the sign-in page, then come back.",
    )


class ProofForm(forms.Form):
    """The part of a form that signs: a password, and a code of those who have a second step.

    Each field is there only where no fresh proof is at hand. After ``is_valid()`` the proof is in
    ``proof``; before, it is None. ``passkey_url`` leads to allauth's page that asks for a passkey
    and comes back by GET; it is empty for a person who has none.
    """

    password = forms.CharField(
        label="Your password",
        help_text=ASKED_AGAIN,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code from your app",
        help_text="The six digits that it shows now, or a recovery code.",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.proof: Proof | None = None
        self.passkey_url = ""
        self.is_fresh = False
        factors = _factors(request)
        if _newest(request, factors):
            del self.fields["password"], self.fields["code"]
            self.is_fresh = True
            return
        if Authenticator.Type.WEBAUTHN in factors:
            query = urlencode({"next": request.get_full_path()})
            self.passkey_url = f"{reverse('mfa_reauthenticate_webauthn')}?{query}"
        if not _person(request).has_usable_password():
            del self.fields["password"], self.fields["code"]
        elif not factors & SECOND_FACTORS:
            del self.fields["code"]
        elif Authenticator.Type.TOTP not in factors:
            self.fields["code"].label = "Recovery code"
            self.fields["code"].help_text = "Only where your passkey is not with you."

    def clean(self) -> dict[str, Any]:
        """Prove by what was typed; what is wrong with it is said beside its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        typed = {"password", "code"} & set(self.fields)
        if typed and typed <= set(cleaned):
            try:
                self.proof = prove(self.request, cleaned["password"], cleaned.get("code", ""))
            except WrongCode as refusal:
                self.add_error("code", str(refusal))
            except Refusal as refusal:
                self.add_error("password", str(refusal))
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


def _factors(request: HttpRequest) -> frozenset[str]:
    """The kinds of authenticator that the person has; below a centre the middleware knows them."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is not None:
        return standing.factors
    rows = Authenticator.objects.filter(user=_person(request))
    return frozenset(rows.values_list("type", flat=True))


def _newest(request: HttpRequest, factors: frozenset[str]) -> tuple[str, datetime.timedelta] | None:
    """Method and age of the newest proof that is fresh and enough for this person.

    The age of a password with a code is that of the older of the two.
    """
    ages: dict[str, datetime.timedelta] = {}
    for record in get_authentication_records(request, _person(request)):
        age = datetime.timedelta(seconds=time.time() - record["at"])
        if (kind := _kind(record)) and datetime.timedelta(0) <= age < FRESH:
            ages[kind] = min(age, ages.get(kind, age))
    ways: list[tuple[str, datetime.timedelta]] = []
    if PASSKEY in ages:
        ways.append((PASSKEY, ages[PASSKEY]))
    if PASSWORD in ages and not factors & SECOND_FACTORS:
        ways.append((PASSWORD, ages[PASSWORD]))
    if PASSWORD in ages and CODE in ages:
        ways.append((PASSWORD_AND_CODE, max(ages[PASSWORD], ages[CODE])))
    return min(ways, key=lambda way: way[1]) if ways else None


def _kind(record: dict[str, Any]) -> str:
    """What a record is part of; empty for what proves less, such as a link in an e-mail."""
    if record.get("method") == "password":
        return PASSWORD
    if record.get("method") != "mfa":
        return ""
    return PASSKEY if record.get("type") == Authenticator.Type.WEBAUTHN else CODE
