"""Standings of many registrations at once, and the sheets that stand, in a few queries."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from assessment.models import Sheet
from centres.models import Centre, Registration
from portfolios.models import Claim, Closure, Reopening, Submission
from portfolios.standing import Confirmed
from qualifications.models import AssessmentUnit, Qualification
from qualifications.version_names import version_name_in_sql
from quality.models import ExternalConfirmation, Hold, KeptDecision, ReleaseItem, Review
from quality.standing import Facts, Standing, WorkStanding, standing_of

CONFIRMS = (Review.Outcome.AGREE, Review.Outcome.ACTION)
CODES = {
    Standing.DECIDED: "provisional",
    Standing.INTERNAL: "internally_confirmed",
    Standing.EXTERNAL: "externally_confirmed",
}

Key = tuple[UUID, UUID]


def with_standing(sheets: Any, centre: Centre) -> Any:
    """Sheets with the facts of their standing, in the same query.

    Adds ``reviewed_at``, ``reviewer``, ``released_at``, ``plan_name``, ``plan_version``,
    ``confirmed_at``, ``confirmed_by``, ``route``, ``report`` and ``held``.
    """
    review = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet=OuterRef("pk"), outcome__in=CONFIRMS)
    )
    release = ReleaseItem.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    confirmation = ExternalConfirmation.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    held = (
        Hold.objects.for_centre(centre)
        .standing()
        .filter(
            registration=OuterRef("submission__registration"),
            assessment=OuterRef("submission__assessment"),
        )
    )
    return sheets.annotate(
        reviewed_at=Subquery(review.values("signed_at")[:1]),
        reviewer=Subquery(review.values("reviewer__full_name")[:1]),
        released_at=Subquery(release.values("release__released_at")[:1]),
        plan_name=Subquery(release.values("release__plan__name")[:1]),
        plan_version=Subquery(release.values("release__plan__version")[:1]),
        confirmed_at=Subquery(confirmation.values("confirmed_at")[:1]),
        confirmed_by=Subquery(confirmation.values("confirmed_by__full_name")[:1]),
        route=Subquery(confirmation.values("route")[:1]),
        report=Subquery(confirmation.values("report__reference")[:1]),
        notice=Subquery(confirmation.values("direct_claims__reference")[:1]),
        held=Exists(held),
    )


def current_sheets(centre: Centre, qualification: Qualification | None = None) -> Any:
    """The sheets whose decision stands now: the last signed version of the last attempt.

    Each carries the facts of its standing (``with_standing``). One query, whatever the rows.
    """
    closed = Closure.objects.for_centre(centre).standing().filter(submission=OuterRef("submission"))
    later_version = Sheet.objects.for_centre(centre).filter(
        submission=OuterRef("submission"), version__gt=OuterRef("version")
    )
    later_attempt = Submission.objects.for_centre(centre).filter(
        registration=OuterRef("submission__registration"),
        assessment=OuterRef("submission__assessment"),
        attempt__gt=OuterRef("submission__attempt"),
    )
    rows = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(Exists(closed), ~Exists(later_version), ~Exists(later_attempt))
        .select_related(
            "assessor",
            "submission__assessment__specification__qualification",
            "submission__registration__pathway",
        )
        .order_by("signed_at", "pk")
    )
    if qualification is not None:
        rows = rows.filter(submission__assessment__specification__qualification=qualification)
    return with_standing(rows, centre)


def standing_of_sheet(sheet: Any) -> WorkStanding:
    """The standing of a sheet of ``current_sheets``; no query."""
    return _standing(
        sheet.submission.registration_id,
        sheet.submission.assessment_id,
        facts=_sheet_facts(sheet, sheet.submission.submitted_at),
        attempt=sheet.submission.attempt,
        submission_id=sheet.submission_id,
        sheet=sheet,
        holds=("held",) if sheet.held else (),
    )


def confirmed_of_submissions(
    centre: Centre, submission_ids: Iterable[UUID]
) -> Mapping[UUID, Confirmed]:
    """What learners read on their pages of each decided submission, in one query."""
    rows = current_sheets(centre).filter(submission__in=list(submission_ids))
    found = {}
    for sheet in rows:
        work = standing_of_sheet(sheet)
        label = work.standing.label if work.route else "Provisional"
        found[sheet.submission_id] = Confirmed(CODES[work.standing], label, work.sentence)
    return found


def sheet_standing(centre: Centre, sheet: Sheet) -> WorkStanding:
    """The standing of the work that a sheet judges, as it is now, whatever counts it."""
    rows = Registration.objects.for_centre(centre).select_related("pathway")
    found = rows.get(pk=sheet.submission.registration_id)
    wanted = sheet.submission.assessment_id
    works = standings(centre, [found], whole=True)
    return next(work for work in works.values() if wanted in work.decided_on)


def standings(
    centre: Centre, registrations: Iterable[Registration], *, whole: bool = False
) -> dict[Key, WorkStanding]:
    """Every assessment of every registration's pathway by (registration, assessment).

    ``whole`` adds what was handed in for assessments that the pathway does not ask for any more.
    In two queries, and one more for pathways that this process has not met.
    """
    keys = [row.pk for row in registrations]
    rows = with_work(Registration.objects.for_centre(centre).filter(pk__in=keys), centre)
    return standings_with_work(centre, rows, whole=whole)


def standings_with_work(
    centre: Centre,
    registrations: Iterable[Any],
    *,
    whole: bool = False,
    sheets: Iterable[Any] | None = None,
) -> dict[Key, WorkStanding]:
    """The same for registrations that are read ``with_work``, in one query less.

    ``sheets`` are their ``current_sheets``, where the caller has read them: another query less.
    """
    rows = list(registrations)
    by_pathway = assessments_by_pathway({row.pathway_id for row in rows})
    if sheets is None:
        keys = [row.pk for row in rows]
        sheets = current_sheets(centre).filter(submission__registration__in=keys)
    standing_sheets = {sheet.submission_id: sheet for sheet in sheets}
    found = {}
    for row in rows:
        work = _Work(row, standing_sheets)
        counted = {
            assessment_id: work.of(assessment_id, units)
            for assessment_id, units in by_pathway[row.pathway_id].items()
        }
        found.update({(row.pk, key): standing for key, standing in counted.items()})
        if whole:
            used = {key for standing in counted.values() for key in standing.decided_on}
            for assessment_id in work.last.keys() - used:
                found[row.pk, assessment_id] = work.of(assessment_id, (), outside=True)
    return found


class _Work:
    """What one registration has handed in, claimed and kept, as its row brings it."""

    def __init__(self, row: Any, sheets: Mapping[UUID, Any]) -> None:
        self.row, self.sheets = row, sheets
        self.attempts = {attempt.id: attempt for attempt in attempts_of(row)}
        self.last = {attempt.assessment: attempt for attempt in self.attempts.values()}
        self.claimed = set(row.claimed_units)

    def of(
        self, assessment_id: UUID, units: tuple[UUID, ...], *, outside: bool = False
    ) -> WorkStanding:
        """Its standing: that of its own last attempt, or else of the decisions that are kept."""
        attempt = self.last.get(assessment_id)
        kept = None if attempt else self._kept(assessment_id, units)
        if kept:
            return kept
        return self._standing(
            assessment_id,
            attempt,
            has_claims=not self.claimed.isdisjoint(units),
            outside=outside,
        )

    def _standing(
        self, assessment_id: UUID, attempt: "Attempt | None", *, has_claims: bool, **more: Any
    ) -> WorkStanding:
        sheet = self.sheets.get(attempt.id) if attempt else None
        on = {str(assessment_id), *map(str, more.get("kept_from", ()))}
        return _standing(
            self.row.pk,
            assessment_id,
            facts=_facts(attempt, sheet, has_claims=has_claims),
            attempt=attempt.number if attempt else 0,
            submission_id=attempt.id if attempt else None,
            sheet=sheet,
            holds=tuple(h["kind"] for h in self.row.hold_rows if h["assessment"] in on),
            **more,
        )

    def _kept(self, assessment_id: UUID, units: tuple[UUID, ...]) -> WorkStanding | None:
        """The standing of work that is kept whole: every criterion of every unit, all on passes.

        It is that of the least confirmed of the sheets that decided it. None where a criterion is
        missing or a sheet was decided anew as a referral; a returned one is decided again.
        """
        rows = [kept for kept in self.row.kept_rows if UUID(kept["unit"]) in units]
        per_unit = Counter(UUID(kept["unit"]) for kept in rows)
        if not rows or any(per_unit[unit] < _criteria[unit] for unit in units):
            return None
        former = {UUID(kept["submission"]) for kept in rows}
        if any(
            key in self.sheets and self.sheets[key].outcome != Closure.Outcome.PASS
            for key in former
        ):
            return None
        works = [
            self._standing(
                assessment_id,
                self.attempts[key],
                has_claims=True,
                kept_from=tuple({self.attempts[each].assessment for each in former}),
                kept_version=rows[0]["version"],
            )
            for key in sorted(former)
        ]
        return min(works, key=lambda work: work.standing.place)


_covered: dict[UUID, dict[UUID, tuple[UUID, ...]]] = {}
_criteria: dict[UUID, int] = {}


def assessments_by_pathway(pathways: set[UUID]) -> Mapping[UUID, dict[UUID, tuple[UUID, ...]]]:
    """The assessments of each pathway, in the order of its units, with the units they cover.

    Read once a process: a published specification never changes, and nobody is registered on
    another.
    """
    unknown = pathways - _covered.keys()
    if unknown:
        read: dict[UUID, dict[UUID, tuple[UUID, ...]]] = {pathway: {} for pathway in unknown}
        rows = (
            AssessmentUnit.objects.filter(unit__pathway_units__pathway__in=unknown)
            .order_by("unit__pathway_units__position", "position")
            .annotate(criteria=Count("unit__criteria", distinct=True))
            .values_list("unit__pathway_units__pathway", "unit", "assessment", "criteria")
        )
        for pathway, unit, assessment, criteria in rows:
            _criteria[unit] = criteria
            if pathway in read:
                read[pathway][assessment] = (*read[pathway].get(assessment, ()), unit)
        _covered.update(read)
    return {pathway: _covered[pathway] for pathway in pathways}


@dataclass(frozen=True)
class Attempt:
    """A submission as its registration brings it; ``returned_at`` is its last return."""

    id: UUID
    assessment: UUID
    number: int
    submitted_at: datetime.datetime
    returned_at: datetime.datetime | None


def with_work(registrations: Any, centre: Centre) -> Any:
    """Registrations with their attempts, the units that they claim, what holds their work and the
    decisions that they keep."""
    reopened = Reopening.objects.for_centre(centre).filter(closure__submission=OuterRef("pk"))
    attempts = (
        Submission.objects.for_centre(centre)
        .filter(registration=OuterRef("pk"))
        .order_by("attempt")
        .values_list(
            JSONObject(
                id="pk",
                assessment="assessment",
                number="attempt",
                submitted_at="submitted_at",
                returned_at=Subquery(reopened.order_by("-reopened_at").values("reopened_at")[:1]),
            )
        )
    )
    claims = (
        Claim.objects.for_centre(centre)
        .standing()
        .filter(evidence__registration=OuterRef("pk"), evidence__withdrawn_at__isnull=True)
        .order_by()
        .values_list("criterion__unit")
        .distinct()
    )
    holds = (
        Hold.objects.for_centre(centre)
        .standing()
        .filter(registration=OuterRef("pk"))
        .order_by("placed_at")
        .values_list(JSONObject(assessment="assessment", kind="kind"))
    )
    return registrations.annotate(
        attempts=ArraySubquery(attempts),
        claimed_units=ArraySubquery(claims),
        hold_rows=ArraySubquery(holds),
        kept_rows=kept_rows(centre),
    )


def kept_rows(centre: Centre) -> ArraySubquery:
    """For each of some registrations, the passes that it keeps: unit, submission and version."""
    rows = KeptDecision.objects.for_centre(centre).filter(registration=OuterRef("pk"))
    return ArraySubquery(
        rows.order_by("criterion__position").values_list(
            JSONObject(
                unit="criterion__unit",
                submission="sheet__submission",
                version=version_name_in_sql(
                    "sheet__submission__assessment__specification", centre.name
                ),
            )
        )
    )


def attempts_of(registration: Any) -> list[Attempt]:
    """The attempts of a registration that is read ``with_work``, the first one first."""
    found = []
    for row in registration.attempts:
        returned = row["returned_at"]
        attempt = Attempt(
            id=UUID(row["id"]),
            assessment=UUID(row["assessment"]),
            number=row["number"],
            submitted_at=datetime.datetime.fromisoformat(row["submitted_at"]),
            returned_at=datetime.datetime.fromisoformat(returned) if returned else None,
        )
        found.append(attempt)
    return found


def _facts(attempt: Attempt | None, sheet: Any, *, has_claims: bool) -> Facts:
    if attempt is None:
        return Facts(has_claims=has_claims)
    if sheet is not None:
        return _sheet_facts(sheet, attempt.submitted_at)
    return Facts(
        has_claims=has_claims,
        submitted_at=attempt.submitted_at,
        returned_at=attempt.returned_at,
    )


def _sheet_facts(sheet: Any, submitted_at: datetime.datetime) -> Facts:
    plan = f"{sheet.plan_name}, version {sheet.plan_version}" if sheet.plan_name else ""
    return Facts(
        has_claims=True,
        submitted_at=submitted_at,
        outcome=sheet.outcome,
        decided_at=sheet.signed_at,
        reviewed_at=sheet.reviewed_at,
        reviewer=sheet.reviewer or "",
        released_at=sheet.released_at,
        plan=plan,
        confirmed_at=sheet.confirmed_at,
        confirmed_by=sheet.confirmed_by or "",
        route=sheet.route or "",
        report=sheet.report or sheet.notice or "",
    )


def _standing(
    registration_id: UUID,
    assessment_id: UUID,
    *,
    facts: Facts,
    attempt: int,
    submission_id: UUID | None,
    sheet: Any,
    holds: tuple[str, ...],
    **more: Any,
) -> WorkStanding:
    standing, route = standing_of(facts)
    return WorkStanding(
        registration_id=registration_id,
        assessment_id=assessment_id,
        standing=standing,
        route=route,
        facts=facts,
        attempt=attempt,
        submission_id=submission_id,
        sheet=sheet,
        holds=holds,
        **more,
    )


__all__ = [
    "Attempt",
    "Key",
    "assessments_by_pathway",
    "attempts_of",
    "confirmed_of_submissions",
    "current_sheets",
    "kept_rows",
    "sheet_standing",
    "standing_of_sheet",
    "standings",
    "standings_with_work",
    "with_standing",
    "with_work",
]
