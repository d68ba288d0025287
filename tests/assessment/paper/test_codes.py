"""Verification codes survive being copied by hand."""

import re

import pytest

from assessment.paper.codes import ALPHABET, new_code, normalise_code


def test_a_code_has_ten_symbols_that_nobody_mixes_up() -> None:
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(
        re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}", c) for c in codes
    )
    assert not set("01OILSU") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "R4WD-8HTN-3C",
        "r4wd-8htn-3c",
        " R4WD 8HTN 3C\n",
        "R4WD8HTN3C",
        "R4WD–8HTN—3C",
        "r4wd.8htn_3c",
    ],
)
def test_case_and_separators_do_not_matter(typed: str) -> None:
    assert normalise_code(typed) == "R4WD-8HTN-3C"


def test_misread_letters_are_put_right() -> None:
    assert normalise_code("S4UD-8HTN-3C") == "54VD-8HTN-3C"


@pytest.mark.parametrize(
    "typed", ["", "R4WD-8HTN-3", "R4WD-8HTN-3CC", "R4WD-8HTN-30", "Ärger-12", "x" * 100_000, "\x00"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


def test_every_new_code_is_its_own_normal_form() -> None:
    for _ in range(100):
        code = new_code()
        assert normalise_code(code) == code
