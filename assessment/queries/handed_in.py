"""The evidence on the marking desk: where it is claimed, and what changed since last time."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from assessment.queries.tree import criterion_mark
from centres.models import Centre
from portfolios.file_types import KINDS
from portfolios.models import Anchor, Submission, SubmissionClaim, SubmissionItem
from qualifications.queries import AssessmentTree

MEDIUM_ICONS = {"audio": "audio", "video": "video", "image": "image"}


@dataclass(frozen=True)
class Place:
    """Where the learner points to; ``fragment`` takes a viewer there, such as ``#page=6``.

    ``criterion`` is said where the place could stand for another as well.
    """

    label: str
    criterion: str
    note: str
    icon: str
    fragment: str
    query: str
    is_new: bool


@dataclass(frozen=True)
class DeskItem:
    """An item of evidence as it was submitted, with the places claimed for what is decided."""

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
class HandedIn:
    """The evidence beside what is decided: claimed for it, all the rest, and what the viewer shows.

    ``changed`` says whether something new bears on it since the attempt before.
    """

    claimed: tuple[DeskItem, ...]
    others: tuple[DeskItem, ...]
    shown: Shown | None
    changes: tuple[str, ...]
    changed: bool

    @property
    def item_count(self) -> int:
        """How many items were handed in."""
        return len(self.claimed) + len(self.others)


def handed_in(
    centre: Centre,
    submission: Submission,
    tree: AssessmentTree,
    criteria: Mapping[UUID, str],
    *,
    item: int | None = None,
    place: int | None = None,
) -> HandedIn:
    """What was handed in, for some criteria and how each is named beside a place, in two queries.

    ``item`` is the number of the item to show and ``place`` the claim among its places; by default
    the first place claimed.
    """
    history = History(submission, _items(centre, submission), _claims(centre, submission))
    items = [_item(centre, row, criteria, history) for row in history.items]
    claimed = tuple(row for row in items if row.places)
    others = tuple(row for row in items if not row.places)
    return HandedIn(
        claimed=claimed,
        others=others,
        shown=_shown([*claimed, *others], item, place),
        changes=history.changes(tree),
        changed=history.touches(criteria),
    )


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

    def touches(self, criteria: Container[UUID]) -> bool:
        """Whether a new item, version or claim bears on one of these criteria."""
        return any(
            claim.criterion_id in criteria
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


def _item(
    centre: Centre, row: SubmissionItem, criteria: Mapping[UUID, str], history: History
) -> DeskItem:
    file = row.version.file
    kind = KINDS[file.kind]
    claims = [c for c in history.claims.get(row.pk, ()) if c.criterion_id in criteria]
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
                criterion=criteria[claim.criterion_id],
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


def _shown(rows: Sequence[DeskItem], item: int | None, place: int | None) -> Shown | None:
    if not rows:
        return None
    row = next((r for r in rows if r.number == item), None) or rows[0]
    if not row.places:
        return Shown(row, None)
    return Shown(row, row.places[place if place is not None and place < len(row.places) else 0])
