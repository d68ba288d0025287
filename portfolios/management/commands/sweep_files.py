"""Deletes the files that a request left behind when its transaction was rolled back."""

from typing import Any

from django.core.management.base import BaseCommand

from centres.models import Centre
from centres.tenancy import centre_context
from portfolios.files import sweep_files


class Command(BaseCommand):
    """Go through every centre's files."""

    help = "Delete stored files that have no row and are older than a day."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep centre by centre, each in its own context."""
        count = 0
        for centre in Centre.objects.all():
            with centre_context(centre.pk):
                count += sweep_files(centre)
        self.stdout.write(f"{count} left-behind {'file' if count == 1 else 'files'} deleted.")
