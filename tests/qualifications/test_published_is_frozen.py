"""A published specification cannot be changed by anybody, the owner of the tables included."""

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import Model

from qualifications.actions import TREE, load_specification
from qualifications.models import (
    Correction,
    Qualification,
    Specification,
    SpecificationRow,
    Unit,
    Verb,
)
from tests.qualifications.orchard import DRAFT_OF_8588, ORCHARD, PUBLISHED, remove_draft

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

# A column of each table that may be set to itself: the attempt alone is refused.
TABLES: list[type[Model]] = [Qualification, Specification, *TREE]


def rows_of(model: type[Model], published: Specification) -> str:
    """The condition that picks the published specification's own rows, as SQL."""
    if model is Qualification:
        return f"id = '{published.qualification_id}'"
    column = "id" if model is Specification else "specification_id"
    return f"{column} = '{published.pk}'"


def attempt(sql: str) -> int:
    """Run as the owner, in a savepoint; the number of rows touched."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


@pytest.fixture
def published() -> Specification:
    return load_specification(PUBLISHED).specification


@pytest.fixture
def draft() -> Specification:
    return load_specification(ORCHARD).specification


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_no_row_of_a_published_tree_is_updated(
    model: type[Model], published: Specification
) -> None:
    table = model._meta.db_table
    with pytest.raises(IntegrityError, match="frozen"):
        attempt(f"UPDATE {table} SET id = id WHERE {rows_of(model, published)}")


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_no_row_of_a_published_tree_is_deleted(
    model: type[Model], published: Specification
) -> None:
    table = model._meta.db_table
    with pytest.raises(IntegrityError, match="frozen"):
        attempt(f"DELETE FROM {table} WHERE {rows_of(model, published)}")


@pytest.mark.parametrize("model", TREE, ids=lambda model: model.__name__)
def test_no_row_is_added_to_a_published_tree(
    model: type[SpecificationRow], published: Specification
) -> None:
    row = model._default_manager.using("owner").filter(specification=published).first()
    assert row, f"the orchard has no {model.__name__}"
    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(using="owner"):
        model._default_manager.using("owner").bulk_create([row])


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_draft_stays_open(model: type[Model], draft: Specification) -> None:
    table = model._meta.db_table
    assert attempt(f"UPDATE {table} SET id = id WHERE {rows_of(model, draft)}") > 0


def test_a_row_is_not_moved_into_a_published_tree_nor_out_of_it(
    published: Specification,
) -> None:
    other = load_specification(ORCHARD.replace('version: "1"', 'version: "2"')).specification
    for origin, target in ((other, published), (published, other)):
        with pytest.raises(IntegrityError, match="frozen"):
            attempt(
                f"UPDATE {Correction._meta.db_table} SET specification_id = '{target.pk}',"
                f" position = 99 WHERE specification_id = '{origin.pk}'"
            )


def test_a_publication_is_not_taken_back(published: Specification) -> None:
    with pytest.raises(IntegrityError, match="version 1 is published and frozen"):
        attempt(
            f"UPDATE {Specification._meta.db_table} SET published_at = NULL, published_by = ''"
            f" WHERE id = '{published.pk}'"
        )


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_no_table_of_the_catalogue_is_emptied(model: type[Model], published: Specification) -> None:
    connections["owner"].check_constraints()  # settle deferred keys, or TRUNCATE stops at those
    with pytest.raises(IntegrityError, match="cannot be emptied"):
        attempt(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_the_orchard_fills_every_table() -> None:
    """Without a row in it, a table's other tests here would prove nothing."""
    load_specification(ORCHARD)
    for model in TREE:
        assert (
            model._default_manager.using("owner")
            .filter(specification__qualification__number="9001")
            .exists()
        ), model.__name__


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_a_row_being_added_and_a_publication_wait_for_each_other() -> None:
    draft = load_specification(DRAFT_OF_8588).specification
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    add = (
        f"INSERT INTO {Verb._meta.db_table} (id, specification_id, position, word, meaning)"
        f" VALUES (gen_random_uuid(), '{draft.pk}', 99, 'water', 'Give water.')"
    )
    publish = (
        f"UPDATE {Specification._meta.db_table} SET published_at = now(), published_by = 'X'"
        f" WHERE id = '{draft.pk}'"
    )
    try:
        with psycopg.connect(**parameters) as one, psycopg.connect(**parameters) as other:
            other.execute("SET lock_timeout = '200ms'")
            other.commit()
            for first, second in ((add, publish), (publish, add)):
                one.execute(first)
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    other.execute(second)
                one.rollback()
                other.rollback()
    finally:
        remove_draft(draft)
    assert not Unit.objects.using("owner").filter(specification=draft.pk).exists()
