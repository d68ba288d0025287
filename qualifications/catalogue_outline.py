"""What the catalogue desk reads: all shared versions, and the outline of one beside its base.

Both in a fixed number of queries, however much is held.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Correction,
    Criterion,
    Descriptor,
    LearningOutcome,
    NumericRule,
    Pathway,
    SheetKind,
    Specification,
    SpecificationRow,
    Unit,
    Verb,
)
from qualifications.queries import grouped

Key = tuple[str, str]
Row = TypeVar("Row", bound=SpecificationRow)


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

    number: str
    statement: str
    verb: str
    state: str


@dataclass(frozen=True)
class OutlineOutcome:
    """An outcome with its criteria."""

    number: int
    title: str
    text: str
    criteria: tuple[OutlineCriterion, ...]


@dataclass(frozen=True)
class OutlineUnit:
    """A unit, its place from one, and what the base has beside it that it has not."""

    place: int
    unit: Unit
    outcomes: tuple[OutlineOutcome, ...]
    gates: int
    checklist: int
    removed: tuple[str, ...]


@dataclass(frozen=True)
class OutlineSheet:
    """An assessment, its place from one, and how many sections mark it."""

    place: int
    title: str
    kind: str
    is_marked: bool
    units: tuple[str, ...]
    sections: int


@dataclass(frozen=True)
class Outline:
    """A version as the desk shows it; ``counts`` says how its criteria differ from the base."""

    units: tuple[OutlineUnit, ...]
    sheets: tuple[OutlineSheet, ...]
    pathways: tuple[Pathway, ...]
    verbs: tuple[Verb, ...]
    corrections: tuple[Correction, ...]
    counts: dict[str, int]

    @property
    def criteria(self) -> int:
        """How many criteria the version has."""
        return sum(len(outcome.criteria) for unit in self.units for outcome in unit.outcomes)


def specification_outline(specification: Specification) -> Outline:
    """A version's outline, in nine queries, with the state of each criterion against its base."""
    own, based_on = specification.pk, specification.based_on_id
    ids = [pk for pk in (own, based_on) if pk]
    criteria = list(
        Criterion.objects.filter(specification__in=ids)
        .select_related("verb", "unit")
        .order_by("unit__position", "position")
    )
    rules = list(
        NumericRule.objects.filter(specification__in=ids)
        .select_related("criterion")
        .order_by("position")
    )
    asked = _asked(criteria, rules, ids)
    states = _states(asked[own], asked[based_on] if based_on else None)
    outcomes = grouped(_rows(LearningOutcome, own, "number"), "unit_id")
    of_outcome = grouped(criteria, "outcome_id")
    of_unit = grouped(rules, "unit_id")
    return Outline(
        units=tuple(
            OutlineUnit(
                place=place,
                unit=unit,
                outcomes=tuple(
                    OutlineOutcome(
                        outcome.number,
                        outcome.title,
                        outcome.text,
                        tuple(
                            OutlineCriterion(
                                criterion.number,
                                criterion.statement,
                                criterion.verb.word,
                                states.get((unit.ref, criterion.number), ""),
                            )
                            for criterion in of_outcome[outcome.pk]
                        ),
                    )
                    for outcome in outcomes[unit.pk]
                ),
                gates=sum(rule.is_gate for rule in of_unit[unit.pk]),
                checklist=sum(not rule.is_gate for rule in of_unit[unit.pk]),
                removed=tuple(
                    number
                    for (ref, number), state in states.items()
                    if ref == unit.ref and state == "removed"
                ),
            )
            for place, unit in enumerate(_rows(Unit, own, "position"), 1)
        ),
        sheets=_sheets(own),
        pathways=tuple(_rows(Pathway, own, "position")),
        verbs=tuple(_rows(Verb, own, "position")),
        corrections=tuple(_rows(Correction, own, "position")),
        counts=Counter(states.values()),
    )


def _rows(model: type[Row], specification_id: UUID, order: str) -> QuerySet[Row]:
    return model._default_manager.filter(specification=specification_id).order_by(order)


def _asked(
    criteria: Iterable[Criterion], rules: Iterable[NumericRule], ids: list[UUID]
) -> dict[UUID, dict[Key, tuple[object, ...]]]:
    """By specification and criterion, all that a version says of the criterion."""
    descriptors = grouped(
        Descriptor.objects.filter(specification__in=ids).order_by("kind", "position"),
        "criterion_id",
    )
    of_criterion = grouped(rules, "criterion_id")
    found: dict[UUID, dict[Key, tuple[object, ...]]] = {pk: {} for pk in ids}
    for criterion in criteria:
        found[criterion.specification_id][criterion.unit.ref, criterion.number] = (
            criterion.statement,
            criterion.verb.word,
            criterion.depth,
            criterion.guidance,
            criterion.example_evidence,
            [(row.kind, row.text) for row in descriptors[criterion.pk]],
            [tuple(_said(rule)) for rule in of_criterion[criterion.pk]],
        )
    return found


def _said(rule: NumericRule) -> Iterator[object]:
    yield from (rule.code, rule.label, rule.minimum, rule.maximum, rule.exceptional_maximum)
    yield from (rule.unit_of_measure, rule.is_gate, rule.source)


def _states(
    mine: dict[Key, tuple[object, ...]], base: dict[Key, tuple[object, ...]] | None
) -> dict[Key, str]:
    """What became of each criterion of either version; nothing where there is no base."""
    if base is None:
        return {}
    states = {
        key: "added" if key not in base else "same" if base[key] == asked else "changed"
        for key, asked in mine.items()
    }
    return states | {key: "removed" for key in base if key not in mine}


def _sheets(specification_id: UUID) -> tuple[OutlineSheet, ...]:
    covered = AssessmentUnit.objects.filter(assessment=OuterRef("pk")).order_by("position")
    sheets = (
        _rows(Assessment, specification_id, "position")
        .annotate(section_count=Count("sections"))
        .annotate(refs=ArraySubquery(covered.values("unit__ref")))
    )
    return tuple(
        OutlineSheet(
            place=place,
            title=sheet.title,
            kind=SheetKind(sheet.sheet_kind).label,
            is_marked=sheet.sheet_kind == SheetKind.MARK,
            units=tuple(getattr(sheet, "refs", ())),
            sections=getattr(sheet, "section_count", 0),
        )
        for place, sheet in enumerate(sheets, 1)
    )
