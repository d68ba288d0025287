"""What the assessor looks for: kept like all typing, said everywhere, and never in the way."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.actions import DraftConflict, return_sheet, sign_sheet
from assessment.manifest import manifest_parts, sheet_manifests
from assessment.models import Document, DraftRevision, Finding, Judgement, Sheet
from assessment.queries.work import derived_outcome, sheet_blocks, sheet_warnings
from centres.clock import database_now
from centres.refusals import ChangedSinceShown, Refusal
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests import stage
from tests.assessment import scenes
from tests.assessment.paper.reading import attachment, whole_text
from tests.assessment.scenes import judgement, save
from tests.assessment.signed import content_of, issue, open_profile, papers
from tests.assessment.trees import HOURS, tree
from tests.cast import PASSWORD, Cast, fresh_proof, sign_in_client
from tests.quality.internal import approved, chosen

JSON: Any = {"headers": {"accept": "application/json"}}
ALL_OF_1_1 = {"planned_hours": "18", "whole_cycle": "found"}
SOURCE = "8588 handbook, unit 501, AC 1.1, assessment guidance"


@pytest.fixture
def pat(alder: Cast, client: Client) -> Client:
    """Pat of Alder, signed in, with a password confirmed an hour ago."""
    sign_in_client(client, alder.pat)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session["account_authentication_methods_user"] = str(alder.pat.pk)
    session.save()
    return client


def address(name: str, cast: Cast, *args: object) -> str:
    return reverse(f"assessment:{name}", args=[cast.centre.slug, *args])


def text_of(client: Client, place: str) -> str:
    return " ".join(client.get(place).content.decode().split())


def found(cast: Cast, submission: Submission, number: str, **counts: object) -> None:
    """Pat notes what was found on a criterion, from the tab of the stage."""
    save(cast, submission, number, counts=counts, tab="stage")


def partly(cast: Cast, *, referred: tuple[str, ...] = ()) -> Submission:
    """All is judged; 1.1 has its checklist complete, 1.2 has one item short and one not found."""
    submission = scenes.judged(cast, referred=referred)
    found(cast, submission, "1.1", **ALL_OF_1_1)
    found(cast, submission, "1.2", needs_per_client=1, before_contracting="not found")
    return submission


def test_what_was_found_is_saved_without_the_script_and_shown_again(
    alder: Cast, pat: Client
) -> None:
    submission = scenes.submitted(alder)
    there = address("desk-criterion", alder, submission.pk, "1.1")
    before = text_of(pat, there)
    for said in (
        "What to look for",
        "of 18 hours or more</span>",
        "Not counted yet: 18 hours or more.",
        "Not looked at yet.",
    ):
        assert said in before
    sent = {"count-planned_hours": "17 h 30", "count-whole_cycle": "found", "revision": "0"}
    answer = pat.post(address("save-judgement", alder, submission.pk, "1.1"), sent | {"go": "1.1"})
    assert answer.headers["Location"] == there
    counts = judgement(alder, submission, "1.1").counts
    assert counts == {"planned_hours": "17.5", "whole_cycle": "found"}
    after = text_of(pat, there)
    for said in (
        'value="17 h 30"',
        "0 h 30 to go: 17 h 30 of 18 h.",
        "Found.",
        f"1 item is still open: The hours planned come to 18 or more ({SOURCE}).",
    ):
        assert said in after
    assert "Passed with something open" not in after


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("", "Not looked at yet."),
        ("found", "Found."),
        ("not found", "Looked for and not found."),
    ],
)
def test_an_item_without_a_number_has_three_states(
    alder: Cast, pat: Client, answer: str, sentence: str
) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "1.3", feedback="Read.", counts={"signed_by_all": answer})
    assert judgement(alder, submission, "1.3").counts == (
        {"signed_by_all": answer} if answer else {}
    )
    page = text_of(pat, address("desk-criterion", alder, submission.pk, "1.3"))
    assert f"</svg> {sentence}" in page
    (chosen_one,) = [
        tag for tag in page.split("<input") if "count-signed_by_all" in tag and "checked" in tag
    ]
    assert f'value="{answer}"' in chosen_one


@pytest.mark.parametrize(
    ("number", "code", "value", "remedy"),
    [
        ("1.2", "needs_per_client", "-1", "Give a whole number, from 0 to 9999."),
        ("1.2", "needs_per_client", "two", "Give a whole number, from 0 to 9999."),
        ("1.2", "needs_per_client", "1000000000", "Give a whole number, from 0 to 9999."),
        ("1.2", "needs_per_client", "1.5", "Give a whole number, from 0 to 9999."),
        ("1.2", "needs_per_client", "found", "Give a whole number, from 0 to 9999."),
        ("1.1", "planned_hours", "1e9", "Give hours, such as 18.75, from 0 to 9999."),
        ("1.1", "whole_cycle", "yes", "Choose found, not found, or not looked at."),
        ("1.1", "whole_cycle", "2", "Choose found, not found, or not looked at."),
        ("1.1", "whole_cycle", True, "Choose found, not found, or not looked at."),
        ("1.1", "needs_per_client", "2", "Open the marking desk again from your queue."),
    ],
)
def test_what_is_no_finding_is_refused_with_rule_and_remedy(
    alder: Cast, number: str, code: str, value: object, remedy: str
) -> None:
    submission = scenes.submitted(alder)
    with pytest.raises(Refusal) as refused:
        save(alder, submission, number, feedback="Typed.", counts={code: value})
    assert refused.value.remedy == remedy
    assert refused.value.rule
    with centre_context(alder.centre.pk):
        assert not Sheet.objects.for_centre(alder.centre).exists()
        assert not DraftRevision.objects.for_centre(alder.centre).exists()


def test_a_refusal_says_why_and_leaves_what_was_typed_in_the_form(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    there = address("save-judgement", alder, submission.pk, "1.2")
    sent = {"count-needs_per_client": "some", "count-before_contracting": "found", "revision": "0"}
    answer = pat.post(there, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Two development needs or more for each client: “some” is not a count." in page
    assert 'value="some"' in page
    script = pat.post(there, {"count-before_contracting": "maybe", "revision": "0"}, **JSON)
    assert script.status_code == 422
    assert "“maybe” is no answer. Choose found, not found" in script.json()["refusal"]


def test_two_tabs_are_merged_item_by_item_and_all_typing_is_kept(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    there = address("save-judgement", alder, submission.pk, "1.1")
    a = {"count-planned_hours": "9 h", "count-whole_cycle": "", "revision": "0", "tab": "a"}
    assert pat.post(there, a, **JSON).json()["revision"] == 1
    b = {"count-planned_hours": "", "count-whole_cycle": "found", "revision": "0", "tab": "b"}
    assert pat.post(there, b, **JSON).json()["revision"] == 2
    merged = {"planned_hours": "9", "whole_cycle": "found"}
    assert judgement(alder, submission, "1.1").counts == merged
    c = {"count-planned_hours": "18 h", "count-whole_cycle": "not found", "tab": "c"}
    clash = pat.post(there, c | {"revision": "0"}, **JSON)
    assert clash.status_code == 409
    assert clash.json()["conflict"]["fields"] == {
        "count-planned_hours": "9 h",
        "count-whole_cycle": "found",
    }
    plain = pat.post(there, c | {"revision": "0", "tab": ""})
    page = " ".join(plain.content.decode().split())
    assert "<h4>The plan covers the whole cycle for each client</h4><p>found</p>" in page
    assert judgement(alder, submission, "1.1").counts == merged
    with centre_context(alder.centre.pk):
        rows = DraftRevision.objects.for_centre(alder.centre).filter(part_kind="judgement-aside")
        typed = {"counts.planned_hours": "18", "counts.whole_cycle": "not found"}
        assert [row.content for row in rows] == [typed, typed]
    pat.post(there, c | {"revision": "2"})
    assert judgement(alder, submission, "1.1").counts == {
        "planned_hours": "18",
        "whole_cycle": "not found",
    }


def test_a_pass_with_open_items_is_signed_and_said_on_the_way(alder: Cast, pat: Client) -> None:
    submission = partly(alder)
    warning = (
        "1.2: 2 of 2 items are still open: Two development needs or more for each client and "
        "Needs and goals were agreed before the contract was made."
    )
    desk = text_of(pat, address("desk-criterion", alder, submission.pk, "1.1"))
    assert "Passed with something open on the checklist:" in desk
    place = address("desk-criterion", alder, submission.pk, "1.2")
    sign = address("sign", alder, submission.pk)
    page = text_of(pat, sign)
    assert f'<a href="{place}">{warning}</a>' in page
    assert "1.1: " not in page
    assert "Signing opens when" not in page
    shown = page.split('name="shown" value="')[1][:64]
    signed = pat.post(sign, {"shown": shown, "password": PASSWORD})
    assert signed.status_code == 302
    for reader in (alder.pat, alder.jo, alder.max):
        sheet = text_of(sign_in_client(Client(), reader), signed.headers["Location"])
        assert warning in sheet
        assert (
            "Looked for: The hours planned come to 18 or more (18 h of 18 hours or more); "
            "The plan covers the whole cycle for each client (found)."
        ) in sheet
        assert "Looked for: nothing on record." in sheet


def test_the_learner_reads_nothing_of_it(alder: Cast, client: Client) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
    sign_in_client(client, alder.una)
    registration, assessment = alder.una_registration.pk, alder.assessment.pk
    for place in (
        address("sheet", alder, sheet.pk),
        reverse("portfolios:unit", args=[alder.centre.slug, registration, assessment]),
        reverse("portfolios:submission", args=[alder.centre.slug, submission.pk]),
    ):
        page = text_of(client, place)
        assert "Feedback on 1.2" in page or "1.2" in page
        for unsaid in ("Looked for", "still open", "needs_per_client", "not found"):
            assert unsaid not in page


def test_a_referral_with_open_items_is_no_warning(alder: Cast, pat: Client) -> None:
    submission = partly(alder, referred=("1.2",))
    page = text_of(pat, address("sign", alder, submission.pk))
    assert "1.2: " not in page
    assert "2.2: 1 item is still open" in page
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
    assert sheet.outcome == "referral"
    read = text_of(pat, address("sheet", alder, sheet.pk))
    assert "each client (1 of 2 items or more); Needs and goals were agreed" in read
    assert "1.2: " not in read


def test_the_reviewers_desk_says_what_was_found(alder: Cast) -> None:
    approved(alder)
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
    sample = chosen(alder, sheet)
    place = reverse("quality:review-part", args=[alder.centre.slug, sample.pk, "1.2"])
    page = text_of(sign_in_client(Client(), alder.jo), place)
    assert "Looked for: Two development needs or more for each client (1 of 2 items" in page
    assert "1.2: 2 of 2 items are still open" in page


def test_what_was_found_is_signed_apart_from_the_counts_and_kept_from_the_learner(
    alder: Cast,
) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
        made = papers(sheet)
        manifests = sheet_manifests(Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk))
    assert made["file"].manifest == manifests.file.text
    assert made["learner"].manifest == manifests.learner.text
    first, second, third = manifests.file.content["criteria"][:3]
    assert first["counts"] == {"planned_clients": "2"}
    assert first["looked_for"] == ALL_OF_1_1
    assert second["looked_for"] == {"needs_per_client": "1", "before_contracting": "not found"}
    assert "looked_for" not in third
    for row in manifests.learner.content["criteria"]:
        assert "looked_for" not in row
        assert set(row["counts"]) <= {
            *("planned_clients", "practice_hours", "clients", "supervision_hours"),
        }


def test_a_finding_that_changed_since_it_was_shown_is_refused_and_named(
    alder: Cast, pat: Client
) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        draft = Sheet.objects.for_centre(alder.centre).get(submission=submission)
        shown = sheet_manifests(draft).file
    found(alder, submission, "1.1", whole_cycle="not found")
    found(alder, submission, "3.4", communication_skills=3)
    sent = {"shown": shown.digest, "password": PASSWORD}
    answer = pat.post(address("sign", alder, submission.pk), sent)
    assert answer.status_code == 422
    with pytest.raises(ChangedSinceShown) as refusal, centre_context(alder.centre.pk):
        sign_sheet(
            actor=alder.pat,
            centre=alder.centre,
            submission=submission,
            shown_digest=shown.digest,
            shown_parts=manifest_parts(shown.content),
            proof=fresh_proof(),
        )
    assert refusal.value.changes == (
        "What was looked for on 1.1 changed.",
        "What was looked for on 3.4 changed.",
    )
    with centre_context(alder.centre.pk):
        assert not Sheet.objects.for_centre(alder.centre).signed().exists()


@open_profile
def test_the_file_copy_prints_a_line_for_each_criterion_and_the_learners_copy_none(
    alder: Cast,
) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        made = papers(stage.sign(alder, alder.pat, submission))
        issue(alder.centre, *made.values())
    file, learner = (content_of(made[copy]) for copy in ("file", "learner"))
    text = whole_text(file)
    for said in (
        "Looked for: The hours planned come to 18 or more (18 h of 18 hours or more); The plan "
        "covers the whole cycle for each client (found).",
        "Looked for: Two development needs or more for each client (1 of 2 items or more); Needs "
        "and goals were agreed before the contract was made (not found).",
    ):
        assert said in text
    # 1.1, 1.2, 1.3, 2.2, 2.4, 3.2 and 3.4 have a checklist; five of them were left alone.
    assert text.count("Looked for:") == 7
    assert text.count("Looked for: nothing on record.") == 5
    assert "Looked for" not in whole_text(learner)
    assert b"looked_for" in attachment(file)[1]
    assert b"looked_for" not in attachment(learner)[1]
    assert made["learner"].copy == Document.Copy.LEARNER


def test_the_next_attempt_carries_findings_over_with_the_pass(alder: Cast, pat: Client) -> None:
    submission = partly(alder, referred=("1.3",))
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
    second = scenes.again(alder, sheet)
    page = text_of(pat, address("desk-criterion", alder, second.pk, "1.1"))
    block = page.split("Carry this pass over")[0].rsplit("<form", 1)[1]
    carried = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', block))
    assert carried["count-planned_hours"] == "18"
    assert carried["count-whole_cycle"] == "found"
    pat.post(address("save-judgement", alder, second.pk, "1.1"), carried)
    row = judgement(alder, second, "1.1")
    assert (row.decision, row.counts) == ("pass", {"planned_clients": 2, **ALL_OF_1_1})
    fresh = text_of(pat, address("desk-criterion", alder, second.pk, "1.3"))
    assert "Not looked at yet." in fresh


def test_a_returned_sheet_takes_its_findings_along(alder: Cast) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
        draft = return_sheet(
            actor=alder.jo,
            centre=alder.centre,
            sheet=sheet,
            reason="Read 1.2 again.",
            at=database_now(),
        )
        rows = Judgement.objects.for_centre(alder.centre).filter(sheet=draft)
        assert rows.get(criterion__number="1.1").counts == {"planned_clients": 2, **ALL_OF_1_1}
        assert rows.get(criterion__number="1.2").counts == {
            "before_contracting": "not found",
            "needs_per_client": 1,
        }


def test_after_the_decision_a_finding_is_refused_and_kept_aside(alder: Cast) -> None:
    submission = partly(alder)
    with centre_context(alder.centre.pk):
        stage.sign(alder, alder.pat, submission)
    with pytest.raises(Refusal, match="Pat Willow of Alder signed it"):
        found(alder, submission, "1.2", before_contracting="found")
    with centre_context(alder.centre.pk):
        (aside,) = DraftRevision.objects.for_centre(alder.centre).filter(
            part_kind="judgement-aside"
        )
    assert aside.content == {"counts.before_contracting": "found"}


def test_a_conflict_names_only_the_items_that_differ(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    save(alder, submission, "1.1", counts={**ALL_OF_1_1}, tab="a")
    with pytest.raises(DraftConflict) as conflict:
        save(alder, submission, "1.1", counts={**ALL_OF_1_1, "planned_hours": "20"}, tab="b")
    assert conflict.value.current == {"counts.planned_hours": "18"}


SOURCES = replace(
    HOURS,
    code="sources",
    label="Sources",
    minimum=2,  # type: ignore[arg-type]
    unit_of_measure="items",
    is_gate=False,
)
CLEANED = replace(SOURCES, code="cleaned", label="Cleaned", minimum=None, unit_of_measure="")
DECISIONS = st.sampled_from(["", "pass", "referral"])
FINDINGS = st.fixed_dictionaries(
    {}, optional={"sources": st.integers(0, 5), "cleaned": st.sampled_from(Finding.values)}
)


@settings(deadline=None)
@given(st.lists(st.tuples(DECISIONS, FINDINGS), min_size=3, max_size=3))
def test_no_finding_moves_an_outcome_or_blocks_a_signature(
    judged: list[tuple[str, dict[str, object]]],
) -> None:
    built = tree(3, (SOURCES, CLEANED))
    given_, bare = (
        {
            criterion.id: Judgement(
                decision=decision,
                feedback="Said.",
                counts={"practice_hours": "18", **(findings if counted else {})},
            )
            for criterion, (decision, findings) in zip(built.criteria, judged, strict=True)
        }
        for counted in (True, False)
    )
    assert derived_outcome(built, given_) == derived_outcome(built, bare)
    assert sheet_blocks(built, given_) == sheet_blocks(built, bare)
    is_open = [
        not (int(str(findings.get("sources", 0))) >= 2 and findings.get("cleaned") == "found")
        for _, findings in judged
    ]
    assert [warning.mark for warning in sheet_warnings(built, given_)] == [
        criterion.number
        for criterion, (decision, _), still in zip(built.criteria, judged, is_open, strict=True)
        if decision == "pass" and still
    ]
