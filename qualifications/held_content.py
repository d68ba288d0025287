"""Reads a specification back from the catalogue as the content it was loaded from.

The rows themselves are read, so that a digest that no longer fits them is noticed.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import QuerySet

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RequirementEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    TemplateEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Correction,
    Criterion,
    Descriptor,
    DescriptorKind,
    EvidenceTemplate,
    EvidenceTemplateCriterion,
    LearningOutcome,
    MarkSection,
    MarkSectionCriterion,
    NumericRule,
    Pathway,
    PathwayUnit,
    Specification,
    SpecificationRow,
    StaffRequirement,
    Unit,
    Verb,
)
from qualifications.queries import grouped

Row = TypeVar("Row", bound=SpecificationRow)


def held_content(specification: Specification, *, using: str = "default") -> SpecificationEntry:
    """The content that the catalogue's rows make up, in the order of their positions."""

    def rows(model: type[Row], *order: str) -> "QuerySet[Row]":
        own = model._default_manager.using(using).filter(specification=specification)
        return own.order_by(*order)

    criteria = grouped(
        rows(Criterion, "position").select_related("verb").defer("search"), "outcome_id"
    )
    descriptors = grouped(rows(Descriptor, "position"), "criterion_id")
    outcomes = grouped(rows(LearningOutcome, "number"), "unit_id")
    rules = grouped(rows(NumericRule, "position").select_related("criterion"), "unit_id")
    covered = grouped(rows(AssessmentUnit, "position").select_related("unit"), "assessment_id")
    sections = grouped(rows(MarkSection, "position"), "assessment_id")
    marked = grouped(
        rows(
            MarkSectionCriterion, "criterion__unit__position", "criterion__position"
        ).select_related("criterion__unit"),
        "section_id",
    )
    evidenced = grouped(
        rows(
            EvidenceTemplateCriterion, "criterion__unit__position", "criterion__position"
        ).select_related("criterion__unit"),
        "template_id",
    )
    demanded = grouped(rows(PathwayUnit, "position").select_related("unit"), "pathway_id")
    qualification = specification.qualification
    published = specification.published_at
    return SpecificationEntry(
        awarding_body_code=qualification.awarding_body.code,
        awarding_body_name=qualification.awarding_body.name,
        number=qualification.number,
        title=qualification.title,
        level=qualification.level,
        version=specification.version,
        published=published.date() if published else None,
        published_by=specification.published_by,
        source=specification.source,
        corrected_on=specification.corrected_on,
        tqt_per_credit=specification.tqt_per_credit,
        verbs=tuple(VerbEntry(row.word, row.meaning) for row in rows(Verb, "position")),
        units=tuple(
            UnitEntry(
                ref=unit.ref,
                number=unit.number,
                uan=unit.uan,
                title=unit.title,
                short_title=unit.short_title,
                level=unit.level,
                credits=unit.credits,
                glh=unit.glh,
                aim=unit.aim,
                review_on=unit.review_on,
                available_from=unit.available_from,
                sector=unit.sector,
                support_body=unit.support_body,
                submitter=unit.submitter,
                availability=unit.availability,
                body_requirements=unit.body_requirements,
                nos=tuple(unit.nos),
                indicative_content=tuple(unit.indicative_content),
                outline_only=unit.outline_only,
                outcomes=tuple(
                    OutcomeEntry(
                        outcome.number,
                        outcome.title,
                        outcome.text,
                        tuple(
                            _criterion(criterion, descriptors[criterion.id])
                            for criterion in criteria[outcome.id]
                        ),
                    )
                    for outcome in outcomes[unit.id]
                ),
                rules=tuple(_rule(rule) for rule in rules[unit.id]),
            )
            for unit in rows(Unit, "position")
        ),
        assessments=tuple(
            AssessmentEntry(
                code=sheet.code,
                title=sheet.title,
                method=sheet.method,
                sheet_kind=sheet.sheet_kind,
                words_from=sheet.words_from,
                words_to=sheet.words_to,
                units=tuple(row.unit.ref for row in covered[sheet.id]),
                sections=tuple(
                    _section(section, marked[section.id]) for section in sections[sheet.id]
                ),
            )
            for sheet in rows(Assessment, "position")
        ),
        pathways=tuple(
            _pathway(pathway, tuple(row.unit.ref for row in demanded[pathway.id]))
            for pathway in rows(Pathway, "position")
        ),
        templates=tuple(
            TemplateEntry(
                template.code,
                template.title,
                template.text,
                tuple(_key(row.criterion) for row in evidenced[template.id]),
            )
            for template in rows(EvidenceTemplate, "position")
        ),
        staff_requirements=tuple(
            RequirementEntry(row.group, row.title, tuple(row.indicators))
            for row in rows(StaffRequirement, "position")
        ),
        corrections=tuple(
            CorrectionEntry(
                row.field,
                row.raw,
                row.used,
                row.reason,
                row.unit.ref if row.unit else "",
                row.criterion.number if row.criterion else "",
            )
            for row in rows(Correction, "position").select_related("unit", "criterion")
        ),
    )


def _key(criterion: Criterion) -> tuple[str, str]:
    return criterion.unit.ref, criterion.number


def _criterion(criterion: Criterion, descriptors: Iterable[Descriptor]) -> CriterionEntry:
    kinds = grouped(descriptors, "kind")
    return CriterionEntry(
        number=criterion.number,
        statement=criterion.statement,
        verb=criterion.verb.word,
        depth=tuple(criterion.depth),
        guidance=tuple(criterion.guidance),
        example_evidence=tuple(criterion.example_evidence),
        referral=tuple(row.text for row in kinds[DescriptorKind.REFERRAL]),
        passes=tuple(row.text for row in kinds[DescriptorKind.PASS]),
    )


def _rule(rule: NumericRule) -> RuleEntry:
    return RuleEntry(
        criterion=rule.criterion.number,
        code=rule.code,
        label=rule.label,
        minimum=rule.minimum,
        maximum=rule.maximum,
        exceptional_maximum=rule.exceptional_maximum,
        unit_of_measure=rule.unit_of_measure,
        is_gate=rule.is_gate,
        source=rule.source,
    )


def _section(section: MarkSection, marked: Iterable[MarkSectionCriterion]) -> SectionEntry:
    of_bullet = grouped(marked, "position")
    return SectionEntry(
        section.title,
        section.maximum,
        section.minimum,
        tuple(
            BulletEntry(
                text,
                tuple(_key(row.criterion) for row in of_bullet[position]),
            )
            for position, text in enumerate(section.bullets, start=1)
        ),
    )


def _pathway(pathway: Pathway, units: tuple[str, ...]) -> PathwayEntry:
    return PathwayEntry(
        code=pathway.code,
        alternative_code=pathway.alternative_code,
        title=pathway.title,
        award=pathway.award,
        accreditation_number=pathway.accreditation_number,
        credits=pathway.credits,
        glh=pathway.glh,
        tqt=pathway.tqt,
        glh_includes_support=pathway.glh_includes_support,
        induction_hours=pathway.induction_hours,
        tutorial_hours=pathway.tutorial_hours,
        minimum_age=pathway.minimum_age,
        registration_years=pathway.registration_years,
        units=units,
    )
