"""What the layouts find, before it is put together: one entry a printing, not one a unit."""

from dataclasses import dataclass, field

from qualifications.handbook.content import Read
from qualifications.handbook.doubts import Doubts


@dataclass
class FoundCriterion:
    number: Read[str]
    text: Read[str] | None = None
    depth: list[Read[str]] = field(default_factory=list)
    guidance: list[Read[str]] = field(default_factory=list)
    referral: list[Read[str]] = field(default_factory=list)
    passes: list[Read[str]] = field(default_factory=list)
    example_evidence: list[Read[str]] = field(default_factory=list)
    strategies: list[Read[str]] = field(default_factory=list)
    evidence: list[Read[str]] = field(default_factory=list)

    @property
    def outcome_number(self) -> int:
        return int(self.number.value.split(".")[0])


@dataclass
class FoundOutcome:
    number: Read[int]
    text: Read[str] | None = None
    criteria: list[FoundCriterion] = field(default_factory=list)


@dataclass
class FoundUnit:
    """A unit in one layout; `ref` may be only its last part, as in "Unit 501"."""

    layout: str
    ref: Read[str]
    title: Read[str] | None = None
    uan: Read[str] | None = None
    level: Read[int] | None = None
    credits: Read[int] | None = None
    glh: Read[int] | None = None
    aim: Read[str] | None = None
    outcomes: list[FoundOutcome] = field(default_factory=list)
    details: dict[str, Read[str]] = field(default_factory=dict)
    indicative_content: list[Read[str]] = field(default_factory=list)

    @property
    def criteria(self) -> list[FoundCriterion]:
        return [criterion for outcome in self.outcomes for criterion in outcome.criteria]


@dataclass
class FoundRow:
    """A row of a list of units; `figures` are the numbers whose column is not known."""

    ref: Read[str]
    title: Read[str] | None = None
    uan: Read[str] | None = None
    level: Read[int] | None = None
    credits: Read[int] | None = None
    glh: Read[int] | None = None
    figures: list[Read[int]] = field(default_factory=list)


@dataclass
class FoundQualification:
    title: Read[str] | None = None
    number: Read[str] | None = None
    accreditation_number: Read[str] | None = None
    level: Read[int] | None = None
    credits: Read[int] | None = None
    glh: Read[int] | None = None
    tqt: Read[int] | None = None
    units: list[Read[str]] = field(default_factory=list)


@dataclass
class FoundSection:
    """A section of a mark sheet; `scrambled` where its columns have run into one another."""

    title: Read[str] | None = None
    maximum: Read[int] | None = None
    minimum: Read[int] | None = None
    lines: list[Read[str]] = field(default_factory=list)
    scrambled: bool = False
    title_apart: bool = False
    lost: bool = False  # the sheet has lost it, or a part of it


@dataclass
class FoundSheet:
    title: Read[str]
    units: list[Read[str]]
    sections: list[FoundSection] = field(default_factory=list)


@dataclass
class FoundMarks:
    """The least and the most that a section of a task page can be given."""

    minimum: Read[int]
    maximum: Read[int]


@dataclass
class FoundTask:
    """A task page: its paragraphs and marks in their order, titles among them not yet told."""

    title: Read[str]
    units: list[Read[str]]
    items: list[FoundMarks | list[Read[str]]] = field(default_factory=list)

    @property
    def marks(self) -> list[FoundMarks]:
        return [item for item in self.items if isinstance(item, FoundMarks)]


@dataclass
class Findings:
    doubts: Doubts = field(default_factory=Doubts)
    units: list[FoundUnit] = field(default_factory=list)
    rows: list[FoundRow] = field(default_factory=list)
    sheets: list[FoundSheet] = field(default_factory=list)
    tasks: list[FoundTask] = field(default_factory=list)
    qualifications: list[FoundQualification] = field(default_factory=list)
    level: Read[int] | None = None
    total: Read[int] | None = None  # the credits that a list of units adds up to
