"""What a learner's programme says of each criterion: told by whoever knows, from above.

The quality app hands its expression in when it starts; without it, nothing is said. The unit's page
reads it with the criteria, in no query of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Value
from django.db.models.expressions import BaseExpression

from centres.models import Centre


@dataclass(frozen=True)
class InProgramme:
    """How a criterion is taught in the programme, and what is handed in for it."""

    programme: str
    strategies: str
    evidence: str


Teller = Callable[[Centre, UUID], BaseExpression]

_tellers: list[Teller] = []


def tell_programme_criteria_with(teller: Teller) -> None:
    """Take the answers from this expression from now on: the fields of ``InProgramme`` as JSON,
    for a row of criteria and one registration."""
    _tellers[:] = [teller]


def programme_criteria(centre: Centre, registration_id: UUID) -> BaseExpression:
    """What to annotate criteria with; ``in_programme`` reads it."""
    nothing = Value(None, output_field=JSONField())
    return _tellers[0](centre, registration_id) if _tellers else nothing


def in_programme(facts: dict[str, Any] | None) -> InProgramme | None:
    """What was annotated; None where the registration follows no programme."""
    return InProgramme(**facts) if facts else None
