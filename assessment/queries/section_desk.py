"""The marking desk of a mark sheet: a section, its evidence, and how the marks add up."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from assessment.models import SectionMark
from assessment.queries.blocks import Block, GateLine
from assessment.queries.checklists import Checklist, OpenChecklist
from assessment.queries.desk import due_at, own_or_former
from assessment.queries.handed_in import HandedIn, handed_in
from assessment.queries.marks import (
    BulletLine,
    MarkedSection,
    derived_marks,
    marked_sections,
    section_blocks,
    section_criteria,
    section_rules,
    section_state,
    section_warnings,
)
from assessment.queries.tree import criterion_mark, sheet_tree
from centres.models import Centre, User
from portfolios.models import Submission
from qualifications.queries import AssessmentTree, TreeCriterion, TreeRule, TreeSection
from qualifications.rules import MarkOutcome


@dataclass(frozen=True)
class EarlierMark:
    """What was given to this section at the attempt before."""

    attempt: int
    mark: int
    state: str
    strengths: str
    improvements: str
    counts: Mapping[str, Any]


@dataclass(frozen=True)
class SectionDesk:
    """All that the marking desk shows of one section."""

    submission: Submission
    due: datetime.datetime
    tree: AssessmentTree
    section: TreeSection
    mark: str
    bullets: tuple[BulletLine, ...]
    criteria: tuple[TreeCriterion, ...]
    before: int
    after: int
    lines: tuple[MarkedSection, ...]
    derived: MarkOutcome
    full: int
    so_far: str
    blocks: tuple[Block, ...]
    warnings: tuple[OpenChecklist, ...]
    row: SectionMark
    rules: tuple[TreeRule, ...]
    gates: tuple[GateLine, ...]
    checklists: tuple[Checklist, ...]
    evidence: HandedIn
    earlier: EarlierMark | None
    carry_over: bool


def section_numbered(tree: AssessmentTree, position: int) -> TreeSection | None:
    """The section at a position, or none."""
    return next((part for part in tree.sections if part.position == position), None)


def section_url(centre: Centre, submission: Submission, position: int) -> str:
    """The desk's address at a section."""
    return reverse("assessment:desk-section", args=[centre.slug, submission.pk, position])


def section_desk(
    centre: Centre,
    submission: Submission,
    assessor: User,
    section: TreeSection,
    *,
    item: int | None = None,
    place: int | None = None,
) -> SectionDesk:
    """The desk at one section, in three queries, whatever the number of items and attempts.

    ``submission`` comes from ``submissions_to_mark``; the rest is as for ``desk``.
    """
    tree = sheet_tree(submission.assessment)
    own, former = _marks(centre, submission, assessor)
    criteria = section_criteria(tree, section)
    row = own.get(section.id) or SectionMark()
    derived = derived_marks(tree, own)
    earlier = _earlier(section, former.get(section.id))
    lines = marked_sections(tree, own, lambda at: section_url(centre, submission, at))
    at = [part.position for part in tree.sections].index(section.position)
    return SectionDesk(
        submission=submission,
        due=due_at(centre, submission),
        tree=tree,
        section=section,
        mark=f"section {section.position}",
        bullets=lines[at].bullets,
        criteria=criteria,
        before=tree.sections[at - 1].position if at else 0,
        after=tree.sections[at + 1].position if at + 1 < len(tree.sections) else 0,
        lines=lines,
        derived=derived,
        full=sum(part.maximum for part in tree.sections),
        so_far=derived.decision or ("referral" if derived.referred else "undecided"),
        blocks=section_blocks(tree, own),
        warnings=section_warnings(tree, own),
        row=row,
        rules=section_rules(tree, section),
        gates=lines[at].gates,
        checklists=lines[at].checklists,
        evidence=handed_in(
            centre,
            submission,
            tree,
            {criterion.id: criterion_mark(tree, criterion) for criterion in criteria},
            item=item,
            place=place,
        ),
        earlier=earlier,
        carry_over=bool(earlier and earlier.state == "pass" and row.mark is None),
    )


def _marks(
    centre: Centre, submission: Submission, assessor: User
) -> tuple[dict[UUID, SectionMark], dict[UUID, SectionMark]]:
    """The assessor's own draft marks, and the signed ones of the attempt before."""
    own: dict[UUID, SectionMark] = {}
    former: dict[UUID, SectionMark] = {}
    rows = (
        SectionMark.objects.for_centre(centre)
        .filter(own_or_former(submission, assessor))
        .select_related("sheet__submission")
        .order_by("sheet__version")
    )
    for row in rows:
        (own if row.sheet.signed_at is None else former)[row.section_id] = row
    return own, former


def _earlier(section: TreeSection, row: SectionMark | None) -> EarlierMark | None:
    if row is None or row.mark is None:
        return None
    return EarlierMark(
        attempt=row.sheet.submission.attempt,
        mark=row.mark,
        state=section_state(section, row.mark),
        strengths=row.strengths,
        improvements=row.improvements,
        counts=row.counts,
    )
