"""A document as the layouts see it: one run of lines and cells, whatever the format was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualifications.handbook.content import Place, Read


@dataclass(frozen=True)
class Piece:
    """A line or paragraph, or what of it stands in one cell; an empty cell is an empty piece."""

    text: str
    raw: str
    place: Place
    in_cell: bool = False
    opens_cell: bool = False
    opens_row: bool = False
    after_gap: bool = False
    note: str = ""  # why its text may not be what is printed, as far as its format tells


def joined(pieces: Iterable[Piece]) -> Read[str] | None:
    """Wrapped lines as one text; None where there is no word."""
    held = [piece for piece in pieces if piece.text]
    if not held:
        return None
    text = held[0].text
    for piece in held[1:]:
        split_word = text.endswith("-") and text[-2:-1].isalpha() and piece.text[:1].islower()
        text += piece.text if split_word else f" {piece.text}"
    return Read(text, "\n".join(piece.raw for piece in held), held[0].place)


def filled(pieces: Sequence[Piece], start: int, most: int) -> list[Piece]:
    """Up to `most` pieces with text from `start` on."""
    found: list[Piece] = []
    for piece in pieces[start : start + 4 * most]:
        if piece.text:
            found.append(piece)
        if len(found) == most:
            break
    return found
