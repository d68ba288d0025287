"""Nobody sees what isn't theirs: every route, every case, with each layer of isolation alone.

Run as it is, both layers hold; with ``for_centre`` patched away, row-level security alone must
hold. ``ISOLATION_LAYER=code`` (a run of its own, see the Makefile) uses a role that row security
does not bind, so that the code alone must hold.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from centres.isolation import BEFORE_THE_CENTRE, TENANT_TABLES
from centres.models import User
from centres.tenancy import CentreQuerySet, centre_context
from tests.cast import sign_in_client
from tests.quality.staged_handbooks import AT_A_DRAFT, DraftTestCase
from tests.queries import MOST, asked_by_page
from tests.routes import ROUTES, Route
from tests.stage import Stage, StagedTestCase

CODE_ALONE = os.environ.get("ISOLATION_LAYER") == "code"
LAYERS = ["code"] if CODE_ALONE else ["both", "database"]


@contextmanager
def scoping_off(layer: str) -> Iterator[None]:
    """Take the code's own scoping away where the database alone must hold."""
    scoped = CentreQuerySet.for_centre
    if layer == "database":

        def unscoped(self: Any, centre: Any) -> Any:
            return self

        CentreQuerySet.for_centre = unscoped  # type: ignore[method-assign]
    try:
        yield
    finally:
        CentreQuerySet.for_centre = scoped  # type: ignore[method-assign]


@contextmanager
def rolled_back() -> Iterator[None]:
    """What a request changes is undone, so that the next case finds the stage as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(
    user: User | None, name: str, route: Route, args: tuple[Any, ...], data: dict[str, Any]
) -> HttpResponseBase:
    """One request of a person to a route."""
    client = Client(raise_request_exception=False)
    if user is not None:
        sign_in_client(client, user)
    path = reverse(name, args=args)
    if route.method == "post":
        return client.post(path, rewound(data))
    return client.get(path, data)


def rewound(data: dict[str, Any]) -> dict[str, Any]:
    """The same data once more, its files from their beginning."""
    for value in data.values():
        if isinstance(value, File):
            value.seek(0)
    return data


def body(response: HttpResponseBase) -> bytes:
    """The bytes of an answer, streamed or not."""
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content  # type: ignore[attr-defined, no-any-return]


def fingerprint(stage: Stage) -> dict[str, str]:
    """Every tenant table of a centre, as a hash of its rows."""
    found: dict[str, str] = {}
    centre_id = stage.cast.centre.pk
    with centre_context(centre_id), connection.cursor() as cursor:
        cursor.execute(TENANT_TABLES)
        tables = [row[1] for row in cursor.fetchall() if not row[1].startswith("qualifications_")]
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) "
                f'FROM "{table}" t WHERE centre_id = %s',
                [centre_id],
            )
            found[table] = cursor.fetchone()[0]
    assert set(BEFORE_THE_CENTRE) <= set(found)
    return found


class Cases(StagedTestCase):
    """What is held of a route in a layer."""

    def hold(self, name: str, layer: str) -> None:
        """One route, all its cases."""
        route = ROUTES[name]
        cast, slug = self.alder.cast, self.alder.cast.centre.slug
        person = getattr(cast, route.person) if route.person else None
        own_args, foreign_args = route.args(self.alder), route.args(self.birch)
        # Made before the cases, so that each of them finds it.
        own_data, foreign_data = route.data(self.alder), route.data(self.birch)
        before = fingerprint(self.birch)

        # 1. The right person in their own centre succeeds: without this every 404 proves nothing.
        with rolled_back(), scoping_off(layer):
            answer = ask(person, name, route, (slug, *own_args), own_data)
            assert answer.status_code in route.succeeds, (answer.status_code, body(answer)[:600])
            assert b"of Birch" not in body(answer)

        # … and its page asks no more of the database than a page may.
        if layer == "both":
            with rolled_back():
                data = own_data if route.method == "get" else {}
                assert asked_by_page(person, reverse(name, args=(slug, *own_args)), data) <= MOST

        # 2. A stranger gets the 404 of what does not exist.
        with rolled_back(), scoping_off(layer):
            answer = ask(self.outsider, name, route, (slug, *own_args), own_data)
            if route.guest:
                assert b"of Birch" not in body(answer)
            else:
                assert answer.status_code == 404

        # 3. A member of Alder, at Alder's address, with the id of something of Birch's.
        if own_args != foreign_args:
            with rolled_back(), scoping_off(layer):
                answer = ask(person, name, route, (slug, *foreign_args), own_data)
                assert answer.status_code == 404, (answer.status_code, body(answer)[:600])
        # … and at Birch's address.
        if not route.guest:
            with rolled_back(), scoping_off(layer):
                there = self.birch.cast.centre.slug
                answer = ask(person, name, route, (there, *foreign_args), foreign_data)
                assert answer.status_code == 404

        # 4. Ids of Birch posted as choices: refused by the form, nothing changed.
        for choice in route.choices:
            with rolled_back(), scoping_off(layer):
                data = {**own_data, choice: foreign_data[choice]}
                own_before = fingerprint(self.alder)
                answer = ask(person, name, route, (slug, *own_args), data)
                assert answer.status_code in {404, 409, 422}, (choice, answer.status_code)
                assert fingerprint(self.alder) == own_before, choice

        # 5. Own centre, right role, someone else's object (row security can't know).
        if layer != "database":
            for somebody, args in route.someone_elses(self.alder):
                with rolled_back():
                    answer = ask(somebody, name, route, (slug, *args), own_data)
                    assert answer.status_code == 404, (somebody, answer.status_code)

        # 6. Nobody signed in is asked to.
        if not route.guest:
            with rolled_back():
                answer = ask(None, name, route, (slug, *own_args), own_data)
                assert answer.status_code == 302
                assert answer["Location"].startswith(reverse("account_login"))

        assert fingerprint(self.birch) == before


class Matrix(Cases):
    """Every route in every layer; the tests are made below, one for each."""


class DraftMatrix(DraftTestCase, Cases):
    """The routes that name a draft made from a handbook."""


def _test_of(name: str, layer: str) -> Callable[[Cases], None]:
    def test(self: Cases) -> None:
        self.hold(name, layer)

    return test


for _name, _route in ROUTES.items():
    for _layer in LAYERS:
        setattr(
            DraftMatrix if _route.args in AT_A_DRAFT else Matrix,
            f"test_{_name.replace(':', '_')}_{_layer}",
            _test_of(_name, _layer),
        )
