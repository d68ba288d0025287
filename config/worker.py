"""Keeps a Celery worker at work: restarts it when it dies and when it makes no progress.

A worker can be alive and idle, as after a restart of the broker. So the keeper sends a pulse
through the broker to a queue that only its own worker reads, and the task touches a file that only
the keeper reads. A pulse that stays away while the broker answers costs the worker its life.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.celery import app

log = logging.getLogger("criterion.worker")

PULSE = "config.worker.pulse"
PULSE_FILE = "WORKER_PULSE_FILE"
QUEUES = ("pdf", "mail", "files")
PULSE_EVERY = 5.0  # seconds
LOOK_EVERY = 0.2
TO_COME_UP = 90.0  # a busy machine takes its time to start a worker
SHORTEST_LIFE = 5.0  # a worker that dies sooner is started again only after a pause
LONGEST_PAUSE = 15.0
QUIET = "ignore:You're running the worker with superuser"  # in a container that is usual
ONCE = {"max_retries": 0, "socket_connect_timeout": 1}  # how the keeper asks the broker
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h


@app.task(name=PULSE, ignore_result=True)
def pulse() -> None:
    """Say that this worker takes tasks from the broker and gets them done."""
    with suppress(KeyError):
        Path(os.environ[PULSE_FILE]).touch()


@dataclass
class Worker:
    """One worker and what it needs; times in seconds.

    `patience` is how long the pulse may stay away, `grace` how long a worker may take to finish
    its tasks when it is told to stop.
    """

    concurrency: int = 2
    queues: tuple[str, ...] = QUEUES
    beat: bool = False
    patience: float = 60.0
    grace: float = 60.0
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}")
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    _stopping: bool = False
    _started_at: float = 0.0
    _pulse_asked_at: float = 0.0
    _last_good: float = 0.0
    _pause: float = 0.0
    _came_up: bool = False

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; returns the exit code."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._told_to_stop)
        with tempfile.TemporaryDirectory(prefix="criterion-worker-") as folder:
            self._pulse_file = Path(folder) / "pulse"
            while not self._stopping:
                self._look()
                time.sleep(LOOK_EVERY)
            return self._stop()

    def _look(self) -> None:
        """One round: start what is not there, ask for a pulse, end what makes no progress."""
        process = self.process or self._start()
        if process.poll() is not None:
            self._bury(process)
            return
        now = time.monotonic()
        if self._pulse_file.exists():
            self._pulse_file.unlink(missing_ok=True)
            self._last_good = now
            self._came_up = True
        if now - self._pulse_asked_at >= PULSE_EVERY:
            self._pulse_asked_at = now
            if not self._ask_for_pulse():
                # Nothing can come through a broker that is down: that is not the worker's doing.
                self._last_good = time.monotonic()
        patience = self.patience if self._came_up else max(self.patience, TO_COME_UP)
        if now - self._last_good > patience:
            log.warning("worker %d made no progress for %.0f s: killed", process.pid, patience)
            self._kill(process)

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def own_queue(self) -> str:
        return f"pulse.{self.name}"

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-W", QUIET, "-m", "celery", "--quiet"]
        command += ["-A", "config.worker", "worker"]
        command += ["--queues", ",".join([*self.queues, self.own_queue])]
        command += ["--concurrency", str(self.concurrency), "--hostname", f"{self.name}@%h"]
        command += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        if self.beat:
            # The plain scheduler keeps its times in memory: a kill leaves no file to be mended.
            command += ["--beat", "--scheduler", "celery.beat:Scheduler"]
        self._pulse_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            command,
            env={**os.environ, PULSE_FILE: str(self._pulse_file)},
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  one thread, and no lock is held
        )
        self.starts += 1
        self._came_up = False
        self._started_at = self._last_good = self._pulse_asked_at = time.monotonic()
        log.info("worker %d started, queues %s", self.pid, ",".join(self.queues))
        return self.process

    def _bury(self, process: "subprocess.Popen[bytes]") -> None:
        """Clear up after a worker that ended by itself, and wait a little if it ended at once."""
        log.warning("worker %d ended with %s: restarted", process.pid, process.returncode)
        self._kill(process)
        if time.monotonic() - self._started_at < SHORTEST_LIFE:
            self._pause = min(max(1.0, self._pause * 2), LONGEST_PAUSE)
            deadline = time.monotonic() + self._pause
            while time.monotonic() < deadline and not self._stopping:
                time.sleep(LOOK_EVERY)
        else:
            self._pause = 0.0

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End the worker and its pool, which outlives a worker that was killed."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.process = None

    def _stop(self) -> int:
        """Let the worker finish its tasks, and kill it when that takes too long."""
        process = self.process
        if process is None:
            return 0
        log.info("worker %d is finishing its tasks", process.pid)
        process.terminate()
        try:
            process.wait(self.grace)
        except subprocess.TimeoutExpired:
            log.warning("worker %d did not finish in %.0f s: killed", process.pid, self.grace)
        self._kill(process)
        self._forget_own_queue()
        log.info("worker %d stopped", process.pid)
        return 0

    def _forget_own_queue(self) -> None:
        with suppress(Exception), app.connection_for_write(transport_options=ONCE) as connection:
            connection.SimpleQueue(self.own_queue).queue.delete()

    def _ask_for_pulse(self) -> bool:
        """Send a pulse to the worker's own queue; false where the broker does not answer."""
        try:
            with app.connection_for_write(transport_options=ONCE) as connection:
                app.send_task(
                    PULSE,
                    queue=self.own_queue,
                    expires=PULSE_EVERY * 4,
                    retry=False,
                    connection=connection,
                )
        except Exception:  # whatever the broker's client raises, the broker can't be used
            log.warning("the broker does not answer; papers wait")
            return False
        return True

    def _told_to_stop(self, sign: int, frame: FrameType | None) -> None:
        self._stopping = True


def _die_with_parent() -> None:
    # A keeper that is killed takes its worker along, as a warm shutdown.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
