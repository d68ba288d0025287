"""What the assessor is shown before signing: exactly what the signature will cover."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from assessment.manifest import SheetManifests, manifest_parts, manifests_of
from assessment.models import Sheet
from assessment.queries.desk import decision_strip, desk_url
from assessment.queries.marks import MarkedSection, marked_sections
from assessment.queries.section_desk import section_url
from assessment.queries.tree import criterion_mark
from assessment.queries.work import SheetWork, whole_sheets, work_on
from centres.models import Centre, Registration, User


@dataclass(frozen=True)
class Referred:
    """A criterion that refers the submission, with its feedback."""

    mark: str
    feedback: str


@dataclass(frozen=True)
class SignPage:
    """What would be signed now, what still keeps it from being signed, and what is open beside.

    ``blocks`` and ``warnings`` are sentences, each with the address of the desk where it is mended.
    """

    work: SheetWork
    manifests: SheetManifests
    strip: tuple[Mapping[str, Any], ...]
    referred: tuple[Referred, ...]
    sections: tuple[MarkedSection, ...]
    passes: int
    blocks: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str], ...]
    comments: int

    @property
    def shown(self) -> str:
        """The digest of what is shown."""
        return self.manifests.file.digest

    @property
    def parts(self) -> str:
        """The parts of what is shown, as the form carries them."""
        return json.dumps(manifest_parts(self.manifests.file.content), separators=(",", ":"))


def own_draft(centre: Centre, assessor: User, submission_id: UUID) -> Any:
    """The assessor's own sheet of a submission allocated to them now, or None.

    It is annotated with ``signed_sheet_id``, the sheet that somebody has signed, if any.
    """
    signed = Sheet.objects.for_centre(centre).signed().filter(submission=OuterRef("submission"))
    allocated = Registration.objects.for_centre(centre).for_assessor(assessor)
    return (
        whole_sheets(centre)
        .filter(
            submission=submission_id,
            assessor=assessor,
            signed_at=None,
            submission__registration__in=allocated.values("pk"),
        )
        .annotate(signed_sheet_id=Subquery(signed.order_by("-version").values("pk")[:1]))
        .first()
    )


def sign_page(sheet: Sheet) -> SignPage:
    """What signing this draft would cover, in two queries."""
    work = work_on(sheet)
    tree, centre = work.tree, sheet.centre

    def place(mark: str) -> str:
        if work.is_marked:
            return section_url(centre, work.submission, int(mark))
        return desk_url(centre, work.submission, mark)

    by_mark = {criterion_mark(tree, c): work.judgements.get(c.id) for c in tree.criteria}
    sections = marked_sections(tree, work.marks, lambda position: place(str(position)))
    return SignPage(
        work=work,
        manifests=manifests_of(work),
        strip=() if work.is_marked else decision_strip(tree, work.judgements, place),
        referred=tuple(
            Referred(mark, judgement.feedback)
            for mark, judgement in by_mark.items()
            if judgement and mark in work.outcome.referred
        ),
        sections=sections,
        passes=work.parts - len(work.outcome.referred) - len(work.outcome.undecided),
        blocks=tuple((place(block.mark), block.text) for block in work.blocks),
        warnings=tuple((place(each.mark), each.text) for each in work.warnings),
        comments=sum(bool(comment.text) for comment in work.comments),
    )
