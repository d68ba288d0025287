"""The tenant."""

import uuid
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone; use a name such as Europe/London.")


class Centre(models.Model):
    """A training centre. Its table has no row security: it is needed before the centre is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    number = models.CharField("centre no.", max_length=20)
    time_zone = models.CharField(
        max_length=50, default="Europe/London", validators=[validate_time_zone]
    )
    decide_within_days = models.PositiveSmallIntegerField(default=14)
    requires_second_factor = models.BooleanField("staff need a second step", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
