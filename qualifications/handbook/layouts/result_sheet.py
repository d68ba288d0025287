"""Result sheets: a criterion a row, with what refers it and what passes it in two columns."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundCriterion, FoundOutcome, FoundUnit
from qualifications.handbook.layouts.handbook_unit import last_of, longer
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import numbered
from qualifications.handbook.pieces import Piece

_HEADING = re.compile(
    r"\bUnit (?P<ref>\d{3}|\d{4}-\d{3}|[A-Z]?\d\.\d{2})\b.{0,20}\bResult sheet\W*$", re.I
)
_LINE = re.compile(r"^(?:Appendix \d+ )?Unit \S+ Result sheet$", re.I)
_OUTCOME = re.compile(r"^Learning outcome (\d)\b[:\s–-]*(?P<text>.*)$", re.I)
_COMMENTS = re.compile(r"\bcomments\b.{0,12}:?$", re.I)
_DECISION = re.compile(r"^Pass\s*/\s*Referral", re.I)
_END = re.compile(r"^(?:Assessor.s decision|Unit outcome|Appendix \w+)\b", re.I)
_HEADER = re.compile(r"^Assessment criteria \(AC\)|^Sufficiency descriptors", re.I)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    text = pieces[index].text
    return bool(_LINE.match(text)) or (not pieces[index].in_cell and bool(_HEADING.search(text)))


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _HEADING.search(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("result sheet", Read(match["ref"], pieces[0].raw.strip(), pieces[0].place))
    row = _Row()
    index = 1
    for index, piece in enumerate(pieces[1:], start=1):  # noqa: B007
        if unit.criteria and _END.match(piece.text):
            break
        row.take(piece, unit, findings)
    row.close(findings)
    if unit.criteria:
        findings.units.append(unit)
    return index


class _Row:
    """The row that is being read: its criterion and the columns behind the statement."""

    def __init__(self) -> None:
        self.criterion: FoundCriterion | None = None
        self.column = 0
        self.cells = 0
        self.outcome_open = False
        self.first: Piece | None = None

    def take(self, piece: Piece, unit: FoundUnit, findings: Findings) -> None:
        text = piece.text
        if match := _OUTCOME.match(text):
            self.close(findings)
            self.outcome_open = not _COMMENTS.search(text)
            if self.outcome_open:
                _open_outcome(unit, int(match[1]), match["text"], piece)
            return
        if _COMMENTS.search(text) or _DECISION.match(text) or _HEADER.match(text):
            self.close(findings)
            self.outcome_open = False
            return
        found = numbered(text, last_of(unit)) if not is_bullet(text) else None
        if found and (text[:1] in "Aa" or piece.opens_row):
            self.close(findings)
            self.outcome_open = False
            self.begin(piece, found.number, found.text, unit)
        elif self.outcome_open and text:
            outcome = unit.outcomes[-1]
            outcome.text = longer(outcome.text, piece)
        elif self.criterion is not None:
            self.add(self.criterion, piece)

    def begin(self, piece: Piece, number: str, text: str, unit: FoundUnit) -> None:
        read = Read(number, piece.raw.strip(), piece.place)
        self.criterion = FoundCriterion(
            read, Read(text, piece.raw.strip(), piece.place) if text else None
        )
        wanted = self.criterion.outcome_number
        if not unit.outcomes or unit.outcomes[-1].number.value != wanted:
            _open_outcome(unit, wanted, "", piece)
        unit.outcomes[-1].criteria.append(self.criterion)
        self.column, self.first = 0, piece

    def add(self, criterion: FoundCriterion, piece: Piece) -> None:
        stated = criterion.text is not None
        if piece.opens_cell and (stated or is_bullet(piece.text)):
            self.column += 1
        if not piece.text or self.column > 2:
            return
        if self.column == 0:
            if is_bullet(piece.text):  # a column has begun without its cell
                self.column = 1
            else:
                criterion.text = longer(criterion.text, piece)
                return
        lines = criterion.referral if self.column == 1 else criterion.passes
        if lines and not is_bullet(piece.text) and not piece.opens_cell:
            lines[-1] = longer(lines[-1], piece)
        else:
            plain = without_bullet(piece.text)
            lines.append(Read(plain, piece.raw.strip(), piece.place))

    def close(self, findings: Findings) -> None:
        criterion, self.criterion = self.criterion, None
        if criterion is None or bool(criterion.referral) == bool(criterion.passes):
            return
        held = criterion.referral or criterion.passes
        findings.doubts.add(
            held[0].place,
            "\n".join(line.raw for line in held),
            None,
            f"The columns of {criterion.number.value} cannot be told apart: descriptors left out",
        )
        criterion.referral, criterion.passes = [], []


def _open_outcome(unit: FoundUnit, number: int, text: str, piece: Piece) -> None:
    if unit.outcomes and unit.outcomes[-1].number.value == number:
        return
    read = Read(text, piece.raw.strip(), piece.place) if text else None
    unit.outcomes.append(FoundOutcome(Read(number, piece.raw.strip(), piece.place), read))
