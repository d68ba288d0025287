"""Telling the workers of rows that are jobs; a broker that is down costs whoever waits little."""

import logging
from collections.abc import Iterable

from celery import current_app
from kombu.exceptions import KombuError

log = logging.getLogger("criterion.jobs")

ONCE = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 2}


def send_to_workers(task: str, *, queue: str, each: Iterable[tuple[str, ...]]) -> bool:
    """Put a task on a queue for each tuple of arguments; says whether the broker took them all.

    On a connection of its own, which is tried once: the shared one waits two seconds between its
    tries, and a person's request would wait with it. What was not taken waits for a sweep.
    """
    try:
        with current_app.connection_for_write(transport_options=ONCE) as connection:
            for arguments in each:
                current_app.send_task(
                    task, args=list(arguments), queue=queue, connection=connection, retry=False
                )
    except (KombuError, OSError) as trouble:
        log.warning("%s waits for its sweep, the broker does not answer: %s", task, trouble)
        return False
    return True
