"""A handbook to import: the catalogue's own wording of a qualification, printed as a document.

What awarding bodies print is theirs and comes with no demonstration. This one has the same layout,
and three slips of the kind that real ones have, so that there is something to answer for.
"""

from collections.abc import Iterable
from dataclasses import replace
from html import escape

from weasyprint import HTML

from qualifications.catalogue_entries import (
    CriterionEntry,
    OutcomeEntry,
    SpecificationEntry,
    UnitEntry,
)

Row = tuple[str, ...]
STYLE = """
@page { size: A4; margin: 18mm;
  @bottom-center { content: "Page " counter(page) " of " counter(pages) } }
body { font: 10pt/1.4 sans-serif } h1 { font-size: 16pt } h2 { font-size: 13pt; break-before: page }
p { margin: 0 0 3pt } table { border-collapse: collapse; width: 100%; margin: 6pt 0 }
tr { break-inside: avoid } td { border: 1px solid; padding: 3pt; vertical-align: top }
"""


def example_handbook(version: SpecificationEntry) -> bytes:
    """A PDF of qualifications, units and result sheets, with tags."""
    units = "".join(_unit(unit) for unit in _slips_of_pages(version.units))
    sheets = "".join(_result_sheet(unit) for unit in _slips_of_sheets(version.units))
    made = HTML(
        string=f"<html lang=en-GB><title>{escape(version.title)}</title><style>{STYLE}</style>"
        f"<h1>{escape(version.title)}</h1><p>An example, in the wording of the catalogue</p>"
        f"{_qualifications(version)}{units}{sheets}"
    ).write_pdf(pdf_tags=True)
    assert isinstance(made, bytes)  # noqa: S101 – no target was given, so bytes come back
    return made


def _slips_of_pages(units: tuple[UnitEntry, ...]) -> tuple[UnitEntry, ...]:
    """The digits of the largest credit value change places."""
    largest = max(units, key=lambda unit: unit.credits)
    slipped = replace(largest, credits=int(str(largest.credits)[::-1]))
    return tuple(slipped if unit is largest else unit for unit in units)


def _slips_of_sheets(units: tuple[UnitEntry, ...]) -> tuple[UnitEntry, ...]:
    """A criterion of the first unit lacks its pass descriptors, one of the last its last word."""
    first, *between, last = units
    gap = replace(first.criteria[0], passes=())
    shorter = replace(last.criteria[0], statement=last.criteria[0].statement.rpartition(" ")[0])
    return (_with_first(first, gap), *between, _with_first(last, shorter))


def _with_first(unit: UnitEntry, criterion: CriterionEntry) -> UnitEntry:
    outcome, *others = unit.outcomes
    changed = replace(outcome, criteria=(criterion, *outcome.criteria[1:]))
    return replace(unit, outcomes=(changed, *others))


def _qualifications(version: SpecificationEntry) -> str:
    units = {unit.ref: unit for unit in version.units}
    made = [
        _table(
            (pathway.title,),
            ("UAN", "Unit number", "Unit title", "Level", "Credits", "GLH"),
            *(_in_award(units[ref]) for ref in pathway.units),
        )
        for pathway in version.pathways
    ]
    sizes = (
        (one.title, str(one.glh), str(one.tqt), one.code, one.accreditation_number)
        for one in version.pathways
    )
    credits = (
        (one.title, str(one.glh), str(one.tqt), str(one.credits)) for one in version.pathways
    )
    made += [
        _table(("Title and level", "GLH", "TQT", "Number", "Accreditation number"), *sizes),
        _table(("Title and level", "GLH", "TQT", "Credit"), *credits),
    ]
    return "<p></p>".join(made)


def _in_award(unit: UnitEntry) -> Row:
    sizes = (str(unit.level), str(unit.credits), str(unit.glh))
    return (unit.uan, unit.ref, unit.title, *sizes)


def _unit(unit: UnitEntry) -> str:
    facts = (
        ("UAN:", unit.uan),
        ("Unit level:", str(unit.level)),
        ("Credit value:", str(unit.credits)),
        ("GLH:", str(unit.glh or "")),
        ("Unit aim:", unit.aim),
    )
    outcomes = "".join(_outcome(one) for one in unit.outcomes)
    title = f"<h2>Unit {unit.number} {escape(unit.title)}</h2>"
    return f"{title}{_table(*facts)}{outcomes}<p>Assessment requirements</p>"


def _outcome(outcome: OutcomeEntry) -> str:
    lines = [
        f"Learning outcome (LO {outcome.number})",
        "The learner will:",
        f"{outcome.number} {outcome.text}",
        "Assessment criteria",
        "The learner can:",
        *(f"{one.number} {one.statement}" for one in outcome.criteria),
        "Depth",
        *(line for one in outcome.criteria for line in _notes(one.number, one.depth)),
        "Assessment guidance",
        "The learner must:",
        *(line for one in outcome.criteria for line in _notes(one.number, one.guidance)),
    ]
    return "".join(_paragraph(line) for line in lines)


def _notes(number: str, notes: Iterable[str]) -> list[str]:
    first, *rest = [*notes] or [""]
    return [f"{number} {first}", *rest] if first else []


def _result_sheet(unit: UnitEntry) -> str:
    rows: list[Row] = [("Assessment Criteria (AC)", "Referral", "Pass", "Pass / Referral")]
    for outcome in unit.outcomes:
        rows.append((f"Learning Outcome {outcome.number} {outcome.text}",))
        rows += [_judged(one) for one in outcome.criteria]
    return f"<h2>Appendix 2 Unit {unit.number} Result Sheet</h2>{_table(*rows)}"


def _judged(criterion: CriterionEntry) -> Row:
    return (
        f"AC {criterion.number}\n{criterion.statement}",
        "\n".join(f"· {line}" for line in criterion.referral),
        "\n".join(f"· {line}" for line in criterion.passes),
        "Pass / Referral",
    )


def _table(*rows: Row) -> str:
    width = max(len(row) for row in rows)
    cells = (
        "".join(
            f"<td colspan={width if len(row) == 1 else 1}>"
            + "".join(_paragraph(line) for line in cell.split("\n"))
            + "</td>"
            for cell in row
        )
        for row in rows
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
