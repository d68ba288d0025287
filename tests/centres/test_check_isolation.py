"""The check of the database itself: nothing to find as shipped, every planted offender found."""

import pytest
from django.core.management import call_command
from django.db import connection, connections

from centres.isolation import role_faults, table_faults
from tests.centres.database import as_owner

pytestmark = pytest.mark.django_db


def faults_after(*statements: str) -> list[str]:
    """What the check finds once the owner has done this; undone afterwards."""
    with as_owner() as owner:
        for statement in statements:
            owner.execute(statement)
        return list(table_faults(owner))


def test_there_is_no_offender_as_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(role_faults(connection)) == []
    assert list(table_faults(connection)) == []
    call_command("check_isolation")
    assert capsys.readouterr().out.startswith("No offenders")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "ALTER TABLE centres_registration DISABLE ROW LEVEL SECURITY",
            "table centres_registration has no row-level security",
        ),
        (
            "ALTER TABLE centres_signature NO FORCE ROW LEVEL SECURITY",
            "table centres_signature does not force row-level security on its owner",
        ),
        (
            "DROP POLICY own_centre ON centres_allocation",
            "table centres_allocation has no policy",
        ),
        (
            "CREATE POLICY planted ON centres_allocation FOR SELECT USING (true)",
            "policy planted on centres_allocation does not ask for the centre",
        ),
        (
            "CREATE POLICY planted ON centres_invitation FOR INSERT WITH CHECK (true)",
            "policy planted on centres_invitation does not ask for the centre",
        ),
        (
            "CREATE POLICY planted ON centres_invitation "
            "USING (current_setting('app.centre', true) IS NOT NULL)",
            "policy planted on centres_invitation lets in more than the own centre's rows",
        ),
        (
            "CREATE TABLE planted (id uuid PRIMARY KEY, centre_id uuid NOT NULL)",
            "table planted has no row-level security",
        ),
        (
            "ALTER TABLE centres_allocation ADD CONSTRAINT planted "
            "FOREIGN KEY (registration_id) REFERENCES centres_registration (id)",
            "key planted from centres_allocation to centres_registration does not hold the centre",
        ),
        (
            "ALTER TABLE centres_allocation DROP CONSTRAINT centres_allocation_same_centre",
            "table centres_allocation has no unique key (centre_id, id)",
        ),
        (
            "CREATE TABLE planted (registration uuid REFERENCES centres_registration (id))",
            "table planted points to rows of centres_registration and has no centre",
        ),
        (
            "CREATE VIEW planted AS SELECT * FROM centres_registration",
            "view planted reads with its owner's rights, past row-level security",
        ),
        (
            "CREATE MATERIALIZED VIEW planted AS SELECT * FROM centres_registration",
            "view planted reads with its owner's rights, past row-level security",
        ),
    ],
)
def test_a_planted_offender_is_found(statement: str, fault: str) -> None:
    assert fault in faults_after(statement)


def test_a_view_that_keeps_to_the_readers_rights_is_none() -> None:
    assert not faults_after(
        "CREATE VIEW harmless WITH (security_invoker=true) AS SELECT * FROM centres_registration"
    )


def test_the_owner_role_would_be_an_offender() -> None:
    with as_owner() as owner:
        found = list(role_faults(owner))
    role = connections["owner"].settings_dict["USER"]
    assert f"role {role} passes row-level security (BYPASSRLS)" in found
    assert f"role {role} may create databases" in found
    assert f"role {role} owns table centres_registration" in found
    assert f"role {role} may truncate table centres_signature" in found
    assert f"role {role} may update rows of append-only table centres_auditevent" in found
