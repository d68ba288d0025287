"""What the routes of external quality assurance name, made on the stage when first asked for."""

from typing import Any

from django.utils import timezone

from assessment.models import Sheet
from centres.models import Role, User
from centres.tenancy import centre_context
from portfolios.models import SubmissionItem
from quality.models import DirectClaims, ExternalReport, Hold, Visit, VisitSheet
from quality.queries.visit_closing import closing_of
from tests import stage as staging
from tests.cast import PASSWORD, make_user
from tests.quality.external import (
    DAY,
    arranged,
    chosen,
    file,
    found,
    held,
    kept,
    published,
    qualification_of,
    released,
    reported,
    status_of,
)
from tests.stage import Stage

Args = tuple[Any, ...]


def first(model: Any, stage: Stage) -> Any:
    """The centre's first row of a table, if any."""
    with centre_context(stage.cast.centre.pk):
        return kept(model, stage.cast).first()


def visit(stage: Stage) -> Visit:
    """Eve's visit, open today."""
    return first(Visit, stage) or arranged(stage.cast)


def visit_args(stage: Stage) -> Args:
    """That visit."""
    return (visit(stage).pk,)


def sheet_args(stage: Stage) -> Args:
    """The visit and Una's sheet, not chosen."""
    assert stage.una.sheet
    return (visit(stage).pk, stage.una.sheet.pk)


def chosen_args(stage: Stage) -> Args:
    """The visit and Una's sheet, chosen and not published."""
    assert stage.una.sheet
    if not first(VisitSheet, stage):
        chosen(stage.cast, visit(stage), stage.una.sheet)
    return sheet_args(stage)


def published_args(stage: Stage) -> Args:
    """The visit and Una's sheet, published."""
    assert stage.una.sheet
    if not first(VisitSheet, stage):
        published(stage.cast, visit(stage), stage.una.sheet)
    return sheet_args(stage)


def decided_args(stage: Stage) -> Args:
    """The visit, with a decision on Una's sheet, so that it can be closed."""
    visit_id, _ = published_args(stage)
    if not first(VisitSheet, stage).decision:
        assert stage.una.sheet
        found(stage.cast, visit(stage), stage.una.sheet)
    return (visit_id,)


def item_args(stage: Stage) -> Args:
    """The visit and an item that Una submitted."""
    assert stage.una.submission
    with centre_context(stage.cast.centre.pk):
        item = kept(SubmissionItem, stage.cast).get(submission=stage.una.submission)
    return (visit(stage).pk, item.pk)


def another_eqa(stage: Stage, args: Args) -> list[tuple[User, Args]]:
    """An EQA of the centre at Eve's visit."""
    centre = stage.cast.centre
    email = f"eli@{centre.slug}.example.org"
    person = User.objects.filter(email=email).first()
    if person is None:
        person = make_user(email, "Eli Elder")
        centre.memberships.create(user=person, role=Role.EQA)
    return [(person, args)]


def finding(stage: Stage) -> dict[str, Any]:
    """A decision with an action for Pat."""
    return {
        "decision": "more",
        "comment": "1.3 is thin.",
        "action_text": "Show 1.3.",
        "action_owner": stage.cast.pat.pk,
        "action_due_on": (timezone.localdate() + 30 * DAY).isoformat(),
    }


def closing(stage: Stage) -> dict[str, Any]:
    """What closing the visit with a hold shows."""
    decided_args(stage)
    with centre_context(stage.cast.centre.pk):
        rows = kept(Visit, stage.cast).select_related("centre", "eqa", "qualification")
        shown = closing_of(rows.get(pk=visit(stage).pk), "hold").manifest.digest
    return {"outcome": "hold", "shown": shown, "password": PASSWORD}


def visit_to_arrange(stage: Stage) -> dict[str, Any]:
    """A visit of Eve's."""
    today = timezone.localdate()
    return {
        "eqa": stage.cast.eve.pk,
        "qualification": qualification_of(stage.cast).pk,
        "opens_on": today.isoformat(),
        "closes_on": (today + DAY).isoformat(),
        "days_after": "14",
    }


def confirmed_sheet(stage: Stage) -> Sheet:
    """Ted's sheet, signed as a pass and released inside the centre."""
    cast = stage.cast
    with centre_context(cast.centre.pk):
        signed = kept(Sheet, cast).signed().filter(submission=stage.ted.submission).first()
    if signed is None:
        assert stage.ted.submission
        with centre_context(cast.centre.pk):
            signed = staging.sign(cast, cast.pat, stage.ted.submission)
        released(cast, signed)
    sheet: Sheet = signed
    return sheet


def qualification_args(stage: Stage) -> Args:
    """The qualification, with a result that is ready to be confirmed."""
    confirmed_sheet(stage)
    return (qualification_of(stage.cast).pk,)


def claim_args(stage: Stage) -> Args:
    """The same, with a direct-claims status in force."""
    status(stage)
    return qualification_args(stage)


def report_to_record(stage: Stage) -> dict[str, Any]:
    """A report that releases Ted's sheet."""
    return {
        "file": file(),
        "reference": "R-1",
        "eqa_name": "Rae Spindle",
        "reported_on": timezone.localdate().isoformat(),
        "releases": "on",
        "sheets": [str(confirmed_sheet(stage).pk)],
    }


def status_to_record(stage: Stage) -> dict[str, Any]:
    """A direct-claims status."""
    return {
        "qualification": qualification_of(stage.cast).pk,
        "file": file("notice.txt"),
        "reference": "DCS-1",
        "starts_on": timezone.localdate().isoformat(),
    }


def status(stage: Stage, *, confirmed: bool = True) -> DirectClaims:
    """A direct-claims status that Max recorded."""
    found_one: DirectClaims = first(DirectClaims, stage) or status_of(
        stage.cast, confirmed=confirmed
    )
    return found_one


def paper_args(stage: Stage) -> Args:
    """The file of a report."""
    report = first(ExternalReport, stage) or reported(stage.cast)
    return (report.file_id,)


def work_args(stage: Stage) -> Args:
    """Una's registration and the assessment."""
    return (stage.una.registration.pk, stage.cast.assessment.pk)


def hold_args(stage: Stage) -> Args:
    """A hold on Una's work."""
    hold = first(Hold, stage) or held(stage.cast)
    return (hold.pk,)
