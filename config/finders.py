"""Static files that come with installed packages, so that no library is copied into the project."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

# Prefix under STATIC_URL: package, folder in it, and the few files of it that are served.
PACKAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "vendor/bootstrap": ("bootstrap", "css", ("bootstrap.min.css", "bootstrap.min.css.map")),
    "vendor/fonts": ("fontpkg_atkinson_hyperlegible", "files", ("AtkinsonHyperlegible-*.ttf",)),
}


class PackageFinder(BaseFinder):
    """Finds ``vendor/…`` in the packages that bring it, and only the files named above."""

    def __init__(self, app_names: Iterable[str] | None = None) -> None:
        self.storages: dict[str, FileSystemStorage] = {}
        for prefix, (package, inside, _) in PACKAGES.items():
            storage = FileSystemStorage(location=str(files(package).joinpath(inside)))
            storage.prefix = prefix  # type: ignore[attr-defined]  # read by collectstatic
            self.storages[prefix] = storage

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Each named file or pattern must match something in its package."""
        return [
            Error(f"{package} brings no {pattern}.", id="config.E001")
            for prefix, (package, _, patterns) in PACKAGES.items()
            for pattern in patterns
            if not any(Path(self.storages[prefix].location).glob(pattern))
        ]

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        for prefix, (_, _, patterns) in PACKAGES.items():
            for pattern in patterns:
                for path in sorted(Path(self.storages[prefix].location).glob(pattern)):
                    if not any(fnmatch(path.name, ignored) for ignored in ignore_patterns or ()):
                        yield path.name, self.storages[prefix]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        prefix, _, name = path.rpartition("/")
        found = [
            self.storages[prefix].path(name)
            for pattern in PACKAGES.get(prefix, ("", "", ()))[2]
            if fnmatch(name, pattern) and self.storages[prefix].exists(name)
        ]
        if find_all:
            return found
        return found[0] if found else None
