"""Arranging a visit, choosing, publishing, findings, and signing it off."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from assessment.models import Document, Sheet
from centres.actions import allocate_assessor
from centres.models import Centre, Role, Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.tenancy import centre_context
from quality.actions.holds import place_hold
from quality.actions.visits import (
    choose_sheet,
    close_visit,
    publish_choices,
    save_finding,
    save_visit_notes,
    unchoose_sheet,
)
from quality.models import ExternalConfirmation, Hold, RequiredAction, Visit, VisitSheet
from quality.queries.standings import sheet_standing
from quality.queries.visit_closing import closing_of
from quality.standing import Route, Standing
from tests import stage
from tests.assessment.scenes import judged, new_events, signed, submitted
from tests.cast import Cast, fresh_proof
from tests.quality.external import (
    DAY,
    arranged,
    chosen,
    closed,
    found,
    give_role,
    kept,
    published,
    refusing_is,
    released,
    told,
)

Within = Callable[[Centre], AbstractContextManager[None]]


def test_a_manager_arranges_a_visit_and_the_eqa_is_told(alder: Cast) -> None:
    with new_events(alder) as events:
        visit = arranged(alder)
    assert events == ["visit.arranged"]
    assert visit.ends_on == visit.closes_on
    assert told(alder, alder.eve) == ["visit_arranged"]


def test_a_lead_iqa_arranges_one_too(alder: Cast) -> None:
    assert arranged(alder, actor=alder.lea).arranged_by == alder.lea


@pytest.mark.parametrize("who", ["jo", "pat", "ada", "eve", "una"])
def test_nobody_else_arranges_a_visit(alder: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        arranged(alder, actor=getattr(alder, who))


@pytest.mark.parametrize(
    "changes",
    [
        {"opens_on": datetime.date(2030, 1, 2), "closes_on": datetime.date(2030, 1, 1)},
        {"opens_on": datetime.date(2026, 1, 1), "closes_on": datetime.date(2026, 1, 2)},
        {"days_after": 61},
    ],
)
def test_a_visit_on_days_that_make_no_sense_is_refused(
    alder: Cast, changes: dict[str, object]
) -> None:
    with new_events(alder) as events, pytest.raises(Refusal):
        arranged(alder, **changes)
    assert events == []


def test_only_an_eqa_of_the_centre_today_is_allocated(alder: Cast, birch: Cast) -> None:
    for person in (alder.jo, birch.eve):
        with pytest.raises(Refusal, match="not an external quality assurer"):
            arranged(alder, eqa=person)
    alder.centre.memberships.filter(user=alder.eve).update(ends_on=datetime.date(2026, 2, 1))
    with pytest.raises(Refusal, match="not an external quality assurer"):
        arranged(alder)


def test_an_eqa_who_assessed_on_the_qualification_is_not_allocated(alder: Cast) -> None:
    signed(alder)
    give_role(alder, alder.pat, Role.EQA)
    with new_events(alder) as events, pytest.raises(Refusal, match="assessed or checked"):
        arranged(alder, eqa=alder.pat)
    assert events == []


def test_an_eqa_who_released_on_the_qualification_is_not_allocated(alder: Cast) -> None:
    released(alder, signed(alder))
    give_role(alder, alder.lea, Role.EQA)
    with pytest.raises(Refusal, match="assessed or checked"):
        arranged(alder, eqa=alder.lea)


def test_an_eqa_who_learns_on_the_qualification_is_not_allocated(alder: Cast) -> None:
    give_role(alder, alder.una, Role.EQA)
    with pytest.raises(Refusal, match="learns on this qualification"):
        arranged(alder, eqa=alder.una)


def test_choosing_leaves_no_event_and_no_notice(alder: Cast, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    before = {person.pk: told(alder, person) for person in alder.people}
    with new_events(alder) as events:
        first = chosen(alder, visit, sheet, reason="a second look")
        again = chosen(alder, visit, sheet)
    assert events == []
    assert first == again
    assert {person.pk: told(alder, person) for person in alder.people} == before


def test_a_choice_is_taken_back_until_it_is_published(alder: Cast, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    chosen(alder, visit, sheet)
    with within(alder.centre):
        unchoose_sheet(actor=alder.eve, centre=alder.centre, visit=visit, sheet=sheet)
        assert not kept(VisitSheet, alder).exists()
    published(alder, visit, sheet)
    with refusing_is(alder, TransitionError, "published choice stays"):
        unchoose_sheet(actor=alder.eve, centre=alder.centre, visit=visit, sheet=sheet)
    with within(alder.centre):
        assert kept(VisitSheet, alder).count() == 1


def test_an_eqa_who_assessed_an_attempt_may_not_choose_it(alder: Cast, within: Within) -> None:
    visit = arranged(alder, eqa=alder.eve)
    give_role(alder, alder.pat, Role.EQA)
    own = arranged(alder, eqa=alder.pat)
    sheet = signed(alder)
    with refusing_is(alder, Refusal, "verif"):
        choose_sheet(actor=alder.pat, centre=alder.centre, visit=own, sheet=sheet)
    with within(alder.centre):
        assert not kept(VisitSheet, alder).exists()
    assert chosen(alder, visit, sheet)


def test_the_database_itself_refuses_such_a_choice(alder: Cast, within: Within) -> None:
    give_role(alder, alder.pat, Role.EQA)
    visit = arranged(alder, eqa=alder.pat)
    sheet = signed(alder)
    with within(alder.centre), pytest.raises(IntegrityError, match="assess and verify"):
        VisitSheet.objects.create(centre=alder.centre, visit=visit, sheet=sheet)


def test_nobody_enters_another_eqas_visit(alder: Cast, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    give_role(alder, alder.tia, Role.EQA)
    with within(alder.centre), pytest.raises(PermissionDenied):
        choose_sheet(actor=alder.tia, centre=alder.centre, visit=visit, sheet=sheet)


@pytest.mark.parametrize("days", [(2, 4), (-5, -1)])
def test_a_visit_is_entered_within_its_days_only(
    alder: Cast, within: Within, days: tuple[int, int]
) -> None:
    sheet, visit = signed(alder), arranged(alder)
    today = timezone.localdate()
    opens, ends = (today + day * DAY for day in days)
    with within(alder.centre):
        kept(Visit, alder).update(opens_on=opens, closes_on=ends, ends_on=ends)
    with within(alder.centre), pytest.raises(PermissionDenied):
        choose_sheet(actor=alder.eve, centre=alder.centre, visit=visit, sheet=sheet)


def test_work_that_is_not_decided_can_not_be_chosen(alder: Cast, within: Within) -> None:
    visit, submission = arranged(alder), judged(alder)
    with within(alder.centre), pytest.raises(PermissionDenied):
        draft = kept(Sheet, alder).get(submission=submission)
        choose_sheet(actor=alder.eve, centre=alder.centre, visit=visit, sheet=draft)


def test_publishing_tells_lead_and_manager_and_leaves_one_event(alder: Cast) -> None:
    sheet, visit = signed(alder), arranged(alder)
    chosen(alder, visit, sheet)
    with new_events(alder) as events, centre_context(alder.centre.pk):
        publish_choices(actor=alder.eve, centre=alder.centre, visit=visit)
    assert events == ["visit.published"]
    for person in alder.people:
        expected = 1 if person in (alder.lea, alder.max) else 0
        assert told(alder, person).count("visit_published") == expected, person


def test_publishing_nothing_new_is_refused(alder: Cast) -> None:
    sheet, visit = signed(alder), arranged(alder)
    for prepare in (lambda: None, lambda: published(alder, visit, sheet)):
        prepare()
        with refusing_is(alder, Refusal, "Nothing is chosen"):
            publish_choices(actor=alder.eve, centre=alder.centre, visit=visit)


def test_more_is_chosen_and_published_during_the_visit(alder: Cast) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    published(alder, visit, una)
    assert [choice.sheet_id for choice in published(alder, visit, ted)] == [ted.pk]


def test_a_decision_needs_a_published_choice(alder: Cast) -> None:
    sheet, visit = signed(alder), arranged(alder)
    with refusing_is(alder, TransitionError, "published choice"):
        save_finding(
            actor=alder.eve, centre=alder.centre, visit=visit, sheet=sheet, decision="agree"
        )
    chosen(alder, visit, sheet)
    with refusing_is(alder, TransitionError, "published choice"):
        save_finding(
            actor=alder.eve, centre=alder.centre, visit=visit, sheet=sheet, decision="agree"
        )


def test_a_private_note_is_kept_before_publishing(alder: Cast, within: Within) -> None:
    sheet, visit = signed(alder), arranged(alder)
    chosen(alder, visit, sheet)
    found(alder, visit, sheet, decision="", note="look twice")
    with within(alder.centre):
        assert kept(VisitSheet, alder).get().note == "look twice"


def test_an_action_needs_owner_and_day_and_an_owner_of_the_staff(alder: Cast) -> None:
    sheet, visit = signed(alder), arranged(alder)
    published(alder, visit, sheet)
    due = timezone.localdate() + 30 * DAY
    for more, match in (
        ({"action_text": "Mend it."}, "owner and a day"),
        ({"action_owner": alder.pat}, "no text"),
        ({"action_text": "Mend it.", "action_owner": alder.una, "action_due_on": due}, "works"),
        ({"action_text": "Mend it.", "action_owner": alder.eve, "action_due_on": due}, "works"),
    ):
        with refusing_is(alder, Refusal, match):
            save_finding(
                actor=alder.eve,
                centre=alder.centre,
                visit=visit,
                sheet=sheet,
                decision="more",
                **more,
            )


def test_releasing_confirms_what_is_internally_confirmed_and_issues_papers(
    alder: Cast, within: Within
) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    release = released(alder, una, ted)
    published(alder, visit, una)
    found(alder, visit, una)
    with new_events(alder) as events:
        done = closed(alder, visit)
    assert events == ["signature.made", "visit.closed", *["document.queued"] * 4]
    assert (done.outcome, done.ends_on) == ("release", timezone.localdate() + 14 * DAY)
    with within(alder.centre):
        for sheet in (una, ted):
            work = sheet_standing(alder.centre, sheet)
            assert (work.standing, work.route) == (Standing.EXTERNAL, Route.VISIT)
        papers = kept(Document, alder).filter(sheet=ted, standing="visited")
        assert papers.count() == 2
        signature = kept(Signature, alder).get(purpose="visit")
        beneath = kept(Signature, alder).get(subject_id=release.pk)
        assert signature.builds_on == [beneath.digest]
        assert str(ted.pk) in signature.manifest
    for learner in (alder.una, alder.ted):
        assert told(alder, learner)[-1] == "work_confirmed"
    for person in (alder.lea, alder.max):
        assert told(alder, person)[-1] == "visit_closed"
    assert "visit_closed" not in told(alder, alder.pat)


@pytest.mark.parametrize("decision", ["disagree", "more"])
def test_what_the_eqa_did_not_agree_with_is_held_with_its_action(
    alder: Cast, within: Within, decision: str
) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    released(alder, una, ted)
    published(alder, visit, una)
    due = timezone.localdate() + 30 * DAY
    found(
        alder,
        visit,
        una,
        decision,
        comment="1.3 is thin.",
        note="my own",
        action_text="Show 1.3.",
        action_owner=alder.pat,
        action_due_on=due,
    )
    with new_events(alder) as events:
        closed(alder, visit)
    assert events == [
        "signature.made",
        "visit.closed",
        "action.raised",
        *["document.queued"] * 2,
    ]
    with within(alder.centre):
        assert [row.sheet_id for row in kept(ExternalConfirmation, alder)] == [ted.pk]
        hold = kept(Hold, alder).get()
        assert (hold.registration_id, hold.kind, hold.reason) == (
            alder.una_registration.pk,
            "external",
            "1.3 is thin.",
        )
        action = kept(RequiredAction, alder).get()
        assert (action.owner, action.due_on, action.raised_by) == (alder.pat, due, alder.eve)
        assert "my own" not in kept(Signature, alder).get(purpose="visit").manifest
    assert told(alder, alder.pat)[-1] == "visit_closed"


def test_holding_confirms_nothing_and_holds_what_was_disagreed(alder: Cast, within: Within) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    released(alder, una, ted)
    published(alder, visit, una, ted)
    found(alder, visit, una, "disagree")
    found(alder, visit, ted)
    with new_events(alder) as events:
        closed(alder, visit, "hold")
    assert events == ["signature.made", "visit.closed"]
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()
        assert [row.registration_id for row in kept(Hold, alder)] == [alder.una_registration.pk]


def test_held_work_referrals_and_unconfirmed_work_are_left_out_of_a_release(
    alder: Cast, within: Within
) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted", referred=("1.3",)), arranged(alder)
    released(alder, una)
    with within(alder.centre):
        place_hold(
            actor=alder.max,
            centre=alder.centre,
            registration=alder.una_registration,
            assessment=alder.assessment,
            kind="appeal",
            reason="Una appeals.",
        )
    published(alder, visit, ted)
    found(alder, visit, ted)
    closed(alder, visit)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


def test_closing_is_refused_while_something_is_left(alder: Cast, within: Within) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    with refusing_is(alder, Refusal, "No sheet has been chosen"):
        _close(alder, visit, "hold")
    published(alder, visit, una)
    with refusing_is(alder, Refusal, "without a decision"):
        _close(alder, visit, "hold")
    found(alder, visit, una)
    with refusing_is(alder, Refusal, "Nothing is confirmed internally"):
        _close(alder, visit, "release")
    chosen(alder, visit, ted)
    with refusing_is(alder, Refusal, "not published"):
        _close(alder, visit, "hold")
    with within(alder.centre):
        assert kept(Visit, alder).get().closed_at is None
        assert not kept(Signature, alder).filter(purpose="visit").exists()


def _close(cast: Cast, visit: Visit, outcome: str, shown: str = "") -> Visit:
    return close_visit(
        actor=cast.eve,
        centre=cast.centre,
        visit=visit,
        outcome=outcome,
        shown_digest=shown or closing_of(visit, outcome).manifest.digest,
        proof=fresh_proof(),
    )


def test_work_confirmed_since_it_was_shown_refuses_the_signature(
    alder: Cast, within: Within
) -> None:
    una, ted, visit = signed(alder), signed(alder, "ted"), arranged(alder)
    released(alder, una)
    published(alder, visit, una)
    found(alder, visit, una)
    with within(alder.centre):
        shown = closing_of(visit, "release").manifest.digest
    released(alder, ted)
    with refusing_is(alder, ChangedSinceShown, "changed since"):
        _close(alder, visit, "release", shown)
    with within(alder.centre):
        assert not kept(ExternalConfirmation, alder).exists()


def test_an_eqa_who_assessed_since_does_not_release(alder: Cast, within: Within) -> None:
    visit = arranged(alder, eqa=alder.eve)
    give_role(alder, alder.pat, Role.EQA)
    own = arranged(alder, eqa=alder.pat)
    una = signed(alder)
    give_role(alder, alder.eve, Role.ASSESSOR)
    with within(alder.centre):
        allocate_assessor(
            actor=alder.max,
            centre=alder.centre,
            registration=alder.ted_registration,
            assessor=alder.eve,
        )
    work = submitted(alder, "ted")
    with within(alder.centre):
        stage.judge(alder, alder.eve, work, ())
        ted = stage.sign(alder, alder.eve, work)
    released(alder, una, ted)
    published(alder, visit, una)
    found(alder, visit, una)
    with refusing_is(alder, Refusal, "never verifies it"):
        _close(alder, visit, "release")
    assert own.eqa == alder.pat


def test_a_closed_visit_never_changes(alder: Cast, within: Within) -> None:
    una, visit = signed(alder), arranged(alder)
    published(alder, visit, una)
    found(alder, visit, una)
    closed(alder, visit, "hold")
    for act in (
        lambda: _close(alder, visit, "hold"),
        lambda: save_visit_notes(actor=alder.eve, centre=alder.centre, visit=visit, notes="later"),
        lambda: publish_choices(actor=alder.eve, centre=alder.centre, visit=visit),
        lambda: save_finding(
            actor=alder.eve, centre=alder.centre, visit=visit, sheet=una, decision="more"
        ),
    ):
        with refusing_is(alder, TransitionError, "closed"):
            act()
    with within(alder.centre), pytest.raises(ProgrammingError), transaction.atomic():
        kept(VisitSheet, alder).update(decision="more")


def test_notes_and_report_are_kept_apart(alder: Cast, within: Within) -> None:
    visit = arranged(alder)
    with new_events(alder) as events, within(alder.centre):
        save_visit_notes(actor=alder.eve, centre=alder.centre, visit=visit, notes="mine")
        save_visit_notes(actor=alder.eve, centre=alder.centre, visit=visit, report="for all")
        row = kept(Visit, alder).get()
    assert events == []
    assert (row.notes, row.report) == ("mine", "for all")
