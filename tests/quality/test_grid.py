"""The sampling grid: states in words, by assessor, in a constant number of queries."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from centres.models import Role
from centres.tenancy import centre_context
from quality.models import Sample
from quality.queries.grid import Grid, sampling_grid
from tests.assessment.scenes import again, signed, submitted
from tests.cast import Cast, sign_in_client
from tests.quality.internal import (
    agreed,
    approved,
    chosen,
    chosen_in_progress,
    conclude,
    give_role,
    qualification_of,
    release,
    say,
    sign,
    signed_by_another,
)

PAGE_QUERIES = 15


def grid_of(cast: Cast, show: str = "", who: str = "jo") -> Grid:
    with centre_context(cast.centre.pk):
        grid = sampling_grid(cast.centre, getattr(cast, who), qualification_of(cast).pk, show=show)
    assert grid is not None
    return grid


def words(cast: Cast, column: str = "501-portfolio") -> dict[str, str]:
    """The word of each learner's cell in a column."""
    return {
        row.registration.certificate_name.split()[0]: cell.word
        for group in grid_of(cast).groups
        for row in group.rows
        for cell in row.cells
        if cell and cell.column == column
    }


def test_every_state_has_its_word(alder: Cast) -> None:
    approved(alder)
    submitted(alder)
    sheet = signed(alder, "ted")
    assert words(alder) == {"Una": "No decision yet", "Ted": "Not sampled"}
    sample = chosen(alder, sheet)
    assert words(alder)["Ted"] == "Planned"
    say(alder, sample, "1.1", verdict="agree")
    assert words(alder)["Ted"] == "In review"
    with centre_context(alder.centre.pk):
        late = timezone.localdate() - datetime.timedelta(days=1)
        Sample.objects.for_centre(alder.centre).filter(pk=sample.pk).update(due_on=late)
    assert words(alder)["Ted"] == "Overdue"
    answers = dict.fromkeys(("valid", "authentic", "current", "sufficient", "reliable"), "yes")
    conclude(alder, sample, **answers, outcome="agree")
    sign(alder, sample)
    assert words(alder)["Ted"] == "Agreed"


def test_released_and_returned(alder: Cast) -> None:
    approved(alder)
    release(alder, signed(alder), justification="Standardised.")
    sign(alder, agreed(alder, signed(alder, "ted"), outcome="return", reason="Look at 1.1 again."))
    assert words(alder) == {"Una": "Released", "Ted": "Returned"}


def test_a_later_attempt_is_a_cell_of_its_own(alder: Cast) -> None:
    approved(alder)
    first = signed(alder, referred=("1.3",))
    sign(alder, agreed(alder, first))
    assert words(alder)["Una"] == "Agreed"
    again(alder, first)
    assert words(alder)["Una"] == "No decision yet"


def test_work_in_progress_that_is_looked_at_stands_beside(alder: Cast) -> None:
    approved(alder)
    submitted(alder)
    sample = chosen_in_progress(alder)
    cell = next(
        cell
        for group in grid_of(alder).groups
        for row in group.rows
        for cell in row.cells
        if cell and cell.interim_id
    )
    assert (cell.interim_id, cell.interim) == (sample.pk, "Interim: planned")
    assert cell.state == "undecided"


def test_learners_stand_with_who_decided_and_the_plans_share_is_counted(alder: Cast) -> None:
    approved(alder, baseline_percent=50)
    signed(alder)
    chosen(alder, signed(alder, "ted"))
    signed_by_another(alder, "ida")
    (group,) = grid_of(alder).groups
    assert group.assessor == alder.pat.full_name
    assert (group.decided, group.sampled, group.wanted) == (3, 1, 2)
    figures = {figure.show: figure.count for figure in grid_of(alder).figures}
    assert figures == {
        "sampled": 1,
        "agreed": 0,
        "returned": 0,
        "todo": 1,
        "overdue": 0,
        "unsampled": 2,
        "released": 0,
    }
    (narrowed,) = grid_of(alder, "todo").groups
    assert [row.registration.certificate_name for row in narrowed.rows] == [alder.ted.full_name]
    assert grid_of(alder, "nonsense").show == ""


def test_nobody_sees_their_own_work_in_it(alder: Cast) -> None:
    signed(alder)
    give_role(alder, alder.una, Role.IQA)
    names = [
        row.registration.learner_id
        for group in grid_of(alder, who="una").groups
        for row in group.rows
    ]
    assert names == [alder.ted.pk]


def test_a_centres_grid_shows_its_own_work_only(alder: Cast, birch: Cast) -> None:
    signed(birch)
    assert words(alder) == {"Una": "No decision yet", "Ted": "No decision yet"}
    assert words(birch)["Una"] == "Not sampled"


def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(
    alder: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approved(alder)
    signed(alder)
    sign_in_client(client, alder.jo)
    url = reverse("quality:grid", args=[alder.centre.slug, qualification_of(alder).pk])
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(url)
    chosen(alder, signed(alder, "ted"))
    signed_by_another(alder, "ida")
    with django_assert_num_queries(PAGE_QUERIES):
        page = client.get(url).content.decode()
    assert page.count("Not sampled") == 3  # two cells and the legend
    assert "Draw at random" in page
    assert "Release unsampled work" not in page


def test_one_qualification_leads_straight_to_its_grid(alder: Cast, client: Client) -> None:
    sign_in_client(client, alder.jo)
    slug = alder.centre.slug
    answer = client.get(reverse("quality:sampling", args=[slug]))
    there = reverse("quality:grid", args=[slug, qualification_of(alder).pk])
    assert answer.headers["Location"] == there
    nowhere = reverse("quality:grid", args=[slug, alder.assessment.pk])
    assert client.get(nowhere).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("lea", 200), ("max", 200), ("pat", 403)])
def test_a_manager_reads_it_and_assessors_do_not(
    alder: Cast, client: Client, who: str, status: int
) -> None:
    approved(alder)
    sheet = signed(alder)
    sign_in_client(client, getattr(alder, who))
    answer = client.get(
        reverse("quality:grid", args=[alder.centre.slug, qualification_of(alder).pk])
    )
    assert answer.status_code == status
    choose = reverse("quality:sample-choose", args=[alder.centre.slug, sheet.pk])
    assert (choose in answer.content.decode()) == (who == "lea")
