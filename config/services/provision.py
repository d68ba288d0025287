"""Makes our two roles and the database on a server that is named in the environment."""

import json
import secrets
from pathlib import Path

import psycopg

from config.environment import Parsed, database_url, parse_database_url, without_password
from config.services import keeper, roles
from config.services.ground import ServiceFault


def two_roles(project: Path, url: str) -> dict[str, str]:
    """DATABASE_URL and DATABASE_OWNER_URL for the server of `url`, if its role is a superuser.

    Any other role is a runtime role that somebody has prepared: nothing is changed, and nothing
    returned. Passwords are made once, kept below `project` for its owner alone, and never
    changed while anybody is signed in with an older one.
    """
    try:
        given = parse_database_url(url)
    except ValueError:
        return {}  # config.environment tells of it, together with all else
    try:
        with _any_database(given) as connection:
            row = connection.execute(
                "SELECT rolsuper FROM pg_roles WHERE rolname = user"
            ).fetchone()
            if row != (True,):
                return {}
            name = roles.provide(connection, database=given["NAME"])
            passwords = _passwords(project, connection, {**given, "NAME": name})
    except psycopg.OperationalError as fault:
        raise ServiceFault(
            f"DATABASE_URL is {without_password(url)!r}, where no connection can be made: {fault}"
        ) from None
    return {
        variable: database_url({**given, "NAME": name, "USER": role, "PASSWORD": passwords[role]})
        for variable, role in (("DATABASE_URL", roles.RUNTIME), ("DATABASE_OWNER_URL", roles.OWNER))
    }


def _any_database(given: Parsed) -> roles.Connection:
    """A connection to the named database or, as that may have to be made yet, to "postgres"."""
    try:
        return roles.connect(given)
    except psycopg.OperationalError:
        return roles.connect({**given, "NAME": "postgres"})


def _passwords(project: Path, connection: roles.Connection, given: Parsed) -> dict[str, str]:
    """A password for each role with which it can sign in on the server of `given`."""
    folder = project / "var" / "services"
    folder.mkdir(parents=True, exist_ok=True)
    file, server = folder / "passwords.json", f"{given['HOST']}:{given['PORT']}"
    with keeper.gate(folder):
        kept: dict[str, dict[str, str]] = json.loads(file.read_text()) if file.exists() else {}
        if server not in kept:
            kept[server] = {role: secrets.token_urlsafe(24) for role in roles.ATTRIBUTES}
            draft = file.with_name("passwords-draft.json")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(kept, indent=2))
            draft.replace(file)
        passwords = kept[server]
        for role, password in passwords.items():
            if _signs_in({**given, "USER": role, "PASSWORD": password}):
                continue
            if roles.is_signed_in(connection, role):
                raise ServiceFault(
                    f"The role {role} on {server} has a password that this checkout does not know, "
                    "and is in use. Set DATABASE_URL and DATABASE_OWNER_URL to the two roles with "
                    f"their passwords, copy {file} from the checkout that made them, or stop that "
                    "one first."
                )
            roles.set_password(connection, role, password)
    return passwords


def _signs_in(parsed: Parsed) -> bool:
    try:
        roles.connect(parsed).close()
    except psycopg.OperationalError:
        return False
    return True
