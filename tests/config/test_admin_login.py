"""Django's admin has no sign-in of its own: one door, with its rate limits."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, sign_in_client


@pytest.mark.django_db
def test_the_admin_sends_strangers_to_the_sign_in_page() -> None:
    answer = Client().get(reverse("admin:login"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db
def test_a_centre_manager_is_no_platform_staff(alder: Cast) -> None:
    client = sign_in_client(Client(), alder.max)
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
