"""Sending what is queued, as a worker does it."""

from centres.models import Centre, Invitation, Notice
from centres.tasks import send_letter
from centres.tenancy import centre_context


def send_queued(centre: Centre) -> list[str]:
    """Run the job of every e-mail that is queued in a centre; what came of each."""
    with centre_context(centre.pk):
        rows = [
            ("notice", notice.pk)
            for notice in Notice.objects.for_centre(centre).filter(mail="queued")
        ]
        rows += [
            ("invitation", invitation.pk)
            for invitation in Invitation.objects.for_centre(centre).filter(mail="queued")
        ]
    return [send_letter(str(centre.pk), kind, str(pk)) for kind, pk in rows]
