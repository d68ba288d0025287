"""Whoever looks at any page finds the way to check a document, and to the standing texts."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, sign_in_client

PLACES = ("verify:check", "pages:privacy", "pages:accessibility", "pages:appeals")


@pytest.mark.django_db
def test_the_footer_leads_to_the_check_and_the_standing_texts(alder: Cast) -> None:
    signed_in = sign_in_client(Client(), alder.una)
    mine = reverse("portfolios:mine", args=[alder.centre.slug])
    for client, page in ((Client(), "/"), (signed_in, "/"), (signed_in, mine)):
        html = client.get(page).content.decode().partition("<footer")[2]
        assert html
        for place in PLACES:
            assert f'href="{reverse(place)}"' in html, (page, place)
