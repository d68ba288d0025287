"""The frozen SQL by which migrations put a table under row security or make it append-only.

Migrations import these functions, so a change here must be a new function, not an edit.
"""

from django.db.migrations.operations import RunSQL

OWN_CENTRE = "centre_id = nullif(current_setting('app.centre', true), '')::uuid"

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the table only takes new rows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def protect(table: str) -> RunSQL:
    """Enable and force row-level security: a row is seen and written only in its own centre."""
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY own_centre ON {table} USING ({OWN_CENTRE}) WITH CHECK ({OWN_CENTRE});
        """,
        f"""
        DROP POLICY own_centre ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def append_only(table: str) -> RunSQL:
    """Refuse update, delete and truncate: by privilege to the runtime role, by trigger to all."""
    return RunSQL(
        f"""
        DO $$ BEGIN EXECUTE (
            SELECT coalesce(string_agg(format(
                'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I;', grantee), ''), 'SELECT 1')
            FROM (SELECT DISTINCT grantee FROM information_schema.role_table_grants
                  WHERE table_name = '{table}' AND grantee <> current_user
                    AND grantee <> 'PUBLIC') AS other);
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """,
        f"""
        DROP TRIGGER append_only ON {table};
        DROP TRIGGER append_only_truncate ON {table};
        """,
    )
