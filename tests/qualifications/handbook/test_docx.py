"""What Word shows otherwise than it stores: notes, hidden text, signs, boxes and lists."""

import io
import time
import zipfile

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml

from qualifications.handbook.formats.docx import read_docx
from qualifications.handbook.pieces import Piece
from tests.qualifications.handbook.papers import handbook_paper, read

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = (
    f'xmlns:w="{_MAIN}"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
GUIDANCE = "1.1 Show at least three joined trees."


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def document_of(*paragraphs: str) -> Document:
    """A document whose paragraphs hold the given XML; one that opens with `<w:p` is whole."""
    document = docx.Document()
    for inner in paragraphs:
        whole = inner if inner.startswith(("<w:p>", "<w:alt", "<w:sdt>", "<w:tbl>")) else ""
        add(document, whole or f"<w:p>{inner}</w:p>")
    return document


def add(document: Document, xml: str) -> None:
    at = xml.index(">") - (xml[xml.index(">") - 1] == "/")
    document.element.body.insert(-1, parse_xml(f"{xml[:at]} {_NAMES}{xml[at:]}"))


def saved(document: Document, parts: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file, "a") as archive:
        for name, text in (parts or {}).items():
            archive.writestr(name, text)
    return file.getvalue()


def pieces_of(*paragraphs: str, parts: dict[str, str] | None = None) -> list[Piece]:
    return read_docx(saved(document_of(*paragraphs), parts))


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.text]


def notes(pieces: list[Piece]) -> list[str]:
    return [piece.note for piece in pieces if piece.note]


def notes_part(kind: str, text: str) -> dict[str, str]:
    inner = f'<w:{kind} w:id="2"><w:p>{run(text)}</w:p></w:{kind}>'
    return {f"word/{kind}s.xml": f"<w:{kind}s {_NAMES}>{inner}</w:{kind}s>"}


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_a_footnote_and_an_endnote_are_told_with_their_text(kind: str) -> None:
    mark = f'<w:r><w:{kind}Reference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>'
    plain = f'<w:r><w:{kind}Reference w:id="2"/></w:r>'
    long = "Min 12 marks. " + "Count every tree. " * 30

    for reference in (mark, plain):
        first, second = pieces_of(
            run(GUIDANCE) + reference, run("Next"), parts=notes_part(kind, long)
        )
        assert (first.text, second.note) == (GUIDANCE, "")
        assert f"{kind} stands here" in first.note
        assert "whose text was not taken: “Min 12 marks. Count" in first.note
        assert "…”. If it belongs to the wording, add it in the draft" in first.note
        assert len(first.note) < 330


def test_a_footnote_becomes_a_warning_of_the_handbook_at_its_place() -> None:
    document = docx.Document(io.BytesIO(handbook_paper().as_docx()))
    paragraph = next(p for p in document.paragraphs if p.text == GUIDANCE)
    paragraph._p.append(parse_xml(f'<w:r {_NAMES}><w:footnoteReference w:id="2"/></w:r>'))

    handbook = read(saved(document, notes_part("footnote", "Five in a wet year")), "notes.docx")

    (told,) = [doubt for doubt in handbook.warnings if "Five in a wet year" in doubt.why]
    assert told.where and told.where.counted == "paragraph"
    assert (told.raw, told.taken) == (GUIDANCE, GUIDANCE)


def test_a_note_stands_at_its_line_of_a_paragraph_and_in_a_cell() -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    lines = run("First") + "<w:r><w:br/></w:r>" + run("Second") + reference
    table = f"<w:tbl><w:tr><w:tc><w:p>{lines}</w:p></w:tc></w:tr></w:tbl>"

    for pieces in (
        pieces_of(lines, parts=notes_part("footnote", "Told")),
        pieces_of(table, parts=notes_part("footnote", "Told")),
    ):
        first, second = pieces
        assert (first.text, first.note) == ("First", "")
        assert second.text == "Second" and "“Told”" in second.note


def test_raised_digits_behind_a_word_are_left_out_and_told() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    mark, area, power, ordinal = pieces_of(
        run("Join three trees") + run("2 ", raised) + run("by June"),
        run("Mow 40 m") + run("2", raised),
        run("Count 10") + run("2", raised) + run(" trees"),
        run("Mow on 1") + run("st", raised),
    )

    assert mark.text == "Join three trees by June"
    assert "raised “2” was taken for the mark of a footnote" in mark.note
    assert (area.text, area.note) == ("Mow 40 m²", "")
    assert power.text == "Count 10² trees" and "printed raised" in power.note
    assert (ordinal.text, ordinal.note) == ("Mow on 1st", "")


def placeholder(inner: str, shown: str = "<w:showingPlcHdr/>") -> str:
    return f"<w:sdt><w:sdtPr>{shown}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def test_a_field_that_nobody_has_filled_in_is_not_read() -> None:
    click = placeholder(run("Click here"))
    cell = f"<w:tc><w:p>{run('Evidence')}</w:p></w:tc><w:tc><w:p>{click}</w:p></w:tc>"
    whole_cell = placeholder(f"<w:tc><w:p>{run('Click here')}</w:p></w:tc>")
    pieces = pieces_of(
        f"<w:tbl><w:tr>{cell}{whole_cell}</w:tr></w:tbl>",
        placeholder(f"<w:p>{run('Click here')}</w:p>"),
        run("Show ") + placeholder(run("Choose an item.")) + run(" trees."),
        run("Show ") + placeholder(run("three"), "") + run(" trees."),
    )

    assert [piece.text for piece in pieces] == [
        "Evidence",
        "",
        "",
        "Show trees.",
        "Show three trees.",
    ]
    (note,) = notes(pieces)
    assert "The field “Choose an item.” is not filled in" in note


def test_hidden_text_is_left_out_and_told() -> None:
    document = document_of(
        run("Show ") + run("five ", "<w:vanish/>") + run("old ", "<w:vanish/>") + run("three"),
        run("Not hidden", '<w:vanish w:val="0"/>'),
        run("Hidden whole", "<w:vanish/>"),
        run("By style", '<w:rStyle w:val="Unseen"/>') + run("Seen"),
    )
    style = '<w:style w:type="character" w:styleId="{}">{}</w:style>'
    for name, inner in (
        ("Base", "<w:rPr><w:vanish/></w:rPr>"),
        ("Unseen", '<w:basedOn w:val="Base"/>'),
    ):
        xml = style.format(name, inner).replace("<w:style ", f"<w:style {_NAMES} ", 1)
        document.styles.element.append(parse_xml(xml))
    pieces = read_docx(saved(document))

    assert texts(pieces) == ["Show three", "Not hidden", "Seen"]
    assert [note.split(". ")[0] for note in notes(pieces)] == [
        "Text that Word hides was left out: “five old”",
        "Text that Word hides was left out: “Hidden whole”",
        "Text that Word hides was left out: “By style”",
    ]


def test_what_is_hidden_whole_in_a_cell_is_told_at_the_cell() -> None:
    hidden = f"<w:p>{run('Withdrawn', '<w:vanish/>')}</w:p>"
    cells = f"<w:tc>{hidden}</w:tc><w:tc><w:p>{run('Kept')}</w:p>{hidden}</w:tc>"
    empty, kept = pieces_of(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")

    assert empty.text == "" and "“Withdrawn”" in empty.note
    assert kept.text == "Kept" and "“Withdrawn”" in kept.note


@pytest.mark.parametrize("line", ["strike", "dstrike"])
def test_struck_out_text_is_left_out_and_told(line: str) -> None:
    (piece,) = pieces_of(run("Show ") + run("five ", f"<w:{line}/>") + run("three"))

    assert piece.text == "Show three"
    assert "Struck-out text was left out: “five”" in piece.note


def test_words_stay_parted_where_what_stood_between_them_is_struck_out() -> None:
    box = "<w:txbxContent><w:p>" + run("In a box") + "</w:p></w:txbxContent>"
    struck = f"<w:r><w:rPr><w:strike/></w:rPr><w:t> five </w:t>{box}</w:r>"

    assert texts(pieces_of(run("Show") + struck + run("three"))) == ["Show three", "In a box"]


def sign(font: str, code: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'


def test_a_sign_of_a_symbol_font_is_a_bullet_only_where_it_opens_the_line() -> None:
    pieces = pieces_of(
        sign("Wingdings", "F0A7") + run(" Torn bark"),
        run("Show ") + sign("Symbol", "F0B3") + run("3 trees") + sign("Symbol", "F0B1"),
        sign("Symbol", "F0A3") + run("3 trees"),
        run("From bud ") + sign("Wingdings", "F0E0") + run(" to fruit"),
        run("A ") + sign("Webdings", "F04A") + run(" tree"),
    )

    assert texts(pieces) == [
        "• Torn bark",
        "Show ≥3 trees±",
        "≤3 trees",
        "From bud → to fruit",
        "A □ tree",
    ]
    (note,) = notes(pieces)
    assert "font Webdings" in note and pieces[-1].note == note


def test_an_equation_is_read_in_its_place_and_told() -> None:
    part = "<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>"
    (piece,) = pieces_of(run("Show ") + f"<m:oMath>{part}</m:oMath>" + run(" of the trees"))

    assert piece.text == "Show 3/4 of the trees"
    assert "An equation stands here, read as “3/4”; read it beside the source" in piece.note


def boxed(inner: str) -> str:
    return f"<w:r><w:txbxContent><w:p>{inner}</w:p></w:txbxContent></w:r>"


def test_a_text_box_is_read_once() -> None:
    box = boxed(run("Bring your own knife."))
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    old = f"<mc:AlternateContent><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"

    assert texts(pieces_of(run(GUIDANCE) + both)) == [GUIDANCE, "Bring your own knife."]
    assert texts(pieces_of(run(GUIDANCE) + old)) == [GUIDANCE, "Bring your own knife."]


def test_text_boxes_in_text_boxes_are_read_once_each() -> None:
    inner = run("Innermost")
    for _ in range(25):
        inner = boxed(inner)
    begun = time.monotonic()

    assert texts(pieces_of(inner)) == ["Innermost"]
    assert time.monotonic() - begun < 2


def test_a_document_that_is_embedded_is_told_at_its_place() -> None:
    before, told, after = pieces_of(run("Before"), '<w:altChunk r:id="rId90"/>', run("After"))

    assert (before.note, told.text, after.note) == ("", "", "")
    assert "embedded here was not read" in told.note
    assert before.place <= told.place <= after.place


_LEVEL = (
    '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="{}"/></w:lvl>'
)
_START = '<w:lvlOverride w:ilvl="{}"><w:startOverride w:val="{}"/></w:lvlOverride>'


def listed(text: str, depth: int, num: int, mark: str = "") -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>'
        f"<w:rPr>{mark}</w:rPr></w:pPr>{text}</w:p>"
    )


def numbered(*paragraphs: str) -> list[str]:
    """The texts of a document with list 90, and lists 91 and 92 of the same that begin anew."""
    document = document_of(*paragraphs)
    numbering = document.part.numbering_part.element
    levels = _LEVEL.format(0, "%1") + _LEVEL.format(1, "%1.%2")
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {_NAMES} w:abstractNumId="98">{levels}</w:abstractNum>')
    )
    for num, starts in ((90, ""), (91, _START.format(0, 1)), (92, _START.format(1, 3)), (93, "")):
        inner = f'<w:abstractNumId w:val="98"/>{starts}'
        numbering.append(parse_xml(f'<w:num {_NAMES} w:numId="{num}">{inner}</w:num>'))
    return texts(read_docx(saved(document)))


def test_a_list_that_begins_anew_is_counted_anew() -> None:
    assert numbered(
        listed(run("Tools"), 0, 90),
        listed(run("Knives"), 1, 90),
        listed(run("Saws"), 1, 93),
        listed(run("Seasons"), 0, 90),
        listed(run("Bees"), 0, 91),
        listed(run("Hives"), 1, 91),
        listed(run("Swarms"), 0, 91),
        listed(run("Late swarms"), 1, 92),
        listed(run("Lost swarms"), 1, 92),
    ) == [
        "1 Tools",
        "1.1 Knives",
        "1.2 Saws",
        "2 Seasons",
        "1 Bees",
        "1.1 Hives",
        "2 Swarms",
        "2.3 Late swarms",
        "2.4 Lost swarms",
    ]


def test_a_paragraph_that_is_deleted_is_not_counted() -> None:
    gone = '<w:del w:id="7" w:author="x"><w:r><w:delText>Old</w:delText></w:r></w:del>'
    mark = '<w:del w:id="8" w:author="x"/>'
    assert numbered(
        listed(run("Tools"), 0, 90),
        listed(gone, 0, 90, mark),
        listed(run("Knives"), 0, 90),
        listed(gone, 0, 90),
        listed(run("Saws"), 0, 90),
        listed(run("Wax "), 0, 90, mark),
        listed(run("and string"), 0, 90),
        listed(run("Hidden", "<w:vanish/>"), 0, 90, "<w:vanish/>"),
        listed(run("Labels"), 0, 90),
    ) == ["1 Tools", "2 Knives", "3 Saws", "4 Wax and string", "5 Labels"]


def repacked(content: bytes, changed: dict[bytes, bytes], main: str = "document") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            for before, after in changed.items():
                part = part.replace(before, after)
            new.writestr(name.replace("word/document.xml", f"word/{main}.xml"), part)
    return file.getvalue()


def test_a_main_part_of_another_name_is_found() -> None:
    content = saved(document_of(run(GUIDANCE)))
    renamed = repacked(content, {b"word/document.xml": b"word/document2.xml"}, "document2")

    assert texts(read_docx(renamed)) == [GUIDANCE]


def test_strict_open_xml_is_read() -> None:
    strict = {
        _MAIN.encode(): b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }

    assert texts(read_docx(repacked(saved(document_of(run(GUIDANCE))), strict))) == [GUIDANCE]


def test_a_paragraph_of_very_many_runs_is_read_in_time() -> None:
    runs = run("x") + run("y", "<w:vanish/>") + sign("Symbol", "F0B1")
    content = repacked(saved(document_of(runs * 20_000)), {})
    begun = time.monotonic()
    (piece,) = read_docx(content)

    assert piece.text == "x±" * 20_000 and len(piece.note) < 2_000
    assert time.monotonic() - begun < 10


def test_a_line_of_bars_alone_is_read() -> None:
    assert texts(pieces_of(run("|"), run(GUIDANCE))) == [GUIDANCE]


def test_tracked_insertions_stand_and_deletions_do_not() -> None:
    inserted = f'<w:ins w:id="7" w:author="x">{run("three ")}</w:ins>'
    deleted = '<w:del w:id="8" w:author="x"><w:r><w:delText>two </w:delText></w:r></w:del>'

    (piece,) = pieces_of(run("Show ") + deleted + inserted + run("trees"))

    assert (piece.text, piece.note) == ("Show three trees", "")
