"""A rule that stands in no unit, for the tests of what is judged by a number."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Limit:
    """A label, its source and its numbers, as every rule has them."""

    label: str
    source: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    exceptional_maximum: Decimal | None = None
    unit_of_measure: str = "hours"
