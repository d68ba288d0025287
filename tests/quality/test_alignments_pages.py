"""The pages of alignments, for people and for the script that saves while they type."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import User
from quality.queries.alignments import alignment_manifest
from tests.cast import PASSWORD, Cast
from tests.quality.alignments import (
    TITLE,
    approve,
    approved,
    covered,
    filled,
    fresh,
    issued,
    next_of,
    pathway_of,
    said,
    started,
    work_of,
)
from tests.quality.external import arranged

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
LIST_QUERIES = 11
PAGE_QUERIES = 15
UNIT_QUERIES = 14
SCRIPT = {"Accept": "application/json"}


def at(name: str, *args: object) -> str:
    return reverse(f"quality:{name}", args=["alder", *args])


def unit_at(cast: Cast, alignment: Any, place: int = 0, name: str = "alignment-unit-change") -> str:
    return at(name, alignment.pk, work_of(cast, alignment).units[place].unit.pk)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def queries(client: Client, path: str) -> tuple[int, str]:
    shown(client, path)
    with CaptureQueriesContext(connection) as asked:
        page = shown(client, path)
    return len(asked), page


# Finding them


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("max", ["approvals", "alignments", "handbooks"]),
        ("lea", ["approvals", "alignments", "handbooks"]),
        ("ada", ["approvals", "alignments"]),
        ("una", []),
    ],
)
def test_the_home_page_leads_to_what_the_centre_offers(
    alder: Cast, client: Client, sign_in: SignIn, who: str, names: list[str]
) -> None:
    sign_in(client, getattr(alder, who))
    home = shown(client, reverse("home"))
    for name in ("approvals", "alignments", "handbooks"):
        assert (f'href="{at(name)}"' in home) == (name in names)


def test_alignments_are_found_from_the_catalogue_which_is_where_they_are(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.lea)
    catalogue = reverse("centres:catalogue", args=["alder"])
    assert f'href="{at("alignments")}"' in shown(client, catalogue)
    page = shown(client, at("alignments"))
    assert f'<a href="{catalogue}" aria-current="page">Catalogue</a>' in page


# The list


def test_an_empty_list_says_what_to_do(alder: Cast, client: Client, sign_in: SignIn) -> None:
    sign_in(client, alder.max)
    assert "Align a programme" in shown(client, at("alignments"))
    sign_in(client, alder.pat)
    page = shown(client, at("alignments"))
    assert "Nothing to see yet" in page
    assert at("alignment-new") not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_queries_for_more_rows(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    for number in range(rows):
        started(alder, title=f"Programme {number}")
    sign_in(client, alder.max)
    count, page = queries(client, at("alignments"))
    assert page.count('<th role="rowheader"') == rows
    assert count == LIST_QUERIES


def test_the_list_tells_a_version_in_force_from_a_draft_and_from_a_past_one(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    first = approved(alder)
    second = next_of(alder, first)
    sign_in(client, alder.pat)

    def states() -> list[str]:
        page = re.sub(r"<[^>]+>", " ", shown(client, at("alignments")))
        return re.findall(r"\b(Draft|Approved|Superseded)\b(?!\s+(?:State|by))", page)[-2:]

    assert sorted(states()) == ["Approved", "Draft"]
    approve(alder, second)
    assert sorted(states()) == ["Approved", "Superseded"]


# One alignment


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_no_more_queries_for_more_that_is_said(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    begun = started(alder)
    if rows == 1:
        said(alder, begun, typed={"strategies-1.1": "Workshops."})
    done = approve(alder, filled(alder, begun))
    if rows == 3:
        draft = next_of(alder, done)
        done = approve(alder, draft)
        next_of(alder, done)
    sign_in(client, alder.max)
    count, page = queries(client, at("alignment", done.pk))
    assert page.count("Other versions") == (rows == 3)
    assert count == PAGE_QUERIES


def test_the_page_shows_cover_rules_and_what_is_covered(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    covered(alder, draft, typed={"qcm": "Quinn Quince", "overview": "Two days a month."})
    said(alder, draft, typed={"strategies-1.1": "Workshops.", "assessment_title": "An essay"})
    sign_in(client, alder.lea)
    page = shown(client, at("alignment", draft.pk))
    units = work_of(alder, draft).units
    cover = at("alignment-cover", draft.pk)
    for expected in (
        "Quinn Quince",
        "Two days a month.",
        "An essay",
        "Partial",
        "Not applicable",
        f"{units[0].unit.ref}: 0 of {len(units[0].criteria)} criteria filled in</a>",
        f"{units[1].unit.ref}: 0 of {len(units[1].criteria)} criteria filled in, no title",
        f'<a href="{cover}">The cover names no Assessment Manager/QA.</a>',
        "Every one of them has to be passed.",
        unit_at(alder, draft),
    ):
        assert expected in page, expected
    assert "Approve by name" not in page
    filled(alder, draft)
    page = shown(client, at("alignment", draft.pk))
    assert "Approve by name" in page
    assert ">Yes</td>" in page


def test_staff_read_a_draft_without_any_way_to_change_it(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    sign_in(client, alder.pat)
    page = shown(client, at("alignment", draft.pk))
    assert unit_at(alder, draft) not in page
    assert at("alignment-cover", draft.pk) not in page
    assert at("alignment-approve", draft.pk) not in page
    unit = shown(client, unit_at(alder, draft, name="alignment-unit"))
    assert "strategies-1.1 of" in unit
    assert "<textarea" not in unit


def test_an_external_quality_assurer_sees_approved_ones_of_an_open_visit(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    draft = started(alder, title="Not yet")
    sign_in(client, alder.eve)
    assert TITLE not in shown(client, at("alignments"))
    arranged(alder)
    page = shown(client, at("alignments"))
    assert TITLE in page
    assert "Not yet</a>" not in page
    assert client.get(at("alignment", done.pk)).status_code == 200
    assert client.get(at("alignment", draft.pk)).status_code == 404


# Starting


def test_a_programme_is_aligned_by_its_form(alder: Cast, client: Client, sign_in: SignIn) -> None:
    sign_in(client, alder.max)
    posted = {"title": TITLE, "pathway": pathway_of(alder).pk}
    answer = client.post(at("alignment-new"), posted, follow=True)
    assert "Begun." in answer.content.decode()
    wrong = client.post(at("alignment-new"), {**posted, "title": ""})
    assert wrong.status_code == 422


# Drafts


def test_the_cover_is_kept_without_the_script(alder: Cast, client: Client, sign_in: SignIn) -> None:
    draft = started(alder)
    sign_in(client, alder.max)
    path = at("alignment-cover", draft.pk)
    assert f'value="{TITLE}"' in shown(client, path)
    answer = client.post(path, {"title": "Renamed", "qcm": "Quinn", "revision": "0"})
    assert answer["Location"] == at("alignment", draft.pk)
    assert (fresh(alder, draft).title, fresh(alder, draft).qcm) == ("Renamed", "Quinn")
    empty = client.post(path, {"title": " ", "bdm": "Bea", "revision": "1"})
    assert empty.status_code == 422
    assert 'value="Bea"' in empty.content.decode()


def test_a_unit_is_kept_without_the_script_and_leads_on(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    sign_in(client, alder.max)
    path = unit_at(alder, draft)
    typed = {"strategies-1.1": "Workshops.", "evidence-1.1": "A report.", "revision": "0"}
    answer = client.post(path, {**typed, "go": "next"})
    assert answer["Location"] == unit_at(alder, draft, 1)
    page = shown(client, path)
    assert "Workshops." in page
    assert "A report." in page
    assert client.post(path, {"go": "back"})["Location"] == at("alignment", draft.pk)
    assert client.post(path, {"go": "stay"})["Location"] == path
    last = unit_at(alder, draft, -1)
    assert client.post(last, {"go": "next"})["Location"] == at("alignment", draft.pk)


def test_a_text_that_is_too_long_is_refused_with_all_of_it_in_the_page(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    sign_in(client, alder.max)
    text = "word " * 1000 + "and the end"
    told = "It has 5011 characters; 5000 are the most. Shorten it."
    for path, names in (
        (at("alignment-cover", draft.pk), ["overview"]),
        (unit_at(alder, draft), ["comment", "strategies-1.1", "evidence-1.1"]),
    ):
        assert not re.search("<textarea[^>]*maxlength", shown(client, path))
        for name in names:
            answer = client.post(path, {name: text, "revision": "0"})
            page = html.unescape(answer.content.decode())
            assert answer.status_code == 422 and told in page
            assert f"{text}</textarea>" in page
            refused = client.post(path, {name: text, "revision": "0"}, headers=SCRIPT)
            assert refused.status_code == 422 and told in refused.json()["refusal"]


def test_a_second_tab_without_the_script_reads_both_texts(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    said(alder, draft, typed={"evidence-1.1": "The first text."})
    sign_in(client, alder.max)
    path = unit_at(alder, draft)
    answer = client.post(path, {"evidence-1.1": "The second text.", "revision": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    beside = re.findall(r"<h4>([^<]+)</h4><p>([^<]+)</p>", page)
    assert beside == [
        ("Assessment evidence for 1.1: the other tab", "The first text."),
        ("Assessment evidence for 1.1: yours", "The second text."),
    ]
    assert "The second text.</textarea>" in page
    assert 'name="revision" value="1"' in page
    again = client.post(path, {"evidence-1.1": "The second text.", "revision": "1"})
    assert again.status_code == 302
    assert work_of(alder, draft).units[0].criteria[0].evidence == "The second text."


def test_the_script_is_told_how_far_the_unit_is_now(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    sign_in(client, alder.max)
    path = unit_at(alder, draft)
    count = len(work_of(alder, draft).units[0].criteria)
    before = f"0 of {count} criteria filled in · suggested coverage: none"
    assert f'data-said="suggestion">{before}</span>' in shown(client, path)
    typed = {"strategies-1.1": "Workshops.", "evidence-1.1": "A report.", "revision": "0"}
    answer = client.post(path, typed, headers=SCRIPT).json()
    after = f"1 of {count} criteria filled in · suggested coverage: partial"
    assert answer["said"] == {"suggestion": after}


def test_the_script_is_told_what_was_kept_what_clashed_and_what_was_refused(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = started(alder)
    sign_in(client, alder.max)
    for path, name in (
        (at("alignment-cover", draft.pk), "qcm"),
        (unit_at(alder, draft), "strategies-1.1"),
    ):
        kept = client.post(path, {name: "One", "revision": "0"}, headers=SCRIPT)
        assert kept.json()["revision"] == 1
        clash = client.post(path, {name: "Two", "revision": "0"}, headers=SCRIPT)
        assert clash.status_code == 409
        assert clash.json()["conflict"]["fields"][name] == "One"
        assert clash.json()["conflict"]["revision"] == 1
    alone = {"coverage": "full", "revision": "1"}
    refused = client.post(unit_at(alder, draft), alone, headers=SCRIPT)
    assert refused.status_code == 422
    assert "needs a comment" in refused.json()["refusal"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_a_unit_asks_no_more_queries_for_more_that_is_said(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    draft = started(alder)
    numbers = [line.criterion.number for line in work_of(alder, draft).units[0].criteria[:rows]]
    said(alder, draft, typed={f"strategies-{number}": "Said." for number in numbers})
    sign_in(client, alder.max)
    count, page = queries(client, unit_at(alder, draft))
    assert page.count("Said.</textarea>") == rows
    assert count == UNIT_QUERIES
    count, page = queries(client, unit_at(alder, draft, name="alignment-unit"))
    assert page.count("Said.") == rows
    assert count == UNIT_QUERIES


# Discarding


def test_a_draft_is_discarded_after_a_page_that_says_what_goes(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    draft = next_of(alder, done)
    sign_in(client, alder.max)
    path = at("alignment-discard", draft.pk)
    assert path in shown(client, at("alignment", draft.pk))
    assert "Version 1 stands as it is" in shown(client, path)
    page = client.post(path, follow=True).content.decode()
    assert "version 2 is discarded" in page
    assert client.get(at("alignment", draft.pk)).status_code == 404
    kept = at("alignment-discard", done.pk)
    assert kept not in shown(client, at("alignment", done.pk))
    assert client.get(kept)["Location"] == at("alignment", done.pk)
    refused = client.post(kept)
    assert refused.status_code == 409
    assert "never changes" in refused.content.decode()


# Approval


def test_the_pages_say_what_the_cover_still_needs(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    covered(alder, draft, typed={"overview": "", "assessment_manager": ""})
    sign_in(client, alder.lea)
    for name in ("alignment", "alignment-approve"):
        page = shown(client, at(name, draft.pk))
        assert "The cover has no overview." in page
        assert "The cover names no Assessment Manager/QA." in page
    assert 'name="password"' not in page


def test_the_approval_page_names_the_gaps_and_offers_no_signature(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"evidence-1.1": ""})
    sign_in(client, alder.lea)
    page = shown(client, at("alignment-approve", draft.pk))
    assert "no assessment evidence on 1.1" in page
    assert 'name="password"' not in page


def test_the_approval_page_says_what_stands_by_hand_over_gaps_and_why(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    typed = {"evidence-1.1": "", "coverage": "full", "comment": "Taught at work."}
    said(alder, draft, typed=typed)
    line = work_of(alder, draft).units[0]
    sign_in(client, alder.lea)
    page = shown(client, at("alignment-approve", draft.pk))
    over = f"{len(line.criteria) - 1} of {len(line.criteria)} criteria filled in, not 1.1"
    assert f"Set by hand over {over}." in page
    assert "Taught at work." in page
    assert f"{line.unit.ref} is set to full by hand, for the reason in its comment: {over}." in page
    for name in ("alignment", "alignment-unit"):
        path = at(name, draft.pk) if name == "alignment" else unit_at(alder, draft, name=name)
        assert over in shown(client, path)


def test_a_unit_without_a_title_of_assessment_is_a_step_to_its_page(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"assessment_title": ""})
    ref = work_of(alder, draft).units[0].unit.ref
    sign_in(client, alder.lea)
    link = f'<a href="{unit_at(alder, draft)}">{ref}'
    assert f"{link}: no title of assessment</a>" in shown(client, at("alignment", draft.pk))
    page = shown(client, at("alignment-approve", draft.pk))
    assert f"{link} has no title of assessment for external verification.</a>" in page
    assert 'name="password"' not in page


def test_the_pages_say_beforehand_who_can_approve(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    paths = at("alignment", draft.pk), unit_at(alder, draft), at("alignment-cover", draft.pk)
    sign_in(client, alder.max)
    page = shown(client, paths[0])
    assert f"Who can approve it: <strong>{alder.lea.full_name}</strong>." in page
    assert at("alignment-approve", draft.pk) not in page
    assert client.get(at("alignment-approve", draft.pk)).status_code == 403
    sign_in(client, alder.lea)
    assert at("alignment-approve", draft.pk) in shown(client, paths[0])
    for path in paths[1:]:
        assert "You can approve this version as long as you write nothing in it." in shown(
            client, path
        )


def test_a_writer_is_told_that_somebody_else_approves_and_who_could_be_given_the_role(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    said(alder, draft, actor=alder.lea, typed={"comment": "A word of mine."})
    approving = at("alignment-approve", draft.pk)
    sign_in(client, alder.lea)
    page = shown(client, at("alignment", draft.pk))
    assert "You wrote in this version, so somebody else approves it." in page
    assert "Nobody at the centre can approve it yet" in page
    assert approving not in page
    page = shown(client, approving)
    assert "Somebody else approves it" in page
    assert 'name="password"' not in page
    digest = alignment_manifest(work_of(alder, draft)).digest
    refused = client.post(approving, {"shown": digest, "password": PASSWORD})
    assert refused.status_code == 422
    assert "You wrote in this version" in refused.content.decode()
    sign_in(client, alder.max)
    people = reverse("centres:people", args=["alder"])
    assert f'Under <a href="{people}">People</a>' in shown(client, at("alignment", draft.pk))


def test_an_alignment_is_approved_with_a_password_and_then_only_read(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    sign_in(client, alder.lea)
    path = at("alignment-approve", draft.pk)
    page = shown(client, path)
    assert f"I approve version 1 of the alignment of “{TITLE}”" in page
    (digest,) = re.findall(r'name="shown" value="([0-9a-f]{64})"', page)
    stale = client.post(path, {"shown": "0" * 64, "password": PASSWORD})
    assert stale.status_code == 409
    assert fresh(alder, draft).approved_at is None
    done = client.post(path, {"shown": digest, "password": PASSWORD}, follow=True)
    said_then = done.content.decode()
    assert alder.lea.full_name in said_then
    assert "Waiting to be made" in said_then
    for name in ("alignment-approve", "alignment-cover"):
        assert client.get(at(name, draft.pk))["Location"] == at("alignment", draft.pk)
    reading = unit_at(alder, draft, name="alignment-unit")
    assert client.get(unit_at(alder, draft))["Location"] == reading
    late = client.post(unit_at(alder, draft), {"comment": "Late"}, headers=SCRIPT)
    assert late.status_code == 409
    assert "never changes" in late.json()["refusal"]


def test_the_next_version_is_begun_once_from_the_page(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    sign_in(client, alder.max)
    page = shown(client, at("alignment", done.pk))
    assert "Begin version 2" in page
    begun = client.post(at("alignment-next", done.pk), follow=True)
    assert "Version 2 is a draft" in html.unescape(begun.content.decode())
    again = client.post(at("alignment-next", done.pk))
    assert again.status_code == 409
    assert "begun already" in again.content.decode()
    assert "Begin version 2" not in shown(client, at("alignment", done.pk))


# The paper


def test_the_paper_is_there_once_it_is_issued(alder: Cast, client: Client, sign_in: SignIn) -> None:
    done = approved(alder)
    sign_in(client, alder.pat)
    path = at("alignment-paper", done.pk)
    assert client.get(path).status_code == 404
    paper = issued(alder, done)
    answer = client.get(path)
    content = b"".join(answer)
    assert content.startswith(b"%PDF")
    assert len(content) == paper.size
    assert "8588-21, version 1.pdf" in answer["Content-Disposition"]
    assert paper.code in shown(client, at("alignment", done.pk))
