"""What a learner has achieved, what counts in which combination, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from centres.models import PathwayMove, Registration, User
from centres.pathways import leads_to, moves_of, pathway_at, step_to
from portfolios.models import Submission
from qualifications.catalogue import specifications_for
from qualifications.models import (
    Assessment,
    AssessmentUnit,
    Criterion,
    Pathway,
    PathwayUnit,
    Specification,
)
from qualifications.models import Unit as CatalogueUnit
from qualifications.pathway_picture import Lane, Picture, UnitMark, UnitName, pathway_picture
from qualifications.rules import (
    Combination,
    CombinationVerdict,
    Counting,
    HeldResult,
    MoveVerdict,
    Results,
    is_same_award,
    judge_combination,
    judge_move,
    reason_left_out,
)
from qualifications.rules import Standing as Held
from qualifications.version_names import version_name
from quality.queries.kept import VersionStep, passes_to_keep, undecided_work, version_step
from quality.queries.record import standing_code
from quality.queries.standings import standings
from quality.standing import Standing, WorkStanding

# A pass by its standing, as the rules of combination tell passes apart.
HELD = {
    Standing.DECIDED: Held.DECIDED,
    Standing.INTERNAL: Held.INTERNAL,
    Standing.EXTERNAL: Held.EXTERNAL,
}


# How the picture marks a unit by what is held in it.
MARKS = {
    Held.EXTERNAL: UnitMark("ok", "tick", "Passed"),
    Held.INTERNAL: UnitMark("wait", "dashring", "Provisional"),
    Held.DECIDED: UnitMark("wait", "dashring", "Provisional"),
    Held.IN_PROGRESS: UnitMark("wait", "half", "Going on"),
}
MISSING = UnitMark("off", "ring", "Missing")


@dataclass(frozen=True)
class Shape:
    """A published version's pathways as combinations, their units by ref, and what each assessment
    covers.

    It never changes, so it is read once a process.
    """

    pathways: Mapping[UUID, Pathway]
    combinations: Mapping[UUID, Combination]
    units: Mapping[str, CatalogueUnit]
    covered: Mapping[UUID, tuple[CatalogueUnit, ...]]
    assessments: Mapping[UUID, Assessment]

    def on(self, ref: str) -> tuple[UUID, ...]:
        """The assessments that cover a unit."""
        return tuple(
            key for key, units in self.covered.items() if any(unit.ref == ref for unit in units)
        )


_shapes: dict[UUID, Shape] = {}


def shapes_of(specifications: Iterable[UUID]) -> Mapping[UUID, Shape]:
    """The shapes of some published versions, in two queries for those not met before."""
    wanted = list(specifications)
    unknown = [key for key in wanted if key not in _shapes]
    if unknown:
        pathways: defaultdict[UUID, dict[UUID, Pathway]] = defaultdict(dict)
        units: defaultdict[UUID, list[CatalogueUnit]] = defaultdict(list)
        rows = PathwayUnit.objects.filter(specification__in=unknown)
        for row in rows.select_related("pathway__specification", "unit").order_by(
            "pathway__position", "position"
        ):
            pathways[row.specification_id][row.pathway_id] = row.pathway
            units[row.pathway_id].append(row.unit)
        covered: defaultdict[UUID, dict[UUID, tuple[CatalogueUnit, ...]]] = defaultdict(dict)
        assessments: defaultdict[UUID, dict[UUID, Assessment]] = defaultdict(dict)
        for each in (
            AssessmentUnit.objects.filter(specification__in=unknown)
            .select_related("assessment", "unit")
            .order_by("assessment__position", "position")
        ):
            on = covered[each.specification_id]
            on[each.assessment_id] = (*on.get(each.assessment_id, ()), each.unit)
            assessments[each.specification_id][each.assessment_id] = each.assessment
        for key in unknown:
            _shapes[key] = Shape(
                pathways=pathways[key],
                combinations={
                    pathway.pk: _combination(pathway, units[pathway.pk])
                    for pathway in pathways[key].values()
                },
                units={unit.ref: unit for pathway in pathways[key] for unit in units[pathway]},
                covered=covered[key],
                assessments=assessments[key],
            )
    return {key: _shapes[key] for key in wanted}


def _combination(pathway: Pathway, units: Sequence[CatalogueUnit]) -> Combination:
    return Combination(
        code=pathway.code,
        title=pathway.title,
        award=pathway.get_award_display(),
        credits=pathway.credits,
        units=tuple(units),
    )


@dataclass(frozen=True)
class UnitLine:
    """A unit of the combination: what the learner has in it and whether it counts.

    ``works`` are the standings of the assessments that cover it, with their ids.
    """

    unit: Any
    counting: Counting
    sentence: str
    works: tuple[WorkStanding, ...]

    @property
    def work(self) -> WorkStanding:
        """The least advanced of them, which is how far the unit is."""
        return min(self.works, key=lambda work: work.standing.place)

    @property
    def state(self) -> str:
        """Its standing as a state of the look."""
        return standing_code(self.work) if self.works else "not_started"

    @property
    def label(self) -> str:
        """Its standing in words."""
        return self.work.label if self.works else "Not started"

    @property
    def counts(self) -> bool:
        """Whether its credits are achieved."""
        return self.counting is not Counting.OPEN

    @property
    def counts_label(self) -> tuple[str, str]:
        """Kind of the look and word: whether it counts here, and how."""
        return {
            Counting.EARNED: ("ok", "Counts"),
            Counting.TRANSFERRED: ("ok", "Counts: credit transfer"),
            Counting.OPEN: ("off", "Not yet"),
        }[self.counting]


@dataclass(frozen=True)
class OutsideLine:
    """Work that does not count in the combination: which units, under what, and why."""

    units: tuple[CatalogueUnit, ...]
    under: Pathway
    work: WorkStanding
    sentence: str

    @property
    def state(self) -> str:
        """Its standing as a state of the look."""
        return standing_code(self.work)


@dataclass(frozen=True)
class OtherPathway:
    """Another combination of the same version: what would count there, and what is missing."""

    pathway: Pathway
    verdict: CombinationVerdict

    @property
    def counted(self) -> tuple[Any, ...]:
        """The units that would count."""
        return tuple(line.unit for line in self.verdict.units if line.counts)


@dataclass(frozen=True)
class CombinationPage:
    """The whole page, for whoever may read the registration's record."""

    registration: Registration
    is_learner: bool
    verdict: CombinationVerdict
    lines: tuple[UnitLine, ...]
    picture: Picture | None
    outside: tuple[OutsideLine, ...]
    others: tuple[OtherPathway, ...]
    newer: tuple[Specification, ...]
    moves: tuple[PathwayMove, ...]

    @property
    def missing(self) -> tuple[UnitLine, ...]:
        """The units that do not count yet."""
        return tuple(line for line in self.lines if not line.counts)

    @property
    def waits_for_number(self) -> bool:
        """Whether the registration has moved to another award that has no number yet."""
        return not self.registration.number and any(
            not is_same_award(move.from_pathway, move.to_pathway) for move in self.moves
        )


def combination_page(registration: Registration, reader: User) -> CombinationPage:
    """One registration with its pathway, specification and centre, in five queries."""
    found = _Results(registration)
    pathway = registration.pathway
    combination = found.combination(pathway)
    verdict = judge_combination(combination, found.results(), pathways=found.all_here())
    here = found.shapes[pathway.specification_id]
    return CombinationPage(
        registration=registration,
        is_learner=registration.learner_id == reader.pk,
        verdict=verdict,
        lines=tuple(
            UnitLine(
                unit=line.unit,
                counting=line.counting,
                sentence=line.sentence,
                works=found.works_on(here, line.unit.ref),
            )
            for line in verdict.units
        ),
        picture=_picture(here, pathway, found.results()),
        outside=found.outside(combination),
        others=tuple(
            OtherPathway(
                other,
                judge_combination(
                    found.combination(other), found.results(), pathways=found.all_here()
                ),
            )
            for other in here.pathways.values()
            if other.pk != pathway.pk
        ),
        newer=tuple(
            each
            for each in found.versions
            if each.pk != pathway.specification_id
            and any(leads_to(pathway, then) for then in found.shapes[each.pk].pathways.values())
        ),
        moves=tuple(found.moves),
    )


def _picture(shape: Shape, now: Pathway, results: Results) -> Picture | None:
    """The awards of a version beside one another, with what the learner has in each unit."""
    return pathway_picture(
        [
            Lane(combination.award, combination, shape.pathways[key].glh, is_now=key == now.pk)
            for key, combination in shape.combinations.items()
        ],
        {ref: UnitName(unit.number, unit.short_title) for ref, unit in shape.units.items()},
        {ref: MARKS[results[ref].standing] if ref in results else MISSING for ref in shape.units},
    )


class _Results:
    """What one registration has, over every version that it was on."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self.now = registration.pathway
        centre = registration.centre
        self.works = standings(centre, [registration], whole=True)
        self.moves = list(moves_of(centre, registration))
        self.versions = list(
            specifications_for(centre.pk)
            .filter(qualification=self.now.specification.qualification_id)
            .order_by("published_at", "version")
        )
        self.names = {each.pk: version_name(each, centre.name) for each in self.versions}
        self.shapes = shapes_of(each.pk for each in self.versions)

    def combination(self, pathway: Pathway) -> Combination:
        return self._combinations(pathway.specification_id)[pathway.pk]

    def all_here(self) -> tuple[Combination, ...]:
        return tuple(self._combinations(self.now.specification_id).values())

    def _combinations(self, specification_id: UUID) -> dict[UUID, Combination]:
        """A version's pathways; its name, which may be the centre's, is not kept with the shape."""
        name = self.names[specification_id]
        known = self.shapes[specification_id].combinations
        return {key: replace(each, version=name) for key, each in known.items()}

    def works_on(self, shape: Shape, ref: str) -> tuple[WorkStanding, ...]:
        keys = ((self.registration.pk, assessment) for assessment in shape.on(ref))
        return tuple(self.works[key] for key in keys if key in self.works)

    def results(self) -> dict[str, HeldResult]:
        """What is held of each unit of the version that the registration is on."""
        shape = self.shapes[self.now.specification_id]
        refs = {unit.ref: None for units in shape.covered.values() for unit in units}
        found = {}
        for ref in refs:
            works = self.works_on(shape, ref)
            if works and len(works) == len(shape.on(ref)):
                held = self._held(min(works, key=lambda work: work.standing.place), works)
                if held:
                    found[ref] = held
        return found

    def _held(self, work: WorkStanding, works: Sequence[WorkStanding]) -> HeldResult | None:
        if work.standing is Standing.NOT_STARTED:
            return None
        under = self.under(work)
        passed = all(each.outcome == "pass" for each in works)
        standing = HELD[work.standing] if passed else Held.IN_PROGRESS
        return HeldResult(standing, under.code, self.names[under.specification_id])

    def under(self, work: WorkStanding) -> Pathway:
        """The pathway that the registration was on when the work was decided."""
        return pathway_at(self.now, self.moves, work.facts.decided_at or work.facts.submitted_at)

    def outside(self, combination: Combination) -> tuple[OutsideLine, ...]:
        """What was handed in and does not count here."""
        lines = []
        for (_, assessment), work in self.works.items():
            if not work.outside:
                continue
            under = self.under(work)
            key, shape = next(
                (key, each) for key, each in self.shapes.items() if assessment in each.covered
            )
            units = shape.covered[assessment]
            sentence = " ".join(
                f"{unit.ref} was handed in under version {self.names[key]}; this version asks for "
                "it anew."
                if unit.ref in combination.refs
                else reason_left_out(unit.ref, combination, self.all_here())
                for unit in units
            )
            lines.append(OutsideLine(units, under, work, sentence))
        return tuple(lines)


# Before a move


@dataclass(frozen=True)
class UnitChange:
    """A unit of the new version with how many of its criteria are kept, and which changed."""

    ref: str
    title: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    same: int


@dataclass(frozen=True)
class MovePreview:
    """What a move would change; ``blocks`` keep it from being made now.

    ``keeps`` are the passed criteria that are kept in a newer version, each with the sheet that
    decided it. ``dropped`` are units that the target does not ask for; ``anew`` those that it asks
    for in other words.
    """

    registration: Registration
    target: Pathway
    verdict: MoveVerdict
    step: VersionStep | None
    units: tuple[UnitChange, ...]
    dropped: tuple[tuple[Any, str], ...]
    anew: Mapping[str, str]
    blocks: tuple[str, ...]
    keeps: Mapping[Criterion, UUID] = field(default_factory=dict)

    @property
    def to_do(self) -> tuple[tuple[Any, str, str], ...]:
        """The units still to pass there: ``anew``, ``goes on`` or ``missing``, and why."""
        going = {unit.ref for unit in self.verdict.carried_on}
        return tuple(
            (unit, "anew", self.anew[unit.ref])
            if unit.ref in self.anew
            else (unit, "goes on" if unit.ref in going else "missing", "")
            for unit in self.verdict.to_do
        )

    @property
    def remedy(self) -> str:
        """What to do where the verdict is not met."""
        if self.verdict.asks_reason:
            return "Say why the learner goes on to the smaller award."
        return "Enrol the learner on the other pathway instead."

    @property
    def keeps_number(self) -> bool:
        """Whether the awarding body's number and dates stay."""
        return is_same_award(self.registration.pathway, self.target)


def move_previews(registration: Registration) -> list[MovePreview]:
    """What becomes of a registration's results in each move that leads on, in five queries."""
    found = _Results(registration)
    now = registration.pathway
    return [
        _preview(found, pathway)
        for shape in found.shapes.values()
        for pathway in shape.pathways.values()
        if leads_to(now, pathway)
    ]


def move_preview(registration: Registration, target: Pathway, reason: str = "") -> MovePreview:
    """The same of one of them, for a reason, with what is in its way and each pass that is kept."""
    centre = registration.centre
    waiting = undecided_work(centre, registration)
    preview = _preview(_Results(registration), target, waiting, reason)
    if preview.step is None:
        return preview
    return replace(preview, keeps=passes_to_keep(centre, registration, target.specification))


def _preview(
    found: _Results, target: Pathway, waiting: Sequence[Submission] = (), reason: str = ""
) -> MovePreview:
    registration = found.registration
    old, new = registration.pathway.specification, target.specification
    step = None if old.pk == new.pk else version_step(old, new)
    goal = found.combination(target)
    verdict = judge_move(
        found.combination(registration.pathway),
        goal,
        found.results(),
        step_to(old, new),
        reason=reason,
        pathways=found.all_here(),
        unchanged=step.kept_units if step else None,
    )
    shape = found.shapes[new.pk]
    covered = found.shapes[old.pk].covered.values()
    units = {unit.ref: unit for each in covered for unit in each}
    asked = {
        key for key, units in shape.covered.items() if any(unit.ref in goal.refs for unit in units)
    }
    return MovePreview(
        registration=registration,
        target=target,
        verdict=verdict,
        step=step,
        units=_unit_changes(step, goal) if step else (),
        dropped=tuple(
            (units[line.ref], line.reason) for line in verdict.not_kept if line.ref not in goal.refs
        ),
        anew={line.ref: line.reason for line in verdict.not_kept if line.ref in goal.refs},
        blocks=tuple(
            f"{submission.assessment.title} is handed in and not decided, and the new pathway does "
            "not ask for it."
            for submission in waiting
            if submission.assessment_id not in asked
        ),
    )


def _unit_changes(step: VersionStep, goal: Combination) -> tuple[UnitChange, ...]:
    changes = []
    for unit in step.differences.units:
        if unit.entry.ref not in goal.refs:
            continue
        parts = unit.parts_called("Criteria")
        numbers: defaultdict[str, list[str]] = defaultdict(list)
        for part in parts:
            # An unchanged criterion whose rule changed is asked anew: the demands decide.
            mark = (unit.entry.ref, part.entry.number)
            kind = "changed" if part.kind == "same" and mark not in step.unchanged else part.kind
            kind = "same" if part.kind == "changed" and mark in step.unchanged else kind
            numbers[str(kind)].append(part.entry.number)
        changes.append(
            UnitChange(
                ref=unit.entry.ref,
                title=unit.entry.title,
                added=tuple(numbers["added"]),
                changed=tuple(numbers["changed"]),
                removed=tuple(numbers["removed"]),
                same=len(numbers["same"]),
            )
        )
    return tuple(changes)


__all__ = [
    "CombinationPage",
    "MovePreview",
    "combination_page",
    "move_preview",
    "move_previews",
    "shapes_of",
]
