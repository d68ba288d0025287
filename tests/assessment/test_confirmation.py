"""Papers issued anew with what quality assurance adds: whole, once, and fit for their reader."""

import io
import json

import pytest
from pypdf import PdfReader

from assessment.confirmation import (
    Confirmation,
    ConfirmingComment,
    ConfirmingSignature,
    reissue_documents,
)
from assessment.models import Document, Sheet
from assessment.paper_content import paper_of
from assessment.verdicts import Verdict
from assessment.verification import verify_file
from centres.canonical import sha256_hex, utc_text
from centres.ledger import action
from centres.models import Role, Signature
from centres.refusals import TransitionError
from centres.signatures import Manifest, sign
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests.assessment import signed as making
from tests.cast import Cast, fresh_proof

pytestmark = [pytest.mark.django_db, making.open_profile]

SECRET = "Ask at standardisation whether the dates were typed afterwards."
KIND = "The contract answers the sponsor."
ROUTE = "Sampled: Jo, internal quality assurer, agreed on 7 Nov 2026."


def confirmation(cast: Cast, sheet: Sheet) -> Confirmation:
    """What an internal quality assurer has signed, with a comment for each of two readers."""
    row = action(sign)(
        actor=cast.jo,
        centre=cast.centre,
        permission="return_sheet",
        purpose=Signature.Purpose.REVIEW,
        subject_kind="tests.review",
        subject_id=sheet.pk,
        sentence="I read 1.3 against the evidence and agree.",
        manifest=(manifest := Manifest({"schema": 1, "sheet": str(sheet.pk)})),
        shown_digest=manifest.digest,
        proof=fresh_proof(),
    )
    part = str(making.criteria_of(cast)[2].pk)
    return Confirmation(
        standing=Document.Standing.SAMPLED,
        explanation=ROUTE,
        signatures=(
            ConfirmingSignature(
                name=row.signer_name,
                role=Role.IQA,
                meaning="Internal quality assurance: agreed.",
                sentence=row.sentence,
                signed_at=utc_text(row.signed_at),
                method=row.method,
                digest=row.digest,
            ),
        ),
        comments=(
            ConfirmingComment(part=part, mark="1.3", audience="learner", text=KIND),
            ConfirmingComment(part=part, mark="1.3", audience="assessor", text=SECRET),
        ),
    )


def reissued(cast: Cast, sheet: Sheet) -> dict[str, Document]:
    made = reissue_documents(actor=cast.jo, sheet=sheet, confirmation=confirmation(cast, sheet))
    return {row.copy: row for row in made}


def words_of(pdf: bytes) -> str:
    """The text layer, its blanks evened out."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_both_copies_say_the_route_and_the_signature_and_stay_provisional(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        for row in making.issue(alder.centre, *reissued(alder, sheet).values()):
            paper = paper_of(row)
            assert paper.standing.is_provisional
            said = words_of(making.content_of(row))
            assert ROUTE in said
            assert alder.jo.full_name in said
            assert "I read 1.3 against the evidence and agree." in said
            assert "Unit outcome: not decided yet" not in said
            assert "Confirmation: not given yet." in said


def test_a_comment_for_assessors_reaches_the_file_copy_alone(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        papers = reissued(alder, sheet)
        making.issue(alder.centre, *papers.values())
        for row in papers.values():
            row.refresh_from_db()
            whole = words_of(making.content_of(row))
            assert KIND in whole
            assert (SECRET in whole) is (row.copy == "file")
            assert (SECRET in json.dumps(row.confirmation)) is (row.copy == "file")
        assert sha256_hex(SECRET.encode()) not in papers["learner"].manifest


def test_the_earlier_paper_is_superseded_and_the_new_one_valid(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        old = making.issue(alder.centre, making.papers(sheet)["file"])[0]
        new = making.issue(alder.centre, *reissued(alder, sheet).values())
    assert verify_file(making.content_of(old)).verdict is Verdict.SUPERSEDED
    for row in new:
        answer = verify_file(making.content_of(row))
        assert answer.verdict is Verdict.VALID
        assert answer.issue is not None
        assert answer.issue.kind.endswith("internally confirmed: sampled")
        assert answer.issue.signers == "an assessor and an internal quality assurer"


def test_a_paper_made_late_does_not_replace_one_that_was_queued_after_it(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        old = making.papers(sheet)["file"]
        new = making.issue(alder.centre, reissued(alder, sheet)["file"])[0]
        late = making.issue(alder.centre, old)[0]
    assert verify_file(making.content_of(new)).verdict is Verdict.VALID
    assert verify_file(making.content_of(late)).verdict is Verdict.SUPERSEDED


def test_saying_the_same_again_makes_no_new_paper(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        said = confirmation(alder, sheet)
        assert len(reissue_documents(actor=alder.jo, sheet=sheet, confirmation=said)) == 2
        assert reissue_documents(actor=alder.jo, sheet=sheet, confirmation=said) == []


def test_a_paper_whose_words_were_changed_in_the_table_is_stale(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        row = reissued(alder, sheet)["file"]
        Document.objects.for_centre(alder.centre).filter(pk=row.pk).update(
            confirmation={**row.confirmation, "explanation": "Confirmed by everybody."}
        )
        made = making.issue(alder.centre, row)[0]
    assert verify_file(making.content_of(made)).verdict is Verdict.STALE


def test_a_paper_that_rests_on_a_missing_signature_is_stale(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        said = confirmation(alder, sheet)
        missing = ConfirmingSignature(**{**vars(said.signatures[0]), "digest": "0" * 64})
        rows = reissue_documents(
            actor=alder.jo,
            sheet=sheet,
            confirmation=Confirmation(
                standing=said.standing, explanation=said.explanation, signatures=(missing,)
            ),
        )
        made = making.issue(alder.centre, rows[1])[0]
    assert verify_file(making.content_of(made)).verdict is Verdict.STALE


def test_a_confirmed_paper_is_no_longer_provisional(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        rows = reissue_documents(
            actor=alder.jo,
            sheet=sheet,
            confirmation=Confirmation(
                standing=Document.Standing.VISITED, explanation="Released by Eve."
            ),
        )
        made = making.issue(alder.centre, rows[0])[0]
        assert not paper_of(made).standing.is_provisional
        said = words_of(making.content_of(made))
    assert "PROVISIONAL" not in said.upper()
    assert "Released by Eve." in said


def test_an_unsigned_sheet_has_no_papers_to_issue_anew(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        submission: Submission = making.submitted(alder)
        draft = Sheet.objects.create(
            centre=alder.centre,
            submission=submission,
            assessor=alder.pat,
            learner=alder.una,
        )
        with pytest.raises(TransitionError, match="not signed has no papers"):
            reissue_documents(
                actor=alder.jo,
                sheet=draft,
                confirmation=Confirmation(
                    standing=Document.Standing.SAMPLED, explanation="Nothing."
                ),
            )
