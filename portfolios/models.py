"""What the learner shows: files as evidence, claims of it against criteria, and submissions.

A portfolio is the evidence of one registration, so it has no table of its own.
"""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre
from portfolios.file_types import KINDS, Kind


class StoredFile(CentreOwned):
    """A file's bytes, found by a random key; its name and type live only here. Never changed."""

    key = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(fields=["centre", "key"], name="storedfile_key_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="storedfile_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file_type(self) -> Kind:
        """What is known of files of this kind."""
        return KINDS[self.kind]


class EvidenceQuerySet(CentreQuerySet["Evidence"]):
    """Items of evidence."""

    def standing(self) -> "EvidenceQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Evidence(CentreOwned):
    """One item of a registration's portfolio, numbered E1, E2 …; its files are its versions."""

    registration = key_within_centre("centres.Registration")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["number"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="registration", name="evidence_registration_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "registration", "number"], name="evidence_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """Such as ``E7``."""
        return f"E{self.number}"


class EvidenceVersion(CentreOwned):
    """One file of an item of evidence; a replacement is the next version. Never changed."""

    evidence = key_within_centre("portfolios.Evidence")
    number = models.PositiveIntegerField(default=1)
    file = key_within_centre("portfolios.StoredFile")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["number"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="evidence", name="evidenceversion_evidence_same_centre"),
            SameCentre(field="file", name="evidenceversion_file_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "evidence", "number"], name="evidenceversion_number_once"
            ),
            models.UniqueConstraint(fields=["centre", "file"], name="evidenceversion_file_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Anchor(models.TextChoices):
    """Where in an item the learner points to."""

    WHOLE = "whole", "The whole item"
    PAGE = "page", "A page"
    TIME = "time", "A time"


class AnchoredClaim(models.Model):
    """That an item, at a place in it, shows a criterion. ``place`` is a page or a second."""

    criterion = models.ForeignKey(
        "qualifications.Criterion", models.PROTECT, related_name="+", db_index=False
    )
    anchor = models.CharField(max_length=10, choices=Anchor, default=Anchor.WHOLE)
    place = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def place_text(self) -> str:
        """Such as ``p. 6`` or ``02:43``; empty for the whole item."""
        if self.anchor == Anchor.PAGE:
            return f"p. {self.place}"
        if self.anchor == Anchor.TIME:
            minutes, seconds = divmod(self.place or 0, 60)
            return f"{minutes:02}:{seconds:02}"
        return ""


PLACED = Q(anchor=Anchor.WHOLE, place__isnull=True) | (
    ~Q(anchor=Anchor.WHOLE) & Q(place__isnull=False)
)


class ClaimQuerySet(CentreQuerySet["Claim"]):
    """Claims of evidence against criteria."""

    def standing(self) -> "ClaimQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Claim(AnchoredClaim, CentreOwned):
    """A learner's claim, until it is withdrawn."""

    evidence = key_within_centre("portfolios.Evidence")
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["claimed_at"]
        indexes = [models.Index(fields=["centre", "evidence"], name="claim_evidence")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="evidence", name="claim_evidence_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "evidence", "criterion", "anchor", "place"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="claim_once_per_place",
            ),
            models.CheckConstraint(condition=PLACED, name="claim_place_with_anchor"),
            models.CheckConstraint(
                condition=~Q(anchor=Anchor.PAGE) | Q(place__gte=1), name="claim_page_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} for {self.criterion_id}"


class Submission(CentreOwned):
    """What was handed in to an assessment, once and for all: the attempt and its snapshot.

    The declaration is a signature on the snapshot's manifest.
    """

    registration = key_within_centre("centres.Registration")
    assessment = models.ForeignKey(
        "qualifications.Assessment", models.PROTECT, related_name="+", db_index=False
    )
    attempt = models.PositiveSmallIntegerField()
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    declaration_version = models.PositiveSmallIntegerField()

    class Meta(CentreOwned.Meta):
        ordering = ["submitted_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(
                field="registration", also=("learner",), name="submission_registration_same_centre"
            ),
            models.UniqueConstraint(
                fields=["centre", "id", "learner"], name="submission_same_learner"
            ),
            models.UniqueConstraint(
                fields=["centre", "registration", "assessment", "attempt"],
                name="submission_attempt_once",
            ),
            models.CheckConstraint(
                condition=Q(attempt__gte=1), name="submission_attempts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt}"


class SubmissionItem(CentreOwned):
    """An item of evidence as it was when it was submitted."""

    submission = key_within_centre("portfolios.Submission")
    version = key_within_centre("portfolios.EvidenceVersion")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)

    class Meta(CentreOwned.Meta):
        ordering = ["number"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="submission", name="submissionitem_submission_same_centre"),
            SameCentre(field="version", name="submissionitem_version_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "submission", "number"], name="submissionitem_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"E{self.number} {self.title}"

    @property
    def label(self) -> str:
        """Such as ``E7``."""
        return f"E{self.number}"


class SubmissionClaim(AnchoredClaim, CentreOwned):
    """A claim as it was when it was submitted."""

    item = key_within_centre("portfolios.SubmissionItem")

    class Meta(CentreOwned.Meta):
        indexes = [models.Index(fields=["centre", "item"], name="submissionclaim_item")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="item", name="submissionclaim_item_same_centre"),
            models.CheckConstraint(condition=PLACED, name="submissionclaim_place_with_anchor"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} for {self.criterion_id}"


class ClosureQuerySet(CentreQuerySet["Closure"]):
    """Closures of submissions."""

    def standing(self) -> "ClosureQuerySet":
        """Those that still hold: the submission was not reopened since."""
        reopened = Reopening.objects.filter(centre=OuterRef("centre"), closure=OuterRef("pk"))
        return self.filter(~Exists(reopened))


class Closure(CentreOwned):
    """That a submission was decided, told from above: a referral opens the next attempt.

    ``number`` counts the closures of a submission: one that is reopened can be closed again.
    """

    class Outcome(models.TextChoices):
        """How it was decided."""

        PASS = "pass", "Pass"
        REFERRAL = "referral", "Referral"

    submission = key_within_centre("portfolios.Submission")
    number = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=Outcome)
    closed_at = models.DateTimeField()

    objects = ClosureQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="submission", name="closure_submission_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "submission", "number"], name="closure_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.outcome


class Reopening(CentreOwned):
    """That quality assurance returned a decision, told from above: it is to be made again."""

    closure = key_within_centre("portfolios.Closure")
    reopened_at = models.DateTimeField()

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="closure", name="reopening_closure_same_centre"),
            models.UniqueConstraint(fields=["centre", "closure"], name="reopening_once"),
        ]

    def __str__(self) -> str:
        return f"reopened {self.reopened_at:%Y-%m-%d}"


__all__ = [
    "Anchor",
    "Claim",
    "Closure",
    "Evidence",
    "EvidenceVersion",
    "Reopening",
    "StoredFile",
    "Submission",
    "SubmissionClaim",
    "SubmissionItem",
]
