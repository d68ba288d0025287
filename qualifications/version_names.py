"""How a version is named: a centre's own bears whose it is, since a shared one may bear its label.

The platform does not see what centres own, so it may publish a version under a label that one of
them has taken before. Pages and papers name every version with these functions.
"""

from typing import Protocol
from uuid import UUID

from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Concat

NOBODY_NAMED = "the centre"


class Versioned(Protocol):
    """What has a version's label and the centre that owns it: a specification, a sheet's tree."""

    @property
    def version(self) -> str: ...
    @property
    def centre_id(self) -> UUID | None: ...


def version_name(row: Versioned, centre_name: str = NOBODY_NAMED) -> str:
    """The label, as in ``2.0``; of a centre's own version ``2.1 (Alder Centre’s own)``.

    A centre reads no version of another's, so the name is that of the centre whose page it is.
    """
    return row.version if row.centre_id is None else f"{row.version}{_whose(centre_name)}"


def version_name_in_sql(specification: str, centre_name: str = NOBODY_NAMED) -> Case:
    """The same of the specification that a query's row reaches by this path."""
    label = F(f"{specification}__version")
    return Case(
        When(**{f"{specification}__centre_id": None}, then=label),
        default=Concat(label, Value(_whose(centre_name))),
        output_field=CharField(),
    )


def _whose(centre_name: str) -> str:
    return f" ({centre_name}{'’' if centre_name.endswith('s') else '’s'} own)"
