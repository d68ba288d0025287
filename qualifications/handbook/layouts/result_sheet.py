"""Result sheets: a criterion a row, with what refers it and what passes it in two columns."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import Findings, FoundCriterion, FoundOutcome, FoundUnit
from qualifications.handbook.layouts.handbook_unit import MISREAD, last_of, longer
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import Numbered, numbered
from qualifications.handbook.pieces import Piece

_HEADING = re.compile(
    r"\bUnit (?P<ref>\d{3}|\d{4}-\d{3}|[A-Z]?\d\.\d{2})\b.{0,20}\bResult sheet\b(?P<rest>\W*$)?",
    re.I,
)
_LINE = re.compile(
    r"^(?:Appendix \d+ )?Unit \S+ Result sheet$|^Appendix \d+ Unit \S+ Result sheet\b", re.I
)
_PAGE = re.compile(r"(?:^|Result sheet\W+)\d{1,3}$", re.I)
_PARTED = re.compile(r"\bUnit \S+ Result$", re.I)
_OUTCOME = re.compile(r"^Learning outcome (\d)\b[:\s–-]*(?P<text>.*)$", re.I)
_COMMENTS = re.compile(r"\bcomments\b.{0,12}:?$", re.I)
_DECISION = re.compile(r"^Pass\s*/\s*Referral", re.I)
_END = re.compile(r"^(?:Assessor.s decision|Unit outcome|Appendix \w+)\b", re.I)
_HEADS = {"referral", "pass"}
_HEAD = re.compile(
    r"^(?:referral|pass|(?:assessor\W?s? )?feedback.{0,20}|sufficiency descriptors|\(.*\))$", re.I
)
_COLUMNS = len(_HEADS)
_HEADER = re.compile(r"^Assessment criteria \(AC\)|^Sufficiency descriptors", re.I)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    text, lines = _heading_at(pieces, index)
    behind = pieces[index + lines].text if index + lines < len(pieces) else ""
    if _PAGE.search(text) or _PAGE.match(behind):  # a line of a table of contents
        return False
    heading = _HEADING.search(text) if not pieces[index].in_cell else None
    return bool(_LINE.match(text)) or (heading is not None and heading["rest"] is not None)


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    text, lines = _heading_at(pieces, 0)
    match = _HEADING.search(text)
    if not match:
        return 1
    unit = FoundUnit("result sheet", Read(match["ref"], pieces[0].raw.strip(), pieces[0].place))
    rows = _Rows(unit, findings.doubts.within(unit.ref.value))
    index = lines
    for index, piece in enumerate(pieces[lines:], start=lines):  # noqa: B007
        if unit.criteria and _END.match(piece.text):
            break
        rows.take(piece)
    rows.end()
    if unit.criteria:
        findings.units.append(unit)
    return index


def _heading_at(pieces: Sequence[Piece], index: int) -> tuple[str, int]:
    """The heading and how many pieces it fills: two where its last word had no room."""
    text = pieces[index].text
    below = pieces[index + 1].text if index + 1 < len(pieces) else ""
    if _PARTED.search(text) and below.lower() == "sheet":
        return f"{text} {below}", 2
    return text, 1


def _is_plain(text: str) -> bool:
    labels = (_OUTCOME, _COMMENTS, _DECISION, _HEADER, _END)
    return not any(label.search(text) for label in labels) and numbered(text) is None


class _Rows:
    """Takes the cells in turn: a criterion's statement, then what refers it and what passes it."""

    def __init__(self, unit: FoundUnit, doubts: Doubts) -> None:
        self.unit, self.doubts = unit, doubts
        self.criterion: FoundCriterion | None = None
        self.decided: FoundCriterion | None = None  # whose row has just ended in its decision
        self.column = 0
        self.outcome_open = False
        self.lost: list[Piece] = []  # behind a criterion, and part of none
        self.heads: list[str] = []  # of the two columns, in their order

    def take(self, piece: Piece) -> None:
        text = piece.text
        if self.resumes(piece):
            return
        if match := _OUTCOME.match(text):
            self.close()
            self.outcome_open = not _COMMENTS.search(text)
            if self.outcome_open:
                _open_outcome(self.unit, int(match[1]), match["text"], piece)
            return
        if _COMMENTS.search(text) or _DECISION.match(text) or _HEADER.match(text):
            self.decided = self.criterion if _DECISION.match(text) else None
            self.close()
            self.outcome_open = False
            return
        if text.lower() in _HEADS and self.criterion is None:
            self.heads.append(text.lower())
            return
        found = numbered(text, last_of(self.unit)) if not is_bullet(text) else None
        if found and (text[:1] in "Aa" or piece.opens_row):
            self.close()
            self.outcome_open = False
            self.begin(piece, found)
        elif self.outcome_open and text:
            self.lengthen_outcome(piece)
        elif self.criterion is not None:
            self.add(self.criterion, piece)
        elif text and self.unit.criteria and not _HEAD.match(text):
            self.lost.append(piece)

    def resumes(self, piece: Piece) -> bool:
        """Whether a row whose decision was read goes on: a page's end has parted it. Then its first
        cell is empty, or has the statement or the rest of one."""
        decided, self.decided = self.decided, None
        if decided is None:
            return False
        text = piece.text
        if not piece.opens_row:
            self.decided = decided if not text else None
            return not text
        if text and (not _is_plain(text) or (decided.text and not text[:1].islower())):
            return False
        self.criterion, self.column = decided, 0
        if text:
            decided.text = longer(decided.text, piece)
        return True

    def lengthen_outcome(self, piece: Piece) -> None:
        outcome = self.unit.outcomes[-1]
        if outcome.text and (piece.opens_cell or piece.text[:1].isupper()):
            why = f"outcome {outcome.number.value}: a line of the result sheet stands with it"
            self.doubts.add(piece.place, piece.raw.strip(), None, f"{why}: left out")
        else:
            outcome.text = longer(outcome.text, piece)

    def begin(self, piece: Piece, found: Numbered) -> None:
        raw = piece.raw.strip()
        if found.misread:
            self.doubts.add(piece.place, raw, found.number, f"{found.number}: {MISREAD}")
        self.criterion = FoundCriterion(
            Read(found.number, raw, piece.place),
            Read(found.text, raw, piece.place) if found.text else None,
        )
        if not self.unit.outcomes or self.unit.outcomes[-1].number.value != found.outcome:
            _open_outcome(self.unit, found.outcome, "", piece)
        self.unit.outcomes[-1].criteria.append(self.criterion)
        self.column = 0

    def add(self, criterion: FoundCriterion, piece: Piece) -> None:
        if piece.opens_row and criterion.text is not None:
            if not piece.text:  # the row before goes on in its columns
                self.column = 0
                return
            lacking = is_bullet(piece.text) and criterion.referral and not criterion.passes
            if not lacking:
                why = (
                    "the row that follows it on the result sheet has no number, so it is not"
                    " clear which criterion it belongs to: left out"
                )
                self.tell(criterion, piece, why)
                self.close()
                return
            self.column = _COLUMNS
            why = (
                "its row on the result sheet breaks off after the referral, and the next row has"
                " no number. That row was taken as its pass descriptors"
            )
            self.tell(criterion, piece, why, taken=piece.text)
        elif piece.opens_cell and (criterion.text is not None or is_bullet(piece.text)):
            self.column += 1
        if not piece.text:
            return
        if self.column > _COLUMNS:
            self.tell(
                criterion,
                piece,
                "a text stands behind its two columns on the result sheet: left out",
            )
        elif self.column == 0 and not is_bullet(piece.text):
            criterion.text = longer(criterion.text, piece)
        else:
            self.column = max(self.column, 1)  # a column has begun without its cell
            lines = criterion.referral if self.column == 1 else criterion.passes
            if lines and not is_bullet(piece.text) and not piece.opens_cell:
                lines[-1] = longer(lines[-1], piece)
            else:
                plain = without_bullet(piece.text)
                lines.append(Read(plain, piece.raw.strip(), piece.place))

    def tell(
        self, criterion: FoundCriterion, piece: Piece, why: str, taken: str | None = None
    ) -> None:
        named = f"{criterion.number.value}: {why}"
        self.doubts.add(piece.place, piece.raw.strip(), taken, named)

    def close(self) -> None:
        criterion, self.criterion = self.criterion, None
        if criterion is None or bool(criterion.referral) == bool(criterion.passes):
            return
        held = criterion.referral or criterion.passes
        self.doubts.add(
            held[0].place,
            "\n".join(line.raw for line in held),
            None,
            f"{criterion.number.value}: it is not clear whether these are referral or pass"
            " descriptors: left out. Add them in the draft",
        )
        criterion.referral, criterion.passes = [], []

    def end(self) -> None:
        """Tells what was taken for nothing, and gives the columns their names: they stand in the
        order of their heads."""
        self.close()
        if self.lost:
            self.doubts.add(
                self.lost[0].place,
                "\n".join(piece.raw.strip() for piece in self.lost),
                None,
                "these lines of the result sheet belong to no criterion that was read: left out."
                " Look whether one of them is part of a descriptor",
            )
        if not any(criterion.passes for criterion in self.unit.criteria):
            return
        if self.heads[:_COLUMNS] == ["pass", "referral"]:
            for criterion in self.unit.criteria:
                criterion.referral, criterion.passes = criterion.passes, criterion.referral
        if set(self.heads[:_COLUMNS]) != _HEADS or self.heads[:_COLUMNS] == ["pass", "referral"]:
            for criterion in self.unit.criteria:
                if criterion.passes:
                    why = (
                        f"{criterion.number.value}: the heads “Referral” and “Pass” do not stand"
                        " in this order above the columns, so its descriptors may be changed over"
                    )
                    self.doubts.about(criterion.number, None, why)


def _open_outcome(unit: FoundUnit, number: int, text: str, piece: Piece) -> None:
    if unit.outcomes and unit.outcomes[-1].number.value == number:
        return
    read = Read(text, piece.raw.strip(), piece.place) if text else None
    unit.outcomes.append(FoundOutcome(Read(number, piece.raw.strip(), piece.place), read))
