"""Standings × actions × people, through the real actions: what is allowed happens, all else refuses
with its own error and leaves nothing behind."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessment.models import Sheet
from centres.access import MAY, roles_held
from centres.models import AuditEvent, Registration, User
from centres.refusals import Refusal
from centres.tenancy import centre_context
from quality.actions.direct_claims import claim_sheets
from quality.actions.holds import place_hold
from quality.actions.reports import record_report
from quality.actions.samples import choose_interim_sample, choose_sample
from quality.actions.visits import choose_sheet
from quality.models import (
    ExternalConfirmation,
    ExternalReport,
    Hold,
    Release,
    Sample,
    Visit,
    VisitSheet,
)
from quality.queries.standings import standings
from quality.states import Act, allowed_acts
from tests.assessment import scenes
from tests.cast import Cast
from tests.quality import external, internal

pytestmark = pytest.mark.django_db

DUE = datetime.date(2030, 1, 1)
KEPT = (Sample, Release, Visit, VisitSheet, ExternalReport, ExternalConfirmation, Hold, AuditEvent)


def nothing(cast: Cast) -> None:
    """Nothing is claimed."""


def claimed(cast: Cast) -> None:
    from tests import stage

    with centre_context(cast.centre.pk):
        stage.make_work(cast, cast.una, cast.una_registration)


def handed_in(cast: Cast) -> None:
    scenes.submitted(cast)


def decided(cast: Cast) -> Sheet:
    return scenes.signed(cast)


def referred(cast: Cast) -> Sheet:
    return scenes.signed(cast, referred=("1.3",))


def sampled(cast: Cast) -> Sheet:
    sheet = scenes.signed(cast)
    internal.sign(cast, internal.agreed(cast, sheet))
    return sheet


def released(cast: Cast) -> Sheet:
    sheet = scenes.signed(cast)
    internal.release(cast, sheet, justification="A small cohort.")
    return sheet


def returned(cast: Cast) -> Sheet:
    sheet = scenes.signed(cast)
    sample = internal.agreed(cast, sheet, outcome="return", reason="Read 1.3 again.")
    internal.sign(cast, sample)
    return sheet


def confirmed(cast: Cast) -> Sheet:
    sheet = released(cast)
    external.reported(cast, sheet)
    return sheet


def on_hold(cast: Cast) -> Sheet:
    sheet = released(cast)
    external.held(cast)
    return sheet


STATES: dict[str, Callable[[Cast], Sheet | None]] = {
    scene.__name__: scene
    for scene in (
        nothing,
        claimed,
        handed_in,
        decided,
        referred,
        sampled,
        released,
        returned,
        confirmed,
        on_hold,
    )
}


def acts(
    cast: Cast, sheet: Sheet | None, visit: Visit
) -> dict[str, tuple[Act | None, Callable[[User], Any]]]:
    """Every action that the standing lets somebody do or not, by its permission."""
    centre, registration = cast.centre, cast.una_registration
    qualification = external.qualification_of(cast)
    common: dict[str, Any] = {
        "centre": centre,
        "reviewer": cast.jo,
        "due_on": DUE,
        "reason": "By rule 2.",
    }
    found: dict[str, tuple[Act | None, Callable[[User], Any]]] = {
        "change_holds": (
            None,
            lambda actor: place_hold(
                actor=actor,
                centre=centre,
                registration=registration,
                assessment=cast.assessment,
                kind="appeal",
                reason="The learner appeals.",
            ),
        ),
    }
    if sheet is None:
        found["choose_sample"] = (
            Act.INTERIM,
            lambda actor: choose_interim_sample(
                actor=actor, registration=registration, assessment=cast.assessment, **common
            ),
        )
        return found
    return found | {
        "choose_sample": (
            Act.SAMPLE,
            lambda actor: choose_sample(actor=actor, sheet=sheet, **common),
        ),
        "enter_visit": (
            Act.CHOOSE,
            lambda actor: choose_sheet(actor=actor, centre=centre, visit=visit, sheet=sheet),
        ),
        "record_report": (
            Act.CONFIRM,
            lambda actor: record_report(
                actor=actor,
                centre=centre,
                qualification=qualification,
                upload=external.file(),
                reference="EQ-product",
                eqa_name="Hal Rosewood",
                reported_on=datetime.date(2026, 3, 2),
                releases=True,
                sheets=[sheet],
            ),
        ),
        "claim_work": (
            Act.CLAIM,
            lambda actor: claim_sheets(
                actor=actor, centre=centre, qualification=qualification, sheets=[sheet]
            ),
        ),
    }


def kept(cast: Cast) -> list[int]:
    """How many rows there are of all that an action writes."""
    return [model.objects.for_centre(cast.centre).count() for model in KEPT]


def outcome(act: Callable[[User], Any], actor: User) -> str:
    """How an act ends; it is undone whatever it did."""
    try:
        with transaction.atomic():
            act(actor)
            transaction.set_rollback(True)
    except PermissionDenied:
        return "may not"
    except Refusal as refusal:
        assert refusal.rule
        assert refusal.remedy
        return "refused"
    return "done"


@pytest.mark.parametrize("state", STATES)
def test_each_act_of_each_person_ends_as_the_tables_say(state: str, alder: Cast) -> None:
    internal.approved(alder)
    external.status_of(alder)
    visit = external.arranged(alder)
    sheet = STATES[state](alder)
    with centre_context(alder.centre.pk):
        registration = Registration.objects.for_centre(alder.centre).get(
            pk=alder.una_registration.pk
        )
        work = standings(alder.centre, [registration])[registration.pk, alder.assessment.pk]
        stands = sheet is not None and work.sheet_id == sheet.pk
        before = kept(alder)
        found = {}
        expected = {}
        for permission, (act, call) in acts(alder, sheet, visit).items():
            for person in alder.people:
                found[permission, person.full_name] = outcome(call, person)
                may = bool(roles_held(person, alder.centre) & MAY[permission])
                allowed = act is None or (
                    act in allowed_acts(work) and (act is Act.INTERIM or stands)
                )
                if permission == "change_holds" and work.holds:
                    allowed = found[permission, person.full_name] == "done"
                expected[permission, person.full_name] = (
                    "may not" if not may else "done" if allowed else "refused"
                )
        assert found == expected
        assert kept(alder) == before
