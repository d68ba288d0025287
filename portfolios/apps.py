"""What the learner shows."""

from django.apps import AppConfig


class PortfoliosConfig(AppConfig):
    """What the learner shows."""

    name = "portfolios"
