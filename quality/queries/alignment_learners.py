"""Who follows which programme, as pages of alignments, registrations and portfolios read it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from centres.models import Centre, Registration
from centres.programmes import Programme, programme_of, with_programme
from quality.models import Alignment, AlignmentCriterion, AlignmentLearner


def programmes_of_registrations(centre: Centre) -> "Subquery[Any]":
    """For a row of registrations: the fields of ``centres.programmes.Programme``, or nothing."""
    later = Alignment.objects.for_centre(centre).approved().filter(replaces=OuterRef("alignment"))
    rows = AlignmentLearner.objects.for_centre(centre).following()
    facts = JSONObject(
        id="alignment",
        title="alignment__title",
        version="alignment__version",
        is_replaced=Exists(later),
    )
    return Subquery(rows.filter(registration=OuterRef("pk")).values(facts=facts)[:1])


def programmes_of_criteria(centre: Centre, registration_id: UUID) -> "Subquery[Any]":
    """For a row of criteria: the fields of ``portfolios.programme.InProgramme``, or nothing."""
    said = AlignmentCriterion.objects.for_centre(centre).filter(
        alignment=OuterRef("alignment"), criterion=OuterRef(OuterRef("pk"))
    )
    rows = AlignmentLearner.objects.for_centre(centre).following()
    version = Cast("alignment__version", CharField())
    facts = JSONObject(
        programme=Concat("alignment__title", Value(", version "), version),
        strategies=Coalesce(Subquery(said.values("learning_strategies")), Value("")),
        evidence=Coalesce(Subquery(said.values("assessment_evidence")), Value("")),
    )
    return Subquery(rows.filter(registration=registration_id).values(facts=facts)[:1])


def open_programmes(centre: Centre, registration: Registration) -> "QuerySet[Alignment]":
    """The approved alignments with a registration's pathway that no newer version has replaced."""
    approved = Alignment.objects.for_centre(centre).approved()
    newer = approved.filter(replaces=OuterRef("pk"))
    found: QuerySet[Alignment] = approved.filter(~Exists(newer), pathway=registration.pathway_id)
    return found.order_by("title", "pk")


def newer_version(centre: Centre, alignment: Alignment) -> Alignment | None:
    """The approved version that has taken this one's place."""
    approved = Alignment.objects.for_centre(centre).approved()
    found: Alignment | None = approved.filter(replaces=alignment).first()
    return found


@dataclass(frozen=True)
class LearnerLine:
    """A registration on the alignment's pathway, and the programme that it follows now."""

    registration: Registration
    programme: Programme | None
    ticked: bool


@dataclass(frozen=True)
class PlacingPage:
    """The registrations that could be placed on an alignment; ``following`` of them are on it."""

    lines: tuple[LearnerLine, ...]
    following: int

    @property
    def from_earlier(self) -> bool:
        """Whether somebody follows a version that a newer one has replaced."""
        return any(line.programme and line.programme.is_replaced for line in self.lines)


def placeable(centre: Centre, alignment: Alignment) -> "QuerySet[Registration]":
    """The registrations on the alignment's pathway, with what each follows, by name."""
    rows = Registration.objects.for_centre(centre).filter(pathway=alignment.pathway_id)
    return with_programme(centre, rows).order_by("certificate_name", "pk")


def placing_page(
    centre: Centre, alignment: Alignment, ticked: Collection[str] | None = None
) -> PlacingPage:
    """What the page that places learners shows, in one query.

    ``ticked`` are the keys that were ticked before; without it, whoever follows the version that
    this one replaces.
    """
    lines, following = [], 0
    for row in placeable(centre, alignment):
        now = programme_of(row)
        if now and now.id == alignment.pk:
            following += 1
            continue
        again = now is not None and now.id == alignment.replaces_id
        lines.append(LearnerLine(row, now, again if ticked is None else str(row.pk) in ticked))
    return PlacingPage(tuple(lines), following)
