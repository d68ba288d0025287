"""What a centre is approved to offer, and a learner's move from one pathway to another."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class ApprovalQuerySet(CentreQuerySet["Approval"]):
    """Approvals of a centre."""

    def in_force(self, on: datetime.date | None = None) -> "ApprovalQuerySet":
        """Those that hold on a day (today when none is given)."""
        on = on or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Approval(CentreOwned):
    """That the awarding body lets a centre offer a qualification, from a day, until a day.

    `last_registration_on` and `last_certification_on` are the dates that the awarding body gives
    for the qualification; after the first nobody is enrolled any more.
    """

    qualification = models.ForeignKey(
        "qualifications.Qualification", models.PROTECT, related_name="+", db_index=False
    )
    reference = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    last_registration_on = models.DateField(null=True, blank=True)
    last_certification_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ApprovalQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["-starts_on"]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["centre", "qualification"],
                condition=Q(ends_on__isnull=True),
                name="approval_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="approval_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(last_registration_on__isnull=True)
                | Q(last_certification_on__isnull=True)
                | Q(last_certification_on__gte=F("last_registration_on")),
                name="approval_certificates_after_registrations",
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.reference}"


class ReviewOverride(CentreOwned):
    """That the centre enrols on units past their review date all the same, and why."""

    approval = key_within_centre("centres.Approval")
    reason = models.TextField()
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["-allowed_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="approval", name="reviewoverride_approval_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "approval"],
                condition=Q(withdrawn_at__isnull=True),
                name="reviewoverride_open_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reviewoverride_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="reviewoverride_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class PathwayMove(CentreOwned):
    """That a registration went on to another pathway, or to a newer version of its own.

    Never changed. The awarding body's number and dates are kept as they were before the move,
    because another award is registered anew.
    """

    registration = key_within_centre("centres.Registration")
    from_pathway = models.ForeignKey("qualifications.Pathway", models.PROTECT, related_name="+")
    to_pathway = models.ForeignKey("qualifications.Pathway", models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    number = models.CharField("registration no. before", max_length=30, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["moved_at"]
        indexes = [models.Index(fields=["centre", "registration"], name="pathwaymove_registration")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="registration", name="pathwaymove_registration_same_centre"),
            models.CheckConstraint(
                condition=~Q(from_pathway=F("to_pathway")), name="pathwaymove_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_pathway_id} to {self.to_pathway_id}"
