"""Older unit specifications: outcomes left, criteria right, then facts by label and content."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import Findings, FoundUnit
from qualifications.handbook.layouts.criteria import read_outcomes
from qualifications.handbook.layouts.handbook_unit import figure, longer
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import REF
from qualifications.handbook.pieces import Piece, filled, joined

_TITLE = re.compile(r"^Title\s*:\s*(?P<rest>.*)$", re.I)
_FACT = re.compile(r"^(Level|Credit value)\s*:\s*(?P<rest>.*)$", re.I)
_LEFT_HEADER = re.compile(r"^Learning outcomes? \(", re.I)
_RIGHT_HEADER = re.compile(r"Assessment criteria \(the learner can\W*$", re.I)
_FACTS_BELOW = re.compile(r"^Additional information about", re.I)
_CONTENT = re.compile(r"^Indicative content\W*$", re.I)
_END = re.compile(r"^(?:APPENDIX\b|Additional information about this qualification)")

# What each fact's label starts with, and the pieces of the label that are not its value.
_LABELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aim", r"Unit purpose and aim", (r"Unit purpose and aim\(?s?\)?",)),
    ("review_on", r"Unit review date", (r"Unit review date",)),
    ("nos", r"Deta\w+ of the relationship", ()),
    ("body_requirements", r"Assessment requirements or g", ()),
    ("support_body", r"Support for the unit", ()),
    (
        "sector",
        r"Location of the unit",
        (r"Location of the unit within the", r"subject/sector classification sy\w*"),
    ),
    (
        "submitter",
        r"Name of the organi[sz]ation",
        (r"Name of the organi\w+ submitting the", r"unit"),
    ),
    ("availability", r"Availability for use", (r"Availability for use",)),
    ("available_from", r"Units? available from", (r"Units? available from",)),
    ("glh", r"Unit guided learning hours", (r"Unit guided learning hours",)),
)
# Facts that every specification fills in.
_STATED = {
    "aim": "Unit purpose and aim(s)",
    "review_on": "Unit review date",
    "availability": "Availability for use",
    "available_from": "Units available from",
    "glh": "Unit guided learning hours",
}
_DATE = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b")
_STANDARD = re.compile(r"\b[A-Z]{2,4}\d{1,3}\b")


def opens(pieces: Sequence[Piece], index: int) -> bool:
    if not _TITLE.match(pieces[index].text):
        return False
    near = filled(pieces, index + 1, 8)
    return any(_FACT.match(piece.text) for piece in near)


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    unit, index = _read_head(pieces, findings)
    if unit is None:
        return 1
    start = index
    while index < len(pieces) and not _ends_criteria(pieces[index].text):
        index += 1
    doubts = findings.doubts.within(unit.ref.value)
    unit.outcomes = read_outcomes(_without_headers(pieces[start:index], doubts), doubts)
    index = _read_facts(pieces, index, unit, doubts)
    index = _read_content(pieces, index, unit)
    findings.units.append(unit)
    return index


def _ends_criteria(text: str) -> bool:
    labels = (_FACTS_BELOW, _CONTENT, _END, *(re.compile(start, re.I) for _, start, _ in _LABELS))
    return any(label.match(text) for label in labels)


def _read_head(pieces: Sequence[Piece], findings: Findings) -> tuple[FoundUnit | None, int]:
    head: dict[str, list[Piece]] = {"title": []}
    label, index = "title", 0
    for index, piece in enumerate(pieces):
        if _LEFT_HEADER.match(piece.text) or _RIGHT_HEADER.search(piece.text) or index > 40:
            break
        if match := _TITLE.match(piece.text) or _FACT.match(piece.text):
            label = "title" if match.re is _TITLE else match[1].lower()
            head[label] = [replace(piece, text=match["rest"])]
        else:
            head[label].append(piece)
    title = joined(head["title"])
    ref = re.search(rf"\(\s*({REF}|\d\.\d{{2}})\s*\)?", title.value) if title else None
    if title is None or ref is None:
        where = pieces[0]
        findings.doubts.add(
            where.place, where.raw, None, "a unit stands here without a number: left out"
        )
        return None, index
    unit = FoundUnit("unit specification", Read(ref[1], title.raw, title.place))
    unit.title = Read(title.value[: ref.start()].strip(), title.raw, title.place)
    doubts = findings.doubts.within(unit.ref.value)
    unit.level = figure(joined(head.get("level", [])), "level", doubts)
    unit.credits = figure(joined(head.get("credit value", [])), "credit value", doubts)
    return unit, index


def _without_headers(pieces: Sequence[Piece], doubts: Doubts) -> list[Piece]:
    """The pieces behind the two column headers, which recognition may have cut into cells."""
    for index, piece in enumerate(pieces[:12]):
        if _RIGHT_HEADER.search(piece.text):
            return list(pieces[index + 1 :])
    if pieces:
        doubts.add(
            pieces[0].place,
            pieces[0].raw,
            None,
            "the heads of its two columns are lost, so outcomes and criteria may be taken for one"
            " another",
        )
    return list(pieces)


def _read_facts(pieces: Sequence[Piece], index: int, unit: FoundUnit, doubts: Doubts) -> int:
    held: dict[str, list[Piece]] = {}
    name = ""
    while index < len(pieces):
        piece = pieces[index]
        if _CONTENT.match(piece.text) or _END.match(piece.text):
            break
        found = next((n for n, start, _ in _LABELS if re.match(start, piece.text, re.I)), None)
        if found:
            name = found
            held[name] = [piece]
        elif re.match(r"^Additional guidance about", piece.text, re.I):
            name = ""
        elif name and piece.text:
            held[name].append(piece)
        index += 1
    for name, _, parts in _LABELS:
        if name in held:
            _take_fact(name, parts, held[name], unit, doubts)
    return index


def _take_fact(
    name: str, parts: tuple[str, ...], pieces: list[Piece], unit: FoundUnit, doubts: Doubts
) -> None:
    whole = joined(pieces)
    value = _fact(name, parts, pieces, whole.value) if whole else ""
    if whole is None or not value:
        if whole and name in _STATED:
            doubts.about(whole, None, f"nothing was found behind “{_STATED[name]}”")
        return
    read = replace(whole, value=value)
    if name == "aim":
        unit.aim = read
    elif name == "glh":
        unit.glh = figure(read, "GLH", doubts)
    else:
        unit.details[name] = read


def _fact(name: str, parts: tuple[str, ...], pieces: list[Piece], whole: str) -> str:
    """The value beside a label, or behind it, or between its lines."""
    if name in ("review_on", "available_from"):
        date = _DATE.search(whole)
        return date[0] if date else ""
    if name == "nos":
        return ", ".join(_STANDARD.findall(whole.partition(":")[2] or whole))
    cells = [position for position, piece in enumerate(pieces) if piece.opens_cell]
    if len(cells) > 1:
        # A clipped label takes up several cells; a long value may go on in the next row's.
        behind = cells[0] + 1 if name in ("aim", "glh", "availability") else cells[-1]
        return " ".join(piece.text for piece in pieces[behind:])
    if name in ("body_requirements", "support_body"):
        return _behind_brackets(whole)
    for part in parts:
        whole = re.sub(rf"\b{part}(?:\b|(?<=\)))", " ", whole, count=1, flags=re.I)
    return " ".join(whole.split())


def _behind_brackets(whole: str) -> str:
    """The value of a label that ends in "(if required)", also where it ran into the brackets."""
    ending = re.search(r"(?:appropriate|required)\s?\)", whole)
    inside = re.search(r"\(if\s+(.+?)\s+required\)", whole)
    value = whole[ending.end() :].strip() if ending else ""
    return value or (inside[1] if inside else "")


def _read_content(pieces: Sequence[Piece], index: int, unit: FoundUnit) -> int:
    if index >= len(pieces) or not _CONTENT.match(pieces[index].text):
        return index
    index += 1
    content = unit.indicative_content
    while index < len(pieces) and not _END.match(pieces[index].text):
        piece = pieces[index]
        index += 1
        if not any(sign.isalpha() for sign in piece.text):
            continue
        starts = is_bullet(piece.text) or piece.text[:1].isupper()
        plain = without_bullet(piece.text)
        if content and not starts:
            content[-1] = longer(content[-1], replace(piece, text=plain))
        else:
            content.append(Read(plain, piece.raw.strip(), piece.place))
    return index
