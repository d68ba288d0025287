"""Releasing what nobody sampled: the list, the plan's share, and one signature over all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.models import Document, Sheet
from centres.models import Role, Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.tenancy import centre_context
from quality.actions.holds import place_hold
from quality.models import Release, ReleaseItem
from quality.queries.release import release_manifest, release_parts, release_work
from quality.queries.standings import sheet_standing
from quality.standing import Route, Standing
from tests.assessment.scenes import new_events, signed
from tests.cast import PASSWORD, Cast, sign_in_client
from tests.quality.internal import (
    agreed,
    approved,
    chosen,
    give_role,
    qualification_of,
    release,
    sign,
    signature_of,
    signed_by_another,
    told,
)

PAGE_QUERIES = 13
WHY = "The assessor is standardised."


def standing(cast: Cast, sheet: Sheet) -> tuple[Standing, Route | None]:
    with centre_context(cast.centre.pk):
        work = sheet_standing(cast.centre, sheet)
        return work.standing, work.route


def nothing_released(cast: Cast) -> bool:
    with centre_context(cast.centre.pk):
        return not (
            Release.objects.for_centre(cast.centre).exists()
            or ReleaseItem.objects.for_centre(cast.centre).exists()
            or Signature.objects.for_centre(cast.centre).filter(purpose="release").exists()
        )


def test_one_signature_confirms_what_was_not_sampled(alder: Cast) -> None:
    plan = approved(alder, baseline_percent=34)
    first, second = signed(alder), signed(alder, "ted")
    sign(alder, agreed(alder, signed_by_another(alder, "ida")))
    with new_events(alder) as events, pytest.raises(Refusal, match="33 %"):
        release(alder, first, second)
    assert events == []
    assert nothing_released(alder)
    with new_events(alder) as events:
        done = release(alder, first, second, justification=f" {WHY} ")
    assert events == [
        "signature.made",
        "release.signed",
        *["document.queued"] * 4,
    ]
    assert (done.plan_id, done.reviewed, done.decided) == (plan.pk, 1, 3)
    assert done.justification == WHY
    for sheet, learner in ((first, alder.una), (second, alder.ted)):
        assert standing(alder, sheet) == (Standing.INTERNAL, Route.RELEASED)
        assert told(alder, learner) == ["sheet_confirmed"]
    signature = signature_of(alder, Signature.Purpose.RELEASE)
    assert signature.subject_id == done.pk
    assert "Una Hornbeam of Alder" in signature.sentence
    assert "Ted Rowan of Alder" in signature.sentence
    assert "1 of 3 were reviewed (33 %)" in signature.sentence
    assert len(signature.builds_on) == 3  # the plan's approval and two decisions
    with centre_context(alder.centre.pk):
        papers = Document.objects.for_centre(alder.centre).filter(standing="released")
        assert papers.count() == 4


def test_at_the_plans_baseline_no_reason_is_needed(alder: Cast) -> None:
    approved(alder, baseline_percent=50)
    sheet = signed(alder)
    sign(alder, agreed(alder, signed(alder, "ted")))
    assert release(alder, sheet).justification == ""


def test_what_was_released_before_counts_as_decided(alder: Cast) -> None:
    approved(alder, baseline_percent=50)
    first, second = signed(alder), signed_by_another(alder, "ida")
    sign(alder, agreed(alder, signed(alder, "ted")))
    release(alder, first)
    with pytest.raises(Refusal, match="1 of 3 were reviewed"):
        release(alder, second)


def test_without_a_plan_or_a_list_nothing_is_released(alder: Cast) -> None:
    sheet = signed(alder)
    with new_events(alder) as events, pytest.raises(Refusal, match="none is approved"):
        release(alder, sheet, justification=WHY)
    assert events == []
    approved(alder)
    with pytest.raises(Refusal, match="names the work"):
        release(alder, justification=WHY)
    assert nothing_released(alder)


def test_only_passes_that_stand_unsampled_and_unheld_are_released(alder: Cast) -> None:
    approved(alder)
    referred = signed(alder, referred=("1.3",))
    sampled = signed(alder, "ted")
    held = signed_by_another(alder, "ida")
    chosen(alder, sampled)
    with centre_context(alder.centre.pk):
        place_hold(
            actor=alder.max,
            centre=alder.centre,
            registration=held.submission.registration,
            assessment=alder.assessment,
            kind="appeal",
            reason="An appeal is open.",
        )
        work = release_work(alder.centre, alder.lea, qualification_of(alder))
        assert (work.rows, work.held) == ((), 1)
    for sheet in (referred, sampled, held):
        with new_events(alder) as events, pytest.raises(TransitionError):
            release(alder, sheet, justification=WHY)
        assert events == []
    assert nothing_released(alder)


def test_a_sheet_is_released_once(alder: Cast) -> None:
    approved(alder)
    sheet = signed(alder)
    release(alder, sheet, justification=WHY)
    with new_events(alder) as events, pytest.raises(TransitionError):
        release(alder, sheet, justification=WHY)
    assert events == []


def test_a_lead_who_assessed_one_is_refused_by_name_and_may_leave_it_out(alder: Cast) -> None:
    approved(alder)
    sheet = signed(alder)
    give_role(alder, alder.pat, Role.LEAD_IQA)
    with new_events(alder) as events, pytest.raises(Refusal, match="Una Hornbeam of Alder"):
        release(alder, sheet, actor=alder.pat, justification=WHY)
    assert events == []
    assert nothing_released(alder)
    with centre_context(alder.centre.pk):
        work = release_work(alder.centre, alder.pat, qualification_of(alder))
    assert ([row.own for row in work.rows], work.chosen) == ([True], ())


@pytest.mark.parametrize("who", ["jo", "max", "pat", "eve"])
def test_others_do_not_release(alder: Cast, who: str) -> None:
    approved(alder)
    sheet = signed(alder)
    with pytest.raises(PermissionDenied):
        release(alder, sheet, actor=getattr(alder, who), justification=WHY)
    assert nothing_released(alder)


def test_what_changed_since_it_was_shown_is_named(alder: Cast) -> None:
    approved(alder)
    first = signed(alder)
    with centre_context(alder.centre.pk):
        shown = release_manifest(release_work(alder.centre, alder.lea, qualification_of(alder)))
    second = signed(alder, "ted")
    with new_events(alder) as events, pytest.raises(ChangedSinceShown) as refusal:
        release(
            alder,
            first,
            second,
            shown_digest=shown.digest,
            shown_parts=release_parts(shown.content),
            justification=WHY,
        )
    assert "Ted Rowan of Alder, Portfolio of evidence, unit 501: changed." in (
        refusal.value.changes
    )
    assert events == []
    assert nothing_released(alder)


def test_the_page_lists_leaves_out_and_signs(
    alder: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approved(alder)
    first = signed(alder)
    client = sign_in_client(Client(), alder.lea)
    url = reverse("quality:release", args=[alder.centre.slug, qualification_of(alder).pk])
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(url)
    second, third = signed(alder, "ted"), signed_by_another(alder, "ida")
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get(url).content.decode()
    assert "3 of 3 to release" in page
    address = f"{url}?leave={third.pk}&leave=no-id"
    page = client.get(address).content.decode()
    assert "2 of 3 to release" in page
    assert "I release 2 passes" in page
    with centre_context(alder.centre.pk):
        work = release_work(
            alder.centre, alder.lea, qualification_of(alder), left_out=frozenset({third.pk})
        )
        shown = release_manifest(work).digest
    data = {"shown": shown, "parts": "{}", "password": PASSWORD}
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "say why the rest is released" in refused.content.decode()
    assert client.post(url, {**data, "justification": WHY}).status_code == 409
    assert nothing_released(alder)
    assert client.post(address, {**data, "justification": WHY}).status_code == 302
    with centre_context(alder.centre.pk):
        items = ReleaseItem.objects.for_centre(alder.centre)
        assert {item.sheet_id for item in items} == {first.pk, second.pk}
