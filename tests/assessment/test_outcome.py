"""The outcome is derived: whatever is judged, only complete passes pass and one referral refers."""

from hypothesis import given
from hypothesis import strategies as st

from assessment.forms import hours_as_decimal
from assessment.models import Judgement
from assessment.queries.work import derived_outcome, sheet_blocks
from qualifications.rules import hours_in_words
from tests.assessment.trees import tree

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
