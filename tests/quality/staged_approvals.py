"""What the routes of approvals name, made on the stage when first asked for."""

from typing import Any

from centres.models import ReviewOverride, User
from quality.models import ApprovalPaper
from tests.quality.approvals import (
    REASON,
    allowed,
    approval_of,
    days,
    old_approval,
    papered,
    past_review,
)
from tests.quality.external import file
from tests.quality.staged import another_eqa, first, visit
from tests.stage import Stage

Args = tuple[Any, ...]


def approval_args(stage: Stage) -> Args:
    """The approval of 8588, on which Eve has an open visit."""
    visit(stage)
    return (approval_of(stage.cast).pk,)


def old_args(stage: Stage) -> Args:
    """The approval whose units are past review."""
    return (old_approval(stage.cast).pk,)


def paper_args(stage: Stage) -> Args:
    """A paper of the approval of 8588."""
    visit(stage)
    paper = first(ApprovalPaper, stage) or papered(stage.cast)
    return (paper.pk,)


def override_args(stage: Stage) -> Args:
    """An override that stands."""
    override = first(ReviewOverride, stage) or allowed(stage.cast)
    return (override.pk,)


def strangers(args: Any) -> Any:
    """An EQA without an open visit here."""

    def someone(stage: Stage) -> list[tuple[User, Args]]:
        return another_eqa(stage, args(stage))

    return someone


def eve_elsewhere(stage: Stage) -> list[tuple[User, Args]]:
    """Eve, whose visit is not on that qualification, and an EQA without any."""
    return [(stage.cast.eve, old_args(stage)), *another_eqa(stage, approval_args(stage))]


def to_record(stage: Stage) -> dict[str, Any]:
    """An approval of the qualification that has none yet."""
    return days(qualification=past_review(stage.cast).specification.qualification_id)


def to_change(stage: Stage) -> dict[str, Any]:
    """Other days."""
    return days()


def to_add(stage: Stage) -> dict[str, Any]:
    """A paper."""
    return {"kind": "lessons", "title": "Lesson plans", "file": file("lessons.txt")}


def to_allow(stage: Stage) -> dict[str, Any]:
    """Why it is allowed."""
    return {"reason": REASON}
