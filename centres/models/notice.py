"""What a person is told, on their notices page and by e-mail; the row to be mailed is the job."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from centres.tenancy import CentreOwned


class Letter(models.Model):
    """The e-mail of a row: written with the row, taken up by one worker at a time."""

    class Mail(models.TextChoices):
        """How far the e-mail is."""

        NONE = "none", "No e-mail"
        QUEUED = "queued", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"

    mail = models.CharField(max_length=10, choices=Mail, default=Mail.NONE)
    mail_queued_at = models.DateTimeField(null=True, blank=True)
    # The claim of the worker that has it, and until when that holds, or the row rests.
    mail_token = models.UUIDField(null=True, blank=True)
    mail_lease_until = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def letter_checks(model: str) -> list[models.CheckConstraint]:
    """What is true of every letter; a constraint's name is the model's own."""
    return [
        models.CheckConstraint(
            condition=Q(mail__in=Letter.Mail.values), name=f"{model}_known_mail_state"
        ),
        models.CheckConstraint(
            condition=Q(mail=Letter.Mail.SENT, mail_sent_at__isnull=False)
            | (~Q(mail=Letter.Mail.SENT) & Q(mail_sent_at__isnull=True)),
            name=f"{model}_mail_sent_with_time",
        ),
    ]


def letters_due(model: str) -> models.Index:
    """The few rows that a sweep looks at."""
    return models.Index(
        fields=["centre", "mail_queued_at"],
        condition=Q(mail__in=["queued", "sending"]),
        name=f"{model}_mail_due",
    )


class Notice(CentreOwned, Letter):
    """One thing that one person is told: a title, a sentence or two, and where to look."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=2000)
    # Within the site: a notice never leads anywhere else.
    path = models.CharField(max_length=300)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(CentreOwned.Meta):
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["centre", "recipient", "-made_at", "-id"], name="notice_newest"),
            models.Index(
                fields=["centre", "recipient"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
            letters_due("notice"),
        ]
        constraints = [
            *CentreOwned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"),
                name="notice_path_within_site",
            ),
            *letter_checks("notice"),
        ]

    def __str__(self) -> str:
        return self.title
