"""Row-level security of the catalogue: shared rows for all to read, a centre's own for it alone."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.models import Model

from qualifications.actions import TREE, load_specification
from qualifications.models import (
    Assessment,
    AwardingBody,
    Pathway,
    Qualification,
    Specification,
    Unit,
    Verb,
)
from qualifications.queries import assessment_tree
from tests.qualifications.orchard import ALDER, BIRCH, OF_A_CENTRE, as_centre

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

TABLES: list[type[Model]] = [Qualification, Specification, *TREE]


def name(model: type[Model]) -> str:
    return model.__name__


def run(sql: str, *values: UUID | None) -> int:
    """Run as the site's role, in a savepoint; the number of rows touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@pytest.fixture
def of_alder() -> Iterator[Specification]:
    """A draft that the centre Alder wrote itself, through the site's own role."""
    with as_centre(ALDER):
        loaded = load_specification(OF_A_CENTRE, using="default", centre_id=ALDER)
    yield loaded.specification


def test_the_site_runs_as_a_role_that_the_policies_bind() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, current_database() FROM pg_roles"
            " WHERE rolname = current_user"
        )
        unbound, database = cursor.fetchone()
    assert unbound is False
    assert database.startswith("test_")


@pytest.mark.parametrize("centre", [None, ALDER], ids=["no centre", "a centre"])
def test_shared_rows_are_read_by_everybody(centre: UUID | None) -> None:
    with as_centre(centre):
        sheet = Assessment.objects.get(code="501-portfolio")
        assert len(assessment_tree(sheet.id).criteria) == 11
        assert Pathway.objects.filter(specification=sheet.specification).count() == 2


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_a_row_of_a_centre_is_seen_by_that_centre_alone(
    model: type[Model], of_alder: Specification
) -> None:
    table = model._meta.db_table
    count = f"SELECT 1 FROM {table} WHERE centre_id IS NOT NULL"
    with as_centre(ALDER):
        assert run(count) > 0
    for stranger in (BIRCH, None):
        with as_centre(stranger):
            assert run(count) == 0


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_a_row_of_a_centre_is_changed_and_removed_by_that_centre_alone(
    model: type[Model], of_alder: Specification
) -> None:
    table = model._meta.db_table
    update = f"UPDATE {table} SET id = id WHERE centre_id = '{ALDER}'"
    for stranger in (BIRCH, None):
        with as_centre(stranger):
            assert run(update) == 0
            assert run(f"DELETE FROM {table} WHERE centre_id = '{ALDER}'") == 0
    with as_centre(ALDER):
        assert run(update) > 0


@pytest.mark.parametrize("model", TABLES, ids=name)
@pytest.mark.parametrize("centre", [None, ALDER], ids=["no centre", "a centre"])
def test_shared_rows_are_changed_and_removed_by_no_centre(
    model: type[Model], centre: UUID | None
) -> None:
    table = model._meta.db_table
    with as_centre(centre):
        assert run(f"UPDATE {table} SET id = id WHERE centre_id IS NULL") == 0
        assert run(f"DELETE FROM {table} WHERE centre_id IS NULL") == 0


@pytest.mark.parametrize(
    ("centre", "owner"),
    [(None, None), (None, ALDER), (ALDER, None), (ALDER, BIRCH)],
    ids=["none for all", "none for Alder", "Alder for all", "Alder for Birch"],
)
def test_a_row_is_written_for_the_current_centre_only(
    centre: UUID | None, owner: UUID | None
) -> None:
    body = AwardingBody.objects.get(code="ILM")
    with as_centre(centre), pytest.raises(ProgrammingError, match="row-level security"):
        run(
            f"INSERT INTO {Qualification._meta.db_table}"
            " (id, centre_id, awarding_body_id, number, title, level)"
            " VALUES (%s, %s, %s, '9002', 'Drying apples', 3)",
            uuid4(),
            owner,
            body.pk,
        )


def test_a_centre_cannot_hand_its_rows_to_another(of_alder: Specification) -> None:
    with as_centre(ALDER), pytest.raises(ProgrammingError, match="row-level security"):
        run(
            f"UPDATE {Qualification._meta.db_table} SET centre_id = %s WHERE id = %s",
            BIRCH,
            of_alder.qualification_id,
        )


def test_awarding_bodies_are_read_by_everybody_and_written_by_the_owner_alone() -> None:
    table = AwardingBody._meta.db_table
    with as_centre(ALDER):
        assert run(f"SELECT 1 FROM {table} WHERE code = 'ILM'") == 1
        assert run(f"UPDATE {table} SET name = 'Ours'") == 0
        assert run(f"DELETE FROM {table}") == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            run(f"INSERT INTO {table} (id, code, name) VALUES (%s, 'X', 'X')", uuid4())


def test_a_centre_cannot_hang_a_row_on_the_shared_tree_or_on_another_centres(
    of_alder: Specification,
) -> None:
    shared = Specification.objects.get(qualification__number="8588")
    add = (
        f"INSERT INTO {Verb._meta.db_table}"
        " (id, centre_id, specification_id, position, word, meaning)"
        " VALUES (%s, %s, %s, 99, 'water', 'Give water.')"
    )
    with as_centre(BIRCH):
        for target in (shared, of_alder):
            with pytest.raises(IntegrityError, match="no such specification here"):
                run(add, uuid4(), BIRCH, target.pk)
    with as_centre(ALDER):
        assert run(add, uuid4(), ALDER, of_alder.pk) == 1


def test_a_centre_cannot_start_a_version_of_another_centres_qualification(
    of_alder: Specification,
) -> None:
    add = (
        f"INSERT INTO {Specification._meta.db_table}"
        " (id, centre_id, qualification_id, version, published_by, source, digest)"
        f" VALUES (%s, %s, %s, '3', '', 'own', '{'0' * 64}')"
    )
    with as_centre(BIRCH), pytest.raises(IntegrityError, match="belongs to a shared"):
        run(add, uuid4(), BIRCH, of_alder.qualification_id)
    shared = Qualification.objects.get(number="8588")
    with as_centre(BIRCH):
        assert run(add, uuid4(), BIRCH, shared.pk) == 1


def test_the_owner_cannot_mix_centres_within_a_tree() -> None:
    draft = load_specification(OF_A_CENTRE, centre_id=ALDER).specification
    with (
        pytest.raises(IntegrityError, match="same centre as its specification"),
        transaction.atomic(using="owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE {Unit._meta.db_table} SET centre_id = NULL WHERE specification_id = %s",
            [draft.pk],
        )


def test_two_centres_may_each_hold_the_same_number_and_version() -> None:
    """One centre's numbers must not be found out by trying them at another."""
    for centre in (ALDER, BIRCH):
        with as_centre(centre):
            loaded = load_specification(OF_A_CENTRE, using="default", centre_id=centre)
            assert loaded.state == "loaded"
            assert Specification.objects.filter(qualification__number="9001").count() == 1


def test_a_number_is_held_once_among_the_shared_ones_too() -> None:
    held = Qualification.objects.using("owner").get(number="8588")
    with (
        pytest.raises(IntegrityError, match="qualification_number_once"),
        transaction.atomic(using="owner"),
    ):
        Qualification.objects.using("owner").create(
            awarding_body_id=held.awarding_body_id, number="8588", title="Again", level=5
        )


def test_every_table_with_a_centre_forces_its_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
                   array_agg(p.polcmd::text ORDER BY p.polcmd)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
            WHERE a.attname = 'centre_id' AND c.relkind = 'r'
              AND c.relname LIKE 'qualifications!_%' ESCAPE '!'
            GROUP BY 1, 2
            """.replace("%'", "%%'"),
            [],
        )
        found = {table: (forced, commands) for table, forced, commands in cursor.fetchall()}
    assert found == {model._meta.db_table: (True, ["*", "a", "d", "r", "w"]) for model in TABLES}
