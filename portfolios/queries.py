"""What the learner's pages, the desk and the manifests read of a portfolio, in few queries."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils import timezone

from centres.models import Allocation, Centre, PathwayMove, Registration, Signature, User
from portfolios.kept import NOTHING, Kept, KeptWork, has_moved, kept_by
from portfolios.models import (
    Claim,
    Closure,
    Evidence,
    EvidenceVersion,
    StoredFile,
    Submission,
    SubmissionClaim,
    SubmissionItem,
)
from portfolios.programme import InProgramme, in_programme, programme_criteria
from portfolios.readiness import Check, check_list, unmet
from portfolios.standing import Confirmed, standing_of_submissions
from portfolios.states import WorkState, state_of
from qualifications.models import Assessment, AssessmentUnit, Criterion, NumericRule, Unit
from qualifications.rules import required_in_words

ATTEMPT = {
    "id": "id",
    "number": "attempt",
    "submitted_at": "submitted_at",
    "outcome": "outcome",
    "closed_at": "closed_at",
}


@dataclass(frozen=True)
class Attempt:
    """A submission and how it was decided; ``outcome`` is None while it is open."""

    id: UUID
    number: int
    submitted_at: datetime.datetime
    outcome: str | None
    closed_at: datetime.datetime | None


@dataclass(frozen=True)
class ClaimLine:
    """A claim as a page shows it; ``element`` is where its criterion stands on the unit's page.

    ``rests`` says that the pathway does not ask for its criterion, since the registration moved.
    """

    claim: Claim
    criterion_number: str
    element: str
    label: str
    title: str
    rests: bool = False

    @property
    def where(self) -> str:
        """Such as ``E7, p. 6``."""
        return f"{self.label}, {self.claim.place_text}" if self.claim.place_text else self.label


@dataclass(frozen=True)
class Item:
    """An item of evidence with its latest version and its standing claims."""

    evidence: Evidence
    version: EvidenceVersion
    file: StoredFile
    claims: tuple[ClaimLine, ...]

    @property
    def criteria(self) -> tuple[tuple[str, str], ...]:
        """Number and element of each criterion claimed, once each, in the order of the criteria."""
        return tuple(dict.fromkeys((line.criterion_number, line.element) for line in self.claims))


@dataclass(frozen=True)
class CriterionLine:
    """A criterion with what is claimed for it and what its assessor will count.

    ``name`` is its number, with its unit's reference before it where several units are assessed.
    ``kept`` says from where a pass is kept, if any; ``programme`` what the learner's programme
    says of it.
    """

    id: UUID
    number: str
    name: str
    place: str
    statement: str
    guidance: tuple[str, ...]
    counted: tuple[str, ...]
    claims: tuple[ClaimLine, ...]
    kept: str = ""
    programme: InProgramme | None = None

    @property
    def state(self) -> str:
        """``pass`` where it is kept, else ``claimed`` or ``missing``, as the look knows them."""
        if self.kept:
            return "pass"
        return "claimed" if self.claims else "missing"

    @property
    def url(self) -> str:
        """Where on the page it stands."""
        return f"#{self.place}"


@dataclass(frozen=True)
class OutcomeBlock:
    """The criteria of one learning outcome."""

    number: int
    title: str
    unit_ref: str
    criteria: tuple[CriterionLine, ...]

    @property
    def claimed(self) -> int:
        """How many of them have evidence."""
        return sum(1 for criterion in self.criteria if criterion.claims)


@dataclass(frozen=True)
class UnitStrip:
    """The criteria of one unit at a glance."""

    label: str
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class AssessmentHead:
    """What an assessment is, for headings and manifests."""

    id: UUID
    code: str
    title: str
    specification_id: UUID
    specification_version: str
    specification_digest: str
    qualification_number: str
    units: tuple[Unit, ...]

    @property
    def name(self) -> str:
        """Such as ``501 Undertaking effective coaching or mentoring``; several units by title."""
        if len(self.units) == 1:
            return f"{self.units[0].number} {self.units[0].title}"
        return self.title

    @property
    def short_name(self) -> str:
        """Such as ``Unit 501`` or ``Units D5.02 and D5.03``."""
        numbers = " and ".join(unit.number for unit in self.units)
        return f"Unit {numbers}" if len(self.units) == 1 else f"Units {numbers}"


@dataclass(frozen=True)
class UnitPage:
    """All that the learner's page of one assessment shows and that a submission is made of."""

    registration: Registration
    assessment: AssessmentHead
    outcomes: tuple[OutcomeBlock, ...]
    items: tuple[Item, ...]
    withdrawn: tuple[Item, ...]
    attempts: tuple[Attempt, ...]
    today: datetime.date
    kept: KeptWork | None = None

    @property
    def criteria(self) -> tuple[CriterionLine, ...]:
        """Every criterion, in the order of the sheet."""
        return tuple(line for block in self.outcomes for line in block.criteria)

    @property
    def strips(self) -> tuple[UnitStrip, ...]:
        """Every criterion at a glance, a strip for each unit where there are several."""
        units: dict[str, list[CriterionLine]] = {}
        for block in self.outcomes:
            units.setdefault(block.unit_ref, []).extend(block.criteria)
        return tuple(
            UnitStrip(f"{ref} at a glance" if ref else "All criteria at a glance", tuple(criteria))
            for ref, criteria in units.items()
        )

    @property
    def state(self) -> WorkState:
        """Where the work stands: what is kept counts until something is handed in here."""
        return _state(self.attempts, self.kept)

    @property
    def last_attempt(self) -> Attempt | None:
        """The newest submission."""
        return self.attempts[-1] if self.attempts else None

    @property
    def next_attempt(self) -> int:
        """The number that the next submission will have."""
        return len(self.attempts) + 1

    @property
    def handed_in(self) -> tuple[Item, ...]:
        """What a submission made now would hold: items claimed for this assessment."""
        return tuple(item for item in self.items if item.claims)

    @property
    def unclaimed(self) -> tuple[Item, ...]:
        """Items that support nothing here yet."""
        return tuple(item for item in self.items if not item.claims)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The check list of a submission."""
        return check_list(
            state=self.state,
            expires_on=self.registration.expires_on,
            today=self.today,
            years=self.registration.pathway.registration_years,
            criteria=[(line.name, line.place, len(line.claims)) for line in self.criteria],
        )

    @property
    def unmet(self) -> tuple[Check, ...]:
        """What still keeps it from being submitted."""
        return unmet(self.checks)

    @property
    def programme(self) -> str:
        """The programme that the learner follows, such as ``Orchard Leaders, version 1``."""
        said = self.criteria[0].programme
        return said.programme if said else ""

    @property
    def count_claimed(self) -> int:
        """How many criteria have evidence."""
        return sum(1 for line in self.criteria if line.claims)

    @property
    def count_missing(self) -> int:
        """How many have none."""
        return len(self.criteria) - self.count_claimed

    @property
    def changed_since_decision(self) -> bool:
        """Whether the learner has added or claimed anything since the last decision."""
        last = self.last_attempt
        if last is None or last.closed_at is None:
            return False
        at = last.closed_at
        return any(
            item.version.added_at > at or any(line.claim.claimed_at > at for line in item.claims)
            for item in self.items
        )


@dataclass(frozen=True)
class EvidencePage:
    """One item with all its versions and claims, and the criteria that it could be claimed for."""

    evidence: Evidence
    registration: Registration
    versions: tuple[EvidenceVersion, ...]
    claims: tuple[ClaimLine, ...]
    withdrawn_claims: tuple[ClaimLine, ...]
    criteria: tuple[Criterion, ...]
    assessments: tuple[tuple[UUID, str], ...]

    @property
    def latest(self) -> EvidenceVersion:
        """The newest version."""
        return self.versions[-1]


@dataclass(frozen=True)
class WorkLine:
    """One assessment of a registration on the learner's own list."""

    registration: Registration
    assessment: Assessment
    units: str
    criteria: int
    claimed: int
    state: WorkState
    last_attempt: Attempt | None
    standing: Confirmed | None = None
    kept: KeptWork | None = None

    @property
    def missing(self) -> int:
        """How many criteria have no evidence yet."""
        return self.criteria - self.claimed

    @property
    def expired(self) -> bool:
        """Whether the end of the registration keeps it from being handed in."""
        return self.registration.has_expired() and self.state in {
            WorkState.NOT_SUBMITTED,
            WorkState.REFERRED,
        }

    @property
    def waits_for_learner(self) -> bool:
        """Whether the next step is the learner's and can be taken."""
        open_to_learner = {WorkState.NOT_SUBMITTED, WorkState.REFERRED}
        return self.state in open_to_learner and not self.expired


@dataclass(frozen=True)
class Snapshot:
    """A submission as it was handed in: it never changes, whatever happens to the portfolio."""

    submission: Submission
    attempt: int
    submitted_at: datetime.datetime
    declaration: Signature
    items: tuple[SubmissionItem, ...]
    claims: Mapping[UUID, tuple[SubmissionClaim, ...]]
    closure: Closure | None

    @property
    def claims_by_item(
        self,
    ) -> tuple[tuple[SubmissionItem, tuple[tuple[str, SubmissionClaim], ...]], ...]:
        """Each item with its claims, each under its criterion's name, in the criteria's order."""
        names = _names([claims[0].criterion for claims in self.claims.values()])
        of_item: defaultdict[UUID, list[tuple[str, SubmissionClaim]]] = defaultdict(list)
        for criterion_id, claims in self.claims.items():
            for claim in claims:
                of_item[claim.item_id].append((names[criterion_id], claim))
        return tuple((item, tuple(of_item[item.pk])) for item in self.items)


def unit_page(*, centre: Centre, registration: Registration, assessment_id: UUID) -> UnitPage:
    """The page's content in three queries; the registration comes with its pathway.

    A registration that has moved asks what it keeps as well. Raises ``Http404`` for an assessment
    that is not of the registration's pathway.
    """
    criteria = _criteria_of(centre, registration, assessment_id)
    if not criteria:
        raise Http404
    elements = _elements(criteria)
    names = _names(criteria)
    by_id = {criterion.pk: criterion for criterion in criteria}
    order = {key: place for place, key in enumerate(by_id)}
    claims = sorted(
        Claim.objects.for_centre(centre)
        .standing()
        .filter(criterion__in=list(by_id), evidence__registration=registration)
        .select_related("evidence"),
        key=lambda claim: (order[claim.criterion_id], claim.evidence.number, claim.place or 0),
    )
    lines = [
        ClaimLine(
            claim,
            names[claim.criterion_id],
            elements[claim.criterion_id],
            claim.evidence.label,
            claim.evidence.title,
        )
        for claim in claims
    ]
    standing: defaultdict[UUID, list[ClaimLine]] = defaultdict(list)
    of_item: defaultdict[UUID, list[ClaimLine]] = defaultdict(list)
    for line in lines:
        of_item[line.claim.evidence_id].append(line)
        if line.claim.evidence.withdrawn_at is None:
            standing[line.claim.criterion_id].append(line)
    items = [
        Item(version.evidence, version, version.file, tuple(of_item[version.evidence_id]))
        for version in _latest_versions(centre, registration)
    ]
    kept = _kept(centre, registration, moved=criteria[0].moved)  # type: ignore[attr-defined]
    return UnitPage(
        registration=registration,
        assessment=_head_of(criteria, assessment_id),
        outcomes=_outcome_blocks(criteria, elements, standing, kept),
        items=tuple(item for item in items if item.evidence.withdrawn_at is None),
        withdrawn=tuple(item for item in items if item.evidence.withdrawn_at is not None),
        attempts=tuple(_attempt_from(row) for row in criteria[0].attempts),  # type: ignore[attr-defined]
        today=timezone.localdate(),
        kept=kept.works.get(assessment_id),
    )


def _kept(centre: Centre, registration: Registration, *, moved: bool) -> Kept:
    return kept_by(centre, [registration.pk])[registration.pk] if moved else NOTHING


def _state(attempts: Sequence[Attempt], kept: KeptWork | None) -> WorkState:
    if kept and not attempts:
        return state_of([kept.outcome or None])
    return state_of([attempt.outcome for attempt in attempts])


def _criteria_of(
    centre: Centre, registration: Registration, assessment_id: UUID
) -> list[Criterion]:
    """The criteria that an assessment covers, with the assessment's own facts, the attempts and
    whether the registration has moved beside each: the same for all, for one query less. What the
    learner's programme says of each comes with it."""
    attempts = _with_outcome(centre).filter(registration=registration, assessment=assessment_id)
    moves = PathwayMove.objects.for_centre(centre).filter(registration=registration)
    covers = Q(
        unit__assessment_units__assessment=assessment_id,
        unit__pathway_units__pathway=registration.pathway_id,
    )
    gates = NumericRule.objects.filter(criterion=OuterRef("pk"), is_gate=True).order_by("position")
    return list(
        Criterion.objects.filter(covers)
        .select_related("unit", "outcome")
        .annotate(
            unit_position=F("unit__assessment_units__position"),
            assessment_code=F("unit__assessment_units__assessment__code"),
            assessment_title=F("unit__assessment_units__assessment__title"),
            version=F("specification__version"),
            digest=F("specification__digest"),
            qualification_number=F("specification__qualification__number"),
            gates=ArraySubquery(
                gates.values(
                    rule=JSONObject(
                        label="label",
                        minimum="minimum",
                        maximum="maximum",
                        measure="unit_of_measure",
                    )
                )
            ),
        )
        .annotate(
            attempts=ArraySubquery(attempts.values(facts=JSONObject(**ATTEMPT))),
            moved=Exists(moves),
            programme=programme_criteria(centre, registration.pk),
        )
        .order_by("unit_position", "position")
    )


def _attempt_from(facts: dict[str, Any]) -> Attempt:
    """An attempt from the JSON of the query above."""
    closed_at = facts["closed_at"]
    return Attempt(
        id=UUID(facts["id"]),
        number=facts["number"],
        submitted_at=datetime.datetime.fromisoformat(facts["submitted_at"]),
        outcome=facts["outcome"],
        closed_at=datetime.datetime.fromisoformat(closed_at) if closed_at else None,
    )


def _head_of(criteria: list[Criterion], assessment_id: UUID) -> AssessmentHead:
    first = criteria[0]
    return AssessmentHead(
        id=assessment_id,
        code=first.assessment_code,  # type: ignore[attr-defined]
        title=first.assessment_title,  # type: ignore[attr-defined]
        specification_id=first.specification_id,
        specification_version=first.version,  # type: ignore[attr-defined]
        specification_digest=first.digest,  # type: ignore[attr-defined]
        qualification_number=first.qualification_number,  # type: ignore[attr-defined]
        units=tuple(dict.fromkeys(criterion.unit for criterion in criteria)),
    )


def _elements(criteria: Sequence[Criterion]) -> dict[UUID, str]:
    """The id of each criterion's element on the page; with the unit's number where several are."""
    several = len({criterion.unit_id for criterion in criteria}) > 1
    return {
        criterion.pk: "-".join(
            ["ac", *([criterion.unit.number] if several else []), *criterion.number.split(".")]
        )
        for criterion in criteria
    }


def _names(criteria: Sequence[Criterion]) -> dict[UUID, str]:
    """What each criterion is called: ``1.3``, or ``D5.02-1.3`` where there are several units."""
    several = len({criterion.unit_id for criterion in criteria}) > 1
    return {
        criterion.pk: f"{criterion.unit.ref}-{criterion.number}" if several else criterion.number
        for criterion in criteria
    }


def _outcome_blocks(
    criteria: list[Criterion],
    elements: Mapping[UUID, str],
    claims: Mapping[UUID, list[ClaimLine]],
    kept: Kept,
) -> tuple[OutcomeBlock, ...]:
    several = len({criterion.unit_id for criterion in criteria}) > 1
    names = _names(criteria)
    blocks: dict[UUID, list[Criterion]] = {}
    for criterion in criteria:
        blocks.setdefault(criterion.outcome_id, []).append(criterion)

    def line(criterion: Criterion) -> CriterionLine:
        return CriterionLine(
            id=criterion.pk,
            number=criterion.number,
            name=names[criterion.pk],
            place=elements[criterion.pk],
            statement=criterion.statement,
            guidance=tuple(criterion.guidance),
            counted=tuple(counted_in_words(**gate) for gate in criterion.gates),  # type: ignore[attr-defined]
            claims=tuple(claims[criterion.pk]),
            kept=kept.passes[criterion.pk].sentence if criterion.pk in kept.passes else "",
            programme=in_programme(criterion.programme),  # type: ignore[attr-defined]
        )

    return tuple(
        OutcomeBlock(
            number=rows[0].outcome.number,
            title=rows[0].outcome.heading,
            unit_ref=rows[0].unit.ref if several else "",
            criteria=tuple(line(criterion) for criterion in rows),
        )
        for rows in blocks.values()
    )


def counted_in_words(label: str, minimum: float | None, maximum: float | None, measure: str) -> str:
    """A rule of a criterion as the learner reads it: what their assessor will count.

    Such as ``Practice: 18 hours or more, counted by your assessor.``
    """
    asked = required_in_words(minimum, maximum, measure)
    return f"{label}: {asked}, counted by your assessor."


def _latest_versions(centre: Centre, registration: Registration) -> list[EvidenceVersion]:
    """The latest version of every item, newest item first."""
    rows = (
        EvidenceVersion.objects.for_centre(centre)
        .filter(evidence__registration=registration)
        .select_related("evidence", "file")
        .order_by("-evidence__number", "-number")
        .distinct("evidence__number")
    )
    return list(rows)


def _with_outcome(centre: Centre) -> "QuerySet[Submission]":
    """Submissions with how each was decided, in the order of the attempts."""
    closure = Closure.objects.for_centre(centre).standing().filter(submission=OuterRef("pk"))
    return (
        Submission.objects.for_centre(centre)
        .annotate(
            outcome=Subquery(closure.values("outcome")[:1]),
            closed_at=Subquery(closure.values("closed_at")[:1]),
        )
        .order_by("attempt")
    )


def _attempt(row: Submission) -> Attempt:
    return Attempt(
        id=row.pk,
        number=row.attempt,
        submitted_at=row.submitted_at,
        outcome=row.outcome,  # type: ignore[attr-defined]
        closed_at=row.closed_at,  # type: ignore[attr-defined]
    )


def attempts_of(
    centre: Centre, registration: Registration, assessment_id: UUID
) -> tuple[Attempt, ...]:
    """Every submission of a registration's work for an assessment, in their order."""
    rows = _with_outcome(centre).filter(registration=registration, assessment=assessment_id)
    return tuple(_attempt(row) for row in rows)


def with_assessors(centre: Centre, rows: "QuerySet[Registration]") -> "QuerySet[Registration]":
    """Registrations with the names of those who mark their work now, as ``assessors``."""
    allocated = Allocation.objects.for_centre(centre).filter(
        registration=OuterRef("pk"), ends_on__isnull=True
    )
    names = allocated.order_by("starts_on").values("assessor__full_name")
    return rows.annotate(assessors=ArraySubquery(names))


def my_work(*, centre: Centre, learner: User) -> tuple[WorkLine, ...]:
    """Every assessment of every registration of a learner, in five queries at most.

    Registrations that have moved ask what they keep as well.
    """
    registrations = list(
        Registration.objects.for_centre(centre)
        .for_learner(learner)
        .select_related("pathway")
        .annotate(moved=has_moved(centre))
        .order_by("-enrolled_on", "pk")
    )
    kept = kept_by(centre, [row.pk for row in registrations if row.moved])  # type: ignore[attr-defined]
    covered = list(
        AssessmentUnit.objects.filter(
            unit__pathway_units__pathway__in={row.pathway_id for row in registrations}
        )
        .select_related("assessment", "unit")
        .annotate(
            pathway_id=F("unit__pathway_units__pathway"),
            pathway_position=F("unit__pathway_units__position"),
            criteria=Count("unit__criteria", distinct=True),
        )
        .order_by("pathway_position", "position")
    )
    claimed = _claimed_by_unit(centre, registrations)
    attempts: defaultdict[tuple[UUID, UUID], list[Attempt]] = defaultdict(list)
    for made in _with_outcome(centre).filter(registration__in=registrations):
        attempts[made.registration_id, made.assessment_id].append(_attempt(made))
    standings = standing_of_submissions(
        centre, [tries[-1].id for tries in attempts.values() if tries[-1].outcome]
    )
    lines = []
    for registration in registrations:
        units: dict[UUID, list[AssessmentUnit]] = {}
        for row in covered:
            if row.pathway_id == registration.pathway_id:
                units.setdefault(row.assessment_id, []).append(row)
        for assessment_id, rows in units.items():
            tries = attempts[registration.pk, assessment_id]
            keeps = kept.get(registration.pk, NOTHING).works.get(assessment_id)
            standing = standings.get(tries[-1].id) if tries else None
            lines.append(
                WorkLine(
                    registration=registration,
                    assessment=rows[0].assessment,
                    units=", ".join(f"{row.unit.number} {row.unit.title}" for row in rows),
                    criteria=sum(row.criteria for row in rows),  # type: ignore[attr-defined]
                    claimed=sum(claimed.get((registration.pk, row.unit_id), 0) for row in rows),
                    state=_state(tries, keeps),
                    last_attempt=tries[-1] if tries else None,
                    standing=keeps.standing if keeps and not tries else standing,
                    kept=None if tries else keeps,
                )
            )
    return tuple(lines)


def _claimed_by_unit(
    centre: Centre, registrations: list[Registration]
) -> dict[tuple[UUID, UUID], int]:
    """How many criteria have evidence, by registration and unit."""
    rows = (
        Claim.objects.for_centre(centre)
        .standing()
        .filter(evidence__registration__in=registrations, evidence__withdrawn_at__isnull=True)
        .values_list("evidence__registration", "criterion__unit")
        .annotate(count=Count("criterion", distinct=True))
        .order_by()
    )
    return {(registration, unit): count for registration, unit, count in rows}


def waiting_for_learner(centre: Centre, user: User) -> int:
    """How many assessments wait for this learner's next step."""
    return sum(1 for line in my_work(centre=centre, learner=user) if line.waits_for_learner)


def evidence_page(*, centre: Centre, evidence: Evidence) -> EvidencePage:
    """One item's page in four queries; it comes with its registration and that one's pathway."""
    pathway = evidence.registration.pathway_id
    criteria = tuple(
        Criterion.objects.filter(unit__pathway_units__pathway=pathway)
        .select_related("unit", "outcome")
        .order_by("unit__pathway_units__position", "position")
    )
    several = len({criterion.unit_id for criterion in criteria}) > 1
    names = {
        criterion.pk: f"{criterion.unit.number} {criterion.number}" if several else criterion.number
        for criterion in criteria
    }
    order = {criterion.pk: place for place, criterion in enumerate(criteria)}
    claims = sorted(
        Claim.objects.for_centre(centre)
        .filter(evidence=evidence)
        .select_related("criterion__unit"),
        key=lambda claim: (
            order.get(claim.criterion_id, len(order)),
            claim.place or 0,
            claim.claimed_at,
        ),
    )
    lines = [
        ClaimLine(
            claim,
            names.get(claim.criterion_id)
            or f"{claim.criterion.unit.number} {claim.criterion.number}",
            "",
            evidence.label,
            evidence.title,
            rests=claim.criterion_id not in names,
        )
        for claim in claims
    ]
    assessments = (
        Assessment.objects.filter(assessment_units__unit__pathway_units__pathway=pathway)
        .distinct()
        .order_by("position")
    )
    return EvidencePage(
        evidence=evidence,
        registration=evidence.registration,
        versions=tuple(
            EvidenceVersion.objects.for_centre(centre)
            .filter(evidence=evidence)
            .select_related("file")
            .order_by("number")
        ),
        claims=tuple(line for line in lines if line.claim.withdrawn_at is None),
        withdrawn_claims=tuple(line for line in lines if line.claim.withdrawn_at is not None),
        criteria=criteria,
        assessments=tuple((row.pk, row.title) for row in assessments),
    )


def submission_snapshot(submission: Submission) -> Snapshot:
    """What was handed in, with its declaration and its end, in four queries."""
    centre = Centre(pk=submission.centre_id)  # its key is all that the scope needs
    items = tuple(
        SubmissionItem.objects.for_centre(centre)
        .filter(submission=submission)
        .select_related("version__file", "version__evidence")
        .order_by("number")
    )
    claims: defaultdict[UUID, list[SubmissionClaim]] = defaultdict(list)
    rows = (
        SubmissionClaim.objects.for_centre(centre)
        .filter(item__submission=submission)
        .select_related("criterion__unit", "item")
        .order_by("criterion__unit__position", "criterion__position", "item__number", "place")
    )
    for row in rows:
        claims[row.criterion_id].append(row)
    return Snapshot(
        submission=submission,
        attempt=submission.attempt,
        submitted_at=submission.submitted_at,
        declaration=Signature.objects.for_centre(centre).get(
            subject_kind=Submission._meta.label_lower,
            subject_id=submission.pk,
            purpose=Signature.Purpose.DECLARATION,
        ),
        items=items,
        claims=MappingProxyType({key: tuple(rows) for key, rows in claims.items()}),
        closure=Closure.objects.for_centre(centre).standing().filter(submission=submission).first(),
    )
