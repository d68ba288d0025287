"""Nothing in a name is dropped, and nothing in it can disguise the sheet."""

import pytest

from assessment.paper.lettering import spell_out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann\u202elairefeR", "Ann[U+202E]lairefeR"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("A\x00B\x07", "A[U+0000]B[U+0007]"),
        ("\ue000\U000f0000", "[U+E000][U+F0000]"),
        ("\ufffe\ufdd0\U0001ffff", "[U+FFFE][U+FDD0][U+1FFFF]"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_unshowable_characters_become_their_code_points(text: str, shown: str) -> None:
    assert spell_out(text) == shown


@pytest.mark.parametrize(
    "text", ["Zoë\tO’Neil\n", "محمد", "می\u200cخواهم", "Nguyễn Thị", "👩🏽\u200d🏫", "王小明"]
)
def test_what_can_be_shown_stays(text: str) -> None:
    assert spell_out(text) == text


def test_characters_without_a_glyph_become_their_code_points() -> None:
    assert spell_out("王小明", without_glyph={"小"}) == "王[U+5C0F]明"
