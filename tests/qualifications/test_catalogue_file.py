"""A specification file with a fault is refused by file, line and rule, with what to do next."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualifications.catalogue_entries import digest, first_difference
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.marked_yaml import Fault
from tests.qualifications.orchard import ORCHARD, PUBLISHED


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(CatalogueFaultsError) as refused:
        read_specification(text, name="orchard.yaml")
    return refused.value.faults


def line_of(text: str, passage: str) -> int:
    assert text.count(passage) >= 1, passage
    return text.count("\n", 0, text.index(passage)) + 1


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


# (name, passage of the sound file, what replaces it, passage on the faulty line, rule, remedy)
FAULTS: list[tuple[str, str, str, str, str, str]] = [
    (
        "unknown field",
        "source: Orchard",
        "colour: green\nsource: Orchard",
        "colour: green",
        "'colour' is not a field here",
        "Use these: assessments, awarding_body,",
    ),
    (
        "unknown field of a criterion",
        "            guidance: [Choose",
        "            guidence: [Choose",
        "guidence",
        "'guidence' is not a field here",
        "Use these: depth, descriptors,",
    ),
    (
        "field given twice",
        "    glh: 8\n",
        "    glh: 8\n    credits: 7\n",
        "    credits: 7",
        "'credits' is given twice, first on line",
        "Keep one of them",
    ),
    (
        "field missing",
        "    short_title: Pruning\n",
        "",
        "  - ref: O-1",
        "'short_title' is missing",
        "Add 'short_title'",
    ),
    (
        "text where a number belongs",
        "    credits: 4",
        "    credits: four",
        "credits: four",
        "'credits' wants a whole number, and text is given",
        "Give a whole number",
    ),
    (
        "number where text belongs",
        '          - number: "1.1"\n            verb: prune',
        "          - number: 1.1\n            verb: prune",
        "- number: 1.1\n            verb: prune",
        "'number' wants text, and a number is given",
        "Put it in quotes",
    ),
    (
        "version as a number",
        'version: "1"',
        "version: 2.0",
        "version: 2.0",
        "'version' wants text, and a number is given",
        "Put it in quotes",
    ),
    (
        "list where text belongs",
        "    title: Pressing",
        "    title: [Pressing]",
        "title: [Pressing]",
        "'title' wants text, and a list is given",
        "Give text",
    ),
    (
        "text where a list belongs",
        "            guidance: [Choose trees of different ages.]",
        "            guidance: Choose trees of different ages.",
        "            guidance:",
        "'guidance' wants a list, and text is given",
        "Give a list",
    ),
    (
        "text where fields belong",
        "awarding_body: {code: ORCHARD, name: Orchard Guild}",
        "awarding_body: Orchard",
        "awarding_body: Orchard",
        "'awarding_body' wants fields with names, and text is given",
        "Give fields with names",
    ),
    (
        "empty value",
        "            statement: Prune three trees.",
        "            statement:",
        "            statement:\n",
        "'statement' wants text, and nothing is given",
        "Give text",
    ),
    (
        "empty list",
        "units: [O-1]",
        "units: []",
        "units: []",
        "'units' is an empty list",
        "Add to it, or leave it out",
    ),
    (
        "octal number",
        "    credits: 4",
        "    credits: 010",
        "credits: 010",
        "'credits' is written 010",
        "Use plain digits",
    ),
    (
        "hours with three decimals",
        "induction_hours: 1.5",
        "induction_hours: 1.555",
        "1.555",
        "'induction_hours' is written 1.555",
        "at most two decimals",
    ),
    (
        "level out of range",
        "    level: 3\n    credits: 4",
        "    level: 9\n    credits: 4",
        "level: 9",
        "'level' is 9",
        "Give a number from 1 to 8",
    ),
    (
        "no credits",
        "    credits: 4",
        "    credits: 0",
        "credits: 0",
        "'credits' is 0",
        "Give a number from 1 to 500",
    ),
    (
        "a day that does not exist",
        'version: "1"\n',
        'version: "1"\npublished: 2023-02-29\npublished_by: Guild\n',
        "published: 2023-02-29",
        "'published' is 2023-02-29",
        "Give a day that exists",
    ),
    (
        "published by nobody",
        'version: "1"\n',
        'version: "1"\npublished: 2024-02-29\n',
        "published: 2024-02-29",
        "'published' stands without 'published_by'",
        "Name both the day and who published",
    ),
    (
        "unit accreditation number",
        "uan: A/100/0001",
        "uan: A100/0001",
        "uan: A100",
        "'uan' is \"A100/0001\", which is not of the form H/617/2907",
        "Write it like H/617/2907",
    ),
    (
        "accreditation number",
        "accreditation_number: 900/0001/X",
        "accreditation_number: 900/0001",
        "accreditation_number",
        "not of the form 603/3758/8",
        "Write it like",
    ),
    (
        "unknown award",
        "    award: award",
        "    award: degree",
        "award: degree",
        "'award' is \"degree\"",
        "Use one of: award, certificate, diploma",
    ),
    (
        "unknown method",
        "method: diary",
        "method: interview",
        "method: interview",
        "'method' is \"interview\"",
        "Use one of: portfolio, assignment, journal, diary",
    ),
    (
        "outcomes not consecutive",
        "      - number: 1\n        title: Press\n",
        "      - number: 2\n        title: Press\n",
        "      - number: 2",
        "the outcome's number is 2 where 1 comes next",
        "Number the outcomes from 1 without a gap",
    ),
    (
        "criteria not consecutive",
        '{number: "1.2", verb: explain, statement: Explain the yield.}',
        '{number: "1.3", verb: explain, statement: Explain the yield.}',
        '{number: "1.3"',
        "the criterion's number is 1.3 where 1.2 comes next",
        "Number the criteria of an outcome from 1 without a gap",
    ),
    (
        "criterion number of another form",
        '          - number: "1.1"\n            verb: prune',
        '          - number: "1-1"\n            verb: prune',
        '- number: "1-1"',
        "'number' is \"1-1\", which is not of the form",
        "Write it like",
    ),
    (
        "verb without a meaning",
        "            verb: prune",
        "            verb: trim",
        "verb: trim",
        'the verb "trim" is not among the verbs',
        "or use one of: prune, explain",
    ),
    (
        "statement that does not begin with its verb",
        "            statement: Prune three trees.",
        "            statement: Pruned trees, three of them.",
        "statement: Pruned",
        'the statement does not begin with its verb "prune"',
        "Begin it with the verb",
    ),
    (
        "verb in capitals",
        "  prune: Cut with a reason.",
        "  prune: Cut with a reason.\n  Graft: Join two plants.",
        "  Graft:",
        'the verb "Graft" is not in lower case',
        "Write it so",
    ),
    (
        "descriptors missing",
        "            descriptors:\n              referral: [Cuts go unexplained.]\n"
        "              pass: [Each cut has its reason.]\n",
        "",
        '          - number: "1.2"\n            verb: explain\n            statement: Explain each',
        "'descriptors' is missing",
        "Add 'descriptors'",
    ),
    (
        "descriptors of a pass missing",
        "              pass: [Each cut has its reason.]\n",
        "",
        "              referral: [Cuts go",
        "'pass' is missing",
        "Add 'pass'",
    ),
    (
        "rule of an unknown criterion",
        '      - criterion: "1.1"',
        '      - criterion: "4.1"',
        '- criterion: "4.1"',
        "the unit has no criterion 4.1",
        "Use one of: 1.1, 1.2",
    ),
    (
        "gate without a number",
        "        minimum: 3\n        maximum: 5\n        exceptional_maximum: 6\n"
        "        unit_of_measure: items\n",
        "",
        '      - criterion: "1.1"',
        "a gate needs a minimum or a maximum",
        "or move the rule to 'checklist'",
    ),
    (
        "minimum above maximum",
        "        maximum: 5\n",
        "        maximum: 2\n",
        "maximum: 2",
        "the minimum 3 is above the maximum 2",
        "Put them right",
    ),
    (
        "exception below the maximum",
        "exceptional_maximum: 6",
        "exceptional_maximum: 5",
        "exceptional_maximum: 5",
        "'exceptional_maximum' is not above the maximum",
        "Give a higher number",
    ),
    (
        "number without a measure",
        "        unit_of_measure: items\n",
        "",
        '      - criterion: "1.1"',
        "'unit_of_measure' is missing",
        "Add 'unit_of_measure'",
    ),
    (
        "two rules of one code",
        '      - criterion: "1.2"\n        code: tools_cleaned',
        '      - criterion: "1.1"\n        code: trees',
        "        code: trees\n        label: The tools",
        "criterion 1.1 has two rules called trees",
        "Give each rule of a criterion its own code",
    ),
    (
        "unit given twice",
        "  - ref: O-3\n",
        "  - ref: O-2\n",
        "",
        "the unit is given twice",
        "Keep one of them",
    ),
    (
        "number of another unit",
        '    number: "4"',
        '    number: "3"',
        '    number: "3"\n    title: Grafting',
        "the number 3 belongs to another unit already",
        "Give each unit its own number",
    ),
    (
        "unit without outcomes",
        "    outline_only: true\n",
        "",
        "  - ref: O-4",
        "the unit has no outcomes",
        "or say 'outline_only: true'",
    ),
    (
        "outline with outcomes",
        "    uan: A/100/0001\n",
        "    outline_only: true\n",
        "    outline_only: true",
        "the unit is an outline only and yet has outcomes",
        "Take out 'outline_only', or the outcomes",
    ),
    (
        "assessment of an outline",
        "units: [O-1]\n",
        "units: [O-1, O-4]\n",
        "units: [O-1, O-4]",
        "unit O-4 is an outline only, so there is nothing to judge",
        "Give the unit its criteria first",
    ),
    (
        "unknown unit in an assessment",
        "units: [O-1]\n",
        "units: [O-1, O-9]\n",
        "units: [O-1, O-9]",
        "there is no unit O-9",
        "Use one of: O-1, O-2, O-3, O-4",
    ),
    (
        "unknown unit in a pathway",
        "units: [O-1, O-2, O-4]",
        "units: [O-1, O-2, O-5]",
        "units: [O-1, O-2, O-5]",
        "there is no unit O-5",
        "Use one of: O-1, O-2, O-3, O-4",
    ),
    (
        "unit twice in a pathway",
        "units: [O-1, O-2, O-4]",
        "units: [O-1, O-2, O-2]",
        "units: [O-1, O-2, O-2]",
        "unit O-2 is given twice",
        "Keep one of them",
    ),
    (
        "assessment given twice",
        "code: 2-3-diary",
        "code: 1-portfolio",
        "  - code: 1-portfolio\n    title: Diary",
        "the assessment is given twice",
        "Keep one of them",
    ),
    (
        "pathway given twice",
        "code: 9001-C",
        "code: 9001-A",
        "  - code: 9001-A\n    alternative",
        "the pathway is given twice",
        "Keep one of them",
    ),
    (
        "credits of the pathway",
        "    credits: 12\n",
        "    credits: 11\n",
        "    credits: 11",
        "the units add up to 12 credits, the pathway says 11",
        "Put the credits of the pathway or of a unit right",
    ),
    (
        "guided hours of the pathway",
        "    glh: 27\n    tqt: 120",
        "    glh: 28\n    tqt: 120",
        "    glh: 28",
        "the guided hours add up to 27, the pathway says 28",
        "Put 'glh' or 'glh_includes_support' right",
    ),
    (
        "guided hours with support counted in",
        "    tutorial_hours: 2\n    units: [O-1, O-2, O-3]",
        "    tutorial_hours: 3\n    units: [O-1, O-2, O-3]",
        "    glh: 27\n    tqt: 90",
        "the guided hours add up to 28, the pathway says 27",
        "Put 'glh'",
    ),
    (
        "total time",
        "    tqt: 120",
        "    tqt: 125",
        "    tqt: 125",
        "the total time is 125 h where 10 × 12 credits make 120 h",
        "Put the total time or the credits right",
    ),
    (
        "maxima of the sections",
        "        maximum: 40\n        minimum: 20",
        "        maximum: 42\n        minimum: 21",
        "    sections:",
        "the maxima of the sections add up to 102, not 100",
        "Put the maxima right",
    ),
    (
        "minimum of a section",
        "        minimum: 25",
        "        minimum: 24",
        "        minimum: 24",
        "the minimum 24 is not half of the maximum 50",
        "a section is passed with half of its marks",
    ),
    (
        "criterion in no section",
        "criteria: [O-2 1.1, O-3 1.1]",
        "criteria: [O-2 1.1]",
        '{number: "1.1", verb: explain, statement: Explain the harvest.}',
        "criterion O-3 1.1 is in no section",
        "Name it under one bullet",
    ),
    (
        "criterion in two sections",
        "criteria: [O-2 1.2]",
        "criteria: [O-2 1.2, O-2 1.1]",
        "criteria: [O-2 1.2, O-2 1.1]",
        "criterion O-2 1.1 is marked already, on line",
        "Mark each criterion once",
    ),
    (
        "section with a criterion of another unit",
        "criteria: [O-2 1.2]",
        "criteria: [O-2 1.2, O-1 1.1]",
        "criteria: [O-2 1.2, O-1 1.1]",
        '"O-1 1.1" names no criterion of the units O-2, O-3',
        "Write the unit and the number",
    ),
    (
        "result sheet with sections",
        "    sheet_kind: mark",
        "    sheet_kind: result",
        "    sections:",
        "a result sheet has no sections",
        "or say 'sheet_kind: mark'",
    ),
    (
        "mark sheet without sections",
        "    sheet_kind: result",
        "    sheet_kind: mark",
        "  - code: 1-portfolio",
        "'sections' is missing",
        "Add 'sections'",
    ),
    (
        "text over several lines",
        "    reason: A letter is missing.",
        "    reason: |\n      A letter\n      is missing.",
        "    reason: |",
        "'reason' runs over several lines",
        "Write it as one line",
    ),
    (
        "title too long",
        "    title: Grafting",
        f"    title: {'Grafting ' * 40}",
        "    title: Grafting Grafting",
        "'title' has 359 characters; at most 250 fit",
        "Shorten it",
    ),
    (
        "tab",
        "qualification:\n  number",
        "qualification:\n\tnumber",
        "\tnumber",
        "this is not YAML: found character '\\t' that cannot start any token, column 1",
        "Indent with spaces",
    ),
    (
        "colon in plain text",
        "    title: Grafting",
        "    title: Grafting: a start",
        "    title: Grafting: a",
        "this is not YAML: mapping values are not allowed here",
        "in quotes",
    ),
    (
        "open bracket",
        "units: [O-1, O-2, O-4]\n",
        "units: [O-1, O-2, O-4\n",
        "corrections:",
        "this is not YAML",
        "Indent with spaces",
    ),
    (
        "alias",
        "    title: Grafting",
        "    title: *grafting",
        "*grafting",
        "the alias *grafting stands for other lines",
        "Write out",
    ),
    (
        "anchor",
        "    title: Grafting",
        "    title: &grafting Grafting",
        "&grafting",
        "the anchor &grafting is not allowed",
        "Write it out",
    ),
    (
        "tag that would run code",
        "    title: Grafting",
        "    title: !!python/object/apply:os.getcwd []",
        "!!python",
        "the tag tag:yaml.org,2002:python/object/apply:os.getcwd is not allowed",
        "Leave the tag out",
    ),
    (
        "second document",
        "corrections:",
        "---\ncorrections:",
        "---\n",
        "a second document starts here",
        "Give it its own file",
    ),
    (
        "list as a name",
        "corrections:",
        "? [a, b]\n: c\ncorrections:",
        "? [a, b]",
        "a list or mapping cannot be a name",
        "Give the field a name",
    ),
    (
        "nested too deep",
        "    raw: Presing",
        "    raw: [[[[[[[[[[[[[x]]]]]]]]]]]]]",
        "    raw: [[",
        "fields are nested deeper than 12",
        "Flatten them",
    ),
    (
        "character that is no text",
        "    raw: Presing",
        "    raw: Pre\x07sing",
        "    raw: Pre",
        "the character U+0007 cannot be in a text file",
        "Take it out",
    ),
]


@pytest.mark.parametrize(
    ("passage", "faulty", "on_line", "rule", "remedy"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_a_fault_is_reported_with_its_line_its_rule_and_a_remedy(
    passage: str, faulty: str, on_line: str, rule: str, remedy: str
) -> None:
    assert ORCHARD.count(passage) == 1 or passage.startswith(("        maximum", "      - crit"))
    text = ORCHARD.replace(passage, faulty, 1)
    found = faults_of(text)

    fault = next((fault for fault in found if rule in fault.rule), None)
    assert fault, [str(fault) for fault in found]
    assert remedy in fault.remedy
    if on_line:
        assert fault.line == line_of(text, on_line)
    assert str(fault).startswith(f"orchard.yaml:{fault.line}: ")


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
