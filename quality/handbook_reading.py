"""Has a handbook read in a process of its own, and judges whatever comes back."""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from qualifications.handbook import Handbook
from qualifications.handbook.kept import NotAHandbookError, from_kept
from qualifications.handbook.progress import Progress

log = logging.getLogger("criterion.handbooks")

LONGEST = 75  # seconds on the clock, above the child's own seconds of processor time
PULSE = 1.0  # seconds between two looks at how far it is
LARGEST_ANSWER = 32 << 20  # bytes
HEARD_AT_ONCE = 1 << 16  # bytes of progress: as much as a pipe holds
CHILD = "quality.handbook_child"


@dataclass(frozen=True)
class Refused:
    """Why a file is not read, and what to do about it."""

    rule: str
    remedy: str


TOO_LONG = Refused(
    "Reading the file took longer than it may.",
    "Import the part with units and mark sheets alone, or save the document as text.",
)
STOPPED = Refused(
    "The reader stopped at something in this file.",
    "Save the document again in Word, or as PDF or text, and import that file.",
)
TOO_LARGE = Refused(
    "The file holds more text than a handbook has.", "Import the handbook’s own pages alone."
)


Watch = Callable[[Progress | None], None]


def unwatched(progress: Progress | None) -> None:
    """Nobody waits."""


def read_apart(
    source: IO[bytes],
    name: str,
    *,
    seconds: float = LONGEST,
    module: str = CHILD,
    watch: Watch = unwatched,
) -> Handbook | Refused:
    """The handbook of an open file, or why there is none; never raises for what the file holds.

    The child gets the file, a folder of its own that is removed afterwards, and no part of this
    process's environment but the way to Python's modules. ``watch`` is called once a second with
    how far it is, if it has told; what it raises ends the child.
    """
    with tempfile.TemporaryDirectory(prefix="handbook-") as folder:
        given, told = Path(folder) / "in", Path(folder) / "out"
        given.write_bytes(source.read())
        hears, tells = os.pipe()
        with (
            given.open("rb") as stdin,
            told.open("wb") as stdout,
            os.fdopen(hears, "rb", 0) as pipe,
            os.fdopen(tells, "wb", 0),
        ):
            child = subprocess.Popen(
                [sys.executable, "-B", "-m", module, name, str(tells), str(os.getpid())],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=_environment(folder),
                start_new_session=True,
                pass_fds=[tells],
            )
            try:
                status = _status(child, pipe, seconds, watch)
            except subprocess.TimeoutExpired:
                return TOO_LONG
            finally:
                child.kill()
                child.wait()
        if status:
            log.warning("the reader of a handbook ended with %d", status)
            return TOO_LONG if -status in _OUT_OF_TIME else STOPPED
        if told.stat().st_size > LARGEST_ANSWER:
            return TOO_LARGE
        return _judged(told.read_bytes())


def _status(child: "subprocess.Popen[bytes]", pipe: IO[bytes], seconds: float, watch: Watch) -> int:
    """How the child ends; raises ``TimeoutExpired`` where it does not within its seconds."""
    os.set_blocking(pipe.fileno(), False)
    until = time.monotonic() + seconds
    while True:
        left = until - time.monotonic()
        try:
            return child.wait(timeout=max(0.0, min(PULSE, left)))
        except subprocess.TimeoutExpired:
            if left <= PULSE:
                raise
        watch(_last_told(pipe))


def _last_told(pipe: IO[bytes]) -> Progress | None:
    """What the child told last: whole lines alone, and nothing that is not how far it is."""
    told = pipe.read(HEARD_AT_ONCE) or b""
    lines = told.decode("ascii", "replace").split("\n")[:-1]
    found = (Progress.from_written(line) for line in reversed(lines))
    return next(filter(None, found), None)


# SIGXCPU, and the SIGKILL that follows it.
_OUT_OF_TIME = (24, 9)


def _environment(folder: str) -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), *filter(None, sys.path[1:])]),
        "PYTHONUTF8": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _judged(written: bytes) -> Handbook | Refused:
    """What the child wrote, which is no better than the file it read."""
    try:
        told: dict[str, Any] = json.loads(written)
        if "refused" in told:
            rule, remedy = (str(told["refused"][part])[:300] for part in ("rule", "remedy"))
            return Refused(rule, remedy)
        return from_kept(told["read"])
    except (ValueError, KeyError, TypeError, RecursionError, NotAHandbookError):
        log.warning("the reader of a handbook answered something else")
        return STOPPED
