"""The papers of an approval: kept, withdrawn, read by those who may."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from centres.models import Approval, AuditEvent, Centre, User
from centres.refusals import Refusal, TransitionError
from portfolios.files import store_upload
from portfolios.models import StoredFile
from quality.actions.approvals import withdraw_approval_paper
from quality.models import ApprovalPaper
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast
from tests.quality.approvals import approval_of, old_approval, papered
from tests.quality.external import DAY, arranged, file, kept, refusing_is

pytestmark = pytest.mark.django_db
Within = Callable[[Centre], AbstractContextManager[None]]
SignIn = Callable[[Client, User], Client]


def stored_files(cast: Cast) -> list[str]:
    """The names of the files that lie in the centre's folder."""
    folder = Path(settings.MEDIA_ROOT) / "c" / str(cast.centre.pk) / "evidence"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def withdraw(cast: Cast, paper: ApprovalPaper, actor: User | None = None) -> None:
    with refusing(cast):
        withdraw_approval_paper(actor=actor or cast.max, centre=cast.centre, paper=paper)


def test_a_paper_is_kept_with_its_hash_in_the_ledger(alder: Cast, within: Within) -> None:
    with new_events(alder) as events:
        paper = papered(alder, title="  Learner   journey ")
    assert events == ["approval_paper.added"]
    assert (paper.title, paper.kind, paper.added_by) == ("Learner journey", "journey", alder.max)
    with within(alder.centre):
        facts = AuditEvent.objects.for_centre(alder.centre).order_by("-seq")[0].facts
    assert facts["file"] == paper.file.sha256
    assert "Learner" not in str(facts)


@pytest.mark.parametrize("who", ["una", "pat", "jo", "lea", "ada", "tia", "eve"])
def test_only_a_manager_adds_and_withdraws_papers(alder: Cast, within: Within, who: str) -> None:
    person, paper = getattr(alder, who), papered(alder)
    before = stored_files(alder)
    with pytest.raises(PermissionDenied):
        papered(alder, actor=person)
    with pytest.raises(PermissionDenied):
        withdraw(alder, paper, person)
    assert stored_files(alder) == before
    with within(alder.centre):
        assert kept(ApprovalPaper, alder).get().withdrawn_at is None


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"title": "  "}, "has a title"),
        ({"kind": "poem"}, "of a known kind"),
        ({"upload": file("plan.exe", b"MZ\x90\x00 not a paper")}, "."),
    ],
)
def test_a_refused_paper_leaves_neither_row_nor_file(
    alder: Cast, within: Within, changes: dict[str, Any], match: str
) -> None:
    approval_of(alder)
    before = stored_files(alder)
    with refusing_is(alder, Refusal, match):
        papered(alder, **changes)
    assert stored_files(alder) == before
    with within(alder.centre):
        assert not kept(ApprovalPaper, alder).exists()
        assert not kept(StoredFile, alder).exists()


def test_a_paper_of_another_centres_approval_is_not_kept(alder: Cast, birch: Cast) -> None:
    before = stored_files(alder)
    with pytest.raises(Approval.DoesNotExist):
        papered(alder, approval=approval_of(birch))
    assert stored_files(alder) == before


def test_a_withdrawn_paper_stays_on_record_and_is_still_read(
    alder: Cast, within: Within, client: Client, sign_in: SignIn
) -> None:
    paper = papered(alder)
    with new_events(alder) as events:
        withdraw(alder, paper)
    assert events == ["approval_paper.withdrawn"]
    with refusing_is(alder, TransitionError, "withdrawn already"):
        withdraw_approval_paper(actor=alder.max, centre=alder.centre, paper=paper)
    with within(alder.centre):
        row = kept(ApprovalPaper, alder).get()
        assert row.withdrawn_by == alder.max
        assert stored_files(alder)
    assert content(sign_in(client, alder.pat), alder, paper) == b"From interest to certificate."


def path_of(cast: Cast, paper: ApprovalPaper) -> str:
    return reverse("quality:approval-paper", args=[cast.centre.slug, paper.pk])


def content(client: Client, cast: Cast, paper: ApprovalPaper) -> bytes:
    """What a person reads of a paper."""
    answer: Any = client.get(path_of(cast, paper))
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    return b"".join(answer.streaming_content)


def test_an_external_quality_assurer_reads_papers_only_of_an_open_visit(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    paper, other = papered(alder), papered(alder, approval=old_approval(alder))
    sign_in(client, alder.eve)
    listed = reverse("quality:approvals", args=["alder"])
    assert client.get(path_of(alder, paper)).status_code == 404
    assert "8588" not in client.get(listed).content.decode()
    visit = arranged(alder)
    assert content(client, alder, paper) == b"From interest to certificate."
    assert client.get(path_of(alder, other)).status_code == 404
    page = client.get(listed).content.decode()
    assert "8588" in page
    assert "9002" not in page
    assert "Record an approval" not in page
    with refusing(alder):
        type(visit).objects.for_centre(alder.centre).update(
            opens_on=visit.opens_on - 9 * DAY,
            closes_on=visit.opens_on - DAY,
            ends_on=visit.opens_on - DAY,
        )
    assert client.get(path_of(alder, paper)).status_code == 404


def test_a_report_a_notice_and_a_paper_are_stored_by_the_permission_of_their_action(
    alder: Cast, within: Within
) -> None:
    with within(alder.centre):
        asked: dict[str, Any] = {"actor": alder.max, "centre": alder.centre}
        with pytest.raises(PermissionDenied):
            store_upload(**asked, upload=file())
        assert store_upload(**asked, upload=file(), permission="record_report").pk
