"""Reaching round the code: raw SQL as the site's role, and as the owner in a transaction undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections

TENANT_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND a.attname = 'centre_id' AND a.attnotnull AND NOT a.attisdropped
      AND c.relname <> 'centres_membership'
    ORDER BY c.relname
"""


def sql(statement: str, *values: Any) -> list[Any]:
    """Run one statement on the site's own connection and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def tenant_tables() -> list[str]:
    """Every table whose rows all belong to a centre, as the catalogue of the database says."""
    return [name for (name,) in sql(TENANT_TABLES)]


def parameters(alias: str) -> dict[str, Any]:
    """How to reach the test database with psycopg alone."""
    wanted = connections[alias].get_connection_params()
    return {
        key: wanted[key]
        for key in ("host", "port", "user", "password", "dbname", "options")
        if key in wanted
    }


@contextmanager
def as_owner() -> Iterator[psycopg.Connection[Any]]:
    """A transaction of the owner role that is always undone."""
    with psycopg.connect(**parameters("owner")) as connected:
        try:
            yield connected
        finally:
            connected.rollback()
