"""Marks by section, corrected versions of a sheet, and papers that say their standing."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import protect

SIGNED_MARKS_STAY = """
CREATE TRIGGER signed_stays BEFORE INSERT OR UPDATE OR DELETE ON assessment_sectionmark
    FOR EACH ROW EXECUTE FUNCTION refuse_signed_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0001_tables"),
        ("portfolios", "0002_reopening"),
        ("qualifications", "0001_catalogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SectionMark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mark", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("strengths", models.TextField(blank=True, max_length=5000)),
                (
                    "improvements",
                    models.TextField(
                        blank=True, max_length=5000, verbose_name="areas for improvement"
                    ),
                ),
                ("counts", models.JSONField(blank=True, default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="document",
            name="confirmation",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="sheet",
            name="reason",
            field=models.TextField(blank=True, max_length=5000),
        ),
        migrations.AddField(
            model_name="sheet",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assessment.sheet",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="standing",
            field=models.CharField(
                choices=[
                    ("provisional", "Provisional"),
                    ("sampled", "Internally confirmed: sampled"),
                    ("released", "Internally confirmed: released"),
                    ("visited", "Confirmed: external quality assurance"),
                    ("reported", "Confirmed: external report on record"),
                    ("claimed", "Confirmed: direct claim"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=centres.tenancy.SameCentre(
                field="replaces", name="sheet_replaces_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sheet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("replaces__isnull", True)),
                    models.Q(("replaces__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="sheet_replaces_with_reason",
            ),
        ),
        migrations.AddField(
            model_name="sectionmark",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centres.centre",
            ),
        ),
        migrations.AddField(
            model_name="sectionmark",
            name="section",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="qualifications.marksection",
            ),
        ),
        migrations.AddField(
            model_name="sectionmark",
            name="sheet",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assessment.sheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionmark",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="assessment_sectionmark_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionmark",
            constraint=centres.tenancy.SameCentre(
                field="sheet", name="sectionmark_sheet_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionmark",
            constraint=models.UniqueConstraint(
                fields=("centre", "sheet", "section"), name="sectionmark_once_per_section"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__isnull", True), ("mark__lte", 100), _connector="OR"),
                name="sectionmark_at_most_100",
            ),
        ),
        protect("assessment_sectionmark"),
        migrations.RunSQL(
            SIGNED_MARKS_STAY, "DROP TRIGGER signed_stays ON assessment_sectionmark;"
        ),
    ]
