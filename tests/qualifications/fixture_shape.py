"""A file's plain YAML in the shape of the catalogue's content, written without the reader."""

from decimal import Decimal
from typing import Any

Plain = dict[str, Any]


def catalogue_shape(content: Plain) -> Plain:
    """What `plain` must say of the content that was loaded from this file."""
    qualification, body = content["qualification"], content["awarding_body"]
    order = [
        [unit["ref"], criterion["number"]]
        for unit in content["units"]
        for outcome in unit["outcomes"]
        for criterion in outcome["criteria"]
    ]
    return {
        "awarding_body_code": body["code"],
        "awarding_body_name": body["name"],
        "number": qualification["number"],
        "title": qualification["title"],
        "level": qualification["level"],
        "version": content["version"],
        "published": _day(content.get("published")),
        "published_by": content.get("published_by", ""),
        "source": content["source"],
        "corrected_on": _day(content.get("corrected_on")),
        "tqt_per_credit": content.get("checks", {}).get("tqt_per_credit"),
        "verbs": [{"word": word, "meaning": said} for word, said in content["verbs"].items()],
        "units": [_unit(unit) for unit in content["units"]],
        "assessments": [_assessment(sheet, order) for sheet in content["assessments"]],
        "pathways": [_pathway(pathway) for pathway in content["pathways"]],
        "templates": [
            {
                **{name: template[name] for name in ("code", "title", "text")},
                "criteria": _keys(template["criteria"], order),
            }
            for template in content.get("templates", [])
        ],
        "staff_requirements": [
            {
                "group": row["group"],
                "title": row["title"],
                "indicators": row.get("indicators", []),
            }
            for row in content.get("staff", [])
        ],
        "corrections": [
            {
                name: correction.get(name, "")
                for name in ("field", "raw", "used", "reason", "unit", "criterion")
            }
            for correction in content["corrections"]
        ],
    }


def _unit(unit: Plain) -> Plain:
    shaped = {name: unit[name] for name in ("ref", "number", "title", "short_title")}
    shaped |= {name: unit[name] for name in ("level", "credits")}
    shaped |= {name: _day(unit.get(name)) for name in ("review_on", "available_from")}
    shaped |= {
        name: unit.get(name, "")
        for name in (
            "uan",
            "aim",
            "sector",
            "support_body",
            "submitter",
            "availability",
            "body_requirements",
        )
    }
    shaped |= {name: unit.get(name, []) for name in ("nos", "indicative_content")}
    return shaped | {
        "glh": unit.get("glh"),
        "outline_only": unit.get("outline_only", False),
        "outcomes": [
            {
                **{name: outcome[name] for name in ("number", "title", "text")},
                "criteria": [_criterion(criterion) for criterion in outcome["criteria"]],
            }
            for outcome in unit["outcomes"]
        ],
        "rules": [
            *(_rule(rule, is_gate=True) for rule in unit.get("rules", [])),
            *(_rule(rule, is_gate=False) for rule in unit.get("checklist", [])),
        ],
    }


def _criterion(criterion: Plain) -> Plain:
    descriptors = criterion.get("descriptors", {})
    return {
        **{name: criterion[name] for name in ("number", "statement", "verb")},
        **{name: criterion.get(name, []) for name in ("depth", "guidance", "example_evidence")},
        "referral": descriptors.get("referral", []),
        "passes": descriptors.get("pass", []),
    }


def _rule(rule: Plain, *, is_gate: bool) -> Plain:
    return {
        **{name: rule[name] for name in ("criterion", "code", "label", "source")},
        **{name: _number(rule.get(name)) for name in ("minimum", "maximum", "exceptional_maximum")},
        "unit_of_measure": rule.get("unit_of_measure", ""),
        "is_gate": is_gate,
    }


def _assessment(sheet: Plain, order: list[list[str]]) -> Plain:
    return {
        **{name: sheet[name] for name in ("code", "title", "method", "sheet_kind", "units")},
        "words_from": sheet.get("words", {}).get("from"),
        "words_to": sheet.get("words", {}).get("to"),
        "sections": [
            {
                **{name: section[name] for name in ("title", "maximum", "minimum")},
                "bullets": [
                    {"text": bullet["text"], "criteria": _keys(bullet.get("criteria", []), order)}
                    for bullet in section["bullets"]
                ],
            }
            for section in sheet.get("sections", [])
        ],
    }


def _pathway(pathway: Plain) -> Plain:
    return {
        **{name: pathway[name] for name in ("code", "title", "award", "credits", "units")},
        **{name: pathway.get(name, "") for name in ("alternative_code", "accreditation_number")},
        **{name: pathway.get(name) for name in ("glh", "tqt", "minimum_age", "registration_years")},
        **{name: _number(pathway[name]) for name in ("induction_hours", "tutorial_hours")},
        "glh_includes_support": pathway["glh_includes_support"],
    }


def _keys(written: list[str], order: list[list[str]]) -> list[list[str]]:
    return sorted((key.split(" ") for key in written), key=order.index)


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def _number(value: float | None) -> str | None:
    return None if value is None else format(Decimal(str(value)).normalize(), "f")
