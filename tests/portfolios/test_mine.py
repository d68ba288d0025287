"""My work: each assessment, where it stands, what is next."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from portfolios.actions import close_submission
from portfolios.queries import my_work, waiting_for_learner

pytestmark = pytest.mark.django_db


def page(alder: Any, browser: Any) -> Any:
    return browser.get(reverse("portfolios:mine", args=[alder.centre.slug]))


def test_each_assessment_has_its_line(
    alder: Any, within: Any, make_ready: Any, hand_in: Any, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    assert "0 of 11" in page(alder, una).content.decode()
    with within(alder.centre):
        make_ready(alder.una_registration)
        assert waiting_for_learner(alder.centre, alder.una) == 3
    text = page(alder, una).content.decode()
    assert "11 of 11" in text
    assert "Check and hand in" in text
    with within(alder.centre):
        submission = hand_in(alder.una_registration)
        assert waiting_for_learner(alder.centre, alder.una) == 2
    assert "Wait for the decision" in page(alder, una).content.decode()
    with within(alder.centre):
        close_submission(
            actor=alder.pat,
            submission=submission,
            outcome="referral",
            at=datetime.datetime.now(datetime.UTC),
        )
        assert waiting_for_learner(alder.centre, alder.una) == 3
        lines = my_work(centre=alder.centre, learner=alder.una)
        (line,) = (line for line in lines if line.assessment == alder.assessment)
    assert (line.state, line.missing) == ("referred", 0)
    assert "Read the feedback" in page(alder, una).content.decode()


def test_only_ones_own_work_is_on_it(
    alder: Any, within: Any, make_ready: Any, signed_in: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
    text = page(alder, signed_in(alder.ted)).content.decode()
    assert "0 of 11" in text
    assert "11 of 11" not in text
    assert str(alder.una_registration.pk) not in text


def test_an_ended_registration_waits_for_nothing(alder: Any, within: Any, signed_in: Any) -> None:
    registration = alder.una_registration
    registration.registered_on = datetime.date(2020, 1, 1)
    registration.expires_on = datetime.date(2023, 1, 1)
    with within(alder.centre):
        registration.save()
        assert waiting_for_learner(alder.centre, alder.una) == 0
    assert "register you again" in page(alder, signed_in(alder.una)).content.decode()


def test_staff_have_no_work_of_their_own(alder: Any, signed_in: Any) -> None:
    assert page(alder, signed_in(alder.pat)).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_constant(
    rows: int,
    alder: Any,
    within: Any,
    add: Any,
    make_ready: Any,
    hand_in: Any,
    signed_in: Any,
    django_assert_num_queries: Any,
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration, items=rows)
        for _ in range(rows):
            close_submission(
                actor=alder.pat,
                submission=hand_in(alder.una_registration),
                outcome="referral",
                at=datetime.datetime.now(datetime.UTC),
            )
    una = signed_in(alder.una)
    with django_assert_num_queries(15):
        page(alder, una)
