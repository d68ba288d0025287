"""Signing: what is signed is what was shown, by whom may, with a fresh proof, once."""

import datetime
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from centres.canonical import canonical_json, sha256_hex, utc_text
from centres.clock import database_now
from centres.ledger import action
from centres.models import AuditEvent, Membership, Role, Signature, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Manifest, Proof, sign
from centres.tenancy import centre_context
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MANIFEST = Manifest({"z": 1, "a": "Überprüfung", "list": [3, 1]})
SUBJECT = uuid.uuid4()


@action
def sign_something(cast: Cast, signer: User, proof: Proof, **changes: Any) -> Signature:
    return sign(
        **{
            "actor": signer,
            "centre": cast.centre,
            "permission": "change_registrations",
            "purpose": Signature.Purpose.DECISION,
            "subject_kind": "tests.thing",
            "subject_id": SUBJECT,
            "sentence": "I have read it.",
            "manifest": MANIFEST,
            "shown_digest": MANIFEST.digest,
            "proof": proof,
            **changes,
        }
    )


def signature_events(cast: Cast) -> list[dict[str, Any]]:
    return list(
        AuditEvent.objects.for_centre(cast.centre)
        .filter(action="signature.made")
        .values_list("facts", flat=True)
    )


def refused(cast: Cast, signer: User, proof: Proof, kind: type[Exception], **changes: Any) -> str:
    """Sign in vain: no row, no event; the reason is returned."""
    with centre_context(cast.centre.pk):
        with pytest.raises(kind) as reason:
            sign_something(cast, signer, proof, **changes)
        assert not Signature.objects.for_centre(cast.centre).exists()
        assert signature_events(cast) == []
    return str(reason.value)


def test_a_signature_holds_who_as_what_when_how_and_over_what(alder: Cast, proof: Proof) -> None:
    with centre_context(alder.centre.pk):
        before = database_now()
        signature = sign_something(alder, alder.max, proof)
        signature.refresh_from_db()
        assert signature.signer == alder.max
        assert signature.signer_name == alder.max.full_name
        assert signature.role == Role.MANAGER
        assert signature.membership.user == alder.max
        assert before <= signature.signed_at <= database_now()
        assert (signature.method, signature.authenticated_at) == ("password", proof.at)
        assert signature.digest == sha256_hex(signature.manifest.encode())
        assert signature_events(alder) == [
            {
                "purpose": "decision",
                "of": "tests.thing",
                "of_id": str(SUBJECT),
                "digest": signature.digest,
                "method": "password",
            }
        ]


def test_what_changed_since_it_was_shown_is_not_signed(alder: Cast, proof: Proof) -> None:
    changed = Manifest({**MANIFEST.content, "z": 2})
    said = refused(alder, alder.max, proof, ChangedSinceShown, manifest=changed)
    assert "changed since" in said


@pytest.mark.parametrize("minutes", [-6, -60, 2], ids=["six ago", "an hour ago", "in the future"])
def test_a_proof_older_than_five_minutes_or_of_the_future_does_not_do(
    alder: Cast, minutes: int
) -> None:
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    assert "five minutes" in refused(alder, alder.max, Proof("password", at), Refusal)


def test_who_may_not_can_not_sign(alder: Cast, birch: Cast, proof: Proof) -> None:
    refused(alder, alder.una, proof, PermissionDenied)
    refused(alder, birch.max, proof, PermissionDenied)


def test_whose_role_has_ended_can_not_sign(alder: Cast, proof: Proof) -> None:
    Membership.objects.filter(user=alder.max).update(ends_on=datetime.date(2026, 3, 1))
    refused(alder, alder.max, proof, PermissionDenied)


def test_one_purpose_is_signed_once(alder: Cast, proof: Proof) -> None:
    with centre_context(alder.centre.pk):
        sign_something(alder, alder.max, proof)
        with pytest.raises(TransitionError):
            sign_something(alder, alder.ada, proof)
        assert len(signature_events(alder)) == 1
        declared = sign_something(alder, alder.max, proof, purpose=Signature.Purpose.DECLARATION)
        assert Signature.objects.for_centre(alder.centre).count() == 2
        assert declared.purpose == "declaration"


def test_the_manifest_is_canonical_json() -> None:
    assert MANIFEST.text == '{"a":"Überprüfung","list":[3,1],"z":1}'
    assert canonical_json({"b": 1.0, "a": [True, None, "\u20ac\n"]}) == (
        b'{"a":[true,null,"\xe2\x82\xac\\n"],"b":1}'
    )


def test_moments_are_written_in_utc_to_the_microsecond() -> None:
    summer = datetime.datetime(
        2026, 7, 1, 12, 0, 0, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=1))
    )
    assert utc_text(summer) == "2026-07-01T11:00:00.000005Z"
