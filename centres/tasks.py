"""The base of tasks that touch tenant rows: the centre's id comes first and is entered."""

import uuid
from typing import Any

from celery import Task

from centres.tenancy import centre_context


class CentreTask(Task):  # type: ignore[type-arg]
    """Runs inside the context of the centre whose id is the task's first argument."""

    abstract = True

    def __call__(self, centre_id: str, *args: Any, **kwargs: Any) -> Any:
        """Enter the centre, then run."""
        with centre_context(uuid.UUID(centre_id)):
            return super().__call__(centre_id, *args, **kwargs)
