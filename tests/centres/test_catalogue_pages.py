"""The catalogue's pages: exact in what they show, for the right people, in few queries."""

import datetime
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from centres.models import User
from centres.tenancy import centre_context
from qualifications.actions import load_specification
from qualifications.catalogue import SectionRow, SheetPage, review_of
from qualifications.models import (
    Assessment,
    Correction,
    Criterion,
    MarkSection,
    Specification,
    Unit,
)
from qualifications.platform import platform_context
from qualifications.rules import judge_review_dates, mark_outcome
from tests.cast import Cast
from tests.qualifications.fixture_recount import file_of
from tests.qualifications.orchard import OF_A_CENTRE

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]

# Ten of each are the session, the person, the centre, its context and the standing in it.
CATALOGUE_QUERIES = 14
QUALIFICATION_QUERIES = 15
SEARCH_QUERIES = 14

PUBLISHED = 'version: "1"\npublished: 2024-02-29\npublished_by: Orchard Guild\n'


def load(number: str, *changes: tuple[str, str]) -> Specification:
    """A shipped document as every centre sees it, or another version of it."""
    text = file_of(number).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with platform_context():
        return load_specification(text, using="default").specification


def later_d7(*changes: tuple[str, str]) -> Specification:
    return load(
        "D7",
        ("version: October 2011", "version: Later"),
        ("published: 2011-10-01", "published: 2026-03-01"),
        *changes,
    )


def own(cast: Cast, version: str = PUBLISHED) -> Specification:
    """What a centre wrote itself."""
    text = OF_A_CENTRE.replace('version: "1"\n', version)
    with centre_context(cast.centre.pk):
        return load_specification(text, using="default", centre_id=cast.centre.pk).specification


def shared(number: str = "8588") -> Specification:
    return Specification.objects.filter(qualification__number=number, centre_id=None).earliest(
        "published_at"
    )


class Reader:
    """Somebody of a centre who reads its catalogue."""

    def __init__(self, client: Client, cast: Cast) -> None:
        self.client = client
        self.cast = cast

    def address(self, name: str, *args: object) -> str:
        return reverse(f"centres:{name}", args=[self.cast.centre.slug, *args])

    def status(self, name: str, *args: object) -> int:
        return self.client.get(self.address(name, *args)).status_code

    def page(self, name: str, *args: object, **query: str) -> str:
        answer = self.client.get(self.address(name, *args), query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def text(self, name: str, *args: object, **query: str) -> str:
        """The page as it is read, without its marks."""
        return plain(self.page(name, *args, **query))


def plain(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def reads(alder: Cast, sign_in: SignIn) -> Callable[..., Reader]:
    return lambda who="max", cast=alder: Reader(sign_in(Client(), getattr(cast, who)), cast)


# The catalogue


def test_every_qualification_stands_there_with_its_numbers(reads: Any) -> None:
    load("D5")
    text = reads().text("catalogue")
    assert "8588 Effective Coaching and Mentoring Level 5 · version 2.0" in text
    assert "Certificate , 16 credits 42 guided hours, 160 h in all" in text
    assert "Diploma , 38 credits 50 guided hours, 380 h in all 4 40" in text
    assert "Certificate , 13 credits 45 guided hours 3 20" in text
    assert "All 3 units past their review date 31 Dec 2014" in text


def test_a_row_says_whether_the_centre_offers_it(reads: Any) -> None:
    load("D7")
    page = reads().page("catalogue")
    rows = [plain(row) for row in re.findall(r"<tr role=\"row\">(.*?)</tr>", page, re.DOTALL)]
    assert [row.split()[0] for row in rows[1:]] == ["8588", "D7"]
    assert rows[1].endswith(" Offered")
    assert rows[2].endswith("Not offered")


def test_the_newest_version_comes_first_and_the_older_are_folded(reads: Any) -> None:
    load("D7")
    newer = later_d7()
    page = reads().page("catalogue")
    assert page.count("Executive Coaching and Leadership Mentoring") == 1
    assert "version Later" in plain(page)
    folded = re.findall(r'<details class="older">(.*?)</details>', page, re.DOTALL)
    assert [plain(each) for each in folded] == [
        "1 older version Version October 2011 of D7 , published 1 Oct 2011"
    ]
    old = reads().text("qualification", shared("D7").pk)
    assert "Superseded Version Later came after this one." in old
    assert "Superseded" not in reads().text("qualification", newer.pk)


def test_what_we_may_offer_is_shown_to_those_who_may(reads: Any) -> None:
    assert "What we may offer" in reads("pat").text("catalogue")
    assert "What we may offer" not in reads("una").text("catalogue")


def test_a_draft_and_another_centres_own_are_nowhere(reads: Any, birch: Cast) -> None:
    draft, foreign = own(reads().cast, 'version: "1"\n'), own(birch)
    for who in ("max", "una", "eve"):
        reader = reads(who)
        assert "9001" not in reader.text("catalogue")
        assert "Orchard" not in reader.text("catalogue-search", q="harvest")
        for spec in (draft, foreign):
            assert reader.status("qualification", spec.pk) == 404
            assert reader.status("unit", spec.pk, "O-1") == 404
            assert reader.status("criterion", spec.pk, "O-1", "1.1") == 404
            assert reader.status("sheet", spec.pk, "2-3-diary") == 404
            assert reader.status("differences", shared().pk, spec.pk) == 404
    assert reads().status("corrections", foreign.pk) == 404
    assert "9001" in reads("max", birch).text("catalogue")


def test_what_does_not_exist_is_the_same_404(reads: Any) -> None:
    spec, reader = shared().pk, reads()
    absent = [
        reader.address("qualification", "00000000-0000-4000-8000-000000000000"),
        reader.address("unit", spec, "8588-599"),
        reader.address("unit", spec, "a/b"),
        reader.address("unit", spec, "\x00"),
        reader.address("unit", spec, "D7.01"),
        reader.address("criterion", spec, "8588-501", "9.9"),
        reader.address("criterion", spec, "8588-501", "\x00"),
        reader.address("criterion", spec, "8588-599", "1.1"),
        reader.address("sheet", spec, "none"),
        reader.address("sheet", spec, "'; --"),
        reader.address("differences", spec, spec),
        reader.address("differences", spec, load("D7").pk),
    ]
    answers = [reader.client.get(path) for path in absent]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r"nonce-\S+", "", plain(a.content.decode())) for a in answers}) == 1


# A qualification


def test_a_qualification_says_how_its_units_combine(reads: Any) -> None:
    text = reads().text("qualification", shared().pk)
    assert "The Certificate takes 500, 501 and 503: 3 units, 16 credits." in text
    assert "The Diploma takes 500, 502 and 503: 3 units, 38 credits." in text
    assert "500 and 503 count towards every award" in text
    assert "501 for the Certificate and 502 for the Diploma stand in each other’s place" in text
    assert "Induction 1 h or more, tutorials 3 h or more beside the guided hours" in text
    assert "8588-21 or 8588-24, accredited as 603/3758/8" in text
    assert "from 18 years of age; registered for 3 years" in text
    assert "4,000 to 5,500 words suggested" in text


def test_the_picture_has_a_title_a_sentence_and_a_table_that_says_the_same(reads: Any) -> None:
    page = reads().page("qualification", shared().pk)
    picture = re.search(r'<svg class="paths".*?</svg>', page, re.DOTALL)
    assert picture
    assert "style=" not in picture[0]
    said = plain(picture[0])
    assert "Certificate: 500, 501 and 503, 16 credits. Diploma: 500, 502 and 503" in said
    rows = re.findall(
        r'<tr role="row">(?:(?!</tr>).)*data-label="Diploma".*?</tr>', page, re.DOTALL
    )
    needed = [
        [plain(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)[:2]] for row in rows
    ]
    assert needed == [
        ["needed", "needed"],
        ["needed", "no part"],
        ["no part", "needed"],
        ["needed", "needed"],
    ]


def test_a_form_links_to_the_criteria_that_it_evidences(reads: Any, alder: Cast) -> None:
    spec = own(alder)
    page = reads().page("qualification", spec.pk)
    form = page[page.index("Diary of a season") :]
    form = form[: form.index("</tr>")]
    assert re.findall(r'units/(\S+?)/criteria/(\S+?)/"', form) == [("O-1", "1.2"), ("O-3", "1.1")]
    assert "no criterion by itself" in plain(page[page.index("Tally of the harvest") :])
    assert "Has judged harvests" in plain(page)
    assert "A list of harvests" in plain(page)


# A unit


def test_a_unit_shows_its_facts_its_criteria_and_its_rules(reads: Any) -> None:
    text = reads("una").text("unit", shared().pk, "8588-501")
    assert "501 Undertaking Effective Coaching or Mentoring" in text
    assert "Ref 8588-501 Version 2.0 Level 5 Credits 5 Guided hours 12 Criteria 11" in text
    assert "H/617/2907" in text
    assert "Practice 18 hours or more 8588 handbook, unit 501, AC 2.1" in text
    assert "Clients 2 to 3 clients; 4 with an approved exception" in text
    assert "Supervision 1 hour or more" in text
    with_dates = reads().text("unit", load("D5").pk, "D5.02")
    for fact in ("31 Dec 2014", "1 Jan 2008", "Business Management", "CM12, CM16", "Credits 3"):
        assert fact in with_dates


def test_every_page_of_a_centres_own_version_says_whose_it_is(reads: Any, alder: Cast) -> None:
    version = own(alder)
    said = f"Version {version.version} (Alder Centre’s own)"
    for name, *args in (
        ("unit", "O-2"),
        ("criterion", "O-2", "1.1"),
        ("sheet", "2-3-diary"),
    ):
        assert said in reads().text(name, version.pk, *args), name
    found = reads().text("catalogue-search", q="harvest")
    assert f"9001, version {version.version} (Alder Centre’s own), level 3" in found


def test_every_criterion_of_a_unit_is_there_in_order(reads: Any) -> None:
    page = reads().page("unit", shared().pk, "8588-502")
    numbers = re.findall(r'class="no" href="\S+/criteria/(\S+?)/"', page)
    assert numbers == list(
        Criterion.objects.filter(unit__ref="8588-502", unit__centre_id=None)
        .order_by("position")
        .values_list("number", flat=True)
    )


def test_a_correction_stands_beside_the_value_that_it_concerns(reads: Any) -> None:
    spec = load("D5")
    page = reads().page("unit", spec.pk, "D5.02")
    head = page[page.index('<div class="page-head">') : page.index('id="criteria"')]
    row = Correction.objects.get(specification=spec, field__contains="D5.02, credit")
    assert f"The document says {row.raw} Used here {row.used} Why {row.reason}" in plain(head)
    for correction in Correction.objects.filter(specification=spec, unit__ref="D5.02"):
        assert page.count(f'id="correction-{correction.position}"') == 1


def test_no_correction_is_lost_on_the_way_to_its_page(reads: Any) -> None:
    for number in ("D5", "D7", "8577", "8581"):
        spec = load(number)
        for unit in Unit.objects.filter(specification=spec):
            page = reads().page("unit", spec.pk, unit.ref)
            for correction in Correction.objects.filter(unit=unit):
                anchor = f'id="correction-{correction.position}"'
                assert page.count(anchor) == 1, (unit.ref, correction.field)


def test_learners_see_what_is_used_and_no_correction(reads: Any) -> None:
    spec = load("D5")
    row = Correction.objects.filter(specification=spec, criterion__isnull=False).earliest(
        "position"
    )
    assert row.unit and row.criterion
    pages = [
        ("qualification", spec.pk),
        ("unit", spec.pk, row.unit.ref),
        ("unit", spec.pk, "D5.02"),
        ("criterion", spec.pk, row.unit.ref, row.criterion.number),
        ("catalogue",),
    ]
    for page in pages:
        shown = reads("una").page(*page)
        assert "orrect" not in plain(shown), page
        assert "correction-" not in shown
    staff = reads("tia").text(*pages[3])
    assert f"The document says {row.raw} Used here {row.used} Why {row.reason}" in staff
    assert "The document says" in reads("eve").text(*pages[3])
    assert reads("una").status("corrections", spec.pk) == 403


# A criterion


def test_a_criterion_explains_its_verb_and_what_usually_decides(reads: Any) -> None:
    spec = shared()
    row = Criterion.objects.select_related("verb").get(
        specification=spec, unit__ref="8588-500", number="1.4"
    )
    text = reads("una").text("criterion", spec.pk, "8588-500", "1.4")
    assert row.statement in text
    assert f"{row.verb.word.capitalize()} {row.verb.meaning}" in text
    for part in (*row.depth, *row.guidance, *row.example_evidence):
        assert part in text
    for descriptor in row.descriptors.all():
        assert descriptor.text in text
    assert "Pass or referral, as a line of its own" in text


def test_a_criterion_on_a_mark_sheet_says_section_and_bullet(reads: Any) -> None:
    text = reads().text("criterion", load("D7").pk, "D7.03", "3.1")
    assert "Section 3, Reflections on your performance as a coach or mentor" in text
    assert "36 marks, 18 to pass" in text
    assert "“Seeks feedback on own practice from clients, from the coaching supervisor" in text
    assert "The awarding body prints no examples for this criterion" in text


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [("1.1", None, "1.2"), ("2.1", "1.3", "2.2"), ("3.4", "3.3", None)],
)
def test_a_criterion_leads_to_those_beside_it(
    reads: Any, number: str, before: str | None, after: str | None
) -> None:
    page = reads().page("criterion", shared().pk, "8588-501", number)
    links = {
        rel: path.rstrip("/").rsplit("/", maxsplit=1)[-1]
        for path, rel in re.findall(r'href="(\S+)" rel="(prev|next)"', page)
    }
    assert (links.get("prev"), links.get("next")) == (before, after)


# A sheet


def test_a_mark_sheet_adds_up_and_says_when_it_is_a_pass(reads: Any) -> None:
    text = reads().text("sheet", load("D7").pk, "D7.02-03-diary")
    assert "The total is 50 of 100 marks or more." in text
    assert "1 Self-assessment" in text
    assert "Total 100 50" in text
    pair = "Criterion D7.02 3.2 Criterion D7.03 3.2"
    assert pair in text
    assert "no criterion of the unit" in reads().text("sheet", load("D5").pk, "D5.01-assignment")


def test_a_result_sheet_lists_every_decision(reads: Any) -> None:
    page = reads().page("sheet", shared().pk, "501-portfolio")
    assert len(re.findall(r'class="no"', page)) == 11
    assert "Every criterion is a pass." in plain(page)
    assert "A single referral refers the unit" in plain(page)


# Corrections


def test_the_corrections_page_has_all_of_them_linked_to_their_values(reads: Any) -> None:
    spec = load("D5")
    page = reads("eve").page("corrections", spec.pk)
    text = plain(page)
    rows = Correction.objects.filter(specification=spec).select_related("unit", "criterion")
    assert len(rows) > 10
    for row in rows:
        assert f"{row.field} {row.raw} {row.used} {row.reason}" in text
        if row.criterion:
            assert f"/units/{row.unit.ref}/criteria/{row.criterion.number}/#correction-" in page  # type: ignore[union-attr]
    assert page.index("The qualification itself") < page.index("D5.01 ")


def test_a_version_without_corrections_says_so(reads: Any, alder: Cast) -> None:
    bare = OF_A_CENTRE[: OF_A_CENTRE.index("corrections:\n")].replace('version: "1"\n', PUBLISHED)
    with centre_context(alder.centre.pk):
        spec = load_specification(bare, using="default", centre_id=alder.centre.pk).specification
    assert "No mistake was found" in reads().text("corrections", spec.pk)


# What differs


def test_what_differs_is_marked_word_by_word_in_both_directions_of_the_address(
    reads: Any,
) -> None:
    old = load("D7")
    new = later_d7(("Negotiate each session of", "Negotiate every session of"))
    pages = [
        reads("una").page("differences", one.pk, other.pk)
        for one, other in ((old, new), (new, old))
    ]
    for page in pages:
        text = plain(page)
        assert "from version October 2011 to Later" in text
        assert "1 criterion changed, 21 unchanged." in text
        assert "<del>each</del>" in page
        assert "<ins>every</ins>" in page
        assert "Changed Criterion 2.1" in text


def test_a_criterion_taken_away_and_one_added_are_shown_whole(reads: Any, alder: Cast) -> None:
    old = own(alder)
    text = OF_A_CENTRE.replace('version: "1"\n', PUBLISHED.replace('"1"', '"2"')).replace(
        "2024-02-29", "2025-02-28"
    )
    text = text.replace(
        '          - {number: "1.1", verb: explain, statement: Explain the harvest.}\n',
        '          - {number: "1.1", verb: explain, statement: Explain the harvest.}\n'
        '          - {number: "1.2", verb: explain, statement: Explain <the> frost.}\n',
    ).replace("criteria: [O-2 1.1, O-3 1.1]", "criteria: [O-2 1.1, O-3 1.1, O-3 1.2]")
    with centre_context(alder.centre.pk):
        new = load_specification(text, using="default", centre_id=alder.centre.pk).specification
    page = reads().page("differences", old.pk, new.pk)
    assert "Added Criterion 1.2" in plain(page)
    assert "<dd>Explain &lt;the&gt; frost.</dd>" in page
    assert "1 criterion added" in plain(page)


# Search


def test_search_marks_words_and_escapes_what_is_held(reads: Any, alder: Cast) -> None:
    text = OF_A_CENTRE.replace('version: "1"\n', PUBLISHED).replace(
        "Explain the harvest.", 'Explain the <b onclick="x">harvest</b>.'
    )
    with centre_context(alder.centre.pk):
        load_specification(text, using="default", centre_id=alder.centre.pk)
    page = reads().page("catalogue-search", q="harvest")
    assert "<mark>harvest</mark>" in page
    assert "<b onclick" not in page
    assert "&lt;b onclick=&quot;x&quot;&gt;<mark>" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "Say what you look for"),
        ({"q": "the of"}, "Too common to search for"),
        ({"q": "zebra"}, "No criterion matches"),
        ({"q": "zebra", "level": "5"}, "Search everywhere"),
        ({"q": '"unclosed -'}, "No criterion matches"),
        ({"q": "\x00"}, "Say what you look for"),
        ({"q": "feedback", "page": "-3"}, "criteria for “feedback”"),
        ({"q": "feedback", "level": "²", "qualification": "\x00"}, "criteria for “feedback”"),
    ],
)
def test_search_says_what_to_do(reads: Any, query: dict[str, str], said: str) -> None:
    assert said in reads("una").text("catalogue-search", **query)


def test_search_keeps_its_words_from_page_to_page(reads: Any) -> None:
    page = reads().page("catalogue-search", qualification="8588")
    following = re.search(r'href="(\?[^"]+)" rel="next"', page)
    assert following
    assert html.unescape(following[1]) == "?qualification=8588&page=2"
    assert "1–20 of 40 criteria" in plain(page)


# Review dates


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], "No review date given"),
        ([None], "No review date given"),
        (["2026-05-01"], "To be reviewed"),
        (["2026-04-30"], "Past its review date"),
        (["2026-04-30", "2026-04-30"], "All 2 units past their review date"),
        (["2026-04-30", None, "2027-01-01"], "1 of 3 units past their review date"),
    ],
)
def test_a_review_state_is_said_in_words(days: list[str | None], said: str) -> None:
    given = [Unit(review_on=datetime.date.fromisoformat(day) if day else None) for day in days]
    assert review_of(given, datetime.date(2026, 5, 1)).words == said


@pytest.mark.parametrize("maxima", [(10, 50, 40), (9, 4), (7,)])
def test_the_page_of_a_sheet_asks_for_the_total_that_the_outcome_asks_for(
    maxima: tuple[int, ...],
) -> None:
    sections = [MarkSection(title="One", maximum=most, minimum=0) for most in maxima]
    page = SheetPage(
        specification=Specification(),
        assessment=Assessment(),
        units=(),
        sections=tuple(SectionRow(section, ()) for section in sections),
    )
    assert page.minimum == mark_outcome(sections, maxima).needed


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_the_page_says_past_when_the_gate_does(ahead: int) -> None:
    today = datetime.date(2026, 5, 1)
    units = [Unit(ref="O-1", review_on=today - datetime.timedelta(days=ahead)), Unit(ref="O-2")]
    verdict = judge_review_dates(units, today)
    assert review_of(units, today).is_past == (not verdict.met) == (ahead > 0)


# Queries


def test_the_catalogue_takes_as_many_queries_for_one_qualification_as_for_three(
    reads: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = reads()
    with django_assert_num_queries(CATALOGUE_QUERIES):
        assert "D5 " not in reader.text("catalogue")
    for number in ("D5", "D7"):
        load(number)
    with django_assert_num_queries(CATALOGUE_QUERIES):
        assert "D7 " in reader.text("catalogue")


def test_a_qualification_takes_as_many_queries_with_one_version_as_with_three(
    reads: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader, spec, other = reads(), load("D7"), shared()
    with django_assert_num_queries(QUALIFICATION_QUERIES):
        reader.page("qualification", spec.pk)
    later_d7()
    later_d7(("version: Later", "version: Last"))
    with django_assert_num_queries(QUALIFICATION_QUERIES):
        assert reader.text("qualification", spec.pk).count("What differs") == 2
    with django_assert_num_queries(QUALIFICATION_QUERIES):
        reader.page("qualification", other.pk)


def test_search_takes_as_many_queries_for_one_criterion_as_for_many(
    reads: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = reads()
    load("D7")
    with django_assert_num_queries(SEARCH_QUERIES):
        one = reader.text("catalogue-search", q="advantages drawbacks", qualification="D7")
    with django_assert_num_queries(SEARCH_QUERIES):
        many = reader.text("catalogue-search", q="coaching")
    assert "1 criterion for" in one
    assert "1–20 of" in many
