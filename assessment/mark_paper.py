"""Reads what one copy of a mark sheet says of its sections."""

from collections.abc import Mapping
from typing import Any

from assessment.models import Document
from assessment.paper import content
from assessment.paper.marks import MarkPaper, PrintedBullet, PrintedSection
from assessment.paper_confirmation import confirming_comments
from assessment.queries.marks import bullet_criteria, section_checklists
from assessment.queries.work import SheetWork
from qualifications.queries import AssessmentTree, TreeBullet, TreeSection


def mark_paper(row: Document, work: SheetWork, said: Mapping[str, Any]) -> MarkPaper:
    """The paper of a mark sheet; ``said`` is what it shares with every other paper."""
    return MarkPaper(
        **said,
        outcome_sentence=work.mark_outcome.summary,
        sections=tuple(_section(row, work, section) for section in work.tree.sections),
        qa_outcome=row.confirmation.get("qa_outcome") or None,
    )


def _section(row: Document, work: SheetWork, section: TreeSection) -> PrintedSection:
    marked = work.marks[section.id]
    if marked.mark is None:
        raise content.PaperFault(f"Section {section.position} has no mark.")
    return PrintedSection(
        position=section.position,
        title=section.title,
        maximum=section.maximum,
        minimum=section.minimum,
        bullets=tuple(
            PrintedBullet(text=bullet.text, criteria=_stands_for(work.tree, bullet))
            for bullet in section.bullets
        ),
        strengths=marked.strengths,
        improvements=marked.improvements,
        mark=marked.mark,
        qa_mark=row.confirmation.get("qa_marks", {}).get(str(section.id)),
        comments=confirming_comments(row, {str(section.id)}),
        looked_for=tuple(
            f"{checklist.mark}: {checklist.in_words}"
            for checklist in section_checklists(work.tree, section, marked)
        )
        if row.copy == Document.Copy.FILE
        else (),
    )


def _stands_for(tree: AssessmentTree, bullet: TreeBullet) -> str:
    several = len(tree.units) > 1
    return ", ".join(
        f"{criterion.unit_ref} {criterion.number}" if several else criterion.number
        for criterion in bullet_criteria(tree, bullet)
    )
