"""Route × role: the right roles pass the door, all others are told 403, a removed one 404."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import Membership, Role
from tests.cast import Cast, make_user, sign_in_client
from tests.routes import ROUTES
from tests.stage import make_stage
from tests.test_isolation import rolled_back


@pytest.mark.parametrize("name", sorted(name for name in ROUTES if not ROUTES[name].guest))
def test_roles(name: str, alder: Cast) -> None:
    route, stage = ROUTES[name], make_stage(alder)
    path = reverse(name, args=(alder.centre.slug, *route.args(stage)))
    for role in Role:
        user = make_user(f"{role}@roles.example.org", f"Somebody as {role.label}")
        membership = Membership.objects.create(
            centre=alder.centre, user=user, role=role, starts_on=datetime.date(2026, 1, 5)
        )
        client = sign_in_client(Client(), user)
        with rolled_back():
            answer = getattr(client, route.method)(path, route.data(stage))
            forbidden = answer.status_code == 403
            assert forbidden == (role not in route.roles), (role, answer.status_code)
        membership.ends_on = datetime.date(2026, 1, 6)
        membership.save()
        with rolled_back():
            assert getattr(client, route.method)(path, route.data(stage)).status_code == 404
