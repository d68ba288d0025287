"""Nobody changes their login address to one that they never proved."""

import pytest
from django.test import Client

from tests.cast import Cast, sign_in_client


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_librarys_page_for_addresses_is_not_here(alder: Cast, method: str) -> None:
    client = sign_in_client(Client(), alder.una)
    data = {"email": "victim@example.org", "action_add": ""}
    assert getattr(client, method)("/accounts/email/", data).status_code == 404
    alder.una.refresh_from_db()
    assert alder.una.email == "una@alder.example.org"
