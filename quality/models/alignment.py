"""Alignments: a centre's programme mapped to the units of a pathway, approved by name."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import IsNull
from django.utils import timezone

from assessment.models import PaperRow
from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre

TEXT_LIMIT = 5000  # characters of the overview and of each answer
NAME_LIMIT = 200


class AlignmentQuerySet(CentreQuerySet["Alignment"]):
    """Alignments."""

    def approved(self) -> "AlignmentQuerySet":
        """Those that somebody approved by name."""
        return self.filter(approved_at__isnull=False)


class Alignment(CentreOwned):
    """One version of a programme's alignment with a pathway; never changed once approved.

    The approval is a ``Signature`` with purpose ALIGNMENT; the database itself refuses it while a
    unit is not covered in full or names no assessment, and by whoever began the version or is among
    its ``writers``: all who saved a change in it. ``revision`` counts what was saved on the cover.
    """

    pathway = models.ForeignKey("qualifications.Pathway", models.PROTECT, related_name="+")
    title = models.CharField(max_length=NAME_LIMIT)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey(
        "quality.Alignment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    overview = models.TextField(max_length=TEXT_LIMIT, blank=True)
    assessment_manager = models.CharField(max_length=NAME_LIMIT, blank=True)
    consultant = models.CharField(max_length=NAME_LIMIT, blank=True)
    qcm = models.CharField(max_length=NAME_LIMIT, blank=True)
    bdm = models.CharField(max_length=NAME_LIMIT, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    writers = ArrayField(models.UUIDField(), default=list, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_name = models.CharField(max_length=NAME_LIMIT, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = AlignmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["title", "-version"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="replaces", name="alignment_replaces_same_centre"),
            models.UniqueConstraint(fields=["centre", "replaces"], name="alignment_replaced_once"),
            models.UniqueConstraint(
                fields=["centre", "id", "pathway"], name="alignment_same_pathway"
            ),
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True)
                | Q(version__gt=1, replaces__isnull=False),
                name="alignment_versions_follow",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, approved_name="")
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_name="")),
                name="alignment_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("drafted_by"))
                & Q(
                    IsNull(
                        Func(
                            F("writers"),
                            F("approved_by"),
                            function="array_position",
                            output_field=models.IntegerField(),
                        ),
                        True,
                    )
                ),
                name="alignment_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class Coverage(models.TextChoices):
    """How much of a unit the programme covers."""

    NONE = "none", "None"
    PARTIAL = "partial", "Partial"
    FULL = "full", "Full"


class AlignmentUnit(CentreOwned):
    """What the alignment says of one unit; ``coverage`` is empty where the suggestion stands.

    The database refuses to set it to full while no criterion of the unit says anything.
    ``revision`` counts what was saved on the unit's page, its criteria among it.
    """

    alignment = key_within_centre("quality.Alignment")
    unit = models.ForeignKey("qualifications.Unit", models.PROTECT, related_name="+")
    coverage = models.CharField(max_length=10, choices=Coverage, blank=True)
    comment = models.TextField(max_length=TEXT_LIMIT, blank=True)
    assessment_title = models.CharField(max_length=NAME_LIMIT, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="alignment", name="alignmentunit_alignment_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "alignment", "unit"], name="alignmentunit_once"
            ),
            models.CheckConstraint(
                condition=Q(coverage__in=["", *Coverage.values]), name="alignmentunit_coverage"
            ),
            models.CheckConstraint(
                condition=Q(coverage="") | ~Q(comment=""), name="alignmentunit_override_has_comment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.coverage or 'as suggested'}"


class AlignmentCriterion(CentreOwned):
    """How one criterion is taught and what is assessed for it."""

    alignment = key_within_centre("quality.Alignment")
    criterion = models.ForeignKey("qualifications.Criterion", models.PROTECT, related_name="+")
    learning_strategies = models.TextField(max_length=TEXT_LIMIT, blank=True)
    assessment_evidence = models.TextField(max_length=TEXT_LIMIT, blank=True)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="alignment", name="alignmentcriterion_alignment_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "alignment", "criterion"], name="alignmentcriterion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}"


class AlignmentLearnerQuerySet(CentreQuerySet["AlignmentLearner"]):
    """Who follows which programme."""

    def following(self) -> "AlignmentLearnerQuerySet":
        """Those that count: not ended, and the registration is on the pathway still."""
        return self.filter(ended_at__isnull=True, registration__pathway=F("pathway"))


class AlignmentLearner(CentreOwned):
    """A registration that follows a programme: this version of its alignment, until it is ended.

    ``pathway`` is the alignment's, and was the registration's when the row was made; a
    registration that has moved since no longer follows. Only ending it changes a row, once.
    """

    alignment = key_within_centre("quality.Alignment")
    registration = key_within_centre("centres.Registration")
    pathway = models.ForeignKey("qualifications.Pathway", models.PROTECT, related_name="+")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlignmentLearnerQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        indexes = [models.Index(fields=["centre", "alignment"], name="alignmentlearner_alignment")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(
                field="alignment",
                also=("pathway",),
                name="alignmentlearner_alignment_same_centre",
            ),
            SameCentre(field="registration", name="alignmentlearner_registration_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "registration"],
                condition=Q(ended_at__isnull=True),
                name="alignmentlearner_one_programme",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False, ended_at__gte=F("placed_at")),
                name="alignmentlearner_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} follows {self.alignment_id}"


class AlignmentPaper(PaperRow):
    """The paper of an approved alignment; the row is the job of making it."""

    alignment = key_within_centre("quality.Alignment")

    class Meta(PaperRow.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="alignment", name="alignmentpaper_alignment_same_centre"),
            models.UniqueConstraint(fields=["centre", "alignment"], name="alignmentpaper_once"),
            models.UniqueConstraint(fields=["code"], name="alignmentpaper_code_once"),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(sha256=""), name="alignmentpaper_sha256_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | (~Q(sha256="") & ~Q(key="") & Q(issued_at__isnull=False, size__gt=0)),
                name="alignmentpaper_issued_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="rendering") | Q(token__isnull=False, lease_until__isnull=False),
                name="alignmentpaper_rendering_is_leased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alignment_id}, {self.get_state_display()}"

    @property
    def about(self) -> dict[str, str]:
        """What events say of it."""
        return {"alignment": str(self.alignment_id)}
