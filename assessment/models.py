"""What the assessor decides: sheets, judgements, comments, and the papers made of them."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre


class Decision(models.TextChoices):
    """A judgement on a criterion, and the outcome of a sheet."""

    PASS = "pass", "Pass"
    REFERRAL = "referral", "Referral"


class Finding(models.TextChoices):
    """The answer to an item of a checklist that has no number; empty while it is not looked at."""

    FOUND = "found", "Found"
    NOT_FOUND = "not found", "Not found"


class Audience(models.TextChoices):
    """Whom a comment is for. The file copy holds all; the learner's copy only the first."""

    LEARNER = "learner", "The learner"
    ASSESSOR = "assessor", "Assessors and quality assurers"
    FILE = "file", "The file"


class SheetQuerySet(CentreQuerySet["Sheet"]):
    """Sheets."""

    def signed(self) -> "SheetQuerySet":
        """Those signed by their assessor."""
        return self.filter(signed_at__isnull=False)


class Sheet(CentreOwned):
    """One assessor's result sheet for one submission: a draft until signed, then never changed.

    Each assessor drafts on a sheet of their own; the one that is signed first is the submission's.
    ``version`` counts signed sheets of a submission; a correction is the next one: it names the
    sheet that it replaces, and why quality assurance returned that.
    """

    submission = key_within_centre("portfolios.Submission")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Decision, blank=True)
    replaces: Any = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    reason = models.TextField(blank=True, max_length=5000)

    objects = SheetQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="submission", also=("learner",), name="sheet_submission_same_centre"),
            SameCentre(field="replaces", name="sheet_replaces_same_centre"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, reason="")
                | (Q(replaces__isnull=False) & ~Q(reason="")),
                name="sheet_replaces_with_reason",
            ),
            models.UniqueConstraint(
                fields=["centre", "submission", "assessor"],
                condition=Q(signed_at__isnull=True),
                name="sheet_one_draft_per_assessor",
            ),
            models.UniqueConstraint(
                fields=["centre", "submission", "version"], name="sheet_version_once"
            ),
            models.CheckConstraint(condition=~Q(assessor=F("learner")), name="sheet_not_own_work"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, version__isnull=True, outcome="")
                | Q(
                    signed_at__isnull=False,
                    version__isnull=False,
                    outcome__in=Decision.values,
                ),
                name="sheet_signed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.version or 'draft'}"


class Judgement(CentreOwned):
    """The assessor's decision and feedback on one criterion, as last saved.

    ``counts`` holds what the assessor counted or looked for in the evidence, by rule code: hours,
    clients, items of the checklist, and a ``Finding`` where an item has no number.
    """

    sheet = key_within_centre("assessment.Sheet")
    criterion = models.ForeignKey(
        "qualifications.Criterion", models.PROTECT, related_name="+", db_index=False
    )
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    feedback = models.TextField(blank=True, max_length=5000)
    counts = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="judgement_sheet_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "sheet", "criterion"], name="judgement_once_per_criterion"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", *Decision.values]), name="judgement_known_decision"
            ),
        ]

    def __str__(self) -> str:
        return self.decision or "undecided"


class SectionMark(CentreOwned):
    """The assessor's mark and words on one section of a mark sheet, as last saved.

    ``mark`` is whole, from 0 to the section's maximum (D5 and D7 specifications, mark sheets).
    """

    sheet = key_within_centre("assessment.Sheet")
    section = models.ForeignKey(
        "qualifications.MarkSection", models.PROTECT, related_name="+", db_index=False
    )
    mark = models.PositiveSmallIntegerField(null=True, blank=True)
    strengths = models.TextField(blank=True, max_length=5000)
    improvements = models.TextField("areas for improvement", blank=True, max_length=5000)
    counts = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="sectionmark_sheet_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "sheet", "section"], name="sectionmark_once_per_section"
            ),
            models.CheckConstraint(
                condition=Q(mark__isnull=True) | Q(mark__lte=100), name="sectionmark_at_most_100"
            ),
        ]

    def __str__(self) -> str:
        return "no mark" if self.mark is None else str(self.mark)


class Comment(CentreOwned):
    """What the assessor says on a learning outcome, for one audience, as last saved."""

    sheet = key_within_centre("assessment.Sheet")
    outcome = models.ForeignKey(
        "qualifications.LearningOutcome", models.PROTECT, related_name="+", db_index=False
    )
    audience = models.CharField(max_length=10, choices=Audience)
    text = models.TextField(blank=True, max_length=5000)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="comment_sheet_same_centre"),
            models.UniqueConstraint(
                fields=["centre", "sheet", "outcome", "audience"], name="comment_once_per_audience"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="comment_known_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"for {self.audience}"


class DraftRevision(CentreOwned):
    """Everything ever typed on a sheet: each save of a judgement or comment, by tab and time."""

    sheet = key_within_centre("assessment.Sheet")
    part_kind = models.CharField(max_length=20)
    part_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    tab = models.CharField(max_length=40, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta(CentreOwned.Meta):
        ordering = ["saved_at"]
        indexes = [models.Index(fields=["centre", "part_id"], name="draftrevision_part")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="draftrevision_sheet_same_centre"),
        ]

    def __str__(self) -> str:
        return f"{self.part_kind} {self.revision}"


class PaperRow(CentreOwned):
    """A paper as a job: claimed under a lease, made and sealed by a worker, issued once.

    ``manifest`` is the canonical JSON attached to the file and ``manifest_digest`` its SHA-256.
    """

    class State(models.TextChoices):
        """How far the rendering is."""

        QUEUED = "queued", "Queued"
        RENDERING = "rendering", "Being made"
        ISSUED = "issued", "Issued"
        FAILED = "failed", "Not made"

    template_version = models.PositiveSmallIntegerField()
    manifest = models.TextField()
    manifest_digest = models.CharField(max_length=64)
    code = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    signers = ArrayField(models.CharField(max_length=60), default=list)

    class Meta(CentreOwned.Meta):
        abstract = True
        ordering = ["queued_at"]

    @property
    def about(self) -> dict[str, str]:
        """What the ledger's events say of it."""
        raise NotImplementedError


class Document(PaperRow):
    """A paper of a signed sheet.

    ``confirmation`` is what quality assurance adds to it (``assessment/confirmation.py``).
    """

    class Copy(models.TextChoices):
        """Which of the two copies."""

        LEARNER = "learner", "Learner's copy"
        FILE = "file", "File copy"

    class Standing(models.TextChoices):
        """What the paper says of the result; quality assurance decides it and hands it in."""

        PROVISIONAL = "provisional", "Provisional"
        SAMPLED = "sampled", "Internally confirmed: sampled"
        RELEASED = "released", "Internally confirmed: released"
        VISITED = "visited", "Confirmed: external quality assurance"
        REPORTED = "reported", "Confirmed: external report on record"
        CLAIMED = "claimed", "Confirmed: direct claim"

    sheet = key_within_centre("assessment.Sheet")
    copy = models.CharField(max_length=10, choices=Copy)
    standing = models.CharField(max_length=30, choices=Standing)
    confirmation = models.JSONField(default=dict, blank=True)

    class Meta(PaperRow.Meta):
        indexes = [models.Index(fields=["centre", "sheet"], name="document_sheet")]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(field="sheet", name="document_sheet_same_centre"),
            models.UniqueConstraint(
                fields=[
                    "centre",
                    "sheet",
                    "copy",
                    "template_version",
                    "standing",
                    "manifest_digest",
                ],
                name="document_once",
            ),
            models.UniqueConstraint(fields=["code"], name="document_code_once"),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(sha256=""), name="document_sha256_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | (~Q(sha256="") & ~Q(key="") & Q(issued_at__isnull=False, size__gt=0)),
                name="document_issued_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="rendering") | Q(token__isnull=False, lease_until__isnull=False),
                name="document_rendering_is_leased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_copy_display()}, {self.get_state_display()}"

    @property
    def about(self) -> dict[str, str]:
        """What the ledger's events say of it."""
        return {"sheet": str(self.sheet_id), "copy": self.copy}
