"""What the routes of alignments name, made on the stage when first asked for."""

from typing import Any

from centres.models import User
from centres.tenancy import centre_context
from quality.models import Alignment
from quality.queries.alignments import alignment_manifest
from tests.cast import PASSWORD
from tests.quality.alignments import (
    TITLE,
    approve,
    filled,
    issued,
    placed,
    programme_now,
    started,
    work_of,
)
from tests.quality.approvals import old_approval, past_review
from tests.quality.staged import another_eqa, visit
from tests.stage import Stage

Args = tuple[Any, ...]


def _drafts(stage: Stage) -> Alignment | None:
    with centre_context(stage.cast.centre.pk):
        drafts = Alignment.objects.for_centre(stage.cast.centre).filter(approved_at=None)
        found: Alignment | None = drafts.filter(title=TITLE).first()
        return found


def draft(stage: Stage) -> Alignment:
    """A draft of Max's with everything filled in."""
    return _drafts(stage) or filled(stage.cast)


def done(stage: Stage) -> Alignment:
    """An approved alignment, on whose qualification Eve has an open visit."""
    visit(stage)
    with centre_context(stage.cast.centre.pk):
        found: Alignment | None = Alignment.objects.for_centre(stage.cast.centre).approved().first()
    if found is None:
        begun = filled(stage.cast, started(stage.cast, title="Orchard Hands"))
        found = approve(stage.cast, begun)
    return found


def _on_it(stage: Stage) -> None:
    """Ted follows the approved one."""
    if not programme_now(stage.cast, "ted"):
        placed(stage.cast, done(stage), "ted")


def unas_registration(stage: Stage) -> Args:
    """Una's registration; Ted's programme is there beside her."""
    _on_it(stage)
    return (stage.una.registration.pk,)


def to_follow(stage: Stage) -> dict[str, Any]:
    """The approved one, for one registration."""
    return {"alignment": done(stage).pk}


def to_place(stage: Stage) -> dict[str, Any]:
    """Una, to be placed."""
    return {"registrations": stage.una.registration.pk}


def draft_args(stage: Stage) -> Args:
    """That draft."""
    return (draft(stage).pk,)


def draft_unit(stage: Stage) -> Args:
    """The first unit of that draft."""
    found = draft(stage)
    return (found.pk, work_of(stage.cast, found).units[0].unit.pk)


def done_args(stage: Stage) -> Args:
    """That approved alignment."""
    return (done(stage).pk,)


def done_unit(stage: Stage) -> Args:
    """Its first unit."""
    found = done(stage)
    return (found.pk, work_of(stage.cast, found).units[0].unit.pk)


def paper_args(stage: Stage) -> Args:
    """The approved one, whose paper is made."""
    found = done(stage)
    issued(stage.cast, found)
    return (found.pk,)


def eve_early(stage: Stage) -> list[tuple[User, Args]]:
    """Eve at a draft, and an EQA without a visit at the approved one."""
    return [(stage.cast.eve, draft_args(stage)), *another_eqa(stage, done_args(stage))]


def eve_early_at_a_unit(stage: Stage) -> list[tuple[User, Args]]:
    """The same at a unit."""
    return [(stage.cast.eve, draft_unit(stage)), *another_eqa(stage, done_unit(stage))]


def strangers(stage: Stage) -> list[tuple[User, Args]]:
    """An EQA without a visit at the paper."""
    return another_eqa(stage, paper_args(stage))


def to_start(stage: Stage) -> dict[str, Any]:
    """A programme and a pathway that is the centre's own."""
    old_approval(stage.cast)
    return {"title": "Orchard Guides", "pathway": past_review(stage.cast).pk}


def cover(stage: Stage) -> dict[str, Any]:
    """Who is named on the cover."""
    return {"qcm": "Quinn Quince", "revision": str(draft(stage).revision)}


def unit_said(stage: Stage) -> dict[str, Any]:
    """One text of a criterion."""
    line = work_of(stage.cast, draft(stage)).units[0]
    return {"strategies-1.1": "Seminars.", "revision": str(line.row.revision)}


def approval(stage: Stage) -> dict[str, Any]:
    """What the draft shows for signing."""
    return {
        "shown": alignment_manifest(work_of(stage.cast, draft(stage))).digest,
        "password": PASSWORD,
    }
