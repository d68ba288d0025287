"""The tables of a centre: itself, its people, their registrations, the ledger, the signatures."""

from centres.models.centre import Centre
from centres.models.ledger import AuditEvent, LedgerHead, PlatformEvent, PlatformHead
from centres.models.people import Invitation, Membership, Role, User
from centres.models.registration import Allocation, Registration
from centres.models.signature import Signature
from centres.tenancy import CentreOwned

__all__ = [
    "Allocation",
    "AuditEvent",
    "Centre",
    "CentreOwned",
    "Invitation",
    "LedgerHead",
    "Membership",
    "PlatformEvent",
    "PlatformHead",
    "Registration",
    "Role",
    "Signature",
    "User",
]
