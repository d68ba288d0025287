"""All that the five documents tell: dates, sectors, templates, staff checklists, and a search."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

NEW_TABLES = ("evidencetemplate", "evidencetemplatecriterion", "staffrequirement")
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
    *NEW_TABLES,
)
OWN = "centre_id = nullif(current_setting('app.centre', true), '')::uuid"

# (table, columns, referred table, referred columns): each key carries the specification with it.
SAME_SPECIFICATION = (
    ("evidencetemplatecriterion", "template_id", "evidencetemplate", "id"),
    ("evidencetemplatecriterion", "criterion_id", "criterion", "id"),
    ("correction", "unit_id", "unit", "id"),
    ("correction", "unit_id, criterion_id", "criterion", "unit_id, id"),
)


def same_specification(table: str, columns: str, to: str, to_columns: str) -> str:
    last = columns.rsplit(", ", maxsplit=1)[-1].removesuffix("_id")
    return (
        f"ALTER TABLE qualifications_{table} ADD CONSTRAINT {table}_{last}_same_specification"
        f" FOREIGN KEY (specification_id, {columns})"
        f" REFERENCES qualifications_{to} (specification_id, {to_columns})"
        " DEFERRABLE INITIALLY IMMEDIATE;"
    )


def guarded(table: str) -> str:
    """Row-level policies and the freeze on publication, as the other tables of the tree have."""
    name = f"qualifications_{table}"
    return f"""
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_shared_or_own ON {name} FOR SELECT USING (centre_id IS NULL OR {OWN});
CREATE POLICY {table}_insert_own ON {name} FOR INSERT WITH CHECK ({OWN});
CREATE POLICY {table}_update_own ON {name} FOR UPDATE USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY {table}_delete_own ON {name} FOR DELETE USING ({OWN});
CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {name}
    FOR EACH ROW EXECUTE FUNCTION refuse_published_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {name}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_published_change();
"""


GUARD_NEW_TABLES = "".join(
    [
        *(guarded(table) for table in NEW_TABLES),
        *(same_specification(*key) for key in SAME_SPECIFICATION),
    ]
)

# Shared rows are written by the site only inside `platform_context`, never on behalf of a centre.
PLATFORM = "centre_id IS NULL AND current_setting('app.platform', true) = 'catalogue'"
WRITTEN_BY_THE_PLATFORM = "".join(
    f"CREATE POLICY {table}_written_by_platform ON qualifications_{table}"
    f" USING ({PLATFORM}) WITH CHECK ({PLATFORM});"
    for table in SHARED_AND_OWNED
)
TAKE_FROM_THE_PLATFORM = "".join(
    f"DROP POLICY {table}_written_by_platform ON qualifications_{table};"
    for table in SHARED_AND_OWNED
)


class Migration(migrations.Migration):
    dependencies = [
        ("qualifications", "0001_catalogue"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceTemplate",
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
                ("text", models.TextField()),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="EvidenceTemplateCriterion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name_plural": "evidence template criteria",
                "ordering": ["template", "criterion__unit__position", "criterion__position"],
            },
        ),
        migrations.CreateModel(
            name="StaffRequirement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("centre_id", models.UUIDField(blank=True, editable=False, null=True)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("tutor", "Tutors"),
                            ("assessor_iqa", "Assessors and internal quality assurers"),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=250)),
                (
                    "indicators",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["group", "position"],
            },
        ),
        migrations.AddField(
            model_name="assessment",
            name="words_from",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="assessment",
            name="words_to",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="correction",
            name="criterion",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.criterion",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.unit",
            ),
        ),
        migrations.AddField(
            model_name="criterion",
            name="search",
            field=django.contrib.postgres.search.SearchVectorField(
                blank=True, editable=False, null=True
            ),
        ),
        migrations.AddField(
            model_name="specification",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="availability",
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name="unit",
            name="available_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="body_requirements",
            field=models.TextField(blank=True, verbose_name="assessment requirements of the body"),
        ),
        migrations.AddField(
            model_name="unit",
            name="indicative_content",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="nos",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="review_on",
            field=models.DateField(blank=True, null=True, verbose_name="review date"),
        ),
        migrations.AddField(
            model_name="unit",
            name="sector",
            field=models.CharField(blank=True, max_length=250, verbose_name="subject sector"),
        ),
        migrations.AddField(
            model_name="unit",
            name="submitter",
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name="unit",
            name="support_body",
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddIndex(
            model_name="criterion",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="criterion_search"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words_from__isnull", True), ("words_to__isnull", True)),
                    models.Q(
                        ("words_from__gt", 0),
                        ("words_from__isnull", False),
                        ("words_to__gte", models.F("words_from")),
                        ("words_to__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="assessment_words_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("criterion__isnull", True), ("unit__isnull", False), _connector="OR"
                ),
                name="correction_criterion_of_a_unit",
            ),
        ),
        migrations.AddField(
            model_name="evidencetemplate",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.AddField(
            model_name="evidencetemplatecriterion",
            name="criterion",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.criterion",
            ),
        ),
        migrations.AddField(
            model_name="evidencetemplatecriterion",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.AddField(
            model_name="evidencetemplatecriterion",
            name="template",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.evidencetemplate",
            ),
        ),
        migrations.AddField(
            model_name="staffrequirement",
            name="specification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="qualifications.specification",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencetemplate",
            constraint=models.UniqueConstraint(
                fields=("specification", "id"), name="evidencetemplate_in_specification"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencetemplate",
            constraint=models.UniqueConstraint(
                fields=("specification", "code"), name="evidencetemplate_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencetemplate",
            constraint=models.UniqueConstraint(
                fields=("specification", "position"), name="evidencetemplate_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencetemplatecriterion",
            constraint=models.UniqueConstraint(
                fields=("template", "criterion"), name="evidencetemplatecriterion_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrequirement",
            constraint=models.UniqueConstraint(
                fields=("specification", "group", "position"), name="staffrequirement_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="staffrequirement",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__in", ["tutor", "assessor_iqa"])),
                name="staffrequirement_group",
            ),
        ),
        migrations.RunSQL(GUARD_NEW_TABLES, migrations.RunSQL.noop),
        migrations.RunSQL(WRITTEN_BY_THE_PLATFORM, TAKE_FROM_THE_PLATFORM),
    ]
