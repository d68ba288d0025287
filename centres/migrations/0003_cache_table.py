"""The table of Django's database cache, which holds rate limits, so that migrating is enough."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("centres", "0002_invitation_by_the_platform")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE IF NOT EXISTS cache_entry (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamp with time zone NOT NULL
            );
            CREATE INDEX IF NOT EXISTS cache_entry_expires ON cache_entry (expires);
            """,
            "DROP TABLE cache_entry",
        )
    ]
