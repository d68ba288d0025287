"""The five documents, recounted from the files as plain YAML.

Every number below was counted in the documents themselves; nothing is taken from the loader.
"""

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.qualifications.fixture_recount import (
    DOCUMENTS,
    all_units,
    content_of,
    criteria_by_key,
    criteria_of,
    criteria_per_outcome,
    flat,
    marked_criteria,
    rules_of,
    sections_in_numbers,
)

Content = dict[str, dict[str, Any]]

# Criteria of each outcome of each unit.
OUTCOMES = {
    "8577-300": [4, 4],
    "8577-301": [3, 4, 3],
    "8577-302": [3, 4, 3, 2],
    "8577-303": [2, 2, 2],
    "8581-700": [4, 1, 2, 2],
    "8581-701": [2, 3, 4],
    "8581-702": [2, 2, 4, 2],
    "8581-703": [3, 2, 1],
    "8588-500": [5, 5, 2],
    "8588-501": [3, 4, 4],
    "8588-502": [3, 4, 4],
    "8588-503": [3, 3],
    "D5.01": [4, 4],
    "D5.02": [2, 2],
    "D5.03": [2, 3, 3],
    "D7.01": [2, 3],
    "D7.02": [3, 2, 3],
    "D7.03": [3, 3, 3],
}

# As printed, in the order of the units; 8577 varies the capitals of its own.
TITLES = [
    "Understanding Good Practice in Workplace Coaching",
    "Undertaking Coaching in the Workplace",
    "Undertaking an Extended Period of Coaching in the Workplace",
    "Reflecting on Workplace Coaching Skills",
    "Understanding the context of coaching and mentoring in a strategic business environment",
    "Undertaking coaching or mentoring at a senior and strategic level",
    "Undertaking an extended period of supervised coaching or mentoring at a senior or"
    " strategic level",
    "Reflecting on your own ability to perform effectively as a coach or mentor"
    " practising at a senior level",
    "Understanding the Skills, Principles and Practice of Effective Coaching and"
    " Mentoring within an Organisational Context",
    "Undertaking Effective Coaching or Mentoring within an Organisational Context",
    "Undertaking an Extended Period of Effective Coaching or Mentoring within an"
    " Organisational Context",
    "Reviewing Own Ability as a Coach or Mentor within an Organisational Context",
    "Understanding how management coaching and mentoring can benefit individuals and organisations",
    "Reviewing own ability as a management coach or mentor",
    "Undertaking management coaching or mentoring in the workplace",
    "Critically reviewing the role of the leadership mentor or executive coach in"
    " developing leadership performance",
    "Critically reviewing own ability to perform effectively as a leadership mentor or"
    " executive coach",
    "Undertaking leadership mentoring or executive coaching",
]

# Level, credits, guided hours, unit accreditation number.
SIZES = {
    "8577-300": (3, 3, None, None),
    "8577-301": (3, 4, None, None),
    "8577-302": (3, 7, None, None),
    "8577-303": (3, 3, None, None),
    "8581-700": (7, 5, None, None),
    "8581-701": (7, 5, None, None),
    "8581-702": (7, 30, None, None),
    "8581-703": (7, 5, None, None),
    "8588-500": (5, 6, 20, "D/617/2906"),
    "8588-501": (5, 5, 12, "H/617/2907"),
    "8588-502": (5, 27, 20, "K/617/2908"),
    "8588-503": (5, 5, 10, "M/617/2909"),
    "D5.01": (5, 5, 18, None),
    "D5.02": (5, 3, 12, None),
    "D5.03": (5, 5, 12, None),
    "D7.01": (7, 5, 10, None),
    "D7.02": (7, 5, 20, None),
    "D7.03": (7, 5, 12, None),
}

# Award, accreditation number, (credits, guided hours, total time), whether the guided hours hold
# induction and tutorials, (induction, tutorials), units.
PATHWAYS = {
    "8577-award": ("award", None, (10, None, None), False, (1, 2), "300 301 303"),
    "8577-certificate": ("certificate", None, (13, None, None), False, (1, 2), "300 302 303"),
    "8581-certificate": ("certificate", None, (15, None, None), False, (1, 2), "700 701 703"),
    "8581-diploma": ("diploma", None, (40, None, None), False, (1, 2), "700 702 703"),
    "8588-21": ("certificate", "603/3758/8", (16, 42, 160), False, (1, 3), "500 501 503"),
    "8588-31": ("diploma", "603/3759/X", (38, 50, 380), False, (1, 3), "500 502 503"),
    "D5-certificate": ("certificate", None, (13, 45, None), True, (1, 2), "D5.01 D5.02 D5.03"),
    "D7-certificate": (
        "certificate",
        "500/3568/X",
        (15, 45, None),
        True,
        (1, 2),
        "D7.01 D7.02 D7.03",
    ),
}

# Of the units of D5 and D7: available from, support body, occupational standards, and the items of
# indicative content.
D_UNITS = {
    "D5.01": (date(2008, 1, 1), "ENTO/TAQA", [1, 15, 22], 19),
    "D5.02": (date(2008, 1, 1), "ENTO/TAQA", [12, 16], 8),
    "D5.03": (date(2007, 1, 1), "ENTO/TAQA", [1, 11, 12, 16, 19, 22], 15),
    "D7.01": (date(2008, 1, 1), "ENTO", [1, 3, 20], 13),
    "D7.02": (date(2008, 1, 1), "ENTO", [*range(2, 6), *range(7, 10), 11, *range(15, 19)], 23),
    "D7.03": (
        date(2008, 1, 1),
        "ENTO",
        [*range(1, 6), *range(7, 14), *range(15, 19), 20, 23],
        18,
    ),
}

# Method and units of each sheet; in the sections title, maximum, minimum and number of bullets.
RESULT_SHEETS = {
    "300-assignment": ("assignment", ["8577-300"]),
    "301-portfolio": ("portfolio", ["8577-301"]),
    "302-portfolio": ("portfolio", ["8577-302"]),
    "303-journal": ("journal", ["8577-303"]),
    "500-assignment": ("assignment", ["8588-500"]),
    "501-portfolio": ("portfolio", ["8588-501"]),
    "502-portfolio": ("portfolio", ["8588-502"]),
    "503-journal": ("journal", ["8588-503"]),
    "700-assignment": ("assignment", ["8581-700"]),
    "701-portfolio": ("portfolio", ["8581-701"]),
    "702-portfolio": ("portfolio", ["8581-702"]),
    "703-journal": ("journal", ["8581-703"]),
}
MARK_SHEETS = {
    "D5.01-assignment": (
        "assignment",
        ["D5.01"],
        [
            ("Context of the assignment", 4, 2, 1),
            ("Ensuring best practice in coaching or mentoring practice", 40, 20, 4),
            ("Strategies to overcome barriers to mentoring and coaching", 16, 8, 1),
            (
                "Prepare a business case for using coaching or mentoring in your workplace and"
                " suggest how its effectiveness could be evaluated",
                40,
                20,
                3,
            ),
        ],
    ),
    "D5.02-03-diary": (
        "diary",
        ["D5.02", "D5.03"],
        [
            (
                "Assess own potential strengths and weaknesses as a management mentor or coach",
                34,
                17,
                4,
            ),
            ("Planning and undertaking coaching sessions", 30, 15, 5),
            ("Reflections on your performance as a mentor or coach", 36, 18, 3),
        ],
    ),
    "D7.01-assignment": (
        "assignment",
        ["D7.01"],
        [
            (
                "The contribution of leadership mentoring and executive coaching in developing"
                " leadership performance",
                50,
                25,
                3,
            ),
            ("Your commitment to leadership mentoring and/or executive coaching", 50, 25, 2),
        ],
    ),
    "D7.02-03-diary": (
        "diary",
        ["D7.02", "D7.03"],
        [
            ("Self-assessment", 34, 17, 5),
            ("Planning and undertaking mentoring or coaching sessions", 30, 15, 6),
            ("Reflections on your performance as a coach or mentor", 36, 18, 4),
        ],
    ),
}

# Descriptors of a referral and of a pass over a unit; no other unit has any.
DESCRIPTORS = {
    "8588-500": (37, 33),
    "8588-501": (22, 16),
    "8588-502": (25, 16),
    "8588-503": (12, 12),
}

# Criterion and code: minimum, maximum, exceptional maximum, measure, gate or not.
Limits = tuple[int | None, int | None, int | None, str, bool]


def gate(
    minimum: int, measure: str, maximum: int | None = None, beyond: int | None = None
) -> Limits:
    return (minimum, maximum, beyond, measure, True)


def counted(minimum: int, measure: str = "items") -> Limits:
    return (minimum, None, None, measure, False)


TICK: Limits = (None, None, None, "", False)


def practice(least: int, most: int, beyond: int | None, hours: int, supervision: int) -> Any:
    """The rules of 501 and 502, which differ in their numbers alone."""
    return {
        ("1.1", "planned_clients"): gate(least, "clients", most),
        ("2.1", "practice_hours"): gate(hours, "hours"),
        ("2.1", "clients"): gate(least, "clients", most, beyond),
        ("3.3", "supervision_hours"): gate(supervision, "hours"),
        ("1.1", "planned_hours"): counted(hours, "hours"),
        ("1.1", "whole_cycle"): TICK,
        ("1.2", "needs_per_client"): counted(2),
        ("1.2", "before_contracting"): TICK,
        ("1.3", "signed_by_all"): TICK,
        ("2.2", "four_elements"): counted(4),
        ("2.4", "log_per_session"): TICK,
        ("3.2", "tools_justified"): counted(2),
        ("3.4", "communication_skills"): counted(3),
    }


RULES: dict[str, dict[tuple[str, str], Limits]] = {
    "8577-300": {},
    "8577-301": {
        ("2.3", "practice_hours"): gate(6, "hours"),
        ("2.3", "clients"): gate(1, "clients"),
    },
    "8577-302": {
        ("1.1", "planned_clients"): gate(3, "clients"),
        ("2.3", "practice_hours"): gate(36, "hours"),
        ("2.3", "clients"): gate(3, "clients"),
        ("4.1", "reviewed_hours"): gate(36, "hours"),
    },
    "8577-303": {},
    "8581-700": {("2.1", "named_methods"): counted(4)},
    "8581-701": {
        ("2.2", "practice_hours"): gate(20, "hours"),
        ("2.1", "recorded_hours"): counted(20, "hours"),
    },
    "8581-702": {
        ("2.1", "practice_hours"): gate(100, "hours"),
        ("3.2", "supervised"): TICK,
    },
    "8581-703": {},
    "8588-500": {
        ("1.1", "definitions"): counted(2),
        ("1.1", "similarities"): counted(2),
        ("1.1", "differences"): counted(2),
        ("1.2", "organisational_factors"): counted(3),
        ("1.3", "individual_benefits"): counted(2),
        ("1.3", "organisational_benefits"): counted(2),
        ("1.4", "individual_measures"): counted(1),
        ("1.4", "organisational_measures"): counted(1),
        ("1.4", "evaluation_models"): counted(1),
        ("1.5", "individual_barriers"): counted(2),
        ("1.5", "organisational_barriers"): counted(2),
        ("1.5", "strategy_for_each"): TICK,
        ("2.1", "knowledge_examples"): counted(1),
        ("2.1", "skills_examples"): counted(1),
        ("2.1", "behaviours_examples"): counted(1),
        ("2.2", "communication_skills"): counted(4),
        ("2.2", "reason_for_each"): TICK,
        ("2.3", "ethical_and_non_judgemental"): TICK,
        ("2.4", "models_reviewed"): counted(1),
        ("2.5", "reflective_practice"): TICK,
        ("2.5", "supervision_forms"): counted(3),
        ("3.1", "codes_of_practice"): counted(1),
        ("3.2", "main_stages"): TICK,
    },
    "8588-501": practice(2, 3, 4, 18, 1),
    "8588-502": practice(4, 9, None, 54, 3),
    "8588-503": {
        ("1.2", "communication_skills"): counted(3),
        ("1.3", "practice_evidence"): TICK,
        ("2.1", "swot_quadrants"): counted(4),
        ("2.2", "plan_months"): counted(12, "months"),
    },
    "D5.01": {},
    "D5.02": {},
    "D5.03": {("2.2", "practice_hours"): gate(12, "hours")},
    "D7.01": {},
    "D7.02": {},
    "D7.03": {("2.2", "practice_hours"): gate(12, "hours")},
}

PRACTICE_UNITS = ("8588-501", "8588-502")
PORTFOLIO_CRITERIA = ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4")

# The criteria that each template of 8588 evidences.
TEMPLATES = {
    "diary": (PRACTICE_UNITS, ("1.1", "1.2", "1.3", "2.1", "2.2")),
    "client-feedback": (PRACTICE_UNITS, ("2.3", "3.2", "3.3", "3.4")),
    "supervisor-feedback": (PRACTICE_UNITS, ("2.3", "3.2", "3.3", "3.4")),
    "reflective-log": (PRACTICE_UNITS, ("2.4", "3.1", "3.2", "3.3", "3.4")),
    "swot": (("8588-503",), ("2.1",)),
    "development-plan": (("8588-503",), ("2.2",)),
    "cpd-monitoring": (("8588-503",), ("2.3",)),
    "matrix-501": (("8588-501",), PORTFOLIO_CRITERIA),
    "matrix-502": (("8588-502",), PORTFOLIO_CRITERIA),
    "matrix-503": (("8588-503",), ("1.1", "1.2", "1.3", "2.1", "2.2", "2.3")),
}


@pytest.fixture(scope="module")
def content() -> Content:
    return {number: content_of(number) for number in DOCUMENTS}


def unit_by_ref(content: Content) -> dict[str, dict[str, Any]]:
    return {unit["ref"]: unit for unit in all_units(content)}


def sheets(content: Content, kind: str) -> dict[str, dict[str, Any]]:
    return {
        sheet["code"]: sheet
        for document in content.values()
        for sheet in document["assessments"]
        if sheet["sheet_kind"] == kind
    }


def test_the_documents_make_up_152_criteria_in_18_units_of_8_pathways(content: Content) -> None:
    assert len(content) == 5
    assert sum(len(document["pathways"]) for document in content.values()) == 8
    assert len(all_units(content)) == 18
    assert {number: len(criteria_by_key(document)) for number, document in content.items()} == {
        "8577": 36,
        "8581": 34,
        "8588": 40,
        "D5": 20,
        "D7": 22,
    }
    marked = sheets(content, "mark").values()
    assert (len(marked), sum(len(sheet["sections"]) for sheet in marked)) == (4, 12)
    assert len(sheets(content, "result")) == 12


def test_every_outcome_has_its_criteria_numbered_from_one(content: Content) -> None:
    found: dict[str, list[int]] = {}
    for document in content.values():
        found |= criteria_per_outcome(document)
    assert found == OUTCOMES
    assert sum(map(sum, found.values())) == 152
    for unit in all_units(content):
        assert [outcome["number"] for outcome in unit["outcomes"]] == list(
            range(1, len(unit["outcomes"]) + 1)
        )
        assert [c["number"] for c in criteria_of(unit)] == [
            f"{outcome}.{number}"
            for outcome, size in enumerate(OUTCOMES[unit["ref"]], start=1)
            for number in range(1, size + 1)
        ]


def test_every_unit_has_its_title_level_credits_hours_and_number(content: Content) -> None:
    assert {
        unit["ref"]: (unit["level"], unit["credits"], unit.get("glh"), unit.get("uan"))
        for unit in all_units(content)
    } == SIZES
    assert [unit["title"] for unit in all_units(content)] == TITLES
    for number, document in content.items():
        assert {unit["level"] for unit in document["units"]} == {
            document["qualification"]["level"]
        }, number


def test_every_pathway_has_its_numbers_and_its_units(content: Content) -> None:
    found = {
        pathway["code"]: (
            pathway["award"],
            pathway.get("accreditation_number"),
            (pathway["credits"], pathway.get("glh"), pathway.get("tqt")),
            pathway["glh_includes_support"],
            (pathway["induction_hours"], pathway["tutorial_hours"]),
            " ".join(ref.rpartition("-")[2] for ref in pathway["units"]),
        )
        for document in content.values()
        for pathway in document["pathways"]
    }
    assert found == PATHWAYS
    eligible = {
        pathway["code"]: (
            pathway.get("alternative_code"),
            pathway.get("minimum_age"),
            pathway.get("registration_years"),
        )
        for document in content.values()
        for pathway in document["pathways"]
    }
    assert eligible == {
        "8577-award": (None, None, None),
        "8577-certificate": (None, None, None),
        "8581-certificate": (None, None, None),
        "8581-diploma": (None, None, None),
        "8588-21": ("8588-24", 18, 3),
        "8588-31": ("8588-34", 18, 3),
        "D5-certificate": (None, None, 3),
        "D7-certificate": (None, None, 3),
    }


def test_credits_hours_and_total_time_add_up(content: Content) -> None:
    units = unit_by_ref(content)
    for document in content.values():
        for pathway in document["pathways"]:
            own = [units[ref] for ref in pathway["units"]]
            assert sum(unit["credits"] for unit in own) == pathway["credits"]
            support = pathway["induction_hours"] + pathway["tutorial_hours"]
            guided = sum(unit.get("glh") or 0 for unit in own)
            held = support if pathway["glh_includes_support"] else 0
            assert (guided + held or None) == pathway.get("glh")
            if "tqt" in pathway:
                assert pathway["tqt"] == 10 * pathway["credits"]
    checked = [number for number, document in content.items() if "checks" in document]
    assert checked == ["8588"]
    assert content["8588"]["checks"] == {"tqt_per_credit": 10}


def test_a_family_shares_two_units_and_chooses_between_two_practice_units(
    content: Content,
) -> None:
    for number in ("8577", "8581", "8588"):
        short, extended = (set(pathway["units"]) for pathway in content[number]["pathways"])
        assert len(short & extended) == 2
        assert {ref[-2:] for ref in short ^ extended} == {"01", "02"}


def test_every_document_is_published_with_a_day_and_a_name(content: Content) -> None:
    assert {
        number: (str(document["version"]), document["published"], document["published_by"])
        for number, document in content.items()
    } == {
        "8577": ("undated", date(2026, 11, 22), "Criterion catalogue"),
        "8581": ("undated", date(2026, 11, 22), "Criterion catalogue"),
        "8588": ("2.0", date(2021, 12, 1), "ILM"),
        "D5": ("October 2011", date(2011, 10, 1), "ILM"),
        "D7": ("October 2011", date(2011, 10, 1), "ILM"),
    }


def test_the_units_of_d5_and_d7_have_what_their_pages_say_of_them(content: Content) -> None:
    for ref, (available, body, standards, _) in D_UNITS.items():
        unit = unit_by_ref(content)[ref]
        assert unit["review_on"] == date(2014, 12, 31)
        assert unit["available_from"] == available
        assert unit["sector"] == "Business Management"
        assert unit["support_body"] == body
        assert unit["submitter"] == "Institute of Leadership & Management"
        assert unit["availability"] == "For use by ILM alone"
        assert unit["nos"] == [f"CM{number}" for number in standards]
        assert unit.get("body_requirements", "") == ""
        assert unit["aim"]


def test_the_other_units_say_no_more_than_their_documents(content: Content) -> None:
    page = {"review_on", "sector", "support_body", "submitter", "availability", "nos"}
    for unit in all_units(content):
        if unit["ref"] in D_UNITS:
            continue
        assert not page & set(unit)
        of_the_handbook = unit["ref"].startswith("8588")
        assert unit.get("available_from") == (date(2018, 11, 1) if of_the_handbook else None)
        assert ("aim" in unit) == of_the_handbook


def test_indicative_content_is_a_list_of_short_labels(content: Content) -> None:
    for unit in all_units(content):
        items = unit.get("indicative_content", [])
        assert len(items) == (D_UNITS[unit["ref"]][3] if unit["ref"] in D_UNITS else 0)
        assert len(set(items)) == len(items)
        assert all(1 <= len(item.split()) <= 13 for item in items)


def test_8588_alone_has_depth_and_descriptors(content: Content) -> None:
    for unit in all_units(content):
        criteria = criteria_of(unit)
        of_the_handbook = unit["ref"].startswith("8588")
        assert all(bool(criterion.get("depth")) == of_the_handbook for criterion in criteria)
        found = tuple(
            sum(len(criterion.get("descriptors", {}).get(kind, [])) for criterion in criteria)
            for kind in ("referral", "pass")
        )
        assert found == DESCRIPTORS.get(unit["ref"], (0, 0))


def test_each_unit_of_three_documents_has_a_result_sheet(content: Content) -> None:
    found = sheets(content, "result")
    assert {code: (sheet["method"], sheet["units"]) for code, sheet in found.items()} == (
        RESULT_SHEETS
    )
    assert not any("sections" in sheet for sheet in found.values())
    assert {code: sheet["words"] for code, sheet in found.items() if "words" in sheet} == {
        "500-assignment": {"from": 4000, "to": 5500}
    }


def test_the_mark_sheets_have_their_sections_with_maxima_and_minima(content: Content) -> None:
    found = sheets(content, "mark")
    assert {
        code: (sheet["method"], sheet["units"], sections_in_numbers(sheet))
        for code, sheet in found.items()
    } == MARK_SHEETS
    for sheet in found.values():
        sections = sheet["sections"]
        assert sum(section["maximum"] for section in sections) == 100
        assert sum(section["minimum"] for section in sections) == 50
        assert all(section["minimum"] * 2 == section["maximum"] for section in sections)
        assert "words" not in sheet


def test_every_criterion_of_d5_and_d7_is_marked_exactly_once(content: Content) -> None:
    for number in ("D5", "D7"):
        marked = Counter(
            key for sheet in content[number]["assessments"] for key in flat(marked_criteria(sheet))
        )
        assert marked == dict.fromkeys(criteria_by_key(content[number]), 1)


def test_one_bullet_has_no_criterion_and_two_have_a_pair(content: Content) -> None:
    bullets = [
        (code, bullet)
        for code, sheet in sheets(content, "mark").items()
        for section in marked_criteria(sheet)
        for bullet in section
        if len(bullet) != 1
    ]
    assert bullets == [
        ("D5.01-assignment", []),
        ("D7.02-03-diary", ["D7.02 3.2", "D7.03 3.2"]),
        ("D7.02-03-diary", ["D7.02 3.3", "D7.03 3.3"]),
    ]
    statements = {key: c["statement"] for key, c in criteria_by_key(content["D7"]).items()}
    for _, (one, other) in bullets[1:]:
        assert statements[one] == statements[other]


@pytest.mark.parametrize("ref", list(RULES))
def test_a_unit_has_its_numeric_rules_and_each_says_where_it_is_written(
    content: Content, ref: str
) -> None:
    unit = unit_by_ref(content)[ref]
    found = {
        (rule["criterion"], rule["code"]): (
            rule.get("minimum"),
            rule.get("maximum"),
            rule.get("exceptional_maximum"),
            rule.get("unit_of_measure", ""),
            is_gate,
        )
        for rule, is_gate in rules_of(unit)
    }
    assert found == RULES[ref]
    for rule, _ in rules_of(unit):
        assert re.search(
            rf"\b{re.escape(unit['number'])}, AC {re.escape(rule['criterion'])}(, |$)",
            rule["source"],
        )


def test_the_templates_of_8588_evidence_their_criteria(content: Content) -> None:
    templates = content["8588"]["templates"]
    assert {template["code"]: template["criteria"] for template in templates} == {
        code: [f"{ref} {number}" for ref in refs for number in numbers]
        for code, (refs, numbers) in TEMPLATES.items()
    }
    assert all(template["title"] and template["text"] for template in templates)
    assert [number for number in DOCUMENTS if "templates" in content[number]] == ["8588"]


def test_every_criterion_of_501_and_502_has_a_template_beside_the_matrix(
    content: Content,
) -> None:
    covered = Counter(
        key
        for template in content["8588"]["templates"]
        if not template["code"].startswith("matrix-")
        for key in template["criteria"]
    )
    for ref in PRACTICE_UNITS:
        assert [covered[f"{ref} {number}"] for number in PORTFOLIO_CRITERIA] == [
            *[1] * 5,
            2,
            1,
            1,
            *[3] * 3,
        ]


def test_the_staff_checklists_have_their_rows(content: Content) -> None:
    rows = {
        number: Counter(row["group"] for row in document.get("staff", []))
        for number, document in content.items()
    }
    assert rows == {
        "8577": {},
        "8581": {},
        "8588": {"tutor": 8, "assessor_iqa": 8},
        "D5": {"tutor": 3, "assessor_iqa": 4},
        "D7": {"tutor": 3, "assessor_iqa": 4},
    }
    for document in content.values():
        titles = [(row["group"], row["title"]) for row in document.get("staff", [])]
        assert len(set(titles)) == len(titles)
        assert all(row["indicators"] for row in document.get("staff", []))
