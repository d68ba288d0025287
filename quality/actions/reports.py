"""An EQA's report made outside this site: recorded by the centre, never shown as a signature."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from assessment.models import Sheet
from centres.access import check_may
from centres.canonical import text_hash
from centres.ledger import action, record
from centres.models import Centre, User
from centres.refusals import Refusal, TransitionError
from portfolios.files import remove_file, store_upload
from qualifications.models import Qualification
from quality.actions.confirming import confirm_sheets
from quality.models import ExternalConfirmation, ExternalReport
from quality.states import Act


@action
def record_report(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    upload: "UploadedFile[Any]",
    reference: str,
    eqa_name: str,
    reported_on: datetime.date,
    releases: bool,
    sheets: Sequence[Sheet] = (),
) -> ExternalReport:
    """Record a report with its file; one that releases confirms the sheets that it lists.

    Refuses a day to come, a reference recorded already (``TransitionError``), a release without
    sheets, sheets without a release, work that may not be confirmed now, and what
    ``store_upload`` refuses; then there is neither a row nor a file.
    """
    check_may(actor, centre, "record_report")
    _check_report(centre, qualification, reference, reported_on)
    if releases != bool(sheets):
        raise Refusal(
            rule="A report that releases lists the work that it releases; another lists none.",
            remedy="Tick the results that it covers, or say that it releases nothing.",
        )
    stored = store_upload(actor=actor, centre=centre, upload=upload, permission="record_report")
    try:
        report = ExternalReport.objects.create(
            centre=centre,
            qualification=qualification,
            file=stored,
            reference=reference,
            eqa_name=eqa_name,
            reported_on=reported_on,
            releases=releases,
            recorded_by=actor,
        )
        record(
            "report.recorded",
            centre=centre,
            actor=actor,
            subject=report,
            qualification=str(qualification.pk),
            reference=text_hash(reference),
            reported_on=reported_on.isoformat(),
            releases=releases,
            sheets=sorted(str(sheet.pk) for sheet in sheets),
            file=stored.sha256,
        )
        confirm_sheets(
            actor=actor,
            centre=centre,
            qualification=qualification,
            sheets=sheets,
            act=Act.CONFIRM,
            route=ExternalConfirmation.Route.REPORT,
            by={"report": report},
        )
    except BaseException:
        remove_file(stored)
        raise
    return report


def _check_report(
    centre: Centre, qualification: Qualification, reference: str, reported_on: datetime.date
) -> None:
    if reported_on > timezone.localdate():
        raise Refusal(rule="The report’s day is still to come.", remedy="Correct the day.")
    recorded = ExternalReport.objects.for_centre(centre).filter(qualification=qualification)
    if recorded.filter(reference=reference).exists():
        raise TransitionError(
            rule=f"The report {reference} is recorded already.",
            remedy="Open it among the confirmations.",
        )
