"""Places in a file: read from what people type, written back, and held against the file's kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.refusals import Refusal
from portfolios.anchors import LAST_PAGE, LAST_SECOND, anchor_for, check_place, read_place
from portfolios.file_types import KINDS
from portfolios.models import Anchor, Claim


@given(st.integers(min_value=0, max_value=LAST_SECOND))
def test_a_time_is_read_back_as_it_is_shown(second: int) -> None:
    shown = Claim(anchor=Anchor.TIME, place=second).place_text
    minutes, seconds = (int(part) for part in shown.split(":"))
    assert minutes * 60 + seconds == second
    if minutes < 1000:
        assert read_place(Anchor.TIME, shown) == second


@given(st.integers(min_value=0, max_value=LAST_SECOND))
def test_hours_minutes_and_seconds_are_read(second: int) -> None:
    hours, rest = divmod(second, 3600)
    text = f"{hours}:{rest // 60:02}:{rest % 60:02}"
    assert read_place(Anchor.TIME, text) == second


@given(st.integers(min_value=1, max_value=LAST_PAGE))
def test_a_page_is_read_back_as_it_is_shown(page: int) -> None:
    shown = Claim(anchor=Anchor.PAGE, place=page).place_text
    assert read_place(Anchor.PAGE, shown) == page
    assert read_place(Anchor.PAGE, f" {page} ") == page


@given(st.sampled_from([Anchor.PAGE, Anchor.TIME]), st.text(max_size=12))
def test_whatever_is_typed_is_a_place_or_refused(anchor: Anchor, text: str) -> None:
    try:
        place = read_place(anchor, text)
    except ValueError:
        return
    if place is None:
        assert not text.strip()
    else:
        check_place("pdf" if anchor == Anchor.PAGE else "mp3", anchor, place)


@pytest.mark.parametrize("text", ["0", "-1", "6a", "10000", "1.5", "vi", "²"])
def test_no_page(text: str) -> None:
    with pytest.raises(ValueError, match="page"):
        read_place(Anchor.PAGE, text)


@pytest.mark.parametrize("text", ["2", "2:60", "1:60:00", "24:00:00", "2:4", "2.43", "a:bc"])
def test_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        read_place(Anchor.TIME, text)


def test_the_whole_item_has_no_place_to_read() -> None:
    assert read_place(Anchor.WHOLE, " ") is None
    with pytest.raises(ValueError, match="no places"):
        read_place(Anchor.WHOLE, "6")


FITS = {
    "pdf": Anchor.PAGE,
    "docx": Anchor.PAGE,
    "jpeg": Anchor.WHOLE,
    "png": Anchor.WHOLE,
    "mp3": Anchor.TIME,
    "m4a": Anchor.TIME,
    "mp4": Anchor.TIME,
    "wav": Anchor.TIME,
    "txt": Anchor.WHOLE,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("anchor", list(Anchor))
def test_each_kind_takes_its_own_anchor_and_the_whole(kind: str, anchor: Anchor) -> None:
    assert anchor_for(kind) == FITS[kind]
    place = None if anchor == Anchor.WHOLE else 1
    if anchor in {Anchor.WHOLE, FITS[kind]}:
        check_place(kind, anchor, place)
    else:
        with pytest.raises(Refusal, match="can point to"):
            check_place(kind, anchor, place)


@pytest.mark.parametrize(
    ("kind", "anchor", "place"),
    [
        ("pdf", "page", 0),
        ("pdf", "page", None),
        ("pdf", "page", LAST_PAGE + 1),
        ("mp3", "time", -1),
        ("mp3", "time", LAST_SECOND + 1),
        ("mp3", "time", None),
        ("pdf", "whole", 3),
    ],
)
def test_places_outside_are_refused(kind: str, anchor: str, place: int | None) -> None:
    with pytest.raises(Refusal):
        check_place(kind, anchor, place)
