"""Handbooks that a centre had read in, and the readings that somebody answers for."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import protect


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0005_approvals_and_moves"),
        ("portfolios", "0002_reopening"),
        ("qualifications", "0002_catalogue_whole"),
        ("quality", "0002_approval_papers_and_kept_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandbookImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("reading", "Being read"),
                            ("read", "To review"),
                            ("refused", "Not readable"),
                            ("published", "Published"),
                            ("discarded", "Discarded"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("result", models.JSONField(blank=True, null=True)),
                ("refusal_rule", models.CharField(blank=True, max_length=300)),
                ("refusal_remedy", models.CharField(blank=True, max_length=300)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.storedfile",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HandbookWarning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("where", models.CharField(blank=True, max_length=60)),
                ("line", models.PositiveIntegerField(blank=True, null=True)),
                ("raw", models.TextField()),
                ("taken", models.TextField(blank=True, null=True)),
                ("why", models.TextField()),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("accepted", "Accepted as taken"),
                            ("corrected", "Corrected in the draft"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
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
                    "handbook",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.handbookimport",
                    ),
                ),
                (
                    "resolved_by",
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
                "ordering": ["position"],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="handbookimport",
            index=models.Index(fields=["centre", "-asked_at"], name="handbookimport_newest"),
        ),
        migrations.AddIndex(
            model_name="handbookimport",
            index=models.Index(
                condition=models.Q(("state__in", ["queued", "reading"])),
                fields=["centre", "queued_at"],
                name="handbookimport_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_handbookimport_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=centres.tenancy.SameCentre(
                field="file", name="handbookimport_file_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["queued", "reading", "read", "refused", "published", "discarded"],
                    )
                ),
                name="handbookimport_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lease_until__isnull", False),
                        ("state", "reading"),
                        ("token__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state", "reading"), _negated=True), ("token__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="handbookimport_read_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "refused"),
                        models.Q(("refusal_rule", ""), _negated=True),
                        models.Q(("refusal_remedy", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "refused"), _negated=True),
                        ("refusal_remedy", ""),
                        ("refusal_rule", ""),
                    ),
                    _connector="OR",
                ),
                name="handbookimport_refused_with_remedy",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["read", "published"]), _negated=True),
                    models.Q(("read_at__isnull", False), ("result__isnull", False)),
                    _connector="OR",
                ),
                name="handbookimport_read_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("state__in", ["published", "discarded"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["published", "discarded"]), _negated=True),
                        ("closed_at__isnull", True),
                        ("closed_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="handbookimport_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    ("specification__isnull", False),
                    _connector="OR",
                ),
                name="handbookimport_published_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookwarning",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_handbookwarning_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookwarning",
            constraint=centres.tenancy.SameCentre(
                field="handbook", name="handbookwarning_handbook_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookwarning",
            constraint=models.UniqueConstraint(
                fields=("centre", "handbook", "position"), name="handbookwarning_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="handbookwarning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("note", ""),
                        ("resolution", ""),
                        ("resolved_at", None),
                        ("resolved_by", None),
                    ),
                    models.Q(
                        ("resolution", "accepted"),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                    ),
                    models.Q(
                        ("resolution", "corrected"),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                        models.Q(("note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="handbookwarning_resolved_by_somebody",
            ),
        ),
        protect("quality_handbookimport"),
        protect("quality_handbookwarning"),
    ]
