"""The tables of a centre: itself, its people, their registrations, the ledger, the signatures."""

from centres.models.approval import Approval, PathwayMove, ReviewOverride
from centres.models.centre import Centre
from centres.models.ledger import AuditEvent, LedgerHead, PlatformEvent, PlatformHead
from centres.models.notice import Letter, Notice
from centres.models.people import Invitation, Membership, Role, User
from centres.models.registration import Allocation, Registration
from centres.models.signature import Signature
from centres.tenancy import CentreOwned

__all__ = [
    "Allocation",
    "Approval",
    "AuditEvent",
    "Centre",
    "CentreOwned",
    "Invitation",
    "LedgerHead",
    "Letter",
    "Membership",
    "Notice",
    "PathwayMove",
    "PlatformEvent",
    "PlatformHead",
    "Registration",
    "ReviewOverride",
    "Role",
    "Signature",
    "User",
]
