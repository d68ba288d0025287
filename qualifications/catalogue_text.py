"""Writes a specification as the YAML file that it would be read from."""

from collections.abc import Iterable
from decimal import Decimal

import yaml

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RuleEntry,
    SpecificationEntry,
    UnitEntry,
)

WIDTH = 100  # characters of a line, but for words that are longer

Plain = dict[str, object]


def written_yaml(entry: SpecificationEntry) -> str:
    """The content as YAML, the same for the same content, that `read_specification` reads back.

    An entry that no file could give (an empty title, a text of several lines) is written too, and
    refused by the reader.
    """
    parts = [*_head(entry), *_parts(entry)]
    return "\n".join(_dumped(part) for part in parts if part)


def _dumped(part: Plain) -> str:
    written: str = yaml.dump(part, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return written


def _head(entry: SpecificationEntry) -> list[Plain]:
    checks = _given(tqt_per_credit=entry.tqt_per_credit)
    return [
        {
            "awarding_body": _Beside(code=entry.awarding_body_code, name=entry.awarding_body_name),
            "qualification": {
                "number": entry.number,
                "title": entry.title,
                "level": entry.level,
            },
            "version": entry.version,
            **_given(published=entry.published, published_by=entry.published_by),
            "source": entry.source,
            **_given(corrected_on=entry.corrected_on),
            **_given(checks=_Beside(checks)),
        }
    ]


def _parts(entry: SpecificationEntry) -> list[Plain]:
    return [
        {"verbs": {verb.word: verb.meaning for verb in entry.verbs}},
        {"units": [_unit(unit) for unit in entry.units]},
        _given(assessments=[_assessment(sheet) for sheet in entry.assessments]),
        {"pathways": [_pathway(pathway) for pathway in entry.pathways]},
        _given(
            templates=[
                {
                    "code": template.code,
                    "title": template.title,
                    "text": template.text,
                    **_given(criteria=_keys(template.criteria)),
                }
                for template in entry.templates
            ]
        ),
        _given(
            staff=[
                {"group": row.group, "title": row.title, **_given(indicators=row.indicators)}
                for row in entry.staff_requirements
            ]
        ),
        _given(corrections=[_correction(correction) for correction in entry.corrections]),
    ]


def _unit(unit: UnitEntry) -> Plain:
    return {
        "ref": unit.ref,
        "number": unit.number,
        **_given(uan=unit.uan),
        "title": unit.title,
        "short_title": unit.short_title,
        "level": unit.level,
        "credits": unit.credits,
        **_given(
            glh=unit.glh,
            aim=unit.aim,
            review_on=unit.review_on,
            available_from=unit.available_from,
            sector=unit.sector,
            support_body=unit.support_body,
            submitter=unit.submitter,
            availability=unit.availability,
            body_requirements=unit.body_requirements,
            nos=_Row(unit.nos),
            indicative_content=unit.indicative_content,
            outline_only=unit.outline_only,
            outcomes=[_outcome(outcome) for outcome in unit.outcomes],
            rules=[_rule(rule) for rule in unit.rules if rule.is_gate],
            checklist=[_rule(rule) for rule in unit.rules if not rule.is_gate],
        ),
    }


def _outcome(outcome: OutcomeEntry) -> Plain:
    return {
        "number": outcome.number,
        "title": outcome.title,
        "text": outcome.text,
        "criteria": [_criterion(criterion) for criterion in outcome.criteria],
    }


def _criterion(criterion: CriterionEntry) -> Plain:
    descriptors: Plain = {}
    if criterion.referral or criterion.passes:
        descriptors = {"referral": criterion.referral, "pass": criterion.passes}
    return {
        "number": criterion.number,
        "verb": criterion.verb,
        "statement": criterion.statement,
        **_given(
            depth=criterion.depth,
            guidance=criterion.guidance,
            example_evidence=criterion.example_evidence,
            descriptors=descriptors,
        ),
    }


def _rule(rule: RuleEntry) -> Plain:
    return {
        "criterion": rule.criterion,
        "code": rule.code,
        "label": rule.label,
        **_given(
            minimum=rule.minimum,
            maximum=rule.maximum,
            exceptional_maximum=rule.exceptional_maximum,
            unit_of_measure=rule.unit_of_measure,
        ),
        "source": rule.source,
    }


def _assessment(sheet: AssessmentEntry) -> Plain:
    words: Plain = {}
    if sheet.words_from is not None or sheet.words_to is not None:
        words = {"from": sheet.words_from, "to": sheet.words_to}
    return {
        "code": sheet.code,
        "title": sheet.title,
        "method": sheet.method,
        "sheet_kind": sheet.sheet_kind,
        **_given(words=_Beside(words)),
        "units": _Row(sheet.units),
        **_given(
            sections=[
                {
                    "title": section.title,
                    "maximum": section.maximum,
                    "minimum": section.minimum,
                    "bullets": [_bullet(bullet) for bullet in section.bullets],
                }
                for section in sheet.sections
            ]
        ),
    }


def _bullet(bullet: BulletEntry) -> Plain:
    return {"text": bullet.text, **_given(criteria=_keys(bullet.criteria))}


def _pathway(pathway: PathwayEntry) -> Plain:
    return {
        "code": pathway.code,
        **_given(alternative_code=pathway.alternative_code),
        "title": pathway.title,
        "award": pathway.award,
        **_given(accreditation_number=pathway.accreditation_number),
        "credits": pathway.credits,
        **_given(glh=pathway.glh, tqt=pathway.tqt),
        "glh_includes_support": pathway.glh_includes_support,
        "induction_hours": pathway.induction_hours,
        "tutorial_hours": pathway.tutorial_hours,
        **_given(minimum_age=pathway.minimum_age, registration_years=pathway.registration_years),
        "units": _Row(pathway.units),
    }


def _correction(correction: CorrectionEntry) -> Plain:
    return {
        "field": correction.field,
        **_given(unit=correction.unit, criterion=correction.criterion),
        "raw": correction.raw,
        "used": correction.used,
        "reason": correction.reason,
    }


def _given(**values: object) -> Plain:
    """Without what a file leaves out: an empty text or list, a no, an absent value; 0 stays."""
    return {
        name: value
        for name, value in values.items()
        if not (value is None or value is False or value in ("", (), [], {}))
    }


class _Row(list[str]):
    """A list of short codes, written on one line."""


class _Beside(dict[str, object]):
    """A small mapping, written on one line."""

    def __init__(self, given: Plain | None = None, **values: object) -> None:
        super().__init__(given or {}, **values)


def _keys(keys: Iterable[tuple[str, str]]) -> _Row:
    return _Row(f"{ref} {number}" for ref, number in keys)


class _Dumper(yaml.SafeDumper):
    """Indents the items of a list, and knows decimals and what stands on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    kind = "int" if value == value.to_integral_value() else "float"
    written = format(value, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", written)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(
    _Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, True)
)
_Dumper.add_representer(
    _Beside, lambda dumper, fields: dumper.represent_mapping("tag:yaml.org,2002:map", fields, True)
)
