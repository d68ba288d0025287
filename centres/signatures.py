"""Signing's narrow door: recompute what is signed, compare with what was shown, write the row."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from centres.access import check_may
from centres.canonical import canonical_json, sha256_hex
from centres.clock import database_now
from centres.ledger import record
from centres.models import Centre, Role, Signature, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError

FRESH = datetime.timedelta(minutes=5)
ONE_STEP = "password"


@dataclass(frozen=True)
class Proof:
    """How and when the signer last proved who they are."""

    method: str
    at: datetime.datetime


@dataclass(frozen=True)
class Manifest:
    """All that a signature covers, as JSON content."""

    content: dict[str, Any]

    @property
    def text(self) -> str:
        """The canonical JSON text (RFC 8785)."""
        return canonical_json(self.content).decode()

    @property
    def digest(self) -> str:
        """Its SHA-256, 64 hex digits."""
        return sha256_hex(canonical_json(self.content))


def sign(  # noqa: PLR0913
    *,
    actor: User,
    centre: Centre,
    permission: str,
    purpose: Signature.Purpose,
    subject_kind: str,
    subject_id: uuid.UUID,
    sentence: str,
    manifest: Manifest,
    shown_digest: str,
    proof: Proof,
    builds_on: tuple[str, ...] = (),
) -> Signature:
    """Write one signature and its event, inside the caller's action.

    The caller has locked what is signed and recomputed ``manifest`` from it. Refuses a manifest
    that is not the one shown, a proof older than five minutes, a password alone from staff of a
    centre that asks for a second step, and a second signature for the same purpose.
    """
    membership = check_may(actor, centre, permission)
    if manifest.digest != shown_digest:
        raise ChangedSinceShown(
            rule="What you were shown has changed since.",
            remedy="Read what changed, then sign what stands now.",
        )
    now = database_now()
    if not (now - FRESH <= proof.at <= now):
        raise Refusal(
            rule="A signature needs a proof that it is you, not older than five minutes.",
            remedy="Give your password again.",
        )
    staff = membership.role != Role.LEARNER
    if centre.requires_second_factor and staff and proof.method == ONE_STEP:
        raise Refusal(
            rule=f"{centre.name} asks for a second step before a signature.",
            remedy="Prove that it is you with your passkey, or with your password and a code.",
        )
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                centre=centre,
                purpose=purpose,
                subject_kind=subject_kind,
                subject_id=subject_id,
                signer=actor,
                signer_name=actor.full_name,
                role=membership.role,
                membership=membership,
                sentence=sentence,
                signed_at=now,
                method=proof.method,
                authenticated_at=proof.at,
                manifest=manifest.text,
                digest=manifest.digest,
                builds_on=list(builds_on),
            )
    except IntegrityError as clash:
        raise TransitionError(
            rule="This has been signed already; a signature is given once.",
            remedy="Open it to see who signed and when.",
        ) from clash
    record(
        "signature.made",
        centre=centre,
        actor=actor,
        subject=signature,
        purpose=str(purpose),
        of=subject_kind,
        of_id=str(subject_id),
        digest=manifest.digest,
        method=proof.method,
    )
    return signature
