"""Drafts: made from a version, revised by one person at a time, published once, or discarded."""

import datetime
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connections

from centres.models import Registration
from centres.tenancy import centre_context
from qualifications.actions import (
    TREE,
    DraftInUseError,
    PublishedError,
    StaleDraftError,
    VersionTakenError,
    discard_draft,
    load_specification,
    make_draft,
    publish_draft,
    revise_draft,
)
from qualifications.catalogue_entries import (
    SpecificationEntry,
    digest,
    first_difference,
)
from qualifications.catalogue_file import CatalogueFaultsError, read_specification
from qualifications.catalogue_text import written_yaml
from qualifications.held_content import held_content
from qualifications.models import Criterion, Pathway, Specification, Unit
from qualifications.platform import platform_context
from tests.cast import Cast
from tests.qualifications.orchard import ALDER, BIRCH, OF_A_CENTRE, as_centre, remove_draft

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

Context = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=[None, ALDER], ids=["shared", "of a centre"])
def owner(request: pytest.FixtureRequest) -> UUID | None:
    """Whose drafts they are: everybody's, written by the platform, or one centre's."""
    centre: UUID | None = request.param
    return centre


@pytest.fixture
def writing(owner: UUID | None) -> Context:
    return (lambda: as_centre(owner)) if owner else platform_context


@pytest.fixture
def handbook() -> Specification:
    """The published version 2.0 of 8588, which every centre shares."""
    return Specification.objects.get(qualification__number="8588", version="2.0")


@pytest.fixture
def draft(handbook: Specification, owner: UUID | None, writing: Context) -> Iterator[Specification]:
    with writing():
        yield make_draft(specification=handbook, version="2.1", centre_id=owner)


def reworded(entry: SpecificationEntry, statement: str) -> SpecificationEntry:
    """The same but for the statement of the first criterion, which begins with "Define"."""
    unit = entry.units[0]
    outcome = unit.outcomes[0]
    criterion = replace(outcome.criteria[0], statement=statement)
    outcome = replace(outcome, criteria=(criterion, *outcome.criteria[1:]))
    unit = replace(unit, outcomes=(outcome, *unit.outcomes[1:]))
    return replace(entry, units=(unit, *entry.units[1:]))


def first_statement(specification: Specification) -> str:
    return held_content(specification).units[0].criteria[0].statement


def rows_below(specification: Specification) -> int:
    return sum(
        model._default_manager.filter(specification=specification.pk).count() for model in TREE
    )


def test_a_draft_is_a_copy_under_a_label_of_its_own(
    handbook: Specification, draft: Specification, owner: UUID | None
) -> None:
    before, copy = held_content(handbook), held_content(draft)

    assert copy == replace(before, version="2.1", published=None, published_by="")
    assert (draft.based_on_id, draft.centre_id) == (handbook.pk, owner)
    assert draft.qualification_id == handbook.qualification_id
    assert not draft.is_published
    assert draft.digest == digest(copy) != handbook.digest
    assert rows_below(draft) == rows_below(handbook) > 0


def test_a_label_is_given_once(handbook: Specification) -> None:
    with platform_context():
        make_draft(specification=handbook, version="2.1")
        for taken in ("2.0", "2.1", " 2.1 "):
            with pytest.raises(VersionTakenError, match=r"has a version 2\.. already\. Choose"):
                make_draft(specification=handbook, version=taken)


def test_a_centres_label_is_neither_that_of_a_shared_version_nor_kept_from_another_centre(
    handbook: Specification,
) -> None:
    with as_centre(ALDER):
        with pytest.raises(VersionTakenError, match=r"has a version 2\.0 already"):
            make_draft(specification=handbook, version="2.0", centre_id=ALDER)
        draft = make_draft(specification=handbook, version="2.1", centre_id=ALDER)
        assert Specification.objects.filter(qualification=handbook.qualification_id).count() == 2
    with as_centre(BIRCH):
        assert not Specification.objects.filter(pk=draft.pk).exists()
        assert make_draft(specification=handbook, version="2.1", centre_id=BIRCH).pk != draft.pk


@pytest.mark.parametrize("label", ["", "  ", "two\nlines", "x" * 41])
def test_a_label_that_no_file_could_give_is_refused(handbook: Specification, label: str) -> None:
    with platform_context(), pytest.raises(CatalogueFaultsError, match="'version'"):
        make_draft(specification=handbook, version=label)
    assert Specification.objects.filter(qualification__number="8588").count() == 1


def test_a_draft_is_revised_in_its_own_row(draft: Specification) -> None:
    entry = reworded(held_content(draft), "Define coaching, mentoring and the space between.")
    old = set(Criterion.objects.filter(specification=draft).values_list("pk", flat=True))

    revised = revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)

    assert revised.pk == draft.pk
    assert revised.based_on_id == draft.based_on_id
    held = Specification.objects.get(pk=draft.pk)
    assert held_content(held) == entry
    assert held.digest == revised.digest == digest(entry) != draft.digest
    new = set(Criterion.objects.filter(specification=draft).values_list("pk", flat=True))
    assert len(new) == len(old) == 40
    assert new.isdisjoint(old)


def test_a_revision_may_add_units_take_them_away_and_rename_the_version(
    draft: Specification,
) -> None:
    orchard = read_specification(OF_A_CENTRE)
    entry = replace(
        orchard,
        number="8588",
        title=draft.qualification.title,
        level=draft.qualification.level,
        version="3.0",
    )

    revised = revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)

    assert held_content(revised) == entry
    assert revised.version == "3.0"
    assert set(Unit.objects.filter(specification=draft).values_list("ref", flat=True)) == {
        "O-1",
        "O-2",
        "O-3",
        "O-4",
    }


def test_the_same_content_again_keeps_the_digest(draft: Specification) -> None:
    entry = held_content(draft)
    revised = revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)
    assert revised.digest == draft.digest
    assert first_difference(held_content(revised), entry) is None


def test_a_publisher_in_the_entry_publishes_nothing(draft: Specification) -> None:
    entry = replace(
        held_content(draft), published=datetime.date(2026, 1, 1), published_by="Somebody"
    )
    revised = revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)
    assert (revised.is_published, revised.published_by) == (False, "")


def test_a_revision_of_what_was_changed_meanwhile_is_refused(draft: Specification) -> None:
    shown = draft.digest
    entry = held_content(draft)
    revise_draft(
        specification=draft,
        entry=reworded(entry, "Define coaching alone."),
        expected_digest=shown,
    )

    with pytest.raises(StaleDraftError) as refused:
        revise_draft(
            specification=draft,
            entry=reworded(entry, "Define mentoring alone."),
            expected_digest=shown,
        )

    assert str(refused.value) == (
        "the draft of version 2.1 was changed by somebody else meanwhile."
        " Look at it as it is now, and make your change again."
    )
    assert first_statement(draft) == "Define coaching alone."


def test_a_revision_is_held_against_the_rules_of_a_file(draft: Specification) -> None:
    entry = held_content(draft)
    broken = reworded(replace(entry, level=5), "Coaching is defined.")
    pathway = replace(entry.pathways[0], credits=17)
    broken = replace(broken, pathways=(pathway, *entry.pathways[1:]))

    with pytest.raises(CatalogueFaultsError) as refused:
        revise_draft(specification=draft, entry=broken, expected_digest=draft.digest)

    written = written_yaml(broken).splitlines()
    told = {fault.rule: written[fault.line - 1].strip() for fault in refused.value.faults}
    assert told == {
        'the statement does not begin with its verb "define"': "statement: Coaching is defined.",
        "the units add up to 16 credits, the pathway says 17": "credits: 17",
        "the total time is 160 h where 10 × 17 credits make 170 h": "tqt: 160",
    }
    assert held_content(draft) == entry


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"awarding_body_code": "X"}, "the code of the awarding body"),
        ({"awarding_body_name": "X"}, "the name of the awarding body"),
        ({"number": "8589"}, "the number of the qualification"),
        ({"title": "Coaching"}, "the title of the qualification"),
        ({"level": 7}, "the level of the qualification"),
    ],
)
def test_a_revision_does_not_rename_the_qualification(
    change: dict[str, object], what: str, draft: Specification
) -> None:
    entry = replace(held_content(draft), **change)  # type: ignore[arg-type]
    with pytest.raises(CatalogueFaultsError, match=f'{what} is ".*" in the catalogue'):
        revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)
    assert Specification.objects.get(pk=draft.pk).digest == draft.digest


def test_a_revision_does_not_take_the_label_of_another_version(
    draft: Specification, handbook: Specification, owner: UUID | None
) -> None:
    make_draft(specification=handbook, version="2.2", centre_id=owner)
    entry = replace(held_content(draft), version="2.2")
    with pytest.raises(VersionTakenError):
        revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)


def test_a_draft_is_published_now_by_a_person_of_that_name(draft: Specification) -> None:
    before = datetime.datetime.now(datetime.UTC)

    published = publish_draft(
        specification=draft, name="Paula Platform", expected_digest=draft.digest
    )

    held = Specification.objects.get(pk=draft.pk)
    assert held.published_at and before <= held.published_at <= datetime.datetime.now(datetime.UTC)
    assert held.published_by == "Paula Platform"
    assert held.based_on_id == draft.based_on_id
    assert held.digest == published.digest == digest(held_content(held)) != draft.digest


def test_what_was_published_loads_again_as_unchanged(handbook: Specification) -> None:
    with platform_context():
        draft = make_draft(specification=handbook, version="2.1")
        published = publish_draft(specification=draft, name="Paula", expected_digest=draft.digest)
        again = load_specification(written_yaml(held_content(published)), using="default")
    assert (again.state, again.specification.pk) == ("unchanged", draft.pk)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "'published' stands without 'published_by'"),
        ("  ", "'published_by' is empty"),
        ("x" * 251, "at most 250 fit"),
    ],
)
def test_nobody_is_no_publisher(draft: Specification, name: str, rule: str) -> None:
    with pytest.raises(CatalogueFaultsError, match=rule):
        publish_draft(specification=draft, name=name, expected_digest=draft.digest)
    assert not Specification.objects.get(pk=draft.pk).is_published


def test_what_was_changed_meanwhile_is_not_published(draft: Specification) -> None:
    shown = draft.digest
    entry = reworded(held_content(draft), "Define coaching alone.")
    revise_draft(specification=draft, entry=entry, expected_digest=shown)
    with pytest.raises(StaleDraftError):
        publish_draft(specification=draft, name="Paula", expected_digest=shown)
    assert not Specification.objects.get(pk=draft.pk).is_published


def test_what_is_published_is_neither_revised_nor_published_nor_discarded(
    draft: Specification,
) -> None:
    published = publish_draft(specification=draft, name="Paula", expected_digest=draft.digest)
    entry = held_content(published)
    attempts: list[Callable[[], object]] = [
        lambda: revise_draft(specification=draft, entry=entry, expected_digest=published.digest),
        lambda: publish_draft(specification=draft, name="Pablo", expected_digest=published.digest),
        lambda: discard_draft(specification=draft),
    ]
    for attempt in attempts:
        with pytest.raises(PublishedError, match=r"version 2\.1 is published and frozen\. Make a"):
            attempt()
    assert held_content(Specification.objects.get(pk=draft.pk)) == entry


def test_a_draft_is_discarded_whole(draft: Specification, handbook: Specification) -> None:
    before = rows_below(handbook)
    discard_draft(specification=draft)
    assert not Specification.objects.filter(pk=draft.pk).exists()
    assert rows_below(draft) == 0
    assert rows_below(handbook) == before


def test_a_discarded_draft_is_not_revised(draft: Specification) -> None:
    entry = held_content(draft)
    discard_draft(specification=Specification.objects.get(pk=draft.pk))
    for attempt in (
        lambda: revise_draft(specification=draft, entry=entry, expected_digest=draft.digest),
        lambda: discard_draft(specification=draft),
    ):
        with pytest.raises(StaleDraftError, match=r"the draft of version 2\.1 is no longer there"):
            attempt()


def test_a_draft_that_a_later_one_was_made_from_may_be_discarded(
    draft: Specification, owner: UUID | None
) -> None:
    later = make_draft(specification=draft, version="2.2", centre_id=owner)
    discard_draft(specification=draft)
    assert Specification.objects.get(pk=later.pk).based_on_id is None


def test_a_draft_that_a_hidden_row_of_a_centre_refers_to_is_kept_as_it_is(
    alder: Cast, handbook: Specification
) -> None:
    """Actions enrol on published versions alone, so the row is bent by hand."""
    registration = alder.una_registration
    with platform_context():
        draft = make_draft(specification=handbook, version="2.1")
    target = Pathway.objects.filter(specification=draft).first()
    with centre_context(alder.centre.pk):
        Registration.objects.filter(pk=registration.pk).update(pathway=target)
    entry = reworded(held_content(draft), "Define coaching alone.")
    with platform_context():
        assert not Registration.objects.exists()  # hidden here, and yet it counts
        for attempt in (
            lambda: revise_draft(specification=draft, entry=entry, expected_digest=draft.digest),
            lambda: discard_draft(specification=draft),
        ):
            with pytest.raises(DraftInUseError, match="in use already"):
                attempt()
        assert digest(held_content(draft)) == Specification.objects.get(pk=draft.pk).digest


def test_outside_its_context_a_draft_is_out_of_reach(handbook: Specification) -> None:
    with platform_context():
        shared = make_draft(specification=handbook, version="2.1")
    with as_centre(ALDER):
        own = make_draft(specification=handbook, version="2.1", centre_id=ALDER)
        entry = held_content(own)
        attempts: list[Callable[[], object]] = [
            lambda: revise_draft(specification=shared, entry=entry, expected_digest=shared.digest),
            lambda: discard_draft(specification=shared),
        ]
        for attempt in attempts:
            with pytest.raises(StaleDraftError):
                attempt()
    others: list[Context] = [lambda: as_centre(BIRCH), platform_context]
    for context in others:
        with context(), pytest.raises(StaleDraftError):
            revise_draft(specification=own, entry=entry, expected_digest=own.digest)
    with as_centre(ALDER):
        assert held_content(own) == entry


def test_the_search_follows_a_revision(draft: Specification) -> None:
    def found(word: str) -> list[str]:
        rows = Criterion.objects.filter(
            specification=draft, search=SearchQuery(word, config="english")
        )
        return [criterion.number for criterion in rows.order_by("unit__position", "position")]

    assert found("zeppelins") == []
    entry = reworded(held_content(draft), "Define what a zeppelin is.")
    revise_draft(specification=draft, entry=entry, expected_digest=draft.digest)
    assert found("zeppelins") == ["1.1"]


@pytest.fixture
def committed_draft() -> Iterator[Specification]:
    handbook = Specification.objects.get(qualification__number="8588", version="2.0")
    with platform_context():
        draft = make_draft(specification=handbook, version=f"at once {uuid.uuid4().hex[:8]}")
    yield draft
    remove_draft(draft)
    connections["owner"].close()


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_of_two_who_revise_at_once_the_second_is_told(committed_draft: Specification) -> None:
    draft = committed_draft
    entry = held_content(draft)
    start = Barrier(2)

    def revise(statement: str) -> str:
        try:
            start.wait(timeout=10)
            with platform_context():
                revise_draft(
                    specification=Specification.objects.get(pk=draft.pk),
                    entry=reworded(entry, statement),
                    expected_digest=draft.digest,
                )
        except StaleDraftError:
            return "refused"
        finally:
            connections["default"].close()
        return statement

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(revise, f"Define coaching {word}.") for word in ("first", "second")]
        endings = [run.result(timeout=60) for run in runs]

    assert sorted(ending == "refused" for ending in endings) == [False, True]
    (kept,) = [ending for ending in endings if ending != "refused"]
    assert first_statement(draft) == kept
    assert Criterion.objects.filter(specification=draft).count() == 40


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_of_two_drafts_with_one_label_made_at_once_one_is_made() -> None:
    handbook = Specification.objects.get(qualification__number="8588", version="2.0")
    label = f"at once {uuid.uuid4().hex[:8]}"
    start = Barrier(2)

    def draft_it() -> str:
        try:
            start.wait(timeout=10)
            with platform_context():
                make_draft(specification=handbook, version=label)
        except VersionTakenError:
            return "refused"
        finally:
            connections["default"].close()
        return "made"

    try:
        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(draft_it) for _ in range(2)]
            assert sorted(run.result(timeout=60) for run in runs) == ["made", "refused"]
    finally:
        for made in Specification.objects.using("owner").filter(version=label):
            remove_draft(made)
        connections["owner"].close()
