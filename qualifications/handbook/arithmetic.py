"""Holds the figures against one another: what adds up corrects, what does not is flagged."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product

from qualifications.handbook.content import (
    MarkSheet,
    Qualification,
    Read,
    Texts,
    Unit,
)
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import Findings
from qualifications.handbook.numbers import same_ref
from qualifications.rules import ALL_MARKS, judge_maxima, judge_minimum

TQT_PER_CREDIT = 10
_MOST_WAYS = 20_000


def checked_units(
    units: Sequence[Unit], qualifications: Sequence[Qualification], findings: Findings
) -> tuple[Unit, ...]:
    """The units with the credits and hours that add up; each correction is a warning."""
    for unit in units:
        _check_numbers(unit, findings.doubts)
    units = _with_credits(units, qualifications, findings)
    return tuple(_with_hours(unit, findings) for unit in units)


def _check_numbers(unit: Unit, doubts: Doubts) -> None:
    ref = unit.ref.value
    if not unit.outcomes:
        doubts.about(
            unit.ref,
            None,
            f"{ref}: no outcome was found on the unit's page. Look at the source, and add what is"
            " printed there in the draft",
        )
    for position, outcome in enumerate(unit.outcomes, start=1):
        if outcome.number.value != position:
            doubts.about(
                outcome.number,
                outcome.number.value,
                f"{ref}: outcome {position} should come here, but {outcome.number.value} is"
                " printed. One may be lost or misread: compare with the source",
            )
        if not outcome.criteria:
            doubts.about(
                outcome.number,
                None,
                f"{ref}: outcome {outcome.number.value} has no criteria below it. They may stand"
                " under another outcome: compare with the source",
            )
        for place, criterion in enumerate(outcome.criteria, start=1):
            due = f"{outcome.number.value}.{place}"
            if criterion.number.value != due:
                doubts.about(
                    criterion.number,
                    criterion.number.value,
                    f"{ref}: {due} should come here, but {criterion.number.value} is printed. One"
                    " may be lost or misread: compare with the source",
                )
    seen: dict[str, str] = {}
    for criterion in unit.criteria:
        if criterion.text is None:
            continue
        twin = seen.setdefault(criterion.text.value.lower(), criterion.number.value)
        if twin != criterion.number.value:
            doubts.about(
                criterion.text,
                criterion.text.value,
                f"{ref}: {criterion.number.value} has the same words as {twin}. Both were taken as"
                " printed; the handbook may have repeated one by mistake",
            )


def _with_credits(
    units: Sequence[Unit], qualifications: Sequence[Qualification], findings: Findings
) -> tuple[Unit, ...]:
    """Credits as the pages say, or where lists differ, the way that meets every known total."""
    ways = [_candidates(unit, findings) for unit in units]
    totals = [
        (q.credits.value, [i for i, u in enumerate(units) if _has(q, u)])
        for q in qualifications
        if q.credits and q.units
    ]
    if findings.total and len(qualifications) <= 1:
        totals.append((findings.total.value, list(range(len(units)))))
    count = 1
    for way in ways:
        count *= max(1, len(way))
    chosen: list[Read[int] | None] = [way[0] if way else None for way in ways]
    if totals and count <= _MOST_WAYS and all(ways):
        fitting = [
            pick
            for pick in product(*ways)
            if all(sum(pick[i].value for i in members) == total for total, members in totals)
        ]
        fewest = min((_departures(pick, ways) for pick in fitting), default=0)
        best = [pick for pick in fitting if _departures(pick, ways) == fewest]
        if len({tuple(read.value for read in pick) for pick in best}) == 1:
            chosen = list(best[0])
    return tuple(
        _with_credit(unit, way, pick, findings)
        for unit, way, pick in zip(units, ways, chosen, strict=True)
    )


def _has(qualification: Qualification, unit: Unit) -> bool:
    return any(same_ref(ref.value, unit.ref.value) for ref in qualification.units)


def _departures(pick: Sequence[Read[int]], ways: Sequence[Sequence[Read[int]]]) -> int:
    return sum(read.value != way[0].value for read, way in zip(pick, ways, strict=True))


def _candidates(unit: Unit, findings: Findings) -> list[Read[int]]:
    """The page's credits first, then what lists say; each value once."""
    rows = [row for row in findings.rows if same_ref(unit.ref.value, row.ref.value)]
    reads = [unit.credits] if unit.credits else []
    reads += [row.credits for row in rows if row.credits]
    reads += [figure for row in rows for figure in row.figures]
    found: list[Read[int]] = []
    for read in reads:
        if read.value not in [other.value for other in found]:
            found.append(read)
    return found


def _with_credit(
    unit: Unit, ways: Sequence[Read[int]], pick: Read[int] | None, findings: Findings
) -> Unit:
    doubts = findings.doubts
    if pick is None:
        return unit
    if unit.credits is None:
        if len(ways) > 1:
            doubts.about(
                pick,
                pick.value,
                f"{unit.ref.value}: the list prints several numbers without clear column heads."
                " The one that makes the credits add up was taken as the credit value: check it",
            )
    elif pick.value != unit.credits.value:
        doubts.about(
            unit.credits,
            pick.value,
            f"{unit.ref.value}: the unit's page prints {unit.credits.value} credits, but the total"
            f" needs {pick.value}, which the list of units prints and which was taken. Check which"
            " holds",
        )
    else:
        for row in findings.rows:
            other = row.credits if same_ref(unit.ref.value, row.ref.value) else None
            if other and other.value != pick.value:
                doubts.about(
                    other,
                    pick.value,
                    f"{unit.ref.value}: the list of units prints {other.value} credits, another"
                    f" page {pick.value}, which was taken. Check which holds",
                )
    return replace(unit, credits=pick)


def _with_hours(unit: Unit, findings: Findings) -> Unit:
    """Hours from a list whose columns are not clear: the figure that is not the credits."""
    if unit.glh is not None or unit.credits is None:
        return unit
    for row in findings.rows:
        if same_ref(unit.ref.value, row.ref.value) and len(row.figures) == 2:
            rest = [figure for figure in row.figures if figure.value != unit.credits.value]
            if len(rest) == 1:
                findings.doubts.about(
                    rest[0],
                    rest[0].value,
                    f"{unit.ref.value}: the list prints this number without a clear column head."
                    " It was taken as the guided learning hours, as it is not the credits: check"
                    " it",
                )
                return replace(unit, glh=rest[0])
    return unit


def checked_qualifications(
    qualifications: Sequence[Qualification], units: Sequence[Unit], doubts: Doubts
) -> tuple[Qualification, ...]:
    """The qualifications with units found by credits where no list names them; sums are flagged."""
    checked = tuple(_with_units(one, units, doubts) for one in qualifications)
    for one in checked:
        _check_sums(one, units, doubts)
    return checked


def _with_units(one: Qualification, units: Sequence[Unit], doubts: Doubts) -> Qualification:
    if one.units or one.credits is None or not units or not all(unit.credits for unit in units):
        return one
    fitting: list[Texts] = []
    for size in range(1, min(len(units), 8) + 1):
        for some in combinations(units[:16], size):
            if sum(unit.credits.value for unit in some if unit.credits) == one.credits.value:
                fitting.append(tuple(unit.ref for unit in some))
    if len(fitting) == 1:
        refs = ", ".join(ref.value for ref in fitting[0])
        doubts.about(
            one.credits,
            refs,
            "The qualification does not name its units. These were taken, as they alone add up to"
            " the credits printed: check them",
        )
        return replace(one, units=fitting[0])
    doubts.about(
        one.credits,
        None,
        f"The qualification does not name its units, and {len(fitting)} combinations add up to its"
        f" {one.credits.value} credits. None was taken: the version that the draft stands on names"
        " them",
    )
    return one


def _check_sums(one: Qualification, units: Sequence[Unit], doubts: Doubts) -> None:
    members = [unit for unit in units if _has(one, unit)]
    name = one.title.value if one.title else "the qualification"
    for field, label in (("credits", "credits"), ("glh", "guided hours")):
        printed: Read[int] | None = getattr(one, field)
        parts = [getattr(unit, field) for unit in members]
        if printed is None or not parts or not all(parts):
            continue
        total = sum(part.value for part in parts)
        if total != printed.value:
            doubts.about(
                printed,
                printed.value,
                f"{name}: the units' {label} add up to {total}, {printed.value} are printed. What"
                " is printed was taken: one of the figures may be misread",
            )
    if one.tqt and one.credits and one.tqt.value != TQT_PER_CREDIT * one.credits.value:
        doubts.about(
            one.tqt,
            one.tqt.value,
            f"{name}: the total time printed is {one.tqt.value} hours, and {TQT_PER_CREDIT} hours"
            f" a credit would be {TQT_PER_CREDIT * one.credits.value}. What is printed was taken:"
            " check it",
        )
    for unit in members:
        if one.level and unit.level and unit.level.value != one.level.value:
            doubts.about(
                unit.level,
                unit.level.value,
                f"{unit.ref.value}: level {unit.level.value} is printed, another level than that"
                f" of {name}, {one.level.value}. What is printed was taken: check it",
            )


def check_marks(sheets: Sequence[MarkSheet], doubts: Doubts) -> None:
    """Maxima make 100, a minimum is half of its maximum."""
    for sheet in sheets:
        named = doubts.within(sheet.title.value)
        if not sheet.sections:
            named.about(
                sheet.title,
                None,
                "no section with marks was found on this mark sheet. The sections of the version"
                " that the draft stands on are used: compare them with the source",
            )
            continue
        maxima = [section.maximum.value for section in sheet.sections if section.maximum]
        if len(maxima) < len(sheet.sections) or not judge_maxima(maxima).met:
            named.about(
                sheet.title,
                ", ".join(map(str, maxima)),
                f"the maxima of the mark sheet's sections make {sum(maxima)}, not {ALL_MARKS}. One"
                " may be misread or lost: compare them with the source",
            )
        for section in sheet.sections:
            lowest, most = section.minimum, section.maximum
            if lowest and most and not judge_minimum(lowest.value, most.value).met:
                named.about(
                    lowest,
                    lowest.value,
                    f"the minimum of this section, {lowest.value}, is not half of its maximum,"
                    f" {most.value}. One of the two may be misread",
                )
            if not section.criteria:
                where = section.title or sheet.title
                named.about(
                    where,
                    None,
                    "no criterion was found in this section of the mark sheet. Compare it with the"
                    " source",
                )
            if section.title is None:
                named.about(
                    lowest or most or sheet.title,
                    None,
                    "this section of the mark sheet has no title. It may be lost: compare with"
                    " the source",
                )
