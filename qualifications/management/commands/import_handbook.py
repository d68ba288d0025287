"""Reads an awarding body's handbook and prints what it says; nothing is stored."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from qualifications.handbook import UnreadableError, as_json, as_summary, read_handbook

UNREADABLE = 2  # the file was refused; 1 is a fault of the command line


class Command(BaseCommand):
    help = (
        "Read a handbook, unit specification, mark sheet or alignment document (.docx, .pdf with"
        " text, .txt, .md) and print what was found, doubtful readings included. Exit codes:"
        " 0 read, 1 wrong use, 2 the file cannot be read."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a summary")

    def handle(self, *args: object, file: Path, json: bool, **options: object) -> None:
        try:
            handbook = read_handbook(file, file.name)
        except UnreadableError as refused:
            raise CommandError(f"{file.name}: {refused}", returncode=UNREADABLE) from None
        self.stdout.write(_json(as_json(handbook)) if json else as_summary(handbook))


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
