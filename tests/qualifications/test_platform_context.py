"""The site's own role writes shared rows inside `platform_context` alone, and drafts alone."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model

from qualifications.actions import TREE, load_specification, publish_draft
from qualifications.models import AwardingBody, Qualification, Specification, SpecificationRow
from qualifications.platform import platform_context
from tests.qualifications.orchard import ALDER, OF_A_CENTRE, as_centre

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

# Below a specification the trigger refuses first: it finds none that this role could lock.
REFUSED = "row-level security|no such specification here"

TABLES: list[type[Model]] = [Qualification, Specification, *TREE]


def name(model: type[Model]) -> str:
    return model.__name__


def run(sql: str) -> int:
    """Run as the site's role, in a savepoint; the number of rows touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def its_rows(model: type[Model], specification: Specification) -> str:
    if model is Qualification:
        return f"id = '{specification.qualification_id}'"
    column = "id" if model is Specification else "specification_id"
    return f"{column} = '{specification.pk}'"


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.platform', true), '')")
        return str(cursor.fetchone()[0])


@pytest.fixture
def draft() -> Iterator[Specification]:
    """A shared draft with a row in every table, written by the site's own role."""
    with platform_context():
        loaded = load_specification(OF_A_CENTRE, using="default")
    yield loaded.specification


@pytest.fixture
def published(draft: Specification) -> Specification:
    with platform_context():
        return publish_draft(
            specification=draft, name="Paula Platform", expected_digest=draft.digest
        )


@pytest.mark.parametrize("model", TABLES, ids=name)
@pytest.mark.parametrize("centre", [None, ALDER], ids=["no centre", "a centre"])
def test_without_it_no_shared_row_is_changed_or_removed(
    model: type[Model], centre: object, draft: Specification
) -> None:
    rows = f"{model._meta.db_table} WHERE {its_rows(model, draft)}"
    with as_centre(ALDER if centre else None):
        assert run(f"SELECT 1 FROM {rows}") > 0
        assert run(f"UPDATE {rows.replace(' WHERE', ' SET id = id WHERE')}") == 0
        assert run(f"DELETE FROM {rows}") == 0


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_without_it_no_shared_row_is_added(model: type[Model], draft: Specification) -> None:
    held = model._default_manager.filter(pk__in=_ids(model, draft)).first()
    assert held
    held.pk = None
    held._state.adding = True
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        model._default_manager.bulk_create([held])


def _ids(model: type[Model], specification: Specification) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {model._meta.db_table} WHERE {its_rows(model, specification)}"
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_within_it_a_drafts_rows_are_changed(model: type[Model], draft: Specification) -> None:
    with platform_context():
        assert run(f"UPDATE {model._meta.db_table} SET id = id WHERE {its_rows(model, draft)}") > 0


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_within_it_a_published_row_is_neither_changed_nor_removed(
    model: type[Model], published: Specification
) -> None:
    table, rows = model._meta.db_table, its_rows(model, published)
    with platform_context():
        with pytest.raises(IntegrityError, match="frozen"):
            run(f"UPDATE {table} SET id = id WHERE {rows}")
        with pytest.raises(IntegrityError, match="frozen"):
            run(f"DELETE FROM {table} WHERE {rows}")


@pytest.mark.parametrize("model", TREE, ids=name)
def test_within_it_no_row_is_added_to_a_published_tree(
    model: type[SpecificationRow], published: Specification
) -> None:
    row = model._default_manager.filter(specification=published).first()
    assert row
    row.pk = None
    row._state.adding = True
    with platform_context(), pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        model._default_manager.bulk_create([row])


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_within_it_a_centres_rows_stay_out_of_reach(model: type[Model]) -> None:
    with as_centre(ALDER):
        own = load_specification(OF_A_CENTRE, using="default", centre_id=ALDER).specification
    table, rows = model._meta.db_table, its_rows(model, own)
    with platform_context():
        assert run(f"SELECT 1 FROM {table} WHERE {rows}") == 0
        assert run(f"UPDATE {table} SET id = id WHERE {rows}") == 0
        assert run(f"DELETE FROM {table} WHERE {rows}") == 0


def test_within_it_awarding_bodies_stay_the_owners() -> None:
    table = AwardingBody._meta.db_table
    with platform_context():
        assert run(f"UPDATE {table} SET name = 'Ours'") == 0
        assert run(f"DELETE FROM {table}") == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            run(f"INSERT INTO {table} (id, code, name) VALUES (gen_random_uuid(), 'X', 'X')")


def test_within_it_a_row_is_not_handed_to_a_centre(draft: Specification) -> None:
    with platform_context(), pytest.raises(ProgrammingError, match="row-level security"):
        run(
            f"UPDATE {Specification._meta.db_table} SET centre_id = '{ALDER}'"
            f" WHERE id = '{draft.pk}'"
        )


def test_it_ends_with_the_block(draft: Specification) -> None:
    change = f"UPDATE {Specification._meta.db_table} SET id = id WHERE id = '{draft.pk}'"
    assert (setting(), run(change)) == ("", 0)
    with platform_context():
        assert (setting(), run(change)) == ("catalogue", 1)
    assert (setting(), run(change)) == ("", 0)


def test_it_ends_with_a_block_that_fails(draft: Specification) -> None:
    with pytest.raises(LookupError), platform_context():
        raise LookupError
    assert setting() == ""
    with transaction.atomic(), pytest.raises(IntegrityError), platform_context():
        run(f"UPDATE {Qualification._meta.db_table} SET level = 9 WHERE number = '9001'")
    assert setting() == ""
