"""A decided submission can be reopened, by a row that is added: nothing is taken back in place."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import centres.tenancy
from centres.tenancy_sql import append_only, protect


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0003_cache_table"),
        ("portfolios", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reopening",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reopened_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="closure",
            name="closure_once_per_submission",
        ),
        migrations.AddField(
            model_name="closure",
            name="number",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="closure",
            constraint=models.UniqueConstraint(
                fields=("centre", "submission", "number"), name="closure_number_once"
            ),
        ),
        migrations.AddField(
            model_name="reopening",
            name="centre",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="centres.centre",
            ),
        ),
        migrations.AddField(
            model_name="reopening",
            name="closure",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portfolios.closure",
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.UniqueConstraint(
                fields=("centre", "id"), name="portfolios_reopening_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=centres.tenancy.SameCentre(
                field="closure", name="reopening_closure_same_centre"
            ),
        ),
        migrations.AddConstraint(
            model_name="reopening",
            constraint=models.UniqueConstraint(fields=("centre", "closure"), name="reopening_once"),
        ),
        protect("portfolios_reopening"),
        append_only("portfolios_reopening"),
    ]
