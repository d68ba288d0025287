"""A PDF with tags is read by its own outline; one whose tags can't be trusted, by its looks."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array
from weasyprint import HTML

from qualifications.handbook.formats.pdf import read_pdf
from qualifications.handbook.formats.tags import tags_of
from qualifications.handbook.noise import RAISED, UNSURE
from qualifications.handbook.pieces import Piece
from tests.qualifications.handbook.papers import handbook_paper, read, values
from tests.qualifications.handbook.tagged import Drawn, Outline


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.text]


def cells(pieces: list[Piece]) -> list[list[list[str]]]:
    """Rows of cells of lines."""
    rows: list[list[list[str]]] = []
    for piece in pieces:
        if piece.opens_row:
            rows.append([])
        if piece.opens_cell:
            rows[-1].append([])
        if piece.in_cell and piece.text:
            rows[-1][-1].append(piece.text)
    return rows


def test_the_outline_is_read_in_its_own_order_and_not_in_that_of_the_page() -> None:
    page = Drawn()
    second, first = page.draw("Prune in March", 60, 100), page.draw("Graft in April", 60, 200)

    pieces = read_pdf(page.saved([("P", [first]), ("P", [second])]))

    assert texts(pieces) == ["Graft in April", "Prune in March"]
    assert [(piece.place.page, piece.place.line) for piece in pieces] == [(1, 1), (1, 2)]


def test_a_paragraph_goes_on_over_a_pages_end_and_its_decoration() -> None:
    page = Drawn()
    page.decorate("Orchard Guild", 60, 40)
    long = page.draw(
        "Keep the cut ends of the scion moist until the whole tree has been bound ", 60, 800
    )
    page.turn()
    page.decorate("Orchard Guild", 60, 40)
    rest = page.draw("and waxed", 60, 80)

    pieces = read_pdf(page.saved([("P", [long, rest])]))

    assert texts(pieces) == [
        "Keep the cut ends of the scion moist until the whole tree has been bound and waxed"
    ]


def test_a_programs_own_kinds_stand_for_those_of_the_standard() -> None:
    page = Drawn()
    head, left, right = (
        page.draw(text, 60, y) for text, y in (("Tools", 90), ("Saw", 120), ("Knife", 150))
    )
    row: Outline = ("Zeile", [("Zelle", [("Absatz", [left])]), ("Zelle", [("Absatz", [right])])])
    outline: list[Outline] = [("Kopf", [head]), ("Raster", [row])]
    roles = {
        "Kopf": "H2",
        "Raster": "Table",
        "Zeile": "TR",
        "Zelle": "TD",
        "Absatz": "Standard",
        "Standard": "P",
    }

    pieces = read_pdf(page.saved(outline, roles))

    assert texts(pieces)[0] == "Tools"
    assert cells(pieces[1:]) == [[["Saw"], ["Knife"]]]


def test_a_cell_over_two_rows_leaves_an_empty_one_in_the_second() -> None:
    page = Drawn()
    tall, one, two = (
        page.draw(text, 60, y) for text, y in (("Spring", 90), ("Graft", 90), ("Bind", 120))
    )
    rows = [("TR", [("TD2", [tall]), ("TD", [one])]), ("TR", [("TD", [two])])]

    assert cells(read_pdf(page.saved([("Table", rows)]))) == [
        [["Spring"], ["Graft"]],
        [[], ["Bind"]],
    ]


def test_a_list_that_was_tagged_as_part_of_the_cell_before_goes_back_to_its_own() -> None:
    """LibreOffice tags so where lists stand in neighbouring cells, page by page."""
    page = Drawn()
    name = page.draw("AC 1.1", 60, 780)
    left = page.draw("• The join is loose.", 150, 780)
    right = page.draw("• Three joins hold.", 350, 780)
    page.turn()
    left_after, right_after = page.draw("• It dried.", 150, 80), page.draw("• All grow.", 350, 80)
    items: list[Outline] = [
        ("LI", [("LBody", [("P", [mark])])]) for mark in (left, right, left_after, right_after)
    ]
    row: Outline = ("TR", [("TD", [("P", [name])]), ("TD", [("L", items)]), ("TD", [])])

    assert cells(read_pdf(page.saved([("Table", [row])]))) == [
        [
            ["AC 1.1"],
            ["• The join is loose.", "• It dried."],
            ["• Three joins hold.", "• All grow."],
        ]
    ]


def test_a_label_stands_before_its_item_and_a_sign_of_any_font_is_a_bullet() -> None:
    page = Drawn()
    number, dot = page.draw("2.1", 60, 90), page.draw("§", 60, 120)
    first, second = page.draw("Choose the week", 90, 90), page.draw("Warm soil", 90, 120)
    items: list[Outline] = [
        ("LI", [("Lbl", [number]), ("LBody", [("P", [first])])]),
        ("LI", [("Lbl", [dot]), ("LBody", [second])]),
    ]

    assert texts(read_pdf(page.saved([("L", items)]))) == ["2.1 Choose the week", "• Warm soil"]


def test_a_word_that_a_narrow_column_has_broken_is_whole_again_and_two_words_stay_two() -> None:
    page = Drawn()
    body = [
        page.draw("The rootstock is joined to the scion and both are ", 60, 80),
        page.draw("bound together", 60, 94),
    ]
    broken = [
        page.draw(text, 60, y)
        for text, y in (("communicati", 200), ("on with ", 214), ("the scion", 228))
    ]
    parted = [page.draw(text, 260, y) for text, y in (("rootstock", 200), ("scion", 214))]
    rows = [("TR", [("TD", [("P", broken)]), ("TD", [("P", parted)])])]

    pieces = read_pdf(page.saved([("P", body), ("Table", rows)]))

    assert cells(pieces[1:])[0] == [["communication with the scion"], ["rootstock scion"]]


def test_where_nothing_tells_whether_two_lines_share_a_word_the_join_is_marked() -> None:
    page = Drawn()
    body = [
        page.draw("The rootstock is joined to the scion and both are ", 60, 80),
        page.draw("bound together", 60, 94),
    ]
    cells = [
        ("TD", [("P", [page.draw(one, x, 200), page.draw(other, x, 214)])])
        for x, one, other in (
            (60, "alternat", "ive graft"),
            (200, "alternati", "ve graft"),
            (340, "understanding", "orchards"),
        )
    ]

    pieces = read_pdf(page.saved([("P", body), ("Table", [("TR", cells)])]))[1:]

    assert [(piece.text, UNSURE in piece.raw) for piece in pieces] == [
        ("alternative graft", True),
        ("alternative graft", False),
        ("understanding orchards", False),
    ]


@pytest.mark.parametrize("tagged", [False, True])
def test_a_small_raised_figure_is_left_out_and_marked_and_a_plain_one_stays(tagged: bool) -> None:
    raised = '<span style="font-size: 60%; vertical-align: super">1</span>'
    lines = f"<p>Join three{raised} trees in May.</p><p>Plant 12 of B4 in June.</p>"
    pdf = HTML(string=f'<html lang="en"><title>Orchard</title>{lines}').write_pdf(pdf_tags=tagged)

    pieces = [piece for piece in read_pdf(pdf) if piece.text]

    assert " ".join(texts(pieces)) == "Join three trees in May. Plant 12 of B4 in June."
    (before, after) = "".join(piece.raw for piece in pieces).split(RAISED)
    assert before.endswith("three") and after.startswith(" trees")


def outline_left_out() -> bytes:
    page = Drawn()
    last, first = page.draw("Graft in April", 60, 200), page.draw("Wait in January", 60, 60)
    page.leave_out("Prune in March", 60, 100)
    return page.saved([("P", [last]), ("P", [first])])


def outline_that_calls_content_decoration() -> bytes:
    page = Drawn()
    last, first = page.draw("Graft in April", 60, 200), page.draw("Wait in January", 60, 60)
    page.decorate("Prune in March", 60, 100)
    return page.saved([("P", [last]), ("P", [first])])


def outline_that_loops() -> bytes:
    page = Drawn()
    words = (("Graft in April", 200), ("Wait in January", 60), ("Prune in March", 100))
    marks = [page.draw(text, 60, y) for text, y in words]
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(page.saved([("P", marks)]))) as pdf:
        top = pdf.Root.StructTreeRoot.K[0]
        top.K = Array([*top.K, top])
        pdf.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "untrusted", [outline_left_out, outline_that_calls_content_decoration, outline_that_loops]
)
def test_where_the_outline_does_not_hold_all_the_page_is_read_as_it_looks(
    untrusted: Callable[[], bytes],
) -> None:
    assert texts(read_pdf(untrusted())) == ["Wait in January", "Prune in March", "Graft in April"]


def test_what_decorates_page_after_page_is_left_out() -> None:
    page = Drawn()
    marks = []
    for text in ("Graft in April", "Prune in March"):
        marks += [page.draw(text, 60, 100), page.draw("and wait", 60, 300)]
        page.decorate("DRAFT", 60, 200)
        page.turn()

    pieces = read_pdf(page.saved([("P", [mark]) for mark in marks]))

    assert texts(pieces) == ["Graft in April", "and wait", "Prune in March", "and wait"]


def test_a_running_header_may_stand_outside_of_the_outline() -> None:
    page = Drawn()
    page.leave_out("Orchard Guild", 60, 30)
    last, first = page.draw("Graft in April", 60, 200), page.draw("Prune in March", 60, 300)
    page.leave_out("Page 1", 60, 800)

    pieces = read_pdf(page.saved([("P", [first]), ("P", [last])]))

    assert texts(pieces) == ["Prune in March", "Graft in April"]


def test_tags_nested_deeper_than_any_document_are_not_followed() -> None:
    page = Drawn()
    outline: Outline = ("P", [page.draw("Graft in April", 60, 200)])
    for _ in range(400):
        outline = ("Div", [outline])

    assert tags_of(page.saved([outline])) is None
    assert texts(read_pdf(page.saved([outline]))) == ["Graft in April"]


def test_a_file_without_tags_has_no_outline() -> None:
    assert tags_of(handbook_paper().saved("pdf")) is None
    assert tags_of(b"%PDF-1.7 nothing of one") is None


def test_by_its_tags_the_handbook_says_what_its_text_says() -> None:
    paper = handbook_paper()

    assert tags_of(paper.saved("tagged.pdf")) is not None
    assert values(read(paper.saved("tagged.pdf"), "a.pdf")) == values(
        read(paper.saved("txt"), "a.txt")
    )
