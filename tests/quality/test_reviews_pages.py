"""The review desk, its conclusion and its signature, with the script and without."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.models import Sheet
from centres.tenancy import centre_context
from quality.models import Sample
from tests.assessment import marking
from tests.assessment.scenes import signed, submitted
from tests.cast import PASSWORD, Cast, sign_in_client
from tests.quality.internal import (
    TESTS,
    agreed,
    approved,
    chosen,
    chosen_in_progress,
    read,
    say,
    sign,
)
from tests.quality.moving import diploma, moved

DESK_QUERIES = 15
PAGE_QUERIES = 14
JSON = {"Accept": "application/json"}


@pytest.fixture
def sheet(alder: Cast) -> Sheet:
    """Una's pass under an approved plan."""
    approved(alder)
    return signed(alder)


def address(sample: Sample, name: str, *more: str) -> str:
    return reverse(f"quality:{name}", args=[sample.centre.slug, sample.pk, *more])


def test_the_reviewer_goes_on_where_they_left_off(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    start = address(sample, "review")
    assert jo.get(start).headers["Location"] == address(sample, "review-part", "1.1")
    say(alder, sample, "1.1", verdict="agree")
    assert jo.get(start).headers["Location"] == address(sample, "review-part", "1.2")


def test_the_desk_shows_evidence_decision_and_comments(
    alder: Cast, sheet: Sheet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    with django_assert_num_queries(DESK_QUERIES):
        jo.get(address(sample, "review-part", "1.1"))
    for mark in ("1.1", "1.2", "1.3"):
        say(alder, sample, mark, verdict="agree")
    with django_assert_num_queries(DESK_QUERIES):
        page = jo.get(address(sample, "review-part", "1.3")).content.decode()
    assert "Diary of Una" in page
    assert f"Feedback on 1.3 from {alder.pat.full_name}" in page
    assert "evidence/file/" in page
    assert jo.get(address(sample, "review-part", "9.9")).status_code == 404


def test_the_script_saves_and_is_told_of_a_clash(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    url = address(sample, "save-point", "1.1")
    first = jo.post(url, {"verdict": "agree", "revision": "0", "tab": "a"}, headers=JSON)
    assert first.json()["revision"] == 1
    clash = jo.post(url, {"comment": "Two.", "verdict": "query", "revision": "0"}, headers=JSON)
    assert clash.status_code == 409
    assert clash.json()["conflict"]["fields"]["verdict"] == "agree"
    assert read(alder, sample).parts[0].point.verdict == "agree"
    refused = jo.post(url, {"comment": "c" * 5001, "revision": "1"}, headers=JSON)
    assert refused.status_code == 422
    assert "refusal" in refused.json()
    ending = address(sample, "save-conclusion")
    assert (
        jo.post(ending, {"remarks": "One.", "revision": "0"}, headers=JSON).json()["revision"] == 1
    )
    clash = jo.post(ending, {"remarks": "Two.", "revision": "0"}, headers=JSON)
    assert clash.json()["conflict"]["fields"]["remarks"] == "One."


def test_without_the_script_both_texts_are_shown(alder: Cast, sheet: Sheet) -> None:
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    url = address(sample, "save-point", "1.1")
    went = jo.post(url, {"verdict": "agree", "comment": "Stored.", "revision": "0", "go": "1.2"})
    assert went.headers["Location"] == address(sample, "review-part", "1.2")
    clash = jo.post(url, {"comment": "Typed here.", "revision": "0", "go": "1.2"})
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "Stored." in page
    assert "Typed here." in page
    assert re.search(r'name="revision" value="1"', page)
    over = jo.post(url, {"comment": "Typed here.", "revision": "1", "go": "conclude"})
    assert over.headers["Location"] == address(sample, "review-conclude")
    assert read(alder, sample).parts[0].point.comment == "Typed here."


def test_a_whole_review_without_the_script(
    alder: Cast, birch: Cast, sheet: Sheet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    signing = address(sample, "review-sign")
    assert "Signing opens when this is done" in jo.get(signing).content.decode()
    jo.post(address(sample, "save-point", "1.1"), {"verdict": "agree", "revision": "0"})
    ending = address(sample, "save-conclusion")
    assert "Five tests" in jo.get(address(sample, "review-conclude")).content.decode()
    typed = {**TESTS, "outcome": "agree", "remarks": "Fine.", "revision": "0", "go": "sign"}
    foreign = jo.post(ending, {**typed, "action_owner": str(birch.pat.pk)})
    assert foreign.status_code == 422
    assert jo.post(ending, typed).headers["Location"] == signing
    with django_assert_num_queries(PAGE_QUERIES):
        page = jo.get(signing).content.decode()
    assert "I agree with the decision: pass." in page
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert shown
    stale = jo.post(signing, {"shown": "0" * 64, "parts": "{}", "password": PASSWORD})
    assert stale.status_code == 409
    done = jo.post(signing, {"shown": shown[1], "parts": "{}", "password": PASSWORD})
    assert done.headers["Location"] == address(sample, "review")
    read_only = jo.get(address(sample, "review")).content.decode()
    assert "Valid" in read_only
    assert "Fine." in read_only
    assert jo.get(signing).status_code == 302
    assert jo.get(address(sample, "review-part", "1.1")).status_code == 302
    again = jo.post(signing, {"shown": shown[1], "parts": "{}", "password": PASSWORD})
    assert again.status_code == 409


def test_others_read_no_draft_and_the_lead_may_take_it_over(alder: Cast, sheet: Sheet) -> None:
    sample = agreed(alder, sheet, remarks="Mine alone.")
    lea = sign_in_client(Client(), alder.lea)
    page = lea.get(address(sample, "review")).content.decode()
    assert "Mine alone." not in page
    assert lea.get(address(sample, "review-part", "1.1")).status_code == 404
    max_ = sign_in_client(Client(), alder.max)
    assert "Take this review over" not in max_.get(address(sample, "review")).content.decode()
    assert max_.post(address(sample, "review-take-over")).status_code == 403
    assert lea.post(address(sample, "review-take-over")).status_code == 302
    assert "Mine alone." in lea.get(address(sample, "review-conclude")).content.decode()
    jo = sign_in_client(Client(), alder.jo)
    assert jo.get(address(sample, "review-conclude")).status_code == 404


def test_the_assessor_reads_the_signed_review_of_their_sheet_only(
    alder: Cast, sheet: Sheet
) -> None:
    sample = agreed(alder, sheet, outcome="return", reason="1.1 is not covered.")
    pat, kit = (sign_in_client(Client(), who) for who in (alder.pat, alder.kit))
    url = address(sample, "review")
    assert pat.get(url).status_code == 404
    sign(alder, sample)
    assert "1.1 is not covered." in pat.get(url).content.decode()
    assert kit.get(url).status_code == 404
    una = sign_in_client(Client(), alder.una)
    assert una.get(url).status_code == 403


def test_a_centres_samples_are_not_found_from_another(alder: Cast, birch: Cast) -> None:
    approved(birch)
    foreign = chosen(birch, signed(birch))
    jo = sign_in_client(Client(), alder.jo)
    there = reverse("quality:review", args=[alder.centre.slug, foreign.pk])
    assert jo.get(there).status_code == 404


def test_work_in_progress_has_a_desk_with_what_there_is(alder: Cast) -> None:
    approved(alder)
    bare = chosen_in_progress(alder, "ted")
    jo = sign_in_client(Client(), alder.jo)
    page = jo.get(address(bare, "review-part", "1.1")).content.decode()
    assert "Nothing was handed in yet" in page
    submitted(alder)
    sample = chosen_in_progress(alder)
    page = jo.get(address(sample, "review-part", "1.1")).content.decode()
    assert "Diary of Una" in page
    ending = jo.get(address(sample, "review-conclude")).content.decode()
    assert "Noted (interim)" in ending
    assert "Agree with an action" not in ending


def test_the_desk_of_work_in_progress_leads_to_what_is_there_after_a_move_too(alder: Cast) -> None:
    approved(alder)
    sample = chosen_in_progress(alder)
    jo = sign_in_client(Client(), alder.jo)
    desk = address(sample, "review-part", "1.1")
    registration = [alder.centre.slug, sample.registration_id]
    unit = reverse("portfolios:unit", args=[*registration, sample.assessment_id])
    record = reverse("quality:record", args=registration)
    before = jo.get(desk).content.decode()
    assert f'href="{unit}"' in before
    assert jo.get(unit).status_code == 200
    moved(alder, diploma())
    assert jo.get(unit).status_code == 404
    after = jo.get(desk).content.decode()
    assert f'href="{unit}"' not in after
    assert f'href="{record}"' in after
    assert jo.get(record).status_code == 200


def test_the_desk_of_a_mark_sheet_asks_for_marks(alder: Cast) -> None:
    scene = marking.orchard(alder)
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission)
    sheet = marking.sign(scene, submission)
    with centre_context(alder.centre.pk):
        qualification = scene.registration.pathway.specification.qualification
    approved(alder, qualification=qualification)
    sample = chosen(alder, sheet)
    jo = sign_in_client(Client(), alder.jo)
    page = jo.get(address(sample, "review-part", "s2")).content.decode()
    assert "Your mark out of 50" in page
    assert "25 of 50, minimum 25" in page
    saved = jo.post(
        address(sample, "save-point", "s2"), {"mark": "30", "revision": "0", "go": "s3"}
    )
    assert saved.headers["Location"] == address(sample, "review-part", "s3")
    wrong = jo.post(address(sample, "save-point", "s2"), {"mark": "51", "revision": "1"})
    assert wrong.status_code == 422
    assert read(alder, sample).parts[1].point.mark == 30
