"""A handbook's wording on a known frame: what is claimed as corrected, counted and named."""

from dataclasses import replace
from pathlib import Path

import pytest

from qualifications.catalogue_entries import CorrectionEntry, SpecificationEntry
from qualifications.catalogue_file import read_specification
from qualifications.handbook.content import Doubt
from qualifications.handbook.counted import counts
from qualifications.handbook.entry import Drafted, drafted
from qualifications.handbook.kinds import kind_of
from tests.qualifications.handbook.papers import read
from tests.quality.handbooks import handbook_text

CPD = "Unit 503, AC 2.3, CPD"
KNOWN = read_specification(Path("fixtures/qualifications/8588.yaml").read_text(), name="8588.yaml")


def draft_of(text: str, known: SpecificationEntry = KNOWN) -> Drafted:
    return drafted(read(text), known, version="own-1")


def about(made: Drafted, words: str) -> list[Doubt]:
    return [doubt for doubt in made.doubts if words in doubt.why]


def claimed(made: Drafted) -> set[str]:
    return {one.field for one in made.entry.corrections}


def test_a_printed_mistake_is_not_claimed_as_corrected_and_a_doubt_names_it() -> None:
    printed = "Review the Continuous Professional Development of the keeper"
    made = draft_of(handbook_text(c23=printed))
    (doubt,) = about(made, CPD)
    assert (doubt.raw, doubt.taken) == (printed, printed)
    assert doubt.why.startswith("8588-503 2.3: the handbook prints “Continuous Professional")
    assert "uses “Continuing professional development (CPD)”" in doubt.why
    assert "the same plan is meant" in doubt.why and kind_of(doubt.why).code == "corrections"
    assert CPD not in claimed(made)


@pytest.mark.parametrize("heading", ["Depth", "Assessment guidance"])
def test_the_mistake_is_found_beside_the_statement_too(heading: str) -> None:
    text = handbook_text()
    said = {"Depth": "Blossom, fruit and frost.", "Assessment guidance": "Name three trees."}
    old = f"2.3 {said[heading]}"
    assert text.count(old) == 1
    made = draft_of(text.replace(old, "2.3 Continuous Professional Development."))
    (doubt,) = about(made, CPD)
    assert doubt.raw == "Continuous Professional Development."


def test_a_mistake_that_the_handbook_does_not_print_is_neither_claimed_nor_silent() -> None:
    made = draft_of(handbook_text())
    assert CPD not in claimed(made)
    (doubt,) = about(made, "also corrects what is not found in this handbook")
    assert CPD in doubt.why


def test_a_mistake_that_stands_on_another_page_alone_is_claimed_as_corrected() -> None:
    made = draft_of(f"{handbook_text()}\nContinuous Professional Development")
    assert CPD in claimed(made) and not about(made, CPD)


def test_what_is_about_the_frame_or_about_units_not_imported_stays_claimed() -> None:
    made = draft_of(handbook_text())
    assert {"Unit 500, AC 1.4, referral descriptor", "Unit 503, result sheet, last lines"} <= (
        claimed(made)
    )


def test_the_words_of_the_units_own_page_need_no_correction() -> None:
    made = draft_of(handbook_text(c23="Review their own ongoing harvest"))
    field = "Unit 503, AC 2.3, statement"
    assert field not in claimed(made) and not about(made, field)


def test_a_correction_of_a_mark_sheets_line_is_held_against_that_line() -> None:
    one = CorrectionEntry("Mark sheet, first bullet", "three trees", "Four", "There are four.", "")
    known = replace(KNOWN, corrections=(one,))
    assert not about(draft_of(handbook_text(), known), "three trees")


def test_another_number_than_the_kept_rules_is_told() -> None:
    made = draft_of(handbook_text(c22="Explain a plan of 18 months or more"))
    (doubt,) = about(made, "rule kept from version 2.0")
    assert doubt.why.startswith("8588-503 2.2: the handbook prints “18 months")
    assert doubt.taken == "The plan spans 12 months or more (12 months or more)"
    assert kind_of(doubt.why).code == "rules"


@pytest.mark.parametrize(
    "said",
    [
        "Explain a plan of 12 months",
        "Explain a plan that spans at least twelve months",
        "Explain what unit 501 and part 3 ask of a plan",
        "Explain the plan with all three helpers",
    ],
)
def test_the_same_number_and_numbers_that_count_nothing_are_not_told(said: str) -> None:
    assert not about(draft_of(handbook_text(c22=said)), "rule kept")


def test_a_new_minimum_that_no_rule_counts_is_told() -> None:
    said = "Explain a plan of 12 months with at least seven helpers"
    (doubt,) = about(draft_of(handbook_text(c22=said)), "rule kept")
    assert "“seven helpers”" in doubt.why


def test_a_number_that_a_newer_edition_no_longer_prints_is_told() -> None:
    first = draft_of(handbook_text(c22="Explain a plan of 12 months for the whole orchard"))
    second = draft_of(handbook_text(c22="Explain a plan for the whole orchard"), first.entry)
    (doubt,) = about(second, "rule kept")
    assert "8588-503 2.2: the handbook no longer prints the number" in doubt.why


def test_numbers_tell_what_they_count_and_whether_they_are_a_least_or_a_most() -> None:
    found = counts("At least two pears, thirty-six plums, no fewer than 2 and at most 3 men")
    assert [(int(one.value), one.bound) for one in found] == [
        (2, "least"),
        (36, ""),
        (2, "least"),
        (3, "most"),
    ]
    assert found[2].counted == "men"


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ("Critically analyse the blossom", "critically analyse"),
        ("Apply the ladder", "apply"),
        ("Evaluate the blossom", "evaluate"),
    ],
)
def test_a_verb_is_taken_with_its_adverb(said: str, verb: str) -> None:
    made = draft_of(handbook_text(c11=said))
    assert made.entry.units[3].criteria[0].verb == verb
    assert bool(about(made, f"begins with “{verb}”")) == (verb != "evaluate")
