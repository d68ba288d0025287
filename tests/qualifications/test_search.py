"""Search over the criteria: what is found, in which order, for whom, and whatever is typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from qualifications.actions import load_specification
from qualifications.models import Criterion
from qualifications.platform import platform_context
from qualifications.search import PAGE_SIZE, QUERY_LENGTH, SearchPage, asked, search_page
from tests.qualifications.fixture_recount import content_of, criteria_by_key, file_of
from tests.qualifications.orchard import ALDER, BIRCH, OF_A_CENTRE, as_centre

pytestmark = pytest.mark.django_db

PUBLISHED = OF_A_CENTRE.replace(
    'version: "1"\n', 'version: "1"\npublished: 2024-02-29\npublished_by: Orchard Guild\n'
)


@pytest.fixture(autouse=True)
def _shared() -> None:
    """8577 and D7 beside 8588, which every test has."""
    with platform_context():
        for number in ("8577", "D7"):
            load_specification(file_of(number), using="default")


@pytest.fixture
def own() -> Iterator[None]:
    """What Birch published for itself."""
    with as_centre(BIRCH):
        load_specification(PUBLISHED, using="default", centre_id=BIRCH)
    yield


def look(text: str = "", page: int = 1, **narrowed: str) -> SearchPage:
    return search_page(None, asked(text, **narrowed), page)


def found(page: SearchPage) -> list[tuple[str, str]]:
    return [(row.unit.ref, hit.criterion.number) for row in page.units for hit in row.hits]


def marked(pieces: Any) -> str:
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


def test_what_was_looked_for_is_marked_in_the_statement() -> None:
    page = look("supervision", qualification="8588")
    hits = {(row.unit.ref, hit.criterion.number): hit for row in page.units for hit in row.hits}
    said = marked(hits["8588-501", "3.3"].statement)
    assert "[supervision]" in said
    statement = Criterion.objects.get(unit__ref="8588-501", number="3.3").statement
    assert said.replace("[", "").replace("]", "") == statement


def test_another_form_of_a_word_is_found_too() -> None:
    assert set(found(look("negotiating"))) == set(found(look("negotiate"))) != set()


def test_a_match_beside_the_statement_says_where() -> None:
    page = look("advantages drawbacks", qualification="D7")
    assert found(page) == [("D7.01", "1.2")]
    hit = page.units[0].hits[0]
    assert "[" not in marked(hit.statement)
    assert "[advantages]" in marked(hit.beside)


def test_units_come_in_the_order_of_their_best_criterion() -> None:
    page = look("peer mentoring networks")
    ranks = [hit.criterion.rank for row in page.units for hit in row.hits[:1]]  # type: ignore[attr-defined]
    assert ranks == sorted(ranks, reverse=True)
    assert found(page)[0] in {("D7.02", "3.1")}


def test_a_phrase_and_a_word_left_out() -> None:
    phrase = set(found(look('"reflective log"')))
    either = set(found(look("reflective log")))
    assert phrase <= either
    without = set(found(look("feedback -supervisor", qualification="8588")))
    assert without < set(found(look("feedback", qualification="8588")))


def test_filters_narrow_by_qualification_level_and_verb() -> None:
    everywhere = set(found(look("feedback")))
    assert {ref for ref, _ in everywhere} > {"8588-501"}
    assert {ref[:2] for ref, _ in found(look("feedback", qualification="D7"))} == {"D7"}
    level = look("feedback", level="3")
    assert {row.specification.qualification.level for row in level.units} == {3}
    verb = look("feedback", verb="use")
    assert {hit.criterion.verb.word for row in verb.units for hit in row.hits} == {"use"}
    assert found(look("feedback", qualification="none such")) == []


def test_a_verb_alone_lists_every_criterion_that_asks_it() -> None:
    criteria = criteria_by_key(content_of("D7"))
    asks = sorted(key for key, row in criteria.items() if row["verb"] == "critically review")
    listed = [f"{ref} {number}" for ref, number in found(look(verb="critically review"))]
    assert sorted(row for row in listed if row.startswith("D7")) == asks
    assert look(verb="critically review").units[0].hits[0].beside == ()


def test_nothing_asked_finds_nothing() -> None:
    page = look("   ")
    assert (page.asked.is_empty, page.units, page.page.paginator.count) == (True, (), 0)


@pytest.mark.parametrize("text", ["the and of", "a", "?!", '""', "-", "\x00\x01"])
def test_words_too_common_to_search_for_are_told_apart_from_no_match(text: str) -> None:
    assert look(text).units == ()
    assert look(text).has_words is (asked(text).text == "")
    assert look("zebra").has_words is True


@pytest.mark.parametrize(
    "text",
    [
        'coaching" OR "',
        "coach\x00ing",
        "':* & | ! <-> (",
        "<script>alert(1)</script> coaching",
        "\ue000coaching\ue001",
        "\\",
        "%_%",
        "-" * 150,
        "- " * 90,
        '-"' * 90,
        "-a or " * 30,
        '"-"' * 60,
        "coaching " * 200,
        "ĂǼ 教練 🙂",
        "or or or",
        "\ud7ff\u202e coaching",
    ],
)
def test_whatever_is_typed_is_answered(text: str) -> None:
    page = look(text, qualification=text, level=text, verb=text)
    assert len(page.asked.text) <= QUERY_LENGTH
    assert page.units == ()
    assert look(text).page.number == 1


@given(st.text(alphabet="-\"|&!()<>:*\\' aor", max_size=250))
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_signs_in_any_order_are_refused_by_the_database(text: str) -> None:
    assert look(text).page.number == 1


def test_a_marker_that_is_typed_or_held_marks_nothing() -> None:
    assert asked("\ue000coaching").text == "coaching"


def test_pages_hold_every_hit_once() -> None:
    total = look(qualification="8588").page.paginator.count
    assert total == 40
    pages = [found(look(qualification="8588", page=number)) for number in (1, 2)]
    assert [len(page) for page in pages] == [PAGE_SIZE, total - PAGE_SIZE]
    assert len({*pages[0], *pages[1]}) == total
    ranked = [found(look("coaching", page=number)) for number in range(1, 20)]
    count = look("coaching").page.paginator.count
    last = -(-count // PAGE_SIZE)
    assert len({hit for page in ranked[:last] for hit in page}) == count
    assert found(look("coaching", page=99)) == ranked[last - 1]


def test_only_the_newest_version_is_searched() -> None:
    text = file_of("D7").read_text(encoding="utf-8")
    newer = (
        text.replace("version: October 2011", "version: Later")
        .replace("published: 2011-10-01", "published: 2026-03-01")
        .replace("Negotiate ", "Negotiate, like a zebra, ")
    )
    assert found(look("zebra")) == []
    before = found(look("negotiate", qualification="D7"))
    with platform_context():
        load_specification(newer, using="default")
    assert found(look("zebra")) == [("D7.03", "2.1")]
    assert sorted(found(look("negotiate", qualification="D7"))) == sorted(before)


def test_a_draft_is_never_found() -> None:
    text = OF_A_CENTRE.replace("Explain the yield", "Explain the zebra")
    with as_centre(ALDER):
        load_specification(text, using="default", centre_id=ALDER)
        assert search_page(ALDER, asked("zebra"), 1).units == ()


@pytest.mark.usefixtures("own")
def test_a_centre_finds_its_own_and_no_other_finds_it() -> None:
    with as_centre(BIRCH):
        assert found(search_page(BIRCH, asked("harvest"), 1)) == [("O-3", "1.1")]
        # Row security would show it here, so this is the query's own filter.
        alders = search_page(ALDER, asked("harvest"), 1)
        assert found(alders) == []
        assert "9001" not in {row.number for row in alders.qualifications}
    with as_centre(ALDER):
        # And here it is row security that holds it back.
        assert found(search_page(BIRCH, asked("harvest"), 1)) == []


def test_the_number_of_queries_is_constant(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(4):
        assert len(found(look("advantages drawbacks", qualification="D7"))) == 1
    with django_assert_num_queries(4):
        assert len(found(look("coaching"))) == PAGE_SIZE
