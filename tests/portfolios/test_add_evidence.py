"""A file becomes an item of evidence, or nothing at all."""

import errno
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import FileSystemStorage, default_storage

from centres.models import AuditEvent
from centres.refusals import Refusal
from portfolios.actions import add_evidence
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
    centre, random = key.removeprefix("c/").split("/")
    assert centre == str(alder.centre.pk)
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
