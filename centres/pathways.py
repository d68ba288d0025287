"""Which pathway a registration is on, was on at a moment, and may go on to."""

import datetime
import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from centres.models import Centre, PathwayMove, Registration
from qualifications.models import Pathway, Specification


def moves_of(centre: Centre, registration: Registration) -> "QuerySet[PathwayMove]":
    """Every move of a registration, the oldest first, with both pathways and who moved it."""
    return (
        PathwayMove.objects.for_centre(centre)
        .filter(registration=registration)
        .select_related("from_pathway__specification", "to_pathway__specification", "moved_by")
        .order_by("moved_at", "pk")
    )


def pathway_at(now: Pathway, moves: Sequence[PathwayMove], at: datetime.datetime | None) -> Pathway:
    """The pathway that a registration was on at a moment; ``moves`` are the oldest first."""
    if at is not None:
        for move in moves:
            if move.moved_at > at:
                before: Pathway = move.from_pathway
                return before
    return now


def is_newer(one: Specification, other: Specification) -> bool:
    """Whether a published version came after another: by its day, then by its number."""
    return _age(one) > _age(other)


def _age(specification: Specification) -> tuple[datetime.datetime, list[tuple[int, str]]]:
    if specification.published_at is None:
        raise ValueError("only published versions have an age")
    parts = re.findall(r"\d+|\D+", specification.version)
    return specification.published_at, [
        (int(part), "") if part.isdigit() else (-1, part) for part in parts
    ]


def is_same_award(one: Pathway, other: Pathway) -> bool:
    """Whether two pathways, of two versions of a qualification, lead to the same award."""
    return one.code == other.code and one.award == other.award


def may_go(now: Pathway, then: Pathway) -> bool:
    """Whether one published pathway of a qualification follows another: it is another one of the
    same version, or the same award in a newer one."""
    if then.specification_id == now.specification_id:
        return then.pk != now.pk
    return is_newer(then.specification, now.specification) and is_same_award(then, now)


def targets_of(registration: Registration) -> list[Pathway]:
    """Where a registration may go: other pathways of its version, and its own in newer ones.

    The registration comes with its pathway and specification. One query.
    """
    now = registration.pathway
    rows = (
        Pathway.objects.filter(
            Q(centre_id=None) | Q(centre_id=registration.centre_id),
            specification__qualification=now.specification.qualification_id,
            specification__published_at__isnull=False,
        )
        .select_related("specification__qualification__awarding_body")
        .order_by("specification__published_at", "position")
    )
    return [row for row in rows if may_go(now, row)]
