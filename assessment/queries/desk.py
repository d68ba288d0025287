"""The marking desk: a criterion, its evidence, and what changed since the attempt before."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from assessment.models import Audience, Comment, Decision, Judgement
from assessment.queries.tree import criterion_mark, sheet_tree
from assessment.queries.work import Block, GateLine, derived_outcome, gate_lines, sheet_blocks
from centres.models import Centre, User
from portfolios.file_types import KINDS
from portfolios.models import Anchor, Submission, SubmissionClaim, SubmissionItem
from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome
from qualifications.rules import Outcome

MEDIUM_ICONS = {"audio": "audio", "video": "video", "image": "image"}


@dataclass(frozen=True)
class Place:
    """Where the learner points to; ``fragment`` takes a viewer there, such as ``#page=6``."""

    label: str
    note: str
    icon: str
    fragment: str
    query: str
    is_new: bool


@dataclass(frozen=True)
class DeskItem:
    """An item of evidence as it was submitted, with the places claimed for this criterion."""

    label: str
    number: int
    title: str
    name: str
    kind: str
    medium: str
    shown_inline: bool
    version: int
    version_id: UUID
    size: int
    url: str
    change: str
    places: tuple[Place, ...]

    @property
    def query(self) -> str:
        """The address's query that shows this item on the desk."""
        return f"?item={self.number}"


@dataclass(frozen=True)
class Shown:
    """What the viewer shows now."""

    item: DeskItem
    place: Place | None

    @property
    def url(self) -> str:
        """The file's address, at the place that is pointed to."""
        return self.item.url + (self.place.fragment if self.place else "")


@dataclass(frozen=True)
class Earlier:
    """What was decided on this criterion at the attempt before."""

    attempt: int
    decision: str
    feedback: str
    counts: Mapping[str, Any]


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
    attempts: int
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
    judgement: Judgement
    gates: tuple[GateLine, ...]
    comments: tuple[CommentPart, ...]
    claimed: tuple[DeskItem, ...]
    others: tuple[DeskItem, ...]
    shown: Shown | None
    earlier: Earlier | None
    changes: tuple[str, ...]
    criterion_changed: bool
    carry_over: bool

    @property
    def rest(self) -> str:
        """The criterion's statement after its verb, which opens it."""
        verb, statement = self.criterion.verb, self.criterion.statement
        if statement[: len(verb)].casefold() == verb.casefold():
            return statement[len(verb) :]
        return f": {statement}"

    @property
    def item_count(self) -> int:
        """How many items were handed in."""
        return len(self.claimed) + len(self.others)

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

    ``submission`` comes from ``submissions_to_mark``. ``item`` is the number of the item to show
    and ``place`` the claim among its places; by default the first place claimed.
    """
    tree = sheet_tree(submission.assessment)
    items = _items(centre, submission)
    claims = _claims(centre, submission)
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
    history = History(submission, items, claims)
    shown_items = [_desk_item(centre, row, criterion, history) for row in history.items]
    claimed = tuple(row for row in shown_items if row.places)
    others = tuple(row for row in shown_items if not row.places)
    judgement = own.get(criterion.id) or Judgement()
    earlier = _earlier(former.get(criterion.id))
    derived = derived_outcome(tree, own)
    marks = [criterion_mark(tree, c) for c in tree.criteria]
    at = marks.index(criterion_mark(tree, criterion))
    return Desk(
        submission=submission,
        due=submission.submitted_at + datetime.timedelta(days=centre.decide_within_days),
        attempts=submission.attempt,
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
        judgement=judgement,
        gates=gate_lines(criterion, judgement),
        comments=tuple(_comment_part(audience, comments.get(audience)) for audience in Audience),
        claimed=claimed,
        others=others,
        shown=_shown(claimed, others, item, place),
        earlier=earlier,
        changes=history.changes(tree),
        criterion_changed=history.touches(criterion.id),
        carry_over=bool(earlier and earlier.decision == Decision.PASS and not judgement.decision),
    )


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


class History:
    """The items and claims of this attempt, held against those of the attempt before."""

    def __init__(
        self,
        submission: Submission,
        items: Sequence[SubmissionItem],
        claims: Sequence[SubmissionClaim],
    ) -> None:
        self.attempt = submission.attempt
        self.items = [row for row in items if row.submission.attempt == self.attempt]
        before = [row for row in items if row.submission.attempt == self.attempt - 1]
        self.versions = {row.version.evidence_id: row.version.number for row in before}
        self.gone = [
            row
            for row in before
            if row.version.evidence_id not in {r.version.evidence_id for r in self.items}
        ]
        now = {row.pk: row for row in self.items}
        then = {row.pk: row for row in before}
        self.claims: dict[UUID, list[SubmissionClaim]] = {}
        for claim in claims:
            if claim.item_id in now:
                self.claims.setdefault(claim.item_id, []).append(claim)
        self.former = {
            _claim_key(claim, then[claim.item_id]) for claim in claims if claim.item_id in then
        }

    def change(self, item: SubmissionItem) -> str:
        """``new``, ``new version`` or nothing; on a first attempt nothing is new."""
        if self.attempt == 1:
            return ""
        former = self.versions.get(item.version.evidence_id)
        if former is None:
            return "new"
        return "" if former == item.version.number else "new version"

    def is_new_claim(self, claim: SubmissionClaim, item: SubmissionItem) -> bool:
        """Whether the attempt before did not make this claim."""
        return self.attempt > 1 and _claim_key(claim, item) not in self.former

    def touches(self, criterion_id: UUID) -> bool:
        """Whether a new item, version or claim bears on a criterion."""
        return any(
            claim.criterion_id == criterion_id
            and (self.is_new_claim(claim, item) or bool(self.change(item)))
            for item in self.items
            for claim in self.claims.get(item.pk, ())
        )

    def changes(self, tree: AssessmentTree) -> tuple[str, ...]:
        """What changed since the attempt before, one line for each item."""
        if self.attempt == 1:
            return ()
        marks = {criterion.id: criterion_mark(tree, criterion) for criterion in tree.criteria}
        lines = []
        for item in self.items:
            change = self.change(item)
            claimed = [
                marks[claim.criterion_id]
                for claim in self.claims.get(item.pk, ())
                if self.is_new_claim(claim, item)
            ]
            if change == "new":
                lines.append(f"{item} is new{_claimed_for(claimed)}.")
            elif change:
                lines.append(
                    f"{item} was replaced: version {item.version.number}{_claimed_for(claimed)}."
                )
            elif claimed:
                lines.append(f"{item} is newly claimed for {_listed(claimed)}.")
        lines += [f"{item} is no longer handed in." for item in self.gone]
        return tuple(lines)


def _claimed_for(marks: list[str]) -> str:
    return f", claimed for {_listed(marks)}" if marks else ""


def _listed(marks: list[str]) -> str:
    names = list(dict.fromkeys(marks))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _claim_key(claim: SubmissionClaim, item: SubmissionItem) -> tuple[Any, ...]:
    return (item.version.evidence_id, claim.criterion_id, claim.anchor, claim.place)


def _attempts(submission: Submission) -> Q:
    """This attempt and the one before it."""
    return Q(
        submission__registration=submission.registration_id,
        submission__assessment=submission.assessment_id,
        submission__attempt__in=[submission.attempt, submission.attempt - 1],
    )


def _items(centre: Centre, submission: Submission) -> list[SubmissionItem]:
    return list(
        SubmissionItem.objects.for_centre(centre)
        .filter(_attempts(submission))
        .select_related("submission", "version__file")
        .order_by("number")
    )


def _claims(centre: Centre, submission: Submission) -> list[SubmissionClaim]:
    items = SubmissionItem.objects.for_centre(centre).filter(_attempts(submission))
    return list(
        SubmissionClaim.objects.for_centre(centre)
        .filter(item__in=items.values("pk"))
        .order_by("anchor", "place")
    )


def _judgements(
    centre: Centre, submission: Submission, assessor: User
) -> tuple[dict[UUID, Judgement], dict[UUID, Judgement]]:
    """The assessor's own draft judgements, and the signed ones of the attempt before."""
    own: dict[UUID, Judgement] = {}
    former: dict[UUID, Judgement] = {}
    rows = (
        Judgement.objects.for_centre(centre)
        .filter(
            Q(sheet__submission=submission, sheet__assessor=assessor, sheet__signed_at=None)
            | Q(
                sheet__submission__registration=submission.registration_id,
                sheet__submission__assessment=submission.assessment_id,
                sheet__submission__attempt=submission.attempt - 1,
                sheet__signed_at__isnull=False,
            )
        )
        .select_related("sheet__submission")
        .order_by("sheet__version")
    )
    for row in rows:
        (own if row.sheet.signed_at is None else former)[row.criterion_id] = row
    return own, former


def _earlier(judgement: Judgement | None) -> Earlier | None:
    if judgement is None:
        return None
    return Earlier(
        attempt=judgement.sheet.submission.attempt,
        decision=judgement.decision,
        feedback=judgement.feedback,
        counts=judgement.counts,
    )


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


def _desk_item(
    centre: Centre, row: SubmissionItem, criterion: TreeCriterion, history: History
) -> DeskItem:
    file = row.version.file
    kind = KINDS[file.kind]
    claims = [c for c in history.claims.get(row.pk, ()) if c.criterion_id == criterion.id]
    return DeskItem(
        label=row.label,
        number=row.number,
        title=row.title,
        name=file.name,
        kind=kind.label,
        medium=kind.medium,
        shown_inline=kind.shown_inline,
        version=row.version.number,
        version_id=row.version_id,
        size=file.size,
        url=reverse("portfolios:evidence-file", args=[centre.slug, row.version_id]),
        change=history.change(row),
        places=tuple(
            Place(
                label=claim.place_text or "The whole item",
                note=claim.note,
                icon="clock"
                if claim.anchor == Anchor.TIME
                else MEDIUM_ICONS.get(kind.medium, "doc"),
                fragment=_fragment(claim),
                query=f"?item={row.number}&place={at}",
                is_new=history.is_new_claim(claim, row),
            )
            for at, claim in enumerate(claims)
        ),
    )


def _fragment(claim: SubmissionClaim) -> str:
    if claim.anchor == Anchor.PAGE:
        return f"#page={claim.place}&navpanes=0&view=FitH"
    if claim.anchor == Anchor.TIME:
        return f"#t={claim.place}"
    return ""


def _shown(
    claimed: Sequence[DeskItem], others: Sequence[DeskItem], item: int | None, place: int | None
) -> Shown | None:
    rows = [*claimed, *others]
    if not rows:
        return None
    row = next((r for r in rows if r.number == item), None) or rows[0]
    if not row.places:
        return Shown(row, None)
    return Shown(row, row.places[place if place is not None and place < len(row.places) else 0])
