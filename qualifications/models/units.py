"""Units, their outcomes and criteria, and what a criterion is judged by."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from qualifications.models.specification import (
    CODE_LENGTH,
    TITLE_LENGTH,
    SpecificationRow,
    Verb,
    lines,
)

CRITERION_NUMBER = r"^[1-9][0-9]?\.[1-9][0-9]?$"
UNIT_ACCREDITATION = r"^[A-Z]/[0-9]{3}/[0-9]{4}$"


class DescriptorKind(models.TextChoices):
    """What usually leads to one decision or the other; examples, never a list to tick off."""

    REFERRAL = "referral", "Typical of a referral"
    PASS = "pass", "Typical of a pass"


class UnitOfMeasure(models.TextChoices):
    """What a rule counts. Hours are kept as decimals and shown as hours and minutes."""

    HOURS = "hours", "hours"
    CLIENTS = "clients", "clients"
    ITEMS = "items", "items"
    MONTHS = "months", "months"


class Unit(SpecificationRow):
    """One unit. `outline_only` says that its criteria are not held yet, only its size.

    A unit past its `review_on` stays readable, for what was claimed on it; a new registration needs
    an override. `nos` are the codes of the national occupational standards that it is linked to.
    """

    ref = models.CharField(max_length=CODE_LENGTH)
    number = models.CharField(max_length=CODE_LENGTH)
    uan = models.CharField("unit accreditation number", max_length=CODE_LENGTH, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    short_title = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    glh = models.PositiveSmallIntegerField("guided learning hours", null=True, blank=True)
    aim = models.TextField(blank=True)
    review_on = models.DateField("review date", null=True, blank=True)
    available_from = models.DateField(null=True, blank=True)
    sector = models.CharField("subject sector", max_length=TITLE_LENGTH, blank=True)
    support_body = models.CharField(max_length=TITLE_LENGTH, blank=True)
    submitter = models.CharField(max_length=TITLE_LENGTH, blank=True)
    availability = models.CharField(max_length=TITLE_LENGTH, blank=True)
    body_requirements = models.TextField("assessment requirements of the body", blank=True)
    nos = lines()
    indicative_content = lines()
    position = models.PositiveSmallIntegerField()
    outline_only = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["specification", "id"], name="unit_in_specification"),
            models.UniqueConstraint(fields=["specification", "ref"], name="unit_ref_once"),
            models.UniqueConstraint(fields=["specification", "number"], name="unit_number_once"),
            models.UniqueConstraint(
                fields=["specification", "position"], name="unit_position_once"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=8), name="unit_level_1_to_8"
            ),
            models.CheckConstraint(condition=Q(credits__gt=0), name="unit_has_credits"),
            models.CheckConstraint(
                condition=Q(uan="") | Q(uan__regex=UNIT_ACCREDITATION), name="unit_uan_format"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class LearningOutcome(SpecificationRow):
    """What the learner will be able to do; holds its criteria together on pages and papers.

    `title` is always our own few words; `text` is the awarding body's sentence in a version that a
    centre imported, and ours in a shared one.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="outcomes", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.TextField()

    class Meta:
        ordering = ["unit", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "unit", "id"], name="learningoutcome_in_unit"
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="learningoutcome_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="learningoutcome_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def heading(self) -> str:
        """How pages and papers print it: a centre's own version in the official wording."""
        return self.title if self.centre_id is None else self.text


class Criterion(SpecificationRow):
    """One assessment criterion. Numbers repeat from unit to unit: the key is (unit, number).

    `search` holds the words that the catalogue's search looks through; the action that writes the
    tree fills it, so it is no part of the content.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="criteria", db_constraint=False, db_index=False
    )
    outcome = models.ForeignKey(
        LearningOutcome, models.CASCADE, related_name="criteria", db_constraint=False
    )
    number = models.CharField(max_length=5)
    position = models.PositiveSmallIntegerField()
    statement = models.TextField()
    verb = models.ForeignKey(Verb, models.PROTECT, related_name="+", db_constraint=False)
    depth = lines()
    guidance = lines()
    example_evidence = lines()
    search = SearchVectorField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [GinIndex(fields=["search"], name="criterion_search")]
        verbose_name_plural = "criteria"
        ordering = ["unit", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["specification", "id"], name="criterion_in_specification"
            ),
            models.UniqueConstraint(
                fields=["specification", "unit", "id"], name="criterion_in_unit"
            ),
            models.UniqueConstraint(fields=["unit", "number"], name="criterion_number_once"),
            models.UniqueConstraint(fields=["unit", "position"], name="criterion_position_once"),
            models.CheckConstraint(
                condition=Q(number__regex=CRITERION_NUMBER), name="criterion_number_format"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.statement}"


class Descriptor(SpecificationRow):
    """One example of what usually leads to a referral or to a pass."""

    criterion = models.ForeignKey(
        Criterion, models.CASCADE, related_name="descriptors", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=10, choices=DescriptorKind)
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["criterion", "kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "kind", "position"], name="descriptor_position_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DescriptorKind.values), name="descriptor_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NumericRule(SpecificationRow):
    """A minimum or maximum that a criterion carries.

    A gate (`is_gate`) must be met before the criterion can be passed; the others are items of the
    assessor's checklist, with or without a number. `exceptional_maximum` is the most that a
    recorded and approved exception allows, such as a fourth client.
    """

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="rules", db_constraint=False, db_index=False
    )
    criterion = models.ForeignKey(
        Criterion, models.CASCADE, related_name="rules", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=CODE_LENGTH)
    label = models.CharField(max_length=TITLE_LENGTH)
    minimum = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    exceptional_maximum = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    unit_of_measure = models.CharField(max_length=20, choices=UnitOfMeasure, blank=True)
    is_gate = models.BooleanField()
    source = models.CharField(max_length=TITLE_LENGTH)

    class Meta:
        ordering = ["unit", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "code"], name="numericrule_code_once"),
            models.UniqueConstraint(fields=["unit", "position"], name="numericrule_position_once"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True)
                | Q(maximum__isnull=True)
                | Q(minimum__lte=F("maximum")),
                name="numericrule_minimum_within_maximum",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(minimum__gte=0),
                name="numericrule_minimum_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(exceptional_maximum__isnull=True)
                | Q(maximum__isnull=False, exceptional_maximum__gt=F("maximum")),
                name="numericrule_exception_beyond_maximum",
            ),
            models.CheckConstraint(
                condition=Q(is_gate=False) | Q(minimum__isnull=False) | Q(maximum__isnull=False),
                name="numericrule_gate_has_a_number",
            ),
            models.CheckConstraint(
                condition=(Q(unit_of_measure="") & Q(minimum__isnull=True, maximum__isnull=True))
                | Q(unit_of_measure__in=UnitOfMeasure.values),
                name="numericrule_number_has_a_measure",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z]+(_[a-z]+)*$"), name="numericrule_code_format"
            ),
        ]

    def __str__(self) -> str:
        return self.label
