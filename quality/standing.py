"""How far a learner's work for an assessment has come: derived from facts, never stored.

Quality samples; it is no chain. Most work is confirmed by a release that lists it, some by a review
of its own, and all of it outside by an external activity or a direct claim. Holds stand beside.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone


class Standing(StrEnum):
    """The steps; certification will be the next."""

    NOT_STARTED = "not_started"
    WORKING = "working"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    INTERNAL = "internal"
    EXTERNAL = "external"

    @property
    def label(self) -> str:
        """How pages name it."""
        return LABELS[self]

    @property
    def place(self) -> int:
        """How many steps lie before it."""
        return list(Standing).index(self)


LABELS = {
    Standing.NOT_STARTED: "Not started",
    Standing.WORKING: "Working towards",
    Standing.SUBMITTED: "Submitted",
    Standing.DECIDED: "Decided",
    Standing.INTERNAL: "Internally confirmed",
    Standing.EXTERNAL: "Externally confirmed",
}


class Route(StrEnum):
    """By which route work was confirmed: the first two inside the centre, the others outside."""

    SAMPLED = "sampled"
    RELEASED = "released"
    VISIT = "visit"
    REPORT = "report"
    CLAIM = "claim"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What stands in the rows about the latest attempt at one assessment.

    Moments are None and texts empty where there is none. ``outcome`` is that of the signed sheet
    that stands; of a returned decision there is none.
    """

    has_claims: bool = False
    submitted_at: datetime.datetime | None = None
    returned_at: datetime.datetime | None = None
    outcome: str = ""
    decided_at: datetime.datetime | None = None
    reviewed_at: datetime.datetime | None = None
    reviewer: str = ""
    released_at: datetime.datetime | None = None
    plan: str = ""
    confirmed_at: datetime.datetime | None = None
    confirmed_by: str = ""
    route: str = ""
    report: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkStanding:
    """The standing of one registration's work for one assessment, and the sentence that says why.

    ``sheet`` is the signed sheet that stands, if any, with its assessor; ``holds`` are the kinds of
    what holds it back. ``kept_from`` are the assessments of an earlier version whose decision the
    learner keeps, and ``kept_version`` is that version. ``outside`` says that the learner's pathway
    does not ask for this work any more.
    """

    registration_id: UUID
    assessment_id: UUID
    standing: Standing
    route: Route | None
    facts: Facts
    attempt: int = 0
    submission_id: UUID | None = None
    sheet: Any = None
    holds: tuple[str, ...] = ()
    kept_from: tuple[UUID, ...] = ()
    kept_version: str = ""
    outside: bool = False

    @property
    def decided_on(self) -> tuple[UUID, ...]:
        """The assessments that were handed in for it: of an earlier version where it is kept."""
        return self.kept_from or (self.assessment_id,)

    @property
    def sheet_id(self) -> UUID | None:
        """The id of the sheet that stands."""
        return self.sheet.pk if self.sheet else None

    @property
    def outcome(self) -> str:
        """Pass, referral or nothing decided."""
        return self.facts.outcome

    @property
    def returned(self) -> bool:
        """Whether quality assurance returned the decision, which is being made again."""
        return self.standing is Standing.SUBMITTED and self.facts.returned_at is not None

    @property
    def is_provisional(self) -> bool:
        """Whether a result is there that nobody outside has confirmed yet."""
        return self.standing in {Standing.DECIDED, Standing.INTERNAL}

    @property
    def since(self) -> datetime.datetime | None:
        """When it came to stand so."""
        facts = self.facts
        return {
            Standing.NOT_STARTED: None,
            Standing.WORKING: None,
            Standing.SUBMITTED: facts.returned_at or facts.submitted_at,
            Standing.DECIDED: facts.decided_at,
            Standing.INTERNAL: facts.reviewed_at or facts.released_at,
            Standing.EXTERNAL: facts.confirmed_at,
        }[self.standing]

    @property
    def label(self) -> str:
        """The standing with the outcome, such as ``Decided: pass``."""
        if self.returned:
            return "Returned to the assessor"
        return f"{self.standing.label}: {self.outcome}" if self.outcome else self.standing.label

    @property
    def sentence(self) -> str:
        """What it means and by which route it came about."""
        said = explained(self.standing, self.route, self.facts, self.attempt)
        if not self.kept_version:
            return said
        return f"Kept from version {self.kept_version}, where every criterion is the same. {said}"


def standing_of(facts: Facts) -> tuple[Standing, Route | None]:
    """The standing and its route (project brief: sampling, releases and claims are routes).

    A review that agreed goes before a release of the same sheet. Only a pass is confirmed outside.
    """
    if facts.outcome:
        if facts.confirmed_at:
            return Standing.EXTERNAL, Route(facts.route)
        if facts.reviewed_at:
            return Standing.INTERNAL, Route.SAMPLED
        if facts.released_at:
            return Standing.INTERNAL, Route.RELEASED
        return Standing.DECIDED, None
    if facts.submitted_at:
        return Standing.SUBMITTED, None
    return (Standing.WORKING if facts.has_claims else Standing.NOT_STARTED), None


def explained(standing: Standing, route: Route | None, facts: Facts, attempt: int) -> str:
    """The sentence that says what a standing means here, with its route and days."""
    if standing is Standing.EXTERNAL:
        return _confirmed(route, facts)
    if standing is Standing.INTERNAL:
        return f"{_inside(route, facts)} Provisional until confirmed externally."
    if standing is Standing.SUBMITTED:
        return _submitted(facts, attempt)
    return {
        Standing.NOT_STARTED: "No evidence has been claimed for this yet.",
        Standing.WORKING: "Evidence is being gathered; nothing has been handed in.",
    }.get(
        standing,
        f"The assessor decided on {_day(facts.decided_at)}: {facts.outcome}. Provisional: the "
        "centre has not checked it yet, and the result can change.",
    )


def _submitted(facts: Facts, attempt: int) -> str:
    if facts.returned_at:
        return (
            f"Quality assurance returned the decision on {_day(facts.returned_at)}; the assessor "
            "decides again."
        )
    return (
        f"Attempt {attempt} was handed in on {_day(facts.submitted_at)} and is with the assessor."
    )


def _inside(route: Route | None, facts: Facts) -> str:
    if route is Route.SAMPLED:
        return (
            f"Sampled: {facts.reviewer}, internal quality assurer, agreed on "
            f"{_day(facts.reviewed_at)}."
        )
    return f"Not sampled itself: released on {_day(facts.released_at)} under {facts.plan}."


def _confirmed(route: Route | None, facts: Facts) -> str:
    inside = (
        "It had been sampled and agreed inside the centre"
        if facts.reviewed_at
        else f"It had been released inside the centre under {facts.plan}"
    )
    if route is Route.VISIT:
        return (
            f"Released by the external quality assurer {facts.confirmed_by} on "
            f"{_day(facts.confirmed_at)}. {inside}."
        )
    if route is Route.REPORT:
        return (
            f"Confirmed by the external quality assurer’s report {facts.report}, as the centre "
            f"recorded it on {_day(facts.confirmed_at)}; no external signature is held here. "
            f"{inside}."
        )
    return (
        f"Claimed on {_day(facts.confirmed_at)} under the centre’s direct-claims status "
        f"{facts.report}. {inside}."
    )


def _day(moment: datetime.datetime | None) -> str:
    if moment is None:
        return "a day not known"
    local = timezone.localtime(moment)
    return f"{local.day} {local:%b %Y}"
