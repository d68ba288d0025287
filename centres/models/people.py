"""People, what they may be in a centre, and how they come in."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from centres.models.notice import Letter, letter_checks, letters_due
from centres.tenancy import CentreOwned

if TYPE_CHECKING:
    from centres.models.centre import Centre


class UserManager(BaseUserManager["User"]):
    """Creates users; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with a login; without a password they must reset it first."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of the platform's own staff, who may use Django's admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by e-mail address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What they may do is said by their memberships, centre by centre."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    full_name = models.CharField(max_length=200)
    is_staff = models.BooleanField("platform staff", default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["full_name"]
        constraints = [
            # Kept in lower case, so that unique means unique whatever the case typed.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower")
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        """The name, as Django's admin asks for it."""
        return self.full_name

    def get_short_name(self) -> str:
        """The same: people order their names as they wish."""
        return self.full_name


class Role(models.TextChoices):
    """What a person may be in a centre."""

    LEARNER = "learner", "Learner"
    ASSESSOR = "assessor", "Assessor"
    IQA = "iqa", "Internal quality assurer"
    LEAD_IQA = "lead_iqa", "Lead internal quality assurer"
    EQA = "eqa", "External quality assurer"
    TUTOR = "tutor", "Tutor or supervisor"
    ADMINISTRATOR = "administrator", "Administrator"
    MANAGER = "manager", "Centre manager"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships of people in centres; no row security stands below them."""

    def for_centre(self, centre: "Centre") -> "MembershipQuerySet":
        """Only those of this centre."""
        return self.filter(centre=centre)

    def active(self, on: datetime.date | None = None) -> "MembershipQuerySet":
        """Those that hold on a day (today when none is given)."""
        on = on or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


class Membership(models.Model):
    """One role of one person in one centre, from a day, until a day (which it no longer covers)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    centre = models.ForeignKey("centres.Centre", models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__full_name", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "user", "role"],
                condition=Q(ends_on__isnull=True),
                name="membership_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_known_role"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    @property
    def is_active(self) -> bool:
        """Whether the membership holds today."""
        today = timezone.localdate()
        return self.starts_on <= today and (self.ends_on is None or self.ends_on > today)


class Invitation(CentreOwned, Letter):
    """An offer of a role, taken up through a link that expires; only the link's hash is kept.

    ``token_salt`` lets the worker that writes the e-mail, and whoever else has the site's secret
    key, make the link once more. It is forgotten when the e-mail has gone.
    """

    email = models.EmailField("e-mail address", max_length=254)
    full_name = models.CharField(max_length=200)
    role = models.CharField(max_length=20, choices=Role)
    token_digest = models.CharField(max_length=64)
    token_salt = models.CharField(max_length=64, blank=True)
    # Nobody for a centre's first manager, whom the platform itself invites.
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["-invited_at"]
        indexes = [letters_due("invitation")]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.UniqueConstraint(fields=["centre", "token_digest"], name="invitation_link_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_known_role"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
            *letter_checks("invitation"),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return (
            self.accepted_at is None
            and self.withdrawn_at is None
            and self.expires_at > timezone.now()
        )
