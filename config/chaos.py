"""Makes papers while workers and the broker are killed, and counts whether each came out once.

On a database, a broker and a folder of its own, which are removed again: what is issued can't be
deleted from a database that goes on being used.
"""

import datetime
import logging
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.core.files.storage import default_storage
from django.db import connection, transaction
from psycopg import sql

from assessment.models import Document
from assessment.verification import verify_file
from centres.actions import open_centre
from centres.ledger import ledger_faults
from centres.models import AuditEvent, Centre, Role
from centres.tenancy import centre_context
from config.celery import app
from config.demo import play
from config.demo.approvals_play import play_approvals
from config.demo.quality_play import play_quality
from config.demo.story import Approved, Attempt, House, Item, Learner, Person, Plan, Release
from config.environment import database_url, parse_database_url
from config.services import MARK, PROJECT, broker, keeper
from config.services.ground import Ground

log = logging.getLogger("criterion.chaos")

ATTEMPTS = 5  # by each learner: all referrals but the last
COPIES = 2
MOST_SECONDS = 120  # after the last fault, until the last paper is issued
CRITERIA = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4")
COUNTS = {
    "1.1": {"planned_clients": "2"},
    "2.1": {"practice_hours": "18.5", "clients": "2"},
    "3.3": {"supervision_hours": "1.5"},
}
GROUND = "CHAOS_FOLDER"


@contextmanager
def ground_of_its_own() -> Iterator[dict[str, str]]:
    """The environment of a run on a throw-away database, broker and folder."""
    shared = Ground.of(PROJECT)
    folder = Path(tempfile.mkdtemp(prefix="criterion-chaos-"))
    name = f"chaos_{secrets.token_hex(6)}"
    owner = os.environ["DATABASE_OWNER_URL"]
    ground = broker_ground(folder, shared)
    try:
        _on_server(owner, "CREATE DATABASE {}", name)
        yield {
            **{key: value for key, value in os.environ.items() if key != MARK},
            "DATABASE_URL": database_url({**parse_database_url(_url()), "NAME": name}),
            "DATABASE_OWNER_URL": database_url({**parse_database_url(owner), "NAME": name}),
            "REDIS_URL": broker.ensure_running(ground),
            "MEDIA_ROOT": str(folder / "media"),
            GROUND: str(folder),
        }
    finally:
        keeper.stop(ground.home, "broker", patience=5)
        _on_server(owner, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(folder, ignore_errors=True)


def _url() -> str:
    return os.environ["DATABASE_URL"]


def _on_server(url: str, statement: str, name: str) -> None:
    parsed = parse_database_url(url)
    with psycopg.connect(
        host=parsed["HOST"],
        port=parsed["PORT"] or None,
        user=parsed["USER"],
        password=parsed["PASSWORD"] or None,
        dbname=parsed["NAME"],
        autocommit=True,
    ) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))


def broker_ground(folder: Path, shared: Ground) -> Ground:
    """Where the run's own broker lives: below `folder`, under the account of the shared one."""
    place = folder / "broker-home"
    if not place.exists():
        place.mkdir(mode=0o700)
        folder.chmod(0o755)
        if shared.account:
            os.chown(place, shared.account.pw_uid, shared.account.pw_gid)
    return Ground(locks=folder, home=place, sockets=place, account=shared.account)


def story(sheets: int) -> House:
    """A centre whose learners hand in again and again, so that so many sheets get signed."""
    people = (
        Person("max", "Max Chaos", Role.MANAGER),
        Person("pat", "Pat Chaos", Role.ASSESSOR),
        Person("jo", "Jo Chaos", Role.IQA),
        Person("lea", "Lea Chaos", Role.LEAD_IQA),
        *(
            Person(f"learner{n}", f"Learner {n}", Role.LEARNER)
            for n in range(-(-sheets // ATTEMPTS))
        ),
    )
    learners = []
    for n in range(-(-sheets // ATTEMPTS)):
        count = min(ATTEMPTS, sheets - n * ATTEMPTS)
        learners.append(
            Learner(
                key=f"learner{n}",
                number=f"CH-{n:04}",
                born=datetime.date(1990, 1, 1),
                attempts=tuple(_attempt(n, k, last=k == count - 1) for k in range(count)),
            )
        )
    return House(
        "chaos",
        "Chaos Centre",
        "099999",
        people,
        tuple(learners),
        approvals=(Approved("8588", "CH-1"),),
        plans=(Plan("8588", "Chaos", "Whatever comes.", 25),),
        quality=(Release("8588", "Nothing is sampled here: the papers are what is tried."),),
    )


def _attempt(learner: int, number: int, *, last: bool) -> Attempt:
    words = f"What learner {learner} did for attempt {number}, {secrets.token_hex(8)}."
    claims = tuple((criterion, "whole", None, "") for criterion in CRITERIA)
    return Attempt(
        items=(Item(f"Log {number}", f"log{number}.txt", words.encode(), claims),),
        judgements={
            criterion: ("pass" if last or criterion != "1.3" else "referral", "As the log shows.")
            for criterion in CRITERIA
        },
        counts=COUNTS,
    )


def sign_all(house: House) -> Centre:
    """Play the story through the real actions: sheets signed, passes released, papers due."""
    with transaction.atomic():
        centre = open_centre(
            actor=None,
            slug=house.slug,
            name=house.name,
            number=house.number,
            time_zone="Europe/London",
        )
        with centre_context(centre.pk):
            people = play.bring_people(house, centre)
            play_approvals(house, centre, people["max"])
    for learner in house.learners:
        with centre_context(centre.pk):
            play.play_learner(centre, people, learner)
    with centre_context(centre.pk):
        play_quality(house, centre, people)
    return centre


def papers_due(centre: Centre) -> int:
    """How many papers there are to make: two a sheet, and two anew for each that was released."""
    with centre_context(centre.pk):
        return Document.objects.for_centre(centre).count()


@dataclass
class Chaos:
    """A run: workers, faults and what has become of the papers. Times by time.monotonic()."""

    centre: Centre
    ground: Ground
    papers: int
    kills: int
    restarts: int
    seed: int
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    last_fault: float = 0.0
    done_at: float = 0.0
    told: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Make the papers, with faults spread over the making of them; ends the workers."""
        chance = random.Random(self.seed)  # noqa: S311  for faults, not for secrets
        faults = ["kill"] * self.kills + ["restart"] * self.restarts
        chance.shuffle(faults)
        try:
            self.workers = [self._start(beat=number == 0) for number in range(2)]
            for number, fault in enumerate(faults):
                # Spread, so that work is under way at each.
                self._wait_for(self.papers * number // (len(faults) + 2), seconds=20)
                time.sleep(chance.uniform(0.1, 0.8))
                if fault == "kill":
                    self._kill_one(chance)
                else:
                    self._restart_broker(kill=chance.random() < 0.5)
            self._wait_for(self.papers, seconds=MOST_SECONDS + 60)
            self.done_at = time.monotonic()
        finally:
            self._end()

    @property
    def seconds_after(self) -> float:
        return max(0.0, self.done_at - self.last_fault)

    def _start(self, *, beat: bool) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(PROJECT / "manage.py"), "run_worker"]
        command += ["--concurrency", "1", "--patience", "20", "--grace", "20"]
        return subprocess.Popen(command + (["--beat"] if beat else []), start_new_session=True)

    def _kill_one(self, chance: random.Random) -> None:
        """SIGKILL to one process of the workers: a main one, one of its pool, or the beat."""
        deadline = time.monotonic() + 60
        victims: list[tuple[int, bool]] = []
        while not victims and time.monotonic() < deadline:
            victims = [found for worker in self.workers for found in _processes_below(worker.pid)]
            time.sleep(0.05)
        if not victims:
            raise RuntimeError("no worker came up to be killed")
        wants_main = chance.random() < 0.5
        pid, is_main = chance.choice([v for v in victims if v[1] == wants_main] or victims)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._note(f"killed {'a main process' if is_main else 'a pool process'}")

    def _restart_broker(self, *, kill: bool) -> None:
        keeper.stop(self.ground.home, "broker", patience=0 if kill else 30)
        broker.ensure_running(self.ground)
        self._note(f"restarted the broker{' with SIGKILL' if kill else ''}")

    def _note(self, what: str) -> None:
        self.last_fault = time.monotonic()
        self.told[what] += 1
        log.info("%s at %d of %d papers", what, self.issued(), self.papers)

    def issued(self) -> int:
        with centre_context(self.centre.pk):
            return (
                Document.objects.for_centre(self.centre).filter(state=Document.State.ISSUED).count()
            )

    def _wait_for(self, count: int, *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.issued() < count and time.monotonic() < deadline:
            time.sleep(0.1)

    def _end(self) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(worker.pid, signal.SIGKILL)


def _processes_below(keeper_pid: int) -> list[tuple[int, bool]]:
    """The processes of the worker that a keeper keeps, each with whether it is the main one."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
            if state not in {"Z", "X"}:
                parents[int(place.name)] = int(parent)
    mains = [pid for pid, parent in parents.items() if parent == keeper_pid]
    pools = [(pid, False) for pid, parent in parents.items() if parent in mains]
    # Not while it comes up: a worker without a pool has nothing to lose yet.
    return [(pid, True) for pid in mains if pools] + pools


@dataclass(frozen=True)
class Tally:
    """What came out. All but the first are counts of what must not be."""

    issued: int
    lost: int
    twice: int
    files_wrong: int
    files_left_over: int
    not_genuine: int
    ledger_faults: int

    @property
    def is_clean(self) -> bool:
        return not any(
            (
                self.lost,
                self.twice,
                self.files_wrong,
                self.files_left_over,
                self.not_genuine,
                self.ledger_faults,
            )
        )


def count_up(centre: Centre) -> Tally:
    """Compare rows, files and ledger of a centre."""
    with centre_context(centre.pk):
        rows = list(Document.objects.for_centre(centre))
        told = Counter(
            AuditEvent.objects.for_centre(centre)
            .filter(action="document.issued")
            .values_list("subject_id", flat=True)
        )
        broken = len(list(ledger_faults(centre)))
    issued = [row for row in rows if row.state == Document.State.ISSUED]
    folder = f"c/{centre.pk}"
    present = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    answers = []
    for row in issued:
        with default_storage.open(row.key) as file:
            answers.append((row, verify_file(file.read())))
    return Tally(
        issued=len(issued),
        lost=len(rows) - len(issued),
        twice=sum(1 for row in issued if told[row.pk] != 1),
        files_wrong=sum(1 for row, answer in answers if answer.sha256 != row.sha256),
        files_left_over=len(present - {row.key for row in issued}),
        not_genuine=sum(1 for _row, answer in answers if not answer.is_genuine),
        ledger_faults=broken,
    )


def backlog() -> int:
    """How many messages wait on the queue of papers."""
    with app.connection_for_read() as link:
        channel: Any = link.default_channel  # kombu's own for Redis, with the client it uses
        waiting: int = channel.client.llen("pdf")
    connection.close()
    return waiting
