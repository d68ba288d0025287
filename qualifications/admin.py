"""The catalogue in Django's admin, to read only: it changes by loading a file."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from qualifications.models import (
    Assessment,
    AwardingBody,
    Correction,
    Criterion,
    EvidenceTemplate,
    NumericRule,
    Pathway,
    Qualification,
    Specification,
    StaffRequirement,
    Unit,
    Verb,
)

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(
    AwardingBody,
    Qualification,
    Specification,
    Pathway,
    Unit,
    Criterion,
    NumericRule,
    Assessment,
    Verb,
    EvidenceTemplate,
    StaffRequirement,
    Correction,
)
class ReadOnlyAdmin(ModelAdmin):
    """Shows rows and offers no way to change them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
