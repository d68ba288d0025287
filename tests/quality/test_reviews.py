"""Reviewing: the draft, what it lacks, the signature, and what follows from it."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone

from assessment.actions import DraftConflict, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from centres.models import Role, Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.tenancy import centre_context
from quality.actions.reviews import save_point, take_over_review
from quality.models import RequiredAction, Review, ReviewPoint, Sample
from quality.queries.review import review_manifest, review_parts
from quality.queries.standings import sheet_standing
from quality.standing import Route, Standing
from tests.assessment import marking
from tests.assessment.scenes import again, new_events, refusing, signed, submitted
from tests.cast import Cast, fresh_proof
from tests.quality.internal import (
    TESTS,
    WEEK,
    agreed,
    approved,
    chosen,
    chosen_in_progress,
    conclude,
    give_role,
    read,
    say,
    sign,
    signature_of,
    told,
)


@pytest.fixture
def sheet(alder: Cast) -> Sheet:
    """Una's pass under an approved plan."""
    approved(alder)
    return signed(alder)


def standing(cast: Cast, sheet: Sheet) -> tuple[Standing, Route | None]:
    with centre_context(cast.centre.pk):
        work = sheet_standing(cast.centre, sheet)
        return work.standing, work.route


def refused(cast: Cast, sample: Sample, match: str) -> None:
    """Signing is refused, and leaves no signature, no event and no change of standing."""
    with new_events(cast) as events, pytest.raises(Refusal, match=match):
        sign(cast, sample)
    assert events == []
    with centre_context(cast.centre.pk):
        assert not Review.objects.for_centre(cast.centre).signed().exists()
        assert not Signature.objects.for_centre(cast.centre).filter(purpose="review").exists()


def test_a_draft_is_kept_part_by_part_and_enters_no_ledger(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    with new_events(alder) as events:
        saved = say(alder, sample, "1.1", verdict="query", comment="  Where?  ", audience="learner")
        conclude(alder, sample, valid="yes", remarks="Looked at the diary.")
    assert events == []
    assert saved.revision == 1
    found = read(alder, sample)
    assert (found.parts[0].point.comment, found.parts[0].point.audience) == ("Where?", "learner")
    assert (found.review.valid, found.review.remarks) == ("yes", "Looked at the diary.")
    assert found.looked_at == 1
    conclude(alder, sample, authentic="no")
    assert read(alder, sample).review.valid == "yes"


def test_what_another_tab_saved_is_never_overwritten(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    say(alder, sample, "1.1", verdict="agree", comment="One.")
    with pytest.raises(DraftConflict) as clash:
        say(alder, sample, "1.1", comment="Two.", base_revision=0)
    assert clash.value.current["comment"] == "One."
    assert clash.value.revision == 1
    assert read(alder, sample).parts[0].point.comment == "One."
    # The same again, as after an answer that was lost, is no clash.
    assert say(alder, sample, "1.1", comment="One.", base_revision=0).revision == 1
    assert say(alder, sample, "1.1", comment="Two.", base_revision=1).revision == 2
    conclude(alder, sample, remarks="One.")
    with pytest.raises(DraftConflict):
        conclude(alder, sample, remarks="Two.", base_revision=0)


@pytest.mark.parametrize(
    "typed",
    [
        {"verdict": "maybe"},
        {"audience": "everybody"},
        {"comment": "c" * 5001},
    ],
)
def test_what_is_no_answer_is_refused(alder: Cast, sheet: Sheet, typed: dict[str, str]) -> None:
    sample = chosen(alder, sheet)
    with pytest.raises(Refusal):
        say(alder, sample, "1.1", **typed)
    with centre_context(alder.centre.pk):
        assert not ReviewPoint.objects.for_centre(alder.centre).exists()


def test_a_criterion_takes_no_mark(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    part = read(alder, sample).parts[0]
    with pytest.raises(Refusal, match="no mark"), refusing(alder):
        save_point(actor=alder.jo, centre=alder.centre, sample=sample, part_id=part.id, mark="3")


def test_only_the_reviewer_writes_and_signs(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    for who in (alder.lea, alder.max, alder.pat):
        with pytest.raises(PermissionDenied):
            say(alder, sample, "1.2", verdict="agree", actor=who)
        with new_events(alder) as events, pytest.raises(PermissionDenied):
            sign(alder, sample, actor=who)
        assert events == []


def test_agreeing_confirms_the_sheet_and_issues_its_papers_anew(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    with new_events(alder) as events:
        review = sign(alder, sample)
    assert events == [
        "signature.made",
        "review.signed",
        "document.queued",
        "document.queued",
    ]
    assert standing(alder, sheet) == (Standing.INTERNAL, Route.SAMPLED)
    signature = signature_of(alder, Signature.Purpose.REVIEW)
    decision = signature_of(alder, Signature.Purpose.DECISION)
    assert (signature.subject_id, signature.builds_on) == (review.pk, [decision.digest])
    assert "I agree with the decision: pass." in signature.sentence
    assert review.signed_at == signature.signed_at
    with centre_context(alder.centre.pk):
        papers = Document.objects.for_centre(alder.centre).filter(sheet=sheet)
        assert sorted(papers.values_list("standing", flat=True)) == [
            *["provisional"] * 2,
            *["sampled"] * 2,
        ]
    assert told(alder, alder.una) == ["sheet_confirmed"]


def test_a_signed_review_never_changes(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    review = sign(alder, sample)
    with pytest.raises(TransitionError):
        say(alder, sample, "1.2", verdict="agree")
    with pytest.raises(TransitionError):
        conclude(alder, sample, remarks="More.")
    with new_events(alder) as events, pytest.raises(TransitionError):
        sign(alder, sample)
    assert events == []
    with centre_context(alder.centre.pk):
        rows = Review.objects.for_centre(alder.centre).filter(pk=review.pk)
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            rows.update(outcome="return")


def test_nothing_looked_at_is_refused(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    conclude(alder, sample, **TESTS, outcome="agree")
    refused(alder, sample, "Nothing is looked at yet")


def test_an_unanswered_test_is_refused(alder: Cast, sheet: Sheet) -> None:
    refused(alder, agreed(alder, sheet, current=""), "current is not answered")


def test_a_missing_outcome_is_refused(alder: Cast, sheet: Sheet) -> None:
    refused(alder, agreed(alder, sheet, outcome=""), "outcome is not chosen")


def test_a_query_without_a_comment_is_refused(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    say(alder, sample, "1.3", verdict="query")
    refused(alder, sample, "1.3 is queried without a comment")
    say(alder, sample, "1.3", comment="Which contract?")
    assert sign(alder, sample).signed_at


def test_a_failed_test_cannot_be_agreed_as_it_is(alder: Cast, sheet: Sheet) -> None:
    refused(alder, agreed(alder, sheet, authentic="no"), "not authentic")


def test_a_return_says_why(alder: Cast, sheet: Sheet) -> None:
    refused(alder, agreed(alder, sheet, outcome="return"), "returned with a reason")


def test_a_sheet_is_not_merely_noted(alder: Cast, sheet: Sheet) -> None:
    refused(alder, agreed(alder, sheet, outcome="noted"), "Only an interim review is noted")


def test_an_action_needs_text_owner_and_day(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet, outcome="action")
    refused(alder, sample, "what to do.*no owner yet.*no day")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    conclude(
        alder,
        sample,
        action_text="Say more.",
        action_owner=alder.pat.pk,
        action_due_on=yesterday,
    )
    refused(alder, sample, "due is over")


def test_an_action_is_owned_by_somebody_who_works_here(
    alder: Cast, birch: Cast, sheet: Sheet
) -> None:
    sample = chosen(alder, sheet)
    for somebody in (birch.pat, alder.una, alder.eve):
        with pytest.raises(Refusal, match="works in this centre"):
            conclude(alder, sample, action_owner=somebody.pk)


def test_agreeing_with_an_action_confirms_and_raises_it(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(
        alder,
        sheet,
        outcome="action",
        sufficient="no",
        action_text="Say where.",
        action_owner=alder.pat.pk,
        action_due_on=timezone.localdate() + WEEK,
    )
    with new_events(alder) as events:
        review = sign(alder, sample)
    assert events == [
        "signature.made",
        "review.signed",
        "action.raised",
        "document.queued",
        "document.queued",
    ]
    assert standing(alder, sheet) == (Standing.INTERNAL, Route.SAMPLED)
    with centre_context(alder.centre.pk):
        required = RequiredAction.objects.for_centre(alder.centre).get()
    assert (required.owner, required.raised_by) == (alder.pat, alder.jo)
    assert required.review_id == review.pk
    assert told(alder, alder.pat) == ["action_raised"]
    assert "with an action for Pat" in signature_of(alder, Signature.Purpose.REVIEW).sentence


def test_returning_reopens_the_sheet_for_its_assessor(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet, outcome="return", reason="1.1 is not covered.")
    with new_events(alder) as events:
        sign(alder, sample)
    assert events[:2] == ["signature.made", "review.signed"]
    assert "sheet.returned" in events
    assert "document.queued" not in events
    assert standing(alder, sheet) == (Standing.SUBMITTED, None)
    assert told(alder, alder.pat) == ["sheet_returned"]
    assert told(alder, alder.una) == ["sheet_returned"]
    assert read(alder, sample).state == "superseded"
    with centre_context(alder.centre.pk):
        draft = Sheet.objects.for_centre(alder.centre).get(signed_at__isnull=True)
        assert (draft.assessor, draft.replaces_id) == (alder.pat, sheet.pk)
        assert draft.reason == "1.1 is not covered."
        second = sign_sheet(
            actor=alder.pat,
            centre=alder.centre,
            submission=draft.submission,
            shown_digest=sheet_manifests(draft).file.digest,
            proof=fresh_proof(),
        )
    assert second.version == 2
    assert standing(alder, second) == (Standing.DECIDED, None)
    sign(alder, agreed(alder, second))
    assert standing(alder, second) == (Standing.INTERNAL, Route.SAMPLED)


def test_a_sheet_that_another_attempt_followed_is_not_reviewed(alder: Cast) -> None:
    approved(alder)
    first = signed(alder, referred=("1.3",))
    sample = agreed(alder, first)
    again(alder, first)
    refused(alder, sample, "does not allow it to be reviewed")
    assert not read(alder, sample).stands


def test_an_agreed_sheet_that_no_longer_stands_makes_the_review_stale(alder: Cast) -> None:
    approved(alder)
    first = signed(alder, referred=("1.3",))
    sample = agreed(alder, first)
    sign(alder, sample)
    assert read(alder, sample).state == "valid"
    again(alder, first)
    assert read(alder, sample).state == "stale"


def test_what_changed_since_it_was_shown_is_named(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    manifest = review_manifest(read(alder, sample))
    conclude(alder, sample, remarks="One more thing.")
    say(alder, sample, "1.2", verdict="agree")
    with new_events(alder) as events, pytest.raises(ChangedSinceShown) as refusal:
        sign(
            alder,
            sample,
            shown_digest=manifest.digest,
            shown_parts=review_parts(manifest.content),
        )
    assert refusal.value.changes == (
        "What you say on 1.2 changed.",
        "Your conclusion changed.",
    )
    assert events == []


def test_the_lead_takes_a_review_over_with_its_draft(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    with new_events(alder) as events, refusing(alder):
        take_over_review(actor=alder.lea, centre=alder.centre, sample=sample)
    assert events == ["review.taken_over"]
    assert told(alder, alder.jo)[-1] == "review_taken_over"
    with pytest.raises(PermissionDenied):
        sign(alder, sample)
    assert sign(alder, sample, actor=alder.lea).reviewer == alder.lea


def test_a_lead_who_assessed_the_work_does_not_take_it_over(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    give_role(alder, alder.pat, Role.LEAD_IQA)
    with (
        new_events(alder) as events,
        pytest.raises(Refusal, match="never verifies"),
        refusing(alder),
    ):
        take_over_review(actor=alder.pat, centre=alder.centre, sample=sample)
    assert events == []
    with pytest.raises(PermissionDenied), refusing(alder):
        take_over_review(actor=alder.max, centre=alder.centre, sample=sample)


def test_the_database_itself_refuses_a_reviewer_who_assessed(alder: Cast, sheet: Sheet) -> None:
    give_role(alder, alder.pat, Role.IQA)
    sample = chosen(alder, sheet)
    with centre_context(alder.centre.pk):
        Sample.objects.for_centre(alder.centre).filter(pk=sample.pk).update(reviewer=alder.pat)
    with pytest.raises(Refusal, match="assessed any attempt"):
        say(alder, sample, "1.1", verdict="agree", actor=alder.pat)
    with centre_context(alder.centre.pk):
        assert not Review.objects.for_centre(alder.centre).exists()


def test_a_reviewer_who_lost_the_role_does_not_sign(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet)
    membership = alder.centre.memberships.get(user=alder.jo)
    membership.ends_on = timezone.localdate()
    membership.save()
    with new_events(alder) as events, pytest.raises(PermissionDenied):
        sign(alder, sample)
    assert events == []


def test_an_interim_review_confirms_nothing(alder: Cast) -> None:
    approved(alder)
    submitted(alder)
    sample = chosen_in_progress(alder)
    say(alder, sample, "1.1", verdict="agree")
    conclude(alder, sample, outcome="agree")
    refused(alder, sample, "is noted, and confirms nothing")
    conclude(alder, sample, outcome="noted")
    with new_events(alder) as events:
        sign(alder, sample)
    assert events == ["signature.made", "review.signed"]
    signature = signature_of(alder, Signature.Purpose.REVIEW)
    assert signature.builds_on == []
    assert "confirms nothing" in signature.sentence
    with centre_context(alder.centre.pk):
        assert Document.objects.for_centre(alder.centre).count() == 0


def test_a_mark_sheet_needs_a_mark_in_each_section_and_the_same_outcome(alder: Cast) -> None:
    scene = marking.orchard(alder)
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission)
    sheet = marking.sign(scene, submission)
    with centre_context(alder.centre.pk):
        qualification = scene.registration.pathway.specification.qualification
    approved(alder, qualification=qualification)
    sample = chosen(alder, sheet)
    say(alder, sample, "s1", verdict="agree", mark="5")
    conclude(alder, sample, **TESTS, outcome="agree")
    refused(alder, sample, "has no mark of yours")
    with pytest.raises(Refusal, match="from 0 to 50"):
        say(alder, sample, "s2", mark="51")
    with pytest.raises(Refusal, match="from 0 to 50"):
        say(alder, sample, "s2", mark="2.5")
    say(alder, sample, "s2", mark="25")
    say(alder, sample, "s3", mark="19")
    refused(alder, sample, "Your marks come to a referral, the assessor’s to a pass")
    say(alder, sample, "s3", mark="20")
    sign(alder, sample)
    assert standing(alder, sheet) == (Standing.INTERNAL, Route.SAMPLED)


def test_a_different_column_goes_back(alder: Cast) -> None:
    scene = marking.orchard(alder)
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission)
    sheet = marking.sign(scene, submission)
    with centre_context(alder.centre.pk):
        qualification = scene.registration.pathway.specification.qualification
    approved(alder, qualification=qualification)
    sample = chosen(alder, sheet)
    for mark, points in (("s1", "5"), ("s2", "25"), ("s3", "19")):
        say(alder, sample, mark, verdict="agree", mark=points)
    conclude(alder, sample, **TESTS, outcome="return", reason="Section 3 is too high.")
    sign(alder, sample)
    assert standing(alder, sheet) == (Standing.SUBMITTED, None)
