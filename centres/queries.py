"""Reads that join several tables for the pages about people, registrations and notices."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from centres.access import SECOND_FACTORS
from centres.ledger import ACTIONS
from centres.models import (
    Allocation,
    AuditEvent,
    Centre,
    Invitation,
    Membership,
    Notice,
    Registration,
    Role,
    User,
)
from centres.models.registration import RegistrationQuerySet
from centres.notices import notices_of
from qualifications.models import Pathway, PathwayUnit
from qualifications.rules import judge_term
from qualifications.version_names import version_name

EXPIRES_SOON_DAYS = 90
PAGE_SIZE = 50
SHOWS = {
    "active": "Active",
    "soon": f"Expires within {EXPIRES_SOON_DAYS} days",
    "expired": "Expired",
    "unregistered": "Not yet registered",
    "unassessed": "No assessor",
}
SORTS = {
    "expires": "expires_on",
    "learner": "certificate_name",
    "enrolled": "enrolled_on",
}


# People


@dataclass(frozen=True)
class RoleRow:
    """One role of a person, from a day, until a day."""

    membership_id: UUID
    role: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    is_active: bool


@dataclass(frozen=True)
class PersonRow:
    """A person of the centre with all roles that they have or had."""

    id: UUID
    full_name: str
    email: str
    roles: tuple[RoleRow, ...]

    @property
    def is_active(self) -> bool:
        """Whether any role holds today."""
        return any(role.is_active for role in self.roles)


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that nobody has taken up or withdrawn."""

    id: UUID
    full_name: str
    email: str
    role: str
    invited_by: str
    invited_at: datetime.datetime
    expires_at: datetime.datetime
    is_open: bool
    mail: str


def people_of(centre: Centre) -> list[PersonRow]:
    """Everybody with a role, now or before; those with a role now come first."""
    rows: dict[User, list[RoleRow]] = defaultdict(list)
    for row in (
        Membership.objects.for_centre(centre)
        .select_related("user")
        .order_by("user__full_name", "user_id", "starts_on", "role")
    ):
        rows[row.user].append(
            RoleRow(
                membership_id=row.pk,
                role=row.get_role_display(),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                is_active=row.is_active,
            )
        )
    people = [
        PersonRow(user.pk, user.full_name, user.email, tuple(roles)) for user, roles in rows.items()
    ]
    return sorted(people, key=lambda person: not person.is_active)


def invitations_waiting(centre: Centre) -> list[InvitationRow]:
    """Invitations neither taken up nor withdrawn; those that expired say so."""
    rows = (
        Invitation.objects.for_centre(centre)
        .filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("invited_by")
    )
    return [
        InvitationRow(
            id=row.pk,
            full_name=row.full_name,
            email=row.email,
            role=row.get_role_display(),
            invited_by=row.invited_by.full_name if row.invited_by else "the platform",
            invited_at=row.invited_at,
            expires_at=row.expires_at,
            is_open=row.is_open,
            mail=row.mail,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class NoticeRow:
    """One notice of a person; where it leads is asked for when it is opened."""

    id: UUID
    title: str
    text: str
    made_at: datetime.datetime
    is_read: bool


@dataclass(frozen=True)
class NoticeList:
    """One page of a person's notices in a centre, the newest first."""

    page: Page[Notice]
    rows: tuple[NoticeRow, ...]


def notice_list(centre: Centre, person: User, number: int | str) -> NoticeList:
    """One page of what a person was told, in two queries."""
    page = Paginator(notices_of(centre=centre, person=person), PAGE_SIZE).get_page(number)
    return NoticeList(
        page=page,
        rows=tuple(
            NoticeRow(
                id=row.pk,
                title=row.title,
                text=row.text,
                made_at=row.made_at,
                is_read=row.read_at is not None,
            )
            for row in page.object_list
        ),
    )


def staff_without_second_factor(centre: Centre) -> list[User]:
    """Everybody who works in a centre today and has neither a passkey nor an app, by name."""
    staff = Membership.objects.for_centre(centre).active().exclude(role=Role.LEARNER)
    with_one = Authenticator.objects.filter(type__in=SECOND_FACTORS).values("user")
    people = User.objects.filter(pk__in=staff.values("user"), is_active=True)
    return list(people.exclude(pk__in=with_one).order_by("full_name", "pk"))


def members_with(centre: Centre, role: Role) -> QuerySet[User]:
    """People who have a role today, by name."""
    holding = Membership.objects.for_centre(centre).active().filter(role=role)
    return User.objects.filter(pk__in=holding.values("user"), is_active=True)


def open_pathways(centre: Centre) -> QuerySet[Pathway]:
    """Pathways of published specifications: the shared ones and the centre's own."""
    return (
        Pathway.objects.filter(
            Q(centre_id=None) | Q(centre_id=centre.pk), specification__published_at__isnull=False
        )
        .select_related("specification__qualification")
        .order_by(
            "specification__qualification__number",
            "specification__version",
            "specification__published_at",
            "position",
        )
    )


# Registrations


@dataclass(frozen=True)
class RegistrationFilter:
    """What the list is narrowed to, as read from the address."""

    text: str = ""
    pathway: UUID | None = None
    show: str = ""
    sort: str = "expires"
    descending: bool = False

    @property
    def sort_code(self) -> str:
        """The order as the address says it."""
        return f"-{self.sort}" if self.descending else self.sort

    @property
    def is_narrowed(self) -> bool:
        """Whether rows are left out."""
        return bool(self.text or self.pathway or self.show)


@dataclass(frozen=True)
class Figure:
    """A number over the list, and the filter that shows its rows."""

    show: str
    count: int
    label: str
    icon: str


@dataclass(frozen=True)
class AssessorRow:
    """An assessor of a registration; ``holds_role`` is false once the role has ended."""

    id: UUID
    full_name: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    holds_role: bool


@dataclass(frozen=True)
class RegistrationRow:
    """A registration as the list and its own page show it."""

    id: UUID
    learner_id: UUID
    learner: str
    certificate_name: str
    number: str
    pathway_id: UUID
    pathway: str
    pathway_code: str
    qualification: str
    version: str
    units: tuple[str, ...]
    enrolled_on: datetime.date
    registered_on: datetime.date | None
    expires_on: datetime.date | None
    assessors: tuple[AssessorRow, ...]

    @property
    def is_assessed(self) -> bool:
        """Whether somebody with the assessor's role is allocated now."""
        return any(row.holds_role and row.ends_on is None for row in self.assessors)

    @property
    def has_expired(self) -> bool:
        """Whether new submissions are stopped."""
        return not judge_term(self.expires_on, timezone.localdate(), None).met

    @property
    def expires_soon(self) -> bool:
        """Whether it ends within ninety days, or has ended."""
        return self.expires_on is not None and self.expires_on <= _soon()


@dataclass(frozen=True)
class PathwayChoice:
    """A pathway that registrations of this centre can be narrowed to."""

    id: UUID
    label: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class RegistrationList:
    """The page of registrations: figures, choices and rows."""

    figures: tuple[Figure, ...]
    pathways: tuple[PathwayChoice, ...]
    page: Page[Registration]
    rows: tuple[RegistrationRow, ...]


def registration_list(
    centre: Centre, chosen: RegistrationFilter, number: int | str
) -> RegistrationList:
    """One page of the centre's registrations, in five queries."""
    pathways = _pathways(centre)
    page = Paginator(_ordered(_chosen(centre, chosen), chosen), PAGE_SIZE).get_page(number)
    found = list(page.object_list)
    assessors = _assessors(centre, found)
    units = {pathway.id: pathway.units for pathway in pathways}
    return RegistrationList(
        figures=_figures(centre),
        pathways=pathways,
        page=page,
        rows=tuple(
            _row(centre, row, units.get(row.pathway_id, ()), assessors.get(row.pk, ()))
            for row in found
        ),
    )


def registration_row(centre: Centre, registration: Registration) -> RegistrationRow:
    """One registration with its units and all assessors it has or had, in two queries.

    The pathway, its qualification and the learner are expected to be loaded with it.
    """
    units = PathwayUnit.objects.filter(pathway_id=registration.pathway_id).select_related("unit")
    return _row(
        centre,
        registration,
        tuple(f"{row.unit.number} {row.unit.short_title}" for row in units.order_by("position")),
        _assessors(centre, [registration], also_former=True).get(registration.pk, ()),
    )


def running_on_same_award(
    centre: Centre, learner: User, pathway: Pathway
) -> tuple[Registration, ...]:
    """The learner's other registrations for the same award that have not expired: on another
    version, since a learner has one for each pathway."""
    rows = Registration.objects.for_centre(centre).for_learner(learner)
    others = rows.filter(
        Q(expires_on=None) | Q(expires_on__gte=timezone.localdate()),
        pathway__specification__qualification=pathway.specification.qualification_id,
        pathway__code=pathway.code,
        pathway__award=pathway.award,
    ).exclude(pathway=pathway)
    return tuple(others.select_related("pathway__specification").order_by("enrolled_on", "pk"))


def waiting_for_manager(centre: Centre, user: User) -> int:
    """How many registrations need a hand: no number, no assessor, or soon to expire."""
    every = _with_assessor(centre, Registration.objects.for_centre(centre))
    return every.filter(
        Q(expires_on__lte=_soon(), expires_on__gte=timezone.localdate())
        | Q(number="")
        | Q(has_assessor=False)
    ).count()


def _soon() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=EXPIRES_SOON_DAYS)


def _with_assessor(centre: Centre, registrations: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotate whether an assessor who has the role today is allocated."""
    allocated = Allocation.objects.for_centre(centre).filter(
        _still_assessing(centre), registration=OuterRef("pk"), ends_on=None
    )
    return registrations.annotate(has_assessor=Exists(allocated))


def _still_assessing(centre: Centre) -> Exists:
    """Whether an allocation's assessor has the role today."""
    return Exists(
        Membership.objects.for_centre(centre)
        .active()
        .filter(user=OuterRef("assessor"), role=Role.ASSESSOR, user__is_active=True)
    )


def _condition(show: str) -> Q:
    today = timezone.localdate()
    return {
        "active": ~Q(number="") & (Q(expires_on=None) | Q(expires_on__gte=today)),
        "soon": Q(expires_on__gte=today, expires_on__lte=_soon()),
        "expired": Q(expires_on__lt=today),
        "unregistered": Q(number=""),
        "unassessed": Q(has_assessor=False),
    }[show]


def _figures(centre: Centre) -> tuple[Figure, ...]:
    counts = _with_assessor(centre, Registration.objects.for_centre(centre)).aggregate(
        **{show: Count("pk", filter=_condition(show)) for show in SHOWS}
    )
    return (
        Figure("active", counts["active"], "active", ""),
        Figure("soon", counts["soon"], f"expire within {EXPIRES_SOON_DAYS} days", "clock"),
        Figure("expired", counts["expired"], "expired", "alert"),
        Figure("unregistered", counts["unregistered"], "not yet registered", "ring"),
        Figure("unassessed", counts["unassessed"], "without an assessor", "flag"),
    )


def _pathways(centre: Centre) -> tuple[PathwayChoice, ...]:
    labels: dict[UUID, str] = {}
    units: dict[UUID, list[str]] = defaultdict(list)
    rows = (
        PathwayUnit.objects.filter(
            Q(centre_id=None) | Q(centre_id=centre.pk),
            specification__published_at__isnull=False,
        )
        .select_related("pathway__specification", "unit")
        .order_by("pathway__code", "pathway__specification__published_at", "pathway_id", "position")
    )
    for row in rows:
        labels[row.pathway_id] = pathway_label(centre, row.pathway)
        units[row.pathway_id].append(row.unit.number)
    return tuple(PathwayChoice(pk, label, tuple(units[pk])) for pk, label in labels.items())


def pathway_label(centre: Centre, pathway: Pathway) -> str:
    """What a pathway is called where one of several is chosen; it comes with its specification."""
    name = version_name(pathway.specification, centre.name)
    return f"{pathway.code} {pathway.get_award_display()}, version {name}"


def _chosen(centre: Centre, chosen: RegistrationFilter) -> RegistrationQuerySet:
    rows = Registration.objects.for_centre(centre)
    for word in chosen.text.split():
        rows = rows.filter(
            Q(certificate_name__icontains=word)
            | Q(learner__full_name__icontains=word)
            | Q(number__icontains=word)
        )
    if chosen.pathway is not None:
        rows = rows.filter(pathway=chosen.pathway)
    if chosen.show == "unassessed":
        rows = _with_assessor(centre, rows)
    return rows.filter(_condition(chosen.show)) if chosen.show else rows


def _ordered(rows: RegistrationQuerySet, chosen: RegistrationFilter) -> RegistrationQuerySet:
    key = F(SORTS[chosen.sort])
    first = key.desc(nulls_last=True) if chosen.descending else key.asc(nulls_last=True)
    return rows.select_related("learner", "pathway__specification__qualification").order_by(
        first, "certificate_name", "pk"
    )


def _assessors(
    centre: Centre, registrations: Iterable[Registration], *, also_former: bool = False
) -> dict[UUID, tuple[AssessorRow, ...]]:
    rows = (
        Allocation.objects.for_centre(centre)
        .filter(registration__in=[row.pk for row in registrations])
        .annotate(holds_role=_still_assessing(centre))
        .select_related("assessor")
        .order_by("ends_on", "assessor__full_name")
    )
    if not also_former:
        rows = rows.filter(ends_on=None)
    found: dict[UUID, list[AssessorRow]] = defaultdict(list)
    for row in rows:
        found[row.registration_id].append(
            AssessorRow(
                row.assessor_id,
                row.assessor.full_name,
                row.starts_on,
                row.ends_on,
                row.holds_role,
            )
        )
    return {pk: tuple(assessors) for pk, assessors in found.items()}


def _row(
    centre: Centre,
    registration: Registration,
    units: tuple[str, ...],
    assessors: tuple[AssessorRow, ...],
) -> RegistrationRow:
    pathway = registration.pathway
    qualification = pathway.specification.qualification
    return RegistrationRow(
        id=registration.pk,
        learner_id=registration.learner_id,
        learner=registration.learner.full_name,
        certificate_name=registration.certificate_name,
        number=registration.number,
        pathway_id=pathway.pk,
        pathway=pathway.title,
        pathway_code=pathway.code,
        qualification=f"Level {qualification.level} {pathway.get_award_display()}",
        version=version_name(pathway.specification, centre.name),
        units=units,
        enrolled_on=registration.enrolled_on,
        registered_on=registration.registered_on,
        expires_on=registration.expires_on,
        assessors=assessors,
    )


# History


@dataclass(frozen=True)
class HistoryEntry:
    """An event of the ledger in words."""

    title: str
    detail: str
    when: datetime.datetime
    digest: str


def registration_history(centre: Centre, registration: Registration) -> list[HistoryEntry]:
    """What the ledger holds about one registration, oldest first, in two queries."""
    events = list(AuditEvent.objects.for_centre(centre).filter(subject_id=registration.pk))
    named = {
        str(person.pk): person.full_name
        for person in User.objects.filter(
            pk__in={event.facts["assessor"] for event in events if "assessor" in event.facts}
        )
    }
    return [
        HistoryEntry(
            title=_sentence(event.action, named.get(event.facts.get("assessor", ""), "")),
            detail=f"by {event.actor_name}" if event.actor_name else "",
            when=event.at,
            digest=event.digest,
        )
        for event in events
    ]


def _sentence(name: str, about: str) -> str:
    meaning = ACTIONS.get(name, name)
    sentence = meaning[:1].upper() + meaning[1:]
    return f"{sentence}: {about}" if about else sentence
