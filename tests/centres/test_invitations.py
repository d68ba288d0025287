"""Invitations: sent, taken up once by the right person, and every other link told apart."""

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from centres.actions import accept_invitation, invite_person, withdraw_invitation
from centres.invitations import token_again, token_digest
from centres.models import Invitation, Membership, Role, User
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from tests.cast import PASSWORD, Cast
from tests.centres.events import events_after, last_seq, platform_events
from tests.centres.post import send_queued

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
GOOD = "three words apart"


def invite(cast: Cast, email: str = "nia@example.org", role: Role = Role.LEARNER) -> str:
    """Invite as the manager does; the token is returned."""
    with centre_context(cast.centre.pk):
        _, token = invite_person(
            actor=cast.max, centre=cast.centre, email=email, full_name="Nia Sycamore", role=role
        )
    return token


def link(cast: Cast, token: str) -> str:
    return reverse("centres:invitation", args=[cast.centre.slug, token])


def only(cast: Cast) -> Invitation:
    """The centre's one invitation as it stands."""
    with centre_context(cast.centre.pk):
        return Invitation.objects.for_centre(cast.centre).get()


def change(cast: Cast, **fields: Any) -> None:
    with centre_context(cast.centre.pk):
        Invitation.objects.for_centre(cast.centre).update(**fields)


# Sending


@pytest.mark.django_db(transaction=True)
def test_the_manager_invites_and_the_link_goes_out_by_mail(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    before = last_seq(alder.centre)
    answer = sign_in(client, alder.max).post(
        reverse("centres:people-invite", args=["alder"]),
        {"full_name": "Nia Sycamore", "email": "Nia@Example.org", "role": "learner"},
        follow=True,
    )
    assert "The link goes to nia@example.org" in answer.content.decode()
    invitation = only(alder)
    assert events_after(alder.centre, before) == [("member.invited", alder.max, invitation.pk)]
    assert invitation.expires_at - invitation.invited_at >= datetime.timedelta(days=13, hours=23)
    assert mail.outbox == [], "a worker sends it"
    assert send_queued(alder.centre) == ["sent"]
    (message,) = mail.outbox
    assert message.to == ["nia@example.org"]
    found = re.search(r"/c/alder/invitation/([-\w]+)/", str(message.body))
    assert found
    assert len(found[1]) == 43, "256 bits"
    assert invitation.token_digest == token_digest(found[1])
    assert found[1] not in answer.content.decode()
    assert Client().get(found[0]).status_code == 200


def test_the_link_is_kept_nowhere_and_made_again_only_until_it_has_gone(alder: Cast) -> None:
    token = invite(alder)
    held = only(alder)
    assert token not in str(vars(held))
    assert token_again(held) == token
    with override_settings(SECRET_KEY="another site's key"), pytest.raises(ValueError):
        token_again(held)
    assert send_queued(alder.centre) == ["sent"]
    gone = only(alder)
    assert (gone.mail, gone.token_salt) == ("sent", "")
    with pytest.raises(ValueError):
        token_again(gone)
    assert Client().get(link(alder, token)).status_code == 200


def test_a_key_that_is_rotated_between_inviting_and_sending_changes_no_link(
    alder: Cast, settings: Any
) -> None:
    token = invite(alder)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key that came after"
    assert send_queued(alder.centre) == ["sent"]
    assert link(alder, token) in str(mail.outbox[0].body)


def test_an_invitation_that_is_closed_by_now_is_not_sent(alder: Cast) -> None:
    invite(alder)
    change(alder, withdrawn_at=timezone.now())
    assert send_queued(alder.centre) == ["nothing to say"]
    assert mail.outbox == []
    assert only(alder).mail == "none"


class DownBackend(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError(111, "Connection refused")


def test_a_mail_server_that_is_down_costs_nothing_and_the_manager_has_the_link(
    alder: Cast, client: Client, sign_in: SignIn, settings: Any
) -> None:
    token = invite(alder)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"
    assert send_queued(alder.centre) == ["again"]
    people = sign_in(client, alder.max).get(reverse("centres:people", args=["alder"]))
    assert "E-mail waits to be sent" in people.content.decode()
    before = last_seq(alder.centre)
    shown = client.post(reverse("centres:invitation-link", args=["alder", only(alder).pk]))
    assert link(alder, token) in shown.content.decode()
    assert events_after(alder.centre, before) == [
        ("invitation.link_shown", alder.max, only(alder).pk)
    ]
    settings.EMAIL_BACKEND = working
    assert send_queued(alder.centre) == ["not due"], "it rests after a try that went wrong"
    change(alder, mail_lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert send_queued(alder.centre) == ["sent"]


def test_a_link_that_has_gone_out_or_is_closed_is_not_shown(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    invite(alder)
    address = reverse("centres:invitation-link", args=["alder", only(alder).pk])
    assert sign_in(client, alder.max).get(address).status_code == 405
    assert send_queued(alder.centre) == ["sent"]
    answer = client.post(address)
    assert answer.status_code == 409
    assert "/invitation/" not in answer.content.decode().partition("<main")[2].replace(
        "/people/invitations/", ""
    )
    change(alder, withdrawn_at=timezone.now())
    assert client.post(address).status_code in {409, 422}


@pytest.mark.parametrize(
    "content",
    [
        {"full_name": "", "email": "nia@example.org", "role": "learner"},
        {"full_name": "Nia", "email": "not an address", "role": "learner"},
        {"full_name": "Nia", "email": "nia@example.org", "role": "owner"},
        {"full_name": "Nia", "email": "nia@example.org\nBcc: all@example.org", "role": "learner"},
        {},
    ],
)
def test_what_can_not_be_sent_is_said_on_the_form(
    alder: Cast, client: Client, sign_in: SignIn, content: dict[str, str]
) -> None:
    before = last_seq(alder.centre)
    address = reverse("centres:people-invite", args=["alder"])
    assert sign_in(client, alder.max).post(address, content).status_code == 422
    with centre_context(alder.centre.pk):
        assert not Invitation.objects.for_centre(alder.centre).exists()
    assert events_after(alder.centre, before) == []


@pytest.mark.parametrize("who", ["ada", "lea", "pat", "una"])
def test_only_the_manager_invites(alder: Cast, client: Client, sign_in: SignIn, who: str) -> None:
    address = reverse("centres:people-invite", args=["alder"])
    assert sign_in(client, getattr(alder, who)).get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        invite_person(
            actor=getattr(alder, who),
            centre=alder.centre,
            email="nia@example.org",
            full_name="Nia",
            role=Role.LEARNER,
        )


def test_a_second_open_invitation_to_the_same_role_is_refused(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    invite(alder)
    before = last_seq(alder.centre)
    answer = sign_in(client, alder.max).post(
        reverse("centres:people-invite", args=["alder"]),
        {"full_name": "Nia Sycamore", "email": "NIA@example.org", "role": "learner"},
    )
    assert answer.status_code == 409
    assert "Withdraw it before sending another" in answer.content.decode()
    assert events_after(alder.centre, before) == []
    invite(alder, role=Role.TUTOR)


def test_a_role_that_the_person_has_is_not_offered_again(alder: Cast) -> None:
    with pytest.raises(TransitionError):
        invite(alder, email=alder.pat.email, role=Role.ASSESSOR)


# Withdrawing


def test_the_manager_withdraws_and_the_link_stops_working(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    token = invite(alder)
    before = last_seq(alder.centre)
    address = reverse("centres:invitation-withdraw", args=["alder", only(alder).pk])
    assert sign_in(client, alder.max).get(address).status_code == 200
    assert only(alder).withdrawn_at is None, "a GET changes nothing"
    assert client.post(address).status_code == 302
    assert events_after(alder.centre, before) == [
        ("invitation.withdrawn", alder.max, only(alder).pk)
    ]
    answer = Client().get(link(alder, token))
    assert answer.status_code == 410
    assert "has withdrawn this invitation" in answer.content.decode()
    assert client.post(address).status_code == 409


def test_an_invitation_taken_up_or_of_another_centre_is_not_withdrawn(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    token = invite(alder)
    Client().post(link(alder, token), {"full_name": "Nia", "password": GOOD})
    with centre_context(alder.centre.pk), pytest.raises(TransitionError):
        withdraw_invitation(actor=alder.max, centre=alder.centre, invitation=only(alder))
    invite(birch)
    foreign = reverse("centres:invitation-withdraw", args=["alder", only(birch).pk])
    assert sign_in(client, alder.max).post(foreign).status_code == 404
    assert only(birch).withdrawn_at is None


# Taking up, as a new person


def test_a_new_person_chooses_a_password_and_is_in(alder: Cast, client: Client) -> None:
    token = invite(alder)
    before = last_seq(alder.centre)
    page = client.get(link(alder, token))
    assert page.status_code == 200
    assert "nia@example.org" in page.content.decode()
    answer = client.post(link(alder, token), {"full_name": "Nia Sycamore", "password": GOOD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    nia = User.objects.get(email="nia@example.org")
    assert nia.full_name == "Nia Sycamore"
    assert nia.check_password(GOOD)
    assert not nia.is_staff
    held = Membership.objects.get(user=nia)
    assert (held.centre, held.role, held.ends_on) == (alder.centre, "learner", None)
    assert events_after(alder.centre, before) == [
        ("invitation.accepted", nia, only(alder).pk),
        ("membership.started", nia, held.pk),
    ]
    assert platform_events()[-1] == ("person.signed_in", nia, nia.pk)
    assert client.get(reverse("centres:people", args=["alder"])).status_code == 403, "signed in"
    assert (only(alder).accepted_by, only(alder).accepted_at is None) == (nia, False)


@pytest.mark.parametrize("password", ["", "short", "password123", "nia@example.org"])
def test_a_password_that_is_easily_guessed_is_refused(
    alder: Cast, client: Client, password: str
) -> None:
    token = invite(alder)
    before = last_seq(alder.centre)
    content = {"full_name": "Nia Sycamore", "password": password}
    assert client.post(link(alder, token), content).status_code == 422
    assert not User.objects.filter(email="nia@example.org").exists()
    assert events_after(alder.centre, before) == []


def test_a_login_without_a_password_is_refused_by_the_action_too(alder: Cast) -> None:
    token = invite(alder)
    with centre_context(alder.centre.pk), pytest.raises(Refusal):
        accept_invitation(token=token, centre=alder.centre)


def test_the_address_can_not_be_chosen_by_who_has_the_link(alder: Cast, client: Client) -> None:
    token = invite(alder)
    client.post(
        link(alder, token),
        {"full_name": "Nia", "password": GOOD, "email": "mallory@example.org", "role": "manager"},
    )
    assert not User.objects.filter(email="mallory@example.org").exists()
    assert Membership.objects.get(user__email="nia@example.org").role == "learner"


# Taking up, as a person with a login


def test_a_person_with_a_login_signs_in_first(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    token = invite(birch, email=alder.pat.email, role=Role.ASSESSOR)
    page = client.get(link(birch, token))
    assert f"{reverse('account_login')}?next=/c/birch/invitation/" in page.content.decode()
    content = {"full_name": "Mallory", "password": GOOD}
    client.post(link(birch, token), content)
    assert only(birch).accepted_at is None
    assert User.objects.get(pk=alder.pat.pk).check_password(PASSWORD), "the password is theirs"
    before = last_seq(birch.centre)
    sign_in(client, alder.pat)
    assert "Take up the role" in client.get(link(birch, token)).content.decode()
    assert client.post(link(birch, token)).status_code == 302
    held = Membership.objects.get(user=alder.pat, centre=birch.centre)
    assert events_after(birch.centre, before) == [
        ("invitation.accepted", alder.pat, only(birch).pk),
        ("membership.started", alder.pat, held.pk),
    ]


@pytest.mark.parametrize("invited", ["pat@alder.example.org", "nia@example.org"])
def test_somebody_else_does_not_take_it_up(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn, invited: str
) -> None:
    token = invite(birch, email=invited, role=Role.ASSESSOR)
    sign_in(client, alder.kit)
    assert "You are signed in as somebody else" in client.get(link(birch, token)).content.decode()
    assert client.post(link(birch, token), {"full_name": "K", "password": GOOD}).status_code == 409
    assert only(birch).accepted_at is None
    assert not Membership.objects.filter(user=alder.kit, centre=birch.centre).exists()


def test_the_action_refuses_somebody_else_and_a_closed_login(alder: Cast, birch: Cast) -> None:
    token = invite(birch, email=alder.pat.email, role=Role.ASSESSOR)
    with centre_context(birch.centre.pk):
        for user in (None, alder.kit):
            with pytest.raises(Refusal):
                accept_invitation(token=token, centre=birch.centre, user=user, password=GOOD)
        User.objects.filter(pk=alder.pat.pk).update(is_active=False)
        with pytest.raises(Refusal):
            accept_invitation(token=token, centre=birch.centre, user=alder.pat)
    assert only(birch).accepted_at is None


# Links that don't work


@pytest.fixture
def used(alder: Cast) -> Iterator[str]:
    token = invite(alder)
    Client().post(link(alder, token), {"full_name": "Nia", "password": GOOD})
    yield token


def test_a_used_link_says_so(alder: Cast, used: str) -> None:
    answer = Client().get(link(alder, used))
    assert answer.status_code == 410
    assert "This invitation has been used" in answer.content.decode()
    again = Client().post(link(alder, used), {"full_name": "Mallory", "password": GOOD})
    assert again.status_code == 410
    assert Membership.objects.filter(user__email="nia@example.org").count() == 1


def test_an_expired_link_says_so(alder: Cast) -> None:
    token = invite(alder)
    change(alder, expires_at=timezone.now() - datetime.timedelta(seconds=1))
    for answer in (
        Client().get(link(alder, token)),
        Client().post(link(alder, token), {"full_name": "Nia", "password": GOOD}),
    ):
        assert answer.status_code == 410
        assert "This invitation has expired" in answer.content.decode()
    assert not User.objects.filter(email="nia@example.org").exists()


def test_a_link_of_another_centre_is_as_unknown_as_nonsense(alder: Cast, birch: Cast) -> None:
    token = invite(birch)
    foreign, nonsense = (Client().get(link(alder, t)) for t in (token, "x" * 43))
    assert (foreign.status_code, nonsense.status_code) == (404, 404)
    assert foreign.content.replace(token.encode(), b"") == nonsense.content.replace(b"x" * 43, b"")
    content = {"full_name": "Nia", "password": GOOD}
    assert Client().post(link(alder, token), content).status_code == 404
    with centre_context(alder.centre.pk), pytest.raises(Invitation.DoesNotExist):
        accept_invitation(token=token, centre=alder.centre, password=GOOD)
    assert not User.objects.filter(email="nia@example.org").exists()


def test_a_link_is_worth_nothing_in_a_centre_that_is_not_there() -> None:
    assert Client().get("/c/nowhere/invitation/abc/").status_code == 404


def test_nobody_registers_by_themselves() -> None:
    page = Client().get("/accounts/signup/")
    assert "password" not in page.content.decode().lower() or page.status_code != 200
    Client().post("/accounts/signup/", {"email": "mallory@example.org", "password1": GOOD})
    assert not User.objects.filter(email="mallory@example.org").exists()
