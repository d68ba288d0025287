"""The pages of handbooks: progress, review beside the source, answers, draft, publish."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import User
from qualifications.catalogue_file import read_specification
from quality.models import HandbookImport
from tests.cast import PASSWORD, Cast
from tests.quality import handbooks as making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
LIST_QUERIES = 12
REVIEW_QUERIES = 14
DRAFT_QUERIES = 15


def at(name: str, *args: object) -> str:
    return reverse(f"quality:{name}", args=["alder", *args])


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def lea(alder: Cast, sign_in: SignIn) -> Client:
    return sign_in(Client(), alder.lea)


def test_a_file_is_handed_in_and_its_page_asks_for_news(alder: Cast, lea: Client) -> None:
    answer = lea.post(at("handbook-new"), {"file": making.upload()})
    page = shown(lea, answer["Location"])
    assert "Waiting to be read" in page
    assert 'http-equiv="refresh"' in page and "every 2s" in page
    held = HandbookImport(pk=answer["Location"].rstrip("/").rpartition("/")[2])
    htmx = {"HX-Request": "true"}
    assert lea.get(at("handbook", held.pk), {"seen": "queued0"}, headers=htmx).status_code == 204
    assert (
        "Waiting"
        in lea.get(at("handbook", held.pk), {"seen": "old"}, headers=htmx).content.decode()
    )
    making.run(alder, held)
    news = lea.get(at("handbook", held.pk), {"seen": "queued0"}, headers=htmx)
    assert news["HX-Refresh"] == "true"


def test_a_file_that_is_no_handbook_says_why_and_what_to_do(alder: Cast, lea: Client) -> None:
    held = making.imported(alder, "Apples, pears and a quince.")
    assert making.run(alder, held) == "refused"
    page = shown(lea, at("handbook", held.pk))
    assert "No unit, mark sheet or qualification was found." in page
    assert "Import another file" in page
    shown(lea, at("handbook-unit", held.pk, 1), 404)
    shown(lea, at("handbook-publish", held.pk), 404)


def test_every_value_of_a_unit_leads_to_its_line(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    page = shown(lea, at("handbook-unit", held.pk, 1))
    lines = making.handbook_text().splitlines()
    statement = f"1.1 {making.STATEMENTS['1.1']}"
    number = [line.strip() for line in lines if line.strip()].index(statement)
    assert f'href="#l-{number}"' in page and f'id="l-{number}"' in page
    assert f"<strong>{statement}</strong>" in page
    shown(lea, at("handbook-unit", held.pk, 2), 404)


def test_the_source_page_opens_where_a_line_stands(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    assert 'id="l-3"' in shown(lea, f"{at('handbook-source', held.pk)}?line=3")
    assert 'id="l-3"' in shown(lea, f"{at('handbook-source', held.pk)}?line=nine")


def test_the_whole_way_on_the_pages(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    known = making.known(alder)
    assert "Versions with the same units" in shown(lea, at("handbook", held.pk))
    before = shown(lea, at("handbook-draft", held.pk))
    assert "criteria changed" in before and "8588-501" in before
    lea.post(at("handbook-draft", held.pk), {"known": known.pk, "version": "own-1"})
    page = shown(lea, at("handbook", held.pk))
    open_now = len(making.warnings_of(alder, held))
    assert f"{open_now} doubtful readings to answer for" in page
    assert "answer for them first" in shown(lea, at("handbook-publish", held.pk))
    rows = [str(row.pk) for row in making.warnings_of(alder, held)]
    none = lea.post(at("handbook-answers", held.pk), {"resolution": "accepted"})
    assert none.status_code == 422
    lea.post(at("handbook-answers", held.pk), {"resolution": "accepted", "warnings": rows[1:]})
    given = {"resolution": "corrected", "warnings": rows[:1], "note": "The full number is held."}
    assert lea.post(at("handbook-answers", held.pk), given).status_code == 302
    page = shown(lea, at("handbook", held.pk))
    assert "The full number is held." in page and alder.lea.full_name in page
    version = making.fresh(alder, held).specification
    assert version
    told = {"shown": version.digest, "password": PASSWORD}
    assert lea.post(at("handbook-publish", held.pk), told).status_code == 302
    page = shown(lea, at("handbook", held.pk))
    assert "Your centre alone sees it" in page and "Change the draft" not in page
    unit = reverse(
        "centres:unit", args=["alder", making.fresh(alder, held).specification_id, "8588-503"]
    )
    assert making.WORDS in shown(lea, unit)


def test_a_part_of_the_draft_is_changed_and_two_who_change_it_see_both(
    alder: Cast, lea: Client
) -> None:
    held = making.draft(alder)
    assert held.specification
    path = at("handbook-edit", held.pk, "outcome-4-1")
    assert "Know the year behind" in shown(lea, path)
    typed = {"digest": held.specification.digest, "title": "Behind", "text": "Look behind."}
    assert lea.post(path, typed).status_code == 302
    second = lea.post(path, {**typed, "text": "Look back."})
    assert second.status_code == 409
    page = second.content.decode()
    assert "Look behind." in page and "Look back." in page
    wrong = lea.post(at("handbook-edit", held.pk, "criterion-4-1.1"), typed)
    assert wrong.status_code == 422
    for part in ("outcome-9-1", "criterion-4-7.7", "outcome-4", "nothing", "unit-x", "outcome-4-x"):
        shown(lea, at("handbook-edit", held.pk, part), 404)


@pytest.mark.parametrize(
    "part", ["head", "sizes", "verbs", "corrections", "unit-4", "rules-4", "criterion-4-2.1"]
)
def test_each_part_of_the_draft_has_its_page(alder: Cast, lea: Client, part: str) -> None:
    held = making.draft(alder)
    assert "Save" in shown(lea, at("handbook-edit", held.pk, part))


def test_a_newer_edition_shows_what_changed_against_the_own_version(
    alder: Cast, lea: Client
) -> None:
    own = making.published(alder).specification
    text = making.handbook_text(c12="Explain which hedges were left out")
    second = making.draft(alder, making.read(alder, text), known=own, version="own-2")
    assert "What changed against your version own-1" in shown(lea, at("handbook", second.pk))
    page = shown(lea, at("handbook-differences", second.pk))
    assert "1 criterion changed" in page
    assert "hedges" in page and "own-1" in page


def test_what_was_read_is_exported_and_the_draft_as_a_file_of_the_catalogue(
    alder: Cast, lea: Client
) -> None:
    held = making.read(alder)
    plain = lea.get(at("handbook-export", held.pk))
    assert json.loads(plain.content)["units"][0]["ref"] == "503"
    making.draft(alder, held)
    entry = read_specification(lea.get(at("handbook-export", held.pk)).content.decode())
    assert entry.version == "own-1" and entry.published is None


def test_unknown_units_are_told_on_the_page(alder: Cast, lea: Client) -> None:
    held = making.read(alder, making.handbook_text("977"))
    page = shown(lea, at("handbook", held.pk))
    assert "This handbook can’t be published" in page
    assert "Make a draft" not in page


def test_giving_up_is_asked_first(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    assert "The draft of version own-1 goes" in shown(lea, at("handbook-discard", held.pk))
    assert lea.post(at("handbook-discard", held.pk)).status_code == 302
    assert "Given up" in shown(lea, at("handbooks"))
    assert lea.post(at("handbook-discard", held.pk)).status_code == 409


def test_an_internal_quality_assurer_reads_and_changes_nothing(
    alder: Cast, sign_in: SignIn
) -> None:
    held = making.draft(alder)
    jo = sign_in(Client(), alder.jo)
    page = shown(jo, at("handbook", held.pk))
    assert "Accept the ticked" not in page and "Publish" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(alder: Cast, lea: Client, rows: int) -> None:
    for number in range(rows):
        making.read(alder, making.handbook_text(c11=f"Evaluate the year {number}"))
    shown(lea, at("handbooks"))
    with CaptureQueriesContext(connection) as asked:
        page = shown(lea, at("handbooks"))
    assert page.count("1 open of 1") == rows
    assert len(asked) == LIST_QUERIES


@pytest.mark.parametrize("drafted", [False, True])
def test_the_review_asks_a_fixed_number(alder: Cast, lea: Client, drafted: bool) -> None:
    held = making.read(alder)
    if drafted:
        making.draft(alder, held)
    shown(lea, at("handbook", held.pk))
    with CaptureQueriesContext(connection) as asked:
        shown(lea, at("handbook", held.pk))
    assert len(asked) == (DRAFT_QUERIES if drafted else REVIEW_QUERIES)
