"""Imports of handbooks that led nowhere leave the list, and stay on record."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("centres", "0005_approvals_and_moves"),
        ("portfolios", "0002_reopening"),
        ("qualifications", "0003_own_labels"),
        ("quality", "0005_learners_follow_programmes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="handbookimport",
            name="cleared_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="handbookimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cleared_at__isnull", True),
                    ("state__in", ["refused", "discarded"]),
                    _connector="OR",
                ),
                name="handbookimport_cleared_if_closed",
            ),
        ),
    ]
