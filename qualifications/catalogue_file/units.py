"""Verbs, units, their outcomes and criteria, and the rules that criteria carry."""

import re

from qualifications.catalogue_entries import (
    CriterionEntry,
    OutcomeEntry,
    RuleEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.catalogue_file.known import Known, place, texts
from qualifications.marked_yaml import Node, Reading
from qualifications.models import (
    CODE_LENGTH,
    CRITERION_NUMBER,
    TITLE_LENGTH,
    UNIT_ACCREDITATION,
    UnitOfMeasure,
)

STANDARD = r"CM[0-9]{1,2}"  # codes of the national standards of coaching and mentoring


def read_verbs(top: Reading) -> dict[str, VerbEntry]:
    found: dict[str, VerbEntry] = {}
    verbs = top.reading("verbs", "verbs")
    if verbs is None or verbs.fields is None:
        return found
    if not verbs.fields.items:
        verbs.fault(verbs.line, "'verbs' holds nothing", "Give each verb its meaning")
    for word, line in verbs.fields.key_lines.items():
        meaning = verbs.text(word)
        if not all(part.isascii() and part.isalpha() for part in word.split(" ")) or (
            word != word.lower()
        ):
            verbs.fault(line, f'the verb "{word}" is not in lower case', "Write it so")
        elif len(word) > CODE_LENGTH:
            verbs.fault(
                line,
                f"the verb has {len(word)} characters; at most {CODE_LENGTH} fit",
                "Shorten it",
            )
        elif meaning:
            found[word] = VerbEntry(word, meaning)
    return found


def read_units(top: Reading, known: Known) -> dict[str, UnitEntry]:
    found: dict[str, UnitEntry] = {}
    numbers: set[str] = set()
    for node in top.listing("units"):
        unit = Reading(node, place("unit", node, "ref"), known.faults)
        entry = _read_unit(unit, known)
        unit.done()
        if entry.ref in found:
            unit.fault(unit.line_of("ref"), "the unit is given twice", "Keep one of them")
            continue
        if entry.number and entry.number in numbers:
            unit.fault(
                unit.line_of("number"),
                f"the number {entry.number} belongs to another unit already",
                "Give each unit its own number",
            )
        numbers.add(entry.number)
        if entry.ref:
            found[entry.ref] = entry
    return found


def _read_unit(unit: Reading, known: Known) -> UnitEntry:
    ref = unit.text("ref", longest=CODE_LENGTH, pattern=r"\S+", example="8588-501")
    outline_only = unit.truth("outline_only", optional=True)
    outcomes = _read_outcomes(unit, ref, known)
    _check_outline(unit, outline_only)
    _check_descriptors(unit, ref, outcomes, known)
    numbers = [criterion.number for outcome in outcomes for criterion in outcome.criteria]
    codes: set[tuple[str, str]] = set()
    review_on = unit.day("review_on", optional=True)
    available_from = unit.day("available_from", optional=True)
    if review_on and available_from and review_on <= available_from:
        unit.fault(
            unit.line_of("review_on"),
            f"the review on {review_on} is not after the unit is available, on {available_from}",
            "Put the two days right",
        )
    return UnitEntry(
        ref=ref,
        number=unit.text("number", longest=CODE_LENGTH, pattern=r"\S+", example="501"),
        uan=unit.text("uan", optional=True, pattern=UNIT_ACCREDITATION, example="H/617/2907"),
        title=unit.text("title", longest=TITLE_LENGTH),
        short_title=unit.text("short_title", longest=100),
        level=unit.integer("level", most=8) or 0,
        credits=unit.integer("credits", most=500) or 0,
        glh=unit.integer("glh", optional=True),
        aim=unit.text("aim", optional=True),
        review_on=review_on,
        available_from=available_from,
        sector=unit.text("sector", optional=True, longest=TITLE_LENGTH),
        support_body=unit.text("support_body", optional=True, longest=TITLE_LENGTH),
        submitter=unit.text("submitter", optional=True, longest=TITLE_LENGTH),
        availability=unit.text("availability", optional=True, longest=TITLE_LENGTH),
        body_requirements=unit.text("body_requirements", optional=True),
        nos=_read_standards(unit),
        indicative_content=texts(unit, "indicative_content"),
        outline_only=outline_only,
        outcomes=outcomes,
        rules=(
            *_read_rules(unit, "rules", numbers, codes, is_gate=True),
            *_read_rules(unit, "checklist", numbers, codes, is_gate=False),
        ),
    )


def _check_outline(unit: Reading, outline_only: bool) -> None:
    if outline_only and unit.has("outcomes"):
        unit.fault(
            unit.line_of("outline_only"),
            "the unit is an outline only and yet has outcomes",
            "Take out 'outline_only', or the outcomes",
        )
    elif not outline_only and not unit.has("outcomes"):
        unit.fault(
            unit.line,
            "the unit has no outcomes",
            "Give its outcomes and criteria, or say 'outline_only: true'",
        )


def _check_descriptors(
    unit: Reading, ref: str, outcomes: tuple[OutcomeEntry, ...], known: Known
) -> None:
    """A body describes referral and pass for all criteria of a unit or, like 8577, for none."""
    keys = [
        (ref, f"{outcome.number}.{position}")
        for outcome in outcomes
        for position, _ in enumerate(outcome.criteria, start=1)
    ]
    if known.described.isdisjoint(keys):
        return
    for key in keys:
        if key not in known.described:
            unit.fault(
                known.criterion_lines[key],
                f"criterion {key[1]} has no 'descriptors', where others of the unit have them",
                "Add them to it, or take them from the whole unit",
            )


def _read_standards(unit: Reading) -> tuple[str, ...]:
    found: list[str] = []
    for code, line in unit.texts("nos", optional=True, pattern=STANDARD, example="CM15"):
        if code in found:
            unit.fault(line, f"the standard {code} is given twice", "Keep one of them")
            continue
        found.append(code)
    return tuple(found)


def _read_outcomes(unit: Reading, ref: str, known: Known) -> tuple[OutcomeEntry, ...]:
    outcomes = []
    for expected, node in enumerate(unit.listing("outcomes", optional=True), start=1):
        outcome = Reading(node, f"{unit.place}, outcome {expected}", known.faults)
        number = outcome.integer("number", most=99)
        if number and number != expected:
            outcome.fault(
                outcome.line_of("number"),
                f"the outcome's number is {number} where {expected} comes next",
                "Number the outcomes from 1 without a gap",
            )
        title = outcome.text("title", longest=TITLE_LENGTH)
        text = outcome.text("text")
        criteria = tuple(
            _read_criterion(item, unit, (ref, f"{expected}.{position}"), known)
            for position, item in enumerate(outcome.listing("criteria"), start=1)
        )
        outcome.done()
        outcomes.append(OutcomeEntry(expected, title, text, criteria))
    return tuple(outcomes)


def _read_criterion(
    node: Node, unit: Reading, key: tuple[str, str], known: Known
) -> CriterionEntry:
    _, expected = key
    criterion = Reading(node, f"{unit.place}, criterion {expected}", known.faults)
    number = criterion.text("number", pattern=CRITERION_NUMBER, example='"1.1", in quotes')
    if number and number != expected:
        criterion.fault(
            criterion.line_of("number"),
            f"the criterion's number is {number} where {expected} comes next",
            "Number the criteria of an outcome from 1 without a gap",
        )
    known.criterion_lines[key] = criterion.line
    statement = criterion.text("statement")
    verb = criterion.text("verb", longest=CODE_LENGTH)
    if verb and verb not in known.verbs:
        held = ", ".join(known.verbs) or "none"
        criterion.fault(
            criterion.line_of("verb"),
            f'the verb "{verb}" is not among the verbs',
            f"Add it to 'verbs' with its meaning, or use one of: {held}",
        )
    elif verb and statement and not re.match(rf"{re.escape(verb)}\b", statement.lower()):
        criterion.fault(
            criterion.line_of("statement"),
            f'the statement does not begin with its verb "{verb}"',
            "Begin it with the verb",
        )
    referral: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    described = f"{criterion.place}, descriptors"
    if descriptors := criterion.reading("descriptors", described, optional=True):
        known.described.add(key)
        referral = texts(descriptors, "referral", optional=False)
        passes = texts(descriptors, "pass", optional=False)
        descriptors.done()
    entry = CriterionEntry(
        number=number or expected,
        statement=statement,
        verb=verb,
        depth=texts(criterion, "depth"),
        guidance=texts(criterion, "guidance"),
        example_evidence=texts(criterion, "example_evidence"),
        referral=referral,
        passes=passes,
    )
    criterion.done()
    return entry


def _read_rules(
    unit: Reading,
    name: str,
    numbers: list[str],
    codes: set[tuple[str, str]],
    *,
    is_gate: bool,
) -> list[RuleEntry]:
    entries = []
    for node in unit.listing(name, optional=True):
        rule = Reading(node, f"{unit.place}, {place('rule', node, 'code')}", unit.faults)
        criterion = rule.text("criterion", pattern=CRITERION_NUMBER, example='"2.1", in quotes')
        if criterion and criterion not in numbers:
            rule.fault(
                rule.line_of("criterion"),
                f"the unit has no criterion {criterion}",
                f"Use one of: {', '.join(numbers) or 'none, as the unit has no criteria'}",
            )
        code = rule.text(
            "code", pattern=r"[a-z]+(_[a-z]+)*", example="practice_hours", longest=CODE_LENGTH
        )
        if code and (criterion, code) in codes:
            rule.fault(
                rule.line_of("code"),
                f"criterion {criterion} has two rules called {code}",
                "Give each rule of a criterion its own code",
            )
        codes.add((criterion, code))
        entries.append(_read_rule(rule, criterion, code, is_gate=is_gate))
        rule.done()
    return entries


def _read_rule(rule: Reading, criterion: str, code: str, *, is_gate: bool) -> RuleEntry:
    label = rule.text("label", longest=TITLE_LENGTH)
    minimum = rule.decimal("minimum", optional=True)
    maximum = rule.decimal("maximum", optional=True)
    exceptional = rule.decimal("exceptional_maximum", optional=True)
    has_number = rule.has("minimum") or rule.has("maximum")
    measure = ""
    if has_number or rule.has("unit_of_measure"):
        measure = rule.choice("unit_of_measure", UnitOfMeasure.values)
    if is_gate and not has_number:
        rule.fault(
            rule.line,
            "a gate needs a minimum or a maximum",
            "Give one, or move the rule to 'checklist'",
        )
    if minimum is not None and maximum is not None and minimum > maximum:
        rule.fault(
            rule.line_of("maximum"),
            f"the minimum {minimum} is above the maximum {maximum}",
            "Put them right",
        )
    if exceptional is not None and (maximum is None or exceptional <= maximum):
        rule.fault(
            rule.line_of("exceptional_maximum"),
            "'exceptional_maximum' is not above the maximum",
            "Give a higher number, or leave it out",
        )
    source = rule.text("source", longest=TITLE_LENGTH)
    return RuleEntry(
        criterion, code, label, minimum, maximum, exceptional, measure, is_gate, source
    )
