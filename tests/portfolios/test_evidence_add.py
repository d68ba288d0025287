"""Adding files: one by the script, several by the plain form."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolios.models import Evidence
from tests.portfolios.samples import PDF, pdf_number, upload
from tests.portfolios.test_add_evidence import stored_paths

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def address(alder: Any, registration: Any = None) -> str:
    registration = registration or alder.una_registration
    return reverse(
        "portfolios:evidence-add", args=[alder.centre.slug, registration.pk, alder.assessment.pk]
    )


def titles(alder: Any, within: Any) -> list[str]:
    with within(alder.centre):
        return [str(row) for row in Evidence.objects.for_centre(alder.centre)]


def test_the_script_adds_one_file(alder: Any, within: Any, signed_in: Any) -> None:
    una = signed_in(alder.una)
    response = una.post(address(alder), {"files": upload()}, headers=JSON)
    assert response.status_code == 201
    assert response.json() == {"added": ["E1 plan"]}
    assert titles(alder, within) == ["E1 plan"]


def test_the_script_is_told_why_not(alder: Any, within: Any, signed_in: Any) -> None:
    una = signed_in(alder.una)
    response = una.post(address(alder), {"files": upload("a.pdf", PDF[:-9])}, headers=JSON)
    assert response.status_code == 422
    assert response.json()["refusal"].startswith("The PDF is cut short")
    assert una.post(address(alder), {}, headers=JSON).status_code == 422
    assert titles(alder, within) == []
    assert stored_paths() == []


def test_the_plain_form_adds_several(alder: Any, within: Any, signed_in: Any) -> None:
    files = [upload("a.pdf"), upload("b.pdf", pdf_number(1)), upload("talk.mp3")]
    una = signed_in(alder.una)
    response = una.post(address(alder), {"files": files}, follow=True)
    assert response.status_code == 200
    assert b"Added: E1 a, E2 b, E3 talk." in response.content
    assert titles(alder, within) == ["E1 a", "E2 b", "E3 talk"]


def test_one_bad_file_keeps_none_of_the_others_out(alder: Any, within: Any, signed_in: Any) -> None:
    files = [upload("a.pdf"), upload("b.pdf", b"MZ\0\0"), upload("talk.mp3")]
    response = signed_in(alder.una).post(address(alder), {"files": files})
    assert response.status_code == 422
    text = response.content.decode()
    assert "b.pdf: A program is not a kind of file taken as evidence." in text
    assert "Added: E1 a, E2 talk." in text
    assert titles(alder, within) == ["E1 a", "E2 talk"]


def test_no_file_is_a_refusal(alder: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).post(address(alder))
    assert response.status_code == 422
    assert b"No file was chosen" in response.content


@pytest.mark.parametrize(
    ("who", "status"), [("ted", 404), ("pat", 403), ("max", 403), ("eve", 403)]
)
def test_nobody_adds_to_anothers_portfolio(
    who: str, status: int, alder: Any, within: Any, signed_in: Any
) -> None:
    response = signed_in(getattr(alder, who)).post(address(alder), {"files": upload()})
    assert response.status_code == status
    assert titles(alder, within) == []
    assert stored_paths() == []


def test_another_centres_registration_is_not_found(alder: Any, birch: Any, signed_in: Any) -> None:
    url = address(alder, birch.una_registration)
    for person in (alder.una, birch.una):
        assert signed_in(person).post(url, {"files": upload()}).status_code == 404
    assert stored_paths() == []


def test_it_is_not_got(alder: Any, signed_in: Any) -> None:
    assert signed_in(alder.una).get(address(alder)).status_code == 405


def test_the_plain_form_takes_the_ledger_once(alder: Any, signed_in: Any) -> None:
    una = signed_in(alder.una)
    files = [upload("a.pdf"), upload("b.pdf", pdf_number(1)), upload("talk.mp3")]
    with CaptureQueriesContext(connection) as queries:
        assert una.post(address(alder), {"files": files}).status_code == 302
    told = [query["sql"] for query in queries]
    locks = [place for place, sql in enumerate(told) if "pg_advisory_xact_lock" in sql]
    files_at = [place for place, sql in enumerate(told) if 'INTO "portfolios_storedfile"' in sql]
    assert (len(locks), len(files_at)) == (1, 3)
    assert max(files_at) < locks[0]
