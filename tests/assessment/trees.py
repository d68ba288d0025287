"""Trees of our own making, for what is derived without a database."""

import uuid

from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome, TreeRule, TreeUnit

HOURS = TreeRule(
    id=uuid.UUID(int=1),
    criterion_id=uuid.UUID(int=2),
    code="practice_hours",
    label="Practice",
    minimum=18,  # type: ignore[arg-type]
    maximum=None,
    exceptional_maximum=None,
    unit_of_measure="hours",
    is_gate=True,
    source="",
)


def tree(count: int, checklist: tuple[TreeRule, ...] = ()) -> AssessmentTree:
    """An assessment of one unit; its first criterion has the gate on hours, each the checklist."""
    criteria = tuple(
        TreeCriterion(
            id=uuid.UUID(int=100 + at),
            unit_id=uuid.UUID(int=3),
            unit_ref="U",
            outcome_number=1,
            number=f"1.{at}",
            statement="",
            verb="",
            verb_meaning="",
            depth=(),
            guidance=(),
            example_evidence=(),
            referral=(),
            passes=(),
            gates=(HOURS,) if at == 1 else (),
            checklist=checklist,
        )
        for at in range(1, count + 1)
    )
    part = TreeOutcome(id=uuid.UUID(int=4), number=1, heading="", criteria=criteria)
    unit = TreeUnit(
        id=uuid.UUID(int=3),
        ref="U",
        number="1",
        uan="",
        title="",
        short_title="",
        level=5,
        credits=5,
        glh=None,
        aim="",
        outcomes=(part,),
    )
    return AssessmentTree(
        id=uuid.UUID(int=5),
        code="u",
        title="",
        method="portfolio",
        sheet_kind="result",
        specification_id=uuid.UUID(int=6),
        version="1",
        centre_id=None,
        corrected_on=None,
        specification_digest="0" * 64,
        qualification_number="",
        qualification_title="",
        qualification_level=5,
        awarding_body="",
        units=(unit,),
        sections=(),
    )
