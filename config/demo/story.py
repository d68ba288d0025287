"""What a story of the demonstration is made of: people, what they hand in, what is decided."""

import datetime
from dataclasses import dataclass, field

from centres.models import Role

PASSWORD = "criterion-demo-2026"  # noqa: S105 – the demonstration prints it


@dataclass(frozen=True)
class Person:
    """Somebody with a login; the address is made of the key and the centre."""

    key: str
    name: str
    role: Role


@dataclass(frozen=True)
class Item:
    """A file handed in, and what it is claimed for: (criterion, anchor, place, note)."""

    title: str
    name: str
    content: bytes
    claims: tuple[tuple[str, str, int | None, str], ...]


@dataclass(frozen=True)
class Marks:
    """What the assessor says of one section of a mark sheet, by its position."""

    mark: int
    strengths: str
    improvements: str = ""
    counts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attempt:
    """What is added before an attempt, and what the assessor makes of it.

    A result sheet has ``judgements`` by criterion, a mark sheet ``marks`` by section.
    """

    items: tuple[Item, ...]
    judgements: dict[str, tuple[str, str]] = field(default_factory=dict)
    counts: dict[str, dict[str, str]] = field(default_factory=dict)
    comments: tuple[tuple[int, str, str], ...] = ()
    marks: tuple[Marks, ...] = ()


@dataclass(frozen=True)
class Learner:
    """A learner's registration and what they hand in.

    ``draft`` is not handed in; ``attempts`` are handed in and signed; ``waiting`` is handed in and
    marked as far as its judgements go, but not signed.
    """

    key: str
    number: str
    born: datetime.date
    pathway: str = "8588-21"
    assessment: str = "501-portfolio"
    draft: tuple[Item, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    waiting: Attempt | None = None


@dataclass(frozen=True)
class Plan:
    """A sampling plan of one qualification."""

    qualification: str
    name: str
    rules: str
    percent: int


@dataclass(frozen=True)
class Review:
    """An internal review of a learner's sheet; a seed draws it, a reason chooses it by hand.

    Without a conclusion in ``typed`` it is begun and waits.
    ``points`` go by criterion or by section: (verdict, comment, audience, mark).
    """

    learner: str
    points: dict[str, tuple[str, str, str, str]]
    typed: dict[str, str]
    reason: str = ""
    seed: str = ""


@dataclass(frozen=True)
class Correction:
    """What the assessor changes on a returned sheet before signing it again."""

    learner: str
    judgements: dict[str, tuple[str, str]]
    counts: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Visit:
    """An external visit; a closed one releases, an open one waits with what was chosen."""

    qualification: str
    reference: str
    choices: dict[str, str]
    closes: bool = True


@dataclass(frozen=True)
class Release:
    """The release of all that nobody sampled."""

    qualification: str
    justification: str = ""


@dataclass(frozen=True)
class Report:
    """An external report on paper, as the centre records it."""

    qualification: str
    reference: str
    eqa_name: str


@dataclass(frozen=True)
class Move:
    """A learner goes on to another pathway of the same version."""

    learner: str
    pathway: str
    reason: str


Step = Review | Correction | Visit | Release | Report | Move


@dataclass(frozen=True)
class Paper:
    """A file kept with an approval."""

    kind: str
    title: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Approved:
    """What the awarding body lets a centre offer; ``past_review`` is the reason of an override."""

    qualification: str
    reference: str
    past_review: str = ""
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True)
class AlignedUnit:
    """What a programme says of one unit: by criterion, how it is taught and what is handed in."""

    ref: str
    title: str
    criteria: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Aligned:
    """A programme of the centre's own with its alignment, approved and followed by learners."""

    pathway: str
    title: str
    overview: str
    people: dict[str, str]
    units: tuple[AlignedUnit, ...]
    learners: tuple[str, ...]


@dataclass(frozen=True)
class House:
    """A centre and its people."""

    slug: str
    name: str
    number: str
    people: tuple[Person, ...]
    learners: tuple[Learner, ...]
    approvals: tuple[Approved, ...]
    alignments: tuple[Aligned, ...] = ()
    handbooks: tuple[str, ...] = ()  # numbers of qualifications
    plans: tuple[Plan, ...] = ()
    quality: tuple[Step, ...] = ()
