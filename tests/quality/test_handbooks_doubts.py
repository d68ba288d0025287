"""Doubts are answered one by one, by kind or as before; a correction is taken where it applies."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from centres.models import User
from centres.refusals import Refusal
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
