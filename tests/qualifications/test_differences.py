"""Two versions beside each other: nothing is missed, nothing is made up, and it reads well."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualifications.catalogue_entries import (
    AssessmentEntry,
    BulletEntry,
    CorrectionEntry,
    CriterionEntry,
    OutcomeEntry,
    PathwayEntry,
    RequirementEntry,
    RuleEntry,
    SectionEntry,
    SpecificationEntry,
    TemplateEntry,
    UnitEntry,
    VerbEntry,
)
from qualifications.differences import (
    FieldChange,
    Kind,
    Line,
    Parts,
    differences,
    lines_of,
    shown,
    unchanged_criteria,
    word_pieces,
)


def criterion(number: str, statement: str = "Explain it.", **more: Any) -> CriterionEntry:
    facts = {
        "verb": "explain",
        "depth": (),
        "guidance": (),
        "example_evidence": (),
        "referral": (),
        "passes": (),
    }
    return CriterionEntry(number=number, statement=statement, **{**facts, **more})


def rule(number: str, code: str = "hours", minimum: int = 18) -> RuleEntry:
    return RuleEntry(
        number, code, code.capitalize(), Decimal(minimum), None, None, "hours", True, "Leaflet"
    )


def unit(
    ref: str, criteria: tuple[CriterionEntry, ...], rules: tuple[RuleEntry, ...] = (), **more: Any
) -> UnitEntry:
    numbers = sorted({int(each.number.partition(".")[0]) for each in criteria})
    return UnitEntry(
        **{
            "ref": ref,
            "number": ref,
            "uan": "",
            "title": f"Unit {ref}",
            "short_title": ref,
            "level": 3,
            "credits": 4,
            "glh": 10,
            "aim": "",
            "outline_only": False,
            "outcomes": tuple(
                OutcomeEntry(
                    number,
                    f"Outcome {number}",
                    "Do it.",
                    tuple(each for each in criteria if each.number.startswith(f"{number}.")),
                )
                for number in numbers
            ),
            "rules": rules,
            **more,
        }
    )


def specification(*units: UnitEntry, **more: Any) -> SpecificationEntry:
    return SpecificationEntry(
        **{
            "awarding_body_code": "ORCHARD",
            "awarding_body_name": "Orchard Guild",
            "number": "9001",
            "title": "Tending an Orchard",
            "level": 3,
            "version": "1",
            "published": date(2024, 2, 29),
            "published_by": "Orchard Guild",
            "source": "Leaflet",
            "corrected_on": None,
            "tqt_per_credit": 10,
            "verbs": (VerbEntry("explain", "Say why."),),
            "units": units,
            "assessments": (),
            "pathways": (),
            "corrections": (),
            **more,
        }
    )


PRUNING = unit("O-1", (criterion("1.1"), criterion("1.2"), criterion("2.1")), (rule("2.1"),))
PRESSING = unit("O-2", (criterion("1.1"),))
OLD = specification(PRUNING, PRESSING)


def kinds(parts: Parts) -> dict[str, str]:
    return {part.name: part.kind.value for part in parts}


def test_a_version_does_not_differ_from_itself() -> None:
    found = differences(OLD, OLD)
    assert not found
    assert found.sentence == "4 criteria unchanged."
    assert found.criteria_counts == {"same": 4, "changed": 0, "added": 0, "removed": 0}


def test_criteria_are_added_changed_removed_or_the_same() -> None:
    new = specification(
        unit(
            "O-1",
            (criterion("1.1"), criterion("1.2", "Explain it well."), criterion("1.3")),
        ),
        PRESSING,
    )
    found = differences(OLD, new)
    assert kinds(found.units) == {"O-1": "changed", "O-2": "same"}
    pruning = found.units.all[0]
    assert kinds(pruning.parts_called("Criteria")) == {
        "1.1": "same",
        "1.2": "changed",
        "1.3": "added",
        "2.1": "removed",
    }
    assert kinds(pruning.parts_called("Outcomes")) == {"Outcome 1": "same", "Outcome 2": "removed"}
    assert kinds(pruning.parts_called("Rules")) == {"Hours": "removed"}
    assert found.sentence == "1 criterion added, 1 changed, 1 removed, 2 unchanged."
    with pytest.raises(KeyError):
        pruning.parts_called("Sections")


def test_criteria_are_listed_by_what_became_of_them() -> None:
    new = specification(
        unit("O-1", (criterion("1.1", "Explain it well."), criterion("1.2"), criterion("1.3")))
    )
    found = differences(OLD, new)
    listed = {kind: [part.key for part in parts] for kind, parts in found.criteria_by_kind}
    assert listed == {
        "added": [("O-1", "1.3")],
        "changed": [("O-1", "1.1")],
        "removed": [("O-1", "2.1"), ("O-2", "1.1")],
    }
    assert list(listed) == ["added", "changed", "removed"]
    assert [(parts.title, parts.counted) for parts in found.other_counts] == [
        ("Units", "1 changed, 1 removed")
    ]
    assert [part.name for part in found.units.all[0].parts_called("Criteria").same] == ["1.2"]
    assert differences(OLD, OLD).criteria_by_kind == ()
    swapped = differences(OLD, specification(PRESSING, PRUNING))
    assert swapped.units.counted == "another order"


def test_of_a_draft_it_is_not_said_who_published_it() -> None:
    draft = replace(OLD, version="2", published=None, published_by="")
    assert [change.field for change in differences(OLD, draft).facts] == ["version"]
    later = replace(OLD, published=date(2025, 1, 1))
    assert [change.field for change in differences(OLD, later).facts] == ["published"]


def test_what_a_changed_criterion_still_says_is_shown_with_it() -> None:
    new = specification(
        unit(
            "O-1",
            (
                criterion("1.1", depth=("Deep.",)),
                criterion("1.2", "Explain it well."),
                criterion("2.1"),
            ),
            PRUNING.rules,
        ),
        PRESSING,
    )
    said = {part.key: part.unchanged_statement for part in differences(OLD, new).criteria}
    assert said[("O-1", "1.1")] == "Explain it."
    assert said[("O-1", "1.2")] == said[("O-1", "2.1")] == ""


def test_a_criterion_changes_when_its_rule_does() -> None:
    new = specification(replace(PRUNING, rules=(rule("2.1", minimum=20),)), PRESSING)
    found = differences(OLD, new)
    changed = [part for part in found.criteria if part.kind == Kind.CHANGED]
    assert [part.key for part in changed] == [("O-1", "2.1")]
    (part,) = changed
    assert part.fields == ()
    (of_rule,) = part.parts_called("Rules")
    assert [(c.label, c.old_shown, c.new_shown) for c in of_rule.fields] == [
        ("minimum", "18", "20")
    ]


def test_the_same_number_in_another_unit_is_another_criterion() -> None:
    moved = specification(
        unit("O-1", (criterion("1.1", "Press it."),)), unit("O-2", (criterion("1.1"),))
    )
    swapped = specification(
        unit("O-1", (criterion("1.1"),)), unit("O-2", (criterion("1.1", "Press it."),))
    )
    found = differences(moved, swapped)
    assert [(part.key, part.kind) for part in found.criteria] == [
        (("O-1", "1.1"), Kind.CHANGED),
        (("O-2", "1.1"), Kind.CHANGED),
    ]
    assert unchanged_criteria(moved, swapped) == frozenset()


def test_units_that_changed_places_are_said_to() -> None:
    found = differences(OLD, specification(PRESSING, PRUNING))
    assert found
    assert found.units.order == FieldChange("order", ("O-1", "O-2"), ("O-2", "O-1"))
    assert found.units.differing == ()


def test_what_was_taken_away_keeps_its_place() -> None:
    third = unit("O-3", (criterion("1.1"),))
    fourth = unit("O-4", (criterion("1.1"),))
    found = differences(specification(PRUNING, PRESSING, third), specification(PRUNING, fourth))
    assert [part.name for part in found.units] == ["O-1", "O-2", "O-3", "O-4"]


PATHWAY = PathwayEntry(
    code="9001-A",
    alternative_code="",
    title="Award",
    award="award",
    accreditation_number="",
    credits=9,
    glh=27,
    tqt=90,
    glh_includes_support=True,
    induction_hours=Decimal(1),
    tutorial_hours=Decimal(2),
    minimum_age=None,
    registration_years=None,
    units=("O-1", "O-2"),
)
SHEET = AssessmentEntry(
    code="diary",
    title="Diary",
    method="diary",
    sheet_kind="mark",
    units=("O-2",),
    sections=(
        SectionEntry("Opening", 10, 5, (BulletEntry("Where it stands.", ()),)),
        SectionEntry("Press", 90, 45, (BulletEntry("Tells how.", (("O-2", "1.1"),)),)),
    ),
)
WHOLE = replace(
    OLD,
    assessments=(SHEET,),
    pathways=(PATHWAY,),
    corrections=(CorrectionEntry("Title", "Presing", "Pressing", "A letter."),),
    templates=(TemplateEntry("diary", "Diary", "A form.", (("O-2", "1.1"),)),),
    staff_requirements=(RequirementEntry("tutor", "Has pruned", ("For years.",)),),
)


@pytest.mark.parametrize(
    ("new", "where", "label", "old_shown", "new_shown"),
    [
        (replace(WHOLE, version="2"), "head", "version", "1", "2"),
        (replace(WHOLE, published=None), "head", "published", "29 Feb 2024", "none"),
        (
            replace(WHOLE, pathways=(replace(PATHWAY, glh_includes_support=False),)),
            "Pathways",
            "guided hours include induction and tutorials",
            "yes",
            "no",
        ),
        (
            replace(WHOLE, pathways=(replace(PATHWAY, tutorial_hours=Decimal("2.50")),)),
            "Pathways",
            "tutorial hours",
            "2",
            "2.5",
        ),
        (
            replace(WHOLE, pathways=(replace(PATHWAY, units=("O-1",)),)),
            "Pathways",
            "units",
            "O-1, O-2",
            "O-1",
        ),
        (
            replace(WHOLE, verbs=(VerbEntry("explain", "How."),)),
            "Verbs",
            "meaning",
            "Say why.",
            "How.",
        ),
        (
            replace(WHOLE, assessments=(replace(SHEET, words_from=1, words_to=2),)),
            "Assessments",
            "words, from",
            "none",
            "1",
        ),
        (
            replace(
                WHOLE,
                templates=(replace(WHOLE.templates[0], criteria=(("O-1", "1.1"), ("O-2", "1.1"))),),
            ),
            "Templates",
            "criteria",
            "O-2 1.1",
            "O-1 1.1, O-2 1.1",
        ),
        (
            replace(
                WHOLE, staff_requirements=(replace(WHOLE.staff_requirements[0], indicators=()),)
            ),
            "Staff",
            "indicators",
            "For years.",
            "",
        ),
        (
            replace(WHOLE, corrections=(replace(WHOLE.corrections[0], raw="Presing!"),)),
            "Corrections",
            "as printed",
            "Presing",
            "Presing!",
        ),
    ],
)
def test_every_sort_of_part_is_compared_value_by_value(
    new: SpecificationEntry, where: str, label: str, old_shown: str, new_shown: str
) -> None:
    found = differences(WHOLE, new)
    sorts = {parts.title: parts for parts in found}
    assert {title for title, parts in sorts.items() if parts} == {where} - {"head"}
    fields = found.head if where == "head" else sorts[where].all[0].fields
    assert (fields[0].label, fields[0].old_shown, fields[0].new_shown) == (
        label,
        old_shown,
        new_shown,
    )


def test_sections_are_matched_by_title_and_show_marks_and_bullets() -> None:
    sections = (
        SectionEntry("Press", 90, 44, (BulletEntry("Tells why.", (("O-2", "1.1"),)),)),
        SectionEntry("Closing", 10, 5, ()),
    )
    found = differences(WHOLE, replace(WHOLE, assessments=(replace(SHEET, sections=sections),)))
    parts = found.assessments.all[0].parts_called("Sections")
    assert kinds(parts) == {"Opening": "removed", "Press": "changed", "Closing": "added"}
    press = next(part for part in parts if part.name == "Press")
    assert [(field.field, field.old_shown, field.new_shown) for field in press.fields] == [
        ("minimum", "45", "44"),
        ("bullets", "Tells how. (O-2 1.1)", "Tells why. (O-2 1.1)"),
    ]
    assert press.entry is press.new
    assert next(part for part in parts if part.name == "Opening").entry is SHEET.sections[0]


def test_parts_of_one_name_are_told_apart() -> None:
    twice = replace(WHOLE, corrections=(*WHOLE.corrections, *WHOLE.corrections))
    found = differences(WHOLE, twice)
    assert [part.kind for part in found.corrections] == [Kind.SAME, Kind.ADDED]
    assert found.corrections.counts == {"same": 1, "changed": 0, "added": 1, "removed": 0}


# Which decisions still hold


@pytest.mark.parametrize(
    "change",
    [
        {"statement": "Explain all of it."},
        {"verb": "prune"},
        {"guidance": ("Three.",)},
        {"depth": ("Deep.",)},
        {"referral": ("Nothing.",)},
        {"passes": ("All.",)},
    ],
)
def test_a_decision_does_not_outlive_a_change_of_what_it_judged(change: dict[str, Any]) -> None:
    new = specification(
        unit("O-1", (criterion("1.1", **change), criterion("1.2"), criterion("2.1")), PRUNING.rules)
    )
    assert unchanged_criteria(OLD, new) == {("O-1", "1.2"), ("O-1", "2.1")}


def test_a_decision_does_not_outlive_a_change_of_a_rule() -> None:
    for rules in ((), (rule("2.1", minimum=20),), (rule("2.1"), rule("2.1", "clients"))):
        new = specification(replace(PRUNING, rules=rules))
        assert unchanged_criteria(OLD, new) == {("O-1", "1.1"), ("O-1", "1.2")}


def test_a_decision_outlives_other_examples_and_another_place() -> None:
    new = specification(
        PRESSING,
        unit(
            "O-1",
            (criterion("1.1", example_evidence=("A saw.",)), criterion("1.2"), criterion("2.1")),
            PRUNING.rules,
            aim="Another aim.",
        ),
        version="2",
    )
    assert unchanged_criteria(OLD, new) == {
        ("O-1", "1.1"),
        ("O-1", "1.2"),
        ("O-1", "2.1"),
        ("O-2", "1.1"),
    }


# Texts


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", []),
        ("", "Cut it.", [("added", "Cut it.")]),
        ("Cut it.", "", [("removed", "Cut it.")]),
        ("Cut it.", "Cut it.", [("same", "Cut it.")]),
        (
            "Prune three trees in winter.",
            "Prune four old trees in winter.",
            [
                ("same", "Prune"),
                ("removed", "three"),
                ("added", "four old"),
                ("same", "trees in winter."),
            ],
        ),
        ("Cut  it.", "Cut it.", [("removed", "Cut  it."), ("added", "Cut it.")]),
        (
            "Goals were set with each of them early on.",
            "Says why each tree stands.",
            [
                ("removed", "Goals were set with each of them early on."),
                ("added", "Says why each tree stands."),
            ],
        ),
    ],
)
def test_texts_differ_word_by_word(old: str, new: str, pieces: list[tuple[str, str]]) -> None:
    assert [(piece.kind.value, piece.text) for piece in word_pieces(old, new)] == pieces


def test_lists_differ_line_by_line_and_a_replaced_line_word_by_word() -> None:
    lines = lines_of(["One.", "Two trees.", "Three."], ["One.", "Two saws.", "Three.", "Four."])
    assert [[(piece.kind.value, piece.text) for piece in line.pieces] for line in lines] == [
        [("same", "One.")],
        [("same", "Two"), ("removed", "trees."), ("added", "saws.")],
        [("same", "Three.")],
        [("added", "Four.")],
    ]
    assert " ".join(piece.text for piece in lines[1].old) == "Two trees."
    assert " ".join(piece.text for piece in lines[1].new) == "Two saws."


def test_a_number_that_differs_is_shown_whole() -> None:
    (line,) = FieldChange("glh", None, 12).lines
    assert [(piece.kind, piece.text) for piece in line.pieces] == [
        (Kind.REMOVED, "none"),
        (Kind.ADDED, "12"),
    ]
    assert FieldChange("glh", None, 12).label == "guided learning hours"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (None, "none"),
        (1, "1"),
        (0, "0"),
        (Decimal("100"), "100"),
        (Decimal("1.50"), "1.5"),
        (date(2026, 11, 17), "17 Nov 2026"),
        (("O-1", "1.1"), "O-1 1.1"),
        (("CM1", "CM15"), "CM1, CM15"),
        ((), ""),
    ],
)
def test_values_are_shown_as_people_write_them(value: object, words: str) -> None:
    assert shown(value) == words


WORDS = st.lists(st.sampled_from(["cut", "three", "old", "trees", "well."]), max_size=8).map(
    " ".join
)


def said(lines: tuple[Line, ...], side: str) -> list[str]:
    """The lines of one side that hold something."""
    each = (" ".join(piece.text for piece in getattr(line, side)) for line in lines)
    return [line for line in each if line]


@given(WORDS, WORDS)
def test_each_side_of_a_text_reads_as_the_text_itself(old: str, new: str) -> None:
    lines = FieldChange("aim", old, new).lines
    assert " ".join(said(lines, "old")) == old
    assert " ".join(said(lines, "new")) == new
    same = all(piece.kind == Kind.SAME for line in lines for piece in line.pieces)
    assert same == (old == new)


@given(st.lists(WORDS.filter(bool), max_size=5), st.lists(WORDS.filter(bool), max_size=5))
def test_each_side_of_a_list_reads_as_the_list_itself(old: list[str], new: list[str]) -> None:
    lines = FieldChange("depth", tuple(old), tuple(new)).lines
    assert said(lines, "old") == old
    assert said(lines, "new") == new


# What holds for every two versions


@st.composite
def units(draw: st.DrawFn, ref: str) -> UnitEntry:
    numbers = draw(
        st.lists(st.sampled_from(["1.1", "1.2", "2.1", "3.1"]), min_size=1, unique=True).map(sorted)
    )
    criteria = tuple(
        criterion(
            number,
            draw(WORDS),
            depth=tuple(draw(st.lists(WORDS, max_size=2))),
            example_evidence=tuple(draw(st.lists(WORDS, max_size=1))),
        )
        for number in numbers
    )
    ruled = draw(st.lists(st.sampled_from(numbers), max_size=2, unique=True))
    rules = tuple(rule(number, minimum=draw(st.integers(1, 2))) for number in ruled)
    return unit(ref, criteria, rules, credits=draw(st.integers(1, 2)))


@st.composite
def specifications(draw: st.DrawFn) -> SpecificationEntry:
    refs = draw(st.lists(st.sampled_from(["A", "B", "C"]), max_size=3, unique=True))
    codes = draw(st.lists(st.sampled_from(["X", "Y"]), max_size=2, unique=True))
    return specification(
        *(draw(units(ref)) for ref in refs),
        version=draw(st.sampled_from(["1", "2"])),
        pathways=tuple(
            replace(PATHWAY, code=code, credits=draw(st.integers(1, 2))) for code in codes
        ),
        corrections=tuple(
            CorrectionEntry("Title", text, text, "Why")
            for text in draw(st.lists(WORDS, max_size=2))
        ),
        templates=WHOLE.templates if draw(st.booleans()) else (),
    )


SWAPPED = {
    Kind.ADDED: Kind.REMOVED,
    Kind.REMOVED: Kind.ADDED,
    Kind.CHANGED: Kind.CHANGED,
    Kind.SAME: Kind.SAME,
}


def all_parts(found: Any) -> dict[Any, Kind]:
    """Every part of every sort, however deep, by the way to it."""
    kinds: dict[Any, Kind] = {}

    def walk(way: tuple[Any, ...], parts: Parts) -> None:
        for at, part in enumerate(sorted(parts, key=lambda part: str(part.key))):
            here = (*way, parts.title, part.key, at)
            kinds[here] = part.kind
            for inner in part.parts:
                walk(here, inner)

    for parts in found:
        walk((), parts)
    return kinds


@given(specifications())
def test_nothing_differs_from_itself(entry: SpecificationEntry) -> None:
    found = differences(entry, entry)
    assert not found
    assert set(all_parts(found).values()) <= {Kind.SAME}
    assert unchanged_criteria(entry, entry) == {part.key for part in found.criteria}


@given(specifications(), specifications())
def test_there_is_a_difference_exactly_where_two_versions_are_not_equal(
    old: SpecificationEntry, new: SpecificationEntry
) -> None:
    assert bool(differences(old, new)) == (old != new)


@given(specifications(), specifications())
def test_swapping_the_versions_swaps_added_and_removed(
    old: SpecificationEntry, new: SpecificationEntry
) -> None:
    there, back = differences(old, new), differences(new, old)
    assert {way: SWAPPED[kind] for way, kind in all_parts(there).items()} == all_parts(back)
    assert [(field.field, field.new, field.old) for field in there.head] == [
        (field.field, field.old, field.new) for field in back.head
    ]
    assert unchanged_criteria(old, new) == unchanged_criteria(new, old)


@given(specifications(), specifications())
def test_the_new_version_can_be_put_together_from_the_old_and_the_differences(
    old: SpecificationEntry, new: SpecificationEntry
) -> None:
    found = differences(old, new)
    for part in found.criteria:
        if part.kind == Kind.SAME:
            assert part.old == part.new
        if part.kind == Kind.CHANGED:
            values = {field.field: field.new for field in part.fields}
            assert replace(part.old, **values) == part.new
    now = [part.new for part in found.units if part.new is not None]
    assert now == list(new.units)
    was = [part.old for part in found.units if part.old is not None]
    assert sorted(was, key=lambda unit: unit.ref) == sorted(old.units, key=lambda unit: unit.ref)


@given(specifications(), specifications())
def test_an_unchanged_criterion_differs_in_examples_at_most(
    old: SpecificationEntry, new: SpecificationEntry
) -> None:
    still = unchanged_criteria(old, new)
    for part in differences(old, new).criteria:
        if part.key in still:
            assert {field.field for field in part.fields} <= {"example_evidence"}
            assert not any(part.parts)
        elif part.kind == Kind.SAME:
            pytest.fail(f"{part.key} is the same and yet not kept")
