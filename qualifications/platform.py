"""The one door through which the site writes rows that every centre shares."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction


@contextmanager
def platform_context(using: str = "default") -> Iterator[None]:
    """Let the block write shared rows of the catalogue, in a transaction that it opens.

    Only actions of the platform's own staff enter it. The setting ends with the block, as a
    savepoint that is released would keep it; a rollback takes it back by itself. The `owner` role
    needs no leave, and passes through unchanged.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.platform', 'catalogue', true)")
        yield
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.platform', '', true)")
