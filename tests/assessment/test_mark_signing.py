"""A mark sheet is signed as marked: the outcome is derived, and what is missing keeps it open."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.actions import sign_sheet
from assessment.manifest import manifest_parts, sheet_manifests
from assessment.models import Document, SectionMark, Sheet
from assessment.queries.work import sheet_work
from centres.canonical import text_hash
from centres.models import AuditEvent, Signature
from centres.refusals import ChangedSinceShown, Refusal
from centres.tenancy import centre_context
from portfolios.models import Closure, Submission
from tests.assessment import marking, scenes
from tests.assessment.marking import HOURS, REDO, MarkScene, save, stored
from tests.cast import PASSWORD, Cast, fresh_proof, sign_in_client

SIGN_QUERIES = 13
SHEET_QUERIES = 15


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


def draft(scene: MarkScene, submission: Submission) -> Sheet:
    found: Sheet = Sheet.objects.for_centre(scene.cast.centre).get(submission=submission)
    return found


def place(scene: MarkScene, name: str, key: object) -> str:
    return reverse(f"assessment:{name}", args=[scene.cast.centre.slug, key])


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


edges = st.sampled_from([(4, 5, 6, 10), (24, 25, 26, 50), (19, 20, 21, 40)])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    marks=st.one_of(
        st.tuples(
            st.sampled_from([4, 5, 6]), st.sampled_from([24, 25, 26]), st.sampled_from([19, 20, 21])
        ),
        st.tuples(st.integers(0, 10), st.integers(0, 50), st.integers(0, 40)),
        st.sampled_from([(5, 25, 20), (4, 25, 20), (5, 24, 20), (5, 25, 19), (10, 50, 19)]),
        st.sampled_from([(9, 20, 20), (10, 20, 20), (10, 49, 40), (0, 50, 40)]),
    ),
    silent=st.integers(0, 3),
    hours=st.sampled_from(["", "11.99", "12"]),
)
def test_the_outcome_is_derived_and_what_is_missing_blocks(
    scene: MarkScene,
    submission: Submission,
    marks: tuple[int, int, int],
    silent: int,
    hours: str,
) -> None:
    for section, mark in zip(scene.tree.sections, marks, strict=True):
        with centre_context(scene.cast.centre.pk):
            row = (
                SectionMark.objects.for_centre(scene.cast.centre).filter(section=section.id).first()
            )
        save(
            scene,
            submission,
            section.position,
            mark=mark,
            improvements="" if section.position == silent else REDO,
            counts={"hours": hours} if section.position == 2 else None,
            base_revision=row.revision if row else 0,
        )
    with centre_context(scene.cast.centre.pk):
        work = sheet_work(draft(scene, submission))
    short = [
        at for at, (m, least) in enumerate(zip(marks, (5, 25, 20), strict=True), 1) if m < least
    ]
    passes = not short and sum(marks) >= 50
    assert work.mark_outcome.total == sum(marks)
    assert work.mark_outcome.total_met == (sum(marks) >= 50)
    assert work.outcome.decision == ("pass" if passes else "referral")
    blocked = {(block.mark, "hours" in block.text.lower()) for block in work.blocks}
    expected = {(str(silent), False)} if silent in short else set()
    if passes and hours != "12":
        expected.add(("2", True))
    assert blocked == expected


@pytest.mark.parametrize(
    ("marks", "outcome"),
    [
        ((5, 25, 20), "pass"),
        ((10, 50, 40), "pass"),
        ((4, 50, 40), "referral"),
        ((10, 24, 40), "referral"),
        ((10, 50, 19), "referral"),
        ((5, 25, 19), "referral"),
        ((0, 0, 0), "referral"),
    ],
)
def test_what_is_signed_is_the_outcome_of_the_marks(
    scene: MarkScene, submission: Submission, marks: tuple[int, ...], outcome: str
) -> None:
    marking.mark_all(scene, submission, marks)
    with scenes.new_events(scene.cast) as events:
        sheet = marking.sign(scene, submission)
    assert events == [
        "signature.made",
        "sheet.signed",
        "submission.closed",
        "document.queued",
        "document.queued",
    ]
    assert (sheet.outcome, sheet.version) == (outcome, 1)
    with centre_context(scene.cast.centre.pk):
        assert Closure.objects.for_centre(scene.cast.centre).get().outcome == outcome
        event = AuditEvent.objects.for_centre(scene.cast.centre).get(action="sheet.signed")
        signature = Signature.objects.for_centre(scene.cast.centre).get(subject_id=sheet.pk)
    short = sum(mark < least for mark, least in zip(marks, (5, 25, 20), strict=True))
    assert (event.facts["passes"], event.facts["referrals"]) == (3 - short, short)
    assert signature.sentence == (
        "I have marked all 3 sections on this evidence myself. I am satisfied that the work is "
        f"the learner’s own, I know of no conflict of interest, and I decide: {outcome}, "
        f"{sum(marks)} of 100 marks."
    )


@pytest.mark.parametrize(
    ("position", "typed", "rule"),
    [
        (1, {"mark": ""}, "Section 1, Opening, has no mark yet."),
        (3, {"mark": 19}, "Section 3, Reckoning, is below its minimum of 20: say under areas"),
        (3, {"mark": 19, "improvements": " \n"}, "is below its minimum of 20"),
        (2, {"counts": {"hours": ""}}, "Hours among the trees: not counted yet."),
        (2, {"counts": {"hours": "11.5"}}, "Hours among the trees: 0 h 30 to go: 11 h 30 of 12 h."),
    ],
)
def test_an_unfinished_sheet_is_refused_with_its_rule(
    scene: MarkScene, submission: Submission, position: int, typed: dict[str, Any], rule: str
) -> None:
    marking.mark_all(scene, submission)
    save(scene, submission, position, base_revision=1, **typed)
    with scenes.new_events(scene.cast) as events, pytest.raises(Refusal) as refused:
        marking.sign(scene, submission)
    assert events == []
    assert rule in refused.value.rule
    assert refused.value.source == "9001 specification, mark sheet"


def test_a_referral_needs_no_hours(scene: MarkScene, submission: Submission) -> None:
    marking.mark_all(scene, submission, (4, 25, 20), hours="")
    assert marking.sign(scene, submission).outcome == "referral"


def test_the_manifest_holds_every_mark_and_every_text_by_hash(
    scene: MarkScene, submission: Submission
) -> None:
    marking.mark_all(scene, submission, (7, 24, 33))
    sheet = marking.sign(scene, submission)
    with centre_context(scene.cast.centre.pk):
        papers = {d.copy: d for d in Document.objects.for_centre(scene.cast.centre)}
    for copy, paper in papers.items():
        manifest = json.loads(paper.manifest)
        assert (manifest["kind"], manifest["copy"]) == ("mark sheet", copy)
        assert manifest["outcome"] == sheet.outcome == "referral"
        assert manifest["assessment"]["units"] == ["O-2", "O-3"]
        assert "criteria" not in manifest
        assert manifest["sections"] == [
            {
                "id": str(section.id),
                "section": at,
                "mark": mark,
                "strengths": text_hash(f"What is good in {section.title}."),
                "improvements": text_hash(REDO if at == 2 else ""),
                "counts": {"hours": HOURS} if at == 2 else {},
            }
            for at, (section, mark) in enumerate(
                zip(scene.tree.sections, (7, 24, 33), strict=True), 1
            )
        ]


def test_what_changed_since_it_was_shown_is_named(scene: MarkScene, submission: Submission) -> None:
    marking.mark_all(scene, submission)
    with centre_context(scene.cast.centre.pk):
        shown = sheet_manifests(draft(scene, submission)).file
    save(scene, submission, 2, mark=30, improvements="More.", base_revision=1)
    save(scene, submission, 2, counts={"hours": "13"}, strengths="All.", base_revision=2)
    with centre_context(scene.cast.centre.pk), pytest.raises(ChangedSinceShown) as changed:
        sign_sheet(
            actor=scene.cast.pat,
            centre=scene.cast.centre,
            submission=submission,
            shown_digest=shown.digest,
            shown_parts=manifest_parts(shown.content),
            proof=fresh_proof(),
        )
    assert changed.value.changes == (
        "The mark of section 2 changed.",
        "The text on strengths of section 2 changed.",
        "The text on areas for improvement of section 2 changed.",
        "The count of section 2 changed.",
    )


def test_a_signed_mark_never_changes(scene: MarkScene, submission: Submission) -> None:
    marking.mark_all(scene, submission)
    marking.sign(scene, submission)
    row = stored(scene, submission, 1)
    row.mark = 10
    with pytest.raises(Exception, match="signed"), centre_context(scene.cast.centre.pk):
        row.save()


def test_the_sign_page_says_what_is_missing_and_leads_there(
    scene: MarkScene, submission: Submission, pat: Client
) -> None:
    save(scene, submission, 1, mark=5)
    page = text_of(pat, place(scene, "sign", submission.pk))
    there = reverse("assessment:desk-section", args=[scene.cast.centre.slug, submission.pk, 2])
    assert f'<a href="{there}">Section 2, Press and yield, has no mark yet.</a>' in page
    assert "Confirm that it is you" not in page


def test_the_page_signs_what_it_shows_and_leads_to_the_sheet(
    scene: MarkScene,
    submission: Submission,
    pat: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    marking.mark_all(scene, submission, (7, 24, 33))
    with django_assert_num_queries(SIGN_QUERIES):
        answer = pat.get(place(scene, "sign", submission.pk))
    page = answer.content.decode()
    flat = " ".join(page.split())
    for said in (
        "3 sections",
        "2 with the minimum, 1 below it",
        "<strong>64</strong>",
        "Section 2: Press and yield is below its minimum.",
        REDO,
        "I have marked all 3 sections on this evidence myself.",
        "Sign: referral",
    ):
        assert said in flat, said
    hidden = dict(re.findall(r'<input type="hidden" name="(shown|parts)" value="([^"]*)"', page))
    sent = {name: value.replace("&quot;", '"') for name, value in hidden.items()}
    save(scene, submission, 1, mark=8, base_revision=1)
    refused = pat.post(place(scene, "sign", submission.pk), sent | {"password": PASSWORD})
    assert refused.status_code == 409
    assert "The mark of section 1 changed." in refused.content.decode()
    again = dict(
        re.findall(
            r'<input type="hidden" name="(shown|parts)" value="([^"]*)"', refused.content.decode()
        )
    )
    sent = {name: value.replace("&quot;", '"') for name, value in again.items()}
    signed = pat.post(place(scene, "sign", submission.pk), sent | {"password": PASSWORD})
    with centre_context(scene.cast.centre.pk):
        sheet = draft(scene, submission)
    assert signed.headers["Location"] == place(scene, "sheet", sheet.pk)
    assert sheet.outcome == "referral"


@pytest.mark.parametrize("who", ["una", "pat", "jo", "max"])
def test_the_sheet_reads_well_for_everybody_who_may_read_it(
    scene: MarkScene,
    submission: Submission,
    client: Client,
    who: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    marking.mark_all(scene, submission, (7, 24, 33))
    sheet = marking.sign(scene, submission)
    sign_in_client(client, getattr(scene.cast, who))
    with django_assert_max_num_queries(SHEET_QUERIES):
        answer = client.get(place(scene, "sheet", sheet.pk))
    page = " ".join(answer.content.decode().split())
    for said in (
        "All marks",
        "Section 1: Opening",
        "<strong>24</strong> of 50, minimum 25",
        "Section referral: below the minimum",
        "What is good in Reckoning.",
        REDO,
        "(O-2-1.1, O-3-1.1)",
        "Enough: 12 h 30 of 12 h.",
        "Referral, because Press and yield has 24 of the 25 it needs.",
        "Evidence that was judged",
    ):
        assert said in page, said
    assert "All decisions" not in page
    ted = client if who == "ted" else Client()
    sign_in_client(ted, scene.cast.ted)
    assert ted.get(place(scene, "sheet", sheet.pk)).status_code == 404
