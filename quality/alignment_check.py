"""How ``/verify`` finds the paper of an alignment, and what it may tell a stranger of it."""

import datetime
from typing import cast

from django.db import connection, transaction

from assessment.verification import Issue, Wording, covers, signers_in_words
from centres.models import AuditEvent, Centre, Signature
from centres.tenancy import centre_context
from quality.models import Alignment, AlignmentPaper

WORDING = Wording(
    asked="{centre}",
    compared="what you were told of the programme",
    withheld="what the alignment says or whom it names",
)


@transaction.atomic
def find_alignment_paper(sha256: str, code: str) -> Issue | None:
    """The issued paper of that fingerprint or code, in whichever centre it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT alignment_paper_centre(%s, %s)", [sha256, code])
        (centre_id,) = cursor.fetchone()
    if centre_id is None:
        return None
    with centre_context(centre_id):
        rows = AlignmentPaper.objects.for_centre(centre_id).select_related(
            "alignment__pathway", "centre"
        )
        key = {"sha256": sha256} if sha256 else {"code": code}
        return _issue(rows.get(state=AlignmentPaper.State.ISSUED, **key))


def _issue(paper: AlignmentPaper) -> Issue:
    centre: Centre = paper.centre
    alignment = paper.alignment
    events = AuditEvent.objects.for_centre(centre).filter(
        subject_id=paper.pk, action="document.issued"
    )
    signature = (
        Signature.objects.for_centre(centre)
        .filter(subject_id=alignment.pk, purpose=Signature.Purpose.ALIGNMENT)
        .first()
    )
    stands = signature and covers(signature) and signature.digest == paper.manifest_digest
    return Issue(
        kind=f"Alignment with {alignment.pathway.code}, version {alignment.version}",
        centre_name=centre.name,
        centre_number=centre.number,
        issued_at=cast(datetime.datetime, paper.issued_at),
        signers=signers_in_words(paper.signers),
        sha256=paper.sha256,
        replaced_at=_replaced_at(alignment),
        is_stale=not stands,
        wording=WORDING,
        is_recorded=any(event.facts.get("sha256") == paper.sha256 for event in events),
    )


def _replaced_at(alignment: Alignment) -> datetime.datetime | None:
    """When the next version was approved."""
    later = Alignment.objects.for_centre(alignment.centre).approved().filter(replaces=alignment)
    moment: datetime.datetime | None = later.values_list("approved_at", flat=True).first()
    return moment
