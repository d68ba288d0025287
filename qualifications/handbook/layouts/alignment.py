"""Alignment documents: a unit a table, a criterion a row, two columns that a centre fills in."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import (
    Findings,
    FoundCriterion,
    FoundOutcome,
    FoundQualification,
    FoundUnit,
)
from qualifications.handbook.layouts.handbook_unit import MISREAD, last_of, longer
from qualifications.handbook.noise import without_bullet
from qualifications.handbook.numbers import OUTCOME, REF, Numbered, follows, numbered
from qualifications.handbook.pieces import Piece, filled, joined

_UNIT = re.compile(rf"^Unit No\W*\s*({REF})\s*(?P<rest>.*)$", re.I)
_CREDITS = re.compile(r"\s*(\d{1,3})\s+credits?\s*$", re.I)
_HEADER = re.compile(
    r"^(?:Learning outcomes?|Assessment criteria|Learning strateg\w+|Assessment evidence)\W*$", re.I
)
_END = re.compile(r"^(?:ILM |[\w&/ ]{0,40})?Accreditation document\b", re.I)
_OFFER = re.compile(r"^(Award|Certificate|Diploma)\b\W*(?P<rest>.*)$", re.I)
_REFUSED = re.compile(r"^No (award|certificate|diploma)\b", re.I)
_BLOCK = re.compile(r"total credit value (\d{1,3})|^(\d{1,3}) credits\b", re.I)
_BELONGS_NOWHERE = (
    "this text belongs to no outcome or criterion: left out. Add it in the draft if it does"
)
_HEADING_LINES = 4  # more than the heading of the next unit may have
_COLUMNS = 2  # behind a criterion's text: strategies and evidence
_LISTED = re.compile(r"\b\d{3}(?:\s*,\s*\d{3})+")


def opens(pieces: Sequence[Piece], index: int) -> bool:
    return bool(_UNIT.match(pieces[index].text))


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _UNIT.match(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("alignment", Read(match[1], pieces[0].raw.strip(), pieces[0].place))
    doubts = findings.doubts.within(unit.ref.value)
    title = [replace(pieces[0], text=match["rest"])]
    index = 1
    while index < len(pieces) and not _ends_title(pieces[index].text):
        title.append(pieces[index])
        index += 1
    _take_title(unit, joined(title))
    if index == len(pieces) or not _HEADER.match(pieces[index].text):
        doubts.about(
            unit.ref,
            None,
            "the table has lost the heads of its columns, so its cells may be taken for the wrong"
            " column",
        )
    end = index
    while end < len(pieces) and not _END.match(pieces[end].text):
        end += 1
    rows = _Rows(unit, doubts)
    for piece in pieces[index:end]:
        if not _HEADER.match(piece.text):
            rows.take(piece)
    rows.drop_digit()
    rows.check_widths()
    behind = filled(pieces, end + 1, _HEADING_LINES)
    if len(behind) == _HEADING_LINES:  # the next unit's table has lost its head
        read = joined(pieces[end:])
        raw = read.raw if read else ""
        doubts.add(
            behind[0].place,
            raw,
            None,
            "what follows the unit belongs to no unit that was found: left out. The next unit may"
            " have lost its heading",
        )
    findings.units.append(unit)
    return end


def _ends_title(text: str) -> bool:
    return bool(_HEADER.match(text) or re.fullmatch(r"\d\.?", text) or numbered(text, None))


def _take_title(unit: FoundUnit, title: Read[str] | None) -> None:
    if title is None:
        return
    credits = _CREDITS.search(title.value)
    unit.title = title
    if credits:
        unit.title = replace(title, value=title.value[: credits.start()].strip())
        unit.credits = Read(int(credits[1]), title.raw, title.place)


class _Rows:
    """Takes cells in turn: a digit opens an outcome where text follows it, else it is a stray.

    The cells behind a criterion's text hold the centre's learning strategies and its evidence.
    """

    def __init__(self, unit: FoundUnit, doubts: Doubts) -> None:
        self.unit, self.doubts = unit, doubts
        self.digit: Piece | None = None
        self.open: FoundOutcome | FoundCriterion | None = None
        self.column = 0  # behind the criterion's text: 1 the strategies, 2 the evidence
        self.cells = 0  # of the row so far
        self.widths: dict[str, tuple[Piece, int]] = {}  # cells of each criterion's row

    def take(self, piece: Piece) -> None:
        text = piece.text
        if piece.opens_row:
            self.cells = 0
            self.open = self.open if text else None
        self.cells += piece.opens_cell
        found = numbered(text, last_of(self.unit))
        within = piece.in_cell and not piece.opens_cell and self.open is not None
        if within and re.fullmatch(r"\d{1,4}\.?", text):
            self._doubt(
                piece, None, "a number stands within a text and is perhaps a page's: left out"
            )
        elif self._is_the_centres(piece, found):
            self._take_note(piece)
        elif re.fullmatch(r"\d{1,2}\.?", text) and not (found and found.misread):
            self.drop_digit()
            self.digit, self.open = piece, None
        elif found:
            self.drop_digit()
            self._begin_criterion(piece, found)
        elif self.digit is not None and text:
            self._begin_outcome(int(self.digit.text.strip(".")), piece, text)
            self.digit = None
        elif (match := OUTCOME.match(text)) and int(match[1]) == len(self.unit.outcomes) + 1:
            self._begin_outcome(int(match[1]), piece, match["text"])
        elif text:
            self._go_on(piece)

    def _is_the_centres(self, piece: Piece, found: Numbered | None) -> bool:
        """Whether the piece stands in a cell behind a criterion's text."""
        held = self.open
        if not isinstance(held, FoundCriterion) or held.text is None or piece.opens_row:
            return False
        next_one = found is not None and follows(found[:2], last_of(self.unit))
        return not next_one and (piece.opens_cell or (self.column > 0 and piece.in_cell))

    def _take_note(self, piece: Piece) -> None:
        held = self.open
        if not isinstance(held, FoundCriterion):
            return
        self.column += piece.opens_cell
        self.widths[held.number.value] = piece, self.cells
        if not piece.text:
            return
        read = Read(without_bullet(piece.text), piece.raw.strip(), piece.place)
        if self.column > _COLUMNS:
            self._doubt(
                piece,
                None,
                "the row has a column more than the table: left out. Add it in the draft if it"
                " belongs there",
            )
        else:
            (held.strategies if self.column == 1 else held.evidence).append(read)

    def _go_on(self, piece: Piece) -> None:
        """A wrapped line of an outcome or criterion; another text belongs to nothing here."""
        held = self.open
        wrapped = not piece.opens_cell and (piece.in_cell or not piece.after_gap)
        if held is not None and (held.text is None or wrapped):
            held.text = longer(held.text, piece)
        else:
            self._doubt(piece, None, _BELONGS_NOWHERE)

    def _doubt(self, piece: Piece, taken: object, why: str) -> None:
        """A doubt that names the outcome and the criterion before it."""
        outcomes = self.unit.outcomes
        named = [f"outcome {outcomes[-1].number.value}"] if outcomes else []
        if outcomes and outcomes[-1].criteria:
            named.append(outcomes[-1].criteria[-1].number.value)
        shown = f"{', '.join(named)}: {why}" if named else why
        self.doubts.add(piece.place, piece.raw.strip(), taken, shown)

    def _begin_outcome(self, number: int, piece: Piece, text: str) -> None:
        raw = piece.raw.strip()
        if number != len(self.unit.outcomes) + 1:
            self._doubt(
                piece,
                number,
                "another outcome should come here than the one printed; one may be lost or misread",
            )
        outcome = FoundOutcome(Read(number, raw, piece.place), Read(text, raw, piece.place))
        self.unit.outcomes.append(outcome)
        self.open = outcome

    def _begin_criterion(self, piece: Piece, found: Numbered) -> None:
        raw = piece.raw.strip()
        if found.misread:
            self.doubts.add(piece.place, raw, found.number, f"{found.number}: {MISREAD}")
        criterion = FoundCriterion(
            Read(found.number, raw, piece.place),
            Read(found.text, raw, piece.place) if found.text else None,
        )
        wanted = criterion.outcome_number
        outcomes = self.unit.outcomes
        if not outcomes or outcomes[-1].number.value != wanted:
            why = (
                f"{found.number}: another outcome stands above this criterion. It was taken by its"
                " number; the number or the heading may be misread"
            )
            self.doubts.add(piece.place, raw, found.number, why)
            known = next((one for one in outcomes if one.number.value == wanted), None)
            if known is None:
                known = FoundOutcome(Read(wanted, raw, piece.place))
                outcomes.append(known)
            known.criteria.append(criterion)
        else:
            outcomes[-1].criteria.append(criterion)
        self.open, self.column = criterion, 0

    def check_widths(self) -> None:
        """A row with fewer cells than the others may have its notes in the wrong columns."""
        usual = Counter(cells for _, cells in self.widths.values()).most_common(1)
        if not any(one.strategies or one.evidence for one in self.unit.criteria):
            return
        for number, (piece, cells) in self.widths.items():
            if cells < usual[0][0]:
                why = (
                    f"{number}: its row has fewer cells than others, so strategies and evidence"
                    " may be in the wrong columns"
                )
                self.doubts.add(piece.place, piece.raw.strip(), None, why)

    def drop_digit(self) -> None:
        if self.digit is not None:
            self._doubt(
                self.digit,
                None,
                "a digit stands here with no text behind it: left out. It may be the number of an"
                " outcome whose text is lost",
            )
            self.digit = None


def read_combinations(pieces: Sequence[Piece], findings: Findings) -> None:
    """Rules of combination: the awards on offer, in the table's order, with their credits."""
    start = next(
        (i for i, p in enumerate(pieces) if re.search(r"\bRules of combination$", p.text, re.I)),
        None,
    )
    if start is None:
        return
    offers: list[Read[str]] = []
    refused: set[str] = set()
    blocks: list[FoundQualification] = []
    for piece in pieces[start + 1 : start + 60]:
        raw = piece.raw.strip()
        if re.match(r"Customer programme", piece.text, re.I):
            break
        if match := _REFUSED.match(piece.text):
            refused.add(match[1].lower())
        elif match := _OFFER.match(piece.text):
            _note_other_level(match["rest"], piece, findings)
            offers.append(Read(match[1].capitalize(), raw, piece.place))
        if match := _BLOCK.search(piece.text):
            credits = Read(int(match[1] or match[2]), raw, piece.place)
            blocks.append(FoundQualification(credits=credits, level=findings.level))
        if blocks and (match := _LISTED.search(piece.text)):
            parts = [Read(part.strip(), raw, piece.place) for part in match[0].split(",")]
            blocks[-1].units = parts
    open_offers = [offer for offer in offers if offer.value.lower() not in refused]
    if len(open_offers) != len(blocks):
        findings.doubts.add(
            pieces[start].place,
            ", ".join(offer.raw for offer in open_offers),
            ", ".join(str(block.credits.value) for block in blocks if block.credits),
            f"The document's rules of combination have {len(open_offers)} awards on offer and"
            f" {len(blocks)} totals of credits: they could not be paired",
        )
    else:
        for offer, block in zip(open_offers, blocks, strict=True):
            block.title = offer
            findings.doubts.about(
                offer,
                f"{offer.value}: {block.credits.value if block.credits else '?'} credits",
                f"{offer.value}: awards and credits stand apart, and were paired by their order in"
                " the table. The full title is not printed",
            )
    findings.qualifications.extend(blocks)


def _note_other_level(text: str, piece: Piece, findings: Findings) -> None:
    match = re.search(r"\bL(?:evel )?(\d)\b", text)
    if match and findings.level and int(match[1]) != findings.level.value:
        findings.doubts.add(
            piece.place,
            piece.raw.strip(),
            findings.level.value,
            "this line names another level than the rest of the document, whose level was taken",
        )
