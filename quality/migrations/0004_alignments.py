"""Alignments: a centre's programme mapped to a pathway's units, and the paper of an approved one."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import protect

# What is approved stays as it is, its units and criteria with it.
APPROVED_STAYS = """
CREATE FUNCTION refuse_approved_alignment_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE approved boolean;
BEGIN
    IF TG_TABLE_NAME = 'quality_alignment' THEN
        approved := OLD.approved_at IS NOT NULL;
    ELSE
        approved := EXISTS (
            SELECT 1 FROM quality_alignment
            WHERE approved_at IS NOT NULL
              AND id IN (
                  CASE WHEN TG_OP = 'DELETE' THEN OLD.alignment_id ELSE NEW.alignment_id END,
                  CASE WHEN TG_OP = 'INSERT' THEN NEW.alignment_id ELSE OLD.alignment_id END));
    END IF;
    IF approved THEN
        RAISE EXCEPTION '% on % is refused: the alignment is approved', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approved_stays BEFORE UPDATE OR DELETE ON quality_alignment
    FOR EACH ROW EXECUTE FUNCTION refuse_approved_alignment_change();
CREATE TRIGGER approved_stays BEFORE INSERT OR UPDATE OR DELETE ON quality_alignmentunit
    FOR EACH ROW EXECUTE FUNCTION refuse_approved_alignment_change();
CREATE TRIGGER approved_stays BEFORE INSERT OR UPDATE OR DELETE ON quality_alignmentcriterion
    FOR EACH ROW EXECUTE FUNCTION refuse_approved_alignment_change();
CREATE TRIGGER issued_stays BEFORE UPDATE OR DELETE ON quality_alignmentpaper
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();
CREATE TRIGGER issued_stays_truncate BEFORE TRUNCATE ON quality_alignmentpaper
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
APPROVED_MAY_CHANGE = """
DROP TRIGGER issued_stays_truncate ON quality_alignmentpaper;
DROP TRIGGER issued_stays ON quality_alignmentpaper;
DROP FUNCTION refuse_approved_alignment_change() CASCADE;
"""

# /verify has a file's hash or a printed code and no centre: this door gives it the centre.
LOOK_UP_CENTRE = """
CREATE FUNCTION alignment_paper_centre(file_sha256 text, printed_code text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT centre_id FROM public.quality_alignmentpaper
    WHERE state = 'issued'
      AND ((file_sha256 <> '' AND sha256 = file_sha256)
           OR (printed_code <> '' AND code = printed_code))
    LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0005_approvals_and_moves"),
        ("qualifications", "0002_catalogue_whole"),
        ("quality", "0003_handbook_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alignment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("overview", models.TextField(blank=True, max_length=5000)),
                ("assessment_manager", models.CharField(blank=True, max_length=200)),
                ("consultant", models.CharField(blank=True, max_length=200)),
                ("qcm", models.CharField(blank=True, max_length=200)),
                ("bdm", models.CharField(blank=True, max_length=200)),
                ("drafted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("approved_name", models.CharField(blank=True, max_length=200)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.pathway",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.alignment",
                    ),
                ),
            ],
            options={
                "ordering": ["title", "-version"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AlignmentCriterion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("learning_strategies", models.TextField(blank=True, max_length=5000)),
                ("assessment_evidence", models.TextField(blank=True, max_length=5000)),
                (
                    "alignment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.alignment",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AlignmentPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("template_version", models.PositiveSmallIntegerField()),
                ("manifest", models.TextField()),
                ("manifest_digest", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("rendering", "Being made"),
                            ("issued", "Issued"),
                            ("failed", "Not made"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("key", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("pages", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "alignment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.alignment",
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
            ],
            options={
                "ordering": ["queued_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AlignmentUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        blank=True,
                        choices=[("none", "None"), ("partial", "Partial"), ("full", "Full")],
                        max_length=10,
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=5000)),
                ("assessment_title", models.CharField(blank=True, max_length=200)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "alignment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.alignment",
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
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.unit",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_alignment_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=centres.tenancy.SameCentre(
                field="replaces", name="alignment_replaces_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.UniqueConstraint(
                fields=("centre", "replaces"), name="alignment_replaced_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("version", 1)),
                    models.Q(("replaces__isnull", False), ("version__gt", 1)),
                    _connector="OR",
                ),
                name="alignment_versions_follow",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", True),
                        ("approved_by__isnull", True),
                        ("approved_name", ""),
                    ),
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        models.Q(("approved_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="alignment_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentcriterion",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_alignmentcriterion_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentcriterion",
            constraint=centres.tenancy.SameCentre(
                field="alignment", name="alignmentcriterion_alignment_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentcriterion",
            constraint=models.UniqueConstraint(
                fields=("centre", "alignment", "criterion"), name="alignmentcriterion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_alignmentpaper_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=centres.tenancy.SameCentre(
                field="alignment", name="alignmentpaper_alignment_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.UniqueConstraint(
                fields=("centre", "alignment"), name="alignmentpaper_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.UniqueConstraint(fields=("code",), name="alignmentpaper_code_once"),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sha256", ""), _negated=True),
                fields=("sha256",),
                name="alignmentpaper_sha256_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "issued"), _negated=True),
                    models.Q(
                        models.Q(("sha256", ""), _negated=True),
                        models.Q(("key", ""), _negated=True),
                        ("issued_at__isnull", False),
                        ("size__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="alignmentpaper_issued_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rendering"), _negated=True),
                    models.Q(("lease_until__isnull", False), ("token__isnull", False)),
                    _connector="OR",
                ),
                name="alignmentpaper_rendering_is_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentunit",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_alignmentunit_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentunit",
            constraint=centres.tenancy.SameCentre(
                field="alignment", name="alignmentunit_alignment_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentunit",
            constraint=models.UniqueConstraint(
                fields=("centre", "alignment", "unit"), name="alignmentunit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("coverage__in", ["", "none", "partial", "full"])),
                name="alignmentunit_coverage",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentunit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("coverage", ""), models.Q(("comment", ""), _negated=True), _connector="OR"
                ),
                name="alignmentunit_override_has_comment",
            ),
        ),
        protect("quality_alignment"),
        protect("quality_alignmentunit"),
        protect("quality_alignmentcriterion"),
        protect("quality_alignmentpaper"),
        migrations.RunSQL(APPROVED_STAYS, APPROVED_MAY_CHANGE),
        migrations.RunSQL(LOOK_UP_CENTRE, "DROP FUNCTION alignment_paper_centre(text, text)"),
    ]
