"""What may be done in a centre: each action asks who may, refuses by rule and leaves its events."""

from centres.actions.centre import change_centre, open_centre
from centres.actions.invitations import (
    accept_invitation,
    invite_first_manager,
    invite_person,
    withdraw_invitation,
)
from centres.actions.people import change_person, end_membership, start_membership
from centres.actions.registrations import (
    allocate_assessor,
    enrol_learner,
    record_registration,
    release_assessor,
)

__all__ = [
    "accept_invitation",
    "allocate_assessor",
    "change_centre",
    "change_person",
    "end_membership",
    "enrol_learner",
    "invite_first_manager",
    "invite_person",
    "open_centre",
    "record_registration",
    "release_assessor",
    "start_membership",
    "withdraw_invitation",
]
