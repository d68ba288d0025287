"""The content of one specification, free of database and file, so that the two can be compared."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class RuleEntry:
    """A gate or an item of the checklist; `criterion` is its number within the unit."""

    criterion: str
    code: str
    label: str
    minimum: Decimal | None
    maximum: Decimal | None
    exceptional_maximum: Decimal | None
    unit_of_measure: str
    is_gate: bool
    source: str


@dataclass(frozen=True)
class CriterionEntry:
    number: str
    statement: str
    verb: str
    depth: tuple[str, ...]
    guidance: tuple[str, ...]
    example_evidence: tuple[str, ...]
    referral: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True)
class OutcomeEntry:
    number: int
    title: str
    text: str
    criteria: tuple[CriterionEntry, ...]


@dataclass(frozen=True, kw_only=True)
class UnitEntry:
    ref: str
    number: str
    uan: str
    title: str
    short_title: str
    level: int
    credits: int
    glh: int | None
    aim: str
    review_on: date | None = None
    available_from: date | None = None
    sector: str = ""
    support_body: str = ""
    submitter: str = ""
    availability: str = ""
    body_requirements: str = ""
    nos: tuple[str, ...] = ()
    indicative_content: tuple[str, ...] = ()
    outline_only: bool
    outcomes: tuple[OutcomeEntry, ...]
    rules: tuple[RuleEntry, ...]

    @property
    def criteria(self) -> tuple[CriterionEntry, ...]:
        return tuple(criterion for outcome in self.outcomes for criterion in outcome.criteria)


@dataclass(frozen=True)
class BulletEntry:
    """A line of a mark-sheet section and the criteria it stands for, as (unit ref, number)."""

    text: str
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SectionEntry:
    title: str
    maximum: int
    minimum: int
    bullets: tuple[BulletEntry, ...]


@dataclass(frozen=True, kw_only=True)
class AssessmentEntry:
    code: str
    title: str
    method: str
    sheet_kind: str
    words_from: int | None = None
    words_to: int | None = None
    units: tuple[str, ...]
    sections: tuple[SectionEntry, ...]


@dataclass(frozen=True)
class PathwayEntry:
    code: str
    alternative_code: str
    title: str
    award: str
    accreditation_number: str
    credits: int
    glh: int | None
    tqt: int | None
    glh_includes_support: bool
    induction_hours: Decimal
    tutorial_hours: Decimal
    minimum_age: int | None
    registration_years: int | None
    units: tuple[str, ...]


@dataclass(frozen=True)
class VerbEntry:
    word: str
    meaning: str


@dataclass(frozen=True)
class CorrectionEntry:
    """A mistake of the source; `unit` and `criterion` say beside which value it is shown."""

    field: str
    raw: str
    used: str
    reason: str
    unit: str = ""
    criterion: str = ""


@dataclass(frozen=True)
class TemplateEntry:
    """A form of the awarding body and the criteria that it evidences, as (unit ref, number)."""

    code: str
    title: str
    text: str
    criteria: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RequirementEntry:
    """A row of the staff checklist of one group."""

    group: str
    title: str
    indicators: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SpecificationEntry:
    """One version of one qualification, whole; `published` is the day, `published_by` a name."""

    awarding_body_code: str
    awarding_body_name: str
    number: str
    title: str
    level: int
    version: str
    published: date | None
    published_by: str
    source: str
    corrected_on: date | None
    tqt_per_credit: int | None
    verbs: tuple[VerbEntry, ...]
    units: tuple[UnitEntry, ...]
    assessments: tuple[AssessmentEntry, ...]
    pathways: tuple[PathwayEntry, ...]
    templates: tuple[TemplateEntry, ...] = ()
    staff_requirements: tuple[RequirementEntry, ...] = ()
    corrections: tuple[CorrectionEntry, ...]

    @property
    def label(self) -> str:
        return f"{self.number} version {self.version}"


def _written(value: object) -> str:
    """A decimal without trailing zeros and a day as ISO 8601, however the source wrote them."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def plain(entry: SpecificationEntry) -> dict[str, object]:
    """The content as JSON types alone."""
    content: dict[str, object] = json.loads(json.dumps(asdict(entry), default=_written))
    return content


def digest(entry: SpecificationEntry) -> str:
    """SHA-256, hexadecimal, of the content as JSON with sorted keys: layout and comments of the
    file do not enter."""
    written = json.dumps(plain(entry), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def first_difference(held: SpecificationEntry, offered: SpecificationEntry) -> str | None:
    """Where the two part first, with what is held and what is offered; nothing where they agree."""
    return _difference(plain(held), plain(offered), "")


_NAMES = ("ref", "code", "number", "word", "field", "title", "text")


def _difference(held: object, offered: object, place: str) -> str | None:
    if held == offered:
        return None
    if isinstance(held, Mapping) and isinstance(offered, Mapping):
        found = (_difference(held[key], offered[key], _join(place, key)) for key in held)
        return next(filter(None, found), None)
    if isinstance(held, Sequence) and isinstance(offered, Sequence) and not isinstance(held, str):
        for position, (one, other) in enumerate(zip(held, offered, strict=False), start=1):
            found_here = _difference(one, other, f"{place} {_name(one, position)}")
            if found_here:
                return found_here
        return f"{place}: {len(held)} held, {len(offered)} in the file"
    return f"{place}: {_shown(held)} is held, the file says {_shown(offered)}"


def _join(place: str, key: object) -> str:
    return f"{place}, {key}" if place else str(key)


def _name(entry: object, position: int) -> str:
    if isinstance(entry, Mapping):
        return str(next((entry[key] for key in _NAMES if key in entry), position))
    return str(position)


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
