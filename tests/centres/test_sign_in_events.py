"""Signing in and being refused, in the platform's chain, without the typed address."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from centres.ledger import ledger_faults
from centres.models import PlatformEvent
from centres.sign_in_events import address_hash
from tests.cast import PASSWORD, Cast
from tests.centres.events import platform_events

pytestmark = pytest.mark.django_db


def sign_in_with(client: Client, email: str, password: str) -> int:
    return client.post(reverse("account_login"), {"login": email, "password": password}).status_code


def test_a_sign_in_is_recorded(alder: Cast, client: Client) -> None:
    assert sign_in_with(client, alder.pat.email.upper(), PASSWORD) == 302
    assert platform_events() == [("person.signed_in", alder.pat, alder.pat.pk)]
    assert list(ledger_faults(None)) == []


@pytest.mark.django_db(transaction=True)
def test_a_refused_sign_in_is_recorded_though_the_page_says_no(alder: Cast, client: Client) -> None:
    assert sign_in_with(client, "Pat@alder.example.org ", "a wrong password") == 200
    assert sign_in_with(client, "nobody@example.org", "a wrong password") == 200
    assert platform_events() == [("person.sign_in_refused", None, None)] * 2
    facts = list(PlatformEvent.objects.order_by("seq").values_list("facts", flat=True))
    assert facts[0] == {"address": address_hash("pat@alder.example.org")}
    assert facts[0] != facts[1]
    held = json.dumps(list(PlatformEvent.objects.values("facts", "actor_name")))
    assert "example.org" not in held
    assert "wrong password" not in held


def test_an_address_is_hashed_with_a_key_so_that_nobody_can_try_addresses(
    settings: object,
) -> None:
    ours = address_hash("pat@alder.example.org")
    settings.SECRET_KEY = "another site's key, long enough to be one"  # type: ignore[attr-defined]
    assert address_hash("pat@alder.example.org") != ours
