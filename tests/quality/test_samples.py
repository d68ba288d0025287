"""Choosing for internal quality assurance: by hand, by a seeded draw, and in progress."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from centres.models import Role
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from qualifications.models import Assessment
from quality.models import Draw, Sample
from quality.queries.samples import drawn
from tests import stage
from tests.assessment.scenes import again, new_events, signed, submitted
from tests.cast import Cast, sign_in_client
from tests.quality.internal import (
    WEEK,
    agreed,
    approved,
    chosen,
    chosen_in_progress,
    drew,
    give_role,
    qualification_of,
    release,
    sign,
    signed_by_another,
    told,
)

POOL = [uuid.UUID(int=number) for number in range(20)]


def samples(cast: Cast) -> list[Sample]:
    with centre_context(cast.centre.pk):
        return list(Sample.objects.for_centre(cast.centre).order_by("chosen_at"))


@given(
    pool=st.lists(st.uuids(), unique=True, max_size=30),
    seed=st.text(max_size=20),
    wanted=st.integers(min_value=0, max_value=40),
)
def test_a_draw_is_the_same_for_the_same_pool_in_any_order(
    pool: list[uuid.UUID], seed: str, wanted: int
) -> None:
    one = drawn(pool, seed, wanted)
    assert one == drawn(reversed(pool), seed, wanted)
    assert len(one) == len(set(one)) == min(wanted, len(pool))
    assert set(one) <= set(pool)


def test_another_seed_draws_others() -> None:
    assert drawn(POOL, "one", 5) != drawn(POOL, "two", 5)
    # Kept as it is: a draw of years ago must repeat.
    assert [each.int for each in drawn(POOL, "kept", 3)] == [19, 3, 6]


def test_a_sheet_is_chosen_with_a_reason_and_its_reviewer_is_told(alder: Cast) -> None:
    plan, sheet = approved(alder), signed(alder)
    with new_events(alder) as events:
        sample = chosen(alder, sheet)
    assert events == ["sample.chosen"]
    assert (sample.plan, sample.sheet, sample.reviewer) == (plan, sheet, alder.jo)
    assert (sample.kind, sample.chosen_by) == (Sample.Kind.SUMMATIVE, alder.lea)
    assert told(alder, alder.jo) == ["sample_chosen"]
    assert told(alder, alder.pat) == []


def test_who_chooses_for_themselves_is_not_told(alder: Cast) -> None:
    approved(alder)
    chosen(alder, signed(alder), actor=alder.jo)
    assert told(alder, alder.jo) == []


def test_without_an_approved_plan_nothing_is_chosen(alder: Cast) -> None:
    sheet = signed(alder)
    with new_events(alder) as events, pytest.raises(Refusal, match="none is approved"):
        chosen(alder, sheet)
    with pytest.raises(Refusal, match="none is approved"):
        drew(alder, 1)
    assert events == []
    assert samples(alder) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "  "},
        {"reason": "r" * 301},
        {"due_on": timezone.localdate() - datetime.timedelta(days=1)},
    ],
)
def test_a_choice_without_reason_or_in_the_past_is_refused(
    alder: Cast, changes: dict[str, object]
) -> None:
    approved(alder)
    sheet = signed(alder)
    with new_events(alder) as events, pytest.raises(Refusal):
        chosen(alder, sheet, **changes)
    assert events == []
    assert samples(alder) == []


def test_a_reviewer_who_is_no_quality_assurer_is_refused(alder: Cast) -> None:
    approved(alder)
    sheet = signed(alder)
    with pytest.raises(Refusal, match="is not an internal quality assurer"):
        chosen(alder, sheet, reviewer=alder.kit)
    assert samples(alder) == []


def test_a_reviewer_who_assessed_any_attempt_is_refused(alder: Cast) -> None:
    approved(alder)
    first = signed(alder, referred=("1.3",))
    give_role(alder, alder.pat, Role.IQA)
    with new_events(alder) as events, pytest.raises(Refusal, match="never verifies"):
        chosen(alder, first, reviewer=alder.pat)
    assert events == []
    assert samples(alder) == []


def test_a_reviewer_who_is_the_learner_is_refused(alder: Cast) -> None:
    approved(alder)
    sheet = signed(alder)
    give_role(alder, alder.una, Role.IQA)
    with pytest.raises(Refusal, match="is the learner"):
        chosen(alder, sheet, reviewer=alder.una)
    assert samples(alder) == []


def test_a_sheet_is_sampled_once(alder: Cast) -> None:
    approved(alder)
    sheet = signed(alder)
    chosen(alder, sheet)
    with new_events(alder) as events, pytest.raises(TransitionError, match="in the sample"):
        chosen(alder, sheet)
    assert events == []
    assert len(samples(alder)) == 1


def test_what_is_confirmed_or_followed_is_not_sampled(alder: Cast) -> None:
    approved(alder, baseline_percent=1)
    confirmed = signed(alder, "ted")
    sign(alder, agreed(alder, signed_by_another(alder, "ida")))
    release(alder, confirmed)
    with pytest.raises(TransitionError):
        chosen(alder, confirmed)
    referred = signed(alder, referred=("1.3",))
    again(alder, referred)
    with pytest.raises(TransitionError):
        chosen(alder, referred)
    assert len(samples(alder)) == 1


@pytest.mark.parametrize("who", ["pat", "max", "una", "eve"])
def test_others_do_not_choose(alder: Cast, who: str) -> None:
    approved(alder)
    sheet = signed(alder)
    with pytest.raises(PermissionDenied):
        chosen(alder, sheet, actor=getattr(alder, who))


def test_a_draw_keeps_its_seed_and_pool_and_can_be_repeated(alder: Cast) -> None:
    approved(alder)
    sheets = [signed(alder), signed(alder, "ted"), signed_by_another(alder, "ida")]
    before = chosen(alder, sheets[0])
    with new_events(alder) as events:
        draw = drew(alder, 1, seed="  dice 7 ")
    assert events == ["draw.made", "sample.chosen"]
    assert draw.seed == "dice 7"
    assert draw.pool == sorted(str(sheet.pk) for sheet in sheets[1:])
    (sample,) = [each for each in samples(alder) if each.pk != before.pk]
    assert (sample.sheet_id,) == drawn([uuid.UUID(each) for each in draw.pool], "dice 7", 1)
    assert sample.draw_id == draw.pk
    assert "dice 7" in sample.reason
    assert told(alder, alder.jo) == ["sample_chosen", "sample_chosen"]


def test_a_seed_is_made_up_where_none_is_typed(alder: Cast) -> None:
    approved(alder)
    signed(alder)
    assert len(drew(alder, 1).seed) == 16


@pytest.mark.parametrize("wanted", [0, 2])
def test_a_draw_of_nothing_or_of_more_than_the_pool_is_refused(alder: Cast, wanted: int) -> None:
    approved(alder)
    signed(alder)
    with new_events(alder) as events, pytest.raises(Refusal, match="in the pool"):
        drew(alder, wanted)
    assert events == []
    with centre_context(alder.centre.pk):
        assert not Draw.objects.for_centre(alder.centre).exists()


def test_a_draw_for_a_reviewer_who_assessed_what_it_drew_is_refused(alder: Cast) -> None:
    approved(alder)
    signed(alder)
    give_role(alder, alder.pat, Role.IQA)
    with new_events(alder) as events, pytest.raises(Refusal, match="has assessed work of Una"):
        drew(alder, 1, reviewer=alder.pat)
    assert events == []
    assert samples(alder) == []


def test_work_in_progress_is_chosen_for_a_look(alder: Cast) -> None:
    approved(alder)
    submitted(alder)
    with new_events(alder) as events:
        sample = chosen_in_progress(alder)
    assert events == ["sample.chosen"]
    assert (sample.kind, sample.sheet_id) == (Sample.Kind.INTERIM, None)
    with pytest.raises(TransitionError, match="already"):
        chosen_in_progress(alder)


def test_decided_work_is_no_work_in_progress(alder: Cast) -> None:
    approved(alder)
    signed(alder)
    with new_events(alder) as events, pytest.raises(TransitionError):
        chosen_in_progress(alder)
    assert events == []


def test_an_assessment_of_another_pathway_is_refused(alder: Cast) -> None:
    approved(alder)
    other = Assessment.objects.get(
        specification=alder.assessment.specification_id, code="502-portfolio"
    )
    with pytest.raises(TransitionError, match="not part of"):
        chosen_in_progress(alder, assessment=other)


def test_the_pages_choose_draw_and_look_in_progress(
    alder: Cast, birch: Cast, client: Client
) -> None:
    approved(alder)
    sheet, foreign = signed(alder), signed(birch)
    with centre_context(alder.centre.pk):
        stage.make_work(alder, alder.ted, alder.ted_registration)
    signed_by_another(alder, "ida")
    sign_in_client(client, alder.lea)
    slug = alder.centre.slug
    due = (timezone.localdate() + WEEK).isoformat()
    url = reverse("quality:sample-choose", args=[slug, sheet.pk])
    assert "Una" in client.get(url).content.decode()
    theirs = client.post(url, {"reason": "Why not", "reviewer": birch.jo.pk, "due_on": due})
    assert theirs.status_code == 422
    typed = {"reason": "Why not", "reviewer": str(alder.jo.pk), "due_on": due}
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 409
    there = reverse("quality:sample-choose", args=[slug, foreign.pk])
    assert client.get(there).status_code == 404
    draw_url = reverse("quality:draw", args=[slug, qualification_of(alder).pk])
    assert "1 decided" in client.get(draw_url).content.decode()
    drawing = {"wanted": "1", "seed": "", "reviewer": str(alder.jo.pk), "due_on": due}
    assert client.post(draw_url, drawing).status_code == 302
    interim = reverse(
        "quality:sample-interim", args=[slug, alder.ted_registration.pk, alder.assessment.pk]
    )
    assert "confirms nothing" in client.get(interim).content.decode()
    assert client.post(interim, typed).status_code == 302
    assert [each.kind for each in samples(alder)] == ["summative", "summative", "interim"]
