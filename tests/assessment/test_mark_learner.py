"""The learner's pages of a mark sheet over two units: every criterion by its full name."""

import pytest
from django.test import Client
from django.urls import reverse

from centres.tenancy import centre_context
from portfolios.actions import withdraw_claim
from portfolios.models import Claim
from tests.assessment import marking
from tests.assessment.marking import MarkScene
from tests.cast import Cast, sign_in_client


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, registered on a pathway with a mark sheet."""
    return marking.orchard(alder)


@pytest.fixture
def una(scene: MarkScene, client: Client) -> Client:
    """Una of Alder, signed in."""
    return sign_in_client(client, scene.cast.una)


def page_of(client: Client, scene: MarkScene, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=[scene.cast.centre.slug, *args]))
    return " ".join(answer.content.decode().split())


def test_the_unit_page_tells_the_units_apart(scene: MarkScene, una: Client) -> None:
    marking.hand_in(scene)
    with centre_context(scene.cast.centre.pk):
        claim = Claim.objects.for_centre(scene.cast.centre).get(criterion=scene.tree.criteria[2].id)
        withdraw_claim(actor=scene.cast.una, centre=scene.cast.centre, claim=claim)
    page = page_of(una, scene, "portfolios:unit", scene.registration.pk, scene.assessment.pk)
    for said in (
        "<h1>Diary of the season</h1>",
        "<dt>O-2</dt><dd>Pressing, 3 credits</dd>",
        "<dt>O-3</dt><dd>Reviewing the season, 2 credits</dd>",
        "O-2 at a glance",
        "O-3 at a glance",
        "O-2: 1 Press apples.",
        "O-3: 1 Look back at the season.",
        '<a class="chip" href="#ac-2-1-1">O-2-1.1</a>',
    ):
        assert said in page, said
    assert '<a class="chip" href="#ac-3-1-1">' not in page


def test_what_is_missing_is_named_with_its_unit(scene: MarkScene, una: Client) -> None:
    page = page_of(una, scene, "portfolios:unit", scene.registration.pk, scene.assessment.pk)
    assert "O-3-1.1 has no evidence yet: claim an item for it." in page


def test_the_submission_page_names_each_claim_and_leads_to_the_sheet(
    scene: MarkScene, una: Client
) -> None:
    submission = marking.hand_in(scene)
    page = page_of(una, scene, "portfolios:submission", submission.pk)
    for name in ("O-2-1.1", "O-2-1.2", "O-3-1.1"):
        assert f"<strong>{name}</strong>" in page
    marking.mark_all(scene, submission, (7, 24, 33))
    sheet = marking.sign(scene, submission)
    page = page_of(una, scene, "portfolios:submission", submission.pk)
    link = reverse("assessment:submission-sheet", args=[scene.cast.centre.slug, submission.pk])
    assert f'href="{link}"' in page
    there = reverse("assessment:sheet", args=[scene.cast.centre.slug, sheet.pk])
    assert una.get(link).headers["Location"] == there
    unit = page_of(una, scene, "portfolios:unit", scene.registration.pk, scene.assessment.pk)
    assert "Next: read the feedback on attempt 1" in unit
