"""The text of a file, and the name that messages may give it."""

from pathlib import Path

from qualifications.catalogue_file.faults import CatalogueFaultsError
from qualifications.marked_yaml import LARGEST, Fault


def shown_name(path: Path) -> str:
    """The path from where the command was given, so that no message names the machine's folders."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return path.name


def text_of(path: Path, name: str) -> str:
    """The file's text. Raises `CatalogueFaultsError` where there is none, or too much of it."""

    def refuse(rule: str, remedy: str, line: int = 1) -> CatalogueFaultsError:
        return CatalogueFaultsError([Fault(name, line, "", rule, remedy)])

    try:
        if path.is_file() and path.stat().st_size > 4 * LARGEST:
            raise refuse(
                f"the file is larger than {4 * LARGEST:,} bytes",
                "Give each specification a file of its own",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse("there is no such file", "Check the path") from None
    except OSError as fault:
        raise refuse(f"the file cannot be read: {fault.strerror}", "Check the path") from None
    try:
        return raw.decode()
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise refuse("the file is not UTF-8 text", "Save it as UTF-8", line) from None
