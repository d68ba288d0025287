"""Evidence is claimed for criteria, at a place, and the claim is taken back and put back."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from centres.models import AuditEvent
from centres.refusals import Refusal, TransitionError
from portfolios.actions import make_claim, restore_claim, withdraw_claim, withdraw_evidence
from portfolios.models import Claim
from qualifications.models import Criterion

pytestmark = pytest.mark.django_db


def claim(alder: Any, item: Any, criterion: Any, **more: Any) -> Claim:
    made: Claim = make_claim(
        actor=more.pop("actor", alder.una),
        centre=alder.centre,
        evidence=item,
        criterion=criterion,
        **more,
    )
    return made


def test_a_claim_points_to_a_place(
    alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        events(alder)
        made = claim(alder, item, criteria["1.1"], anchor="page", place=6, note=" the plan ")
        assert (made.place_text, made.note) == ("p. 6", "the plan")
        assert events(alder) == ["claim.made"]
        event = AuditEvent.objects.for_centre(alder.centre).get(subject_id=made.pk)
        assert event.facts == {
            "evidence": str(item.pk),
            "criterion": str(criteria["1.1"].pk),
            "anchor": "page",
            "place": 6,
        }


def test_one_item_shows_many_criteria_at_many_places(
    alder: Any, within: Any, add: Any, criteria: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration, "talk.mp3")
        for number, place in (("1.1", 0), ("1.1", 163), ("3.2", 163)):
            claim(alder, item, criteria[number], anchor="time", place=place)
        claim(alder, item, criteria["1.1"])
        assert Claim.objects.for_centre(alder.centre).standing().count() == 4


@pytest.mark.parametrize("where", [{}, {"anchor": "page", "place": 6}])
def test_the_same_place_is_claimed_once(
    where: Any, alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        first = claim(alder, item, criteria["1.1"], **where)
        events(alder)
        with pytest.raises(TransitionError, match="claimed for this criterion already"):
            claim(alder, item, criteria["1.1"], **where)
        assert events(alder) == []
        withdraw_claim(actor=alder.una, centre=alder.centre, claim=first)
        claim(alder, item, criteria["1.1"], **where)
        with pytest.raises(TransitionError, match="claimed for this criterion already"):
            restore_claim(actor=alder.una, centre=alder.centre, claim=first)


def test_taken_back_and_put_back(
    alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        made = claim(alder, add(alder.una_registration), criteria["2.1"])
        events(alder)
        with pytest.raises(TransitionError, match="This claim stands"):
            restore_claim(actor=alder.una, centre=alder.centre, claim=made)
        withdraw_claim(actor=alder.una, centre=alder.centre, claim=made)
        with pytest.raises(TransitionError, match="withdrawn already"):
            withdraw_claim(actor=alder.una, centre=alder.centre, claim=made)
        restore_claim(actor=alder.una, centre=alder.centre, claim=made)
        assert events(alder) == ["claim.withdrawn", "claim.restored"]


def test_a_place_must_fit_the_file(
    alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration, "photo.jpg")
        events(alder)
        with pytest.raises(Refusal, match="only the whole item"):
            claim(alder, item, criteria["1.1"], anchor="page", place=1)
        assert events(alder) == []


def test_a_long_note_is_refused(alder: Any, within: Any, add: Any, criteria: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        claim(alder, item, criteria["1.1"], note="x" * 500)
        with pytest.raises(Refusal, match="500 characters at most; this one has 501"):
            claim(alder, item, criteria["1.2"], note="x" * 501)


def test_a_withdrawn_item_supports_nothing_new(
    alder: Any, within: Any, add: Any, criteria: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        with pytest.raises(TransitionError, match="is withdrawn"):
            claim(alder, item, criteria["1.1"])


def test_a_criterion_of_another_pathway_is_refused(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        foreign = Criterion(unit_id=alder.assessment.pk)  # no unit of any pathway
        with pytest.raises(Refusal, match="not of a unit"):
            claim(alder, item, foreign)


@pytest.mark.parametrize("who", ["ted", "pat", "jo", "max"])
def test_only_the_learner_claims(
    who: str, alder: Any, within: Any, add: Any, criteria: Any, events: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        made = claim(alder, item, criteria["1.1"])
        events(alder)
        other = getattr(alder, who)
        with pytest.raises(PermissionDenied):
            claim(alder, item, criteria["1.2"], actor=other)
        with pytest.raises(PermissionDenied):
            withdraw_claim(actor=other, centre=alder.centre, claim=made)
        with pytest.raises(PermissionDenied):
            restore_claim(actor=other, centre=alder.centre, claim=made)
        assert events(alder) == []


def test_a_line_end_of_a_note_counts_once(alder: Any, within: Any, add: Any, criteria: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        made = claim(alder, item, criteria["1.1"], note="\r\n".join("x" * 250))
        assert made.note == "\n".join("x" * 250)
        with pytest.raises(Refusal, match="this one has 501"):
            claim(alder, item, criteria["1.2"], note="\r\n".join("x" * 251))
