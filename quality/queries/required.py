"""Required actions as pages list them: whose, how far, and who may close them."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils import timezone

from centres.access import allowed
from centres.models import Centre, Role, User
from quality.models import RequiredAction

READS_ALL = frozenset({Role.IQA, Role.LEAD_IQA, Role.MANAGER})
SHOWS = {
    "mine": "Mine, open",
    "open": "All open",
    "overdue": "Overdue",
    "closed": "Closed",
}
AT_ONCE = 50


@dataclass(frozen=True)
class Figure:
    """A count that links to what it counts."""

    show: str
    label: str
    count: int


@dataclass(frozen=True)
class ActionLine:
    """One required action as it is shown to one reader."""

    action: RequiredAction
    state: str
    is_mine: bool
    may_close: bool
    reads_review: bool

    @property
    def learner(self) -> str:
        """Whose work it is about."""
        return str(_work(self.action).registration.certificate_name)

    @property
    def assessment(self) -> str:
        """What of it."""
        return str(_work(self.action).assessment.title)

    @property
    def sample_id(self) -> UUID | None:
        """The sample whose review raised it, if one did and its reader may open that."""
        review = self.action.review
        return review.sample_id if review and self.reads_review else None

    @property
    def origin(self) -> str:
        """Where it comes from."""
        if self.action.review_id:
            return "Internal review"
        return "External quality assurance"


@dataclass(frozen=True)
class ActionList:
    """The page's content."""

    page: Page[Any]
    rows: tuple[ActionLine, ...]
    figures: tuple[Figure, ...]
    show: str


def action_state(required: RequiredAction) -> str:
    """``raised``, ``answered`` or ``closed``."""
    if required.closed_at:
        return "closed"
    return "answered" if required.answered_at else "raised"


def shown_state(required: RequiredAction, today: datetime.date) -> str:
    """The same, or ``overdue`` for what is not answered in time."""
    state = action_state(required)
    return "overdue" if state == "raised" and required.due_on < today else state


def may_close(required: RequiredAction, person: User, roles: frozenset[Role]) -> bool:
    """Whether a person with these roles closes it: never the owner; what an external visit raised
    is closed by the lead or by that visit's EQA."""
    if required.owner_id == person.pk:
        return False
    if required.review:
        return bool(roles & {Role.IQA, Role.LEAD_IQA})
    if Role.LEAD_IQA in roles:
        return True
    choice = required.visit_sheet
    return bool(Role.EQA in roles and choice and choice.visit.eqa_id == person.pk)


def actions_to_read(centre: Centre, person: User, roles: frozenset[Role]) -> Any:
    """The actions that a person may read: quality assurers and managers all, an EQA those of their
    own visit while it is open to them, everybody else their own; never those on own work."""
    rows = (
        RequiredAction.objects.for_centre(centre)
        .select_related(
            "owner",
            "raised_by",
            "closed_by",
            "review__sample__assessment",
            "review__sample__registration",
            "review__sample__sheet",
            "visit_sheet__visit",
            "visit_sheet__sheet__submission__assessment",
            "visit_sheet__sheet__submission__registration",
        )
        .exclude(review__sample__learner=person)
        .exclude(visit_sheet__sheet__learner=person)
    )
    if roles & READS_ALL:
        return rows
    mine = Q(owner=person)
    if Role.EQA in roles:
        mine |= Q(
            visit_sheet__visit__eqa=person,
            visit_sheet__visit__opens_on__lte=timezone.localdate(),
            visit_sheet__visit__ends_on__gte=timezone.localdate(),
        )
    return rows.filter(mine)


def action_list(
    centre: Centre, person: User, roles: frozenset[Role], *, show: str, page: int | str
) -> ActionList:
    """What a person may read, narrowed, soonest due first; in three queries."""
    today = timezone.localdate()
    rows = actions_to_read(centre, person, roles)
    narrowed = {
        "mine": Q(owner=person, closed_at__isnull=True),
        "open": Q(closed_at__isnull=True),
        "overdue": Q(answered_at__isnull=True, closed_at__isnull=True, due_on__lt=today),
        "closed": Q(closed_at__isnull=False),
    }
    show = show if show in narrowed else "mine"
    counts = _counts(rows, narrowed)
    listed = rows.filter(narrowed[show]).order_by("due_on", "pk")
    shown = Paginator(listed, AT_ONCE).get_page(page)
    return ActionList(
        page=shown,
        rows=tuple(action_line(row, person, roles) for row in shown),
        figures=tuple(Figure(name, label, counts[name]) for name, label in SHOWS.items()),
        show=show,
    )


def action_line(required: RequiredAction, person: User, roles: frozenset[Role]) -> ActionLine:
    """One action for its reader; no query."""
    return ActionLine(
        action=required,
        state=shown_state(required, timezone.localdate()),
        is_mine=required.owner_id == person.pk,
        may_close=allowed(roles, "close_action") and may_close(required, person, roles),
        reads_review=_reads_review(required, person, roles),
    )


def _reads_review(required: RequiredAction, person: User, roles: frozenset[Role]) -> bool:
    """Whether the review that raised it opens for this person (``samples_to_see``)."""
    if required.review is None:
        return False
    sheet = required.review.sample.sheet
    return bool(roles & READS_ALL) or bool(sheet and sheet.assessor_id == person.pk)


def _counts(rows: Any, narrowed: dict[str, Q]) -> dict[str, int]:
    found: dict[str, int] = rows.order_by().aggregate(
        **{name: Count("pk", filter=wanted) for name, wanted in narrowed.items()}
    )
    return found


def _work(required: RequiredAction) -> Any:
    """What it is about: a sample, or the submission of a sheet at a visit; both know the
    registration and the assessment."""
    if required.review:
        return required.review.sample
    choice: Any = required.visit_sheet
    return choice.sheet.submission
