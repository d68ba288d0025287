"""Row-level security by raw SQL: with no, the wrong and the right centre, on every tenant table."""

import json
import uuid
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import transaction
from django.db.utils import ProgrammingError

from centres.actions import invite_person
from centres.models import Role
from centres.tenancy import centre_context
from tests.cast import Cast, make_cast
from tests.centres.database import as_owner, parameters, sql, tenant_tables
from tests.quality.whole import fill
from tests.stage import KeptFilesTestCase

APPEND_ONLY = """
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname = 'append_only' ORDER BY 1
"""
COMPOSITE_KEYS = """
    SELECT k.conname, c.relname, t.relname,
           (SELECT attname FROM pg_attribute WHERE attrelid = k.conrelid AND attnum = k.conkey[2])
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_class t ON t.oid = k.confrelid
    WHERE k.contype = 'f' AND array_length(k.conkey, 1) > 1
      AND (SELECT attname FROM pg_attribute
           WHERE attrelid = k.conrelid AND attnum = k.conkey[1]) = 'centre_id'
    ORDER BY 1
"""
# What a CHECK wants beside the pointer, so that it is the key that refuses.
WITH_IT = {
    "sheet_replaces_same_centre": ", reason = 'x'",
    "alignment_replaces_same_centre": ", version = 2",
    "externalconfirmation_visit_same_centre": ", route = 'visit', report_id = NULL",
    "externalconfirmation_direct_claims_same_centre": ", route = 'claim', report_id = NULL",
    "requiredaction_visit_sheet_same_centre": ", review_id = NULL",
}


@pytest.fixture
def two_centres(alder: Cast, birch: Cast) -> tuple[uuid.UUID, uuid.UUID]:
    """The same for the tests whose rows are there for the owner's connection, too."""
    return filled(alder, birch)


def filled(alder: Cast, birch: Cast) -> tuple[uuid.UUID, uuid.UUID]:
    """Alder and Birch with rows in every tenant table: what isn't there could not leak."""
    for cast in (alder, birch):
        make_invitation(cast)
        fill(cast)
    return alder.centre.pk, birch.centre.pk


def make_invitation(cast: Cast) -> None:
    """Somebody who is invited and has not come."""
    with centre_context(cast.centre.pk):
        invite_person(
            actor=cast.max,
            centre=cast.centre,
            email=f"new@{cast.centre.slug}.example.org",
            full_name="Nia Newcomer",
            role=Role.TUTOR,
        )


def refusal_of(statement: str, *values: Any) -> str | None:
    """The SQL state with which the database refuses; None when it doesn't. Nothing is kept."""
    try:
        with transaction.atomic():
            sql(statement, *values)
            transaction.set_rollback(True)
    except ProgrammingError as refused:
        return str(getattr(refused.__cause__, "sqlstate", "?"))
    return None


def rows_touched(statement: str, *values: Any) -> int | str:
    """How many rows a statement reaches, or the SQL state that refuses it. Nothing is kept."""
    try:
        with transaction.atomic():
            found = sql(
                f"WITH reached AS ({statement} RETURNING 1) SELECT count(*) FROM reached", *values
            )
            transaction.set_rollback(True)
    except ProgrammingError as refused:
        return str(getattr(refused.__cause__, "sqlstate", "?"))
    return int(found[0][0])


DENIED = psycopg.errors.InsufficientPrivilege.sqlstate


@pytest.mark.django_db
def test_the_suite_runs_as_the_runtime_role_on_a_test_database() -> None:
    assert sql("SELECT current_user, session_user") == [(settings.RUNTIME_ROLE,) * 2]
    assert sql("SELECT current_database()")[0][0].startswith("test_")


@pytest.mark.django_db
def test_the_runtime_role_has_no_attribute_beyond_signing_in() -> None:
    assert sql(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin "
        "FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False, False, True)]


@pytest.mark.django_db
def test_the_runtime_role_owns_nothing_and_creates_nothing() -> None:
    assert sql("SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    assert sql("SELECT proname FROM pg_proc WHERE proowner = current_user::regrole") == []
    assert refusal_of("CREATE TABLE public.planted (id int)") == DENIED


@pytest.mark.django_db
def test_the_runtime_role_truncates_no_table() -> None:
    tables = [name for (name,) in sql("SELECT tablename FROM pg_tables WHERE schemaname='public'")]
    assert len(tables) > 30
    assert {refusal_of(f'TRUNCATE "{table}" CASCADE') for table in tables} == {DENIED}


@pytest.mark.django_db
def test_the_runtime_role_can_not_become_another_nor_switch_row_security_off() -> None:
    others = [name for (name,) in sql("SELECT rolname FROM pg_roles WHERE rolname <> current_user")]
    assert others
    assert {refusal_of(f'SET ROLE "{other}"') for other in others} == {DENIED}
    with transaction.atomic():
        sql("SET LOCAL row_security = off")
        assert refusal_of("SELECT * FROM centres_registration") == DENIED


class Leaks(KeptFilesTestCase):
    """Both centres have rows in every tenant table, made once: no test keeps what it changes."""

    alder: uuid.UUID
    birch: uuid.UUID

    @classmethod
    def setUpTestData(cls) -> None:
        """Two whole centres."""
        cls.alder, cls.birch = filled(
            make_cast("alder", "Alder Centre", "012345"),
            make_cast("birch", "Birch Training", "067890"),
        )

    def test_every_tenant_table_has_rows_of_both_centres_to_leak(self) -> None:
        tables = tenant_tables()
        assert "centres_registration" in tables
        for centre in (self.alder, self.birch):
            with centre_context(centre):
                assert [t for t in tables if not sql(f'SELECT 1 FROM "{t}" LIMIT 1')] == []

    def test_without_a_centre_no_row_is_seen(self) -> None:
        seen = {t: sql(f'SELECT count(*) FROM "{t}"')[0][0] for t in tenant_tables()}
        assert seen == dict.fromkeys(tenant_tables(), 0)

    def test_in_one_centre_no_row_of_another_is_seen(self) -> None:
        for centre in (self.alder, self.birch):
            with centre_context(centre):
                seen = {t: sql(f'SELECT DISTINCT centre_id FROM "{t}"') for t in tenant_tables()}
            assert seen == {table: [(centre,)] for table in tenant_tables()}

    def change_alders(self, inside: uuid.UUID | str) -> None:
        """Nobody inside there changes or deletes a row of Alder."""
        reached = {}
        with centre_context(inside):
            for table in tenant_tables():
                reached[table, "update"] = rows_touched(
                    f'UPDATE "{table}" SET id = id WHERE centre_id = %s', self.alder
                )
                reached[table, "delete"] = rows_touched(
                    f'DELETE FROM "{table}" WHERE centre_id = %s', self.alder
                )
        assert {key: what for key, what in reached.items() if what not in (0, DENIED)} == {}
        assert 0 in reached.values()

    def test_no_row_of_another_centre_is_changed_or_deleted_in_the_other_centre(self) -> None:
        self.change_alders(self.birch)

    def test_no_row_of_another_centre_is_changed_or_deleted_in_no_centre(self) -> None:
        self.change_alders("")

    def test_the_own_rows_can_be_changed_where_the_table_allows_it(self) -> None:
        with centre_context(self.alder):
            assert rows_touched("UPDATE centres_registration SET id = id") == 4

    def plant_in_alder(self, inside: uuid.UUID | str) -> None:
        """Nobody inside there adds a row to Alder."""
        with centre_context(self.alder):
            rows = {
                t: sql(f'SELECT to_jsonb(t) FROM "{t}" t LIMIT 1')[0][0] for t in tenant_tables()
            }
        answers = {}
        with centre_context(inside):
            for table, row in rows.items():
                copy = json.dumps({**json.loads(row), "id": str(uuid.uuid4())})
                answers[table] = refusal_of(
                    f'INSERT INTO "{table}" '
                    f'SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)',
                    copy,
                )
        assert answers == dict.fromkeys(tenant_tables(), DENIED)

    def test_no_row_is_planted_in_another_centre_from_the_other_centre(self) -> None:
        self.plant_in_alder(self.birch)

    def test_no_row_is_planted_in_another_centre_from_no_centre(self) -> None:
        self.plant_in_alder("")

    def test_no_row_is_moved_to_another_centre(self) -> None:
        with centre_context(self.alder):
            answers = {
                table: refusal_of(f'UPDATE "{table}" SET centre_id = %s', self.birch)
                for table in tenant_tables()
            }
        assert answers == dict.fromkeys(tenant_tables(), DENIED)


def state_of(owner: psycopg.Connection[Any], statement: str, *values: Any) -> str | None:
    """The SQL state with which the owner's statement is refused. Nothing is kept."""
    owner.execute("SAVEPOINT before")
    try:
        owner.execute(statement, values or None)
    except psycopg.Error as refused:
        return refused.sqlstate
    finally:
        owner.execute("ROLLBACK TO before")
    return None


@pytest.mark.django_db(transaction=True)
def test_composite_keys_refuse_a_pointer_into_another_centre_even_to_the_owner(
    two_centres: tuple[uuid.UUID, uuid.UUID],
) -> None:
    alder, birch = two_centres
    answers = {}
    with as_owner() as owner:
        keys = owner.execute(COMPOSITE_KEYS).fetchall()
        for _, table, _, _ in keys:
            owner.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for name, table, target, column in keys:
            child = owner.execute(
                f'SELECT id FROM "{table}" WHERE centre_id = %s LIMIT 1', [birch]
            ).fetchone()
            foreign = owner.execute(
                f'SELECT id FROM "{target}" WHERE centre_id = %s LIMIT 1', [alder]
            ).fetchone()
            assert child and foreign, name
            answers[name] = state_of(
                owner,
                f'UPDATE "{table}" SET "{column}" = %s{WITH_IT.get(name, "")} WHERE id = %s',
                foreign[0],
                child[0],
            )
    assert len(answers) >= 8
    assert answers == dict.fromkeys(answers, psycopg.errors.ForeignKeyViolation.sqlstate)


@pytest.mark.django_db
def test_append_only_tables_take_no_change_from_the_runtime_role(alder: Cast) -> None:
    tables = [name for (name,) in sql(APPEND_ONLY)]
    assert {"centres_auditevent", "centres_platformevent", "centres_signature"} <= set(tables)
    with centre_context(alder.centre.pk):
        answers = {
            refusal_of(statement)
            for table in tables
            for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}")
        }
    assert answers == {DENIED}


@pytest.mark.django_db(transaction=True)
def test_append_only_tables_take_no_change_from_the_owner(
    two_centres: tuple[uuid.UUID, uuid.UUID], sign_in: Any, client: Any, outsider: Any
) -> None:
    sign_in(client, outsider)  # so that the platform's chain has an event
    answers = {}
    with as_owner() as owner:
        for (table,) in owner.execute(APPEND_ONLY).fetchall():
            assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,), table
            for statement in (
                f"UPDATE {table} SET id = id",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                answers[statement] = state_of(owner, statement)
    assert answers == dict.fromkeys(answers, DENIED)


@pytest.mark.django_db
def test_owner_and_runtime_role_are_two_and_share_a_database() -> None:
    owner, runtime = parameters("owner"), parameters("default")
    assert owner["user"] != runtime["user"]
    assert owner["dbname"] == runtime["dbname"]
