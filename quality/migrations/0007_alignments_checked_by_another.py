"""Alignments are approved by somebody who wrote nothing in them, and never with an empty unit."""

import django.contrib.postgres.fields
import django.contrib.postgres.operations
import django.db.models.lookups
from django.db import migrations, models

# Full by hand stands over what is not filled in, but not over nothing at all: neither while it is
# set, nor, since texts may be taken out afterwards, at approval.
NEVER_OVER_NOTHING = r"""
CREATE FUNCTION alignment_says_something(aligned uuid, of_unit uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1
        FROM quality_alignmentcriterion said
        JOIN qualifications_criterion asked_for ON asked_for.id = said.criterion_id
        WHERE said.alignment_id = aligned AND asked_for.unit_id = of_unit
          AND (said.learning_strategies ~ '\S' OR said.assessment_evidence ~ '\S'))
$$;
CREATE FUNCTION refuse_full_over_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT alignment_says_something(NEW.alignment_id, NEW.unit_id) THEN
        RAISE EXCEPTION 'full coverage is refused: no criterion of the unit says anything'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER never_full_over_nothing AFTER INSERT OR UPDATE ON quality_alignmentunit
    FOR EACH ROW WHEN (NEW.coverage = 'full') EXECUTE FUNCTION refuse_full_over_nothing();

CREATE OR REPLACE FUNCTION alignment_covers_all(aligned uuid, wanted uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM qualifications_pathwayunit WHERE pathway_id = wanted)
       AND NOT EXISTS (
        SELECT 1
        FROM qualifications_pathwayunit asked
        LEFT JOIN quality_alignmentunit held
               ON held.alignment_id = aligned AND held.unit_id = asked.unit_id
        WHERE asked.pathway_id = wanted
          AND CASE coalesce(held.coverage, '')
              WHEN 'full' THEN NOT alignment_says_something(aligned, asked.unit_id)
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
CREATE OR REPLACE FUNCTION refuse_approval_of_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT alignment_covers_all(NEW.id, NEW.pathway_id) THEN
        RAISE EXCEPTION 'approval is refused: a unit is not covered in full'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1
        FROM qualifications_pathwayunit asked
        LEFT JOIN quality_alignmentunit held
               ON held.alignment_id = NEW.id AND held.unit_id = asked.unit_id
        WHERE asked.pathway_id = NEW.pathway_id
          AND coalesce(held.assessment_title, '') !~ '\S')
    THEN
        RAISE EXCEPTION 'approval is refused: a unit has no title of assessment'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
OVER_ANYTHING = r"""
DROP TRIGGER never_full_over_nothing ON quality_alignmentunit;
DROP FUNCTION refuse_full_over_nothing();
CREATE OR REPLACE FUNCTION alignment_covers_all(aligned uuid, wanted uuid) RETURNS boolean
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
CREATE OR REPLACE FUNCTION refuse_approval_of_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT alignment_covers_all(NEW.id, NEW.pathway_id) THEN
        RAISE EXCEPTION 'approval is refused: a unit is not covered in full'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION alignment_says_something(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("quality", "0006_handbooks_cleared")]

    operations = [
        migrations.AddField(
            model_name="alignment",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, default=list, size=None
            ),
        ),
        # Versions approved before stay as they are, some of them by whoever drafted them.
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name="alignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(
                        models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                        django.db.models.lookups.IsNull(
                            models.Func(
                                models.F("writers"),
                                models.F("approved_by"),
                                function="array_position",
                                output_field=models.IntegerField(),
                            ),
                            True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="alignment_approved_by_another",
            ),
        ),
        migrations.RunSQL(NEVER_OVER_NOTHING, OVER_ANYTHING),
    ]
