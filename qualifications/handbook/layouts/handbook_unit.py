"""Unit pages of handbooks: outcome, criteria, depth and guidance one after another."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundCriterion, FoundOutcome, FoundUnit
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import OUTCOME, numbered
from qualifications.handbook.pieces import Piece, filled, joined

_HEADING = re.compile(r"^Unit (?P<ref>\d{3}|\d{4}-\d{3}|[A-Z]?\d\.\d{2})\b[:\s–-]*(?P<title>.*)$")
_FACTS = re.compile(
    r"^(UAN|Unit level|Level|Credit value|Credits|GLH|Unit aim)s?\s*:\s*(?P<rest>.*)$", re.I
)
_PARTS = (
    ("outcome", re.compile(r"^Learning outcome\b.{0,12}$", re.I)),
    ("criteria", re.compile(r"^Assessment criteria\W*$", re.I)),
    ("depth", re.compile(r"^(?:Depth|Indicative content)\W*$", re.I)),
    ("guidance", re.compile(r"^Assessment guidance\W*$", re.I)),
    ("end", re.compile(r"^(?:Assessment requirements|Evidence requirements|Appendix \w+)\b", re.I)),
)
_LEAD_IN = re.compile(r"^The learner (?:will|can|must)\W*$", re.I)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    match = _HEADING.match(pieces[index].text)
    if not match or "result sheet" in match["title"].lower():
        return False
    near = filled(pieces, index + 1, 8)
    return any(re.match(r"(?:UAN|Unit level|Credit value)\b", piece.text, re.I) for piece in near)


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    """Reads one unit; returns how many pieces are behind it."""
    match = _HEADING.match(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("unit page", Read(match["ref"], pieces[0].raw.strip(), pieces[0].place))
    index = _read_head(pieces, unit, match["title"])
    part = ""
    while index < len(pieces):
        piece = pieces[index]
        named = next((name for name, pattern in _PARTS if pattern.match(piece.text)), None)
        if named == "end":
            break
        if named:
            part = named
        elif piece.text and not _LEAD_IN.match(piece.text):
            _read_line(piece, part, unit, findings)
        index += 1
    findings.units.append(unit)
    return index


def _read_head(pieces: Sequence[Piece], unit: FoundUnit, title: str) -> int:
    title_pieces = [replace(pieces[0], text=title)]
    label, values = "", dict[str, list[Piece]]()
    index = 1
    while index < len(pieces) and not _PARTS[0][1].match(pieces[index].text):
        piece = pieces[index]
        if match := _FACTS.match(piece.text):
            label = match[1].lower().removeprefix("unit ")
            values[label] = [replace(piece, text=match["rest"])]
        elif label:
            values[label].append(piece)
        else:
            title_pieces.append(piece)
        index += 1
    unit.title = joined(title_pieces)
    unit.uan = joined(values.get("uan", []))
    unit.aim = joined(values.get("aim", []))
    unit.level = whole_number(joined(values.get("level", [])))
    unit.credits = whole_number(joined(values.get("credit value", values.get("credits", []))))
    unit.glh = whole_number(joined(values.get("glh", [])))
    return index


def whole_number(read: Read[str] | None) -> Read[int] | None:
    """The first whole number of a text."""
    match = re.search(r"\d{1,4}", read.value) if read else None
    return Read(int(match[0]), read.raw, read.place) if match and read else None


def _read_line(piece: Piece, part: str, unit: FoundUnit, findings: Findings) -> None:
    if part == "outcome":
        _read_outcome(piece, unit)
    elif part == "criteria":
        _read_criterion(piece, unit, findings)
    elif part in ("depth", "guidance"):
        _read_note(piece, part, unit, findings)


def _read_outcome(piece: Piece, unit: FoundUnit) -> None:
    expected = len(unit.outcomes) + 1
    if match := OUTCOME.match(piece.text):
        number = Read(int(match[1]), piece.raw.strip(), piece.place)
        text = Read(match["text"], piece.raw.strip(), piece.place)
        unit.outcomes.append(FoundOutcome(number, text))
    elif re.fullmatch(r"\d", piece.text):
        unit.outcomes.append(FoundOutcome(Read(int(piece.text), piece.raw, piece.place)))
    elif not unit.outcomes or unit.outcomes[-1].criteria:
        number = Read(expected, piece.raw.strip(), piece.place)
        unit.outcomes.append(FoundOutcome(number, Read(piece.text, piece.raw, piece.place)))
    else:
        outcome = unit.outcomes[-1]
        outcome.text = longer(outcome.text, piece)


def longer(read: Read[str] | None, piece: Piece) -> Read[str]:
    """The text with a wrapped line added."""
    if read is None:
        return Read(piece.text, piece.raw.strip(), piece.place)
    value = f"{read.value} {piece.text}"
    return Read(value, f"{read.raw}\n{piece.raw.strip()}", read.place)


def _read_criterion(piece: Piece, unit: FoundUnit, findings: Findings) -> None:
    if not unit.outcomes:
        findings.doubts.add(piece.place, piece.raw, None, "Criteria without an outcome")
        return
    outcome = unit.outcomes[-1]
    if found := numbered(piece.text, last_of(unit)):
        number = Read(found.number, piece.raw.strip(), piece.place)
        if found.misread:
            findings.doubts.about(number, found.number, "A number was misread")
        text = Read(found.text, piece.raw.strip(), piece.place) if found.text else None
        outcome.criteria.append(FoundCriterion(number, text))
    elif outcome.criteria:
        criterion = outcome.criteria[-1]
        criterion.text = longer(criterion.text, piece)
    else:
        findings.doubts.add(
            piece.place, piece.raw, None, "A text among the criteria has no number: left out"
        )


def last_of(unit: FoundUnit) -> tuple[int, int] | None:
    if not unit.criteria:
        return None
    outcome, _, criterion = unit.criteria[-1].number.value.partition(".")
    return int(outcome), int(criterion)


def _read_note(piece: Piece, part: str, unit: FoundUnit, findings: Findings) -> None:
    """A line of depth or guidance; it belongs to the last criterion whose number was printed."""
    outcome = unit.outcomes[-1] if unit.outcomes else None
    text, target = piece.text, None
    begun = [one for one in (outcome.criteria if outcome else []) if getattr(one, part)]
    if outcome and (found := numbered(text)):
        target = next((one for one in outcome.criteria if one.number.value == found.number), None)
        if target is not None:
            text = found.text
            if not text:
                getattr(target, part).append(Read("", piece.raw, piece.place))
                return
    if target is None and begun:
        target = begun[-1]
    if target is None:
        findings.doubts.add(
            piece.place, piece.raw, None, f"A line of {part} belongs to no criterion: left out"
        )
        return
    notes: list[Read[str]] = getattr(target, part)
    if notes and not notes[-1].value:
        notes.pop()
    plain = without_bullet(text)
    wrapped = (
        notes and not is_bullet(text) and text[:1].islower() and notes[-1].value[-1] not in ".:"
    )
    if wrapped:
        notes[-1] = longer(notes[-1], piece)
    else:
        notes.append(Read(plain, piece.raw.strip(), piece.place))
