"""Who gets which paper, and what the list of papers shows while they are made."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client, override_settings
from django.urls import reverse

from assessment.models import Document
from assessment.tasks import render_document
from centres.models import User
from centres.tenancy import centre_context
from tests.assessment import signed as making
from tests.cast import Cast

pytestmark = making.open_profile

SignIn = Callable[[Client, User], Client]
NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def una_papers(alder: Cast) -> dict[str, Document]:
    with centre_context(alder.centre.pk):
        return making.issued(alder)


def file_url(cast: Cast, paper: Document) -> str:
    return reverse("assessment:document", args=[cast.centre.slug, paper.pk])


def list_url(cast: Cast, paper: Document) -> str:
    return reverse("assessment:documents", args=[cast.centre.slug, paper.sheet_id])


@pytest.mark.parametrize(
    ("who", "copies"),
    [
        ("una", {"learner"}),
        ("ted", set()),
        ("pat", {"learner", "file"}),
        ("kit", set()),
        ("jo", {"learner", "file"}),
        ("lea", {"learner", "file"}),
        ("max", {"learner", "file"}),
    ],
)
def test_each_person_gets_their_copies_and_404_for_the_others(
    alder: Cast,
    una_papers: dict[str, Document],
    client: Client,
    sign_in: SignIn,
    who: str,
    copies: set[str],
) -> None:
    sign_in(client, getattr(alder, who))
    for copy, paper in una_papers.items():
        response = client.get(file_url(alder, paper))
        assert response.status_code == (200 if copy in copies else 404), copy
        if copy in copies:
            assert response.getvalue() == making.content_of(paper)
    shown = client.get(list_url(alder, una_papers["file"]))
    if not copies:
        assert shown.status_code == 404
    else:
        page = shown.content.decode()
        assert {c for c, p in una_papers.items() if file_url(alder, p) in page} == copies
        assert {c for c, p in una_papers.items() if p.code in page} == copies


@pytest.mark.parametrize("who", ["ada", "tia", "eve"])
def test_roles_that_have_no_part_in_papers_get_403(
    alder: Cast, una_papers: dict[str, Document], client: Client, sign_in: SignIn, who: str
) -> None:
    sign_in(client, getattr(alder, who))
    assert client.get(file_url(alder, una_papers["file"])).status_code == 403
    assert client.get(list_url(alder, una_papers["file"])).status_code == 403


def test_another_centre_and_a_stranger_get_nothing(
    alder: Cast,
    birch: Cast,
    una_papers: dict[str, Document],
    outsider: User,
    client: Client,
    sign_in: SignIn,
) -> None:
    paper = una_papers["file"]
    assert client.get(file_url(alder, paper)).status_code == 302
    sign_in(client, birch.max)
    assert client.get(file_url(alder, paper)).status_code == 404
    assert client.get(file_url(birch, paper)).status_code == 404
    assert client.get(list_url(birch, paper)).status_code == 404
    sign_in(client, outsider)
    assert client.get(file_url(alder, paper)).status_code == 404


def test_an_assessor_who_learns_too_gets_no_file_copy_of_their_own_sheet(
    alder: Cast, una_papers: dict[str, Document], client: Client, sign_in: SignIn
) -> None:
    from centres.models import Membership, Role

    Membership.objects.create(centre=alder.centre, user=alder.una, role=Role.MANAGER)
    sign_in(client, alder.una)
    assert client.get(file_url(alder, una_papers["file"])).status_code == 404
    response = client.get(file_url(alder, una_papers["learner"]))
    assert response.getvalue() == making.content_of(una_papers["learner"])


def test_a_paper_comes_as_an_attachment_that_no_browser_opens_in_the_site(
    alder: Cast, una_papers: dict[str, Document], client: Client, sign_in: SignIn
) -> None:
    sign_in(client, alder.pat)
    response = client.get(file_url(alder, una_papers["file"]))
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"] == (
        'attachment; filename="8588-501 attempt 1, file copy, provisional.pdf"'
    )
    assert response.getvalue().startswith(b"%PDF-")


def test_a_paper_that_is_not_made_yet_has_no_file(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
    sign_in(client, alder.pat)
    assert client.get(file_url(alder, paper)).status_code == 404


def test_a_file_that_the_store_has_lost_is_told_and_is_no_500(
    alder: Cast, una_papers: dict[str, Document], client: Client, sign_in: SignIn
) -> None:
    default_storage.delete(una_papers["file"].key)
    sign_in(client, alder.pat)
    response = client.get(file_url(alder, una_papers["file"]))
    assert response.status_code == 409
    assert "on record" in response.content.decode()


class Object(BaseHTTPRequestHandler):
    """An object store that knows of every object, tells its size and gives none."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "9")
        self.send_header("ETag", '"a"')
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the test's own output is enough."""


@pytest.fixture
def stingy_store() -> Iterator[str]:
    """The address of an object store that gives no object."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Object) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def s3_at(address: str) -> dict[str, Any]:
    options = {
        "bucket_name": "papers",
        "endpoint_url": address,
        "region_name": "eu-west-2",
        "access_key": "a",
        "secret_key": "b",
        "client_config": Config(
            retries={"max_attempts": 0}, connect_timeout=1, s3={"addressing_style": "path"}
        ),
    }
    return {
        **settings.STORAGES,
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
    }


@pytest.mark.parametrize("answers", [False, True])
def test_an_object_store_that_gives_nothing_is_told_and_is_no_500(
    alder: Cast,
    una_papers: dict[str, Document],
    client: Client,
    sign_in: SignIn,
    stingy_store: str,
    answers: bool,
) -> None:
    sign_in(client, alder.pat)
    store = s3_at(stingy_store if answers else NOBODY_LISTENS)
    with override_settings(STORAGES=store):
        response = client.get(file_url(alder, una_papers["file"]))
    assert response.status_code == 409
    assert "on record" in response.content.decode()


def test_a_paper_that_the_object_store_does_not_take_waits_for_it(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        with override_settings(STORAGES=s3_at(NOBODY_LISTENS)):
            assert render_document(str(alder.centre.pk), str(paper.pk)) == "again"
        paper.refresh_from_db()
    assert paper.state == "queued"
    assert paper.trouble.startswith("The store for papers takes no files.")


def test_the_list_polls_while_papers_are_made_and_stops_when_they_are(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    with centre_context(alder.centre.pk):
        papers = making.papers(making.signed(alder))
    sign_in(client, alder.pat)
    url = list_url(alder, papers["file"])
    page = client.get(url).content.decode()
    assert "<h1>Papers</h1>" in page  # without a script: a page of its own, with a link to itself
    assert f'href="{url}"' in page
    assert 'hx-trigger="every 2s"' in page
    assert "Waiting to be made" in page

    seen = url + "?seen=queued0.queued0."
    assert f'hx-get="{seen}"' in page
    assert client.get(seen, headers={"HX-Request": "true"}).status_code == 204
    with centre_context(alder.centre.pk):
        making.issue(alder.centre, *papers.values())
    news = client.get(seen, headers={"HX-Request": "true"})
    assert news.status_code == 200
    fragment = news.content.decode()
    assert "<html" not in fragment
    assert "hx-get" not in fragment
    assert file_url(alder, papers["file"]) in fragment


def test_the_list_says_what_delays_a_paper_and_that_the_signature_stands(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    with centre_context(alder.centre.pk):
        paper = making.papers(making.signed(alder))["file"]
        Document.objects.for_centre(alder.centre).filter(pk=paper.pk).update(
            tries=2, trouble="The store for papers is full."
        )
    sign_in(client, alder.pat)
    page = client.get(list_url(alder, paper)).content.decode()
    assert "Delayed" in page
    assert "The store for papers is full. Tried 2 times" in page
    assert "nobody has to sign again" in page


@pytest.mark.parametrize("attempts", [1, 3])
def test_the_list_takes_the_same_number_of_queries_for_any_number_of_papers(
    alder: Cast,
    client: Client,
    sign_in: SignIn,
    attempts: int,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with centre_context(alder.centre.pk):
        for _ in range(attempts):
            papers = making.papers(making.signed(alder, referred=("1.3",)))
    sign_in(client, alder.pat)
    url = list_url(alder, papers["file"])
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) == 11
