"""Enrolment, the registration's number and years, and who assesses: the rules, each refused."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from centres.actions import (
    allocate_assessor,
    allow_past_review,
    change_approval_dates,
    end_approval,
    enrol_learner,
    record_registration,
    release_assessor,
    start_membership,
    withdraw_override,
)
from centres.models import Allocation, AuditEvent, Membership, Registration, Role, User
from centres.queries import running_on_same_award
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from qualifications.models import Pathway, Qualification, Specification
from tests.approved import approve
from tests.cast import Cast
from tests.centres.events import events_after, last_seq
from tests.quality import handbooks as making
from tests.quality.approvals import past_review

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alder")]
Day = datetime.date


def diploma() -> Pathway:
    return Pathway.objects.get(code="8588-31", specification__centre_id=None)


def enrol(cast: Cast, **changes: Any) -> Registration:
    """Una on the Diploma, unless changed."""
    return enrol_learner(
        **{
            "actor": cast.max,
            "centre": cast.centre,
            "learner": cast.una,
            "pathway": diploma(),
            "certificate_name": "Una  Mary Hornbeam ",
            "date_of_birth": Day(1990, 5, 17),
            "enrolled_on": Day(2026, 3, 2),
            **changes,
        }
    )


def leaves_nothing(cast: Cast, call: Callable[[], object], kind: type[Exception]) -> str:
    """The call is refused, no row is written and no event; what it said is returned."""
    seq, rows = last_seq(cast.centre), Registration.objects.for_centre(cast.centre).count()
    with pytest.raises(kind) as refusal:
        call()
    assert events_after(cast.centre, seq) == []
    assert Registration.objects.for_centre(cast.centre).count() == rows
    return str(refusal.value)


# Enrolment


def test_a_learner_is_enrolled(alder: Cast) -> None:
    before = last_seq(alder.centre)
    made = enrol(alder)
    made.refresh_from_db()
    assert (made.learner, made.pathway.code) == (alder.una, "8588-31")
    assert made.certificate_name == "Una Mary Hornbeam"
    assert (made.number, made.registered_on, made.expires_on) == ("", None, None)
    assert events_after(alder.centre, before) == [("learner.enrolled", alder.max, made.pk)]


def test_the_administrator_enrols_too(alder: Cast) -> None:
    assert enrol(alder, actor=alder.ada).pk


@pytest.mark.parametrize("who", ["una", "pat", "jo", "lea", "tia", "eve"])
def test_nobody_else_enrols(alder: Cast, who: str) -> None:
    leaves_nothing(alder, lambda: enrol(alder, actor=getattr(alder, who)), PermissionDenied)


def test_the_manager_of_another_centre_does_not_enrol_here(alder: Cast, birch: Cast) -> None:
    leaves_nothing(alder, lambda: enrol(alder, actor=birch.max), PermissionDenied)


@pytest.mark.parametrize(
    ("born", "enrolled", "possible"),
    [
        (Day(2008, 3, 3), Day(2026, 3, 2), "3 Mar 2026"),
        (Day(2008, 2, 29), Day(2026, 2, 28), "1 Mar 2026"),
        (Day(2010, 1, 1), Day(2026, 3, 2), "1 Jan 2028"),
    ],
)
def test_under_eighteen_is_refused_with_the_rule_and_the_day(
    alder: Cast, born: Day, enrolled: Day, possible: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        enrol(alder, date_of_birth=born, enrolled_on=enrolled)
    assert "takes learners from 18 years" in refusal.value.rule
    assert refusal.value.remedy.endswith(f"enrol from {possible}.")
    assert refusal.value.source == "8588 handbook, version 2.0: registration from 18"
    leaves_nothing(alder, lambda: enrol(alder, date_of_birth=born, enrolled_on=enrolled), Refusal)


@pytest.mark.parametrize(
    ("born", "enrolled"),
    [(Day(2008, 3, 2), Day(2026, 3, 2)), (Day(2008, 2, 29), Day(2026, 3, 1))],
)
def test_the_eighteenth_birthday_is_old_enough(alder: Cast, born: Day, enrolled: Day) -> None:
    assert enrol(alder, date_of_birth=born, enrolled_on=enrolled).pk


def test_a_day_to_come_is_refused(alder: Cast) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    said = leaves_nothing(alder, lambda: enrol(alder, enrolled_on=tomorrow), Refusal)
    assert "on the day it happens" in said


def test_a_birth_after_the_enrolment_is_refused(alder: Cast) -> None:
    born = Day(2026, 3, 2)
    leaves_nothing(alder, lambda: enrol(alder, date_of_birth=born), Refusal)


def test_twice_on_one_pathway_is_refused(alder: Cast) -> None:
    enrol(alder)
    said = leaves_nothing(alder, lambda: enrol(alder), TransitionError)
    assert "is enrolled on 8588-31 already" in said


@pytest.mark.parametrize("who", ["pat", "max"])
def test_who_is_no_learner_is_not_enrolled(alder: Cast, who: str) -> None:
    leaves_nothing(alder, lambda: enrol(alder, learner=getattr(alder, who)), Refusal)


def test_a_former_learner_or_one_of_another_centre_is_not_enrolled(
    alder: Cast, birch: Cast
) -> None:
    leaves_nothing(alder, lambda: enrol(alder, learner=birch.una), Refusal)
    Membership.objects.filter(user=alder.una).update(ends_on=Day(2026, 4, 1))
    leaves_nothing(alder, lambda: enrol(alder), Refusal)


def test_a_second_registration_for_the_same_award_is_shown_the_first_and_not_refused(
    alder: Cast, sign_in: Callable[[Client, User], Client]
) -> None:
    other = making.share(making.known(alder), "3.0")
    pathway = Pathway.objects.get(specification=other, code="8588-21")
    path = reverse("centres:registration-new", args=["alder"])
    typed = {
        "learner": str(alder.una.pk),
        "pathway": str(pathway.pk),
        "certificate_name": "Una Hornbeam",
        "date_of_birth": "1990-05-17",
        "enrolled_on": str(timezone.localdate()),
    }
    max_ = sign_in(Client(), alder.max)
    seq = last_seq(alder.centre)
    asked = max_.post(path, typed)
    page = asked.content.decode()
    assert asked.status_code == 422 and events_after(alder.centre, seq) == []
    running = alder.una_registration
    first = reverse("centres:registration", args=["alder", running.pk])
    assert f'href="{first}">8588-21, version 2.0</a>' in page and running.number in page
    assert f'name="aware" value="{running.pk}"' in page and "Enrol all the same" in page
    assert max_.post(path, {**typed, "aware": "of nothing"}).status_code == 422
    assert max_.post(path, {**typed, "aware": str(running.pk)}).status_code == 302
    [(action, actor, _)] = events_after(alder.centre, seq)
    assert (action, actor) == ("learner.enrolled", alder.max)


def test_a_registration_that_ran_out_or_is_for_another_award_warns_of_nothing(alder: Cast) -> None:
    assert running_on_same_award(alder.centre, alder.una, diploma()) == ()
    other = making.share(making.known(alder), "3.0")
    pathway = Pathway.objects.get(specification=other, code="8588-21")
    assert running_on_same_award(alder.centre, alder.una, pathway) == (alder.una_registration,)
    assert running_on_same_award(alder.centre, alder.ted, alder.ted_registration.pathway) == ()
    Registration.objects.filter(pk=alder.una_registration.pk).update(
        registered_on=Day(2020, 1, 1), expires_on=Day(2023, 1, 1)
    )
    assert running_on_same_award(alder.centre, alder.una, pathway) == ()


def test_a_specification_that_is_not_published_takes_nobody(alder: Cast) -> None:
    """A centre's own draft: nothing rests on it yet."""
    shared = diploma()
    qualification = Qualification.objects.create(
        awarding_body=shared.specification.qualification.awarding_body,
        number="9001",
        title="A draft of our own",
        level=5,
        centre_id=alder.centre.pk,
    )
    draft = Specification.objects.create(
        qualification=qualification,
        version="0.1",
        source="own",
        digest="0" * 64,
        centre_id=alder.centre.pk,
    )
    fields = {
        field.attname: getattr(shared, field.attname) for field in Pathway._meta.concrete_fields
    }
    del fields["id"]
    pathway = Pathway.objects.create(
        **{**fields, "specification_id": draft.pk, "centre_id": alder.centre.pk, "code": "9001-1"}
    )
    said = leaves_nothing(alder, lambda: enrol(alder, pathway=pathway), Refusal)
    assert "published specifications only" in said


# Approval


def ends(cast: Cast, **days: Any) -> None:
    """The approval of 8588, with these days."""
    held = approve(cast.centre)
    change_approval_dates(
        actor=cast.max,
        centre=cast.centre,
        approval=held,
        reference=held.reference,
        **{"starts_on": held.starts_on, **days},
    )


def test_without_an_approval_nobody_is_enrolled(alder: Cast) -> None:
    pathway = past_review(alder)
    with pytest.raises(Refusal) as refusal:
        enrol(alder, pathway=pathway)
    assert refusal.value.rule == "No approval to offer 9002 is in force on 2 Mar 2026."
    assert "a manager records the awarding body’s approval" in refusal.value.remedy
    assert refusal.value.source == "ILM: approval comes before registration"
    leaves_nothing(alder, lambda: enrol(alder, pathway=pathway), Refusal)


def test_the_approval_of_another_centre_opens_nothing_here(alder: Cast, birch: Cast) -> None:
    ends(alder, ends_on=Day(2026, 3, 1))
    with centre_context(birch.centre.pk):
        assert enrol(birch).pk
    leaves_nothing(alder, lambda: enrol(alder), Refusal)


@pytest.mark.parametrize(
    ("days", "enrolled", "refused"),
    [
        ({"starts_on": Day(2026, 3, 2)}, Day(2026, 3, 1), True),
        ({"starts_on": Day(2026, 3, 2)}, Day(2026, 3, 2), False),
        ({"ends_on": Day(2026, 3, 2)}, Day(2026, 3, 2), False),
        ({"ends_on": Day(2026, 3, 2)}, Day(2026, 3, 3), True),
    ],
)
def test_the_approval_holds_on_the_day_of_enrolment(
    alder: Cast, days: dict[str, Day], enrolled: Day, refused: bool
) -> None:
    ends(alder, **days)
    if refused:
        said = leaves_nothing(alder, lambda: enrol(alder, enrolled_on=enrolled), Refusal)
        assert "No approval to offer 8588 is in force" in said
    else:
        assert enrol(alder, enrolled_on=enrolled).pk


def test_after_the_last_registration_date_nobody_is_enrolled(alder: Cast) -> None:
    ends(alder, last_registration_on=Day(2026, 3, 1))
    with pytest.raises(Refusal) as refusal:
        enrol(alder)
    assert refusal.value.rule == ("The last day to register learners on 8588 was 1 Mar 2026.")
    assert refusal.value.source == "approval AP-8588: last registration date"
    leaves_nothing(alder, lambda: enrol(alder), Refusal)
    assert enrol(alder, enrolled_on=Day(2026, 3, 1)).pk


def test_units_past_review_need_an_override(alder: Cast) -> None:
    pathway = past_review(alder)
    approval = approve(alder.centre, pathway.specification.qualification)
    with pytest.raises(Refusal) as refusal:
        enrol(alder, pathway=pathway)
    assert "O-2 and O-3" in refusal.value.rule
    assert "past their review dates" in refusal.value.rule
    assert "allow it with a reason" in refusal.value.remedy
    assert refusal.value.source == "9002, version 1 (Alder Centre’s own): review dates of its units"
    leaves_nothing(alder, lambda: enrol(alder, pathway=pathway), Refusal)
    override = allow_past_review(
        actor=alder.max, centre=alder.centre, approval=approval, reason="A last group."
    )
    assert enrol(alder, pathway=pathway).pk
    withdraw_override(actor=alder.max, centre=alder.centre, override=override)
    said = leaves_nothing(alder, lambda: enrol(alder, learner=alder.ted, pathway=pathway), Refusal)
    assert "past their review dates" in said


def test_an_ended_approval_leaves_registrations_as_they_are(alder: Cast) -> None:
    made = enrol(alder)
    end_approval(
        actor=alder.max,
        centre=alder.centre,
        approval=approve(alder.centre),
        on=Day(2026, 3, 1),
    )
    record_registration(
        actor=alder.max,
        centre=alder.centre,
        registration=made,
        number="AL-0500",
        registered_on=Day(2026, 3, 9),
    )
    made.refresh_from_db()
    assert made.expires_on == Day(2029, 3, 9)


# The number and the years


def test_the_number_starts_three_years(alder: Cast) -> None:
    made, before = enrol(alder), last_seq(alder.centre)
    record_registration(
        actor=alder.ada,
        centre=alder.centre,
        registration=made,
        number=" AL-0500 ",
        registered_on=Day(2026, 3, 9),
    )
    made.refresh_from_db()
    assert (made.number, made.registered_on) == ("AL-0500", Day(2026, 3, 9))
    assert made.expires_on == Day(2029, 3, 9)
    assert not made.has_expired(Day(2029, 3, 9))
    assert made.has_expired(Day(2029, 3, 10))
    assert events_after(alder.centre, before) == [("registration.recorded", alder.ada, made.pk)]
    facts = AuditEvent.objects.for_centre(alder.centre).order_by("-seq")[0].facts
    assert facts["expires_on"] == "2029-03-09"
    assert "AL-0500" not in str(facts)


def test_a_leap_day_ends_on_the_last_of_february(alder: Cast) -> None:
    made = enrol(alder, enrolled_on=Day(2024, 2, 1))
    record_registration(
        actor=alder.max,
        centre=alder.centre,
        registration=made,
        number="AL-0500",
        registered_on=Day(2024, 2, 29),
    )
    assert made.expires_on == Day(2027, 2, 28)


def test_a_correction_has_an_event_of_its_own(alder: Cast) -> None:
    before = last_seq(alder.centre)
    record_registration(
        actor=alder.max,
        centre=alder.centre,
        registration=alder.una_registration,
        number="AL-0363",
        registered_on=Day(2026, 2, 17),
    )
    alder.una_registration.refresh_from_db()
    assert alder.una_registration.expires_on == Day(2029, 2, 17)
    assert events_after(alder.centre, before) == [
        ("registration.corrected", alder.max, alder.una_registration.pk)
    ]


@pytest.mark.parametrize(
    ("number", "registered_on"),
    [
        ("", Day(2026, 3, 9)),
        ("  ", Day(2026, 3, 9)),
        ("AL-0362", Day(2026, 3, 9)),
        ("AL-0500", Day(2026, 3, 1)),
        ("AL-0500", Day(2099, 1, 1)),
    ],
    ids=["no number", "blank", "taken", "before the enrolment", "in the future"],
)
def test_a_number_or_day_that_can_not_be_is_refused(
    alder: Cast, number: str, registered_on: Day
) -> None:
    made = enrol(alder)

    def record() -> None:
        record_registration(
            actor=alder.max,
            centre=alder.centre,
            registration=made,
            number=number,
            registered_on=registered_on,
        )

    leaves_nothing(alder, record, Refusal)
    assert (made.number, made.registered_on, made.expires_on) == ("", None, None)
    made.refresh_from_db()
    assert (made.number, made.registered_on, made.expires_on) == ("", None, None)


def test_two_centres_may_have_the_same_number(alder: Cast, birch: Cast) -> None:
    """Or else a centre could find out another's numbers by trying."""
    record_registration(
        actor=alder.max,
        centre=alder.centre,
        registration=alder.una_registration,
        number=birch.una_registration.number,
        registered_on=Day(2026, 2, 16),
    )
    assert alder.una_registration.number == "BI-0361"


def test_a_registration_of_another_centre_is_not_there(alder: Cast, birch: Cast) -> None:
    with pytest.raises(Registration.DoesNotExist):
        record_registration(
            actor=alder.max,
            centre=alder.centre,
            registration=birch.una_registration,
            number="AL-0500",
            registered_on=Day(2026, 3, 9),
        )
    with centre_context(birch.centre.pk):
        birch.una_registration.refresh_from_db()
    assert birch.una_registration.number == "BI-0361"


# Who assesses


def allocate(cast: Cast, **changes: Any) -> Allocation:
    return allocate_assessor(
        **{
            "actor": cast.max,
            "centre": cast.centre,
            "registration": cast.una_registration,
            "assessor": cast.kit,
            **changes,
        }
    )


def test_an_assessor_is_allocated_and_released(alder: Cast) -> None:
    before, una = last_seq(alder.centre), alder.una_registration
    allocate(alder)
    assert una in Registration.objects.for_centre(alder.centre).for_assessor(alder.kit)
    release_assessor(actor=alder.max, centre=alder.centre, registration=una, assessor=alder.kit)
    assert una not in Registration.objects.for_centre(alder.centre).for_assessor(alder.kit)
    allocate(alder)
    assert events_after(alder.centre, before) == [
        ("assessor.allocated", alder.max, una.pk),
        ("assessor.released", alder.max, una.pk),
        ("assessor.allocated", alder.max, una.pk),
    ]


def test_nobody_assesses_their_own_work_whatever_roles_they_have(alder: Cast) -> None:
    start_membership(actor=alder.max, centre=alder.centre, user=alder.una, role=Role.ASSESSOR)
    said = leaves_nothing(alder, lambda: allocate(alder, assessor=alder.una), Refusal)
    assert said.startswith("Nobody assesses their own work")
    allocate(alder, registration=alder.ted_registration, assessor=alder.una)


@pytest.mark.parametrize("who", ["jo", "tia", "max", "ted"])
def test_who_is_no_assessor_is_not_allocated(alder: Cast, who: str) -> None:
    leaves_nothing(alder, lambda: allocate(alder, assessor=getattr(alder, who)), Refusal)


def test_an_assessor_of_another_centre_is_not_allocated(alder: Cast, birch: Cast) -> None:
    leaves_nothing(alder, lambda: allocate(alder, assessor=birch.kit), Refusal)


def test_an_assessor_is_allocated_once_at_a_time(alder: Cast) -> None:
    leaves_nothing(alder, lambda: allocate(alder, assessor=alder.pat), TransitionError)


def test_who_is_not_allocated_is_not_released(alder: Cast) -> None:
    def release() -> None:
        release_assessor(
            actor=alder.max,
            centre=alder.centre,
            registration=alder.una_registration,
            assessor=alder.kit,
        )

    leaves_nothing(alder, release, TransitionError)


@pytest.mark.parametrize("who", ["pat", "una", "jo", "lea"])
def test_assessors_are_allocated_by_manager_and_administrator_alone(alder: Cast, who: str) -> None:
    leaves_nothing(alder, lambda: allocate(alder, actor=getattr(alder, who)), PermissionDenied)
