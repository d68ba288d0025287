"""Doubts are answered one by one, by kind or as before; a correction is taken where it applies."""

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from centres.models import User
from centres.refusals import ChangedSinceShown, Refusal
from centres.tenancy import centre_context
from qualifications.catalogue_edits import with_criterion
from qualifications.catalogue_entries import SpecificationEntry
from qualifications.handbook.kinds import kind_of
from qualifications.held_content import held_content
from quality.actions.handbook import take_correction
from quality.models import HandbookImport, HandbookWarning
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast
from tests.quality import handbooks as making
from tests.quality.external import refusing_is
from tests.quality.test_handbooks_pages import at, shown

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
PRINTED = "Review the Continuous Professional Development of the keeper"
RIGHT = "Review the Continuing Professional Development of the keeper"
CPD = "Unit 503, AC 2.3, CPD"


@pytest.fixture
def lea(alder: Cast, sign_in: SignIn) -> Client:
    return sign_in(Client(), alder.lea)


def with_mistake(cast: Cast) -> HandbookImport:
    return making.draft(cast, making.read(cast, making.handbook_text(c23=PRINTED)))


def doubt_of(cast: Cast, held: HandbookImport, words: str) -> HandbookWarning:
    [found] = [row for row in making.warnings_of(cast, held) if words in row.why]
    return found


def content(cast: Cast, held: HandbookImport) -> SpecificationEntry:
    assert held.specification
    with centre_context(cast.centre.pk):
        return held_content(held.specification)


def said_right(entry: SpecificationEntry) -> SpecificationEntry:
    criterion = next(one for one in entry.units[3].criteria if one.number == "2.3")
    return with_criterion(entry, 4, replace(criterion, statement=RIGHT))


def take(cast: Cast, held: HandbookImport, entry: SpecificationEntry, used: str = "CPD") -> None:
    assert held.specification
    with refusing(cast):
        take_correction(
            actor=cast.lea,
            centre=cast.centre,
            handbook=held,
            warning=doubt_of(cast, held, CPD),
            entry=entry,
            used=used,
            expected_digest=held.specification.digest,
        )


def test_a_taken_correction_is_applied_claimed_and_answered_for(alder: Cast) -> None:
    held = with_mistake(alder)
    with new_events(alder) as events:
        take(alder, held, said_right(content(alder, held)))
    assert events == ["handbook.revised", "handbook.answered"]
    entry = content(alder, making.fresh(alder, held))
    assert [c.statement for c in entry.units[3].criteria if c.number == "2.3"] == [RIGHT]
    [claim] = [one for one in entry.corrections if one.field == CPD]
    assert claim.raw.startswith("Continuous Professional Development") and claim.used == "CPD"
    row = doubt_of(alder, held, CPD)
    assert (row.resolution, row.resolved_by) == ("corrected", alder.lea) and CPD in row.note


def test_a_correction_is_not_taken_while_the_printed_words_stand(alder: Cast) -> None:
    held = with_mistake(alder)
    with new_events(alder) as events:
        with refusing_is(alder, Refusal, "still has the words that are put right"):
            take(alder, held, content(alder, held))
        with refusing_is(alder, Refusal, "says what is used"):
            take(alder, held, said_right(content(alder, held)), used="  ")
    assert events == []
    assert CPD not in {one.field for one in content(alder, making.fresh(alder, held)).corrections}
    assert doubt_of(alder, held, CPD).resolution == ""


def test_printed_words_that_are_accepted_are_published_without_a_claim(alder: Cast) -> None:
    held = with_mistake(alder)
    making.answer(alder, held)
    making.publish(alder, held)
    entry = content(alder, making.fresh(alder, held))
    assert CPD not in {one.field for one in entry.corrections}


def test_the_correction_is_offered_and_taken_on_the_page_of_its_text(
    alder: Cast, lea: Client
) -> None:
    held = with_mistake(alder)
    position = doubt_of(alder, held, CPD).position
    path = f"{at('handbook-edit', held.pk, 'criterion-4-2.3')}?from=doubt-{position}"
    assert f'href="{path}">Take the correction' in shown(lea, at("handbook", held.pk))
    page = shown(lea, path)
    assert "Used instead" in page and "the same plan is meant" in page
    assert held.specification
    typed = {
        "digest": held.specification.digest,
        "verb": "review",
        "statement": PRINTED,
        "depth": "Blossom",
        "guidance": "Name three trees.",
        "referral": "None.",
        "passes": "All.",
        "used": "Continuing",
        "take": "1",
    }
    refused = lea.post(path, typed)
    assert refused.status_code == 422 and 'value="Continuing"' in refused.content.decode()
    assert lea.post(path, {**typed, "statement": RIGHT}).status_code == 302
    assert doubt_of(alder, held, CPD).resolution == "corrected"


def test_the_source_stands_beside_the_field_that_was_read_from_it(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    page = shown(lea, at("handbook-edit", held.pk, "criterion-4-1.2"))
    assert "Statement, as printed" in page and "Guidance, as printed" in page
    assert f"<strong>1.2 {making.STATEMENTS['1.2']}</strong>" in page
    assert f"1.1 {making.STATEMENTS['1.1']}" in page
    assert "As printed" in shown(lea, at("handbook-edit", held.pk, "rules-4"))
    assert "as printed" not in shown(lea, at("handbook-edit", held.pk, "criterion-1-1.1")).lower()


def test_every_kind_of_text_shows_what_the_draft_says_instead(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    entry = content(alder, held)
    first = entry.units[3].criteria[0]
    changed = replace(first, guidance=("Name four trees.",), depth=())
    path = at("handbook-edit", held.pk, "criterion-4-1.1")
    assert held.specification
    given = {
        "digest": held.specification.digest,
        "verb": first.verb,
        "statement": first.statement,
        "depth": "",
        "guidance": "\n".join(changed.guidance),
        "example_evidence": "\n".join(first.example_evidence),
        "referral": "\n".join(first.referral),
        "passes": "\n".join(first.passes),
    }
    assert lea.post(path, given).status_code == 302
    page = shown(lea, at("handbook-unit", held.pk, 1))
    assert page.count("<li>Name four trees.</li>") == 1
    assert page.count("none of these.") == 1
    assert f"<li>{first.passes[0]}</li>" in page  # the known version's, which nobody printed


def test_an_answer_that_was_given_stays_where_several_are_accepted(alder: Cast) -> None:
    held = making.draft(alder)
    rows = making.warnings_of(alder, held)
    note = {"resolution": "corrected", "note": "The full number is held."}
    making.answer(alder, held, warnings=[rows[0].pk], **note)
    assert making.answer(alder, held) == len(rows) - 1
    first, *others = making.warnings_of(alder, held)
    assert (first.resolution, first.note) == ("corrected", note["note"])
    assert {row.resolution for row in others} == {"accepted"}
    with refusing_is(alder, Refusal, "answers given stay"):
        making.answer(alder, held)
    assert making.answer(alder, held, warnings=[first.pk]) == 1
    assert making.warnings_of(alder, held)[0].resolution == "accepted"


def test_all_of_a_kind_or_a_unit_are_accepted_at_once_and_counted_before(
    alder: Cast, lea: Client
) -> None:
    held = making.draft(alder, making.read(alder, making.text_of("501", "502", "503")))
    page = shown(lea, at("handbook", held.pk))
    rows = [r for r in making.warnings_of(alder, held) if kind_of(r.why).code == "numbers"]
    button = f'>Accept these {len(rows)}<span class="visually-hidden">: Numbers and headings</span>'
    assert len(rows) > 1 and button in page
    keys = [str(row.pk) for row in rows]
    given = {"resolution": "accepted", "warnings": keys}
    answer = lea.post(at("handbook-answers", held.pk), given, follow=True)
    assert f"{len(rows)} readings answered for." in answer.content.decode()
    for row in making.warnings_of(alder, held):
        assert (row.resolved_by == alder.lea and bool(row.resolved_at)) == (str(row.pk) in keys)


def test_an_earlier_answer_is_shown_and_given_again_in_one_click(alder: Cast, lea: Client) -> None:
    making.published(alder)
    second = making.read(alder)
    (row,) = making.warnings_of(alder, second)
    page = shown(lea, at("handbook", second.pk))
    assert row.resolution == "" and "In orchard.txt: accepted as taken" in page
    assert alder.lea.full_name in page and f'name="again" value="{row.pk}"' in page
    assert lea.post(at("handbook-answers", second.pk), {"again": str(row.pk)}).status_code == 302
    (now,) = making.warnings_of(alder, second)
    assert (now.resolution, now.resolved_by) == ("accepted", alder.lea)


def test_answers_of_another_text_or_another_centre_are_not_recalled(
    alder: Cast, birch: Cast, sign_in: SignIn
) -> None:
    making.published(birch)
    held = making.read(alder)
    page = shown(sign_in(Client(), alder.lea), at("handbook", held.pk))
    assert 'name="again"' not in page
    (row,) = making.warnings_of(alder, held)
    client = sign_in(Client(), alder.lea)
    assert client.post(at("handbook-answers", held.pk), {"again": str(row.pk)}).status_code == 422


def test_the_publish_page_says_what_keeps_it_shut_and_has_no_button(
    alder: Cast, lea: Client
) -> None:
    held = making.draft(alder)
    page = shown(lea, at("handbook-publish", held.pk))
    assert "Publishing opens when this is done" in page and "Confirm that it is you" not in page
    first = making.warnings_of(alder, held)[0].position
    assert f'href="{at("handbook", held.pk)}#doubt-{first}"' in page
    making.answer(alder, held)
    page = shown(lea, at("handbook-publish", held.pk))
    assert "Publishing opens" not in page and "Confirm that it is you" in page


def test_a_doubt_about_a_rule_leads_to_the_rules(alder: Cast, lea: Client) -> None:
    text = making.handbook_text(c22="Explain a plan of 18 months or more")
    held = making.draft(alder, making.read(alder, text))
    position = doubt_of(alder, held, "rule kept").position
    path = f"{at('handbook-edit', held.pk, 'rules-4')}?from=doubt-{position}"
    assert path in shown(lea, at("handbook", held.pk))


def forms_of(page: str) -> list[str]:
    """The forms of the main part of a page."""
    return re.findall(r"<form\b.*?</form>", page.partition("<main")[2], re.S)


def seen_on(page: str) -> str:
    """The time of the newest answer that a page says it showed."""
    found = re.search(r'name="seen" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def test_enter_in_the_form_of_answers_answers_nothing_and_says_what_to_press(
    alder: Cast, lea: Client
) -> None:
    making.published(alder)
    held = making.draft(alder, version="own-2")
    [form] = [one for one in forms_of(shown(lea, at("handbook", held.pk))) if "Accept again" in one]
    first = re.findall(r'<button[^>]*type="submit"[^>]*>', form)[0]
    assert 'name="resolution" value=""' in first and 'tabindex="-1"' in first
    ticked = str(making.warnings_of(alder, held)[0].pk)
    entered = {"resolution": "", "warnings": ticked, "note": "The full number."}
    answer = lea.post(at("handbook-answers", held.pk), entered)
    page = answer.content.decode()
    assert answer.status_code == 422 and "press the button below them" in page
    assert page.count(" checked>") == 1 and 'value="The full number."' in page
    assert {row.resolution for row in making.warnings_of(alder, held)} == {""}


def test_a_form_that_accepts_several_has_nothing_to_press_enter_in(
    alder: Cast, lea: Client
) -> None:
    held = making.draft(alder)
    forms = forms_of(shown(lea, at("handbook", held.pk)))
    several = [one for one in forms if "Accept these" in one]
    assert several
    for form in several:
        assert set(re.findall(r'<input[^>]*type="(\w+)"', form)) == {"hidden"}
        assert form.count('type="submit"') == 1


def test_an_answer_of_somebody_else_is_not_overwritten_unread(
    alder: Cast, lea: Client, sign_in: SignIn
) -> None:
    held = making.draft(alder)
    rows = making.warnings_of(alder, held)
    lou = making.other_lead(alder)
    making.answer(alder, held, warnings=[rows[1].pk])
    opened = seen_on(shown(lea, at("handbook", held.pk)))
    corrected = {"resolution": "corrected", "note": "The full number is held."}
    making.answer(alder, held, actor=lou, warnings=[rows[0].pk], **corrected)
    given = {
        "resolution": "corrected",
        "warnings": str(rows[0].pk),
        "note": "Mine.",
        "seen": opened,
    }
    with new_events(alder) as events:
        refused = lea.post(at("handbook-answers", held.pk), given)
    page = html.unescape(refused.content.decode())
    assert refused.status_code == 409 and events == []
    assert "Lou Maple answered reading 1 on " in page
    assert "after your page was opened: corrected in the draft: The full number is held." in page
    assert "Read that answer, then answer again if yours should stand." in page
    assert page.count(" checked>") == 1 and 'value="Mine."' in page
    assert making.warnings_of(alder, held)[0].resolved_by == lou
    again = {**given, "seen": seen_on(page)}
    assert lea.post(at("handbook-answers", held.pk), again).status_code == 302
    assert making.warnings_of(alder, held)[0].note == "Mine."


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-13-45T99:00:00+00:00"])
def test_a_page_that_does_not_say_what_it_showed_has_shown_no_answer(
    alder: Cast, lea: Client, seen: str
) -> None:
    held = making.draft(alder)
    row = making.warnings_of(alder, held)[0]
    making.answer(alder, held, actor=making.other_lead(alder), warnings=[row.pk])
    given = {"resolution": "accepted", "warnings": str(row.pk), "seen": seen}
    assert lea.post(at("handbook-answers", held.pk), given).status_code == 409


def test_an_answer_as_before_does_not_overwrite_one_that_was_given_since(
    alder: Cast, lea: Client
) -> None:
    making.published(alder)
    held = making.draft(alder, version="own-2")
    row = making.warnings_of(alder, held)[0]
    lou = making.other_lead(alder)
    corrected = {"resolution": "corrected", "note": "The full number is held."}
    making.answer(alder, held, actor=lou, warnings=[row.pk], **corrected)
    refused = lea.post(at("handbook-answers", held.pk), {"again": str(row.pk)})
    assert refused.status_code == 409 and "Lou Maple answered" in refused.content.decode()
    assert making.warnings_of(alder, held)[0].resolved_by == lou


def test_a_correction_is_not_taken_over_an_answer_that_was_given_since(alder: Cast) -> None:
    held = with_mistake(alder)
    lou = making.other_lead(alder)
    making.answer(alder, held, actor=lou, warnings=[doubt_of(alder, held, CPD).pk])
    with new_events(alder) as events, refusing_is(alder, ChangedSinceShown, "Lou Maple answered"):
        take(alder, held, said_right(content(alder, held)))
    assert events == [] and doubt_of(alder, held, CPD).resolved_by == lou


def test_a_note_that_is_too_long_is_refused_with_all_of_it_in_the_page(
    alder: Cast, lea: Client
) -> None:
    held = making.draft(alder)
    assert "maxlength" not in "".join(forms_of(shown(lea, at("handbook", held.pk))))
    note = "a" * 600 + " the end"
    for resolution in ("accepted", "corrected"):
        given = {"resolution": resolution, "note": note}
        given["warnings"] = str(making.warnings_of(alder, held)[0].pk)
        answer = lea.post(at("handbook-answers", held.pk), given)
        page = answer.content.decode()
        assert answer.status_code == 422 and f'value="{note}"' in page
        assert "This note has 608 characters; 500 are the most." in page
        assert page.count(" checked>") == 1


def test_the_publish_page_says_what_was_changed_by_hand(alder: Cast, lea: Client) -> None:
    held = making.draft(alder)
    assert "Nothing was changed by hand." in shown(lea, at("handbook-publish", held.pk))
    edit = at("handbook-edit", held.pk, "criterion-4-1.1")
    form = lea.get(edit).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert lea.post(edit, {**given, "statement": "Evaluate two seasons."}).status_code == 302
    now = making.fresh(alder, held).specification
    assert now
    given = {"digest": now.digest, "title": "Behind", "text": "Look behind."}
    assert lea.post(at("handbook-edit", held.pk, "outcome-4-1"), given).status_code == 302
    page = shown(lea, at("handbook-publish", held.pk))
    assert "Nothing was changed by hand" not in page
    by_hand = page.partition("Changed by hand since the draft was made:")[2].partition("</ul>")[0]
    assert re.findall("<li>(.*?)</li>", by_hand) == [
        "1 criterion changed: 8588-503 1.1",
        "1 unit, beside the criteria: 8588-503",
    ]


def test_a_published_version_is_not_offered_to_be_published(alder: Cast, lea: Client) -> None:
    held = making.published(alder)
    assert held.specification
    page = shown(lea, at("handbook-publish", held.pk))
    assert "It is published, and nobody can change it." in page
    assert "confirm that it is you" not in page.lower() and "<h1>Publish " not in page
    main = page.partition("<main")[2]
    assert f'href="{at("handbook", held.pk)}">Back to the review' in main
    catalogue = reverse("centres:qualification", args=["alder", held.specification.pk])
    assert f'href="{catalogue}">See it in the catalogue' in main


@pytest.mark.parametrize("state", ["drafted", "published", "discarded"])
def test_an_import_that_takes_no_draft_leads_from_the_form_to_its_page(
    alder: Cast, lea: Client, state: str
) -> None:
    held = making.published(alder) if state == "published" else making.draft(alder)
    if state == "discarded":
        lea.post(at("handbook-discard", held.pk))
    path = at("handbook-draft", held.pk)
    assert lea.get(path)["Location"] == at("handbook", held.pk)
    refused = lea.post(path, {"known": str(making.known(alder).pk), "version": "own-9"})
    page = refused.content.decode()
    assert refused.status_code == 409 and "Make the draft</button>" not in page
    assert "See how the import stands" in page


@pytest.mark.parametrize(
    ("state", "said"),
    [("published", "published this version on "), ("discarded", "gave this import up on ")],
)
def test_an_edit_of_a_draft_that_was_closed_meanwhile_keeps_what_was_typed(
    alder: Cast, lea: Client, state: str, said: str
) -> None:
    held = making.draft(alder)
    assert held.specification
    if state == "published":
        making.answer(alder, held)
        making.publish(alder, held)
    else:
        lea.post(at("handbook-discard", held.pk))
    path = at("handbook-edit", held.pk, "outcome-4-1")
    typed = {"digest": held.specification.digest, "title": "Behind", "text": "Look\nbehind."}
    refused = lea.post(path, typed)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert f"{alder.lea.full_name} {said}" in page and "Copy what you typed." in page
    assert re.findall(r"<textarea[^>]* readonly>\n(.*?)</textarea>", page, re.S) == [
        "Behind",
        "Look\nbehind.",
    ]
    shown(lea, path, 404)
