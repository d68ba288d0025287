"""Sampling: the plan, the seeded draw, and what was chosen for internal quality assurance."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class SamplingPlanQuerySet(CentreQuerySet["SamplingPlan"]):
    """Sampling plans."""

    def approved(self) -> "SamplingPlanQuerySet":
        """Those that a lead internal quality assurer signed; the highest version is in force."""
        return self.filter(approved_at__isnull=False)


class SamplingPlan(CentreOwned):
    """How a centre samples one qualification: a named version, never changed once approved.

    ``baseline_percent`` is the share of decided sheets that must be reviewed before the rest may
    be released without a justification. The approval is a ``Signature`` with purpose PLAN.
    """

    qualification = models.ForeignKey(
        "qualifications.Qualification", models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    rules = models.TextField(max_length=5000)
    baseline_percent = models.PositiveSmallIntegerField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = SamplingPlanQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["-version"]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["centre", "qualification", "version"], name="samplingplan_version_once"
            ),
            models.CheckConstraint(
                condition=Q(baseline_percent__gte=1, baseline_percent__lte=100),
                name="samplingplan_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Draw(CentreOwned):
    """A random draw that anybody can repeat: the seed and the pool it was drawn from. Kept as is.

    ``pool`` lists the ids of the sheets in the order that the draw used.
    """

    plan = key_within_centre("quality.SamplingPlan")
    seed = models.CharField(max_length=64)
    wanted = models.PositiveSmallIntegerField()
    pool = models.JSONField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["-drawn_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="plan", name="draw_plan_same_centre"),
            models.CheckConstraint(condition=Q(wanted__gte=1), name="draw_wants_some"),
        ]

    def __str__(self) -> str:
        return f"{self.wanted} of {len(self.pool)}, seed {self.seed}"


class Sample(CentreOwned):
    """One piece of work chosen for internal quality assurance, why, by whom, for whom, till when.

    A summative sample is a signed sheet. An interim one is work in progress of a registration for
    an assessment: its review confirms nothing (domain brief, section 12).
    """

    class Kind(models.TextChoices):
        """What is looked at."""

        SUMMATIVE = "summative", "Summative"
        INTERIM = "interim", "Interim"

    plan = key_within_centre("quality.SamplingPlan")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUMMATIVE)
    registration = key_within_centre("centres.Registration")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        "qualifications.Assessment", models.PROTECT, related_name="+", db_index=False
    )
    sheet = models.ForeignKey(
        "assessment.Sheet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    draw = models.ForeignKey(
        "quality.Draw",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    reason = models.CharField(max_length=300)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["due_on"]
        indexes = [models.Index(fields=["centre", "registration"], name="sample_registration")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="plan", name="sample_plan_same_centre"),
            SameCentre(
                field="registration", also=("learner",), name="sample_registration_same_centre"
            ),
            SameCentre(field="sheet", name="sample_sheet_same_centre"),
            SameCentre(field="draw", name="sample_draw_same_centre"),
            models.UniqueConstraint(fields=["centre", "sheet"], name="sample_once_per_sheet"),
            models.CheckConstraint(
                condition=Q(kind="summative", sheet__isnull=False)
                | Q(kind="interim", sheet__isnull=True),
                name="sample_summative_has_sheet",
            ),
            models.CheckConstraint(condition=~Q(reviewer=F("learner")), name="sample_not_own_work"),
            models.CheckConstraint(condition=~Q(reason=""), name="sample_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} sample, due {self.due_on}"
