"""What is printed has landed somewhere or is told: headings parted, run on, or lost."""

import pytest

from qualifications.handbook import read_handbook
from qualifications.handbook.noise import RAISED, UNSURE
from tests.qualifications.handbook.papers import handbook_paper, read, reasons, two_column_text
from tests.qualifications.handbook.test_mutations import values

HEADING = "Appendix 2 Unit 301 Result Sheet\n"


@pytest.mark.parametrize(
    "parted", ["Appendix 2 Unit 301 Result\nSheet\n", "Appendix 2\n\tUnit 301 Result\nSheet\n"]
)
def test_a_result_sheet_whose_heading_fills_two_lines_is_read(parted: str) -> None:
    text = handbook_paper().as_text().decode()
    assert HEADING in text

    assert values(read(text.replace(HEADING, parted))) == values(read(text))


def test_a_unit_without_descriptors_among_units_that_have_them_is_told() -> None:
    text = handbook_paper().as_text().decode()
    second = text[text.index(HEADING) : text.index("\tUnit 302\n")].replace("Unit 301", "Unit 302")
    both = f"{text}\n{second}"
    why = "301: the document has descriptors of pass and referral, of which none was read"
    assert why not in reasons(read(both))

    assert why in reasons(read(both.replace(HEADING, "The sheet of the first unit\n")))


def test_a_unit_of_a_mark_sheet_needs_no_descriptors() -> None:
    assert "descriptors" not in reasons(read(f"{two_column_text()}\nSufficiency descriptors\n"))


def test_figures_that_stand_right_behind_their_labels_are_read() -> None:
    text = two_column_text()
    facts = "Credit value e Minimum 9 credits\nDuration e Minimum 30 Glh\n"
    assert facts in text

    close = read(text.replace(facts, "Credit Value9\nGuided Learning Hours30 hours\n"))

    (one,) = close.qualifications
    assert one.credits and one.glh
    assert (one.credits.value, one.glh.value) == (9, 30)


def test_a_text_that_runs_into_the_heading_of_a_page_is_told() -> None:
    text = handbook_paper().as_text().decode()
    last = "2.2 Explain what goes wrong in a dry year\n"
    why = "301 2.2: the text ends in the title of a unit"
    assert why not in reasons(read(text))

    run_on = text.replace(last, f"{last.strip()} Orchard Craft – Keeping Bees among Trees\n", 1)
    assert why in reasons(read(run_on))


def test_a_numbered_line_that_lands_nowhere_is_told_with_its_number() -> None:
    text = handbook_paper().as_text().decode()
    end = "Assessment requirements\nAssessed in the orchard.\nAppendix 2"
    assert text.count(end) == 1
    why = "302: behind its criteria stand lines with the numbers 2.3, 2.4, which were taken for no"

    lost = "2.3 Mow below the trees twice 2.4 Rake the hay into the rows\nAppendix 2"
    assert why in reasons(read(text.replace(end, end.replace("Appendix 2", lost))))


def test_halves_that_may_be_one_word_or_two_are_told_for_the_unit_at_once() -> None:
    text = handbook_paper().as_text().decode()
    printed = "2.2 Explain what goes wrong in a dry year\n"
    guessed = printed.replace("Explain what", f"Explain{UNSURE}what").replace(
        "dry year", f"dry {UNSURE}year"
    )

    (doubt,) = (
        doubt.why
        for doubt in read(text.replace(printed, guessed, 1)).warnings
        if "nothing tells" in doubt.why
    )
    assert doubt.startswith("7100-301 2.2: “Explain what”, “dry year” stand in two lines each")


@pytest.mark.parametrize(
    "line",
    [
        "Meet what is said in the qualification specification",
        "Copyright © law as it bears on photographs of trees.",
    ],
)
def test_a_line_that_reads_like_a_footer_among_the_wording_is_told(line: str) -> None:
    text = handbook_paper().as_text().decode()
    before = "1.1 Show at least three joined trees.\n"
    assert line not in reasons(read(text))

    raws = "\n".join(
        doubt.raw for doubt in read(text.replace(before, f"{before}{line}\n")).warnings
    )
    assert line in raws


def test_words_in_angle_brackets_and_typographic_hyphens_are_read() -> None:
    text = handbook_paper().as_text().decode()
    odd = text.replace("three joined", "<three> cross\u2011joined", 1)

    guidance = read(odd).units[0].criteria[0].guidance
    assert guidance and guidance[0].value == "Show at least <three> cross-joined trees."


def test_text_that_is_not_in_utf_8_says_how_it_was_read() -> None:
    text = (
        handbook_paper()
        .as_text()
        .decode()
        .replace("·", "•")
        .replace("three joined", "“three” joined")
    )

    read_again = read_handbook(text.encode("cp1252"), "orchard.txt")

    assert values(read_again) == values(read(text))
    (doubt,) = (doubt for doubt in read_again.warnings if "Windows-1252" in doubt.why)
    assert "“three” joined" in doubt.raw or "•" in doubt.raw
    assert "Windows-1252" not in reasons(read(text))


def test_a_raised_figure_that_was_left_out_is_told_for_the_unit() -> None:
    text = handbook_paper().as_text().decode()
    printed = "1.1 Show at least three joined trees.\n"
    raised = printed.replace("three", f"three{RAISED}")

    (doubt,) = (
        doubt
        for doubt in read(text.replace(printed, raised, 1)).warnings
        if "raised figure" in doubt.why
    )
    assert doubt.why.startswith("7100-301 1.1: a small raised figure behind “three” was taken for")
    assert RAISED not in doubt.raw
