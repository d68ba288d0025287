"""The marking desk of a mark sheet: one section a page, saved by form and by script."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.models import SectionMark
from assessment.queries.queue import assessor_queue
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests.assessment import marking, scenes
from tests.assessment.marking import MarkScene, save, stored
from tests.cast import Cast, sign_in_client

JSON: Any = {"headers": {"accept": "application/json"}}
PAGE_QUERIES = 14


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, registered on a pathway with a mark sheet."""
    return marking.orchard(alder)


@pytest.fixture
def submission(scene: MarkScene) -> Submission:
    """Her diary, handed in."""
    return marking.hand_in(scene)


@pytest.fixture
def pat(scene: MarkScene, client: Client) -> Client:
    """Pat of Alder, signed in."""
    return sign_in_client(client, scene.cast.pat)


def place(scene: MarkScene, submission: Submission, position: int, name: str = "desk") -> str:
    return reverse(
        f"assessment:{name}-section", args=[scene.cast.centre.slug, submission.pk, position]
    )


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_a_section_stands_beside_the_evidence_claimed_for_its_criteria(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    page = text_of(pat, place(scene, submission, 2))
    for said in (
        "Press and yield",
        "Tells how press and harvest hang together.",
        "(O-2-1.1, O-3-1.1)",
        "Explain the press.",
        "50 marks at most, 25 at least.",
        "One item is claimed for section 2.",
        "O-2-1.1: E1, the whole item",
        "O-3-1.1: E1, the whole item",
        "Hours among the trees: not counted yet.",
        "3 sections without a mark: signing opens when none is.",
        "data-autosave=",
        "Mark out of 50",
        "A whole number; 25 is the minimum.",
    ):
        assert said in page
    assert "O-2-1.2: E1" not in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_section_without_a_criterion_shows_all_that_was_handed_in(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    page = text_of(pat, place(scene, submission, 1))
    assert "No item is claimed for section 1." in page
    assert "E1 Diary of the season" in page


def test_the_desk_opens_at_the_first_section_without_a_mark(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    opening = reverse("assessment:desk", args=[scene.cast.centre.slug, submission.pk])
    assert pat.get(opening).headers["Location"] == place(scene, submission, 1)
    save(scene, submission, 1, mark=5)
    assert pat.get(opening).headers["Location"] == place(scene, submission, 2)


def test_marks_are_saved_without_the_script_and_the_button_leads_on(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    sent = {
        "mark": "26",
        "strengths": "Clear\r\nthroughout.",
        "improvements": "",
        "count-hours": "12 h 30",
        "revision": "0",
        "go": "3",
    }
    answer = pat.post(place(scene, submission, 2, "save"), sent)
    assert answer.headers["Location"] == place(scene, submission, 3)
    row = stored(scene, submission, 2)
    assert (row.mark, row.strengths, row.counts) == (26, "Clear\nthroughout.", {"hours": "12.5"})
    page = text_of(pat, place(scene, submission, 2))
    assert 'value="26"' in page
    assert 'value="12 h 30"' in page
    assert "Enough: 12 h 30 of 12 h." in page
    to_sign = pat.post(place(scene, submission, 3, "save"), {"mark": "20", "go": "sign"})
    assert to_sign.headers["Location"].endswith("/sign/")


def test_the_script_saves_what_changed_and_is_told_the_revision(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    sent = {"mark": "40", "revision": "0", "tab": "a"}
    assert pat.post(place(scene, submission, 2, "save"), sent, **JSON).json()["revision"] == 1
    other = {"strengths": "Tab B.", "mark": "41", "revision": "0", "tab": "b"}
    answer = pat.post(place(scene, submission, 2, "save"), other, **JSON)
    assert answer.status_code == 409
    assert answer.json()["conflict"]["fields"] == {"mark": 40}
    assert stored(scene, submission, 2).mark == 40


def test_a_conflict_shows_both_marks_and_saves_on_the_next_try(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    save(scene, submission, 2, mark=40, tab="a")
    sent = {"mark": "0", "strengths": "Mine.", "improvements": "", "revision": "0"}
    answer = pat.post(place(scene, submission, 2, "save"), sent)
    assert answer.status_code == 409
    page = " ".join(answer.content.decode().split())
    assert "<h4>Mark</h4><p>40</p>" in page
    assert 'name="mark" value="0"' in page
    assert "Mine.</textarea>" in page
    assert 'name="revision" value="1"' in page
    assert (
        pat.post(place(scene, submission, 2, "save"), sent | {"revision": "1"}).status_code == 302
    )
    row = stored(scene, submission, 2)
    assert (row.mark, row.strengths) == (0, "Mine.")


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    position=st.integers(1, 3),
    mark=st.one_of(
        st.sampled_from(["0", "4", "5", "10", "11", "24", "25", "49", "50", "51", "19.5", "-1"]),
        st.text(alphabet="0123456789 .-e", min_size=1, max_size=6),
    ),
)
def test_the_page_keeps_a_whole_mark_and_gives_anything_else_back_to_be_corrected(
    scene: MarkScene, submission: Submission, pat: Client, position: int, mark: str
) -> None:
    section = scene.tree.sections[position - 1]
    with centre_context(scene.cast.centre.pk):
        rows = SectionMark.objects.for_centre(scene.cast.centre).filter(section=section.id)
        before = rows.first()
    sent = {"mark": mark, "strengths": f"Said of {mark}.", "revision": before and before.revision}
    answer = pat.post(
        place(scene, submission, position, "save"),
        {name: value for name, value in sent.items() if value is not None},
    )
    text = mark.strip()
    if text == "" or (text.isdigit() and len(text) < 6 and int(text) <= section.maximum):
        assert answer.status_code == 302
        assert stored(scene, submission, position).mark == (int(text) if text else None)
    else:
        assert answer.status_code == 422
        page = answer.content.decode()
        assert f"a mark is a whole number from 0 to {section.maximum}." in page
        assert f"Said of {mark}." in page
        with centre_context(scene.cast.centre.pk):
            after = rows.first()
        assert (after and after.mark) == (before and before.mark)


def test_the_total_is_explained_while_marks_are_missing_and_when_they_are_given(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    save(scene, submission, 2, mark=24, improvements=marking.REDO)
    page = text_of(pat, place(scene, submission, 2))
    assert "Press and yield is below the minimum, and no other section makes up for it." in page
    assert "2 sections without a mark" in page
    save(scene, submission, 1, mark=10)
    save(scene, submission, 3, mark=40)
    page = text_of(pat, place(scene, submission, 3))
    assert "Referral, because Press and yield has 24 of the 25 it needs." in page
    assert "<strong>74</strong>" in page
    assert "Review and sign</a>" in page


def test_an_earlier_mark_is_shown_and_carried_over(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    marking.mark_all(scene, submission, (7, 24, 30))
    marking.sign(scene, submission)
    second = marking.hand_in(scene)
    page = text_of(pat, place(scene, second, 3))
    assert "Attempt 1: 30 of 40" in page
    assert "What changed since attempt 1 (1)" in page
    assert "Carry this mark over into your draft" in page
    assert "Carry this mark over" not in text_of(pat, place(scene, second, 2))
    assert marking.REDO in text_of(pat, place(scene, second, 2))


def test_the_queue_counts_sections(scene: MarkScene, submission: Submission, pat: Client) -> None:
    save(scene, submission, 1, mark=0)
    save(scene, submission, 2, strengths="No mark yet.")
    ted = scenes.submitted(scene.cast, "ted")
    with centre_context(scene.cast.centre.pk):
        rows = {
            row.submission_id: row
            for row in assessor_queue(scene.cast.centre, scene.cast.pat).waiting
        }
    assert (rows[submission.pk].decided, rows[submission.pk].parts) == (1, 3)
    assert (rows[ted.pk].decided, rows[ted.pk].parts) == (0, 11)
    queue = text_of(pat, reverse("assessment:queue", args=[scene.cast.centre.slug]))
    assert "1 of 3 decided" in queue


def test_sections_and_criteria_have_their_own_addresses(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    ted = scenes.submitted(scene.cast, "ted")
    slug = scene.cast.centre.slug
    assert pat.get(place(scene, submission, 4)).status_code == 404
    assert pat.get(place(scene, ted, 1)).status_code == 404
    assert pat.post(place(scene, ted, 1, "save"), {"mark": "1"}).status_code == 404
    for name in ("desk-criterion", "save-judgement"):
        there = reverse(f"assessment:{name}", args=[slug, submission.pk, "O-2-1.1"])
        assert pat.generic("POST" if "save" in name else "GET", there).status_code == 404


def test_a_decided_submission_leads_to_its_sheet(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    marking.mark_all(scene, submission)
    sheet = marking.sign(scene, submission)
    there = reverse("assessment:sheet", args=[scene.cast.centre.slug, sheet.pk])
    assert pat.get(place(scene, submission, 2)).headers["Location"] == there
    late = pat.post(place(scene, submission, 2, "save"), {"mark": "30", "revision": "1"}, **JSON)
    assert late.status_code == 409


def test_the_page_costs_the_same_with_one_item_and_with_three(
    scene: MarkScene,
    submission: Submission,
    pat: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pat.get(place(scene, submission, 2))  # the tree is read once a process
    with django_assert_num_queries(PAGE_QUERIES):
        assert pat.get(place(scene, submission, 2)).status_code == 200
    marking.mark_all(scene, submission, (7, 24, 30))
    marking.sign(scene, submission)
    second = marking.hand_in(scene, items=3)
    with django_assert_num_queries(PAGE_QUERIES):
        assert pat.get(place(scene, second, 2)).status_code == 200
