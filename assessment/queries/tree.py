"""The specification tree of an assessment, read once a process: a specification never changes."""

from functools import lru_cache
from uuid import UUID

from qualifications.models import Assessment
from qualifications.queries import (
    AssessmentTree,
    TreeCriterion,
    TreeOutcome,
    assessment_tree,
)


def sheet_tree(assessment: Assessment) -> AssessmentTree:
    """The tree that a sheet of this assessment is judged on; no query once it has been read.

    It is kept under the specification's digest, so that another content is another tree. The
    caller has come to the assessment through a row of their own centre.
    """
    return _tree_with_digest(assessment.pk, assessment.specification.digest)


@lru_cache(maxsize=64)
def _tree_with_digest(assessment_id: UUID, digest: str) -> AssessmentTree:
    tree = assessment_tree(assessment_id)
    if tree.specification_digest != digest:
        raise RuntimeError("the specification changed while it was read")
    return tree


def criterion_mark(tree: AssessmentTree, criterion: TreeCriterion) -> str:
    """How a criterion is called in addresses and lists: ``1.3``, or ``D5.02-1.3`` among units."""
    if len(tree.units) == 1:
        return criterion.number
    return f"{criterion.unit_ref}-{criterion.number}"


def criterion_marked(tree: AssessmentTree, mark: str) -> TreeCriterion | None:
    """The criterion that is called so, or none."""
    return next((c for c in tree.criteria if criterion_mark(tree, c) == mark), None)


def outcomes_of(tree: AssessmentTree) -> tuple[TreeOutcome, ...]:
    """Every learning outcome, in the order of the sheet."""
    return tuple(outcome for unit in tree.units for outcome in unit.outcomes)
