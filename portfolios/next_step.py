"""The one thing that a learner does next for an assessment, in a sentence with its link."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portfolios.queries import Attempt, UnitPage
from portfolios.standing import UNCHECKED, Confirmed
from portfolios.states import WorkState


@dataclass(frozen=True)
class NextStep:
    """A heading, why, and where to go; ``icon`` is one of the look's."""

    title: str
    text: str
    url: str
    action: str
    icon: str


def next_step(page: UnitPage, slug: str, standing: Confirmed = UNCHECKED) -> NextStep:
    """What comes next: read a decision, wait, get registered, claim, add, or hand in.

    ``standing`` is that of the last attempt, where it is decided.
    """
    last = page.last_attempt
    if page.kept and last is None:
        return NextStep(
            "Passed before: nothing to hand in" if page.kept.outcome else "Being decided again",
            page.kept.standing.sentence,
            reverse("assessment:submission-sheet", args=[slug, page.kept.submission_id])
            if page.kept.outcome
            else "",
            "Read the result and feedback",
            "doc",
        )
    if last is not None and page.state == WorkState.SUBMITTED:
        return NextStep(
            f"Attempt {last.number} is with your assessor",
            f"You handed it in on {_day(last)}. Files that you add now are kept for later.",
            reverse("portfolios:submission", args=[slug, last.id]),
            "See what you handed in",
            "pages",
        )
    if last is not None and page.state == WorkState.PASSED:
        return NextStep(
            f"Passed on attempt {last.number}",
            standing.sentence,
            reverse("assessment:submission-sheet", args=[slug, last.id]),
            "Read the result and feedback",
            "doc",
        )
    if last is not None and not page.changed_since_decision:
        return NextStep(
            f"Next: read the feedback on attempt {last.number}",
            "It says what is missing. Add or replace evidence, then hand in attempt "
            f"{page.next_attempt}. {standing.sentence}",
            reverse("assessment:submission-sheet", args=[slug, last.id]),
            "Read the feedback",
            "return",
        )
    return _towards_submission(page, slug)


def _towards_submission(page: UnitPage, slug: str) -> NextStep:
    blocking = [check for check in page.unmet if not check.place]
    if blocking:
        return NextStep("Handing in is closed", blocking[0].missing, "", "", "")
    missing = next((line for line in page.criteria if not line.claims), None)
    if missing is None:
        attempt = f" attempt {page.next_attempt}" if page.next_attempt > 1 else ""
        return NextStep(
            f"Next: check and hand in{attempt}",
            f"All {len(page.criteria)} criteria have evidence.",
            reverse("portfolios:submit", args=[slug, page.registration.pk, page.assessment.id]),
            "Check and hand in",
            "next",
        )
    if not page.items:
        return NextStep(
            "Next: add your first evidence",
            "A plan, a contract, a log, a recording: any file that shows a criterion.",
            "#add",
            "Add files",
            "upload",
        )
    if page.unclaimed:
        item = page.unclaimed[-1].evidence
        return NextStep(
            f"Next: say what {item.label} shows",
            f"“{item.title}” supports no criterion of this unit yet.",
            reverse("portfolios:evidence", args=[slug, item.pk]),
            f"Claim {item.label}",
            "plus",
        )
    return NextStep(
        f"Next: find evidence for {missing.name}",
        f"{missing.statement} Add a file for it, or open one below and claim it.",
        "#add",
        "Add files",
        "upload",
    )


def _day(attempt: Attempt) -> str:
    return date_format(timezone.localtime(attempt.submitted_at), "j M Y")
