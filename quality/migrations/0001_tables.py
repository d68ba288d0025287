"""The first tables of quality assurance, guarded in the same step."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect

TABLES = (
    "samplingplan",
    "draw",
    "sample",
    "review",
    "reviewpoint",
    "requiredaction",
    "release",
    "releaseitem",
    "visit",
    "visitsheet",
    "evidenceview",
    "externalreport",
    "directclaims",
    "externalconfirmation",
    "hold",
)
ONLY_NEW_ROWS = (
    "draw",
    "release",
    "releaseitem",
    "evidenceview",
    "externalreport",
    "externalconfirmation",
)

# What is approved, signed, closed or lifted stays as it is.
ENDED_STAYS = """
CREATE FUNCTION refuse_ended_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended boolean := false;
BEGIN
    IF TG_TABLE_NAME = 'quality_reviewpoint' THEN
        ended := EXISTS (
            SELECT 1 FROM quality_review
            WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.review_id ELSE NEW.review_id END)
              AND signed_at IS NOT NULL);
    ELSIF TG_TABLE_NAME = 'quality_visitsheet' THEN
        ended := EXISTS (
            SELECT 1 FROM quality_visit
            WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.visit_id ELSE NEW.visit_id END)
              AND closed_at IS NOT NULL);
    ELSIF TG_OP = 'INSERT' THEN
        ended := false;
    ELSIF TG_TABLE_NAME = 'quality_samplingplan' THEN
        ended := OLD.approved_at IS NOT NULL;
    ELSIF TG_TABLE_NAME = 'quality_review' THEN
        ended := OLD.signed_at IS NOT NULL;
    ELSIF TG_TABLE_NAME IN ('quality_visit', 'quality_requiredaction') THEN
        ended := OLD.closed_at IS NOT NULL;
    ELSIF TG_TABLE_NAME = 'quality_hold' THEN
        ended := OLD.lifted_at IS NOT NULL;
    END IF;
    IF ended THEN
        RAISE EXCEPTION '% on % is refused: it is signed or closed', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
"""
ENDED_STAYS_ON = """
CREATE TRIGGER ended_stays BEFORE INSERT OR UPDATE OR DELETE ON quality_%s
    FOR EACH ROW EXECUTE FUNCTION refuse_ended_change();
"""
CAN_END = (
    "samplingplan",
    "review",
    "reviewpoint",
    "requiredaction",
    "visit",
    "visitsheet",
    "hold",
)

# By person, over all attempts (domain brief, sections 5 and 12): nobody assesses and verifies the
# same work, and nobody verifies it both internally and externally. The registration's row is
# locked before looking, so that two transactions can't each miss the other.
SEPARATION = """
CREATE FUNCTION has_assessed(person uuid, of_registration uuid, for_assessment uuid)
RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT 1 FROM assessment_sheet AS sheet
        JOIN portfolios_submission AS work ON work.id = sheet.submission_id
        WHERE sheet.assessor_id = person AND sheet.signed_at IS NOT NULL
          AND work.registration_id = of_registration AND work.assessment_id = for_assessment)
$$;
CREATE FUNCTION has_verified(
    person uuid, of_registration uuid, for_assessment uuid, inside boolean, outside boolean
) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT (inside AND EXISTS (
        SELECT 1 FROM quality_review AS review
        JOIN quality_sample AS sample ON sample.id = review.sample_id
        WHERE review.reviewer_id = person AND review.signed_at IS NOT NULL
          AND sample.registration_id = of_registration AND sample.assessment_id = for_assessment))
    OR (inside AND EXISTS (
        SELECT 1 FROM quality_releaseitem AS item
        JOIN quality_release AS release ON release.id = item.release_id
        JOIN assessment_sheet AS sheet ON sheet.id = item.sheet_id
        JOIN portfolios_submission AS work ON work.id = sheet.submission_id
        WHERE release.released_by_id = person
          AND work.registration_id = of_registration AND work.assessment_id = for_assessment))
    OR (outside AND EXISTS (
        SELECT 1 FROM quality_visitsheet AS choice
        JOIN quality_visit AS visit ON visit.id = choice.visit_id
        JOIN assessment_sheet AS sheet ON sheet.id = choice.sheet_id
        JOIN portfolios_submission AS work ON work.id = sheet.submission_id
        WHERE visit.eqa_id = person AND choice.decision <> ''
          AND work.registration_id = of_registration AND work.assessment_id = for_assessment))
$$;
CREATE FUNCTION keep_duties_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person uuid; learner uuid; of_registration uuid; for_assessment uuid;
    assesses boolean := false; outside boolean := false;
BEGIN
    IF TG_TABLE_NAME = 'quality_review' THEN
        person := NEW.reviewer_id;
        SELECT registration_id, assessment_id INTO of_registration, for_assessment
        FROM quality_sample WHERE id = NEW.sample_id;
    ELSIF TG_TABLE_NAME = 'quality_releaseitem' THEN
        SELECT released_by_id INTO person FROM quality_release WHERE id = NEW.release_id;
        SELECT work.registration_id, work.assessment_id INTO of_registration, for_assessment
        FROM assessment_sheet AS sheet
        JOIN portfolios_submission AS work ON work.id = sheet.submission_id
        WHERE sheet.id = NEW.sheet_id;
    ELSIF TG_TABLE_NAME = 'quality_visitsheet' THEN
        outside := true;
        SELECT eqa_id INTO person FROM quality_visit WHERE id = NEW.visit_id;
        SELECT work.registration_id, work.assessment_id INTO of_registration, for_assessment
        FROM assessment_sheet AS sheet
        JOIN portfolios_submission AS work ON work.id = sheet.submission_id
        WHERE sheet.id = NEW.sheet_id;
    ELSE
        IF NEW.signed_at IS NULL THEN
            RETURN NEW;
        END IF;
        assesses := true;
        person := NEW.assessor_id;
        SELECT registration_id, assessment_id INTO of_registration, for_assessment
        FROM portfolios_submission WHERE id = NEW.submission_id;
    END IF;
    SELECT learner_id INTO learner FROM centres_registration WHERE id = of_registration
    FOR UPDATE;
    IF person = learner
        OR (NOT assesses AND has_assessed(person, of_registration, for_assessment))
        OR has_verified(
            person, of_registration, for_assessment, assesses OR outside, NOT outside)
    THEN
        RAISE EXCEPTION 'one person may not both assess and verify, or verify twice, this work'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'duties_apart';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duties_apart BEFORE INSERT OR UPDATE ON quality_review
    FOR EACH ROW EXECUTE FUNCTION keep_duties_apart();
CREATE TRIGGER duties_apart BEFORE INSERT ON quality_releaseitem
    FOR EACH ROW EXECUTE FUNCTION keep_duties_apart();
CREATE TRIGGER duties_apart BEFORE INSERT OR UPDATE ON quality_visitsheet
    FOR EACH ROW EXECUTE FUNCTION keep_duties_apart();
CREATE TRIGGER duties_apart BEFORE INSERT OR UPDATE ON assessment_sheet
    FOR EACH ROW EXECUTE FUNCTION keep_duties_apart();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("assessment", "0002_marks_versions_standing"),
        ("centres", "0003_cache_table"),
        ("portfolios", "0002_reopening"),
        ("qualifications", "0001_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectClaims",
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
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
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
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.storedfile",
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
            name="Draw",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seed", models.CharField(max_length=64)),
                ("wanted", models.PositiveSmallIntegerField()),
                ("pool", models.JSONField()),
                ("drawn_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-drawn_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ExternalReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=60)),
                (
                    "eqa_name",
                    models.CharField(max_length=200, verbose_name="external quality assurer"),
                ),
                ("reported_on", models.DateField()),
                ("releases", models.BooleanField(verbose_name="releases the work")),
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
                "ordering": ["-reported_on"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                            ("appeal", "Appeal"),
                            ("malpractice", "Malpractice enquiry"),
                            ("sanction", "Sanction"),
                            ("external", "Held by the external quality assurer"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(max_length=2000)),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_because", models.TextField(blank=True, max_length=2000)),
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
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
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
                "ordering": ["placed_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reviewed", models.PositiveIntegerField()),
                ("decided", models.PositiveIntegerField()),
                ("justification", models.TextField(blank=True, max_length=5000)),
                ("released_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-released_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReleaseItem",
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
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.release",
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
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "valid",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3
                    ),
                ),
                (
                    "authentic",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3
                    ),
                ),
                (
                    "current",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3
                    ),
                ),
                (
                    "sufficient",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3
                    ),
                ),
                (
                    "reliable",
                    models.CharField(
                        blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3
                    ),
                ),
                ("remarks", models.TextField(blank=True, max_length=5000)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agree", "Agree"),
                            ("action", "Agree with an action"),
                            ("return", "Return to the assessor"),
                            ("noted", "Noted (interim)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=5000)),
                ("action_text", models.TextField(blank=True, max_length=2000)),
                ("action_due_on", models.DateField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "action_owner",
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
                    "reviewer",
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
            name="ReviewPoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("agree", "Agree"), ("query", "Query")], max_length=10
                    ),
                ),
                ("mark", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("comment", models.TextField(blank=True, max_length=5000)),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("learner", "The learner"),
                            ("assessor", "Assessors and quality assurers"),
                            ("file", "The file"),
                        ],
                        default="assessor",
                        max_length=10,
                    ),
                ),
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
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.review",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.marksection",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Sample",
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
                        choices=[("summative", "Summative"), ("interim", "Interim")],
                        default="summative",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("due_on", models.DateField()),
                ("chosen_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.draw",
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
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.sheet",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="review",
            name="sample",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="quality.sample",
            ),
        ),
        migrations.CreateModel(
            name="SamplingPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("version", models.PositiveSmallIntegerField()),
                ("rules", models.TextField(max_length=5000)),
                ("baseline_percent", models.PositiveSmallIntegerField()),
                ("drafted_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
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
                    "qualification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="qualifications.qualification",
                    ),
                ),
            ],
            options={
                "ordering": ["-version"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="sample",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="quality.samplingplan",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="quality.samplingplan",
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="quality.samplingplan",
            ),
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("days_after", models.PositiveSmallIntegerField(default=14)),
                ("arranged_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("notes", models.TextField(blank=True, max_length=10000)),
                ("report", models.TextField(blank=True, max_length=10000)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("release", "Released"), ("hold", "Held")],
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "arranged_by",
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
                    "eqa",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "ordering": ["-opens_on"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ExternalConfirmation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("visit", "External quality assurer’s visit"),
                            ("report", "External report on record"),
                            ("claim", "Direct claim"),
                        ],
                        max_length=10,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "direct_claims",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.directclaims",
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
                (
                    "report",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.externalreport",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.visit",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="EvidenceView",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("viewed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.submissionitem",
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["viewed_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VisitSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("chosen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agree", "Agree"),
                            ("disagree", "Disagree"),
                            ("more", "Needs more"),
                        ],
                        max_length=10,
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=5000)),
                ("note", models.TextField(blank=True, max_length=5000)),
                ("action_text", models.TextField(blank=True, max_length=2000)),
                ("action_due_on", models.DateField(blank=True, null=True)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "action_owner",
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
                    "sheet",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.sheet",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["chosen_at"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RequiredAction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(max_length=2000)),
                ("due_on", models.DateField()),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answer", models.TextField(blank=True, max_length=2000)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.review",
                    ),
                ),
                (
                    "visit_sheet",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="quality.visitsheet",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="directclaims",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_directclaims_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalreport",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_externalreport_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_hold_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseitem",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_releaseitem_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_reviewpoint_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_review_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingplan",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_samplingplan_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_sample_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_release_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_draw_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_visit_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_externalconfirmation_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceview",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_evidenceview_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsheet",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_visitsheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_requiredaction_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="directclaims",
            constraint=centres.tenancy.SameCentre(
                field="notice", name="directclaims_notice_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="directclaims",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("recorded_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="directclaims_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="directclaims",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="directclaims_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalreport",
            constraint=centres.tenancy.SameCentre(
                field="file", name="externalreport_file_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalreport",
            constraint=models.UniqueConstraint(
                fields=("centre", "qualification", "reference"),
                name="externalreport_reference_once",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["centre", "registration"], name="hold_registration"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=centres.tenancy.SameCentre(
                field="registration", name="hold_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="hold_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lifted_at__isnull", True),
                        ("lifted_because", ""),
                        ("lifted_by__isnull", True),
                    ),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        models.Q(("lifted_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hold_lifted_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseitem",
            constraint=centres.tenancy.SameCentre(
                field="release", name="releaseitem_release_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseitem",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="releaseitem_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseitem",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet"), name="releaseitem_once_per_sheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=centres.tenancy.SameCentre(
                field="review", name="reviewpoint_review_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.UniqueConstraint(
                fields=("centre", "review", "criterion", "section"),
                name="reviewpoint_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("criterion__isnull", True), ("section__isnull", False)),
                    models.Q(
                        ("criterion__isnull", False),
                        ("mark__isnull", True),
                        ("section__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reviewpoint_criterion_or_section",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["learner", "assessor", "file"])),
                name="reviewpoint_known_audience",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__isnull", True), ("mark__lte", 100), _connector="OR"),
                name="reviewpoint_at_most_100",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=centres.tenancy.SameCentre(field="sample", name="review_sample_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("centre", "sample"), name="review_once_per_sample"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_at__isnull", True),
                    models.Q(("outcome", ""), _negated=True),
                    _connector="OR",
                ),
                name="review_signed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "return"), _negated=True),
                    ("signed_at__isnull", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="review_returned_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingplan",
            constraint=models.UniqueConstraint(
                fields=("centre", "qualification", "version"), name="samplingplan_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("baseline_percent__gte", 1), ("baseline_percent__lte", 100)),
                name="samplingplan_percent",
            ),
        ),
        migrations.AddIndex(
            model_name="sample",
            index=models.Index(fields=["centre", "registration"], name="sample_registration"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=centres.tenancy.SameCentre(field="plan", name="sample_plan_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=centres.tenancy.SameCentre(
                also=("learner",), field="registration", name="sample_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=centres.tenancy.SameCentre(field="sheet", name="sample_sheet_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=centres.tenancy.SameCentre(field="draw", name="sample_draw_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet"), name="sample_once_per_sheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "summative"), ("sheet__isnull", False)),
                    models.Q(("kind", "interim"), ("sheet__isnull", True)),
                    _connector="OR",
                ),
                name="sample_summative_has_sheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviewer", models.F("learner")), _negated=True),
                name="sample_not_own_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="sample_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=centres.tenancy.SameCentre(field="plan", name="release_plan_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=centres.tenancy.SameCentre(field="plan", name="draw_plan_same_centre"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(("wanted__gte", 1)), name="draw_wants_some"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_on__gte", models.F("opens_on")), ("ends_on__gte", models.F("opens_on"))
                ),
                name="visit_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("outcome", "")),
                    models.Q(
                        ("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="visit_closed_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="externalconfirmation_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=centres.tenancy.SameCentre(
                field="visit", name="externalconfirmation_visit_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=centres.tenancy.SameCentre(
                field="report", name="externalconfirmation_report_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=centres.tenancy.SameCentre(
                field="direct_claims", name="externalconfirmation_direct_claims_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet"), name="externalconfirmation_once_per_sheet"
            ),
        ),
        migrations.AddConstraint(
            model_name="externalconfirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("direct_claims__isnull", True),
                        ("report__isnull", True),
                        ("route", "visit"),
                        ("visit__isnull", False),
                    ),
                    models.Q(
                        ("direct_claims__isnull", True),
                        ("report__isnull", False),
                        ("route", "report"),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("direct_claims__isnull", False),
                        ("report__isnull", True),
                        ("route", "claim"),
                        ("visit__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="externalconfirmation_one_route",
            ),
        ),
        migrations.AddIndex(
            model_name="evidenceview",
            index=models.Index(fields=["centre", "visit"], name="evidenceview_visit"),
        ),
        migrations.AddConstraint(
            model_name="evidenceview",
            constraint=centres.tenancy.SameCentre(
                field="visit", name="evidenceview_visit_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceview",
            constraint=centres.tenancy.SameCentre(
                field="item", name="evidenceview_item_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsheet",
            constraint=centres.tenancy.SameCentre(
                field="visit", name="visitsheet_visit_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsheet",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="visitsheet_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsheet",
            constraint=models.UniqueConstraint(
                fields=("centre", "visit", "sheet"), name="visitsheet_once_per_visit"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitsheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision", ""), ("published_at__isnull", False), _connector="OR"
                ),
                name="visitsheet_decided_once_published",
            ),
        ),
        migrations.AddIndex(
            model_name="requiredaction",
            index=models.Index(fields=["centre", "owner"], name="requiredaction_owner"),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=centres.tenancy.SameCentre(
                field="review", name="requiredaction_review_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=centres.tenancy.SameCentre(
                field="visit_sheet", name="requiredaction_visit_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("review__isnull", False), ("visit_sheet__isnull", True)),
                    models.Q(("review__isnull", True), ("visit_sheet__isnull", False)),
                    _connector="OR",
                ),
                name="requiredaction_one_origin",
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="requiredaction_closed_after_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="requiredaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_by__isnull", True),
                    models.Q(("closed_by", models.F("owner")), _negated=True),
                    _connector="OR",
                ),
                name="requiredaction_closed_by_another",
            ),
        ),
        *(protect(f"quality_{table}") for table in TABLES),
        *(append_only(f"quality_{table}") for table in ONLY_NEW_ROWS),
        migrations.RunSQL(ENDED_STAYS, "DROP FUNCTION refuse_ended_change() CASCADE;"),
        *(migrations.RunSQL(ENDED_STAYS_ON % table, migrations.RunSQL.noop) for table in CAN_END),
        migrations.RunSQL(
            SEPARATION,
            "DROP FUNCTION keep_duties_apart() CASCADE;"
            "DROP FUNCTION has_assessed(uuid, uuid, uuid);"
            "DROP FUNCTION has_verified(uuid, uuid, uuid, boolean, boolean);",
        ),
    ]
