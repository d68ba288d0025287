"""Evidence matrices: a criterion a row, with the evidence's title or examples of evidence."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundCriterion, FoundOutcome, FoundUnit
from qualifications.handbook.layouts.handbook_unit import last_of, longer
from qualifications.handbook.noise import without_bullet
from qualifications.handbook.numbers import follows, numbered
from qualifications.handbook.pieces import Piece, filled

_HEADING = re.compile(r"^Unit (?P<ref>\d{3}|\d{4}-\d{3}|[A-Z]?\d\.\d{2})\b")
_COLUMNS = re.compile(
    r"Evidence title|Reference number|Centre[- ]devised|templates? provided", re.I
)
_SECTION = re.compile(r"^Section (?:One|Two|Three|Four|Five|Six|\d)\b", re.I)
_NEAR = 10  # pieces within which the next row must begin
_END = re.compile(r"^(?:Please reference|Name of learner|Signature|Appendix \w+)\b", re.I)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    match = _HEADING.match(pieces[index].text)
    if not match or (not pieces[index].in_cell and len(pieces[index].text) > 10):
        return False
    return any(_COLUMNS.search(piece.text) for piece in filled(pieces, index + 1, 5))


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _HEADING.match(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("evidence matrix", Read(match["ref"], pieces[0].raw.strip(), pieces[0].place))
    header = " ".join(piece.text for piece in filled(pieces, 1, 5))
    examples = "devised" in header.lower()
    criterion: FoundCriterion | None = None
    column, index = 0, 1
    for index, piece in enumerate(pieces[1:], start=1):
        text = piece.text
        if _END.match(text) or (unit.criteria and text and _has_ended(pieces, index, unit)):
            break
        found = numbered(text, last_of(unit))
        if found and (text[:1] in "Aa" or piece.opens_row):
            criterion, column = _begin(unit, piece, found.number, found.text), 0
        elif _SECTION.match(text):
            criterion = None
        elif criterion is not None:
            if piece.opens_cell and criterion.text is not None:
                column += 1
            if text and column == 0:
                criterion.text = longer(criterion.text, piece)
            elif text and column == 1 and examples and piece.in_cell:
                read_text = Read(without_bullet(text), piece.raw.strip(), piece.place)
                criterion.example_evidence.append(read_text)
    if unit.criteria:
        findings.units.append(unit)
    return index


def _has_ended(pieces: Sequence[Piece], index: int, unit: FoundUnit) -> bool:
    """A line outside the table, behind a gap, that is no row of it and that no row follows."""
    piece, last = pieces[index], last_of(unit)
    if piece.in_cell or not piece.after_gap or _SECTION.match(piece.text):
        return False
    near = [numbered(other.text, last) for other in filled(pieces, index, _NEAR)]
    return not any(found and follows(found[:2], last) for found in near)


def _begin(unit: FoundUnit, piece: Piece, number: str, text: str) -> FoundCriterion:
    raw = piece.raw.strip()
    criterion = FoundCriterion(
        Read(number, raw, piece.place), Read(text, raw, piece.place) if text else None
    )
    wanted = criterion.outcome_number
    if not unit.outcomes or unit.outcomes[-1].number.value != wanted:
        unit.outcomes.append(FoundOutcome(Read(wanted, raw, piece.place)))
    unit.outcomes[-1].criteria.append(criterion)
    return criterion
