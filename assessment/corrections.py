"""Which signed sheet a draft corrects, after quality assurance has returned it."""

from assessment.models import Sheet
from centres.models import Centre
from portfolios.models import Submission


def corrected_sheet(centre: Centre, submission: Submission) -> Sheet | None:
    """The signed sheet that a new draft on this submission corrects, with the reason on it."""
    returned = Sheet.objects.for_centre(centre).filter(
        submission=submission, signed_at__isnull=True, replaces__isnull=False
    )
    row: Sheet | None = returned.select_related("replaces").order_by("-opened_at").first()
    return row
