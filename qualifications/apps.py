"""Registers the catalogue of qualifications with Django."""

from django.apps import AppConfig


class QualificationsConfig(AppConfig):
    name = "qualifications"
    verbose_name = "Catalogue of qualifications"
