"""Which passes a learner keeps in a move to a newer version, and what a moved learner has kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from assessment.models import Decision, Judgement
from centres.models import Centre, Registration
from portfolios.kept import Kept, KeptPass, KeptWork
from portfolios.models import Closure, Submission
from portfolios.standing import Confirmed
from qualifications.catalogue_entries import SpecificationEntry, UnitEntry
from qualifications.differences import (
    Kind,
    SpecificationDifferences,
    differences,
    unchanged_criteria,
)
from qualifications.held_content import held_content
from qualifications.models import AssessmentUnit, Criterion, SheetKind, Specification
from qualifications.version_names import version_name
from quality.models import KeptDecision
from quality.queries.standings import CODES, current_sheets, standings
from quality.standing import Standing, WorkStanding

Mark = tuple[str, str]  # a criterion by its unit's ref and its number


@dataclass(frozen=True)
class VersionStep:
    """What is the same and what is not from one published version to another.

    ``unchanged`` are the criteria on which a decision still holds; ``same_sheets`` the codes of the
    assessments that are the same as a whole.
    """

    differences: SpecificationDifferences
    unchanged: frozenset[Mark]
    same_sheets: frozenset[str]

    @property
    def kept_units(self) -> frozenset[str]:
        """The units of which a pass is kept: every criterion is unchanged, and on a mark sheet the
        whole of it."""
        new = self.differences.new
        marked_anew = {
            ref
            for sheet in new.assessments
            if sheet.sheet_kind == SheetKind.MARK and sheet.code not in self.same_sheets
            for ref in sheet.units
        }
        return frozenset(
            unit.ref
            for unit in new.units
            if unit.criteria and unit.ref not in marked_anew and self.is_same(unit)
        )

    def is_same(self, unit: UnitEntry) -> bool:
        """Whether every criterion of a unit is unchanged."""
        return all((unit.ref, criterion.number) in self.unchanged for criterion in unit.criteria)


_contents: dict[UUID, SpecificationEntry] = {}


def version_step(old: Specification, new: Specification) -> VersionStep:
    """The step between two published versions; each is read once a process, as it never changes."""
    for specification in (old, new):
        if specification.published_at is None:
            raise ValueError("a draft may still change")
        if specification.pk not in _contents:
            _contents[specification.pk] = held_content(specification)
    before, after = _contents[old.pk], _contents[new.pk]
    found = differences(before, after)
    unchanged = unchanged_criteria(before, after)
    units = {
        unit.ref
        for unit in after.units
        if all((unit.ref, criterion.number) in unchanged for criterion in unit.criteria)
    }
    return VersionStep(
        differences=found,
        unchanged=unchanged,
        same_sheets=frozenset(
            part.new.code
            for part in found.assessments
            if part.kind == Kind.SAME and units.issuperset(part.new.units)
        ),
    )


def passes_to_keep(
    centre: Centre, registration: Registration, new: Specification
) -> dict[Criterion, UUID]:
    """The criteria of a newer version that the learner has passed, with the sheet that decided.

    A pass counts where its criterion is unchanged and the sheet that stands decided it; on a mark
    sheet, which is decided as a whole, where the whole assessment is unchanged and passed. The
    registration comes with its pathway and specification.
    """
    step = version_step(registration.pathway.specification, new)
    passed = _passed(centre, registration, step)
    criteria = Criterion.objects.filter(specification=new).select_related("unit")
    return {
        criterion: passed[criterion.unit.ref, criterion.number]
        for criterion in criteria.order_by("unit__position", "position")
        if (criterion.unit.ref, criterion.number) in passed
        and (criterion.unit.ref, criterion.number) in step.unchanged
    }


def _passed(centre: Centre, registration: Registration, step: VersionStep) -> dict[Mark, UUID]:
    """What the learner has passed under the version they are on, kept passes among it."""
    rows = current_sheets(centre).filter(submission__registration=registration)
    sheets = list(rows.select_related("submission__assessment"))
    covered = _covered({sheet.submission.assessment_id for sheet in sheets})
    judged = _judged_passes(centre, [sheet.pk for sheet in sheets])
    now = registration.pathway.specification_id
    kept = KeptDecision.objects.for_centre(centre).filter(
        registration=registration, criterion__specification=now
    )
    by_submission = {sheet.submission_id: sheet for sheet in sheets}
    passed: dict[Mark, UUID] = {}
    for row in kept.select_related("criterion__unit", "sheet"):
        sheet = by_submission.get(row.sheet.submission_id)
        mark = (row.criterion.unit.ref, row.criterion.number)
        if sheet is not None and _passes(sheet, mark, judged, covered):
            passed[mark] = sheet.pk
    for sheet in sheets:
        assessment = sheet.submission.assessment
        if assessment.specification_id != now:
            continue
        # What was handed in under this version replaces what had been kept from an older one.
        passed = {mark: key for mark, key in passed.items() if mark not in covered[assessment.pk]}
        is_marked = assessment.sheet_kind == SheetKind.MARK
        if is_marked and assessment.code not in step.same_sheets:
            continue
        for mark in covered[assessment.pk]:
            if _passes(sheet, mark, judged, covered):
                passed[mark] = sheet.pk
    return passed


def _passes(
    sheet: Any, mark: Mark, judged: Mapping[UUID, set[Mark]], covered: Mapping[UUID, set[Mark]]
) -> bool:
    """Whether a sheet that stands passes a criterion: judged so, or passed as a whole by marks."""
    if sheet.submission.assessment.sheet_kind == SheetKind.MARK:
        on_it = mark in covered[sheet.submission.assessment_id]
        return on_it and sheet.outcome == Decision.PASS
    return mark in judged[sheet.pk]


def _covered(assessments: set[UUID]) -> dict[UUID, set[Mark]]:
    """The criteria that each assessment covers."""
    rows = AssessmentUnit.objects.filter(assessment__in=assessments).values_list(
        "assessment", "unit__ref", "unit__criteria__number"
    )
    found: dict[UUID, set[Mark]] = {key: set() for key in assessments}
    for assessment, ref, number in rows:
        if number is not None:
            found[assessment].add((ref, number))
    return found


def _judged_passes(centre: Centre, sheets: list[UUID]) -> defaultdict[UUID, set[Mark]]:
    rows = Judgement.objects.for_centre(centre).filter(sheet__in=sheets, decision=Decision.PASS)
    found: defaultdict[UUID, set[Mark]] = defaultdict(set)
    for sheet, ref, number in rows.values_list(
        "sheet", "criterion__unit__ref", "criterion__number"
    ):
        found[sheet].add((ref, number))
    return found


def undecided_work(centre: Centre, registration: Registration) -> list[Submission]:
    """What is handed in and not decided, or returned and to be decided again. One query."""
    closed = Closure.objects.for_centre(centre).standing().filter(submission=OuterRef("pk"))
    rows = Submission.objects.for_centre(centre).filter(~Exists(closed), registration=registration)
    return list(rows.select_related("assessment").order_by("submitted_at"))


def kept_by_registrations(centre: Centre, keys: Iterable[UUID]) -> Mapping[UUID, Kept]:
    """What the learner's and the assessor's pages read of moved registrations, in four queries."""
    wanted = list(keys)
    rows = (
        KeptDecision.objects.for_centre(centre)
        .filter(registration__in=wanted)
        .select_related("sheet__submission__assessment__specification")
    )
    passes: defaultdict[UUID, dict[UUID, KeptPass]] = defaultdict(dict)
    for row in rows:
        specification = row.sheet.submission.assessment.specification
        passes[row.registration_id][row.criterion_id] = KeptPass(
            version=version_name(specification, centre.name),
            sheet_id=row.sheet_id,
            decided_at=row.sheet.signed_at,
        )
    if not passes:
        return {}
    works: defaultdict[UUID, dict[UUID, KeptWork]] = defaultdict(dict)
    registrations = Registration.objects.for_centre(centre).filter(pk__in=list(passes))
    for (registration, assessment), work in standings(centre, registrations).items():
        if work.kept_version and work.submission_id:
            works[registration][assessment] = KeptWork(
                version=work.kept_version,
                submission_id=work.submission_id,
                outcome=work.outcome,
                standing=confirmed(work),
            )
    return {key: Kept(passes=found, works=works[key]) for key, found in passes.items()}


def confirmed(work: WorkStanding) -> Confirmed:
    """A standing as learners read it."""
    if work.standing is Standing.SUBMITTED:
        return Confirmed("returned", work.label, work.sentence)
    label = work.standing.label if work.route else "Provisional"
    return Confirmed(CODES[work.standing], label, work.sentence)


__all__ = [
    "VersionStep",
    "confirmed",
    "kept_by_registrations",
    "passes_to_keep",
    "undecided_work",
    "version_step",
]
