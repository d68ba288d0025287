"""Signing: all or nothing, once, by the right person, exactly what was shown."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from assessment.actions import save_comment, save_judgement, sign_sheet
from assessment.manifest import manifest_parts, sheet_manifests
from assessment.models import Document, Sheet
from centres.actions import release_assessor
from centres.canonical import sha256_hex
from centres.models import Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof
from centres.tenancy import centre_context
from portfolios.models import Closure, Submission
from tests.assessment import scenes
from tests.cast import Cast, fresh_proof

SIGNING = [
    "signature.made",
    "sheet.signed",
    "submission.closed",
    "document.queued",
    "document.queued",
]


def draft_of(cast: Cast, submission: Submission) -> Sheet:
    draft: Sheet = Sheet.objects.for_centre(cast.centre).get(
        submission=submission, assessor=cast.pat, signed_at=None
    )
    return draft


def sign(cast: Cast, submission: Submission, **changed: object) -> Sheet:
    with centre_context(cast.centre.pk):
        sheet = draft_of(cast, submission)
        asked: dict[str, object] = {
            "actor": cast.pat,
            "shown_digest": sheet_manifests(sheet).file.digest,
            "proof": fresh_proof(),
            **changed,
        }
        return sign_sheet(centre=cast.centre, submission=submission, **asked)  # type: ignore[arg-type]


def test_a_signed_sheet_is_frozen_closed_and_sent_to_paper(alder: Cast) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    with scenes.new_events(alder) as events:
        sheet = sign(alder, submission)
    assert events == SIGNING
    with centre_context(alder.centre.pk):
        signature = Signature.objects.for_centre(alder.centre).get(subject_id=sheet.pk)
        declaration = Signature.objects.for_centre(alder.centre).get(subject_id=submission.pk)
        assert (sheet.outcome, sheet.version) == ("referral", 1)
        assert sheet.signed_at == signature.signed_at
        assert signature.subject_kind == "assessment.sheet"
        assert signature.builds_on == [declaration.digest]
        assert signature.role == "assessor"
        assert "all 11 criteria" in signature.sentence
        assert "the learner’s own" in signature.sentence
        assert signature.sentence.endswith("I decide: referral.")
        assert signature.digest == sha256_hex(signature.manifest.encode())
        # What stands now gives the same manifest, as nothing beside the sheet has changed.
        again = sheet_manifests(Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk))
        assert again.file.text == signature.manifest
        closure = Closure.objects.for_centre(alder.centre).get(submission=submission)
        assert (closure.outcome, closure.closed_at) == ("referral", signature.signed_at)
        papers = Document.objects.for_centre(alder.centre).filter(sheet=sheet)
        assert {paper.copy: paper.manifest_digest for paper in papers} == {
            "file": signature.digest,
            "learner": again.learner.digest,
        }


def test_eleven_passes_are_a_pass(alder: Cast) -> None:
    assert sign(alder, scenes.judged(alder)).outcome == "pass"


def refused(cast: Cast, submission: Submission, kind: type[Exception], **changed: object) -> str:
    """Signing is refused, and nothing at all is left behind."""
    with scenes.new_events(cast) as events, pytest.raises(kind) as refusal:
        sign(cast, submission, **changed)
    assert events == []
    with centre_context(cast.centre.pk):
        assert not Sheet.objects.for_centre(cast.centre).signed().exists()
        assert not Closure.objects.for_centre(cast.centre).exists()
        assert not Document.objects.for_centre(cast.centre).exists()
        assert not Signature.objects.for_centre(cast.centre).filter(purpose="decision").exists()
    return str(refusal.value)


def test_an_undecided_criterion_blocks(alder: Cast) -> None:
    submission = scenes.judged(alder)
    scenes.save(alder, submission, "2.2", decision="", base_revision=1)
    assert "2.2 is undecided" in refused(alder, submission, Refusal)


def test_a_referral_without_feedback_blocks(alder: Cast) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    scenes.save(alder, submission, "1.3", feedback="  ", base_revision=1)
    assert "1.3 is a referral without feedback" in refused(alder, submission, Refusal)


@pytest.mark.parametrize(
    ("number", "counts", "says"),
    [
        ("2.1", {"practice_hours": "17.98"}, "Practice: 0 h 02 to go"),
        ("2.1", {"practice_hours": ""}, "Practice: not counted yet"),
        ("2.1", {"clients": 4}, "Clients: 1 client too many"),
        ("3.3", {"supervision_hours": "0.5"}, "Supervision: 0 h 30 to go"),
        ("1.1", {"planned_clients": 1}, "Clients in the plan: 1 client to go"),
    ],
)
def test_a_pass_needs_its_gates(
    alder: Cast, number: str, counts: dict[str, object], says: str
) -> None:
    submission = scenes.judged(alder)
    scenes.save(alder, submission, number, counts=counts, base_revision=1)
    told = refused(alder, submission, Refusal)
    assert f"{number} can’t be a pass yet" in told
    assert says in told


def test_a_referral_needs_no_gate(alder: Cast) -> None:
    submission = scenes.judged(alder, referred=("2.1",))
    scenes.save(alder, submission, "2.1", counts={"practice_hours": "9"}, base_revision=1)
    assert sign(alder, submission).outcome == "referral"


def test_nothing_judged_is_nothing_to_sign(alder: Cast, proof: Proof) -> None:
    submission = scenes.submitted(alder)
    with centre_context(alder.centre.pk), pytest.raises(TransitionError, match="Nothing has been"):
        sign_sheet(
            actor=alder.pat,
            centre=alder.centre,
            submission=submission,
            shown_digest="0" * 64,
            proof=proof,
        )


def test_a_change_since_it_was_shown_is_refused_and_named(alder: Cast) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    with centre_context(alder.centre.pk):
        shown = sheet_manifests(draft_of(alder, submission)).file
    scenes.save(alder, submission, "2.2", feedback="Something else.", base_revision=1)
    scenes.save(alder, submission, "1.3", decision="pass", base_revision=1)
    scenes.save(alder, submission, "2.1", counts={"clients": 3}, base_revision=1)
    with centre_context(alder.centre.pk):
        save_comment(
            actor=alder.pat,
            centre=alder.centre,
            submission=submission,
            outcome=scenes.criterion(alder, "3.1").outcome,
            audience="file",
            text="",
            base_revision=1,
        )
        save_comment(
            actor=alder.pat,
            centre=alder.centre,
            submission=submission,
            outcome=scenes.criterion(alder, "1.1").outcome,
            audience="learner",
            text="New.",
        )
    with pytest.raises(ChangedSinceShown) as refusal:
        sign(
            alder,
            submission,
            shown_digest=shown.digest,
            shown_parts=manifest_parts(shown.content),
        )
    assert sorted(refusal.value.changes) == [
        "The comment on outcome 1 for the learner changed.",
        "The comment on outcome 3 for the file was taken away.",
        "The count on 2.1 changed.",
        "The decision on 1.3 changed.",
        "The feedback on 2.2 changed.",
    ]
    refused(alder, submission, ChangedSinceShown, shown_digest=shown.digest)
    assert sign(alder, submission).outcome == "pass"


def test_nonsense_instead_of_what_was_shown_is_only_a_change(alder: Cast) -> None:
    submission = scenes.judged(alder)
    refused(
        alder,
        submission,
        ChangedSinceShown,
        shown_digest="f" * 64,
        shown_parts={"d:9.9": "x", "o:nothing": "y", "q": "", "o:a:b": "", "e:": ""},
    )


def test_an_old_proof_is_refused(alder: Cast) -> None:
    old = Proof("password", datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=6))
    assert "five minutes" in refused(alder, scenes.judged(alder), Refusal, proof=old)


@pytest.mark.parametrize("who", ["kit", "una", "max", "jo", "eve"])
def test_only_an_allocated_assessor_signs(alder: Cast, who: str) -> None:
    refused(alder, scenes.judged(alder), PermissionDenied, actor=getattr(alder, who))


def test_an_assessor_of_another_centre_does_not_sign(alder: Cast, birch: Cast) -> None:
    refused(alder, scenes.judged(alder), PermissionDenied, actor=birch.pat)


def test_a_released_assessor_no_longer_signs(alder: Cast) -> None:
    submission = scenes.judged(alder)
    with centre_context(alder.centre.pk):
        release_assessor(
            actor=alder.max,
            centre=alder.centre,
            registration=alder.una_registration,
            assessor=alder.pat,
        )
    refused(alder, submission, PermissionDenied)


def test_nobody_signs_their_own_work(alder: Cast) -> None:
    from centres.models import Membership, Role

    submission = scenes.judged(alder)
    Membership.objects.create(
        centre=alder.centre,
        user=alder.una,
        role=Role.ASSESSOR,
        starts_on=datetime.date(2026, 1, 5),
    )
    assert "own work" in refused(alder, submission, Refusal, actor=alder.una)


def test_what_is_signed_is_signed_once_and_named(alder: Cast) -> None:
    submission = scenes.judged(alder, "ted")
    with centre_context(alder.centre.pk):
        save_judgement(
            actor=alder.kit,
            centre=alder.centre,
            submission=submission,
            criterion=scenes.criterion(alder, "1.1"),
            decision="pass",
        )
    sign(alder, submission)
    for actor in (alder.pat, alder.kit):
        with (
            scenes.new_events(alder) as events,
            centre_context(alder.centre.pk),
            pytest.raises(TransitionError, match="Pat Willow of Alder signed it on"),
        ):
            sign_sheet(
                actor=actor,
                centre=alder.centre,
                submission=submission,
                shown_digest="0" * 64,
                proof=fresh_proof(),
            )
        assert events == []
