"""What stands beside the units: evidence templates, staff checklists, corrections of the source."""

from qualifications.catalogue_entries import CorrectionEntry, RequirementEntry, TemplateEntry
from qualifications.catalogue_file.known import CriterionKey, Known, place, texts
from qualifications.marked_yaml import Reading
from qualifications.models import CODE_LENGTH, CRITERION_NUMBER, TITLE_LENGTH, StaffGroup


def read_templates(top: Reading, known: Known) -> tuple[TemplateEntry, ...]:
    entries = []
    codes: set[str] = set()
    for node in top.listing("templates", optional=True):
        template = Reading(node, place("template", node, "code"), known.faults)
        code = template.text("code", longest=CODE_LENGTH, pattern=r"\S+", example="diary")
        if code and code in codes:
            template.fault(
                template.line_of("code"), "the template is given twice", "Keep one of them"
            )
        codes.add(code)
        entries.append(
            TemplateEntry(
                code=code,
                title=template.text("title", longest=TITLE_LENGTH),
                text=template.text("text"),
                criteria=_read_evidenced(template, known),
            )
        )
        template.done()
    return tuple(entries)


def _read_evidenced(template: Reading, known: Known) -> tuple[CriterionKey, ...]:
    found: list[CriterionKey] = []
    for written, line in template.texts("criteria", optional=True):
        ref, _, number = written.rpartition(" ")
        if not known.has_criterion(ref, number):
            template.fault(
                line,
                f'"{written}" names no criterion',
                'Write the unit and the number, as "8588-501 1.1"',
            )
        elif (ref, number) in found:
            template.fault(line, f"criterion {written} is given twice", "Keep one of them")
        else:
            found.append((ref, number))
    return known.in_order(found)


def read_staff(top: Reading, known: Known) -> tuple[RequirementEntry, ...]:
    entries = []
    rows: set[tuple[str, str]] = set()
    for node in top.listing("staff", optional=True):
        row = Reading(node, place("staff row", node, "title"), known.faults)
        group = row.choice("group", StaffGroup.values)
        title = row.text("title", longest=TITLE_LENGTH)
        if group and title and (group, title) in rows:
            row.fault(row.line_of("title"), "the row is given twice", "Keep one of them")
        rows.add((group, title))
        entries.append(RequirementEntry(group, title, texts(row, "indicators")))
        row.done()
    return tuple(entries)


def read_corrections(top: Reading, known: Known) -> tuple[CorrectionEntry, ...]:
    entries = []
    for node in top.listing("corrections", optional=True):
        correction = Reading(node, place("correction", node, "field"), known.faults)
        unit, criterion = _read_target(correction, known)
        entries.append(
            CorrectionEntry(
                field=correction.text("field", longest=TITLE_LENGTH),
                raw=correction.text("raw"),
                used=correction.text("used"),
                reason=correction.text("reason"),
                unit=unit,
                criterion=criterion,
            )
        )
        correction.done()
    return tuple(entries)


def _read_target(correction: Reading, known: Known) -> tuple[str, str]:
    """Beside which unit and criterion it is shown; neither for the qualification itself."""
    unit = correction.text("unit", optional=True, longest=CODE_LENGTH)
    criterion = correction.text(
        "criterion", optional=True, pattern=CRITERION_NUMBER, example='"2.1", in quotes'
    )
    if criterion and not correction.has("unit"):
        correction.fault(
            correction.line_of("criterion"),
            "'criterion' stands without 'unit'",
            "Name the unit too, as numbers repeat from unit to unit",
        )
    elif unit and unit not in known.units:
        listed = ", ".join(known.units) or "none"
        correction.fault(
            correction.line_of("unit"), f"there is no unit {unit}", f"Use one of: {listed}"
        )
    elif unit and criterion and not known.has_criterion(unit, criterion):
        numbers = ", ".join(c.number for c in known.units[unit].criteria)
        correction.fault(
            correction.line_of("criterion"),
            f"unit {unit} has no criterion {criterion}",
            f"Use one of: {numbers or 'none, as the unit has no criteria'}",
        )
    return unit, criterion
