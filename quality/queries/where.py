"""Where every registration stands: what is passed, where it is, on whom it waits, for how long."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.utils import timezone

from centres.models import Centre, Registration
from centres.queries import EXPIRES_SOON_DAYS, PAGE_SIZE, pathway_label
from portfolios.queries import with_assessors
from qualifications.models import Pathway
from quality.models import DirectClaims, Sample
from quality.queries.record import standing_code
from quality.queries.standings import standings_with_work, with_work
from quality.queries.visit_room import unit_names
from quality.standing import Standing, WorkStanding

STUCK_DAYS = 14
WAITS_ON = {
    "learner": "Learner",
    "assessor": "Assessor",
    "iqa": "Internal quality assurer",
    "eqa": "External quality assurer",
    "centre": "Centre",
    "nobody": "Nobody: all confirmed",
}
EXPIRES = {
    "soon": f"Within {EXPIRES_SOON_DAYS} days",
    "running": "Still running",
    "expired": "Expired",
}
SHOWS = {"stuck": f"Stuck over {STUCK_DAYS} days", "claim": "Ready to claim", "held": "On hold"}


@dataclass(frozen=True)
class WhereFilter:
    """What the list is narrowed to, as read from the address.

    ``pathway`` is a pathway, or a qualification for all of its pathways.
    """

    text: str = ""
    pathway: UUID | None = None
    on: str = ""
    expires: str = ""
    show: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether rows are left out."""
        return bool(self.text or self.pathway or self.on or self.expires or self.show)


@dataclass(frozen=True)
class Waits:
    """On whom something waits: a key of ``WAITS_ON``, names, and what they are to do."""

    on: str
    names: tuple[str, ...] = ()
    what: str = ""


@dataclass(frozen=True)
class WhereRow:
    """One registration; ``since`` is when it came to wait, None where nothing says."""

    registration: Registration
    passed: tuple[bool, ...]
    state: str
    word: str
    waits: Waits
    since: datetime.date | None
    held: bool
    claimable: bool

    @property
    def days(self) -> int | None:
        """How long it has waited."""
        return (timezone.localdate() - self.since).days if self.since else None

    @property
    def passes(self) -> int:
        """How many units' assessments are passed."""
        return sum(self.passed)

    @property
    def waits_label(self) -> str:
        """On whom, by role."""
        return WAITS_ON[self.waits.on]

    @property
    def is_stuck(self) -> bool:
        """Whether it has waited for more than two weeks on somebody."""
        return self.waits.on != "nobody" and (self.days or 0) > STUCK_DAYS

    @property
    def expires_soon(self) -> bool:
        """Whether it ends within ninety days, or has ended."""
        ends = self.registration.expires_on
        return ends is not None and ends <= timezone.localdate() + datetime.timedelta(
            days=EXPIRES_SOON_DAYS
        )


@dataclass(frozen=True)
class Figure:
    """A number over the list, and the filter that shows its rows."""

    query: str
    count: int
    label: str
    icon: str


@dataclass(frozen=True)
class WherePage:
    """The page: figures over all registrations, and one page of those chosen."""

    figures: tuple[Figure, ...]
    pathways: tuple[tuple[UUID, str], ...]
    page: Page[Any]


def where_page(centre: Centre, chosen: WhereFilter, number: int | str) -> WherePage:
    """Every registration's place, narrowed; the number of queries does not grow with the rows."""
    every = with_work(with_assessors(centre, Registration.objects.for_centre(centre)), centre)
    registrations = list(
        every.select_related("learner", "pathway__specification__qualification").order_by(
            F("expires_on").asc(nulls_last=True), "certificate_name", "pk"
        )
    )
    rows = _rows(centre, registrations)
    today = timezone.localdate()
    found = [row for row in rows if _fits(row, chosen, today)]
    pathways = {
        key: label for row in registrations for key, label in _pathway_choices(centre, row.pathway)
    }
    return WherePage(
        figures=_figures(rows, today),
        pathways=tuple(sorted(pathways.items(), key=lambda pair: pair[1])),
        page=Paginator(found, PAGE_SIZE).get_page(number),
    )


def _pathway_choices(centre: Centre, pathway: Pathway) -> tuple[tuple[UUID, str], ...]:
    """A pathway, and its qualification as a whole."""
    qualification = pathway.specification.qualification
    return (
        (qualification.pk, f"{qualification.number}, all pathways"),
        (pathway.pk, pathway_label(centre, pathway)),
    )


def _rows(centre: Centre, registrations: list[Registration]) -> list[WhereRow]:
    works = standings_with_work(centre, registrations)
    units = unit_names({assessment for _, assessment in works})
    reviewers = _reviewers(centre)
    in_force = set(
        DirectClaims.objects.for_centre(centre)
        .in_force(timezone.localdate())
        .values_list("qualification", flat=True)
    )
    by_registration: dict[UUID, list[WorkStanding]] = defaultdict(list)
    for key, work in works.items():
        by_registration[key[0]].append(work)
    return [
        _row(
            registration,
            by_registration[registration.pk],
            units=units,
            assessors=tuple(registration.assessors),  # type: ignore[attr-defined]
            reviewers=reviewers,
            claims=registration.pathway.specification.qualification_id in in_force,
        )
        for registration in registrations
    ]


def _reviewers(centre: Centre) -> dict[UUID, str]:
    """Who is to review each sampled sheet."""
    rows = Sample.objects.for_centre(centre).filter(sheet__isnull=False)
    return dict(rows.values_list("sheet", "reviewer__full_name"))


# What a registration waits for first, when several units are under way.
PRESSING = (
    "held",
    "returned",
    "submitted",
    "referral",
    "decided",
    "working_towards",
    "internally_confirmed",
    "not_started",
    "externally_confirmed",
)


def _row(
    registration: Registration,
    works: list[WorkStanding],
    *,
    units: dict[UUID, str],
    assessors: tuple[str, ...],
    reviewers: dict[UUID, str],
    claims: bool,
) -> WhereRow:
    passed = tuple(work.outcome == "pass" for work in works)
    held = any(work.holds for work in works)
    claimable = claims and any(_may_claim(work) for work in works)
    if not works:
        return WhereRow(
            registration, passed, "not_started", "No units", Waits("centre"), None, held, claimable
        )
    work = min(works, key=lambda each: (PRESSING.index(_pressing(each)), _age(each)))
    code = _pressing(work)
    waits = _waits(registration, work, code, assessors, reviewers, claims=claims)
    # What nobody has begun waits since the last step of anything else, or since enrolment.
    moved = [day for each in works if (day := _day(each))]
    since = _day(work) or max(moved, default=registration.enrolled_on)
    to_hand_in = {"working_towards", "not_started", "referral"}
    if registration.has_expired() and code in to_hand_in:
        return WhereRow(
            registration,
            passed,
            "blocked",
            "Submission blocked",
            Waits("centre", (), "register again"),
            registration.expires_on,
            held,
            claimable,
        )
    return WhereRow(
        registration=registration,
        passed=passed,
        state="blocked" if code == "held" else code,
        word=_word(units.get(work.assessment_id, ""), work, code, works),
        waits=waits,
        since=None if waits.on == "nobody" else since,
        held=held,
        claimable=claimable,
    )


def _may_claim(work: WorkStanding) -> bool:
    return work.standing is Standing.INTERNAL and work.outcome == "pass" and not work.holds


def _pressing(work: WorkStanding) -> str:
    """What the work waits for: a hold comes before its standing."""
    return "held" if work.holds else standing_code(work)


def _age(work: WorkStanding) -> float:
    return work.since.timestamp() if work.since else 0.0


def _day(work: WorkStanding) -> datetime.date | None:
    return timezone.localdate(work.since) if work.since else None


def _word(units: str, work: WorkStanding, code: str, works: list[WorkStanding]) -> str:
    """Where it is, in a few words."""
    if code == "externally_confirmed":
        return "All confirmed"
    if code == "not_started" and not any(work.attempt for work in works):
        return "Nothing started"
    said = {
        "held": "on hold",
        "returned": "returned",
        "submitted": "in assessment",
        "referral": "referral",
        "decided": "decided",
        "working_towards": "under way",
        "internally_confirmed": "internally confirmed",
        "not_started": "not started",
    }[code]
    return f"{units} {said}" if units else said.capitalize()


def _waits(
    registration: Registration,
    work: WorkStanding,
    code: str,
    assessors: tuple[str, ...],
    reviewers: dict[UUID, str],
    *,
    claims: bool,
) -> Waits:
    """On whom, and for what."""
    if code == "decided":
        reviewer = reviewers.get(work.sheet_id) if work.sheet_id else None
        return Waits("iqa", (reviewer,) if reviewer else (), "review" if reviewer else "release")
    if code in {"submitted", "returned"} and assessors:
        return Waits("assessor", assessors, "decide again" if code == "returned" else "decide")
    outside = Waits("centre", (), "claim") if claims else Waits("eqa", (), "release")
    others = {
        "held": Waits("centre", (), "settle the hold"),
        "submitted": Waits("centre", (), "allocate an assessor"),
        "returned": Waits("centre", (), "allocate an assessor"),
        "internally_confirmed": outside,
        "externally_confirmed": Waits("nobody"),
    }
    return others.get(code, Waits("learner", (registration.learner.full_name,), "hand in"))


def _figures(rows: Iterable[WhereRow], today: datetime.date) -> tuple[Figure, ...]:
    everything = list(rows)

    def count(**narrowed: str) -> int:
        return sum(_fits(row, WhereFilter(**narrowed), today) for row in everything)  # type: ignore[arg-type]

    return (
        Figure("", len(everything), "registrations", ""),
        Figure("expires=soon", count(expires="soon"), "expire within 90 days", "clock"),
        Figure("show=stuck", count(show="stuck"), f"stuck over {STUCK_DAYS} days", "flag"),
        Figure("show=held", count(show="held"), "on hold", "alert"),
        Figure("show=claim", count(show="claim"), "ready to claim", "tick"),
    )


def _fits(row: WhereRow, chosen: WhereFilter, today: datetime.date) -> bool:
    registration = row.registration
    said = (
        f"{registration.certificate_name} {registration.learner.full_name} {registration.number}"
    ).casefold()
    ends = registration.expires_on
    qualification = registration.pathway.specification.qualification_id
    return (
        all(word in said for word in chosen.text.casefold().split())
        and chosen.pathway in (None, registration.pathway_id, qualification)
        and chosen.on in ("", row.waits.on)
        and {
            "": True,
            "soon": ends is not None and today <= ends and row.expires_soon,
            "running": ends is None or today <= ends,
            "expired": ends is not None and ends < today,
        }[chosen.expires]
        and {"": True, "stuck": row.is_stuck, "claim": row.claimable, "held": row.held}[chosen.show]
    )


__all__ = ["EXPIRES", "SHOWS", "WAITS_ON", "WhereFilter", "where_page"]
