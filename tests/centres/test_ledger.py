"""The audit ledger: what is recorded, in which order, and that no meddling stays unseen."""

import datetime
import json
import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from centres.actions import open_centre
from centres.ledger import (
    START,
    action,
    event_digest,
    head_seal,
    ledger_faults,
    record,
    register_actions,
)
from centres.models import AuditEvent, Centre, LedgerHead, PlatformEvent, User
from centres.refusals import Refusal
from centres.tenancy import centre_context
from tests.cast import Cast
from tests.centres.database import as_owner, parameters

register_actions(test__done="something was done in a test")


@action
def do_something(*, centre: Centre | None, actor: User | None = None, **facts: Any) -> None:
    record("test.done", centre=centre, actor=actor, subject=actor, **facts)


@action
def refuse_something(*, centre: Centre) -> None:
    record("test.done", centre=centre, actor=None)
    raise Refusal(rule="No.", remedy="Do something else.")


def facts_of(centre: Centre) -> list[dict[str, Any]]:
    return list(
        AuditEvent.objects.for_centre(centre)
        .filter(action="test.done")
        .order_by("seq")
        .values_list("facts", flat=True)
    )


@pytest.fixture
def empty(db: None) -> Centre:
    """A centre without events."""
    return Centre.objects.create(slug="empty", name="Empty Centre", number="1")


@pytest.mark.django_db
def test_an_event_holds_who_what_and_when_and_no_personal_text(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        do_something(centre=alder.centre, actor=alder.max, number=3)
        event = AuditEvent.objects.for_centre(alder.centre).order_by("-seq").first()
        assert event is not None
        assert (event.actor, event.actor_name) == (alder.max, alder.max.full_name)
        assert (event.subject_kind, event.subject_id) == ("centres.user", alder.max.pk)
        assert event.facts == {"number": 3}
        assert event.digest == event_digest(event)
        assert list(ledger_faults(alder.centre)) == []


@pytest.mark.django_db
def test_no_event_of_the_cast_names_a_person_in_its_facts(alder: Cast) -> None:
    names = [word for person in alder.people for word in (person.full_name, person.email)]
    with centre_context(alder.centre.pk):
        facts = json.dumps(
            list(AuditEvent.objects.for_centre(alder.centre).values_list("facts", flat=True))
        )
    assert not [name for name in names if name in facts]


@pytest.mark.django_db
def test_a_refused_action_leaves_no_event(empty: Centre) -> None:
    with centre_context(empty.pk):
        with pytest.raises(Refusal):
            refuse_something(centre=empty)
        assert facts_of(empty) == []
        assert not LedgerHead.objects.for_centre(empty).exists()


@pytest.mark.django_db
def test_events_of_nested_actions_stand_in_the_order_they_happened(empty: Centre) -> None:
    @action
    def outer() -> None:
        do_something(centre=empty, step=1)
        record("test.done", centre=empty, actor=None, step=2)
        do_something(centre=empty, step=3)

    with centre_context(empty.pk):
        outer()
        assert facts_of(empty) == [{"step": 1}, {"step": 2}, {"step": 3}]
        assert list(ledger_faults(empty)) == []


@pytest.mark.django_db
def test_a_nested_action_that_was_refused_leaves_no_event_when_the_outer_goes_on(
    empty: Centre,
) -> None:
    @action
    def outer() -> None:
        do_something(centre=empty, step=1)
        with pytest.raises(Refusal):
            refuse_something(centre=empty)
        do_something(centre=empty, step=2)

    with centre_context(empty.pk):
        outer()
        assert facts_of(empty) == [{"step": 1}, {"step": 2}]


@pytest.mark.django_db
def test_nothing_is_recorded_outside_an_action_or_under_an_unknown_name(empty: Centre) -> None:
    with pytest.raises(RuntimeError, match="outside an action"):
        record("test.done", centre=empty, actor=None)

    @action
    def unknown() -> None:
        record("test.unheard_of", centre=empty, actor=None)

    with pytest.raises(RuntimeError, match="not a registered action name"):
        unknown()


@pytest.mark.django_db
def test_the_platform_has_a_chain_of_its_own(empty: Centre) -> None:
    do_something(centre=None, step=1)
    do_something(centre=None, step=2)
    assert list(PlatformEvent.objects.values_list("seq", "facts")) == [
        (1, {"step": 1}),
        (2, {"step": 2}),
    ]
    assert list(ledger_faults(None)) == []


@pytest.mark.django_db
def test_the_chain_of_an_opened_centre_can_not_vanish_whole(db: None) -> None:
    centre = open_centre(actor=None, slug="cedar", name="Cedar", number="7")
    with centre_context(centre.pk):
        assert list(ledger_faults(centre)) == [
            "the whole chain is missing: the centre was opened and has no event"
        ]


@pytest.mark.django_db(transaction=True)
def test_a_name_and_its_salt_can_be_erased_without_breaking_the_chain(alder: Cast) -> None:
    with as_owner() as owner:
        owner.execute("ALTER TABLE centres_auditevent DISABLE TRIGGER USER")
        owner.execute("UPDATE centres_auditevent SET actor_name = '', actor_name_salt = ''")
        owner.execute("ALTER TABLE centres_auditevent ENABLE TRIGGER USER")
        owner.commit()
    with centre_context(alder.centre.pk):
        assert not AuditEvent.objects.for_centre(alder.centre).exclude(actor_name="").exists()
        assert list(ledger_faults(alder.centre)) == []


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_chain_without_fork_or_gap(empty: Centre) -> None:
    writers, each = 8, 12
    start = threading.Barrier(writers)
    troubles: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            start.wait()
            for turn in range(each):
                with centre_context(empty.pk):
                    do_something(centre=empty, writer=writer, turn=turn)
        except BaseException as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with centre_context(empty.pk):
        events = list(AuditEvent.objects.for_centre(empty).order_by("seq"))
        assert [event.seq for event in events] == list(range(1, writers * each + 1))
        assert [event.previous for event in events] == [START, *(e.digest for e in events[:-1])]
        assert list(ledger_faults(empty)) == []
        turns = [(e.facts["writer"], e.facts["turn"]) for e in events]
        assert sorted(turns) == [(w, t) for w in range(writers) for t in range(each)]
        for writer in range(writers):
            assert [t for w, t in turns if w == writer] == list(range(each))


EVENT = "centres_auditevent"
HEAD = "centres_ledgerhead"


class Meddler:
    """Somebody with the owner's rights on the database, who does not have the site's key."""

    def __init__(self, owner: psycopg.Connection[Any], centre: Centre, seed: int) -> None:
        self.owner = owner
        self.centre = centre
        self.random = random.Random(seed)
        self.length = self._one(f"SELECT max(seq) FROM {EVENT} WHERE centre_id = %s", centre.pk)
        self.others = [
            pk for (pk,) in owner.execute("SELECT id FROM centres_user ORDER BY id").fetchall()
        ]

    def _one(self, statement: str, *values: Any) -> Any:
        row = self.owner.execute(statement, list(values)).fetchone()
        return row[0] if row else None

    def _event(self) -> int:
        return self.random.randint(1, self.length)

    def _set(self, column: str, value: Any, seq: int) -> None:
        self.owner.execute(
            f"UPDATE {EVENT} SET {column} = %s WHERE centre_id = %s AND seq = %s",
            [value, self.centre.pk, seq],
        )

    def _hex(self, digits: int) -> str:
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def edit(self) -> str:
        """Change one column of one event to something else."""
        seq = self._event()
        held = self._one(
            f"SELECT to_jsonb(e) FROM {EVENT} e WHERE centre_id = %s AND seq = %s",
            self.centre.pk,
            seq,
        )
        moment = datetime.datetime.fromisoformat(held["at"])
        news: dict[str, Callable[[], Any]] = {
            "id": uuid.uuid4,
            "seq": lambda: self.length + self.random.randint(2, 50),
            "schema": lambda: held["schema"] + 1,
            "at": lambda: moment + datetime.timedelta(microseconds=self.random.choice([-1, 1, 9])),
            "actor_id": lambda: self.random.choice(
                [pk for pk in self.others if str(pk) != held["actor_id"]]
            ),
            "actor_name": lambda: self.random.choice(["Somebody", held["actor_name"] + "x"]),
            "actor_name_salt": lambda: self._hex(32),
            "actor_name_hash": lambda: self._hex(64),
            "action": lambda: self.random.choice(["sheet.signed", held["action"] + "x", ""]),
            "subject_kind": lambda: held["subject_kind"] + "x",
            "subject_id": uuid.uuid4,
            "facts": lambda: json.dumps({**held["facts"], "added": self.random.random()}),
            "previous": lambda: self._hex(64),
            "digest": lambda: self._hex(64),
        }
        column = self.random.choice(sorted(news))
        value = news[column]()
        self._set(column, value, seq)
        return f"edit {column} of {seq} to {value!r}"

    def delete(self) -> str:
        """Take one event out."""
        seq = self._event()
        self.owner.execute(
            f"DELETE FROM {EVENT} WHERE centre_id = %s AND seq = %s", [self.centre.pk, seq]
        )
        return f"delete {seq}"

    def swap(self) -> str:
        """Let two events change places, or contents."""
        one, other = self.random.sample(range(1, self.length + 1), 2)
        if self.random.random() < 0.5:
            for old, new in ((one, self.length + 9), (other, one), (self.length + 9, other)):
                self._set("seq", new, old)
            return f"swap {one} and {other}"
        self.owner.execute(
            f"UPDATE {EVENT} a SET facts = b.facts, at = b.at FROM {EVENT} b "
            "WHERE a.centre_id = b.centre_id AND a.centre_id = %s "
            "AND (a.seq, b.seq) IN ((%s, %s), (%s, %s))",
            [self.centre.pk, one, other, other, one],
        )
        return f"swap contents of {one} and {other}"

    def cut_tail(self) -> str:
        """Cut the last events, and try to hide it in the head."""
        kept = self.random.randint(0, self.length - 1)
        self.owner.execute(
            f"DELETE FROM {EVENT} WHERE centre_id = %s AND seq > %s", [self.centre.pk, kept]
        )
        way = self.random.choice(["as it was", "moved", "forged", "gone"])
        if way == "gone" and kept:
            self.owner.execute(f"DELETE FROM {HEAD} WHERE centre_id = %s", [self.centre.pk])
        elif way in ("moved", "forged"):
            self._move_head(kept, forged=way == "forged")
        return f"cut after {kept}, head {way}"

    def rewrite(self) -> str:
        """Change one event and chain all later ones and the head anew; only the key is missing."""
        seq = self._event()
        self._set("facts", json.dumps({"rewritten": self.random.random()}), seq)
        previous = (
            self._one(
                f"SELECT digest FROM {EVENT} WHERE centre_id = %s AND seq = %s",
                self.centre.pk,
                seq - 1,
            )
            or START
        )
        cursor = self.owner.cursor(row_factory=psycopg.rows.dict_row)
        rows = cursor.execute(
            f"SELECT * FROM {EVENT} WHERE centre_id = %s AND seq >= %s ORDER BY seq",
            [self.centre.pk, seq],
        ).fetchall()
        for row in rows:
            event = AuditEvent(**{**row, "previous": previous})
            previous, digest = event_digest(event), event.previous
            self._set("previous", digest, row["seq"])
            self._set("digest", previous, row["seq"])
        self._move_head(self.length, forged=True)
        return f"rewrite from {seq}"

    def _move_head(self, seq: int, *, forged: bool) -> None:
        digest = (
            self._one(
                f"SELECT digest FROM {EVENT} WHERE centre_id = %s AND seq = %s",
                self.centre.pk,
                seq,
            )
            or START
        )
        self.owner.execute(
            f"UPDATE {HEAD} SET seq = %s, digest = %s WHERE centre_id = %s",
            [seq, digest, self.centre.pk],
        )
        if forged:
            seal = head_seal(self.centre.pk, seq, digest, secret="a key that is only guessed")
            self.owner.execute(
                f"UPDATE {HEAD} SET seal = %s WHERE centre_id = %s", [seal, self.centre.pk]
            )


@pytest.mark.django_db(transaction=True)
def test_five_hundred_random_edits_deletions_swaps_and_tail_cuts_are_all_detected(
    alder: Cast,
) -> None:
    with centre_context(alder.centre.pk):
        for number in range(30):
            do_something(
                centre=alder.centre, actor=alder.max if number % 3 else None, number=number
            )
        assert list(ledger_faults(alder.centre)) == []
    undetected: list[str] = []
    kinds = ["edit", "delete", "swap", "cut_tail", "rewrite"]
    with psycopg.connect(**parameters("owner"), autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {EVENT} DISABLE TRIGGER USER")
        owner.execute(f"CREATE TEMP TABLE events_kept AS SELECT * FROM {EVENT}")
        owner.execute(f"CREATE TEMP TABLE heads_kept AS SELECT * FROM {HEAD}")
        for seed in range(500):
            meddler = Meddler(owner, alder.centre, seed)
            what = getattr(meddler, kinds[seed % len(kinds)])()
            with centre_context(alder.centre.pk):
                if not list(ledger_faults(alder.centre)):
                    undetected.append(f"{seed}: {what}")
            with owner.transaction():
                for table, kept in ((EVENT, "events_kept"), (HEAD, "heads_kept")):
                    owner.execute(f"DELETE FROM {table}")
                    owner.execute(f"INSERT INTO {table} SELECT * FROM {kept}")
            if seed % 50 == 0:
                with centre_context(alder.centre.pk):
                    assert list(ledger_faults(alder.centre)) == [], "put back as it was"
        owner.execute(f"ALTER TABLE {EVENT} ENABLE TRIGGER USER")
    assert undetected == []


@pytest.mark.django_db(transaction=True)
def test_verify_ledger_says_whole_or_names_the_fault(
    alder: Cast, birch: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_ledger")
    assert capsys.readouterr().out.splitlines() == [
        "Alder Centre: whole",
        "Birch Training: whole",
        "platform: whole",
    ]
    with psycopg.connect(**parameters("owner"), autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {EVENT} DISABLE TRIGGER USER")
        owner.execute(f"DELETE FROM {EVENT} WHERE centre_id = %s AND seq = 2", [birch.centre.pk])
        owner.execute(f"ALTER TABLE {EVENT} ENABLE TRIGGER USER")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Alder Centre: whole"
    assert said[1] == "Birch Training: 2 faults"
    assert said[2] == "  event 2 is missing: the chain goes from 1 to 3"
    call_command("verify_ledger", centre="alder")
    assert capsys.readouterr().out.splitlines() == ["Alder Centre: whole", "platform: whole"]


@pytest.mark.django_db(transaction=True)
def test_emptying_a_name_without_its_salt_is_no_erasure(alder: Cast) -> None:
    with as_owner() as owner:
        owner.execute(f"ALTER TABLE {EVENT} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE {EVENT} SET actor_name = '' WHERE seq = 1")
        owner.execute(f"ALTER TABLE {EVENT} ENABLE TRIGGER USER")
        owner.commit()
    with centre_context(alder.centre.pk):
        assert list(ledger_faults(alder.centre)) == [
            "event 1 was changed: the copied name is not the one recorded"
        ]
