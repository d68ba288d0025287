"""The pages of approvals: states and next steps in words, forms that keep what was typed."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centres.actions import change_approval_dates, end_approval
from centres.models import Approval, Registration, ReviewOverride, User
from centres.tenancy import centre_context
from quality.models import ApprovalPaper
from tests.assessment.marking import orchard
from tests.assessment.scenes import refusing
from tests.cast import Cast
from tests.quality.approvals import (
    REASON,
    allowed,
    approval_of,
    days,
    old_approval,
    papered,
    past_review,
)
from tests.quality.external import DAY, file, kept, status_of
from tests.quality.moving import diploma

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
LIST_QUERIES = 13
PAGE_QUERIES = 15


def at(name: str, *args: object) -> str:
    return reverse(f"quality:{name}", args=["alder", *args])


def row_of(page: str, number: str) -> str:
    """The text of a qualification's row, without its marks."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    (row,) = [each for each in rows if f"{number} " in each and "<td" in each]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def listed(client: Client) -> str:
    answer = client.get(at("approvals"))
    assert answer.status_code == 200
    return answer.content.decode()


def changed(cast: Cast, approval: Approval, **given: Any) -> None:
    with refusing(cast):
        change_approval_dates(
            actor=cast.max,
            centre=cast.centre,
            approval=approval,
            reference=approval.reference,
            **{"starts_on": approval.starts_on, **given},
        )


# The list


def test_the_list_says_how_each_qualification_stands_and_what_is_next(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    past_review(alder)
    sign_in(client, alder.max)
    page = listed(client)
    assert "1 of 2 takes learners today" in page
    assert row_of(page, "9002").endswith(
        "Not approved Past review: O-2, O-3 0 No status Record the approval of 9002"
    )
    assert "Approved 2 on 8588 No status Attach the learner journey plan for 8588" in row_of(
        page, "8588"
    )
    papered(alder)
    assert "Attach the lesson plans" in row_of(listed(client), "8588")
    papered(alder, kind="lessons")
    status_of(alder)
    assert row_of(listed(client), "8588").endswith("Approved 2 on 8588 In force Nothing")
    old_approval(alder)
    assert "Allow past the review date for 9002" in row_of(listed(client), "9002")
    allowed(alder)
    page = listed(client)
    assert "O-2, O-3, allowed with a reason" in row_of(page, "9002")
    assert "2 of 2 take learners today" in page


def test_the_list_says_when_an_approval_has_ended_or_lapses(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    approval, today = approval_of(alder), timezone.localdate()
    sign_in(client, alder.max)
    changed(alder, approval, last_registration_on=today - DAY)
    page = listed(client)
    assert f"Last registration was {today - DAY:%-d %b %Y}" in row_of(page, "8588")
    assert "0 of 1 take learners today" in page
    with refusing(alder):
        end_approval(actor=alder.max, centre=alder.centre, approval=approval, on=today - DAY)
    assert f"Ended on {today - DAY:%-d %b %Y}" in row_of(listed(client), "8588")
    changed(alder, approval, starts_on=today + DAY)
    assert f"Starts on {today + DAY:%-d %b %Y}" in row_of(listed(client), "8588")


def test_who_may_not_change_is_told_who_may(alder: Cast, client: Client, sign_in: SignIn) -> None:
    sign_in(client, alder.pat)
    page = listed(client)
    assert "Attach the learner journey plan: a manager" in row_of(page, "8588")
    assert "Record an approval" not in page


def test_the_number_of_registrations_leads_to_them(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    with centre_context(alder.centre.pk):
        kept(Registration, alder).filter(pk=alder.ted_registration.pk).update(
            expires_on=timezone.localdate() - DAY
        )
    orchard(alder)
    sign_in(client, alder.max)
    link = re.search(rf'href="({at("where")}[^"]*)">1<span[^>]*> on 8588', listed(client))
    assert link
    page = client.get(html.unescape(link[1])).content.decode()
    assert page.count('<th role="rowheader"') == 1
    assert alder.una_registration.number in page
    assert "8588, all pathways</option>" in page
    sign_in(client, alder.pat)
    assert at("where") not in listed(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_no_more_queries_for_more_rows(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    if rows == 3:
        orchard(alder)
        allowed(alder)
        papered(alder)
        status_of(alder)
    sign_in(client, alder.max)
    listed(client)
    with CaptureQueriesContext(connection) as asked:
        page = listed(client)
    assert page.count('<th role="rowheader"') == rows
    assert len(asked) == LIST_QUERIES


# One approval


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_no_more_queries_for_more_rows(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    approval, today = approval_of(alder), timezone.localdate()
    for number in range(rows):
        papered(alder, title=f"Journey {number}")
        status_of(
            alder,
            reference=f"DCS-{number}",
            starts_on=today + 10 * number * DAY,
            ends_on=today + (10 * number + 5) * DAY,
        )
    sign_in(client, alder.max)
    client.get(at("approval", approval.pk))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(at("approval", approval.pk)).content.decode()
    assert page.count("DCS-") == rows
    assert page.count("Withdraw<span") == rows
    assert len(asked) == PAGE_QUERIES


def test_the_page_shows_days_papers_overrides_claims_and_history(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    allowed(alder)
    held = old_approval(alder)
    papered(alder, approval=held)
    status_of(alder, qualification=held.qualification)
    page = sign_in(client, alder.max).get(at("approval", held.pk)).content.decode()
    for said in (
        "AP-9002",
        REASON,
        "Learner journey 2026",
        "also asks for: lesson plans",
        "DCS-1",
        "In force",
        "0 learners, 0 still running",
        "The awarding body&#x27;s approval to offer a qualification was recorded",
        "Enrolment on units past their review dates was allowed",
        "A paper was added to an approval",
    ):
        assert said in page, said
    page = client.get(at("approval", approval_of(alder).pk)).content.decode()
    assert "2 learners, 2 still running" in page


def test_the_page_links_to_the_other_approvals_of_the_qualification(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    approval, today = approval_of(alder), timezone.localdate()
    changed(alder, approval, ends_on=today)
    sign_in(client, alder.max)
    posted = days(qualification=approval.qualification_id, starts_on=(today + DAY).isoformat())
    answer = client.post(at("approval-new"), posted)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Other approvals of 8588" in page
    assert at("approval", approval.pk) in page


# The forms


def test_an_approval_is_recorded_from_the_row_that_lacks_it(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    wanted = past_review(alder).specification.qualification
    sign_in(client, alder.max)
    link = f"{at('approval-new')}?qualification={wanted.pk}"
    assert link in listed(client)
    assert f'value="{wanted.pk}" selected' in client.get(link).content.decode()
    answer = client.post(at("approval-new"), days(qualification=wanted.pk), follow=True)
    assert "Recorded." in answer.content.decode()


def test_a_refused_form_keeps_what_was_typed(alder: Cast, client: Client, sign_in: SignIn) -> None:
    approval, today = approval_of(alder), timezone.localdate()
    sign_in(client, alder.max)
    posted = days(qualification=approval.qualification_id, reference="Mine")
    answer = client.post(at("approval-new"), posted)
    assert answer.status_code == 409
    assert "AP-8588 covers some of these days" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    answer = client.post(
        at("approval-dates", approval.pk),
        days(reference="Mine", ends_on=(today - 300 * DAY).isoformat()),
    )
    assert answer.status_code == 422
    assert "ends before it starts" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    answer = client.post(at("approval-end", approval.pk), {"on": "2001-01-01"})
    assert answer.status_code == 422
    assert 'value="2001-01-01"' in answer.content.decode()
    answer = client.post(at("approval-override", approval.pk), {"reason": REASON})
    assert answer.status_code == 409
    assert REASON in answer.content.decode()


def test_papers_and_overrides_come_and_go_by_their_forms(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    held = old_approval(alder)
    sign_in(client, alder.max)
    here = at("approval", held.pk)
    client.post(at("approval-override", held.pk), {"reason": REASON})
    client.post(
        at("approval-paper-add", held.pk),
        {"kind": "letter", "title": "The letter", "file": file("letter.txt")},
    )
    with refusing(alder):
        override, paper = kept(ReviewOverride, alder).get(), kept(ApprovalPaper, alder).get()
    for path in (
        at("approval-override-withdraw", override.pk),
        at("approval-paper-withdraw", paper.pk),
    ):
        assert client.post(path)["Location"] == here
        again = client.post(path)
        assert again.status_code == 409
        assert "withdrawn already" in again.content.decode()
    page = client.get(here).content.decode()
    assert "The letter" in page
    assert "Units past their review dates" in page


def test_days_are_changed_and_the_approval_ended_by_their_forms(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    approval, today = approval_of(alder), timezone.localdate()
    sign_in(client, alder.max)
    later = (today + 90 * DAY).isoformat()
    posted = days(last_registration_on=later, last_certification_on=later)
    assert client.post(at("approval-dates", approval.pk), posted).status_code == 302
    assert client.post(at("approval-end", approval.pk), {"on": later}).status_code == 302
    with refusing(alder):
        approval.refresh_from_db()
    assert approval.ends_on == approval.last_registration_on == today + 90 * DAY


# Enrolment


def test_enrolment_offers_what_is_open_below_its_qualification(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    old_approval(alder)
    path = reverse("centres:registration-new", args=["alder"])
    page = sign_in(client, alder.ada).get(path).content.decode()
    assert re.findall('<optgroup label="([^"]+)"', page) == [
        "8588 Effective Coaching and Mentoring"
    ]
    assert "9002-A" not in page
    allowed(alder)
    assert len(re.findall("<optgroup", client.get(path).content.decode())) == 2


def test_without_any_approval_enrolment_says_what_comes_first(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    changed(alder, approval_of(alder), ends_on=timezone.localdate() - 91 * DAY)
    path = reverse("centres:registration-new", args=["alder"])
    for who in ("max", "ada"):
        page = sign_in(client, getattr(alder, who)).get(path).content.decode()
        assert "Record the awarding body’s approval first" in page
        assert at("approvals") in page
        assert ("A manager records approvals." in page) == (who == "ada")
        assert "<select" not in page


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("ends_on", "No approval to offer 8588 is in force on"),
        ("last_registration_on", "The last day to register learners on 8588 was"),
    ],
)
def test_an_enrolment_from_before_the_last_day_is_recorded_late_and_none_from_after_it(
    alder: Cast, client: Client, sign_in: SignIn, day: str, why: str
) -> None:
    last = timezone.localdate() - 90 * DAY
    changed(alder, approval_of(alder), **{day: last})
    enrol = reverse("centres:registration-new", args=["alder"])
    typed = {
        "learner": alder.una.pk,
        "pathway": diploma().pk,
        "certificate_name": "Una Hornbeam",
        "date_of_birth": "1990-05-17",
    }
    sign_in(client, alder.max)
    page = client.get(enrol).content.decode()
    assert f'value="{diploma().pk}"' in page
    refused = client.post(enrol, {**typed, "enrolled_on": (last + DAY).isoformat()})
    assert refused.status_code == 422
    assert why in refused.content.decode()
    with centre_context(alder.centre.pk):
        assert not kept(Registration, alder).filter(pathway=diploma()).exists()
    assert client.post(enrol, {**typed, "enrolled_on": last.isoformat()}).status_code == 302
    with centre_context(alder.centre.pk):
        assert kept(Registration, alder).get(pathway=diploma()).enrolled_on == last


def test_registrations_lead_to_what_the_centre_may_offer(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    page = sign_in(client, alder.ada).get(at("where")).content.decode()
    assert f'href="{at("approvals")}">What we may offer' in page


def test_a_day_is_shown_as_the_form_takes_it(alder: Cast, client: Client, sign_in: SignIn) -> None:
    approval = approval_of(alder)
    changed(alder, approval, ends_on=datetime.date(2099, 12, 31))
    page = sign_in(client, alder.max).get(at("approval-dates", approval.pk)).content.decode()
    assert 'value="2099-12-31"' in page
    assert 'value="2018-11-01"' in page
