"""A handbook as JSON, and as a summary for people."""

from collections.abc import Sequence
from typing import TypeVar

from qualifications.handbook.content import (
    Criterion,
    Doubt,
    Handbook,
    MarkSheet,
    Qualification,
    Read,
    Texts,
    Unit,
)

Value = TypeVar("Value")


def as_json(handbook: Handbook) -> dict[str, object]:
    """Values alone, of JSON types; what the document does not hold is None."""
    return {
        "qualifications": [_qualification(one) for one in handbook.qualifications],
        "units": [_unit(unit) for unit in handbook.units],
        "mark_sheets": [_sheet(sheet) for sheet in handbook.mark_sheets],
        "warnings": [_warning(doubt) for doubt in handbook.warnings],
    }


def _plain(read: Read[Value] | None) -> Value | None:
    return read.value if read is not None else None


def _list(reads: Texts | None) -> list[str] | None:
    return [read.value for read in reads] if reads else None


def _qualification(one: Qualification) -> dict[str, object]:
    return {
        "title": _plain(one.title),
        "number": _plain(one.number),
        "accreditation_number": _plain(one.accreditation_number),
        "level": _plain(one.level),
        "credits": _plain(one.credits),
        "glh": _plain(one.glh),
        "tqt": _plain(one.tqt),
        "units": _list(one.units),
    }


def _unit(unit: Unit) -> dict[str, object]:
    return {
        "ref": unit.ref.value,
        "uan": _plain(unit.uan),
        "title": _plain(unit.title),
        "level": _plain(unit.level),
        "credits": _plain(unit.credits),
        "glh": _plain(unit.glh),
        "aim": _plain(unit.aim),
        "outcomes": [
            {
                "number": outcome.number.value,
                "text": _plain(outcome.text),
                "criteria": [_criterion(criterion) for criterion in outcome.criteria],
            }
            for outcome in unit.outcomes
        ],
    }


def _criterion(criterion: Criterion) -> dict[str, object]:
    return {
        "number": criterion.number.value,
        "text": _plain(criterion.text),
        "guidance": _list(criterion.guidance),
        "referral": _list(criterion.referral),
        "pass": _list(criterion.passes),
        "strategies": _list(criterion.strategies),
        "evidence": _list(criterion.evidence),
    }


def _sheet(sheet: MarkSheet) -> dict[str, object]:
    return {
        "title": sheet.title.value,
        "units": [ref.value for ref in sheet.units],
        "sections": [
            {
                "title": _plain(section.title),
                "max": _plain(section.maximum),
                "min": _plain(section.minimum),
                "criteria": [line.text.value for line in section.criteria],
            }
            for section in sheet.sections
        ],
    }


def _warning(doubt: Doubt) -> dict[str, object]:
    where = str(doubt.where) if doubt.where else None
    return {"where": where, "raw": doubt.raw, "taken": doubt.taken, "why": doubt.why}


def as_summary(handbook: Handbook) -> str:
    """What was found, in lines that a person reads before opening the draft."""
    lines = [handbook.name]
    for one in handbook.qualifications:
        facts = [
            f"{label} {value}"
            for label, value in (
                ("number", _plain(one.number)),
                ("accreditation", _plain(one.accreditation_number)),
                ("level", _plain(one.level)),
                ("credits", _plain(one.credits)),
                ("GLH", _plain(one.glh)),
                ("TQT", _plain(one.tqt)),
            )
            if value is not None
        ]
        refs = ", ".join(ref.value for ref in one.units) or "not named"
        lines.append(
            f"  {_plain(one.title) or 'Without a title'}: {', '.join(facts)}; units {refs}"
        )
    lines += [f"  {_unit_line(unit)}" for unit in handbook.units]
    for sheet in handbook.mark_sheets:
        marks = ", ".join(
            f"{_plain(section.minimum)} of {_plain(section.maximum)}" for section in sheet.sections
        )
        lines.append(f"  {sheet.title.value}: {_count(sheet.sections, 'section')} ({marks})")
    lines.append(f"{_count(handbook.warnings, 'warning')}")
    for doubt in handbook.warnings:
        where = str(doubt.where) if doubt.where else "the document"
        taken = "nothing" if doubt.taken is None else doubt.taken
        lines.append(f"  {where}: {doubt.why}. Printed: {_line(doubt.raw)}; taken: {_line(taken)}")
    return "\n".join(lines)


def _unit_line(unit: Unit) -> str:
    described = sum(1 for c in unit.criteria if c.referral and c.passes)
    parts = [
        f"{_plain(unit.credits) if unit.credits else 'unknown'} credits",
        f"GLH {_plain(unit.glh) if unit.glh else 'unknown'}",
        _count(unit.outcomes, "outcome"),
        f"{len(unit.criteria)} criteria",
    ]
    if described:
        parts.append(f"{described} with descriptors")
    return f"{unit.ref.value} {_plain(unit.title) or ''}: {', '.join(parts)}"


def _count(held: Sequence[object], noun: str) -> str:
    return f"{len(held)} {noun}{'' if len(held) == 1 else 's'}"


def _line(text: str) -> str:
    return " ".join(text.split())
