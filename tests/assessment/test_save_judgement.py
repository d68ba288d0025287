"""Drafts: saved while typing, from two tabs, unfinished or not; nothing typed is ever lost."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Count

from assessment.actions import DraftConflict, save_comment
from assessment.models import Comment, DraftRevision, Sheet
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests.assessment import scenes
from tests.assessment.scenes import judgement, save
from tests.cast import Cast


def kept(cast: Cast) -> list[tuple[str, int, dict[str, object]]]:
    """Everything typed, in the order of the saves."""
    with centre_context(cast.centre.pk):
        rows = DraftRevision.objects.for_centre(cast.centre).order_by("saved_at")
        return [(row.part_kind, row.revision, row.content) for row in rows]


def comment(cast: Cast, submission: Submission, text: str, **typed: object) -> object:
    with scenes.refusing(cast):
        return save_comment(
            centre=cast.centre,
            submission=submission,
            outcome=scenes.criterion(cast, "2.1").outcome,
            text=text,
            **{"actor": cast.pat, "audience": "learner", **typed},  # type: ignore[arg-type]
        )


def test_the_first_save_opens_a_sheet_and_enters_nothing_in_the_ledger(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    with scenes.new_events(alder) as events:
        saved = save(alder, submission, "1.3", decision="referral", base_revision=0, tab="a")
    assert events == []
    assert saved.revision == 1
    with centre_context(alder.centre.pk):
        sheet = Sheet.objects.for_centre(alder.centre).get()
        assert (sheet.assessor, sheet.learner) == (alder.pat, alder.una)
        assert sheet.signed_at is None
    stored = judgement(alder, submission, "1.3")
    assert (stored.decision, stored.feedback, stored.counts) == ("referral", "", {})
    assert kept(alder) == [("judgement", 1, {"decision": "referral", "feedback": ""})]


def test_saving_nothing_opens_nothing(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    assert save(alder, submission, "1.1", decision="", feedback=" ").revision == 0
    with centre_context(alder.centre.pk):
        assert not Sheet.objects.for_centre(alder.centre).exists()


def test_what_is_not_sent_stays(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "2.1", decision="pass", feedback="Good.", counts={"clients": "2"})
    save(alder, submission, "2.1", counts={"practice_hours": "18.50"}, base_revision=1)
    stored = judgement(alder, submission, "2.1")
    assert (stored.decision, stored.feedback) == ("pass", "Good.")
    assert stored.counts == {"clients": 2, "practice_hours": "18.5"}
    save(alder, submission, "2.1", counts={"clients": ""}, base_revision=2)
    assert judgement(alder, submission, "2.1").counts == {"practice_hours": "18.5"}


def test_the_same_content_again_is_the_same_revision(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    for base in (0, 1, 0):
        again = save(alder, submission, "1.1", decision="pass", feedback="Yes.", base_revision=base)
        assert again.revision == 1
    assert len(kept(alder)) == 1


def test_two_tabs_lose_nothing(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "1.1", feedback="From tab A.", base_revision=0, tab="a")
    with pytest.raises(DraftConflict) as conflict:
        save(alder, submission, "1.1", feedback="From tab B.", base_revision=0, tab="b")
    assert conflict.value.current == {"feedback": "From tab A."}
    assert conflict.value.revision == 1
    assert judgement(alder, submission, "1.1").feedback == "From tab A."
    assert [(kind, content.get("feedback")) for kind, _, content in kept(alder)] == [
        ("judgement", "From tab A."),
        ("judgement-aside", "From tab B."),
    ]
    # Tab B has seen tab A's text and keeps its own.
    save(alder, submission, "1.1", feedback="From tab B.", base_revision=1, tab="b")
    assert judgement(alder, submission, "1.1").feedback == "From tab B."


def test_two_tabs_in_different_fields_are_merged(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "1.1", decision="pass", base_revision=0, tab="a")
    # A plain form sends every field, also those that this tab has not touched.
    save(alder, submission, "1.1", decision="", feedback="B’s.", base_revision=0, tab="b")
    stored = judgement(alder, submission, "1.1")
    assert (stored.decision, stored.feedback, stored.revision) == ("pass", "B’s.", 2)


def test_a_tab_whose_answer_got_lost_is_not_in_conflict_with_itself(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "1.1", feedback="One", base_revision=0, tab="a")
    save(alder, submission, "1.1", feedback="One two", base_revision=0, tab="a")
    assert judgement(alder, submission, "1.1").feedback == "One two"


def test_two_assessors_draft_on_sheets_of_their_own(alder: Cast) -> None:
    submission = scenes.submitted(alder, "ted")
    save(alder, submission, "1.1", feedback="Pat’s.")
    save(alder, submission, "1.1", feedback="Kit’s.", actor=alder.kit)
    assert judgement(alder, submission, "1.1").feedback == "Pat’s."
    with centre_context(alder.centre.pk):
        sheets = Sheet.objects.for_centre(alder.centre).values("assessor").annotate(n=Count("pk"))
        assert {row["assessor"]: row["n"] for row in sheets} == {alder.pat.pk: 1, alder.kit.pk: 1}


@pytest.mark.parametrize(
    ("number", "counts"),
    [
        ("2.1", {"practice_hours": "-1"}),
        ("2.1", {"practice_hours": "NaN"}),
        ("2.1", {"practice_hours": "Infinity"}),
        ("2.1", {"practice_hours": "10000"}),
        ("2.1", {"practice_hours": "1e400"}),
        ("2.1", {"practice_hours": "1.234"}),
        ("2.1", {"practice_hours": "eighteen"}),
        ("2.1", {"clients": "2.5"}),
        ("2.1", {"clients": True}),
        ("2.1", {"supervision_hours": "1"}),
        ("1.3", {"clients": "2"}),
    ],
)
def test_counts_must_be_sane(alder: Cast, number: str, counts: dict[str, object]) -> None:
    submission = scenes.submitted(alder)
    with pytest.raises(Refusal):
        save(alder, submission, number, counts=counts)
    assert kept(alder) == []


@pytest.mark.parametrize("typed", [{"decision": "fail"}, {"feedback": "x" * 5001}])
def test_what_no_form_would_send_is_refused(alder: Cast, typed: dict[str, str]) -> None:
    submission = scenes.submitted(alder)
    with pytest.raises(Refusal):
        save(alder, submission, "1.1", **typed)
    assert kept(alder) == []


@pytest.mark.parametrize("who", ["kit", "una", "ted", "max", "jo", "eve"])
def test_only_an_allocated_assessor_drafts(alder: Cast, who: str) -> None:
    submission = scenes.submitted(alder)
    with pytest.raises(PermissionDenied):
        save(alder, submission, "1.1", decision="pass", actor=getattr(alder, who))
    assert kept(alder) == []


def test_after_the_decision_a_save_is_refused_and_its_text_kept(alder: Cast) -> None:
    sheet = scenes.signed(alder)
    with centre_context(alder.centre.pk):
        submission = sheet.submission
    before = len(kept(alder))
    with (
        scenes.new_events(alder) as events,
        pytest.raises(TransitionError, match="Pat Willow of Alder signed it"),
    ):
        save(alder, submission, "1.1", feedback="One more thought.", base_revision=1)
    assert events == []
    assert judgement(alder, submission, "1.1").feedback.startswith("Feedback on 1.1")
    assert [row[::2] for row in kept(alder)[before:]] == [
        ("judgement-aside", {"feedback": "One more thought."})
    ]


def test_comments_are_kept_by_audience(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    with scenes.new_events(alder) as events:
        for audience in ("learner", "assessor", "file"):
            comment(alder, submission, f"To the {audience}.", audience=audience)
    assert events == []
    with centre_context(alder.centre.pk):
        rows = Comment.objects.for_centre(alder.centre)
        assert {row.audience: row.text for row in rows} == {
            "learner": "To the learner.",
            "assessor": "To the assessor.",
            "file": "To the file.",
        }


def test_two_tabs_on_one_comment_lose_nothing(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    comment(alder, submission, "A", tab="a")
    with pytest.raises(DraftConflict) as conflict:
        comment(alder, submission, "B", tab="b")
    assert conflict.value.current == {"text": "A"}
    assert [row[::2] for row in kept(alder)] == [
        ("comment", {"text": "A"}),
        ("comment-aside", {"text": "B"}),
    ]


def test_a_comment_needs_a_known_audience_and_a_text_within_bounds(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    for typed in ({"audience": "everybody", "text": "x"}, {"text": "x" * 5001}):
        with pytest.raises(Refusal):
            comment(alder, submission, str(typed.pop("text")), **typed)
    with pytest.raises(PermissionDenied):
        comment(alder, submission, "x", actor=alder.kit)
    assert kept(alder) == []
