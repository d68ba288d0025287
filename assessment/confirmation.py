"""What quality assurance adds to the papers of a sheet, and how they are issued anew with it.

``quality`` decides a sheet's standing and hands it in; nothing here knows how it came about.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from assessment.documents import queue_document, send_after_commit
from assessment.models import Audience, Document, Sheet
from centres.canonical import canonical_json, sha256_hex
from centres.ledger import action
from centres.models import User
from centres.refusals import TransitionError
from centres.signatures import Manifest

AUDIENCES = {
    Document.Copy.LEARNER: frozenset({Audience.LEARNER}),
    Document.Copy.FILE: frozenset(Audience),
}


@dataclass(frozen=True)
class ConfirmingSignature:
    """A signature of quality assurance as the paper prints it; ``signed_at`` is ISO 8601 in UTC."""

    name: str
    role: str
    meaning: str
    sentence: str
    signed_at: str
    method: str
    digest: str


@dataclass(frozen=True)
class ConfirmingComment:
    """What a quality assurer says on a criterion or a section, by its id; ``mark`` names it."""

    part: str
    mark: str
    audience: str
    text: str


@dataclass(frozen=True)
class Confirmation:
    """The standing of a sheet, the sentence that explains its route, and what comes with it.

    ``qa_marks`` goes by the section's id; ``qa_outcome`` is what these marks come to.
    """

    standing: Document.Standing
    explanation: str
    signatures: tuple[ConfirmingSignature, ...] = ()
    comments: tuple[ConfirmingComment, ...] = ()
    qa_marks: dict[str, int] = field(default_factory=dict)
    qa_outcome: str = ""

    def said_on(self, copy: str) -> dict[str, Any]:
        """What one copy says of it: only the comments that its reader may read."""
        audiences = AUDIENCES[Document.Copy(copy)]
        kept = tuple(comment for comment in self.comments if comment.audience in audiences)
        content = asdict(self)
        content["standing"] = str(self.standing)
        content["signatures"] = [asdict(each) for each in self.signatures]
        content["comments"] = [asdict(comment) for comment in kept]
        return content


@action
def reissue_documents(*, actor: User, sheet: Sheet, confirmation: Confirmation) -> list[Document]:
    """Queue both copies of a signed sheet anew, saying what quality assurance has added.

    Each copy's manifest is the one that it was first issued with, its digest as ``base``, and what
    was added by hash. A paper that would say the same again is not made twice. Refuses a sheet
    that nobody has signed (``TransitionError``).
    """
    made = []
    for copy in Document.Copy:
        papers = Document.objects.for_centre(sheet.centre_id).filter(sheet=sheet, copy=copy)
        first = papers.order_by("queued_at").first()
        if first is None:
            raise TransitionError(
                rule="A sheet that is not signed has no papers.",
                remedy="Wait until the assessor has signed.",
            )
        said = confirmation.said_on(copy)
        manifest = Manifest(
            {
                **json.loads(first.manifest),
                "base": first.manifest_digest,
                "confirmation": {
                    "standing": str(confirmation.standing),
                    "signatures": [each.digest for each in confirmation.signatures],
                    "said": sha256_hex(canonical_json(said)),
                },
            }
        )
        if papers.filter(manifest_digest=manifest.digest).exists():
            continue
        made.append(
            queue_document(
                actor=actor,
                sheet=sheet,
                copy=copy,
                manifest=manifest,
                standing=confirmation.standing,
                confirmation=said,
                signers=[*first.signers, *(each.role for each in confirmation.signatures)],
            )
        )
    send_after_commit(sheet.centre_id, [document.pk for document in made])
    return made


def base_digest(document: Document) -> str:
    """The digest of what the assessor signed for this copy; empty where the text contradicts it.

    A first issue's manifest is that itself; a later one's is that and what was added.
    """
    if sha256_hex(document.manifest.encode()) != document.manifest_digest:
        return ""
    content: dict[str, Any] = json.loads(document.manifest)
    base, added = content.pop("base", None), content.pop("confirmation", None)
    if base is None:
        return document.manifest_digest if not document.confirmation else ""
    said = sha256_hex(canonical_json(document.confirmation))
    if sha256_hex(canonical_json(content)) != base or added["said"] != said:
        return ""
    return str(base)
