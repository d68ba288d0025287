"""Papers in trouble: a broker that is down, a full disk, no seal key, workers that race."""

import datetime
import errno
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, connections
from django.test import override_settings

from assessment import documents
from assessment.models import Document, Sheet
from assessment.tasks import in_words, render_document, requeue_centre_documents
from centres.jobs import send_to_workers
from centres.models import AuditEvent, Signature
from centres.tenancy import centre_context
from tests.assessment import signed as making
from tests.cast import Cast

pytestmark = making.open_profile

NOBODY_LISTENS = "redis://127.0.0.1:9/0"
FULL_DISK = {
    "default": {"BACKEND": "tests.assessment.test_documents_trouble.FullDisk"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


class FullDisk(FileSystemStorage):
    """A disk with room for the first thousand bytes of a file."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(1000))
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def broker_down() -> Iterator[None]:
    """A broker's address at which nothing listens."""
    with making.broker_at(NOBODY_LISTENS):
        yield


def due(cast: Cast) -> None:
    """Let every pause and wait of the centre's papers be over."""
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    rows = Document.objects.for_centre(cast.centre).exclude(state=Document.State.ISSUED)
    rows.update(queued_at=past)
    rows.filter(lease_until__isnull=False).update(lease_until=past)


@pytest.mark.django_db(transaction=True)
def test_signing_stands_while_the_broker_is_down_and_the_sweep_makes_the_papers(
    broker_down: None, alder: Cast
) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        begun = time.monotonic()
    took = time.monotonic() - begun  # the commit, with what follows it
    assert took < 1.5
    with centre_context(alder.centre.pk):
        assert Sheet.objects.for_centre(alder.centre).get(pk=sheet.pk).signed_at
        assert Signature.objects.for_centre(alder.centre).filter(subject_id=sheet.pk).exists()
        papers = making.papers(sheet)
        assert {paper.state for paper in papers.values()} == {"queued"}
        due(alder)
    assert requeue_centre_documents(str(alder.centre.pk)) == 2
    with centre_context(alder.centre.pk):
        making.issue(alder.centre, *papers.values())


def test_a_broker_that_is_down_is_told_in_the_log_and_not_to_the_signer(
    broker_down: None, alder: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    papers = [(str(alder.centre.pk), str(alder.centre.pk))] * 2
    with caplog.at_level("WARNING", logger="criterion.jobs"):
        assert not send_to_workers(documents.RENDER_TASK, queue=documents.QUEUE, each=papers)
    assert time.monotonic() - begun < 1.0
    [told] = caplog.records
    assert told.message.startswith("assessment.tasks.render_document waits for its sweep")


def test_a_full_disk_leaves_the_sign_off_whole_and_says_what_is_wrong(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        sheet = making.signed(alder)
        paper = making.papers(sheet)["file"]
        with override_settings(STORAGES=FULL_DISK):
            assert render_document(str(alder.centre.pk), str(paper.pk)) == "again"
        paper.refresh_from_db()
        assert (paper.state, paper.sha256) == ("queued", "")
        assert paper.trouble.startswith("The store for papers is full.")
        assert not default_storage.exists(paper.key)
        assert Signature.objects.for_centre(alder.centre).filter(subject_id=sheet.pk).exists()
        due(alder)
        making.issue(alder.centre, paper)
        assert paper.trouble == ""
        assert (
            AuditEvent.objects.for_centre(alder.centre).filter(action="document.issued").count()
            == 1
        )


def test_a_worker_without_a_seal_key_says_so_without_naming_its_files(
    alder: Cast, tmp_path: Path
) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["learner"]
        nowhere = tmp_path / "nowhere.pem"
        with override_settings(SEAL_KEY_FILE=nowhere, SEAL_CERTIFICATE_FILE=nowhere):
            assert render_document(str(alder.centre.pk), str(paper.pk)) == "again"
        paper.refresh_from_db()
        assert paper.state == "queued"
        assert "no seal key" in paper.trouble
        assert str(tmp_path) not in paper.trouble
        due(alder)
        making.issue(alder.centre, paper)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (OSError(errno.EACCES, "denied"), "takes no files"),
        (OSError(errno.EDQUOT, "quota"), "is full"),
        (ZeroDivisionError("secret detail"), "the site’s log"),
    ],
)
def test_every_trouble_is_told_in_plain_words(trouble: Exception, words: str) -> None:
    said = in_words(trouble)
    assert words in said
    assert "secret" not in said


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_that_race_for_a_paper_one_makes_it(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
    came: list[str] = []
    gate = threading.Barrier(8)

    def work() -> None:
        gate.wait()
        try:
            came.append(render_document(str(alder.centre.pk), str(paper.pk)))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(came) == ["issued"] + ["not due"] * 7
    with centre_context(alder.centre.pk):
        paper.refresh_from_db()
        assert paper.tries == 1
        told = AuditEvent.objects.for_centre(alder.centre).filter(action="document.issued")
        assert told.count() == 1
        folder = f"c/{alder.centre.pk}"
        assert len(default_storage.listdir(folder)[1]) == 1  # the one paper


@pytest.mark.django_db(transaction=True)
def test_a_sweep_leaves_rows_that_somebody_else_holds(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        papers = making.papers(making.signed(alder))
        due(alder)
    swept: list[Any] = []

    def sweep() -> None:
        try:
            with centre_context(alder.centre.pk):
                swept.extend(documents.requeue_documents(centre=alder.centre))
        finally:
            connections["default"].close()

    with centre_context(alder.centre.pk):
        list(
            Document.objects.for_centre(alder.centre)
            .select_for_update()
            .filter(pk=papers["file"].pk)
        )
        other = threading.Thread(target=sweep)
        other.start()
        other.join()
    assert swept == [papers["learner"].pk]
    connection.close()
