"""The one order in which signing actions lock: sheets first, then registrations, each by id."""

from collections.abc import Iterable
from uuid import UUID

from assessment.models import Sheet
from centres.models import Centre, Registration


def lock_sheets(centre: Centre, sheet_ids: Iterable[UUID]) -> list[Sheet]:
    """Lock every sheet of the submissions of these sheets, then their registrations.

    Returns the sheets asked for, fresh, in the order of their ids. Assessors lock in the same
    order (``assessment.actions.sign_sheet``), so that two who act at once wait for one another.
    """
    wanted = list(sheet_ids)
    rows = Sheet.objects.for_centre(centre)
    submissions = rows.filter(pk__in=wanted).values("submission")
    locked = list(
        rows.filter(submission__in=submissions)
        .select_related("centre", "assessor", "submission")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    registrations = {sheet.submission.registration_id for sheet in locked}
    list(
        Registration.objects.for_centre(centre)
        .filter(pk__in=registrations)
        .order_by("pk")
        .select_for_update()
        .values_list("pk")
    )
    return [sheet for sheet in locked if sheet.pk in set(wanted)]
