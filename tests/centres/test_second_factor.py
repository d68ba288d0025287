"""A second step: at sign-in, at the door of a centre that asks for it, and before a signature."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import urlencode

from centres.actions import set_second_factor
from centres.models import Centre, Membership, Role, Signature, User
from centres.reauthentication import ProofForm, fresh_proof, prove
from centres.refusals import Refusal
from centres.signatures import Manifest, Proof, sign
from centres.tenancy import centre_context
from tests.cast import PASSWORD, Cast, make_user
from tests.centres.events import events_after, last_seq

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
METHODS = "account_authentication_methods"


def give_app(user: User) -> None:
    """An authenticator app and the recovery codes that come with it."""
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def give_passkey(user: User) -> None:
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )


def code_now(secret: str = SECRET) -> str:
    """What the app shows; each code is taken once, so the tests never need a second."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def recovery_codes(user: User) -> list[str]:
    held = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return list(RecoveryCodes(held).get_unused_codes())


def require(cast: Cast) -> None:
    """As the manager would have it, whatever the manager has."""
    Centre.objects.filter(pk=cast.centre.pk).update(requires_second_factor=True)
    cast.centre.refresh_from_db()


def add_record(client: Client, **record: Any) -> None:
    session = client.session
    session[METHODS] = [*session[METHODS], {"at": time.time(), **record}]
    session.save()


# At sign-in


def test_a_password_alone_signs_nobody_in_who_has_an_app(alder: Cast, client: Client) -> None:
    give_app(alder.pat)
    page = reverse("assessment:queue", args=["alder"])
    credentials = {"login": alder.pat.email, "password": PASSWORD}
    answer = client.post(reverse("account_login"), credentials)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(page)["Location"].startswith(reverse("account_login"))
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.get(page).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert answer.status_code == 302
    assert client.get(page).status_code == 200
    assert [record["method"] for record in client.session[METHODS]] == ["password", "mfa"]


def test_a_recovery_code_signs_in_once(alder: Cast) -> None:
    give_app(alder.pat)
    code = recovery_codes(alder.pat)[0]
    for expected in (302, 200):
        client = Client()
        client.post(reverse("account_login"), {"login": alder.pat.email, "password": PASSWORD})
        answer = client.post(reverse("mfa_authenticate"), {"code": code})
        assert answer.status_code == expected


def test_the_sign_in_page_offers_a_passkey_within_our_csp(client: Client) -> None:
    answer = client.get(reverse("account_login"), {"next": "/c/alder/mine/"})
    page = answer.content.decode()
    assert "Sign in with a passkey" in page
    assert 'name="next" value="/c/alder/mine/"' in page.partition('id="mfa_login"')[2]
    assert "unsafe" not in answer["Content-Security-Policy"]
    options = client.get(
        reverse("mfa_login_webauthn"), headers={"accept": "application/json"}
    ).json()
    assert options["request_options"]["publicKey"]["challenge"]


# At the door of a centre


@pytest.mark.parametrize("who", ["max", "ada", "pat", "jo", "lea", "tia", "eve"])
def test_staff_without_a_second_step_are_told_what_to_do(
    alder: Cast, client: Client, sign_in: SignIn, who: str
) -> None:
    sign_in(client, getattr(alder, who))
    address = reverse("centres:notices", args=["alder"])
    assert client.get(address).status_code == 200
    require(alder)
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "A second step is needed" in page
    assert reverse("mfa_add_webauthn") in page
    assert reverse("mfa_activate_totp") in page
    assert "Registrations" not in page, "no way round the centre"


def test_every_page_of_the_centre_is_shut_to_them(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    sign_in(client, alder.max)
    for name in ("people", "registrations", "settings", "notices"):
        page = client.get(reverse(f"centres:{name}", args=["alder"])).content.decode()
        assert "A second step is needed" in page
    before = last_seq(alder.centre)
    answer = client.post(
        reverse("centres:people-invite", args=["alder"]),
        {"full_name": "Nia", "email": "nia@example.org", "role": "tutor"},
    )
    assert answer.status_code == 403
    assert events_after(alder.centre, before) == []


def test_learners_and_people_of_other_centres_come_in_as_before(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    for person, slug in ((alder.una, "alder"), (birch.max, "birch")):
        page = sign_in(client, person).get(reverse("centres:notices", args=[slug]))
        assert page.status_code == 200
    Membership.objects.create(centre=alder.centre, user=alder.una, role=Role.TUTOR)
    sign_in(client, alder.una)
    assert client.get(reverse("centres:notices", args=["alder"])).status_code == 403


def test_a_stranger_learns_nothing_of_the_rule(
    alder: Cast, outsider: User, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    address = reverse("centres:notices", args=["alder"])
    assert sign_in(client, outsider).get(address).status_code == 404


def test_recovery_codes_alone_are_no_second_step(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    RecoveryCodes.activate(alder.pat)
    answer = sign_in(client, alder.pat).get(reverse("assessment:queue", args=["alder"]))
    assert answer.status_code == 403


def test_a_session_from_before_proves_it_once_and_comes_back(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    give_app(alder.pat)
    sign_in(client, alder.pat)
    address = reverse("assessment:queue", args=["alder"])
    led = client.get(address)
    assert led["Location"] == f"{reverse('mfa_reauthenticate')}?{urlencode({'next': address})}"
    assert client.get(led["Location"]).status_code == 200
    back = client.post(reverse("mfa_reauthenticate"), {"code": code_now(), "next": address})
    assert back["Location"] == address
    assert client.get(address).status_code == 200


def test_who_has_only_a_passkey_is_led_to_it(alder: Cast, client: Client, sign_in: SignIn) -> None:
    require(alder)
    give_passkey(alder.pat)
    sign_in(client, alder.pat)
    address = reverse("assessment:queue", args=["alder"])
    assert client.get(address)["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))
    add_record(client, method="mfa", type="webauthn")
    assert client.get(address).status_code == 200


def test_an_app_is_set_up_and_the_way_back_is_a_button(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    require(alder)
    sign_in(client, alder.pat)
    address = reverse("assessment:queue", args=["alder"])
    assert client.get(address).status_code == 403
    assert "Back to where you were" not in client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    shown = answer.content.decode()
    assert "Back to where you were" in shown
    assert f'href="{address}"' in shown
    assert f'href="{address}"' in client.get(reverse("mfa_index")).content.decode()
    answer = client.get(address)
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("mfa_reauthenticate"), {"code": code_now(secret), "next": address})
    assert client.get(address).status_code == 200
    assert "Back to where you were" not in client.get(reverse("mfa_index")).content.decode()


# The setting


def test_the_manager_asks_it_of_everybody_and_it_is_recorded(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    give_app(alder.max)
    address = reverse("centres:settings", args=["alder"])
    page = sign_in(client, alder.max).get(address).content.decode()
    assert "Pat Willow of Alder" in page
    assert "Max Cedar of Alder" not in page.partition("Without a second step")[2]
    before = last_seq(alder.centre)
    add_record(client, method="mfa", type="totp")
    assert client.post(address, {"requires_second_factor": "on"}).status_code == 302
    assert Centre.objects.get(pk=alder.centre.pk).requires_second_factor
    assert client.post(address, {"requires_second_factor": "on"}).status_code == 302
    assert events_after(alder.centre, before) == [
        ("centre.second_factor_set", alder.max, alder.centre.pk)
    ], "what is so already is no event"
    assert client.post(address, {}).status_code == 302
    assert not Centre.objects.get(pk=alder.centre.pk).requires_second_factor


def test_a_manager_who_has_none_would_shut_themselves_out(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    before = last_seq(alder.centre)
    address = reverse("centres:settings", args=["alder"])
    answer = sign_in(client, alder.max).post(address, {"requires_second_factor": "on"})
    assert answer.status_code == 422
    assert "this would shut you out" in answer.content.decode()
    assert not Centre.objects.get(pk=alder.centre.pk).requires_second_factor
    assert events_after(alder.centre, before) == []


@pytest.mark.parametrize("who", ["ada", "lea", "pat", "una", "eve"])
def test_only_the_manager_sets_it(alder: Cast, client: Client, sign_in: SignIn, who: str) -> None:
    person = getattr(alder, who)
    give_app(person)
    address = reverse("centres:settings", args=["alder"])
    assert sign_in(client, person).get(address).status_code == 403
    with pytest.raises(PermissionDenied):
        set_second_factor(actor=person, centre=alder.centre, required=True)


# Before a signature


@pytest.fixture
def person() -> User:
    return make_user("ash@example.org", "Ash Pine")


def request_of(person: User, *records: dict[str, Any]) -> Any:
    request = RequestFactory().post("/c/alder/sign/")
    request.user = person
    request.session = SessionStore()
    request.session[METHODS] = list(records)
    request.session["account_authentication_methods_user"] = str(person.pk)
    return request


def ago(seconds: float, method: str, kind: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"method": method, "at": time.time() - seconds}
    return {**found, "type": kind} if kind else found


@pytest.mark.parametrize(
    ("records", "method"),
    [
        ([(20, "password")], None),
        ([(20, "mfa", "totp")], None),
        ([(20, "password"), (20, "mfa", "totp")], "totp"),
        ([(20, "password"), (20, "mfa", "recovery_codes")], "totp"),
        ([(400, "password"), (20, "mfa", "totp")], None),
        ([(20, "mfa", "webauthn")], "passkey"),
        ([(400, "mfa", "webauthn"), (20, "password")], None),
    ],
)
def test_who_has_a_second_step_proves_by_both(
    person: User, records: list[Any], method: str | None
) -> None:
    give_app(person)
    proof = fresh_proof(request_of(person, *(ago(*record) for record in records)))
    assert (proof.method if proof else None) == method


def test_the_age_of_both_is_that_of_the_older(person: User) -> None:
    give_app(person)
    both = (ago(250, "password"), ago(20, "mfa", "totp"))
    proof = fresh_proof(request_of(person, *both))
    assert proof is not None
    assert 245 < time.time() - proof.at.timestamp() < 260


def context_of(request: Any) -> Any:
    from allauth.core import context

    return context.request_context(request)


def test_the_form_asks_for_the_password_and_a_code(person: User) -> None:
    give_app(person)
    request = request_of(person)
    with context_of(request):
        assert set(ProofForm(request=request).fields) == {"password", "code"}
        form = ProofForm({"password": PASSWORD}, request=request)
        assert not form.is_valid()
        assert set(form.errors) == {"code"}
        assert form.proof is None
        form = ProofForm({"password": PASSWORD, "code": "000000"}, request=request)
        assert not form.is_valid()
        assert set(form.errors) == {"code"}
        form = ProofForm({"password": "wrong", "code": code_now()}, request=request)
        assert not form.is_valid()
        assert set(form.errors) == {"password"}
        form = ProofForm({"password": PASSWORD, "code": code_now()}, request=request)
        assert form.is_valid(), form.errors
        assert form.proof is not None
        assert form.proof.method == "totp"
        assert ProofForm(request=request).is_fresh


def test_a_recovery_code_counts_once(person: User) -> None:
    give_app(person)
    code = recovery_codes(person)[3]
    request = request_of(person)
    with context_of(request):
        assert prove(request, PASSWORD, code).method == "totp"
        with pytest.raises(Refusal, match="Each code is taken once"):
            prove(request_of(person), PASSWORD, code)


def test_a_passkey_is_enough_and_offered_beside_the_codes(person: User) -> None:
    give_passkey(person)
    RecoveryCodes.activate(person)
    form = ProofForm(request=request_of(person))
    assert form.passkey_url
    assert form.fields["code"].label == "Recovery code"
    assert ProofForm(request=request_of(person, ago(5, "mfa", "webauthn"))).is_fresh


def test_the_page_shows_what_the_form_asks_for(person: User) -> None:
    def shown(**words: str) -> str:
        form = ProofForm(request=request)
        return render_to_string("centres/_proof.html", {"form": form, **words})

    request = request_of(person)
    assert 'name="password"' in shown()
    assert 'name="code"' not in shown()
    give_app(person)
    assert 'name="code"' in shown()
    assert 'autocomplete="one-time-code"' in shown()
    assert "passkey" not in shown()
    give_passkey(person)
    assert "Use your passkey" in shown()
    request = request_of(person, ago(5, "mfa", "webauthn"))
    assert 'name="password"' not in shown()
    assert "less than five minutes ago" in shown()
    assert "One signature covers what is shown here." in shown()
    assert "It is put on record." in shown(covers="It is put on record.")


def test_who_has_none_gives_the_password_alone(person: User) -> None:
    assert set(ProofForm(request=request_of(person)).fields) == {"password"}


def sign_something(cast: Cast, person: User, permission: str, method: str) -> Signature:
    from centres.clock import database_now
    from centres.ledger import action

    @action
    def signing() -> Signature:
        manifest = Manifest({"what": "something"})
        return sign(
            actor=person,
            centre=cast.centre,
            permission=permission,
            purpose=Signature.Purpose.DECLARATION,
            subject_kind="test.thing",
            subject_id=uuid.uuid4(),
            sentence="It is so.",
            manifest=manifest,
            shown_digest=manifest.digest,
            proof=Proof(method=method, at=database_now()),
        )

    with centre_context(cast.centre.pk):
        return signing()


def test_a_centre_that_asks_for_it_takes_no_signature_of_staff_by_password_alone(
    alder: Cast,
) -> None:
    assert sign_something(alder, alder.pat, "see_queue", "password").method == "password"
    require(alder)
    with pytest.raises(Refusal, match="asks for a second step"):
        sign_something(alder, alder.pat, "see_queue", "password")
    for method in ("totp", "passkey"):
        assert sign_something(alder, alder.pat, "see_queue", method).method == method
    assert sign_something(alder, alder.una, "change_portfolio", "password").method == "password"
