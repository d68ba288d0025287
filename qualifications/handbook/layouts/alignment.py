"""Alignment documents: a unit a table, a criterion a row, empty columns for the centre."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import Read
from qualifications.handbook.found import (
    Findings,
    FoundCriterion,
    FoundOutcome,
    FoundQualification,
    FoundUnit,
)
from qualifications.handbook.layouts.handbook_unit import last_of, longer
from qualifications.handbook.numbers import OUTCOME, REF, numbered
from qualifications.handbook.pieces import Piece, joined

_UNIT = re.compile(rf"^Unit No\W*\s*({REF})\s*(?P<rest>.*)$", re.I)
_CREDITS = re.compile(r"\s*(\d{1,3})\s+credits?\s*$", re.I)
_HEADER = re.compile(
    r"^(?:Learning outcomes?|Assessment criteria|Learning strateg\w+|Assessment evidence)\W*$", re.I
)
_END = re.compile(r"^(?:ILM |[\w&/ ]{0,40})?Accreditation document\b", re.I)
_OFFER = re.compile(r"^(Award|Certificate|Diploma)\b\W*(?P<rest>.*)$", re.I)
_REFUSED = re.compile(r"^No (award|certificate|diploma)\b", re.I)
_BLOCK = re.compile(r"total credit value (\d{1,3})|^(\d{1,3}) credits\b", re.I)
_LISTED = re.compile(r"\b\d{3}(?:\s*,\s*\d{3})+")


def opens(pieces: Sequence[Piece], index: int) -> bool:
    return bool(_UNIT.match(pieces[index].text))


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _UNIT.match(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("alignment", Read(match[1], pieces[0].raw.strip(), pieces[0].place))
    title = [replace(pieces[0], text=match["rest"])]
    index = 1
    while index < len(pieces) and not _HEADER.match(pieces[index].text):
        title.append(pieces[index])
        index += 1
    _take_title(unit, joined(title))
    end = index
    while end < len(pieces) and not _END.match(pieces[end].text):
        end += 1
    rows = _Rows(unit, findings)
    for piece in pieces[index:end]:
        if not _HEADER.match(piece.text):
            rows.take(piece)
    rows.drop_digit()
    findings.units.append(unit)
    return end


def _take_title(unit: FoundUnit, title: Read[str] | None) -> None:
    if title is None:
        return
    credits = _CREDITS.search(title.value)
    unit.title = title
    if credits:
        unit.title = replace(title, value=title.value[: credits.start()].strip())
        unit.credits = Read(int(credits[1]), title.raw, title.place)


class _Rows:
    """Takes cells in turn: a digit opens an outcome where text follows it, else it is a stray."""

    def __init__(self, unit: FoundUnit, findings: Findings) -> None:
        self.unit, self.findings = unit, findings
        self.digit: Piece | None = None
        self.open: FoundOutcome | FoundCriterion | None = None

    def take(self, piece: Piece) -> None:
        text = piece.text
        if re.fullmatch(r"\d{1,2}\.?", text):
            self.drop_digit()
            self.digit, self.open = piece, None
            return
        found = numbered(text, last_of(self.unit))
        if found and not re.fullmatch(r"\d+", text):
            self.drop_digit()
            self._begin_criterion(piece, found.number, found.text)
        elif self.digit is not None and text:
            self._begin_outcome(int(self.digit.text.strip(".")), piece, text)
            self.digit = None
        elif (match := OUTCOME.match(text)) and int(match[1]) == len(self.unit.outcomes) + 1:
            self._begin_outcome(int(match[1]), piece, match["text"])
        elif self.open is not None:
            self._go_on(self.open, piece)

    def _go_on(self, held: FoundOutcome | FoundCriterion, piece: Piece) -> None:
        """A wrapped line; a further cell is the centre's own and belongs to nothing here."""
        if held.text is not None and piece.opens_cell:
            self.open = None
        elif piece.text:
            held.text = longer(held.text, piece)

    def _begin_outcome(self, number: int, piece: Piece, text: str) -> None:
        raw = piece.raw.strip()
        outcome = FoundOutcome(Read(number, raw, piece.place), Read(text, raw, piece.place))
        self.unit.outcomes.append(outcome)
        self.open = outcome

    def _begin_criterion(self, piece: Piece, number: str, text: str) -> None:
        raw = piece.raw.strip()
        criterion = FoundCriterion(
            Read(number, raw, piece.place), Read(text, raw, piece.place) if text else None
        )
        wanted = criterion.outcome_number
        outcomes = self.unit.outcomes
        if not outcomes or outcomes[-1].number.value != wanted:
            known = next((one for one in outcomes if one.number.value == wanted), None)
            if known is None:
                known = FoundOutcome(Read(wanted, raw, piece.place))
                outcomes.append(known)
            known.criteria.append(criterion)
        else:
            outcomes[-1].criteria.append(criterion)
        self.open = criterion

    def drop_digit(self) -> None:
        if self.digit is not None:
            self.findings.doubts.add(
                self.digit.place,
                self.digit.raw.strip(),
                None,
                "A digit with no text behind it: left out",
            )
            self.digit = None


def read_combinations(pieces: Sequence[Piece], findings: Findings) -> None:
    """Rules of combination: the awards on offer, in the table's order, with their credits."""
    start = next(
        (i for i, p in enumerate(pieces) if re.match(r"Rules of combination\b", p.text, re.I)), None
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
    for offer, block in zip(open_offers, blocks, strict=False):
        block.title = offer
        findings.doubts.about(
            offer,
            f"{offer.value}: {block.credits.value if block.credits else '?'} credits",
            "Awards and credits were paired by their order in the table; the title is the award's"
            " kind alone",
        )
    if len(open_offers) != len(blocks):
        findings.doubts.add(
            pieces[start].place,
            pieces[start].raw,
            len(blocks),
            f"{len(open_offers)} awards on offer, {len(blocks)} totals of credits",
        )
    findings.qualifications.extend(block for block in blocks if block.title)


def _note_other_level(text: str, piece: Piece, findings: Findings) -> None:
    match = re.search(r"\bL(?:evel )?(\d)\b", text)
    if match and findings.level and int(match[1]) != findings.level.value:
        findings.doubts.add(
            piece.place,
            piece.raw.strip(),
            findings.level.value,
            "Another level than the document's",
        )
