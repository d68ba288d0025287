"""The audit ledger's narrow door: actions record events; one function checks the chain.

``@action`` opens the transaction of a write. Events recorded within it are appended when the
outermost action ends, after all row locks, under an advisory lock that is held briefly; a refused
action leaves none. The facts of an event hold ids, hashes and numbers, never personal text.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.utils.encoding import force_bytes

from centres.canonical import canonical_json, sha256_hex, text_hash, utc_text
from centres.clock import database_now
from centres.models import AuditEvent, Centre, LedgerHead, PlatformEvent, PlatformHead, User
from centres.models.ledger import ChainedEvent

SCHEMA = 1
START = "0" * 64
PLATFORM = uuid.UUID(int=0)
ACTIONS: dict[str, str] = {}

P = ParamSpec("P")
R = TypeVar("R")


def register_actions(**names: str) -> None:
    """Add action names, written ``noun__verb="what it means"``, kept as ``noun.verb``."""
    for name, meaning in names.items():
        ACTIONS[name.replace("__", ".")] = meaning


@dataclass(frozen=True)
class PendingEvent:
    """An event that waits for the end of its action."""

    centre: Centre | None
    actor: User | None
    action: str
    subject_kind: str
    subject_id: uuid.UUID | None
    facts: dict[str, Any]


_pending: ContextVar[list[PendingEvent] | None] = ContextVar("pending_events", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one transaction whose recorded events are appended at its end."""

    @wraps(function)
    def in_one_transaction(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _pending.get()
        if outer is not None:
            recorded = len(outer)
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except BaseException:
                # Undone with its savepoint, though the outer action may carry on.
                del outer[recorded:]
                raise
        events: list[PendingEvent] = []
        token = _pending.set(events)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                _append(events)
                return result
        finally:
            _pending.reset(token)

    return in_one_transaction


def record(
    name: str,
    *,
    centre: Centre | None,
    actor: User | None,
    subject: Any = None,
    subject_kind: str = "",
    **facts: Any,
) -> None:
    """Record an event of the action under way; refuses names that no app has registered."""
    events = _pending.get()
    if events is None:
        raise RuntimeError(f"“{name}” was recorded outside an action")
    if name not in ACTIONS:
        raise RuntimeError(f"“{name}” is not a registered action name")
    events.append(
        PendingEvent(
            centre=centre,
            actor=actor,
            action=name,
            subject_kind=subject_kind or (subject._meta.label_lower if subject else ""),
            subject_id=subject.pk if subject else None,
            facts=facts,
        )
    )


def _append(events: list[PendingEvent]) -> None:
    """Append events to their chains, one advisory lock a chain, in the order of the centres."""
    chains: dict[uuid.UUID, list[PendingEvent]] = {}
    for event in events:
        chains.setdefault(event.centre.pk if event.centre else PLATFORM, []).append(event)
    for chain in sorted(chains):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7, hashtext(%s))", [str(chain)])
        _append_to_chain(chains[chain])


def _append_to_chain(events: list[PendingEvent]) -> None:
    """Chain events after the head and move the head; the caller holds the chain's lock."""
    centre = events[0].centre
    head: LedgerHead | PlatformHead | None = (
        LedgerHead.objects.for_centre(centre).first() if centre else PlatformHead.objects.first()
    )
    seq, previous = (head.seq, head.digest) if head else (0, START)
    rows: list[Any] = []
    for event in events:
        seq += 1
        salt = secrets.token_hex(16)
        name = event.actor.full_name if event.actor else ""
        row: ChainedEvent = AuditEvent(centre=centre) if centre else PlatformEvent()
        row.seq, row.schema, row.at = seq, SCHEMA, database_now()
        row.actor, row.actor_name, row.actor_name_salt = event.actor, name, salt
        row.actor_name_hash = text_hash(salt + name)
        row.action, row.facts = event.action, event.facts
        row.subject_kind, row.subject_id = event.subject_kind, event.subject_id
        row.previous = previous
        row.digest = previous = event_digest(row)
        rows.append(row)
    type(rows[0])._default_manager.bulk_create(rows)
    chain = centre.pk if centre else PLATFORM
    new_head: LedgerHead | PlatformHead = head or (
        LedgerHead(centre=centre) if centre else PlatformHead()
    )
    new_head.seq, new_head.digest = seq, previous
    new_head.seal = head_seal(chain, seq, previous)
    new_head.save()


def event_digest(event: ChainedEvent) -> str:
    """SHA-256 of an event's canonical form, which holds the digest of the event before it."""
    centre_id = getattr(event, "centre_id", None)
    return sha256_hex(
        canonical_json(
            {
                "schema": event.schema,
                "centre": str(centre_id or PLATFORM),
                "id": str(event.pk),
                "seq": event.seq,
                "at": utc_text(event.at),
                "actor": str(event.actor_id) if event.actor_id else None,
                "actor_name": event.actor_name_hash,
                "action": event.action,
                "subject_kind": event.subject_kind,
                "subject_id": str(event.subject_id) if event.subject_id else None,
                "facts": event.facts,
                "previous": event.previous,
            }
        )
    )


def head_seal(chain: uuid.UUID, seq: int, digest: str, secret: str | bytes | None = None) -> str:
    """A keyed hash over a chain's end: who can write rows but has no key can't cut the tail."""
    key = hashlib.sha256(b"ledger head " + force_bytes(secret or settings.SECRET_KEY)).digest()
    return hmac.new(key, f"{chain} {seq} {digest}".encode(), hashlib.sha256).hexdigest()


def ledger_faults(centre: Centre | None) -> Iterator[str]:
    """Walk one chain (the platform's when no centre is given) and name every fault found.

    The caller is in the centre's context. Every event must carry the digest of its own content
    and of the event before it, without a gap, and the head must seal the last one.
    """
    events: Any = (
        AuditEvent.objects.for_centre(centre).order_by("seq")
        if centre
        else PlatformEvent.objects.order_by("seq")
    )
    head = LedgerHead.objects.for_centre(centre).first() if centre else PlatformHead.objects.first()
    seq, previous = 0, START
    for event in events.iterator(chunk_size=2000):
        if event.seq != seq + 1:
            yield f"event {seq + 1} is missing: the chain goes from {seq} to {event.seq}"
        if event.previous != previous:
            yield f"event {event.seq} does not follow the event before it"
        if event.digest != event_digest(event):
            yield f"event {event.seq} was changed: its digest does not match its content"
        # A name is erased together with its salt, or it could be guessed from the hash.
        erased = event.actor_id and not event.actor_name and not event.actor_name_salt
        if not erased and text_hash(event.actor_name_salt + event.actor_name) != (
            event.actor_name_hash
        ):
            yield f"event {event.seq} was changed: the copied name is not the one recorded"
        seq, previous = event.seq, event.digest
    if head is None:
        if seq:
            yield "the head of the chain is missing"
        elif centre and PlatformEvent.objects.filter(action="centre.opened", subject_id=centre.pk):
            yield "the whole chain is missing: the centre was opened and has no event"
        return
    chain = centre.pk if centre else PLATFORM
    if (head.seq, head.digest) != (seq, previous):
        yield f"the chain ends at {seq} and its head says {head.seq}: the tail was cut or changed"
    secrets_known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if head.seal not in {head_seal(chain, head.seq, head.digest, s) for s in secrets_known}:
        yield "the head's seal does not match: it was written without the site's key"
