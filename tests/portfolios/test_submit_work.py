"""Handing in: once, whole, declared, and never changed afterwards."""

import datetime
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from centres.canonical import canonical_json
from centres.models import AuditEvent, Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof
from portfolios.actions import (
    close_submission,
    make_claim,
    replace_evidence,
    submit_work,
    withdraw_claim,
    withdraw_evidence,
)
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Claim, Closure, Submission, SubmissionClaim, SubmissionItem
from portfolios.queries import submission_snapshot
from tests.cast import fresh_proof
from tests.portfolios.samples import pdf_number, upload

pytestmark = pytest.mark.django_db


def shown(alder: Any) -> Any:
    return submission_manifest(
        centre=alder.centre, registration=alder.una_registration, assessment=alder.assessment
    )


def submit(alder: Any, manifest: Any, **more: Any) -> Submission:
    given = {
        "actor": alder.una,
        "centre": alder.centre,
        "registration": alder.una_registration,
        "assessment": alder.assessment,
        "declaration_version": CURRENT.version,
        "shown_digest": manifest.digest,
        "proof": fresh_proof(),
        **more,
    }
    return submit_work(**given)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def close(alder: Any, submission: Submission, outcome: str) -> Closure:
    return close_submission(actor=alder.pat, submission=submission, outcome=outcome, at=now())


def nothing_was_handed_in(alder: Any) -> bool:
    return not any(
        model.objects.for_centre(alder.centre).exists()
        for model in (Submission, SubmissionItem, SubmissionClaim, Signature)
    )


def test_what_is_claimed_is_frozen_and_declared(
    alder: Any, within: Any, make_ready: Any, add: Any, events: Any
) -> None:
    with within(alder.centre):
        items = make_ready(alder.una_registration, items=2)
        unclaimed = add(alder.una_registration, "notes.txt")
        gone = add(alder.una_registration, "photo.jpg")
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=gone)
        events(alder)
        manifest = shown(alder)
        made = submit(alder, manifest)
        assert events(alder) == ["signature.made", "submission.made"]
        event = AuditEvent.objects.for_centre(alder.centre).get(action="submission.made")
        assert event.facts == {
            "registration": str(alder.una_registration.pk),
            "assessment": str(alder.assessment.pk),
            "attempt": 1,
            "items": 2,
            "digest": manifest.digest,
        }
        snapshot = submission_snapshot(made)
        assert [item.label for item in snapshot.items] == ["E1", "E2"]
        assert {item.version.evidence_id for item in snapshot.items} == {i.pk for i in items}
        assert unclaimed.pk not in {item.version.evidence_id for item in snapshot.items}
        assert len(snapshot.claims) == 11
        assert snapshot.closure is None
        declared = snapshot.declaration
        assert declared.signer == alder.una
        assert declared.role == "learner"
        assert declared.sentence == CURRENT.text
        assert declared.digest == manifest.digest
        assert declared.manifest == canonical_json(json.loads(declared.manifest)).decode()


def test_the_manifest_names_every_file_by_its_hash(
    alder: Any, within: Any, make_ready: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration, items=1)
        content = shown(alder).content
    assert content["schema"] == 1
    assert content["specification"]["version"] == "2.0"
    assert content["attempt"] == 1
    assert content["declaration"] == {"version": 1, "text": CURRENT.digest}
    (item,) = content["items"]
    assert set(item) == {"id", "number", "title", "version", "sha256", "size", "claims"}
    assert len(item["claims"]) == 11
    assert "item 0" not in json.dumps(content), "titles stand in it as hashes"


def test_the_snapshot_stays_whatever_happens_to_the_portfolio(
    alder: Any, within: Any, make_ready: Any, criteria: Any
) -> None:
    with within(alder.centre):
        items = make_ready(alder.una_registration, items=2)
        made = submit(alder, shown(alder))
        before = submission_snapshot(made)
        replace_evidence(
            actor=alder.una,
            centre=alder.centre,
            evidence=items[0],
            upload=upload("new.pdf", pdf_number(9)),
        )
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=items[1])
        for row in Claim.objects.for_centre(alder.centre).standing().filter(evidence=items[0]):
            withdraw_claim(actor=alder.una, centre=alder.centre, claim=row)
        after = submission_snapshot(made)
        assert [i.version.file.sha256 for i in before.items] == [
            i.version.file.sha256 for i in after.items
        ]
        assert before.claims == after.claims
        for model in (Submission, SubmissionItem, SubmissionClaim):
            rows = model.objects.for_centre(alder.centre)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(id=made.pk)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.all().delete()


def test_a_criterion_without_evidence_is_refused_by_name(
    alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        for number, criterion in criteria.items():
            if number != "2.3":
                make_claim(actor=alder.una, centre=alder.centre, evidence=item, criterion=criterion)
        events(alder)
        with pytest.raises(Refusal, match=r"^2\.3 has no evidence yet") as refused:
            submit(alder, shown(alder))
        assert not isinstance(refused.value, TransitionError)
        assert events(alder) == []
        assert nothing_was_handed_in(alder)


def test_the_second_click_is_refused(alder: Any, within: Any, make_ready: Any, events: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        manifest = shown(alder)
        submit(alder, manifest)
        events(alder)
        with pytest.raises(TransitionError, match="with the assessor already"):
            submit(alder, manifest)
        assert events(alder) == []
        assert Submission.objects.for_centre(alder.centre).count() == 1


def test_a_referral_opens_the_next_attempt_and_a_pass_none(
    alder: Any, within: Any, make_ready: Any, events: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        first = submit(alder, shown(alder))
        events(alder)
        close(alder, first, "referral")
        assert events(alder) == ["submission.closed"]
        event = AuditEvent.objects.for_centre(alder.centre).get(action="submission.closed")
        assert event.facts == {"attempt": 1, "outcome": "referral"}
        second = submit(alder, shown(alder))
        assert second.attempt == 2
        with pytest.raises(TransitionError, match="decided already"):
            close(alder, first, "pass")
        close(alder, second, "pass")
        with pytest.raises(TransitionError, match="is passed"):
            submit(alder, shown(alder))
        assert Submission.objects.for_centre(alder.centre).count() == 2


def test_a_decision_is_made_once(alder: Any, within: Any, make_ready: Any, events: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        made = submit(alder, shown(alder))
        close(alder, made, "pass")
        events(alder)
        with pytest.raises(TransitionError, match="decided already"):
            close(alder, made, "referral")
        assert events(alder) == []


def test_learners_close_nothing(alder: Any, within: Any, make_ready: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        made = submit(alder, shown(alder))
        with pytest.raises(PermissionDenied):
            close_submission(actor=alder.una, submission=made, outcome="pass", at=now())


def test_an_ended_registration_stops_new_submissions_only(
    alder: Any, within: Any, make_ready: Any, add: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        registration = alder.una_registration
        registration.registered_on = datetime.date(2020, 1, 1)
        registration.expires_on = datetime.date(2023, 1, 1)
        registration.save()
        with pytest.raises(Refusal, match="ended on 1 Jan 2023") as refused:
            submit(alder, shown(alder))
        assert refused.value.source == "8588 handbook, registration"
        assert add(registration).number == 3


def test_a_change_since_shown_is_refused_and_named(
    alder: Any, within: Any, make_ready: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        items = make_ready(alder.una_registration, items=2)
        manifest = shown(alder)
        replace_evidence(
            actor=alder.una,
            centre=alder.centre,
            evidence=items[0],
            upload=upload("new.pdf", pdf_number(9)),
        )
        extra = add(alder.una_registration, "talk.mp3")
        for item in (items[1], extra):
            make_claim(
                actor=alder.una,
                centre=alder.centre,
                evidence=item,
                criterion=criteria["1.1"],
            )
        events(alder)
        with pytest.raises(ChangedSinceShown) as refused:
            submit(alder, manifest, shown_manifest=manifest.text)
        assert refused.value.changes == (
            "E1 has a newer file.",
            "What E2 is claimed for changed.",
            "E3 came in.",
        )
        assert events(alder) == []
        assert nothing_was_handed_in(alder)


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"items": []}', "not JSON"])
def test_a_manifest_that_was_not_shown_explains_nothing(
    text: str, alder: Any, within: Any, make_ready: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        with pytest.raises(ChangedSinceShown) as refused:
            submit(alder, shown(alder), shown_digest="0" * 64, shown_manifest=text)
        assert refused.value.changes == ()


def test_an_old_wording_is_refused(alder: Any, within: Any, make_ready: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        with pytest.raises(ChangedSinceShown):
            submit(alder, shown(alder), declaration_version=0)
        assert nothing_was_handed_in(alder)


def test_a_stale_proof_leaves_nothing(
    alder: Any, within: Any, make_ready: Any, events: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        events(alder)
        old = Proof(method="password", at=now() - datetime.timedelta(seconds=301))
        with pytest.raises(Refusal, match="not older than five minutes"):
            submit(alder, shown(alder), proof=old)
        assert events(alder) == []
        assert nothing_was_handed_in(alder)


@pytest.mark.parametrize("who", ["ted", "pat", "max"])
def test_nobody_hands_in_for_another(who: str, alder: Any, within: Any, make_ready: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
        with pytest.raises(PermissionDenied):
            submit(alder, shown(alder), actor=getattr(alder, who))
        assert nothing_was_handed_in(alder)
