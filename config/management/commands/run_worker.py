"""Runs a worker for papers, files and letters, and keeps it at work."""

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from assessment.paper.keys import SealKeyFault
from assessment.sealing import seal_key
from config.worker import QUEUES, Keeper

log = logging.getLogger("criterion.worker")


class Command(BaseCommand):
    """Until SIGTERM or Ctrl-C; then the tasks under way are finished first."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="processes (2)")
        parser.add_argument("--queues", default=",".join(QUEUES), help=",".join(QUEUES))
        parser.add_argument("-B", "--beat", action="store_true", help="send periodic tasks too")
        parser.add_argument(
            "--patience", type=float, default=60.0, help="seconds without progress (60)"
        )
        parser.add_argument("--grace", type=float, default=60.0, help="seconds to finish in (60)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; a seal key that is missing is told at once and not only by the first paper."""
        try:
            seal_key()
        except SealKeyFault as fault:
            log.warning("papers will wait, for the seal can’t be used: %s", fault)
        keeper = Keeper(
            concurrency=options["concurrency"],
            queues=tuple(options["queues"].split(",")),
            beat=options["beat"],
            patience=options["patience"],
            grace=options["grace"],
        )
        sys.exit(keeper.run())
