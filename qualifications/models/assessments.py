"""What is handed in, and the sheet that it is judged on."""

from django.db import models
from django.db.models import F, Q

from qualifications.models.specification import CODE_LENGTH, TITLE_LENGTH, SpecificationRow, lines
from qualifications.models.units import Criterion, Unit


class Method(models.TextChoices):
    """What the learner hands in."""

    PORTFOLIO = "portfolio", "Portfolio of evidence"
    ASSIGNMENT = "assignment", "Assignment"
    JOURNAL = "journal", "Reflective journal"
    DIARY = "diary", "Diary"


class SheetKind(models.TextChoices):
    """How it is judged: pass or referral for each criterion, or marks for each section."""

    RESULT = "result", "Result sheet"
    MARK = "mark", "Mark sheet"


class Assessment(SpecificationRow):
    """What is handed in and judged on one sheet; covers one unit or several.

    `words_from` and `words_to` are the length that the awarding body suggests, never a limit.
    """

    code = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH)
    method = models.CharField(max_length=20, choices=Method)
    sheet_kind = models.CharField(max_length=10, choices=SheetKind)
    words_from = models.PositiveIntegerField(null=True, blank=True)
    words_to = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "id"], name="assessment_in_specification"
            ),
            models.UniqueConstraint(fields=["specification", "code"], name="assessment_code_once"),
            models.UniqueConstraint(
                fields=["specification", "position"], name="assessment_position_once"
            ),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="assessment_method"),
            models.CheckConstraint(
                condition=Q(sheet_kind__in=SheetKind.values), name="assessment_sheet_kind"
            ),
            models.CheckConstraint(
                condition=Q(words_from__isnull=True, words_to__isnull=True)
                | Q(
                    words_from__isnull=False,
                    words_from__gt=0,
                    words_to__isnull=False,
                    words_to__gte=F("words_from"),
                ),
                name="assessment_words_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentUnit(SpecificationRow):
    """A unit that an assessment covers."""

    assessment = models.ForeignKey(
        Assessment,
        models.CASCADE,
        related_name="assessment_units",
        db_constraint=False,
        db_index=False,
    )
    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="assessment_units", db_constraint=False
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["assessment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "unit"], name="assessmentunit_unit_once"),
            models.UniqueConstraint(
                fields=["assessment", "position"], name="assessmentunit_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.position}"


class MarkSection(SpecificationRow):
    """A section of a mark sheet. Marks are whole numbers from 0 to `maximum`.

    `bullets` are the lines printed in the section; a bullet may stand for no criterion, one or
    several.
    """

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="sections", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    maximum = models.PositiveSmallIntegerField()
    minimum = models.PositiveSmallIntegerField()
    bullets = lines()

    class Meta:
        ordering = ["assessment", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "assessment", "id"], name="marksection_in_assessment"
            ),
            models.UniqueConstraint(
                fields=["assessment", "position"], name="marksection_position_once"
            ),
            models.CheckConstraint(
                condition=Q(maximum__gt=0, maximum__lte=100, minimum__lte=F("maximum")),
                name="marksection_minimum_within_maximum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.minimum} of {self.maximum})"


class MarkSectionCriterion(SpecificationRow):
    """A criterion that a section marks; `position` is the bullet that asks it, from one."""

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    section = models.ForeignKey(
        MarkSection, models.CASCADE, related_name="section_criteria", db_constraint=False
    )
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="+", db_constraint=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "mark section criteria"
        ordering = ["section", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="marksectioncriterion_covered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id}: {self.position}"
