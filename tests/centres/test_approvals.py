"""Approvals: recorded, changed, ended, and overrides of review dates: the rules, each refused."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.actions import (
    allow_past_review,
    change_approval_dates,
    end_approval,
    record_approval,
    withdraw_override,
)
from centres.approvals import (
    approval_in_force,
    approval_state,
    check_open_to_enrolment,
    enrolment_pathways,
    pathway_units,
    pathway_units_past_review,
    qualification_past_review,
    standing_override,
)
from centres.models import Approval, AuditEvent, Centre, ReviewOverride
from centres.refusals import Refusal, TransitionError
from qualifications.models import Pathway, Qualification, Specification
from qualifications.rules import judge_last_registration, judge_review_dates, units_past_review
from tests.cast import Cast
from tests.centres.events import events_after, last_seq
from tests.quality.approvals import REASON, REVIEW_ON, approval_of, old_approval, past_review
from tests.quality.external import DAY, refusing_is

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alder")]
Day = datetime.date


def record(cast: Cast, **changes: Any) -> Approval:
    """The centre's own qualification approved from today, unless changed."""
    return record_approval(
        **{
            "actor": cast.max,
            "centre": cast.centre,
            "qualification": past_review(cast).specification.qualification,
            "reference": " AP  7 ",
            "starts_on": timezone.localdate(),
            **changes,
        }
    )


def change(cast: Cast, approval: Approval, **changes: Any) -> Approval:
    return change_approval_dates(
        **{
            "actor": cast.max,
            "centre": cast.centre,
            "approval": approval,
            "reference": approval.reference,
            "starts_on": approval.starts_on,
            **changes,
        }
    )


def allow(cast: Cast, approval: Approval, **changes: Any) -> ReviewOverride:
    asked = {"actor": cast.max, "centre": cast.centre, "approval": approval, "reason": REASON}
    return allow_past_review(**{**asked, **changes})


# Recording


def test_an_approval_is_recorded_with_its_days_and_no_text_in_the_ledger(alder: Cast) -> None:
    before, today = last_seq(alder.centre), timezone.localdate()
    made = record(alder, last_registration_on=today + DAY, last_certification_on=today + 9 * DAY)
    made.refresh_from_db()
    assert (made.reference, made.ends_on, made.recorded_by) == ("AP 7", None, alder.max)
    assert events_after(alder.centre, before) == [("approval.recorded", alder.max, made.pk)]
    facts = AuditEvent.objects.for_centre(alder.centre).order_by("-seq")[0].facts
    assert facts["qualification"] == str(made.qualification_id)
    assert facts["last_registration_on"] == (today + DAY).isoformat()
    assert "AP 7" not in str(facts)


@pytest.mark.parametrize("who", ["una", "pat", "jo", "lea", "ada", "tia", "eve"])
def test_only_a_manager_changes_approvals(alder: Cast, who: str) -> None:
    person, approval = getattr(alder, who), old_approval(alder)
    override = allow(alder, approval)
    asked: dict[str, Any] = {"actor": person, "centre": alder.centre}
    for call in (
        lambda: record(alder, actor=person),
        lambda: change(alder, approval, actor=person, starts_on=Day(2020, 1, 1)),
        lambda: end_approval(**asked, approval=approval),
        lambda: allow(alder, approval, actor=person),
        lambda: withdraw_override(**asked, override=override),
    ):
        before = last_seq(alder.centre)
        with pytest.raises(PermissionDenied):
            call()
        assert events_after(alder.centre, before) == []


def test_the_manager_of_another_centre_records_nothing_here(alder: Cast, birch: Cast) -> None:
    with pytest.raises(PermissionDenied):
        record(alder, actor=birch.max)


@pytest.mark.parametrize(
    ("days", "match"),
    [
        ({"ends_on": -1}, "ends before it starts"),
        ({"last_registration_on": -1}, "last day to register lies before the approval"),
        ({"last_certification_on": -1}, "certificate lies before the approval starts"),
        (
            {"last_registration_on": 5, "last_certification_on": 4},
            "certificate lies before the last day to register",
        ),
    ],
)
def test_days_out_of_order_are_refused(alder: Cast, days: dict[str, int], match: str) -> None:
    past_review(alder)
    today = timezone.localdate()
    given = {name: today + datetime.timedelta(days=ahead) for name, ahead in days.items()}
    with refusing_is(alder, Refusal, match):
        record(alder, **given)
    held = old_approval(alder)
    with refusing_is(alder, Refusal, match):
        change(alder, held, starts_on=today, **given)
    assert Approval.objects.for_centre(alder.centre).get(pk=held.pk).starts_on < today


def test_an_approval_without_a_reference_is_refused(alder: Cast) -> None:
    past_review(alder)
    with refusing_is(alder, Refusal, "with its reference"):
        record(alder, reference="  ")


def test_a_qualification_that_is_not_published_or_of_another_centre_is_refused(
    alder: Cast, birch: Cast
) -> None:
    shared = approval_of(alder).qualification
    draft = Qualification.objects.create(
        awarding_body=shared.awarding_body,
        number="9003",
        title="A draft of our own",
        level=5,
        centre_id=alder.centre.pk,
    )
    Specification.objects.create(
        qualification=draft, version="0.1", source="own", digest="0" * 64, centre_id=alder.centre.pk
    )
    theirs = past_review(birch).specification.qualification
    for qualification in (draft, theirs):
        with refusing_is(alder, Refusal, "that the catalogue publishes"):
            record(alder, qualification=qualification)


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ((0, None), (5, None), True),
        ((0, 5), (5, None), True),
        ((0, 5), (6, None), False),
        ((5, None), (0, 4), False),
        ((5, None), (0, 5), True),
        ((0, 9), (3, 4), True),
    ],
)
def test_two_approvals_of_a_qualification_never_cover_the_same_day(
    alder: Cast, first: tuple[int, int | None], second: tuple[int, int | None], refused: bool
) -> None:
    today = timezone.localdate()

    def days(span: tuple[int, int | None]) -> dict[str, Any]:
        start, end = span
        return {
            "starts_on": today + start * DAY,
            "ends_on": None if end is None else today + end * DAY,
        }

    record(alder, **days(first))
    if refused:
        with refusing_is(alder, TransitionError, "AP 7 covers some of these days"):
            record(alder, **days(second))
    else:
        record(alder, **days(second))


def test_another_qualification_or_centre_may_be_approved_for_the_same_days(
    alder: Cast, birch: Cast
) -> None:
    first, second = approval_of(alder), old_approval(alder)
    assert first.starts_on == second.starts_on == approval_of(birch).starts_on


def test_the_database_itself_keeps_a_second_open_approval_out(alder: Cast) -> None:
    held = approval_of(alder)
    with pytest.raises(IntegrityError, match="approval_open_once"), transaction.atomic():
        Approval.objects.create(
            centre=alder.centre,
            qualification=held.qualification,
            reference="twice",
            starts_on=Day(2026, 1, 1),
            recorded_by=alder.max,
        )


# Changing and ending


def test_days_are_changed_and_what_is_not_changed_is_refused(alder: Cast) -> None:
    made = record(alder)
    before = last_seq(alder.centre)
    change(alder, made, ends_on=made.starts_on + 9 * DAY, reference="AP 8")
    made.refresh_from_db()
    assert (made.reference, made.ends_on) == ("AP 8", made.starts_on + 9 * DAY)
    assert events_after(alder.centre, before) == [("approval.dates_changed", alder.max, made.pk)]
    with refusing_is(alder, TransitionError, "as they were"):
        change(alder, made, ends_on=made.ends_on)


def test_days_are_not_changed_into_those_of_another(alder: Cast) -> None:
    today = timezone.localdate()
    first = record(alder, ends_on=today + 5 * DAY)
    record(alder, starts_on=today + 6 * DAY, reference="next")
    with refusing_is(alder, TransitionError, "next covers some"):
        change(alder, first, ends_on=today + 6 * DAY)


def test_an_approval_of_another_centre_is_not_there(alder: Cast, birch: Cast) -> None:
    theirs = approval_of(birch)
    with pytest.raises(Approval.DoesNotExist):
        end_approval(actor=alder.max, centre=alder.centre, approval=theirs)
    with pytest.raises(Approval.DoesNotExist):
        change(alder, theirs, starts_on=Day(2020, 1, 1))


def test_an_approval_is_ended_once(alder: Cast) -> None:
    made, before = approval_of(alder), last_seq(alder.centre)
    asked: dict[str, Any] = {"actor": alder.max, "centre": alder.centre, "approval": made}
    with refusing_is(alder, Refusal, "before it starts"):
        end_approval(**asked, on=made.starts_on - DAY)
    end_approval(**asked)
    assert events_after(alder.centre, before) == [("approval.ended", alder.max, made.pk)]
    made.refresh_from_db()
    today = timezone.localdate()
    assert made.ends_on == today
    assert approval_in_force(alder.centre, made.qualification) == made
    assert approval_in_force(alder.centre, made.qualification, today + DAY) is None
    with refusing_is(alder, TransitionError, "already"):
        end_approval(**asked)
    end_approval(**asked, on=today - DAY)


@pytest.mark.parametrize(
    ("days", "code", "word"),
    [
        ({"starts_on": 1}, "planned", "Starts on 3 Mar 2026"),
        ({"starts_on": 0}, "active", "Approved"),
        ({"starts_on": -1, "ends_on": 0}, "active", "Approved until 2 Mar 2026"),
        ({"starts_on": -9, "ends_on": -1}, "ended", "Ended on 1 Mar 2026"),
        ({"starts_on": -9, "last_registration_on": 0}, "active", "Approved"),
        (
            {"starts_on": -9, "last_registration_on": -1},
            "lapses",
            "Last registration was 1 Mar 2026",
        ),
    ],
)
def test_the_state_of_an_approval_in_words(days: dict[str, int], code: str, word: str) -> None:
    on = Day(2026, 3, 2)
    given = {name: on + ahead * DAY for name, ahead in days.items()}
    state = approval_state(Approval(centre=Centre(), **given), on)
    assert (state.code, state.word, state.takes_learners) == (code, word, code == "active")


def test_without_an_approval_the_state_says_so() -> None:
    state = approval_state(None, Day(2026, 3, 2))
    assert (state.word, state.takes_learners) == ("Not approved", False)


# Overrides of review dates


def test_an_override_is_allowed_and_withdrawn_with_its_events(alder: Cast) -> None:
    approval = old_approval(alder)
    before = last_seq(alder.centre)
    override = allow(alder, approval)
    assert standing_override(alder.centre, approval) == override
    facts = AuditEvent.objects.for_centre(alder.centre).order_by("-seq")[0].facts
    assert REASON not in str(facts)
    asked: dict[str, Any] = {"actor": alder.max, "centre": alder.centre, "override": override}
    withdraw_override(**asked)
    assert standing_override(alder.centre, approval) is None
    assert events_after(alder.centre, before) == [
        ("review_override.allowed", alder.max, override.pk),
        ("review_override.withdrawn", alder.max, override.pk),
    ]
    with refusing_is(alder, TransitionError, "withdrawn already"):
        withdraw_override(**asked)
    allow(alder, approval, reason="Another one.")


def test_an_override_needs_a_reason_a_unit_past_review_and_an_approval_that_holds(
    alder: Cast,
) -> None:
    approval = old_approval(alder)
    with refusing_is(alder, Refusal, "says why"):
        allow(alder, approval, reason=" \n ")
    with refusing_is(alder, TransitionError, "No unit of this qualification"):
        allow(alder, approval_of(alder))
    allow(alder, approval)
    with refusing_is(alder, TransitionError, "stands already"):
        allow(alder, approval)
    end_approval(
        actor=alder.max,
        centre=alder.centre,
        approval=approval,
        on=timezone.localdate() - DAY,
    )
    with refusing_is(alder, TransitionError, "has ended"):
        allow(alder, approval)


def test_only_open_pathways_are_offered(alder: Cast) -> None:
    def offered() -> list[str]:
        return [pathway.code for pathway in enrolment_pathways(alder.centre)]

    assert offered() == ["8588-21", "8588-31"]
    approval = old_approval(alder)
    assert offered() == ["8588-21", "8588-31"]
    override = allow(alder, approval)
    assert offered() == ["8588-21", "8588-31", "9002-A", "9002-C"]
    withdraw_override(actor=alder.max, centre=alder.centre, override=override)
    assert offered() == ["8588-21", "8588-31"]
    held = approval_of(alder)
    change(alder, held, last_registration_on=timezone.localdate() - DAY)
    assert offered() == []


# One rule, asked of rows and of the database


def takes(cast: Cast, pathway: Pathway, on: Day) -> bool:
    """Whether somebody is enrolled on a pathway on a day; the list of pathways says the same."""
    try:
        check_open_to_enrolment(cast.centre, pathway, on)
    except Refusal:
        opened = False
    else:
        opened = True
    assert (pathway in enrolment_pathways(cast.centre, on)) == opened
    return opened


@pytest.mark.parametrize("ahead", [-1, 0, 1])
@pytest.mark.parametrize("overridden", [False, True])
def test_the_database_finds_the_units_past_review_that_the_rule_finds(
    alder: Cast, ahead: int, overridden: bool
) -> None:
    pathway, approval = past_review(alder), old_approval(alder)
    change(alder, approval, starts_on=Day(2010, 1, 1))
    override = allow(alder, approval).reason if overridden else ""
    units, on = pathway_units(pathway), REVIEW_ON + ahead * DAY
    past = units_past_review(units, on)
    assert [unit.ref for unit in past] == (["O-2", "O-3"] if ahead > 0 else [])
    rows = pathway_units_past_review(alder.centre, on).filter(pathway=pathway)
    assert [row.unit for row in rows.order_by("position")] == list(past)
    qualification = pathway.specification.qualification
    assert qualification_past_review(alder.centre, qualification, on) == bool(past)
    assert takes(alder, pathway, on) == judge_review_dates(units, on, override).met


@pytest.mark.parametrize("ahead", [-1, 0, 1])
@pytest.mark.parametrize("name", ["starts_on", "ends_on", "last_registration_on"])
def test_page_gate_and_list_agree_on_the_days_of_an_approval(
    alder: Cast, name: str, ahead: int
) -> None:
    held, today = approval_of(alder), timezone.localdate()
    change(alder, held, **{"starts_on": today - 9 * DAY, name: today})
    held.refresh_from_db()
    on = today + ahead * DAY
    opened = ahead >= 0 if name == "starts_on" else ahead <= 0
    assert takes(alder, Pathway.objects.get(code="8588-21", centre_id=None), on) == opened
    assert approval_state(held, on).takes_learners == opened
    if name == "last_registration_on":
        assert judge_last_registration(held.last_registration_on, on).met == opened
