"""Reads a run of outcomes and criteria from two columns, also where numbers and texts parted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts
from qualifications.handbook.found import FoundCriterion, FoundOutcome
from qualifications.handbook.layouts.handbook_unit import MISREAD, NO_NUMBER
from qualifications.handbook.noise import is_bullet, without_bullet
from qualifications.handbook.numbers import OUTCOME, Numbered, numbered, parted
from qualifications.handbook.pieces import Piece, joined


@dataclass
class _Line:
    """A line of criterion text; `starts` where its number stood before it."""

    piece: Piece
    starts: bool


@dataclass
class _Run:
    """An outcome's lines in the order of the page."""

    number: int | None
    heading: list[Piece]
    numbers: list[tuple[Numbered, Piece]] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    parted: bool = False  # a number has no text behind it
    open_number: bool = False


def read_outcomes(pieces: Sequence[Piece], doubts: Doubts) -> list[FoundOutcome]:
    """The outcomes with their criteria; a doubtful number or text is added to `doubts`."""
    runs: list[_Run] = []
    last: tuple[int, int] | None = None
    heading_row = False  # still in the cells of an outcome without a number
    for piece in _parted_pieces(pieces):
        if not piece.text:
            continue
        found = numbered(piece.text, last)
        if found:
            heading_row = False
            if not runs or _belongs_to_next(runs[-1], found):
                runs.append(_Run(found.outcome, []))
            run = runs[-1]
            run.number = run.number or found.outcome
            run.parted |= run.open_number
            run.numbers.append((found, piece))
            run.open_number = not found.text
            if found.text:
                run.lines.append(_Line(replace(piece, text=found.text), starts=True))
            last = (found.outcome, found.criterion)
        elif outcome := _outcome(piece, runs):
            heading_row = False
            runs.append(outcome)
        elif piece.in_cell and piece.opens_row and (not runs or runs[-1].numbers):
            heading_row = True
            runs.append(_Run(None, [piece]))
        elif runs and (heading_row or not runs[-1].numbers):
            runs[-1].heading.append(piece)
        elif not runs:
            runs.append(_Run(None, [piece]))
        else:
            run = runs[-1]
            run.lines.append(_Line(piece, starts=run.open_number and not run.parted))
            run.open_number = False
    for run in runs:
        run.parted |= run.open_number
    return [_outcome_of(run, doubts) for run in runs if run.number]


def _parted_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    found: list[Piece] = []
    last: tuple[int, int] | None = None
    for piece in pieces:
        text = without_bullet(piece.text) if is_bullet(piece.text) else piece.text
        parts = parted(text, last) or [text]
        for position, part in enumerate(parts):
            if number := numbered(part, last):
                last = number[:2]
            first = position == 0
            found.append(
                replace(
                    piece,
                    text=part,
                    opens_cell=piece.opens_cell and first,
                    opens_row=piece.opens_row and first,
                    after_gap=piece.after_gap and first,
                )
            )
    return found


def _belongs_to_next(run: _Run, found: Numbered) -> bool:
    return run.number is not None and bool(run.numbers) and found.outcome == run.number + 1


def _outcome(piece: Piece, runs: list[_Run]) -> _Run | None:
    """A line such as "2 Plan …" where 2 is the outcome that must come next."""
    match = OUTCOME.match(piece.text)
    if not match or not match["text"][0].isupper():
        return None
    known = [run.number for run in runs if run.number]
    number = int(match[1])
    if number != (known[-1] + 1 if known else 1) or (runs and not runs[-1].numbers):
        return None
    return _Run(number, [replace(piece, text=match["text"])])


def _outcome_of(run: _Run, doubts: Doubts) -> FoundOutcome:
    first = run.heading[0] if run.heading else run.numbers[0][1]
    text = joined(run.heading)
    cells = sum(piece.opens_cell for piece in run.heading)
    named = f"outcome {run.number}"
    if text and cells > 1:
        doubts.about(
            text,
            text.value,
            f"{named}: its text came apart over several cells and was put together. Read it beside"
            " the source",
        )
    elif text and not text.raw.strip()[:1].isdigit():
        doubts.about(
            text,
            run.number,
            f"{named} stands without a number. It was taken from the numbers of its criteria",
        )
    elif text is None:
        doubts.add(
            first.place,
            first.raw,
            None,
            f"{named}: no text was found for it. Add it in the draft from the source",
        )
    elif any(piece.text[:1].isupper() for piece in run.heading[1:]):
        doubts.about(text, text.value, f"{named}: {NO_NUMBER}")
    number = Read(run.number or 0, first.raw, first.place)
    return FoundOutcome(number, text, _criteria_of(run, doubts))


def _criteria_of(run: _Run, doubts: Doubts) -> list[FoundCriterion]:
    for found, piece in run.numbers:
        if found.misread:
            doubts.add(piece.place, piece.raw.strip(), found.number, f"{found.number}: {MISREAD}")
    starts = _starts(run, doubts) if run.parted else [line.starts for line in run.lines]
    texts: list[list[Piece]] = []
    for line, start in zip(run.lines, starts, strict=True):
        if start or not texts:
            texts.append([])
        texts[-1].append(line.piece)
    if not run.parted:
        _note_capitals(run, doubts)
    criteria = []
    for position, (found, piece) in enumerate(run.numbers):
        text = joined(texts[position]) if position < len(texts) else None
        number = Read(found.number, piece.raw.strip(), piece.place)
        criteria.append(FoundCriterion(number, text))
    return criteria


def _note_capitals(run: _Run, doubts: Doubts) -> None:
    """Lines that may begin a criterion, but were added to the one before as wrapped ones."""
    position = -1
    for line in run.lines:
        position += line.starts
        if not line.starts and line.piece.text[:1].isupper():
            number = run.numbers[max(position, 0)][0].number
            why = f"outcome {run.number}, {number}: {NO_NUMBER}"
            doubts.add(line.piece.place, line.piece.raw.strip(), line.piece.text, why)


def _starts(run: _Run, doubts: Doubts) -> list[bool]:
    """Which lines start a criterion where numbers stand apart from texts.

    As many lines must start one as there are numbers: those behind their number, and either every
    other line with a capital or every other line behind a gap. Where neither adds up, the lines
    with both are taken and the reviewer is told.
    """
    behind = [line.starts and _numbered_line(run, line) for line in run.lines]
    wanted = len(run.numbers) - sum(behind)
    capital = [line.piece.text[:1].isupper() for line in run.lines]
    gap = [line.piece.after_gap or not index for index, line in enumerate(run.lines)]
    ways = (
        capital,
        [a and b for a, b in zip(capital, gap, strict=True)],
        gap,
    )
    for way in ways:
        also = [a and not b for a, b in zip(way, behind, strict=True)]
        if sum(also) == wanted:
            break
    numbers = ", ".join(found.number for found, _ in run.numbers)
    sure = sum(also) == wanted
    doubts.add(
        run.numbers[0][1].place,
        " ".join(piece.raw.strip() for _, piece in run.numbers),
        numbers,
        f"outcome {run.number}, {numbers}: the numbers stand apart from their texts; "
        + (
            "the texts were numbered in their order. Check the first and the last"
            if sure
            else "there are not as many texts as numbers, so some may stand under the wrong one"
        ),
    )
    return [a or b for a, b in zip(also, behind, strict=True)]


def _numbered_line(run: _Run, line: _Line) -> bool:
    return any(found.text and piece.place == line.piece.place for found, piece in run.numbers)
