"""The specification tree, with its keys, its row-level policies and its freeze on publication."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SHARED_AND_OWNED = (
    "qualification",
    "specification",
    "verb",
    "unit",
    "pathway",
    "pathwayunit",
    "learningoutcome",
    "criterion",
    "descriptor",
    "numericrule",
    "assessment",
    "assessmentunit",
    "marksection",
    "marksectioncriterion",
    "correction",
)
ROWS = SHARED_AND_OWNED[2:]

# (table, columns, referred table, referred columns): each key carries the specification with it.
SAME_SPECIFICATION = (
    ("pathwayunit", "pathway_id", "pathway", "id"),
    ("pathwayunit", "unit_id", "unit", "id"),
    ("learningoutcome", "unit_id", "unit", "id"),
    ("criterion", "unit_id, outcome_id", "learningoutcome", "unit_id, id"),
    ("criterion", "unit_id", "unit", "id"),
    ("criterion", "verb_id", "verb", "id"),
    ("descriptor", "criterion_id", "criterion", "id"),
    ("numericrule", "unit_id", "unit", "id"),
    ("numericrule", "unit_id, criterion_id", "criterion", "unit_id, id"),
    ("assessmentunit", "assessment_id", "assessment", "id"),
    ("assessmentunit", "unit_id", "unit", "id"),
    ("marksection", "assessment_id", "assessment", "id"),
    ("marksectioncriterion", "assessment_id", "assessment", "id"),
    ("marksectioncriterion", "assessment_id, section_id", "marksection", "assessment_id, id"),
    ("marksectioncriterion", "criterion_id", "criterion", "id"),
)


def same_specification(table: str, columns: str, to: str, to_columns: str) -> str:
    last = columns.rsplit(", ", maxsplit=1)[-1].removesuffix("_id")
    return (
        f"ALTER TABLE qualifications_{table} ADD CONSTRAINT {table}_{last}_same_specification"
        f" FOREIGN KEY (specification_id, {columns})"
        f" REFERENCES qualifications_{to} (specification_id, {to_columns})"
        " DEFERRABLE INITIALLY IMMEDIATE;"
    )


def row_level_security(table: str) -> str:
    name = f"qualifications_{table}"
    own = "centre_id = nullif(current_setting('app.centre', true), '')::uuid"
    return f"""
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_shared_or_own ON {name} FOR SELECT USING (centre_id IS NULL OR {own});
CREATE POLICY {table}_insert_own ON {name} FOR INSERT WITH CHECK ({own});
CREATE POLICY {table}_update_own ON {name} FOR UPDATE USING ({own}) WITH CHECK ({own});
CREATE POLICY {table}_delete_own ON {name} FOR DELETE USING ({own});
"""


AWARDING_BODY_READ_ONLY = """
ALTER TABLE qualifications_awardingbody ENABLE ROW LEVEL SECURITY;
ALTER TABLE qualifications_awardingbody FORCE ROW LEVEL SECURITY;
CREATE POLICY awardingbody_read ON qualifications_awardingbody FOR SELECT USING (true);
"""

# One function for every table of the catalogue. It also keeps each row with its specification's
# centre, which a foreign key cannot do while the centre may be null. Locking the specification
# makes a row that is being added and a publication that is being made wait for each other.
REFUSE_PUBLISHED_CHANGE = """
CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
DECLARE
  touched uuid;
  held record;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    IF EXISTS (SELECT 1 FROM public.qualifications_specification
               WHERE published_at IS NOT NULL) THEN
      RAISE EXCEPTION 'the catalogue holds a published specification and cannot be emptied'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END IF;

  IF TG_TABLE_NAME = 'qualifications_qualification' THEN
    IF EXISTS (SELECT 1 FROM public.qualifications_specification
               WHERE qualification_id = OLD.id AND published_at IS NOT NULL) THEN
      RAISE EXCEPTION 'qualification % has a published specification and is frozen', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;

  ELSIF TG_TABLE_NAME = 'qualifications_specification' THEN
    IF TG_OP <> 'INSERT' AND OLD.published_at IS NOT NULL THEN
      RAISE EXCEPTION 'specification version % is published and frozen', OLD.version
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Load the correction under a new version label.';
    END IF;
    IF TG_OP <> 'DELETE' THEN
      SELECT centre_id INTO held FROM public.qualifications_qualification
       WHERE id = NEW.qualification_id;
      IF NOT FOUND OR held.centre_id IS DISTINCT FROM NEW.centre_id
                      AND held.centre_id IS NOT NULL THEN
        RAISE EXCEPTION 'a specification belongs to a shared qualification or one of its own centre'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
    END IF;

  ELSE
    FOREACH touched IN ARRAY CASE TG_OP
      WHEN 'INSERT' THEN ARRAY[NEW.specification_id]
      WHEN 'DELETE' THEN ARRAY[OLD.specification_id]
      ELSE ARRAY[OLD.specification_id, NEW.specification_id] END
    LOOP
      SELECT version, published_at, centre_id INTO held
        FROM public.qualifications_specification WHERE id = touched FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such specification here'
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF held.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'specification version % is published and frozen', held.version
          USING ERRCODE = 'integrity_constraint_violation',
                HINT = 'Load the correction under a new version label.';
      END IF;
    END LOOP;
    IF TG_OP <> 'DELETE' AND NEW.centre_id IS DISTINCT FROM held.centre_id THEN
      RAISE EXCEPTION 'a row belongs to the same centre as its specification'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;

  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
"""


def frozen_when_published(table: str) -> str:
    events = "UPDATE OR DELETE" if table == "qualification" else "INSERT OR UPDATE OR DELETE"
    return f"""
CREATE TRIGGER {table}_frozen BEFORE {events} ON qualifications_{table}
  FOR EACH ROW EXECUTE FUNCTION refuse_published_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON qualifications_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_published_change();
"""


CATALOGUE_SQL = "\n".join(
    [
        *(same_specification(*key) for key in SAME_SPECIFICATION),
        *(row_level_security(table) for table in SHARED_AND_OWNED),
        AWARDING_BODY_READ_ONLY,
        REFUSE_PUBLISHED_CHANGE,
        *(frozen_when_published(table) for table in SHARED_AND_OWNED),
    ]
)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("code", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=250)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("portfolio", "Portfolio of evidence"),
                            ("assignment", "Assignment"),
                            ("journal", "Reflective journal"),
                            ("diary", "Diary"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "sheet_kind",
                    models.CharField(
                        choices=[("result", "Result sheet"), ("mark", "Mark sheet")], max_length=10
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="AwardingBody",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=250)),
            ],
            options={
                "verbose_name_plural": "awarding bodies",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="LearningOutcome",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=250)),
                ("text", models.TextField()),
            ],
            options={
                "ordering": ["unit", "number"],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("number", models.CharField(max_length=5)),
                ("position", models.PositiveSmallIntegerField()),
                ("statement", models.TextField()),
                (
                    "depth",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "guidance",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "example_evidence",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="qualifications.learningoutcome",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "criteria",
                "ordering": ["unit", "position"],
            },
        ),
        migrations.CreateModel(
            name="MarkSection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=250)),
                ("maximum", models.PositiveSmallIntegerField()),
                ("minimum", models.PositiveSmallIntegerField()),
                (
                    "bullets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="qualifications.assessment",
                    ),
                ),
            ],
            options={
                "ordering": ["assessment", "position"],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("number", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=250)),
                ("level", models.PositiveSmallIntegerField()),
                (
                    "awarding_body",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="qualifications",
                        to="qualifications.awardingbody",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Specification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("version", models.CharField(max_length=40)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("published_by", models.CharField(blank=True, max_length=250)),
                ("source", models.TextField()),
                ("corrected_on", models.DateField(blank=True, null=True)),
                ("tqt_per_credit", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "qualification",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="specifications",
                        to="qualifications.qualification",
                    ),
                ),
            ],
            options={
                "ordering": ["qualification__number", "version"],
            },
        ),
        migrations.CreateModel(
            name="Pathway",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("code", models.CharField(max_length=40)),
                ("alternative_code", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(max_length=250)),
                (
                    "award",
                    models.CharField(
                        choices=[
                            ("award", "Award"),
                            ("certificate", "Certificate"),
                            ("diploma", "Diploma"),
                        ],
                        max_length=20,
                    ),
                ),
                ("accreditation_number", models.CharField(blank=True, max_length=40)),
                ("credits", models.PositiveSmallIntegerField()),
                (
                    "glh",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="guided learning hours"
                    ),
                ),
                (
                    "tqt",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="total qualification time"
                    ),
                ),
                ("glh_includes_support", models.BooleanField()),
                ("induction_hours", models.DecimalField(decimal_places=2, max_digits=5)),
                ("tutorial_hours", models.DecimalField(decimal_places=2, max_digits=5)),
                ("minimum_age", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("registration_years", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="MarkSectionCriterion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.assessment",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="section_criteria",
                        to="qualifications.marksection",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "mark section criteria",
                "ordering": ["section", "position"],
            },
        ),
        migrations.AddField(
            model_name="marksection",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.AddField(
            model_name="learningoutcome",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.CreateModel(
            name="Descriptor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("referral", "Typical of a referral"),
                            ("pass", "Typical of a pass"),
                        ],
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                (
                    "criterion",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="descriptors",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["criterion", "kind", "position"],
            },
        ),
        migrations.AddField(
            model_name="criterion",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("field", models.CharField(max_length=250)),
                ("raw", models.TextField()),
                ("used", models.TextField()),
                ("reason", models.TextField()),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["specification", "position"],
            },
        ),
        migrations.AddField(
            model_name="assessment",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("ref", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=40)),
                (
                    "uan",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="unit accreditation number"
                    ),
                ),
                ("title", models.CharField(max_length=250)),
                ("short_title", models.CharField(max_length=100)),
                ("level", models.PositiveSmallIntegerField()),
                ("credits", models.PositiveSmallIntegerField()),
                (
                    "glh",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="guided learning hours"
                    ),
                ),
                ("aim", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("outline_only", models.BooleanField(default=False)),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="PathwayUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "pathway",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pathway_units",
                        to="qualifications.pathway",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pathway_units",
                        to="qualifications.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["pathway", "position"],
            },
        ),
        migrations.CreateModel(
            name="NumericRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("label", models.CharField(max_length=250)),
                (
                    "minimum",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True),
                ),
                (
                    "maximum",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True),
                ),
                (
                    "exceptional_maximum",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True),
                ),
                (
                    "unit_of_measure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hours", "hours"),
                            ("clients", "clients"),
                            ("items", "items"),
                            ("months", "months"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_gate", models.BooleanField()),
                ("source", models.CharField(max_length=250)),
                (
                    "criterion",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="qualifications.criterion",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="qualifications.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["unit", "position"],
            },
        ),
        migrations.AddField(
            model_name="learningoutcome",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="outcomes",
                to="qualifications.unit",
            ),
        ),
        migrations.AddField(
            model_name="criterion",
            name="unit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="criteria",
                to="qualifications.unit",
            ),
        ),
        migrations.CreateModel(
            name="AssessmentUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessment_units",
                        to="qualifications.assessment",
                    ),
                ),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessment_units",
                        to="qualifications.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["assessment", "position"],
            },
        ),
        migrations.CreateModel(
            name="Verb",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("word", models.CharField(max_length=40)),
                ("meaning", models.TextField()),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qualifications.specification",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="criterion",
            name="verb",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="qualifications.verb",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.UniqueConstraint(
                fields=("awarding_body", "number", "centre_id"),
                name="qualification_number_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", 1), ("level__lte", 8)),
                name="qualification_level_1_to_8",
            ),
        ),
        migrations.AddConstraint(
            model_name="specification",
            constraint=models.UniqueConstraint(
                fields=("qualification", "version", "centre_id"),
                name="specification_version_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="specification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", True), ("published_by", "")),
                    models.Q(
                        ("published_at__isnull", False),
                        models.Q(("published_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="specification_published_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="specification",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                name="specification_digest_sha256",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="pathway_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.UniqueConstraint(
                fields=("specification", "code"), name="pathway_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="pathway_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(("award__in", ["award", "certificate", "diploma"])),
                name="pathway_award",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits__gt", 0)), name="pathway_has_credits"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accreditation_number", ""),
                    ("accreditation_number__regex", "^[0-9]{3}/[0-9]{4}/[0-9X]$"),
                    _connector="OR",
                ),
                name="pathway_accreditation_format",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(("induction_hours__gte", 0), ("tutorial_hours__gte", 0)),
                name="pathway_support_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("registration_years__isnull", True),
                    ("registration_years__gt", 0),
                    _connector="OR",
                ),
                name="pathway_registration_lasts",
            ),
        ),
        migrations.AddConstraint(
            model_name="marksectioncriterion",
            constraint=models.UniqueConstraint(
                fields=("assessment", "criterion"), name="marksectioncriterion_covered_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="marksection",
            constraint=models.UniqueConstraint(
                fields=("specification", "assessment", "id"), name="marksection_in_assessment"
            ),
        ),
        migrations.AddConstraint(
            model_name="marksection",
            constraint=models.UniqueConstraint(
                fields=("assessment", "position"), name="marksection_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="marksection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("maximum__gt", 0), ("maximum__lte", 100), ("minimum__lte", models.F("maximum"))
                ),
                name="marksection_minimum_within_maximum",
            ),
        ),
        migrations.AddConstraint(
            model_name="descriptor",
            constraint=models.UniqueConstraint(
                fields=("criterion", "kind", "position"), name="descriptor_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="descriptor",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["referral", "pass"])), name="descriptor_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="correction_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="assessment_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("specification", "code"), name="assessment_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="assessment_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["portfolio", "assignment", "journal", "diary"])),
                name="assessment_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("sheet_kind__in", ["result", "mark"])),
                name="assessment_sheet_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="unit_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                fields=("specification", "ref"), name="unit_ref_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                fields=("specification", "number"), name="unit_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="unit_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", 1), ("level__lte", 8)), name="unit_level_1_to_8"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(("credits__gt", 0)), name="unit_has_credits"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("uan", ""), ("uan__regex", "^[A-Z]/[0-9]{3}/[0-9]{4}$"), _connector="OR"
                ),
                name="unit_uan_format",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathwayunit",
            constraint=models.UniqueConstraint(
                fields=("pathway", "unit"), name="pathwayunit_unit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathwayunit",
            constraint=models.UniqueConstraint(
                fields=("pathway", "position"), name="pathwayunit_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.UniqueConstraint(
                fields=("criterion", "code"), name="numericrule_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.UniqueConstraint(
                fields=("unit", "position"), name="numericrule_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__isnull", True),
                    ("maximum__isnull", True),
                    ("minimum__lte", models.F("maximum")),
                    _connector="OR",
                ),
                name="numericrule_minimum_within_maximum",
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum__isnull", True), ("minimum__gte", 0), _connector="OR"),
                name="numericrule_minimum_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exceptional_maximum__isnull", True),
                    models.Q(
                        ("exceptional_maximum__gt", models.F("maximum")), ("maximum__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="numericrule_exception_beyond_maximum",
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_gate", False),
                    ("minimum__isnull", False),
                    ("maximum__isnull", False),
                    _connector="OR",
                ),
                name="numericrule_gate_has_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("unit_of_measure", ""),
                        ("maximum__isnull", True),
                        ("minimum__isnull", True),
                    ),
                    ("unit_of_measure__in", ["hours", "clients", "items", "months"]),
                    _connector="OR",
                ),
                name="numericrule_number_has_a_measure",
            ),
        ),
        migrations.AddConstraint(
            model_name="numericrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[a-z]+(_[a-z]+)*$")),
                name="numericrule_code_format",
            ),
        ),
        migrations.AddConstraint(
            model_name="learningoutcome",
            constraint=models.UniqueConstraint(
                fields=("specification", "unit", "id"), name="learningoutcome_in_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="learningoutcome",
            constraint=models.UniqueConstraint(
                fields=("unit", "number"), name="learningoutcome_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="learningoutcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)), name="learningoutcome_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentunit",
            constraint=models.UniqueConstraint(
                fields=("assessment", "unit"), name="assessmentunit_unit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentunit",
            constraint=models.UniqueConstraint(
                fields=("assessment", "position"), name="assessmentunit_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="verb",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="verb_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="verb",
            constraint=models.UniqueConstraint(
                fields=("specification", "word"), name="verb_word_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="verb",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="verb_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="verb",
            constraint=models.CheckConstraint(
                condition=models.Q(("word__regex", "^[a-z]+( [a-z]+)*$")), name="verb_in_lower_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="criterion_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("specification", "unit", "id"), name="criterion_in_unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("unit", "number"), name="criterion_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("unit", "position"), name="criterion_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[1-9][0-9]?\\.[1-9][0-9]?$")),
                name="criterion_number_format",
            ),
        ),
        migrations.RunSQL(CATALOGUE_SQL, "DROP FUNCTION refuse_published_change() CASCADE"),
    ]
