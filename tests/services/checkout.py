"""A copy of the project's wiring in a folder of its own, with commands that use its services."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from config.environment import parse_database_url
from config.services import PROJECT, keeper, roles
from config.services.ground import Ground

# Says its addresses, then stays until its input ends.
USER = """
import json, os, sys
from config.services import ServiceFault, ensure
try:
    ensure()
except ServiceFault as fault:
    sys.exit(str(fault))
print(json.dumps(dict(os.environ)), flush=True)
sys.stdin.read()
"""


class User:
    """A command that uses the services of a checkout until it is told to end."""

    def __init__(self, folder: Path, environ: dict[str, str], script: str = USER) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=folder,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        said = self.process.stdout.readline()
        self.environ: dict[str, str] = json.loads(said) if said else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> str:
        """Lets it end by itself; returns what it wrote to its error stream."""
        return self.process.communicate(timeout=60)[1]

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal to its whole process group, as Ctrl-C in a terminal does."""
        os.killpg(self.process.pid, sign)
        self.end()

    def query(self, text: str, name: str = "DATABASE_URL") -> list[tuple[Any, ...]]:
        with roles.connect(parse_database_url(self.environ[name])) as connection:
            found = connection.execute(text)
            return found.fetchall() if found.description else []


@dataclass(frozen=True)
class Checkout:
    folder: Path

    @classmethod
    @contextmanager
    def at(cls, folder: Path) -> Iterator[Self]:
        """Copies the wiring to `folder`, and in the end removes all that it brought about."""
        unused = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / "config", folder / "config", ignore=unused)
        shutil.copy(PROJECT / "manage.py", folder)
        yield cls(folder)
        done = subprocess.run(
            [sys.executable, "-m", "config.services", "remove"],
            cwd=folder,
            env={"PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    @property
    def ground(self) -> Ground:
        return Ground.of(self.folder)

    def user(self, **environ: str) -> User:
        return User(self.folder, environ)

    def processes(self) -> dict[str, int | None]:
        return {name: keeper.process_of(self.ground.home, name) for name in keeper.SERVICES}

    def superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        return roles.connect(parse_database_url(self.superuser_url("postgres")))

    def superuser_url(self, database: str) -> str:
        return f"postgresql://bootstrap@/{database}?host={self.ground.sockets}&port=54187"


def soon(condition: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether `condition` comes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
