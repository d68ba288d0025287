"""What the catalogue's pages say in words of their own: rules, corrections, what differs."""

import dataclasses
from typing import Any

from django import template

from qualifications.catalogue_entries import BulletEntry
from qualifications.differences import FieldChange, Kind, Line, Part, shown
from qualifications.models import Correction, NumericRule
from qualifications.rules import has_number, required_in_words

register = template.Library()


@register.filter
def asks(rule: NumericRule) -> str:
    """What a rule asks for: ``2 to 3 clients; 4 with an approved exception``."""
    if not has_number(rule):
        return "ticked by the assessor"
    words = required_in_words(rule.minimum, rule.maximum, rule.unit_of_measure)
    if rule.exceptional_maximum is None:
        return words
    return f"{words}; {rule.exceptional_maximum.normalize():f} with an approved exception"


@register.inclusion_tag("centres/catalogue/_corrected.html")
def corrected(corrections: tuple[Correction, ...] | None, shown: bool) -> dict[str, Any]:
    """What the document says instead, beside the value that is used; for those who may see it."""
    return {"corrections": (corrections or ()) if shown else ()}


@register.filter
def value_named(correction: Correction) -> str:
    """The value that a correction is about, without the unit and criterion that the page says."""
    return correction.field.rpartition(", ")[2]


@register.filter
def lines_shown(change: FieldChange) -> tuple[Line, ...]:
    """The lines of a value that differ; of a long list, the others are left out."""
    return tuple(line for line in change.lines if _differs(line))


@register.filter
def lines_left_out(change: FieldChange) -> int:
    """How many lines of a list are the same in both versions."""
    return sum(not _differs(line) for line in change.lines)


def _differs(line: Line) -> bool:
    return any(piece.kind != Kind.SAME for piece in line.pieces)


@register.filter
def changes_of(part: Part) -> tuple[FieldChange, ...]:
    """The values to show of a part: those that differ, or all where it is in one version alone."""
    if part.kind in {Kind.CHANGED, Kind.SAME}:
        return part.fields
    return tuple(
        FieldChange(field.name, "", value)
        if part.old is None
        else FieldChange(field.name, value, "")
        for field in dataclasses.fields(part.entry)
        if (value := _whole(getattr(part.entry, field.name)))
    )


def _whole(value: object) -> str:
    """A value as one text, a list line by line; nothing for what has parts of its own."""
    if value in {None, "", False, ()}:
        return ""
    if isinstance(value, tuple):
        if dataclasses.is_dataclass(value[0]) and not isinstance(value[0], BulletEntry):
            return ""
        return "\n".join(shown(each) for each in value)
    return shown(value)
