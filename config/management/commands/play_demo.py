"""The demonstration: everything set up, the main job played, the site served."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

PATIENCE = 120  # seconds without a new paper before the demonstration gives up


class Command(BaseCommand):
    """Plays the job once (twice is harmless), then serves until Ctrl-C unless ``SERVE=0``."""

    help = "Migrate, load the catalogue, play the main job for two centres, then serve it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Serving alone."""
        parser.add_argument("--serve-only", action="store_true", help="serve what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the whole."""
        if not settings.DEMO:
            raise CommandError("The demonstration runs with DEMO=1 only: use make demo.")
        if not options["serve_only"]:
            self._prepare()
        port = free_port(int(os.environ.get("PORT", "8000")))
        url = f"http://localhost:{port}"
        os.environ["SITE_URL"] = url  # for the worker and the site: papers print it
        with self._worker():
            if not options["serve_only"]:
                self._play(url)
            if os.environ.get("SERVE", "1") != "0":
                self._serve(port, url)

    def _prepare(self) -> None:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        call_command("load_qualifications", stdout=self.stdout)
        call_command("check", databases=["default"], stdout=self.stdout)
        call_command("check_isolation", stdout=self.stdout)

    def _play(self, url: str) -> None:
        from config.demo.play import play
        from config.demo.summary import FOLDER, jobs_done, write_summary

        for line in play():
            self.stdout.write(line)
        done, total = jobs_done()
        since = time.monotonic()
        while done < total:
            if time.monotonic() - since > PATIENCE:
                raise CommandError(
                    f"{total - done} of {total} papers and handbooks took over {PATIENCE} s. "
                    "The worker's log says why: var/demo/worker.log."
                )
            time.sleep(0.5)
            before, (done, total) = done, jobs_done()
            if done > before:
                since = time.monotonic()
        summary = write_summary(url)
        call_command("verify_ledger", stdout=self.stdout)
        self.stdout.write(
            "\nLogins (password of all: {}):".format(summary["logins"][0]["password"])
        )
        for login in summary["logins"]:
            self.stdout.write(f"  {login['centre']:<6} {login['role']:<14} {login['email']}")
        self.stdout.write("\nSigned sheets:")
        for sheet in summary["sheets"]:
            self.stdout.write(
                f"  {sheet['centre']:<6} {sheet['learner']}, {sheet['assessment']}, attempt "
                f"{sheet['attempt']}, version {sheet['version']}: "
                f"{sheet['outcome']}, {sheet['explained']}\n         {sheet['pdf']}"
            )
        self.stdout.write("\nApproved alignments:")
        for each in summary["alignments"]:
            self.stdout.write(
                f"  {each['centre']:<6} {each['programme']}, {each['pathway']}, version "
                f"{each['version']}\n         {each['pdf']}"
            )
        self.stdout.write("\nHandbooks to review (sign in as the lead):")
        for each in summary["handbooks"]:
            self.stdout.write(
                f"  {each['centre']:<6} {each['name']}: {each['open']} of {each['doubts']} "
                f"doubtful readings open\n         {each['url']}"
            )
        self.stdout.write(f"\nSummary: {FOLDER / 'summary.json'}")

    @contextlib.contextmanager
    def _worker(self) -> Any:
        """A Celery worker with its beat and watchdog, for as long as the demonstration runs."""
        folder = settings.BASE_DIR / "var" / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_worker", "--beat"],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield
            finally:
                stop_process(worker)

    def _serve(self, port: int, url: str) -> None:
        site = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread"),
                *("--workers", "2", "--threads", "4", "--bind", f"localhost:{port}"),
                *("--log-level", "warning"),
            ],
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
        self.stdout.write(f"\nOpen {url} (Ctrl-C stops)\n")
        with contextlib.suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            site.wait()
        stop_process(site)


def free_port(wanted: int) -> int:
    """The wanted port of this machine, or another where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("localhost", port))
            return int(probe.getsockname()[1])
    raise CommandError("No port of this machine is free.")


def stop_process(process: subprocess.Popen[bytes], patience: int = 20) -> None:
    """Ask a process to end, and make it end where it does not."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
