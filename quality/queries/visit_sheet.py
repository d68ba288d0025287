"""One sheet as an EQA reads it at a visit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from assessment.models import Audience
from assessment.queries.tree import criterion_mark
from assessment.queries.work import SheetWork, whole_sheets, work_on
from centres.models import Centre, Signature
from quality.models import ReleaseItem, Review, ReviewPoint, Visit, VisitSheet
from quality.queries.standings import CONFIRMS, current_sheets, standing_of_sheet
from quality.queries.visit_room import choice_state, evidence_views, sheets_on_visit
from quality.standing import WorkStanding

INTERNALLY = (Signature.Purpose.REVIEW, Signature.Purpose.RELEASE)


@dataclass(frozen=True)
class SheetLine:
    """A criterion with the assessor's decision and what the internal reviewer said of it."""

    mark: str
    statement: str
    decision: str
    feedback: str
    review: ReviewPoint | None


@dataclass(frozen=True)
class SectionLine:
    """A section of a mark sheet with both marks."""

    position: int
    title: str
    maximum: int
    minimum: int
    mark: int | None
    strengths: str
    improvements: str
    review: ReviewPoint | None


@dataclass(frozen=True)
class VisitSheetPage:
    """A sheet as the EQA reads it."""

    visit: Visit
    work: SheetWork
    standing: WorkStanding | None
    lines: tuple[SheetLine, ...]
    sections: tuple[SectionLine, ...]
    comments: tuple[Any, ...]
    review: Review | None
    signatures: tuple[Signature, ...]
    choice: VisitSheet | None
    opened: frozenset[UUID]

    @property
    def choice_state(self) -> tuple[str, str, str]:
        """How the choice is shown."""
        return choice_state(self.choice)

    @property
    def can_choose(self) -> bool:
        """Whether this version is the one that stands, and is not chosen yet."""
        return self.choice is None and self.standing is not None


def visit_sheet_page(visit: Visit, sheet_id: UUID) -> VisitSheetPage:
    """One sheet of the visit; raises ``Http404`` for one outside it."""
    centre = visit.centre
    within = sheets_on_visit(visit).values("pk")
    sheet = get_object_or_404(whole_sheets(centre).filter(pk__in=within), pk=sheet_id)
    work = work_on(sheet)
    row = current_sheets(centre, visit.qualification).filter(pk=sheet.pk).first()
    review = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet=sheet)
        .select_related("reviewer", "action_owner")
        .first()
    )
    points = list(ReviewPoint.objects.for_centre(centre).filter(review=review)) if review else []
    said = {point.criterion_id or point.section_id: point for point in points}
    choices = VisitSheet.objects.for_centre(centre).filter(visit=visit, sheet=sheet)
    return VisitSheetPage(
        visit=visit,
        work=work,
        standing=standing_of_sheet(row) if row else None,
        lines=_criterion_lines(work, said),
        sections=_section_lines(work, said),
        comments=work.comments_for(*Audience),
        review=review,
        signatures=tuple(internal_signatures(centre, [sheet.pk])[sheet.pk]),
        choice=choices.select_related("action_owner").first(),
        opened=frozenset(evidence_views(visit).values_list("item", flat=True)),
    )


def _criterion_lines(work: SheetWork, said: Mapping[Any, ReviewPoint]) -> tuple[SheetLine, ...]:
    if work.is_marked:
        return ()
    lines = []
    for criterion in work.tree.criteria:
        judgement = work.judgements.get(criterion.id)
        lines.append(
            SheetLine(
                mark=criterion_mark(work.tree, criterion),
                statement=criterion.statement,
                decision=(judgement.decision if judgement else "") or "undecided",
                feedback=judgement.feedback if judgement else "",
                review=said.get(criterion.id),
            )
        )
    return tuple(lines)


def _section_lines(work: SheetWork, said: Mapping[Any, ReviewPoint]) -> tuple[SectionLine, ...]:
    lines = []
    for section in work.tree.sections:
        mark = work.marks.get(section.id)
        lines.append(
            SectionLine(
                position=section.position,
                title=section.title,
                maximum=section.maximum,
                minimum=section.minimum,
                mark=mark.mark if mark else None,
                strengths=mark.strengths if mark else "",
                improvements=mark.improvements if mark else "",
                review=said.get(section.id),
            )
        )
    return tuple(lines)


def internal_signatures(centre: Centre, sheet_ids: list[UUID]) -> dict[UUID, list[Signature]]:
    """The internal quality assurers' signatures that each sheet's standing rests on."""
    subjects: dict[UUID, list[UUID]] = {}
    reviews = Review.objects.for_centre(centre).signed().filter(sample__sheet__in=sheet_ids)
    reviews = reviews.filter(outcome__in=CONFIRMS).order_by()
    items = ReleaseItem.objects.for_centre(centre).filter(sheet__in=sheet_ids).order_by()
    pairs = reviews.values_list("pk", "sample__sheet").union(items.values_list("release", "sheet"))
    for subject, sheet in pairs:
        subjects.setdefault(subject, []).append(sheet)
    found: dict[UUID, list[Signature]] = {sheet: [] for sheet in sheet_ids}
    rows = Signature.objects.for_centre(centre).filter(
        subject_id__in=list(subjects), purpose__in=INTERNALLY
    )
    for signature in rows.order_by("signed_at", "pk"):
        for sheet in subjects[signature.subject_id]:
            found[sheet].append(signature)
    return found
