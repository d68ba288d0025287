"""The file of 8588, recounted without the loader's own code, and the catalogue made from it."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from qualifications.catalogue_entries import digest
from qualifications.held_content import held_content
from qualifications.models import (
    Criterion,
    Descriptor,
    LearningOutcome,
    NumericRule,
    Pathway,
    Specification,
    Unit,
)

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "qualifications" / "8588.yaml"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def unit_501(content: dict[str, Any]) -> dict[str, Any]:
    return next(unit for unit in content["units"] if unit["number"] == "501")


def criteria_of(unit: dict[str, Any]) -> list[dict[str, Any]]:
    return [criterion for outcome in unit["outcomes"] for criterion in outcome["criteria"]]


def test_unit_501_has_eleven_criteria_in_three_outcomes(content: dict[str, Any]) -> None:
    outcomes = unit_501(content)["outcomes"]
    assert [len(outcome["criteria"]) for outcome in outcomes] == [3, 4, 4]
    assert [criterion["number"] for criterion in criteria_of(unit_501(content))] == (
        ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4"]
    )


def test_unit_501_has_22_descriptors_of_a_referral_and_16_of_a_pass(
    content: dict[str, Any],
) -> None:
    counted = {
        criterion["number"]: (
            len(criterion["descriptors"]["referral"]),
            len(criterion["descriptors"]["pass"]),
        )
        for criterion in criteria_of(unit_501(content))
    }
    assert counted == {
        "1.1": (1, 1),
        "1.2": (1, 2),
        "1.3": (2, 2),
        "2.1": (1, 1),
        "2.2": (3, 2),
        "2.3": (2, 2),
        "2.4": (1, 1),
        "3.1": (1, 1),
        "3.2": (3, 1),
        "3.3": (4, 2),
        "3.4": (3, 1),
    }
    assert sum(referral for referral, _ in counted.values()) == 22
    assert sum(passes for _, passes in counted.values()) == 16


def test_every_statement_of_501_begins_with_the_verb_of_its_criterion(
    content: dict[str, Any],
) -> None:
    verbs = {criterion["number"]: criterion["verb"] for criterion in criteria_of(unit_501(content))}
    assert verbs == {
        "1.1": "plan",
        "1.2": "identify",
        "1.3": "agree",
        "2.1": "complete",
        "2.2": "maintain",
        "2.3": "maintain",
        "2.4": "maintain",
        "3.1": "reflect",
        "3.2": "justify",
        "3.3": "use",
        "3.4": "assess",
    }
    for criterion in criteria_of(unit_501(content)):
        first_word = re.split(r"\W", criterion["statement"])[0]
        assert first_word.lower() == criterion["verb"]
        assert criterion["depth"] and criterion["guidance"] and criterion["example_evidence"]
    assert set(content["verbs"]) == set(verbs.values())


@pytest.mark.django_db
def test_the_catalogue_has_the_units_of_8588_with_their_sizes() -> None:
    units = {
        unit.ref: (unit.uan, unit.level, unit.credits, unit.glh, unit.outline_only)
        for unit in Unit.objects.filter(specification__qualification__number="8588")
    }
    assert units == {
        "8588-500": ("D/617/2906", 5, 6, 20, True),
        "8588-501": ("H/617/2907", 5, 5, 12, False),
        "8588-502": ("K/617/2908", 5, 27, 20, True),
        "8588-503": ("M/617/2909", 5, 5, 10, True),
    }


@pytest.mark.django_db
def test_the_catalogue_has_the_two_pathways_of_8588_with_their_numbers() -> None:
    pathways = {}
    for pathway in Pathway.objects.filter(specification__qualification__number="8588"):
        units = [row.unit.number for row in pathway.pathway_units.all()]
        pathways[pathway.code] = (
            pathway.alternative_code,
            pathway.award,
            pathway.accreditation_number,
            (pathway.credits, pathway.glh, pathway.tqt),
            units,
        )
        assert pathway.glh_includes_support is False
        assert (pathway.induction_hours, pathway.tutorial_hours) == (Decimal(1), Decimal(3))
        assert (pathway.minimum_age, pathway.registration_years) == (18, 3)
    assert pathways == {
        "8588-21": (
            "8588-24",
            "certificate",
            "603/3758/8",
            (16, 42, 160),
            ["500", "501", "503"],
        ),
        "8588-31": (
            "8588-34",
            "diploma",
            "603/3759/X",
            (38, 50, 380),
            ["500", "502", "503"],
        ),
    }


@pytest.mark.django_db
def test_the_catalogue_has_the_rules_of_501_with_their_source() -> None:
    rules = {
        (rule.criterion.number, rule.code): (
            rule.minimum,
            rule.maximum,
            rule.exceptional_maximum,
            rule.unit_of_measure,
            rule.is_gate,
        )
        for rule in NumericRule.objects.filter(unit__ref="8588-501").select_related("criterion")
    }
    assert rules == {
        ("1.1", "planned_clients"): (2, 3, None, "clients", True),
        ("2.1", "practice_hours"): (18, None, None, "hours", True),
        ("2.1", "clients"): (2, 3, 4, "clients", True),
        ("3.3", "supervision_hours"): (1, None, None, "hours", True),
        ("1.1", "planned_hours"): (18, None, None, "hours", False),
        ("1.2", "needs_per_client"): (2, None, None, "items", False),
        ("1.3", "signed_by_all"): (None, None, None, "", False),
        ("2.2", "four_elements"): (4, None, None, "items", False),
        ("3.2", "tools_justified"): (2, None, None, "items", False),
        ("3.4", "communication_skills"): (3, None, None, "items", False),
    }
    for rule in NumericRule.objects.filter(unit__ref="8588-501").select_related("criterion"):
        assert rule.source.startswith(f"8588 handbook, unit 501, AC {rule.criterion.number}")


@pytest.mark.django_db
def test_the_catalogue_is_the_file_row_by_row(content: dict[str, Any]) -> None:
    specification = Specification.objects.get(qualification__number="8588")
    assert specification.version == "2.0"
    assert specification.published_at == datetime(2021, 12, 1, tzinfo=UTC)
    assert specification.published_by == "ILM"
    assert digest(held_content(specification)) == specification.digest
    unit = unit_501(content)
    assert list(
        LearningOutcome.objects.filter(unit__ref="8588-501")
        .order_by("number")
        .values_list("title", flat=True)
    ) == [outcome["title"] for outcome in unit["outcomes"]]
    rows = Criterion.objects.filter(unit__ref="8588-501").order_by("position")
    assert [row.statement for row in rows] == [c["statement"] for c in criteria_of(unit)]
    kinds = Descriptor.objects.filter(criterion__unit__ref="8588-501").values_list(
        "kind", flat=True
    )
    assert Counter(kinds) == {"referral": 22, "pass": 16}


def test_every_correction_says_what_was_found_what_is_used_and_why(
    content: dict[str, Any],
) -> None:
    assert len(content["corrections"]) == 9
    for correction in content["corrections"]:
        assert all(correction[key].strip() for key in ("field", "raw", "used", "reason"))
        assert correction["raw"] != correction["used"]
