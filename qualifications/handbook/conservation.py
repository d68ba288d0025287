"""Nothing is lost in silence: what is printed must have landed somewhere, or be told."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qualifications.handbook.content import (
    Criterion,
    MarkSheet,
    Place,
    Qualification,
    Read,
    Unit,
    reads_in,
)
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.noise import compared
from qualifications.handbook.numbers import ACCREDITATION, REF, UAN, numbered, parted, same_ref
from qualifications.handbook.pieces import Piece
from qualifications.handbook.wording import ends_open

QUALIFICATION_NUMBER = r"\b\d{4}-\d{2}(?:/\d{2})?(?![\d/])"
_SHORT_REF = re.compile(r"\bUnits? (?:No\W*)?(\d{3}(?:/\d{3})*|\d\.\d{2})\b", re.I)
_RESULT_SHEET = re.compile(r"\bUnit (\d{3}|\d{4}-\d{3}|[A-Z]?\d\.\d{2}) Result sheet\b", re.I)
_DESCRIPTORS = re.compile(r"Sufficiency descriptors\b|.{0,40}\bResult sheet$", re.I)
_QUALIFICATION = re.compile(
    r"\blevel ?\d (?:award|certificate|diploma)\b"
    r"|^(?:award|certificate|diploma)\b.{0,60}\b(?:yes|no)\b",
    re.I,
)
_MAXIMUM = re.compile(r"(?:^|\s)/\s?(\d{1,3})(?=\s*(?:marks)?$)|\bfrom (\d{1,3}) available\b", re.I)
_LABELLED = re.compile(r"\baccreditation (?:number|no)\b|\bqualification no\b", re.I)
_FACTS = ("title", "uan", "level", "credits", "glh", "aim")
_FIGURES = ("title", "number", "accreditation_number", "level", "credits", "glh", "tqt")
_HEADING = re.compile(
    r"additional information|learning outcome|assessment (?:criteria|guidance)"
    r"|(?:ilm )?accreditation document"
)
_ALWAYS = ("title", "level", "credits")  # which every unit has, whatever others of the document do
_NOTES = ("depth", "guidance", "referral", "passes", "example_evidence")
_LABELS = {"uan": "UAN", "glh": "GLH", "tqt": "TQT", "passes": "pass", "credits": "credit value"}
_FEWEST_WORDS = 4  # a line of fewer is a label
_MOST_WORDS = 8  # a line of more is no part of a title
_MOST_FEW = 0.5  # a share of criteria that have a part from which those without it are told


@dataclass(frozen=True)
class Reading:
    """What was made of the document."""

    qualifications: Sequence[Qualification]
    units: Sequence[Unit]
    sheets: Sequence[MarkSheet]


def check_conservation(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Adds a doubt for every number that landed nowhere or twice, and every gap in a pattern."""
    _check_codes(pieces, reading, doubts)
    _check_refs(pieces, reading, doubts)
    _check_maxima(pieces, reading, doubts)
    _check_twice(reading, doubts)
    _check_families(reading, doubts)
    _check_even(reading, doubts)
    _check_accreditation(pieces, reading, doubts)
    _check_sheets(pieces, reading, doubts)
    _check_qualification(pieces, reading, doubts)
    _check_titles(pieces, reading, doubts)
    _check_whole(reading, doubts)
    _check_ends(reading, doubts)
    _check_lines(pieces, reading, doubts)
    _check_numbers(pieces, reading, doubts)


def _told(text: str, doubts: Doubts) -> bool:
    return any(text in f"{doubt.why} {doubt.raw} {doubt.taken}" for doubt in doubts.found)


def _check_codes(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Accreditation numbers, unit accreditation numbers and qualification numbers."""
    kinds: tuple[tuple[str, str, set[str]], ...] = (
        (
            ACCREDITATION,
            "accreditation number",
            _held(reading.qualifications, "accreditation_number"),
        ),
        (QUALIFICATION_NUMBER, "qualification number", _held(reading.qualifications, "number")),
        (UAN, "UAN", _held(reading.units, "uan")),
    )
    for pattern, what, held in kinds:
        for piece in pieces:
            for found in re.findall(pattern, piece.text):
                if not any(one.startswith(found) for one in held):
                    held.add(found)
                    if not _told(found, doubts):
                        why = (
                            f"The document prints the {what} {found}, which was taken for no unit"
                            " and no qualification. Look at the source whether it belongs to one"
                        )
                        doubts.add(piece.place, piece.raw.strip(), None, why)


def _held(rows: Iterable[Qualification | Unit], name: str) -> set[str]:
    return {read.value for row in rows if (read := getattr(row, name)) is not None}


def _check_refs(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Units that are named anywhere, in full or by their last part."""
    known = [unit.ref.value for unit in reading.units]
    seen: set[str] = set()
    for piece in pieces:
        named = re.findall(REF, piece.text)
        for short in _SHORT_REF.findall(piece.text):
            named += short.split("/")
        for ref in named:
            if ref in seen:
                continue
            seen.add(ref)
            if not any(same_ref(ref, one) for one in known) and not _told(ref, doubts):
                why = (
                    f"{ref}: the document names this unit, which was not read, as no page of it was"
                    " found. Nothing needs doing unless it is one of those that you want"
                )
                doubts.add(piece.place, piece.raw.strip(), None, why)


def _check_sheets(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Units without descriptors, where their result sheet is printed or other units have them."""
    marked = {ref.value for sheet in reading.sheets for ref in sheet.units}
    label = next((piece for piece in pieces if _DESCRIPTORS.match(piece.text)), None)
    for unit in reading.units:
        ref = unit.ref.value
        if any(criterion.passes for criterion in unit.criteria):
            continue
        heading = next((piece for piece in pieces if _heads_sheet_of(ref, piece)), None)
        if heading is not None:
            why = (
                f"{ref}: its result sheet is printed, but of its descriptors none was read."
                " Compare with the source"
            )
            doubts.add(heading.place, heading.raw.strip(), None, why)
        elif label is not None and not any(same_ref(ref, one) for one in marked):
            why = (
                f"{ref}: the document has descriptors of pass and referral, of which none was read"
                " for this unit. Compare with the source"
            )
            doubts.add(label.place, label.raw.strip(), None, why)


def _heads_sheet_of(ref: str, piece: Piece) -> bool:
    return any(same_ref(named, ref) for named in _RESULT_SHEET.findall(piece.text))


def _check_qualification(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """A document of units that names a qualification, where none was found."""
    if reading.qualifications or not reading.units:
        return
    named = next((piece for piece in pieces if _QUALIFICATION.search(piece.text)), None)
    if named is not None:
        why = (
            "The document names a qualification, but no title or table of one was read. Its"
            " figures are those of the version that the draft stands on"
        )
        doubts.add(named.place, named.raw.strip(), None, why)


def _check_titles(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """A title of a qualification that ends open, or is followed by a line in the same letters."""
    for one in reading.qualifications:
        if one.title is None:
            continue
        title = one.title.value
        if ends_open(title):
            doubts.about(
                one.title,
                title,
                (
                    f"{title}: the title of the qualification seems to break off here. The rest may"
                    " stand in the next line"
                ),
            )
        at = [index for index, piece in enumerate(pieces) if piece.place == one.title.place]
        behind = [piece for index in at for piece in pieces[index + 1 : index + 2] if piece.text]
        for piece in behind:
            words = compared(piece.text).split()
            alike = piece.text.isupper() == one.title.raw.isupper() and not piece.in_cell
            if alike and len(words) <= _MOST_WORDS and {*words} - {*compared(title).split()}:
                why = (
                    f"{title}: the line below may belong to the title of the qualification; it was"
                    " not taken into it"
                )
                doubts.add(piece.place, piece.raw.strip(), title, why)


def _check_whole(reading: Reading, doubts: Doubts) -> None:
    """A text of which more was printed than was taken, in no other value either."""
    for unit in reading.units:
        taken: dict[str, str] = {}
        for read in reads_in(unit):
            taken[read.raw] = f"{taken.get(read.raw, '')} {compared(str(read.value))}"
        for criterion in unit.criteria:
            for read in _texts_of(criterion):
                left = Counter(compared(read.raw).split()) - Counter(taken[read.raw].split())
                if len([word for word in left.elements() if word.isalpha()]) >= _FEWEST_WORDS:
                    why = (
                        f"{unit.ref.value} {criterion.number.value}: more is printed than was"
                        " taken; part of it was left out. Compare the two, and add to the draft"
                        " what belongs there"
                    )
                    doubts.add(read.place, read.raw, read.value, why)


def _texts_of(criterion: Criterion) -> Iterator[Read[object]]:
    return reads_in(tuple(getattr(criterion, name) for name in ("text", *_NOTES)))


def _check_ends(reading: Reading, doubts: Doubts) -> None:
    """A text that ends in the title of a unit: it may have run into the next page's heading."""
    titles = {compared(unit.title.value) for unit in reading.units if unit.title}
    for unit in reading.units:
        for criterion in unit.criteria:
            for read in _texts_of(criterion):
                text = compared(str(read.value))
                if any(text.endswith(f" {title}") for title in titles):
                    why = (
                        f"{unit.ref.value} {criterion.number.value}: the text ends in the title of"
                        " a unit, which may be the heading of the next page. If so, take it away"
                    )
                    doubts.add(read.place, read.raw, read.value, why)


def _check_lines(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Lines that follow what a criterion was read from, and landed nowhere: one doubt a unit."""
    owners = _owners(reading.units)
    told = {compared(line) for doubt in doubts.found for line in doubt.raw.split("\n")}
    kept = {compared(line) for read in reads_in(reading) for line in read.raw.split("\n")} | told
    titles = tuple(compared(unit.title.value) for unit in reading.units if unit.title)
    lost: dict[str, list[tuple[str, Piece]]] = {}
    after: tuple[str, str] | None = None
    for piece in pieces:
        line = compared(piece.raw)
        if piece.place in owners:
            after = owners[piece.place]
        elif after is not None and line and line not in kept:
            if not _is_heading(line, titles):
                lost.setdefault(after[0], []).append((after[1], piece))
            after = None
    for ref, lines in lost.items():
        numbers = ", ".join(dict.fromkeys(number for number, _ in lines))
        raw = "\n".join(dict.fromkeys(piece.raw.strip() for _, piece in lines))
        why = (
            f"{ref} {numbers}: the lines that follow are printed but were not taken for any"
            " criterion. They may be headings or notes, or part of these criteria: if so, add them"
            " in the draft"
        )
        doubts.add(lines[0][1].place, raw, None, why)


def _check_numbers(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """Lines behind a unit's criteria that begin with a number it has no criterion of: one doubt a
    unit."""
    owners = _owners(reading.units)
    taken = set(owners.values())
    kept = {compared(line) for read in reads_in(reading) for line in read.raw.split("\n")}
    lost: dict[str, list[tuple[str, Piece]]] = {}
    ref = ""
    for piece in pieces:
        ref = owners[piece.place][0] if piece.place in owners else ref
        if not ref or all(compared(one) in kept for one in piece.raw.split("\n")):
            continue
        found = [line for part in parted(piece.text, None) if (line := numbered(part))]
        lost.setdefault(ref, []).extend(
            (line.number, piece)
            for line in found
            if (ref, line.number) not in taken and len(line.text.split()) >= _FEWEST_WORDS
        )
    for ref, lines in lost.items():
        if not lines:
            continue
        numbers = ", ".join(dict.fromkeys(number for number, _ in lines))
        why = (
            f"{ref}: behind its criteria stand lines with the numbers {numbers}, which were taken"
            " for no criterion. They may be tasks or sections of the document; if they are"
            " criteria, add them in the draft"
        )
        raw = "\n".join(dict.fromkeys(piece.raw.strip() for _, piece in lines))
        doubts.add(lines[0][1].place, raw, None, why)


def _is_heading(line: str, titles: Sequence[str]) -> bool:
    words = [word for word in line.split() if word.isalpha()]
    if len(words) < _FEWEST_WORDS or _HEADING.match(line):
        return True
    return any(title and title in line for title in titles)


def _owners(units: Sequence[Unit]) -> dict[Place, tuple[str, str]]:
    """The unit and criterion of each place that one of its texts was read from."""
    return {
        read.place: (unit.ref.value, criterion.number.value)
        for unit in units
        for criterion in unit.criteria
        for read in reads_in(criterion)
    }


def _check_maxima(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """As many boxes of a maximum as sections have it."""
    held = {s.maximum.value for sheet in reading.sheets for s in sheet.sections if s.maximum}
    for piece in pieces if reading.sheets else ():
        for groups in _MAXIMUM.findall(piece.text):
            value = int(next(group for group in groups if group))
            if value not in held and not _told(str(value), doubts):
                held.add(value)
                why = (
                    f"The document prints a maximum of {value} marks, which no section of a mark"
                    " sheet has. A section may be lost, or a figure misread"
                )
                doubts.add(piece.place, piece.raw.strip(), None, why)


def _check_twice(reading: Reading, doubts: Doubts) -> None:
    """A code that two units or two qualifications bear."""
    for rows, name in (
        (reading.units, "uan"),
        (reading.qualifications, "accreditation_number"),
        (reading.qualifications, "number"),
    ):
        reads: list[Read[str]] = [read for row in rows if (read := getattr(row, name))]
        counts = Counter(read.value for read in reads)
        for read in reads:
            if counts[read.value] > 1:
                why = (
                    f"{_bearers(rows, name, read)}: the same number, {read.value}, was read for"
                    " each of these. One of them must be wrong: compare with the source"
                )
                doubts.about(read, read.value, why)


def _bearers(rows: Iterable[Qualification | Unit], name: str, read: Read[str]) -> str:
    bearing = [r for r in rows if (held := getattr(r, name)) and held.value == read.value]
    return ", ".join(_name(row) for row in bearing)


def _name(row: Qualification | Unit) -> str:
    if isinstance(row, Unit):
        return row.ref.value
    return row.title.value if row.title else "A qualification"


def _check_families(reading: Reading, doubts: Doubts) -> None:
    """8588-21 is made of units 8588-500 and so on."""
    for one in reading.qualifications:
        families = {ref.value.partition("-")[0] for ref in one.units if "-" in ref.value}
        if one.number and families and one.number.value.partition("-")[0] not in families:
            why = (
                f"{_name(one)}: the number {one.number.value} was read for it, but its units begin"
                f" with {', '.join(sorted(families))}. One of the two may be misread"
            )
            doubts.about(one.number, one.number.value, why)


def _check_even(reading: Reading, doubts: Doubts) -> None:
    """What most of a kind have, and these have not; and what no unit is without."""
    for unit in reading.units:
        for name in _FACTS:
            if getattr(unit, name) is not None:
                continue
            if _mostly(reading.units, name):
                doubts.about(unit.ref, None, f"{unit.ref.value}: {_gap(name, 'units')}")
            elif name in _ALWAYS:
                doubts.about(
                    unit.ref, None, f"{unit.ref.value}: no {_label(name)} was found on its page"
                )
        for name in _NOTES:
            _check_notes(unit, name, doubts)
        for outcome in unit.outcomes:
            if outcome.text is None and _mostly(unit.outcomes, "text"):
                why = f"outcome {outcome.number.value}: {_gap('text', 'outcomes')}"
                doubts.about(outcome.number, None, f"{unit.ref.value}: {why}")
    for one in reading.qualifications:
        for name in _FIGURES:
            if getattr(one, name) is None and _mostly(reading.qualifications, name):
                why = f"{_name(one)}: {_gap(name, 'qualifications')}"
                place = one.title.place if one.title else None
                doubts.add(place, one.title.raw if one.title else "", None, why)


def _mostly(rows: Sequence[object], name: str) -> bool:
    return sum(getattr(row, name) is not None for row in rows) >= _MOST_FEW * len(rows) > 0


def _check_notes(unit: Unit, name: str, doubts: Doubts) -> None:
    lacking = [c for c in unit.criteria if not getattr(c, name)]
    if not lacking or len(lacking) > (1 - _MOST_FEW) * len(unit.criteria):
        return
    untold = [c for c in lacking if not _left_out(unit, c, doubts)]
    for criterion in untold:
        why = f"{unit.ref.value} {criterion.number.value}: {_gap(name, 'criteria')}"
        before = unit.criteria[max(0, unit.criteria.index(criterion) - 1)]
        if before is not criterion:
            why += f", perhaps that of {before.number.value}"
        doubts.about(criterion.number, None, why)


def _left_out(unit: Unit, criterion: Criterion, doubts: Doubts) -> bool:
    """Whether it was told that something of the criterion was left out."""
    number = re.compile(rf"(?<![\d.]){re.escape(criterion.number.value)}(?!\d)")
    last = re.split(r"-", unit.ref.value)[-1]
    return any(
        last in doubt.why
        and number.search(doubt.why)
        and any(said in doubt.why for said in ("left out", "not in the"))
        for doubt in doubts.found
    )


def _gap(name: str, kind: str) -> str:
    return (
        f"no {_label(name)} was found here, which other {kind} have. It may be lost, or stand with"
        " another"
    )


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def _check_accreditation(pieces: Sequence[Piece], reading: Reading, doubts: Doubts) -> None:
    """A label that promises an accreditation number, where none was found."""
    missing = [one for one in reading.qualifications if one.accreditation_number is None]
    label = next((piece for piece in pieces if _LABELLED.search(piece.text)), None)
    if missing and label:
        names = ", ".join(map(_name, missing))
        why = (
            f"{names}: no accreditation number was found, though the document prints the label for"
            " one. That of the version that the draft stands on is used"
        )
        doubts.add(label.place, label.raw.strip(), None, why)
