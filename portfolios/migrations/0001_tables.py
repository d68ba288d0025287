"""The first tables of portfolios, guarded in the same step."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centres", "0001_tables"),
        ("qualifications", "0001_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
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
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.centre",
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
            ],
            options={
                "ordering": ["number"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("whole", "The whole item"),
                            ("page", "A page"),
                            ("time", "A time"),
                        ],
                        default="whole",
                        max_length=10,
                    ),
                ),
                ("place", models.PositiveIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("claimed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
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
                    "claimed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.evidence",
                    ),
                ),
            ],
            options={
                "ordering": ["claimed_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=10)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "stored_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EvidenceVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "evidence",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.evidence",
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
            ],
            options={
                "ordering": ["number"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("submitted_at", models.DateTimeField()),
                ("declaration_version", models.PositiveSmallIntegerField()),
                (
                    "assessment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.assessment",
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
                    "learner",
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
            ],
            options={
                "ordering": ["submitted_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("pass", "Pass"), ("referral", "Referral")], max_length=10
                    ),
                ),
                ("closed_at", models.DateTimeField()),
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
                    "submission",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.submission",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SubmissionItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
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
                    "submission",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.submission",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.evidenceversion",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SubmissionClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("whole", "The whole item"),
                            ("page", "A page"),
                            ("time", "A time"),
                        ],
                        default="whole",
                        max_length=10,
                    ),
                ),
                ("place", models.PositiveIntegerField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.submissionitem",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["centre", "evidence"], name="claim_evidence"),
        ),
        migrations.AddIndex(
            model_name="submissionclaim",
            index=models.Index(fields=["centre", "item"], name="submissionclaim_item"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_evidence_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_claim_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_storedfile_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_evidenceversion_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_submission_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("centre", "id", "learner"), name="submission_same_learner"
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_closure_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionitem",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_submissionitem_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionclaim",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_submissionclaim_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=centres.tenancy.SameCentre(
                field="registration", name="evidence_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                fields=("centre", "registration", "number"), name="evidence_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=centres.tenancy.SameCentre(
                field="evidence", name="claim_evidence_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("centre", "evidence", "criterion", "anchor", "place"),
                name="claim_once_per_place",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("anchor", "whole"), ("place__isnull", True)),
                    models.Q(
                        models.Q(("anchor", "whole"), _negated=True), ("place__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="claim_place_with_anchor",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("anchor", "page"), _negated=True), ("place__gte", 1), _connector="OR"
                ),
                name="claim_page_from_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.UniqueConstraint(
                fields=("centre", "key"), name="storedfile_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)), name="storedfile_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=centres.tenancy.SameCentre(
                field="evidence", name="evidenceversion_evidence_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=centres.tenancy.SameCentre(
                field="file", name="evidenceversion_file_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=models.UniqueConstraint(
                fields=("centre", "evidence", "number"), name="evidenceversion_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceversion",
            constraint=models.UniqueConstraint(
                fields=("centre", "file"), name="evidenceversion_file_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=centres.tenancy.SameCentre(
                also=("learner",), field="registration", name="submission_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("centre", "registration", "assessment", "attempt"),
                name="submission_attempt_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempt__gte", 1)), name="submission_attempts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=centres.tenancy.SameCentre(
                field="submission", name="closure_submission_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.UniqueConstraint(
                fields=("centre", "submission"), name="closure_once_per_submission"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionitem",
            constraint=centres.tenancy.SameCentre(
                field="submission", name="submissionitem_submission_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionitem",
            constraint=centres.tenancy.SameCentre(
                field="version", name="submissionitem_version_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionitem",
            constraint=models.UniqueConstraint(
                fields=("centre", "submission", "number"), name="submissionitem_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionclaim",
            constraint=centres.tenancy.SameCentre(
                field="item", name="submissionclaim_item_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("anchor", "whole"), ("place__isnull", True)),
                    models.Q(
                        models.Q(("anchor", "whole"), _negated=True), ("place__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="submissionclaim_place_with_anchor",
            ),
        ),
        *(
            protect(f"portfolios_{table}")
            for table in (
                "storedfile",
                "evidence",
                "evidenceversion",
                "claim",
                "submission",
                "submissionitem",
                "submissionclaim",
                "closure",
            )
        ),
        *(
            append_only(f"portfolios_{table}")
            for table in (
                "storedfile",
                "evidenceversion",
                "submission",
                "submissionitem",
                "submissionclaim",
                "closure",
            )
        ),
    ]
