"""A person whose role has ended is a stranger at the very next request."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centres.actions import end_membership, record_registration, start_membership
from centres.models import Membership, Role, User
from centres.tenancy import centre_context
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]


def test_the_next_request_of_a_removed_member_finds_nothing(alder: Cast, sign_in: SignIn) -> None:
    ada = sign_in(Client(), alder.ada)
    pages = [
        reverse("centres:registrations", args=["alder"]),
        reverse("centres:registration", args=["alder", alder.una_registration.pk]),
        reverse("centres:people", args=["alder"]),
    ]
    assert [ada.get(page).status_code for page in pages] == [200, 200, 200]
    manager = sign_in(Client(), alder.max)
    held = Membership.objects.get(user=alder.ada)
    manager.post(
        reverse("centres:people-membership-end", args=["alder", held.pk]),
        {"on": timezone.localdate().isoformat()},
    )
    assert [ada.get(page).status_code for page in pages] == [404, 404, 404]


@pytest.mark.usefixtures("in_alder")
def test_a_removed_member_posts_in_vain(alder: Cast, sign_in: SignIn) -> None:
    ada = sign_in(Client(), alder.ada)
    held = Membership.objects.get(user=alder.ada)
    end_membership(actor=alder.max, centre=alder.centre, membership=held, on=timezone.localdate())
    answer = ada.post(
        reverse("centres:registration-number", args=["alder", alder.una_registration.pk]),
        {"number": "AL-9999", "registered_on": "2026-02-16"},
    )
    assert answer.status_code == 404
    with centre_context(alder.centre.pk):
        alder.una_registration.refresh_from_db()
        assert alder.una_registration.number == "AL-0361"
        with pytest.raises(PermissionDenied):
            record_registration(
                actor=alder.ada,
                centre=alder.centre,
                registration=alder.una_registration,
                number="AL-9999",
                registered_on=alder.una_registration.enrolled_on,
            )


@pytest.mark.usefixtures("in_alder")
def test_one_role_ended_leaves_the_others(alder: Cast, sign_in: SignIn) -> None:
    start_membership(actor=alder.max, centre=alder.centre, user=alder.ada, role=Role.TUTOR)
    ada = sign_in(Client(), alder.ada)
    held = Membership.objects.get(user=alder.ada, role=Role.ADMINISTRATOR)
    end_membership(actor=alder.max, centre=alder.centre, membership=held, on=timezone.localdate())
    assert ada.get(reverse("centres:registrations", args=["alder"])).status_code == 403


def test_a_role_in_one_centre_opens_nothing_in_another(
    alder: Cast, birch: Cast, sign_in: SignIn
) -> None:
    Membership.objects.create(
        centre=birch.centre, user=alder.max, role=Role.LEARNER, starts_on="2026-01-05"
    )
    both = sign_in(Client(), alder.max)
    assert both.get(reverse("centres:people", args=["alder"])).status_code == 200
    assert both.get(reverse("centres:people", args=["birch"])).status_code == 403


def test_a_closed_login_is_asked_to_sign_in(alder: Cast, sign_in: SignIn) -> None:
    ada = sign_in(Client(), alder.ada)
    User.objects.filter(pk=alder.ada.pk).update(is_active=False)
    answer = ada.get(reverse("centres:people", args=["alder"]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
