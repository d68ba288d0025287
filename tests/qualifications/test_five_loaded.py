"""All five files in the catalogue together: what is held is what the files say."""

from datetime import date

import pytest

from qualifications.actions import load_specifications
from qualifications.catalogue_entries import digest, plain
from qualifications.catalogue_file import read_specification
from qualifications.held_content import held_content
from qualifications.models import Assessment, Specification
from qualifications.queries import assessment_tree
from tests.qualifications.fixture_recount import DOCUMENTS, content_of, file_of
from tests.qualifications.fixture_shape import catalogue_shape


@pytest.fixture
def loaded(db: None) -> dict[str, Specification]:
    made = load_specifications([file_of(number) for number in DOCUMENTS])
    assert [(row.units, row.criteria) for row in made] == [
        (4, 36),
        (4, 34),
        (4, 40),
        (3, 20),
        (3, 22),
    ]
    return {number: row.specification for number, row in zip(DOCUMENTS, made, strict=True)}


@pytest.mark.django_db(databases=["default", "owner"])
def test_all_five_load_together_and_hold_what_was_read(
    loaded: dict[str, Specification],
) -> None:
    for number, specification in loaded.items():
        held = held_content(specification, using="owner")
        assert held == read_specification(file_of(number))
        assert digest(held) == specification.digest
        assert specification.is_published
        assert specification.corrected_on == date(2026, 11, 22)
    again = load_specifications([file_of(number) for number in DOCUMENTS])
    assert {row.state for row in again} == {"unchanged"}


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_catalogue_holds_every_value_of_the_files(loaded: dict[str, Specification]) -> None:
    """What stands in the files, put into the catalogue's shape without our reader."""
    for number, specification in loaded.items():
        assert plain(held_content(specification, using="owner")) == catalogue_shape(
            content_of(number)
        )


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_result_sheet_without_descriptors_can_be_judged(
    loaded: dict[str, Specification],
) -> None:
    for number, criteria in (("8577", [8, 10, 12, 6]), ("8581", [9, 9, 10, 6])):
        rows = Assessment.objects.using("owner").filter(specification=loaded[number])
        trees = [assessment_tree(row.id, using="owner") for row in rows.order_by("position")]
        assert [len(tree.criteria) for tree in trees] == criteria
        assert not any(c.referral or c.passes for tree in trees for c in tree.criteria)
