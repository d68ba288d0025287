"""The marking desk: what it shows, what it saves, and that no typing is lost on the way."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.models import Comment, Judgement
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests import stage
from tests.assessment import scenes
from tests.cast import Cast, sign_in_client

PAGE_QUERIES = 15
JSON: Any = {"headers": {"accept": "application/json"}}


def address(name: str, cast: Cast, *args: object) -> str:
    return reverse(f"assessment:{name}", args=[cast.centre.slug, *args])


def post(client: Client, cast: Cast, submission: Submission, mark: str, **sent: Any) -> Any:
    extra = sent.pop("extra", {})
    return client.post(address("save-judgement", cast, submission.pk, mark), sent, **extra)


@pytest.fixture
def pat(alder: Cast, client: Client) -> Client:
    """Pat of Alder, signed in."""
    return sign_in_client(client, alder.pat)


def test_evidence_stands_beside_the_criterion(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    page = pat.get(address("desk-criterion", alder, submission.pk, "2.1")).content.decode()
    for said in (
        "Diary of Una Hornbeam of Alder",
        "Typical of a referral",
        "Typical of a pass",
        "Practice: not counted yet.",
        "11 undecided: signing opens when none is.",
        '<span class="verb">Complete</span>',
        "data-autosave=",
    ):
        assert said in page
    assert "<iframe" in page
    assert "style=" not in page
    assert "<script>" not in page


def test_the_desk_opens_at_the_first_undecided_criterion(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    scenes.save(alder, submission, "1.1", decision="pass")
    answer = pat.get(address("desk", alder, submission.pk))
    assert answer.headers["Location"] == address("desk-criterion", alder, submission.pk, "1.2")


def test_a_decided_submission_leads_to_its_sheet(alder: Cast, pat: Client) -> None:
    sheet = scenes.signed(alder)
    for place in (
        address("desk", alder, sheet.submission_id),
        address("desk-criterion", alder, sheet.submission_id, "1.1"),
        address("sign", alder, sheet.submission_id),
    ):
        assert pat.get(place).headers["Location"] == address("sheet", alder, sheet.pk)


def test_the_page_costs_the_same_with_one_item_and_with_three(
    alder: Cast, pat: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = scenes.signed(alder, referred=("1.3",))
    ted = scenes.submitted(alder, "ted")
    pat.get(address("desk-criterion", alder, ted.pk, "1.3"))  # the tree is read once a process
    with django_assert_num_queries(PAGE_QUERIES):
        assert pat.get(address("desk-criterion", alder, ted.pk, "1.3")).status_code == 200
    second = scenes.again(alder, sheet)
    with centre_context(alder.centre.pk):
        stage.judge(alder, alder.pat, second, ("1.3",))
        third = stage.sign(alder, alder.pat, second)
    more = scenes.again(alder, third)
    with django_assert_num_queries(PAGE_QUERIES):
        page = pat.get(address("desk-criterion", alder, more.pk, "1.3")).content.decode()
    assert "All 3 items" in page


def test_typing_is_saved_as_it_comes(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    first = post(pat, alder, submission, "2.1", feedback="So", revision=0, tab="a", extra=JSON)
    assert first.status_code == 200
    assert first.json()["revision"] == 1
    assert len(first.json()["saved_at"]) == 5
    sent = {"count-practice_hours": "18 h 45", "revision": 1, "tab": "a"}
    assert post(pat, alder, submission, "2.1", **sent, extra=JSON).json()["revision"] == 2
    stored = scenes.judgement(alder, submission, "2.1")
    assert (stored.feedback, stored.counts) == ("So", {"practice_hours": "18.75"})
    page = pat.get(address("desk-criterion", alder, submission.pk, "2.1")).content.decode()
    assert 'value="18 h 45"' in page
    assert "Practice: Enough: 18 h 45 of 18 h." in page


def test_the_end_of_a_line_counts_once_towards_the_limit(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    outcome = scenes.criterion(alder, "1.1").outcome
    comment = address("save-comment", alder, submission.pk, outcome.pk, "file")
    text = "x\n" * 2499 + "xx"  # 5,000 characters
    sent = text.replace("\n", "\r\n")  # as browsers send it
    for more, status in (("x", 422), ("", 200)):
        saved = post(pat, alder, submission, "1.1", feedback=sent + more, revision=0, extra=JSON)
        assert saved.status_code == status
        said = pat.post(comment, {"text": sent + more, "revision": 0}, **JSON)
        assert said.status_code == status
    assert scenes.judgement(alder, submission, "1.1").feedback == text
    with centre_context(alder.centre.pk):
        assert Comment.objects.for_centre(alder.centre).get(outcome=outcome).text == text


def test_another_tab_is_told_what_stands(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    a = {"feedback": "A", "count-practice_hours": "9 h", "revision": 0, "tab": "a"}
    post(pat, alder, submission, "2.1", **a, extra=JSON)
    b = {**a, "feedback": "B", "count-practice_hours": "10 h", "tab": "b"}
    answer = post(pat, alder, submission, "2.1", **b, extra=JSON)
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert conflict["fields"] == {"feedback": "A", "count-practice_hours": "9 h"}
    assert (conflict["revision"], conflict["saved_by"]) == (1, "")
    assert scenes.judgement(alder, submission, "2.1").feedback == "A"


def test_without_the_script_a_conflict_shows_both_texts(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    post(pat, alder, submission, "1.1", feedback="The one.", revision=0)
    answer = post(pat, alder, submission, "1.1", feedback="The other.", decision="pass", revision=0)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "What the other tab saved" in page
    assert "<p>The one.</p>" in page
    assert "The other.</textarea>" in page
    assert 'name="revision" value="1"' in page
    again = post(pat, alder, submission, "1.1", feedback="The other.", revision=1, go="1.2")
    assert again.headers["Location"] == address("desk-criterion", alder, submission.pk, "1.2")
    assert scenes.judgement(alder, submission, "1.1").feedback == "The other."


def test_without_the_script_a_refusal_keeps_the_text(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    sent = {"feedback": "Typed.", "count-practice_hours": "many", "revision": 0}
    answer = post(pat, alder, submission, "2.1", **sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Typed.</textarea>" in page
    assert 'value="many"' in page
    assert "is not a count" in page
    told = post(pat, alder, submission, "2.1", **sent, extra=JSON)
    assert told.status_code == 422
    assert "is not a count" in told.json()["refusal"]


def test_after_the_decision_the_typed_text_is_shown_to_be_copied(alder: Cast, pat: Client) -> None:
    sheet = scenes.signed(alder)
    with centre_context(alder.centre.pk):
        submission = sheet.submission
    answer = post(pat, alder, submission, "1.1", feedback="One more.", revision=1)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "One more.</textarea>" in page
    assert "Pat Willow of Alder signed it on" in page
    told = post(pat, alder, submission, "1.1", feedback="One more.", revision=1, extra=JSON)
    assert told.status_code == 409
    assert "signed it on" in told.json()["refusal"]


@pytest.mark.parametrize(
    ("go", "place"), [("1.2", "1.2/"), ("", "1.1/"), ("9.9", "1.1/"), ("sign", "sign/")]
)
def test_the_button_says_where_to_go_on(alder: Cast, pat: Client, go: str, place: str) -> None:
    submission = scenes.submitted(alder)
    answer = post(pat, alder, submission, "1.1", decision="pass", revision=0, go=go)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"{submission.pk}/{place}")


def test_a_comment_is_saved_with_and_without_the_script(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    outcome = scenes.criterion(alder, "2.1").outcome
    place = address("save-comment", alder, submission.pk, outcome.pk, "file")
    saved = pat.post(place, {"text": "For the file.", "revision": 0, "tab": "a"}, **JSON)
    assert saved.json()["revision"] == 1
    clash = pat.post(place, {"text": "Else.", "revision": 0, "tab": "b"}, **JSON)
    assert clash.json()["conflict"]["fields"] == {"text": "For the file."}
    plain = pat.post(place, {"text": "Else.", "revision": 0, "criterion": "2.3", "go": "2.3"})
    assert plain.status_code == 409
    assert "Else.</textarea>" in plain.content.decode()
    done = pat.post(place, {"text": "Else.", "revision": 1, "criterion": "2.3", "go": "2.3"})
    assert done.headers["Location"] == address("desk-criterion", alder, submission.pk, "2.3")


def test_the_second_attempt_shows_what_changed_and_what_passed(alder: Cast, pat: Client) -> None:
    submission = scenes.again(alder, scenes.signed(alder, referred=("1.3",)))
    referred = pat.get(address("desk-criterion", alder, submission.pk, "1.3")).content.decode()
    assert "E2 Contract, complete is new, claimed for 1.3." in referred
    assert "Attempt 1:" in referred
    assert "Feedback on 1.3 from Pat Willow of Alder." in referred
    assert "The evidence for 1.3 changed since." in referred
    assert "Carry this pass over" not in referred
    passed = pat.get(address("desk-criterion", alder, submission.pk, "2.1")).content.decode()
    assert "The evidence for 2.1 is the same as then." in passed
    assert "Carry this pass over" in passed
    # Nothing is carried over but by the assessor's own click.
    with centre_context(alder.centre.pk):
        own = Judgement.objects.for_centre(alder.centre).filter(sheet__submission=submission)
        assert not own.exists()
    carried = {"decision": "pass", "feedback": "As before.", "count-practice_hours": "18"}
    post(pat, alder, submission, "2.1", **carried, revision=0, go="2.1")
    stored = scenes.judgement(alder, submission, "2.1")
    assert (stored.decision, stored.counts) == ("pass", {"practice_hours": "18"})
    again = pat.get(address("desk-criterion", alder, submission.pk, "2.1")).content.decode()
    assert "Carry this pass over" not in again


def test_only_the_allocated_assessor_finds_it(alder: Cast, birch: Cast, client: Client) -> None:
    submission, foreign = scenes.submitted(alder), scenes.submitted(birch)
    outcome = scenes.criterion(alder, "1.1").outcome

    def places(of: Submission) -> list[tuple[str, str]]:
        return [
            ("get", address("desk", alder, of.pk)),
            ("get", address("desk-criterion", alder, of.pk, "1.1")),
            ("get", address("sign", alder, of.pk)),
            ("post", address("sign", alder, of.pk)),
            ("get", address("manifest", alder, of.pk)),
            ("post", address("save-judgement", alder, of.pk, "1.1")),
            ("post", address("save-comment", alder, of.pk, outcome.pk, "file")),
        ]

    for who, of in ((alder.kit, submission), (alder.pat, foreign)):
        sign_in_client(client, who)
        for method, place in places(of):
            assert getattr(client, method)(place).status_code == 404, place
    sign_in_client(client, alder.pat)
    for method, place in (
        ("get", address("desk-criterion", alder, submission.pk, "9.9")),
        ("post", address("save-judgement", alder, submission.pk, "4.1")),
        ("post", address("save-comment", alder, submission.pk, submission.pk, "file")),
        ("post", address("save-comment", alder, submission.pk, outcome.pk, "everybody")),
    ):
        assert getattr(client, method)(place).status_code == 404, place
