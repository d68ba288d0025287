"""Makes papers while workers are killed and the broker is restarted; counts what came out."""

import logging
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config import chaos
from config.services import PROJECT
from config.services.ground import Ground
from qualifications.actions import load_specification


class Command(BaseCommand):
    """Exit 0: none lost, none twice, all within two minutes of the last fault. 1 otherwise."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--papers", type=int, default=100, help="first issues, two a sheet (100)"
        )
        parser.add_argument("--kills", type=int, default=10, help="worker processes killed (10)")
        parser.add_argument("--restarts", type=int, default=2, help="restarts of the broker (2)")
        parser.add_argument("--seed", type=int, help="repeats the order of the faults")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run on ground of its own: outside that, only to make it and run there."""
        if chaos.GROUND not in os.environ:
            with chaos.ground_of_its_own() as environ:
                done = subprocess.run([sys.executable, *sys.argv], env=environ, check=False)
            sys.exit(done.returncode)
        logging.getLogger("criterion.chaos").setLevel(logging.INFO)
        call_command("migrate", database="owner", verbosity=0)
        load_specification(PROJECT / "fixtures" / "qualifications" / "8588.yaml", using="owner")
        seed = options["seed"] if options["seed"] is not None else random.randrange(10**6)  # noqa: S311
        begun = time.monotonic()
        centre = chaos.sign_all(chaos.story(options["papers"] // chaos.COPIES))
        papers = chaos.papers_due(centre)
        self.stdout.write(
            f"{papers} papers due, signed in {time.monotonic() - begun:.0f} s, "
            f"{chaos.backlog()} on the queue; faults by seed {seed}"
        )
        folder = Path(os.environ[chaos.GROUND])
        run = chaos.Chaos(
            centre=centre,
            ground=chaos.broker_ground(folder, Ground.of(PROJECT)),
            papers=papers,
            kills=options["kills"],
            restarts=options["restarts"],
            seed=seed,
        )
        begun = time.monotonic()
        run.run()
        self._report(run, run.done_at - begun)

    def _report(self, run: chaos.Chaos, seconds: float) -> None:
        tally = chaos.count_up(run.centre)
        faults = ", ".join(f"{what} {count}×" for what, count in sorted(run.told.items()))
        in_time = run.seconds_after <= chaos.MOST_SECONDS
        for line in (
            f"faults: {faults}",
            f"issued {tally.issued} of {run.papers} in {seconds:.0f} s",
            f"lost {tally.lost}, twice {tally.twice}, files wrong {tally.files_wrong}, "
            f"files left over {tally.files_left_over}, not genuine {tally.not_genuine}, "
            f"ledger faults {tally.ledger_faults}",
            f"last paper {run.seconds_after:.0f} s after the last fault "
            f"(at most {chaos.MOST_SECONDS})",
        ):
            self.stdout.write(line)
        sys.exit(0 if tally.is_clean and tally.issued == run.papers and in_time else 1)
