"""Clicks at the same moment make one submission; uploads at once get numbers of their own."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from centres.models import AuditEvent
from centres.refusals import TransitionError
from centres.tenancy import centre_context
from portfolios.models import Evidence, Submission
from tests.portfolios.samples import pdf_number

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, centre: Any, act: Callable[[int], Any]) -> list[Any]:
    """Run an act in several threads that start together, each with its own connection."""
    start, ends = threading.Barrier(count), []

    def run(number: int) -> None:
        start.wait(timeout=30)
        try:
            with centre_context(centre.pk):
                ends.append(act(number))
        except Exception as refused:
            ends.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends


def test_four_clicks_make_one_submission(
    alder: Any, within: Any, make_ready: Any, hand_in: Any
) -> None:
    with within(alder.centre):
        make_ready(alder.una_registration)
    ends = at_once(4, alder.centre, lambda number: hand_in(alder.una_registration))
    assert sorted(type(end).__name__ for end in ends) == ["Submission", *["TransitionError"] * 3]
    assert all(isinstance(end, Submission | TransitionError) for end in ends)
    with within(alder.centre):
        assert Submission.objects.for_centre(alder.centre).count() == 1
        made = AuditEvent.objects.for_centre(alder.centre).filter(action="submission.made")
        assert made.count() == 1


def test_four_uploads_get_four_numbers(alder: Any, within: Any, add: Any) -> None:
    at_once(
        4,
        alder.centre,
        lambda number: add(alder.una_registration, f"{number}.pdf", pdf_number(number)),
    )
    with within(alder.centre):
        rows = Evidence.objects.for_centre(alder.centre).filter(registration=alder.una_registration)
        assert [row.number for row in rows] == [1, 2, 3, 4]
