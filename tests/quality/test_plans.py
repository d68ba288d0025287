"""Sampling plans: drafted by quality assurers, in force once the lead has signed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from centres.models import Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.tenancy import centre_context
from quality.models import SamplingPlan
from quality.queries.plans import plan_in_force, plan_manifest
from tests.assessment.scenes import new_events
from tests.cast import PASSWORD, Cast, sign_in_client
from tests.quality.internal import (
    approve,
    approved,
    drafted,
    qualification_of,
    signature_of,
)


def in_force(cast: Cast) -> SamplingPlan | None:
    with centre_context(cast.centre.pk):
        return plan_in_force(cast.centre, qualification_of(cast))


def test_a_draft_is_the_next_version_and_is_not_in_force(alder: Cast) -> None:
    with new_events(alder) as events:
        plan = drafted(alder)
    assert events == ["plan.drafted"]
    assert (plan.version, plan.drafted_by, plan.approved_at) == (1, alder.jo, None)
    assert in_force(alder) is None


def test_drafting_again_changes_the_open_draft(alder: Cast) -> None:
    first = drafted(alder)
    second = drafted(alder, actor=alder.lea, baseline_percent=30)
    assert (second.pk, second.version, second.baseline_percent) == (first.pk, 1, 30)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "  "},
        {"name": "n" * 121},
        {"rules": " \n "},
        {"rules": "r" * 5001},
        {"baseline_percent": 0},
        {"baseline_percent": 101},
    ],
)
def test_a_plan_without_content_is_refused_and_leaves_nothing(
    alder: Cast, changes: dict[str, object]
) -> None:
    with new_events(alder) as events, pytest.raises(Refusal):
        drafted(alder, **changes)
    assert events == []
    with centre_context(alder.centre.pk):
        assert not SamplingPlan.objects.for_centre(alder.centre).exists()


@pytest.mark.parametrize("who", ["pat", "max", "una", "eve"])
def test_others_do_not_draft(alder: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        drafted(alder, actor=getattr(alder, who))


def test_the_lead_approves_and_the_highest_approved_version_is_in_force(alder: Cast) -> None:
    with new_events(alder) as events:
        first = approved(alder)
    assert events == ["plan.drafted", "signature.made", "plan.approved"]
    signature = signature_of(alder, Signature.Purpose.PLAN)
    assert signature.subject_id == first.pk
    assert signature.digest == plan_manifest(first).digest
    assert signature.signed_at == first.approved_at
    assert in_force(alder) == first
    second = drafted(alder, name="Winter 2027")
    assert second.version == 2
    assert in_force(alder) == first
    approve(alder, second)
    assert in_force(alder) == second


def test_only_the_lead_approves(alder: Cast) -> None:
    plan = drafted(alder)
    for who in (alder.jo, alder.max):
        with new_events(alder) as events, pytest.raises(PermissionDenied):
            approve(alder, plan, actor=who)
        assert events == []


def test_a_draft_that_changed_since_it_was_shown_is_not_approved(alder: Cast) -> None:
    plan = drafted(alder)
    shown = plan_manifest(plan).digest
    drafted(alder, rules="Everything.")
    with new_events(alder) as events, pytest.raises(ChangedSinceShown):
        approve(alder, plan, shown_digest=shown)
    assert events == []
    assert in_force(alder) is None


def test_an_approved_plan_is_not_approved_twice(alder: Cast) -> None:
    plan = approved(alder)
    with new_events(alder) as events, pytest.raises(TransitionError):
        approve(alder, plan)
    assert events == []


def test_the_database_itself_keeps_an_approved_plan(alder: Cast) -> None:
    plan = approved(alder)
    with centre_context(alder.centre.pk):
        rows = SamplingPlan.objects.for_centre(alder.centre).filter(pk=plan.pk)
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            rows.update(baseline_percent=1)


def test_the_pages_draft_and_approve(alder: Cast, client: Client) -> None:
    slug, qualification = alder.centre.slug, qualification_of(alder)
    sign_in_client(client, alder.jo)
    page = client.get(reverse("quality:plans", args=[slug, qualification.pk]))
    assert "No plan yet" in page.content.decode()
    draft_url = reverse("quality:plan-draft", args=[slug, qualification.pk])
    wrong = client.post(draft_url, {"name": "Plan", "rules": "One.", "baseline_percent": "0"})
    assert wrong.status_code == 422
    typed = {"name": "Autumn 2026", "rules": "One rule.", "baseline_percent": "20"}
    assert client.post(draft_url, typed).status_code == 302
    again = client.get(draft_url).content.decode()
    assert "Autumn 2026" in again
    with centre_context(alder.centre.pk):
        plan = SamplingPlan.objects.for_centre(alder.centre).get()
        digest = plan_manifest(plan).digest
    approve_url = reverse("quality:plan-approve", args=[slug, plan.pk])
    assert client.get(approve_url).status_code == 403
    lead = sign_in_client(Client(), alder.lea)
    shown = lead.get(approve_url).content.decode()
    assert "I approve “Autumn 2026”, version 1" in shown
    stale = lead.post(approve_url, {"shown": "0" * 64, "password": PASSWORD})
    assert stale.status_code == 409
    assert in_force(alder) is None
    done = lead.post(approve_url, {"shown": digest, "password": PASSWORD})
    assert done.status_code == 302
    assert in_force(alder) is not None
    assert lead.get(approve_url).status_code == 302
    listed = lead.get(reverse("quality:plans", args=[slug, qualification.pk])).content.decode()
    assert "In force" in listed


def test_a_manager_reads_the_plans_and_changes_none(alder: Cast, client: Client) -> None:
    approved(alder)
    sign_in_client(client, alder.max)
    slug, qualification = alder.centre.slug, qualification_of(alder)
    page = client.get(reverse("quality:plans", args=[slug, qualification.pk])).content.decode()
    assert "In force" in page
    assert "Draft the next version" not in page
    assert (
        client.get(reverse("quality:plan-draft", args=[slug, qualification.pk])).status_code == 403
    )
