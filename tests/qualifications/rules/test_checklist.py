"""The assessor's checklist: answers, counts, and what is still open."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    Found,
    checklist_in_words,
    item_in_words,
    judge_checklist,
    judge_item,
)
from tests.qualifications.rules.limits import Limit


@dataclass(frozen=True)
class Item(Limit):
    code: str = "signed"


SIGNED = Item("Signed by all", "AC 1.3", unit_of_measure="")
NEEDS = Item("Two needs or more", "AC 1.2", Decimal(2), unit_of_measure="items", code="needs")
PLANNED = Item("Hours planned", "AC 1.1", Decimal(18), code="planned")
FOUND = st.none() | st.booleans()


@pytest.mark.parametrize(
    ("item", "found", "met", "sentence"),
    [
        (SIGNED, None, False, "Not looked at yet."),
        (SIGNED, True, True, "Found."),
        (SIGNED, False, False, "Looked for and not found."),
        (NEEDS, None, False, "Not counted yet: 2 items or more."),
        (NEEDS, True, True, "Found."),
        (NEEDS, 1, False, "1 item to go: 1 of 2 items."),
        (NEEDS, 2, True, "Enough: 2 of 2 items."),
        (PLANNED, Decimal("17.5"), False, "0 h 30 to go: 17 h 30 of 18 h."),
    ],
)
def test_an_item_says_what_the_assessor_found(
    item: Item, found: bool | int | Decimal | None, met: bool, sentence: str
) -> None:
    verdict = judge_item(item, found)
    assert (verdict.met, verdict.sentence, verdict.source) == (met, sentence, item.source)


def test_an_item_without_a_number_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="an assessor ticks it"):
        judge_item(SIGNED, 2)


@pytest.mark.parametrize(
    ("items", "found", "sentence"),
    [
        ([], {}, "There is nothing to check."),
        ([SIGNED], {"signed": True}, "The item is met."),
        ([SIGNED, NEEDS], {"signed": True, "needs": 2}, "All 2 items are met."),
        ([SIGNED, NEEDS], {"signed": True}, "1 item is still open: Two needs or more."),
        (
            [SIGNED, NEEDS, PLANNED],
            {"needs": 1, "planned": 18},
            "2 of 3 items are still open: Signed by all and Two needs or more.",
        ),
    ],
)
def test_a_checklist_names_what_is_open(
    items: list[Item], found: dict[str, bool | int], sentence: str
) -> None:
    verdict = judge_checklist(items, found)
    assert verdict.sentence == sentence
    assert verdict.met == (not verdict.open)


@given(FOUND, FOUND | st.integers(0, 5), FOUND | st.integers(0, 40))
def test_a_checklist_is_met_exactly_when_each_item_is(
    signed: bool | None, needs: bool | int | None, planned: bool | int | None
) -> None:
    found = {"signed": signed, "needs": needs, "planned": planned}
    verdict = judge_checklist([SIGNED, NEEDS, PLANNED], found)
    each = [judge_item(item, found[item.code]).met for item in (SIGNED, NEEDS, PLANNED)]
    assert [line.met for _, line in verdict.lines] == each
    assert verdict.met == all(each)
    assert len(verdict.open) == each.count(False)
    assert verdict.source == "AC 1.3; AC 1.2; AC 1.1"


@given(st.integers(0, 10), st.integers(0, 10))
def test_counting_more_never_opens_an_item(have: int, more: int) -> None:
    assert judge_item(NEEDS, have + more).met or not judge_item(NEEDS, have).met


AT_MOST = Item("Four pages at most", "AC 1.4", None, Decimal(4), unit_of_measure="items")
SPAN = Item("Two or three clients", "AC 1.5", Decimal(2), Decimal(3), unit_of_measure="clients")


@pytest.mark.parametrize(
    ("item", "found", "words"),
    [
        (SIGNED, None, "not looked at"),
        (SIGNED, True, "found"),
        (SIGNED, False, "not found"),
        (NEEDS, None, "not counted"),
        (NEEDS, 0, "0 of 2 items or more"),
        (NEEDS, Decimal("10"), "10 of 2 items or more"),
        (PLANNED, Decimal("17.5"), "17 h 30 of 18 hours or more"),
        (AT_MOST, 5, "5 of 4 items at most"),
        (SPAN, 2, "2 of 2 to 3 clients"),
    ],
)
def test_what_was_found_is_said_in_few_words(item: Item, found: Found, words: str) -> None:
    assert item_in_words(item, found) == words


def test_a_count_without_a_number_to_count_to_has_no_words() -> None:
    with pytest.raises(ValueError, match="an assessor ticks it"):
        item_in_words(SIGNED, 2)


def test_a_checklist_that_was_left_alone_says_so_and_nothing_else() -> None:
    assert checklist_in_words([SIGNED, NEEDS], {"signed": None}) == "nothing on record."
    assert checklist_in_words([SIGNED, NEEDS], {"signed": False}) == (
        "Signed by all (not found); Two needs or more (not counted)."
    )


COUNTED = st.none() | st.integers(0, 9999)


@given(FOUND, COUNTED, COUNTED)
def test_a_line_names_every_item_once_and_tells_its_states_apart(
    signed: bool | None, needs: int | None, planned: int | None
) -> None:
    items = [SIGNED, NEEDS, PLANNED]
    found = {"signed": signed, "needs": needs, "planned": planned}
    line = checklist_in_words(items, found)
    if set(found.values()) == {None}:
        assert line == "nothing on record."
        return
    said = line.removesuffix(".").split("; ")
    assert [part.split(" (")[0] for part in said] == [item.label for item in items]
    assert ["not looked at" in line, "(found)" in line, "(not found)" in line] == [
        signed is None,
        signed is True,
        signed is False,
    ]
    assert line.count("not counted") == [needs, planned].count(None)
    for item, count in ((NEEDS, needs), (PLANNED, planned)):
        assert count is None or f"({count}" in said[items.index(item)]


@given(FOUND, COUNTED)
def test_what_is_not_found_counted_or_looked_at_is_open(
    signed: bool | None, needs: int | None
) -> None:
    for item, found in ((SIGNED, signed), (NEEDS, needs)):
        words = item_in_words(item, found)
        if words.startswith("not "):
            assert not judge_item(item, found).met
        if words == "found":
            assert judge_item(item, found).met
