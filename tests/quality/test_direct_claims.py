"""Direct-claims status and what is claimed under it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment.models import Document
from centres.models import Centre, Role, User
from centres.refusals import Refusal, TransitionError
from quality.actions.direct_claims import (
    claim_sheets,
    confirm_direct_claims,
    end_direct_claims,
)
from quality.models import DirectClaims, ExternalConfirmation
from quality.queries.standings import sheet_standing
from quality.standing import Route, Standing
from tests.assessment.scenes import new_events, refusing, signed
from tests.cast import Cast
from tests.quality.external import (
    DAY,
    file,
    give_role,
    held,
    kept,
    qualification_of,
    refusing_is,
    released,
    status_of,
    told,
)

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def claim(cast: Cast, *sheets: Any, actor: User | None = None) -> DirectClaims:
    with refusing(cast):
        return claim_sheets(
            actor=actor or cast.max,
            centre=cast.centre,
            qualification=qualification_of(cast),
            sheets=sheets,
        )


def test_a_status_is_recorded_and_the_second_person_asked(alder: Cast) -> None:
    with new_events(alder) as events:
        status_of(alder, confirmed=False)
    assert events == ["direct_claims.recorded"]
    assert told(alder, alder.lea) == ["direct_claims_recorded"]
    assert told(alder, alder.max) == []


@pytest.mark.parametrize("who", ["lea", "jo", "ada", "pat", "eve", "una"])
def test_only_a_manager_records_and_claims(alder: Cast, within: Within, who: str) -> None:
    person = getattr(alder, who)
    with pytest.raises(PermissionDenied):
        status_of(alder, actor=person)
    una = signed(alder)
    released(alder, una)
    status_of(alder)
    with pytest.raises(PermissionDenied):
        claim(alder, una, actor=person)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


def test_whoever_recorded_it_does_not_confirm_it(alder: Cast, within: Within) -> None:
    status = status_of(alder, confirmed=False)
    with refusing_is(alder, Refusal, "does not confirm"):
        confirm_direct_claims(actor=alder.max, centre=alder.centre, status=status)
    with pytest.raises(IntegrityError), within(alder.centre):
        kept(DirectClaims, alder).update(confirmed_by=alder.max, confirmed_at=timezone.now())
    give_role(alder, alder.tia, Role.MANAGER)
    with new_events(alder) as events, refusing(alder):
        confirm_direct_claims(actor=alder.tia, centre=alder.centre, status=status)
    assert events == ["direct_claims.confirmed"]
    with refusing_is(alder, TransitionError, "confirmed already"):
        confirm_direct_claims(actor=alder.lea, centre=alder.centre, status=status)


def test_claiming_confirms_and_issues_papers(alder: Cast, within: Within) -> None:
    una = signed(alder)
    released(alder, una)
    status_of(alder)
    with new_events(alder) as events:
        claim(alder, una)
    assert events == ["work.claimed", "document.queued", "document.queued"]
    with within(alder.centre):
        work = sheet_standing(alder.centre, una)
        assert (work.standing, work.route) == (Standing.EXTERNAL, Route.CLAIM)
        assert "DCS-1" in work.sentence
        assert kept(Document, alder).filter(sheet=una, standing="claimed").count() == 2
    assert told(alder, alder.una)[-1] == "work_confirmed"


@pytest.mark.parametrize("state", ["none", "unconfirmed", "ended", "later"])
def test_nothing_is_claimed_without_a_status_in_force(
    alder: Cast, within: Within, state: str
) -> None:
    una, today = signed(alder), timezone.localdate()
    released(alder, una)
    if state == "unconfirmed":
        status_of(alder, confirmed=False)
    elif state == "ended":
        status_of(alder, starts_on=today - 9 * DAY, ends_on=today - DAY)
    elif state == "later":
        status_of(alder, starts_on=today + DAY)
    with refusing_is(alder, Refusal, "No direct-claims status is in force"):
        claim(alder, una)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


def test_only_internally_confirmed_unheld_passes_are_claimed(alder: Cast, within: Within) -> None:
    una, ted = signed(alder), signed(alder, "ted", referred=("1.3",))
    status_of(alder)
    for sheets, match in (((una,), "does not allow"), ((ted,), "referral"), ((), "ticked")):
        with refusing_is(alder, Refusal, match):
            claim(alder, *sheets)
    released(alder, una)
    held(alder)
    with refusing_is(alder, TransitionError, "on hold"):
        claim(alder, una)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


def test_one_status_covers_a_day(alder: Cast) -> None:
    status_of(alder)
    with refusing_is(alder, TransitionError, "recorded already"):
        status_of(alder, reference="DCS-2")
    today = timezone.localdate()
    with refusing_is(alder, Refusal, "ends before it starts"):
        status_of(alder, ends_on=today - DAY)
    assert status_of(alder, starts_on=today - 9 * DAY, ends_on=today - DAY)


def test_a_status_ends_on_a_day_and_what_was_claimed_stays(alder: Cast, within: Within) -> None:
    una, ted = signed(alder), signed(alder, "ted")
    released(alder, una, ted)
    today = timezone.localdate()
    status = status_of(alder, starts_on=today - 3 * DAY)
    claim(alder, una)
    with refusing_is(alder, Refusal, "before it starts"):
        end_direct_claims(actor=alder.max, centre=alder.centre, status=status, on=today - 4 * DAY)
    with new_events(alder) as events, refusing(alder):
        end_direct_claims(actor=alder.max, centre=alder.centre, status=status, on=today - DAY)
    assert events == ["direct_claims.ended"]
    with refusing_is(alder, TransitionError, "already"):
        end_direct_claims(actor=alder.max, centre=alder.centre, status=status)
    with refusing_is(alder, Refusal, "No direct-claims status"):
        claim(alder, ted)
    with within(alder.centre):
        assert sheet_standing(alder.centre, una).standing is Standing.EXTERNAL


def test_the_pages_record_confirm_claim_and_end(
    alder: Cast, within: Within, client: Client, sign_in: SignIn
) -> None:
    una = signed(alder)
    released(alder, una)
    slug, on = alder.centre.slug, qualification_of(alder).pk
    overview = reverse("quality:confirmations", args=[slug])
    sign_in(client, alder.max)
    record = reverse("quality:direct-claims-record", args=[slug])
    typed = {
        "qualification": on,
        "reference": "DCS-5",
        "starts_on": timezone.localdate().isoformat(),
    }
    assert client.get(record).status_code == 200
    assert client.post(record, typed).status_code == 422
    assert client.post(record, {**typed, "file": file()}).status_code == 302
    with within(alder.centre):
        status = kept(DirectClaims, alder).get()
    confirm = reverse("quality:direct-claims-confirm", args=[slug, status.pk])
    assert client.post(confirm).status_code == 422
    assert "Waits for a second person" in client.get(overview).content.decode()
    sign_in(client, alder.lea)
    assert confirm in client.get(overview).content.decode()
    assert client.post(confirm).status_code == 302
    sign_in(client, alder.max)
    page = reverse("quality:claim", args=[slug, on])
    assert page in client.get(overview).content.decode()
    assert str(una.pk) in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"sheets": [una.pk]}).status_code == 302
    end = reverse("quality:direct-claims-end", args=[slug, status.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"on": timezone.localdate().isoformat()}).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_overview_asks_fourteen_queries_whatever_the_rows(
    alder: Cast,
    client: Client,
    sign_in: SignIn,
    django_assert_num_queries: Any,
    rows: int,
) -> None:
    today = timezone.localdate()
    for number in range(rows):
        day = today - 10 * number * DAY
        status_of(alder, reference=f"DCS-{number}", starts_on=day, ends_on=day)
    released(alder, signed(alder), *([signed(alder, "ted")] if rows > 1 else []))
    sign_in(client, alder.max)
    with django_assert_num_queries(14):
        answer = client.get(reverse("quality:confirmations", args=[alder.centre.slug]))
    assert answer.status_code == 200


def test_nobody_claims_their_own_work(alder: Cast, within: Within) -> None:
    una = signed(alder)
    released(alder, una)
    status_of(alder)
    give_role(alder, alder.una, Role.MANAGER)
    with refusing_is(alder, Refusal, "their own work"):
        claim(alder, una, actor=alder.una)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()
