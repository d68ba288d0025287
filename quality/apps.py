"""What quality assurers check."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """What quality assurers check."""

    name = "quality"
