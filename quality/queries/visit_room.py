"""What an EQA may read at a visit, nothing outside its qualification, and what they chose."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessment.models import Sheet
from centres.models import Centre, Registration, User
from portfolios.models import SubmissionItem
from qualifications.models import AssessmentUnit, Qualification
from quality.models import EvidenceView, ReleaseItem, Review, Visit, VisitSheet
from quality.queries.standings import standings_with_work, with_work
from quality.standing import WorkStanding
from quality.states import Act, allowed_acts

# What is within a visit


def registrations_on(centre: Centre, qualification: Qualification) -> Any:
    """Every registration of a centre on a qualification, by name."""
    return (
        Registration.objects.for_centre(centre)
        .filter(pathway__specification__qualification=qualification)
        .select_related("pathway", "learner")
        .order_by("certificate_name", "pk")
    )


def sheets_on_visit(visit: Visit) -> Any:
    """The signed sheets that its EQA may open: those of its qualification."""
    return (
        Sheet.objects.for_centre(visit.centre)
        .signed()
        .filter(submission__assessment__specification__qualification=visit.qualification_id)
    )


def items_on_visit(visit: Visit) -> Any:
    """The items of evidence that its EQA may open: those submitted on its qualification."""
    return (
        SubmissionItem.objects.for_centre(visit.centre)
        .filter(submission__assessment__specification__qualification=visit.qualification_id)
        .select_related("version__file")
    )


def conflicts_of(
    centre: Centre, person: User, qualification: Qualification
) -> set[tuple[UUID, UUID]]:
    """The work, as (registration, assessment), that a person may not verify from outside.

    They learn it, or have assessed or internally checked any attempt (domain brief, sections 5
    and 12). One query.
    """
    of = Q(submission__assessment__specification__qualification=qualification)
    assessed = (
        Sheet.objects.for_centre(centre)
        .signed()
        .filter(of, Q(assessor=person) | Q(learner=person))
        .values_list("submission__registration", "submission__assessment")
    )
    reviewed = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(reviewer=person, sample__assessment__specification__qualification=qualification)
        .values_list("sample__registration", "sample__assessment")
    )
    released = (
        ReleaseItem.objects.for_centre(centre)
        .filter(
            release__released_by=person,
            sheet__submission__assessment__specification__qualification=qualification,
        )
        .values_list("sheet__submission__registration", "sheet__submission__assessment")
    )
    learns = (
        registrations_on(centre, qualification)
        .filter(learner=person)
        .values_list("pk", "pathway_id")
    )
    querysets = (rows.order_by() for rows in (assessed, reviewed, released, learns))
    first, *others = querysets
    return set(first.union(*others))


# The room


@dataclass(frozen=True)
class RoomRow:
    """One learner's work for one assessment, as the EQA finds it."""

    registration: Registration
    assessment_id: UUID
    units: str
    work: WorkStanding
    choice: VisitSheet | None

    @property
    def sheet(self) -> Any:
        """The signed sheet that stands, if any."""
        return self.work.sheet

    @property
    def can_choose(self) -> bool:
        """Whether there is a sheet that stands."""
        return self.work.sheet_id is not None and Act.CHOOSE in allowed_acts(self.work)

    @property
    def state(self) -> tuple[str, str, str]:
        """Kind, icon and word of what the EQA has made of it."""
        return choice_state(self.choice)


@dataclass(frozen=True)
class Room:
    """The visit's page."""

    visit: Visit
    rows: tuple[RoomRow, ...]
    choices: tuple[VisitSheet, ...]
    opened: int

    @property
    def sample(self) -> tuple[RoomRow, ...]:
        """What is chosen."""
        return tuple(row for row in self.rows if row.choice)

    @property
    def decided_sheets(self) -> int:
        """How many sheets stand and may be chosen."""
        return sum(row.can_choose for row in self.rows)

    @cached_property
    def unpublished(self) -> int:
        """How many choices the centre does not know of."""
        return sum(choice.published_at is None for choice in self.choices)

    @cached_property
    def published(self) -> int:
        """How many it knows of."""
        return len(self.choices) - self.unpublished

    @cached_property
    def reviewed(self) -> int:
        """How many are decided on."""
        return sum(bool(choice.decision) for choice in self.choices)

    @cached_property
    def next_choice(self) -> VisitSheet | None:
        """The first published one without a decision."""
        waiting = (c for c in self.choices if c.published_at and not c.decision)
        return next(waiting, None)


DECISION_STATES = {
    VisitSheet.Decision.AGREE: ("ok", "tick", "Agree"),
    VisitSheet.Decision.DISAGREE: ("act", "return", "Disagree"),
    VisitSheet.Decision.MORE: ("act", "flag", "Needs more"),
}


def choice_state(choice: VisitSheet | None) -> tuple[str, str, str]:
    """How a choice is shown: kind, icon and word."""
    if choice is None:
        return ("off", "dash", "Not chosen")
    if choice.decision:
        return DECISION_STATES[VisitSheet.Decision(choice.decision)]
    if choice.published_at:
        return ("off", "ring", "To review")
    return ("wait", "dashring", "Chosen, not published")


def visit_room(visit: Visit) -> Room:
    """Every learner of the visit's qualification, with units, standing and choice.

    What was handed in before a move is there too. In four queries.
    """
    centre = visit.centre
    registrations = list(with_work(registrations_on(centre, visit.qualification), centre))
    works = standings_with_work(centre, registrations, whole=True)
    units = unit_names({assessment for _, assessment in works})
    choices = choices_of(visit)
    # A later version leaves the choice with the sheet that was chosen.
    chosen = {
        (c.sheet.submission.registration_id, c.sheet.submission.assessment_id): c for c in choices
    }
    by_id = {registration.pk: registration for registration in registrations}
    return Room(
        visit=visit,
        rows=tuple(
            RoomRow(
                registration=by_id[key[0]],
                assessment_id=key[1],
                units=units.get(key[1], ""),
                work=work,
                choice=next(
                    (chosen[key[0], on] for on in work.decided_on if (key[0], on) in chosen), None
                ),
            )
            for key, work in works.items()
        ),
        choices=tuple(choices),
        opened=evidence_views(visit).count(),
    )


def choices_of(visit: Visit) -> list[VisitSheet]:
    """What the EQA has chosen, with what each sheet's line shows."""
    return list(
        VisitSheet.objects.for_centre(visit.centre)
        .filter(visit=visit)
        .select_related(
            "action_owner",
            "sheet__assessor",
            "sheet__submission__registration__learner",
            "sheet__submission__assessment",
        )
        .order_by("chosen_at", "pk")
    )


_numbers: dict[UUID, str] = {}


def unit_names(assessments: set[UUID]) -> dict[UUID, str]:
    """The units of each assessment by their numbers, such as ``501``.

    Read once a process: nobody works for an assessment whose specification may still change.
    """
    unknown = assessments - _numbers.keys()
    if unknown:
        rows = (
            AssessmentUnit.objects.filter(assessment__in=unknown)
            .order_by("position")
            .values_list("assessment", "unit__number")
        )
        found: dict[UUID, list[str]] = {assessment: [] for assessment in unknown}
        for assessment, number in rows:
            found[assessment].append(number)
        _numbers.update({key: " and ".join(numbers) for key, numbers in found.items()})
    return {assessment: _numbers[assessment] for assessment in assessments}


def evidence_views(visit: Visit) -> Any:
    """What the EQA opened, the first time of each item first."""
    return EvidenceView.objects.for_centre(visit.centre).filter(visit=visit)
