"""The test database (made by the owner role, used by the runtime role) and the cast."""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connections
from django.test import Client, TransactionTestCase, override_settings
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as examples

from tests.databases import migrated_template

if TYPE_CHECKING:
    from centres.models import Centre, User
    from centres.signatures import Proof
    from tests.cast import Cast

# A loaded machine is slow, and no test is about time.
examples.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("untimed")
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission", "cache_entry"}


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: looking through it for garbage is time lost."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Create the test database as the owner, with the catalogue in it."""
    with django_db_blocker.unblock():
        _drop_databases_of_dead_runs()
        with migrated_template() as template:
            connections["owner"].settings_dict["TEST"]["TEMPLATE"] = template
            made = setup_databases(verbosity=0, interactive=False)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(made, verbosity=0)


def _drop_databases_of_dead_runs() -> None:
    """A run that was killed leaves its database behind; its name tells whose it was."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_criterion_[0-9]+'")
        for (name,) in cursor.fetchall():
            if not Path(f"/proc/{name.split('_')[2]}").exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _empty_as_owner(self: TransactionTestCase) -> None:
    """Empty every table but the catalogue; the site's own role may neither truncate nor delete."""
    connections["default"].close()
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as connection:
        connection.execute("SET lock_timeout = '5s'")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            if name not in KEPT_TABLES and not name.startswith("qualifications_")
        ]
        guarded = [
            name
            for (name,) in connection.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            )
            if name in tables
        ]
        for name in guarded:
            connection.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        connection.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in tables))
        for name in guarded:
            connection.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


TransactionTestCase._fixture_teardown = _empty_as_owner  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[None]:
    """Every test has an empty media folder, but for classes that keep one of their own."""
    if getattr(request.cls, "own_media", False):
        yield
        return
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield


@pytest.fixture
def alder(db: None) -> "Cast":
    """A centre with everybody in it."""
    from tests.cast import make_cast

    return make_cast("alder", "Alder Centre", "012345")


@pytest.fixture
def birch(db: None) -> "Cast":
    """Another centre, so that every leak has something to leak."""
    from tests.cast import make_cast

    return make_cast("birch", "Birch Training", "067890")


@pytest.fixture
def outsider(db: None) -> "User":
    """A person with a login and no membership anywhere."""
    from tests.cast import make_user

    return make_user("outsider@example.org", "Olive Outsider")


@pytest.fixture
def proof() -> "Proof":
    """A proof of identity given just now."""
    from tests.cast import fresh_proof

    return fresh_proof()


@pytest.fixture
def sign_in() -> "Callable[[Client, User], Client]":
    """Sign a person in with the authentication on record, as allauth would have it."""
    from tests.cast import sign_in_client

    return sign_in_client


@pytest.fixture
def within() -> "Callable[[Centre], AbstractContextManager[None]]":
    """The context of a centre."""
    from centres.tenancy import centre_context

    return lambda centre: centre_context(centre.pk)
