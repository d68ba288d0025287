"""Bootstrap and the fonts are found in their packages, and the stylesheet's addresses resolve."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

from config.finders import PackageFinder

ROOT = Path(__file__).resolve().parents[2]


def test_it_finds_what_the_pages_name_and_nothing_else() -> None:
    assert Path(str(finders.find("vendor/bootstrap/bootstrap.min.css"))).is_file()
    assert Path(str(finders.find("vendor/fonts/AtkinsonHyperlegible-Bold.ttf"))).is_file()
    for other in (
        "vendor/bootstrap/bootstrap.css",
        "vendor/bootstrap/../js/bootstrap.js",
        "vendor/fonts/__init__.py",
        "vendor/other.css",
    ):
        assert PackageFinder().find(other) is None
        assert PackageFinder().find(other, find_all=True) == []


def test_it_lists_each_file_once_and_heeds_what_is_to_be_left_out() -> None:
    names = [name for name, _ in PackageFinder().list(None)]
    assert names.count("bootstrap.min.css") == 1
    assert len(names) == len(set(names))
    assert not [name for name, _ in PackageFinder().list(["*.ttf"]) if name.endswith(".ttf")]


def test_every_package_brings_what_is_named() -> None:
    assert PackageFinder().check() == []


def test_the_production_storage_resolves_every_address(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    # WhiteNoise's storage, but for its compression, which takes a quarter of a minute.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    (stylesheet,) = tmp_path.glob("app.*.css")
    addresses = re.findall(r'url\("?([^"#)]+)"?\)', stylesheet.read_text())
    assert addresses
    assert all((tmp_path / address).is_file() for address in addresses)
    assert all(re.search(r"\.[0-9a-f]{12}\.ttf$", address) for address in addresses)


@pytest.mark.parametrize(
    "script", sorted((ROOT / "static").rglob("*.js")), ids=lambda path: path.name
)
def test_no_script_needs_another(script: Path) -> None:
    """Hashed names would break an import between scripts, and each stands alone on purpose."""
    source = script.read_text()
    assert source.startswith("// ")
    assert not re.search(r"^\s*import\b|\bimport\(|\beval\(|new Function|innerHTML", source, re.M)
