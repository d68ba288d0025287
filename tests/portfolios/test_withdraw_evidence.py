"""An item is taken out of the portfolio and put back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from centres.refusals import TransitionError
from portfolios.actions import restore_evidence, withdraw_evidence
from portfolios.models import Evidence
from portfolios.queries import unit_page

pytestmark = pytest.mark.django_db


def test_out_and_back(alder: Any, within: Any, make_ready: Any, events: Any) -> None:
    with within(alder.centre):
        items = make_ready(alder.una_registration, items=2)
        events(alder)

        def claimed() -> int:
            return unit_page(
                centre=alder.centre,
                registration=alder.una_registration,
                assessment_id=alder.assessment.pk,
            ).count_claimed

        assert claimed() == 11
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=items[0])
        assert claimed() == 5
        assert Evidence.objects.for_centre(alder.centre).standing().get() == items[1]
        restore_evidence(actor=alder.una, centre=alder.centre, evidence=items[0])
        assert claimed() == 11
        assert events(alder) == ["evidence.withdrawn", "evidence.restored"]


def test_twice_is_refused_and_leaves_no_event(
    alder: Any, within: Any, add: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        with pytest.raises(TransitionError, match="is in the portfolio"):
            restore_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        events(alder)
        with pytest.raises(TransitionError, match="is withdrawn"):
            withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        assert events(alder) == []


@pytest.mark.parametrize("who", ["ted", "pat", "max"])
@pytest.mark.parametrize("act", [withdraw_evidence, restore_evidence])
def test_only_the_learner_may(act: Any, who: str, alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        with pytest.raises(PermissionDenied):
            act(actor=getattr(alder, who), centre=alder.centre, evidence=item)


def test_a_withdrawn_number_is_not_given_again(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        assert add(alder.una_registration).number == 2
