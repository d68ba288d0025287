"""Unit pages of handbooks: outcome, criteria, depth and guidance one after another."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import Findings, FoundCriterion, FoundOutcome, FoundUnit
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import OUTCOME, UAN, numbered, parted
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
_LEAD_IN = re.compile(r"^The learner (will|can|must)\W*$", re.I)
_PART_OF = {"will": "outcome", "can": "criteria", "must": "guidance"}
_LABEL = (
    r"(?:Learning outcome \(LO ?\d\)|Assessment criteria|Assessment guidance|Depth"
    r"|The learner (?:will|can|must):)"
)
_OPENING_FACT = re.compile(r"(?:UAN|Unit level|Credit value)s?\s*:", re.I)
_FACT = r"(?:UAN|Unit level|Credit value|GLH|Unit aim)\s*:"
# Where two lines have run together: behind a label, before one, or before a fact's label.
_JOINTS = re.compile(
    rf"(?<=\S)\s+(?={_LABEL}$)|(?<=\S)\s+(?i:(?={_FACT}))"
    r"|(?:(?<=^Depth)|(?<=^Assessment criteria)|(?<=^Assessment guidance)|(?<=\(LO \d\))"
    r"|(?<=^The learner can:)|(?<=^The learner must:)|(?<=^The learner will:))"
    r"\s+(?=The learner |\d\.\d|\d\s+[A-Z]|Assessment |Depth)"
)
MISREAD = "the number seems to be misread; the one that must come next was taken"
RUN_TOGETHER = "two lines have run together and were parted. Check where the second begins"
NO_NUMBER = (
    "a line without a number follows, and was added to the text before it. If it begins another"
    " text, part the two in the draft"
)


def opens(pieces: Sequence[Piece], index: int) -> bool:
    match = _HEADING.match(pieces[index].text)
    if not match or "result sheet" in match["title"].lower():
        return False
    near = filled(pieces, index + 1, 8)
    return any(_OPENING_FACT.match(piece.text) for piece in takewhile(_is_no_heading, near))


def _is_no_heading(piece: Piece) -> bool:
    """A heading behind a heading is a line of a table of contents."""
    return not _HEADING.match(piece.text)


def read(pieces: Sequence[Piece], findings: Findings) -> int:
    """Reads one unit; returns how many pieces are behind it."""
    match = _HEADING.match(pieces[0].text)
    if not match:
        return 1
    unit = FoundUnit("unit page", Read(match["ref"], pieces[0].raw.strip(), pieces[0].place))
    doubts = findings.doubts.within(unit.ref.value)
    pieces = _parted(pieces, doubts)
    index = _read_head(pieces, unit, match["title"], doubts)
    lines = _Lines(unit, doubts)
    while index < len(pieces) and _part(pieces[index].text) != "end":
        if pieces[index].text:
            lines.take(pieces[index])
        index += 1
    if index == len(pieces):
        lines.note_open_end()
    for piece in pieces[index + 1 :]:
        if _part(piece.text) in ("outcome", "criteria"):
            doubts.add(
                piece.place,
                piece.raw,
                None,
                "a heading stands behind the unit's end: left out, with what follows it",
            )
    findings.units.append(unit)
    return index


def _parted(pieces: Sequence[Piece], doubts: Doubts) -> list[Piece]:
    """Lines that have run into a label or a fact, parted again."""
    found: list[Piece] = []
    for piece in pieces:
        parts = [part for part in _JOINTS.split(piece.text) if part]
        if len(parts) > 1:
            doubts.add(piece.place, piece.raw.strip(), " | ".join(parts), RUN_TOGETHER)
        found += [replace(piece, text=part) for part in parts] or [piece]
    return found


def _part(text: str) -> str | None:
    return next((name for name, pattern in _PARTS if pattern.match(text)), None)


def _read_head(pieces: Sequence[Piece], unit: FoundUnit, title: str, doubts: Doubts) -> int:
    title_pieces = [replace(pieces[0], text=title)]
    label, values = "", dict[str, list[Piece]]()
    index = 1
    while index < len(pieces) and not _ends_head(pieces[index].text):
        piece = pieces[index]
        if match := _FACTS.match(piece.text):
            label = match[1].lower().removeprefix("unit ")
            if values.get(label):
                doubts.add(
                    piece.place,
                    piece.raw.strip(),
                    None,
                    f"the {label} is printed twice. The second was taken",
                )
            values[label] = [replace(piece, text=match["rest"])]
        elif label:
            values[label].append(piece)
        else:
            title_pieces.append(piece)
        index += 1
    unit.title = joined(title_pieces)
    unit.aim = joined(values.get("aim", []))
    unit.uan = code(joined(values.get("uan", [])), UAN, "UAN", doubts)
    credits = values.get("credit value", values.get("credits", []))
    unit.level = figure(joined(values.get("level", [])), "level", doubts)
    unit.credits = figure(joined(credits), "credit value", doubts)
    unit.glh = figure(joined(values.get("glh", [])), "GLH", doubts)
    return index


def _ends_head(text: str) -> bool:
    return bool(_part(text) or _LEAD_IN.match(text))


def code(read: Read[str] | None, pattern: str, what: str, doubts: Doubts) -> Read[str] | None:
    """The code of such a form in a text; whatever else is printed there is told."""
    if read is None:
        return None
    match = re.search(pattern, read.value)
    if match is None or match[0] != read.value:
        doubts.about(
            read, match and match[0], f"the {what} has not the form of one. Check it in the source"
        )
    return replace(read, value=match[0]) if match else None


def figure(read: Read[str] | None, what: str, doubts: Doubts) -> Read[int] | None:
    """The first whole number of a text; words or numbers beside it are told."""
    found = whole_number(read)
    if read and not re.fullmatch(r"\d{1,4}(?: (?:credits?|hours?))?\W?", read.value):
        doubts.about(
            read,
            found and found.value,
            f"the {what} is not printed as a number alone. The first number was taken: check it",
        )
    return found


def whole_number(read: Read[str] | None) -> Read[int] | None:
    """The first whole number of a text."""
    match = re.search(r"\d{1,4}", read.value) if read else None
    return Read(int(match[0]), read.raw, read.place) if match and read else None


def longer(read: Read[str] | None, piece: Piece) -> Read[str]:
    """The text with a wrapped line added."""
    if read is None:
        return Read(piece.text, piece.raw.strip(), piece.place)
    value = f"{read.value} {piece.text}"
    return Read(value, f"{read.raw}\n{piece.raw.strip()}", read.place)


def last_of(unit: FoundUnit) -> tuple[int, int] | None:
    if not unit.criteria:
        return None
    outcome, _, criterion = unit.criteria[-1].number.value.partition(".")
    return int(outcome), int(criterion)


class _Lines:
    """Takes the lines below the head: a label says what the lines behind it are."""

    def __init__(self, unit: FoundUnit, doubts: Doubts) -> None:
        self.unit, self.doubts = unit, doubts
        self.part = ""
        self.number = ""  # of the criterion that a line without one belongs to
        self.last: Piece | None = None  # a line of depth or guidance without a number

    def take(self, piece: Piece) -> None:
        alone = self.part != "outcome" and re.fullmatch(r"\d{1,4}", piece.text)
        if alone and not (self.part == "criteria" and numbered(piece.text, last_of(self.unit))):
            self._leave_out(piece, "a number stands alone and is perhaps a page's")
            return
        lead_in = _LEAD_IN.match(piece.text)
        part = _PART_OF[lead_in[1].lower()] if lead_in else _part(piece.text)
        if part:
            if lead_in and part != self.part:
                self._doubt(
                    piece,
                    None,
                    f"the heading of the {part} is lost. What follows was taken as {part}",
                )
            self.part, self.number = part, ""
        elif self.part == "outcome":
            self._take_outcome(piece)
        elif self.part == "criteria":
            self._take_criterion(piece)
        elif self.part in ("depth", "guidance"):
            self._take_note(piece)
        else:
            found = numbered(piece.text)
            self.number = found.number if found else self.number
            self._leave_out(piece, "a line stands here whose heading is lost")

    def note_open_end(self) -> None:
        """Where no heading ends the unit, its last line may be that of another part."""
        last = self.last
        if last and self.part in ("depth", "guidance") and not is_bullet(last.text):
            why = (
                f"{self.number}: no heading ends the unit, so this line, which was taken, may"
                " belong to what follows"
            )
            self._doubt(last, last.text, why)

    def _doubt(self, piece: Piece, taken: object, why: str) -> None:
        self.doubts.add(piece.place, piece.raw.strip(), taken, why)

    def _leave_out(self, piece: Piece, why: str) -> None:
        named = f"{self.number}: {why}" if self.number else why
        self._doubt(piece, None, f"{self._of_outcome(named)}: left out")

    def _of_outcome(self, why: str) -> str:
        outcomes = self.unit.outcomes
        return f"outcome {outcomes[-1].number.value}, {why}" if outcomes else why

    def _take_outcome(self, piece: Piece) -> None:
        raw, outcomes = piece.raw.strip(), self.unit.outcomes
        if numbered(piece.text):
            self._doubt(
                piece,
                None,
                self._of_outcome(
                    "the heading of the criteria is lost. What follows was taken as criteria"
                ),
            )
            self.part = "criteria"
            self._take_criterion(piece)
        elif match := OUTCOME.match(piece.text):
            read = Read(match["text"], raw, piece.place)
            outcomes.append(FoundOutcome(Read(int(match[1]), raw, piece.place), read))
        elif re.fullmatch(r"\d", piece.text):
            outcomes.append(FoundOutcome(Read(int(piece.text), raw, piece.place)))
        elif not outcomes or outcomes[-1].criteria:
            number = Read(len(outcomes) + 1, raw, piece.place)
            self._doubt(
                piece,
                number.value,
                f"outcome {number.value} has lost its number, which was taken from its place",
            )
            outcomes.append(FoundOutcome(number, Read(piece.text, raw, piece.place)))
        else:
            if outcomes[-1].text and piece.text[:1].isupper():
                self._doubt(piece, piece.text, self._of_outcome(NO_NUMBER))
            outcomes[-1].text = longer(outcomes[-1].text, piece)

    def _take_criterion(self, piece: Piece) -> None:
        parts = parted(piece.text, last_of(self.unit))
        if len(parts) > 1:
            numbers = [found.number for part in parts if (found := numbered(part))]
            self._doubt(piece, " | ".join(parts), f"{', '.join(numbers)}: {RUN_TOGETHER}")
        for part in parts:
            self._take_one(replace(piece, text=part))

    def _take_one(self, piece: Piece) -> None:
        outcomes = self.unit.outcomes
        found = numbered(piece.text, last_of(self.unit))
        if found is None:
            criterion = outcomes[-1].criteria[-1] if outcomes and outcomes[-1].criteria else None
            if criterion is None or not (piece.text[:1].islower() or criterion.text is None):
                self._leave_out(piece, "a text among the criteria has no number")
            else:
                criterion.text = longer(criterion.text, piece)
            return
        self.number = found.number
        if found.misread:
            self._doubt(piece, found.number, f"{found.number}: {MISREAD}")
        if any(one.number.value == found.number for one in self.unit.criteria):
            self._leave_out(piece, "this number comes a second time, so a heading may be lost")
            self.part = ""
            return
        if not outcomes or outcomes[-1].number.value != found.outcome:
            why = (
                f"outcome {found.outcome} has lost its heading. It was taken from the criterion's"
                " number"
            )
            self._doubt(piece, found.outcome, f"{found.number}: {why}")
            outcomes.append(FoundOutcome(Read(found.outcome, piece.raw.strip(), piece.place)))
        number = Read(found.number, piece.raw.strip(), piece.place)
        text = Read(found.text, piece.raw.strip(), piece.place) if found.text else None
        outcomes[-1].criteria.append(FoundCriterion(number, text))

    def _take_note(self, piece: Piece) -> None:
        """A line of depth or guidance, of the last criterion whose number was printed."""
        outcome = self.unit.outcomes[-1] if self.unit.outcomes else None
        known = {one.number.value: one for one in outcome.criteria} if outcome else {}
        text = piece.text
        if found := numbered(text, self._before()):
            self.number, text = found.number, found.text
            held = known.get(found.number)
            if held is None:
                self._leave_out(piece, f"a line of {self.part} has the number of no criterion")
                return
            if getattr(held, self.part):
                self._leave_out(piece, f"this number comes a second time among the {self.part}")
                self.part = ""
                return
            if found.misread:
                self._doubt(piece, found.number, f"{found.number}: {MISREAD}")
        target = known.get(self.number)
        if target is None:
            self._leave_out(piece, f"a line of {self.part} belongs to no criterion")
            return
        self.last = None if found else piece
        self._add_note(getattr(target, self.part), replace(piece, text=text))
        for inside in re.findall(r"(?<=\s)\d{1,2}\.\d{1,2}(?=\s+[A-Z])", text):
            if inside in known:
                why = (
                    f"{inside}: its {self.part} may have run into that of {self.number}. Part the"
                    " two in the draft"
                )
                self._doubt(piece, text, why)

    def _before(self) -> tuple[int, int] | None:
        """The number behind which the next note's must come."""
        if self.number:
            outcome, _, criterion = self.number.partition(".")
            return int(outcome), int(criterion)
        return (self.unit.outcomes[-1].number.value - 1, 1) if self.unit.outcomes else None

    def _add_note(self, notes: list[Read[str]], piece: Piece) -> None:
        text = piece.text
        if notes and not notes[-1].value:
            notes.pop()
        wrapped = (
            notes and not is_bullet(text) and text[:1].islower() and notes[-1].value[-1] not in ".:"
        )
        if wrapped:
            notes[-1] = longer(notes[-1], piece)
        else:
            notes.append(Read(without_bullet(text), piece.raw.strip(), piece.place))
