"""Learners follow programmes: only what is approved and whole, and one at a time."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from centres.models import Registration
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from portfolios.queries import UnitPage, unit_page
from qualifications.models import Assessment
from quality.models import Alignment, AlignmentLearner
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast
from tests.quality import moving
from tests.quality.alignments import (
    TITLE,
    approve,
    approved,
    ended,
    filled,
    fresh,
    next_of,
    pathway_of,
    placed,
    programme_now,
    said,
    started,
    work_of,
)
from tests.quality.approvals import approval_of

pytestmark = pytest.mark.django_db
FIRST, SECOND = f"{TITLE}, version 1", f"{TITLE}, version 2"


def rows(cast: Cast) -> list[AlignmentLearner]:
    with centre_context(cast.centre.pk):
        found = AlignmentLearner.objects.for_centre(cast.centre).order_by("placed_at")
        return list(found.select_related("alignment"))


def unit_of(cast: Cast, who: str = "una", assessment: str = "501-portfolio") -> UnitPage:
    registration = moving.registration_of(cast, who)
    with centre_context(cast.centre.pk):
        asked = Assessment.objects.get(
            code=assessment, specification=registration.pathway.specification_id
        )
        return unit_page(centre=cast.centre, registration=registration, assessment_id=asked.pk)


# Placing


def test_several_are_placed_at_once_with_an_event_each(alder: Cast) -> None:
    done = approved(alder)
    with new_events(alder) as events:
        assert placed(alder, done, "una", "ted") == 2
    assert events == ["programme.followed", "programme.followed"]
    assert programme_now(alder) == programme_now(alder, "ted") == FIRST
    assert {(row.placed_by, row.pathway_id) for row in rows(alder)} == {
        (alder.max, done.pathway_id)
    }


def test_who_follows_it_already_stays_as_they_are(alder: Cast) -> None:
    done = approved(alder)
    placed(alder, done)
    with new_events(alder) as events:
        assert placed(alder, done, "una", "ted") == 1
    assert events == ["programme.followed"]
    assert len(rows(alder)) == 2


def test_another_programme_takes_the_place_of_the_first(alder: Cast) -> None:
    placed(alder, approved(alder))
    with new_events(alder) as events:
        placed(alder, approved(alder, title="Orchard Hands"))
    assert events[-1:] == ["programme.followed"]
    old, new = rows(alder)
    assert (old.ended_by, new.ended_at) == (alder.max, None)
    assert programme_now(alder) == "Orchard Hands, version 1"


def test_a_draft_is_followed_by_nobody(alder: Cast) -> None:
    draft = filled(alder)
    with new_events(alder) as events, pytest.raises(TransitionError, match="once its alignment"):
        placed(alder, draft)
    assert events == []
    assert rows(alder) == []


def test_learners_stay_on_their_version_until_they_are_placed_anew(alder: Cast) -> None:
    first = approved(alder)
    placed(alder, first)
    second = approve(alder, next_of(alder, first))
    assert programme_now(alder) == FIRST
    with pytest.raises(TransitionError, match="Version 2 has taken the place"):
        placed(alder, first, "ted")
    placed(alder, second)
    assert programme_now(alder) == SECOND


def test_a_registration_on_another_pathway_is_refused_and_nobody_placed(alder: Cast) -> None:
    done = approved(alder)
    moving.moved(alder, moving.diploma())
    with new_events(alder) as events, pytest.raises(Refusal, match="is on another"):
        placed(alder, done, "ted", "una")
    assert events == []
    assert rows(alder) == []


def test_a_registration_on_a_newer_version_of_the_same_pathway_is_refused(alder: Cast) -> None:
    scene, _ = moving.pruned(alder)
    newer = moving.newer(alder, moving.CHANGED)
    assert scene.registration.pathway.code == newer.code
    with centre_context(alder.centre.pk):
        approval_of(alder, newer.specification.qualification)
    done = approved(alder, pathway=newer)
    with pytest.raises(Refusal, match="of one version of the specification"):
        placed(alder, done, registrations=[scene.registration])


def test_ending_leaves_the_row_and_an_event(alder: Cast) -> None:
    placed(alder, approved(alder))
    with new_events(alder) as events:
        ended(alder)
    assert events == ["programme.ended"]
    assert programme_now(alder) == ""
    assert [row.ended_by for row in rows(alder)] == [alder.max]
    with new_events(alder) as events, pytest.raises(TransitionError, match="no programme"):
        ended(alder)
    assert events == []


@pytest.mark.parametrize("who", ["pat", "jo", "lea", "tia", "una", "eve"])
def test_only_those_who_change_registrations_place_learners(alder: Cast, who: str) -> None:
    done = approved(alder)
    placed(alder, done)
    person = getattr(alder, who)
    for change in (
        lambda: placed(alder, done, "ted", actor=person),
        lambda: ended(alder, actor=person),
    ):
        with new_events(alder) as events, pytest.raises(PermissionDenied):
            change()
        assert events == []


def test_an_administrator_places_learners(alder: Cast) -> None:
    placed(alder, approved(alder), actor=alder.ada)
    assert programme_now(alder) == FIRST


def test_another_centres_registration_and_alignment_are_not_there(alder: Cast, birch: Cast) -> None:
    done, theirs = approved(alder), approved(birch)
    with pytest.raises(Registration.DoesNotExist), refusing(alder):
        placed(alder, done, registrations=[birch.una_registration])
    with pytest.raises(Alignment.DoesNotExist), refusing(alder):
        placed(alder, theirs)
    assert rows(alder) == rows(birch) == []


# Every state of an alignment with every state of a registration


def draft(cast: Cast) -> Alignment:
    return filled(cast)


def in_force(cast: Cast) -> Alignment:
    return approved(cast)


def superseded(cast: Cast) -> Alignment:
    first = approved(cast)
    approve(cast, next_of(cast, first))
    return first


def on_none(cast: Cast) -> None:
    """Una follows nothing."""


def on_another(cast: Cast) -> None:
    placed(cast, approved(cast, title="Orchard Hands"))


def moved_away(cast: Cast) -> None:
    moving.moved(cast, moving.diploma())


REFUSED = (draft, superseded)


@pytest.mark.parametrize("alignment", [draft, in_force, superseded])
@pytest.mark.parametrize("registration", [on_none, on_another, moved_away])
def test_the_product_of_alignments_and_registrations(
    alder: Cast, alignment: Callable[[Cast], Alignment], registration: Callable[[Cast], None]
) -> None:
    asked = alignment(alder)
    registration(alder)
    before = programme_now(alder)
    error = Refusal if registration is moved_away else None
    error = TransitionError if alignment in REFUSED else error
    with new_events(alder) as events:
        if error is None:
            assert placed(alder, asked) == 1
        else:
            with pytest.raises(error):
                placed(alder, asked)
    assert events == ([] if error else ["programme.followed"])
    assert programme_now(alder) == (before if error else FIRST)


# A move


def test_a_registration_that_moves_follows_no_longer_and_may_be_placed_there(alder: Cast) -> None:
    placed(alder, approved(alder))
    moving.moved(alder, moving.diploma())
    assert programme_now(alder) == ""
    assert unit_of(alder, assessment="500-assignment").programme == ""
    with pytest.raises(TransitionError, match="no programme"):
        ended(alder)
    there = approved(alder, title="Orchard Masters", pathway=moving.diploma())
    placed(alder, there)
    assert programme_now(alder) == "Orchard Masters, version 1"
    assert unit_of(alder, assessment="500-assignment").programme == "Orchard Masters, version 1"
    assert [row.ended_at is None for row in rows(alder)] == [False, True]


# What the learner reads


def test_the_unit_says_how_each_criterion_is_taught_and_what_is_handed_in(alder: Cast) -> None:
    draft = filled(alder)
    units = [line.unit.ref for line in work_of(alder, draft).units]
    place = units.index("8588-501")
    said(alder, draft, place, typed={"strategies-1.2": "A day of needs interviews."})
    assert [line.programme for line in unit_of(alder).criteria] == [None] * 11
    placed(alder, approve(alder, draft))
    page = unit_of(alder)
    assert page.programme == FIRST
    told = {line.number: line.programme for line in page.criteria}
    assert told["1.2"] is not None
    assert told["1.2"].strategies == "A day of needs interviews."
    assert told["1.2"].evidence == "evidence-1.2 of 8588-501"
    assert all(told.values())
    assert unit_of(alder, "ted").programme == ""


# The database


def written(cast: Cast, **changes: Any) -> Callable[[], None]:
    """A row written past every action."""

    def write() -> None:
        with centre_context(cast.centre.pk), transaction.atomic():
            given = {
                "centre": cast.centre,
                "registration": cast.una_registration,
                "pathway": pathway_of(cast),
                "placed_by": cast.max,
                **changes,
            }
            AlignmentLearner.objects.create(**given)

    return write


def approved_by_hand(cast: Cast, draft: Alignment) -> None:
    """The mark of an approval, put on past the action."""
    with (
        centre_context(cast.centre.pk),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE quality_alignment SET approved_at = now(), approved_by_id = %s, "
            "approved_name = 'Somebody' WHERE id = %s",
            [cast.lea.pk, draft.pk],
        )


def test_the_database_itself_refuses_the_approval_of_what_is_not_covered_in_full(
    alder: Cast,
) -> None:
    partial = filled(alder, started(alder, title="Partial"))
    said(alder, partial, typed={"evidence-1.1": ""})
    by_hand = filled(alder, started(alder, title="By hand"))
    said(alder, by_hand, typed={"coverage": "partial", "comment": "Not taught yet."})
    none = filled(alder, started(alder, title="None"))
    said(alder, none, typed={"coverage": "none", "comment": "Left out."})
    for draft in (started(alder, title="Empty"), partial, by_hand, none):
        with pytest.raises(DatabaseError, match="not covered in full"):
            approved_by_hand(alder, draft)
        assert fresh(alder, draft).approved_at is None
    whole = filled(alder, started(alder, title="Whole"))
    approved_by_hand(alder, whole)
    assert fresh(alder, whole).approved_at is not None


def test_the_database_itself_takes_a_coverage_set_to_full_by_hand(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"evidence-1.1": ""})
    said(alder, draft, typed={"coverage": "full", "comment": "1.1 is handed in with 2.1."})
    approved_by_hand(alder, draft)
    assert fresh(alder, draft).approved_at is not None


def test_the_database_itself_refuses_an_alignment_written_as_approved(alder: Cast) -> None:
    with (
        centre_context(alder.centre.pk),
        pytest.raises(DatabaseError, match="not covered in full"),
        transaction.atomic(),
    ):
        Alignment.objects.create(
            centre=alder.centre,
            pathway=pathway_of(alder),
            title="Out of nowhere",
            drafted_by=alder.max,
            approved_by=alder.lea,
            approved_name="Lea",
            approved_at=timezone.now(),
        )


def test_the_database_itself_refuses_a_learner_on_a_draft(alder: Cast) -> None:
    with pytest.raises(DatabaseError, match="only an approved alignment"):
        written(alder, alignment=filled(alder))()


def test_the_database_itself_refuses_another_pathway(alder: Cast) -> None:
    done = approved(alder)
    moving.moved(alder, moving.diploma())
    with pytest.raises(DatabaseError, match="alignmentlearner_alignment_same_centre"):
        written(alder, alignment=done, pathway=moving.diploma())()
    with pytest.raises(DatabaseError, match="on another pathway"):
        written(alder, alignment=done)()
    assert rows(alder) == []


def test_the_database_itself_refuses_an_alignment_of_another_centre(
    alder: Cast, birch: Cast
) -> None:
    with pytest.raises(DatabaseError, match="alignmentlearner_alignment_same_centre"):
        written(alder, alignment=approved(birch))()


def test_the_database_itself_knows_one_programme_at_a_time(alder: Cast) -> None:
    done = approved(alder)
    placed(alder, done)
    with pytest.raises(DatabaseError, match="alignmentlearner_one_programme"):
        written(alder, alignment=done)()


def test_the_database_itself_lets_a_row_be_ended_once_and_nothing_else(alder: Cast) -> None:
    done = approved(alder)
    placed(alder, done, "una", "ted")
    ended(alder, "ted")
    now = timezone.now()
    with centre_context(alder.centre.pk):
        every = AlignmentLearner.objects.for_centre(alder.centre)
        open_row = every.filter(registration=alder.una_registration)
        over = every.filter(registration=alder.ted_registration)
        for found, change in (
            (open_row, {"placed_by": alder.lea}),
            (open_row, {"placed_at": now - datetime.timedelta(days=9)}),
            (open_row, {"ended_by": alder.max, "ended_at": now, "placed_by": alder.lea}),
            (over, {"ended_at": now + datetime.timedelta(days=1)}),
            (over, {"ended_at": None, "ended_by": None}),
        ):
            with pytest.raises(DatabaseError, match="ended once"), transaction.atomic():
                found.update(**change)
        with pytest.raises(DatabaseError, match="ended_by_somebody"), transaction.atomic():
            open_row.update(ended_at=now)
        for found in (open_row, over):
            with (
                pytest.raises(DatabaseError, match="ended once"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(
                    "DELETE FROM quality_alignmentlearner WHERE id = %s", [found.get().pk]
                )
        assert open_row.update(ended_by=alder.max, ended_at=now) == 1
