"""A sheet's page: who reads it, and that nobody reads a comment that is not for them."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from centres.canonical import text_hash
from centres.models import Membership, Role
from centres.tenancy import centre_context
from tests import stage
from tests.assessment import scenes
from tests.cast import Cast, sign_in_client

PAGE_QUERIES = 14
NOT_FOR_THE_LEARNER = (
    "Said to the assessor by Pat Willow of Alder.",
    "Said to the file by Pat Willow of Alder.",
)


def page_of(client: Client, cast: Cast, sheet: Sheet) -> tuple[int, str]:
    answer = client.get(reverse("assessment:sheet", args=[cast.centre.slug, sheet.pk]))
    return answer.status_code, answer.content.decode()


def test_the_learner_reads_the_result_and_that_it_is_provisional(
    alder: Cast, client: Client
) -> None:
    sheet = scenes.signed(alder, referred=("1.3",))
    status, page = page_of(sign_in_client(client, alder.una), alder, sheet)
    assert status == 200
    for said in (
        "The centre has not yet checked the decision, and the result can change.",
        "Feedback on 1.3 from Pat Willow of Alder.",
        "Said to the learner by Pat Willow of Alder.",
        "Referral, because 1.3 is a referral",
        "Next: meet what is missing",
        "Learner&#x27;s copy",
        "I have judged all 11 criteria",
    ):
        assert said in page
    assert "File copy" not in page
    for unsaid in NOT_FOR_THE_LEARNER:
        assert unsaid not in page


def test_a_learner_with_another_role_still_reads_their_own_sheet_as_a_learner(
    alder: Cast, client: Client
) -> None:
    sheet = scenes.signed(alder)
    for role in (Role.MANAGER, Role.ASSESSOR, Role.IQA):
        Membership.objects.create(centre=alder.centre, user=alder.una, role=role)
    status, page = page_of(sign_in_client(client, alder.una), alder, sheet)
    assert status == 200
    assert "The centre has not yet checked the decision, and the result can change." in page
    for unsaid in (*NOT_FOR_THE_LEARNER, "File copy"):
        assert unsaid not in page


@pytest.mark.parametrize("who", ["pat", "jo", "lea", "max"])
def test_who_marks_and_checks_reads_everything(alder: Cast, client: Client, who: str) -> None:
    sheet = scenes.signed(alder)
    status, page = page_of(sign_in_client(client, getattr(alder, who)), alder, sheet)
    assert status == 200
    for said in (*NOT_FOR_THE_LEARNER, "Said to the learner by", "File copy", "Provisional"):
        assert said in page


def test_nobody_else_finds_it(alder: Cast, birch: Cast, client: Client) -> None:
    sheet = scenes.signed(alder)
    foreign = scenes.signed(birch)
    for who, status in ((alder.ted, 404), (alder.kit, 404), (alder.tia, 403), (birch.max, 404)):
        assert page_of(sign_in_client(client, who), alder, sheet)[0] == status
    assert page_of(sign_in_client(client, alder.max), alder, foreign)[0] == 404


def test_a_draft_is_its_assessors_alone(alder: Cast, client: Client) -> None:
    submission = scenes.judged(alder, "ted")
    with centre_context(alder.centre.pk):
        draft = Sheet.objects.for_centre(alder.centre).get(submission=submission)
    status, page = page_of(sign_in_client(client, alder.pat), alder, draft)
    assert (status, "This is your draft" in page) == (200, True)
    for who in (alder.ted, alder.kit, alder.jo, alder.lea, alder.max):
        assert page_of(sign_in_client(client, who), alder, draft)[0] == 404


def test_a_submission_leads_to_its_signed_sheet(alder: Cast, client: Client) -> None:
    sheet = scenes.signed(alder)
    waiting = scenes.judged(alder, "ted")

    def lead(of: object) -> tuple[int, str]:
        place = reverse("assessment:submission-sheet", args=[alder.centre.slug, of])
        answer = client.get(place)
        return answer.status_code, answer.headers.get("Location", "")

    there = reverse("assessment:sheet", args=[alder.centre.slug, sheet.pk])
    for who in (alder.una, alder.pat, alder.jo):
        sign_in_client(client, who)
        assert lead(sheet.submission_id) == (302, there)
        assert lead(waiting.pk)[0] == 404
    sign_in_client(client, alder.ted)
    assert lead(sheet.submission_id)[0] == 404


def test_both_attempts_stay_readable(alder: Cast, client: Client) -> None:
    first = scenes.signed(alder, referred=("1.3",))
    second = scenes.again(alder, first)
    with centre_context(alder.centre.pk):
        stage.judge(alder, alder.pat, second, ())
        later = stage.sign(alder, alder.pat, second)
    sign_in_client(client, alder.una)
    assert "Referral, because 1.3" in page_of(client, alder, first)[1]
    assert "Pass. All 11 criteria are a pass." in page_of(client, alder, later)[1]


def test_the_learners_manifest_holds_nothing_of_what_is_not_theirs(alder: Cast) -> None:
    sheet = scenes.signed(alder)
    with centre_context(alder.centre.pk):
        manifests = sheet_manifests(Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk))
        paper = Document.objects.for_centre(alder.centre).get(sheet=sheet, copy="learner")
    assert paper.manifest == manifests.learner.text
    for said in NOT_FOR_THE_LEARNER:
        assert text_hash(said) in manifests.file.text
        assert text_hash(said) not in manifests.learner.text
        assert said not in manifests.file.text
    assert manifests.file.digest not in manifests.learner.text
    audiences = [row["audience"] for row in json.loads(manifests.learner.text)["comments"]]
    assert audiences == ["learner"]
    assert json.loads(manifests.file.text)["copies"] == {"learner": manifests.learner.digest}


def test_the_page_costs_the_same_with_one_item_and_with_three(
    alder: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = scenes.signed(alder, referred=("1.3",))
    sign_in_client(client, alder.una)
    page_of(client, alder, sheet)
    with django_assert_num_queries(PAGE_QUERIES):
        assert page_of(client, alder, sheet)[0] == 200
    for referred in (("1.3",), ()):
        submission = scenes.again(alder, sheet)
        with centre_context(alder.centre.pk):
            stage.judge(alder, alder.pat, submission, referred)
            sheet = stage.sign(alder, alder.pat, submission)
    with django_assert_num_queries(PAGE_QUERIES):
        assert "E3 Contract, complete" in page_of(client, alder, sheet)[1]
