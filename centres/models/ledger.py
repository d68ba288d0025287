"""The ledger's tables: an append-only, hash-chained list per centre, and the platform's."""

import uuid

from django.conf import settings
from django.db import models

from centres.tenancy import CentreOwned


class ChainedEvent(models.Model):
    """One event of a chain. Its digest covers every column but the copied name, which is covered
    by its salted hash, so that a name can be erased without breaking the chain."""

    seq = models.PositiveBigIntegerField()
    schema = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=200, blank=True)
    actor_name_salt = models.CharField(max_length=32)
    actor_name_hash = models.CharField(max_length=64)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditEvent(ChainedEvent, CentreOwned):
    """An event of a centre's chain."""

    class Meta(CentreOwned.Meta):
        ordering = ["seq"]
        indexes = [models.Index(fields=["centre", "subject_id"], name="auditevent_subject")]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(fields=["centre", "seq"], name="auditevent_seq_once"),
        ]


class PlatformEvent(ChainedEvent):
    """An event outside any centre: signing in, loading a catalogue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["seq"], name="platformevent_seq_once")]


class Head(models.Model):
    """Where a chain ends, under a keyed hash: a cut tail can't be hidden by cutting the head."""

    seq = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"head at {self.seq}"


class LedgerHead(Head, CentreOwned):
    """The end of a centre's chain."""

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(fields=["centre"], name="ledgerhead_one_per_centre"),
        ]


class PlatformHead(Head):
    """The end of the platform's chain: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="platformhead_one_row")
        ]
