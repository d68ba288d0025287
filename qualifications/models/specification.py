"""Who certificates what: bodies, qualifications, and the versions of what they ask for.

Rows with no `centre_id` are shared by every centre; a row with one belongs to the centre that
imported or wrote it. Keys between two rows of a tree carry no constraint of Django's: migrations
make them composite with the specification, so that no row can point into another one, and add the
row-level policies and the trigger that freezes a published specification.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from qualifications.version_names import version_name

TITLE_LENGTH = 250
CODE_LENGTH = 40


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
    `based_on` is the version that a draft was made from; it is no part of the content.
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
    based_on = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
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
        return f"{self.qualification} · version {version_name(self)}"

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
