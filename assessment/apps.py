"""What the assessor decides."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """What the assessor decides."""

    name = "assessment"
