"""The test database: migrated and filled once for the tree as it is, then copied for each run.

Every worker of every run has a database of its own. Migrating one takes longer than most test
files, copying one a moment.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "fixtures" / "qualifications" / "8588.yaml"
MADE_FROM = ("*/migrations/*.py", "*/apps.py", "qualifications/**/*.py", "requirements/base.txt")
TEMPLATE = f"criterion_migrated_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
LOCK = 0x7E57  # of a session on the server's own database, which every run reaches


@contextmanager
def migrated_template() -> Iterator[str]:
    """The name of a database with every migration and the catalogue, which nobody changes here.

    It is made where there is none, and anew where it was made from other files.
    """
    owner = connections["owner"]
    with owner._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [TEMPLATE],
        )
        if cursor.fetchone() != (made_from(),):
            _make()
            cursor.execute(f"COMMENT ON DATABASE {TEMPLATE} IS '{made_from()}'")
        yield TEMPLATE


def made_from() -> str:
    """A digest of whatever decides what the template holds."""
    digest = hashlib.sha256(CATALOGUE.read_bytes())
    for path in sorted(path for pattern in MADE_FROM for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _make() -> None:
    from qualifications.actions import load_specification

    owner = connections["owner"]
    name, test = owner.settings_dict["NAME"], owner.settings_dict["TEST"]
    own = test["NAME"]
    test["NAME"] = TEMPLATE
    try:
        owner.creation.create_test_db(verbosity=0, autoclobber=True)
        load_specification(CATALOGUE, using="owner")
    finally:
        owner.close()
        test["NAME"] = own
        settings.DATABASES["owner"]["NAME"] = owner.settings_dict["NAME"] = name
