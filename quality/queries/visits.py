"""Visits as the centre may know them: what is published, and once closed what was opened."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.models import Centre, Signature, User
from quality.models import EvidenceView, Visit, VisitSheet
from quality.queries.visit_room import choice_state, choices_of

STATES = {
    "planned": ("planned", "Planned"),
    "open": ("started", "Open"),
    "over": ("overdue", "Over, not signed"),
    "release": ("confirmed", "Closed: released"),
    "hold": ("blocked", "Closed: held"),
}


@dataclass(frozen=True)
class VisitRow:
    """A visit with what the centre may count of it."""

    visit: Visit
    published: int

    @property
    def state(self) -> tuple[str, str]:
        """Code and word of the look."""
        return visit_state(self.visit)


def visit_state(visit: Visit) -> tuple[str, str]:
    """How far a visit is."""
    today = timezone.localdate()
    if visit.closed_at:
        return STATES[visit.outcome]
    if visit.opens_on > today:
        return STATES["planned"]
    return STATES["open" if visit.ends_on >= today else "over"]


def visits_of(centre: Centre) -> tuple[VisitRow, ...]:
    """Every visit of the centre, newest first, in one query; only published choices count."""
    published = (
        VisitSheet.objects.for_centre(centre)
        .published()
        .filter(visit=OuterRef("pk"))
        .order_by()
        .values("visit")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows: Any = (
        Visit.objects.for_centre(centre)
        .select_related("eqa", "qualification")
        .annotate(published=Coalesce(Subquery(published, output_field=IntegerField()), 0))
        .order_by("-opens_on", "pk")
    )
    return tuple(VisitRow(row, row.published) for row in rows)


def own_visits(centre: Centre, eqa: User) -> tuple[Visit, ...]:
    """An EQA's own visits: those to come, and those that they may enter today."""
    today = timezone.localdate()
    return tuple(
        Visit.objects.for_centre(centre)
        .filter(eqa=eqa, ends_on__gte=today)
        .select_related("qualification")
        .order_by("opens_on", "pk")
    )


@dataclass(frozen=True)
class PublishedChoice:
    """A published choice; decision and comment are empty until the visit is closed."""

    choice: VisitSheet
    decided: bool
    state: tuple[str, str, str]


@dataclass(frozen=True)
class Opened:
    """An item that the EQA opened, how often and when first."""

    item: Any
    first_at: Any
    times: int


@dataclass(frozen=True)
class VisitPage:
    """One visit as the centre reads it."""

    visit: Visit
    choices: tuple[PublishedChoice, ...]
    opened: tuple[Opened, ...]
    signature: Signature | None

    @property
    def state(self) -> tuple[str, str]:
        """Code and word of the look."""
        return visit_state(self.visit)


def visit_page(visit: Visit) -> VisitPage:
    """One visit: published choices and, once closed, decisions, signature and what was opened."""
    closed = visit.closed_at is not None
    choices = tuple(
        PublishedChoice(
            choice=choice,
            decided=closed,
            state=choice_state(choice) if closed else ("off", "ring", "Chosen"),
        )
        for choice in choices_of(visit)
        if choice.published_at
    )
    signature = (
        Signature.objects.for_centre(visit.centre)
        .filter(subject_kind=Visit._meta.label_lower, subject_id=visit.pk)
        .first()
        if closed
        else None
    )
    return VisitPage(
        visit=visit,
        choices=choices,
        opened=_opened(visit) if closed else (),
        signature=signature,
    )


def _opened(visit: Visit) -> tuple[Opened, ...]:
    views: dict[Any, list[EvidenceView]] = {}
    rows = (
        EvidenceView.objects.for_centre(visit.centre)
        .filter(visit=visit)
        .select_related("item__submission__registration", "item__submission__assessment")
        .order_by("viewed_at")
    )
    for row in rows:
        views.setdefault(row.item_id, []).append(row)
    return tuple(
        Opened(item=seen[0].item, first_at=seen[0].viewed_at, times=len(seen))
        for seen in views.values()
    )
