"""Mark sheets: the outcome of a column, its sentences, and what holds for all marks."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.rules import (
    MARK_SHEETS,
    judge_maxima,
    judge_minimum,
    judge_section,
    mark_outcome,
)


@dataclass(frozen=True)
class Part:
    title: str
    maximum: int
    minimum: int


DIARY = [Part("Own potential", 34, 17), Part("Sessions", 30, 15), Part("Reflections", 36, 18)]
HALVES = st.lists(st.integers(1, 50), min_size=1, max_size=6).map(
    lambda minima: [Part(f"Part {n}", 2 * least, least) for n, least in enumerate(minima)]
)


@pytest.mark.parametrize(
    ("marks", "decision", "total", "referred", "sentence"),
    [
        (
            [17, 15, 18],
            "pass",
            50,
            (),
            "Pass. 50 of 100 marks, and every section has its minimum.",
        ),
        (
            [34, 14, 36],
            "referral",
            84,
            ("Sessions",),
            "Referral, because Sessions has 14 of the 15 it needs.",
        ),
        (
            [16, 15, 17],
            "referral",
            48,
            ("Own potential", "Reflections"),
            "Referral, because Own potential has 16 of the 17 it needs, Reflections has 17 of the"
            " 18 it needs and the total is 48 of 100 marks, and half is needed.",
        ),
        ([17, None, 18], None, 35, (), "Sessions has no mark yet."),
    ],
)
def test_a_mark_sheet_says_why(
    marks: list[int | None],
    decision: str | None,
    total: int,
    referred: tuple[str, ...],
    sentence: str,
) -> None:
    outcome = mark_outcome(DIARY, marks)
    assert (outcome.decision, outcome.total, outcome.referred) == (decision, total, referred)
    assert outcome.sentence == sentence


@given(st.tuples(st.integers(0, 34), st.integers(0, 30), st.integers(0, 36)))
def test_no_section_makes_up_for_another(marks: tuple[int, int, int]) -> None:
    outcome = mark_outcome(DIARY, list(marks))
    sections_met = all(mark >= part.minimum for part, mark in zip(DIARY, marks, strict=True))
    assert outcome.total == sum(marks)
    assert outcome.total_met == (sum(marks) >= 50)
    assert (outcome.decision == "pass") == (sections_met and outcome.total_met)
    assert (outcome.decision == "pass") == sections_met, "the minima add up to half of all marks"
    assert bool(outcome.referred) == (not sections_met)


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ([17, 15], "2 marks do not pair with 3 sections"),
        ([35, 15, 18], "'Own potential' takes 0 to 34 marks, not 35"),
        ([17, -1, 18], "'Sessions' takes 0 to 30 marks, not -1"),
    ],
)
def test_marks_that_cannot_be_are_refused(marks: list[int | None], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mark_outcome(DIARY, marks)


@given(HALVES, st.data())
def test_where_each_minimum_is_half_the_sections_decide_the_total(
    sections: list[Part], data: st.DataObject
) -> None:
    marks = [data.draw(st.integers(0, section.maximum)) for section in sections]
    outcome = mark_outcome(sections, marks)
    if not outcome.referred:
        assert outcome.total_met
    assert (outcome.decision == "pass") == (not outcome.referred)
    assert outcome.needed * 2 >= outcome.full > (outcome.needed - 1) * 2
    assert outcome.total_met == (outcome.total >= outcome.needed)


@given(HALVES, st.data())
def test_a_higher_mark_never_makes_a_pass_a_referral(
    sections: list[Part], data: st.DataObject
) -> None:
    marks = [data.draw(st.integers(0, section.maximum)) for section in sections]
    at = data.draw(st.integers(0, len(sections) - 1))
    higher = [*marks]
    higher[at] = data.draw(st.integers(marks[at], sections[at].maximum))
    assert (
        mark_outcome(sections, higher).verdict.met or not mark_outcome(sections, marks).verdict.met
    )


@given(st.sampled_from(DIARY), st.integers(0, 30))
def test_a_section_is_met_from_its_minimum_on(section: Part, mark: int) -> None:
    verdict = judge_section(section, mark)
    assert verdict.met == (mark >= section.minimum)
    assert verdict.sentence == f"{section.title} has {mark} of the {section.minimum} it needs."
    assert verdict.source == MARK_SHEETS


def test_a_sheet_of_another_source_says_so() -> None:
    outcome = mark_outcome(DIARY, [17, 15, 18], source="D7 specification, mark sheet")
    assert outcome.verdict.source == outcome.source == "D7 specification, mark sheet"


@pytest.mark.parametrize(
    ("marks", "summary"),
    [
        ([17, 15, 18], "50 of 100 marks, and every section has its minimum."),
        ([34, 14, 36], "84 of 100 marks; section 2, Sessions, has 14 of the 15 it needs."),
        (
            [16, 15, 17],
            "48 of 100 marks; section 1, Own potential, has 16 of the 17 it needs; section 3, "
            "Reflections, has 17 of the 18 it needs.",
        ),
        ([None, None, 18], "Own potential and Sessions have no mark yet."),
    ],
)
def test_a_paper_numbers_the_sections_that_fall_short(
    marks: list[int | None], summary: str
) -> None:
    assert mark_outcome(DIARY, marks).summary == summary


def test_without_minima_the_total_alone_refers() -> None:
    outcome = mark_outcome([Part("All", 100, 0)], [49])
    assert outcome.decision == "referral"
    assert outcome.summary == "49 of 100 marks; half is needed."
    assert outcome.sentence == (
        "Referral, because the total is 49 of 100 marks, and half is needed."
    )


@pytest.mark.parametrize(("full", "needed"), [(100, 50), (99, 50), (1, 1)])
def test_half_of_an_odd_total_is_rounded_up(full: int, needed: int) -> None:
    assert mark_outcome([Part("All", full, 0)], [needed]).needed == needed
    assert mark_outcome([Part("All", full, 0)], [needed]).decision == "pass"
    assert mark_outcome([Part("All", full, 0)], [needed - 1]).decision == "referral"


@pytest.mark.parametrize(
    ("minimum", "maximum", "met", "sentence"),
    [
        (17, 34, True, "The minimum 17 is half of the maximum 34."),
        (16, 34, False, "The minimum 16 is not half of the maximum 34."),
        (17, 35, False, "The minimum 17 is not half of the maximum 35."),
    ],
)
def test_a_minimum_is_half_of_its_maximum(
    minimum: int, maximum: int, met: bool, sentence: str
) -> None:
    verdict = judge_minimum(minimum, maximum)
    assert (verdict.met, verdict.sentence) == (met, sentence)


def test_the_maxima_of_a_sheet_make_a_hundred() -> None:
    assert judge_maxima([34, 30, 36]).met
    short = judge_maxima([34, 30, 35])
    assert (short.met, short.sentence) == (
        False,
        "The sections' maxima add up to 99, not to 100.",
    )
