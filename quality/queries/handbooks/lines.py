"""What of a handbook's lines a value was read from, and how a page shows the two together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qualifications.catalogue_entries import SpecificationEntry
from qualifications.handbook.content import Criterion, Handbook, Place, Read, Unit
from qualifications.handbook.numbers import same_ref

NEAR = 12  # lines between two places that are shown as one stretch
AROUND = 2


@dataclass(frozen=True)
class Shown:
    """A value with the line that it was read from, if it has one.

    ``drafted`` is what the draft says instead; empty where it says the same.
    """

    label: str
    value: str
    line: int | None
    place: str
    drafted: str = ""


@dataclass(frozen=True)
class SourceLine:
    """A line of the document; ``gap`` says that lines before it are left out."""

    number: int
    place: str
    text: str
    is_used: bool = False
    gap: bool = False


UNIT_FIELDS = (
    ("ref", "Reference"),
    ("uan", "Accreditation number"),
    ("title", "Title"),
    ("level", "Level"),
    ("credits", "Credits"),
    ("glh", "Guided learning hours"),
    ("aim", "Aim"),
)
TEXTS = (
    ("depth", "Depth"),
    ("guidance", "Guidance"),
    ("example_evidence", "Examples of evidence"),
    ("referral", "Typical of a referral"),
    ("passes", "Typical of a pass"),
    ("strategies", "Learning strategies"),
    ("evidence", "Evidence of assessment"),
)


class Lines:
    """The document's lines by their places."""

    def __init__(self, handbook: Handbook) -> None:
        self.source = handbook.source
        self.numbers: dict[Place, int] = {}
        for number, (place, _) in enumerate(self.source):
            self.numbers.setdefault(place, number)

    def shown(self, label: str, read: "Read[Any] | None") -> Shown:
        """A value with its line."""
        if read is None:
            return Shown(label, "", None, "")
        return Shown(label, str(read.value), self.numbers.get(read.place), str(read.place))

    def shown_fields(self, row: object, names: Sequence[tuple[str, str]]) -> Iterator[Shown]:
        """The values of these fields, each with its line."""
        return (self.shown(label, getattr(row, name)) for name, label in names)

    def around(
        self, places: Iterable[Place], *, near: int = NEAR, around: int = AROUND
    ) -> tuple[SourceLine, ...]:
        """The stretches of the source that the places lie in, with a few lines around each."""
        used = sorted({self.numbers[place] for place in places if place in self.numbers})
        wanted: set[int] = set()
        for at, number in enumerate(used):
            close = at + 1 < len(used) and used[at + 1] - number <= near
            last = used[at + 1] if close else number + around
            wanted |= set(range(max(number - around, 0), min(last + 1, len(self.source))))
        return tuple(
            SourceLine(
                number,
                str(self.source[number][0]),
                self.source[number][1],
                is_used=number in used,
                gap=number > 0 and number - 1 not in wanted,
            )
            for number in sorted(wanted)
        )


def texts_of(criterion: Criterion) -> Iterator[tuple[str, Sequence[Read[str]]]]:
    """The kinds of text that a criterion has, with what they are called."""
    for name, label in TEXTS:
        if texts := getattr(criterion, name):
            yield label, texts


def places_of(unit: Unit) -> Iterator[tuple[str, Place]]:
    """Every place that a unit was read from, with the part that was read there."""

    def told(part: str, reads: Iterable[Read[Any] | None]) -> Iterator[tuple[str, Place]]:
        return ((part, read.place) for read in reads if read is not None)

    yield from told("unit", (getattr(unit, name) for name, _ in UNIT_FIELDS))
    yield from told("unit", unit.details.values())
    for outcome in unit.outcomes:
        yield from told(f"outcome {outcome.number.value}", (outcome.number, outcome.text))
        for criterion in outcome.criteria:
            part = f"criterion {criterion.number.value}"
            yield from told(part, (criterion.number, criterion.text))
            for _, texts in texts_of(criterion):
                yield from told(part, texts)


def draft_place(unit: Unit, draft: SpecificationEntry | None) -> int | None:
    """The place of a unit in the draft, from one."""
    units = enumerate(draft.units if draft else (), 1)
    return next((at for at, one in units if same_ref(unit.ref.value, one.ref)), None)
