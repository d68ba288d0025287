"""What may be done in a centre: each action asks who may, refuses by rule and leaves its events."""

from centres.actions.approvals import (
    allow_past_review,
    change_approval_dates,
    end_approval,
    record_approval,
    withdraw_override,
)
from centres.actions.centre import change_centre, open_centre, set_second_factor
from centres.actions.invitations import (
    accept_invitation,
    invite_first_manager,
    invite_person,
    show_invitation_link,
    withdraw_invitation,
)
from centres.actions.moves import move_pathway
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
    "allow_past_review",
    "change_approval_dates",
    "change_centre",
    "change_person",
    "end_approval",
    "end_membership",
    "enrol_learner",
    "invite_first_manager",
    "invite_person",
    "move_pathway",
    "open_centre",
    "record_approval",
    "record_registration",
    "release_assessor",
    "set_second_factor",
    "show_invitation_link",
    "start_membership",
    "withdraw_invitation",
    "withdraw_override",
]
