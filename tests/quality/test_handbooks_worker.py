"""A real worker that is killed while it reads a handbook: it is read after all, and once."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from centres.models import AuditEvent
from centres.tenancy import centre_context
from quality.handbook_reading import CHILD
from quality.models import HandbookImport
from tests.assessment.test_worker import at_work, below, own_broker
from tests.cast import Cast
from tests.quality import handbooks as making

__all__ = ["own_broker"]  # a fixture of another module
pytestmark = pytest.mark.django_db(transaction=True)

LONGEST = 300  # seconds: a claim that nobody renews, a sweep and a start, on a busy machine
LONG = "\n".join(["A row of trees beside the wall."] * 20_000)


@pytest.fixture
def worker(own_broker: str, db: None) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of which one process reads while the other shows that it lives."""
    with at_work(own_broker, processes=2, patience=LONGEST) as process:
        yield process


def wait_for(find: Callable[[], object], *, every: float = 0.2) -> None:
    """Look again and again, so many seconds apart, until something is so."""
    deadline = time.monotonic() + LONGEST
    while not find():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(every)


def readers(keeper: "subprocess.Popen[bytes]") -> list[int]:
    """The processes that read a handbook for a worker."""
    pools = [pool for main in below(keeper.pid, "worker") for pool in below(main)]
    return [reader for pool in pools for reader in below(pool, CHILD)]


def has_its_file(pid: int) -> bool:
    """Whether a reader has begun with its file: the kernel knows by then with whom it ends."""
    return not Path(f"/proc/{pid}/fdinfo/0").read_text().startswith("pos:\t0\n")


def is_there(pid: int) -> bool:
    """Whether a process lives, and not only its name until somebody asks how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_a_handbook_whose_worker_is_killed_is_read_once_by_the_next(
    worker: "subprocess.Popen[bytes]", alder: Cast
) -> None:
    def now() -> HandbookImport:
        return making.fresh(alder, held)

    held = making.imported(alder, f"{making.handbook_text()}\n{LONG}")
    wait_for(lambda: readers(worker), every=0.01)
    (reader,) = readers(worker)
    wait_for(lambda: has_its_file(reader), every=0.01)
    os.kill(reader, signal.SIGSTOP)  # it stays in the middle of its work
    assert now().state == "reading"
    with centre_context(alder.centre.pk):  # nobody holds the row meanwhile
        assert HandbookImport.objects.for_centre(alder.centre).select_for_update(nowait=True).get()

    (main,) = below(worker.pid, "worker")
    for pid in (main, *below(main)):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_there(reader))
    wait_for(lambda: now().state == "read")

    assert (now().tries, now().token, now().progress) == (2, None, "")
    assert making.run(alder, held) == "not due"
    assert readers(worker) == []
    doubts = making.warnings_of(alder, held)
    assert [row.position for row in doubts] == [*range(1, len(doubts) + 1)] != []
    assert len({(row.line, row.why) for row in doubts}) == len(doubts)
    with centre_context(alder.centre.pk):
        told = AuditEvent.objects.for_centre(alder.centre).filter(action__startswith="handbook.")
        assert [row.action for row in told.order_by("seq")] == [
            "handbook.imported",
            "handbook.read",
        ]
