"""What the centre may offer: each qualification's approval with its papers, counts and history."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from centres.access import STAFF
from centres.approvals import (
    ApprovalState,
    approval_state,
    offered_qualifications,
    pathway_units_past_review,
)
from centres.ledger import ACTIONS
from centres.models import Approval, AuditEvent, Centre, Registration, ReviewOverride, Role, User
from centres.queries import HistoryEntry
from qualifications.models import Qualification
from quality.models import ApprovalPaper, DirectClaims, Visit
from quality.queries.confirmations import StatusRow

# What the awarding body asks a centre to have (domain brief, 8).
ASKED_FOR = (ApprovalPaper.Kind.JOURNEY, ApprovalPaper.Kind.LESSONS)


def qualifications_to_see(
    centre: Centre, person: User, roles: frozenset[Role]
) -> QuerySet[Qualification]:
    """All that staff may offer; for an external quality assurer those of their open visits."""
    offered = offered_qualifications(centre)
    if roles & STAFF:
        return offered
    visits = Visit.objects.for_centre(centre).open_to(person)
    return offered.filter(pk__in=visits.values("qualification"))


def approvals_to_see(centre: Centre, person: User, roles: frozenset[Role]) -> QuerySet[Approval]:
    """The approvals of those qualifications."""
    rows = Approval.objects.for_centre(centre).select_related("qualification", "recorded_by")
    if roles & STAFF:
        return rows
    visits = Visit.objects.for_centre(centre).open_to(person)
    return rows.filter(qualification__in=visits.values("qualification"))


def papers_to_see(centre: Centre, person: User, roles: frozenset[Role]) -> QuerySet[ApprovalPaper]:
    """The papers of those approvals, withdrawn ones among them."""
    papers = ApprovalPaper.objects.for_centre(centre).select_related("file", "approval")
    return papers.filter(approval__in=approvals_to_see(centre, person, roles).values("pk"))


@dataclass(frozen=True)
class NextStep:
    """What the manager does next: a URL name and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class OfferRow:
    """A qualification and how far the centre may offer it."""

    qualification: Qualification
    approval: Approval | None
    state: ApprovalState
    running: int
    past_review: tuple[str, ...]
    overridden: bool
    claims: StatusRow | None
    missing: tuple[str, ...]

    @property
    def review_stops(self) -> bool:
        """Whether units past their review dates keep learners from being enrolled."""
        return bool(self.past_review) and not self.overridden

    @property
    def next_step(self) -> NextStep | None:
        """The first thing that is still to do."""
        if self.approval is None or self.state.code == "ended":
            return NextStep("quality:approval-new", "Record the approval")
        if self.state.code == "lapses":
            return None
        if self.review_stops:
            return NextStep("quality:approval-override", "Allow past the review date")
        if self.missing:
            return NextStep("quality:approval-paper-add", f"Attach the {self.missing[0].lower()}")
        return None


def offer_list(
    centre: Centre, person: User, roles: frozenset[Role]
) -> tuple[tuple[OfferRow, ...], int]:
    """Every qualification to see, and how many of them take learners; in three queries."""
    today = timezone.localdate()
    qualifications: Any = (
        qualifications_to_see(centre, person, roles)
        .annotate(
            running=_count(_running(centre, today, OuterRef("pk"))),
            past_review=_past_review(centre, today, OuterRef("pk")),
        )
        .order_by("number", "pk")
    )
    approvals = _present_approvals(centre, today)
    claims = _claims(centre, today)
    rows = tuple(
        OfferRow(
            qualification=each,
            approval=(held := approvals.get(each.pk)),
            state=approval_state(held, today),
            running=each.running,
            past_review=tuple(unit.ref for unit in past_units(each.past_review)),
            overridden=held is not None and held.overridden,
            claims=claims.get(each.pk),
            missing=_missing(held.kinds) if held else (),
        )
        for each in qualifications
    )
    open_now = sum(row.state.takes_learners and not row.review_stops for row in rows)
    return rows, open_now


def _present_approvals(centre: Centre, today: datetime.date) -> dict[UUID, Any]:
    """The approval to show of each qualification, with its override and its kinds of papers."""
    papers = ApprovalPaper.objects.for_centre(centre).filter(withdrawn_at__isnull=True)
    overrides = ReviewOverride.objects.for_centre(centre).filter(withdrawn_at__isnull=True)
    approvals: dict[UUID, list[Any]] = defaultdict(list)
    for approval in Approval.objects.for_centre(centre).annotate(
        overridden=Exists(overrides.filter(approval=OuterRef("pk"))),
        kinds=ArraySubquery(papers.filter(approval=OuterRef("pk")).order_by().values("kind")),
    ):
        approvals[approval.qualification_id].append(approval)
    return {key: present_approval(rows, today) for key, rows in approvals.items()}


def present_approval(approvals: Iterable[Approval], today: datetime.date) -> Approval | None:
    """The one in force; else the next to start; else the one that ended last."""

    def rank(approval: Approval) -> tuple[int, int]:
        if approval.starts_on > today:
            return 1, approval.starts_on.toordinal()
        if approval.ends_on and approval.ends_on < today:
            return 2, -approval.ends_on.toordinal()
        return 0, 0

    return min(approvals, key=rank, default=None)


def _running(centre: Centre, today: datetime.date, qualification: Any) -> QuerySet[Registration]:
    """Registrations on a qualification that have not expired."""
    rows: QuerySet[Registration] = Registration.objects.for_centre(centre).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today),
        pathway__specification__qualification=qualification,
    )
    return rows


def _count(rows: QuerySet[Registration]) -> Coalesce:
    """How many there are, as a column of the query around it."""
    counted = rows.order_by().values("centre").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class PastUnit:
    """A unit past its review date."""

    ref: str
    review_on: datetime.date


def _past_review(centre: Centre, today: datetime.date, qualification: Any) -> ArraySubquery:
    """Units of a qualification's published pathways past their review dates, as a column."""
    past = pathway_units_past_review(centre, today)
    rows = past.filter(specification__qualification=qualification).order_by("unit__ref")
    return ArraySubquery(rows.values(one=JSONObject(ref="unit__ref", on="unit__review_on")))


def past_units(column: list[dict[str, str]]) -> tuple[PastUnit, ...]:
    """What ``_past_review`` has read, each unit once."""
    found = {one["ref"]: datetime.date.fromisoformat(one["on"]) for one in column}
    return tuple(PastUnit(ref, on) for ref, on in found.items())


def past_review_of(centre: Centre, approval: Approval) -> tuple[PastUnit, ...]:
    """The units of an approval's qualification that are past their review dates today."""
    rows: Any = Approval.objects.for_centre(centre).filter(pk=approval.pk)
    past = _past_review(centre, timezone.localdate(), OuterRef("qualification"))
    return past_units(rows.annotate(past=past).values_list("past", flat=True).get())


def _claims(centre: Centre, today: datetime.date) -> dict[UUID, StatusRow]:
    """The direct-claims status to show of each qualification: in force first, then the newest."""
    shown: dict[UUID, StatusRow] = {}
    for status in DirectClaims.objects.for_centre(centre).order_by("starts_on"):
        row, before = StatusRow(status, today), shown.get(status.qualification_id)
        if before is None or before.code != "active" or row.code == "active":
            shown[status.qualification_id] = row
    return shown


def _missing(held: Collection[str]) -> tuple[str, ...]:
    return tuple(str(kind.label) for kind in ASKED_FOR if kind not in held)


@dataclass(frozen=True)
class ApprovalPage:
    """One approval: its days, papers, overrides, enrolments, direct claims and history."""

    approval: Approval
    state: ApprovalState
    papers: tuple[ApprovalPaper, ...]
    overrides: tuple[ReviewOverride, ...]
    past_review: tuple[PastUnit, ...]
    enrolled: int
    running: int
    claims: tuple[StatusRow, ...]
    others: tuple[tuple[Approval, ApprovalState], ...]
    history: tuple[HistoryEntry, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The papers that the awarding body asks for and that are not there."""
        return _missing({paper.kind for paper in self.papers if paper.withdrawn_at is None})

    @property
    def override(self) -> ReviewOverride | None:
        """The one that stands."""
        return next((each for each in self.overrides if each.withdrawn_at is None), None)

    @property
    def review_stops(self) -> bool:
        """Whether units past their review dates keep learners from being enrolled."""
        return bool(self.past_review) and self.override is None


def approval_page(centre: Centre, seen: QuerySet[Approval], approval_id: UUID) -> ApprovalPage:
    """One of the approvals to see as its page shows it, in five queries.

    Raises ``Approval.DoesNotExist`` where it is not among them.
    """
    today = timezone.localdate()
    wanted = seen.filter(pk=approval_id).values("qualification")
    rows: list[Any] = list(
        seen.filter(qualification__in=wanted).annotate(
            enrolled=_count(_enrolled(centre)),
            running=_count(_running(centre, today, OuterRef("qualification")) & _enrolled(centre)),
            past=_past_review(centre, today, OuterRef("qualification")),
        )
    )
    approval = next((row for row in rows if row.pk == approval_id), None)
    if approval is None:
        raise Approval.DoesNotExist
    papers = tuple(
        ApprovalPaper.objects.for_centre(centre)
        .filter(approval=approval)
        .select_related("file", "added_by", "withdrawn_by")
    )
    overrides = tuple(
        ReviewOverride.objects.for_centre(centre)
        .filter(approval=approval)
        .select_related("allowed_by", "withdrawn_by")
    )
    statuses = DirectClaims.objects.for_centre(centre).select_related("recorded_by", "confirmed_by")
    return ApprovalPage(
        approval=approval,
        state=approval_state(approval, today),
        papers=papers,
        overrides=overrides,
        past_review=past_units(approval.past),
        enrolled=approval.enrolled,
        running=approval.running,
        claims=tuple(
            StatusRow(status, today)
            for status in statuses.filter(qualification=approval.qualification_id)
        ),
        others=tuple(
            (other, approval_state(other, today)) for other in rows if other.pk != approval_id
        ),
        history=_history(centre, [approval.pk, *(each.pk for each in (*papers, *overrides))]),
    )


def _enrolled(centre: Centre) -> QuerySet[Registration]:
    """Registrations that were enrolled while the approval of the query around it held."""
    last = Coalesce(OuterRef("ends_on"), Value(datetime.date.max))
    rows: QuerySet[Registration] = Registration.objects.for_centre(centre).filter(
        pathway__specification__qualification=OuterRef("qualification"),
        enrolled_on__gte=OuterRef("starts_on"),
        enrolled_on__lte=last,
    )
    return rows


def _history(centre: Centre, subjects: list[Any]) -> tuple[HistoryEntry, ...]:
    """What the ledger holds about the approval, its papers and its overrides, oldest first."""
    events = AuditEvent.objects.for_centre(centre).filter(subject_id__in=subjects).order_by("seq")
    return tuple(
        HistoryEntry(
            title=(meaning := ACTIONS.get(event.action, event.action))[:1].upper() + meaning[1:],
            detail=f"by {event.actor_name}" if event.actor_name else "",
            when=event.at,
            digest=event.digest,
        )
        for event in events
    )
