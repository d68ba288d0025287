"""The tree that pages and papers are made from: whole, in order, in a fixed number of queries."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from qualifications.actions import load_specification
from qualifications.models import Assessment, Verb
from qualifications.queries import assessment_tree
from tests.qualifications.orchard import ORCHARD

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_a_result_sheet_holds_everything_the_assessor_needs() -> None:
    tree = assessment_tree(Assessment.objects.get(code="501-portfolio").id)

    assert (tree.method, tree.sheet_kind, tree.sections) == ("portfolio", "result", ())
    assert (tree.qualification_number, tree.version, tree.awarding_body) == ("8588", "2.0", "ILM")
    (unit,) = tree.units
    assert (unit.ref, unit.uan, unit.level, unit.credits) == ("8588-501", "H/617/2907", 5, 5)
    assert [[c.number for c in outcome.criteria] for outcome in unit.outcomes] == [
        ["1.1", "1.2", "1.3"],
        ["2.1", "2.2", "2.3", "2.4"],
        ["3.1", "3.2", "3.3", "3.4"],
    ]
    maintain = Verb.objects.get(word="maintain", specification__qualification__number="8588")
    for criterion in tree.criteria[4:7]:
        assert (criterion.verb, criterion.verb_meaning) == ("maintain", maintain.meaning)
    assert sum(len(criterion.referral) for criterion in tree.criteria) == 22
    assert sum(len(criterion.passes) for criterion in tree.criteria) == 16
    practice = tree.criteria[3]
    assert [rule.code for rule in practice.gates] == ["practice_hours", "clients"]
    assert practice.checklist == ()
    assert [rule.code for rule in tree.criteria[0].gates] == ["planned_clients"]
    assert [rule.code for rule in tree.criteria[0].checklist] == ["planned_hours", "whole_cycle"]
    assert practice.outcome_number == 2
    assert practice.guidance and practice.depth and practice.example_evidence


def test_a_mark_sheet_covers_two_units_and_ties_its_bullets_to_their_criteria() -> None:
    load_specification(ORCHARD)
    sheet = Assessment.objects.using("owner").get(code="2-3-diary")

    tree = assessment_tree(sheet.id, using="owner")

    assert [unit.ref for unit in tree.units] == ["O-2", "O-3"]
    keys = {criterion.id: (criterion.unit_ref, criterion.number) for criterion in tree.criteria}
    assert list(keys.values()) == [("O-2", "1.1"), ("O-2", "1.2"), ("O-3", "1.1")]
    assert [
        (section.title, section.maximum, section.minimum, len(section.bullets))
        for section in tree.sections
    ] == [("Opening", 10, 5, 1), ("Press and yield", 50, 25, 1), ("Reckoning", 40, 20, 1)]
    covered = [
        [keys[pk] for bullet in section.bullets for pk in bullet.criterion_ids]
        for section in tree.sections
    ]
    assert covered == [[], [("O-2", "1.1"), ("O-3", "1.1")], [("O-2", "1.2")]]


def test_the_tree_takes_eight_queries_for_one_unit_and_for_two(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    portfolio = Assessment.objects.get(code="501-portfolio").id
    with django_assert_num_queries(8):
        assessment_tree(portfolio)
    load_specification(ORCHARD)
    diary = Assessment.objects.using("owner").get(code="2-3-diary").id
    with django_assert_num_queries(8, using="owner"):
        assessment_tree(diary, using="owner")


def test_there_is_no_tree_of_an_unknown_assessment() -> None:
    with pytest.raises(Assessment.DoesNotExist):
        assessment_tree(uuid4())
