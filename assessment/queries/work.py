"""All that one sheet stands on, read together: for the sign page, the sheet page and manifests."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from assessment.models import (
    Audience,
    Comment,
    Decision,
    Judgement,
    SectionMark,
    Sheet,
    SheetQuerySet,
)
from assessment.queries.blocks import Block, GateLine, counted_gates
from assessment.queries.checklists import (
    Checklist,
    OpenChecklist,
    filled_checklists,
    open_checklists,
)
from assessment.queries.marks import derived_marks, section_blocks, section_warnings
from assessment.queries.tree import criterion_mark, sheet_tree
from centres.models import Centre, Role, Signature
from portfolios.models import Submission, SubmissionItem
from qualifications.queries import AssessmentTree, TreeCriterion
from qualifications.rules import MarkOutcome, Outcome, result_outcome


@dataclass(frozen=True)
class SignOff:
    """A signature that a sheet has or stands on."""

    purpose: str
    digest: str
    signer_name: str
    role: str
    sentence: str
    signed_at: datetime.datetime
    method: str

    @property
    def purpose_label(self) -> str:
        """Such as ``Declaration``."""
        return str(Signature.Purpose(self.purpose).label)

    @property
    def role_label(self) -> str:
        """The role held when it was given."""
        return str(Role(self.role).label)


@dataclass(frozen=True)
class SheetWork:
    """A sheet with the submission it judges, and what was decided on it.

    That is judgements by criterion and comments on a result sheet, marks by section on a mark
    sheet.
    """

    sheet: Sheet
    submission: Submission
    tree: AssessmentTree
    signatures: tuple[SignOff, ...]
    items: tuple[SubmissionItem, ...]
    judgements: Mapping[UUID, Judgement]
    marks: Mapping[UUID, SectionMark]
    comments: tuple[Comment, ...]

    @property
    def is_marked(self) -> bool:
        """Whether it is a mark sheet."""
        return bool(self.tree.sections)

    @property
    def declaration(self) -> SignOff:
        """The learner's signature on the submission."""
        return next(s for s in self.signatures if s.purpose == Signature.Purpose.DECLARATION)

    @property
    def outcome(self) -> Outcome | MarkOutcome:
        """Derived from the judgements or marks, never typed."""
        if self.is_marked:
            return self.mark_outcome
        return derived_outcome(self.tree, self.judgements)

    @property
    def mark_outcome(self) -> MarkOutcome:
        """The same of a mark sheet, with its total."""
        return derived_marks(self.tree, self.marks)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What keeps it from being signed."""
        if self.is_marked:
            return section_blocks(self.tree, self.marks)
        return sheet_blocks(self.tree, self.judgements)

    @property
    def warnings(self) -> tuple[OpenChecklist, ...]:
        """What is open on the checklists of what passes; it keeps nobody from signing."""
        if self.is_marked:
            return section_warnings(self.tree, self.marks)
        return sheet_warnings(self.tree, self.judgements)

    @property
    def parts(self) -> int:
        """How many parts are decided one by one: criteria, or sections of a mark sheet."""
        return len(self.tree.sections) or len(self.tree.criteria)

    def comments_for(self, *audiences: str) -> tuple[Comment, ...]:
        """Comments with a text, for these audiences, in the order of the sheet."""
        order = {
            outcome.id: place
            for place, outcome in enumerate(o for u in self.tree.units for o in u.outcomes)
        }
        wanted = [c for c in self.comments if c.text and c.audience in audiences]
        audience = {name: place for place, name in enumerate(Audience.values)}
        return tuple(sorted(wanted, key=lambda c: (order[c.outcome_id], audience[c.audience])))


def derived_outcome(tree: AssessmentTree, judgements: Mapping[UUID, Judgement]) -> Outcome:
    """The outcome of a result sheet with these judgements."""
    return result_outcome(
        {
            criterion_mark(tree, criterion): judgements[criterion.id].decision
            if criterion.id in judgements
            else ""
            for criterion in tree.criteria
        }
    )


def gate_lines(criterion: TreeCriterion, judgement: Judgement | None) -> tuple[GateLine, ...]:
    """The gates of a criterion against what was counted."""
    return counted_gates(criterion.gates, judgement.counts if judgement else {})


def criterion_checklists(
    tree: AssessmentTree, criterion: TreeCriterion, judgement: Judgement | None
) -> tuple[Checklist, ...]:
    """The checklist of a criterion with what was found, if it has one."""
    items = {criterion_mark(tree, criterion): criterion.checklist}
    return filled_checklists(items, judgement.counts if judgement else {})


def sheet_blocks(tree: AssessmentTree, judgements: Mapping[UUID, Judgement]) -> tuple[Block, ...]:
    """What keeps a result sheet from being signed: an undecided criterion, a referral without
    feedback, a pass whose gate is not met or not counted (8588 handbook, result sheet; unit 501,
    AC 2.1)."""
    blocks = []
    for criterion in tree.criteria:
        judgement = judgements.get(criterion.id)
        mark = criterion_mark(tree, criterion)
        if judgement is None or not judgement.decision:
            blocks.append(Block(mark, f"{mark} is undecided."))
        elif judgement.decision == Decision.REFERRAL:
            if not judgement.feedback.strip():
                blocks.append(
                    Block(mark, f"{mark} is a referral without feedback: say what is missing.")
                )
        else:
            blocks += [
                Block(mark, f"{mark} can’t be a pass yet. {line.sentence}")
                for line in gate_lines(criterion, judgement)
                if not line.met
            ]
    return tuple(blocks)


def sheet_warnings(
    tree: AssessmentTree, judgements: Mapping[UUID, Judgement]
) -> tuple[OpenChecklist, ...]:
    """The passes of a result sheet with something open on their checklist."""
    passed = [
        (criterion, judgement)
        for criterion in tree.criteria
        if (judgement := judgements.get(criterion.id)) and judgement.decision == Decision.PASS
    ]
    return tuple(
        warning
        for criterion, judgement in passed
        for warning in open_checklists(
            criterion_mark(tree, criterion), criterion_checklists(tree, criterion, judgement)
        )
    )


def sheet_work(sheet: Sheet) -> SheetWork:
    """Read what a sheet stands on, in three queries."""
    return work_on(whole_sheets(sheet.centre).get(pk=sheet.pk))


def whole_sheets(centre: Centre) -> SheetQuerySet:
    """A centre's sheets, each with its submission, registration, assessment, signatures and
    comments."""
    signatures = (
        Signature.objects.for_centre(centre)
        .filter(subject_id__in=[OuterRef("submission_id"), OuterRef("pk")])
        .order_by("signed_at")
    )
    fields = {field.name: field.name for field in dataclasses.fields(SignOff)}
    comments = Comment.objects.for_centre(centre).filter(sheet=OuterRef("pk")).order_by()
    said = JSONObject(outcome="outcome", audience="audience", text="text")
    sheets: SheetQuerySet = (
        Sheet.objects.for_centre(centre)
        .select_related(
            "centre",
            "assessor",
            "submission__learner",
            "submission__registration__pathway",
            "submission__assessment__specification__qualification",
        )
        .annotate(
            sign_offs=ArraySubquery(signatures.values_list(JSONObject(**fields))),
            comment_rows=ArraySubquery(comments.values_list(said)),
        )
    )
    return sheets


def work_on(sheet: Sheet) -> SheetWork:
    """The same in two, for a sheet of ``whole_sheets``."""
    centre, submission = sheet.centre, sheet.submission
    sign_offs: list[dict[str, Any]] = sheet.sign_offs  # type: ignore[attr-defined]
    said: list[dict[str, str]] = sheet.comment_rows  # type: ignore[attr-defined]
    tree = sheet_tree(submission.assessment)
    judgements: Mapping[UUID, Judgement] = {}
    marks: Mapping[UUID, SectionMark] = {}
    if tree.sections:
        given = SectionMark.objects.for_centre(centre).filter(sheet=sheet)
        marks = {mark.section_id: mark for mark in given}
    else:
        judged = Judgement.objects.for_centre(centre).filter(sheet=sheet)
        judgements = {judgement.criterion_id: judgement for judgement in judged}
    return SheetWork(
        sheet=sheet,
        submission=submission,
        tree=tree,
        signatures=tuple(
            SignOff(**{**row, "signed_at": datetime.datetime.fromisoformat(row["signed_at"])})
            for row in sign_offs
        ),
        items=tuple(
            SubmissionItem.objects.for_centre(centre)
            .filter(submission=submission)
            .select_related("version__file")
            .order_by("number")
        ),
        judgements=judgements,
        marks=marks,
        comments=tuple(
            Comment(outcome_id=UUID(c["outcome"]), audience=c["audience"], text=c["text"])
            for c in said
        ),
    )
