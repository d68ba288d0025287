"""How internally confirmed work comes to be confirmed externally, and what holds it back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class ExternalReport(CentreOwned):
    """An EQA's report made outside this site, as the centre recorded it: never a signature."""

    qualification = models.ForeignKey(
        "qualifications.Qualification", models.PROTECT, related_name="+", db_index=False
    )
    file = key_within_centre("portfolios.StoredFile")
    reference = models.CharField(max_length=60)
    eqa_name = models.CharField("external quality assurer", max_length=200)
    reported_on = models.DateField()
    releases = models.BooleanField("releases the work")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["-reported_on"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="file", name="externalreport_file_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "qualification", "reference"],
                name="externalreport_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.reference}"


class DirectClaimsQuerySet(CentreQuerySet["DirectClaims"]):
    """Direct-claims statuses."""

    def in_force(self, on: object) -> "DirectClaimsQuerySet":
        """Those confirmed by a second person and holding on a day."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            starts_on__lte=on,
            confirmed_at__isnull=False,
        )


class DirectClaims(CentreOwned):
    """That the awarding body lets the centre claim a qualification after internal quality
    assurance, from a day, until a day: recorded with its notice, confirmed by a second person."""

    qualification = models.ForeignKey(
        "qualifications.Qualification", models.PROTECT, related_name="+", db_index=False
    )
    notice = key_within_centre("portfolios.StoredFile")
    reference = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = DirectClaimsQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["-starts_on"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="notice", name="directclaims_notice_same_centre"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("recorded_by"))
                ),
                name="directclaims_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="directclaims_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"direct claims from {self.starts_on}"


class ExternalConfirmation(CentreOwned):
    """That a sheet is confirmed externally, and by which route: once, never changed."""

    class Route(models.TextChoices):
        """By what."""

        VISIT = "visit", "External quality assurer’s visit"
        REPORT = "report", "External report on record"
        CLAIM = "claim", "Direct claim"

    sheet = key_within_centre("assessment.Sheet")
    route = models.CharField(max_length=10, choices=Route)
    visit = models.ForeignKey(
        "quality.Visit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    report = models.ForeignKey(
        "quality.ExternalReport",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    direct_claims = models.ForeignKey(
        "quality.DirectClaims",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="externalconfirmation_sheet_same_centre"),
            SameCentre(field="visit", name="externalconfirmation_visit_same_centre"),
            SameCentre(field="report", name="externalconfirmation_report_same_centre"),
            SameCentre(
                field="direct_claims", name="externalconfirmation_direct_claims_same_centre"
            ),
            models.UniqueConstraint(
                fields=["centre", "sheet"], name="externalconfirmation_once_per_sheet"
            ),
            models.CheckConstraint(
                condition=Q(
                    route="visit",
                    visit__isnull=False,
                    report__isnull=True,
                    direct_claims__isnull=True,
                )
                | Q(
                    route="report",
                    visit__isnull=True,
                    report__isnull=False,
                    direct_claims__isnull=True,
                )
                | Q(
                    route="claim",
                    visit__isnull=True,
                    report__isnull=True,
                    direct_claims__isnull=False,
                ),
                name="externalconfirmation_one_route",
            ),
        ]

    def __str__(self) -> str:
        return self.get_route_display()


class HoldQuerySet(CentreQuerySet["Hold"]):
    """Holds."""

    def standing(self) -> "HoldQuerySet":
        """Those not lifted."""
        return self.filter(lifted_at__isnull=True)


class Hold(CentreOwned):
    """What keeps a learner's work for an assessment from being released, confirmed or claimed.

    It stands beside the standing and never changes it.
    """

    class Kind(models.TextChoices):
        """Why."""

        APPEAL = "appeal", "Appeal"
        MALPRACTICE = "malpractice", "Malpractice enquiry"
        SANCTION = "sanction", "Sanction"
        EXTERNAL = "external", "Held by the external quality assurer"

    registration = key_within_centre("centres.Registration")
    assessment = models.ForeignKey(
        "qualifications.Assessment", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.TextField(max_length=2000)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(blank=True, max_length=2000)

    objects = HoldQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["placed_at"]
        indexes = [models.Index(fields=["centre", "registration"], name="hold_registration")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="registration", name="hold_registration_same_centre"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True, lifted_because="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_because="")),
                name="hold_lifted_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
