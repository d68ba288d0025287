"""Who may approve a version of an alignment, as its pages say beforehand and its approval asks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject

from centres.access import MAY
from centres.models import Centre, Membership, User
from quality.models import Alignment

PERMISSION = "approve_alignments"


@dataclass(frozen=True)
class Approvers:
    """Those who may approve a version: they hold the role today and wrote nothing in it."""

    names: dict[UUID, str]
    writers: frozenset[UUID]

    def has_written(self, person: User) -> bool:
        """Whether this person wrote in the version, or began it."""
        return person.pk in self.writers

    @property
    def in_words(self) -> str:
        """Their names, `Lea Linden or Ivo Ash`; empty where there is nobody."""
        *others, last = sorted(self.names.values()) or [""]
        return f"{', '.join(others)} or {last}" if others else last

    def others(self, person: User) -> "Approvers":
        """Those who are left once this person has written in the version."""
        left = {key: name for key, name in self.names.items() if key != person.pk}
        return Approvers(left, self.writers)

    @property
    def remedy(self) -> str:
        """Whom to ask, or whom to give the role."""
        if self.names:
            return f"Ask {self.in_words} to approve it."
        return (
            "Nobody at the centre can approve it yet. Under People, a manager makes somebody who "
            "wrote nothing in it a lead internal quality assurer: a colleague, or somebody invited."
        )


def with_approvers(rows: "QuerySet[Alignment]", centre: Centre) -> "QuerySet[Alignment]":
    """The rows with what ``approvers_of`` reads, in no query more."""
    people = Membership.objects.for_centre(centre).active()
    people = people.filter(role__in=MAY[PERMISSION], user__is_active=True).order_by("user")
    facts = JSONObject(id="user", name="user__full_name")
    return rows.annotate(approving=ArraySubquery(people.values(facts=facts)))


def approvers_of(row: Any) -> Approvers:
    """Those who may approve a row of ``with_approvers``."""
    writers = frozenset({row.drafted_by_id, *row.writers})
    people = {UUID(facts["id"]): facts["name"] for facts in row.approving}
    return Approvers({key: name for key, name in people.items() if key not in writers}, writers)
