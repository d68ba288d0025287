"""The people page: who sees it, who acts, and what roles may begin and end."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centres.actions import end_membership, start_membership
from centres.models import Membership, Role, User
from centres.refusals import Refusal, TransitionError
from tests.cast import Cast, make_user
from tests.centres.events import events_after, last_seq

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]


def url(name: str, cast: Cast, *ids: object) -> str:
    return reverse(f"centres:{name}", args=[cast.centre.slug, *ids])


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


# The page


@pytest.mark.parametrize(
    ("who", "status"),
    [("max", 200), ("ada", 200), ("jo", 403), ("pat", 403), ("una", 403), ("eve", 403)],
)
def test_manager_and_administrator_see_the_people(
    alder: Cast, client: Client, sign_in: SignIn, who: str, status: int
) -> None:
    assert sign_in(client, getattr(alder, who)).get(url("people", alder)).status_code == status


def test_the_page_names_everybody_of_the_centre_and_nobody_else(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    page = sign_in(client, alder.max).get(url("people", alder)).content.decode()
    assert [person for person in alder.people if person.email not in page] == []
    assert [person for person in birch.people if person.email in page] == []


def test_the_administrator_reads_and_the_manager_acts(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    end = url("people-membership-end", alder, membership(alder.kit).pk)
    assert end in sign_in(client, alder.max).get(url("people", alder)).content.decode()
    assert end not in sign_in(client, alder.ada).get(url("people", alder)).content.decode()
    assert client.get(end).status_code == 403
    assert client.post(end, {"on": timezone.localdate()}).status_code == 403
    assert membership(alder.kit).ends_on is None


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_takes_twelve_queries_whatever_the_rows(
    alder: Cast,
    client: Client,
    sign_in: SignIn,
    more: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(more):
        person = make_user(f"more{number}@alder.example.org", f"More {number}")
        Membership.objects.create(centre=alder.centre, user=person, role=Role.TUTOR)
    sign_in(client, alder.max)
    with django_assert_num_queries(12):
        client.get(url("people", alder))


# A further role


def test_the_manager_gives_a_member_a_further_role(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    before = last_seq(alder.centre)
    answer = sign_in(client, alder.max).post(
        url("people-role-add", alder, alder.jo.pk), {"role": "assessor"}
    )
    assert answer.status_code == 302
    given = Membership.objects.get(user=alder.jo, role=Role.ASSESSOR)
    assert (given.centre, given.starts_on, given.ends_on) == (
        alder.centre,
        timezone.localdate(),
        None,
    )
    assert events_after(alder.centre, before) == [("membership.started", alder.max, given.pk)]


@pytest.mark.usefixtures("in_alder")
def test_a_role_held_is_not_among_the_choices_and_refused(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    page = sign_in(client, alder.max)
    address = url("people-role-add", alder, alder.jo.pk)
    assert 'value="iqa"' not in page.get(address).content.decode()
    assert page.post(address, {"role": "iqa"}).status_code == 422
    before = last_seq(alder.centre)
    with pytest.raises(TransitionError):
        start_membership(actor=alder.max, centre=alder.centre, user=alder.jo, role=Role.IQA)
    assert events_after(alder.centre, before) == []


@pytest.mark.usefixtures("in_alder")
def test_who_is_not_a_member_is_invited_instead(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    address = url("people-role-add", alder, birch.jo.pk)
    assert sign_in(client, alder.max).get(address).status_code == 404
    with pytest.raises(Refusal):
        start_membership(actor=alder.max, centre=alder.centre, user=birch.jo, role=Role.IQA)
    assert not Membership.objects.filter(user=birch.jo, centre=alder.centre).exists()


@pytest.mark.parametrize("who", ["ada", "lea", "una"])
@pytest.mark.usefixtures("in_alder")
def test_only_the_manager_gives_roles(alder: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        start_membership(
            actor=getattr(alder, who), centre=alder.centre, user=alder.una, role=Role.MANAGER
        )


@pytest.mark.usefixtures("in_alder")
def test_the_manager_of_another_centre_gives_no_role_here(alder: Cast, birch: Cast) -> None:
    with pytest.raises(PermissionDenied):
        start_membership(actor=birch.max, centre=alder.centre, user=alder.una, role=Role.TUTOR)


# The end of a role


def test_a_role_ends_today_after_a_page_that_says_what_that_means(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    address = url("people-membership-end", alder, membership(alder.kit).pk)
    before = last_seq(alder.centre)
    page = sign_in(client, alder.max).get(address)
    assert "Assessor" in page.content.decode()
    assert client.post(address, {"on": timezone.localdate().isoformat()}).status_code == 302
    ended = membership(alder.kit)
    assert (ended.ends_on, ended.is_active) == (timezone.localdate(), False)
    assert events_after(alder.centre, before) == [("membership.ended", alder.max, ended.pk)]


@pytest.mark.usefixtures("in_alder")
def test_an_ended_role_can_be_given_again_the_same_day(alder: Cast) -> None:
    start_membership(actor=alder.max, centre=alder.centre, user=alder.kit, role=Role.TUTOR)
    assessor = Membership.objects.get(user=alder.kit, role=Role.ASSESSOR)
    end_membership(
        actor=alder.max, centre=alder.centre, membership=assessor, on=timezone.localdate()
    )
    again = start_membership(
        actor=alder.max, centre=alder.centre, user=alder.kit, role=Role.ASSESSOR
    )
    assert again.is_active


@pytest.mark.parametrize("days", [-1, -400])
@pytest.mark.usefixtures("in_alder")
def test_a_role_does_not_end_in_the_past(alder: Cast, days: int) -> None:
    before = last_seq(alder.centre)
    on = timezone.localdate() + datetime.timedelta(days=days)
    with pytest.raises(Refusal, match="past"):
        end_membership(
            actor=alder.max, centre=alder.centre, membership=membership(alder.kit), on=on
        )
    assert membership(alder.kit).ends_on is None
    assert events_after(alder.centre, before) == []


@pytest.mark.usefixtures("in_alder")
def test_an_end_to_come_can_be_brought_forward_and_not_put_off(alder: Cast) -> None:
    today = timezone.localdate()
    ending: dict[str, Any] = {"actor": alder.max, "centre": alder.centre}
    later = today + datetime.timedelta(days=30)
    end_membership(**ending, membership=membership(alder.kit), on=later)
    assert membership(alder.kit).is_active
    with pytest.raises(TransitionError):
        end_membership(**ending, membership=membership(alder.kit), on=later)
    end_membership(**ending, membership=membership(alder.kit), on=today)
    assert not membership(alder.kit).is_active


def test_the_last_manager_stays(alder: Cast, client: Client, sign_in: SignIn) -> None:
    before = last_seq(alder.centre)
    address = url("people-membership-end", alder, membership(alder.max).pk)
    answer = sign_in(client, alder.max).post(address, {"on": timezone.localdate().isoformat()})
    assert answer.status_code == 422
    assert "always has a centre manager" in answer.content.decode()
    assert membership(alder.max).ends_on is None
    assert events_after(alder.centre, before) == []


@pytest.mark.usefixtures("in_alder")
def test_a_manager_whose_own_end_is_set_or_login_closed_does_not_count(alder: Cast) -> None:
    second = start_membership(
        actor=alder.max, centre=alder.centre, user=alder.ada, role=Role.MANAGER
    )
    ending: dict[str, Any] = {"centre": alder.centre, "membership": membership(alder.max)}
    Membership.objects.filter(pk=second.pk).update(
        ends_on=timezone.localdate() + datetime.timedelta(days=2)
    )
    with pytest.raises(Refusal, match="last one"):
        end_membership(actor=alder.max, on=timezone.localdate(), **ending)
    Membership.objects.filter(pk=second.pk).update(ends_on=None)
    User.objects.filter(pk=alder.ada.pk).update(is_active=False)
    with pytest.raises(Refusal, match="last one"):
        end_membership(actor=alder.max, on=timezone.localdate(), **ending)
    User.objects.filter(pk=alder.ada.pk).update(is_active=True)
    end_membership(actor=alder.max, on=timezone.localdate(), **ending)
    assert not membership(alder.max).is_active


@pytest.mark.usefixtures("in_alder")
def test_a_membership_of_another_centre_is_not_found(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    address = url("people-membership-end", alder, membership(birch.kit).pk)
    sign_in(client, alder.max)
    assert client.get(address).status_code == 404
    assert client.post(address, {"on": timezone.localdate()}).status_code == 404
    with pytest.raises(Membership.DoesNotExist):
        end_membership(
            actor=alder.max,
            centre=alder.centre,
            membership=membership(birch.kit),
            on=timezone.localdate(),
        )
    assert membership(birch.kit).ends_on is None


def test_the_times_are_the_centres(alder: Cast, client: Client, sign_in: SignIn) -> None:
    """In a centre east of here, a role that begins tomorrow by our clock may hold already."""
    alder.centre.time_zone = "Pacific/Kiritimati"
    alder.centre.save()
    ahead = timezone.localdate(timezone=datetime.timezone(datetime.timedelta(hours=14)))
    Membership.objects.filter(user=alder.max).update(starts_on=ahead)
    assert sign_in(client, alder.max).get(url("people", alder)).status_code == 200
    Membership.objects.filter(user=alder.max).update(starts_on=ahead + datetime.timedelta(days=1))
    assert client.get(url("people", alder)).status_code == 404
