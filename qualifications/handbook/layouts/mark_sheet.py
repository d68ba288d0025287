"""Mark sheets: sections of reworded criteria, each with a maximum and a minimum in a box."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import Findings, FoundSection, FoundSheet
from qualifications.handbook.layouts.handbook_unit import longer
from qualifications.handbook.noise import at_capitals, compared, is_bullet, without_bullet
from qualifications.handbook.numbers import REF
from qualifications.handbook.pieces import Piece, joined

_HEADING = re.compile(r"^MARK SHEET\b\s*:?\s*(?P<title>.*)$", re.I)
_HEADER_WORDS = re.compile(
    r"^(?:.?riteria|strengths?|areas|for|improvement|mprovement|assr|qa|marks?|[|cio])$", re.I
)
_END = re.compile(r"^(?:Assess\W?o\w*.s decision|Total marks\b|Quality assurance use)", re.I)
_MINIMUM = re.compile(r"\(?\s*\bmin\.?\s*(\d{1,3})\b\s*\)?\s*\W?$", re.I)
_FEW_WORDS = 6  # more are no damaged label
_MARKS = re.compile(r"(?:^|\s)marks\s*$", re.I)
_BOX = re.compile(r"(?:^|\s)([/|lI1]?\s?\d{1,3})\s*$")


def opens(pieces: Sequence[Piece], index: int) -> bool:
    return bool(_HEADING.match(pieces[index].text))


def refs_of(title: Read[str], doubts: Doubts) -> list[Read[str]]:
    """The units that a sheet's title names; "D5.02 & 5.03" means D5.03."""
    found: list[Read[str]] = []
    for match in re.finditer(rf"{REF}|(?<![\w.])\d\.\d{{2}}\b", title.value):
        ref = match[0]
        if ref[0].isdigit() and "." in ref and found:
            ref = found[0].value[0] + ref
            doubts.about(
                title,
                ref,
                "the letter of this unit's number is missing. It was taken from the unit before it",
            )
        found.append(Read(ref, title.raw, title.place))
    return found


def read_title(pieces: Sequence[Piece], first: str) -> tuple[Read[str] | None, int]:
    """A heading that may go on in the next line with the units' numbers."""
    held = [replace(pieces[0], text=first)]
    index = 1
    while index < min(4, len(pieces)) and not re.search(REF, " ".join(p.text for p in held)):
        held.append(pieces[index])
        index += 1
    return joined(held), index


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    match = _HEADING.match(pieces[0].text)
    title, index = read_title(pieces, match["title"] if match else "")
    units = refs_of(title, findings.doubts) if title else []
    if title is None or not units:
        findings.doubts.add(
            pieces[0].place,
            pieces[0].raw,
            None,
            "a mark sheet names no unit: left out. Add its sections in the draft",
        )
        return 1
    sheet = FoundSheet(title, units)
    doubts = findings.doubts.within(title.value)
    index = _behind_header(pieces, index)
    chunk: list[Piece] = []
    while index < len(pieces) and not _END.match(pieces[index].text):
        piece = pieces[index]
        index += 1
        minimum = _MINIMUM.search(piece.text)
        if minimum is None:
            chunk.append(piece)
            continue
        chunk.append(replace(piece, text=piece.text[: minimum.start()].strip()))
        lowest = Read(int(minimum[1]), piece.raw.strip(), piece.place)
        sheet.sections.append(_Box(chunk, doubts).section(lowest))
        chunk = []
    behind = joined(chunk)
    if behind and len(behind.value.split()) > _FEW_WORDS:
        doubts.about(
            behind,
            None,
            "text stands behind the last box of marks on the mark sheet: left out. A section may"
            " be lost",
        )
    findings.sheets.append(sheet)
    return index


def is_header(text: str) -> bool:
    """Whether a line holds words of the column headers alone."""
    return all(_HEADER_WORDS.match(word) for word in text.split())


def _behind_header(pieces: Sequence[Piece], index: int) -> int:
    """The first piece behind "Criteria … mark mark", however that row came apart."""
    end = index
    for position in range(index, min(index + 60, len(pieces))):
        if not pieces[position].text:
            continue
        if is_header(pieces[position].text):
            end = position + 1
        elif end > index:
            break
    return end


@dataclass
class _Box:
    """The pieces of one section; its box of marks is taken out of the lines that it ran into."""

    pieces: list[Piece]
    doubts: Doubts
    maximum: Read[int] | None = field(default=None, init=False)

    def section(self, minimum: Read[int]) -> FoundSection:
        self._take_box(minimum)
        section = FoundSection(minimum=minimum, maximum=self.maximum)
        filled = [p for p in self.pieces if any(sign.isalpha() for sign in p.text)]
        filled = [p for i, p in enumerate(filled) if i > 4 or not is_header(p.text)]
        bulleted = any(is_bullet(piece.text) for piece in filled)
        if bulleted:
            self._take_bullets(filled, section)
        elif filled:
            self._take_rows(filled, section)
        return section

    def _take_box(self, minimum: Read[int]) -> None:
        behind = len(self.pieces)
        for position in reversed(range(max(0, behind - 6), behind)):
            piece = self.pieces[position]
            if _MARKS.search(piece.text):
                self._shorten(position, _MARKS)
                behind = position + 1
                break
        for position in reversed(range(max(0, behind - 6), behind)):
            match = _BOX.search(self.pieces[position].text)
            if match:
                printed = self.pieces[position]
                self._shorten(position, _BOX)
                self.maximum = self._largest(match[1].replace(" ", ""), minimum, printed)
                return

    def _shorten(self, position: int, pattern: re.Pattern[str]) -> None:
        piece = self.pieces[position]
        self.pieces[position] = replace(piece, text=pattern.sub("", piece.text).strip())

    def _largest(self, raw: str, minimum: Read[int], piece: Piece) -> Read[int]:
        """The maximum; a stroke read as 1 is seen where the minimum is half of what is left."""
        if raw[0] in "1|lI" and raw[1:].isdigit() and int(raw[1:]) == 2 * minimum.value:
            value = int(raw[1:])
            self.doubts.add(
                piece.place,
                f"{raw} marks",
                f"/{value}",
                f"the stroke before the maximum seems to be read as {raw[0]}. {value} was taken,"
                f" as the minimum, {minimum.value}, is half of it",
            )
        else:
            value = int(re.sub(r"\D", "", raw))
        return Read(value, piece.raw.strip(), piece.place)

    def _take_bullets(self, pieces: list[Piece], section: FoundSection) -> None:
        heading: list[Piece] = []
        for piece in pieces:
            if is_bullet(piece.text):
                plain = without_bullet(piece.text)
                section.lines.append(Read(plain, piece.raw.strip(), piece.place))
            elif not section.lines:
                heading.append(piece)
            else:
                section.scrambled |= piece.after_gap and not _ends_open(section.lines[-1].value)
                section.lines[-1] = longer(section.lines[-1], piece)
        section.title = joined(heading)
        section.title_apart = sum(piece.opens_cell for piece in heading) > 1

    def _take_rows(self, pieces: list[Piece], section: FoundSection) -> None:
        """Rows without bullets: the first is the title, the others hold criteria run together."""
        place = next(
            (i for i, p in enumerate(pieces) if i and (p.opens_row or p.after_gap)), len(pieces)
        )
        section.title = joined(pieces[:place])
        section.title_apart = sum(piece.opens_cell for piece in pieces[:place]) > 1
        for piece in pieces[place:]:
            for part in at_capitals(piece.text):
                section.lines.append(Read(part, piece.raw.strip(), piece.place))
        if section.lines and len(section.lines) > len(pieces[place:]):
            self.doubts.add(
                section.lines[0].place,
                section.lines[0].raw,
                f"{len(section.lines)} criteria",
                "the bullets of this section are lost. The text was parted where a capital"
                " follows a small letter: check each line",
            )


def _ends_open(text: str) -> bool:
    return compared(text).endswith((" and", " or", " the", " of", " is", " are"))
