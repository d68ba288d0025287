"""The database context of a centre: nested, rolled back, released, gone from a reused session."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from centres.tenancy import centre_context
from tests.centres.database import sql

ONE, OTHER = uuid.uuid4(), uuid.uuid4()


def current_centre() -> str:
    """The centre that the database session is in, as text; empty when in none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.centre', true), '')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_outside_of_any_context_there_is_no_centre() -> None:
    assert current_centre() == ""


@pytest.mark.django_db
def test_an_inner_context_gives_way_to_the_outer_one() -> None:
    with centre_context(ONE):
        with centre_context(OTHER):
            assert current_centre() == str(OTHER)
        assert current_centre() == str(ONE)
    assert current_centre() == ""


@pytest.mark.django_db
def test_a_released_savepoint_leaves_nothing_behind() -> None:
    with transaction.atomic():
        with centre_context(ONE):
            pass
        assert current_centre() == ""


@pytest.mark.django_db
def test_a_refused_action_leaves_the_context_with_the_former_centre() -> None:
    with centre_context(ONE):
        with pytest.raises(ValueError, match="no"), centre_context(OTHER):
            raise ValueError("no")
        assert current_centre() == str(ONE)


@pytest.mark.django_db
def test_a_broken_transaction_leaves_the_context_with_the_former_centre() -> None:
    with centre_context(ONE):
        with pytest.raises(IntegrityError), centre_context(OTHER):
            sql("INSERT INTO centres_centre (id) VALUES (%s)", OTHER)
        assert current_centre() == str(ONE)


@pytest.mark.django_db
def test_a_rollback_asked_for_leaves_the_context_with_the_former_centre() -> None:
    with centre_context(ONE):
        with centre_context(OTHER):
            transaction.set_rollback(True)
        assert current_centre() == str(ONE)


@pytest.mark.django_db(transaction=True)
def test_a_pooled_session_starts_without_a_centre() -> None:
    backend = sql("SELECT pg_backend_pid()")
    with centre_context(ONE):
        assert current_centre() == str(ONE)
    assert sql("SELECT pg_backend_pid()") == backend, "the same session is used again"
    assert connection.get_autocommit()
    assert current_centre() == ""


@pytest.mark.django_db(transaction=True)
def test_a_pooled_session_starts_without_a_centre_after_a_rollback() -> None:
    with pytest.raises(ValueError, match="no"), centre_context(ONE):
        raise ValueError("no")
    assert current_centre() == ""
