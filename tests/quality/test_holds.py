"""Placing a hold and lifting it, by action and on its pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.exceptions import PermissionDenied
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from centres.models import AuditEvent, Centre, Role, User
from centres.refusals import Refusal, TransitionError
from quality.actions.holds import lift_hold
from quality.models import Hold
from quality.queries.standings import sheet_standing
from quality.standing import Standing
from tests.assessment.scenes import new_events, refusing, signed
from tests.cast import Cast
from tests.quality.external import give_role, held, kept, refusing_is, released

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def test_a_hold_stands_beside_the_standing(alder: Cast, within: Within) -> None:
    sheet = signed(alder)
    released(alder, sheet)
    with new_events(alder) as events:
        held(alder)
    assert events == ["hold.placed"]
    with within(alder.centre):
        work = sheet_standing(alder.centre, sheet)
        assert (work.standing, work.holds) == (Standing.INTERNAL, ("appeal",))
        facts = kept(AuditEvent, alder).latest("seq").facts
        assert "The learner appeals." not in str(facts)


def test_work_is_held_before_anything_is_decided(alder: Cast) -> None:
    assert held(alder, kind="malpractice").kind == "malpractice"


@pytest.mark.parametrize("who", ["jo", "ada", "pat", "eve", "una"])
def test_only_manager_and_lead_iqa_hold_and_lift(alder: Cast, within: Within, who: str) -> None:
    hold = held(alder, actor=alder.lea)
    with pytest.raises(PermissionDenied):
        held(alder, "ted", actor=getattr(alder, who))
    with within(alder.centre), pytest.raises(PermissionDenied):
        lift_hold(actor=getattr(alder, who), centre=alder.centre, hold=hold, reason="Done.")


def test_a_reason_is_given_both_times(alder: Cast, within: Within) -> None:
    with refusing_is(alder, Refusal, "with a reason"):
        held(alder, reason="  ")
    hold = held(alder)
    with refusing_is(alder, Refusal, "with a reason"):
        lift_hold(actor=alder.max, centre=alder.centre, hold=hold, reason="")
    with within(alder.centre):
        assert kept(Hold, alder).get().lifted_at is None


def test_only_a_visit_places_the_external_kind(alder: Cast, within: Within) -> None:
    with refusing_is(alder, Refusal, "comes from their visit"):
        held(alder, kind="external")
    with within(alder.centre):
        assert not kept(Hold, alder).exists()


def test_work_is_held_once_for_one_thing(alder: Cast) -> None:
    held(alder)
    with refusing_is(alder, TransitionError, "already"):
        held(alder)
    assert held(alder, kind="sanction")


def test_a_lifted_hold_stays_as_it_is(alder: Cast, within: Within) -> None:
    hold = held(alder)
    with new_events(alder) as events, refusing(alder):
        lift_hold(actor=alder.lea, centre=alder.centre, hold=hold, reason="Upheld.")
    assert events == ["hold.lifted"]
    with refusing_is(alder, TransitionError, "lifted already"):
        lift_hold(actor=alder.max, centre=alder.centre, hold=hold, reason="Again.")
    with pytest.raises(ProgrammingError), within(alder.centre):
        kept(Hold, alder).update(lifted_because="Other.")


def test_the_pages_hold_and_lift(
    alder: Cast, within: Within, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.max)
    slug, pk = alder.centre.slug, alder.una_registration.pk
    page = reverse("quality:hold-place", args=[slug, pk, alder.assessment.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"kind": "appeal", "reason": ""}).status_code == 422
    answer = client.post(page, {"kind": "appeal", "reason": "An appeal of 3 May."})
    assert answer["Location"] == reverse("quality:record", args=[slug, pk])
    assert client.post(page, {"kind": "appeal", "reason": "Once more."}).status_code == 409
    with within(alder.centre):
        hold = kept(Hold, alder).get()
    page = reverse("quality:hold-lift", args=[slug, hold.pk])
    assert "An appeal of 3 May." in client.get(page).content.decode()
    assert client.post(page, {"reason": "Dismissed."}).status_code == 302
    assert client.post(page, {"reason": "Dismissed."}).status_code == 409


def test_an_assessment_of_another_pathway_is_not_found(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.max)
    page = reverse(
        "quality:hold-place",
        args=[alder.centre.slug, alder.una_registration.pk, alder.una_registration.pk],
    )
    assert client.get(page).status_code == 404


def test_nobody_lifts_a_hold_on_their_own_work(alder: Cast) -> None:
    hold = held(alder)
    give_role(alder, alder.una, Role.MANAGER)
    with refusing_is(alder, Refusal, "their own work"):
        lift_hold(actor=alder.una, centre=alder.centre, hold=hold, reason="Mine.")
