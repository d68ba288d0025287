"""What must always be true of the catalogue is refused by the database itself."""

from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import ForeignKey

from qualifications.actions import TREE, load_specification
from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Correction,
    Criterion,
    Descriptor,
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
from tests.qualifications.orchard import ORCHARD

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def draft() -> Specification:
    return load_specification(ORCHARD).specification


Row = TypeVar("Row", bound=SpecificationRow)


def one(model: type[Row], draft: Specification, **at: object) -> Row:
    row = model._default_manager.using("owner").filter(specification=draft, **at).first()
    assert row
    return row


# (model, which row, change, constraint)
CHANGES: list[tuple[type[SpecificationRow], dict[str, object], dict[str, object], str]] = [
    (Unit, {"ref": "O-1"}, {"credits": 0}, "unit_has_credits"),
    (Unit, {"ref": "O-1"}, {"level": 9}, "unit_level_1_to_8"),
    (Unit, {"ref": "O-1"}, {"level": 0}, "unit_level_1_to_8"),
    (Unit, {"ref": "O-1"}, {"uan": "A1000001"}, "unit_uan_format"),
    (Unit, {"ref": "O-1"}, {"ref": "O-2"}, "unit_ref_once"),
    (Unit, {"ref": "O-1"}, {"number": "2"}, "unit_number_once"),
    (Pathway, {"code": "9001-A"}, {"credits": 0}, "pathway_has_credits"),
    (Pathway, {"code": "9001-A"}, {"award": "degree"}, "pathway_award"),
    (Pathway, {"code": "9001-A"}, {"code": "9001-C"}, "pathway_code_once"),
    (Pathway, {"code": "9001-A"}, {"accreditation_number": "90"}, "pathway_accreditation_format"),
    (
        Pathway,
        {"code": "9001-A"},
        {"induction_hours": Decimal("-1")},
        "pathway_support_not_negative",
    ),
    (Pathway, {"code": "9001-C"}, {"registration_years": 0}, "pathway_registration_lasts"),
    (LearningOutcome, {"unit__ref": "O-1"}, {"number": 0}, "learningoutcome_from_one"),
    (Criterion, {"unit__ref": "O-1"}, {"number": "1.0"}, "criterion_number_format"),
    (Criterion, {"unit__ref": "O-1"}, {"number": "A.1"}, "criterion_number_format"),
    (
        Criterion,
        {"unit__ref": "O-1", "number": "1.1"},
        {"number": "1.2"},
        "criterion_number_once",
    ),
    (
        Criterion,
        {"unit__ref": "O-1", "number": "1.1"},
        {"position": 2},
        "criterion_position_once",
    ),
    (Descriptor, {"kind": "pass"}, {"kind": "merit"}, "descriptor_kind"),
    (Descriptor, {"position": 2}, {"position": 1}, "descriptor_position_once"),
    (Verb, {"word": "prune"}, {"word": "Prune"}, "verb_in_lower_case"),
    (Verb, {"word": "prune"}, {"word": "explain"}, "verb_word_once"),
    (NumericRule, {"code": "trees"}, {"minimum": 9}, "numericrule_minimum_within_maximum"),
    (NumericRule, {"code": "trees"}, {"minimum": -1}, "numericrule_minimum_not_negative"),
    (
        NumericRule,
        {"code": "trees"},
        {"exceptional_maximum": 5},
        "numericrule_exception_beyond_maximum",
    ),
    (NumericRule, {"code": "tools_cleaned"}, {"is_gate": True}, "numericrule_gate_has_a_number"),
    (NumericRule, {"code": "trees"}, {"unit_of_measure": ""}, "numericrule_number_has_a_measure"),
    (NumericRule, {"code": "trees"}, {"unit_of_measure": "ells"}, "numericrule_number_has"),
    (NumericRule, {"code": "trees"}, {"code": "Trees 1"}, "numericrule_code_format"),
    (Assessment, {"code": "1-portfolio"}, {"method": "exam"}, "assessment_method"),
    (Assessment, {"code": "1-portfolio"}, {"sheet_kind": "list"}, "assessment_sheet_kind"),
    (Assessment, {"code": "1-portfolio"}, {"code": "2-3-diary"}, "assessment_code_once"),
    (Assessment, {"code": "2-3-diary"}, {"words_from": 2001}, "assessment_words_in_order"),
    (Assessment, {"code": "2-3-diary"}, {"words_from": 0}, "assessment_words_in_order"),
    (Assessment, {"code": "2-3-diary"}, {"words_to": None}, "assessment_words_in_order"),
    (EvidenceTemplate, {"code": "tally"}, {"code": "season-diary"}, "evidencetemplate_code_once"),
    (StaffRequirement, {"group": "tutor"}, {"group": "gardener"}, "staffrequirement_group"),
    (StaffRequirement, {"position": 3}, {"position": 1}, "staffrequirement_position_once"),
    (Correction, {"position": 2}, {"unit": None}, "correction_criterion_of_a_unit"),
    (Correction, {"position": 2}, {"position": 1}, "correction_position_once"),
    (MarkSection, {"position": 1}, {"minimum": 11}, "marksection_minimum_within_maximum"),
    (MarkSection, {"position": 1}, {"maximum": 101}, "marksection_minimum_within_maximum"),
    (MarkSection, {"position": 1}, {"maximum": 0}, "marksection_minimum_within_maximum"),
]


@pytest.mark.parametrize(
    ("model", "at", "change", "constraint"),
    CHANGES,
    ids=[f"{case[0].__name__} {case[2]}" for case in CHANGES],
)
def test_a_value_that_cannot_be_is_refused(
    model: type[SpecificationRow],
    at: dict[str, object],
    change: dict[str, object],
    constraint: str,
    draft: Specification,
) -> None:
    row = one(model, draft, **at)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(using="owner"):
        model._default_manager.using("owner").filter(pk=row.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"published_by": "Somebody"}, "specification_published_by_somebody"),
        ({"digest": "abc"}, "specification_digest_sha256"),
    ],
)
def test_a_specification_that_cannot_be_is_refused(
    change: dict[str, object], constraint: str, draft: Specification
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(using="owner"):
        Specification.objects.using("owner").filter(pk=draft.pk).update(**change)


def test_a_criterion_is_marked_once_on_a_sheet(draft: Specification) -> None:
    row = MarkSectionCriterion.objects.using("owner").filter(specification=draft).first()
    assert row
    with (
        pytest.raises(IntegrityError, match="marksectioncriterion_covered_once"),
        transaction.atomic(using="owner"),
    ):
        MarkSectionCriterion.objects.using("owner").create(
            specification=draft,
            assessment_id=row.assessment_id,
            section=one(MarkSection, draft, position=1),
            criterion_id=row.criterion_id,
            position=1,
        )


KEYS = [
    (model, field)
    for model in TREE
    for field in model._meta.get_fields()
    if isinstance(field, ForeignKey) and field.name != "specification"
]


# New values for what must be unique, so that only the key itself can be refused.
ELSEWHERE: dict[type[SpecificationRow], dict[str, object]] = {
    LearningOutcome: {"number": 99},
    Criterion: {"number": "9.9", "position": 99},
    NumericRule: {"code": "elsewhere", "position": 99},
    Descriptor: {"position": 99},
    AssessmentUnit: {"position": 99},
    PathwayUnit: {"position": 99},
}


def ids(value: object) -> str:
    return str(getattr(value, "__name__", None) or getattr(value, "name", ""))


@pytest.mark.parametrize(("model", "field"), KEYS, ids=ids)
def test_a_row_cannot_point_into_another_specification(
    model: type[SpecificationRow], field: "ForeignKey[Any, Any]", draft: Specification
) -> None:
    other = load_specification(ORCHARD.replace('version: "1"', 'version: "2"')).specification
    row = one(model, draft)
    target = field.related_model
    assert issubclass(target, SpecificationRow)
    foreign = one(target, other)
    assert f"{field.name}_id" == field.column
    with (
        pytest.raises(IntegrityError, match="same_specification"),
        transaction.atomic(using="owner"),
    ):
        model._default_manager.using("owner").filter(pk=row.pk).update(
            **{field.column: foreign.pk}, **ELSEWHERE.get(model, {})
        )


@pytest.mark.parametrize(("model", "field"), KEYS, ids=ids)
def test_a_row_cannot_point_at_nothing(
    model: type[SpecificationRow], field: "ForeignKey[Any, Any]", draft: Specification
) -> None:
    row = one(model, draft)
    with (
        pytest.raises(IntegrityError, match="same_specification"),
        transaction.atomic(using="owner"),
    ):
        model._default_manager.using("owner").filter(pk=row.pk).update(**{field.column: uuid4()})


def test_a_criterion_stays_with_the_outcomes_of_its_own_unit(draft: Specification) -> None:
    criterion = one(Criterion, draft, unit__ref="O-1")
    outcome = one(LearningOutcome, draft, unit__ref="O-2")
    with pytest.raises(IntegrityError, match="criterion_outcome_same_specification"):
        Criterion.objects.using("owner").filter(pk=criterion.pk).update(outcome=outcome)


def test_a_rule_stays_with_the_criteria_of_its_own_unit(draft: Specification) -> None:
    criterion = one(Criterion, draft, unit__ref="O-2")
    with pytest.raises(IntegrityError, match="numericrule_criterion_same_specification"):
        NumericRule.objects.using("owner").filter(code="trees").update(criterion=criterion)


def test_a_template_evidences_a_criterion_once(draft: Specification) -> None:
    first, second = EvidenceTemplateCriterion.objects.using("owner").filter(specification=draft)
    with pytest.raises(IntegrityError, match="evidencetemplatecriterion_once"):
        EvidenceTemplateCriterion.objects.using("owner").filter(pk=second.pk).update(
            criterion=first.criterion_id
        )


def test_a_correction_stays_with_the_criteria_of_its_own_unit(draft: Specification) -> None:
    elsewhere = one(Criterion, draft, unit__ref="O-2")
    with pytest.raises(IntegrityError, match="correction_criterion_same_specification"):
        Correction.objects.using("owner").filter(specification=draft, position=2).update(
            criterion=elsewhere
        )


def test_a_unit_counts_once_in_a_pathway(draft: Specification) -> None:
    rows = PathwayUnit.objects.using("owner").filter(pathway__code="9001-A").order_by("position")
    first, second, _ = rows
    with pytest.raises(IntegrityError, match="pathwayunit_unit_once"):
        PathwayUnit.objects.using("owner").filter(pk=second.pk).update(unit=first.unit_id)


def test_every_key_of_the_tree_carries_the_specification_in_the_database() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT k.conrelid::regclass::text, a.attname::text
            FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
            WHERE k.contype = 'f' AND k.conname LIKE '%same_specification'
              AND a.attname <> 'specification_id'
              AND EXISTS (SELECT 1 FROM pg_attribute s WHERE s.attrelid = k.conrelid
                          AND s.attnum = ANY(k.conkey) AND s.attname = 'specification_id')
            """
        )
        held = set(cursor.fetchall())
    assert held == {(model._meta.db_table, field.column) for model, field in KEYS}
