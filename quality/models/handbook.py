"""Handbooks that a centre had read in, and the doubtful readings that a person answers for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from centres.tenancy import CentreOwned, SameCentre, key_within_centre


class HandbookImport(CentreOwned):
    """A handbook on its way to a version of the centre's own. The row is the worker's job.

    `result` is what was read, each value with its place, and the lines that it was read from.
    `specification` is the draft made from it, later the published version. One that led nowhere
    is taken out of the list by `cleared_at`, and stays on record.
    """

    class State(models.TextChoices):
        """Where an import stands."""

        QUEUED = "queued", "Waiting"
        READING = "reading", "Being read"
        READ = "read", "To review"
        REFUSED = "refused", "Not readable"
        PUBLISHED = "published", "Published"
        DISCARDED = "discarded", "Discarded"

    file = key_within_centre("portfolios.StoredFile")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.CharField(max_length=100, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    refusal_rule = models.CharField(max_length=300, blank=True)
    refusal_remedy = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    specification = models.ForeignKey(
        "qualifications.Specification", models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["centre", "-asked_at"], name="handbookimport_newest"),
            models.Index(
                fields=["centre", "queued_at"],
                name="handbookimport_due",
                condition=Q(state__in=["queued", "reading"]),
            ),
        ]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="file", name="handbookimport_file_same_centre"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["queued", "reading", "read", "refused", "published", "discarded"]
                ),
                name="handbookimport_state",
            ),
            models.CheckConstraint(
                condition=Q(state="reading", token__isnull=False, lease_until__isnull=False)
                | ~Q(state="reading") & Q(token__isnull=True),
                name="handbookimport_read_by_one",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal_rule="") & ~Q(refusal_remedy="")
                | ~Q(state="refused") & Q(refusal_rule="", refusal_remedy=""),
                name="handbookimport_refused_with_remedy",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["read", "published"])
                | Q(result__isnull=False, read_at__isnull=False),
                name="handbookimport_read_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["published", "discarded"],
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                )
                | ~Q(state__in=["published", "discarded"])
                & Q(closed_by__isnull=True, closed_at__isnull=True),
                name="handbookimport_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(specification__isnull=False),
                name="handbookimport_published_version",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(state__in=["refused", "discarded"]),
                name="handbookimport_cleared_if_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_cleared(self) -> bool:
        """Whether it led nowhere and is listed still."""
        return self.cleared_at is None and self.state in (self.State.REFUSED, self.State.DISCARDED)


class HandbookWarning(CentreOwned):
    """A reading that somebody has to look at before the draft may be published.

    `line` is its place among the lines that were read, from nought; nothing where it has none.
    """

    class Resolution(models.TextChoices):
        """What the person who looked at it has done."""

        ACCEPTED = "accepted", "Accepted as taken"
        CORRECTED = "corrected", "Corrected in the draft"

    handbook = key_within_centre("quality.HandbookImport")
    position = models.PositiveIntegerField()
    where = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    raw = models.TextField()
    taken = models.TextField(null=True, blank=True)
    why = models.TextField()
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True)
    note = models.CharField(max_length=500, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["position"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="handbook", name="handbookwarning_handbook_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "handbook", "position"], name="handbookwarning_position_once"
            ),
            models.CheckConstraint(
                condition=Q(resolution="", note="", resolved_by=None, resolved_at=None)
                | Q(resolution="accepted", resolved_by__isnull=False, resolved_at__isnull=False)
                | Q(resolution="corrected", resolved_by__isnull=False, resolved_at__isnull=False)
                & ~Q(note=""),
                name="handbookwarning_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.why
