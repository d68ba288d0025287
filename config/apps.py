"""Wiring: the app that knows all others, and holds the commands that play or measure the whole."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The top of the import order."""

    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        """Make ours the current Celery application: without it a task would go to no broker."""
        from config import celery  # noqa: F401
