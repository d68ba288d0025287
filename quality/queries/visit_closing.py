"""What closing a visit would confirm, hold and sign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from assessment.models import Sheet
from centres.canonical import text_hash, utc_text
from centres.models import Centre, Signature
from centres.signatures import Manifest
from quality.models import Release, ReleaseItem, Review, Visit, VisitSheet
from quality.queries.standings import CONFIRMS, current_sheets, standing_of_sheet
from quality.queries.visit_room import (
    Room,
    choices_of,
    conflicts_of,
    evidence_views,
    items_on_visit,
    registrations_on,
    sheets_on_visit,
    unit_names,
    visit_room,
)
from quality.queries.visit_sheet import INTERNALLY, visit_sheet_page
from quality.standing import Standing, WorkStanding
from quality.states import Act, allowed_acts

SCHEMA = 1
NOT_CONFIRMED = (VisitSheet.Decision.DISAGREE, VisitSheet.Decision.MORE)


@dataclass(frozen=True)
class Confirmed:
    """A sheet that a release would confirm, with the digests that it rests on."""

    sheet: Any
    standing: WorkStanding
    signed: str
    internal: tuple[str, ...]


@dataclass(frozen=True)
class Closing:
    """What signing the visit off with an outcome would do, and what keeps it from being signed."""

    visit: Visit
    outcome: str
    choices: tuple[VisitSheet, ...]
    confirmed: tuple[Confirmed, ...]
    blocks: tuple[str, ...]
    manifest: Manifest
    sheet_ids: tuple[UUID, ...]

    @property
    def held(self) -> tuple[VisitSheet, ...]:
        """Choices that place a hold, one for each piece of work."""
        by_work = {
            (c.sheet.submission.registration_id, c.sheet.submission.assessment_id): c
            for c in self.choices
            if c.decision in NOT_CONFIRMED
        }
        return tuple(by_work.values())

    @property
    def sentence(self) -> str:
        """What the signature says, in the first person."""
        return closing_sentence(self)

    @property
    def builds_on(self) -> tuple[str, ...]:
        """The internal quality assurers' signatures beneath."""
        return tuple(sorted({digest for work in self.confirmed for digest in work.internal}))


def closing_sentence(closing: Closing) -> str:
    """What the EQA signs."""
    seen = f"I have sampled {len(closing.choices)} of the decisions on this qualification myself"
    free = "I know of no conflict of interest"
    if closing.outcome == Visit.Outcome.RELEASE:
        work = f"{len(closing.confirmed)} internally confirmed result"
        plural = "" if len(closing.confirmed) == 1 else "s"
        return f"{seen}, {free}, and I release the {work}{plural} listed here."
    return f"{seen}, {free}, and I release nothing."


def closing_of(visit: Visit, outcome: str) -> Closing:
    """What closing the visit so would come to, from what stands in the tables now.

    In three queries, and one more for the conflicts of who would release.
    """
    centre = visit.centre
    choices = tuple(choices_of(visit))
    current = [(row, standing_of_sheet(row)) for row in _current(visit)]
    refused = {
        (c.sheet.submission.registration_id, c.sheet.submission.assessment_id)
        for c in choices
        if c.decision in NOT_CONFIRMED
    }
    ready = [
        (row, work)
        for row, work in current
        if outcome == Visit.Outcome.RELEASE
        and Act.CONFIRM in allowed_acts(work)
        and (work.registration_id, work.assessment_id) not in refused
    ]
    signed = _digests(centre, [row for row, _ in ready], choices)
    confirmed = tuple(
        Confirmed(
            sheet=row,
            standing=work,
            signed=signed[row.pk],
            internal=tuple(signed[subject] for subject in _beneath(row) if subject in signed),
        )
        for row, work in ready
    )
    return Closing(
        visit=visit,
        outcome=outcome,
        choices=choices,
        confirmed=confirmed,
        blocks=_blocks(visit, outcome, choices, confirmed, [work for _, work in current]),
        manifest=_manifest(visit, outcome, choices, confirmed, signed),
        sheet_ids=tuple({*(row.pk for row, _ in ready), *(c.sheet_id for c in choices)}),
    )


def _current(visit: Visit) -> Any:
    """The sheets that stand, with the reviews and releases that their standing may rest on."""
    centre = visit.centre
    reviews = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet=OuterRef("pk"), outcome__in=CONFIRMS)
    )
    items = ReleaseItem.objects.for_centre(centre).filter(sheet=OuterRef("pk"))
    return (
        current_sheets(centre, visit.qualification)
        .select_related(
            "centre",
            "assessor",
            "submission__assessment__specification__qualification",
            "submission__registration__learner",
            "submission__registration__pathway",
        )
        .annotate(
            reviews=ArraySubquery(reviews.values("pk")),
            releases=ArraySubquery(items.values("release")),
        )
    )


def _beneath(sheet: Any) -> tuple[UUID, ...]:
    """The reviews and releases that a sheet of ``_current`` rests on."""
    return (*sheet.reviews, *sheet.releases)


def _digests(
    centre: Centre, ready: Sequence[Any], choices: Iterable[VisitSheet]
) -> dict[UUID, str]:
    """The digests of the assessors' signatures, and of those of what lies beneath, by subject."""
    sheets = {*(row.pk for row in ready), *(choice.sheet_id for choice in choices)}
    beneath = {subject for row in ready for subject in _beneath(row)}
    rows = Signature.objects.for_centre(centre).filter(
        Q(
            subject_kind=Sheet._meta.label_lower,
            subject_id__in=sheets,
            purpose=Signature.Purpose.DECISION,
        )
        | Q(
            subject_kind__in=[Review._meta.label_lower, Release._meta.label_lower],
            subject_id__in=beneath,
            purpose__in=INTERNALLY,
        )
    )
    return dict(rows.values_list("subject_id", "digest"))


def _blocks(
    visit: Visit,
    outcome: str,
    choices: tuple[VisitSheet, ...],
    confirmed: tuple[Confirmed, ...],
    works: list[WorkStanding],
) -> tuple[str, ...]:
    """What keeps a visit from being closed, as sentences."""
    unpublished = sum(choice.published_at is None for choice in choices)
    undecided = sum(bool(c.published_at) and not c.decision for c in choices)
    blocks = []
    if unpublished:
        blocks.append(f"{_counted(unpublished, 'choice')} not published yet.")
    if undecided:
        blocks.append(f"{_counted(undecided, 'published choice')} without a decision.")
    if not any(choice.published_at for choice in choices):
        blocks.append("No sheet has been chosen and published.")
    if outcome == Visit.Outcome.RELEASE:
        inside = {Standing.INTERNAL, Standing.EXTERNAL}
        if not any(work.standing in inside and work.outcome == "pass" for work in works):
            blocks.append("Nothing is confirmed internally, so there is nothing to release.")
        own = conflicts_of(visit.centre, visit.eqa, visit.qualification)
        names = sorted(
            work.sheet.submission.registration.certificate_name
            for work in confirmed
            if (work.standing.registration_id, work.standing.assessment_id) in own
        )
        if names:
            blocks.append(
                "Whoever assessed or checked an attempt never verifies it, and you did for: "
                f"{', '.join(names)}."
            )
    return tuple(blocks)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun} is" if count == 1 else f"{count} {noun}s are"


def _manifest(
    visit: Visit,
    outcome: str,
    choices: tuple[VisitSheet, ...],
    confirmed: tuple[Confirmed, ...],
    signed: Mapping[UUID, str],
) -> Manifest:
    """All that the EQA signs; free texts stand in it as hashes."""
    qualification = visit.qualification
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "external activity",
            "visit": str(visit.pk),
            "reference": visit.reference,
            "centre": {"id": str(visit.centre_id), "number": visit.centre.number},
            "eqa": str(visit.eqa_id),
            "qualification": {"id": str(qualification.pk), "number": qualification.number},
            "days": [visit.opens_on.isoformat(), visit.closes_on.isoformat()],
            "outcome": str(outcome),
            "report": text_hash(visit.report),
            "choices": [
                _chosen(choice, signed) for choice in sorted(choices, key=lambda c: str(c.sheet_id))
            ],
            "confirms": [
                {
                    "sheet": str(work.sheet.pk),
                    "version": work.sheet.version,
                    "signed": work.signed,
                    "internal": sorted(work.internal),
                }
                for work in sorted(confirmed, key=lambda w: str(w.sheet.pk))
            ],
        }
    )


def _chosen(choice: VisitSheet, signed: Mapping[UUID, str]) -> dict[str, Any]:
    due = choice.action_due_on
    return {
        "sheet": str(choice.sheet_id),
        "version": choice.sheet.version,
        "signed": signed.get(choice.sheet_id, ""),
        "published_at": utc_text(choice.published_at) if choice.published_at else "",
        "decision": choice.decision,
        "comment": text_hash(choice.comment),
        "action": {
            "text": text_hash(choice.action_text),
            "owner": str(choice.action_owner_id or ""),
            "due_on": due.isoformat() if due else "",
        },
    }


__all__ = [
    "Closing",
    "Room",
    "choices_of",
    "closing_of",
    "conflicts_of",
    "evidence_views",
    "items_on_visit",
    "registrations_on",
    "sheets_on_visit",
    "unit_names",
    "visit_room",
    "visit_sheet_page",
]
