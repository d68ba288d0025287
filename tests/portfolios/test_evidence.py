"""An item's page: its versions and claims, changed by its learner and read by staff."""

from typing import Any

import pytest
from django.urls import reverse

from portfolios.actions import make_claim
from portfolios.models import Claim, Evidence, EvidenceVersion
from tests.portfolios.samples import pdf_number, upload

pytestmark = pytest.mark.django_db


def address(alder: Any, name: str, thing: Any) -> str:
    return reverse(f"portfolios:{name}", args=[alder.centre.slug, thing.pk])


@pytest.fixture
def item(alder: Any, within: Any, add: Any) -> Any:
    with within(alder.centre):
        return add(alder.una_registration)


@pytest.fixture
def claim(alder: Any, within: Any, item: Any, criteria: Any) -> Any:
    with within(alder.centre):
        return make_claim(
            actor=alder.una,
            centre=alder.centre,
            evidence=item,
            criterion=criteria["1.2"],
            anchor="page",
            place=3,
            note="Both needs",
        )


def claims(alder: Any, within: Any) -> list[tuple[str, str, str]]:
    with within(alder.centre):
        rows = Claim.objects.for_centre(alder.centre).standing().select_related("criterion")
        return [(row.criterion.number, row.place_text, row.note) for row in rows]


def test_a_claim_is_made_and_seen(
    alder: Any, within: Any, item: Any, criteria: Any, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    response = una.post(
        address(alder, "claim-add", item),
        {"criterion": criteria["2.2"].pk, "place": "p. 12", "note": "Third session"},
        follow=True,
    )
    assert response.redirect_chain == [(address(alder, "evidence", item), 302)]
    assert b"E1 is claimed for 2.2." in response.content
    assert b"p. 12: Third session" in response.content
    assert claims(alder, within) == [("2.2", "p. 12", "Third session")]


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"criterion": "", "place": ""}, "This field is required"),
        ({"criterion": "x"}, "not one of the available choices"),
        ({"place": "two"}, "Not a place in this file"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_a_bad_form_is_shown_again_with_what_was_typed(
    posted: Any, words: str, alder: Any, within: Any, item: Any, criteria: Any, signed_in: Any
) -> None:
    given = {"criterion": criteria["1.1"].pk, "note": "my words", **posted}
    response = signed_in(alder.una).post(address(alder, "claim-add", item), given)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert given["note"][:8] in response.content.decode()
    assert claims(alder, within) == []


def test_another_centres_ids_are_no_choice(
    alder: Any, birch: Any, within: Any, item: Any, add: Any, signed_in: Any
) -> None:
    with within(birch.centre):
        foreign = add(birch.una_registration)
    una = signed_in(alder.una)
    response = una.post(address(alder, "claim-add", item), {"criterion": foreign.pk})
    assert response.status_code == 422
    assert claims(alder, within) == []


def test_the_same_claim_twice_is_a_conflict(
    alder: Any, item: Any, claim: Any, criteria: Any, signed_in: Any
) -> None:
    response = signed_in(alder.una).post(
        address(alder, "claim-add", item), {"criterion": criteria["1.2"].pk, "place": "3"}
    )
    assert response.status_code == 409
    assert b"Nothing was claimed" in response.content
    assert b"claimed for this criterion already" in response.content


def test_a_claim_is_taken_back_and_put_back(
    alder: Any, within: Any, item: Any, claim: Any, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    assert una.post(address(alder, "claim-withdraw", claim)).status_code == 302
    assert claims(alder, within) == []
    again = una.post(address(alder, "claim-withdraw", claim))
    assert again.status_code == 409
    assert b"Withdrawn claims: 1" in again.content
    assert una.post(address(alder, "claim-restore", claim)).status_code == 302
    assert claims(alder, within) == [("1.2", "p. 3", "Both needs")]
    assert una.post(address(alder, "claim-restore", claim)).status_code == 409


def test_an_item_is_taken_out_and_put_back(
    alder: Any, within: Any, item: Any, claim: Any, signed_in: Any
) -> None:
    una = signed_in(alder.una)
    taken = una.post(address(alder, "evidence-withdraw", item), follow=True)
    assert b"E1 is withdrawn" in taken.content
    assert b"Claim it for a criterion" not in taken.content
    assert una.post(address(alder, "evidence-withdraw", item)).status_code == 409
    back = una.post(address(alder, "evidence-restore", item), follow=True)
    assert b"E1 is back, with its claims." in back.content
    assert una.post(address(alder, "evidence-restore", item)).status_code == 409


def test_a_file_is_replaced(alder: Any, within: Any, item: Any, signed_in: Any) -> None:
    una, url = signed_in(alder.una), address(alder, "evidence-replace", item)
    done = una.post(url, {"file": upload("b.pdf", pdf_number(5))}, follow=True)
    assert b"Version 2 of E1 was added." in done.content
    assert una.post(url, {"file": upload("c.pdf", pdf_number(5))}).status_code == 422
    empty = una.post(url, {"file": upload("c.pdf", b"")})
    assert empty.status_code == 422
    assert b"The file is empty." in empty.content
    assert una.post(url).status_code == 422
    with within(alder.centre):
        rows = EvidenceVersion.objects.for_centre(alder.centre).filter(evidence=item)
        assert [row.number for row in rows] == [1, 2]


ROUTES = {
    "claim-add": "item",
    "evidence-replace": "item",
    "evidence-withdraw": "item",
    "evidence-restore": "item",
    "claim-withdraw": "claim",
    "claim-restore": "claim",
}


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize(("who", "status"), [("ted", 404), ("pat", 403), ("max", 403)])
def test_nobody_changes_anothers_evidence(
    name: str, who: str, status: int, alder: Any, item: Any, claim: Any, signed_in: Any
) -> None:
    thing = item if ROUTES[name] == "item" else claim
    response = signed_in(getattr(alder, who)).post(address(alder, name, thing))
    assert response.status_code == status


WHO = {
    "una": 200,
    "pat": 200,
    "tia": 200,
    "jo": 200,
    "lea": 200,
    "max": 200,
    "ada": 200,
    "ted": 404,
    "kit": 404,
    "eve": 403,
}


@pytest.mark.parametrize(("who", "status"), WHO.items())
def test_staff_read_it_and_change_nothing(
    who: str, status: int, alder: Any, item: Any, claim: Any, signed_in: Any
) -> None:
    response = signed_in(getattr(alder, who)).get(address(alder, "evidence", item))
    assert response.status_code == status
    assert (b'id="claim"' in response.content) is (who == "una")
    if status == 200:
        assert b"p. 3: Both needs" in response.content


def test_a_criterion_is_chosen_beforehand_by_the_address(
    alder: Any, item: Any, criteria: Any, signed_in: Any
) -> None:
    url = address(alder, "evidence", item)
    response = signed_in(alder.una).get(f"{url}?criterion={criteria['3.4'].pk}")
    assert f'<option value="{criteria["3.4"].pk}" selected>' in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_constant(
    rows: int,
    alder: Any,
    within: Any,
    add: Any,
    criteria: Any,
    signed_in: Any,
    django_assert_num_queries: Any,
) -> None:
    from portfolios.actions import replace_evidence

    with within(alder.centre):
        item = add(alder.una_registration)
        for place in range(1, rows + 1):
            make_claim(
                actor=alder.una,
                centre=alder.centre,
                evidence=item,
                criterion=criteria[f"2.{place}"],
                anchor="page",
                place=place,
            )
            replace_evidence(
                actor=alder.una,
                centre=alder.centre,
                evidence=Evidence.objects.for_centre(alder.centre).get(pk=item.pk),
                upload=upload("b.pdf", pdf_number(place)),
            )
    una = signed_in(alder.una)
    with django_assert_num_queries(15):
        una.get(address(alder, "evidence", item))


def test_a_line_end_of_a_note_counts_once(
    alder: Any, within: Any, item: Any, criteria: Any, signed_in: Any
) -> None:
    posted = {"criterion": criteria["1.1"].pk, "note": "\r\n".join(["x" * 49] * 10) + "y"}
    assert len(posted["note"]) > 500
    response = signed_in(alder.una).post(address(alder, "claim-add", item), posted)
    assert response.status_code == 302
    assert claims(alder, within) == [("1.1", "", "\n".join(["x" * 49] * 10) + "y")]


def test_its_headers_can_be_asked_for_alone(alder: Any, item: Any, signed_in: Any) -> None:
    response = signed_in(alder.una).head(address(alder, "evidence", item))
    assert (response.status_code, response.content) == (200, b"")
