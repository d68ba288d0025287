"""Learners on a programme: the pages that place them, and where it is read."""

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import User
from centres.tenancy import centre_context
from portfolios.models import Evidence
from tests.assessment.scenes import signed
from tests.cast import Cast
from tests.quality.alignments import (
    TITLE,
    approve,
    approved,
    enrolled,
    filled,
    next_of,
    placed,
    programme_now,
    started,
)
from tests.quality.external import arranged
from tests.stage import make_work

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
PLACING_QUERIES = 13
PROGRAMME_QUERIES = 12
UNIT_QUERIES = 15
REGISTRATION_QUERIES = 15
ALIGNMENT_QUERIES = 15
FIRST = f"{TITLE}, version 1"
IN_UNIT = "strategies-1.1 of 8588-501"


def at(name: str, *args: object, app: str = "quality") -> str:
    return reverse(f"{app}:{name}", args=["alder", *args])


def unit_at(cast: Cast, who: str = "una") -> str:
    registration = getattr(cast, f"{who}_registration")
    return at("unit", registration.pk, cast.assessment.pk, app="portfolios")


def registration_at(cast: Cast) -> str:
    return at("registration", cast.una_registration.pk, app="centres")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def queries(client: Client, path: str) -> tuple[int, str]:
    shown(client, path)
    with CaptureQueriesContext(connection) as asked:
        page = shown(client, path)
    return len(asked), page


# Several at once, from the alignment


def test_learners_are_placed_from_the_alignment_and_named_there(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    sign_in(client, alder.max)
    path = at("alignment-learners", done.pk)
    page = shown(client, at("alignment", done.pk))
    assert path in page
    assert "Nobody yet." in page
    assert shown(client, path).count('name="registrations"') == 2
    ids = [alder.una_registration.pk, alder.ted_registration.pk]
    page = client.post(path, {"registrations": ids}, follow=True).content.decode()
    assert f"Placed on {FIRST}: 2." in page
    for person in (alder.una, alder.ted):
        assert person.full_name in page
    assert "Everybody follows it" in shown(client, path)


def test_a_draft_says_what_keeps_placing_shut_and_offers_no_ticks(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    draft = filled(alder)
    sign_in(client, alder.max)
    path = reverse("quality:alignment-learners", args=["alder", draft.pk])
    page = html.unescape(client.get(path).content.decode())
    assert "Learners follow a programme once its alignment is approved." in page
    link = reverse("quality:alignment", args=["alder", draft.pk])
    assert f'<li><a href="{link}">Have this version approved by name first.</a></li>' in page
    assert 'name="registrations"' not in page
    assert "Place those ticked" not in page


def test_a_version_that_was_replaced_leads_to_the_newer_one(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    first = approved(alder)
    second = approve(alder, next_of(alder, first))
    sign_in(client, alder.max)
    path = reverse("quality:alignment-learners", args=["alder", first.pk])
    page = client.get(path).content.decode()
    link = reverse("quality:alignment-learners", args=["alder", second.pk])
    assert f'<a href="{link}">Place learners on version 2.</a>' in page
    assert 'name="registrations"' not in page


def test_nobody_ticked_is_said_and_nobody_placed(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    sign_in(client, alder.max)
    answer = client.post(at("alignment-learners", done.pk), {})
    assert answer.status_code == 422
    assert "Nobody is ticked" in answer.content.decode()
    assert programme_now(alder) == ""


def test_a_newer_version_says_who_follows_the_earlier_one_and_ticks_them(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    first = approved(alder)
    placed(alder, first)
    second = approve(alder, next_of(alder, first))
    sign_in(client, alder.max)
    assert "1 learner still follows version 1" in shown(client, at("alignment", second.pk))
    old = shown(client, at("alignment", first.pk))
    assert "They stay on this version until they are placed on" in old
    assert at("alignment-learners", first.pk) not in old
    page = shown(client, at("alignment-learners", second.pk))
    assert page.count(" checked>") == 1
    assert FIRST in page
    late = client.post(
        at("alignment-learners", first.pk), {"registrations": [alder.ted_registration.pk]}
    )
    assert late.status_code == 409
    link = at("alignment-learners", second.pk)
    assert f'<a href="{link}">Place learners on version 2.</a>' in late.content.decode()
    assert 'name="registrations"' not in late.content.decode()
    assert "A newer version is approved." in shown(client, registration_at(alder))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_of_learners_ask_no_more_queries_for_more_of_them(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    done, other = approved(alder), approved(alder, title="Orchard Hands")
    placed(alder, done, registrations=enrolled(alder, rows))
    sign_in(client, alder.max)
    count, page = queries(client, at("alignment", done.pk))
    assert page.count("Further</a>") == rows
    assert count == ALIGNMENT_QUERIES
    count, page = queries(client, at("alignment-learners", other.pk))
    assert page.count(FIRST) == rows
    assert count == PLACING_QUERIES


# One, from the registration


def test_one_registration_is_placed_changed_and_taken_off(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    sign_in(client, alder.ada)
    path = at("programme", alder.una_registration.pk)
    assert path in shown(client, registration_at(alder))
    page = client.post(path, {"alignment": done.pk}, follow=True).content.decode()
    assert f"follows {FIRST}." in page
    assert at("alignment", done.pk) in page
    assert "A registration was placed on an approved programme" in page
    (ticked,) = re.findall(r"<input[^>]* checked[^>]*>", shown(client, path))
    assert str(done.pk) in ticked
    page = client.post(path, {"alignment": ""}, follow=True).content.decode()
    assert "follows no programme now." in page
    assert programme_now(alder) == ""


def test_only_approved_alignments_of_the_pathway_are_offered(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.max)
    path = at("programme", alder.una_registration.pk)
    draft = filled(alder, started(alder, title="Orchard Drafts"))
    assert "No programme to choose" in shown(client, path)
    first = approved(alder)
    second = approve(alder, next_of(alder, first))
    page = shown(client, path)
    assert f"{TITLE}, version 2" in page
    assert FIRST not in page
    assert "Orchard Drafts" not in page
    for refused in (draft, first):
        assert client.post(path, {"alignment": refused.pk}).status_code == 422
    assert client.post(path, {"alignment": second.pk}).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_choice_asks_no_more_queries_for_more_programmes(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    made = [approved(alder, title=f"Programme {number}") for number in range(rows)]
    placed(alder, made[0])
    sign_in(client, alder.max)
    count, page = queries(client, at("programme", alder.una_registration.pk))
    assert page.count("Programme ") >= rows
    assert count == PROGRAMME_QUERIES
    count, page = queries(client, registration_at(alder))
    assert "Programme 0, version 1" in page
    assert count == REGISTRATION_QUERIES


# Where it is read


@pytest.mark.parametrize("rows", [1, 3])
def test_the_unit_reads_the_programme_in_no_query_more(
    alder: Cast, client: Client, sign_in: SignIn, rows: int
) -> None:
    signed(alder, referred=("1.3",))
    with centre_context(alder.centre.pk):
        for _ in range(rows - 1):
            make_work(alder, alder.una, alder.una_registration)
        assert Evidence.objects.for_centre(alder.centre).count() == rows
    sign_in(client, alder.una)
    count, page = queries(client, unit_at(alder))
    assert "In your programme" not in page
    placed(alder, approved(alder))
    again, page = queries(client, unit_at(alder))
    assert page.count("In your programme") == 11
    assert (count, again) == (UNIT_QUERIES, UNIT_QUERIES)


def test_only_the_learner_who_follows_it_and_their_staff_read_it(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.ted)
    before = shown(client, unit_at(alder, "ted"))
    placed(alder, approved(alder))
    placed(birch, approved(birch, title="Birch Leaders"))
    assert words(shown(client, unit_at(alder, "ted"))) == words(before)
    assert client.get(unit_at(alder)).status_code == 404
    sign_in(client, alder.una)
    page = shown(client, unit_at(alder))
    assert IN_UNIT in page
    assert "evidence-3.4 of 8588-501" in page
    assert "Birch Leaders" not in page
    assert FIRST in page
    sign_in(client, alder.pat)
    page = shown(client, unit_at(alder))
    assert "In the programme" in page
    assert IN_UNIT in page


def words(page: str) -> str:
    """What a page says, without its tokens."""
    return re.sub(r"<[^>]*>", "", page.split("<main")[1].split("</main>", maxsplit=1)[0])


def test_who_does_not_read_registrations_reads_no_learners_on_the_alignment(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    done = approved(alder)
    placed(alder, done)
    arranged(alder)
    for person, reads in (
        (alder.lea, True),
        (alder.ada, True),
        (alder.pat, False),
        (alder.tia, False),
        (alder.eve, False),
    ):
        sign_in(client, person)
        page = shown(client, at("alignment", done.pk))
        assert (alder.una.full_name in page) is reads, person
        assert ("Learners who follow it" in page) is reads
        assert (at("alignment-learners", done.pk) in page) is (person == alder.ada)
