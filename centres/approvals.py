"""What a centre is approved to offer: reads, and the check that every enrolment passes."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from centres.models import Approval, Centre, ReviewOverride
from centres.queries import open_pathways
from centres.refusals import Refusal
from qualifications.models import Pathway, PathwayUnit, Qualification, Unit
from qualifications.rules import judge_last_registration, judge_review_dates
from qualifications.version_names import version_name


def approval_in_force(
    centre: Centre, qualification: Qualification, on: datetime.date | None = None
) -> Approval | None:
    """The approval of a qualification that holds on a day (today when none is given)."""
    rows = Approval.objects.for_centre(centre).in_force(on)
    found: Approval | None = rows.filter(qualification=qualification).first()
    return found


def standing_override(centre: Centre, approval: Approval) -> ReviewOverride | None:
    """The override of review dates that nobody has withdrawn."""
    rows = ReviewOverride.objects.for_centre(centre).filter(withdrawn_at__isnull=True)
    found: ReviewOverride | None = rows.filter(approval=approval).first()
    return found


def offered_qualifications(centre: Centre) -> QuerySet[Qualification]:
    """Qualifications with a published version: the shared ones and the centre's own."""
    return Qualification.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre.pk), specifications__published_at__isnull=False
    ).distinct()


def pathway_units(pathway: Pathway) -> list[Unit]:
    """The units of a pathway in its order."""
    rows = PathwayUnit.objects.filter(pathway=pathway).select_related("unit")
    return [row.unit for row in rows.order_by("position")]


def pathway_units_past_review(centre: Centre, on: datetime.date) -> QuerySet[PathwayUnit]:
    """The units of published pathways that are past their review dates on a day: for the database
    what ``qualifications.rules.units_past_review`` is for units that are read."""
    return PathwayUnit.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre.pk),
        specification__published_at__isnull=False,
        unit__review_on__lt=on,
    )


def qualification_past_review(
    centre: Centre, qualification: Qualification, on: datetime.date
) -> bool:
    """Whether a published version of a qualification has a unit past its review date on a day."""
    past = pathway_units_past_review(centre, on)
    return past.filter(specification__qualification=qualification).exists()


def enrolment_pathways(centre: Centre, on: datetime.date | None = None) -> QuerySet[Pathway]:
    """Pathways that learners may be enrolled on on a day (today when none is given).

    They are published and approved, before the last registration date, and without a unit past
    its review date unless an override stands.
    """
    on = on or timezone.localdate()
    approved = (
        Approval.objects.for_centre(centre)
        .in_force(on)
        .filter(Q(last_registration_on__isnull=True) | Q(last_registration_on__gte=on))
    )
    overrides = ReviewOverride.objects.for_centre(centre).filter(withdrawn_at__isnull=True)
    past = pathway_units_past_review(centre, on).filter(pathway=OuterRef("pk"))
    allowed = approved.filter(
        Exists(overrides.filter(approval=OuterRef("pk"))),
        qualification=OuterRef("specification__qualification"),
    )
    return open_pathways(centre).filter(
        ~Exists(past) | Exists(allowed),
        specification__qualification__in=approved.values("qualification"),
    )


def check_open_to_enrolment(centre: Centre, pathway: Pathway, on: datetime.date) -> None:
    """Refuse an enrolment on a day for which the centre is not approved to offer the pathway.

    Refuses where no approval is in force on that day, after the last registration date, and
    where a unit is past its review date and no override stands (domain brief, 2.2 and 8).
    """
    qualification = pathway.specification.qualification
    approval = approval_in_force(centre, qualification, on)
    if approval is None:
        raise Refusal(
            rule=f"No approval to offer {qualification.number} is in force on {on:%-d %b %Y}.",
            remedy="Under Approvals, a manager records the awarding body’s approval first; or "
            "correct the day of enrolment.",
            source=f"{qualification.awarding_body.name}: approval comes before registration",
        )
    last = judge_last_registration(
        approval.last_registration_on,
        on,
        of=qualification.number,
        source=f"approval {approval.reference}: last registration date",
    )
    if not last.met:
        raise Refusal(
            rule=last.sentence,
            remedy="Choose another qualification; or, where the awarding body has moved the day, "
            "a manager changes it under Approvals.",
            source=last.source,
        )
    override = standing_override(centre, approval)
    verdict = judge_review_dates(
        pathway_units(pathway),
        on,
        override.reason if override else "",
        source=_review_of(centre, pathway),
    )
    if not verdict.met:
        raise Refusal(
            rule=verdict.sentence,
            remedy="Under Approvals, a manager may allow it with a reason; or choose another "
            "pathway.",
            source=verdict.source,
        )


def _review_of(centre: Centre, pathway: Pathway) -> str:
    specification = pathway.specification
    named = version_name(specification, centre.name)
    return f"{specification.qualification.number}, version {named}: review dates of its units"


@dataclass(frozen=True)
class ApprovalState:
    """How an approval stands on a day: a state of the look and its words."""

    code: str
    word: str
    takes_learners: bool


def approval_state(approval: Approval | None, on: datetime.date) -> ApprovalState:
    """Where an approval (or none) stands on a day."""
    if approval is None:
        return ApprovalState("missing", "Not approved", takes_learners=False)
    if approval.starts_on > on:
        return ApprovalState(
            "planned", f"Starts on {approval.starts_on:%-d %b %Y}", takes_learners=False
        )
    if approval.ends_on and approval.ends_on < on:
        return ApprovalState(
            "ended", f"Ended on {approval.ends_on:%-d %b %Y}", takes_learners=False
        )
    last = approval.last_registration_on
    if last and not judge_last_registration(last, on).met:
        return ApprovalState(
            "lapses", f"Last registration was {last:%-d %b %Y}", takes_learners=False
        )
    until = f"Approved until {approval.ends_on:%-d %b %Y}" if approval.ends_on else "Approved"
    return ApprovalState("active", until, takes_learners=True)
