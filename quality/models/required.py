"""Actions that quality assurance asks for: raised by one person, done by its owner, closed by
another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre


class RequiredActionQuerySet(CentreQuerySet["RequiredAction"]):
    """Required actions."""

    def open(self) -> "RequiredActionQuerySet":
        """Those not closed yet."""
        return self.filter(closed_at__isnull=True)


class RequiredAction(CentreOwned):
    """Something to be put right by its owner by a day; whoever closes it is somebody else.

    It comes from an internal review or from a sheet of an external visit.
    """

    review = models.ForeignKey(
        "quality.Review",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    visit_sheet = models.ForeignKey(
        "quality.VisitSheet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    text = models.TextField(max_length=2000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True, max_length=2000)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RequiredActionQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["due_on"]
        indexes = [models.Index(fields=["centre", "owner"], name="requiredaction_owner")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="review", name="requiredaction_review_same_centre"),
            SameCentre(field="visit_sheet", name="requiredaction_visit_sheet_same_centre"),
            models.CheckConstraint(
                condition=Q(review__isnull=False, visit_sheet__isnull=True)
                | Q(review__isnull=True, visit_sheet__isnull=False),
                name="requiredaction_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(
                    closed_by__isnull=False,
                    closed_at__isnull=False,
                    answered_at__isnull=False,
                ),
                name="requiredaction_closed_after_answer",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("owner")),
                name="requiredaction_closed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.owner}, due {self.due_on}"
