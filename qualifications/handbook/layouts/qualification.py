"""What a document says of its qualifications: titles, numbers, credits, hours and structure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundQualification
from qualifications.handbook.layouts.alignment import read_combinations
from qualifications.handbook.noise import SPECIFICATION, is_bullet
from qualifications.handbook.numbers import ACCREDITATION, REF, UAN
from qualifications.handbook.pieces import Piece, filled

_TITLE = re.compile(
    r"^(?:ILM )?(?P<title>LEVEL (\d) (?:AWARD|CERTIFICATE|DIPLOMA)\b.{4,140})$", re.I
)
_UNITS_OF_LEVEL = re.compile(r"\bLEVEL ?(\d) UNITS\b", re.I)
_NUMBER = re.compile(r"\b\d{4}-\d{2}(?:/\d{2})?\b")
_FACT = r"(?:Credit value|Duration|Guided learning hours|GLH)(?![a-z])"
_FIGURE = r"\W*(?:e )?(?:(minimum) )?(\d{1,3})\b"  # right behind a label that fills its column
_CREDITS = re.compile(rf"^Credit value(?![a-z]){_FIGURE}(?: credits)?", re.I)
_HOURS = re.compile(rf"^(?:Duration|Guided learning hours|GLH)(?![a-z]){_FIGURE}", re.I)
_ROW_HEADS = re.compile(r"^(?:UAN|ILM unit number|Unit (?:title|number|ref))", re.I)
_LABEL = re.compile(rf"^{_FACT}\W*$", re.I)
_LABELLED = re.compile(rf"^{_FACT}", re.I)
_FACT_INSIDE = re.compile(r"\s+(?=(?:Credit value|Duration|Guided learning hours)(?![a-z]))", re.I)
_FIELDS = {"glh": "glh", "tqt": "tqt", "credit": "credits"}
_FIGURES = re.compile(r"^(?:GLH|TQT|Credits?|Credit value)$", re.I)
_HEADERS = re.compile(r"^(?:GLH|TQT|Credits?|Credit value|Title and level)$", re.I)


def read_qualifications(
    front: Sequence[Piece], furniture: Sequence[Read[str]], findings: Findings
) -> None:
    """Reads what stands outside the units, and adds it to `findings`."""
    _read_level(front, findings)
    read_combinations(front, findings)
    if findings.qualifications:
        return
    _read_structures(front, findings)
    if not findings.qualifications:
        _read_single(front, furniture, findings)
    _read_tables(front, findings)
    _read_numbers(front, findings)


def _read_level(front: Sequence[Piece], findings: Findings) -> None:
    for piece in front:
        if match := _UNITS_OF_LEVEL.search(piece.text):
            findings.level = findings.level or Read(int(match[1]), piece.raw.strip(), piece.place)
    if findings.level is None:
        return
    for piece in front:
        match = re.match(r"^(?:ILM )?Level (\d)\b", piece.text, re.I)
        if match and int(match[1]) != findings.level.value:
            findings.doubts.add(
                piece.place,
                piece.raw.strip(),
                findings.level.value,
                f"Level {match[1]} stands in a document of level {findings.level.value} units:"
                " left out. It may be left over from another document",
            )


def _title(piece: Piece) -> tuple[Read[str], Read[int]] | None:
    match = _TITLE.match(piece.text)
    if not match:
        return None
    raw = piece.raw.strip()
    title = re.sub(r"\s*\((?:QCF|RQF)\)$", "", match["title"])
    return Read(as_title(title), raw, piece.place), Read(int(match[2]), raw, piece.place)


def as_title(text: str) -> str:
    """Capitals throughout become a title's."""
    if not text.isupper():
        return text
    small = {"in", "and", "of", "for", "the", "or", "a", "to"}
    return " ".join(w.lower() if w.lower() in small else w.capitalize() for w in text.split())


def _read_structures(front: Sequence[Piece], findings: Findings) -> None:
    """A title straight above a table of units, or above the lines that such a table has become."""
    for index, piece in enumerate(front):
        found = _title(piece)
        if found is None:
            continue
        near = filled(front, index + 1, 8)
        if not near or not _ROW_HEADS.match(near[0].text):
            continue
        title, level = found
        qualification = FoundQualification(title=title, level=level)
        qualification.units = _listed_units(front[index + 1 :], in_table=piece.in_cell)
        findings.qualifications.append(qualification)


def _listed_units(pieces: Sequence[Piece], *, in_table: bool) -> list[Read[str]]:
    """The refs of the rows below a title, up to the next title, the next prose or a repetition."""
    units: list[Read[str]] = []
    for piece in pieces:
        next_one = _title(piece) or re.match(r"^(?:To achieve|Title and level|TQT)\b", piece.text)
        prose = piece.text.endswith((".", ":")) or is_bullet(piece.text)
        outside = units and piece.text and not piece.in_cell and (in_table or prose)
        if next_one:
            break
        if match := re.match(rf"(?:{UAN}\s+)?({REF})", piece.text):
            if match[1] in [unit.value for unit in units]:
                break
            units.append(Read(match[1], piece.raw.strip(), piece.place))
        elif outside:
            break
    return units


def _read_single(
    front: Sequence[Piece], furniture: Sequence[Read[str]], findings: Findings
) -> None:
    """A specification of one qualification: its title on each page, its facts by label."""
    qualification = FoundQualification()
    titles = [found for piece in front if (found := _title(piece))]
    for footer in furniture:
        if match := SPECIFICATION.match(footer.value):
            level = int(match[1].split()[1])
            qualification.title = Read(match[1], footer.raw, footer.place)
            qualification.level = Read(level, footer.raw, footer.place)
            break
    if qualification.title is None and titles:
        qualification.title, qualification.level = titles[0]
    facts = _facts_apart(front, findings)
    for index, piece in enumerate(facts):
        text, raw = piece.text, piece.raw.strip()
        if _LABEL.match(text):
            value = filled(facts, index + 1, 1)
            text = f"{text} {value[0].text}" if value else text
        for name, pattern in (("credits", _CREDITS), ("glh", _HOURS)):
            match = pattern.match(text)
            if match is None or getattr(qualification, name) is not None:
                continue
            setattr(qualification, name, Read(int(match[2]), raw, piece.place))
            if match[1]:
                findings.doubts.add(
                    piece.place,
                    raw,
                    match[2],
                    "this is printed as a minimum, and was taken as the figure of the"
                    " qualification",
                )
    if qualification.title or qualification.credits:
        findings.qualifications.append(qualification)


def _facts_apart(front: Sequence[Piece], findings: Findings) -> list[Piece]:
    """Facts that have run together in one line, parted before each label."""
    found: list[Piece] = []
    for piece in front:
        parts = _FACT_INSIDE.split(piece.text) if _LABELLED.match(piece.text) else [piece.text]
        if len(parts) > 1:
            why = "the document's facts have run together in a line and were parted. Check each"
            findings.doubts.add(piece.place, piece.raw.strip(), " | ".join(parts), why)
        found += [replace(piece, text=part) for part in parts]
    return found


def _read_tables(front: Sequence[Piece], findings: Findings) -> None:
    """Rows of a title with hours, total time and credits, in the order of the header."""
    columns: list[str] = []
    current: FoundQualification | None = None
    values: list[Piece] = []
    read: FoundQualification | None = None  # the one whose row has just been taken
    for piece in front:
        text = piece.text
        if read is not None and re.fullmatch(r"\d{1,4}", text) and not piece.opens_row:
            _note_uneven(read, columns, [*values, piece], findings)
        read = read if not text else None
        if _HEADERS.match(text):
            _note_uneven(current, columns, values, findings)
            if text.lower().startswith("title"):
                columns = []
            else:
                columns.append(text.lower().split()[0].rstrip("s"))
            current, values = None, []
        elif (found := _title(piece)) and columns:
            _note_uneven(current, columns, values, findings)
            current = _known(found[0], findings)
            values = []
        elif current is not None and re.fullmatch(r"\d{1,4}", text):
            values.append(piece)
            if len(values) == len(columns):
                _take_values(current, columns, values)
                read, current = current, None
        elif text and not piece.in_cell:
            _note_uneven(current, columns, values, findings)
            columns, current = [], None
    _note_uneven(current, columns, values, findings)
    _note_unread(front, findings)


def _note_unread(front: Sequence[Piece], findings: Findings) -> None:
    """Heads of a table of qualifications whose figures no qualification has."""
    start = next((i for i, p in enumerate(front) if re.fullmatch(r"TQT\W*", p.text, re.I)), None)
    if start is None:
        return
    heads = {p.text.lower().split()[0].rstrip("s") for p in front[start:] if _FIGURES.match(p.text)}
    for head in sorted(heads & _FIELDS.keys()):
        for one in findings.qualifications:
            if getattr(one, _FIELDS[head]) is None and one.title:
                why = (
                    f"{one.title.value}: a table has a column “{head}”, of which nothing was read"
                    " for it. That of the version that the draft stands on is used"
                )
                findings.doubts.add(front[start].place, front[start].raw.strip(), None, why)


def _note_uneven(
    current: FoundQualification | None,
    columns: list[str],
    values: list[Piece],
    findings: Findings,
) -> None:
    if current is not None and current.title and values:
        why = (
            f"{len(values)} figures stand under {len(columns)} heads of the table, so they may be"
            " taken for the wrong ones"
        )
        raw = ", ".join(piece.raw.strip() for piece in values)
        findings.doubts.add(values[0].place, raw, None, f"{current.title.value}: {why}")


def _known(title: Read[str], findings: Findings) -> FoundQualification | None:
    wanted = title.value.lower()
    return next(
        (q for q in findings.qualifications if q.title and q.title.value.lower() == wanted), None
    )


def _take_values(target: FoundQualification, columns: list[str], values: list[Piece]) -> None:
    for column, piece in zip(columns, values, strict=True):
        if column in _FIELDS:
            setattr(target, _FIELDS[column], Read(int(piece.text), piece.raw.strip(), piece.place))


def _read_numbers(front: Sequence[Piece], findings: Findings) -> None:
    """Numbers and accreditation numbers; a row without a title is known by its hours."""
    figures: list[Piece] = []
    numbers: list[Read[str]] = []
    title: Read[str] | None = None
    seen: set[str] = set()
    for piece in front:
        raw = piece.raw.strip()
        if found := _title(piece):
            title, figures = found[0], []
        elif _HEADERS.match(piece.text):
            figures = []
        if re.fullmatch(r"\d{1,4}", piece.text):
            figures.append(piece)
        elif match := re.fullmatch(rf"(?:Qualification No\W*)?({_NUMBER.pattern})", piece.text):
            numbers.append(Read(match[1], raw, piece.place))
        if match := re.search(ACCREDITATION, piece.text):
            if match[0] in seen:
                continue
            seen.add(match[0])
            accreditation = Read(match[0], raw, piece.place)
            target = _target(figures, title, findings, accreditation)
            if target is not None:
                _check_row(target, figures, accreditation, findings)
                target.accreditation_number = accreditation
                if numbers:
                    target.number = numbers[-1]
            figures, numbers, title = [], [], None


def _check_row(
    target: FoundQualification, figures: list[Piece], accreditation: Read[str], findings: Findings
) -> None:
    """The hours beside an accreditation number against those of the qualification."""
    printed = {int(piece.text) for piece in figures[-3:]}
    known = {figure.value for figure in (target.glh, target.tqt, target.credits) if figure}
    strange = printed - known
    if known and strange:
        name = target.title.value if target.title else "the qualification"
        findings.doubts.add(
            figures[-1].place,
            ", ".join(piece.text for piece in figures[-3:]),
            accreditation.value,
            f"{name}: other figures stand beside its accreditation number than were read for it,"
            " so the number may belong to another qualification",
        )


def _target(
    figures: list[Piece],
    title: Read[str] | None,
    findings: Findings,
    accreditation: Read[str],
) -> FoundQualification | None:
    free = [one for one in findings.qualifications if one.accreditation_number is None]
    if title is not None:
        named = _known(title, findings)
        if named in free:
            return named
        why = (
            f"{title.value}: no list of its units, or another accreditation number, was found, so"
            " this number was taken for no qualification"
        )
        findings.doubts.about(accreditation, None, why)
        return None
    if len(findings.qualifications) == 1 and free:
        return free[0]
    printed = {int(piece.text) for piece in figures[-3:]}
    matches = [q for q in free if {figure.value for figure in (q.glh, q.tqt) if figure} & printed]
    if len(matches) == 1:
        name = matches[0].title.value if matches[0].title else None
        findings.doubts.about(
            accreditation,
            name,
            f"{name}: the row of this accreditation number has lost its title. It was taken for the"
            " qualification with the same hours: check the number on your certificate of approval",
        )
        return matches[0]
    findings.doubts.about(
        accreditation,
        None,
        "it is not clear of which qualification this is the accreditation number. None has it",
    )
    return None
