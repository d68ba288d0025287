"""Checks a PDF file on this machine as the check page does."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessment.paper.seal import MAX_BYTES
from assessment.verification import Answer, verify_file


class Command(BaseCommand):
    """Exit 0: valid and current. 2: authentic, but superseded or stale. 1: anything else."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF file to check")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Print the answer, one plain line each; leave with its code."""
        try:
            with file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except OSError as trouble:
            raise CommandError(
                f"{file} can’t be read ({trouble.strerror}). Give the path of a PDF file."
            ) from None
        answer = verify_file(content)
        for line in lines(answer):
            self.stdout.write(line)
        sys.exit(answer.exit_code)


def lines(answer: Answer) -> list[str]:
    """The answer as a terminal shows it."""
    said, issue = answer.said, answer.issue
    pairs = [("", f"{said.word}. {answer.sentence}")]
    if issue:
        pairs += [
            ("Document", issue.kind),
            ("Issued by", f"{issue.centre_name}, centre {issue.centre_number}"),
            ("Issued", f"{timezone.localtime(issue.issued_at):%Y-%m-%d %H:%M %Z}"),
            ("Signed by", issue.signers),
        ]
        if issue.replaced_at:
            pairs.append(("Replaced", f"{timezone.localtime(issue.replaced_at):%Y-%m-%d %H:%M %Z}"))
    pairs += [
        ("File matches", said.matches),
        ("Seal", said.seal),
        ("Fingerprint", answer.sha256),
        ("It can be innocent", said.innocent),
        ("What to do", answer.remedy),
    ]
    return [f"{label}: {value}" if label else value for label, value in pairs if value]
