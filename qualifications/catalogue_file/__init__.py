"""Reads a specification file and holds it against every rule before anything else sees it."""

from pathlib import Path

from qualifications.catalogue_entries import SpecificationEntry
from qualifications.catalogue_file.faults import CatalogueFaultsError
from qualifications.catalogue_file.source import shown_name, text_of
from qualifications.catalogue_file.whole import read_whole
from qualifications.marked_yaml import Faults, read_nodes

__all__ = ["CatalogueFaultsError", "read_specification", "shown_name"]


def read_specification(source: Path | str, *, name: str = "text") -> SpecificationEntry:
    """The content of a file, or of a text called `name`.

    Raises `CatalogueFaultsError` with every fault of file, line, rule and remedy.
    """
    if isinstance(source, Path):
        name = shown_name(source)
        text = text_of(source, name)
    else:
        text = source
    faults = Faults(name)
    root = read_nodes(text, faults)
    entry = read_whole(root, faults) if root else None
    if faults.found or entry is None:
        raise CatalogueFaultsError(faults.found)
    return entry
