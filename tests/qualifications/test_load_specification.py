"""Loading: all or nothing, twice is once, a draft is replaced, a published version is not."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections, models

from qualifications.actions import TREE, Loaded, load_specification, load_specifications
from qualifications.catalogue_entries import digest
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.held_content import held_content
from qualifications.models import (
    AwardingBody,
    Correction,
    Criterion,
    Qualification,
    Specification,
    SpecificationRow,
    Unit,
)
from tests.qualifications.orchard import (
    DRAFT_OF_8588,
    ORCHARD,
    PUBLISHED,
    SECOND_VERSION,
    remove_draft,
)

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def orchard_versions() -> list[str]:
    rows = Specification.objects.using("owner").filter(qualification__number="9001")
    return list(rows.order_by("version").values_list("version", flat=True))


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the catalogue, to see that nothing has moved."""
    every: list[type[models.Model]] = [AwardingBody, Qualification, Specification, *TREE]
    return {
        model.__name__: list(model._default_manager.using("owner").order_by("pk").values_list())
        for model in every
    }


def refused(*sources: Path | str) -> list[str]:
    with pytest.raises(CatalogueFaultsError) as caught:
        load_specifications(list(sources))
    return [str(fault) for fault in caught.value.faults]


def test_a_file_is_loaded_row_by_row() -> None:
    loaded = load_specification(PUBLISHED)

    assert (loaded.state, loaded.units, loaded.criteria) == ("loaded", 4, 5)
    held = Specification.objects.using("owner").get(qualification__number="9001")
    assert held_content(held, using="owner") == read_specification(PUBLISHED)
    assert held.digest == digest(read_specification(PUBLISHED))
    assert held.is_published
    first = Correction.objects.using("owner").get(specification=held, position=1)
    assert (first.raw, first.unit and first.unit.ref) == ("Presing", "O-2")


def test_the_words_of_a_criterion_are_weighed_for_the_search() -> None:
    held = load_specification(PUBLISHED).specification
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT word.lexeme, word.weights FROM qualifications_criterion c,"
            " unnest(c.search) AS word JOIN qualifications_unit u ON u.ref = 'O-1'"
            " WHERE c.specification_id = %s AND c.unit_id = u.id AND c.number = '1.1'",
            [held.pk],
        )
        weights = {lexeme: "".join(sorted(set(found))) for lexeme, found in cursor.fetchall()}
    assert weights["three"] == "AD"  # statement; descriptor of a pass
    assert weights["winter"] == "B"  # title of the unit
    assert weights["young"] == "B"  # text of the outcome
    assert weights["differ"] == "C"  # guidance
    assert weights["torn"] == "CD"  # depth; descriptor of a referral
    assert weights["photograph"] == "D"  # example evidence
    empty = Criterion.objects.using("owner").filter(specification=held, search=None)
    assert not empty.exists()


def test_loading_twice_changes_nothing() -> None:
    load_specification(PUBLISHED)
    before = all_rows()

    assert load_specification(PUBLISHED).state == "unchanged"

    assert all_rows() == before


def test_the_shared_catalogue_is_unchanged_when_its_own_file_is_loaded_again() -> None:
    before = all_rows()
    fixture = Path(__file__).resolve().parents[2] / "fixtures" / "qualifications" / "8588.yaml"
    assert load_specification(fixture).state == "unchanged"
    assert all_rows() == before


def test_a_published_version_that_differs_is_refused_with_the_first_difference() -> None:
    load_specification(PUBLISHED)
    before = all_rows()

    (fault,) = refused(PUBLISHED.replace("The cuts are torn.", "The cuts are rough."))

    assert fault == (
        "text:1: 9001 version 1: this version is published, and the file differs from it:"
        " units O-1, outcomes 1, criteria 1.1, referral 2:"
        ' "The cuts are torn." is held, the file says "The cuts are rough.".'
        " A published version is frozen: give the correction a new version label."
    )
    assert all_rows() == before


def test_a_correction_is_loaded_under_a_new_version_label_beside_the_old_one() -> None:
    load_specification(PUBLISHED)
    corrected = SECOND_VERSION.replace("The cuts are torn.", "The cuts are rough.")

    assert load_specification(corrected).state == "loaded"

    assert orchard_versions() == ["1", "2"]
    assert Unit.objects.using("owner").filter(ref="O-1").count() == 2


def test_a_draft_that_differs_is_replaced_whole_and_keeps_its_own_row() -> None:
    first = load_specification(ORCHARD)
    old_rows = {
        model: set(model._default_manager.using("owner").values_list("pk", flat=True))
        for model in TREE
    }

    replaced = load_specification(ORCHARD.replace("Prune three trees.", "Prune three old trees."))

    assert (first.state, replaced.state) == ("loaded", "draft replaced")
    assert orchard_versions() == ["1"]
    assert replaced.specification.pk == first.specification.pk
    criteria = Criterion.objects.using("owner").filter(unit__ref="O-1", number="1.1")
    assert [criterion.statement for criterion in criteria] == ["Prune three old trees."]
    for model in TREE:
        rows = model._default_manager.using("owner").filter(specification=first.specification.pk)
        assert rows.exists()
        assert not rows.filter(pk__in=old_rows[model]).exists()


def test_a_draft_is_published_by_a_file_that_names_who_did() -> None:
    load_specification(ORCHARD)
    assert load_specification(PUBLISHED).state == "draft replaced"
    held = Specification.objects.using("owner").get(qualification__number="9001")
    assert (held.is_published, held.published_by) == (True, "Orchard Guild")


def test_one_faulty_file_keeps_every_file_out_and_all_faults_are_told() -> None:
    before = all_rows()
    faulty = ORCHARD.replace("    credits: 4", "    credits: four")

    faults = refused(ORCHARD, faulty.replace('version: "1"', 'version: "2"'), "not a file")

    assert len(faults) == 2
    assert all_rows() == before


def test_a_refusal_by_the_catalogue_keeps_the_other_files_out_too() -> None:
    load_specification(PUBLISHED)
    before = all_rows()

    refused(SECOND_VERSION, PUBLISHED.replace("The cuts are torn.", "The cuts are rough."))

    assert all_rows() == before


def test_two_files_for_one_version_are_refused() -> None:
    (fault,) = refused(ORCHARD, PUBLISHED)
    assert "9001 version 1: text holds it too. Keep one of them." in fault
    assert orchard_versions() == []


@pytest.mark.parametrize(
    ("passage", "instead", "rule"),
    [
        ("name: Orchard Guild", "name: Guild", 'the name of the awarding body is "Orchard Guild"'),
        ("title: Tending an Orchard", "title: Tending", "the title of the qualification is"),
        (
            "level: 3\nversion",
            "level: 4\nversion",
            'the level of the qualification is "3" in the catalogue, "4" in the file',
        ),
    ],
)
def test_a_new_version_cannot_rename_the_qualification_under_the_old_ones(
    passage: str, instead: str, rule: str
) -> None:
    load_specification(PUBLISHED)
    assert SECOND_VERSION.count(passage) == 1
    (fault,) = refused(SECOND_VERSION.replace(passage, instead))
    assert rule in fault
    assert orchard_versions() == ["1"]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_two_loads_at_once_are_one_after_the_other() -> None:
    start = Barrier(2)

    def load() -> Loaded:
        try:
            start.wait(timeout=10)
            return load_specification(DRAFT_OF_8588)
        finally:
            connections["owner"].close()

    with ThreadPoolExecutor(2) as pool:
        loads = [pool.submit(load) for _ in range(2)]
        loaded = [load.result(timeout=30) for load in loads]
    try:
        assert sorted(each.state for each in loaded) == ["loaded", "unchanged"]
        assert loaded[0].specification == loaded[1].specification
    finally:
        remove_draft(loaded[0].specification)


def test_the_tree_names_every_model_that_is_part_of_a_specification() -> None:
    assert set(TREE) == set(SpecificationRow.__subclasses__())
