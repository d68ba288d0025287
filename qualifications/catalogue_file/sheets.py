"""What is handed in, and the sheet that it is judged on."""

from qualifications.catalogue_entries import AssessmentEntry, BulletEntry, SectionEntry
from qualifications.catalogue_file.known import CriterionKey, Known, place
from qualifications.marked_yaml import Node, Reading
from qualifications.models import CODE_LENGTH, TITLE_LENGTH, Method, SheetKind
from qualifications.rules import ALL_MARKS, judge_maxima, judge_minimum

MOST_WORDS = 100_000


def read_assessments(top: Reading, known: Known) -> tuple[AssessmentEntry, ...]:
    entries = []
    codes: set[str] = set()
    for node in top.listing("assessments", optional=True):
        sheet = Reading(node, place("assessment", node, "code"), known.faults)
        code = sheet.text("code", longest=CODE_LENGTH, pattern=r"\S+", example="501-portfolio")
        if code and code in codes:
            sheet.fault(sheet.line_of("code"), "the assessment is given twice", "Keep one of them")
        codes.add(code)
        entries.append(_read_sheet(sheet, code, known))
        sheet.done()
    return tuple(entries)


def _read_sheet(sheet: Reading, code: str, known: Known) -> AssessmentEntry:
    title = sheet.text("title", longest=TITLE_LENGTH)
    method = sheet.choice("method", Method.values)
    kind = sheet.choice("sheet_kind", SheetKind.values)
    words_from, words_to = _read_words(sheet)
    units = known.read_unit_refs(sheet)
    for ref, line in units:
        if known.units[ref].outline_only:
            sheet.fault(
                line,
                f"unit {ref} is an outline only, so there is nothing to judge",
                "Give the unit its criteria first",
            )
    refs = [ref for ref, _ in units]
    sections: tuple[SectionEntry, ...] = ()
    if kind == SheetKind.MARK:
        sections = _read_sections(sheet, refs, known)
    elif kind == SheetKind.RESULT and sheet.node("sections", optional=True):
        sheet.fault(
            sheet.line_of("sections"),
            "a result sheet has no sections",
            "Take them out, or say 'sheet_kind: mark'",
        )
    return AssessmentEntry(
        code=code,
        title=title,
        method=method,
        sheet_kind=kind,
        words_from=words_from,
        words_to=words_to,
        units=tuple(refs),
        sections=sections,
    )


def _read_words(sheet: Reading) -> tuple[int | None, int | None]:
    words = sheet.reading("words", f"{sheet.place}, words", optional=True)
    if words is None:
        return None, None
    least = words.integer("from", most=MOST_WORDS)
    most = words.integer("to", most=MOST_WORDS)
    words.done()
    if least and most and least > most:
        words.fault(
            words.line_of("to"),
            f"the words run from {least} to {most}",
            "Give the smaller number first; give the same twice for one length",
        )
    return least, most


def _read_sections(sheet: Reading, refs: list[str], known: Known) -> tuple[SectionEntry, ...]:
    covered: dict[CriterionKey, int] = {}
    entries = tuple(
        _read_section(node, sheet, refs, covered, known) for node in sheet.listing("sections")
    )
    maxima = sum(entry.maximum for entry in entries)
    minima = sum(entry.minimum for entry in entries)
    known_marks = entries and all(entry.maximum and entry.minimum for entry in entries)
    # Minima are held to halves one by one, so that they add up wherever the maxima do.
    if known_marks and not judge_maxima([entry.maximum for entry in entries]).met:
        sheet.fault(
            sheet.line_of("sections"),
            f"the maxima of the sections add up to {maxima} and their minima to {minima},"
            f" not to {ALL_MARKS} and {ALL_MARKS // 2}",
            "Put the marks right",
        )
    for ref in refs:
        for criterion in known.units[ref].criteria:
            if (ref, criterion.number) not in covered:
                sheet.fault(
                    known.criterion_lines.get((ref, criterion.number), sheet.line),
                    f"criterion {ref} {criterion.number} is in no section",
                    "Name it under one bullet",
                )
    return entries


def _read_section(
    node: Node, sheet: Reading, refs: list[str], covered: dict[CriterionKey, int], known: Known
) -> SectionEntry:
    section = Reading(node, f"{sheet.place}, {place('section', node, 'title')}", sheet.faults)
    title = section.text("title", longest=TITLE_LENGTH)
    maximum = section.integer("maximum", most=ALL_MARKS) or 0
    minimum = section.integer("minimum", most=ALL_MARKS) or 0
    if maximum and minimum and not judge_minimum(minimum, maximum).met:
        section.fault(
            section.line_of("minimum"),
            f"the minimum {minimum} is not half of the maximum {maximum}",
            "Put them right: a section is passed with half of its marks",
        )
    bullets = tuple(
        _read_bullet(item, section, refs, covered, known) for item in section.listing("bullets")
    )
    section.done()
    return SectionEntry(title, maximum, minimum, bullets)


def _read_bullet(
    node: Node, section: Reading, refs: list[str], covered: dict[CriterionKey, int], known: Known
) -> BulletEntry:
    bullet = Reading(node, section.place, section.faults)
    text = bullet.text("text")
    criteria = []
    for written, line in bullet.texts("criteria", optional=True):
        ref, _, number = written.rpartition(" ")
        if ref not in refs or not known.has_criterion(ref, number):
            bullet.fault(
                line,
                f'"{written}" names no criterion of the units {", ".join(refs) or "here"}',
                'Write the unit and the number, as "D7.02 1.1"',
            )
        elif (ref, number) in covered:
            bullet.fault(
                line,
                f"criterion {written} is marked already, on line {covered[ref, number]}",
                "Mark each criterion once",
            )
        else:
            covered[ref, number] = line
            criteria.append((ref, number))
    bullet.done()
    return BulletEntry(text, known.in_order(criteria))
