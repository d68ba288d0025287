"""A handbook as JSON that loses nothing, and back: how it leaves the process that read it.

What comes back was made from a stranger's file, so each value is held against its type.
"""

import types
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from qualifications.handbook.content import Handbook


class NotAHandbookError(ValueError):
    """The JSON holds something else than a handbook."""


def as_kept(handbook: Handbook) -> dict[str, Any]:
    """The whole of it, places and source lines included, in JSON types."""
    kept: dict[str, Any] = _plain(asdict(handbook))
    return kept


def from_kept(kept: object) -> Handbook:
    """The handbook that `as_kept` was given. Raises `NotAHandbookError`."""
    handbook: Handbook = _made(Handbook, kept)
    return handbook


def _plain(value: Any) -> Any:
    """Lists for tuples, and text that any database takes: no NUL, no half of a surrogate pair."""
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    return value


def _made(wanted: Any, value: Any) -> Any:
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _made(next(one for one in inner if one is not types.NoneType), value)
    if is_dataclass(origin or wanted):
        return _made_row(origin or wanted, inner, value)
    if origin is tuple and isinstance(value, list):
        wanteds = inner[:1] * len(value) if Ellipsis in inner else inner
        if len(wanteds) == len(value):
            return tuple(_made(one, held) for one, held in zip(wanteds, value, strict=True))
    if origin is dict and isinstance(value, dict):
        return {_made(inner[0], key): _made(inner[1], held) for key, held in value.items()}
    if isinstance(wanted, type) and type(value) is wanted:
        return value
    raise NotAHandbookError(f"{wanted} was expected")


def _made_row(row: Any, inner: tuple[Any, ...], value: Any) -> Any:
    """A dataclass; the type variable of a generic one stands for its argument."""
    names = {field.name for field in fields(row)}
    if not isinstance(value, dict) or not _needed(row) <= value.keys() <= names:
        raise NotAHandbookError(f"{row.__name__} was expected")
    hints = _hints(row)
    return row(
        **{
            name: _made(inner[0] if isinstance(hints[name], TypeVar) else hints[name], value[name])
            for name in names & value.keys()
        }
    )


@cache
def _needed(row: type[Any]) -> frozenset[str]:
    """The fields without a default; one that was added since the handbook was kept has its own."""
    return frozenset(
        field.name
        for field in fields(row)
        if field.default is MISSING and field.default_factory is MISSING
    )


@cache
def _hints(row: type) -> dict[str, Any]:
    return get_type_hints(row)
