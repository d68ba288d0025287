"""Notices with their e-mails, the invitation's e-mail as a job, and a second step for staff."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from centres.tenancy_sql import protect


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0003_cache_table"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("none", "No e-mail"),
                            ("queued", "Waiting to be sent"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Could not be sent"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("mail_queued_at", models.DateTimeField(blank=True, null=True)),
                ("mail_token", models.UUIDField(blank=True, null=True)),
                ("mail_lease_until", models.DateTimeField(blank=True, null=True)),
                ("mail_tries", models.PositiveSmallIntegerField(default=0)),
                ("mail_sent_at", models.DateTimeField(blank=True, null=True)),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(max_length=2000)),
                ("path", models.CharField(max_length=300)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="centre",
            name="requires_second_factor",
            field=models.BooleanField(default=False, verbose_name="staff need a second step"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail",
            field=models.CharField(
                choices=[
                    ("none", "No e-mail"),
                    ("queued", "Waiting to be sent"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("failed", "Could not be sent"),
                ],
                default="none",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_lease_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_queued_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_sent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_token",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mail_tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="invitation",
            name="token_salt",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="signature",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("declaration", "Declaration"),
                    ("decision", "Assessor's decision"),
                    ("plan", "Sampling plan"),
                    ("review", "Internal quality assurance"),
                    ("release", "Release of unsampled work"),
                    ("visit", "External quality assurance"),
                    ("alignment", "Alignment of a programme"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("mail__in", ["queued", "sending"])),
                fields=["centre", "mail_queued_at"],
                name="invitation_mail_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("mail__in", ["none", "queued", "sending", "sent", "failed"])),
                name="invitation_known_mail_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mail", "sent"), ("mail_sent_at__isnull", False)),
                    models.Q(
                        models.Q(("mail", "sent"), _negated=True), ("mail_sent_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="invitation_mail_sent_with_time",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centres.centre",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="recipient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["centre", "recipient", "-made_at", "-id"], name="notice_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["centre", "recipient"],
                name="notice_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mail__in", ["queued", "sending"])),
                fields=["centre", "mail_queued_at"],
                name="notice_mail_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="centres_notice_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("path__startswith", "/"), models.Q(("path__startswith", "//"), _negated=True)
                ),
                name="notice_path_within_site",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("mail__in", ["none", "queued", "sending", "sent", "failed"])),
                name="notice_known_mail_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mail", "sent"), ("mail_sent_at__isnull", False)),
                    models.Q(
                        models.Q(("mail", "sent"), _negated=True), ("mail_sent_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="notice_mail_sent_with_time",
            ),
        ),
        protect("centres_notice"),
    ]
