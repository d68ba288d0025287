"""What stands beside the units: evidence templates, staff checklists, corrections of the source."""

from django.db import models
from django.db.models import Q

from qualifications.models.specification import CODE_LENGTH, TITLE_LENGTH, SpecificationRow, lines
from qualifications.models.units import Criterion, Unit


class EvidenceTemplate(SpecificationRow):
    """A form that the awarding body offers, such as the diary, and that evidences some criteria."""

    code = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "id"], name="evidencetemplate_in_specification"
            ),
            models.UniqueConstraint(
                fields=["specification", "code"], name="evidencetemplate_code_once"
            ),
            models.UniqueConstraint(
                fields=["specification", "position"], name="evidencetemplate_position_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceTemplateCriterion(SpecificationRow):
    """A criterion that a template evidences."""

    template = models.ForeignKey(
        EvidenceTemplate, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        verbose_name_plural = "evidence template criteria"
        ordering = ["template", "criterion__unit__position", "criterion__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "criterion"], name="evidencetemplatecriterion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}: {self.criterion_id}"


class StaffGroup(models.TextChoices):
    """Whose competence a row of the staff checklist is about."""

    TUTOR = "tutor", "Tutors"
    ASSESSOR_IQA = "assessor_iqa", "Assessors and internal quality assurers"


class StaffRequirement(SpecificationRow):
    """One row of the awarding body's staff checklist: guidance, held by a team as a whole."""

    group = models.CharField(max_length=20, choices=StaffGroup)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    indicators = lines()

    class Meta:
        ordering = ["group", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "group", "position"], name="staffrequirement_position_once"
            ),
            models.CheckConstraint(
                condition=Q(group__in=StaffGroup.values), name="staffrequirement_group"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Correction(SpecificationRow):
    """A mistake of the source: what it says, what is used here and why; shown to staff.

    `unit` and `criterion` say beside which value it is shown; neither for the qualification itself.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    criterion = models.ForeignKey(
        Criterion,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    position = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=TITLE_LENGTH)
    raw = models.TextField()
    used = models.TextField()
    reason = models.TextField()

    class Meta:
        ordering = ["specification", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "position"], name="correction_position_once"
            ),
            models.CheckConstraint(
                condition=Q(criterion__isnull=True) | Q(unit__isnull=False),
                name="correction_criterion_of_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.used}"
