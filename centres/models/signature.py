"""Sign-offs: append-only rows, never a boolean."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from centres.models.people import Membership, Role
from centres.tenancy import CentreOwned


class Signature(CentreOwned):
    """What one person signed, as what, when and how they proved it was them.

    ``digest`` is the SHA-256 (hex) of ``manifest``, a canonical JSON text (RFC 8785) of all that
    was signed. ``subject_kind`` and ``subject_id`` name the thing, so that no lower app needs a
    higher one. One purpose is signed once per subject: a correction is a new subject.
    """

    class Purpose(models.TextChoices):
        """Which sign-off it is."""

        DECLARATION = "declaration", "Declaration"
        DECISION = "decision", "Assessor's decision"
        PLAN = "plan", "Sampling plan"
        REVIEW = "review", "Internal quality assurance"
        RELEASE = "release", "Release of unsampled work"
        VISIT = "visit", "External quality assurance"
        ALIGNMENT = "alignment", "Alignment of a programme"

    purpose = models.CharField(max_length=30, choices=Purpose)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    signer_name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    sentence = models.TextField()
    signed_at = models.DateTimeField()
    method = models.CharField(max_length=20)
    authenticated_at = models.DateTimeField()
    manifest = models.TextField()
    digest = models.CharField(max_length=64)
    builds_on = ArrayField(models.CharField(max_length=64), default=list)

    class Meta(CentreOwned.Meta):
        ordering = ["signed_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["centre", "subject_kind", "subject_id", "purpose"],
                name="signature_once_per_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(authenticated_at__lte=models.F("signed_at")),
                name="signature_after_authentication",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} by {self.signer_name}"

    @property
    def short_digest(self) -> str:
        """The first eight hex digits, in two groups, as printed."""
        return f"{self.digest[:4]} {self.digest[4:8]}"
