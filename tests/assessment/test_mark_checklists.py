"""Checklists on a mark sheet: those of a section's criteria, each by its name."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions import sign_sheet
from assessment.manifest import manifest_parts, sheet_manifests
from assessment.models import Sheet
from assessment.queries.marks import section_gates, section_rules
from centres.refusals import ChangedSinceShown, Refusal
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests.assessment import marking
from tests.assessment.marking import MINIMA, MarkScene, save, stored
from tests.assessment.paper.reading import attachment, whole_text
from tests.assessment.signed import content_of, issue, open_profile, papers
from tests.assessment.test_mark_desk import JSON, PAGE_QUERIES, place, text_of
from tests.cast import Cast, fresh_proof, sign_in_client

# Told apart from the gate on hours, which is another criterion's.
AT_THE_PRESS = "hours-O-2-1.1"
FOUND = {"sources": 1, "cleaned": "found", AT_THE_PRESS: "2"}


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, on a pathway whose mark sheet has a criterion with a checklist."""
    return marking.orchard(alder, specification=marking.WITH_CHECKLISTS)


@pytest.fixture
def submission(scene: MarkScene) -> Submission:
    """Her diary, handed in."""
    return marking.hand_in(scene)


@pytest.fixture
def pat(scene: MarkScene, client: Client) -> Client:
    """Pat of Alder, signed in."""
    return sign_in_client(client, scene.cast.pat)


def test_no_two_rules_of_a_section_have_the_same_code(scene: MarkScene) -> None:
    section = scene.tree.sections[1]
    codes = [rule.code for rule in section_rules(scene.tree, section)]
    assert codes == ["hours", AT_THE_PRESS, "sources", "cleaned"]
    assert [rule.code for rule in section_gates(scene.tree, section)] == ["hours"]


def test_a_section_shows_and_saves_the_checklists_of_its_criteria(
    scene: MarkScene, submission: Submission, pat: Client, django_assert_num_queries: Any
) -> None:
    text_of(pat, place(scene, submission, 2))
    with django_assert_num_queries(PAGE_QUERIES):
        page = text_of(pat, place(scene, submission, 2))
    for said in ("What to look for", "<h4>O-2-1.1</h4>", "Sources of the yield", "of 2 items"):
        assert said in page
    assert "What to look for" not in text_of(pat, place(scene, submission, 3))
    sent = {
        "mark": "26",
        "count-hours": "12 h",
        f"count-{AT_THE_PRESS}": "1 h 30",
        "count-sources": "2",
        "count-cleaned": "not found",
        "revision": "0",
        "go": "2",
    }
    assert pat.post(place(scene, submission, 2, "save"), sent).status_code == 302
    counts = {"hours": "12", AT_THE_PRESS: "1.5", "sources": 2, "cleaned": "not found"}
    assert stored(scene, submission, 2).counts == counts
    page = text_of(pat, place(scene, submission, 2))
    for said in (
        "Hours among the trees: Enough: 12 h of 12 h.",
        'value="1 h 30"',
        "0 h 30 to go: 1 h 30 of 2 h.",
        "Enough: 2 of 2 items.",
        "Looked for and not found.",
        "Enough marks, with something open on a checklist:",
    ):
        assert said in page
    assert text_of(pat, place(scene, submission, 1)).count("section 2</a>.") == 1


@pytest.mark.parametrize(
    "counts", [{"sources": "-1"}, {"sources": "10e9"}, {"cleaned": "1"}, {"nothing": "1"}]
)
def test_what_is_no_finding_is_refused(
    scene: MarkScene, submission: Submission, counts: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as refused:
        save(scene, submission, 2, mark=30, counts=counts)
    assert refused.value.remedy
    with centre_context(scene.cast.centre.pk):
        assert not Sheet.objects.for_centre(scene.cast.centre).exists()


def test_two_tabs_are_merged_item_by_item(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    there = place(scene, submission, 2, "save")
    a = {"count-sources": "2", "revision": "0", "tab": "a"}
    b = {"count-cleaned": "found", "count-sources": "3", "revision": "0", "tab": "b"}
    assert pat.post(there, a, **JSON).status_code == 200
    assert pat.post(there, b, **JSON).json()["conflict"]["fields"] == {"count-sources": "2"}
    assert pat.post(there, {**b, "count-sources": "2"}, **JSON).status_code == 200
    assert stored(scene, submission, 2).counts == {"sources": 2, "cleaned": "found"}


def test_a_pass_with_open_items_is_signed_and_a_section_referral_is_no_warning(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    marking.mark_all(scene, submission)
    save(scene, submission, 2, counts=FOUND, base_revision=1)
    sign = reverse("assessment:sign", args=[scene.cast.centre.slug, submission.pk])
    warning = "O-2-1.1: 1 item is still open: Sources of the yield."
    assert f'<a href="{place(scene, submission, 2)}">{warning}</a>' in text_of(pat, sign)
    save(scene, submission, 2, mark=24, improvements=marking.REDO, base_revision=2)
    assert warning not in text_of(pat, sign)
    save(scene, submission, 2, mark=25, base_revision=3)
    sheet = marking.sign(scene, submission)
    assert sheet.outcome == "pass"
    read = reverse("assessment:sheet", args=[scene.cast.centre.slug, sheet.pk])
    page = text_of(pat, read)
    assert warning in page
    assert (
        "Looked for on O-2-1.1: Hours at the press (2 h of 2 hours or more); Sources of the yield "
        "(1 of 2 items or more); The press was cleaned (found)."
    ) in page
    learner = text_of(sign_in_client(Client(), scene.cast.una), read)
    assert "Press and yield" in learner
    assert "Looked for" not in learner
    assert "still open" not in learner


def test_a_change_since_it_was_shown_is_refused_and_named(
    scene: MarkScene, submission: Submission
) -> None:
    cast = scene.cast
    marking.mark_all(scene, submission)
    with centre_context(cast.centre.pk):
        draft = Sheet.objects.for_centre(cast.centre).get(submission=submission)
        shown = sheet_manifests(draft).file
    save(scene, submission, 2, counts={"cleaned": "found"}, base_revision=1)
    with pytest.raises(ChangedSinceShown) as refusal, centre_context(cast.centre.pk):
        sign_sheet(
            actor=cast.pat,
            centre=cast.centre,
            submission=submission,
            shown_digest=shown.digest,
            shown_parts=manifest_parts(shown.content),
            proof=fresh_proof(),
        )
    assert refusal.value.changes == ("What was looked for in section 2 changed.",)


@open_profile
def test_the_file_copy_prints_what_was_looked_for_and_the_learners_copy_does_not(
    scene: MarkScene, submission: Submission
) -> None:
    marking.mark_all(scene, submission, MINIMA)
    save(scene, submission, 2, counts=FOUND, base_revision=1)
    sheet = marking.sign(scene, submission)
    with centre_context(scene.cast.centre.pk):
        made = papers(sheet)
        issue(scene.cast.centre, *made.values())
    file, learner = (content_of(made[copy]) for copy in ("file", "learner"))
    text = whole_text(file)
    assert "Looked for O-2-1.1: Hours at the press (2 h of 2 hours or more); Sources" in text
    assert text.count("Looked for") == 1
    assert "Hours among the trees 12 h 30" in text
    assert "Looked for" not in whole_text(learner)
    assert b'"looked_for":{"cleaned":"found"' in attachment(file)[1]
    assert b"looked_for" not in attachment(learner)[1]
    assert b'"counts":{"hours":"12.5"}' in attachment(learner)[1]


def test_an_earlier_mark_carries_its_findings_over(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    marking.mark_all(scene, submission, (7, 30, 19))
    save(scene, submission, 2, counts=FOUND, base_revision=1)
    marking.sign(scene, submission)
    second = marking.hand_in(scene)
    page = text_of(pat, place(scene, second, 2))
    for name, value in {f"count-{AT_THE_PRESS}": "2", "count-cleaned": "found"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
