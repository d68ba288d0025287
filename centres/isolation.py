"""What the database itself says about isolation: offenders against the rules of tenant tables."""

from collections.abc import Iterator
from typing import Any

# Tables with a centre_id that are needed before the centre is known, and why.
BEFORE_THE_CENTRE = {"centres_membership": "asked to find out whether a person may enter a centre"}

TENANT_TABLES = """
    SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, a.attnotnull
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND a.attname = 'centre_id' AND NOT a.attisdropped
    ORDER BY c.relname
"""


# The policy of a table whose rows all belong to a centre, as PostgreSQL writes it back.
OWN_CENTRE_ALONE = (
    "(centre_id = (NULLIF(current_setting('app.centre'::text, true), ''::text))::uuid)"
)
SHARED_BY_PLATFORM = (
    "((centre_id IS NULL) AND (current_setting('app.platform'::text, true) = 'catalogue'::text))"
)


def _rows(cursor: Any, sql: str, values: list[Any] | None = None) -> list[Any]:
    cursor.execute(sql, values)
    return list(cursor.fetchall())


def role_faults(connection: Any) -> Iterator[str]:
    """What the connection's role has too much of."""
    with connection.cursor() as cursor:
        role, superuser, bypass, createdb, createrole = _rows(
            cursor,
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole "
            "FROM pg_roles WHERE rolname = current_user",
        )[0]
        for has, what in (
            (superuser, "is a superuser"),
            (bypass, "passes row-level security (BYPASSRLS)"),
            (createdb, "may create databases"),
            (createrole, "may create roles"),
        ):
            if has:
                yield f"role {role} {what}"
        for (table,) in _rows(
            cursor,
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' AND pg_get_userbyid(relowner) = current_user",
        ):
            yield f"role {role} owns table {table}"
        for (table,) in _rows(
            cursor,
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r' AND has_table_privilege(current_user, oid, 'TRUNCATE')",
        ):
            yield f"role {role} may truncate table {table}"
        for table, privilege in _rows(
            cursor,
            "SELECT DISTINCT c.relname, p FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE']) AS p "
            "WHERE t.tgname = 'append_only' AND has_table_privilege(current_user, c.oid, p)",
        ):
            yield f"role {role} may {privilege.lower()} rows of append-only table {table}"
        for (other,) in _rows(
            cursor,
            "SELECT rolname FROM pg_roles WHERE rolname <> current_user "
            "AND (rolsuper OR rolbypassrls) AND pg_has_role(current_user, oid, 'MEMBER')",
        ):
            yield f"role {role} may act as role {other}, which passes row-level security"


def table_faults(connection: Any) -> Iterator[str]:
    """Tenant tables without a policy, keys between them without the centre."""
    with connection.cursor() as cursor:
        tables = _rows(cursor, TENANT_TABLES)
        for oid, table, enabled, forced, not_null in tables:
            if table in BEFORE_THE_CENTRE:
                continue
            if not enabled:
                yield f"table {table} has no row-level security"
            if not forced:
                yield f"table {table} does not force row-level security on its owner"
            policies = _rows(
                cursor,
                "SELECT polname, pg_get_expr(polqual, polrelid), "
                "pg_get_expr(polwithcheck, polrelid), polcmd FROM pg_policy WHERE polrelid = %s",
                [oid],
            )
            if not policies:
                yield f"table {table} has no policy"
            for name, using, check, command in policies:
                guards = [using if command != "a" else check, check if command != "r" else using]
                if not not_null and all(guard == SHARED_BY_PLATFORM for guard in guards):
                    continue  # shared rows, written within `platform_context` alone
                if any("app.centre" not in (guard or using or "") for guard in guards):
                    yield f"policy {name} on {table} does not ask for the centre"
                elif not_null and any((guard or using) != OWN_CENTRE_ALONE for guard in guards):
                    yield f"policy {name} on {table} lets in more than the own centre's rows"
            if not_null:
                yield from _key_faults(cursor, oid, table)
        yield from _ways_round(cursor)


def _key_faults(cursor: Any, oid: int, table: str) -> Iterator[str]:
    """Foreign keys from a tenant table to a tenant table must hold the centre on both sides."""
    keys = _rows(
        cursor,
        """
        SELECT k.conname, t.relname,
               ARRAY(SELECT attname::text FROM pg_attribute
                     WHERE attrelid = k.conrelid AND attnum = ANY(k.conkey)),
               (SELECT attnotnull FROM pg_attribute
                WHERE attrelid = k.confrelid AND attname = 'centre_id' AND NOT attisdropped)
        FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid
        WHERE k.conrelid = %s AND k.contype = 'f'
        """,
        [oid],
    )
    for name, target, columns, target_is_tenant in keys:
        if target in BEFORE_THE_CENTRE or not target_is_tenant:
            continue
        if "centre_id" not in columns:
            yield f"key {name} from {table} to {target} does not hold the centre"
    unique = _rows(
        cursor,
        "SELECT 1 FROM pg_constraint k WHERE k.conrelid = %s AND k.contype IN ('u', 'p') AND "
        "ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = k.conrelid "
        "AND attnum = ANY(k.conkey) ORDER BY 1) = ARRAY['centre_id', 'id']",
        [oid],
    )
    if not unique:
        yield f"table {table} has no unique key (centre_id, id)"


def _ways_round(cursor: Any) -> Iterator[str]:
    """What shows or holds tenant rows without being a tenant table itself."""
    for (view,) in _rows(
        cursor,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND "
        "(relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = "
        "ANY(reloptions), false)) ORDER BY relname",
    ):
        yield f"view {view} reads with its owner's rights, past row-level security"
    for table, target in _rows(
        cursor,
        """
        SELECT DISTINCT c.relname, t.relname
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_class t ON t.oid = k.confrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'centre_id'
            AND a.attnotnull AND NOT a.attisdropped
        WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT 1 FROM pg_attribute o WHERE o.attrelid = c.oid
                          AND o.attname = 'centre_id' AND NOT o.attisdropped)
        ORDER BY 1, 2
        """,
    ):
        if target not in BEFORE_THE_CENTRE:
            yield f"table {table} points to rows of {target} and has no centre"
