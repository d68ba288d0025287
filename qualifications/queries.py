"""Reads of the specification tree that join several models."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Criterion,
    Descriptor,
    DescriptorKind,
    LearningOutcome,
    MarkSection,
    MarkSectionCriterion,
    NumericRule,
    Unit,
)

Row = TypeVar("Row")


@dataclass(frozen=True)
class TreeRule:
    """A gate, or an item of the assessor's checklist; see `NumericRule`."""

    id: UUID
    criterion_id: UUID
    code: str
    label: str
    minimum: Decimal | None
    maximum: Decimal | None
    exceptional_maximum: Decimal | None
    unit_of_measure: str
    is_gate: bool
    source: str


@dataclass(frozen=True)
class TreeCriterion:
    """One criterion with all that an assessor needs beside the evidence."""

    id: UUID
    unit_id: UUID
    unit_ref: str
    outcome_number: int
    number: str
    statement: str
    verb: str
    verb_meaning: str
    depth: tuple[str, ...]
    guidance: tuple[str, ...]
    example_evidence: tuple[str, ...]
    referral: tuple[str, ...]
    passes: tuple[str, ...]
    gates: tuple[TreeRule, ...]
    checklist: tuple[TreeRule, ...]

    @property
    def rules(self) -> tuple[TreeRule, ...]:
        """All that an assessor counts or looks for on it; no two have the same code."""
        return (*self.gates, *self.checklist)


@dataclass(frozen=True)
class TreeOutcome:
    id: UUID
    number: int
    heading: str
    criteria: tuple[TreeCriterion, ...]


@dataclass(frozen=True)
class TreeUnit:
    id: UUID
    ref: str
    number: str
    uan: str
    title: str
    short_title: str
    level: int
    credits: int
    glh: int | None
    aim: str
    outcomes: tuple[TreeOutcome, ...]


@dataclass(frozen=True)
class TreeBullet:
    """A line of a mark-sheet section and the criteria that it stands for."""

    text: str
    criterion_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class TreeSection:
    """A section of a mark sheet, in whole marks."""

    id: UUID
    position: int
    title: str
    maximum: int
    minimum: int
    bullets: tuple[TreeBullet, ...]


@dataclass(frozen=True)
class AssessmentTree:
    """One assessment down to its criteria; a result sheet has no `sections`."""

    id: UUID
    code: str
    title: str
    method: str
    sheet_kind: str
    specification_id: UUID
    version: str
    centre_id: UUID | None
    corrected_on: date | None
    specification_digest: str
    qualification_number: str
    qualification_title: str
    qualification_level: int
    awarding_body: str
    units: tuple[TreeUnit, ...]
    sections: tuple[TreeSection, ...]

    @property
    def criteria(self) -> tuple[TreeCriterion, ...]:
        """Every criterion, in the order of the sheet."""
        return tuple(
            criterion
            for unit in self.units
            for outcome in unit.outcomes
            for criterion in outcome.criteria
        )


def assessment_tree(assessment_id: UUID, *, using: str = "default") -> AssessmentTree:
    """The assessment's whole tree, in eight queries however large it is.

    Raises `Assessment.DoesNotExist` where there is none or another centre owns it.
    """
    sheet = (
        Assessment.objects.using(using)
        .select_related("specification__qualification__awarding_body")
        .get(pk=assessment_id)
    )
    units = [
        covered.unit
        for covered in AssessmentUnit.objects.using(using)
        .filter(assessment=sheet)
        .select_related("unit")
        .order_by("position")
    ]
    unit_ids = [unit.id for unit in units]
    outcomes = grouped(
        LearningOutcome.objects.using(using).filter(unit__in=unit_ids).order_by("number"),
        "unit_id",
    )
    criteria = grouped(
        Criterion.objects.using(using)
        .filter(unit__in=unit_ids)
        .select_related("verb")
        .defer("search")
        .order_by("position"),
        "outcome_id",
    )
    descriptors = grouped(
        Descriptor.objects.using(using)
        .filter(criterion__unit__in=unit_ids)
        .order_by("kind", "position"),
        "criterion_id",
    )
    rules = grouped(
        NumericRule.objects.using(using).filter(unit__in=unit_ids).order_by("position"),
        "criterion_id",
    )
    sections = MarkSection.objects.using(using).filter(assessment=sheet).order_by("position")
    marked = grouped(
        MarkSectionCriterion.objects.using(using)
        .filter(assessment=sheet)
        .order_by("criterion__unit__position", "criterion__position"),
        "section_id",
    )

    def criterion_in_tree(criterion: Criterion, unit: Unit, outcome: int) -> TreeCriterion:
        kinds = grouped(descriptors[criterion.id], "kind")
        own = [_tree_rule(rule) for rule in rules[criterion.id]]
        return TreeCriterion(
            id=criterion.id,
            unit_id=unit.id,
            unit_ref=unit.ref,
            outcome_number=outcome,
            number=criterion.number,
            statement=criterion.statement,
            verb=criterion.verb.word,
            verb_meaning=criterion.verb.meaning,
            depth=tuple(criterion.depth),
            guidance=tuple(criterion.guidance),
            example_evidence=tuple(criterion.example_evidence),
            referral=tuple(row.text for row in kinds[DescriptorKind.REFERRAL]),
            passes=tuple(row.text for row in kinds[DescriptorKind.PASS]),
            gates=tuple(rule for rule in own if rule.is_gate),
            checklist=tuple(rule for rule in own if not rule.is_gate),
        )

    specification = sheet.specification
    qualification = specification.qualification
    return AssessmentTree(
        id=sheet.id,
        code=sheet.code,
        title=sheet.title,
        method=sheet.method,
        sheet_kind=sheet.sheet_kind,
        specification_id=specification.id,
        version=specification.version,
        centre_id=specification.centre_id,
        corrected_on=specification.corrected_on,
        specification_digest=specification.digest,
        qualification_number=qualification.number,
        qualification_title=qualification.title,
        qualification_level=qualification.level,
        awarding_body=qualification.awarding_body.name,
        units=tuple(
            TreeUnit(
                id=unit.id,
                ref=unit.ref,
                number=unit.number,
                uan=unit.uan,
                title=unit.title,
                short_title=unit.short_title,
                level=unit.level,
                credits=unit.credits,
                glh=unit.glh,
                aim=unit.aim,
                outcomes=tuple(
                    TreeOutcome(
                        id=outcome.id,
                        number=outcome.number,
                        heading=outcome.heading,
                        criteria=tuple(
                            criterion_in_tree(criterion, unit, outcome.number)
                            for criterion in criteria[outcome.id]
                        ),
                    )
                    for outcome in outcomes[unit.id]
                ),
            )
            for unit in units
        ),
        sections=tuple(
            TreeSection(
                id=section.id,
                position=section.position,
                title=section.title,
                maximum=section.maximum,
                minimum=section.minimum,
                bullets=tuple(
                    TreeBullet(
                        text,
                        tuple(
                            row.criterion_id
                            for row in marked[section.id]
                            if row.position == position
                        ),
                    )
                    for position, text in enumerate(section.bullets, start=1)
                ),
            )
            for section in sections
        ),
    )


def grouped(rows: Iterable[Row], key: str) -> defaultdict[object, list[Row]]:
    """The rows by the value of one attribute, in their order."""
    groups: defaultdict[object, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _tree_rule(rule: NumericRule) -> TreeRule:
    return TreeRule(
        id=rule.id,
        criterion_id=rule.criterion_id,
        code=rule.code,
        label=rule.label,
        minimum=rule.minimum,
        maximum=rule.maximum,
        exceptional_maximum=rule.exceptional_maximum,
        unit_of_measure=rule.unit_of_measure,
        is_gate=rule.is_gate,
        source=rule.source,
    )
