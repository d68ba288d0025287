"""An assessor, an IQA and an EQA act on one sheet at once, over real connections.

Nobody's signature is doubled, nothing is lost, and the papers say what stands in the end.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from django.db import connection

from assessment.actions import save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from centres.ledger import ledger_faults
from centres.models import AuditEvent, Signature
from centres.refusals import ChangedSinceShown, TransitionError
from centres.tenancy import centre_context
from portfolios.models import Closure, Submission
from quality.actions.reviews import sign_review
from quality.actions.visits import close_visit
from quality.models import ReviewPoint, Sample, Visit
from quality.queries.review import review_manifest
from quality.queries.standings import sheet_standing
from quality.queries.visit_closing import closing_of
from tests import stage
from tests.assessment import scenes
from tests.cast import Cast, fresh_proof
from tests.quality import external, internal

TIMES = int(os.environ.get("QUALITY_AT_ONCE", "8"))
Act = Callable[[], str]


def together(acts: dict[str, Act], random: Random) -> dict[str, str]:
    """Everybody acts within a few milliseconds; says how it ended for each."""
    ended: dict[str, str] = {}
    start = threading.Barrier(len(acts))

    def press(who: str, act: Act, pause: float) -> None:
        try:
            start.wait()
            time.sleep(pause)
            ended[who] = act()
        except ChangedSinceShown:
            ended[who] = "changed"
        except TransitionError:
            ended[who] = "too late"
        except BaseException as fault:
            ended[who] = repr(fault)
            raise
        finally:
            connection.close()

    presses = [
        threading.Thread(target=press, args=(who, act, random.uniform(0, 0.03)))
        for who, act in random.sample(sorted(acts.items()), len(acts))
    ]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    return ended


def assessor(cast: Cast, submission: Submission) -> Act:
    """Kit signs the draft that was typed before Pat signed."""
    with centre_context(cast.centre.pk):
        draft = Sheet.objects.for_centre(cast.centre).get(
            submission=submission, assessor=cast.kit, signed_at__isnull=True
        )
        shown = sheet_manifests(draft).file.digest

    def act() -> str:
        with centre_context(cast.centre.pk):
            sign_sheet(
                actor=cast.kit,
                centre=cast.centre,
                submission=submission,
                shown_digest=shown,
                proof=fresh_proof(),
            )
        return "signed"

    return act


def reviewer(cast: Cast, sample: Sample) -> Act:
    """Jo signs the review as concluded."""
    shown = review_manifest(internal.read(cast, sample)).digest

    def act() -> str:
        with centre_context(cast.centre.pk):
            sign_review(
                actor=cast.jo,
                centre=cast.centre,
                sample=sample,
                shown_digest=shown,
                proof=fresh_proof(),
            )
        return "signed"

    return act


def eqa(cast: Cast, visit: Visit) -> Act:
    """Eve closes the visit and holds."""
    with centre_context(cast.centre.pk):
        shown = closing_of(visit, "hold").manifest.digest

    def act() -> str:
        with centre_context(cast.centre.pk):
            close_visit(
                actor=cast.eve,
                centre=cast.centre,
                visit=visit,
                outcome="hold",
                shown_digest=shown,
                proof=fresh_proof(),
            )
        return "signed"

    return act


def both_judged(cast: Cast, submission: Submission, attempt: int) -> Sheet:
    """Pat's signed referral, and Kit's draft of another mind beside it."""
    with centre_context(cast.centre.pk):
        for person in (cast.pat, cast.kit):
            for criterion in stage.criteria(cast):
                save_judgement(
                    actor=person,
                    centre=cast.centre,
                    submission=submission,
                    criterion=criterion,
                    decision="referral",
                    feedback=f"Attempt {attempt}, by {person.full_name}.",
                )
        return stage.sign(cast, cast.pat, submission)


@pytest.mark.django_db(transaction=True)
def test_three_people_who_act_at_once_leave_one_signature_each_and_a_whole_ledger(
    alder: Cast,
) -> None:
    random = Random(8588)
    internal.approved(alder)
    sheet: Sheet | None = None
    ends: Counter[tuple[str, str]] = Counter()
    for attempt in range(1, TIMES + 1):
        submission = scenes.submitted(alder, "ted") if sheet is None else scenes.again(alder, sheet)
        sheet = both_judged(alder, submission, attempt)
        sample = internal.chosen(alder, sheet)
        returns = random.random() < 0.5
        internal.say(alder, sample, "1.1", verdict="agree")
        conclusion = {"outcome": "return", "reason": "Read 1.3 again."} if returns else {}
        internal.conclude(alder, sample, **{**internal.TESTS, "outcome": "agree", **conclusion})
        visit = external.arranged(alder)
        external.published(alder, visit, sheet)
        external.found(alder, visit, sheet, "agree")
        ended = together(
            {
                "assessor": assessor(alder, submission),
                "iqa": reviewer(alder, sample),
                "eqa": eqa(alder, visit),
            },
            random,
        )
        ends.update(ended.items())
        assert ended["iqa"] in {"signed", "too late"}, ended
        assert ended["eqa"] in {"signed", "changed", "too late"}, ended
        assert ended["assessor"] in {"changed", "too late"}, ended
        with centre_context(alder.centre.pk):
            sheet = _settled(alder, sheet, submission)
    assert sum(ends.values()) == 3 * TIMES
    with centre_context(alder.centre.pk):
        assert list(ledger_faults(alder.centre)) == []
        _nothing_twice(alder)
        assert ReviewPoint.objects.for_centre(alder.centre).count() == TIMES


def _settled(cast: Cast, sheet: Sheet, submission: Submission) -> Sheet:
    """What stands after the press: a returned sheet is signed again by the one who did not."""
    closures = Closure.objects.for_centre(cast.centre).filter(submission=submission)
    if not closures.standing().exists():
        assert sheet_standing(cast.centre, sheet).returned
        sheet = stage.sign(cast, cast.kit, submission)
        assert (sheet.version, sheet.assessor_id) == (2, cast.kit.pk)
    else:
        standing = sheet_standing(cast.centre, sheet)
        newest = Document.objects.for_centre(cast.centre).filter(sheet=sheet).latest("queued_at")
        assert newest.standing == {"sampled": "sampled"}.get(str(standing.route), "provisional")
    assert closures.standing().count() == 1
    return sheet


def _nothing_twice(cast: Cast) -> None:
    """One signature for each event that says so, and none without its event."""
    events = Counter(AuditEvent.objects.for_centre(cast.centre).values_list("action", flat=True))
    purposes = Counter(Signature.objects.for_centre(cast.centre).values_list("purpose", flat=True))
    assert purposes["review"] == events["review.signed"]
    assert purposes["visit"] == events["visit.closed"]
    assert purposes["decision"] == events["sheet.signed"]
    assert events["signature.made"] == sum(purposes.values())
