"""The assessor's queue."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.queries.queue import assessor_queue
from centres.actions import allocate_assessor, enrol_learner
from centres.models import Membership, Role
from centres.tenancy import centre_context
from portfolios.models import Submission
from tests import stage
from tests.assessment import scenes
from tests.cast import Cast, make_user, sign_in_client

PAGE_QUERIES = 12


def queue_of(cast: Cast, who: str, search: str = "") -> list[str]:
    with centre_context(cast.centre.pk):
        queue = assessor_queue(cast.centre, getattr(cast, who), search=search)
        return [row.learner.split()[0] for row in queue.waiting]


def test_only_what_is_allocated_waits(alder: Cast, birch: Cast) -> None:
    for cast in (alder, birch):
        scenes.submitted(cast)
        scenes.submitted(cast, "ted")
    assert queue_of(alder, "pat") == ["Una", "Ted"]
    assert queue_of(alder, "kit") == ["Ted"]
    assert queue_of(alder, "jo") == []


def test_the_states_of_a_submission(alder: Cast) -> None:
    submission = scenes.submitted(alder)
    with centre_context(alder.centre.pk):
        (row,) = assessor_queue(alder.centre, alder.pat).waiting
        assert (row.state, row.decided, row.parts, row.attempt) == ("not_started", 0, 11, 1)
        today = timezone.localdate()
        assert (row.age, row.due) == (0, today + datetime.timedelta(days=14))
    scenes.save(alder, submission, "1.1", feedback="No decision yet.")
    scenes.save(alder, submission, "1.2", decision="pass")
    with centre_context(alder.centre.pk):
        (row,) = assessor_queue(alder.centre, alder.pat).waiting
        assert (row.state, row.decided) == ("started", 1)
    sheet = scenes.signed(alder, "ted", referred=("1.3",))
    with centre_context(alder.centre.pk):
        queue = assessor_queue(alder.centre, alder.pat)
        assert [row.submission_id for row in queue.waiting] == [submission.pk]
        (row,) = queue.decided
        assert (row.state, row.sheet_id) == ("referral", sheet.pk)


def test_overdue_comes_first_and_is_counted(alder: Cast) -> None:
    scenes.submitted(alder)
    late = scenes.submitted(alder, "ted")
    with centre_context(alder.centre.pk):
        alder.centre.decide_within_days = 0
        alder.centre.save()
        (row, *_) = assessor_queue(alder.centre, alder.pat).waiting
        assert not row.overdue
        alder.centre.decide_within_days = 14
        queue = assessor_queue(alder.centre, alder.pat)
        assert [row.submission_id for row in queue.waiting][1] == late.pk
        assert (queue.overdue, queue.due_this_week) == (0, 0)
        alder.centre.decide_within_days = 6
        assert assessor_queue(alder.centre, alder.pat).due_this_week == 2


@pytest.mark.parametrize(("search", "found"), [("hornb", ["Una"]), ("AL-0362", ["Ted"]), ("x", [])])
def test_learners_are_found(alder: Cast, search: str, found: list[str]) -> None:
    scenes.submitted(alder)
    scenes.submitted(alder, "ted")
    assert queue_of(alder, "pat", search) == found


def another_learner(cast: Cast, number: int) -> Submission:
    with centre_context(cast.centre.pk):
        learner = make_user(f"more{number}@example.org", f"More Learner {number}")
        Membership.objects.create(centre=cast.centre, user=learner, role=Role.LEARNER)
        registration = enrol_learner(
            actor=cast.max,
            centre=cast.centre,
            learner=learner,
            pathway=cast.una_registration.pathway,
            certificate_name=learner.full_name,
            date_of_birth=datetime.date(1990, 1, 1),
            enrolled_on=datetime.date(2026, 2, 2),
        )
        allocate_assessor(
            actor=cast.max, centre=cast.centre, registration=registration, assessor=cast.pat
        )
        return stage.submit(cast, stage.make_work(cast, learner, registration))


def test_the_page_costs_the_same_with_one_row_and_with_three(
    alder: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scenes.submitted(alder)
    sign_in_client(client, alder.pat)
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get("/c/alder/marking/").status_code == 200
    scenes.submitted(alder, "ted")
    another_learner(alder, 3)
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get("/c/alder/marking/").content.decode()
    assert "3 submissions, soonest due first" in page
    assert "More Learner 3" in page


def test_an_empty_queue_says_what_will_come(alder: Cast, client: Client) -> None:
    page = sign_in_client(client, alder.kit).get("/c/alder/marking/").content.decode()
    assert "Nothing waits for you" in page
    assert (
        "Nobody in your queue matches" in client.get("/c/alder/marking/?q=\x00z").content.decode()
    )
