"""What a document says of its qualifications: titles, numbers, credits, hours and structure."""

import re
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.found import Findings, FoundQualification
from qualifications.handbook.layouts.alignment import read_combinations
from qualifications.handbook.noise import SPECIFICATION
from qualifications.handbook.numbers import ACCREDITATION, REF
from qualifications.handbook.pieces import Piece, filled

_TITLE = re.compile(
    r"^(?:ILM )?(?P<title>LEVEL (\d) (?:AWARD|CERTIFICATE|DIPLOMA)\b.{4,140})$", re.I
)
_UNITS_OF_LEVEL = re.compile(r"\bLEVEL ?(\d) UNITS\b", re.I)
_NUMBER = re.compile(r"\b\d{4}-\d{2}(?:/\d{2})?\b")
_CREDITS = re.compile(r"^Credit value\b\W*(?:e )?(?:(minimum) )?(\d{1,3})\b(?: credits)?", re.I)
_HOURS = re.compile(
    r"^(?:Duration|Guided learning hours|GLH)\b\W*(?:e )?(?:(minimum) )?(\d{1,3})\b", re.I
)
_LABEL = re.compile(r"^(?:Credit value|Duration|Guided learning hours|GLH)\W*$", re.I)
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
                f"Level {match[1]} in a document of level {findings.level.value} units: left out",
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
    """A title straight above a table of units."""
    for index, piece in enumerate(front):
        found = _title(piece) if piece.in_cell else None
        if found is None:
            continue
        near = filled(front, index + 1, 8)
        if not near or not re.match(
            r"^(?:UAN|ILM unit number|Unit (?:title|number|ref))", near[0].text, re.I
        ):
            continue
        title, level = found
        qualification = FoundQualification(title=title, level=level)
        for later in front[index + 1 :]:
            if _title(later) or re.match(r"^To achieve\b", later.text):
                break
            if match := re.match(rf"({REF})", later.text):
                ref = Read(match[1], later.raw.strip(), later.place)
                if ref.value in [unit.value for unit in qualification.units]:
                    break
                qualification.units.append(ref)
            elif qualification.units and not later.in_cell and later.text:
                break
        findings.qualifications.append(qualification)


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
    for index, piece in enumerate(front):
        text, raw = piece.text, piece.raw.strip()
        if _LABEL.match(text):
            value = filled(front, index + 1, 1)
            text = f"{text} {value[0].text}" if value else text
        for name, pattern in (("credits", _CREDITS), ("glh", _HOURS)):
            match = pattern.match(text)
            if match is None or getattr(qualification, name) is not None:
                continue
            setattr(qualification, name, Read(int(match[2]), raw, piece.place))
            if match[1]:
                findings.doubts.add(
                    piece.place, raw, match[2], "Printed as a minimum, taken as the figure"
                )
    if qualification.title or qualification.credits:
        findings.qualifications.append(qualification)


def _read_tables(front: Sequence[Piece], findings: Findings) -> None:
    """Rows of a title with hours, total time and credits, in the order of the header."""
    columns: list[str] = []
    current: FoundQualification | None = None
    values: list[Piece] = []
    for piece in front:
        text = piece.text
        if _HEADERS.match(text):
            if text.lower().startswith("title"):
                columns = []
            else:
                columns.append(text.lower().split()[0].rstrip("s"))
            current, values = None, []
        elif (found := _title(piece)) and columns:
            current = _known(found[0], findings)
            values = []
        elif current is not None and re.fullmatch(r"\d{1,4}", text):
            values.append(piece)
            if len(values) == len(columns):
                _take_values(current, columns, values)
                current = None
        elif text and not piece.in_cell:
            columns, current = [], None


def _known(title: Read[str], findings: Findings) -> FoundQualification | None:
    wanted = title.value.lower()
    return next(
        (q for q in findings.qualifications if q.title and q.title.value.lower() == wanted), None
    )


def _take_values(target: FoundQualification, columns: list[str], values: list[Piece]) -> None:
    names = {"glh": "glh", "tqt": "tqt", "credit": "credits"}
    for column, piece in zip(columns, values, strict=True):
        if column in names:
            setattr(target, names[column], Read(int(piece.text), piece.raw.strip(), piece.place))


def _read_numbers(front: Sequence[Piece], findings: Findings) -> None:
    """Numbers and accreditation numbers; a row without a title is known by its hours."""
    figures: list[Piece] = []
    numbers: list[Read[str]] = []
    title: FoundQualification | None = None
    seen: set[str] = set()
    for piece in front:
        raw = piece.raw.strip()
        if found := _title(piece):
            title = _known(found[0], findings) or title
        if re.fullmatch(r"\d{1,4}", piece.text):
            figures.append(piece)
        elif (match := _NUMBER.fullmatch(piece.text)) or (
            match := re.fullmatch(rf"(?:Qualification No\W*)?({_NUMBER.pattern})", piece.text)
        ):
            numbers.append(Read(match[0], raw, piece.place))
        if match := re.search(ACCREDITATION, piece.text):
            if match[0] in seen:
                continue
            seen.add(match[0])
            accreditation = Read(match[0], raw, piece.place)
            target = _target(figures, title, findings, accreditation)
            if target is not None:
                target.accreditation_number = accreditation
                if numbers:
                    target.number = numbers[-1]
            figures, numbers, title = [], [], None


def _target(
    figures: list[Piece],
    title: FoundQualification | None,
    findings: Findings,
    accreditation: Read[str],
) -> FoundQualification | None:
    known = findings.qualifications
    if len(known) == 1:
        return known[0]
    if title is not None and title.accreditation_number is None:
        return title
    printed = {int(piece.text) for piece in figures[-3:]}
    matches = [q for q in known if {figure.value for figure in (q.glh, q.tqt) if figure} & printed]
    if len(matches) == 1:
        findings.doubts.about(
            accreditation,
            matches[0].title.value if matches[0].title else None,
            "The row has lost its title: it was matched by its hours",
        )
        return matches[0]
    findings.doubts.about(accreditation, None, "It is not clear which qualification this numbers")
    return None
