"""The database's clock: ``now()`` there is the start of the request, before any wait for a lock."""

import datetime

from django.db import connection


def database_now() -> datetime.datetime:
    """The time by ``clock_timestamp()``, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime.datetime = cursor.fetchone()[0]
    return moment.astimezone(datetime.UTC)
