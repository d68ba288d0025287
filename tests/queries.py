"""How much a page may ask of the database, counted beside the positive control of every route."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from centres.models import User
from tests.cast import sign_in_client

MOST = 15  # design, figures to hold


def asked_by_page(person: User | None, path: str, data: dict[str, Any]) -> int:
    """How many queries a page asks once what never changes has been read; 0 for any other answer.

    Ten of them are the session's, the person's and the centre's.
    """
    client = Client()
    if person is not None:
        sign_in_client(client, person)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            answer: Any = client.get(path, data)
        if answer.streaming:
            b"".join(answer.streaming_content)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            return 0
        if len(queries) <= MOST:
            break
    return len(queries)
