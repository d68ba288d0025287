"""What the catalogue desk reads: all shared versions, and the outline of one beside its base.

Both in a fixed number of queries, however much is held.
"""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qualifications.catalogue_entries import (
    AssessmentEntry,
    CriterionEntry,
    OutcomeEntry,
    RequirementEntry,
    SpecificationEntry,
    UnitEntry,
)
from qualifications.differences import Kind, Part, differences
from qualifications.held_content import held_content
from qualifications.models import (
    Criterion,
    SheetKind,
    Specification,
    SpecificationRow,
    StaffGroup,
    Unit,
)

Key = tuple[str, str]


def shared_specifications() -> QuerySet[Specification]:
    """Every version that all centres share, drafts too, with its qualification and its base."""
    return Specification.objects.filter(centre_id=None).select_related(
        "qualification__awarding_body", "based_on"
    )


@dataclass(frozen=True)
class Version:
    """One line of the list."""

    specification: Specification
    units: int
    criteria: int


@dataclass(frozen=True)
class Versions:
    """A qualification with its versions: drafts first, then the newest."""

    title: str
    body: str
    level: int
    versions: tuple[Version, ...]


def shared_versions() -> list[Versions]:
    """Every shared qualification with its versions, in one query."""
    rows = shared_specifications().annotate(units=_count(Unit), criteria=_count(Criterion))
    found: dict[UUID, list[Version]] = {}
    for row in rows.order_by("qualification__number", "-published_at", "-version"):
        line = Version(row, getattr(row, "units", 0), getattr(row, "criteria", 0))
        found.setdefault(row.qualification_id, []).append(line)
    return [_versions(lines) for lines in found.values()]


def _versions(lines: list[Version]) -> Versions:
    qualification = lines[0].specification.qualification
    return Versions(
        title=str(qualification),
        body=qualification.awarding_body.name,
        level=qualification.level,
        versions=tuple(lines),
    )


def _count(model: type[SpecificationRow]) -> Coalesce:
    rows = model._default_manager.filter(specification=OuterRef("pk")).order_by()
    counted = rows.values("specification").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class OutlineCriterion:
    """``state`` is added, changed or same against the base, or empty where there is no base."""

    entry: CriterionEntry
    state: str


@dataclass(frozen=True)
class OutlineOutcome:
    """An outcome with its criteria."""

    entry: OutcomeEntry
    criteria: tuple[OutlineCriterion, ...]


@dataclass(frozen=True)
class OutlineUnit:
    """A unit, its place from one, and the criteria that the base has and it has not."""

    place: int
    entry: UnitEntry
    outcomes: tuple[OutlineOutcome, ...]
    gates: int
    checklist: int
    removed: tuple[CriterionEntry, ...]


@dataclass(frozen=True)
class OutlineSheet:
    """An assessment, its place from one, and what it is judged on."""

    place: int
    entry: AssessmentEntry

    @property
    def kind(self) -> str:
        """Such as “Mark sheet”."""
        return str(SheetKind(self.entry.sheet_kind).label)

    @property
    def is_marked(self) -> bool:
        """Whether it has sections with marks."""
        return self.entry.sheet_kind == SheetKind.MARK


@dataclass(frozen=True)
class Outline:
    """A version as the desk shows it; ``counts`` says how its criteria differ from the base."""

    entry: SpecificationEntry
    units: tuple[OutlineUnit, ...]
    sheets: tuple[OutlineSheet, ...]
    staff: tuple[tuple[str, tuple[RequirementEntry, ...]], ...]
    counts: dict[str, int]

    @property
    def criteria(self) -> int:
        """How many criteria the version has."""
        return sum(len(unit.criteria) for unit in self.entry.units)


def specification_outline(specification: Specification) -> Outline:
    """A version's outline with the state of each criterion against its base."""
    entry, base = held_content(specification), specification.based_on
    found = differences(held_content(base), entry) if base else None
    became = {cast(Key, part.key): part for part in found.criteria} if found else {}
    return Outline(
        entry=entry,
        units=tuple(_unit(place, unit, became) for place, unit in enumerate(entry.units, 1)),
        sheets=tuple(OutlineSheet(n, sheet) for n, sheet in enumerate(entry.assessments, 1)),
        staff=tuple(
            (str(group.label), rows)
            for group in StaffGroup
            if (rows := tuple(row for row in entry.staff_requirements if row.group == group))
        ),
        counts=found.criteria_counts if found else {},
    )


def _unit(place: int, unit: UnitEntry, became: dict[Key, Part]) -> OutlineUnit:
    def state(number: str) -> str:
        part = became.get((unit.ref, number))
        return part.kind.value if part else ""

    return OutlineUnit(
        place=place,
        entry=unit,
        outcomes=tuple(
            OutlineOutcome(
                outcome,
                tuple(
                    OutlineCriterion(criterion, state(criterion.number))
                    for criterion in outcome.criteria
                ),
            )
            for outcome in unit.outcomes
        ),
        gates=sum(rule.is_gate for rule in unit.rules),
        checklist=sum(not rule.is_gate for rule in unit.rules),
        removed=tuple(
            part.old
            for (ref, _), part in became.items()
            if ref == unit.ref and part.kind == Kind.REMOVED
        ),
    )
