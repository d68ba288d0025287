"""A short way to a centre that may offer what its tests enrol on."""

import datetime

from centres.actions import record_approval
from centres.models import Approval, Centre, Membership, Role, User
from centres.tenancy import centre_context
from qualifications.models import Qualification

SINCE = datetime.date(2018, 11, 1)


def approve(
    centre: Centre, qualification: Qualification | None = None, actor: User | None = None
) -> Approval:
    """The approval in force of a qualification (of 8588), made when it is first asked for.

    Recorded by the centre's manager through the action, from long before any enrolment of a test.
    """
    with centre_context(centre.pk):
        wanted = qualification or Qualification.objects.get(number="8588", centre_id=None)
        rows = Approval.objects.for_centre(centre).select_related("qualification")
        held: Approval | None = rows.filter(qualification=wanted).first()
        if held is not None:
            return held
        manager = Membership.objects.filter(centre=centre, role=Role.MANAGER).earliest("starts_on")
        return record_approval(
            actor=actor or manager.user,
            centre=centre,
            qualification=wanted,
            reference=f"AP-{wanted.number}",
            starts_on=SINCE,
        )
