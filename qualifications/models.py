"""The specification tree: what a qualification asks for, held by version and frozen on publication.

Rows with no `centre_id` are shared by every centre; a row with one belongs to the centre that
imported or wrote it. Keys between two rows of a tree carry no constraint of Django's: the migration
`0001_catalogue` makes them composite with the specification, so that no row can point into another
one, and adds the row-level policies and the trigger that freezes a published specification.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

TITLE_LENGTH = 250
CODE_LENGTH = 40
CRITERION_NUMBER = r"^[1-9][0-9]?\.[1-9][0-9]?$"
UNIT_ACCREDITATION = r"^[A-Z]/[0-9]{3}/[0-9]{4}$"
ACCREDITATION = r"^[0-9]{3}/[0-9]{4}/[0-9X]$"


class Award(models.TextChoices):
    """The sizes of qualification that a combination of units can lead to."""

    AWARD = "award", "Award"
    CERTIFICATE = "certificate", "Certificate"
    DIPLOMA = "diploma", "Diploma"


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


def lines() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.TextField(), default=list, blank=True)


class AwardingBody(models.Model):
    """The organisation that certificates; written by the owner role alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=TITLE_LENGTH)

    class Meta:
        verbose_name_plural = "awarding bodies"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """One family of awards under one number, such as 8588."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre_id = models.UUIDField(null=True, blank=True, editable=False)
    awarding_body = models.ForeignKey(
        AwardingBody, models.PROTECT, related_name="qualifications", db_index=False
    )
    number = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH)
    level = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["awarding_body", "number", "centre_id"],
                nulls_distinct=False,
                name="qualification_number_once",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=8), name="qualification_level_1_to_8"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Specification(models.Model):
    """One version of a qualification's requirements; nothing below it changes once published.

    `digest` is the SHA-256, in hexadecimal, of the content as `catalogue_entries.digest` writes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre_id = models.UUIDField(null=True, blank=True, editable=False)
    qualification = models.ForeignKey(
        Qualification, models.PROTECT, related_name="specifications", db_index=False
    )
    version = models.CharField(max_length=CODE_LENGTH)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=TITLE_LENGTH, blank=True)
    source = models.TextField()
    corrected_on = models.DateField(null=True, blank=True)
    tqt_per_credit = models.PositiveSmallIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["qualification__number", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "version", "centre_id"],
                nulls_distinct=False,
                name="specification_version_once",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by="")
                | Q(published_at__isnull=False) & ~Q(published_by=""),
                name="specification_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="specification_digest_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qualification} · version {self.version}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class SpecificationRow(models.Model):
    """A row of a specification's tree, owned by the same centre as the specification itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre_id = models.UUIDField(null=True, blank=True, editable=False)
    specification = models.ForeignKey(Specification, models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class Verb(SpecificationRow):
    """An assessment verb and what it asks of the learner, in plain words."""

    position = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=CODE_LENGTH)
    meaning = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["specification", "id"], name="verb_in_specification"),
            models.UniqueConstraint(fields=["specification", "word"], name="verb_word_once"),
            models.UniqueConstraint(
                fields=["specification", "position"], name="verb_position_once"
            ),
            models.CheckConstraint(
                condition=Q(word__regex=r"^[a-z]+( [a-z]+)*$"), name="verb_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.word


class Unit(SpecificationRow):
    """One unit. `outline_only` says that its criteria are not held yet, only its size."""

    ref = models.CharField(max_length=CODE_LENGTH)
    number = models.CharField(max_length=CODE_LENGTH)
    uan = models.CharField("unit accreditation number", max_length=CODE_LENGTH, blank=True)
    title = models.CharField(max_length=TITLE_LENGTH)
    short_title = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    glh = models.PositiveSmallIntegerField("guided learning hours", null=True, blank=True)
    aim = models.TextField(blank=True)
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


class LearningOutcome(SpecificationRow):
    """What the learner will be able to do; holds its criteria together on pages and papers."""

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


class Criterion(SpecificationRow):
    """One assessment criterion. Numbers repeat from unit to unit: the key is (unit, number)."""

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

    class Meta:
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


class Assessment(SpecificationRow):
    """What is handed in and judged on one sheet; covers one unit or several."""

    code = models.CharField(max_length=CODE_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH)
    method = models.CharField(max_length=20, choices=Method)
    sheet_kind = models.CharField(max_length=10, choices=SheetKind)
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


class Correction(SpecificationRow):
    """A mistake of the source: what it says, what is used here and why; shown to staff."""

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
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.used}"
