"""Reads the shipped specification files as plain YAML, to be counted without the loader."""

import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "qualifications"

DOCUMENTS = ("8577", "8581", "8588", "D5", "D7")

Marked = list[list[list[str]]]


def file_of(number: str) -> Path:
    return FOLDER / f"{number}.yaml"


def content_of(number: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(file_of(number).read_text(encoding="utf-8"))
    return loaded


def all_units(contents: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [unit for content in contents.values() for unit in content["units"]]


def criteria_of(unit: dict[str, Any]) -> list[dict[str, Any]]:
    return [criterion for outcome in unit["outcomes"] for criterion in outcome["criteria"]]


def rules_of(unit: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    """The gates and the items of the checklist, each with whether it is a gate."""
    return [
        *((rule, True) for rule in unit.get("rules", [])),
        *((rule, False) for rule in unit.get("checklist", [])),
    ]


def criteria_by_key(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every criterion under its unit's ref and its number, such as "D7.02 1.1"."""
    return {
        f"{unit['ref']} {criterion['number']}": criterion
        for unit in content["units"]
        for criterion in criteria_of(unit)
    }


def criteria_per_outcome(content: dict[str, Any]) -> dict[str, list[int]]:
    return {
        unit["ref"]: [len(outcome["criteria"]) for outcome in unit["outcomes"]]
        for unit in content["units"]
    }


def sheet_of(content: dict[str, Any], code: str) -> dict[str, Any]:
    sheet: dict[str, Any] = next(a for a in content["assessments"] if a["code"] == code)
    return sheet


def sections_in_numbers(sheet: dict[str, Any]) -> list[tuple[str, int, int, int]]:
    """Title, maximum, minimum and number of bullets of each section."""
    return [
        (section["title"], section["maximum"], section["minimum"], len(section["bullets"]))
        for section in sheet["sections"]
    ]


def marked_criteria(sheet: dict[str, Any]) -> Marked:
    """For each section, for each bullet, the criteria that it stands for."""
    return [
        [list(bullet.get("criteria", [])) for bullet in section["bullets"]]
        for section in sheet["sections"]
    ]


def flat(marked: Marked) -> list[str]:
    return [key for section in marked for bullet in section for key in bullet]


def begins_with_its_verb(criterion: dict[str, Any]) -> bool:
    return bool(re.match(rf"{criterion['verb']}\b", criterion["statement"].lower()))
