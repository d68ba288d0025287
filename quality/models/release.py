"""The release of work that was not sampled, signed by the lead internal quality assurer."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from centres.tenancy import CentreOwned, SameCentre, key_within_centre


class Release(CentreOwned):
    """One signed release under a plan: what was reviewed by then and, if that is below the plan's
    baseline, why the rest is released all the same. Never changed. Signature: purpose RELEASE."""

    plan = key_within_centre("quality.SamplingPlan")
    reviewed = models.PositiveIntegerField()
    decided = models.PositiveIntegerField()
    justification = models.TextField(blank=True, max_length=5000)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["-released_at"]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="plan", name="release_plan_same_centre"),
        ]

    def __str__(self) -> str:
        return f"released {self.released_at:%Y-%m-%d}"


class ReleaseItem(CentreOwned):
    """A sheet that a release confirms internally without a review of its own."""

    release = key_within_centre("quality.Release")
    sheet = key_within_centre("assessment.Sheet")

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="release", name="releaseitem_release_same_centre"),
            SameCentre(field="sheet", name="releaseitem_sheet_same_centre"),
            models.UniqueConstraint(fields=["centre", "sheet"], name="releaseitem_once_per_sheet"),
        ]

    def __str__(self) -> str:
        return f"sheet {self.sheet_id}"
