"""Handbook-like documents of our own, laid out once and saved as .txt, .docx and two .pdf."""

import html
import io
from dataclasses import dataclass, field

import docx
from weasyprint import HTML

from qualifications.handbook import Handbook, as_json, read_handbook

FORMATS = ("txt", "docx", "pdf", "tagged.pdf")
HEADER = "Orchard Guild handbook"
Row = list[str]  # a cell's lines are parted by \n


@dataclass
class Paper:
    """Paragraphs and tables in the order of the page."""

    blocks: list[str | list[Row]] = field(default_factory=list)

    def lines(self, text: str) -> "Paper":
        self.blocks += [line.strip() for line in text.strip().splitlines()]
        return self

    def table(self, *rows: Row) -> "Paper":
        self.blocks.append(list(rows))
        return self

    def saved(self, kind: str) -> bytes:
        if kind.endswith("pdf"):
            return self.as_pdf(tagged=kind != "pdf")
        return {"txt": self.as_text, "docx": self.as_docx}[kind]()

    def as_text(self) -> bytes:
        """As word processors save text: a cell a line behind a tab, rows parted by a blank."""
        parts = []
        for block in self.blocks:
            if isinstance(block, str):
                parts.append(block)
            else:
                rows = ("\n".join(f"\t{cell}" for cell in row) for row in block)
                parts.append("\n" + "\n\n".join(rows) + "\n\n")
        return "\n".join(parts).encode()

    def as_docx(self) -> bytes:
        document = docx.Document()
        for block in self.blocks:
            if isinstance(block, str):
                document.add_paragraph(block)
                continue
            table = document.add_table(rows=0, cols=max(len(row) for row in block))
            for row in block:
                cells = table.add_row().cells
                if len(row) == 1:
                    cells[0].merge(cells[-1])
                for cell, text in zip(cells, row, strict=False):
                    first, *rest = text.split("\n")
                    cell.paragraphs[0].text = first
                    for line in rest:
                        cell.add_paragraph(line)
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()

    def as_pdf(self, *, tagged: bool = False) -> bytes:
        parts = []
        for block in self.blocks:
            if isinstance(block, str):
                parts.append(f"<p>{html.escape(block)}</p>" if block else "<p>&nbsp;</p>")
                continue
            width = max(len(row) for row in block)
            rows = "".join(
                "<tr>"
                + "".join(_cell(text, width if len(row) == 1 else 1) for text in row)
                + "</tr>"
                for row in block
            )
            parts.append(f"<table>{rows}</table>")
        pdf: bytes = HTML(string=_STYLE + "".join(parts)).write_pdf(pdf_tags=tagged)
        return pdf


_STYLE = """<style>
@page { size: A4; margin: 18mm; @top-left { content: "Orchard Guild handbook" }
  @bottom-center { content: "Page " counter(page) " of " counter(pages) } }
body { font: 10pt sans-serif } p { margin: 0 0 4pt }
table { border-collapse: collapse; width: 100%; margin: 6pt 0 }
td { border: 1px solid black; padding: 2pt; vertical-align: top }
</style>"""


def _cell(text: str, columns: int) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
    return f"<td colspan={columns}>{lines}</td>"


def read(content: bytes | str, name: str = "orchard.txt") -> Handbook:
    return read_handbook(content.encode() if isinstance(content, str) else content, name)


def values(handbook: Handbook) -> dict[str, object]:
    """What was read, without the warnings, whose places differ from format to format."""
    return {key: value for key, value in as_json(handbook).items() if key != "warnings"}


def reasons(handbook: Handbook) -> str:
    return "\n".join(doubt.why for doubt in handbook.warnings)


GRAFT = "Join a scion to a rootstock so that both grow on as one tree through the first summer"
STATEMENTS = {
    "1.1": GRAFT,
    "1.2": "Explain what goes wrong in a wet year",
    "2.1": "Choose the week in which the work of the coming season is best begun",
    "2.2": "Explain what goes wrong in a dry year",
}


def handbook_paper() -> Paper:
    """A front page with two qualifications, two units, a result sheet and two matrices."""
    paper = Paper()
    for title, refs in (
        ("Level 3 Award in Orchard Craft", ("7100-301",)),
        ("Level 3 Certificate in Orchard Craft", ("7100-301", "7100-302")),
    ):
        paper.lines(f"To achieve the {title} all of its units are needed.")
        rows = [[title], _HEADER]
        rows += [_UNIT_ROWS[ref] for ref in refs]
        paper.table(*rows)
    paper.table(
        ["Title and level", "GLH", "TQT", "Accreditation number"],
        ["Level 3 Award in Orchard Craft", "9", "40", "7100-11", "600/1111/2"],
        ["Level 3 Certificate in Orchard Craft", "21", "110", "7100-21", "600/2222/X"],
    )
    paper.table(
        ["Title and level", "GLH", "TQT", "Credit"],
        ["Level 3 Award in Orchard Craft", "9", "40", "4"],
        ["Level 3 Certificate in Orchard Craft", "21", "110", "11"],
    )
    _unit_page(paper, "301", "Grafting Young Trees", "A/700/0001", 4, 9)
    _unit_page(paper, "302", "Keeping Bees among Trees", "B/700/0002", 7, 12)
    _result_sheet(paper)
    _matrix(paper)
    return paper


_HEADER = ["UAN", "Unit number", "Unit title", "Level", "Credits", "GLH"]
_UNIT_ROWS = {
    "7100-301": ["A/700/0001", "7100-301", "Grafting Young Trees", "3", "4", "9"],
    "7100-302": ["B/700/0002", "7100-302", "Keeping Bees among Trees", "3", "7", "12"],
}


_ASIDES = {
    ("301", 1): "Which knife for which cut.",
    ("301", 2): "Why the week before frost is too late.",
    ("302", 1): "How a hive is lifted by two.",
    ("302", 2): "What a late swarm is worth.",
}


def _unit_page(paper: Paper, ref: str, title: str, uan: str, credits: int, glh: int) -> None:
    paper.lines(f"Unit {ref} {title}")
    paper.table(
        ["UAN:", uan],
        ["Unit Level:", "3"],
        ["Credit value:", str(credits)],
        ["GLH:", str(glh)],
        ["Unit aim:", f"{title} without harm to tree or keeper."],
    )
    for outcome in (1, 2):
        paper.lines(
            f"""
            Learning outcome (LO {outcome})
            The learner will:
            {outcome} Know the {"tools" if outcome == 1 else "seasons"} of unit {ref}
            Assessment criteria
            The learner can:
            {outcome}.1 {STATEMENTS[f"{outcome}.1"]}
            {outcome}.2 {STATEMENTS[f"{outcome}.2"]}
            Depth
            {outcome}.1 Whip and tongue, cleft and bud.
            {_ASIDES[ref, outcome]}
            {outcome}.2 Canker, scab and rot.
            Assessment guidance
            The learner must:
            {outcome}.1 Show at least three joined trees.
            {outcome}.2 Name two causes, such as:
            · Standing water.
            · Torn bark.
            """
        )
    paper.lines("Assessment requirements\nAssessed in the orchard.")


def _result_sheet(paper: Paper) -> None:
    paper.lines("Appendix 2 Unit 301 Result Sheet\nGrafting Young Trees")
    for outcome in (1, 2):
        paper.table(
            ["Assessment Criteria (AC)", "Sufficiency descriptors", "Feedback", "Pass / Referral"],
            ["", "Referral", "Pass", ""],
            [
                f"Learning Outcome {outcome} Know the {'tools' if outcome == 1 else 'seasons'}"
                " of unit 301"
            ],
            [
                f"AC {outcome}.1\n{STATEMENTS[f'{outcome}.1']}",
                "· The join is loose.\n· The scion is dry.",
                "· Three joins hold.",
                "",
                "Pass / Referral",
            ],
            [
                f"AC {outcome}.2\n{STATEMENTS[f'{outcome}.2']}",
                "· No cause is named.",
                "· Two causes are explained.\n· Each has a remedy.",
                "",
                "Pass / Referral",
            ],
            [f"Learning Outcome {outcome} comments (optional):"],
        )


def _matrix(paper: Paper) -> None:
    rows = [["Unit 302\nKeeping Bees among Trees", "Portfolio Evidence Title", "Reference Number"]]
    for outcome in (1, 2):
        rows.append([f"Section {'One' if outcome == 1 else 'Two'}"])
        rows.append([f"AC {outcome}.1\n{STATEMENTS[f'{outcome}.1']}", "", ""])
        last = STATEMENTS[f"{outcome}.2"].replace("dry year", "dry season")
        rows.append([f"AC {outcome}.2\n{last}", "", ""])
    paper.table(*rows)


COLUMNS = ["Learning outcomes", "Assessment criteria", "Learning strategies", "Assessment evidence"]


def alignment_paper() -> Paper:
    """An alignment document of two units, with stray digits and a stray path."""
    paper = Paper().lines("ILM LEVEL 4 UNITS IN ORCHARD CRAFT ALIGNMENT")
    paper.lines("Rules of Combination")
    paper.table(
        ["Award: all credits L4: YES/NO", "Certificate: YES/NO", "Diploma NO/N/A"],
        ["6 credits\nTwo units (410,411)", "9 credits\nTwo units (410,412)", "No Diploma"],
    )
    paper.lines("Customer programme title")
    paper.table(
        ["Ref", "Unit Title", "Credit Value", "None", "Partial", "Full"],
        ["7200-410", "Knowing Old Varieties", "2", "", "", ""],
        ["7200-411", "Pressing Juice", "4", "", "", ""],
        ["7200-412", "Pressing and Keeping Juice", "7", "", "", ""],
    )
    for ref, title, credits in (
        ("410", "Knowing Old Varieties", 2),
        ("411", "Pressing Juice", 4),
        ("412", "Pressing and Keeping Juice", 7),
    ):
        paper.lines(f"ILM Accreditation Document – {title}")
        paper.table(
            [f"Unit No: 7200-{ref}", f"{title} {credits} credits"],
            COLUMNS,
            ["1", f"Be able to work at unit {ref}", "1.1", "Tell an apple from a pear", "", ""],
            ["", "3", "1.2", "Tell a quince from both", "A walk", "A label on each tree"],
            ["2", "Be able to keep a record", "2.1", "Write down what was found", "", ""],
        )
    return paper


def filled_alignment_paper() -> Paper:
    """The same with what a centre has written beside some of the criteria."""
    paper = alignment_paper()
    notes = (
        ("A day among the labelled rows", "Photographs of six labels"),
        ("Two mornings at the press", ""),
        ("A walk", "A label on each tree"),
    )
    for block in paper.blocks:
        for row in block if isinstance(block, list) else ():
            if len(row) == 6 and row[2] in ("1.1", "2.1") and row[4:] == ["", ""]:
                row[4:] = notes[row[2] == "2.1"]
    return paper


def two_column_text() -> str:
    """An older specification as recognition reads it: scrambled columns and misread boxes."""
    return _TWO_COLUMNS


RIGHT = "Assessment criteria (the learner can)"
LEFT = "Learning outcomes (the learner will)"
BELOW = "Additional information about the unit"
_TWO_COLUMNS = f"""Certificate
Credit value e Minimum 9 credits
Duration e Minimum 30 Glh

STRUCTURE OF LEVEL 4 CERTIFICATE IN ORCHARD KEEPING

P4.01 Knowing what an orchard 4
gives and takes

P4.02 Keeping an orchard over 5
the seasons of a year

TOTAL 9

LIST OF LEVEL 4 ORCHARD KEEPING UNITS

Ref Unit Title Credit Glh
P4.01 Knowing what an orchard 12 4
gives and takes
P4.02 Keeping an orchard over 15 5
the seasons of a year

ILM Level 4 Certificate in Orchard
Keeping Qualification Specification
APPENDIX-A

Title: Knowing what an orchard gives
and takes (P4.01)

Level: 4

Credit value: 12

{LEFT}

{RIGHT}

1 Understand the yield of
a mature orchard

11

1.2

Explain how weather changes the yield
of apples and pears

ILM Level 4 Certificate in Orchard
Keeping Qualification Specification

Compare two rootstocks by the yield
that they allow

2 Understand what a
meadow needs

2.1 Describe the grasses below the trees
Explain when to mow and when to
leave the grass

2.2

{BELOW}

Unit purpose and aim(s)

To see what an orchard costs its keeper.

Unit review date

30/06/2015

Availability for use

Restricted to members

Unit guided learning hours

12

Indicative Content:

e Yield by age of tree
e Grass, herbs and
their uses

Title: Keeping an orchard over the seasons of a year (4.02)

Level: 4

Credit value: 5

{LEFT}

{RIGHT}

1 Be able to plan the work of
each season

1.1 Plan the winter pruning of six trees

1.2 Plan the harvest with its helpers

Unit guided learning hours 15

APPENDIX-B

ORCHARD DIARY: P4.01 & 4.02

TASK

Keep a diary for one year.

Please use the headings shown below

Assessment Criteria

What the orchard gives

Tell what you picked and why the year gave what it gave.

(min 30 marks required from 60 available)

How weather changes the yield of apples and pears is explained

Two rootstocks are compared by the yield that they allow

The grasses below the trees are described

When to mow and when to leave the grass is explained

What the seasons ask

Tell what you planned.

(min 20 marks required from 40 available)

The winter pruning of six trees is planned

The harvest is planned with its helpers

MARK SHEET: ORCHARD DIARY: P4.01 & 4.02

Centre Number:

Criteria

Strengths

Assr
mark

QA
mark

What the orchard gives

e How weather changes the yield of apples
and pears is explained
¢ Two rootstocks are compared by the 160
yield that they allow
. The grasses below the trees are described
o When to mow and when to leave the grass
is explained
marks
(min 30)
What the seasons ask

e The winter pruning of six trees is

its helpers

/40
marks
(min 20

Assessor's decision
"""
