"""External quality assurance: a visit, the sheets its EQA chooses, and what they opened."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class VisitQuerySet(CentreQuerySet["Visit"]):
    """Visits."""

    def open_to(self, user: object, on: datetime.date | None = None) -> "VisitQuerySet":
        """Those that an EQA may enter on a day (today): theirs, and within their time."""
        on = on or timezone.localdate()
        return self.filter(Q(eqa=user), Q(opens_on__lte=on), Q(ends_on__gte=on))


class Visit(CentreOwned):
    """An EQA's allocation to one qualification for some days, and the activity in them.

    It ends with one signature (purpose VISIT) that releases or holds. ``ends_on`` is the last day
    of access: while open the last day of the visit, once closed ``days_after`` days later.
    ``notes`` are the EQA's own and are shown to nobody else.
    """

    class Outcome(models.TextChoices):
        """How the activity ended."""

        RELEASE = "release", "Released"
        HOLD = "hold", "Held"

    eqa = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    qualification = models.ForeignKey(
        "qualifications.Qualification", models.PROTECT, related_name="+", db_index=False
    )
    reference = models.CharField(max_length=60, blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    ends_on = models.DateField()
    days_after = models.PositiveSmallIntegerField(default=14)
    arranged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField(default=timezone.now)
    notes = models.TextField(blank=True, max_length=10000)
    report = models.TextField(blank=True, max_length=10000)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["-opens_on"]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on"), ends_on__gte=F("opens_on")),
                name="visit_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="visit_closed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"visit from {self.opens_on}"


class VisitSheetQuerySet(CentreQuerySet["VisitSheet"]):
    """Sheets chosen at visits."""

    def published(self) -> "VisitSheetQuerySet":
        """Those that the centre may know of."""
        return self.filter(published_at__isnull=False)


class VisitSheet(CentreOwned):
    """A sheet that the EQA chose; unseen by the centre until published, then with a decision.

    ``note`` is the EQA's own. ``comment`` goes to the centre with the closed activity.
    """

    class Decision(models.TextChoices):
        """What the EQA makes of the sheet."""

        AGREE = "agree", "Agree"
        DISAGREE = "disagree", "Disagree"
        MORE = "more", "Needs more"

    visit = key_within_centre("quality.Visit")
    sheet = key_within_centre("assessment.Sheet")
    reason = models.CharField(max_length=300, blank=True)
    chosen_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    comment = models.TextField(blank=True, max_length=5000)
    note = models.TextField(blank=True, max_length=5000)
    action_text = models.TextField(blank=True, max_length=2000)
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    action_due_on = models.DateField(null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = VisitSheetQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["chosen_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="visit", name="visitsheet_visit_same_centre"),
            SameCentre(field="sheet", name="visitsheet_sheet_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "visit", "sheet"], name="visitsheet_once_per_visit"
            ),
            models.CheckConstraint(
                condition=Q(decision="") | Q(published_at__isnull=False),
                name="visitsheet_decided_once_published",
            ),
        ]

    def __str__(self) -> str:
        return self.decision or "to review"


class EvidenceView(CentreOwned):
    """That an EQA opened an item of evidence: kept apart from the ledger, never changed, and shown
    to the centre once the visit is closed."""

    visit = key_within_centre("quality.Visit")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    item = key_within_centre("portfolios.SubmissionItem")
    viewed_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["viewed_at"]
        indexes = [models.Index(fields=["centre", "visit"], name="evidenceview_visit")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="visit", name="evidenceview_visit_same_centre"),
            SameCentre(field="item", name="evidenceview_item_same_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.viewer_id} at {self.viewed_at:%H:%M}"
