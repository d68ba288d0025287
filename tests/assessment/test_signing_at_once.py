"""Two assessors sign at once, over real connections: one signature, and the other is told who."""

import os
import threading
import time
from collections import Counter
from random import Random

import pytest
from django.db import connection

from assessment.actions import save_judgement, sign_sheet
from assessment.manifest import sheet_manifests
from assessment.models import Document, Sheet
from centres.ledger import ledger_faults
from centres.models import AuditEvent, Signature, User
from centres.refusals import TransitionError
from centres.tenancy import centre_context
from portfolios.models import Closure, Submission
from tests import stage
from tests.assessment import scenes
from tests.cast import Cast, fresh_proof

TIMES = int(os.environ.get("SIGNINGS_AT_ONCE", "20"))


def at_once(cast: Cast, submission: Submission, random: Random) -> Counter[str]:
    """Pat and Kit press the button together, a few milliseconds apart at most."""
    told: Counter[str] = Counter()
    start = threading.Barrier(2)

    def press(assessor: User, pause: float) -> None:
        try:
            with centre_context(cast.centre.pk):
                draft = Sheet.objects.for_centre(cast.centre).get(
                    submission=submission, assessor=assessor
                )
                shown = sheet_manifests(draft).file.digest
            start.wait()
            time.sleep(pause)
            with centre_context(cast.centre.pk):
                sign_sheet(
                    actor=assessor,
                    centre=cast.centre,
                    submission=submission,
                    shown_digest=shown,
                    proof=fresh_proof(),
                )
            told["signed"] += 1
        except TransitionError as refusal:
            told["told who" if "signed it on" in refusal.rule else refusal.rule] += 1
        except BaseException as fault:
            told[repr(fault)] += 1
            raise
        finally:
            connection.close()

    presses = [
        threading.Thread(target=press, args=(assessor, random.uniform(0, 0.02)))
        for assessor in random.sample([cast.pat, cast.kit], 2)
    ]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    return told


@pytest.mark.django_db(transaction=True)
def test_of_two_assessors_who_sign_at_once_exactly_one_has_signed(alder: Cast) -> None:
    random = Random(501)
    sheet: Sheet | None = None
    for attempt in range(1, TIMES + 1):
        submission = scenes.submitted(alder, "ted") if sheet is None else scenes.again(alder, sheet)
        with centre_context(alder.centre.pk):
            for assessor in (alder.pat, alder.kit):
                for criterion in stage.criteria(alder):
                    save_judgement(
                        actor=assessor,
                        centre=alder.centre,
                        submission=submission,
                        criterion=criterion,
                        decision="referral",
                        feedback=f"Attempt {attempt}.",
                    )
        assert at_once(alder, submission, random) == {"signed": 1, "told who": 1}
        with centre_context(alder.centre.pk):
            sheet = Sheet.objects.for_centre(alder.centre).signed().get(submission=submission)
            assert (
                Closure.objects.for_centre(alder.centre).filter(submission=submission).count() == 1
            )
            assert Document.objects.for_centre(alder.centre).filter(sheet=sheet).count() == 2
    with centre_context(alder.centre.pk):
        decisions = Signature.objects.for_centre(alder.centre).filter(purpose="decision")
        assert decisions.count() == TIMES
        events = Counter(
            AuditEvent.objects.for_centre(alder.centre).values_list("action", flat=True)
        )
        assert (events["sheet.signed"], events["submission.closed"]) == (TIMES, TIMES)
        assert list(ledger_faults(alder.centre)) == []
