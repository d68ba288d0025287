"""The programme that a registration follows: told by whoever knows, since it is aligned above.

The quality app hands its expression in when it starts; without it, nobody follows a programme. It
is an expression and no list, so that a page reads it with the rows that it asks for anyway.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Value
from django.db.models.expressions import BaseExpression

from centres.models import Centre, Registration
from centres.models.registration import RegistrationQuerySet


@dataclass(frozen=True)
class Programme:
    """One version of a programme's alignment; ``is_replaced`` where a newer one is approved."""

    id: UUID
    title: str
    version: int
    is_replaced: bool

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


Teller = Callable[[Centre], BaseExpression]

_tellers: list[Teller] = []


def tell_programme_with(teller: Teller) -> None:
    """Take the answers from this expression from now on: the fields of ``Programme`` as JSON, for
    a row of registrations."""
    _tellers[:] = [teller]


def with_programme(centre: Centre, rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Registrations with what ``programme_of`` reads; no query more."""
    nobody = Value(None, output_field=JSONField())
    return rows.annotate(programme=_tellers[0](centre) if _tellers else nobody)


def programme_of(registration: Registration) -> Programme | None:
    """The programme of a registration that came from ``with_programme``."""
    facts: dict[str, Any] | None = registration.programme  # type: ignore[attr-defined]
    return Programme(**{**facts, "id": UUID(facts["id"])}) if facts else None


__all__ = ["Programme", "programme_of", "tell_programme_with", "with_programme"]
