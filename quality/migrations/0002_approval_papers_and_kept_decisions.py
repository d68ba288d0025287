"""The papers of an approval, and the passes that a learner keeps in a move."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0002_marks_versions_standing"),
        ("centres", "0005_approvals_and_moves"),
        ("portfolios", "0002_reopening"),
        ("qualifications", "0002_catalogue_whole"),
        ("quality", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("letter", "Approval letter"),
                            ("journey", "Learner journey plan"),
                            ("lessons", "Lesson plans"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
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
                "ordering": ["kind", "-added_at"],
                "abstract": False,
                "indexes": [
                    models.Index(fields=["centre", "approval"], name="approvalpaper_approval")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("centre", "id"), name="quality_approvalpaper_same_centre"
                    ),
                    centres.tenancy.SameCentre(
                        field="approval", name="approvalpaper_approval_same_centre"
                    ),
                    centres.tenancy.SameCentre(field="file", name="approvalpaper_file_same_centre"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["letter", "journey", "lessons"])),
                        name="approvalpaper_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="approvalpaper_withdrawn_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
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
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "move",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.pathwaymove",
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
                    "sheet",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.sheet",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["centre", "registration"], name="keptdecision_registration"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("centre", "id"), name="quality_keptdecision_same_centre"
                    ),
                    centres.tenancy.SameCentre(field="move", name="keptdecision_move_same_centre"),
                    centres.tenancy.SameCentre(
                        field="registration", name="keptdecision_registration_same_centre"
                    ),
                    centres.tenancy.SameCentre(
                        field="sheet", name="keptdecision_sheet_same_centre"
                    ),
                    models.UniqueConstraint(
                        fields=("centre", "registration", "criterion"),
                        name="keptdecision_criterion_once",
                    ),
                ],
            },
        ),
        protect("quality_approvalpaper"),
        protect("quality_keptdecision"),
        append_only("quality_keptdecision"),
    ]
