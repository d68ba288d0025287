"""Returning a decision: the signed sheet stays, and its assessor gets the next version to make."""

import datetime

from assessment.models import Comment, Judgement, SectionMark, Sheet
from centres.access import check_may
from centres.ledger import action, record
from centres.models import Centre, User
from centres.refusals import Refusal
from portfolios.actions import reopen_submission


@action
def return_sheet(
    *, actor: User, centre: Centre, sheet: Sheet, reason: str, at: datetime.datetime
) -> Sheet:
    """Open the next version of a signed sheet for its assessor, as a copy; told from above.

    Whatever another assessor has drafted on the same submission becomes a correction too. Refuses
    an empty reason (``Refusal``), a sheet that is not the submission's last, a submission that is
    not decided, and one that a later attempt has followed (``TransitionError``). Returns the draft.
    """
    check_may(actor, centre, "return_sheet")
    reason = reason.strip()
    if not reason:
        raise Refusal(
            rule="A decision is returned with a reason.",
            remedy="Say what the assessor should look at again.",
        )
    reopen_submission(actor=actor, submission=sheet.submission, at=at)
    draft = Sheet.objects.for_centre(centre).filter(
        submission=sheet.submission_id, signed_at__isnull=True
    )
    draft.update(replaces=sheet, reason=reason)
    own: Sheet | None = draft.filter(assessor=sheet.assessor_id).first()
    if own is None:
        own = Sheet.objects.create(
            centre=centre,
            submission=sheet.submission,
            assessor_id=sheet.assessor_id,
            learner_id=sheet.learner_id,
            replaces=sheet,
            reason=reason,
        )
        _copy_parts(centre, sheet, own)
    record(
        "sheet.returned",
        centre=centre,
        actor=actor,
        subject=sheet,
        submission=str(sheet.submission_id),
        version=sheet.version,
        next=str(own.pk),
    )
    return own


def _copy_parts(centre: Centre, source: Sheet, draft: Sheet) -> None:
    """All decisions, marks and comments of the returned sheet, to be changed where it is due."""
    Judgement.objects.bulk_create(
        Judgement(
            centre=centre,
            sheet=draft,
            criterion_id=row.criterion_id,
            decision=row.decision,
            feedback=row.feedback,
            counts=row.counts,
        )
        for row in Judgement.objects.for_centre(centre).filter(sheet=source)
    )
    SectionMark.objects.bulk_create(
        SectionMark(
            centre=centre,
            sheet=draft,
            section_id=row.section_id,
            mark=row.mark,
            strengths=row.strengths,
            improvements=row.improvements,
            counts=row.counts,
        )
        for row in SectionMark.objects.for_centre(centre).filter(sheet=source)
    )
    Comment.objects.bulk_create(
        Comment(
            centre=centre,
            sheet=draft,
            outcome_id=row.outcome_id,
            audience=row.audience,
            text=row.text,
        )
        for row in Comment.objects.for_centre(centre).filter(sheet=source)
    )
