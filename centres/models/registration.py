"""A learner's registration on a pathway, and who assesses it."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from centres.models.people import User
from centres.tenancy import CentreOwned, CentreQuerySet, SameCentre, key_within_centre
from qualifications.rules import judge_term


class RegistrationQuerySet(CentreQuerySet["Registration"]):
    """Registrations of learners."""

    def for_learner(self, user: User) -> "RegistrationQuerySet":
        """Those of one person."""
        return self.filter(learner=user)

    def for_assessor(self, user: User) -> "RegistrationQuerySet":
        """Those allocated to one assessor now."""
        return self.filter(
            Exists(
                Allocation.objects.filter(
                    centre=OuterRef("centre"),
                    registration=OuterRef("pk"),
                    assessor=user,
                    ends_on__isnull=True,
                )
            )
        )


class Registration(CentreOwned):
    """One learner on one pathway of one specification version.

    Enrolment comes first; the awarding body's number and date follow when they come, and the
    registration then lasts as many years as the pathway says (8588 handbook: three).
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pathway = models.ForeignKey("qualifications.Pathway", models.PROTECT, related_name="+")
    certificate_name = models.CharField("name as it goes on the certificate", max_length=200)
    date_of_birth = models.DateField()
    enrolled_on = models.DateField(default=timezone.localdate)
    number = models.CharField("registration no.", max_length=30, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()  # type: ignore[misc]

    class Meta(CentreOwned.Meta):
        ordering = ["certificate_name"]
        indexes = [models.Index(fields=["centre", "learner"], name="registration_learner")]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["centre", "id", "learner"], name="registration_same_learner"
            ),
            models.UniqueConstraint(
                fields=["centre", "number"],
                condition=~Q(number=""),
                name="registration_number_once",
            ),
            models.UniqueConstraint(
                fields=["centre", "learner", "pathway"], name="registration_once_per_pathway"
            ),
            models.CheckConstraint(
                condition=Q(number="", registered_on__isnull=True, expires_on__isnull=True)
                | (
                    ~Q(number="")
                    & Q(registered_on__isnull=False, expires_on__gt=models.F("registered_on"))
                ),
                name="registration_number_with_dates",
            ),
            models.CheckConstraint(
                condition=Q(date_of_birth__lt=models.F("enrolled_on")),
                name="registration_born_before_enrolment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_name}, {self.number or 'not yet registered'}"

    def has_expired(self, on: datetime.date | None = None) -> bool:
        """Whether new submissions are stopped; marking and claiming of work already in go on."""
        return not judge_term(self.expires_on, on or timezone.localdate(), None).met


class Allocation(CentreOwned):
    """An assessor who marks a registration's work, from a day, until a day."""

    registration = key_within_centre("centres.Registration")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        indexes = [
            models.Index(fields=["centre", "registration"], name="allocation_registration"),
            models.Index(fields=["centre", "assessor"], name="allocation_assessor"),
        ]
        constraints = [
            *CentreOwned.Meta.constraints,
            SameCentre(
                field="registration", also=("learner",), name="allocation_registration_same_centre"
            ),
            models.UniqueConstraint(
                fields=["centre", "registration", "assessor"],
                condition=Q(ends_on__isnull=True),
                name="allocation_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(assessor=models.F("learner")), name="allocation_not_own_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessor} marks {self.registration}"
