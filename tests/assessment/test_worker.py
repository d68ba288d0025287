"""A real worker on the test database: papers come out, whatever is killed, and it stops cleanly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connections

from assessment.models import Document
from centres.models import AuditEvent
from centres.tenancy import centre_context
from config.environment import celery_broker_url, database_url
from config.worker import Keeper
from tests.assessment import signed as making
from tests.cast import Cast

pytestmark = [making.open_profile, pytest.mark.django_db(transaction=True)]

PATIENCE = 8
LONGEST = 120  # seconds that anything here may take on a busy machine


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


@pytest.fixture
def own_broker() -> Iterator[str]:
    """A numbered database of the broker that nobody else uses."""
    url = os.environ["REDIS_URL"]
    url = f"{url.split('?')[0]}?db=11" if url.startswith("unix") else f"{url.rsplit('/', 1)[0]}/11"
    with redis.Redis.from_url(url) as client, making.broker_at(celery_broker_url(url)):
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def worker(own_broker: str, db: None) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py run_worker` with one process at work, soon found out when it does nothing."""
    with at_work(own_broker, processes=1, patience=PATIENCE) as process:
        yield process


@contextmanager
def at_work(broker: str, *, processes: int, patience: float) -> Iterator["subprocess.Popen[bytes]"]:
    """`manage.py run_worker` on the test database, as another process; patience in seconds."""
    database = {**connections["default"].settings_dict}
    named = {key: database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    environ = {key: value for key, value in os.environ.items() if key != "EMBEDDED_SERVICES"}
    environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url({**named, "OPTIONS": {}}),
        "DATABASE_OWNER_URL": database_url(
            {
                **named,
                "USER": connections["owner"].settings_dict["USER"],
                "PASSWORD": connections["owner"].settings_dict["PASSWORD"],
                "OPTIONS": {},
            }
        ),
        "REDIS_URL": broker,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    command = [sys.executable, "manage.py", "run_worker", "--beat"]
    command += ["--concurrency", str(processes), "--patience", str(patience)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environ)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        for pid in below(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def below(parent: int, what: str = "") -> list[int]:
    """The children of a process; those whose command holds the word `what`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, its_parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            words = (place / "cmdline").read_text().split("\0")
            if int(its_parent) == parent and state not in "ZX" and (not what or what in words):
                found.append(int(place.name))
    return found


def test_papers_come_out_once_though_workers_are_killed_and_stopped(
    worker: "subprocess.Popen[bytes]", alder: Cast
) -> None:
    def all_issued(count: int) -> bool:
        with centre_context(alder.centre.pk):
            rows = Document.objects.for_centre(alder.centre).filter(state="issued")
            return rows.count() == count

    with centre_context(alder.centre.pk):
        making.signed(alder, referred=("1.3",))
    wait_until(lambda: all_issued(2))
    (first,) = below(worker.pid, "worker")

    os.kill(first, signal.SIGKILL)  # dies: started again
    wait_until(lambda: below(worker.pid, "worker") not in ([first], []))
    with centre_context(alder.centre.pk):
        making.signed(alder)
    wait_until(lambda: all_issued(4))
    (second,) = below(worker.pid, "worker")

    os.kill(second, signal.SIGSTOP)  # lives and does nothing: killed by the keeper, started again
    wait_until(lambda: below(worker.pid, "worker") not in ([second], []))
    with centre_context(alder.centre.pk):
        making.signed(alder, learner="ted")
    wait_until(lambda: all_issued(6))

    (sender,) = below(worker.pid, "beat")
    os.kill(sender, signal.SIGKILL)  # the sender of periodic tasks: without it nothing is swept
    wait_until(lambda: below(worker.pid, "beat") not in ([sender], []))

    worker.terminate()
    assert worker.wait(LONGEST) == 0
    assert below(worker.pid) == []
    with centre_context(alder.centre.pk):
        told = AuditEvent.objects.for_centre(alder.centre).filter(action="document.issued")
        assert told.count() == told.values("subject_id").distinct().count() == 6


def test_a_keeper_whose_broker_is_down_keeps_its_worker() -> None:
    keeper = Keeper(name="none", patience=1)
    with making.broker_at("redis://127.0.0.1:9/0"):
        begun = time.monotonic()
        assert not keeper.ask_for_pulse()
    assert time.monotonic() - begun < 1.0
