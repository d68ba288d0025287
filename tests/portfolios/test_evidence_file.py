"""A file is handed out to those whom it reaches, as itself, and harmlessly."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError  # type: ignore[import-untyped]
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import reverse

from portfolios.actions import withdraw_evidence
from portfolios.files import parse_range
from portfolios.models import EvidenceVersion
from tests.portfolios.samples import MP3, PDF, WHOLE
from tests.portfolios.test_add_evidence import stored_paths

pytestmark = pytest.mark.django_db


def address(alder: Any, item: Any) -> str:
    version = EvidenceVersion.objects.for_centre(alder.centre).get(evidence=item)
    return reverse("portfolios:evidence-file", args=[alder.centre.slug, version.pk])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def page_of(alder: Any, within: Any, add: Any) -> Any:
    def made(name: str = "plan.pdf") -> str:
        with within(alder.centre):
            return address(alder, add(alder.una_registration, name))

    return made


def test_the_headers_keep_it_harmless(alder: Any, page_of: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).get(page_of())
    assert body(response) == PDF
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(PDF))
    assert response["Content-Disposition"] == 'inline; filename="plan.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Accept-Ranges"] == "bytes"
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "allow-" not in policy
    assert "script-src" not in policy


SHOWN = {
    "plan.pdf": "inline",
    "report.docx": "attachment",
    "photo.jpg": "inline",
    "scan.png": "inline",
    "talk.mp3": "inline",
    "talk.m4a": "inline",
    "session.mp4": "inline",
    "session.wav": "inline",
    "notes.txt": "inline",
}


@pytest.mark.parametrize("name", WHOLE)
def test_only_listed_kinds_are_shown_and_all_can_be_downloaded(
    name: str, alder: Any, page_of: Any, signed_in: Any
) -> None:
    url, browser = page_of(name), signed_in(alder.una)
    shown, saved = browser.get(url), browser.get(f"{url}?download=1")
    assert shown["Content-Disposition"] == f'{SHOWN[name]}; filename="{name}"'
    assert saved["Content-Disposition"] == f'attachment; filename="{name}"'
    assert body(shown) == body(saved) == WHOLE[name]
    if name.endswith(".txt"):
        assert shown["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Überblick.pdf", "inline; filename*=utf-8''%C3%9Cberblick.pdf"),
        ('say "hi".pdf', 'inline; filename="say \\"hi\\".pdf"'),
        ("計画.pdf", "inline; filename*=utf-8''%E8%A8%88%E7%94%BB.pdf"),
    ],
)
def test_odd_names_are_written_by_the_standard(
    name: str, header: str, alder: Any, page_of: Any, signed_in: Any
) -> None:
    response = signed_in(alder.una).get(page_of(name))
    assert response["Content-Disposition"] == header
    response.close()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(MP3) - 1),
        ("bytes=-50", len(MP3) - 50, len(MP3) - 1),
        ("bytes=5-5", 5, 5),
        (f"bytes=10-{len(MP3) * 2}", 10, len(MP3) - 1),
    ],
)
def test_a_player_gets_the_stretch_that_it_asks_for(
    asked: str, first: int, last: int, alder: Any, page_of: Any, signed_in: Any
) -> None:
    response = signed_in(alder.una).get(page_of("talk.mp3"), headers={"range": asked})
    assert response.status_code == 206
    assert body(response) == MP3[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(MP3)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_stretch_outside_the_file_is_refused(alder: Any, page_of: Any, signed_in: Any) -> None:
    url = page_of("talk.mp3")
    response = signed_in(alder.una).get(url, headers={"range": f"bytes={len(MP3)}-"})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(MP3)}"


@pytest.mark.parametrize(
    "header", ["", "items=0-1", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-1,3-4"]
)
def test_what_is_no_single_range_is_ignored(header: str) -> None:
    assert parse_range(header, 100) is None


def test_a_suffix_longer_than_the_file_is_the_whole() -> None:
    assert parse_range("bytes=-500", 100) == (0, 99)
    assert parse_range("bytes=-0", 100) == (0, -1)


WHO = {
    "una": 200,
    "pat": 200,
    "tia": 200,
    "jo": 200,
    "lea": 200,
    "max": 200,
    "ada": 200,
    "ted": 404,
    "kit": 404,
    "eve": 403,
}


@pytest.mark.parametrize(("who", "status"), WHO.items())
def test_who_it_reaches(who: str, status: int, alder: Any, page_of: Any, signed_in: Any) -> None:
    response = signed_in(getattr(alder, who)).get(page_of())
    response.close()
    assert response.status_code == status


def test_another_centre_and_strangers_find_nothing(
    alder: Any, birch: Any, outsider: Any, page_of: Any, signed_in: Any, client: Any
) -> None:
    url = page_of()
    foreign = url.replace("/c/alder/", "/c/birch/")
    for person in (birch.una, birch.max, outsider):
        assert signed_in(person).get(url).status_code == 404
    for person in (birch.una, birch.pat, birch.max):
        assert signed_in(person).get(foreign).status_code == 404
    assert client.get(url).status_code == 302


def test_a_withdrawn_item_can_still_be_read(
    alder: Any, within: Any, add: Any, signed_in: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        url = address(alder, item)
    response = signed_in(alder.pat).get(url)
    response.close()
    assert response.status_code == 200


@pytest.mark.parametrize("header", ["", "bytes=0-9"])
def test_bytes_that_the_store_lost_are_said_to_be_gone(
    header: str, alder: Any, page_of: Any, signed_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    url = page_of()
    for path in stored_paths():
        path.unlink()
    response = signed_in(alder.una).get(url, headers={"range": header} if header else {})
    assert response.status_code == 409
    text = response.content.decode()
    assert "This file can’t be fetched now" in text
    assert "E1 plan" in text
    assert "can't be read" in caplog.text


class Unreachable(FileSystemStorage):
    """A store in S3 that does not answer."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        raise EndpointConnectionError(endpoint_url="https://store.example.org")


def test_a_store_out_of_reach_is_told_alike(
    alder: Any, page_of: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = page_of()
    monkeypatch.setattr(default_storage, "_wrapped", Unreachable())
    assert signed_in(alder.pat).get(url).status_code == 409


def test_its_headers_can_be_asked_for_alone(alder: Any, page_of: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).head(page_of())
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(PDF))
    assert body(response) == b""
