"""A proof of identity: fresh for five minutes, by password or passkey, and nothing less."""

import datetime
import time
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from centres.reauthentication import ProofForm, fresh_proof, prove
from centres.refusals import Refusal
from tests.cast import PASSWORD, make_user

pytestmark = pytest.mark.django_db

METHODS = "account_authentication_methods"
WHOSE = "account_authentication_methods_user"


@pytest.fixture
def person() -> Any:
    return make_user("ash@example.org", "Ash Pine")


def request_of(person: Any, *records: dict[str, Any], whose: str | None = None) -> Any:
    request = RequestFactory().post("/c/alder/sign/")
    request.user = person
    request.session = SessionStore()
    request.session[METHODS] = list(records)
    request.session[WHOSE] = whose or str(person.pk)
    return request


@pytest.mark.parametrize(
    ("record", "method"),
    [
        ({"method": "password"}, "password"),
        ({"method": "mfa", "type": "webauthn"}, "passkey"),
        ({"method": "mfa", "type": "totp"}, None),
        ({"method": "mfa", "type": "recovery_codes"}, None),
        ({"method": "password_reset"}, None),
        ({"method": "code"}, None),
    ],
)
def test_only_password_and_passkey_prove(person: Any, record: Any, method: str | None) -> None:
    proof = fresh_proof(request_of(person, {**record, "at": time.time() - 20}))
    assert (proof.method if proof else None) == method


@pytest.mark.parametrize(("ago", "fresh"), [(1, True), (290, True), (301, False), (-30, False)])
def test_a_proof_lasts_five_minutes(person: Any, ago: float, fresh: bool) -> None:
    proof = fresh_proof(request_of(person, {"method": "password", "at": time.time() - ago}))
    assert (proof is not None) is fresh
    if proof:
        age = datetime.datetime.now(datetime.UTC) - proof.at
        assert abs(age.total_seconds() - ago) < 5


def test_the_newest_counts_and_anothers_does_not(person: Any) -> None:
    old, new = (
        {"method": "mfa", "type": "webauthn", "at": time.time() - 900},
        {"method": "password", "at": time.time() - 5},
    )
    proof = fresh_proof(request_of(person, old, new))
    assert proof is not None
    assert proof.method == "password"
    assert fresh_proof(request_of(person, new, whose="somebody else")) is None
    assert fresh_proof(request_of(person)) is None


def test_the_password_proves_and_is_kept(person: Any) -> None:
    request = request_of(person)
    assert prove(request, PASSWORD).method == "password"
    kept = fresh_proof(request)
    assert kept is not None
    assert request.session[METHODS][-1]["reauthenticated"] is True


def test_a_wrong_password_proves_nothing(person: Any) -> None:
    request = request_of(person)
    with pytest.raises(Refusal, match="not your password"):
        prove(request, "wrong")
    assert fresh_proof(request) is None


def test_ten_attempts_a_minute(person: Any) -> None:
    for _ in range(10):
        with pytest.raises(Refusal, match="not your password"):
            prove(request_of(person), "wrong")
    with pytest.raises(Refusal, match="Too many attempts"):
        prove(request_of(person), PASSWORD)


def test_a_person_without_a_password_is_told_how_to_get_one(person: Any) -> None:
    person.set_unusable_password()
    person.save()
    with pytest.raises(Refusal, match="Set a password"):
        prove(request_of(person), "")
    form = ProofForm({}, request=request_of(person))
    assert not form.is_valid()
    assert "Set a password" in str(form.non_field_errors())


def test_the_form_asks_only_where_there_is_no_fresh_proof(person: Any) -> None:
    fresh = ProofForm({}, request=request_of(person, {"method": "password", "at": time.time()}))
    assert "password" not in fresh.fields
    assert fresh.is_valid()
    assert fresh.proof is not None
    stale = ProofForm({"password": "wrong"}, request=request_of(person))
    assert not stale.is_valid()
    assert stale.proof is None
    right = ProofForm({"password": PASSWORD}, request=request_of(person))
    assert right.is_valid()
    assert right.proof is not None


def test_a_passkey_is_offered_to_those_who_have_one(person: Any) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )
    person.set_unusable_password()
    person.save()
    form = ProofForm({}, request=request_of(person))
    assert form.passkey_url.endswith("?next=%2Fc%2Falder%2Fsign%2F")
    assert not form.is_valid()
    assert "passkey" in str(form.non_field_errors())
