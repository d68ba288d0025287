"""What a learner's declaration covers, as canonical content: shown, then read anew to be signed."""

from collections.abc import Iterable
from typing import Any

from centres.canonical import text_hash
from centres.models import Centre, Registration
from centres.signatures import Manifest
from portfolios.declarations import CURRENT, Declaration
from portfolios.queries import ClaimLine, Item, UnitPage, unit_page
from qualifications.models import Assessment

SCHEMA = 1


def submission_manifest(
    *,
    centre: Centre,
    registration: Registration,
    assessment: Assessment,
    declaration: Declaration = CURRENT,
) -> Manifest:
    """The manifest of what a submission made now would hold."""
    page = unit_page(centre=centre, registration=registration, assessment_id=assessment.pk)
    return manifest_of(centre, page, declaration)


def manifest_of(centre: Centre, page: UnitPage, declaration: Declaration = CURRENT) -> Manifest:
    """The same, of what has been read already. Free texts stand in it as hashes."""
    assessment = page.assessment
    return Manifest(
        {
            "schema": SCHEMA,
            "kind": "submission",
            "centre": str(centre.pk),
            "registration": str(page.registration.pk),
            "learner": str(page.registration.learner_id),
            "specification": {
                "id": str(assessment.specification_id),
                "qualification": assessment.qualification_number,
                "version": assessment.specification_version,
                "digest": assessment.specification_digest,
            },
            "assessment": {
                "id": str(assessment.id),
                "code": assessment.code,
                "units": [unit.ref for unit in assessment.units],
            },
            "attempt": page.next_attempt,
            "declaration": {"version": declaration.version, "text": declaration.digest},
            "items": [
                _item(item) for item in sorted(page.handed_in, key=lambda i: i.evidence.number)
            ],
        }
    )


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": str(item.evidence.pk),
        "number": item.evidence.number,
        "title": text_hash(item.evidence.title),
        "version": item.version.number,
        "sha256": item.file.sha256,
        "size": item.file.size,
        "claims": sorted((_claim(line) for line in item.claims), key=_in_order),
    }


def _claim(line: ClaimLine) -> dict[str, Any]:
    return {
        "criterion": str(line.claim.criterion_id),
        "number": line.criterion_number,
        "anchor": str(line.claim.anchor),
        "place": line.claim.place,
        "note": text_hash(line.claim.note),
    }


def _in_order(claim: dict[str, Any]) -> tuple[str, str, int]:
    return claim["criterion"], claim["anchor"], claim["place"] or 0


def differences(shown: dict[str, Any], now: dict[str, Any]) -> tuple[str, ...]:
    """What changed between two manifests of a submission, in sentences for the learner."""
    before = {item["number"]: item for item in shown.get("items", [])}
    after = {item["number"]: item for item in now["items"]}
    sentences = list(_item_changes(before, after))
    if shown.get("attempt") != now["attempt"]:
        sentences.append(f"This would now be attempt {now['attempt']}.")
    if shown.get("declaration") != now["declaration"]:
        sentences.append("The wording of the declaration is new.")
    if shown.get("specification") != now["specification"]:
        sentences.append("The specification was corrected.")
    return tuple(sentences)


def _item_changes(
    before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]]
) -> Iterable[str]:
    for number in sorted(before.keys() | after.keys()):
        if number not in before:
            yield f"E{number} came in."
        elif number not in after:
            yield f"E{number} is no longer in it."
        elif before[number]["sha256"] != after[number]["sha256"]:
            yield f"E{number} has a newer file."
        elif before[number]["claims"] != after[number]["claims"]:
            yield f"What E{number} is claimed for changed."
        elif before[number] != after[number]:
            yield f"E{number} changed."
