"""The programme of the demonstration: it fits the catalogue, is approved, followed and printed."""

import pytest

from centres.tenancy import centre_context
from config.demo.alignments_play import play_alignments
from config.demo.programme import COACHING_YEAR
from config.demo.story import House
from config.demo.summary import jobs_done
from quality.models import Alignment
from tests.cast import Cast
from tests.quality.alignments import issued, programme_now, work_of

pytestmark = pytest.mark.django_db


def test_the_programme_is_approved_followed_and_waited_for(alder: Cast) -> None:
    house = House(
        slug=alder.centre.slug,
        name=alder.centre.name,
        number=alder.centre.number,
        people=(),
        learners=(),
        approvals=(),
        alignments=(COACHING_YEAR,),
    )
    people = {"max": alder.max, "lea": alder.lea, "finn": alder.una, "cleo": alder.ted}
    with centre_context(alder.centre.pk):
        play_alignments(house, alder.centre, people)
        made = Alignment.objects.for_centre(alder.centre).approved().get()
    assert [line.filled for line in work_of(alder, made).units] == [
        len(unit.criteria) for unit in COACHING_YEAR.units
    ]
    assert programme_now(alder) == programme_now(alder, "ted") == "The Coaching Year, version 1"
    assert jobs_done() == (0, 1)
    issued(alder, made)
    assert jobs_done() == (1, 1)
