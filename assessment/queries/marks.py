"""What a mark sheet's sections come to: gates, the derived outcome, and what blocks signing."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from assessment.models import SectionMark
from assessment.queries.blocks import Block, GateLine, counted_gates
from assessment.queries.checklists import (
    Checklist,
    OpenChecklist,
    filled_checklists,
    open_checklists,
)
from assessment.queries.tree import criterion_mark
from qualifications.queries import AssessmentTree, TreeBullet, TreeCriterion, TreeRule, TreeSection
from qualifications.rules import PASS, MarkOutcome, judge_section, mark_outcome

Marks = Mapping[UUID, SectionMark]


@dataclass(frozen=True)
class BulletLine:
    """A line of a section and the criteria that it stands for, each with its name."""

    text: str
    criteria: tuple[tuple[str, TreeCriterion], ...]


@dataclass(frozen=True)
class MarkedSection:
    """A section with what was given and said so far, or at last."""

    section: TreeSection
    bullets: tuple[BulletLine, ...]
    mark: int | None
    strengths: str
    improvements: str
    state: str
    gates: tuple[GateLine, ...]
    checklists: tuple[Checklist, ...]
    url: str = ""

    @property
    def name(self) -> str:
        """Such as ``Section 2: Planning``."""
        return f"Section {self.section.position}: {self.section.title}"


def mark_source(tree: AssessmentTree) -> str:
    """Where the rules of its mark sheet stand."""
    return f"{tree.qualification_number} specification, mark sheet"


def section_criteria(tree: AssessmentTree, section: TreeSection) -> tuple[TreeCriterion, ...]:
    """The criteria that a section's bullets stand for, in the order of the sheet."""
    stood_for = {pk for bullet in section.bullets for pk in bullet.criterion_ids}
    return tuple(criterion for criterion in tree.criteria if criterion.id in stood_for)


def bullet_criteria(tree: AssessmentTree, bullet: TreeBullet) -> tuple[TreeCriterion, ...]:
    """The criteria that one bullet stands for."""
    return tuple(criterion for criterion in tree.criteria if criterion.id in bullet.criterion_ids)


def section_gates(tree: AssessmentTree, section: TreeSection) -> tuple[TreeRule, ...]:
    """What is counted on a section: the gates of its criteria.

    Where two units count under one code, the code is told apart by the criterion.
    """
    rules = [
        (criterion_mark(tree, criterion), rule)
        for criterion in section_criteria(tree, section)
        for rule in criterion.gates
    ]
    met_with = Counter(rule.code for _, rule in rules)
    return tuple(_told_apart(rule, mark, met_with) for mark, rule in rules)


def section_checks(tree: AssessmentTree, section: TreeSection) -> dict[str, tuple[TreeRule, ...]]:
    """What is looked for on a section: the checklist of each of its criteria, by its name.

    Where another criterion has the same code, for a gate or for an item, it is told apart likewise.
    """
    criteria = section_criteria(tree, section)
    met_with = Counter(rule.code for criterion in criteria for rule in criterion.rules)
    return {
        mark: tuple(_told_apart(rule, mark, met_with) for rule in criterion.checklist)
        for mark, criterion in ((criterion_mark(tree, c), c) for c in criteria)
    }


def section_rules(tree: AssessmentTree, section: TreeSection) -> tuple[TreeRule, ...]:
    """All that is counted or looked for on a section; no two have the same code."""
    checks = section_checks(tree, section).values()
    return (*section_gates(tree, section), *(rule for items in checks for rule in items))


def _told_apart(rule: TreeRule, mark: str, met_with: Counter[str]) -> TreeRule:
    if met_with[rule.code] == 1:
        return rule
    return dataclasses.replace(rule, code=f"{rule.code}-{mark}")


def section_lines(
    tree: AssessmentTree, section: TreeSection, mark: SectionMark | None
) -> tuple[GateLine, ...]:
    """The gates of a section against what was counted."""
    return counted_gates(section_gates(tree, section), mark.counts if mark else {})


def section_checklists(
    tree: AssessmentTree, section: TreeSection, mark: SectionMark | None
) -> tuple[Checklist, ...]:
    """The checklists of a section's criteria with what was found."""
    return filled_checklists(section_checks(tree, section), mark.counts if mark else {})


def section_warnings(tree: AssessmentTree, marks: Marks) -> tuple[OpenChecklist, ...]:
    """Sections at their minimum or above with something open on a checklist of their criteria.

    Each is marked with its section's position.
    """
    return tuple(
        warning
        for section in tree.sections
        if section_state(section, mark_given(section, marks)) == "pass"
        for warning in open_checklists(
            str(section.position), section_checklists(tree, section, marks.get(section.id))
        )
    )


def mark_given(section: TreeSection, marks: Marks) -> int | None:
    """The section's mark, or None while it has none."""
    row = marks.get(section.id)
    return row.mark if row else None


def derived_marks(tree: AssessmentTree, marks: Marks) -> MarkOutcome:
    """The outcome of a mark sheet with these marks, never typed."""
    given = [mark_given(section, marks) for section in tree.sections]
    return mark_outcome(tree.sections, given, source=mark_source(tree))


def section_state(section: TreeSection, mark: int | None) -> str:
    """A state of the look: ``undecided``, ``pass`` at the minimum or above, else ``referral``."""
    if mark is None:
        return "undecided"
    return "pass" if judge_section(section, mark).met else "referral"


def section_blocks(tree: AssessmentTree, marks: Marks) -> tuple[Block, ...]:
    """What keeps a mark sheet from being signed: a section without a mark, one below its minimum
    that does not say what to redo, a pass whose gate is not met or not counted (D5 and D7
    specifications, mark sheets). Each block is marked with its section's position."""
    passes = derived_marks(tree, marks).decision == PASS
    blocks = []
    for section in tree.sections:
        row, at = marks.get(section.id), str(section.position)
        name = f"Section {at}, {section.title},"
        if row is None or row.mark is None:
            blocks.append(Block(at, f"{name} has no mark yet."))
        elif section_state(section, row.mark) == "referral" and not row.improvements.strip():
            blocks.append(
                Block(
                    at,
                    f"{name} is below its minimum of {section.minimum}: say under areas for "
                    "improvement what to redo.",
                )
            )
        if passes:
            blocks += [
                Block(at, f"{name} keeps the sheet from a pass. {line.sentence}")
                for line in section_lines(tree, section, row)
                if not line.met
            ]
    return tuple(blocks)


def marked_sections(
    tree: AssessmentTree, marks: Marks, url: Callable[[int], str] | None = None
) -> tuple[MarkedSection, ...]:
    """Every section with what was given and said; ``url`` makes an address of its position."""
    return tuple(
        MarkedSection(
            section=section,
            bullets=tuple(
                BulletLine(
                    bullet.text,
                    tuple((criterion_mark(tree, c), c) for c in bullet_criteria(tree, bullet)),
                )
                for bullet in section.bullets
            ),
            mark=mark_given(section, marks),
            strengths=marks[section.id].strengths if section.id in marks else "",
            improvements=marks[section.id].improvements if section.id in marks else "",
            state=section_state(section, mark_given(section, marks)),
            gates=section_lines(tree, section, marks.get(section.id)),
            checklists=section_checklists(tree, section, marks.get(section.id)),
            url=url(section.position) if url else "",
        )
        for section in tree.sections
    )
