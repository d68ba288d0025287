"""What the catalogue's pages read: each in a fixed number of queries, however much is held.

A centre sees the published versions that every centre shares and those it holds itself. Row-level
security says so too; here it stands in the queries, because each layer has to hold alone.
"""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Correction,
    Criterion,
    Descriptor,
    DescriptorKind,
    EvidenceTemplate,
    EvidenceTemplateCriterion,
    LearningOutcome,
    MarkSection,
    MarkSectionCriterion,
    NumericRule,
    Pathway,
    PathwayUnit,
    Specification,
    StaffGroup,
    StaffRequirement,
    Unit,
    Verb,
)
from qualifications.pathway_picture import Lane, Picture, UnitName, pathway_picture
from qualifications.queries import grouped
from qualifications.rules import (
    Combination,
    Reviewed,
    alternative_units,
    listed,
    marks_needed,
    shared_units,
    units_past_review,
)

PAGES_KEPT = 512  # in a process, of each kind: a published version never changes


def specifications_for(centre_id: UUID | None) -> QuerySet[Specification]:
    """Published versions: those that every centre shares, and the centre's own."""
    return Specification.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre_id) if centre_id else Q(centre_id=None),
        published_at__isnull=False,
    ).select_related("qualification__awarding_body")


def newest_first(specifications: QuerySet[Specification]) -> QuerySet[Specification]:
    """By qualification, and within it the version that was published last comes first."""
    return specifications.order_by(
        "qualification__number", "qualification_id", "-published_at", "-version", "id"
    )


@dataclass(frozen=True)
class Review:
    """Whether units are past the awarding body's review date, in the words that pages show."""

    kind: str
    icon: str
    words: str
    on: datetime.date | None

    @property
    def is_past(self) -> bool:
        return self.kind == "act"


def review_of(units: Iterable[Reviewed], today: datetime.date | None = None) -> Review:
    """The review state of one unit or of several, the earliest date deciding."""
    units = list(units)
    given = sorted(unit.review_on for unit in units if unit.review_on)
    past = len(units_past_review(units, today or timezone.localdate()))
    if not given:
        return Review("off", "dash", "No review date given", None)
    if not past:
        return Review("ok", "tick", "To be reviewed", given[0])
    if len(units) == 1:
        return Review("act", "clock", "Past its review date", given[0])
    every = "All" if past == len(units) else str(past)
    of_all = f" {len(units)} units" if every == "All" else f" of {len(units)} units"
    return Review("act", "clock", f"{every}{of_all} past their review date", given[0])


# The catalogue


@dataclass(frozen=True)
class CatalogueRow:
    """One qualification by its newest version, with the versions before it."""

    specification: Specification
    pathways: tuple[Pathway, ...]
    units: int
    criteria: int
    review: Review
    older: tuple[Specification, ...]


def catalogue_rows(centre_id: UUID | None) -> tuple[CatalogueRow, ...]:
    """Every qualification that the centre may read, in three queries."""
    versions = grouped(newest_first(specifications_for(centre_id)), "qualification_id")
    newest = [rows[0] for rows in versions.values()]
    pathways = grouped(
        Pathway.objects.filter(specification__in=newest).order_by("position"), "specification_id"
    )
    units = grouped(
        Unit.objects.filter(specification__in=newest).annotate(asks=Count("criteria")),
        "specification_id",
    )
    return tuple(
        CatalogueRow(
            specification=row,
            pathways=tuple(pathways[row.pk]),
            units=len(units[row.pk]),
            criteria=sum(unit.asks for unit in units[row.pk]),
            review=review_of(units[row.pk]),
            older=tuple(versions[row.qualification_id][1:]),
        )
        for row in newest
    )


# A qualification


@dataclass(frozen=True)
class UnitRow:
    """A unit in the table of a qualification; ``needed`` has a place for each pathway."""

    unit: Unit
    criteria: int
    review: Review
    needed: tuple[tuple[Pathway, bool], ...]


@dataclass(frozen=True)
class AssessmentRow:
    """What is handed in, and for which units."""

    assessment: Assessment
    units: tuple[Unit, ...]
    sections: int


@dataclass(frozen=True)
class TemplateRow:
    """A form and the criteria that it evidences, by unit, as (unit ref, numbers)."""

    title: str
    text: str
    criteria: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class StaffRow:
    """A row of the staff checklist, with what would show it."""

    title: str
    indicators: tuple[str, ...]


@dataclass(frozen=True)
class StaffList:
    """One group's rows of the staff checklist."""

    group: str
    requirements: tuple[StaffRow, ...]


@dataclass(frozen=True)
class QualificationPage:
    """One version of a qualification, whole; ``versions`` are all published ones, newest first."""

    specification: Specification
    versions: tuple[Specification, ...]
    corrections: int
    pathways: tuple[Pathway, ...]
    picture: Picture | None
    rules: tuple[str, ...]
    units: tuple[UnitRow, ...]
    assessments: tuple[AssessmentRow, ...]
    templates: tuple[TemplateRow, ...]
    staff: tuple[StaffList, ...]

    @property
    def newer(self) -> Specification | None:
        """The newest version, where this is not it."""
        return self.versions[0] if self.versions[0] != self.specification else None

    @property
    def before(self) -> Specification | None:
        """The version before this one."""
        place = self.versions.index(self.specification)
        return self.versions[place + 1] if place + 1 < len(self.versions) else None

    @property
    def criteria(self) -> int:
        return sum(row.criteria for row in self.units)

    @property
    def review(self) -> Review:
        return review_of(row.unit for row in self.units)


def qualification_page(centre_id: UUID | None, specification_id: UUID) -> QualificationPage | None:
    """One version and all that belongs to it, in four queries; nothing where none is found."""
    same = specifications_for(centre_id).filter(qualification__specifications__id=specification_id)
    versions = tuple(
        newest_first(same).annotate(corrected=_corrected(), forms=_forms(), staff=_staff())
    )
    found = next((row for row in versions if row.pk == specification_id), None)
    if found is None:
        return None
    units = {
        unit.pk: unit
        for unit in Unit.objects.filter(specification=found)
        .annotate(asks=Count("criteria"))
        .order_by("position")
    }
    pathways = _pathways(found)
    combinations = _combinations(found, units, pathways)
    return QualificationPage(
        specification=found,
        versions=versions,
        corrections=found.corrected,
        pathways=tuple(pathways),
        picture=_picture(units.values(), pathways, combinations),
        rules=combination_sentences(
            combinations, {unit.ref: unit.number for unit in units.values()}
        ),
        units=tuple(
            UnitRow(
                unit=unit,
                criteria=unit.asks,
                review=review_of([unit]),
                needed=tuple((row, unit.pk in needed) for row, needed in pathways.items()),
            )
            for unit in units.values()
        ),
        assessments=_assessments(found, units),
        templates=tuple(
            TemplateRow(form["title"], form["text"], _by_unit(form["criteria"]))
            for form in found.forms
        ),
        staff=_staff_lists(found.staff),
    )


def _pathways(specification: Specification) -> dict[Pathway, tuple[UUID, ...]]:
    """The pathways and the units that each demands."""
    demanded = PathwayUnit.objects.filter(pathway=OuterRef("pk")).order_by("position")
    rows = Pathway.objects.filter(specification=specification).annotate(
        demands=ArraySubquery(demanded.values("unit_id"))
    )
    return {row: tuple(row.demands) for row in rows.order_by("position")}


def _combinations(
    specification: Specification,
    units: Mapping[UUID, Unit],
    pathways: Mapping[Pathway, tuple[UUID, ...]],
) -> list[Combination]:
    """The pathways as the rules of combination take them."""
    return [
        Combination(
            code=row.code,
            title=row.title,
            award=row.get_award_display(),
            credits=row.credits,
            units=tuple(units[pk] for pk in needed),
        )
        for row, needed in pathways.items()
    ]


def _picture(
    units: Iterable[Unit], pathways: Iterable[Pathway], combinations: Sequence[Combination]
) -> Picture | None:
    return pathway_picture(
        [
            Lane(combination.award, combination, row.glh)
            for row, combination in zip(pathways, combinations, strict=True)
        ],
        {unit.ref: UnitName(unit.number, unit.short_title) for unit in units},
    )


def combination_sentences(
    combinations: Sequence[Combination], numbers: Mapping[str, str]
) -> tuple[str, ...]:
    """The rules of combination as people say them; ``numbers`` are the units' own, by ref."""
    if not combinations:
        return ()

    def named(refs: Iterable[str]) -> str:
        return listed([numbers[ref] for ref in refs])

    awards = {row.code: row.award for row in combinations}
    said = [
        f"The {row.award} takes {named(row.refs)}: {len(row.refs)} units,"
        f" {row.credits} credits. Every one of them has to be passed."
        for row in combinations
    ]
    if len(combinations) == 1:
        return tuple(said)
    shared = [unit.ref for unit in shared_units(combinations)]
    if shared:
        said.append(
            f"{named(shared)} {'counts' if len(shared) == 1 else 'count'} towards every award: a"
            " learner who moves to a larger one keeps the pass, by credit transfer."
        )
    for column in alternative_units(combinations):
        taken = [
            f"{named(unit.ref for unit in option.units)} for the"
            f" {listed([awards[code] for code in option.pathways])}"
            for option in column.options
            if option.units
        ]
        if len(taken) > 1:
            said.append(f"{listed(taken)} stand in each other’s place: never two in one award.")
    return tuple(said)


def _assessments(
    specification: Specification, units: Mapping[UUID, Unit]
) -> tuple[AssessmentRow, ...]:
    covered = AssessmentUnit.objects.filter(assessment=OuterRef("pk")).order_by("position")
    rows = Assessment.objects.filter(specification=specification).annotate(
        covers=ArraySubquery(covered.values("unit_id")), parts=Count("sections")
    )
    return tuple(
        AssessmentRow(row, tuple(units[pk] for pk in row.covers), row.parts)
        for row in rows.order_by("position")
    )


def _corrected() -> Coalesce:
    """How many mistakes of a version's document are corrected."""
    own = Correction.objects.filter(specification=OuterRef("pk")).order_by()
    counted = own.values("specification").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _forms() -> ArraySubquery:
    """A version's evidence templates, each with the criteria that it evidences."""
    criteria = (
        EvidenceTemplateCriterion.objects.filter(template=OuterRef("pk"))
        .order_by("criterion__unit__position", "criterion__position")
        .values(pair=JSONObject(unit=F("criterion__unit__ref"), number=F("criterion__number")))
    )
    own = EvidenceTemplate.objects.filter(specification=OuterRef("pk")).order_by("position")
    return ArraySubquery(
        own.values(
            form=JSONObject(title=F("title"), text=F("text"), criteria=ArraySubquery(criteria))
        )
    )


def _staff() -> ArraySubquery:
    """A version's staff checklists, in their order."""
    own = StaffRequirement.objects.filter(specification=OuterRef("pk")).order_by("position")
    return ArraySubquery(
        own.values(row=JSONObject(group=F("group"), title=F("title"), shown_by=F("indicators")))
    )


def _staff_lists(rows: Iterable[dict[str, Any]]) -> tuple[StaffList, ...]:
    found: dict[str, list[StaffRow]] = {}
    for row in rows:
        found.setdefault(row["group"], []).append(StaffRow(row["title"], tuple(row["shown_by"])))
    return tuple(
        StaffList(str(group.label), tuple(found[group])) for group in StaffGroup if group in found
    )


def _by_unit(pairs: Iterable[dict[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    numbers: dict[str, list[str]] = {}
    for pair in pairs:
        numbers.setdefault(pair["unit"], []).append(pair["number"])
    return tuple((ref, tuple(own)) for ref, own in numbers.items())


# A unit


# Which value of a unit a correction stands beside, by a word of the field that it names.
UNIT_VALUES = {
    "credits": ("credit",),
    "glh": ("guided hours", "glh"),
    "title": ("title", "heading"),
    "aim": ("aim",),
    "review": ("review",),
    "available": ("available",),
    "nos": ("standard", "nos"),
    "hours": ("hours",),
}


@dataclass(frozen=True)
class CriterionRow:
    """A criterion in its unit, with what must be counted and what was corrected."""

    criterion: Criterion
    rules: tuple[NumericRule, ...]
    corrections: tuple[Correction, ...]

    @property
    def gates(self) -> tuple[NumericRule, ...]:
        return tuple(rule for rule in self.rules if rule.is_gate)


@dataclass(frozen=True)
class OutcomeRow:
    outcome: LearningOutcome
    criteria: tuple[CriterionRow, ...]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class UnitPage:
    """One unit; ``corrected`` holds corrections by the value that they stand beside."""

    specification: Specification
    unit: Unit
    outcomes: tuple[OutcomeRow, ...]
    assessments: tuple[Assessment, ...]
    pathways: tuple[Pathway, ...]
    previous: Unit | None
    next: Unit | None
    corrected: dict[str, tuple[Correction, ...]] = field(default_factory=dict)

    @property
    def review(self) -> Review:
        """Whether it is past its review date today."""
        return review_of([self.unit])

    @property
    def criteria(self) -> int:
        return sum(len(row.criteria) for row in self.outcomes)

    @property
    def gates(self) -> tuple[NumericRule, ...]:
        """What keeps a criterion from being passed, in the order of the unit."""
        return tuple(rule for rule in self._rules if rule.is_gate)

    @property
    def minima(self) -> tuple[NumericRule, ...]:
        """What the assessor counts or ticks."""
        return tuple(rule for rule in self._rules if not rule.is_gate)

    @property
    def _rules(self) -> list[NumericRule]:
        return [rule for row in self.outcomes for line in row.criteria for rule in line.rules]


def found_specification(centre_id: UUID | None, specification_id: UUID) -> Specification | None:
    """One published version that the centre may read."""
    return specifications_for(centre_id).filter(pk=specification_id).first()


@lru_cache(maxsize=PAGES_KEPT)
def unit_page(specification: Specification, ref: str) -> UnitPage | None:
    """One unit of a published version, in seven queries; nothing where none has that reference."""
    units = list(Unit.objects.filter(specification=specification).order_by("position"))
    place = next((at for at, unit in enumerate(units) if unit.ref == ref), None)
    if place is None:
        return None
    unit = units[place]
    outcomes = list(LearningOutcome.objects.filter(unit=unit).order_by("number"))
    criteria = grouped(
        Criterion.objects.filter(unit=unit).select_related("verb").order_by("position"),
        "outcome_id",
    )
    rules = grouped(
        NumericRule.objects.filter(unit=unit).select_related("criterion").order_by("position"),
        "criterion_id",
    )
    corrections = list(
        Correction.objects.filter(unit=unit).select_related("criterion").order_by("position")
    )
    of_criterion = grouped((row for row in corrections if row.criterion_id), "criterion_id")
    own = [row for row in corrections if row.criterion_id is None]
    at_outcome = _at_outcomes(own, [outcome.number for outcome in outcomes])
    return UnitPage(
        specification=specification,
        unit=unit,
        outcomes=tuple(
            OutcomeRow(
                outcome,
                tuple(
                    CriterionRow(row, tuple(rules[row.pk]), tuple(of_criterion[row.pk]))
                    for row in criteria[outcome.pk]
                ),
                tuple(row for row in own if at_outcome.get(row.pk) == outcome.number),
            )
            for outcome in outcomes
        ),
        assessments=tuple(
            Assessment.objects.filter(assessment_units__unit=unit).order_by("position")
        ),
        pathways=tuple(Pathway.objects.filter(pathway_units__unit=unit).order_by("position")),
        previous=units[place - 1] if place else None,
        next=units[place + 1] if place + 1 < len(units) else None,
        corrected=_beside(row for row in own if row.pk not in at_outcome),
    )


def _beside(corrections: Iterable[Correction]) -> dict[str, tuple[Correction, ...]]:
    """The corrections by the value of the unit that each names; ``other`` where none is known."""
    found: dict[str, list[Correction]] = {}
    for row in corrections:
        named = row.field.lower()
        value = next(
            (
                value
                for value, words in UNIT_VALUES.items()
                if any(re.search(rf"\b{word}", named) for word in words)
            ),
            "other",
        )
        found.setdefault(value, []).append(row)
    return {value: tuple(rows) for value, rows in found.items()}


def _at_outcomes(corrections: Iterable[Correction], numbers: Sequence[int]) -> dict[UUID, int]:
    """The outcome that each correction stands beside: the first that it names, if it names one."""
    found = {}
    for row in corrections:
        _, _, after = row.field.lower().partition("outcome")
        named = {int(digits) for digits in re.findall(r"\d+", after)}
        first = next((number for number in numbers if number in named), None)
        if first is not None:
            found[row.pk] = first
    return found


# A criterion


@dataclass(frozen=True)
class MarkedAt:
    """Where a criterion is judged; a result sheet has no section and no bullet."""

    assessment: Assessment
    section: MarkSection | None = None
    bullet: str = ""


@dataclass(frozen=True)
class CriterionPage:
    """One criterion with all that helps to show it and to judge it."""

    specification: Specification
    unit: Unit
    outcome: LearningOutcome
    criterion: Criterion
    verb: Verb
    passes: tuple[str, ...]
    referrals: tuple[str, ...]
    rules: tuple[NumericRule, ...]
    templates: tuple[EvidenceTemplate, ...]
    marked_at: tuple[MarkedAt, ...]
    corrections: tuple[Correction, ...]
    siblings: tuple[str, ...]

    @property
    def previous(self) -> str:
        place = self.siblings.index(self.criterion.number)
        return self.siblings[place - 1] if place else ""

    @property
    def next(self) -> str:
        place = self.siblings.index(self.criterion.number)
        return self.siblings[place + 1] if place + 1 < len(self.siblings) else ""

    @property
    def gates(self) -> tuple[NumericRule, ...]:
        return tuple(rule for rule in self.rules if rule.is_gate)

    @property
    def minima(self) -> tuple[NumericRule, ...]:
        return tuple(rule for rule in self.rules if not rule.is_gate)


@lru_cache(maxsize=PAGES_KEPT)
def criterion_page(specification: Specification, ref: str, number: str) -> CriterionPage | None:
    """One criterion of a published version, in seven queries; nothing where the unit has none of
    that number."""
    criteria = list(
        Criterion.objects.filter(specification=specification)
        .select_related("unit", "outcome", "verb")
        .order_by("unit__position", "position")
    )
    siblings = [row for row in criteria if row.unit.ref == ref]
    found = next((row for row in siblings if row.number == number), None)
    if found is None:
        return None
    kinds = grouped(Descriptor.objects.filter(criterion=found).order_by("kind", "position"), "kind")
    evidenced = EvidenceTemplateCriterion.objects.filter(criterion=found)
    return CriterionPage(
        specification=specification,
        unit=found.unit,
        outcome=found.outcome,
        criterion=found,
        verb=found.verb,
        passes=tuple(row.text for row in kinds[DescriptorKind.PASS]),
        referrals=tuple(row.text for row in kinds[DescriptorKind.REFERRAL]),
        rules=tuple(NumericRule.objects.filter(criterion=found).order_by("position")),
        templates=tuple(
            EvidenceTemplate.objects.filter(pk__in=evidenced.values("template")).order_by(
                "position"
            )
        ),
        marked_at=_marked_at(found),
        corrections=tuple(Correction.objects.filter(criterion=found).order_by("position")),
        siblings=tuple(row.number for row in siblings),
    )


def _marked_at(criterion: Criterion) -> tuple[MarkedAt, ...]:
    """The sheets that judge it: by section and bullet, or as a row of its own."""
    sections = {
        row.assessment_id: row
        for row in MarkSectionCriterion.objects.filter(criterion=criterion).select_related(
            "section"
        )
    }
    found = []
    for sheet in Assessment.objects.filter(assessment_units__unit=criterion.unit_id).order_by(
        "position"
    ):
        row = sections.get(sheet.pk)
        if row is None:
            found.append(MarkedAt(sheet))
        else:
            bullets = row.section.bullets
            bullet = bullets[row.position - 1] if row.position <= len(bullets) else ""
            found.append(MarkedAt(sheet, row.section, bullet))
    return tuple(found)


# A sheet


@dataclass(frozen=True)
class BulletRow:
    """A line of a section and the criteria that it stands for."""

    text: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class SectionRow:
    section: MarkSection
    bullets: tuple[BulletRow, ...]


@dataclass(frozen=True)
class SheetUnit:
    """A unit on a result sheet, with its criteria by outcome."""

    unit: Unit
    outcomes: tuple[tuple[LearningOutcome, tuple[Criterion, ...]], ...]


@dataclass(frozen=True)
class SheetPage:
    """The outline of a result sheet or of a mark sheet."""

    specification: Specification
    assessment: Assessment
    units: tuple[SheetUnit, ...]
    sections: tuple[SectionRow, ...]

    @property
    def maximum(self) -> int:
        return sum(row.section.maximum for row in self.sections)

    @property
    def minimum(self) -> int:
        """The least total that is a pass."""
        return marks_needed(self.maximum)

    @property
    def criteria(self) -> int:
        return sum(len(own) for unit in self.units for _, own in unit.outcomes)


@lru_cache(maxsize=PAGES_KEPT)
def sheet_page(specification: Specification, code: str) -> SheetPage | None:
    """One sheet of a published version, in five queries; nothing where no assessment of it has
    that code."""
    sheets = Assessment.objects.filter(specification=specification).order_by("position")
    found = next((row for row in sheets if row.code == code), None)
    if found is None:
        return None
    covered = AssessmentUnit.objects.filter(assessment=found).select_related("unit")
    units = [row.unit for row in covered.order_by("position")]
    criteria = list(
        Criterion.objects.filter(unit__in=units)
        .select_related("unit", "outcome", "verb")
        .order_by("unit__position", "position")
    )
    by_id = {row.pk: row for row in criteria}
    asked = grouped(
        MarkSectionCriterion.objects.filter(assessment=found).order_by(
            "criterion__unit__position", "criterion__position"
        ),
        "section_id",
    )
    sections = MarkSection.objects.filter(assessment=found).order_by("position")
    return SheetPage(
        specification=specification,
        assessment=found,
        units=tuple(_sheet_unit(unit, criteria) for unit in units),
        sections=tuple(
            SectionRow(
                section,
                tuple(
                    BulletRow(
                        text,
                        tuple(
                            by_id[row.criterion_id]
                            for row in asked[section.pk]
                            if row.position == position
                        ),
                    )
                    for position, text in enumerate(section.bullets, start=1)
                ),
            )
            for section in sections
        ),
    )


def _sheet_unit(unit: Unit, criteria: Iterable[Criterion]) -> SheetUnit:
    outcomes: dict[LearningOutcome, list[Criterion]] = {}
    for row in criteria:
        if row.unit_id == unit.pk:
            outcomes.setdefault(row.outcome, []).append(row)
    return SheetUnit(unit, tuple((outcome, tuple(own)) for outcome, own in outcomes.items()))


# Corrections


@dataclass(frozen=True)
class CorrectionGroup:
    """The corrections of one unit; no unit for those of the qualification itself."""

    unit: Unit | None
    corrections: tuple[Correction, ...]


def correction_groups(specification: Specification) -> tuple[CorrectionGroup, ...]:
    """Every correction of a version: the qualification's first, then unit by unit; one query."""
    rows = list(
        Correction.objects.filter(specification=specification)
        .select_related("unit", "criterion")
        .order_by(F("unit__position").asc(nulls_first=True), "position")
    )
    by_unit = grouped(rows, "unit_id")
    return tuple(CorrectionGroup(own[0].unit, tuple(own)) for own in by_unit.values())
