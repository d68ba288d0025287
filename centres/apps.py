"""Who: the tenant, its people, their registrations, and what every tenant record needs."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules


def grant_by_default(using: str, **kwargs: Any) -> None:
    """Let the runtime role read and write whatever tables the migrations are about to create."""
    connection = connections[using]
    role = connection.ops.quote_name(settings.RUNTIME_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [settings.RUNTIME_ROLE])
        if cursor.fetchone()[0]:
            return
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        for what in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "USAGE ON SEQUENCES"):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {what} TO {role}")


class CentresConfig(AppConfig):
    """Centres, people, registrations, isolation, ledger, signatures."""

    name = "centres"

    def ready(self) -> None:
        """Register checks, each app's rows of the access table, and the grants."""
        from centres import checks, sign_in_events  # noqa: F401

        autodiscover_modules("access", "events")
        pre_migrate.connect(grant_by_default, sender=self)
