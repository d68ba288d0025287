"""The assessor's checklist: ticks, counts, and what is still open."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import Limit, judge_checklist, judge_item


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
        (SIGNED, None, False, "Not ticked yet."),
        (SIGNED, True, True, "Found, as the assessor ticked."),
        (SIGNED, False, False, "Looked for and not found."),
        (NEEDS, None, False, "Not counted yet: 2 items or more."),
        (NEEDS, True, True, "Found, as the assessor ticked."),
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
