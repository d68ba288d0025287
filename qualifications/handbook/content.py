"""What a handbook says, each value with the place that it was read from."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Generic, TypeVar

Value_co = TypeVar("Value_co", covariant=True)


@dataclass(frozen=True, order=True)
class Place:
    """Where a value stands: the page where the format has pages, and the line or paragraph."""

    line: int
    page: int | None = None
    counted: str = "line"

    def __str__(self) -> str:
        page = f"page {self.page}, " if self.page else ""
        return f"{page}{self.counted} {self.line}"


@dataclass(frozen=True)
class Read(Generic[Value_co]):
    """A value, the text that it was taken from and where that stands."""

    value: Value_co
    raw: str
    place: Place


Texts = tuple[Read[str], ...]


@dataclass(frozen=True)
class Doubt:
    """A reading that a person must look at: what was printed, what was taken and why."""

    where: Place | None
    raw: str
    taken: str | None
    why: str


@dataclass(frozen=True)
class Criterion:
    """One criterion; a part that the document does not hold is None, not empty.

    `strategies` and `evidence` are what a centre wrote into an alignment document.
    """

    number: Read[str]
    text: Read[str] | None
    guidance: Texts | None = None
    referral: Texts | None = None
    passes: Texts | None = None
    depth: Texts | None = None
    example_evidence: Texts | None = None
    strategies: Texts | None = None
    evidence: Texts | None = None


@dataclass(frozen=True)
class Outcome:
    number: Read[int]
    text: Read[str] | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit; `details` holds what older specifications print below it, by its label."""

    ref: Read[str]
    uan: Read[str] | None
    title: Read[str] | None
    level: Read[int] | None
    credits: Read[int] | None
    glh: Read[int] | None
    aim: Read[str] | None
    outcomes: tuple[Outcome, ...]
    details: dict[str, Read[str]] = field(default_factory=dict)
    indicative_content: Texts | None = None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for outcome in self.outcomes for criterion in outcome.criteria)


@dataclass(frozen=True, kw_only=True)
class Qualification:
    """One qualification; `units` are the refs of those that it is made of."""

    title: Read[str] | None
    number: Read[str] | None
    accreditation_number: Read[str] | None
    level: Read[int] | None
    credits: Read[int] | None
    glh: Read[int] | None
    tqt: Read[int] | None
    units: Texts


@dataclass(frozen=True)
class SheetCriterion:
    """A line of a section and the criteria whose words it resembles, as (unit ref, number)."""

    text: Read[str]
    resembles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    title: Read[str] | None
    maximum: Read[int] | None
    minimum: Read[int] | None
    criteria: tuple[SheetCriterion, ...]


@dataclass(frozen=True)
class MarkSheet:
    title: Read[str]
    units: Texts
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Handbook:
    """A document as read; `source` holds the lines that were read, to show beside the draft."""

    name: str
    qualifications: tuple[Qualification, ...]
    units: tuple[Unit, ...]
    mark_sheets: tuple[MarkSheet, ...]
    warnings: tuple[Doubt, ...]
    source: tuple[tuple[Place, str], ...] = ()


def reads_in(row: object) -> Iterator[Read[object]]:
    """Every value that a row and what it is made of were read with."""
    if isinstance(row, Read):
        yield row
    elif isinstance(row, tuple | list):
        for one in row:
            yield from reads_in(one)
    elif isinstance(row, dict):
        yield from reads_in(tuple(row.values()))
    elif is_dataclass(row):
        yield from reads_in(tuple(getattr(row, each.name) for each in fields(row)))


class UnreadableError(Exception):
    """The file is refused: what is wrong with it, and what to do next."""

    def __init__(self, rule: str, remedy: str) -> None:
        self.rule, self.remedy = rule, remedy
        super().__init__(f"{rule}. {remedy}.")
