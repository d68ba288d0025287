"""Which pathway a registration is on, was on at a moment, and where moves lead from it."""

import datetime
import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from centres.models import Centre, PathwayMove, Registration
from qualifications.models import Pathway, Specification
from qualifications.rules import Step, judge_way


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


def step_to(now: Specification, then: Specification) -> Step:
    """What a published version is to the one that a registration is on: newer by its day, then by
    its number."""
    if then.pk == now.pk:
        return Step.SAME
    if then.qualification_id != now.qualification_id:
        return Step.OTHER
    return Step.NEWER if _age(then) > _age(now) else Step.OTHER


def _age(specification: Specification) -> tuple[datetime.datetime, list[tuple[int, str]]]:
    if specification.published_at is None:
        raise ValueError("only published versions have an age")
    parts = re.findall(r"\d+|\D+", specification.version)
    return specification.published_at, [
        (int(part), "") if part.isdigit() else (-1, part) for part in parts
    ]


def leads_to(now: Pathway, then: Pathway) -> bool:
    """Whether moves go from one published pathway to another at all, whatever the results are."""
    return judge_way(now, then, step_to(now.specification, then.specification)).met


def targets_of(registration: Registration) -> list[Pathway]:
    """Where moves from a registration's pathway go, among the published ones of its qualification.

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
    return [row for row in rows if leads_to(now, row)]
