"""The papers of a sheet, issued anew with what quality assurance has added to it."""

from typing import Any

from assessment.confirmation import (
    Confirmation,
    ConfirmingComment,
    ConfirmingSignature,
    reissue_documents,
)
from assessment.models import Document, Sheet
from assessment.queries.tree import criterion_mark, sheet_tree
from centres.canonical import utc_text
from centres.ledger import action
from centres.models import Centre, Signature, User
from qualifications.queries import AssessmentTree
from qualifications.rules import mark_outcome
from quality.models import ExternalConfirmation, ReleaseItem, Review, ReviewPoint
from quality.queries.standings import current_sheets, standing_of_sheet
from quality.standing import Route, Standing, WorkStanding

STANDINGS = {
    Route.SAMPLED: Document.Standing.SAMPLED,
    Route.RELEASED: Document.Standing.RELEASED,
    Route.VISIT: Document.Standing.VISITED,
    Route.REPORT: Document.Standing.REPORTED,
    Route.CLAIM: Document.Standing.CLAIMED,
}
MEANINGS = {
    Signature.Purpose.REVIEW: "Internal quality assurance: agreed.",
    Signature.Purpose.RELEASE: "Internal quality assurance: released unsampled.",
    Signature.Purpose.VISIT: "External quality assurance: released.",
}


@action
def reissue_papers(*, actor: User, centre: Centre, sheet: Sheet) -> list[Document]:
    """Queue both papers of a sheet anew, as its standing is now; nothing where it only decided.

    A sheet that no longer stands, because it was returned or another attempt followed, keeps the
    papers that it has.
    """
    row = current_sheets(centre).filter(pk=sheet.pk).first()
    if row is None:
        return []
    work = standing_of_sheet(row)
    if work.route is None:
        return []
    return reissue_documents(
        actor=actor, sheet=sheet, confirmation=_confirmation(centre, row, work)
    )


def _confirmation(centre: Centre, sheet: Any, work: WorkStanding) -> Confirmation:
    tree = sheet_tree(sheet.submission.assessment)
    review = (
        Review.objects.for_centre(centre).signed().filter(sample__sheet=sheet.pk).first()
        if work.facts.reviewed_at
        else None
    )
    points = list(ReviewPoint.objects.for_centre(centre).filter(review=review)) if review else []
    marks = {str(point.section_id): point.mark for point in points if point.mark is not None}
    route = work.route
    if route is None:
        raise RuntimeError("a standing without a route confirms nothing")
    return Confirmation(
        standing=STANDINGS[route],
        explanation=work.sentence,
        signatures=_signatures(centre, sheet, work, review),
        comments=tuple(_comments(tree, points)),
        qa_marks=marks,
        qa_outcome=_qa_outcome(tree, marks),
    )


def _signatures(
    centre: Centre, sheet: Any, work: WorkStanding, review: Review | None
) -> tuple[ConfirmingSignature, ...]:
    """Those that the standing rests on: a review or a release, then a visit."""
    subjects = [review.pk] if review else []
    if not review:
        items = ReleaseItem.objects.for_centre(centre).filter(sheet=sheet.pk)
        subjects += items.values_list("release", flat=True)
    if work.standing is Standing.EXTERNAL and work.route is Route.VISIT:
        confirmed = ExternalConfirmation.objects.for_centre(centre).filter(sheet=sheet.pk)
        subjects += confirmed.values_list("visit", flat=True)
    rows = Signature.objects.for_centre(centre).filter(subject_id__in=subjects)
    return tuple(
        ConfirmingSignature(
            name=row.signer_name,
            role=row.role,
            meaning=MEANINGS[Signature.Purpose(row.purpose)],
            sentence=row.sentence,
            signed_at=utc_text(row.signed_at),
            method=row.method,
            digest=row.digest,
        )
        for row in rows.filter(purpose__in=MEANINGS).order_by("signed_at")
    )


def _comments(tree: AssessmentTree, points: list[ReviewPoint]) -> list[ConfirmingComment]:
    """The reviewer's comments, in the order of the sheet."""
    names = {criterion.id: criterion_mark(tree, criterion) for criterion in tree.criteria}
    names |= {section.id: section.title for section in tree.sections}
    order = list(names)
    said = [
        (order.index(part), point)
        for point in points
        if point.comment.strip() and (part := point.criterion_id or point.section_id)
    ]
    return [
        ConfirmingComment(
            part=str(order[place]),
            mark=names[order[place]],
            audience=point.audience,
            text=point.comment,
        )
        for place, point in sorted(said, key=lambda pair: pair[0])
    ]


def _qa_outcome(tree: AssessmentTree, marks: dict[str, int]) -> str:
    if not tree.sections or len(marks) < len(tree.sections):
        return ""
    column = [marks[str(section.id)] for section in tree.sections]
    return str(mark_outcome(tree.sections, column).decision or "")
