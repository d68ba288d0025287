"""Writes a specification's tree, and takes it away, within the caller's transaction."""

from typing import TypeVar

from django.db import IntegrityError, connections, transaction
from django.db.models import ProtectedError

from qualifications.catalogue_entries import SpecificationEntry, UnitEntry, digest
from qualifications.draft_errors import DraftInUseError
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

# Referring rows come after the rows they refer to.
TREE: tuple[type[SpecificationRow], ...] = (
    Verb,
    Unit,
    LearningOutcome,
    Criterion,
    Descriptor,
    NumericRule,
    Assessment,
    AssessmentUnit,
    MarkSection,
    MarkSectionCriterion,
    Pathway,
    PathwayUnit,
    EvidenceTemplate,
    EvidenceTemplateCriterion,
    StaffRequirement,
    Correction,
)


Row = TypeVar("Row", bound=SpecificationRow)


def write_content(specification: Specification, entry: SpecificationEntry, *, using: str) -> None:
    """Give an unpublished specification the columns and the tree of `entry`, instead of its own.

    The row keeps its id. Raises `DraftInUseError` where its tree cannot be taken away.
    """
    specification.version = entry.version
    specification.source = entry.source
    specification.corrected_on = entry.corrected_on
    specification.tqt_per_credit = entry.tqt_per_credit
    specification.digest = digest(entry)
    if not specification._state.adding:
        remove_tree(specification, using=using)
    specification.save(using=using)
    _TreeWriter(specification, entry, using).write()


def remove_tree(specification: Specification, *, using: str) -> None:
    """Delete every row below the specification, in a savepoint.

    Raises `DraftInUseError` where a row of a centre refers to one, seen or hidden from this role:
    the keys are checked at once, not when the transaction ends.
    """
    try:
        with transaction.atomic(using=using):
            for model in reversed(TREE):
                rows = model._default_manager.using(using)
                rows.filter(specification=specification).delete()
            connections[using].check_constraints()
    except (ProtectedError, IntegrityError):
        raise DraftInUseError from None


class _TreeWriter:
    """Inserts the rows of one entry below a specification that has none."""

    def __init__(self, specification: Specification, entry: SpecificationEntry, using: str) -> None:
        self.specification = specification
        self.entry = entry
        self.using = using
        self.verbs: dict[str, Verb] = {}
        self.criteria: dict[tuple[str, str], Criterion] = {}
        self.units: dict[str, Unit] = {}

    def write(self) -> None:
        entry = self.entry
        self.verbs = {
            verb.word: self._new(Verb, position=position, word=verb.word, meaning=verb.meaning)
            for position, verb in enumerate(entry.verbs, start=1)
        }
        self._insert(Verb, list(self.verbs.values()))
        self._write_units()
        self._write_assessments()
        self._write_pathways()
        self._write_templates()
        self._write_staff()
        self._write_corrections()
        _fill_search(self.specification, self.using)

    def _new(self, model: type[Row], **values: object) -> Row:
        owner = self.specification.centre_id
        return model(specification=self.specification, centre_id=owner, **values)

    def _insert(self, model: type[Row], rows: list[Row]) -> None:
        model._default_manager.using(self.using).bulk_create(rows)

    def _write_units(self) -> None:
        outcomes: list[LearningOutcome] = []
        descriptors: list[Descriptor] = []
        rules: list[NumericRule] = []
        for position, unit in enumerate(self.entry.units, start=1):
            row = self._new(
                Unit,
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
                nos=list(unit.nos),
                indicative_content=list(unit.indicative_content),
                position=position,
                outline_only=unit.outline_only,
            )
            self.units[unit.ref] = row
            outcomes.extend(self._outcomes(unit, row))
            descriptors.extend(self._descriptors(unit))
            rules.extend(self._rules(unit, row))
        self._insert(Unit, list(self.units.values()))
        self._insert(LearningOutcome, outcomes)
        self._insert(Criterion, list(self.criteria.values()))
        self._insert(Descriptor, descriptors)
        self._insert(NumericRule, rules)

    def _outcomes(self, unit: UnitEntry, row: Unit) -> list[LearningOutcome]:
        outcomes = []
        position = 0
        for outcome in unit.outcomes:
            outcome_row = self._new(
                LearningOutcome,
                unit=row,
                number=outcome.number,
                title=outcome.title,
                text=outcome.text,
            )
            outcomes.append(outcome_row)
            for criterion in outcome.criteria:
                position += 1
                self.criteria[unit.ref, criterion.number] = self._new(
                    Criterion,
                    unit=row,
                    outcome=outcome_row,
                    number=criterion.number,
                    position=position,
                    statement=criterion.statement,
                    verb=self.verbs[criterion.verb],
                    depth=list(criterion.depth),
                    guidance=list(criterion.guidance),
                    example_evidence=list(criterion.example_evidence),
                )
        return outcomes

    def _descriptors(self, unit: UnitEntry) -> list[Descriptor]:
        return [
            self._new(
                Descriptor,
                criterion=self.criteria[unit.ref, criterion.number],
                kind=kind,
                position=position,
                text=text,
            )
            for criterion in unit.criteria
            for kind, texts in (
                (DescriptorKind.REFERRAL, criterion.referral),
                (DescriptorKind.PASS, criterion.passes),
            )
            for position, text in enumerate(texts, start=1)
        ]

    def _rules(self, unit: UnitEntry, row: Unit) -> list[NumericRule]:
        return [
            self._new(
                NumericRule,
                unit=row,
                criterion=self.criteria[unit.ref, rule.criterion],
                position=position,
                code=rule.code,
                label=rule.label,
                minimum=rule.minimum,
                maximum=rule.maximum,
                exceptional_maximum=rule.exceptional_maximum,
                unit_of_measure=rule.unit_of_measure,
                is_gate=rule.is_gate,
                source=rule.source,
            )
            for position, rule in enumerate(unit.rules, start=1)
        ]

    def _write_assessments(self) -> None:
        sheets: list[Assessment] = []
        covered: list[AssessmentUnit] = []
        sections: list[MarkSection] = []
        marked: list[MarkSectionCriterion] = []
        for position, entry in enumerate(self.entry.assessments, start=1):
            sheet = self._new(
                Assessment,
                code=entry.code,
                title=entry.title,
                method=entry.method,
                sheet_kind=entry.sheet_kind,
                words_from=entry.words_from,
                words_to=entry.words_to,
                position=position,
            )
            sheets.append(sheet)
            for place, ref in enumerate(entry.units, start=1):
                covered.append(
                    self._new(
                        AssessmentUnit, assessment=sheet, unit=self.units[ref], position=place
                    )
                )
            for place, section_entry in enumerate(entry.sections, start=1):
                section = self._new(
                    MarkSection,
                    assessment=sheet,
                    position=place,
                    title=section_entry.title,
                    maximum=section_entry.maximum,
                    minimum=section_entry.minimum,
                    bullets=[bullet.text for bullet in section_entry.bullets],
                )
                sections.append(section)
                marked.extend(
                    self._new(
                        MarkSectionCriterion,
                        assessment=sheet,
                        section=section,
                        criterion=self.criteria[key],
                        position=bullet_position,
                    )
                    for bullet_position, bullet in enumerate(section_entry.bullets, start=1)
                    for key in bullet.criteria
                )
        self._insert(Assessment, sheets)
        self._insert(AssessmentUnit, covered)
        self._insert(MarkSection, sections)
        self._insert(MarkSectionCriterion, marked)

    def _write_pathways(self) -> None:
        pathways: list[Pathway] = []
        demanded: list[PathwayUnit] = []
        for position, entry in enumerate(self.entry.pathways, start=1):
            pathway = self._new(
                Pathway,
                code=entry.code,
                alternative_code=entry.alternative_code,
                title=entry.title,
                award=entry.award,
                accreditation_number=entry.accreditation_number,
                credits=entry.credits,
                glh=entry.glh,
                tqt=entry.tqt,
                glh_includes_support=entry.glh_includes_support,
                induction_hours=entry.induction_hours,
                tutorial_hours=entry.tutorial_hours,
                minimum_age=entry.minimum_age,
                registration_years=entry.registration_years,
                position=position,
            )
            pathways.append(pathway)
            demanded.extend(
                self._new(PathwayUnit, pathway=pathway, unit=self.units[ref], position=place)
                for place, ref in enumerate(entry.units, start=1)
            )
        self._insert(Pathway, pathways)
        self._insert(PathwayUnit, demanded)

    def _write_templates(self) -> None:
        templates: list[EvidenceTemplate] = []
        evidenced: list[EvidenceTemplateCriterion] = []
        for position, entry in enumerate(self.entry.templates, start=1):
            template = self._new(
                EvidenceTemplate,
                code=entry.code,
                title=entry.title,
                text=entry.text,
                position=position,
            )
            templates.append(template)
            evidenced.extend(
                self._new(
                    EvidenceTemplateCriterion, template=template, criterion=self.criteria[key]
                )
                for key in entry.criteria
            )
        self._insert(EvidenceTemplate, templates)
        self._insert(EvidenceTemplateCriterion, evidenced)

    def _write_staff(self) -> None:
        rows = [
            self._new(
                StaffRequirement,
                group=entry.group,
                position=position,
                title=entry.title,
                indicators=list(entry.indicators),
            )
            for position, entry in enumerate(self.entry.staff_requirements, start=1)
        ]
        self._insert(StaffRequirement, rows)

    def _write_corrections(self) -> None:
        rows = [
            self._new(
                Correction,
                unit=self.units[entry.unit] if entry.unit else None,
                criterion=self.criteria[entry.unit, entry.criterion] if entry.criterion else None,
                position=position,
                field=entry.field,
                raw=entry.raw,
                used=entry.used,
                reason=entry.reason,
            )
            for position, entry in enumerate(self.entry.corrections, start=1)
        ]
        self._insert(Correction, rows)


# The statement weighs most, then where it stands, then what explains it, then its examples.
_FILL_SEARCH = """
UPDATE qualifications_criterion c SET search =
    setweight(to_tsvector('english', c.statement), 'A')
    || setweight(to_tsvector('english', concat_ws(' ', o.title, o.text, u.title, v.word)), 'B')
    || setweight(to_tsvector('english', array_to_string(c.guidance || c.depth, ' ')), 'C')
    || setweight(to_tsvector('english', concat_ws(' ',
           array_to_string(c.example_evidence, ' '),
           (SELECT string_agg(d.text, ' ' ORDER BY d.kind, d.position)
            FROM qualifications_descriptor d WHERE d.criterion_id = c.id))), 'D')
FROM qualifications_learningoutcome o, qualifications_unit u, qualifications_verb v
WHERE c.specification_id = %s
  AND o.id = c.outcome_id AND u.id = c.unit_id AND v.id = c.verb_id
"""


def _fill_search(specification: Specification, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(_FILL_SEARCH, [specification.pk])
