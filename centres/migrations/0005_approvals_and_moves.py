"""What a centre is approved to offer, and moves from one pathway to another."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0004_notices_and_second_factor"),
        ("qualifications", "0002_catalogue_whole"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=60)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("last_registration_on", models.DateField(blank=True, null=True)),
                ("last_certification_on", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.centre",
                    ),
                ),
                (
                    "qualification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.qualification",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PathwayMove",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "number",
                    models.CharField(
                        blank=True, max_length=30, verbose_name="registration no. before"
                    ),
                ),
                ("registered_on", models.DateField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.centre",
                    ),
                ),
                (
                    "from_pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.pathway",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.registration",
                    ),
                ),
                (
                    "to_pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.pathway",
                    ),
                ),
            ],
            options={
                "ordering": ["moved_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReviewOverride",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.TextField()),
                ("allowed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "allowed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "approval",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.approval",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.centre",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-allowed_at"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="centres_approval_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("centre", "qualification"),
                name="approval_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="approval_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_registration_on__isnull", True),
                    ("last_certification_on__isnull", True),
                    ("last_certification_on__gte", models.F("last_registration_on")),
                    _connector="OR",
                ),
                name="approval_certificates_after_registrations",
            ),
        ),
        migrations.AddIndex(
            model_name="pathwaymove",
            index=models.Index(fields=["centre", "registration"], name="pathwaymove_registration"),
        ),
        migrations.AddConstraint(
            model_name="pathwaymove",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="centres_pathwaymove_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathwaymove",
            constraint=centres.tenancy.SameCentre(
                field="registration", name="pathwaymove_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathwaymove",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_pathway", models.F("to_pathway")), _negated=True),
                name="pathwaymove_goes_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewoverride",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="centres_reviewoverride_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewoverride",
            constraint=centres.tenancy.SameCentre(
                field="approval", name="reviewoverride_approval_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewoverride",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("centre", "approval"),
                name="reviewoverride_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="reviewoverride_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="reviewoverride_withdrawn_by_somebody",
            ),
        ),
        *(protect(f"centres_{table}") for table in ("approval", "reviewoverride", "pathwaymove")),
        append_only("centres_pathwaymove"),
    ]
