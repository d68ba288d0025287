"""What waits to be confirmed externally, and by what it can be: reports and direct claims."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from assessment.models import Sheet
from centres.models import Centre, Registration
from qualifications.models import Qualification
from quality.models import DirectClaims, ExternalReport
from quality.queries.standings import current_sheets, standing_of_sheet
from quality.states import Act, allowed_acts


def confirmable(centre: Centre, qualification: Qualification | None = None) -> list[Any]:
    """The sheets that may be confirmed or claimed now: internally confirmed, unheld passes."""
    rows = current_sheets(centre, qualification).filter(confirmed_at=None)
    return [row for row in rows if Act.CONFIRM in allowed_acts(standing_of_sheet(row))]


def sheets_among(centre: Centre, rows: Iterable[Sheet]) -> Any:
    """These sheets as choices of a form."""
    return (
        Sheet.objects.for_centre(centre)
        .filter(pk__in=[row.pk for row in rows])
        .select_related("submission__registration", "submission__assessment")
        .order_by("submission__registration__certificate_name", "pk")
    )


@dataclass(frozen=True)
class StatusRow:
    """A direct-claims status as its line shows it."""

    status: DirectClaims
    today: datetime.date

    @property
    def code(self) -> str:
        """A state of the look."""
        status = self.status
        if status.ends_on and status.ends_on < self.today:
            return "ended"
        if status.confirmed_at is None or status.starts_on > self.today:
            return "planned"
        return "active"

    @property
    def word(self) -> str:
        """The state in words."""
        if self.code == "planned":
            waits = self.status.confirmed_at is None
            return "Waits for a second person" if waits else "Not started"
        return {"ended": "Ended", "active": "In force"}[self.code]


@dataclass(frozen=True)
class QualificationRow:
    """One qualification: what waits, and by what it can be confirmed."""

    qualification: Qualification
    waiting: int
    in_force: bool
    reports: tuple[ExternalReport, ...]
    statuses: tuple[StatusRow, ...]


def confirmations_page(centre: Centre) -> tuple[QualificationRow, ...]:
    """Every qualification that learners are registered on, in four queries."""
    today = timezone.localdate()
    registered = Registration.objects.for_centre(centre)
    qualifications = Qualification.objects.filter(
        Q(centre_id=None) | Q(centre_id=centre.pk),
        pk__in=registered.values("pathway__specification__qualification"),
    ).order_by("number")
    reports = list(ExternalReport.objects.for_centre(centre).select_related("file", "recorded_by"))
    statuses = list(
        DirectClaims.objects.for_centre(centre).select_related(
            "notice", "recorded_by", "confirmed_by"
        )
    )
    waiting: dict[Any, int] = {}
    for sheet in confirmable(centre):
        key = sheet.submission.assessment.specification.qualification_id
        waiting[key] = waiting.get(key, 0) + 1
    rows = []
    for qualification in qualifications:
        mine = tuple(
            StatusRow(status, today)
            for status in statuses
            if status.qualification_id == qualification.pk
        )
        rows.append(
            QualificationRow(
                qualification=qualification,
                waiting=waiting.get(qualification.pk, 0),
                in_force=any(row.code == "active" for row in mine),
                reports=tuple(r for r in reports if r.qualification_id == qualification.pk),
                statuses=mine,
            )
        )
    return tuple(rows)
