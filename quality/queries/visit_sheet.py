"""One sheet as an EQA reads it at a visit."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.shortcuts import get_object_or_404

from assessment.models import Audience
from assessment.queries.tree import criterion_mark
from assessment.queries.work import SheetWork, SignOff, whole_sheets, work_on
from centres.models import Centre, Signature
from quality.models import ReleaseItem, Review, ReviewPoint, Visit, VisitSheet
from quality.queries.samples import as_json, row_from
from quality.queries.standings import CONFIRMS, current_sheets, standing_of_sheet, with_standing
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
    """A sheet as the EQA reads it.

    ``reviewer`` and ``action_owner`` are names, of the internal review's.
    """

    visit: Visit
    work: SheetWork
    standing: WorkStanding | None
    lines: tuple[SheetLine, ...]
    sections: tuple[SectionLine, ...]
    comments: tuple[Any, ...]
    review: Review | None
    reviewer: str
    action_owner: str
    signatures: tuple[SignOff, ...]
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
    """One sheet of the visit, in three queries; raises ``Http404`` for one outside it."""
    sheet: Any = get_object_or_404(_sheets_to_read(visit), pk=sheet_id)
    work = work_on(sheet)
    points = [row_from(ReviewPoint, row) for row in sheet.point_rows]
    said = {point.criterion_id or point.section_id: point for point in points}
    review = sheet.review_row or {}
    return VisitSheetPage(
        visit=visit,
        work=work,
        standing=standing_of_sheet(sheet) if sheet.stands else None,
        lines=_criterion_lines(work, said),
        sections=_section_lines(work, said),
        comments=work.comments_for(*Audience),
        review=row_from(Review, review) if review else None,
        reviewer=review.get("reviewer_name", ""),
        action_owner=review.get("owner_name") or "",
        signatures=tuple(
            SignOff(**{**row, "signed_at": datetime.datetime.fromisoformat(row["signed_at"])})
            for row in sheet.internal_sign_offs
        ),
        choice=row_from(VisitSheet, sheet.choice_row) if sheet.choice_row else None,
        opened=frozenset(sheet.opened),
    )


def _sheets_to_read(visit: Visit) -> Any:
    """The sheets on a visit, each with all that was made of it since it was signed.

    That is its standing and whether it ``stands``, the internal review with its points, the
    internal quality assurers' signatures, the EQA's choice and which items they have ``opened``.
    """
    centre = visit.centre
    of_sheet = OuterRef("pk")
    review = Review.objects.for_centre(centre).signed().filter(sample__sheet=of_sheet)
    points = ReviewPoint.objects.for_centre(centre).filter(
        review__sample__sheet=of_sheet, review__signed_at__isnull=False
    )
    choice = VisitSheet.objects.for_centre(centre).filter(visit=visit, sheet=of_sheet)
    opened = evidence_views(visit).filter(item__submission=OuterRef("submission")).order_by()
    sign_off = JSONObject(**{field.name: field.name for field in dataclasses.fields(SignOff)})
    names = {"reviewer_name": "reviewer__full_name", "owner_name": "action_owner__full_name"}
    within = sheets_on_visit(visit).values("pk")
    return with_standing(whole_sheets(centre).filter(pk__in=within), centre).annotate(
        stands=Exists(current_sheets(centre, visit.qualification).filter(pk=of_sheet)),
        review_row=Subquery(review.values(row=as_json(Review, **names))[:1]),
        point_rows=ArraySubquery(points.values(row=as_json(ReviewPoint))),
        internal_sign_offs=ArraySubquery(_internal_signatures(centre).values_list(sign_off)),
        choice_row=Subquery(choice.values(row=as_json(VisitSheet))[:1]),
        opened=ArraySubquery(opened.values("item").distinct()),
    )


def _internal_signatures(centre: Centre) -> Any:
    """The internal quality assurers' signatures that the standing of the query's sheet rests on."""
    of_sheet = OuterRef(OuterRef("pk"))
    reviews = (
        Review.objects.for_centre(centre)
        .signed()
        .filter(sample__sheet=of_sheet, outcome__in=CONFIRMS)
    )
    items = ReleaseItem.objects.for_centre(centre).filter(sheet=of_sheet)
    return (
        Signature.objects.for_centre(centre)
        .filter(
            Q(subject_id__in=reviews.values("pk")) | Q(subject_id__in=items.values("release")),
            purpose__in=INTERNALLY,
        )
        .order_by("signed_at", "pk")
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
