"""Loads specification files into the catalogue, as the owner role."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from qualifications.actions import load_specifications
from qualifications.catalogue_file import CatalogueFaultsError, read_specification

FIXTURES = Path("fixtures") / "qualifications"


class Command(BaseCommand):
    help = (
        "Load specification files (default: every file of fixtures/qualifications). "
        "All of them are checked before anything is written; loading twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="check the files, write nothing")

    def handle(self, *args: object, files: list[Path], check: bool, **options: object) -> None:
        paths = files or sorted((settings.BASE_DIR / FIXTURES).glob("*.yaml"))
        if not paths:
            raise CommandError(
                f"There is no file in {FIXTURES}. Name the files to load after the command."
            )
        try:
            if check:
                for path in paths:
                    self.stdout.write(f"{path.name}: {read_specification(path).label} is sound")
                return
            self._require_owner()
            for loaded in load_specifications(paths):
                self.stdout.write(str(loaded))
        except CatalogueFaultsError as refused:
            for fault in refused.faults:
                self.stderr.write(str(fault))
            count = len(refused.faults)
            noun = "fault" if count == 1 else "faults"
            raise CommandError(f"{count} {noun} found: nothing was loaded.") from None

    def _require_owner(self) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError(
                "The shared catalogue is written by the owner role, and DATABASE_OWNER_URL is not"
                " set. Set it for this command."
            )
