"""A file becomes an item of evidence, or nothing at all."""

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from boto3.exceptions import S3UploadFailedError  # type: ignore[import-untyped]
from botocore.exceptions import ClientError, EndpointConnectionError  # type: ignore[import-untyped]
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centres.models import AuditEvent
from centres.refusals import Refusal
from portfolios.actions import add_evidence, add_several_evidence
from portfolios.files import open_file
from portfolios.models import Evidence, EvidenceVersion, StoredFile
from tests.portfolios.samples import PDF, archive, pdf_number, upload

pytestmark = pytest.mark.django_db


def stored_paths() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_file_becomes_the_next_item(alder: Any, within: Any, add: Any, events: Any) -> None:
    with within(alder.centre):
        events(alder)
        first = add(alder.una_registration)
        second = add(alder.una_registration, "Gespräch 1.pdf", pdf_number(1))
        assert (first.label, first.title) == ("E1", "plan")
        assert (second.label, second.title) == ("E2", "Gespräch 1")
        version = EvidenceVersion.objects.for_centre(alder.centre).get(evidence=first)
        assert version.number == 1
        assert version.file.sha256 == hashlib.sha256(PDF).hexdigest()
        assert version.file.size == len(PDF)
        assert version.file.content_type == "application/pdf"
        with open_file(version.file) as content:
            assert content.read() == PDF
        assert events(alder) == ["evidence.added", "evidence.added"]
        event = AuditEvent.objects.for_centre(alder.centre).get(subject_id=first.pk)
        assert event.facts == {
            "registration": str(alder.una_registration.pk),
            "number": 1,
            "version": 1,
            "sha256": version.file.sha256,
            "size": len(PDF),
        }


def test_the_key_says_nothing_of_the_name(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        add(alder.una_registration)
        key = StoredFile.objects.for_centre(alder.centre).get().key
    centre, folder, random = key.removeprefix("c/").split("/")
    assert (centre, folder) == (str(alder.centre.pk), "evidence")
    assert len(bytes.fromhex(random)) == 16


def test_numbers_are_per_registration(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        add(alder.una_registration)
        assert add(alder.ted_registration).number == 1


def test_a_title_may_be_given(alder: Any, within: Any) -> None:
    with within(alder.centre):
        item = add_evidence(
            actor=alder.una,
            centre=alder.centre,
            registration=alder.una_registration,
            upload=upload(),
            title="  Programme \n plan ",
        )
    assert item.title == "Programme plan"


def test_a_large_upload_comes_through_a_temporary_file(
    alder: Any, within: Any, tmp_path: Path
) -> None:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    content = PDF[:60] + b"%" + b"x" * 3_000_000 + b"\n" + PDF[60:]
    big = TemporaryUploadedFile("big.pdf", "", len(content), "")
    big.write(content)
    big.seek(0)
    with within(alder.centre):
        item = add_evidence(
            actor=alder.una,
            centre=alder.centre,
            registration=alder.una_registration,
            upload=big,
        )
        version = EvidenceVersion.objects.for_centre(alder.centre).get(evidence=item)
        sha256 = version.file.sha256
    big.close()
    assert sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("who", ["ted", "pat", "max", "jo", "eve"])
def test_only_the_learner_adds(who: str, alder: Any, within: Any, events: Any) -> None:
    with within(alder.centre):
        events(alder)
        with pytest.raises(PermissionDenied):
            add_evidence(
                actor=getattr(alder, who),
                centre=alder.centre,
                registration=alder.una_registration,
                upload=upload(),
            )
        assert events(alder) == []
    assert stored_paths() == []


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b""), ("a.pdf", PDF[:-9]), ("a.pdf", archive())]
)
def test_a_refused_file_leaves_nothing(
    name: str, content: bytes, alder: Any, within: Any, events: Any
) -> None:
    with within(alder.centre):
        events(alder)
        with pytest.raises(Refusal):
            add_evidence(
                actor=alder.una,
                centre=alder.centre,
                registration=alder.una_registration,
                upload=upload(name, content),
            )
        assert events(alder) == []
        assert not StoredFile.objects.for_centre(alder.centre).exists()
        assert not Evidence.objects.for_centre(alder.centre).exists()
    assert stored_paths() == []


class FullDisk(FileSystemStorage):
    """A store whose disk fills up after the first block, as a real one does."""

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(next(content.chunks(64)))
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_a_refusal_and_leaves_nothing(
    alder: Any, within: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", FullDisk())
    with within(alder.centre):
        events(alder)
        with pytest.raises(Refusal, match="could not be stored"):
            add_evidence(
                actor=alder.una,
                centre=alder.centre,
                registration=alder.una_registration,
                upload=upload(),
            )
        assert events(alder) == []
        assert not StoredFile.objects.for_centre(alder.centre).exists()
    assert stored_paths() == []


def test_a_row_that_fails_takes_its_file_along(
    alder: Any, within: Any, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with within(alder.centre):
        monkeypatch.setattr("portfolios.actions._highest", lambda rows: 10**12)
        with pytest.raises(Exception, match="out of range"):
            add(alder.una_registration)
        assert not StoredFile.objects.for_centre(alder.centre).exists()
    assert stored_paths() == []


class ReadsLikeBoto(FileSystemStorage):
    """A store that measures, then reads twice (a checksum, then the bytes), as S3's client does."""

    def _save(self, name: str, content: Any) -> str:
        content.seek(0, os.SEEK_END)
        size = content.tell()
        content.seek(0)
        first = content.read()
        content.seek(0)
        assert len(first) == size
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read())
        assert path.read_bytes() == first
        return name


def test_a_store_may_measure_and_read_twice(
    alder: Any, within: Any, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", ReadsLikeBoto())
    with within(alder.centre):
        version = EvidenceVersion.objects.for_centre(alder.centre).get(
            evidence=add(alder.una_registration)
        )
        assert (version.file.size, version.file.sha256) == (
            len(PDF),
            hashlib.sha256(PDF).hexdigest(),
        )
        with open_file(version.file) as content:
            assert content.read() == PDF


@pytest.mark.parametrize("off", [-1, 1])
def test_a_size_that_is_not_the_files_is_refused(off: int, alder: Any, within: Any) -> None:
    sent = upload()
    sent.size = len(PDF) + off
    with within(alder.centre), pytest.raises(Refusal, match=r"whole|cut short"):
        add_evidence(
            actor=alder.una,
            centre=alder.centre,
            registration=alder.una_registration,
            upload=sent,
        )
    assert stored_paths() == []


class Unreachable(FileSystemStorage):
    """A store that fails in a way of its own, and again when the rest is to be deleted."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def _save(self, name: str, content: Any) -> str:
        raise self.fault

    def delete(self, name: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://store.example.org")


FAULTS: list[Exception] = [
    OSError(errno.ENOSPC, "No space left on device"),
    EndpointConnectionError(endpoint_url="https://store.example.org"),
    ClientError({"Error": {"Code": "SlowDown", "Message": "Reduce your rate"}}, "PutObject"),
    S3UploadFailedError("Failed to upload"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_store_that_fails_in_its_own_way_is_a_refusal(
    fault: Exception, alder: Any, within: Any, add: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", Unreachable(fault))
    with within(alder.centre):
        with pytest.raises(Refusal, match="could not be stored") as refused:
            add(alder.una_registration)
        assert refused.value.__cause__ is fault
        assert not StoredFile.objects.for_centre(alder.centre).exists()


class CannotDelete(FileSystemStorage):
    """A store that takes files and deletes none."""

    def delete(self, name: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_file_that_stays_does_not_hide_why_its_row_failed(
    alder: Any,
    within: Any,
    add: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", CannotDelete())
    monkeypatch.setattr("portfolios.actions._highest", lambda rows: 10**12)
    with within(alder.centre), pytest.raises(Exception, match="out of range"):
        add(alder.una_registration)
    assert "is left to the sweep" in caplog.text


def test_several_files_go_to_the_ledger_at_the_end(alder: Any, within: Any, events: Any) -> None:
    uploads = [upload("a.pdf"), upload("b.pdf", b"MZ\0\0"), upload("c.pdf", pdf_number(1))]
    with within(alder.centre):
        events(alder)
        with CaptureQueriesContext(connection) as queries:
            added, refused = add_several_evidence(
                actor=alder.una,
                centre=alder.centre,
                registration=alder.una_registration,
                uploads=uploads,
            )
        assert [str(item) for item in added] == ["E1 a", "E2 c"]
        assert [(name, "program" in str(refusal)) for name, refusal in refused] == [("b.pdf", True)]
        assert events(alder) == ["evidence.added", "evidence.added"]
        rows = AuditEvent.objects.for_centre(alder.centre).filter(action="evidence.added")
        assert [row.subject_id for row in rows.order_by("seq")] == [item.pk for item in added]
    told = [query["sql"] for query in queries]
    locks = [place for place, sql in enumerate(told) if "pg_advisory_xact_lock" in sql]
    files = [place for place, sql in enumerate(told) if 'INTO "portfolios_storedfile"' in sql]
    assert (len(locks), len(files)) == (1, 2)
    assert max(files) < locks[0]
    assert len(stored_paths()) == 2


def test_a_fault_in_a_later_file_takes_the_earlier_ones_along(
    alder: Any, within: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    highest = iter([0, 10**12])
    monkeypatch.setattr("portfolios.actions._highest", lambda rows: next(highest))
    with within(alder.centre):
        events(alder)
        with pytest.raises(Exception, match="out of range"):
            add_several_evidence(
                actor=alder.una,
                centre=alder.centre,
                registration=alder.una_registration,
                uploads=[upload("a.pdf"), upload("b.pdf", pdf_number(1))],
            )
        assert events(alder) == []
        assert not Evidence.objects.for_centre(alder.centre).exists()
    assert stored_paths() == []
