"""The outcome is derived: whatever is judged, only complete passes pass and one referral refers."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from assessment.forms import hours_as_decimal
from assessment.models import Judgement
from assessment.queries.work import derived_outcome, sheet_blocks
from qualifications.queries import AssessmentTree, TreeCriterion, TreeOutcome, TreeRule, TreeUnit
from qualifications.rules import hours_in_words

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


def tree(count: int) -> AssessmentTree:
    """An assessment of one unit; its first criterion has the gate on hours."""
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
            checklist=(),
        )
        for at in range(1, count + 1)
    )
    part = TreeOutcome(id=uuid.UUID(int=4), number=1, title="", text="", criteria=criteria)
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
        corrected_on=None,
        specification_digest="0" * 64,
        qualification_number="",
        qualification_title="",
        qualification_level=5,
        awarding_body="",
        units=(unit,),
        sections=(),
    )


judged = st.tuples(
    st.sampled_from(["", "pass", "referral"]), st.sampled_from(["", "  ", "Because."])
)


@given(st.lists(judged, min_size=1, max_size=12), st.integers(0, 4000))
def test_the_outcome_and_what_blocks_signing(rows: list[tuple[str, str]], minutes: int) -> None:
    built = tree(len(rows))
    counts = {"practice_hours": hours_as_decimal(hours_in_words(minutes))}
    judgements = {
        criterion.id: Judgement(decision=decision, feedback=feedback, counts=counts)
        for criterion, (decision, feedback) in zip(built.criteria, rows, strict=True)
    }
    decisions = [decision for decision, _ in rows]
    outcome = derived_outcome(built, judgements).decision
    if "" in decisions:
        assert outcome is None
    else:
        assert outcome == ("referral" if "referral" in decisions else "pass")
    blocked = {block.mark for block in sheet_blocks(built, judgements)}
    assert blocked == {
        f"1.{at}"
        for at, (decision, feedback) in enumerate(rows, 1)
        if not decision
        or (decision == "referral" and not feedback.strip())
        or (decision == "pass" and at == 1 and minutes < 18 * 60)
    }


@given(st.integers(0, 9999 * 60))
def test_hours_typed_as_they_are_shown_are_the_same_minutes(minutes: int) -> None:
    stored = hours_as_decimal(hours_in_words(minutes))
    assert int(float(stored) * 60 + 1e-6) == minutes
    assert hours_as_decimal(f"{minutes // 60}:{minutes % 60:02}") == stored
