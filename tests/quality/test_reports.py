"""An external report on record: what it confirms, what is refused, and its page."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment.models import Document
from centres.models import AuditEvent, Centre, Signature, User
from centres.refusals import Refusal, TransitionError
from portfolios.models import StoredFile
from quality.models import ExternalConfirmation, ExternalReport
from quality.queries.standings import sheet_standing
from quality.standing import Route, Standing
from tests.assessment.scenes import new_events, signed
from tests.cast import Cast
from tests.quality.external import (
    DAY,
    file,
    held,
    kept,
    qualification_of,
    refusing_is,
    released,
    reported,
    told,
)

Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def nothing_recorded(cast: Cast, within: Within) -> None:
    with within(cast.centre):
        assert not kept(ExternalReport, cast).exists()
        assert not kept(ExternalConfirmation, cast).exists()
        assert not kept(StoredFile, cast).filter(name="report.txt").exists()


def test_a_report_confirms_what_it_lists_and_is_no_signature(alder: Cast, within: Within) -> None:
    una, ted = signed(alder), signed(alder, "ted")
    released(alder, una, ted)
    with new_events(alder) as events:
        reported(alder, una)
    assert events == ["report.recorded", "document.queued", "document.queued"]
    with within(alder.centre):
        work = sheet_standing(alder.centre, una)
        assert (work.standing, work.route) == (Standing.EXTERNAL, Route.REPORT)
        assert "R-7" in work.sentence
        assert sheet_standing(alder.centre, ted).standing is Standing.INTERNAL
        assert not kept(Signature, alder).filter(purpose="visit").exists()
        assert kept(Document, alder).filter(sheet=una, standing="reported").count() == 2
        facts = str(kept(AuditEvent, alder).get(action="report.recorded").facts)
        assert "Rae Spindle" not in facts
    assert told(alder, alder.una)[-1] == "work_confirmed"
    assert "work_confirmed" not in told(alder, alder.ted)


def test_a_report_that_releases_nothing_is_recorded_too(alder: Cast, within: Within) -> None:
    with new_events(alder) as events:
        reported(alder, actor=alder.lea)
    assert events == ["report.recorded"]
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


@pytest.mark.parametrize("who", ["jo", "ada", "pat", "eve", "una"])
def test_only_manager_and_lead_iqa_record_a_report(alder: Cast, within: Within, who: str) -> None:
    with pytest.raises(PermissionDenied):
        reported(alder, actor=getattr(alder, who))
    nothing_recorded(alder, within)


def test_work_that_is_not_confirmed_internally_or_held_or_referred_is_refused(
    alder: Cast, within: Within
) -> None:
    una, ted = signed(alder), signed(alder, "ted", referred=("1.3",))
    for sheet, match in ((una, "does not allow"), (ted, "referral")):
        with refusing_is(alder, TransitionError, match):
            reported(alder, sheet)
    released(alder, una)
    held(alder)
    with refusing_is(alder, TransitionError, "on hold"):
        reported(alder, una)
    nothing_recorded(alder, within)
    with within(alder.centre):
        folder = f"c/{alder.centre.pk}/evidence"
        rows = kept(StoredFile, alder).count()
        assert len(default_storage.listdir(folder)[1]) == rows


def test_a_result_is_confirmed_once(alder: Cast) -> None:
    una = signed(alder)
    released(alder, una)
    reported(alder, una)
    with refusing_is(alder, TransitionError, "does not allow"):
        reported(alder, una, reference="R-8")


def test_what_makes_no_sense_is_refused(alder: Cast, within: Within) -> None:
    una = signed(alder)
    released(alder, una)
    for changes, match in (
        ({"reported_on": timezone.localdate() + DAY}, "still to come"),
        ({"releases": True, "sheets": ()}, "lists the work"),
        ({"releases": False, "sheets": (una,)}, "lists the work"),
        ({"upload": file("report.exe", b"MZ\x90")}, "."),
    ):
        with refusing_is(alder, Refusal, match):
            reported(alder, **changes)
    nothing_recorded(alder, within)


def test_a_reference_is_recorded_once(alder: Cast) -> None:
    reported(alder)
    with refusing_is(alder, TransitionError, "recorded already"):
        reported(alder)


def test_a_sheet_of_another_centre_is_refused(alder: Cast, birch: Cast) -> None:
    foreign = signed(birch)
    released(birch, foreign)
    with pytest.raises((PermissionDenied, Refusal)):
        reported(alder, foreign)


def test_the_page_records_with_all_ticked_by_default(
    alder: Cast, within: Within, client: Client, sign_in: SignIn
) -> None:
    una, ted = signed(alder), signed(alder, "ted")
    released(alder, una)
    sign_in(client, alder.max)
    slug, on = alder.centre.slug, qualification_of(alder).pk
    page = reverse("quality:report-record", args=[slug, on])
    shown = client.get(page).content.decode()
    assert f'value="{una.pk}"' in shown
    assert "checked" in shown
    assert str(ted.pk) not in shown
    typed = {
        "reference": "R-9",
        "eqa_name": "Rae Spindle",
        "reported_on": datetime.date(2026, 5, 4).isoformat(),
        "releases": "on",
        "sheets": [str(una.pk)],
    }
    assert client.post(page, {**typed, "file": file(), "sheets": [ted.pk]}).status_code == 422
    unreleased = {**typed, "reference": "R-8", "releases": "", "file": file()}
    assert client.post(page, unreleased).status_code == 302
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()
    assert client.post(page, {**typed, "file": file()}).status_code == 302
    listed = client.get(reverse("quality:confirmations", args=[slug])).content.decode()
    assert "R-9" in listed
    assert "not a signature" in listed
    with within(alder.centre):
        kept_file = kept(ExternalReport, alder).get(reference="R-9").file
    paper = reverse("quality:confirmation-file", args=[slug, kept_file.pk])
    answer: Any = client.get(paper)
    assert b"".join(answer.streaming_content) == b"What was seen."
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_no_other_file_is_handed_out_there(
    alder: Cast, within: Within, client: Client, sign_in: SignIn
) -> None:
    signed(alder)
    with within(alder.centre):
        evidence = kept(StoredFile, alder).first()
    sign_in(client, alder.max)
    paper = reverse("quality:confirmation-file", args=[alder.centre.slug, evidence.pk])
    assert client.get(paper).status_code == 404
