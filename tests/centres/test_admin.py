"""Django's admin: for the platform's staff, over centres, logins, the catalogue, nothing else."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from centres.models import Centre, CentreOwned, User
from tests.cast import Cast
from tests.centres.events import platform_events

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, db: None) -> User:
    """A member of the platform's staff, signed in."""
    person = User.objects.create_superuser("root@example.org", "long enough", full_name="Root")
    client.force_login(person)
    return person


def test_centres_logins_and_the_catalogue_are_all_there_is() -> None:
    others = {m for m in admin.site._registry if m._meta.app_label != "qualifications"}
    assert others == {Centre, User}
    assert not [model for model in admin.site._registry if issubclass(model, CentreOwned)]


@pytest.mark.parametrize("who", ["max", "lea", "una"])
def test_a_centres_people_do_not_get_in(alder: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(alder, who))
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:centres_user_changelist")).status_code == 302


def test_a_changed_centre_is_recorded(alder: Cast, client: Client, staff: User) -> None:
    address = reverse("admin:centres_centre_change", args=[alder.centre.pk])
    assert client.get(address).status_code == 200
    answer = client.post(
        address,
        {
            "name": "Alder College",
            "number": "012345",
            "time_zone": "Europe/London",
            "decide_within_days": "14",
            "slug": "mallory",
        },
    )
    assert answer.status_code == 302
    alder.centre.refresh_from_db()
    assert (alder.centre.name, alder.centre.slug) == ("Alder College", "alder")
    assert platform_events()[-1] == ("centre.changed", staff, alder.centre.pk)


def test_a_closed_login_is_recorded_and_nothing_is_added_or_deleted(
    alder: Cast, client: Client, staff: User
) -> None:
    address = reverse("admin:centres_user_change", args=[alder.pat.pk])
    answer = client.post(address, {"full_name": alder.pat.full_name})
    assert answer.status_code == 302
    alder.pat.refresh_from_db()
    assert not alder.pat.is_active
    assert platform_events()[-1] == ("person.changed", staff, alder.pat.pk)
    for model, pk in (("centre", alder.centre.pk), ("user", alder.pat.pk)):
        assert client.get(reverse(f"admin:centres_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:centres_{model}_add")).status_code == 403
        delete = reverse(f"admin:centres_{model}_delete", args=[pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=alder.pat.pk).exists()
