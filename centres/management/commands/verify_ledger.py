"""Walk the audit ledger's chains."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from centres.ledger import ledger_faults
from centres.models import Centre
from centres.tenancy import centre_context


class Command(BaseCommand):
    """Exits 1 where any chain has a fault."""

    help = "Verify the hash chain of every centre's ledger (or of one), and the platform's."

    def add_arguments(self, parser: CommandParser) -> None:
        """An optional centre."""
        parser.add_argument("--centre", help="the slug of one centre")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a chain and one a fault."""
        centres = Centre.objects.all()
        if options["centre"]:
            centres = centres.filter(slug=options["centre"])
            if not centres:
                raise CommandError(f"There is no centre “{options['centre']}”.")
        total = 0
        for centre in centres:
            with centre_context(centre.pk):
                total += self._say(centre.name, list(ledger_faults(centre)))
        total += self._say("platform", list(ledger_faults(None)))
        if total:
            sys.exit(1)

    def _say(self, name: str, faults: list[str]) -> int:
        self.stdout.write(f"{name}: {'whole' if not faults else f'{len(faults)} faults'}")
        for fault in faults:
            self.stdout.write(f"  {fault}")
        return len(faults)
