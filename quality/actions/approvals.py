"""The papers behind an approval: added by the manager, and taken back without being lost."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from centres.access import check_may
from centres.ledger import action, record
from centres.models import Approval, Centre, User
from centres.refusals import Refusal, TransitionError
from portfolios.files import remove_file, store_upload
from quality.models import ApprovalPaper


@action
def add_approval_paper(
    *,
    actor: User,
    centre: Centre,
    approval: Approval,
    kind: str,
    title: str,
    upload: "UploadedFile[Any]",
) -> ApprovalPaper:
    """Keep a letter, a learner journey plan or lesson plans with an approval.

    Refuses an unknown kind, an empty title and what ``store_upload`` refuses; then there is
    neither a row nor a file.
    """
    check_may(actor, centre, "change_approvals")
    held: Approval = Approval.objects.for_centre(centre).get(pk=approval.pk)
    title = " ".join(title.split())
    if kind not in ApprovalPaper.Kind.values or not title:
        raise Refusal(
            rule="A paper of an approval is of a known kind and has a title.",
            remedy="Choose what it is, and give it a title.",
        )
    stored = store_upload(actor=actor, centre=centre, upload=upload, permission="change_approvals")
    try:
        paper = ApprovalPaper.objects.create(
            centre=centre, approval=held, kind=kind, title=title, file=stored, added_by=actor
        )
        record(
            "approval_paper.added",
            centre=centre,
            actor=actor,
            subject=paper,
            approval=str(held.pk),
            kind=kind,
            file=stored.sha256,
        )
    except BaseException:
        remove_file(stored)
        raise
    return paper


@action
def withdraw_approval_paper(*, actor: User, centre: Centre, paper: ApprovalPaper) -> ApprovalPaper:
    """Take a paper back: it stays on record and no longer counts.

    Refuses one that is withdrawn (``TransitionError``).
    """
    check_may(actor, centre, "change_approvals")
    rows = ApprovalPaper.objects.for_centre(centre).select_for_update(of=("self",))
    held: ApprovalPaper = rows.get(pk=paper.pk)
    if held.withdrawn_at:
        raise TransitionError(
            rule="This paper is withdrawn already.", remedy="Nothing needs doing."
        )
    held.withdrawn_by, held.withdrawn_at = actor, timezone.now()
    held.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(
        "approval_paper.withdrawn",
        centre=centre,
        actor=actor,
        subject=held,
        approval=str(held.approval_id),
    )
    return held
