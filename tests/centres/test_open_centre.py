"""Opening a centre from the command line, and its first manager's way in."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from centres.actions import invite_first_manager, open_centre
from centres.ledger import ledger_faults
from centres.models import Centre, Membership, User
from centres.refusals import Refusal
from centres.tenancy import centre_context
from tests.cast import Cast
from tests.centres.events import events_after, platform_events
from tests.centres.post import send_queued

pytestmark = pytest.mark.django_db
ARGUMENTS = ("cedar", "Cedar College", "098765", "max@cedar.example.org")


def run(capsys: pytest.CaptureFixture[str], *arguments: str, **options: Any) -> str:
    call_command("open_centre", *arguments, **options)
    return capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_a_real_installation_starts_with_one_command(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, *ARGUMENTS, manager="Max Cedar")
    centre = Centre.objects.get(slug="cedar")
    assert (centre.name, centre.number) == ("Cedar College", "098765")
    assert platform_events() == [("centre.opened", None, centre.pk)]
    found = re.search(r"http://\S+?(/c/cedar/invitation/[-\w]+/)", said)
    assert found
    assert send_queued(centre) == ["sent"]
    assert found[1] in str(mail.outbox[0].body)
    assert [message.to for message in mail.outbox] == [["max@cedar.example.org"]]
    client.post(found[1], {"full_name": "Max Cedar", "password": "three words apart"})
    assert Membership.objects.get(centre=centre).role == "manager"
    people = client.get(reverse("centres:people", args=["cedar"]))
    assert "Invite a person" in people.content.decode()
    assert [name for name, _, _ in events_after(centre, 0)] == [
        "member.invited",
        "invitation.accepted",
        "membership.started",
    ]
    with centre_context(centre.pk):
        assert list(ledger_faults(centre)) == []


def test_run_again_it_sends_a_new_link_and_the_old_one_stops(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    links = [
        re.findall(r"/c/cedar/invitation/[-\w]+/", run(capsys, *ARGUMENTS))[0] for _ in range(2)
    ]
    assert [client.get(link).status_code for link in links] == [410, 200]
    assert Centre.objects.filter(slug="cedar").count() == 1


def test_a_centre_that_has_a_manager_invites_by_itself(alder: Cast) -> None:
    with pytest.raises(CommandError, match="has a centre manager"):
        call_command("open_centre", "alder", "Alder Centre", "012345", "mallory@example.org")
    with centre_context(alder.centre.pk), pytest.raises(Refusal):
        invite_first_manager(centre=alder.centre, email="m@example.org", full_name="M")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Cedar College!", "Cedar", "1", "max@example.org"), "A centre needs an address"),
        (("cedar", "", "1", "max@example.org"), "A centre needs an address"),
        (("cedar", "Cedar", "1", "not an address"), "is not an e-mail address"),
    ],
)
def test_what_a_centre_can_not_have_is_refused(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("open_centre", *arguments)
    assert not Centre.objects.exists()
    assert platform_events() == []


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(CommandError, match="is not a time zone"):
        call_command("open_centre", *ARGUMENTS, time_zone="Europe/Atlantis")


def test_centres_are_opened_by_the_platforms_staff_alone(alder: Cast) -> None:
    with pytest.raises(PermissionDenied):
        open_centre(actor=alder.max, slug="mine", name="Mine", number="1")
    staff = User.objects.create_superuser("root@example.org", "long enough", full_name="Root")
    centre = open_centre(actor=staff, slug="mine", name="Mine", number="1")
    assert platform_events() == [("centre.opened", staff, centre.pk)]
