"""Keeps a Celery worker at work: restarts it when it dies and when it makes no progress.

A worker can be alive and idle, as after a restart of the broker. So the keeper sends a pulse
through the broker to a queue that only its own worker reads, and the task touches a file that only
the keeper reads. A pulse that stays away while the broker answers costs the worker its life. The
sender of periodic tasks, where there is one, is a process of its own and kept in the same way: by
a pulse that it sends itself.
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
PULSE_FOLDER, PULSE_QUEUE = "WORKER_PULSE_FOLDER", "WORKER_PULSE_QUEUE"
WORKER, BEAT = "worker", "beat"
QUEUES = ("pdf", "mail", "files")
PULSE_EVERY = 5.0  # seconds
PULSE_EXPIRES = 20.0  # seconds
LOOK_EVERY = 0.2
TO_COME_UP = 90.0  # a busy machine takes its time to start a process
SHORTEST_LIFE = 5.0  # what dies sooner is started again only after a pause
LONGEST_PAUSE = 15.0
QUIET = "ignore:You're running the worker with superuser"  # in a container that is usual
ONCE = {"max_retries": 0, "socket_connect_timeout": 1}  # how the keeper asks the broker
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h

if PULSE_QUEUE in os.environ:
    app.conf.beat_schedule = {
        **app.conf.beat_schedule,
        "pulse": {
            "task": PULSE,
            "schedule": PULSE_EVERY,
            "args": [BEAT],
            "options": {"queue": os.environ[PULSE_QUEUE], "expires": PULSE_EXPIRES},
        },
    }


@app.task(name=PULSE, ignore_result=True)
def pulse(sender: str) -> None:
    """Say that what `sender` sent has come through the broker and was done by this worker."""
    with suppress(KeyError):
        (Path(os.environ[PULSE_FOLDER]) / sender).touch()


@dataclass
class Kept:
    """A process that the keeper keeps, judged by the pulses that come from it."""

    name: str
    command: list[str]
    folder: Path
    queue: str
    process: "subprocess.Popen[bytes] | None" = None
    last_good: float = 0.0
    _started_at: float = 0.0
    _came_up: bool = False
    _pause: float = 0.0
    _not_before: float = 0.0

    def look(self, *, patience: float) -> None:
        """Start it if it is not there, bury it if it died, kill it if no pulse comes any more."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._not_before:
                self._start()
            return
        if self.process.poll() is not None:
            log.warning("%s %d ended with %s", self.name, self.process.pid, self.process.returncode)
            short_lived = now - self._started_at < SHORTEST_LIFE
            self._pause = min(max(1.0, self._pause * 2), LONGEST_PAUSE) if short_lived else 0.0
            self._not_before = now + self._pause
            self.kill()
            return
        if (self.folder / self.name).exists():
            (self.folder / self.name).unlink(missing_ok=True)
            self.last_good, self._came_up = now, True
        wait = patience if self._came_up else max(patience, TO_COME_UP)
        if now - self.last_good > wait:
            log.warning("%s %d made no progress for %.0f s", self.name, self.process.pid, wait)
            self.kill()

    def kill(self) -> None:
        """End it and its children, which outlive a worker that was killed."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self, *, grace: float) -> None:
        """Let it finish what it does, and kill it when that takes longer than `grace` seconds."""
        if self.process is None:
            return
        pid = self.process.pid
        log.info("%s %d is finishing", self.name, pid)
        self.process.terminate()
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            log.warning("%s %d did not finish in %.0f s", self.name, pid, grace)
        self.kill()
        log.info("%s %d stopped", self.name, pid)

    def _start(self) -> None:
        (self.folder / self.name).unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-W", QUIET, "-m", "celery", "--quiet", *self.command],
            env={**os.environ, PULSE_FOLDER: str(self.folder), PULSE_QUEUE: self.queue},
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  one thread, and no lock is held
        )
        self._came_up = False
        self._started_at = self.last_good = time.monotonic()
        log.info("%s %d started", self.name, self.process.pid)


@dataclass
class Keeper:
    """One worker, with a sender of periodic tasks if `beat`; times in seconds.

    `patience` is how long a pulse may stay away, `grace` how long a worker may take to finish its
    tasks when it is told to stop.
    """

    concurrency: int = 2
    queues: tuple[str, ...] = QUEUES
    beat: bool = False
    patience: float = 60.0
    grace: float = 60.0
    name: str = field(default_factory=lambda: f"worker-{os.getpid()}")
    _stopping: bool = False
    _asked_at: float = 0.0

    @property
    def own_queue(self) -> str:
        return f"pulse.{self.name}"

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; returns the exit code."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._told_to_stop)
        with tempfile.TemporaryDirectory(prefix="criterion-worker-") as folder:
            kept = self._kept(Path(folder))
            while not self._stopping:
                self._look(kept)
                time.sleep(LOOK_EVERY)
            for each in reversed(kept):
                each.stop(grace=self.grace)
        self._forget_own_queue()
        return 0

    def _kept(self, folder: Path) -> list[Kept]:
        work = ["-A", "config.worker", "worker", "--loglevel", "WARNING"]
        work += ["--queues", ",".join([*self.queues, self.own_queue])]
        work += ["--concurrency", str(self.concurrency), "--hostname", f"{self.name}@%h"]
        work += ["--without-gossip", "--without-mingle"]
        kept = [Kept(WORKER, work, folder, self.own_queue)]
        if self.beat:
            # The plain scheduler keeps its times in memory: a kill leaves no file to be mended.
            send = ["-A", "config.worker", "beat", "--loglevel", "WARNING", "--pidfile="]
            send += ["--scheduler", "celery.beat:Scheduler"]
            kept.append(Kept(BEAT, send, folder, self.own_queue))
        return kept

    def _look(self, kept: list[Kept]) -> None:
        worker, *others = kept
        now = time.monotonic()
        if now - self._asked_at >= PULSE_EVERY:
            self._asked_at = now
            if not self.ask_for_pulse():
                # Nothing comes through a broker that is down: that is nobody's fault here.
                for each in kept:
                    each.last_good = time.monotonic()
        worker.look(patience=self.patience)
        for each in others:
            if now - worker.last_good > PULSE_EVERY * 2:
                # Its pulse has to go through the worker, so it is judged only while that works.
                each.last_good = max(each.last_good, now - self.patience / 2)
            each.look(patience=self.patience)

    def ask_for_pulse(self) -> bool:
        """Send a pulse to the worker's own queue; false where the broker does not answer."""
        try:
            with app.connection_for_write(transport_options=ONCE) as connection:
                app.send_task(
                    PULSE,
                    args=[WORKER],
                    queue=self.own_queue,
                    expires=PULSE_EXPIRES,
                    retry=False,
                    connection=connection,
                )
        except Exception:  # whatever the broker's client raises, the broker can't be used
            log.warning("the broker does not answer; papers wait")
            return False
        return True

    def _forget_own_queue(self) -> None:
        with suppress(Exception), app.connection_for_write(transport_options=ONCE) as connection:
            connection.SimpleQueue(self.own_queue).queue.delete()

    def _told_to_stop(self, sign: int, frame: FrameType | None) -> None:
        self._stopping = True


def _die_with_parent() -> None:
    # A keeper that is killed takes along what it keeps, as a warm shutdown.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
