"""The pages of handbooks: progress, review beside the source, answers, draft, publish."""

import json
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import User
from centres.tenancy import centre_context
from qualifications.catalogue_file import read_specification
from qualifications.handbook.progress import Progress, Step
from quality.handbook_jobs import claim_import, note_progress
from quality.models import HandbookImport, HandbookWarning
from tests.cast import PASSWORD, Cast
from tests.portfolios import samples
from tests.qualifications.handbook.papers import alignment_paper
from tests.quality import handbooks as making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
LIST_QUERIES = 12
PAGE_QUERIES = {
    "waiting": 11,
    "review": 15,
    "unit as read": 11,
    "source": 11,
    "draft": 14,
    "review of a draft": 15,
    "unit": 12,
    "edit": 12,
    "differences": 14,
    "export": 12,
    "publish": 14,
    "discard": 11,
}


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


def news(client: Client, held: HandbookImport, **seen: str) -> HttpResponse:
    """What a page gets that shows this and asks for news."""
    answer: Any = client.get(at("handbook", held.pk), seen, headers={"HX-Request": "true"})
    return cast("HttpResponse", answer)


def test_the_page_shows_how_many_pages_are_read(alder: Cast, lea: Client) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        claimed = claim_import(centre=alder.centre, import_id=held.pk)
    assert claimed

    def reads(progress: Progress) -> str:
        with centre_context(alder.centre.pk):
            note_progress(centre=alder.centre, held=claimed, progress=progress)
        return shown(lea, at("handbook", held.pk))

    page = reads(Progress(Step.PAGES, 40, 181))
    assert "Page 40 of 181" in page
    assert '<progress aria-labelledby="how-far" max="181" value="40">' in page
    assert 'role="status">Reading the pages</p>' in page
    page = reads(Progress(Step.SUMS))
    assert "Checking numbers, credits and marks" in page and "<progress" not in page


def test_news_come_by_the_page_and_are_said_by_the_quarter(alder: Cast, lea: Client) -> None:
    held = making.imported(alder)
    with centre_context(alder.centre.pk):
        claimed = claim_import(centre=alder.centre, import_id=held.pk)
        assert claimed
        note_progress(centre=alder.centre, held=claimed, progress=Progress(Step.PAGES, 40, 181))
    given = {"seen": "reading1-pages40", "said": "Reading the pages"}
    assert news(lea, held, **given).status_code == 204
    same_quarter = news(lea, held, **{**given, "seen": "reading1-pages39"}).content.decode()
    assert "Page 40 of 181" in same_quarter and "hx-swap-oob" not in same_quarter
    next_one = news(lea, held, seen="reading1-pages1", said="Reading the file").content.decode()
    assert '<p id="said" hx-swap-oob="innerHTML">Reading the pages</p>' in next_one


def test_a_markdown_file_is_handed_in_and_read(alder: Cast, lea: Client) -> None:
    assert ".md" in shown(lea, at("handbook-new"))
    answer = lea.post(at("handbook-new"), {"file": making.upload(name="orchard.md")})
    held = HandbookImport(pk=answer["Location"].rstrip("/").rpartition("/")[2])
    assert making.run(alder, held) == "read"
    now = making.fresh(alder, held)
    assert (now.name, now.state) == ("orchard.md", "read")


def test_a_picture_that_is_called_md_is_not_taken(alder: Cast, lea: Client) -> None:
    answer = lea.post(
        at("handbook-new"), {"file": SimpleUploadedFile("orchard.md", samples.WHOLE["scan.png"])}
    )
    assert answer.status_code == 422
    assert (
        "This file (PNG image) is not a kind of file that a handbook is read from."
        in answer.content.decode()
    )
    with centre_context(alder.centre.pk):
        assert not HandbookImport.objects.for_centre(alder.centre).exists()


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


def test_a_doubt_without_a_line_leads_to_the_unit_that_it_names(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    with centre_context(alder.centre.pk):
        rows = HandbookWarning.objects.for_centre(alder.centre).filter(handbook=held)
        rows.update(line=None, where="", why="503 1.2: it is worded otherwise")
    unit = at("handbook-unit", held.pk, 1)
    assert f'href="{unit}#c-1.2">in 503</a>' in shown(lea, at("handbook", held.pk))
    with centre_context(alder.centre.pk):
        rows.update(why="977 1.2: no such unit was read")
    assert unit + "#" not in shown(lea, at("handbook", held.pk))


def test_what_a_centre_wrote_beside_a_criterion_is_shown_with_it(alder: Cast, lea: Client) -> None:
    held = making.read(alder, alignment_paper().saved("txt").decode())
    page = shown(lea, at("handbook-unit", held.pk, 1))
    for label, text in (("Learning strategies", "A walk"), ("Evidence of assessment", "A label")):
        assert page.count(f">{label}</h3>") == 1
        assert f"<li>{text}" in page


def test_the_source_page_opens_where_a_line_stands(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    assert 'id="l-3"' in shown(lea, f"{at('handbook-source', held.pk)}?line=3")
    assert 'id="l-3"' in shown(lea, f"{at('handbook-source', held.pk)}?line=nine")


def test_the_whole_way_on_the_pages(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    known = making.known(alder)
    assert "Next: make a draft" in shown(lea, at("handbook", held.pk))
    before = shown(lea, at("handbook-draft", held.pk))
    assert "criteria changed" in before and "8588-501" in before
    lea.post(at("handbook-draft", held.pk), {"known": known.pk, "version": "own-1"})
    page = shown(lea, at("handbook", held.pk))
    open_now = len(making.warnings_of(alder, held))
    assert f"Next: answer for {open_now} doubtful readings" in page
    assert "Publishing opens when this is done" in shown(lea, at("handbook-publish", held.pk))
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


def saved(client: Client, held: HandbookImport, part: str, came_from: str) -> tuple[str, str]:
    """Where the saving of a part leads, and the page there."""
    assert held.specification
    path = f"{at('handbook-edit', held.pk, part)}?from={came_from}"
    typed = {"digest": held.specification.digest, "title": "Behind", "text": "Look behind."}
    assert f'href="{at("handbook", held.pk)}' in shown(client, path)
    answer = client.post(path, typed)
    assert answer.status_code == 302
    return answer["Location"], shown(client, answer["Location"])


def test_an_edit_leads_back_to_the_unit_that_it_was_opened_from(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    edit = f"{at('handbook-edit', held.pk, 'outcome-4-1')}?from=unit-1"
    assert edit in shown(lea, at("handbook-unit", held.pk, 1))
    where, page = saved(lea, held, "outcome-4-1", "unit-1")
    assert where == f"{at('handbook-unit', held.pk, 1)}?saved=outcome-4-1#o-1"
    told = "saved in the draft (title, what the learner will be able to do)."
    assert f"8588-503, outcome 1: {told}" in page
    assert page.count("Saved in the draft") == 1
    assert "<strong>In the draft:</strong> Look behind." in page


def test_an_edit_leads_back_to_the_doubt_that_it_was_opened_from(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    doubt = making.warnings_of(alder, held)[0]
    page = shown(lea, at("handbook", held.pk))
    assert f"{at('handbook-edit', held.pk, 'unit-4')}?from=doubt-{doubt.position}" in page
    where, page = saved(lea, held, "outcome-4-1", f"doubt-{doubt.position}")
    assert where == f"{at('handbook', held.pk)}?doubt=1&saved=outcome-4-1#doubt-1"
    assert 'id="choose-1" checked' in page and page.count(" checked>") == 1
    assert page.count("Write below what was corrected, and answer.") == 1


@pytest.mark.parametrize("came_from", ["", "nowhere-1", "unit-x", "//evil.example"])
def test_an_edit_from_elsewhere_leads_to_the_draft(
    alder: Cast, lea: Client, came_from: str
) -> None:
    held = making.draft(alder)
    where, _ = saved(lea, held, "outcome-4-1", came_from)
    assert where == f"{at('handbook', held.pk)}?saved=outcome-4-1#draft"


def test_saving_what_was_shown_says_that_nothing_changed(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    path = at("handbook-edit", held.pk, "outcome-4-1")
    form = lea.get(path).context["form"]
    answer = lea.post(path, {name: form[name].value() for name in form.fields})
    assert answer["Location"] == f"{at('handbook', held.pk)}#draft"
    assert "outcome 1: nothing was changed." in shown(lea, answer["Location"])


def test_a_refused_answer_keeps_the_ticks_and_the_note(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    ticked = [str(row.pk) for row in making.warnings_of(alder, held)[:2]]
    answer = lea.post(
        at("handbook-answers", held.pk), {"resolution": "corrected", "warnings": ticked}
    )
    assert answer.status_code == 422 and answer.content.decode().count(" checked>") == 2
    given = {"resolution": "corrected", "note": "The full number."}
    answer = lea.post(at("handbook-answers", held.pk), given)
    page = answer.content.decode()
    assert answer.status_code == 422 and " checked>" not in page
    assert 'value="The full number."' in page


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
    page = shown(lea, at("handbook-discard", held.pk))
    assert "The draft of version own-1 (Alder Centre’s own) goes" in page
    assert lea.post(at("handbook-discard", held.pk)).status_code == 302
    assert "Given up" in shown(lea, at("handbooks"))
    assert lea.post(at("handbook-discard", held.pk)).status_code == 409


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "setup.docx",
            b"MZ\x90\0" + b"\0" * 200,
            "A program is not a kind of file that a handbook",
        ),
        ("tune.pdf", samples.WHOLE["scan.png"], "This file (PNG image) is not a kind of file"),
        ("long.txt", b"apples\n" * 400_000, "a text file may have 2 MB."),
        ("nothing.docx", b"", "Open it on your device: if nothing is in it there either"),
    ],
)
def test_a_refused_file_is_told_what_a_handbook_may_be(
    alder: Cast, lea: Client, name: str, content: bytes, said: str
) -> None:
    may_be = "Word (.docx), PDF with text (.pdf), or plain text or Markdown (.txt, .md)"
    page = shown(lea, at("handbook-new"))
    assert f"{may_be}. At most 25 MB, text 2 MB; a PDF has at most 500 pages." in page
    answer = lea.post(at("handbook-new"), {"file": SimpleUploadedFile(name, content)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    for foreign in ("evidence", "JPEG", "MP3"):
        assert foreign not in page.partition("The handbook was not taken")[2]
    with centre_context(alder.centre.pk):
        assert not HandbookImport.objects.for_centre(alder.centre).exists()


def test_the_form_of_a_draft_offers_a_label_that_is_free(alder: Cast, lea: Client) -> None:
    held = making.read(alder)
    assert 'value="2.0 Alder"' in shown(lea, at("handbook-draft", held.pk))
    taken = lea.post(
        at("handbook-draft", held.pk), {"known": making.known(alder).pk, "version": "2.0"}
    )
    assert taken.status_code == 422
    page = taken.content.decode()
    assert "The qualification has a version 2.0 already." in page
    assert "“2.0 Alder” is free." in page
    making.draft(alder, held, version="2.0 alder")
    second = making.read(alder)
    assert 'value="2.0 Alder 2"' in shown(lea, at("handbook-draft", second.pk))


def test_a_draft_that_stands_on_the_centres_own_version_is_not_named_twice(
    alder: Cast, lea: Client
) -> None:
    making.published(alder, version="2.0 Alder")
    held = making.read(alder)
    assert 'value="2.0 Alder 2"' in shown(lea, at("handbook-draft", held.pk))


def test_the_same_file_is_told_with_a_link_to_the_import_before(
    alder: Cast, birch: Cast, lea: Client
) -> None:
    told = "This same file was imported before."
    making.imported(birch)
    first = making.published(alder)
    assert told not in shown(lea, at("handbook", first.pk))
    second = making.imported(alder, upload=making.upload(name="orchard-again.txt"))
    link = f'href="{at("handbook", first.pk)}">orchard.txt</a>, {alder.lea.full_name}'
    page = shown(lea, at("handbook", second.pk))
    assert told in page and link in page and "version own-1 (Alder Centre’s own)" in page
    assert making.run(alder, second) == "read"
    for name in ("handbook", "handbook-draft"):
        page = shown(lea, at(name, second.pk))
        assert told in page and page.count(link) == 1
    other = making.imported(alder, making.handbook_text(c11="Evaluate another year"))
    assert told not in shown(lea, at("handbook", other.pk))


def test_what_could_not_be_read_is_cleared_from_the_list_and_stays_on_record(
    alder: Cast, lea: Client, sign_in: SignIn
) -> None:
    held = making.imported(alder, "Apples, pears and a quince.")
    making.run(alder, held)
    clear = at("handbook-clear", held.pk)
    assert f'action="{clear}"' in shown(lea, at("handbooks"))
    assert clear not in shown(sign_in(Client(), alder.jo), at("handbooks"))
    assert lea.post(clear).status_code == 302
    assert "orchard.txt</a>" not in shown(lea, at("handbooks"))
    assert clear not in shown(lea, at("handbook", held.pk))
    assert lea.post(clear).status_code == 409


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


@pytest.mark.parametrize("refs", [("503",), ("501", "502", "503")])
def test_every_page_asks_as_much_for_one_unit_as_for_three(
    alder: Cast, lea: Client, refs: tuple[str, ...]
) -> None:
    own = making.published(alder).specification
    held = making.read(alder, making.text_of(*refs))
    before = {
        "waiting": at("handbook", making.imported(alder).pk),
        "review": at("handbook", held.pk),
        "unit as read": at("handbook-unit", held.pk, len(refs)),
        "source": at("handbook-source", held.pk),
        "draft": at("handbook-draft", held.pk),
    }
    after = {
        "review of a draft": at("handbook", held.pk),
        "unit": at("handbook-unit", held.pk, len(refs)),
        "edit": at("handbook-edit", held.pk, "criterion-4-1.1"),
        "differences": at("handbook-differences", held.pk),
        "export": at("handbook-export", held.pk),
        "publish": at("handbook-publish", held.pk),
        "discard": at("handbook-discard", held.pk),
    }
    counts = {name: queries(lea, path) for name, path in before.items()}
    making.draft(alder, held, known=own, version="own-2")
    counts |= {name: queries(lea, path) for name, path in after.items()}
    assert counts == PAGE_QUERIES


def queries(client: Client, path: str) -> int:
    """How much a page asks once everything else is known."""
    shown(client, path)
    with CaptureQueriesContext(connection) as asked:
        shown(client, path)
    return len(asked)
