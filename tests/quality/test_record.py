"""The record of one registration: what it shows to whom."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.actions import return_sheet, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Audience, Sheet
from centres.clock import database_now
from centres.models import Centre, Registration, User
from quality.actions.holds import lift_hold
from quality.models import Review, ReviewPoint, Sample, SamplingPlan
from tests import stage
from tests.assessment.scenes import again, criterion, refusing, signed
from tests.cast import Cast, fresh_proof
from tests.quality.external import (
    DAY,
    arranged,
    closed,
    found,
    held,
    kept,
    published,
    released,
    reported,
    status_of,
)

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def record_of(cast: Cast, registration: Registration) -> str:
    return reverse("quality:record", args=[cast.centre.slug, registration.pk])


def seen_by(client: Client, sign_in: SignIn, person: User, path: str) -> str:
    answer = sign_in(client, person).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def reviewed(cast: Cast, sheet: Sheet, outcome: str, within: Within) -> Review:
    """A signed review of Jo's with a comment for each audience."""
    with within(cast.centre):
        plan = SamplingPlan.objects.create(
            centre=cast.centre,
            qualification=cast.una_registration.pathway.specification.qualification,
            name="Plan 2026",
            version=1,
            rules="One in four.",
            baseline_percent=25,
            drafted_by=cast.lea,
            approved_at=timezone.now(),
        )
        sample = Sample.objects.create(
            centre=cast.centre,
            plan=plan,
            registration=cast.una_registration,
            learner=cast.una,
            assessment=cast.assessment,
            sheet=sheet,
            reason="A new assessor.",
            reviewer=cast.jo,
            due_on=timezone.localdate() + DAY,
            chosen_by=cast.lea,
        )
        review = Review.objects.create(
            centre=cast.centre, sample=sample, reviewer=cast.jo, reason="Look at 1.3 again."
        )
        for number, audience in (("1.1", Audience.LEARNER), ("1.2", Audience.ASSESSOR)):
            ReviewPoint.objects.create(
                centre=cast.centre,
                review=review,
                criterion=criterion(cast, number),
                comment=f"For the {audience} on {number}.",
                audience=audience,
            )
        review.outcome, review.signed_at = outcome, timezone.now()
        review.save()
        return review


def test_the_learner_reads_their_own_record_and_no_other(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    signed(alder)
    page = seen_by(client, sign_in, alder.una, record_of(alder, alder.una_registration))
    assert "Provisional" in page
    assert "Sheet version 1: pass" in page
    assert client.get(record_of(alder, alder.ted_registration)).status_code == 404


def test_an_assessor_reads_the_records_allocated_to_them_only(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    seen_by(client, sign_in, alder.pat, record_of(alder, alder.una_registration))
    seen_by(client, sign_in, alder.kit, record_of(alder, alder.ted_registration))
    assert client.get(record_of(alder, alder.una_registration)).status_code == 404


@pytest.mark.parametrize("who", ["jo", "lea", "max"])
def test_quality_assurers_and_manager_read_every_record(
    alder: Cast, client: Client, sign_in: SignIn, who: str
) -> None:
    for registration in (alder.una_registration, alder.ted_registration):
        seen_by(client, sign_in, getattr(alder, who), record_of(alder, registration))


def test_a_record_of_another_centre_is_not_there(
    alder: Cast, birch: Cast, client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.max)
    assert client.get(record_of(alder, birch.una_registration)).status_code == 404


def test_the_learner_reads_no_comment_that_is_for_others(
    alder: Cast, client: Client, sign_in: SignIn, within: Within
) -> None:
    reviewed(alder, signed(alder), "agree", within)
    path = record_of(alder, alder.una_registration)
    own = seen_by(client, sign_in, alder.una, path)
    assert "For the learner on 1.1." in own
    for words in ("For the assessor", "Look at 1.3 again.", "Said to the file"):
        assert words not in own
    staff = seen_by(client, sign_in, alder.pat, path)
    assert "For the assessor on 1.2." in staff
    assert "Look at 1.3 again." in staff


def test_the_learner_is_told_of_a_hold_but_not_why(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    hold = held(alder, kind="malpractice", reason="Two diaries alike.")
    path = record_of(alder, alder.una_registration)
    own = seen_by(client, sign_in, alder.una, path)
    assert "On hold" in own
    for words in ("Malpractice", "Two diaries alike."):
        assert words not in own
        assert words in seen_by(client, sign_in, alder.max, path)
    assert reverse("quality:hold-lift", args=[alder.centre.slug, hold.pk]) in seen_by(
        client, sign_in, alder.max, path
    )
    assert "hold/" not in seen_by(client, sign_in, alder.pat, path)
    with refusing(alder):
        lift_hold(actor=alder.max, centre=alder.centre, hold=hold, reason="Explained.")
    assert "hold" not in seen_by(client, sign_in, alder.una, path).lower()
    assert "Explained." in seen_by(client, sign_in, alder.max, path)


def test_each_route_of_confirmation_is_named(alder: Cast, client: Client, sign_in: SignIn) -> None:
    una, ted = signed(alder), signed(alder, "ted")
    released(alder, una, ted)
    path = record_of(alder, alder.una_registration)
    assert "released on" in seen_by(client, sign_in, alder.una, path)
    reported(alder, una)
    page = seen_by(client, sign_in, alder.una, path)
    assert "R-7 of Rae Spindle, as recorded by the centre" in page
    visit = arranged(alder)
    published(alder, visit, ted)
    found(alder, visit, ted)
    closed(alder, visit)
    page = seen_by(client, sign_in, alder.ted, record_of(alder, alder.ted_registration))
    assert "Released by the external quality assurer Eve Larch" in page
    assert status_of(alder)


def test_a_returned_version_and_the_one_that_supersedes_it_are_told_apart(
    alder: Cast, client: Client, sign_in: SignIn, within: Within
) -> None:
    sheet = signed(alder)
    path = record_of(alder, alder.una_registration)
    with within(alder.centre):
        return_sheet(
            actor=alder.jo, centre=alder.centre, sheet=sheet, reason="1.3.", at=database_now()
        )
    page = seen_by(client, sign_in, alder.max, path)
    assert "Returned" in page
    assert "the assessor decides again" in page.replace("\n", " ")
    with within(alder.centre):
        draft = kept(Sheet, alder).get(submission=sheet.submission_id, signed_at=None)
        sign_sheet(
            actor=alder.pat,
            centre=alder.centre,
            submission=sheet.submission,
            shown_digest=sheet_manifests(draft).file.digest,
            proof=fresh_proof(),
        )
    page = seen_by(client, sign_in, alder.max, path)
    for words in ("Sheet version 2: pass", "Superseded", "Valid", "Corrects version 1"):
        assert words in page
    assert "Corrects version 1" not in seen_by(client, sign_in, alder.una, path)


def test_every_attempt_stands_in_the_record(alder: Cast, client: Client, sign_in: SignIn) -> None:
    again(alder, signed(alder, referred=("1.3",)))
    page = seen_by(client, sign_in, alder.una, record_of(alder, alder.una_registration))
    for words in ("Attempt 2", "Not decided yet", "Attempt 1", "Sheet version 1: referral"):
        assert words in page


@pytest.mark.parametrize("attempts", [1, 3])
def test_the_record_asks_no_more_queries_for_more_rows(
    alder: Cast, client: Client, sign_in: SignIn, within: Within, attempts: int
) -> None:
    sheet = signed(alder, referred=("1.3",) if attempts > 1 else ())
    for number in range(1, attempts):
        submission = again(alder, sheet)
        with within(alder.centre):
            last = number == attempts - 1
            stage.judge(alder, alder.pat, submission, () if last else ("1.3",))
            sheet = stage.sign(alder, alder.pat, submission)
    if attempts > 1:
        reviewed(alder, sheet, "agree", within)
    held(alder)
    path = record_of(alder, alder.una_registration)
    for person in (alder.max, alder.una):
        seen_by(client, sign_in, person, path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        # Ten of them are the session’s, the person’s and the centre’s.
        assert len(asked) == 15
