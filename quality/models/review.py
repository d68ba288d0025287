"""What an internal quality assurer finds: a draft until signed, then never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessment.models import Audience
from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class Check(models.TextChoices):
    """The answer to one of the five tests of evidence; empty while not looked at."""

    YES = "yes", "Yes"
    NO = "no", "No"


class ReviewQuerySet(CentreQuerySet["Review"]):
    """Reviews."""

    def signed(self) -> "ReviewQuerySet":
        """Those signed by their reviewer."""
        return self.filter(signed_at__isnull=False)


class Review(CentreOwned):
    """The review of one sample, with the five tests of the evidence and what it comes to.

    Agreeing, with an action or without, confirms the sheet internally; returning it asks for a
    new version; noting ends an interim review and confirms nothing. Signature: purpose REVIEW.
    """

    class Outcome(models.TextChoices):
        """What the review comes to."""

        AGREE = "agree", "Agree"
        ACTION = "action", "Agree with an action"
        RETURN = "return", "Return to the assessor"
        NOTED = "noted", "Noted (interim)"

    sample = key_within_centre("quality.Sample")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    valid = models.CharField(max_length=3, choices=Check, blank=True)
    authentic = models.CharField(max_length=3, choices=Check, blank=True)
    current = models.CharField(max_length=3, choices=Check, blank=True)
    sufficient = models.CharField(max_length=3, choices=Check, blank=True)
    reliable = models.CharField(max_length=3, choices=Check, blank=True)
    remarks = models.TextField(blank=True, max_length=5000)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.TextField(blank=True, max_length=5000)
    action_text = models.TextField(blank=True, max_length=2000)
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    action_due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()  # type: ignore[misc]

    TESTS = ("valid", "authentic", "current", "sufficient", "reliable")

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sample", name="review_sample_same_centre"),
            models.UniqueConstraint(fields=["centre", "sample"], name="review_once_per_sample"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | ~Q(outcome=""), name="review_signed_whole"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="return") | Q(signed_at__isnull=True) | ~Q(reason=""),
                name="review_returned_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display() or "draft"


class ReviewPoint(CentreOwned):
    """What the reviewer says of one criterion, or of one section with the mark they would give."""

    class Verdict(models.TextChoices):
        """Whether the reviewer agrees with the assessor here."""

        AGREE = "agree", "Agree"
        QUERY = "query", "Query"

    review = key_within_centre("quality.Review")
    criterion = models.ForeignKey(
        "qualifications.Criterion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    section = models.ForeignKey(
        "qualifications.MarkSection",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    mark = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True, max_length=5000)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.ASSESSOR)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="review", name="reviewpoint_review_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "review", "criterion", "section"],
                nulls_distinct=False,
                name="reviewpoint_once",
            ),
            models.CheckConstraint(
                condition=Q(criterion__isnull=True, section__isnull=False)
                | Q(criterion__isnull=False, section__isnull=True, mark__isnull=True),
                name="reviewpoint_criterion_or_section",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="reviewpoint_known_audience"
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(mark__lte=100), name="reviewpoint_at_most_100"
            ),
        ]

    def __str__(self) -> str:
        return self.verdict or "not looked at"
