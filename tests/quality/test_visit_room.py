"""The visit's room: what an EQA sees and does, and what nobody else may learn of it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centres.models import AuditEvent, Centre, Notice, Role, User
from portfolios.models import SubmissionItem
from quality.actions.visits import record_view
from quality.models import EvidenceView, ExternalConfirmation, Visit, VisitSheet
from quality.queries.visit_closing import closing_of
from tests.assessment.scenes import new_events, signed, submitted
from tests.cast import PASSWORD, Cast
from tests.quality.external import (
    DAY,
    arranged,
    chosen,
    closed,
    found,
    give_role,
    kept,
    published,
    released,
)
from tests.quality.internal import approved, raised, signed_by_another

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]
STAFF = ("pat", "kit", "jo", "lea", "max", "ada", "tia")


@pytest.fixture
def eve(alder: Cast, client: Client, sign_in: SignIn) -> Client:
    return sign_in(client, alder.eve)


def at(cast: Cast, name: str, *args: Any) -> str:
    return reverse(f"quality:{name}", args=[cast.centre.slug, *args])


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def queries(client: Client, path: str) -> int:
    """How many queries a page asks."""
    text(client, path)
    with CaptureQueriesContext(connection) as asked:
        text(client, path)
    return len(asked)


def ask(client: Client, path: str) -> int:
    """The status of an answer that is read to its end."""
    answer: Any = client.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def item_of(cast: Cast, sheet: Any, within: Within) -> SubmissionItem:
    with within(cast.centre):
        found: SubmissionItem = kept(SubmissionItem, cast).get(submission=sheet.submission_id)
        return found


def test_the_room_lists_every_learner_with_units_and_standing(alder: Cast, eve: Client) -> None:
    signed(alder)
    submitted(alder, "ted")
    visit = arranged(alder)
    page = text(eve, at(alder, "visit-room", visit.pk))
    for words in ("Una Hornbeam", "Ted Rowan", "501", "Decided: pass", "Submitted"):
        assert words in page
    assert "Choose your sample".lower() in page.lower()


def test_the_visits_list_leads_an_eqa_to_their_own_visit_only(alder: Cast, eve: Client) -> None:
    give_role(alder, alder.tia, Role.EQA)
    own, other = arranged(alder), arranged(alder, eqa=alder.tia, reference="EQ-2")
    page = text(eve, at(alder, "visits"))
    assert at(alder, "visit-room", own.pk) in page
    assert str(other.pk) not in page
    assert "EQ-2" not in page


@pytest.mark.parametrize("days", [(1, 4), (-5, -1)])
def test_outside_its_days_every_door_of_a_visit_is_not_there(
    alder: Cast, eve: Client, within: Within, days: tuple[int, int]
) -> None:
    sheet, visit = signed(alder), arranged(alder)
    item = item_of(alder, sheet, within)
    doors = [
        at(alder, "visit-room", visit.pk),
        at(alder, "visit-sheet", visit.pk, sheet.pk),
        at(alder, "visit-evidence", visit.pk, item.pk),
        at(alder, "visit-close", visit.pk),
        at(alder, "visit-manifest", visit.pk),
    ]
    assert {ask(eve, door) for door in doors} == {200}
    today = timezone.localdate()
    opens, ends = (today + day * DAY for day in days)
    with within(alder.centre):
        kept(Visit, alder).update(opens_on=opens, closes_on=ends, ends_on=ends)
        views = kept(EvidenceView, alder).count()
    assert {ask(eve, door) for door in doors} == {404}
    with within(alder.centre):
        assert kept(EvidenceView, alder).count() == views


def test_another_eqas_visit_is_not_there(alder: Cast, client: Client, sign_in: SignIn) -> None:
    visit = arranged(alder)
    give_role(alder, alder.tia, Role.EQA)
    sign_in(client, alder.tia)
    assert client.get(at(alder, "visit-room", visit.pk)).status_code == 404
    assert client.post(at(alder, "visit-publish", visit.pk)).status_code == 404


def test_the_journey_from_choosing_to_signing(alder: Cast, eve: Client, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    released(alder, sheet)
    room = at(alder, "visit-room", visit.pk)
    page = at(alder, "visit-sheet", visit.pk, sheet.pk)
    answer = eve.post(at(alder, "visit-choose", visit.pk, sheet.pk), {"reason": "a second look"})
    assert answer["Location"] == room
    assert "Chosen, not published" in text(eve, room)
    assert eve.post(at(alder, "visit-publish", visit.pk)).status_code == 302
    assert "Review this sheet" in text(eve, room)
    assert eve.post(page, {"decision": "more", "action_text": "Mend."}).status_code == 422
    typed = {"decision": "agree", "comment": "Well judged.", "note": "ask Pat"}
    assert eve.post(page, typed)["Location"] == room
    assert "ask Pat" in text(eve, page)
    assert eve.post(at(alder, "visit-notes", visit.pk), {"notes": "lunch"}).status_code == 302
    report = {"report": "A tidy centre."}
    assert eve.post(at(alder, "visit-notes", visit.pk), report).status_code == 302
    close = at(alder, "visit-close", visit.pk)
    shown = re.search(r'name="shown" value="(\w{64})"', text(eve, close))
    assert shown
    with within(alder.centre):
        row = kept(Visit, alder).select_related("centre", "qualification").get()
        assert shown[1] == closing_of(row, "release").manifest.digest
    assert eve.post(close, {"outcome": "release", "shown": "0" * 64}).status_code == 409
    signing = {"outcome": "release", "shown": shown[1], "password": PASSWORD}
    assert eve.post(close, signing)["Location"] == room
    assert eve.post(close, signing).status_code == 409
    with within(alder.centre):
        assert kept(ExternalConfirmation, alder).get().sheet_id == sheet.pk
    after = text(eve, room)
    assert "Closed" in after
    assert "Close the visit" not in after
    assert eve.get(close).status_code == 302


def test_what_stops_closing_stands_on_the_page_in_place_of_the_button(
    alder: Cast, eve: Client
) -> None:
    visit = arranged(alder)
    page = text(eve, at(alder, "visit-close", visit.pk))
    assert "No sheet has been chosen and published." in page
    assert 'name="shown"' not in page
    answer = eve.post(at(alder, "visit-close", visit.pk), {"outcome": "hold", "shown": "0" * 64})
    assert answer.status_code == 422


def test_a_sheet_shows_decisions_comments_signatures_and_evidence(
    alder: Cast, eve: Client, within: Within
) -> None:
    sheet, visit = signed(alder), arranged(alder)
    released(alder, sheet)
    page = text(eve, at(alder, "visit-sheet", visit.pk, sheet.pk))
    for words in (
        "Feedback on 1.3",
        "Said to the file",
        "Release of unsampled work",
        "Declaration",
        "Diary of Una",
    ):
        assert words in page
    assert at(alder, "visit-evidence", visit.pk, item_of(alder, sheet, within).pk) in page


def test_evidence_is_served_like_the_portfolios_and_each_view_kept(
    alder: Cast, eve: Client, within: Within
) -> None:
    sheet, visit = signed(alder), arranged(alder)
    path = at(alder, "visit-evidence", visit.pk, item_of(alder, sheet, within).pk)
    with new_events(alder) as events:
        answer: Any = eve.get(path)
        assert b"".join(answer.streaming_content).startswith(b"The diary")
        part: Any = eve.get(path, headers={"Range": "bytes=4-8"})
        assert (part.status_code, b"".join(part.streaming_content)) == (206, b"diary")
    assert events == []
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    with within(alder.centre):
        assert kept(EvidenceView, alder).filter(viewer=alder.eve, visit=visit).count() == 2


def test_a_view_is_kept_of_the_visits_own_items_only(
    alder: Cast, birch: Cast, within: Within
) -> None:
    visit, foreign = arranged(alder), item_of(birch, signed(birch), within)
    with within(alder.centre), pytest.raises(PermissionDenied):
        record_view(actor=alder.eve, centre=alder.centre, visit=visit, item=foreign)
    with within(alder.centre):
        assert not kept(EvidenceView, alder).exists()


def test_what_was_never_submitted_and_other_centres_work_is_not_there(
    alder: Cast, birch: Cast, eve: Client, within: Within
) -> None:
    foreign = signed(birch)
    visit = arranged(alder)
    item = item_of(birch, foreign, within)
    for path in (
        at(alder, "visit-evidence", visit.pk, item.pk),
        at(alder, "visit-sheet", visit.pk, foreign.pk),
    ):
        assert eve.get(path).status_code == 404
    assert eve.post(at(alder, "visit-choose", visit.pk, foreign.pk)).status_code == 404


def test_an_eqa_opens_no_other_page_about_the_work(
    alder: Cast, eve: Client, within: Within
) -> None:
    sheet = signed(alder)
    item = item_of(alder, sheet, within)
    slug = alder.centre.slug
    for name, args in (
        ("portfolios:evidence-file", [item.version_id]),
        ("assessment:sheet", [sheet.pk]),
        ("quality:record", [alder.una_registration.pk]),
        ("quality:where", []),
        ("quality:confirmations", []),
    ):
        assert eve.get(reverse(name, args=[slug, *args])).status_code == 403


def _told_the_centre(cast: Cast, client: Client, sign_in: SignIn, visit: Visit) -> str:
    """Every page of every member of staff that could tell of a visit, without its hidden tokens."""
    pages = []
    paths = [
        at(cast, "visits"),
        at(cast, "visit", visit.pk),
        at(cast, "record", cast.una_registration.pk),
        at(cast, "record", cast.ted_registration.pk),
        at(cast, "confirmations"),
        at(cast, "where"),
        reverse("centres:registrations", args=[cast.centre.slug]),
        reverse("centres:registration", args=[cast.centre.slug, cast.una_registration.pk]),
        reverse("portfolios:mine", args=[cast.centre.slug]),
        reverse("assessment:queue", args=[cast.centre.slug]),
        f"/c/{cast.centre.slug}/sampling/",
        f"/c/{cast.centre.slug}/notices/",
    ]
    for who in (*STAFF, "una", "ted"):
        sign_in(client, getattr(cast, who))
        for path in paths:
            answer = client.get(path)
            body = answer.content.decode() if answer.status_code == 200 else ""
            body = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"', "", body)
            pages.append(f"{who} {path} {answer.status_code} {body}")
    return "\n".join(pages)


def test_an_unpublished_choice_leaves_no_trace_on_any_page_notice_or_event(
    alder: Cast, client: Client, sign_in: SignIn, within: Within
) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    published(alder, visit, ted)
    before = _told_the_centre(alder, client, sign_in, visit)
    assert at(alder, "visit", visit.pk) in before
    chosen(alder, visit, una, reason="quietly curious")
    found(alder, visit, una, decision="", note="only for me", comment="not yet for them")
    with within(alder.centre):
        events = kept(AuditEvent, alder).count()
        notices = kept(Notice, alder).count()
    assert _told_the_centre(alder, client, sign_in, visit) == before
    published(alder, visit, una)
    after = _told_the_centre(alder, client, sign_in, visit)
    assert "quietly curious" in after
    found(alder, visit, una, decision="disagree", note="only for me", comment="not yet for them")
    decided = _told_the_centre(alder, client, sign_in, visit)
    for words in ("only for me", "not yet for them", "Disagree"):
        assert words not in decided
    with within(alder.centre):
        assert kept(AuditEvent, alder).count() == events + 1
        assert kept(Notice, alder).count() == notices + 2


def test_once_closed_the_centre_reads_decisions_and_what_was_opened_but_no_notes(
    alder: Cast, client: Client, sign_in: SignIn, within: Within
) -> None:
    una, visit = signed(alder), arranged(alder)
    published(alder, visit, una)
    sign_in(client, alder.eve)
    assert ask(client, at(alder, "visit-evidence", visit.pk, item_of(alder, una, within).pk)) == 200
    client.post(at(alder, "visit-notes", visit.pk), {"notes": "my own thoughts"})
    found(alder, visit, una, "disagree", comment="1.3 is thin.", note="only for me")
    sign_in(client, alder.lea)
    page = at(alder, "visit", visit.pk)
    assert "Diary of Una" not in text(client, page)
    closed(alder, visit, "hold")
    shown = text(client, page)
    for words in ("Diary of Una", "1.3 is thin.", "Disagree", "I release nothing"):
        assert words in shown
    everything = _told_the_centre(alder, client, sign_in, visit)
    for words in ("only for me", "my own thoughts"):
        assert words not in everything


def test_arranging_on_its_page_and_the_refusals_there(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn, within: Within
) -> None:
    sign_in(client, alder.max)
    page, today = at(alder, "visit-arrange"), timezone.localdate()
    visit = arranged(birch)
    typed = {
        "eqa": alder.eve.pk,
        "qualification": visit.qualification_id,
        "opens_on": today.isoformat(),
        "closes_on": (today + DAY).isoformat(),
        "days_after": "7",
    }
    assert client.get(page).status_code == 200
    assert client.post(page, {**typed, "eqa": birch.eve.pk}).status_code == 422
    assert client.post(page, {**typed, "closes_on": "2026-01-01"}).status_code == 422
    with within(alder.centre):
        assert not kept(Visit, alder).exists()
    assert client.post(page, typed).status_code == 302
    assert client.get(at(alder, "visit", visit.pk)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_so_many_queries_whatever_the_rows(
    alder: Cast,
    eve: Client,
    sign_in: SignIn,
    within: Within,
    rows: int,
) -> None:
    visit = arranged(alder)
    for number in range(1, rows):
        arranged(alder, reference=f"EQ-{number}")
    sheets = [signed(alder)]
    if rows > 1:
        sheets += [signed(alder, "ted"), signed_by_another(alder, "cleo")]
        approved(alder)
        required = raised(alder, sheets[0])
        assert required.owner == alder.pat
    released(alder, *sheets[rows > 1 :])
    published(alder, visit, *sheets)
    for sheet in sheets:
        found(alder, visit, sheet)
    paths = {
        "visits": at(alder, "visits"),
        "room": at(alder, "visit-room", visit.pk),
        "sheet": at(alder, "visit-sheet", visit.pk, sheets[0].pk),
        "close": at(alder, "visit-close", visit.pk),
    }
    asked = {name: queries(eve, path) for name, path in paths.items()}
    sign_in(eve, alder.max)
    for name, path in (("all", paths["visits"]), ("one", at(alder, "visit", visit.pk))):
        asked[name] = queries(eve, path)
    # Ten of each are the session’s, the person’s and the centre’s.
    assert asked == {"visits": 11, "room": 15, "sheet": 15, "close": 15, "all": 11, "one": 12}
    with within(alder.centre):
        assert kept(VisitSheet, alder).count() == rows
