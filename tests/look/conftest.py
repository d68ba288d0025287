"""A small site on the shared look alone, so that it is tried before and apart from the pages."""

import copy
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.look.urls import draft


@pytest.fixture
def small_site(settings: Settings) -> None:
    """The addresses and templates of tests/look, on the project's own settings."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.look.urls"
    draft.reset()
