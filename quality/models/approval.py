"""The papers behind a centre's approval, and the results that a learner keeps in a move."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from centres.tenancy import CentreOwned, SameCentre, key_within_centre


class ApprovalPaper(CentreOwned):
    """A file that belongs to an approval; a withdrawn one stays on record."""

    class Kind(models.TextChoices):
        """What the awarding body asks to see (8588 handbook, approval)."""

        LETTER = "letter", "Approval letter"
        JOURNEY = "journey", "Learner journey plan"
        LESSONS = "lessons", "Lesson plans"

    approval = key_within_centre("centres.Approval")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=200)
    file = key_within_centre("portfolios.StoredFile")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["kind", "-added_at"]
        indexes = [models.Index(fields=["centre", "approval"], name="approvalpaper_approval")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="approval", name="approvalpaper_approval_same_centre"),
            SameCentre(field="file", name="approvalpaper_file_same_centre"),
            models.CheckConstraint(
                condition=Q(kind__in=["letter", "journey", "lessons"]), name="approvalpaper_kind"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="approvalpaper_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class KeptDecision(CentreOwned):
    """A pass that a learner keeps in a move: credit transfer, never recognition of prior learning.

    `criterion` is the one of the pathway moved to, `sheet` the signed one that decided it before.
    Never changed. A unit all of whose criteria are kept is passed.
    """

    move = key_within_centre("centres.PathwayMove")
    registration = key_within_centre("centres.Registration")
    criterion = models.ForeignKey("qualifications.Criterion", models.PROTECT, related_name="+")
    sheet = key_within_centre("assessment.Sheet")

    class Meta(CentreOwned.Meta):
        indexes = [
            models.Index(fields=["centre", "registration"], name="keptdecision_registration")
        ]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="move", name="keptdecision_move_same_centre"),
            SameCentre(field="registration", name="keptdecision_registration_same_centre"),
            SameCentre(field="sheet", name="keptdecision_sheet_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "registration", "criterion"], name="keptdecision_criterion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} by {self.sheet_id}"
