"""Puts together what the layouts found: the unit's own page governs, other printings add to it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import (
    Criterion,
    Outcome,
    Qualification,
    Read,
    Texts,
    Unit,
)
from qualifications.handbook.found import (
    Findings,
    FoundCriterion,
    FoundOutcome,
    FoundQualification,
    FoundRow,
    FoundUnit,
)
from qualifications.handbook.noise import compared
from qualifications.handbook.numbers import same_ref

_CAPITALS = re.compile(r"(?<=[a-z])\s+[A-Z]{3,} .*$|(?<=[a-z])\s+[A-Z]{3,}$")  # a next heading
_OWN_PAGES = ("unit page", "unit specification", "alignment")


def assembled_units(findings: Findings) -> tuple[Unit, ...]:
    """A unit for every unit page, or for every sheet where the document has no pages."""
    pages = [unit for unit in findings.units if unit.layout in _OWN_PAGES]
    bases = pages or _firsts(findings.units)
    units: list[Unit] = []
    for base in bases:
        rows = [row for row in findings.rows if same_ref(base.ref.value, row.ref.value)]
        others = [
            unit
            for unit in findings.units
            if unit is not base and same_ref(unit.ref.value, base.ref.value)
        ]
        if (
            any(other.layout in _OWN_PAGES for other in others)
            and pages.index(base)
            and any(same_ref(base.ref.value, unit.ref.value) for unit in units)
        ):
            why = (
                f"{base.ref.value}: the page of this unit is printed twice. The first was taken:"
                " check that the second says the same"
            )
            findings.doubts.about(base.ref, None, why)
            continue
        units.append(_unit(base, rows, others, findings))
    _note_unknown(units, findings)
    return tuple(units)


def _firsts(units: Sequence[FoundUnit]) -> list[FoundUnit]:
    found: list[FoundUnit] = []
    for unit in units:
        if not any(same_ref(unit.ref.value, other.ref.value) for other in found):
            found.append(unit)
    return found


def _note_unknown(units: Sequence[Unit], findings: Findings) -> None:
    """Units that the document names without a page; each once."""
    seen: set[str] = set()
    for row in findings.rows:
        ref = row.ref.value
        if ref in seen or any(same_ref(unit.ref.value, ref) for unit in units):
            continue
        seen.add(ref)
        findings.doubts.about(
            row.ref,
            None,
            f"{ref} is in a list of units, but has no page in this document: left out. Nothing"
            " needs doing unless its page is missing from your copy",
        )
    for found in findings.units:
        if not any(same_ref(unit.ref.value, found.ref.value) for unit in units):
            findings.doubts.about(
                found.ref,
                None,
                f"{found.ref.value}: there is a {found.layout} of this unit, which has no page in"
                " this document: left out. Nothing needs doing unless its page is missing from"
                " your copy",
            )


def _unit(
    base: FoundUnit, rows: list[FoundRow], others: list[FoundUnit], findings: Findings
) -> Unit:
    first = next((row for row in rows if row.title), None)
    longest = max((row.ref for row in rows), key=lambda ref: len(ref.value), default=None)
    ref = base.ref
    if longest is not None and longest.value != ref.value:
        ref = longest if len(longest.value) > len(ref.value) else ref
    elif longest is None and ref.value.isdigit():
        why = (
            f"{ref.value}: the unit's full number is not printed, only its last part, which was"
            " taken"
        )
        findings.doubts.about(ref, ref.value, why)
    base.ref = ref
    outcomes = tuple(_outcome(outcome, base, others, findings) for outcome in base.outcomes)
    unit = Unit(
        ref=ref,
        uan=base.uan or next((row.uan for row in rows if row.uan), None),
        title=_title(base, first, findings),
        level=base.level
        or next((row.level for row in rows if row.level), None)
        or (findings.level if base.layout == "alignment" else None),
        credits=base.credits or next((row.credits for row in rows if row.credits), None),
        glh=base.glh or next((row.glh for row in rows if row.glh), None),
        aim=base.aim,
        outcomes=outcomes,
        details=base.details,
        indicative_content=tuple(base.indicative_content) or None,
    )
    for row in rows:
        for name in ("level", "glh", "uan"):
            _compare_fact(name, unit, row, findings)
    if base.layout != "alignment":
        _compare_titles(unit, [row.title for row in rows if row.title], findings)
    known = {criterion.number.value for criterion in unit.criteria}
    for other in others:
        _note_missing(other, unit, findings)
        for criterion in other.criteria:
            if criterion.number.value not in known:
                findings.doubts.about(
                    criterion.number,
                    None,
                    f"{unit.ref.value} {criterion.number.value}: the {other.layout} has this"
                    " criterion, and the unit's own page has not: left out. Add it in the draft if"
                    " the page has lost it",
                )
    return unit


def _note_missing(other: FoundUnit, unit: Unit, findings: Findings) -> None:
    held = {criterion.number.value for criterion in other.criteria}
    numbers = [c.number.value for c in unit.criteria if c.number.value not in held]
    if numbers:
        findings.doubts.about(
            other.ref,
            None,
            f"{unit.ref.value} {', '.join(numbers)}: not in the {other.layout}, which has the"
            " unit's other criteria. The handbook may leave them out, or the lines may be lost:"
            " compare with the source",
        )


def _compare_fact(name: str, unit: Unit, row: FoundRow, findings: Findings) -> None:
    printed, held = getattr(row, name), getattr(unit, name)
    if printed and held and printed.value != held.value:
        label = {"glh": "GLH", "uan": "UAN"}.get(name, name)
        findings.doubts.about(
            printed,
            held.value,
            f"{unit.ref.value}: the list of units prints {printed.value} as {label}, the unit's"
            f" own page {held.value}, which was taken. Check which holds",
        )


def _compare_titles(unit: Unit, listed: Sequence[Read[str]], findings: Findings) -> None:
    """The page's title should stand in a list, whose figures and next heading may run into it."""
    if unit.title is None or not listed:
        return
    wanted = _words(unit.title.value)
    if all(_words(_CAPITALS.sub("", title.value)) != wanted for title in listed):
        why = (
            "the title on the unit's own page, which was taken, is worded otherwise in every list"
            " of units"
        )
        findings.doubts.about(listed[0], unit.title.value, f"{unit.ref.value}: {why}")


def _words(title: str) -> list[str]:
    return [word for word in compared(title).split() if not word.isdigit()]


def _title(base: FoundUnit, row: FoundRow | None, findings: Findings) -> Read[str] | None:
    if base.title is None or base.layout != "alignment" or row is None or row.title is None:
        return base.title or (row.title if row else None)
    if compared(base.title.value) != compared(row.title.value):
        findings.doubts.about(
            base.title,
            row.title.value,
            f"{base.ref.value}: the unit's table prints another title than the summary, whose"
            " title was taken. Check which holds",
        )
        return row.title
    return base.title


def _outcome(
    outcome: FoundOutcome, base: FoundUnit, others: list[FoundUnit], findings: Findings
) -> Outcome:
    text = outcome.text
    for other in others:
        for same in other.outcomes:
            if same.number.value == outcome.number.value and same.text:
                if text is None:
                    text = same.text
                _compare_texts(
                    f"{base.ref.value}, outcome {outcome.number.value}",
                    text,
                    same.text,
                    other,
                    findings,
                )
    criteria = tuple(_criterion(one, base, others, findings) for one in outcome.criteria)
    return Outcome(outcome.number, text, criteria)


def _compare_texts(
    what: str, held: Read[str], printed: Read[str], other: FoundUnit, findings: Findings
) -> None:
    if compared(held.value) != compared(printed.value):
        findings.doubts.add(
            printed.place,
            printed.value,
            held.value,
            f"{what}: the {other.layout} words it otherwise than the unit's own page, whose words"
            " were taken. Correct the draft only if the page is the one that is wrong",
        )


def _criterion(
    found: FoundCriterion, base: FoundUnit, others: list[FoundUnit], findings: Findings
) -> Criterion:
    number = found.number.value
    text = found.text
    notes: dict[str, list[Read[str]]] = {
        "referral": list(found.referral),
        "passes": list(found.passes),
        "example_evidence": list(found.example_evidence),
    }
    for other in others:
        same = next((one for one in other.criteria if one.number.value == number), None)
        if same is None:
            continue
        if same.text and text:
            _compare_texts(f"{base.ref.value} {number}", text, same.text, other, findings)
        text = text or same.text
        for name, held in notes.items():
            held.extend(getattr(same, name) if not held else ())
    if text is None:
        findings.doubts.about(
            found.number,
            None,
            f"{base.ref.value} {number}: the number is printed, but no text was found behind it."
            " Add it in the draft from the source",
        )
    return Criterion(
        number=found.number,
        text=text,
        depth=_texts(found.depth),
        guidance=_texts(found.guidance),
        referral=_texts(notes["referral"]),
        passes=_texts(notes["passes"]),
        example_evidence=_texts(notes["example_evidence"]),
        strategies=_texts(found.strategies),
        evidence=_texts(found.evidence),
    )


def _texts(reads: Sequence[Read[str]]) -> Texts | None:
    return tuple(read for read in reads if read.value) or None


def assembled_qualifications(
    findings: Findings, units: Sequence[Unit]
) -> tuple[Qualification, ...]:
    """The qualifications; those that print no list of units have what their document holds."""
    return tuple(_qualification(found, findings, units) for found in findings.qualifications)


def _qualification(
    found: FoundQualification, findings: Findings, units: Sequence[Unit]
) -> Qualification:
    refs: list[Read[str]] = []
    for printed in found.units:
        unit = next((u for u in units if same_ref(printed.value, u.ref.value)), None)
        if unit is None:
            findings.doubts.about(
                printed,
                printed.value,
                f"{printed.value}: the qualification names this unit, which has no page in this"
                " document. Its words are those of the version that the draft stands on",
            )
        refs.append(replace(printed, value=unit.ref.value if unit else printed.value))
    if not refs and len(findings.qualifications) == 1:
        refs = [unit.ref for unit in units]
    return Qualification(
        title=found.title,
        number=found.number,
        accreditation_number=found.accreditation_number,
        level=found.level,
        credits=found.credits,
        glh=found.glh,
        tqt=found.tqt,
        units=tuple(refs),
    )
