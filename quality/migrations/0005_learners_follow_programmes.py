"""Learners follow programmes: only approved ones, and only what covers every unit is approved."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import protect

# The coverage that stands is derived, so the database derives it too: what was set by hand, else
# full where every criterion of the unit has both texts. Asked after row security and keys.
COVERED_IN_FULL = r"""
CREATE FUNCTION alignment_covers_all(aligned uuid, wanted uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM qualifications_pathwayunit WHERE pathway_id = wanted)
       AND NOT EXISTS (
        SELECT 1
        FROM qualifications_pathwayunit asked
        LEFT JOIN quality_alignmentunit held
               ON held.alignment_id = aligned AND held.unit_id = asked.unit_id
        WHERE asked.pathway_id = wanted
          AND CASE coalesce(held.coverage, '')
              WHEN 'full' THEN false
              WHEN '' THEN
                  NOT EXISTS (
                      SELECT 1 FROM qualifications_criterion WHERE unit_id = asked.unit_id)
                  OR EXISTS (
                      SELECT 1
                      FROM qualifications_criterion asked_for
                      LEFT JOIN quality_alignmentcriterion said
                             ON said.alignment_id = aligned AND said.criterion_id = asked_for.id
                      WHERE asked_for.unit_id = asked.unit_id
                        AND (coalesce(said.learning_strategies, '') !~ '\S'
                             OR coalesce(said.assessment_evidence, '') !~ '\S'))
              ELSE true
              END)
$$;
CREATE FUNCTION refuse_approval_of_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT alignment_covers_all(NEW.id, NEW.pathway_id) THEN
        RAISE EXCEPTION 'approval is refused: a unit is not covered in full'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approved_covers_all AFTER INSERT OR UPDATE ON quality_alignment
    FOR EACH ROW WHEN (NEW.approved_at IS NOT NULL) EXECUTE FUNCTION refuse_approval_of_gaps();
"""
COVERED_ANYHOW = """
DROP TRIGGER approved_covers_all ON quality_alignment;
DROP FUNCTION refuse_approval_of_gaps();
DROP FUNCTION alignment_covers_all(uuid, uuid);
"""

# A row begins whole, on an approved alignment and the registration's own pathway; it is ended
# once and never otherwise changed.
RESTS_ON_APPROVED = """
CREATE FUNCTION keep_programmes_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.ended_at IS NOT NULL
           OR NOT EXISTS (
               SELECT 1 FROM quality_alignment
               WHERE id = NEW.alignment_id AND approved_at IS NOT NULL
                 AND alignment_covers_all(id, pathway_id)) THEN
            RAISE EXCEPTION 'placing is refused: only an approved alignment that covers every '
                'unit in full is followed' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM centres_registration
            WHERE id = NEW.registration_id AND pathway_id = NEW.pathway_id) THEN
            RAISE EXCEPTION 'placing is refused: the registration is on another pathway'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
       AND to_jsonb(NEW) - 'ended_at' - 'ended_by_id' = to_jsonb(OLD) - 'ended_at' - 'ended_by_id'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: a row is ended once and never otherwise changed',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER programmes_sound AFTER INSERT ON quality_alignmentlearner
    FOR EACH ROW EXECUTE FUNCTION keep_programmes_sound();
CREATE TRIGGER programmes_kept BEFORE UPDATE OR DELETE ON quality_alignmentlearner
    FOR EACH ROW EXECUTE FUNCTION keep_programmes_sound();
CREATE TRIGGER programmes_sound_truncate BEFORE TRUNCATE ON quality_alignmentlearner
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
RESTS_ON_ANYTHING = """
DROP TRIGGER programmes_sound_truncate ON quality_alignmentlearner;
DROP TRIGGER programmes_kept ON quality_alignmentlearner;
DROP TRIGGER programmes_sound ON quality_alignmentlearner;
DROP FUNCTION keep_programmes_sound();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0005_approvals_and_moves"),
        ("qualifications", "0002_catalogue_whole"),
        ("quality", "0004_alignments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="alignment",
            constraint=models.UniqueConstraint(
                fields=("centre", "id", "pathway"), name="alignment_same_pathway"
            ),
        ),
        migrations.CreateModel(
            name="AlignmentLearner",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
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
                "abstract": False,
                "indexes": [
                    models.Index(fields=["centre", "alignment"], name="alignmentlearner_alignment")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="alignmentlearner",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="quality_alignmentlearner_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentlearner",
            constraint=centres.tenancy.SameCentre(
                also=("pathway",),
                field="alignment",
                name="alignmentlearner_alignment_same_centre",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentlearner",
            constraint=centres.tenancy.SameCentre(
                field="registration", name="alignmentlearner_registration_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentlearner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("centre", "registration"),
                name="alignmentlearner_one_programme",
            ),
        ),
        migrations.AddConstraint(
            model_name="alignmentlearner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(
                        ("ended_at__gte", models.F("placed_at")),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="alignmentlearner_ended_by_somebody",
            ),
        ),
        protect("quality_alignmentlearner"),
        migrations.RunSQL(COVERED_IN_FULL, COVERED_ANYHOW),
        migrations.RunSQL(RESTS_ON_APPROVED, RESTS_ON_ANYTHING),
    ]
