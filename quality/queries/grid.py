"""The sampling grid: what stands for each learner and assessment, by the assessor who decided."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from centres.models import Allocation, Centre, Registration, User
from portfolios.models import Submission
from qualifications.models import Assessment, Qualification
from quality.models import Review, Sample, SamplingPlan
from quality.queries.standings import CONFIRMS, current_sheets, kept_rows

Key = tuple[UUID, UUID]
NOBODY = "No assessor yet"

# Cells in the order of the legend: code of the look, and the word that the page says.
WORDS = {
    "agreed": "Agreed",
    "in_review": "In review",
    "planned": "Planned",
    "returned": "Returned",
    "overdue": "Overdue",
    "not_sampled": "Not sampled",
    "released": "Released",
    "undecided": "No decision yet",
}
IN_SAMPLE = frozenset({"agreed", "in_review", "planned", "returned", "overdue"})
TO_DO = frozenset({"in_review", "planned", "overdue"})
FILTERS = {
    "sampled": ("in the sample", IN_SAMPLE, ""),
    "agreed": ("agreed", frozenset({"agreed"}), "tick"),
    "returned": ("returned", frozenset({"returned"}), "return"),
    "todo": ("still to do", TO_DO, "dashring"),
    "overdue": ("overdue", frozenset({"overdue"}), "clock"),
    "unsampled": ("not sampled", frozenset({"not_sampled"}), "dash"),
    "released": ("released", frozenset({"released"}), "pages"),
}


@dataclass(frozen=True)
class Cell:
    """One learner's work for one assessment. ``state`` is a key of ``WORDS``."""

    registration_id: UUID
    assessment_id: UUID
    column: str
    state: str
    outcome: str = ""
    attempt: int = 0
    note: str = ""
    sheet_id: UUID | None = None
    sample_id: UUID | None = None
    held: bool = False
    assessor: str = ""
    due_on: datetime.date | None = None
    interim_id: UUID | None = None
    interim: str = ""

    @property
    def word(self) -> str:
        """What the page says of it."""
        return WORDS[self.state]

    @property
    def is_decided(self) -> bool:
        """Whether there is, or was, a decision to sample."""
        return self.state != "undecided"


@dataclass(frozen=True)
class GridRow:
    """One learner, with a cell for each column; None where the pathway lacks the assessment."""

    registration: Registration
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class GridGroup:
    """The learners of one assessor."""

    assessor: str
    rows: tuple[GridRow, ...]
    decided: int
    sampled: int
    wanted: int


@dataclass(frozen=True)
class Column:
    """An assessment."""

    code: str
    title: str


@dataclass(frozen=True)
class GridFigure:
    """A count that links to the cells that it counts."""

    show: str
    label: str
    icon: str
    count: int


@dataclass(frozen=True)
class Grid:
    """The page's content."""

    qualification: Qualification
    plan: SamplingPlan | None
    draft: SamplingPlan | None
    columns: tuple[Column, ...]
    groups: tuple[GridGroup, ...]
    figures: tuple[GridFigure, ...]
    decided: int
    pool: int
    releasable: int
    show: str
    several: bool


def sampling_grid(
    centre: Centre, person: User, qualification_id: UUID, *, show: str = ""
) -> Grid | None:
    """A qualification's grid in five queries, whatever its rows; None for one without learners.

    ``show`` narrows it to the rows with a cell of that kind (``FILTERS``). Nobody sees their own
    work in it.
    """
    registrations = _registrations(centre, person, qualification_id)
    if not registrations:
        return None
    columns, by_pathway = _columns(qualification_id)
    sheets = [
        sheet
        for sheet in current_sheets(centre).filter(
            submission__assessment__specification__qualification=qualification_id
        )
        if sheet.learner_id != person.pk
    ]
    samples = _samples(centre, qualification_id)
    plans = list(
        SamplingPlan.objects.for_centre(centre)
        .filter(qualification=qualification_id)
        .order_by("-version")
    )
    plan = next((each for each in plans if each.approved_at), None)
    cells = _cells(registrations, by_pathway, sheets, samples)
    groups = _groups(registrations, columns, cells, plan)
    narrowed = FILTERS[show][1] if show in FILTERS else None
    flat = list(cells.values())
    return Grid(
        qualification=registrations[0].pathway.specification.qualification,
        plan=plan,
        draft=next((each for each in plans if not each.approved_at), None),
        columns=columns,
        groups=_narrowed(groups, narrowed),
        figures=tuple(
            GridFigure(name, label, icon, sum(cell.state in states for cell in flat))
            for name, (label, states, icon) in FILTERS.items()
        ),
        decided=sum(cell.is_decided for cell in flat),
        pool=sum(cell.state == "not_sampled" for cell in flat),
        releasable=sum(
            cell.state == "not_sampled" and cell.outcome == "pass" and not cell.held
            for cell in flat
        ),
        show=show if narrowed else "",
        several=registrations[0].several,
    )


def _registrations(centre: Centre, person: User, qualification_id: UUID) -> list[Any]:
    """The learners of a qualification, each with the names of their assessors now and the decisions
    that they keep; ``several`` says whether there are others too."""
    allocations = (
        Allocation.objects.for_centre(centre)
        .filter(registration=OuterRef("pk"), ends_on__isnull=True)
        .order_by("starts_on", "assessor__full_name")
    )
    others = Registration.objects.for_centre(centre).exclude(
        pathway__specification__qualification=qualification_id
    )
    return list(
        Registration.objects.for_centre(centre)
        .filter(pathway__specification__qualification=qualification_id)
        .exclude(learner=person)
        .select_related("pathway__specification__qualification")
        .annotate(
            assessors=ArraySubquery(allocations.values("assessor__full_name")),
            kept_rows=kept_rows(centre),
            several=Exists(others),
        )
        .order_by("certificate_name", "pk")
    )


def _columns(
    qualification_id: UUID,
) -> tuple[tuple[Column, ...], Mapping[UUID, dict[str, UUID]]]:
    """The assessments by code, and which of them each pathway has; versions share a column."""
    rows = (
        Assessment.objects.filter(specification__qualification=qualification_id)
        .annotate(
            pathways=ArrayAgg("assessment_units__unit__pathway_units__pathway", distinct=True)
        )
        .order_by("position", "code")
    )
    columns: dict[str, Column] = {}
    by_pathway: dict[UUID, dict[str, UUID]] = defaultdict(dict)
    for row in rows:
        columns.setdefault(row.code, Column(row.code, row.title))
        for pathway in row.pathways:
            by_pathway[pathway][row.code] = row.pk
    return tuple(columns.values()), by_pathway


def _samples(centre: Centre, qualification_id: UUID) -> list[Any]:
    """Every sample of a qualification with how far its review is, the oldest first."""
    review = Review.objects.for_centre(centre).filter(sample=OuterRef("pk"))
    later = Submission.objects.for_centre(centre).filter(
        registration=OuterRef("registration"),
        assessment=OuterRef("assessment"),
        attempt__gt=OuterRef("sheet__submission__attempt"),
    )
    facts = JSONObject(outcome="outcome", signed_at="signed_at", revision="revision")
    return list(
        Sample.objects.for_centre(centre)
        .filter(assessment__specification__qualification=qualification_id)
        .select_related("reviewer", "sheet__assessor")
        .annotate(review_facts=Subquery(review.values(row=facts)[:1]), followed=Exists(later))
        .order_by("chosen_at")
    )


def _cells(
    registrations: Iterable[Any],
    by_pathway: Mapping[UUID, dict[str, UUID]],
    sheets: Iterable[Any],
    samples: Iterable[Any],
) -> dict[tuple[UUID, str], Cell]:
    """A cell for every assessment of every pathway, by registration and column.

    What a learner was decided on before a move has its cell too: it can still be sampled.
    """
    standing: defaultdict[UUID, dict[UUID, Any]] = defaultdict(dict)
    for each in sheets:
        standing[each.submission.registration_id][each.submission.assessment_id] = each
    of_sheet = {sample.sheet_id: sample for sample in samples if sample.sheet_id}
    last: dict[Key, Any] = {}
    interim: dict[Key, Any] = {}
    for sample in samples:
        key = (sample.registration_id, sample.assessment_id)
        (last if sample.sheet_id else interim)[key] = sample
    cells = {}
    for registration in registrations:
        decided = standing[registration.pk]
        here = by_pathway[registration.pathway_id]
        before = _before_move(registration, decided, here)
        for code, assessment_id in {**before, **here}.items():
            key = (registration.pk, assessment_id)
            sheet = decided.get(assessment_id)
            if sheet is None and code in before:
                key = (registration.pk, before[code])
                sheet = decided[before[code]]
            if sheet is not None:
                cell = _decided(key, code, sheet, of_sheet.get(sheet.pk))
            else:
                cell = _undecided(key, code, last.get(key), interim.get(key))
            cells[registration.pk, code] = cell
    return cells


def _before_move(
    registration: Any, decided: Mapping[UUID, Any], here: Mapping[str, UUID]
) -> dict[str, UUID]:
    """The decided assessments that the pathway does not ask for, by column: of another pathway, or
    of an earlier version where the decision is kept."""
    kept = {UUID(row["submission"]) for row in registration.kept_rows}
    asked = set(here.values())
    return {
        sheet.submission.assessment.code: assessment_id
        for assessment_id, sheet in decided.items()
        if assessment_id not in asked
        and (sheet.submission.assessment.code not in here or sheet.submission_id in kept)
    }


def _decided(key: Key, code: str, sheet: Any, sample: Any) -> Cell:
    """A cell whose decision stands."""
    state = "not_sampled"
    if sheet.released_at:
        state = "released"
    elif sample is not None:
        state = _review_state(sample)
    note = sample.reason if sample is not None else ""
    return Cell(
        *key,
        column=code,
        state=state,
        outcome=sheet.outcome,
        attempt=sheet.submission.attempt,
        note=note,
        sheet_id=sheet.pk,
        sample_id=sample.pk if sample is not None else None,
        held=sheet.held,
        assessor=sheet.assessor.full_name,
        due_on=sample.due_on if state in TO_DO else None,
    )


def _undecided(key: Key, code: str, sample: Any, interim: Any) -> Cell:
    """A cell without a decision that stands: returned, or nothing yet."""
    returned = (
        sample is not None and not sample.followed and _outcome(sample) == Review.Outcome.RETURN
    )
    if returned:
        return Cell(
            *key,
            column=code,
            state="returned",
            note=sample.reason,
            sample_id=sample.pk,
            assessor=sample.sheet.assessor.full_name,
        )
    said = ""
    if interim is not None:
        said = "Interim: noted" if _outcome(interim) else "Interim: planned"
    return Cell(
        *key,
        column=code,
        state="undecided",
        interim_id=interim.pk if interim is not None else None,
        interim=said,
    )


def _review_state(sample: Any) -> str:
    """How far the review of a sheet that stands is."""
    outcome = _outcome(sample)
    if outcome:
        return "agreed" if outcome in CONFIRMS else "returned"
    if sample.due_on < timezone.localdate():
        return "overdue"
    return "in_review" if sample.review_facts else "planned"


def _outcome(sample: Any) -> str:
    """The outcome of a signed review, or nothing."""
    facts = sample.review_facts
    return str(facts["outcome"]) if facts and facts["signed_at"] else ""


def _groups(
    registrations: Iterable[Any],
    columns: tuple[Column, ...],
    cells: Mapping[tuple[UUID, str], Cell],
    plan: SamplingPlan | None,
) -> tuple[GridGroup, ...]:
    """Rows by who decided; a learner without a decision stands with their assessor of now."""
    rows: dict[str, list[GridRow]] = defaultdict(list)
    for registration in registrations:
        own = [cells.get((registration.pk, column.code)) for column in columns]
        deciders = {cell.assessor for cell in own if cell and cell.assessor}
        for assessor in deciders or {next(iter(registration.assessors), NOBODY)}:
            shown = tuple(
                cell if cell and cell.assessor in {"", assessor} else None for cell in own
            )
            rows[assessor].append(GridRow(registration, shown))
    return tuple(_group(name, tuple(rows[name]), plan) for name in sorted(rows))


def _group(assessor: str, rows: tuple[GridRow, ...], plan: SamplingPlan | None) -> GridGroup:
    own = [cell for row in rows for cell in row.cells if cell and cell.is_decided]
    # Rounded up: a quarter of five decisions is two.
    wanted = -(-len(own) * plan.baseline_percent // 100) if plan else 0
    return GridGroup(
        assessor=assessor,
        rows=rows,
        decided=len(own),
        sampled=sum(cell.state in IN_SAMPLE for cell in own),
        wanted=wanted,
    )


def _narrowed(
    groups: tuple[GridGroup, ...], states: frozenset[str] | None
) -> tuple[GridGroup, ...]:
    if states is None:
        return groups
    kept = []
    for group in groups:
        rows = tuple(
            row for row in group.rows if any(cell and cell.state in states for cell in row.cells)
        )
        if rows:
            kept.append(GridGroup(group.assessor, rows, group.decided, group.sampled, group.wanted))
    return tuple(kept)
