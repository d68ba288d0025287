"""The page on which an assessor signs."""

import json
import re
import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.models import Sheet
from centres.canonical import sha256_hex
from centres.models import Signature
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests import stage
from tests.assessment import scenes
from tests.cast import PASSWORD, Cast, sign_in_client

PAGE_QUERIES = 13


def place(cast: Cast, submission: Submission, name: str = "sign") -> str:
    return reverse(f"assessment:{name}", args=[cast.centre.slug, submission.pk])


def shown(page: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser would send them."""
    fields = dict(re.findall(r'<input type="hidden" name="(shown|parts)" value="([^"]*)"', page))
    return {name: value.replace("&quot;", '"') for name, value in fields.items()}


def signed_sheets(cast: Cast) -> int:
    with centre_context(cast.centre.pk):
        return int(Sheet.objects.for_centre(cast.centre).signed().count())


@pytest.fixture
def pat(alder: Cast, client: Client) -> Client:
    """Pat of Alder, signed in, with a password confirmed an hour ago."""
    sign_in_client(client, alder.pat)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session["account_authentication_methods_user"] = str(alder.pat.pk)
    session.save()
    return client


def test_what_is_signed_is_shown(alder: Cast, pat: Client) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    page = pat.get(place(alder, submission)).content.decode()
    manifest = pat.get(place(alder, submission, "manifest"))
    assert shown(page)["shown"] == sha256_hex(manifest.content)
    assert manifest.json()["kind"] == "result sheet"
    for said in (
        "Una Hornbeam of Alder",
        "8588-501",
        "10 pass, 1 referral",
        "1.3 is a referral.",
        "Feedback on 1.3 from Pat Willow of Alder.",
        "E1 Diary of Una Hornbeam of Alder",
        "Learner’s declaration, valid",
        "I have judged all 11 criteria on this evidence myself.",
        "I decide: referral.",
        "Your password",
    ):
        assert said in page


def test_signing_with_the_password(alder: Cast, pat: Client) -> None:
    submission = scenes.judged(alder)
    form = shown(pat.get(place(alder, submission)).content.decode())
    answer = pat.post(place(alder, submission), {**form, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[0][1] == 302
    page = answer.content.decode()
    assert "Signed. The papers are being made." in page
    assert "Provisional" in page
    with centre_context(alder.centre.pk):
        signature = Signature.objects.for_centre(alder.centre).get(purpose="decision")
        assert (signature.digest, signature.method) == (form["shown"], "password")


@pytest.mark.parametrize("sent", [{}, {"password": ""}, {"password": "not it"}])
def test_without_a_proof_nothing_is_signed(alder: Cast, pat: Client, sent: dict[str, str]) -> None:
    submission = scenes.judged(alder)
    form = shown(pat.get(place(alder, submission)).content.decode())
    assert pat.post(place(alder, submission), {**form, **sent}).status_code == 422
    assert signed_sheets(alder) == 0


def test_a_password_given_just_now_is_not_asked_for_again(alder: Cast, pat: Client) -> None:
    submission = scenes.judged(alder)
    form = shown(pat.get(place(alder, submission)).content.decode())
    wrong = {**form, "shown": "0" * 64, "password": PASSWORD}
    page = pat.post(place(alder, submission), wrong).content.decode()
    assert "You confirmed less than five minutes ago" in page
    assert pat.post(place(alder, submission), shown(page)).status_code == 302
    assert signed_sheets(alder) == 1


def test_a_change_since_it_was_shown_is_listed_and_can_then_be_signed(
    alder: Cast, pat: Client
) -> None:
    submission = scenes.judged(alder, referred=("1.3",))
    form = shown(pat.get(place(alder, submission)).content.decode())
    scenes.save(alder, submission, "1.3", decision="pass", base_revision=1)
    answer = pat.post(place(alder, submission), {**form, "password": PASSWORD})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "What you were shown has changed since" in page
    assert "The decision on 1.3 changed." in page
    assert page.count("changed.</li>") == 1
    assert signed_sheets(alder) == 0
    assert pat.post(place(alder, submission), shown(page)).status_code == 302


def test_what_blocks_signing_is_listed_with_the_way_there(alder: Cast, pat: Client) -> None:
    submission = scenes.judged(alder)
    form = shown(pat.get(place(alder, submission)).content.decode())
    scenes.save(alder, submission, "2.2", decision="", base_revision=1)
    page = pat.get(place(alder, submission)).content.decode()
    assert "2.2 is undecided." in page
    assert f"/marking/{submission.pk}/2.2/" in page
    assert shown(page) == {}
    answer = pat.post(place(alder, submission), {**form, "password": PASSWORD})
    assert answer.status_code == 409
    assert signed_sheets(alder) == 0


def test_the_second_assessor_is_told_who_signed(alder: Cast, pat: Client) -> None:
    submission = scenes.judged(alder, "ted")
    scenes.save(alder, submission, "1.1", decision="pass", actor=alder.kit)
    form = shown(pat.get(place(alder, submission)).content.decode())
    pat.post(place(alder, submission), {**form, "password": PASSWORD})
    kit = sign_in_client(Client(), alder.kit)
    answer: Any = kit.post(place(alder, submission), {"shown": "0" * 64, "password": PASSWORD})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Pat Willow of Alder signed it on" in page
    assert "Open the signed sheet" in page
    # Pat again: there is no draft left to sign.
    again = pat.post(place(alder, submission), {**form, "password": PASSWORD})
    assert again.status_code == 409
    assert "This submission is decided" in again.content.decode()


@pytest.mark.parametrize(
    "parts",
    [
        "[" * 20_000,
        '{"a":' * 3_900,
        "9" * 5_000,
        json.dumps({"d:\ud800": "\ud800", "\udfff": "x", "e:\ud800": "0" * 12}),
        json.dumps({"f:<b>": "0" * 12, "d:1.1\n": "0" * 12, "q:1.1": "0" * 12, "c:1.1": [1]}),
    ],
)
def test_hidden_fields_that_no_page_wrote_do_no_harm(alder: Cast, pat: Client, parts: str) -> None:
    submission = scenes.judged(alder)
    sent = {"shown": "0" * 64, "parts": parts, "password": PASSWORD}
    answer = pat.post(place(alder, submission), sent)
    assert answer.status_code in {409, 422}
    page = answer.content.decode()
    assert "What you were shown has changed since" in page
    assert "changed.</li>" not in page
    assert signed_sheets(alder) == 0


@pytest.mark.django_db(transaction=True)
def test_the_second_click_on_sign_is_led_to_the_signed_sheet(alder: Cast, pat: Client) -> None:
    """The second post has read the draft and waits for its lock while the first one signs it."""
    submission = scenes.judged(alder)
    form = shown(pat.get(place(alder, submission)).content.decode())
    answers: list[Any] = []

    def click() -> None:
        try:
            answers.append(pat.post(place(alder, submission), {**form, "password": PASSWORD}))
        finally:
            connection.close()

    second = threading.Thread(target=click)
    with centre_context(alder.centre.pk):
        sheet = stage.sign(alder, alder.pat, submission)
        second.start()
        while second.is_alive() and not somebody_waits():
            time.sleep(0.02)
        assert answers == []
    second.join()
    assert [answer.status_code for answer in answers] == [409]
    page = answers[0].content.decode()
    assert "This submission is decided" in page
    assert reverse("assessment:sheet", args=[alder.centre.slug, sheet.pk]) in page
    assert signed_sheets(alder) == 1


def somebody_waits() -> bool:
    """Whether another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_before_anything_is_judged_there_is_nothing_to_sign(alder: Cast, pat: Client) -> None:
    submission = scenes.submitted(alder)
    answer = pat.get(place(alder, submission))
    assert answer.status_code == 200
    assert "Nothing has been decided yet" in answer.content.decode()
    assert pat.post(place(alder, submission)).status_code == 409
    assert pat.get(place(alder, submission, "manifest")).status_code == 404


def test_the_page_costs_the_same_with_one_item_and_with_three(
    alder: Cast, pat: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    submission = scenes.judged(alder, "ted")
    with django_assert_num_queries(PAGE_QUERIES):
        assert pat.get(place(alder, submission)).status_code == 200
    sheet = scenes.signed(alder, referred=("1.3",))
    second = scenes.again(alder, sheet)
    with centre_context(alder.centre.pk):
        stage.judge(alder, alder.pat, second, ("1.3",))
        sheet = stage.sign(alder, alder.pat, second)
    third = scenes.again(alder, sheet)
    with centre_context(alder.centre.pk):
        stage.judge(alder, alder.pat, third, ("1.3",))
    with django_assert_num_queries(PAGE_QUERIES):
        page = pat.get(place(alder, third)).content.decode()
    assert "3 items of evidence" in page
