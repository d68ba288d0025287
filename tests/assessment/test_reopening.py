"""Returning a decision: a new version, the old one kept, and papers that say so."""

import pytest

from assessment.actions import return_sheet, save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Comment, Document, Judgement, Sheet
from assessment.verdicts import Verdict
from assessment.verification import verify_file
from centres.clock import database_now
from centres.models import AuditEvent
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from portfolios.models import Closure, Reopening
from tests.assessment import signed as making
from tests.cast import Cast, fresh_proof

pytestmark = [pytest.mark.django_db, making.open_profile]

REASON = "Read 1.3 again: the sponsor has not signed."


def give_back(cast: Cast, sheet: Sheet, reason: str = REASON) -> Sheet:
    return return_sheet(
        actor=cast.jo, centre=cast.centre, sheet=sheet, reason=reason, at=database_now()
    )


def events(cast: Cast) -> list[str]:
    rows = AuditEvent.objects.for_centre(cast.centre).order_by("seq")
    return list(rows.values_list("action", flat=True))


def sign_again(cast: Cast, draft: Sheet) -> Sheet:
    return sign_sheet(
        actor=cast.pat,
        centre=cast.centre,
        submission=draft.submission,
        shown_digest=sheet_manifests(draft).file.digest,
        proof=fresh_proof(),
    )


def test_a_returned_sheet_stays_and_its_assessor_gets_a_copy_to_correct(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        before = len(events(alder))
        draft = give_back(alder, sheet)
        assert events(alder)[before:] == ["submission.reopened", "sheet.returned"]
        assert (draft.assessor_id, draft.replaces_id, draft.reason) == (
            alder.pat.pk,
            sheet.pk,
            REASON,
        )
        assert draft.signed_at is None
        for model in (Judgement, Comment):
            rows = model.objects.for_centre(alder.centre)
            assert rows.filter(sheet=draft).count() == rows.filter(sheet=sheet).count() > 0
        assert not Closure.objects.for_centre(alder.centre).standing().exists()
        sheet.refresh_from_db()
        assert (sheet.version, sheet.outcome) == (1, "pass")


def test_the_corrected_version_is_signed_as_the_next_and_closes_again(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        draft = give_back(alder, sheet)
        criterion = making.criteria_of(alder)[2]
        save_judgement(
            actor=alder.pat,
            centre=alder.centre,
            submission=draft.submission,
            criterion=criterion,
            decision="referral",
            feedback="The sponsor has not signed.",
        )
        draft.refresh_from_db()
        corrected = sign_again(alder, draft)
        assert (corrected.version, corrected.outcome) == (2, "referral")
        closure = Closure.objects.for_centre(alder.centre).standing().get()
        assert (closure.number, closure.outcome) == (2, "referral")
        manifest = sheet_manifests(corrected).file.content
        assert manifest["replaces"] == str(sheet.pk)


def test_a_paper_is_withdrawn_once_returned_and_superseded_once_corrected(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        old = making.issue(alder.centre, making.papers(sheet)["file"])[0]
        pdf = making.content_of(old)
        assert verify_file(pdf).verdict is Verdict.VALID
        draft = give_back(alder, sheet)
    answer = verify_file(pdf)
    assert (answer.verdict, answer.exit_code) == (Verdict.WITHDRAWN, 2)
    with centre_context(alder.centre.pk):
        corrected = sign_again(alder, draft)
        new = making.issue(alder.centre, making.papers(corrected)["file"])[0]
    assert verify_file(pdf).verdict is Verdict.SUPERSEDED
    assert verify_file(making.content_of(new)).verdict is Verdict.VALID


def test_a_decision_is_returned_once_with_a_reason_and_only_while_it_stands(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder, referred=("1.3",))
        before = events(alder)
        with pytest.raises(Refusal, match="with a reason"):
            give_back(alder, sheet, "  ")
        give_back(alder, sheet)
        with pytest.raises(TransitionError, match="with the assessor"):
            give_back(alder, sheet)
        assert events(alder) == [*before, "submission.reopened", "sheet.returned"]
        assert Reopening.objects.for_centre(alder.centre).count() == 1


def test_a_decision_that_a_later_attempt_followed_is_not_returned(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder, referred=("1.3",))
        making.submitted(alder)
        with pytest.raises(TransitionError, match="later attempt"):
            give_back(alder, sheet)
        assert not Reopening.objects.for_centre(alder.centre).exists()
        assert Document.objects.for_centre(alder.centre).count() == 2
