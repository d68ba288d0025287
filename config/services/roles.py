"""Makes the two database roles and the database: one owns the tables, one runs the site."""

import psycopg
from psycopg import sql

from config.environment import Parsed
from config.services.ground import ServiceFault

OWNER, RUNTIME, DATABASE = "criterion_owner", "criterion_app", "criterion"
Connection = psycopg.Connection[tuple[object, ...]]
# The owner migrates, makes test databases and reads across centres; neither role is a superuser.
ATTRIBUTES = {
    OWNER: "LOGIN CREATEDB BYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION",
    RUNTIME: "LOGIN NOCREATEDB NOBYPASSRLS NOSUPERUSER NOCREATEROLE NOREPLICATION",
}
# A request that hangs must not hold its rows, nor wait for another's, for ever.
TIMEOUTS = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
ONE_AT_A_TIME = 4187263  # any number: two checkouts may provide on one server at once


def connect(parsed: Parsed) -> Connection:
    """Opens an autocommit connection to what `parsed` (an entry of DATABASES) names."""
    return psycopg.connect(
        host=parsed["HOST"] or None,
        port=parsed["PORT"] or None,
        user=parsed["USER"],
        password=parsed["PASSWORD"] or None,
        dbname=parsed["NAME"],
        autocommit=True,
        **{"connect_timeout": 10, **parsed["OPTIONS"]},
    )


def provide(connection: Connection, *, database: str) -> str:
    """Makes both roles and the database where they are missing, as a superuser.

    Returns the database's name: `database`, or "criterion" where that one belongs to somebody
    else. Refuses (ServiceFault) when that belongs to somebody else, too.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        with connection.transaction():
            _provide_roles(connection)
        name = database if _owner_of(connection, database) in {None, OWNER} else DATABASE
        owner = _owner_of(connection, name)
        if owner is None:
            make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
            connection.execute(make.format(sql.Identifier(name), sql.Identifier(OWNER)))
        elif owner != OWNER:
            raise ServiceFault(
                f"The database {name} is there and belongs to {owner}, not to {OWNER}. Name one "
                "that does not exist yet, or give it to that role."
            )
        return name
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def set_password(connection: Connection, role: str, password: str) -> None:
    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(change.format(sql.Identifier(role), sql.Literal(password)))


def is_signed_in(connection: Connection, role: str) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE usename = %s"
    return connection.execute(query, [role]).fetchone() is not None


def _provide_roles(connection: Connection) -> None:
    for role, attributes in ATTRIBUTES.items():
        name = sql.Identifier(role)
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        connection.execute(sql.SQL("ALTER ROLE {} " + attributes).format(name))
    for setting, value in TIMEOUTS.items():
        change = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(
            change.format(sql.Identifier(RUNTIME), sql.Identifier(setting), sql.Literal(value))
        )


def _owner_of(connection: Connection, database: str) -> str | None:
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    return str(row[0]) if row else None
