"""The first tables of assessment, guarded in the same step."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect

SIGNED_STAYS = """
CREATE FUNCTION refuse_signed_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'assessment_sheet' THEN
        IF OLD.signed_at IS NOT NULL THEN
            RAISE EXCEPTION 'sheet % is signed and never changes', OLD.id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSIF EXISTS (
        SELECT 1 FROM assessment_sheet
        WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END)
          AND signed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION '% on % is refused: the sheet is signed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_stays BEFORE UPDATE OR DELETE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION refuse_signed_change();
CREATE TRIGGER signed_stays BEFORE INSERT OR UPDATE OR DELETE ON assessment_judgement
    FOR EACH ROW EXECUTE FUNCTION refuse_signed_change();
CREATE TRIGGER signed_stays BEFORE INSERT OR UPDATE OR DELETE ON assessment_comment
    FOR EACH ROW EXECUTE FUNCTION refuse_signed_change();

CREATE FUNCTION refuse_issued_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'issued' THEN
        RAISE EXCEPTION '% of paper % is refused: an issued paper stays as it is', TG_OP, OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issued_stays BEFORE UPDATE OR DELETE ON assessment_document
    FOR EACH ROW EXECUTE FUNCTION refuse_issued_change();
CREATE TRIGGER issued_stays_truncate BEFORE TRUNCATE ON assessment_document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
SIGNED_MAY_CHANGE = """
DROP FUNCTION refuse_signed_change() CASCADE;
DROP FUNCTION refuse_issued_change() CASCADE;
DROP TRIGGER issued_stays_truncate ON assessment_document;
"""

# /verify has a file's hash or a printed code and no centre: this one door gives it the centre.
LOOK_UP_CENTRE = """
CREATE FUNCTION document_centre(file_sha256 text, printed_code text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT centre_id FROM public.assessment_document
    WHERE state = 'issued'
      AND ((file_sha256 <> '' AND sha256 = file_sha256)
           OR (printed_code <> '' AND code = printed_code))
    LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centres", "0001_tables"),
        ("portfolios", "0001_tables"),
        ("qualifications", "0001_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("pass", "Pass"), ("referral", "Referral")],
                        max_length=10,
                    ),
                ),
                (
                    "assessor",
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
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            name="Judgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("pass", "Pass"), ("referral", "Referral")],
                        max_length=10,
                    ),
                ),
                ("feedback", models.TextField(blank=True, max_length=5000)),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
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
            },
        ),
        migrations.CreateModel(
            name="DraftRevision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("part_kind", models.CharField(max_length=20)),
                ("part_id", models.UUIDField()),
                ("revision", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("tab", models.CharField(blank=True, max_length=40)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                "ordering": ["saved_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "copy",
                    models.CharField(
                        choices=[("learner", "Learner's copy"), ("file", "File copy")],
                        max_length=10,
                    ),
                ),
                ("template_version", models.PositiveSmallIntegerField()),
                (
                    "standing",
                    models.CharField(choices=[("provisional", "Provisional")], max_length=30),
                ),
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
                    "centre",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centres.centre",
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
                "ordering": ["queued_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("learner", "The learner"),
                            ("assessor", "Assessors and quality assurers"),
                            ("file", "The file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=5000)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "outcome",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.learningoutcome",
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
            },
        ),
        migrations.AddIndex(
            model_name="draftrevision",
            index=models.Index(fields=["centre", "part_id"], name="draftrevision_part"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["centre", "sheet"], name="document_sheet"),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_judgement_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftrevision",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_draftrevision_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_document_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_comment_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=centres.tenancy.SameCentre(
                also=("learner",), field="submission", name="sheet_submission_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("signed_at__isnull", True)),
                fields=("centre", "submission", "assessor"),
                name="sheet_one_draft_per_assessor",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.UniqueConstraint(
                fields=("centre", "submission", "version"), name="sheet_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(("assessor", models.F("learner")), _negated=True),
                name="sheet_not_own_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", ""), ("signed_at__isnull", True), ("version__isnull", True)
                    ),
                    models.Q(
                        ("outcome__in", ["pass", "referral"]),
                        ("signed_at__isnull", False),
                        ("version__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sheet_signed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="judgement_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet", "criterion"), name="judgement_once_per_criterion"
            ),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["", "pass", "referral"])),
                name="judgement_known_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftrevision",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="draftrevision_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=centres.tenancy.SameCentre(field="sheet", name="document_sheet_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=(
                    "centre",
                    "sheet",
                    "copy",
                    "template_version",
                    "standing",
                    "manifest_digest",
                ),
                name="document_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(fields=("code",), name="document_code_once"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sha256", ""), _negated=True),
                fields=("sha256",),
                name="document_sha256_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
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
                name="document_issued_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rendering"), _negated=True),
                    models.Q(("lease_until__isnull", False), ("token__isnull", False)),
                    _connector="OR",
                ),
                name="document_rendering_is_leased",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=centres.tenancy.SameCentre(field="sheet", name="comment_sheet_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet", "outcome", "audience"), name="comment_once_per_audience"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["learner", "assessor", "file"])),
                name="comment_known_audience",
            ),
        ),
        *(
            protect(f"assessment_{table}")
            for table in ("sheet", "judgement", "comment", "draftrevision", "document")
        ),
        append_only("assessment_draftrevision"),
        migrations.RunSQL(SIGNED_STAYS, SIGNED_MAY_CHANGE),
        migrations.RunSQL(LOOK_UP_CENTRE, "DROP FUNCTION document_centre(text, text)"),
    ]
