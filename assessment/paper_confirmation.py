"""What a paper says of its standing: the confirmation handed in by quality assurance, in words."""

import datetime
import zoneinfo
from typing import Any

from assessment.models import Document
from assessment.paper import content
from centres.models import Role

UNCHECKED = "The centre has not yet checked the decision, and the result can change."
LABELS = {
    Document.Standing.PROVISIONAL: "Decided by the assessor",
    Document.Standing.SAMPLED: "Internally confirmed",
    Document.Standing.RELEASED: "Internally confirmed",
    Document.Standing.VISITED: "Confirmed",
    Document.Standing.REPORTED: "Confirmed",
    Document.Standing.CLAIMED: "Confirmed by a direct claim",
}
CONFIRMED = frozenset(
    {Document.Standing.VISITED, Document.Standing.REPORTED, Document.Standing.CLAIMED}
)
INTERNAL = content.WaitingLine(
    who="Quality assurer", role="IQA", meaning="Unit outcome: not decided yet."
)
EXTERNAL = content.WaitingLine(
    who="External quality assurer", role="EQA", meaning="Confirmation: not given yet."
)
METHODS = {"password": "password", "webauthn": "passkey", "totp": "password and code"}


def standing_line(document: Document) -> content.Standing:
    """The standing with the sentence that names its route; provisional until confirmed outside."""
    standing = Document.Standing(document.standing)
    return content.Standing(
        label=LABELS[standing],
        explanation=document.confirmation.get("explanation", UNCHECKED),
        is_provisional=standing not in CONFIRMED,
    )


def waiting_lines(document: Document) -> tuple[content.WaitingLine, ...]:
    """The signature that is still to come."""
    standing = Document.Standing(document.standing)
    if standing in CONFIRMED:
        return ()
    return (INTERNAL,) if standing is Document.Standing.PROVISIONAL else (EXTERNAL,)


def confirming_signatures(
    document: Document, zone: zoneinfo.ZoneInfo
) -> tuple[content.SignatureLine, ...]:
    """The signatures of quality assurance, in the order in which they were given."""
    return tuple(
        content.SignatureLine(
            name=row["name"],
            role=str(Role(row["role"]).label),
            meaning=row["meaning"],
            sentence=row["sentence"],
            signed_at=moment_words(datetime.datetime.fromisoformat(row["signed_at"]), zone),
            method=METHODS.get(row["method"], row["method"]),
            digest=f"{row['digest'][:4]} {row['digest'][4:8]}",
        )
        for row in document.confirmation.get("signatures", [])
    )


def confirming_comments(document: Document, parts: set[str]) -> tuple[content.Comment, ...]:
    """What quality assurers say on these criteria or sections, by their ids."""
    return tuple(_comment(row) for row in _comments(document) if row["part"] in parts)


def all_confirming_comments(document: Document) -> tuple[content.Comment, ...]:
    """What quality assurers say on this copy, in the order of the sheet."""
    return tuple(_comment(row) for row in _comments(document))


def _comments(document: Document) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = document.confirmation.get("comments", [])
    return rows


def _comment(row: dict[str, Any]) -> content.Comment:
    return content.Comment(
        heading=f"Quality assurer on {row['mark']}", text=row["text"], audience=row["audience"]
    )


def day_words(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A day as papers print it, such as ``5 Nov 2026``."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def moment_words(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """A day and time as papers print it, such as ``5 Nov 2026, 14:32``."""
    return f"{day_words(moment, zone)}, {moment.astimezone(zone):%H:%M}"
