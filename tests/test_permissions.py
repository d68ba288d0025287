"""Route × role: the right roles pass the door, all others are told 403, a removed one 404."""

import datetime
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from centres.models import Membership, Role
from tests.cast import make_user, sign_in_client
from tests.quality.staged_handbooks import AT_A_DRAFT, DraftTestCase
from tests.routes import ROUTES
from tests.stage import StagedTestCase
from tests.test_isolation import body, rewound, rolled_back


class Cases(StagedTestCase):
    """What is held of a route."""

    def hold(self, name: str) -> None:
        """One route, every role."""
        route, cast = ROUTES[name], self.alder.cast
        path = reverse(name, args=(cast.centre.slug, *route.args(self.alder)))
        data = route.data(self.alder)  # made before the cases, so that each of them finds it
        for role in Role:
            user = make_user(f"{role}@roles.example.org", f"Somebody as {role.label}")
            membership = Membership.objects.create(
                centre=cast.centre, user=user, role=role, starts_on=datetime.date(2026, 1, 5)
            )
            client = sign_in_client(Client(), user)
            with rolled_back():
                answer = getattr(client, route.method)(path, rewound(data))
                body(answer)
                forbidden = answer.status_code == 403
                assert forbidden == (role not in route.roles), (role, answer.status_code)
            membership.ends_on = datetime.date(2026, 1, 6)
            membership.save()
            with rolled_back():
                answer = getattr(client, route.method)(path, rewound(data))
                assert answer.status_code == 404


class Doors(Cases):
    """Every route; the tests are made below, one for each."""


class DraftDoors(DraftTestCase, Cases):
    """The routes that name a draft made from a handbook."""


def _test_of(name: str) -> Callable[[Cases], None]:
    def test(self: Cases) -> None:
        self.hold(name)

    return test


for _name, _route in ROUTES.items():
    if not _route.guest:
        setattr(
            DraftDoors if _route.args in AT_A_DRAFT else Doors,
            f"test_{_name.replace(':', '_')}",
            _test_of(_name),
        )
