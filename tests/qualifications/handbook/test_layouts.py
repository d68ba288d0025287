"""Each layout is read whole; what recognition has damaged is put right and told, or only told."""

import io
from collections.abc import Callable

import docx
import pytest
from docx.oxml import parse_xml
from weasyprint import HTML

from qualifications.handbook import Handbook, as_json
from qualifications.handbook.content import Doubt
from tests.qualifications.handbook.papers import (
    FORMATS,
    GRAFT,
    LEFT,
    RIGHT,
    Paper,
    alignment_paper,
    filled_alignment_paper,
    handbook_paper,
    read,
    reasons,
    two_column_text,
    values,
)


def doubts_of(handbook: Handbook, why: str) -> list[Doubt]:
    return [doubt for doubt in handbook.warnings if why in doubt.why]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_handbook_is_read_with_its_units_descriptors_and_qualifications(kind: str) -> None:
    handbook = read(handbook_paper().saved(kind), f"orchard.{kind}")

    assert [unit.ref.value for unit in handbook.units] == ["7100-301", "7100-302"]
    unit = handbook.units[0]
    assert unit.uan and unit.uan.value == "A/700/0001"
    assert unit.title and unit.title.value == "Grafting Young Trees"
    assert unit.level and unit.credits and unit.glh
    assert (unit.level.value, unit.credits.value, unit.glh.value) == (3, 4, 9)
    assert unit.aim and unit.aim.value == "Grafting Young Trees without harm to tree or keeper."
    assert [c.number.value for c in unit.criteria] == ["1.1", "1.2", "2.1", "2.2"]
    first, second = unit.outcomes[0].criteria
    assert first.text and first.text.value == GRAFT
    assert [d.value for d in first.depth or ()] == [
        "Whip and tongue, cleft and bud.",
        "Which knife for which cut.",
    ]
    assert [g.value for g in second.guidance or ()] == [
        "Name two causes, such as:",
        "Standing water.",
        "Torn bark.",
    ]
    assert [r.value for r in first.referral or ()] == ["The join is loose.", "The scion is dry."]
    assert [p.value for p in second.passes or ()] == [
        "Two causes are explained.",
        "Each has a remedy.",
    ]
    assert handbook.units[1].criteria[0].referral is None


@pytest.mark.parametrize("kind", FORMATS)
def test_a_row_of_a_result_sheet_that_goes_on_behind_its_decision_is_one(kind: str) -> None:
    paper = handbook_paper()
    for block in paper.blocks:
        rows = block if isinstance(block, list) else []
        at = next((at for at, row in enumerate(rows) if row[0].startswith("AC 1.1")), None)
        if at is not None and "join" in rows[at][1]:
            rows.insert(at + 1, ["", "· The wax is missing.", "· The wax is whole.", "", ""])

    criterion = read(paper.saved(kind)).units[0].criteria[0]

    assert criterion.referral and criterion.passes
    assert [line.value for line in criterion.referral] == [
        "The join is loose.",
        "The scion is dry.",
        "The wax is missing.",
    ]
    assert [line.value for line in criterion.passes] == [
        "Three joins hold.",
        "The wax is whole.",
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_statement_that_a_pages_end_has_parted_from_its_number_keeps_its_row(kind: str) -> None:
    paper = handbook_paper()
    for block in paper.blocks:
        rows = block if isinstance(block, list) else []
        at = next((at for at, row in enumerate(rows) if row[0].startswith("AC 1.1")), None)
        if at is not None and "join" in rows[at][1]:
            statement = rows[at][0].removeprefix("AC 1.1\n")
            rows[at][0] = "AC 1.1"
            rows.insert(at + 1, [statement, "· The wax is missing.", "", "", ""])

    read_again = read(paper.saved(kind))

    criterion = read_again.units[0].criteria[0]
    assert criterion.referral and criterion.referral[-1].value == "The wax is missing."
    assert "words it otherwise" not in reasons(read_again).replace("the evidence matrix words", "")


@pytest.mark.parametrize("kind", FORMATS)
def test_what_stands_on_a_result_sheet_and_belongs_to_no_criterion_is_told(kind: str) -> None:
    paper = handbook_paper()
    for block in paper.blocks:
        rows = block if isinstance(block, list) else []
        at = next((at for at, row in enumerate(rows) if row[0].startswith("AC 1.1")), None)
        if at is not None and "join" in rows[at][1]:
            rows.insert(
                at + 1, ["In wet years too", "· Nobody sees it.", "", "", "Pass / Referral"]
            )

    (doubt,) = doubts_of(read(paper.saved(kind)), "belong to no criterion")
    raw = " ".join(doubt.raw.split())
    assert "In wet years too" in raw and "Nobody sees it." in raw


@pytest.mark.parametrize("kind", FORMATS)
def test_qualifications_carry_their_numbers_hours_and_units(kind: str) -> None:
    content = as_json(read(handbook_paper().saved(kind), f"orchard.{kind}"))

    assert content["qualifications"] == [
        {
            "title": "Level 3 Award in Orchard Craft",
            "number": "7100-11",
            "accreditation_number": "600/1111/2",
            "level": 3,
            "credits": 4,
            "glh": 9,
            "tqt": 40,
            "units": ["7100-301"],
        },
        {
            "title": "Level 3 Certificate in Orchard Craft",
            "number": "7100-21",
            "accreditation_number": "600/2222/X",
            "level": 3,
            "credits": 11,
            "glh": 21,
            "tqt": 110,
            "units": ["7100-301", "7100-302"],
        },
    ]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_matrix_that_words_a_criterion_otherwise_is_told(kind: str) -> None:
    handbook = read(handbook_paper().saved(kind), f"orchard.{kind}")

    (doubt,) = doubts_of(handbook, "words it otherwise")
    assert doubt.raw == "Explain what goes wrong in a dry season"
    assert doubt.taken == "Explain what goes wrong in a dry year"
    assert "7100-302 2.2: the evidence matrix" in doubt.why


@pytest.mark.parametrize("paper", [handbook_paper, alignment_paper])
def test_the_same_document_reads_the_same_in_every_format(paper: Callable[[], Paper]) -> None:
    text, *others = (values(read(paper().saved(kind), f"a.{kind}")) for kind in FORMATS)

    assert text["units"]
    assert others == [text] * 3


@pytest.mark.parametrize("kind", FORMATS)
def test_every_value_has_the_place_that_it_was_read_from(kind: str) -> None:
    handbook = read(handbook_paper().saved(kind), f"orchard.{kind}")

    held = {(place, text) for place, text in handbook.source}
    for unit in handbook.units:
        for criterion in unit.criteria:
            assert criterion.text
            texts = [text for place, text in held if place == criterion.text.place]
            first_word = criterion.text.value.split()[0]
            assert any(first_word in text for text in texts), criterion.text
    places = {unit.ref.place.page for unit in handbook.units}
    assert (None in places) == (not kind.endswith("pdf"))


def test_an_alignment_document_gives_units_and_leaves_out_loose_digits() -> None:
    handbook = read(alignment_paper().as_text())

    assert [(u.ref.value, u.credits and u.credits.value) for u in handbook.units] == [
        ("7200-410", 2),
        ("7200-411", 4),
        ("7200-412", 7),
    ]
    for unit in handbook.units:
        assert unit.level and unit.level.value == 4
        assert (unit.glh, unit.uan) == (None, None)
        assert [len(outcome.criteria) for outcome in unit.outcomes] == [2, 1]
        assert [c.text and c.text.value for c in unit.criteria] == [
            "Tell an apple from a pear",
            "Tell a quince from both",
            "Write down what was found",
        ]
    assert len(doubts_of(handbook, "a digit stands here with no text behind it")) == 3
    offers = [
        (q.title and q.title.value, q.credits and q.credits.value, [u.value for u in q.units])
        for q in handbook.qualifications
    ]
    assert offers == [
        ("Award", 6, ["7200-410", "7200-411"]),
        ("Certificate", 9, ["7200-410", "7200-412"]),
    ]
    assert len(doubts_of(handbook, "paired by their order")) == 2


def test_numbers_that_stand_apart_from_their_texts_are_put_to_them() -> None:
    handbook = read(two_column_text())

    first, second = handbook.units
    assert [(c.number.value, c.text and c.text.value) for c in first.criteria] == [
        ("1.1", "Explain how weather changes the yield of apples and pears"),
        ("1.2", "Compare two rootstocks by the yield that they allow"),
        ("2.1", "Describe the grasses below the trees"),
        ("2.2", "Explain when to mow and when to leave the grass"),
    ]
    assert [o.text and o.text.value for o in first.outcomes] == [
        "Understand the yield of a mature orchard",
        "Understand what a meadow needs",
    ]
    assert second.ref.value == "P4.02"
    assert [c.number.value for c in second.criteria] == ["1.1", "1.2"]
    (misread,) = doubts_of(handbook, "the number seems to be misread")
    assert (misread.raw, misread.taken) == ("11", "1.1")
    assert len(doubts_of(handbook, "stand apart from their texts")) == 2


def test_the_older_layout_gives_facts_and_content_by_label() -> None:
    unit = read(two_column_text()).units[0]

    assert unit.aim and unit.aim.value == "To see what an orchard costs its keeper."
    assert unit.details["review_on"].value == "30/06/2015"
    assert unit.details["availability"].value == "Restricted to members"
    assert [entry.value for entry in unit.indicative_content or ()] == [
        "Yield by age of tree",
        "Grass, herbs and their uses",
    ]


def test_two_columns_without_ruled_lines_are_not_read_across() -> None:
    rows = "".join(
        f"<tr><td>{outcome} Understand how the keeper of an orchard plans year {outcome}</td>"
        f"<td><p>{outcome}.1 Explain which weeks of year {outcome} bring the heaviest work"
        f"</p><p>{outcome}.2 Plan who does it and with which tools and ladders</p></td></tr>"
        for outcome in (1, 2)
    )
    content = HTML(
        string="<style>body { font: 10pt sans-serif }"
        " td { width: 45%; padding: 0 5mm; vertical-align: top }</style>"
        "<p>Title: Planning the Years (P4.07)</p><p>Level: 4</p><p>Credit value: 3</p>"
        f"<table><tr><td>{LEFT}</td><td>{RIGHT}</td></tr>{rows}</table>"
    ).write_pdf()

    (unit,) = read(content, "old.pdf").units

    assert [(o.text and o.text.value) for o in unit.outcomes] == [
        "Understand how the keeper of an orchard plans year 1",
        "Understand how the keeper of an orchard plans year 2",
    ]
    assert [(c.number.value, c.text and c.text.value) for c in unit.criteria] == [
        ("1.1", "Explain which weeks of year 1 bring the heaviest work"),
        ("1.2", "Plan who does it and with which tools and ladders"),
        ("2.1", "Explain which weeks of year 2 bring the heaviest work"),
        ("2.2", "Plan who does it and with which tools and ladders"),
    ]


def test_numbers_that_word_works_out_are_read_as_if_they_were_typed() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(_LEVELS))
    numbering.append(parse_xml(_LIST))
    text = ["Unit 301 Grafting", "UAN: A/700/0001", "Learning outcome (LO 1)", "1 Know the tools"]
    for line in [*text, "Assessment criteria"]:
        document.add_paragraph(line)
    for line in ("Name the knives", "Name the saws"):
        listed = document.add_paragraph(line)._p.get_or_add_pPr().get_or_add_numPr()
        listed.get_or_add_ilvl().val, listed.get_or_add_numId().val = 1, 99
    file = io.BytesIO()
    document.save(file)

    (unit,) = read(file.getvalue(), "numbered.docx").units

    assert [(c.number.value, c.text and c.text.value) for c in unit.criteria] == [
        ("1.1", "Name the knives"),
        ("1.2", "Name the saws"),
    ]


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LEVELS = f"""<w:abstractNum {_W} w:abstractNumId="98">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>"""
_LIST = f'<w:num {_W} w:numId="99"><w:abstractNumId w:val="98"/></w:num>'


def test_a_wrong_credit_value_is_corrected_by_the_total_and_told() -> None:
    handbook = read(two_column_text())

    assert [unit.credits and unit.credits.value for unit in handbook.units] == [4, 5]
    (doubt,) = doubts_of(handbook, "the total needs 4")
    assert (doubt.raw, doubt.taken) == ("Credit value: 12", "4")
    assert [unit.glh and unit.glh.value for unit in handbook.units] == [12, 15]
    (qualification,) = handbook.qualifications
    assert qualification.title
    assert qualification.title.value == "Level 4 Certificate in Orchard Keeping"
    assert "guided hours add up to 27, 30 are printed" in reasons(handbook)


def test_a_mark_sheet_is_restored_from_its_task_page() -> None:
    handbook = read(two_column_text())

    (sheet,) = handbook.mark_sheets
    assert [ref.value for ref in sheet.units] == ["P4.01", "P4.02"]
    marks = [
        (s.title and s.title.value, s.maximum and s.maximum.value, s.minimum and s.minimum.value)
        for s in sheet.sections
    ]
    assert marks == [("What the orchard gives", 60, 30), ("What the seasons ask", 40, 20)]
    assert [line.text.value for line in sheet.sections[0].criteria] == [
        "How weather changes the yield of apples and pears is explained",
        "Two rootstocks are compared by the yield that they allow",
        "The grasses below the trees are described",
        "When to mow and when to leave the grass is explained",
    ]
    assert [line.text.value for line in sheet.sections[1].criteria] == [
        "The winter pruning of six trees is planned",
        "The harvest is planned with its helpers",
    ]
    assert sheet.sections[0].criteria[0].resembles == (("P4.01", "1.1"),)
    (box,) = doubts_of(handbook, "seems to be read as 1")
    assert (box.raw, box.taken) == ("160 marks", "/60")
    assert doubts_of(handbook, "taken from the task page")


# (name, what is in the sound text, what replaces it, what the warning says)
SLIPS = [
    ("maxima", "(min 20\n", "(min 25\n", "restored from the task page"),
    ("missing number", "1.2 Plan the harvest", "1.3 Plan the harvest", "1.2 should come here"),
    ("half", "(min 20 marks required from 40", "(min 20 marks required from 44", "not half"),
    ("sum", "(min 20 marks required from 40", "(min 20 marks required from 44", "make 104"),
    ("unknown unit", "TOTAL 9", "M9.77 Another unit altogether 3\n\nTOTAL 9", "has no page"),
    ("total", "TOTAL 9", "TOTAL 31", "credits add up to"),
    ("level", "Level: 4\n\nCredit value: 5", "Level: 6\n\nCredit value: 5", "another level"),
    ("uncovered", "1.2 Plan the harvest with its helpers", "1.2 Sell juice", "of the sheet"),
]


@pytest.mark.parametrize(
    ("printed", "slip", "why"), [s[1:] for s in SLIPS], ids=[s[0] for s in SLIPS]
)
def test_what_does_not_add_up_is_told(printed: str, slip: str, why: str) -> None:
    text = two_column_text()
    assert text.count(printed) == 1
    assert why not in reasons(read(text))

    assert why in reasons(read(text.replace(printed, slip)))


def test_running_heads_page_numbers_and_lookalike_letters_leave_no_trace() -> None:
    sound = handbook_paper().as_text().decode()
    noisy = sound.replace("Depth\n", "Page 7 of 30\nDepth\n").replace(
        "Assessment criteria\n", "[bookmark: _Toc1]Аssessment criteria\n"
    )
    assert noisy != sound

    assert values(read(noisy)) == values(read(sound))


def test_a_table_of_contents_opens_no_unit_and_no_sheet() -> None:
    contents = "Unit 301 Grafting Young Trees\t4\nUnit 302 Keeping Bees among Trees\t6\n"
    contents += "Appendix 2 Unit 301 Result Sheet\t8\n\n"
    text = handbook_paper().as_text().decode()

    assert values(read(contents + text)) == values(read(text))


def test_what_the_document_does_not_hold_is_null() -> None:
    content = as_json(read(alignment_paper().as_text()))

    units = content["units"]
    assert isinstance(units, list)
    assert units[0] == {
        "ref": "7200-410",
        "uan": None,
        "title": "Knowing Old Varieties",
        "level": 4,
        "credits": 2,
        "glh": None,
        "aim": None,
        "outcomes": units[0]["outcomes"],
    }
    assert units[0]["outcomes"][0]["criteria"][0] == {
        "number": "1.1",
        "text": "Tell an apple from a pear",
        "guidance": None,
        "referral": None,
        "pass": None,
        "strategies": None,
        "evidence": None,
    }


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_centre_wrote_into_an_alignment_stands_with_its_criterion(kind: str) -> None:
    unit = read(filled_alignment_paper().saved(kind), f"a.{kind}").units[0]

    assert [
        [[note.value for note in notes or ()] for notes in (one.strategies, one.evidence)]
        for one in unit.criteria
    ] == [
        [["A day among the labelled rows"], ["Photographs of six labels"]],
        [["A walk"], ["A label on each tree"]],
        [["Two mornings at the press"], []],
    ]


def test_awards_whose_tables_have_become_paragraphs_keep_their_numbers_apart() -> None:
    lines = [line.strip() for line in handbook_paper().as_text().decode().split("\n")]
    handbook = read("\n".join(line for line in lines if line))

    assert [
        (q.number and q.number.value, q.accreditation_number and q.accreditation_number.value)
        for q in handbook.qualifications
    ] == [("7100-11", "600/1111/2"), ("7100-21", "600/2222/X")]
    assert [[ref.value for ref in q.units] for q in handbook.qualifications] == [
        ["7100-301"],
        ["7100-301", "7100-302"],
    ]


def test_an_accreditation_number_that_lands_nowhere_is_told() -> None:
    text = handbook_paper().as_text().decode()

    assert "603/9999/1" in reasons(read(f"{text}\nAlso accredited as 603/9999/1."))
