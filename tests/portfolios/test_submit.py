"""The page that hands in, and the page of what was handed in."""

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from centres.canonical import canonical_json, sha256_hex
from portfolios.actions import close_submission
from portfolios.models import Submission
from tests.cast import PASSWORD
from tests.portfolios.samples import pdf_number

pytestmark = pytest.mark.django_db


def address(alder: Any, registration: Any = None) -> str:
    registration = registration or alder.una_registration
    return reverse(
        "portfolios:submit", args=[alder.centre.slug, registration.pk, alder.assessment.pk]
    )


def hidden(response: Any) -> dict[str, str]:
    """The hidden fields as the browser would send them back."""
    text = response.content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def count(alder: Any, within: Any) -> int:
    with within(alder.centre):
        return Submission.objects.for_centre(alder.centre).count()


@pytest.fixture
def ready(alder: Any, within: Any, make_ready: Any) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)


def test_it_shows_all_that_goes_in_and_hands_it_in(
    alder: Any, within: Any, ready: None, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    page = una.get(address(alder))
    text = page.content.decode()
    assert "All 11 criteria have evidence." in text
    assert "No client can be recognised in it" in text
    assert 'type="password"' not in text
    done = una.post(address(alder), {**hidden(page), "agreed": "on"}, follow=True)
    assert b"Attempt 1 is handed in." in done.content
    assert b"Your assessor has it now" in done.content
    assert count(alder, within) == 1


def test_the_password_is_asked_for_after_five_minutes(
    alder: Any, within: Any, ready: None, signed_in: Any
) -> None:
    una = signed_in(alder.una, ago=301)
    page = una.get(address(alder))
    assert b'type="password"' in page.content
    posted = {**hidden(page), "agreed": "on"}
    missing = una.post(address(alder), posted)
    assert missing.status_code == 422
    wrong = una.post(address(alder), {**posted, "password": "not the password"})
    assert wrong.status_code == 422
    assert b"That is not your password." in wrong.content
    assert count(alder, within) == 0
    right = una.post(address(alder), {**posted, "password": PASSWORD})
    assert right.status_code == 302
    assert count(alder, within) == 1
    assert b'type="password"' not in una.get(address(alder)).content


def test_without_the_declaration_nothing_goes_in(
    alder: Any, within: Any, ready: None, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    response = una.post(address(alder), hidden(una.get(address(alder))))
    assert response.status_code == 422
    assert b"Work is assessed only with its declaration" in response.content
    assert count(alder, within) == 0


def test_two_tabs_make_one_submission(alder: Any, within: Any, ready: None, signed_in: Any) -> None:
    una = signed_in(alder.una)
    posted = {**hidden(una.get(address(alder))), "agreed": "on"}
    assert una.post(address(alder), posted).status_code == 302
    second = una.post(address(alder), posted)
    assert second.status_code == 409
    assert b"Nothing was handed in" in second.content
    assert b"with the assessor already" in second.content
    assert count(alder, within) == 1


def test_a_change_in_another_tab_is_named(
    alder: Any, within: Any, ready: None, add: Any, criteria: Any, signed_in: Any
) -> None:
    from portfolios.actions import make_claim

    una = signed_in(alder.una)
    posted = {**hidden(una.get(address(alder))), "agreed": "on"}
    with within(alder.centre):
        extra = add(alder.una_registration, "extra.pdf", pdf_number(8))
        make_claim(actor=alder.una, centre=alder.centre, evidence=extra, criterion=criteria["1.1"])
    changed = una.post(address(alder), posted)
    assert changed.status_code == 409
    assert b"E3 came in." in changed.content
    assert count(alder, within) == 0
    again = una.post(address(alder), {**hidden(changed), "agreed": "on"})
    assert again.status_code == 302


def test_the_check_list_says_what_is_missing(alder: Any, add: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).get(address(alder))
    text = response.content.decode()
    assert response.status_code == 200
    assert "3.4 has no evidence yet: claim an item for it." in text
    assert "Declare and hand in" not in text


def test_handing_in_what_is_not_ready_is_refused(alder: Any, within: Any, signed_in: Any) -> None:
    posted = {"agreed": "on", "declaration_version": 1, "shown_digest": "0" * 64}
    response = signed_in(alder.una).post(address(alder), posted)
    assert response.status_code == 422
    assert b"1.1 has no evidence yet" in response.content
    assert count(alder, within) == 0


@pytest.mark.parametrize(
    ("who", "status"), [("ted", 404), ("pat", 403), ("max", 403), ("eve", 403)]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_hands_in_anothers_work(
    method: str, who: str, status: int, alder: Any, ready: None, signed_in: Any
) -> None:
    response = getattr(signed_in(getattr(alder, who)), method)(address(alder))
    assert response.status_code == status


def test_another_centres_registration_is_not_found(alder: Any, birch: Any, signed_in: Any) -> None:
    assert signed_in(alder.una).get(address(alder, birch.una_registration)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_constant(
    rows: int,
    alder: Any,
    within: Any,
    make_ready: Any,
    signed_in: Any,
    django_assert_num_queries: Any,
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration, items=rows)
    una = signed_in(alder.una, ago=None)
    with django_assert_num_queries(14):
        una.get(address(alder))


WHO = {
    "una": 200,
    "pat": 200,
    "tia": 200,
    "jo": 200,
    "lea": 200,
    "max": 200,
    "ada": 200,
    "ted": 404,
    "kit": 404,
    "eve": 403,
}


@pytest.mark.parametrize(("who", "status"), WHO.items())
def test_what_was_handed_in_is_read_by_those_it_reaches(
    who: str, status: int, alder: Any, within: Any, ready: None, hand_in: Any, signed_in: Any
) -> None:
    with within(alder.centre):
        made = hand_in(alder.una_registration)
    url = reverse("portfolios:submission", args=[alder.centre.slug, made.pk])
    response = signed_in(getattr(alder, who)).get(url)
    assert response.status_code == status
    if status == 200:
        assert b"2 items of evidence" in response.content
        assert b"With the assessor" in response.content


def test_a_decided_submission_leads_to_its_sheet(
    alder: Any, within: Any, ready: None, hand_in: Any, signed_in: Any
) -> None:
    with within(alder.centre):
        made = hand_in(alder.una_registration)
        close_submission(
            actor=alder.pat,
            submission=made,
            outcome="referral",
            at=datetime.datetime.now(datetime.UTC),
        )
    url = reverse("portfolios:submission", args=[alder.centre.slug, made.pk])
    response = signed_in(alder.una).get(url)
    sheet = reverse("assessment:submission-sheet", args=[alder.centre.slug, made.pk])
    assert sheet.encode() in response.content


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_it_takes_a_constant_number_of_queries(
    rows: int,
    alder: Any,
    within: Any,
    make_ready: Any,
    hand_in: Any,
    signed_in: Any,
    django_assert_num_queries: Any,
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration, items=rows)
        made = hand_in(alder.una_registration)
    una = signed_in(alder.una)
    with django_assert_num_queries(15):
        una.get(reverse("portfolios:submission", args=[alder.centre.slug, made.pk]))


def odd(content: Any) -> tuple[str, str]:
    """A text made up by the browser, with the digest that fits it."""
    text = canonical_json(content).decode()
    return text, sha256_hex(text.encode())


MADE_UP = {
    "deep": ("[" * 200_000, "0" * 64),
    "deep item": ('{"items":' * 5_000 + "1" + "}" * 5_000, "0" * 64),
    "infinite": ('{"items":1e400}', "0" * 64),
    "no number": ('{"items":NaN}', "0" * 64),
    "large": ('{"items":9007199254740993}', "0" * 64),
    "half a character": ('{"items":"\\ud800"}', "0" * 64),
    "half a key": ('{"\\udfff":1}', "0" * 64),
    "no JSON": ("{", "0" * 64),
    "a list": odd([1]),
    "items are a number": odd({"items": 1}),
    "items are nothing": odd({"items": None}),
    "items are words": odd({"items": ["E1"]}),
    "items without numbers": odd({"items": [{}]}),
    "items without digests": odd({"items": [{"number": 1}, {"number": 2}]}),
    "a list as number": odd({"items": [{"number": []}]}),
    "a word as number": odd({"items": [{"number": "one"}]}),
    "no items": odd({}),
}


@pytest.mark.parametrize("name", MADE_UP)
def test_a_made_up_manifest_is_refused_like_any_change(
    name: str, alder: Any, within: Any, ready: None, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    text, digest = MADE_UP[name]
    posted = {**hidden(una.get(address(alder))), "agreed": "on"}
    posted |= {"shown_manifest": text, "shown_digest": digest}
    response = una.post(address(alder), posted)
    assert response.status_code == 409
    assert b"What you were shown has changed since" in response.content
    assert count(alder, within) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("declaration_version", "9" * 5000),
        ("declaration_version", "1e400"),
        ("shown_digest", "0" * 65),
        ("shown_digest", "\0"),
        ("shown_manifest", "\0"),
    ],
)
def test_hidden_fields_that_no_page_shows_are_refused(
    field: str, value: str, alder: Any, within: Any, ready: None, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    posted = {**hidden(una.get(address(alder))), "agreed": "on", field: value}
    assert una.post(address(alder), posted).status_code in {409, 422}
    assert count(alder, within) == 0


def test_its_headers_can_be_asked_for_alone(alder: Any, within: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).head(address(alder))
    assert (response.status_code, response.content) == (200, b"")
    assert count(alder, within) == 0
