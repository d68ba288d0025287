"""Short ways to the states of an approval, and a qualification of our own that is past review."""

import datetime
from typing import Any

from django.utils import timezone

from centres.actions import allow_past_review
from centres.models import Approval, ReviewOverride
from centres.tenancy import centre_context
from qualifications.actions import load_specification
from qualifications.models import Pathway, Qualification
from quality.actions.approvals import add_approval_paper
from quality.models import ApprovalPaper
from tests.approved import approve
from tests.assessment.marking import SPECIFICATION
from tests.assessment.scenes import refusing
from tests.cast import Cast
from tests.quality.external import file

REVIEW_ON = datetime.date(2014, 12, 31)
REASON = "The awarding body lets the last group finish."

# Two of the Award's three units are past review; none of them is a shared row.
PAST_REVIEW = (
    SPECIFICATION.replace('"9001"', '"9002"')
    .replace("9001-", "9002-")
    .replace("- ref: O-2\n", f"- ref: O-2\n    review_on: {REVIEW_ON}\n")
    .replace("- ref: O-3\n", f"- ref: O-3\n    review_on: {REVIEW_ON}\n")
)


def past_review(cast: Cast) -> Pathway:
    """The pathway of the centre's own whose units are past review, loaded when first asked for."""
    with centre_context(cast.centre.pk):
        mine = Pathway.objects.filter(code="9002-A", centre_id=cast.centre.pk)
        if not mine.exists():
            load_specification(PAST_REVIEW, using="default", centre_id=cast.centre.pk)
        return mine.select_related("specification__qualification").get()


def approval_of(cast: Cast, qualification: Qualification | None = None) -> Approval:
    """The approval of 8588, or of another qualification."""
    return approve(cast.centre, qualification)


def old_approval(cast: Cast) -> Approval:
    """The approval of the qualification that is past review."""
    return approval_of(cast, past_review(cast).specification.qualification)


def allowed(cast: Cast, **changes: Any) -> ReviewOverride:
    """The override that Max gave for it."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "approval": old_approval(cast),
        "reason": REASON,
        **changes,
    }
    with refusing(cast):
        return allow_past_review(**given)


def papered(cast: Cast, **changes: Any) -> ApprovalPaper:
    """A learner journey plan that Max attached to the approval of 8588."""
    given = {
        "actor": cast.max,
        "centre": cast.centre,
        "approval": approval_of(cast),
        "kind": "journey",
        "title": "Learner journey 2026",
        "upload": file("journey.txt", b"From interest to certificate."),
        **changes,
    }
    with refusing(cast):
        return add_approval_paper(**given)


def days(**changes: Any) -> dict[str, Any]:
    """An approval's reference and days, as a form sends them."""
    today = timezone.localdate()
    return {
        "reference": "AP-2",
        "starts_on": (today - datetime.timedelta(days=30)).isoformat(),
        "ends_on": "",
        "last_registration_on": "",
        "last_certification_on": "",
        **changes,
    }
