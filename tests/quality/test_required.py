"""Required actions: answered by their owner, closed by somebody else."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from centres.ledger import action
from centres.models import Role
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from quality.actions.required import raise_action
from quality.models import RequiredAction, Review
from quality.queries.required import may_close
from tests.assessment.scenes import new_events, signed
from tests.cast import Cast, sign_in_client
from tests.quality.external import arranged, published, released
from tests.quality.internal import (
    answer,
    approved,
    close,
    give_role,
    raised,
    told,
)

PAGE_QUERIES = 13


@pytest.fixture
def required(alder: Cast) -> RequiredAction:
    """An action of Jo's for Pat."""
    approved(alder)
    return raised(alder, signed(alder))


def stored(cast: Cast, required: RequiredAction) -> RequiredAction:
    with centre_context(cast.centre.pk):
        found: RequiredAction = (
            RequiredAction.objects.for_centre(cast.centre)
            .select_related("closed_by")
            .get(pk=required.pk)
        )
        return found


def test_its_owner_answers_and_another_closes_it(alder: Cast, required: RequiredAction) -> None:
    with new_events(alder) as events:
        answer(alder, required, alder.pat, "  Said where. ")
    assert events == ["action.answered"]
    assert stored(alder, required).answer == "Said where."
    assert told(alder, alder.jo)[-1] == "action_answered"
    with new_events(alder) as events:
        close(alder, required, alder.lea)
    assert events == ["action.closed"]
    assert stored(alder, required).closed_by == alder.lea


def test_only_its_owner_answers(alder: Cast, required: RequiredAction) -> None:
    for who in (alder.kit, alder.jo, alder.una):
        with new_events(alder) as events, pytest.raises(PermissionDenied):
            answer(alder, required, who)
        assert events == []


@pytest.mark.parametrize("text", ["  ", "t" * 2001])
def test_an_answer_says_something(alder: Cast, required: RequiredAction, text: str) -> None:
    with new_events(alder) as events, pytest.raises(Refusal):
        answer(alder, required, alder.pat, text)
    assert events == []


def test_its_owner_never_closes_it(alder: Cast, required: RequiredAction) -> None:
    answer(alder, required, alder.pat)
    give_role(alder, alder.pat, Role.LEAD_IQA)
    with new_events(alder) as events, pytest.raises(Refusal, match="does not close it"):
        close(alder, required, alder.pat)
    assert events == []
    with centre_context(alder.centre.pk):
        rows = RequiredAction.objects.for_centre(alder.centre).filter(pk=required.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(closed_by=alder.pat, closed_at=timezone.now())


def test_it_is_closed_only_once_answered_and_never_twice(
    alder: Cast, required: RequiredAction
) -> None:
    with new_events(alder) as events, pytest.raises(TransitionError, match="answered"):
        close(alder, required, alder.jo)
    assert events == []
    answer(alder, required, alder.pat)
    close(alder, required, alder.jo)
    with pytest.raises(TransitionError):
        close(alder, required, alder.lea)
    with pytest.raises(TransitionError):
        answer(alder, required, alder.pat, "More.")


@pytest.mark.parametrize("who", ["max", "kit", "eve", "una"])
def test_others_do_not_close_it(alder: Cast, required: RequiredAction, who: str) -> None:
    answer(alder, required, alder.pat)
    with pytest.raises(PermissionDenied):
        close(alder, required, getattr(alder, who))


def test_what_a_visit_raised_is_closed_by_the_lead_or_that_eqa(alder: Cast) -> None:
    sheet = signed(alder)
    released(alder, sheet)
    visit = arranged(alder)
    (choice,) = published(alder, visit, sheet)
    with centre_context(alder.centre.pk):
        required = action(raise_action)(
            actor=alder.eve,
            centre=alder.centre,
            text="Standardise 1.3.",
            owner=alder.pat,
            due_on=timezone.localdate(),
            visit_sheet=choice,
        )
    answer(alder, required, alder.pat)
    assert told(alder, alder.eve) == []  # the EQA reads on the visit's own pages
    with new_events(alder) as events, pytest.raises(PermissionDenied):
        close(alder, required, alder.jo)
    assert events == []
    with centre_context(alder.centre.pk):
        assert may_close(required, alder.lea, frozenset({Role.LEAD_IQA}))
        assert not may_close(required, alder.jo, frozenset({Role.EQA}))
    close(alder, required, alder.eve)
    assert stored(alder, required).closed_by == alder.eve


def test_the_page_shows_each_reader_theirs(
    alder: Cast,
    birch: Cast,
    required: RequiredAction,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    approved(birch)
    foreign = raised(birch, signed(birch))
    url = reverse("quality:actions", args=[alder.centre.slug])
    seen = {}
    for who in ("pat", "kit", "jo", "max"):
        client = sign_in_client(Client(), getattr(alder, who))
        seen[who] = "Say in the feedback" in client.get(url, {"show": "open"}).content.decode()
        there = reverse("quality:action", args=[alder.centre.slug, foreign.pk])
        assert client.get(there).status_code == 404
    assert seen == {"pat": True, "kit": False, "jo": True, "max": True}
    client = sign_in_client(Client(), alder.jo)
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(url, {"show": "open"})
    with centre_context(alder.centre.pk):
        for _ in range(2):
            action(raise_action)(
                actor=alder.jo,
                centre=alder.centre,
                text="Another.",
                owner=alder.kit,
                due_on=timezone.localdate(),
                review=Review.objects.for_centre(alder.centre).get(),
            )
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get(url, {"show": "open"}).content.decode()
    assert page.count("Another.") == 2


def test_the_pages_answer_and_close(alder: Cast, required: RequiredAction) -> None:
    slug = alder.centre.slug
    url = reverse("quality:action", args=[slug, required.pk])
    pat, jo = sign_in_client(Client(), alder.pat), sign_in_client(Client(), alder.jo)
    assert "Answer" in pat.get(url).content.decode()
    answering = reverse("quality:action-answer", args=[slug, required.pk])
    assert jo.post(answering, {"answer": "Not mine."}).status_code == 404
    assert pat.post(answering, {"answer": " "}).status_code == 422
    closing = reverse("quality:action-close", args=[slug, required.pk])
    assert jo.post(closing).status_code == 409
    assert pat.post(answering, {"answer": "Done so."}).status_code == 302
    assert "Done so." in jo.get(url).content.decode()
    assert pat.post(closing).status_code == 403
    assert jo.post(closing).status_code == 302
    assert stored(alder, required).closed_by == alder.jo


def test_overdue_is_said(alder: Cast, required: RequiredAction) -> None:
    late = timezone.localdate() - datetime.timedelta(days=1)
    with centre_context(alder.centre.pk):
        rows = RequiredAction.objects.for_centre(alder.centre)
        rows.filter(pk=required.pk).update(due_on=late)
    client = sign_in_client(Client(), alder.pat)
    page = client.get(reverse("quality:actions", args=[alder.centre.slug]), {"show": "overdue"})
    assert "Overdue" in page.content.decode()
    assert "Say in the feedback" in page.content.decode()
