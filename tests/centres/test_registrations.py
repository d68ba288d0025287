"""The registrations' pages: figures that match their rows, filters, forms and their refusals."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centres.actions import (
    allocate_assessor,
    enrol_learner,
    record_registration,
    release_assessor,
)
from centres.models import Allocation, Membership, Registration, Role, User
from centres.queries import PAGE_SIZE, RegistrationFilter, registration_list, waiting_for_manager
from centres.tenancy import centre_context
from qualifications.models import Pathway
from qualifications.rules import judge_term
from tests.cast import Cast, make_user
from tests.centres.events import events_after, last_seq

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
Day = datetime.date


def url(name: str, cast: Cast, *ids: object) -> str:
    return reverse(f"centres:{name}", args=[cast.centre.slug, *ids])


def days_ago(days: int) -> Day:
    return timezone.localdate() - datetime.timedelta(days=days)


def add(cast: Cast, name: str, *, since: Day, number: str = "", code: str = "8588-21") -> Any:
    """One more learner, registered on the day of enrolment where a number is given."""
    learner = make_user(f"{name.lower()}@{cast.centre.slug}.example.org", name)
    Membership.objects.create(centre=cast.centre, user=learner, role=Role.LEARNER, starts_on=since)
    with centre_context(cast.centre.pk):
        made = enrol_learner(
            actor=cast.max,
            centre=cast.centre,
            learner=learner,
            pathway=Pathway.objects.get(code=code, specification__centre_id=None),
            certificate_name=name,
            date_of_birth=Day(1985, 1, 1),
            enrolled_on=since,
        )
        if number:
            record_registration(
                actor=cast.max,
                centre=cast.centre,
                registration=made,
                number=number,
                registered_on=since,
            )
    return made


@pytest.fixture
def mixed(alder: Cast) -> Cast:
    """Beside Una and Ted: one expired, one about to, one without a number; all without assessor."""
    add(alder, "Finn", since=days_ago(3 * 365 + 30), number="AL-0100")
    add(alder, "Esi", since=days_ago(3 * 365 - 40), number="AL-0101", code="8588-31")
    add(alder, "Asha", since=days_ago(20))
    return alder


def names(cast: Cast, **chosen: Any) -> list[str]:
    """The first word of each listed learner's name, in order."""
    with centre_context(cast.centre.pk):
        found = registration_list(cast.centre, RegistrationFilter(**chosen), 1)
    return [row.certificate_name.split()[0] for row in found.rows]


# The list


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("max", 200),
        ("ada", 200),
        ("jo", 200),
        ("lea", 200),
        ("pat", 403),
        ("una", 403),
        ("tia", 403),
        ("eve", 403),
    ],
)
def test_who_sees_the_registrations(
    alder: Cast, client: Client, sign_in: SignIn, who: str, status: int
) -> None:
    sign_in(client, getattr(alder, who))
    one = url("registration", alder, alder.una_registration.pk)
    assert client.get(url("registrations", alder)).status_code == status
    assert client.get(one).status_code == status


def test_a_stranger_finds_nothing_and_a_guest_is_asked_to_sign_in(
    alder: Cast, client: Client, sign_in: SignIn, outsider: User
) -> None:
    address = url("registrations", alder)
    assert client.get(address).status_code == 302
    assert sign_in(client, outsider).get(address).status_code == 404


def test_each_figure_is_the_number_of_rows_behind_its_link(
    mixed: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    page = sign_in(client, mixed.max).get(url("registrations", mixed)).content.decode()
    figures = dict(re.findall(r'<a href="\?show=(\w+)">.*?(\d+)</b>', page))
    assert figures == {
        "active": "3",
        "soon": "1",
        "expired": "1",
        "unregistered": "1",
        "unassessed": "3",
    }
    for show, count in figures.items():
        rows = client.get(url("registrations", mixed), {"show": show}).content.decode()
        assert rows.count('role="rowheader"') == int(count), show


@pytest.mark.parametrize(("left", "expired"), [(-1, True), (0, False), (1, False)])
def test_the_list_the_row_and_the_rule_agree_on_the_last_day(
    alder: Cast, left: int, expired: bool
) -> None:
    today = timezone.localdate()
    ends = today + datetime.timedelta(days=left)
    with centre_context(alder.centre.pk):
        held = alder.una_registration
        Registration.objects.for_centre(alder.centre).filter(pk=held.pk).update(expires_on=ends)
        held.refresh_from_db()
        shown = registration_list(alder.centre, RegistrationFilter(show="expired"), 1).rows
    assert judge_term(ends, today, None).met is not expired
    assert held.has_expired() is expired
    assert [row.has_expired for row in shown] == [True] * expired


def test_the_soonest_to_expire_comes_first_and_the_order_can_be_changed(mixed: Cast) -> None:
    assert names(mixed) == ["Finn", "Esi", "Ted", "Una", "Asha"]
    assert names(mixed, sort="learner") == ["Asha", "Esi", "Finn", "Ted", "Una"]
    assert names(mixed, sort="learner", descending=True) == ["Una", "Ted", "Finn", "Esi", "Asha"]
    assert names(mixed, sort="enrolled")[0] == "Finn"


def test_text_finds_names_and_numbers_and_pathways_narrow(mixed: Cast) -> None:
    assert names(mixed, text="finn") == ["Finn"]
    assert names(mixed, text="AL-010") == ["Finn", "Esi"]
    assert names(mixed, text="0362 ted") == ["Ted"]
    diploma = Pathway.objects.get(code="8588-31", specification__centre_id=None)
    assert names(mixed, pathway=diploma.pk) == ["Esi"]
    assert names(mixed, pathway=diploma.pk, show="unregistered") == []


def test_what_can_not_be_read_in_the_address_is_left_out(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    address = url("registrations", alder)
    sign_in(client, alder.max)
    for query in (
        {"show": "x' OR 1=1"},
        {"pathway": "not-a-uuid"},
        {"sort": "password"},
        {"page": "0"},
        {"page": "999999999999"},
        {"q": "%_\\"},
        {"q": "x" * 5000},
    ):
        assert client.get(address, query).status_code == 200, query


def test_an_assessor_whose_role_has_ended_counts_as_none(mixed: Cast) -> None:
    Membership.objects.filter(user=mixed.pat).update(ends_on=timezone.localdate())
    assert set(names(mixed, show="unassessed")) == {"Finn", "Esi", "Asha", "Una"}
    with centre_context(mixed.centre.pk):
        assert waiting_for_manager(mixed.centre, mixed.max) == 4


def test_what_waits_for_the_manager_is_counted_once_each(mixed: Cast) -> None:
    with centre_context(mixed.centre.pk):
        assert waiting_for_manager(mixed.centre, mixed.max) == 3


def test_more_than_a_page_is_paged_and_the_filter_is_kept(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    pathway = alder.una_registration.pathway
    learners = User.objects.bulk_create(
        User(email=f"many{n}@alder.example.org", full_name=f"Many {n:03}")
        for n in range(PAGE_SIZE + 3)
    )
    with centre_context(alder.centre.pk):
        Registration.objects.bulk_create(
            Registration(
                centre=alder.centre,
                learner=learner,
                pathway=pathway,
                certificate_name=learner.full_name,
                date_of_birth=Day(1985, 1, 1),
            )
            for learner in learners
        )
    first = sign_in(client, alder.max).get(url("registrations", alder), {"q": "many"})
    assert first.content.decode().count('role="rowheader"') == PAGE_SIZE
    assert "1–50 of 53" in first.content.decode()
    onward = re.search(r'href="(\?[^"]*page=2[^"]*)"', first.content.decode())
    assert onward
    assert "q=many" in onward[1]
    second = client.get(url("registrations", alder) + onward[1].replace("&amp;", "&"))
    assert second.content.decode().count('role="rowheader"') == 3


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_takes_fifteen_queries_whatever_the_rows(
    alder: Cast, client: Client, sign_in: SignIn, more: int, django_assert_num_queries: Any
) -> None:
    for number in range(more):
        made = add(alder, f"More{number}", since=days_ago(10), number=f"AL-07{number}")
        with centre_context(alder.centre.pk):
            allocate_assessor(
                actor=alder.max, centre=alder.centre, registration=made, assessor=alder.kit
            )
    sign_in(client, alder.max)
    with django_assert_num_queries(15):
        client.get(url("registrations", alder))


@pytest.mark.parametrize("more", [1, 3])
def test_one_registration_takes_fifteen_queries_whatever_its_history(
    alder: Cast, client: Client, sign_in: SignIn, more: int, django_assert_num_queries: Any
) -> None:
    for _ in range(more):
        for act in (allocate_assessor, release_assessor):
            with centre_context(alder.centre.pk):
                act(
                    actor=alder.max,
                    centre=alder.centre,
                    registration=alder.una_registration,
                    assessor=alder.kit,
                )
    sign_in(client, alder.max)
    with django_assert_num_queries(15):
        client.get(url("registration", alder, alder.una_registration.pk))


# One registration


def test_the_page_says_what_comes_next(mixed: Cast, client: Client, sign_in: SignIn) -> None:
    sign_in(client, mixed.max)
    with centre_context(mixed.centre.pk):
        by_name = {r.certificate_name: r for r in Registration.objects.for_centre(mixed.centre)}

    def page(name: str) -> str:
        return client.get(url("registration", mixed, by_name[name].pk)).content.decode()

    assert "Next: record the registration number" in page("Asha")
    assert "Next: allocate an assessor" in page("Esi")
    assert "This registration has expired" in page("Finn")
    assert "Next:" not in page(mixed.una.full_name)


def test_the_history_tells_what_happened_in_words(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    page = sign_in(client, alder.max).get(url("registration", alder, alder.ted_registration.pk))
    told = re.findall(r"<strong>(.*?)</strong>\s*<p>\s*by (.*?),", page.content.decode())
    manager = alder.max.full_name
    assert told == [
        ("A learner was enrolled on a pathway", manager),
        ("The awarding body&#x27;s registration number was recorded", manager),
        (f"An assessor was allocated to a registration: {alder.pat.full_name}", manager),
        (f"An assessor was allocated to a registration: {alder.kit.full_name}", manager),
    ]


def test_who_only_reads_sees_no_birthday_and_no_links_to_act(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    one = url("registration", alder, alder.una_registration.pk)
    number = url("registration-number", alder, alder.una_registration.pk)
    manager = sign_in(client, alder.max).get(one).content.decode()
    assert ("17 May 1990" in manager, number in manager) == (True, True)
    iqa = sign_in(client, alder.jo).get(one).content.decode()
    assert ("17 May 1990" in iqa, number in iqa) == (False, False)
    assert client.get(number).status_code == 403


# Forms


def test_a_learner_is_enrolled_on_the_page(alder: Cast, client: Client, sign_in: SignIn) -> None:
    diploma = Pathway.objects.get(code="8588-31", specification__centre_id=None)
    before = last_seq(alder.centre)
    answer = sign_in(client, alder.max).post(
        url("registration-new", alder),
        {
            "learner": alder.una.pk,
            "pathway": diploma.pk,
            "certificate_name": "Una Hornbeam",
            "date_of_birth": "1990-05-17",
            "enrolled_on": "2026-03-02",
        },
    )
    with centre_context(alder.centre.pk):
        made = Registration.objects.for_centre(alder.centre).get(pathway=diploma)
    assert answer["Location"] == url("registration", alder, made.pk)
    assert events_after(alder.centre, before) == [("learner.enrolled", alder.max, made.pk)]


def test_under_eighteen_is_refused_on_the_page_and_nothing_typed_is_lost(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    diploma = Pathway.objects.get(code="8588-31", specification__centre_id=None)
    before = last_seq(alder.centre)
    answer = sign_in(client, alder.max).post(
        url("registration-new", alder),
        {
            "learner": alder.una.pk,
            "pathway": diploma.pk,
            "certificate_name": "Una H. Hornbeam",
            "date_of_birth": "2009-02-02",
            "enrolled_on": "2026-03-02",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "takes learners from 18 years" in page
    assert "enrol from 2 Feb 2027" in page
    assert "8588 handbook" in page
    assert 'value="Una H. Hornbeam"' in page
    assert 'value="2009-02-02"' in page
    assert events_after(alder.centre, before) == []


def test_choices_of_another_centre_are_refused_and_change_no_row(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    before = [last_seq(alder.centre), last_seq(birch.centre)]
    sign_in(client, alder.max)
    enrol = url("registration-new", alder)
    page = client.get(enrol).content.decode()
    assert alder.una.full_name in page
    assert birch.una.full_name not in page
    diploma = Pathway.objects.get(code="8588-31", specification__centre_id=None)
    answer = client.post(
        enrol,
        {
            "learner": birch.una.pk,
            "pathway": diploma.pk,
            "certificate_name": "Una",
            "date_of_birth": "1990-05-17",
            "enrolled_on": "2026-03-02",
        },
    )
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.content.decode()
    answer = client.post(
        url("registration-allocate", alder, alder.una_registration.pk),
        {"assessor": birch.kit.pk},
    )
    assert answer.status_code == 422
    assert [last_seq(alder.centre), last_seq(birch.centre)] == before
    with centre_context(alder.centre.pk):
        assert Registration.objects.for_centre(alder.centre).count() == 2
        assert Allocation.objects.for_centre(alder.centre).count() == 3


def test_the_number_is_recorded_and_a_taken_one_refused(
    mixed: Cast, client: Client, sign_in: SignIn
) -> None:
    with centre_context(mixed.centre.pk):
        asha = Registration.objects.for_centre(mixed.centre).get(certificate_name="Asha")
    address = url("registration-number", mixed, asha.pk)
    today = timezone.localdate().isoformat()
    refused = sign_in(client, mixed.max).post(
        address, {"number": "AL-0361", "registered_on": today}
    )
    assert refused.status_code == 422
    assert "Another registration of this centre" in refused.content.decode()
    assert client.post(address, {"number": "AL-0200", "registered_on": today}).status_code == 302
    with centre_context(mixed.centre.pk):
        asha.refresh_from_db()
    assert asha.number == "AL-0200"


def test_an_assessor_is_allocated_and_released_on_the_page(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    one = alder.una_registration.pk
    before = last_seq(alder.centre)
    sign_in(client, alder.max)
    added = client.post(url("registration-allocate", alder, one), {"assessor": alder.kit.pk})
    assert added.status_code == 302
    twice = client.post(url("registration-allocate", alder, one), {"assessor": alder.kit.pk})
    assert twice.status_code == 409
    release = url("registration-release", alder, one, alder.kit.pk)
    assert client.get(release).status_code == 200
    assert client.post(release).status_code == 302
    assert client.post(release).status_code == 404, "released already"
    assert events_after(alder.centre, before) == [
        ("assessor.allocated", alder.max, one),
        ("assessor.released", alder.max, one),
    ]


@pytest.mark.parametrize("name", ["registration", "registration-number", "registration-allocate"])
def test_a_registration_of_another_centre_is_not_found(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn, name: str
) -> None:
    foreign = url(name, alder, birch.una_registration.pk)
    assert sign_in(client, alder.max).get(foreign).status_code == 404
    assert client.post(foreign).status_code in (404, 405)
    assert client.get(url(name, alder, alder.una_registration.pk)).status_code == 200
