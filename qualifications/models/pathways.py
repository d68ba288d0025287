"""The combinations of units that lead to an award."""

from django.db import models
from django.db.models import Q

from qualifications.models.specification import CODE_LENGTH, TITLE_LENGTH, SpecificationRow
from qualifications.models.units import Unit

ACCREDITATION = r"^[0-9]{3}/[0-9]{4}/[0-9X]$"


class Award(models.TextChoices):
    """The sizes of qualification that a combination of units can lead to."""

    AWARD = "award", "Award"
    CERTIFICATE = "certificate", "Certificate"
    DIPLOMA = "diploma", "Diploma"


class Pathway(SpecificationRow):
    """A combination of units that leads to one award. Hours are clock hours.

    `glh_includes_support` says whether the guided learning hours already hold the induction and
    the tutorials. `alternative_code` is the second number that the awarding body prints beside the
    first; what tells the two apart is not stated.
    """

    code = models.CharField(max_length=CODE_LENGTH)
    alternative_code = models.CharField(max_length=CODE_LENGTH, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    award = models.CharField(max_length=20, choices=Award)
    accreditation_number = models.CharField(max_length=CODE_LENGTH, blank=True)
    credits = models.PositiveSmallIntegerField()
    glh = models.PositiveSmallIntegerField("guided learning hours", null=True, blank=True)
    tqt = models.PositiveSmallIntegerField("total qualification time", null=True, blank=True)
    glh_includes_support = models.BooleanField()
    induction_hours = models.DecimalField(max_digits=5, decimal_places=2)
    tutorial_hours = models.DecimalField(max_digits=5, decimal_places=2)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    registration_years = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "id"], name="pathway_in_specification"
            ),
            models.UniqueConstraint(fields=["specification", "code"], name="pathway_code_once"),
            models.UniqueConstraint(
                fields=["specification", "position"], name="pathway_position_once"
            ),
            models.CheckConstraint(condition=Q(award__in=Award.values), name="pathway_award"),
            models.CheckConstraint(condition=Q(credits__gt=0), name="pathway_has_credits"),
            models.CheckConstraint(
                condition=Q(accreditation_number="") | Q(accreditation_number__regex=ACCREDITATION),
                name="pathway_accreditation_format",
            ),
            models.CheckConstraint(
                condition=Q(induction_hours__gte=0, tutorial_hours__gte=0),
                name="pathway_support_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(registration_years__isnull=True) | Q(registration_years__gt=0),
                name="pathway_registration_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PathwayUnit(SpecificationRow):
    """A unit that the pathway demands; every unit of a combination is mandatory."""

    pathway = models.ForeignKey(
        Pathway, models.CASCADE, related_name="pathway_units", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="pathway_units", db_constraint=False
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pathway", "position"]
        constraints = [
            models.UniqueConstraint(fields=["pathway", "unit"], name="pathwayunit_unit_once"),
            models.UniqueConstraint(
                fields=["pathway", "position"], name="pathwayunit_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pathway_id}: {self.position}"
