"""The specification tree: what a qualification asks for, held by version, frozen on publication."""

from qualifications.models.assessments import (
    Assessment,
    AssessmentUnit,
    MarkSection,
    MarkSectionCriterion,
    Method,
    SheetKind,
)
from qualifications.models.notes import (
    Correction,
    EvidenceTemplate,
    EvidenceTemplateCriterion,
    StaffGroup,
    StaffRequirement,
)
from qualifications.models.pathways import ACCREDITATION, Award, Pathway, PathwayUnit
from qualifications.models.specification import (
    CODE_LENGTH,
    TITLE_LENGTH,
    AwardingBody,
    Qualification,
    Specification,
    SpecificationRow,
    Verb,
)
from qualifications.models.units import (
    CRITERION_NUMBER,
    UNIT_ACCREDITATION,
    Criterion,
    Descriptor,
    DescriptorKind,
    LearningOutcome,
    NumericRule,
    Unit,
    UnitOfMeasure,
)

__all__ = [
    "ACCREDITATION",
    "CODE_LENGTH",
    "CRITERION_NUMBER",
    "TITLE_LENGTH",
    "UNIT_ACCREDITATION",
    "Assessment",
    "AssessmentUnit",
    "Award",
    "AwardingBody",
    "Correction",
    "Criterion",
    "Descriptor",
    "DescriptorKind",
    "EvidenceTemplate",
    "EvidenceTemplateCriterion",
    "LearningOutcome",
    "MarkSection",
    "MarkSectionCriterion",
    "Method",
    "NumericRule",
    "Pathway",
    "PathwayUnit",
    "Qualification",
    "SheetKind",
    "Specification",
    "SpecificationRow",
    "StaffGroup",
    "StaffRequirement",
    "Unit",
    "UnitOfMeasure",
    "Verb",
]
