"""Where every registration stands: on whom it waits, for how long, and what narrows the list."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.actions import return_sheet
from centres.actions import enrol_learner
from centres.clock import database_now
from centres.models import Allocation, Centre, Registration, Role, User
from quality.queries.where import WhereFilter, WhereRow, where_page
from tests.assessment.scenes import signed, submitted
from tests.cast import Cast, make_user
from tests.quality.external import (
    DAY,
    arranged,
    chosen,
    held,
    kept,
    released,
    reported,
    status_of,
)

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def rows_of(cast: Cast, within: Within, **chosen_by: Any) -> dict[str, WhereRow]:
    """The rows by the learner's first name."""
    with within(cast.centre):
        page = where_page(cast.centre, WhereFilter(**chosen_by), 1)
        rows = list(page.page.object_list)
    return {row.registration.certificate_name.split()[0]: row for row in rows}


def una(cast: Cast, within: Within) -> tuple[str, str, tuple[str, ...], str]:
    row = rows_of(cast, within)["Una"]
    return row.word, row.waits.on, row.waits.names, row.waits.what


def names(people: tuple[str, ...]) -> list[str]:
    return [name.split()[0] for name in people]


def test_each_step_waits_on_whom_it_should(alder: Cast, within: Within) -> None:
    word, on, people, what = una(alder, within)
    assert (word, on, names(people), what) == ("Nothing started", "learner", ["Una"], "hand in")
    sheet = signed(alder)
    word, on, people, what = una(alder, within)
    assert (word, on, people, what) == ("501 decided", "iqa", (), "release")
    released(alder, sheet)
    assert una(alder, within)[:2] == ("501 internally confirmed", "eqa")
    status_of(alder)
    assert una(alder, within)[1:] == ("centre", (), "claim")
    assert list(rows_of(alder, within, show="claim")) == ["Una"]
    held(alder)
    assert una(alder, within)[:2] == ("501 on hold", "centre")
    assert rows_of(alder, within, show="claim") == {}
    assert list(rows_of(alder, within, show="held")) == ["Una"]


def test_submitted_work_waits_on_its_assessors(alder: Cast, within: Within) -> None:
    submitted(alder)
    word, on, people, what = una(alder, within)
    assert (word, on, names(people), what) == ("501 in assessment", "assessor", ["Pat"], "decide")
    with within(alder.centre):
        rows = kept(Allocation, alder).filter(registration=alder.una_registration)
        rows.update(ends_on=timezone.localdate())
    assert una(alder, within)[1:] == ("centre", (), "allocate an assessor")


def test_returned_work_waits_on_its_assessor_again(alder: Cast, within: Within) -> None:
    sheet = signed(alder)
    with within(alder.centre):
        return_sheet(
            actor=alder.jo, centre=alder.centre, sheet=sheet, reason="1.3.", at=database_now()
        )
    word, on, _, what = una(alder, within)
    assert (word, on, what) == ("501 returned", "assessor", "decide again")


def test_a_referral_waits_on_the_learner(alder: Cast, within: Within) -> None:
    signed(alder, referred=("1.3",))
    assert una(alder, within)[:2] == ("501 referral", "learner")
    assert rows_of(alder, within)["Una"].passes == 0


def test_confirmed_work_counts_as_passed(alder: Cast, within: Within) -> None:
    sheet = signed(alder)
    released(alder, sheet)
    reported(alder, sheet)
    row = rows_of(alder, within)["Una"]
    assert (row.passes, row.word, row.days) == (1, "500 not started", 0)


def test_work_is_stuck_after_more_than_a_fortnight(alder: Cast, within: Within) -> None:
    assert rows_of(alder, within)["Una"].is_stuck  # enrolled long ago, nothing handed in
    submitted(alder)
    row = rows_of(alder, within)["Una"]
    assert (row.days, row.is_stuck) == (0, False)
    assert list(rows_of(alder, within, show="stuck")) == ["Ted"]


def test_an_expired_registration_waits_on_the_centre(alder: Cast, within: Within) -> None:
    with within(alder.centre):
        kept(Registration, alder).filter(pk=alder.una_registration.pk).update(
            expires_on=timezone.localdate() - DAY
        )
    assert una(alder, within)[:2] == ("Submission blocked", "centre")
    assert list(rows_of(alder, within, expires="expired")) == ["Una"]
    assert list(rows_of(alder, within, expires="running")) == ["Ted"]
    assert rows_of(alder, within, expires="soon") == {}


def test_the_list_is_narrowed_by_each_filter(alder: Cast, within: Within) -> None:
    submitted(alder)
    assert list(rows_of(alder, within, text="una horn")) == ["Una"]
    assert list(rows_of(alder, within, text=alder.ted_registration.number.lower())) == ["Ted"]
    assert list(rows_of(alder, within, on="assessor")) == ["Una"]
    assert list(rows_of(alder, within, on="learner")) == ["Ted"]
    pathway = alder.una_registration.pathway
    for known in (pathway.pk, pathway.specification.qualification_id):
        assert set(rows_of(alder, within, pathway=known)) == {"Una", "Ted"}
    assert rows_of(alder, within, pathway=alder.centre.pk) == {}


def test_an_unpublished_choice_of_the_eqa_moves_nothing(alder: Cast, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    before = rows_of(alder, within)
    chosen(alder, visit, sheet)
    assert rows_of(alder, within) == before


@pytest.mark.parametrize("who", ["max", "ada", "jo", "lea"])
def test_the_page_leads_to_record_and_registration(
    alder: Cast, client: Client, sign_in: SignIn, who: str
) -> None:
    sign_in(client, getattr(alder, who))
    args = [alder.centre.slug, alder.una_registration.pk]
    page = client.get(reverse("quality:where", args=args[:1])).content.decode()
    assert reverse("centres:registration", args=args) in page
    assert (reverse("quality:record", args=args) in page) == (who != "ada")


def test_figures_link_to_rows_and_nonsense_in_the_address_is_left_out(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.max)
    path = reverse("quality:where", args=[alder.centre.slug])
    page = client.get(path).content.decode()
    assert 'href="?show=stuck"' in page
    nonsense = {"on": "x", "expires": "y", "show": "z", "pathway": "1", "page": "nine"}
    assert "Una Hornbeam" in client.get(path, nonsense).content.decode()
    assert "No registration matches" in client.get(path, {"q": "nobody"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_no_more_queries_for_more_rows(
    alder: Cast, client: Client, sign_in: SignIn, within: Within, rows: int
) -> None:
    released(alder, signed(alder))
    if rows == 3:
        submitted(alder, "ted")
        cleo = make_user("cleo@alder.example.org", "Cleo Medlar")
        alder.centre.memberships.create(
            user=cleo, role=Role.LEARNER, starts_on=datetime.date(2026, 1, 5)
        )
        with within(alder.centre):
            enrol_learner(
                actor=alder.max,
                centre=alder.centre,
                learner=cleo,
                pathway=alder.una_registration.pathway,
                certificate_name="Cleo Medlar",
                date_of_birth=datetime.date(1990, 5, 17),
                enrolled_on=datetime.date(2026, 2, 2),
            )
    path = reverse("quality:where", args=[alder.centre.slug])
    sign_in(client, alder.max).get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(asked) == 14
