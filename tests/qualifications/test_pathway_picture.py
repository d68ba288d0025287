"""The picture of the awards: what they share lies across, what differs stands side by side."""

from dataclasses import dataclass, replace

from qualifications.pathway_picture import (
    GAP,
    LANE,
    SINGLE_LANE,
    Lane,
    UnitMark,
    UnitName,
    pathway_picture,
)
from qualifications.rules import Combination


@dataclass(frozen=True)
class Unit:
    ref: str
    title: str
    level: int
    credits: int


UNITS = {
    number: Unit(f"8588-{number}", f"Title of {number}", 5, size)
    for number, size in (("500", 6), ("501", 5), ("502", 27), ("503", 5))
}
NAMES = {unit.ref: UnitName(number, f"Short {number}") for number, unit in UNITS.items()}


def lane(award: str, size: int, *numbers: str, glh: int | None = None) -> Lane:
    units = tuple(UNITS[number] for number in numbers)
    return Lane(award, Combination(award, award, award, size, units), glh)


CERTIFICATE = lane("Certificate", 16, "500", "501", "503", glh=42)
DIPLOMA = lane("Diploma", 38, "500", "502", "503")


def test_shared_units_lie_across_and_alternatives_side_by_side() -> None:
    picture = pathway_picture([CERTIFICATE, DIPLOMA], NAMES)
    assert picture
    boxes = {box.words[0].text: box for box in picture.boxes}
    shared, short, extended = (
        boxes["500 · 6 credits"],
        boxes["501 · 5 credits"],
        boxes["502 · 27 credits"],
    )
    assert (shared.x, shared.width, shared.kind) == (0, 2 * LANE + GAP, "shared")
    assert (short.x, extended.x) == (0, LANE + GAP)
    assert short.y == extended.y > shared.y + shared.height
    assert {short.kind, extended.kind} == {"alternative"}
    assert short.words[-1].text == "Certificate only"
    assert shared.words[-1].text == "In every award"
    assert boxes["503 · 5 credits"].y > short.y + short.height
    assert picture.width == 2 * LANE + GAP


def test_the_sentence_says_what_the_picture_shows() -> None:
    picture = pathway_picture([CERTIFICATE, DIPLOMA], NAMES)
    assert picture
    assert picture.description == (
        "Certificate: 500, 501 and 503, 16 credits. Diploma: 500, 502 and 503, 38 credits."
    )
    feet = [[line.text for line in box.words] for box in picture.boxes if box.kind == "foot"]
    assert feet == [["16 credits", "42 guided hours"], ["38 credits"]]


def test_every_award_has_a_line_from_its_name_to_its_total() -> None:
    picture = pathway_picture([CERTIFICATE, DIPLOMA], NAMES)
    assert picture
    foot = next(box for box in picture.boxes if box.kind == "foot")
    assert [line.style for line in picture.lines] == [1, 2]
    assert {line.bottom for line in picture.lines} == {foot.y}
    assert picture.height == foot.y + foot.height


def test_a_mark_stands_in_its_box_and_is_said_in_the_sentence() -> None:
    marks = {
        "8588-500": UnitMark("ok", "tick", "Passed"),
        "8588-502": UnitMark("off", "ring", "Missing"),
    }
    here = replace(DIPLOMA, is_now=True)
    picture = pathway_picture([CERTIFICATE, here], NAMES, marks)
    assert picture
    marked = [box for box in picture.boxes if box.mark]
    assert [box.mark and box.mark.unit for box in marked] == [*marks.values()]
    for box in marked:
        assert box.mark
        assert box.x < box.mark.x < box.mark.words.x < box.x + box.width
        assert box.words[-1].y < box.mark.words.y < box.y + box.height
    assert [box.words[0].text for box in picture.boxes if box.kind == "now"] == ["Now: Diploma"]
    assert picture.description == (
        "Certificate: 500, 501 and 503, 16 credits. Diploma: 500, 502 and 503, 38 credits, where "
        "the learner is now. Passed: 500. Missing: 502."
    )


def test_one_award_alone_needs_no_word_about_the_others() -> None:
    picture = pathway_picture([CERTIFICATE], NAMES)
    assert picture
    assert picture.width == SINGLE_LANE
    words = {line.text for box in picture.boxes for line in box.words}
    assert "In every award" not in words
    assert "Short 501" in words


def test_a_unit_that_two_neighbours_of_three_share_lies_across_the_two() -> None:
    award = lane("Award", 6, "500")
    picture = pathway_picture([award, CERTIFICATE, lane("Other", 16, "500", "501", "503")], NAMES)
    assert picture
    short = next(box for box in picture.boxes if box.words[0].text == "501 · 5 credits")
    assert (short.x, short.width) == (LANE + GAP, 2 * LANE + GAP)
    assert short.words[-1].text == "Certificate and Other only"


def test_boxes_never_overlap_and_stay_inside() -> None:
    long = {ref: UnitName(name.number, "a very long title " * 8) for ref, name in NAMES.items()}
    picture = pathway_picture([CERTIFICATE, DIPLOMA], long)
    assert picture
    for number, box in enumerate(picture.boxes):
        assert box.x >= 0 and box.x + box.width <= picture.width
        assert box.y >= 0 and box.y + box.height <= picture.height
        assert all(box.y < line.y < box.y + box.height for line in box.words)
        for other in picture.boxes[number + 1 :]:
            apart_across = box.x + box.width <= other.x or other.x + other.width <= box.x
            apart_down = box.y + box.height <= other.y or other.y + other.height <= box.y
            assert apart_across or apart_down, (box, other)


def test_no_award_has_no_picture() -> None:
    assert pathway_picture([], NAMES) is None
