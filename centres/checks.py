"""Start-up checks: the site refuses to run as a role that row-level security does not bind."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Critical, Error, Tags, register
from django.db import connections
from django.db.utils import OperationalError

from centres.isolation import role_faults


@register(Tags.database)
def runtime_role(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The default connection's role owns nothing, is no superuser and can't pass row security."""
    if not databases or "default" not in databases:
        return []
    try:
        faults = list(role_faults(connections["default"]))
    except OperationalError as fault:
        return [Critical(f"The database can't be reached: {fault}", id="centres.C001")]
    return [
        Critical(
            fault,
            hint="Set DATABASE_URL to the runtime role (see docs/environment.md).",
            id="centres.C002",
        )
        for fault in faults
    ]


@register()
def atomic_requests(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every request to the site is one transaction; the owner's connection is never part of it."""
    faults: list[CheckMessage] = []
    if not settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        faults.append(Error("DATABASES['default'] must have ATOMIC_REQUESTS", id="centres.E001"))
    if settings.DATABASES.get("owner", {}).get("ATOMIC_REQUESTS"):
        faults.append(Error("DATABASES['owner'] must not have ATOMIC_REQUESTS", id="centres.E002"))
    return faults
