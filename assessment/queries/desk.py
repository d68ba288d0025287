"""The marking desk: a criterion, its evidence, and what changed since the attempt before."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from assessment.models import Audience, Comment, Decision, Judgement
from assessment.queries.blocks import Block, GateLine
from assessment.queries.checklists import Checklist, OpenChecklist
from assessment.queries.handed_in import HandedIn, handed_in
from assessment.queries.tree import criterion_mark, sheet_tree
from assessment.queries.work import (
    criterion_checklists,
    derived_outcome,
    gate_lines,
    sheet_blocks,
    sheet_warnings,
)
from centres.models import Centre, User
from portfolios.kept import kept_by
from portfolios.models import Submission
from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome
from qualifications.rules import Outcome


@dataclass(frozen=True)
class Earlier:
    """What was decided on this criterion at the attempt before, or under an earlier version.

    ``kept_from`` is that version, of which there is no attempt here.
    """

    attempt: int
    decision: str
    feedback: str
    counts: Mapping[str, Any]
    kept_from: str = ""

    @property
    def label(self) -> str:
        """Such as ``Attempt 1``, or ``Kept from version 2.0``."""
        if self.kept_from:
            return f"Kept from version {self.kept_from}"
        return f"Attempt {self.attempt}"


@dataclass(frozen=True)
class CommentPart:
    """The draft comment for one audience."""

    audience: str
    label: str
    hint: str
    text: str
    revision: int


@dataclass(frozen=True)
class Desk:
    """All that the marking desk shows."""

    submission: Submission
    due: datetime.datetime
    tree: AssessmentTree
    criterion: TreeCriterion
    outcome_part: TreeOutcome
    mark: str
    before: str
    after: str
    strip: tuple[Mapping[str, Any], ...]
    derived: Outcome
    so_far: str
    blocks: tuple[Block, ...]
    warnings: tuple[OpenChecklist, ...]
    judgement: Judgement
    gates: tuple[GateLine, ...]
    checklists: tuple[Checklist, ...]
    comments: tuple[CommentPart, ...]
    evidence: HandedIn
    earlier: Earlier | None
    carry_over: bool

    @property
    def rest(self) -> str:
        """The criterion's statement after its verb, which opens it."""
        verb, statement = self.criterion.verb, self.criterion.statement
        if statement[: len(verb)].casefold() == verb.casefold():
            return statement[len(verb) :]
        return f": {statement}"

    @property
    def has_comments(self) -> bool:
        """Whether a comment on this outcome is written already."""
        return any(part.text for part in self.comments)


HINTS = {
    Audience.LEARNER: "On the sheet and on the learner’s copy.",
    Audience.ASSESSOR: "Other assessors and quality assurers read it; the learner does not.",
    Audience.FILE: "In the file copy only; the learner does not read it.",
}


def desk(
    centre: Centre,
    submission: Submission,
    assessor: User,
    criterion: TreeCriterion,
    *,
    item: int | None = None,
    place: int | None = None,
) -> Desk:
    """The desk at one criterion, in four queries, whatever the number of items and attempts.

    A registration that has moved asks what it keeps as well. ``submission`` comes from
    ``submissions_to_mark``. ``item`` is the number of the item to show
    and ``place`` the claim among its places; by default the first place claimed.
    """
    tree = sheet_tree(submission.assessment)
    own, former = _judgements(centre, submission, assessor)
    comments = {
        comment.audience: comment
        for comment in Comment.objects.for_centre(centre).filter(
            sheet__submission=submission,
            sheet__assessor=assessor,
            sheet__signed_at=None,
            outcome_id=_outcome_of(tree, criterion).id,
        )
    }
    judgement = own.get(criterion.id) or Judgement()
    earlier = _earlier(former.get(criterion.id)) or _kept(centre, submission, criterion)
    derived = derived_outcome(tree, own)
    marks = [criterion_mark(tree, c) for c in tree.criteria]
    at = marks.index(criterion_mark(tree, criterion))
    return Desk(
        submission=submission,
        due=due_at(centre, submission),
        tree=tree,
        criterion=criterion,
        outcome_part=_outcome_of(tree, criterion),
        mark=marks[at],
        before=marks[at - 1] if at else "",
        after=marks[at + 1] if at + 1 < len(marks) else "",
        strip=decision_strip(tree, own, lambda mark: desk_url(centre, submission, mark), marks[at]),
        derived=derived,
        so_far=derived.decision or (Decision.REFERRAL if derived.referred else "undecided"),
        blocks=sheet_blocks(tree, own),
        warnings=sheet_warnings(tree, own),
        judgement=judgement,
        gates=gate_lines(criterion, judgement),
        checklists=criterion_checklists(tree, criterion, judgement),
        comments=tuple(_comment_part(audience, comments.get(audience)) for audience in Audience),
        evidence=handed_in(centre, submission, tree, {criterion.id: ""}, item=item, place=place),
        earlier=earlier,
        carry_over=bool(earlier and earlier.decision == Decision.PASS and not judgement.decision),
    )


def due_at(centre: Centre, submission: Submission) -> datetime.datetime:
    """When the centre aims to have decided a submission."""
    return submission.submitted_at + datetime.timedelta(days=centre.decide_within_days)


def desk_url(centre: Centre, submission: Submission, mark: str) -> str:
    """The desk's address at a criterion."""
    return reverse("assessment:desk-criterion", args=[centre.slug, submission.pk, mark])


def decision_strip(
    tree: AssessmentTree,
    judgements: Mapping[UUID, Judgement],
    url: Any = None,
    current: str = "",
) -> tuple[Mapping[str, Any], ...]:
    """Every criterion with its decision, as the criterion strip takes it."""
    cells = []
    for criterion in tree.criteria:
        mark = criterion_mark(tree, criterion)
        judgement = judgements.get(criterion.id)
        cells.append(
            {
                "number": criterion.number,
                "group": f"{criterion.unit_ref} {criterion.outcome_number}",
                "state": (judgement.decision if judgement else "") or "undecided",
                "url": url(mark) if url else "",
                "current": mark == current,
            }
        )
    return tuple(cells)


def _judgements(
    centre: Centre, submission: Submission, assessor: User
) -> tuple[dict[UUID, Judgement], dict[UUID, Judgement]]:
    """The assessor's own draft judgements, and the signed ones of the attempt before."""
    own: dict[UUID, Judgement] = {}
    former: dict[UUID, Judgement] = {}
    rows = (
        Judgement.objects.for_centre(centre)
        .filter(own_or_former(submission, assessor))
        .select_related("sheet__submission")
        .order_by("sheet__version")
    )
    for row in rows:
        (own if row.sheet.signed_at is None else former)[row.criterion_id] = row
    return own, former


def own_or_former(submission: Submission, assessor: User) -> Q:
    """Parts of the assessor's own draft, and of what was signed at the attempt before."""
    return Q(sheet__submission=submission, sheet__assessor=assessor, sheet__signed_at=None) | Q(
        sheet__submission__registration=submission.registration_id,
        sheet__submission__assessment=submission.assessment_id,
        sheet__submission__attempt=submission.attempt - 1,
        sheet__signed_at__isnull=False,
    )


def _earlier(judgement: Judgement | None) -> Earlier | None:
    if judgement is None:
        return None
    return Earlier(
        attempt=judgement.sheet.submission.attempt,
        decision=judgement.decision,
        feedback=judgement.feedback,
        counts=judgement.counts,
    )


def _kept(centre: Centre, submission: Submission, criterion: TreeCriterion) -> Earlier | None:
    """The pass that a registration keeps on this criterion since it moved to this version."""
    if not submission.has_moved:  # type: ignore[attr-defined]
        return None
    registration = submission.registration_id
    kept = kept_by(centre, [registration])[registration].passes.get(criterion.id)
    if kept is None:
        return None
    rows = Judgement.objects.for_centre(centre).filter(
        sheet=kept.sheet_id,
        criterion__unit__ref=criterion.unit_ref,
        criterion__number=criterion.number,
    )
    judgement = rows.select_related("sheet__submission").first()
    found = _earlier(judgement)
    return dataclasses.replace(found, kept_from=kept.version) if found else None


def _outcome_of(tree: AssessmentTree, criterion: TreeCriterion) -> TreeOutcome:
    return next(o for u in tree.units for o in u.outcomes if criterion in o.criteria)


def _comment_part(audience: Audience, comment: Comment | None) -> CommentPart:
    return CommentPart(
        audience=audience.value,
        label=f"For {str(audience.label)[0].lower()}{str(audience.label)[1:]}",
        hint=HINTS[audience],
        text=comment.text if comment else "",
        revision=comment.revision if comment else 0,
    )
