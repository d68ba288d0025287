"""A specification file with a fault is refused by file, line and rule, with what to do next."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualifications.catalogue_entries import digest, first_difference
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.marked_yaml import FAST, Fault, Faults, Fields, read_nodes
from tests.qualifications.orchard import ORCHARD, PUBLISHED

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures" / "qualifications").glob("*"))


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(CatalogueFaultsError) as refused:
        read_specification(text, name="orchard.yaml")
    return refused.value.faults


def test_a_sound_file_is_read_whole() -> None:
    entry = read_specification(PUBLISHED)

    assert (entry.number, entry.version, entry.level) == ("9001", "1", 3)
    assert (entry.published, entry.published_by) == (date(2024, 2, 29), "Orchard Guild")
    assert [verb.word for verb in entry.verbs] == ["prune", "explain"]
    assert [len(unit.criteria) for unit in entry.units] == [2, 2, 1, 0]
    first = entry.units[0].criteria[0]
    assert first.referral == ("A tree is left out.", "The cuts are torn.")
    assert first.passes == ("Three trees stand well.",)
    gate, item = entry.units[0].rules
    assert (gate.code, gate.minimum, gate.is_gate) == ("trees", Decimal(3), True)
    assert (gate.maximum, gate.exceptional_maximum) == (Decimal(5), Decimal(6))
    assert (item.code, item.minimum, item.unit_of_measure, item.is_gate) == (
        "tools_cleaned",
        None,
        "",
        False,
    )
    diary = entry.assessments[1]
    assert diary.units == ("O-2", "O-3")
    assert [(s.maximum, s.minimum) for s in diary.sections] == [(10, 5), (50, 25), (40, 20)]
    assert diary.sections[0].bullets[0].criteria == ()
    assert diary.sections[1].bullets[0].criteria == (("O-2", "1.1"), ("O-3", "1.1"))
    assert entry.pathways[1].induction_hours == Decimal("1.5")
    assert entry.corrections[0].used == "Pressing"
    assert [(note.unit, note.criterion) for note in entry.corrections] == [
        ("O-2", ""),
        ("O-1", "1.1"),
        ("", ""),
    ]


def test_what_stands_beside_the_criteria_is_read_too() -> None:
    entry = read_specification(PUBLISHED)

    unit, other = entry.units[0], entry.units[1]
    assert (unit.review_on, unit.available_from) == (date(2098, 8, 31), date(2021, 9, 1))
    assert (unit.sector, unit.support_body) == ("3.2 Horticulture", "Guild of Growers")
    assert (unit.submitter, unit.availability) == ("Orchard Guild", "Restricted to the guild")
    assert unit.body_requirements == "The trees are pruned on the spot."
    assert unit.nos == ("CM15", "CM1")
    assert unit.indicative_content == ("Where to cut", "When to cut")
    assert (other.review_on, other.sector, other.nos, other.indicative_content) == (
        None,
        "",
        (),
        (),
    )
    portfolio, diary = entry.assessments
    assert (portfolio.words_from, portfolio.words_to) == (None, None)
    assert (diary.words_from, diary.words_to) == (1500, 2000)
    assert [(template.code, template.criteria) for template in entry.templates] == [
        ("season-diary", (("O-1", "1.2"), ("O-3", "1.1"))),  # in the order of the units
        ("tally", ()),
    ]
    assert [(row.group, row.title, len(row.indicators)) for row in entry.staff_requirements] == [
        ("assessor_iqa", "Has judged harvests", 2),
        ("tutor", "Has pruned", 0),
        ("assessor_iqa", "Keeps up to date", 1),
    ]


def test_a_unit_may_have_no_descriptors_at_all_even_on_a_result_sheet() -> None:
    lines = [
        line
        for line in ORCHARD.splitlines(keepends=True)
        if not line.lstrip().startswith(("descriptors:", "referral:", "pass:"))
    ]
    entry = read_specification("".join(lines))
    assert [criterion.referral for criterion in entry.units[0].criteria] == [(), ()]


def test_every_fault_of_a_file_is_listed_at_once_in_the_order_of_its_lines() -> None:
    text = (
        ORCHARD.replace("    credits: 4", "    credits: four")
        .replace("            verb: prune", "            verb: trim")
        .replace("        minimum: 25", "        minimum: 24")
        .replace("    tqt: 120", "    tqt: 125")
        .replace("    used: Pressing", "    use: Pressing")
    )
    found = faults_of(text)

    assert [fault.line for fault in found] == sorted(fault.line for fault in found)
    assert [fault.rule for fault in found] == [
        "'credits' wants a whole number, and text is given",
        'the verb "trim" is not among the verbs',
        "the minimum 24 is not half of the maximum 50",
        "the total time is 125 h where 10 × 12 credits make 120 h",
        "'used' is missing",
        "'use' is not a field here",
    ]


def test_one_wrong_value_draws_no_second_complaint() -> None:
    assert len(faults_of(ORCHARD.replace("    credits: 4", "    credits: four"))) == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "the file is empty"),
        ("\n# nothing yet\n", "the file holds no fields with names"),
        ("- a\n- b\n", "the file holds no fields with names"),
        ("just words", "the file holds no fields with names"),
        ("\ufeff" + ORCHARD, "the file starts with a byte order mark"),
        (ORCHARD + "#" * 1_000_000, "at most 1,000,000 are read"),
        ("[" * 100_000, "fields are nested deeper than 12"),
    ],
    ids=["empty", "comments", "list", "words", "byte order mark", "huge", "brackets"],
)
def test_a_file_that_cannot_hold_a_specification_is_refused(text: str, rule: str) -> None:
    (fault,) = faults_of(text)
    assert rule in fault.rule


def test_a_file_that_grows_when_its_aliases_are_followed_is_refused_at_the_first() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (fault,) = faults_of("\n".join(rows))
    assert fault.rule == "the anchor &a0 is not allowed"


def test_a_path_that_cannot_be_read_is_refused_without_naming_the_folders_above(
    tmp_path: Path,
) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("version: '1'\nsource: caf\u00e9\n".encode("latin-1"))
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(5_000_000)
    for path, line, rule in (
        (tmp_path / "absent.yaml", 1, "there is no such file"),
        (tmp_path, 1, "the file cannot be read: Is a directory"),
        (latin, 2, "the file is not UTF-8 text"),
        (huge, 1, "the file is larger than 4,000,000 bytes"),
    ):
        with pytest.raises(CatalogueFaultsError) as refused:
            read_specification(path)
        (fault,) = refused.value.faults
        assert (fault.file, fault.line, fault.rule) == (path.name, line, rule)
        assert str(tmp_path) not in f"{path.name}{fault.rule}{fault.remedy}"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(ORCHARD) - 1), st.text(min_size=1, max_size=3), st.integers(0, 5))
def test_a_damaged_file_is_read_or_refused_and_never_falls_over(
    at: int, inserted: str, removed: int
) -> None:
    text = ORCHARD[:at] + inserted + ORCHARD[at + removed :]
    try:
        read_specification(text)
    except CatalogueFaultsError as refused:
        assert all(fault.line >= 1 and fault.rule and fault.remedy for fault in refused.faults)


def read_with(text: str, fast: object) -> tuple[Fields | None, list[Fault]]:
    faults = Faults("orchard.yaml")
    return read_nodes(text, faults, fast=fast), faults.found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_libyaml_reads_each_document_as_the_plain_reader_does(path: Path) -> None:
    assert FAST is not None
    assert read_with(path.read_text(), FAST) == read_with(path.read_text(), None)


LINES = ORCHARD.splitlines(keepends=True)
SIGNS = st.sampled_from(
    [
        *"-:?,[]{}#&*!|>'\"%@`\\ \t\n\r~=<0a1.\x00\x07\x85\xa0é\u2028\ufeff\ud800\U0001f600",
        *("- ", ": ", " #", "? ", "\n\n", "\n  ", "\n- ", "|-\n", ">+\n", ">#", "---\n", "...\n"),
        *("''", "&a ", "*a", "!!str ", "%YAML 1.1\n---\n", "[" * 13),
    ]
)


@settings(max_examples=500)
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(0, 400), st.lists(SIGNS, max_size=3), st.integers(0, 5))),
)
def test_libyaml_reads_a_damaged_file_or_not_just_as_the_plain_reader_does(
    first: int, count: int, damages: list[tuple[int, list[str], int]]
) -> None:
    text = "".join(LINES[first : first + count])
    for at, inserted, removed in damages:
        text = text[:at] + "".join(inserted) + text[at + removed :]
    assert read_with(text, FAST) == read_with(text, None)


def test_the_digest_follows_the_content_and_not_the_layout() -> None:
    laid_out = ORCHARD.replace("induction_hours: 1.5", "induction_hours: 1.50  # with tea")
    assert digest(read_specification(laid_out)) == digest(read_specification(ORCHARD))
    changed = ORCHARD.replace("The cuts are torn.", "The cuts are rough.")
    assert digest(read_specification(changed)) != digest(read_specification(ORCHARD))


def test_the_first_difference_says_where_and_what() -> None:
    sound = read_specification(ORCHARD)
    changed = read_specification(ORCHARD.replace("The cuts are torn.", "The cuts are rough."))
    assert first_difference(sound, sound) is None
    assert first_difference(sound, changed) == (
        "units O-1, outcomes 1, criteria 1.1, referral 2: "
        '"The cuts are torn." is held, the file says "The cuts are rough."'
    )
    shorter = read_specification(ORCHARD.replace(", The cuts are torn.]", "]"))
    assert first_difference(sound, shorter) == (
        "units O-1, outcomes 1, criteria 1.1, referral: 2 held, 1 in the file"
    )
