"""What a report and a direct claim have in common: the sheets that they confirm."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assessment.models import Sheet
from centres.ledger import action
from centres.models import Centre, User
from centres.notices import notify
from centres.refusals import Refusal, TransitionError
from qualifications.models import Qualification
from quality.locks import lock_sheets
from quality.models import ExternalConfirmation
from quality.papers import reissue_papers
from quality.queries.standings import current_sheets, standing_of_sheet
from quality.states import Act, check_allows


@action
def confirm_sheets(
    *,
    actor: User,
    centre: Centre,
    qualification: Qualification,
    sheets: Sequence[Sheet],
    act: Act,
    route: ExternalConfirmation.Route,
    by: dict[str, Any],
) -> list[ExternalConfirmation]:
    """Confirm sheets by a route, issue their papers anew and tell their learners.

    ``by`` names the report or the direct-claims status. The caller's action records the event.
    Refuses (``TransitionError``) a sheet that does not stand, is not confirmed internally, is no
    pass or is held, and the actor's own work (``Refusal``); then none is confirmed.
    """
    lock_sheets(centre, [sheet.pk for sheet in sheets])
    wanted = {sheet.pk for sheet in sheets}
    standing = list(
        current_sheets(centre, qualification)
        .filter(pk__in=wanted)
        .select_related(
            "centre",
            "assessor",
            "submission__assessment__specification__qualification",
            "submission__registration__learner",
            "submission__registration__pathway",
        )
    )
    if any(sheet.centre_id != centre.pk for sheet in sheets):
        raise PermissionDenied("a sheet is of another centre")
    if {row.pk for row in standing} != wanted:
        raise TransitionError(
            rule="One of the sheets no longer stands, or is of another qualification.",
            remedy="Open the list again and choose from what stands now.",
        )
    if any(row.submission.learner_id == actor.pk for row in standing):
        raise Refusal(
            rule="Nobody confirms or claims their own work.",
            remedy="Ask another person who may, and leave your own result out.",
        )
    for row in standing:
        check_allows(standing_of_sheet(row), act)
    made = ExternalConfirmation.objects.bulk_create(
        ExternalConfirmation(centre=centre, sheet=row, route=route, confirmed_by=actor, **by)
        for row in standing
    )
    for row in standing:
        reissue_papers(actor=actor, centre=centre, sheet=row)
    tell_confirmed(centre, standing)
    return made


def tell_confirmed(centre: Centre, sheets: Sequence[Sheet]) -> None:
    """One notice to each learner whose work is now confirmed externally."""
    by_registration: dict[Any, list[Sheet]] = {}
    for sheet in sheets:
        by_registration.setdefault(sheet.submission.registration, []).append(sheet)
    for registration, confirmed in by_registration.items():
        titles = ", ".join(sorted(sheet.submission.assessment.title for sheet in confirmed))
        notify(
            centre=centre,
            recipient=registration.learner,
            kind="work_confirmed",
            title="Your result is confirmed",
            text=f"Confirmed externally: {titles}. Your papers are being issued again.",
            path=reverse("quality:record", args=[centre.slug, registration.pk]),
        )
