"""One page says what is achieved, what counts where and what is missing."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import PathwayMove, Registration, User
from centres.tenancy import centre_context
from portfolios.models import Evidence
from qualifications.models import Assessment, Pathway, Specification
from qualifications.rules import Standing as Held
from quality.queries.combination import CombinationPage, combination_page, move_preview
from quality.queries.grid import sampling_grid
from quality.queries.kept import version_step
from tests.cast import Cast
from tests.quality import external
from tests.quality.moving import (
    CHANGED,
    assessment_of,
    diploma,
    fresh,
    handed_in,
    moved,
    newer,
    passed,
    pruned,
    registration_of,
    set_apart,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]


def at(cast: Cast, name: str, registration: Registration) -> str:
    return reverse(f"quality:{name}", args=[cast.centre.slug, registration.pk])


def page_of(cast: Cast, registration: Registration) -> CombinationPage:
    with centre_context(cast.centre.pk):
        return combination_page(fresh(cast, registration), cast.max)


def seen(client: Client, sign_in: SignIn, person: User, path: str) -> str:
    answer = sign_in(client, person).get(path)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def test_a_fresh_registration_lacks_every_unit(alder: Cast) -> None:
    page = page_of(alder, alder.una_registration)
    assert [line.unit.number for line in page.missing] == ["500", "501", "503"]
    assert (page.verdict.credits_achieved, page.verdict.credits_needed) == (0, 16)
    assert (page.outside, page.moves) == ((), ())


def test_after_a_move_shared_passes_count_as_credit_transfer(alder: Cast) -> None:
    for unit in ("500", "501"):
        passed(alder, unit)
    moved(alder, diploma())
    page = page_of(alder, alder.una_registration)
    counts = {line.unit.number: line.counts_label[1] for line in page.lines}
    assert counts == {"500": "Counts: credit transfer", "502": "Not yet", "503": "Not yet"}
    assert (page.verdict.credits_achieved, page.verdict.credits_needed) == (6, 38)
    (left,) = page.outside
    assert [unit.number for unit in left.units] == ["501"]
    assert left.under.code == "8588-21"
    assert "8588-502 is asked for in its place" in left.sentence


def test_what_is_passed_after_the_move_is_earned_here(alder: Cast) -> None:
    passed(alder, "500")
    moved(alder, diploma())
    passed(alder, "503")
    counts = {
        line.unit.number: line.counts_label[1]
        for line in page_of(alder, alder.una_registration).lines
    }
    assert counts["500"] == "Counts: credit transfer"
    assert counts["503"] == "Counts"


def test_both_practice_units_never_count_in_one_combination(alder: Cast) -> None:
    passed(alder, "501")
    moved(alder, diploma())
    page = page_of(alder, alder.una_registration)
    for verdict in (page.verdict, *(other.verdict for other in page.others)):
        refs = {line.unit.ref for line in verdict.units}
        assert not {"8588-501", "8588-502"} <= refs
    (certificate,) = page.others
    assert [unit.number for unit in certificate.counted] == ["501"]


def test_the_page_says_what_would_count_in_the_other_award(alder: Cast) -> None:
    for unit in ("500", "501", "503"):
        passed(alder, unit)
    page = page_of(alder, alder.una_registration)
    assert (page.verdict.met, page.verdict.is_confirmed) == (True, False)
    (other,) = page.others
    assert other.pathway.code == "8588-31"
    assert [unit.number for unit in other.counted] == ["500", "503"]
    assert [unit.ref for unit in other.verdict.missing] == ["8588-502"]


def test_a_kept_unit_counts_and_a_changed_one_is_asked_for_anew(alder: Cast) -> None:
    scene, _ = pruned(alder)
    assert page_of(alder, scene.registration).newer == ()
    same = newer(alder)
    (later,) = page_of(alder, scene.registration).newer
    assert later.version == "2"
    moved(alder, same, registration=fresh(alder, scene.registration))
    page = page_of(alder, scene.registration)
    assert page.lines[0].counts_label == ("ok", "Counts")
    assert "Passed under version 1 (Alder Centre’s own) and kept" in page.lines[0].sentence
    assert page.outside == ()
    assert not page.waits_for_number
    third = newer(alder, CHANGED, version="3", year=2026)
    moved(alder, third, registration=fresh(alder, scene.registration))
    page = page_of(alder, scene.registration)
    assert not page.lines[0].counts
    (left,) = page.outside
    assert "this version asks for it anew" in left.sentence
    assert len(page.moves) == 2


def test_the_preview_says_what_the_move_then_does(alder: Cast) -> None:
    scene, _ = pruned(alder)
    target = newer(alder, CHANGED)
    registration = fresh(alder, scene.registration)
    with centre_context(alder.centre.pk):
        preview = move_preview(registration, target)
    assert preview.verdict.kept == ()
    assert [criterion.number for criterion in preview.keeps] == ["1.1"]
    pruning = next(unit for unit in preview.units if unit.ref == "O-1")
    assert (pruning.changed, pruning.added, pruning.removed, pruning.same) == (("1.2",), (), (), 1)
    assert preview.keeps_number
    assert preview.blocks == ()


def test_the_preview_of_an_award_names_what_is_kept_dropped_and_missing(alder: Cast) -> None:
    for unit in ("500", "501"):
        passed(alder, unit)
    with centre_context(alder.centre.pk):
        preview = move_preview(registration_of(alder), diploma())
    assert [line.unit.ref for line in preview.verdict.kept] == ["8588-500"]
    assert [line.ref for line in preview.verdict.not_kept] == ["8588-501"]
    assert [unit.ref for unit in preview.verdict.to_do] == ["8588-502", "8588-503"]
    assert not preview.keeps_number


def test_the_preview_names_work_that_is_in_the_way(alder: Cast) -> None:
    registration = registration_of(alder)
    handed_in(alder, registration, assessment_of(registration, "501"))
    with centre_context(alder.centre.pk):
        preview = move_preview(registration, diploma())
    (block,) = preview.blocks
    assert block.startswith(f"{alder.assessment.title} is handed in and not decided")


def test_two_versions_of_one_text_keep_everything(alder: Cast) -> None:
    pruned(alder)
    newer(alder)
    with centre_context(alder.centre.pk):
        old, new = Specification.objects.filter(centre_id=alder.centre.pk).order_by("version")
        step = version_step(old, new)
        codes = set(Assessment.objects.filter(specification=new).values_list("code", flat=True))
    assert step.same_sheets == codes
    assert step.kept_units == {"O-1", "O-2", "O-3"}


def test_the_learner_reads_their_own_page_without_the_reason(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    passed(alder, "500")
    moved(alder, diploma(), reason="Her employer pays for it.")
    path = at(alder, "combination", alder.una_registration)
    own = seen(client, sign_in, alder.una, path)
    for words in ("Counts: credit transfer", "Still missing:", "its number is not here yet"):
        assert words in own
    assert "Her employer" not in own
    assert "Move to another" not in own
    staff = seen(client, sign_in, alder.max, path)
    for words in ("Her employer pays for it.", "record the new registration number", "AL-0361"):
        assert words in staff


@pytest.mark.parametrize("who", ["pat", "jo", "lea", "max", "ada", "tia"])
def test_staff_read_it(alder: Cast, client: Client, sign_in: SignIn, who: str) -> None:
    seen(
        client,
        sign_in,
        getattr(alder, who),
        at(alder, "combination", alder.una_registration),
    )


def test_an_eqa_reads_it_while_a_visit_is_open(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    path = at(alder, "combination", alder.una_registration)
    assert sign_in(client, alder.eve).get(path).status_code == 404
    external.arranged(alder)
    seen(client, sign_in, alder.eve, path)


def test_the_office_moves_a_learner_on_the_page(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    passed(alder, "500")
    path = at(alder, "move", alder.una_registration)
    choices = seen(client, sign_in, alder.max, path)
    assert f"?to={diploma().pk}" in choices
    shown = seen(client, sign_in, alder.max, f"{path}?to={diploma().pk}")
    for words in ("Kept: credit transfer", "waits for the new number"):
        assert words in shown
    sent = {
        "pathway": diploma().pk,
        "shown": alder.una_registration.pathway_id,
        "reason": "Una asked for it.",
    }
    answer = client.post(path, sent, follow=True)
    assert "Moved to 8588-31. The learner has been told." in answer.content.decode()
    assert registration_of(alder).pathway == diploma()


def test_the_page_asks_for_a_reason_before_the_click_where_one_is_due(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    certificate = registration_of(alder).pathway
    path = at(alder, "move", alder.una_registration)
    due = "8588-21 is a smaller award and leaves out 8588-502, which the learner has passed"
    moved(alder, diploma())
    sheet = passed(alder, "502")
    page = _reason_field(alder, client, sign_in, certificate)
    assert (due in page, " required" in page) == (False, False)
    external.released(alder, sheet)
    assert due in seen(client, sign_in, alder.max, path)
    page = _reason_field(alder, client, sign_in, certificate)
    assert (due in page, " required" in page) == (True, True)
    sent = {"pathway": certificate.pk, "shown": diploma().pk, "reason": " "}
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "Say why the learner goes on to the smaller award." in answer.content.decode()
    assert registration_of(alder).pathway == diploma()
    assert client.post(path, {**sent, "reason": "She changed her job."}).status_code == 302
    assert registration_of(alder).pathway == certificate


def _reason_field(cast: Cast, client: Client, sign_in: SignIn, target: Pathway) -> str:
    """The form of a move, from its field for the reason on."""
    path = f"{at(cast, 'move', cast.una_registration)}?to={target.pk}"
    page = seen(client, sign_in, cast.max, path)
    return page.split('id="div_id_reason"')[1].split("</form>")[0]


def test_where_no_unit_is_shared_the_page_says_so_and_has_no_button(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    registration, other = set_apart(alder)
    path = at(alder, "move", registration)
    said = "9001-A and 9001-C share no unit, so nothing would move (Specification, rules of"
    choices = seen(client, sign_in, alder.max, path)
    assert said in choices
    assert f"?to={other.pk}" not in choices
    shown = seen(client, sign_in, alder.max, f"{path}?to={other.pk}")
    assert said in shown
    assert "Move the registration</button>" not in shown
    assert "What becomes of each unit" not in shown
    sent = {"pathway": other.pk, "shown": registration.pathway_id, "reason": "All the same."}
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert " ".join(answer.content.decode().split()).count("share no unit") == 1
    assert fresh(alder, registration).pathway == registration.pathway


def test_the_picture_marks_each_unit_by_icon_and_word(alder: Cast) -> None:
    registration = registration_of(alder)
    passed(alder, "500")
    handed_in(alder, registration, assessment_of(registration, "501"))
    picture = page_of(alder, registration).picture
    assert picture
    marked = {
        box.words[0].text.split(" ")[0]: (box.mark.unit.icon, box.mark.words.text)
        for box in picture.boxes
        if box.mark
    }
    assert marked == {
        "500": ("dashring", "Provisional"),
        "501": ("half", "Going on"),
        "502": ("ring", "Missing"),
        "503": ("ring", "Missing"),
    }
    assert [box.words[0].text for box in picture.boxes if box.kind == "now"] == ["Now: Certificate"]
    assert picture.description == (
        "Certificate: 500, 501 and 503, 16 credits, where the learner is now. "
        "Diploma: 500, 502 and 503, 38 credits. "
        "Provisional: 500. Going on: 501. Missing: 503 and 502."
    )


def test_each_pass_is_told_apart_by_how_far_it_is_confirmed(alder: Cast) -> None:
    def standing() -> Held | None:
        held = page_of(alder, alder.una_registration).verdict.units[0].held
        return held.standing if held else None

    assert standing() is None
    sheet = passed(alder, "500")
    assert standing() is Held.DECIDED
    external.released(alder, sheet)
    assert standing() is Held.INTERNAL
    external.reported(alder, sheet)
    assert standing() is Held.EXTERNAL


def test_a_refused_move_is_shown_with_what_was_typed(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    registration = registration_of(alder)
    handed_in(alder, registration, alder.assessment)
    path = at(alder, "move", registration)
    sign_in(client, alder.max)
    sent = {"pathway": diploma().pk, "shown": registration.pathway_id, "reason": "She wants to."}
    answer = client.post(path, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The registration was not moved" in page
    assert "She wants to." in page
    assert registration_of(alder).pathway == registration.pathway


def test_a_page_that_showed_another_pathway_moves_nobody(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    certificate = registration_of(alder).pathway
    moved(alder, diploma())
    sign_in(client, alder.max)
    answer = client.post(
        at(alder, "move", alder.una_registration),
        {"pathway": certificate.pk, "shown": certificate.pk, "reason": "x"},
    )
    assert answer.status_code == 422
    assert registration_of(alder).pathway == diploma()


def test_where_nobody_may_go_is_not_there(alder: Cast, client: Client, sign_in: SignIn) -> None:
    scene, _ = pruned(alder)
    sign_in(client, alder.max)
    path = at(alder, "move", alder.una_registration)
    assert client.get(f"{path}?to={scene.registration.pathway_id}").status_code == 404
    assert client.get(f"{path}?to=nonsense").status_code == 404


def test_other_pages_follow_the_move(alder: Cast, client: Client, sign_in: SignIn) -> None:
    sheet = passed(alder, "501")
    moved(alder, diploma())
    record = reverse("quality:record", args=[alder.centre.slug, alder.una_registration.pk])
    assert "Does not count towards" in seen(client, sign_in, alder.una, record)
    evidence = seen(client, sign_in, alder.una, _evidence(alder))
    assert "Rests: the pathway does not ask for this" in evidence
    submission = reverse("portfolios:submission", args=[alder.centre.slug, sheet.submission_id])
    former = reverse(
        "portfolios:unit",
        args=[alder.centre.slug, alder.una_registration.pk, alder.assessment.pk],
    )
    assert former not in seen(client, sign_in, alder.una, submission)
    assert client.get(former).status_code == 404
    mine = seen(client, sign_in, alder.una, reverse("portfolios:mine", args=[alder.centre.slug]))
    assert "502 " in mine
    assert former not in mine


def _evidence(cast: Cast) -> str:
    with centre_context(cast.centre.pk):
        item = Evidence.objects.for_centre(cast.centre).get(registration=cast.una_registration)
    return reverse("portfolios:evidence", args=[cast.centre.slug, item.pk])


def test_the_desk_offers_to_carry_a_kept_pass_over(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    scene, _ = pruned(alder)
    moved(alder, newer(alder, CHANGED), registration=fresh(alder, scene.registration))
    registration = fresh(alder, scene.registration)
    with centre_context(alder.centre.pk):
        assessment = Assessment.objects.get(
            code="1-portfolio", specification=registration.pathway.specification_id
        )
    submission = handed_in(alder, registration, assessment)

    def desk(mark: str) -> str:
        return reverse("assessment:desk-criterion", args=[alder.centre.slug, submission.pk, mark])

    kept = seen(client, sign_in, alder.pat, desk("1.1"))
    assert "Kept from version 1 (Alder Centre’s own):" in kept
    assert "Read for 1.1." in kept
    assert "Carry this pass over" in kept
    assert "Kept from version" not in seen(client, sign_in, alder.pat, desk("1.2"))


def test_the_learners_unit_page_says_what_is_kept(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    scene, _ = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    registration = fresh(alder, scene.registration)
    with centre_context(alder.centre.pk):
        kept = Assessment.objects.get(
            code="1-portfolio", specification=registration.pathway.specification_id
        )
    path = reverse("portfolios:unit", args=[alder.centre.slug, registration.pk, kept.pk])
    page = seen(client, sign_in, alder.una, path)
    assert "Kept from version 1 (Alder Centre’s own): pass, unchanged." in page
    assert "Passed before: nothing to hand in" in page


def test_the_grid_and_the_visit_room_show_what_was_decided_before_the_move(
    alder: Cast, client: Client, sign_in: SignIn
) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    old = passed(alder, "501")
    moved(alder, diploma())
    qualification = scene.registration.pathway.specification.qualification_id
    with centre_context(alder.centre.pk):
        own = sampling_grid(alder.centre, alder.jo, qualification)
        shared = sampling_grid(alder.centre, alder.jo, external.qualification_of(alder).pk)
    assert own is not None
    assert shared is not None
    assert [c.sheet_id for c in own.groups[0].rows[0].cells if c and c.sheet_id] == [sheet.pk]
    rows = [row for group in shared.groups for row in group.rows]
    cells = {c.column: c.sheet_id for row in rows for c in row.cells if c and c.sheet_id}
    assert cells == {"501-portfolio": old.pk}
    visit = external.arranged(alder)
    external.published(alder, visit, old)
    room = reverse("quality:visit-room", args=[alder.centre.slug, visit.pk])
    assert "501" in seen(client, sign_in, alder.eve, room)


@pytest.mark.parametrize("moves", [1, 3])
def test_the_page_asks_no_more_queries_for_more_moves_and_units(
    alder: Cast, client: Client, sign_in: SignIn, moves: int
) -> None:
    certificate = registration_of(alder).pathway
    for unit in ("500",) if moves == 1 else ("500", "501", "503"):
        passed(alder, unit)
    for number in range(moves):
        moved(alder, certificate if number % 2 else diploma(), reason="Again.")
    with centre_context(alder.centre.pk):
        assert PathwayMove.objects.for_centre(alder.centre).count() == moves
    path = at(alder, "combination", alder.una_registration)
    seen(client, sign_in, alder.max, path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    # Ten of them are the session’s, the person’s and the centre’s.
    assert len(asked) == 15


@pytest.mark.parametrize("versions", [1, 3])
def test_the_choice_of_moves_asks_no_more_queries_for_more_versions(
    alder: Cast, client: Client, sign_in: SignIn, versions: int
) -> None:
    scene, _ = pruned(alder)
    for number in range(versions):
        newer(alder, CHANGED, version=str(number + 2), year=2025 + number)
    path = at(alder, "move", scene.registration)
    seen(client, sign_in, alder.max, path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    # Ten of them are the session’s, the person’s and the centre’s.
    assert len(asked) == 15
