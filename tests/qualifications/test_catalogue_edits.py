"""Edits as pure functions: what refers to one another stays together, and nothing else changes."""

from dataclasses import replace
from datetime import date

import pytest

from qualifications import catalogue_edits as edits
from qualifications.catalogue_edits import Mark, NoSuchPartError
from qualifications.catalogue_entries import (
    CriterionEntry,
    SpecificationEntry,
    TemplateEntry,
    plain,
)
from qualifications.catalogue_file import read_specification
from qualifications.catalogue_text import written_yaml
from tests.qualifications.orchard import PUBLISHED


@pytest.fixture
def orchard() -> SpecificationEntry:
    return read_specification(PUBLISHED)


def is_sound(entry: SpecificationEntry) -> bool:
    """Whether the content holds against every rule of a file."""
    return read_specification(written_yaml(entry)) == entry


def touched(old: SpecificationEntry, new: SpecificationEntry) -> set[str]:
    """The fields of the whole that differ."""
    before, after = plain(old), plain(new)
    return {name for name in before if before[name] != after[name]}


def test_a_draft_is_published_by_nobody(orchard: SpecificationEntry) -> None:
    draft = edits.as_draft(orchard, "2")
    assert (draft.published, draft.published_by, draft.version) == (None, "", "2")
    assert touched(orchard, draft) == {"published", "published_by", "version"}
    assert edits.as_draft(orchard).version == "1"


def test_the_head_changes_alone(orchard: SpecificationEntry) -> None:
    day = date(2026, 11, 22)
    new = edits.with_head(orchard, version="1a", source="A letter", corrected_on=day)
    assert (new.version, new.source, new.corrected_on) == ("1a", "A letter", day)
    assert touched(orchard, new) == {"version", "source", "corrected_on"}


def test_an_outcome_keeps_its_number_and_criteria(orchard: SpecificationEntry) -> None:
    new = edits.with_outcome(orchard, 2, 1, title="Crush", text="Crush pears.")
    was, now = orchard.units[1].outcomes[0], new.units[1].outcomes[0]
    assert now == replace(was, title="Crush", text="Crush pears.")
    assert new.units[0] == orchard.units[0]


def test_a_criterion_is_changed_under_its_number(orchard: SpecificationEntry) -> None:
    held = edits.criterion_of(orchard.units[0], "1.2")
    new = edits.with_criterion(orchard, 1, replace(held, statement="Explain every cut."))
    assert [c.statement for c in new.units[0].criteria] == [
        "Prune three trees.",
        "Explain every cut.",
    ]
    with pytest.raises(NoSuchPartError):
        edits.with_criterion(orchard, 1, replace(held, number="1.3"))


def test_an_added_criterion_takes_the_next_number_and_its_place_on_the_mark_sheet(
    orchard: SpecificationEntry,
) -> None:
    more = CriterionEntry("", "Explain the pulp.", "explain", (), (), (), (), ())
    new = edits.with_added_criterion(orchard, 2, 1, more, Mark(sheet=2, section=2, bullet=1))
    assert [c.number for c in new.units[1].criteria] == ["1.1", "1.2", "1.3"]
    assert new.assessments[1].sections[1].bullets[0].criteria == (
        ("O-2", "1.1"),
        ("O-2", "1.3"),
        ("O-3", "1.1"),
    )
    assert is_sound(new)
    assert touched(orchard, new) == {"units", "assessments"}


def test_a_removed_criterion_leaves_no_trace(orchard: SpecificationEntry) -> None:
    corrected = replace(orchard.corrections[0], unit="O-2", criterion="1.2")
    form = TemplateEntry("log", "Log", "A log.", (("O-2", "1.1"), ("O-2", "1.2")))
    orchard = replace(orchard, corrections=(corrected,), templates=(form,))
    new = edits.without_last_criterion(orchard, 2, 1)
    assert [c.number for c in new.units[1].criteria] == ["1.1"]
    assert new.assessments[1].sections[2].bullets[0].criteria == ()
    assert new.templates[0].criteria == (("O-2", "1.1"),)
    assert (new.corrections[0].unit, new.corrections[0].criterion) == ("O-2", "")
    assert is_sound(new)


def test_a_removed_criterion_takes_its_rules_with_it(orchard: SpecificationEntry) -> None:
    assert [rule.criterion for rule in orchard.units[0].rules] == ["1.1", "1.2"]
    new = edits.without_last_criterion(orchard, 1, 1)
    assert [rule.criterion for rule in new.units[0].rules] == ["1.1"]
    assert is_sound(new)


def test_gates_come_before_the_checklist(orchard: SpecificationEntry) -> None:
    gate, item = orchard.units[0].rules
    new = edits.with_rules(orchard, 1, [item, gate])
    assert new.units[0].rules == (gate, item)


def test_sections_sizes_verbs_and_corrections_are_replaced_alone(
    orchard: SpecificationEntry,
) -> None:
    sections = tuple(reversed(orchard.assessments[1].sections))
    assert edits.with_sections(orchard, 2, sections).assessments[1].sections == sections
    units = [replace(unit, credits=unit.credits + 1) for unit in orchard.units]
    new = edits.with_sizes(orchard, units, orchard.pathways)
    assert [unit.credits for unit in new.units] == [5, 4, 3, 6]
    assert edits.with_verbs(orchard, orchard.verbs[:1]).verbs == orchard.verbs[:1]
    assert edits.with_corrections(orchard, ()).corrections == ()


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_place_that_is_not_there_is_refused(orchard: SpecificationEntry, place: int) -> None:
    with pytest.raises(NoSuchPartError):
        edits.unit_at(orchard, place)
    with pytest.raises(NoSuchPartError):
        edits.sheet_at(orchard, place)
    with pytest.raises(NoSuchPartError):
        edits.outcome_of(orchard.units[0], place)
    with pytest.raises(NoSuchPartError):
        edits.with_sections(orchard, place, ())
