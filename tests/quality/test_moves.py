"""A move to another award keeps what both share; a move to a newer version what is unchanged."""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.utils import timezone

from assessment.actions import return_sheet, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from assessment.paper_content import paper_of
from centres.actions import record_registration
from centres.clock import database_now
from centres.models import Approval, AuditEvent, Notice, PathwayMove, Registration
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from portfolios.actions import submit_work
from portfolios.declarations import CURRENT
from portfolios.manifest import submission_manifest
from portfolios.models import Claim, Evidence, Submission
from portfolios.queries import my_work, unit_page
from portfolios.states import WorkState
from qualifications.models import Assessment, Pathway
from quality.actions.moves import move_registration
from quality.models import KeptDecision
from quality.queries.combination import combination_page, move_preview
from quality.queries.standings import sheet_standing, standings
from quality.standing import Standing, WorkStanding
from tests import stage
from tests.assessment import marking
from tests.assessment.scenes import judged, new_events, refusing
from tests.cast import Cast, fresh_proof
from tests.quality import external
from tests.quality.moving import (
    CHANGED,
    assessment_of,
    decided,
    diploma,
    enrolled_too,
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


def works(cast: Cast, registration: Registration) -> dict[str, WorkStanding]:
    """The standings that count, by the assessment's code."""
    with centre_context(cast.centre.pk):
        found = standings(cast.centre, [fresh(cast, registration)])
        codes = dict(
            Assessment.objects.filter(pk__in=[key for _, key in found]).values_list("pk", "code")
        )
        return {codes[key]: work for (_, key), work in found.items()}


def traces(cast: Cast) -> dict[str, Any]:
    """All that a move would change or add."""
    with centre_context(cast.centre.pk):
        rows = Registration.objects.for_centre(cast.centre).order_by("pk")
        return {
            "registrations": list(rows.values("pk", "pathway", "number", "expires_on")),
            "moves": PathwayMove.objects.for_centre(cast.centre).count(),
            "kept": KeptDecision.objects.for_centre(cast.centre).count(),
            "claims": list(
                Claim.objects.for_centre(cast.centre)
                .order_by("pk")
                .values_list("pk", "withdrawn_at")
            ),
            "events": AuditEvent.objects.for_centre(cast.centre).count(),
            "notices": Notice.objects.for_centre(cast.centre).count(),
        }


@contextmanager
def refused(
    cast: Cast, kind: type[Exception], words: str | None = None
) -> Iterator["pytest.ExceptionInfo[Any]"]:
    """The block is refused in these words, and leaves no trace."""
    before = traces(cast)
    with pytest.raises(kind, match=words) as refusal:
        yield refusal
    assert traces(cast) == before


# To another award


def test_a_move_to_the_diploma_keeps_shared_passes_and_drops_the_practice_unit(
    alder: Cast,
) -> None:
    for unit in ("500", "501", "503"):
        passed(alder, unit)
    moved(alder, diploma())
    now = works(alder, alder.una_registration)
    assert {code: work.outcome for code, work in now.items()} == {
        "500-assignment": "pass",
        "502-portfolio": "",
        "503-journal": "pass",
    }
    assert now["502-portfolio"].standing is Standing.NOT_STARTED


def test_what_was_achieved_before_stays_on_the_record_as_work_that_does_not_count(
    alder: Cast,
) -> None:
    sheet = passed(alder, "501")
    moved(alder, diploma())
    with centre_context(alder.centre.pk):
        found = standings(alder.centre, [registration_of(alder)], whole=True)
        former = found[alder.una_registration.pk, alder.assessment.pk]
        assert (former.outside, former.outcome) == (True, "pass")
        assert sheet_standing(alder.centre, sheet).sheet_id == sheet.pk


def test_another_award_is_registered_anew_and_the_number_before_is_kept(alder: Cast) -> None:
    before = registration_of(alder)
    move = moved(alder, diploma(), reason="She wants to go on.")
    after = registration_of(alder)
    assert (after.number, after.registered_on, after.expires_on) == ("", None, None)
    assert (move.number, move.registered_on) == (before.number, before.registered_on)
    assert (move.expires_on, move.reason) == (before.expires_on, "She wants to go on.")
    assert move.moved_by == alder.max


def test_a_move_leaves_one_event_with_ids_alone_and_tells_the_learner(alder: Cast) -> None:
    with new_events(alder) as names:
        move = moved(alder, diploma(), reason="Una asked for it.")
    assert names == ["registration.moved"]
    with centre_context(alder.centre.pk):
        event = AuditEvent.objects.for_centre(alder.centre).get(action="registration.moved")
        notice = Notice.objects.for_centre(alder.centre).get(recipient=alder.una, kind="moved")
    assert event.facts["to_pathway"] == str(diploma().pk)
    assert event.facts["move"] == str(move.pk)
    assert "Una asked" not in str(event.facts)
    assert notice.title.startswith("You are now on the Diploma: ")
    assert notice.path.endswith(f"/registrations/{alder.una_registration.pk}/combination/")


def test_a_referral_in_a_shared_unit_goes_on_as_its_next_attempt(alder: Cast) -> None:
    passed(alder, "500", referred=("1.1",))
    moved(alder, diploma())
    assert works(alder, alder.una_registration)["500-assignment"].outcome == "referral"
    registration = registration_of(alder)
    again = handed_in(alder, registration, assessment_of(registration, "500"))
    assert again.attempt == 2
    decided(alder, again)
    assert works(alder, registration)["500-assignment"].outcome == "pass"


def test_nothing_is_handed_in_for_a_unit_that_the_pathway_does_not_ask_for(alder: Cast) -> None:
    moved(alder, diploma())
    registration = registration_of(alder)
    with centre_context(alder.centre.pk), pytest.raises(Http404):
        submit_work(
            actor=alder.una,
            centre=alder.centre,
            registration=registration,
            assessment=alder.assessment,
            declaration_version=CURRENT.version,
            shown_digest="0" * 64,
            proof=fresh_proof(),
        )
    with refused(alder, Refusal, "not of a unit"):
        handed_in(alder, registration, alder.assessment)


def test_work_that_waits_for_a_decision_on_a_unit_that_is_left_out_stops_the_move(
    alder: Cast,
) -> None:
    submission = handed_in(alder, registration_of(alder), alder.assessment)
    with refused(alder, TransitionError, "handed in and not decided"):
        moved(alder, diploma())
    decided(alder, submission, referred=("1.1",))
    moved(alder, diploma())
    assert registration_of(alder).pathway == diploma()


def test_work_that_waits_on_a_shared_unit_goes_along(alder: Cast) -> None:
    registration = registration_of(alder)
    submission = handed_in(alder, registration, assessment_of(registration, "500"))
    moved(alder, diploma())
    decided(alder, submission)
    assert works(alder, registration)["500-assignment"].outcome == "pass"


def test_a_returned_decision_on_a_unit_that_is_left_out_stops_the_move(alder: Cast) -> None:
    sheet = passed(alder, "501")
    with centre_context(alder.centre.pk):
        return_sheet(
            actor=alder.jo, centre=alder.centre, sheet=sheet, reason="1.3.", at=database_now()
        )
    with refused(alder, TransitionError, "not decided"):
        moved(alder, diploma())


def test_a_smaller_award_that_leaves_out_a_confirmed_unit_asks_for_a_reason(alder: Cast) -> None:
    certificate = registration_of(alder).pathway
    moved(alder, diploma())
    sheet = passed(alder, "502")
    moved(alder, certificate)  # decided and not confirmed: nobody need say why
    moved(alder, diploma())
    external.released(alder, sheet)
    with refused(alder, Refusal, "smaller award and leaves out 8588-502, .* Say why the learner"):
        moved(alder, certificate, reason="  ")
    moved(alder, certificate, reason="She changed her job.")
    assert registration_of(alder).pathway == certificate


def test_a_pass_that_nobody_outside_has_confirmed_yet_asks_for_a_reason_too(alder: Cast) -> None:
    """What the centre has checked itself counts as confirmed here, and as provisional elsewhere."""
    certificate = registration_of(alder).pathway
    moved(alder, diploma())
    external.released(alder, passed(alder, "502"))
    with centre_context(alder.centre.pk):
        verdict = move_preview(registration_of(alder), certificate).verdict
        page = combination_page(registration_of(alder), alder.max)
    assert [unit.ref for unit in verdict.given_up] == ["8588-502"]
    assert [unit.ref for unit in page.verdict.provisional] == ["8588-502"]


def test_pathways_that_share_no_unit_are_refused_whatever_is_said(alder: Cast) -> None:
    registration, other = set_apart(alder)
    with refused(alder, Refusal, "9001-A and 9001-C share no unit") as refusal:
        moved(alder, other, registration=registration, reason="All the same.")
    assert (
        refusal.value.source
        == "Specification, rules of combination; credit transfer of shared units"
    )


def test_a_learner_who_is_too_young_for_the_other_award_stays(alder: Cast) -> None:
    scene, _ = pruned(alder)
    registration = fresh(alder, scene.registration)
    with centre_context(alder.centre.pk):
        other = Pathway.objects.get(
            code="9001-C", specification=registration.pathway.specification_id
        )
        born = timezone.localdate() - datetime.timedelta(days=365 * 15)
        Registration.objects.for_centre(alder.centre).filter(pk=registration.pk).update(
            date_of_birth=born
        )
    with refused(alder, Refusal, "takes learners from 16 years of age, and this date") as refusal:
        moved(alder, other, registration=registration)
    assert (
        refusal.value.source
        == "9001 handbook, version 1 (Alder Centre’s own): registration from 16"
    )


def test_back_on_the_certificate_its_practice_unit_counts_again(alder: Cast) -> None:
    certificate = registration_of(alder).pathway
    passed(alder, "501")
    moved(alder, diploma())
    moved(alder, certificate)
    assert works(alder, alder.una_registration)["501-portfolio"].outcome == "pass"


def test_a_learner_has_one_registration_a_pathway_after_a_move_too(alder: Cast) -> None:
    enrolled_too(alder, diploma())
    with refused(alder, TransitionError, "has a registration on 8588-31"):
        moved(alder, diploma())


def test_the_pathway_that_it_is_on_is_no_target(alder: Cast) -> None:
    with refused(alder, TransitionError, "already"):
        moved(alder, registration_of(alder).pathway)


def test_a_pathway_of_another_qualification_is_no_target(alder: Cast) -> None:
    scene = marking.orchard(alder, "ted")
    with refused(alder, Refusal, "another pathway of its version"):
        moved(alder, scene.registration.pathway)


def test_a_pathway_of_another_centre_is_no_target(alder: Cast, birch: Cast) -> None:
    scene, _ = pruned(alder)
    marking.orchard(birch)
    with centre_context(birch.centre.pk):
        foreign = Pathway.objects.get(code="9001-C", centre_id=birch.centre.pk)
    with refused(alder, Refusal, "another pathway of its version"):
        moved(alder, foreign, registration=fresh(alder, scene.registration))


def test_a_draft_is_no_target(alder: Cast) -> None:
    scene, _ = pruned(alder)
    draft = newer(alder, ("published: 2025-03-31\npublished_by: Orchard Guild\n", ""))
    with refused(alder, Refusal, "newer published version"):
        moved(alder, draft, registration=fresh(alder, scene.registration))


def test_an_older_version_is_no_target(alder: Cast) -> None:
    scene, _ = pruned(alder)
    first = scene.registration.pathway
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    with refused(alder, Refusal, "newer published version"):
        moved(alder, first, registration=fresh(alder, scene.registration))


def test_another_award_of_a_newer_version_is_no_target(alder: Cast) -> None:
    scene, _ = pruned(alder)
    second = newer(alder)
    with centre_context(alder.centre.pk):
        other = Pathway.objects.get(code="9001-C", specification=second.specification_id)
    with refused(alder, Refusal, "another pathway of its version"):
        moved(alder, other, registration=fresh(alder, scene.registration))


def test_a_centre_that_is_no_longer_approved_moves_nobody(alder: Cast) -> None:
    with centre_context(alder.centre.pk):
        Approval.objects.for_centre(alder.centre).update(ends_on=datetime.date(2026, 3, 1))
    with refused(alder, Refusal, "No approval"):
        moved(alder, diploma())


@pytest.mark.parametrize("who", ["una", "pat", "jo", "lea", "eve", "tia"])
def test_others_than_the_office_move_nobody(alder: Cast, who: str) -> None:
    with refused(alder, PermissionDenied):
        moved(alder, diploma(), actor=getattr(alder, who))


def test_an_administrator_moves_a_learner(alder: Cast) -> None:
    moved(alder, diploma(), actor=alder.ada)
    assert registration_of(alder).pathway == diploma()


# Award × target × results, whole

OF_8588 = ("8588-21", "8588-31")
RESULTS = ("none", "waiting", "referral", "pass", "confirmed")


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("unit", ["500", "501"])
@pytest.mark.parametrize("goal", OF_8588)
def test_each_pathway_target_and_result(alder: Cast, goal: str, unit: str, result: str) -> None:
    registration = registration_of(alder)
    if result != "none":
        submission = handed_in(alder, registration, assessment_of(registration, unit))
        if result != "waiting":
            sheet = decided(alder, submission, ("1.1",) if result == "referral" else ())
            if result == "confirmed":
                external.released(alder, sheet)
    if goal == "8588-21":
        with refused(alder, TransitionError, "already"):
            moved(alder, diploma(goal))
        return
    if unit == "501" and result == "waiting":
        with refused(alder, TransitionError, "not decided"):
            moved(alder, diploma(goal))
        return
    moved(alder, diploma(goal))
    now = works(alder, registration)
    assert "501-portfolio" not in now
    outcome = {"referral": "referral", "pass": "pass", "confirmed": "pass"}.get(result, "")
    assert now["500-assignment"].outcome == (outcome if unit == "500" else "")
    if unit == "500" and result == "confirmed":
        assert now["500-assignment"].standing is Standing.INTERNAL


# To a newer version


def test_an_unchanged_unit_counts_as_passed_and_stands_as_its_sheet_does(alder: Cast) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    work = works(alder, scene.registration)["1-portfolio"]
    assert (work.outcome, work.standing, work.sheet_id) == ("pass", Standing.DECIDED, sheet.pk)
    kept = "Kept from version 1 (Alder Centre’s own), where every criterion is the same."
    assert work.sentence.startswith(kept)
    assert work.assessment_id != sheet.submission.assessment_id
    assert work.decided_on == (sheet.submission.assessment_id,)


def test_a_version_keeps_number_and_dates(alder: Cast) -> None:
    second = _versions(alder)
    before = registration_of(alder)
    _register(alder, second[0])
    registration = fresh(alder, second[0])
    moved(alder, second[1], registration=registration)
    after = fresh(alder, second[0])
    assert (after.number, after.expires_on) == (registration.number, registration.expires_on)
    assert after.number == "AL-7001"
    assert before.number != after.number


def _versions(cast: Cast) -> tuple[Registration, Pathway]:
    scene, _ = pruned(cast)
    return scene.registration, newer(cast)


def _register(cast: Cast, registration: Registration) -> None:
    with centre_context(cast.centre.pk):
        record_registration(
            actor=cast.max,
            centre=cast.centre,
            registration=registration,
            number="AL-7001",
            registered_on=datetime.date(2026, 2, 16),
        )


def test_a_changed_criterion_is_decided_anew_and_the_others_are_kept_as_passed(
    alder: Cast,
) -> None:
    scene, sheet = pruned(alder)
    second = newer(alder, CHANGED)
    with new_events(alder) as names:
        moved(alder, second, registration=fresh(alder, scene.registration))
    assert names == ["registration.moved", "decisions.kept", "claims.carried"]
    with centre_context(alder.centre.pk):
        kept = KeptDecision.objects.for_centre(alder.centre).select_related("criterion")
        assert [(row.criterion.number, row.sheet_id) for row in kept] == [("1.1", sheet.pk)]
        assert kept[0].criterion.specification_id == second.specification_id
    work = works(alder, scene.registration)["1-portfolio"]
    assert (work.outcome, work.kept_version) == ("", "")


def test_a_pass_on_a_referred_sheet_is_kept_but_passes_no_unit(alder: Cast) -> None:
    scene, _ = pruned(alder, referred=("1.2",))
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    with centre_context(alder.centre.pk):
        kept = KeptDecision.objects.for_centre(alder.centre)
        assert list(kept.values_list("criterion__number", flat=True)) == ["1.1"]
    assert works(alder, scene.registration)["1-portfolio"].outcome == ""


def test_a_referral_whose_criterion_is_gone_does_not_become_a_pass(alder: Cast) -> None:
    scene, _ = pruned(alder, referred=("1.2",))
    gone = newer(
        alder,
        (
            '          - number: "1.2"\n'
            "            verb: explain\n"
            "            statement: Explain each cut.\n"
            "            descriptors:\n"
            "              referral: [Cuts go unexplained.]\n"
            "              pass: [Each cut has its reason.]\n",
            "",
        ),
        (
            "    checklist:\n"
            '      - criterion: "1.2"\n'
            "        code: tools_cleaned\n"
            "        label: The tools were cleaned\n"
            "        source: Leaflet, unit 1, AC 1.2\n",
            "",
        ),
        ("[O-3 1.1, O-1 1.2]", "[O-3 1.1]"),
    )
    moved(alder, gone, registration=fresh(alder, scene.registration))
    assert works(alder, scene.registration)["1-portfolio"].outcome == ""


def test_a_mark_sheet_is_kept_whole_where_the_whole_assessment_is_the_same(alder: Cast) -> None:
    scene = marking.orchard(alder)
    sheet = _marked(scene)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    work = works(alder, scene.registration)["2-3-diary"]
    assert (work.outcome, work.sheet_id) == ("pass", sheet.pk)


def test_a_mark_sheet_with_another_line_is_not_kept_at_all(alder: Cast) -> None:
    scene = marking.orchard(alder)
    _marked(scene)
    other = newer(alder, ("text: Reckons the yield.", "text: Reckons the yield of each tree."))
    moved(alder, other, registration=fresh(alder, scene.registration))
    with centre_context(alder.centre.pk):
        assert not KeptDecision.objects.for_centre(alder.centre).exists()
    assert works(alder, scene.registration)["2-3-diary"].outcome == ""


def _marked(scene: marking.MarkScene) -> Any:
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission)
    return marking.sign(scene, submission)


def test_a_kept_pass_is_kept_again_two_versions_on(alder: Cast) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    third = newer(alder, version="3", year=2026)
    moved(alder, third, registration=fresh(alder, scene.registration))
    work = works(alder, scene.registration)["1-portfolio"]
    kept = "1 (Alder Centre’s own)"
    assert (work.outcome, work.sheet_id, work.kept_version) == ("pass", sheet.pk, kept)


def test_any_undecided_work_stops_a_move_to_a_newer_version(alder: Cast) -> None:
    scene = marking.orchard(alder)
    marking.hand_in(scene)
    with refused(alder, TransitionError, "not decided"):
        moved(alder, newer(alder), registration=fresh(alder, scene.registration))


def test_a_kept_decision_that_is_returned_is_no_pass_until_it_is_decided_again(
    alder: Cast,
) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    with centre_context(alder.centre.pk):
        return_sheet(
            actor=alder.jo, centre=alder.centre, sheet=sheet, reason="1.1.", at=database_now()
        )
    work = works(alder, scene.registration)["1-portfolio"]
    assert (work.standing, work.returned, work.outcome) == (Standing.SUBMITTED, True, "")
    decided(alder, sheet.submission, referred=("1.2",))
    work = works(alder, scene.registration)["1-portfolio"]
    assert (work.outcome, work.kept_version) == ("", "")


def test_confirmation_of_the_old_sheet_confirms_what_is_kept(alder: Cast) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    external.released(alder, sheet)
    assert works(alder, scene.registration)["1-portfolio"].standing is Standing.INTERNAL


def test_claims_for_unchanged_criteria_go_on_and_the_others_rest(alder: Cast) -> None:
    scene, _ = pruned(alder)
    second = newer(alder, CHANGED)
    registration = fresh(alder, scene.registration)
    moved(alder, second, registration=registration)
    with centre_context(alder.centre.pk):
        standing = Claim.objects.for_centre(alder.centre).standing()
        rows = standing.filter(
            evidence__registration=registration, criterion__unit__ref="O-1"
        ).select_related("criterion", "claimed_by")
        found = {
            (row.criterion.number, row.criterion.specification_id == second.specification_id)
            for row in rows
        }
        assert found == {("1.1", True), ("1.2", False)}
        assert {row.claimed_by for row in rows} == {alder.una}
        assert Evidence.objects.for_centre(alder.centre).filter(registration=registration).exists()


def test_the_learner_has_nothing_to_hand_in_for_what_is_kept_whole(alder: Cast) -> None:
    scene, _ = pruned(alder)
    moved(alder, newer(alder), registration=fresh(alder, scene.registration))
    registration = fresh(alder, scene.registration)
    kept = assessment_of_code(alder, registration, "1-portfolio")
    with centre_context(alder.centre.pk):
        page = unit_page(centre=alder.centre, registration=registration, assessment_id=kept.pk)
        assert (page.state, page.kept is not None) == (WorkState.PASSED, True)
        said = "Kept from version 1 (Alder Centre’s own): pass, unchanged."
        assert {line.kept for line in page.criteria} == {said}
        lines = my_work(centre=alder.centre, learner=alder.una)
        line = next(line for line in lines if line.assessment == kept)
        assert (line.state, line.waits_for_learner) == (WorkState.PASSED, False)
    with refused(alder, Refusal, "passed"), refusing(alder):
        submit_work(
            actor=alder.una,
            centre=alder.centre,
            registration=registration,
            assessment=kept,
            declaration_version=CURRENT.version,
            shown_digest="0" * 64,
            proof=fresh_proof(),
        )


def assessment_of_code(cast: Cast, registration: Registration, code: str) -> Assessment:
    with centre_context(cast.centre.pk):
        return Assessment.objects.get(
            code=code, specification=registration.pathway.specification_id
        )


def test_what_is_kept_in_part_is_handed_in_anew_and_then_counts_by_itself(alder: Cast) -> None:
    scene, sheet = pruned(alder)
    moved(alder, newer(alder, CHANGED), registration=fresh(alder, scene.registration))
    registration = fresh(alder, scene.registration)
    assessment = assessment_of_code(alder, registration, "1-portfolio")
    again = decided(alder, handed_in(alder, registration, assessment))
    work = works(alder, registration)["1-portfolio"]
    assert (work.outcome, work.sheet_id, work.attempt) == ("pass", again.pk, 1)
    assert again.pk != sheet.pk


def test_a_paper_says_the_qualification_that_was_signed_for(alder: Cast) -> None:
    sheet = passed(alder, "501")
    certificate = registration_of(alder).pathway
    moved(alder, diploma())
    with centre_context(alder.centre.pk):
        paper = Document.objects.for_centre(alder.centre).filter(sheet=sheet)[0]
        assert paper_of(paper).qualification_title == certificate.title


# At once


def both(cast: Cast, acts: list[Callable[[], Any]]) -> list[str]:
    """Everybody acts at once; says how it ended for each."""
    ended: list[str] = [""] * len(acts)
    start = threading.Barrier(len(acts))

    def press(at: int) -> None:
        try:
            start.wait()
            with centre_context(cast.centre.pk):
                acts[at]()
            ended[at] = "done"
        except (Refusal, Http404) as refusal:
            ended[at] = type(refusal).__name__
        except BaseException as fault:
            ended[at] = repr(fault)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def mover(cast: Cast, pathway: Pathway) -> Callable[[], Any]:
    """Max moves Una's registration, as he read it before."""
    registration = registration_of(cast)
    return lambda: move_registration(
        actor=cast.max, centre=cast.centre, registration=registration, pathway=pathway
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_does(alder: Cast) -> None:
    ended = both(alder, [mover(alder, diploma()), mover(alder, diploma())])
    assert sorted(ended) == ["TransitionError", "done"]
    with centre_context(alder.centre.pk):
        assert PathwayMove.objects.for_centre(alder.centre).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_move_and_a_submission_at_once_leave_no_work_without_a_unit(alder: Cast) -> None:
    for _ in range(3):
        registration = registration_of(alder)
        with centre_context(alder.centre.pk):
            stage.make_work(alder, alder.una, registration)
            shown = submission_manifest(
                centre=alder.centre, registration=registration, assessment=alder.assessment
            )
        before = registration_of(alder)

        def submits(before: Registration = before, digest: str = shown.digest) -> Any:
            return submit_work(
                actor=alder.una,
                centre=alder.centre,
                registration=before,
                assessment=alder.assessment,
                declaration_version=CURRENT.version,
                shown_digest=digest,
                proof=fresh_proof(),
            )

        ended = both(alder, [mover(alder, diploma()), submits])
        assert ended in (["done", "Http404"], ["TransitionError", "done"])
        with centre_context(alder.centre.pk):
            waiting = Submission.objects.for_centre(alder.centre).exists()
        assert waiting == (ended[1] == "done")
        if waiting:
            break
        moved(alder, before.pathway)


@pytest.mark.django_db(transaction=True)
def test_a_move_and_a_signature_at_once_end_one_after_the_other(alder: Cast) -> None:
    submission = judged(alder)
    with centre_context(alder.centre.pk):
        draft = Sheet.objects.for_centre(alder.centre).get(submission=submission)
        shown = sheet_manifests(draft).file.digest

    def signs() -> Any:
        return sign_sheet(
            actor=alder.pat,
            centre=alder.centre,
            submission=submission,
            shown_digest=shown,
            proof=fresh_proof(),
        )

    ended = both(alder, [mover(alder, diploma()), signs])
    assert ended[1] == "done"
    assert ended[0] in {"done", "TransitionError"}
    now = registration_of(alder).pathway
    assert (now == diploma()) == (ended[0] == "done")
    with centre_context(alder.centre.pk):
        assert Sheet.objects.for_centre(alder.centre).signed().count() == 1
