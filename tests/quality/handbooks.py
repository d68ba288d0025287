"""A handbook of our own about a unit that the catalogue knows, and short ways to its states."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from centres.models import Role, User
from centres.tenancy import centre_context
from qualifications.actions import make_draft, publish_draft
from qualifications.models import Specification
from qualifications.platform import platform_context
from quality.actions.handbook import (
    answer_warnings,
    draft_handbook,
    import_handbook,
    publish_handbook,
)
from quality.models import HandbookImport, HandbookWarning
from quality.tasks import read_handbook_import
from tests.assessment.scenes import refusing
from tests.cast import Cast, fresh_proof, make_user

WORDS = "with the orchard keeper’s own ladder"
STATEMENTS = {
    "1.1": f"Evaluate a season of practice {WORDS}",
    "1.2": "Explain which trees were left out",
    "1.3": "Review what neighbours said about the harvest",
    "2.1": "Evaluate the tools that were used in the wet year",
    "2.2": "Explain how the next season is planned",
    "2.3": "Review the plan once the blossom is out",
}
TABLE = (
    ("UAN:", "Z/900/0001"),
    ("GLH:", "10"),
    ("Unit Level:", "5"),
    ("Credit value:", "5"),
    ("Unit aim:", "To look back at a year in the orchard."),
)


def handbook_text(ref: str = "503", **changes: str) -> str:
    """A unit page as a text file; ``changes`` are statements by number, as ``c11``."""
    said = {n: changes.get(f"c{n.replace('.', '')}", text) for n, text in STATEMENTS.items()}
    lines = [f"Unit {ref} Looking Back at an Orchard Year", ""]
    for label, value in TABLE:
        lines += [f"\t{label}", f"\t{value}", ""]
    for outcome in (1, 2):
        numbers = [number for number in said if number[0] == str(outcome)]
        lines += [
            f"Learning outcome (LO {outcome})",
            "The learner will:",
            f"{outcome} Know the year {'behind' if outcome == 1 else 'ahead'}",
            "Assessment criteria",
            "The learner can:",
            *(f"{number} {said[number]}" for number in numbers),
            "Depth",
            *(f"{number} Blossom, fruit and frost." for number in numbers),
            "Assessment guidance",
            "The learner must:",
            *(f"{number} Name three trees." for number in numbers),
        ]
    return "\n".join([*lines, "Assessment requirements", "Assessed in the orchard."])


def text_of(*refs: str) -> str:
    """A document with the page of each of these units."""
    return "\n".join(handbook_text(ref) for ref in refs)


def upload(text: str | None = None, name: str = "orchard.txt") -> SimpleUploadedFile:
    """A file of it."""
    return SimpleUploadedFile(name, (text or handbook_text()).encode())


def imported(cast: Cast, text: str | None = None, **changes: Any) -> HandbookImport:
    """Lea has handed it in; nobody has read it yet."""
    given = {"actor": cast.lea, "centre": cast.centre, "upload": upload(text), **changes}
    with refusing(cast):
        return import_handbook(**given)


def run(cast: Cast, held: HandbookImport) -> str:
    """What the worker's task says."""
    return read_handbook_import(str(cast.centre.pk), str(held.pk))


def fresh(cast: Cast, held: HandbookImport) -> HandbookImport:
    """The row as it is now."""
    with centre_context(cast.centre.pk):
        rows = HandbookImport.objects.for_centre(cast.centre)
        found: HandbookImport = rows.select_related("specification__qualification").get(pk=held.pk)
        return found


def read(cast: Cast, text: str | None = None) -> HandbookImport:
    """An import that the worker has read."""
    held = imported(cast, text)
    assert run(cast, held) == "read"
    return fresh(cast, held)


def known(cast: Cast) -> Specification:
    """The version 2.0 of 8588, which every centre shares."""
    with centre_context(cast.centre.pk):
        return Specification.objects.get(
            qualification__number="8588", version="2.0", centre_id=None
        )


def draft(cast: Cast, held: HandbookImport | None = None, **changes: Any) -> HandbookImport:
    """An import with a draft made from it."""
    held = held or read(cast)
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "handbook": held,
        "known": changes.pop("known", None) or known(cast),
        "version": "own-1",
        **changes,
    }
    with refusing(cast):
        draft_handbook(**given)
    return fresh(cast, held)


def share(known: Specification, version: str) -> Specification:
    """The platform publishes a copy of a version, for every centre, under this label."""
    with platform_context():
        made = make_draft(specification=known, version=version)
        return publish_draft(specification=made, name="Petra Platform", expected_digest=made.digest)


def warnings_of(cast: Cast, held: HandbookImport) -> list[HandbookWarning]:
    """Its doubtful readings, in order."""
    with centre_context(cast.centre.pk):
        return list(HandbookWarning.objects.for_centre(cast.centre).filter(handbook=held))


def answer(cast: Cast, held: HandbookImport, **changes: Any) -> int:
    """Accept every doubtful reading."""
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "handbook": held,
        "warnings": [row.pk for row in warnings_of(cast, held)],
        "resolution": "accepted",
        **changes,
    }
    with refusing(cast):
        return answer_warnings(**given)


def other_lead(cast: Cast) -> User:
    """A second lead internal quality assurer of the centre."""
    with centre_context(cast.centre.pk):
        person = make_user("lou@alder.example.org", "Lou Maple")
        cast.centre.memberships.create(user=person, role=Role.LEAD_IQA)
        return person


def publish(cast: Cast, held: HandbookImport, **changes: Any) -> Specification:
    """Publish it as it is shown."""
    assert held.specification
    given = {
        "actor": cast.lea,
        "centre": cast.centre,
        "handbook": held,
        "shown_digest": held.specification.digest,
        "proof": fresh_proof(),
        **changes,
    }
    with refusing(cast):
        return publish_handbook(**given)


def published(cast: Cast, text: str | None = None, **changes: Any) -> HandbookImport:
    """The whole way, from the file to the version of the centre's own."""
    held = draft(cast, read(cast, text), **changes)
    answer(cast, held)
    publish(cast, held)
    return fresh(cast, held)


def version_of(cast: Cast) -> Specification:
    """A version of the centre's own, published from a handbook."""
    version = published(cast).specification
    assert version
    return version
