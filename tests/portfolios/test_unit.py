"""The unit's page: what is claimed, what is missing, and the one next step."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from portfolios.actions import close_submission, make_claim, withdraw_evidence
from portfolios.next_step import next_step
from portfolios.queries import counted_in_words, unit_page
from tests.portfolios.samples import pdf_number

pytestmark = pytest.mark.django_db


def address(alder: Any, registration: Any = None) -> str:
    registration = registration or alder.una_registration
    return reverse(
        "portfolios:unit", args=[alder.centre.slug, registration.pk, alder.assessment.pk]
    )


def read(alder: Any) -> Any:
    return unit_page(
        centre=alder.centre,
        registration=alder.una_registration,
        assessment_id=alder.assessment.pk,
    )


def step(alder: Any) -> str:
    return next_step(read(alder), alder.centre.slug).title


def test_every_criterion_stands_with_what_is_claimed_for_it(
    alder: Any, within: Any, add: Any, criteria: Any, signed_in: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        make_claim(
            actor=alder.una,
            centre=alder.centre,
            evidence=item,
            criterion=criteria["1.1"],
            anchor="page",
            place=4,
        )
        page = read(alder)
    assert [line.number for line in page.criteria] == list(criteria)
    assert [block.number for block in page.outcomes] == [1, 2, 3]
    assert (page.count_claimed, page.count_missing) == (1, 10)
    assert page.criteria[0].state == "claimed"
    assert page.criteria[1].state == "missing"
    text = signed_in(alder.una).get(address(alder)).content.decode()
    assert "E1, p. 4" in text
    assert 'id="ac-2-1"' in text
    assert "1 claimed · 10 missing" in text
    assert "2.1 has no evidence yet" in text
    for criterion in criteria.values():
        assert criterion.statement.replace("’", "’") in text


def test_what_the_assessor_counts_is_said(alder: Any, within: Any) -> None:
    with within(alder.centre):
        counted = {line.number: line.counted for line in read(alder).criteria if line.counted}
    assert counted == {
        "1.1": ("Clients in the plan: 2 to 3 clients, counted by your assessor.",),
        "2.1": (
            "Practice: 18 hours or more, counted by your assessor.",
            "Clients: 2 to 3 clients, counted by your assessor.",
        ),
        "3.3": ("Supervision: 1 hour or more, counted by your assessor.",),
    }


def test_a_rule_in_words() -> None:
    assert counted_in_words("A", 2, 2, "items") == "A: 2 items, counted by your assessor."
    assert (
        counted_in_words("A", None, 4, "items") == "A: 4 items at most, counted by your assessor."
    )


def test_the_next_step_follows_the_work(
    alder: Any, within: Any, add: Any, make_ready: Any, criteria: Any, hand_in: Any
) -> None:
    def close(submission: Any, outcome: str) -> None:
        at = datetime.datetime.now(datetime.UTC)
        close_submission(actor=alder.pat, submission=submission, outcome=outcome, at=at)

    with within(alder.centre):
        assert step(alder) == "Next: add your first evidence"
        item = add(alder.una_registration)
        assert step(alder) == "Next: say what E1 shows"
        make_claim(actor=alder.una, centre=alder.centre, evidence=item, criterion=criteria["1.1"])
        assert step(alder) == "Next: find evidence for 1.2"
        make_ready(alder.una_registration, items=1)
        assert step(alder) == "Next: check and hand in"
        first = hand_in(alder.una_registration)
        assert step(alder) == "Attempt 1 is with your assessor"
        close(first, "referral")
        assert step(alder) == "Next: read the feedback on attempt 1"
        more = add(alder.una_registration, "more.pdf", pdf_number(7))
        assert step(alder) == "Next: check and hand in attempt 2"
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=more)
        second = hand_in(alder.una_registration)
        close(second, "pass")
        assert step(alder) == "Passed on attempt 2"


def test_an_ended_registration_closes_handing_in(alder: Any, within: Any, signed_in: Any) -> None:
    registration = alder.una_registration
    registration.registered_on = datetime.date(2020, 1, 1)
    registration.expires_on = datetime.date(2023, 1, 1)
    with within(alder.centre):
        registration.save()
        assert step(alder) == "Handing in is closed"
    assert "ended on 1 Jan 2023" in signed_in(alder.una).get(address(alder)).content.decode()


WHO = {
    "una": (200, True),
    "pat": (200, False),
    "tia": (200, False),
    "jo": (200, False),
    "lea": (200, False),
    "max": (200, False),
    "ada": (200, False),
    "ted": (404, False),
    "kit": (404, False),
    "eve": (403, False),
}


@pytest.mark.parametrize(("who", "status", "works"), [(w, *v) for w, v in WHO.items()])
def test_its_learner_works_on_it_and_staff_read_it(
    who: str, status: int, works: bool, alder: Any, signed_in: Any
) -> None:
    response = signed_in(getattr(alder, who)).get(address(alder))
    assert response.status_code == status
    assert (b'type="file"' in response.content) is works
    assert (b"Next: add your first evidence" in response.content) is works


def test_an_assessment_of_another_pathway_is_not_found(alder: Any, signed_in: Any) -> None:
    url = reverse(
        "portfolios:unit",
        args=[alder.centre.slug, alder.una_registration.pk, alder.una_registration.pk],
    )
    assert signed_in(alder.una).get(url).status_code == 404


def test_another_centres_registration_is_not_found(alder: Any, birch: Any, signed_in: Any) -> None:
    assert signed_in(alder.max).get(address(alder, birch.una_registration)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_constant(
    rows: int,
    alder: Any,
    within: Any,
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
        una.get(address(alder))
