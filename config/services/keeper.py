"""Knows who uses the embedded services, and stops them when the last user is gone.

Two files are locked with flock. `gate`, exclusively: by whoever starts or stops. `users`, shared:
by every user for the whole of its life; the kernel lets go of it however a user ends, kill -9
included. Run as a program, this file waits until no user is left, then stops the services. It
imports the standard library alone, so that it stays small while it waits.
"""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The file in which each service writes its process number, below the home; the signal that stops
# it in good order. The broker goes first: its clients may still be writing rows.
SERVICES = {
    "broker": (Path("broker/valkey.pid"), signal.SIGTERM),
    "database": (Path("database/rows/postmaster.pid"), signal.SIGINT),
}


def open_lock(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def gate(locks: Path) -> Iterator[None]:
    """Nobody else starts or stops a service inside this block."""
    lock = open_lock(locks / "gate")
    try:
        if not any(try_lock(lock) or pause() for _ in range(500)):
            sys.stderr.write(f"Waiting for the command that holds {locks / 'gate'}.\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pause() -> bool:
    """Waits 10 ms; false, so that a condition can wait between two tries."""
    time.sleep(0.01)
    return False


def working_below(folder: Path) -> dict[int, str]:
    """Every running process that works in or below `folder`: its number and that place.

    The kernel adds " (deleted)" to a place that is no more.
    """
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone by now, or not ours to look at
            place = str((process / "cwd").readlink())
            if Path(place.removesuffix(" (deleted)")).is_relative_to(folder):
                found[int(process.name)] = place
    return found


def process_of(home: Path, service: str) -> int | None:
    """The number of the running process of `service`, or None.

    A number left behind by a kill may belong to a stranger by now, so its working folder is
    compared; a dead process that nobody has collected yet counts as gone.
    """
    file = home / SERVICES[service][0]
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        at_home = Path(f"/proc/{pid}/cwd").readlink() == file.parent
    except (OSError, ValueError):
        return None
    return pid if at_home and state not in {"Z", "X"} else None


def stop(home: Path, service: str, *, patience: float = 30.0) -> None:
    """Stops `service` in good order, and with SIGKILL after `patience` seconds (0: at once)."""
    for sign, seconds in ((SERVICES[service][1], patience), (signal.SIGKILL, 10.0)):
        pid = process_of(home, service)
        if pid is None:
            return
        if not seconds:
            continue
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        deadline = time.monotonic() + seconds
        while process_of(home, service) == pid and time.monotonic() < deadline:
            pause()


def stop_unused(locks: Path, home: Path) -> bool:
    """Stops the services if nobody uses them; says whether that is so. Call it inside the gate."""
    users = open_lock(locks / "users")
    try:
        # More than once: the keeper below holds this lock itself for a moment.
        if not any(try_lock(users) or pause() for _ in range(3)):
            return False
        for service in SERVICES:
            stop(home, service)
        return True
    finally:
        os.close(users)


def keep(locks: Path, home: Path) -> None:
    """Waits in a process of its own until the last user is gone, then stops the services."""
    mine = open_lock(locks / "keeper")
    if not try_lock(mine):
        return
    if os.fork():
        os._exit(0)
    try:
        _wait_until_unused(locks, home, mine)
    except FileNotFoundError:
        # The checkout was deleted under its services, whose process numbers went with it.
        for pid, place in working_below(home).items():
            if place.endswith(" (deleted)"):
                os.kill(pid, signal.SIGKILL)


def _wait_until_unused(locks: Path, home: Path, mine: int) -> None:
    unused = False
    while not unused:
        users = open_lock(locks / "users")
        fcntl.flock(users, fcntl.LOCK_EX)
        os.close(users)
        with gate(locks):
            unused = stop_unused(locks, home)
            if unused:
                os.close(mine)  # inside the gate, so that the next user makes a keeper of its own


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]))
