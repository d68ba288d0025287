"""Reads an awarding body's handbook and prints what it says; nothing is stored."""

import json
import resource
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from qualifications.handbook import UnreadableError, as_json, as_summary, read_handbook

WRONG_USE, UNREADABLE = 1, 2
SECONDS = 60  # of processor time
AGAIN = 1  # second between further stops, should a callback of the collector swallow one
MEMORY = 2 << 30  # bytes of address space, that of Django with it
SMALLER = "Import the part with units and mark sheets alone, or save the document as text."


class Command(BaseCommand):
    help = (
        "Read a handbook, unit specification, mark sheet or alignment document (.docx, .pdf with"
        " text, .txt, .md) and print what was found, doubtful readings included. Exit codes:"
        " 0 read, 1 wrong use (no FILE is named, there is none at its path, or an option is"
        " unknown), 2 the file is there and cannot be read."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a summary")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that raises for a wrong use, instead of ending with 2 as argparse does."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.called_from_command_line = False
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as from the shell; what is raised while the line is read is wrong use."""
        try:
            super().run_from_argv(argv)
        except CommandError as wrong:
            self.stderr.write(str(wrong))
            sys.exit(WRONG_USE)

    def handle(self, *args: object, file: Path, json: bool, **options: object) -> None:
        if not file.is_file():
            rule = f"{file}: there is no such file. Check the path."
            raise CommandError(rule, returncode=WRONG_USE)
        try:
            with _limits():
                handbook = read_handbook(file, file.name)
        except (_TooLongError, MemoryError):
            rule = f"{file.name}: reading it takes more time or memory than it may."
            raise CommandError(f"{rule} {SMALLER}", returncode=UNREADABLE) from None
        except UnreadableError as refused:
            raise CommandError(f"{file.name}: {refused}", returncode=UNREADABLE) from None
        except OSError as fault:
            rule = f"{file.name}: the file cannot be opened ({fault.strerror})."
            raise CommandError(rule, returncode=UNREADABLE) from None
        self.stdout.write(_json(as_json(handbook)) if json else as_summary(handbook))


class _TooLongError(Exception):
    """The reading has used up its seconds."""


@contextmanager
def _limits() -> Iterator[None]:
    """Bound a reading's processor time and memory, as the worker does in a process of its own."""

    def stop(*_: object) -> None:
        raise _TooLongError

    memory = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, AGAIN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, memory[1]))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        resource.setrlimit(resource.RLIMIT_AS, memory)


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
