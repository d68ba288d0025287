"""What an assessor's signature covers, as canonical content: one manifest for each copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessment.models import Audience, Comment, Judgement, SectionMark, Sheet
from assessment.queries.marks import section_checks
from assessment.queries.tree import criterion_mark
from assessment.queries.work import SheetWork, sheet_work
from centres.canonical import canonical_json, sha256_hex, text_hash, utc_text
from centres.signatures import Manifest
from qualifications.queries import AssessmentTree, TreeCriterion, TreeRule, TreeSection

SCHEMA = 1
CRITERION_PARTS = {"d": "decision", "f": "feedback", "c": "counts", "l": "looked_for"}
SECTION_PARTS = {
    "m": "mark",
    "s": "strengths",
    "i": "improvements",
    "n": "counts",
    "k": "looked_for",
}


@dataclass(frozen=True)
class SheetManifests:
    """The file copy's manifest, which is what is signed, and the learner's, which it names.

    The learner's holds nothing of what is not for the learner, not even its hash.
    """

    file: Manifest
    learner: Manifest


def sheet_manifests(sheet: Sheet) -> SheetManifests:
    """Both manifests of a sheet, draft or signed, from what stands in the tables now.

    For a signed sheet they are no proof of what was signed: the numbers of the centre and of the
    registration and the name for the certificate can be corrected later. The text that was signed
    is kept in ``Signature.manifest`` and, for each copy, in ``Document.manifest``.
    """
    return manifests_of(sheet_work(sheet))


def manifests_of(work: SheetWork) -> SheetManifests:
    """Both manifests of what has been read already."""
    learner = Manifest(
        {
            **_common(work),
            **_decided(work, checked=False),
            "copy": "learner",
            "comments": _comments(work, Audience.LEARNER),
        }
    )
    file = Manifest(
        {
            **_common(work),
            **_decided(work, checked=True),
            "copy": "file",
            "comments": _comments(work, *Audience),
            "copies": {"learner": learner.digest},
        }
    )
    return SheetManifests(file=file, learner=learner)


def _common(work: SheetWork) -> dict[str, Any]:
    """What both copies say. Free texts and the name stand in it as hashes."""
    submission, tree = work.submission, work.tree
    registration = submission.registration
    return {
        "schema": SCHEMA,
        "kind": "mark sheet" if work.is_marked else "result sheet",
        "sheet": str(work.sheet.pk),
        "centre": {"id": str(work.sheet.centre_id), "number": work.sheet.centre.number},
        "registration": {
            "id": str(registration.pk),
            "number": registration.number,
            "certificate_name": text_hash(registration.certificate_name),
        },
        "learner": str(submission.learner_id),
        "assessor": str(work.sheet.assessor_id),
        "specification": {
            "id": str(tree.specification_id),
            "qualification": tree.qualification_number,
            "version": tree.version,
            "digest": tree.specification_digest,
        },
        "assessment": {
            "id": str(tree.id),
            "code": tree.code,
            "units": [unit.ref for unit in tree.units],
        },
        "submission": {
            "id": str(submission.pk),
            "attempt": submission.attempt,
            "submitted_at": utc_text(submission.submitted_at),
            "declaration": work.declaration.digest,
        },
        **_corrects(work.sheet),
        "outcome": work.outcome.decision or "",
        "evidence": [
            {
                "id": str(item.version.evidence_id),
                "number": item.number,
                "version": item.version.number,
                "sha256": item.version.file.sha256,
                "size": item.version.file.size,
            }
            for item in work.items
        ],
    }


def _decided(work: SheetWork, *, checked: bool) -> dict[str, Any]:
    """Every criterion of a result sheet, or every section of a mark sheet, in their order.

    ``checked`` says whether with what was looked for, which is not the learner's.
    """
    tree = work.tree
    if work.is_marked:
        return {
            "sections": [
                {
                    "id": str(section.id),
                    "section": section.position,
                    **_marked(tree, section, work.marks.get(section.id), checked=checked),
                }
                for section in tree.sections
            ]
        }
    return {
        "criteria": [
            {
                "id": str(criterion.id),
                "criterion": criterion_mark(tree, criterion),
                **_judged(criterion, work.judgements.get(criterion.id), checked=checked),
            }
            for criterion in tree.criteria
        ]
    }


def _marked(
    tree: AssessmentTree, section: TreeSection, mark: SectionMark | None, *, checked: bool
) -> dict[str, Any]:
    if mark is None:
        mark = SectionMark()
    checks = [rule for items in section_checks(tree, section).values() for rule in items]
    return {
        "mark": mark.mark,
        "strengths": text_hash(mark.strengths),
        "improvements": text_hash(mark.improvements),
        **_counted(mark.counts, checks, checked=checked),
    }


def _counted(
    counts: Mapping[str, Any], checks: Iterable[TreeRule], *, checked: bool
) -> dict[str, Any]:
    """What gates ask for as ``counts``, and what checklists do as ``looked_for``, if any."""
    codes = {rule.code for rule in checks}
    found = {code: str(value) for code, value in counts.items() if code in codes}
    return {
        "counts": {code: str(value) for code, value in counts.items() if code not in codes},
        **({"looked_for": found} if checked and found else {}),
    }


def _corrects(sheet: Sheet) -> dict[str, Any]:
    """Of a corrected version: which sheet it replaces, and why, by hash."""
    if sheet.replaces_id is None:
        return {}
    return {"replaces": str(sheet.replaces_id), "reason": text_hash(sheet.reason)}


def _judged(
    criterion: TreeCriterion, judgement: Judgement | None, *, checked: bool
) -> dict[str, Any]:
    if judgement is None:
        judgement = Judgement()
    return {
        "decision": judgement.decision,
        "feedback": text_hash(judgement.feedback),
        **_counted(judgement.counts, criterion.checklist, checked=checked),
    }


def _comments(work: SheetWork, *audiences: Audience) -> list[dict[str, Any]]:
    def named(comment: Comment) -> dict[str, Any]:
        return {
            "outcome": str(comment.outcome_id),
            "audience": comment.audience,
            "text": text_hash(comment.text),
        }

    return [named(comment) for comment in work.comments_for(*audiences)]


def manifest_parts(manifest: Mapping[str, Any]) -> dict[str, str]:
    """A short hash of each part of a file manifest by a short name, to tell what changed.

    ``d``, ``f``, ``c`` and ``l`` are a criterion's decision, feedback, counts and what was looked
    for; ``m``, ``s``, ``i``, ``n`` and ``k`` a section's mark, strengths, areas for improvement,
    counts and what was looked for; ``o`` a comment; ``e`` an item of evidence; ``x`` all the rest.
    """
    parts: dict[str, Any] = {}
    for row in manifest.get("criteria", ()):
        for short, name in CRITERION_PARTS.items():
            parts[f"{short}:{row['criterion']}"] = row.get(name)
    for row in manifest.get("sections", ()):
        for short, name in SECTION_PARTS.items():
            parts[f"{short}:{row['section']}"] = row.get(name)
    for row in manifest["comments"]:
        parts[f"o:{row['outcome']}:{row['audience']}"] = row["text"]
    for row in manifest["evidence"]:
        parts[f"e:{row['number']}"] = row
    split = {"criteria", "sections", "comments", "evidence", "copies", "outcome"}
    parts["x"] = {name: value for name, value in manifest.items() if name not in split}
    return {name: sha256_hex(canonical_json(part))[:12] for name, part in parts.items()}


def changes_between(work: SheetWork, shown: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between the parts that were shown and those that stand now, in words."""
    now = manifest_parts(manifests_of(work).file.content)
    if not shown:
        return ()
    names = [name for name in {**now, **shown} if now.get(name) != shown.get(name)]
    return tuple(_in_words(work, name, gone=name not in now) for name in names)


def _in_words(work: SheetWork, name: str, *, gone: bool) -> str:
    kind, _, rest = name.partition(":")
    if kind in {"l", "k"}:
        where = f"on {rest}" if kind == "l" else f"in section {rest}"
        return f"What was looked for {where} changed."
    if kind in CRITERION_PARTS:
        what = {"d": "decision", "f": "feedback", "c": "count"}[kind]
        return f"The {what} on {rest} changed."
    if kind in SECTION_PARTS:
        what = {
            "m": "mark",
            "s": "text on strengths",
            "i": "text on areas for improvement",
            "n": "count",
        }[kind]
        return f"The {what} of section {rest} changed."
    if kind == "o":
        outcome_id, _, audience = rest.partition(":")
        number = next(
            (o.number for u in work.tree.units for o in u.outcomes if str(o.id) == outcome_id), "?"
        )
        known = audience in Audience.values
        label = str(Audience(audience).label).lower() if known else "others"
        did = "was taken away" if gone else "changed"
        return f"The comment on outcome {number} for {label} {did}."
    if kind == "e":
        return f"Item E{rest} of the evidence changed."
    return "The learner’s, centre’s or qualification’s particulars changed."
