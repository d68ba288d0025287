"""List offenders against isolation in the database itself."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from centres.isolation import role_faults, table_faults


class Command(BaseCommand):
    """Exits 1 where a tenant table lacks its policy or key, or the site's role has too much."""

    help = "Check row-level security, composite keys and the runtime role in the database."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line an offender."""
        faults = [*role_faults(connections["default"]), *table_faults(connections["default"])]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            self.stderr.write(f"{len(faults)} offenders")
            sys.exit(1)
        self.stdout.write(
            "No offenders: every tenant table is guarded, the role has no more than it needs."
        )
