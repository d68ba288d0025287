"""Drafts of a mark sheet: whole marks within a section, kept whole whatever two tabs do."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.actions import DraftConflict, save_comment, save_judgement
from assessment.models import DraftRevision, SectionMark, Sheet
from centres.refusals import Refusal, TransitionError
from centres.tenancy import centre_context
from portfolios.models import Submission
from qualifications.models import Criterion
from tests.assessment import marking, scenes
from tests.assessment.marking import MarkScene, save, stored
from tests.cast import Cast

within_one_transaction = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, registered on a pathway with a mark sheet."""
    return marking.orchard(alder)


@pytest.fixture
def submission(scene: MarkScene) -> Submission:
    """Her diary, handed in."""
    return marking.hand_in(scene)


def test_the_first_save_opens_a_sheet_and_enters_nothing_in_the_ledger(
    scene: MarkScene, submission: Submission
) -> None:
    with scenes.new_events(scene.cast) as events:
        saved = save(scene, submission, 2, mark="31", strengths="Clear.", counts={"hours": "12.50"})
    assert events == []
    assert saved.revision == 1
    row = stored(scene, submission, 2)
    assert (row.mark, row.strengths, row.improvements) == (31, "Clear.", "")
    assert row.counts == {"hours": "12.5"}
    with centre_context(scene.cast.centre.pk):
        (kept,) = DraftRevision.objects.for_centre(scene.cast.centre)
    assert kept.part_kind == "section"
    assert kept.content == {
        "mark": 31,
        "strengths": "Clear.",
        "improvements": "",
        "counts.hours": "12.5",
    }


def test_what_is_not_sent_stays_and_an_empty_mark_is_taken_back(
    scene: MarkScene, submission: Submission
) -> None:
    save(scene, submission, 1, mark=0, strengths="Short.")
    save(scene, submission, 1, improvements="Longer, please.", base_revision=1)
    row = stored(scene, submission, 1)
    assert (row.mark, row.strengths, row.improvements) == (0, "Short.", "Longer, please.")
    save(scene, submission, 1, mark="", base_revision=2)
    assert stored(scene, submission, 1).mark is None


def test_saving_nothing_opens_nothing(scene: MarkScene, submission: Submission) -> None:
    assert save(scene, submission, 1, mark=" ", strengths="").revision == 0
    with centre_context(scene.cast.centre.pk):
        assert not Sheet.objects.for_centre(scene.cast.centre).exists()


@within_one_transaction
@given(position=st.integers(1, 3), mark=st.integers(-3, 105))
def test_a_mark_is_kept_from_nothing_to_the_maximum_and_refused_outside(
    scene: MarkScene, submission: Submission, position: int, mark: int
) -> None:
    section = scene.tree.sections[position - 1]
    with centre_context(scene.cast.centre.pk):
        rows = SectionMark.objects.for_centre(scene.cast.centre).filter(section=section.id)
        row = rows.first()
    before, base = (row.mark, row.revision) if row else (None, 0)
    if 0 <= mark <= section.maximum:
        save(scene, submission, position, mark=mark, base_revision=base)
        assert stored(scene, submission, position).mark == mark
        return
    with pytest.raises(Refusal) as refused:
        save(scene, submission, position, mark=mark, base_revision=base)
    assert f"a whole number from 0 to {section.maximum}" in str(refused.value)
    assert refused.value.source == "9001 specification, mark sheet"
    with centre_context(scene.cast.centre.pk):
        row = rows.first()
    assert (row.mark if row else None) == before


@pytest.mark.parametrize("typed", ["17.5", "1e1", "٣", "3 0", "+4", "ten", "0x1", "9" * 40, "1,0"])
def test_what_is_no_whole_number_is_refused(
    scene: MarkScene, submission: Submission, typed: str
) -> None:
    with pytest.raises(Refusal, match="a mark is a whole number"):
        save(scene, submission, 3, mark=typed)


def test_two_tabs_lose_nothing(scene: MarkScene, submission: Submission) -> None:
    save(scene, submission, 2, mark=20, strengths="From tab A.", base_revision=0, tab="a")
    with pytest.raises(DraftConflict) as conflict:
        save(scene, submission, 2, mark=30, improvements="B’s.", base_revision=0, tab="b")
    assert conflict.value.current == {"mark": 20}
    assert conflict.value.revision == 1
    row = stored(scene, submission, 2)
    assert (row.mark, row.improvements) == (20, "")
    with centre_context(scene.cast.centre.pk):
        aside = DraftRevision.objects.for_centre(scene.cast.centre).get(part_kind="section-aside")
    assert aside.content == {"mark": 30, "improvements": "B’s."}
    save(scene, submission, 2, mark=30, improvements="B’s.", base_revision=1, tab="b")
    row = stored(scene, submission, 2)
    assert (row.mark, row.strengths, row.improvements) == (30, "From tab A.", "B’s.")


def test_two_tabs_in_different_fields_are_merged(scene: MarkScene, submission: Submission) -> None:
    save(scene, submission, 1, mark=7, base_revision=0, tab="a")
    save(scene, submission, 1, mark="", strengths="B’s.", base_revision=0, tab="b")
    row = stored(scene, submission, 1)
    assert (row.mark, row.strengths, row.revision) == (7, "B’s.", 2)


def test_what_is_typed_after_the_decision_is_refused_and_kept_aside(
    scene: MarkScene, submission: Submission
) -> None:
    marking.mark_all(scene, submission)
    marking.sign(scene, submission)
    with pytest.raises(TransitionError, match="Pat Willow of Alder signed it on"):
        save(scene, submission, 1, mark=9, strengths="Too late.", base_revision=1)
    assert stored(scene, submission, 1).mark == 5
    with centre_context(scene.cast.centre.pk):
        aside = DraftRevision.objects.for_centre(scene.cast.centre).get(part_kind="section-aside")
    assert aside.content == {"mark": 9, "strengths": "Too late."}


def test_a_count_of_another_section_and_a_text_too_long_are_refused(
    scene: MarkScene, submission: Submission
) -> None:
    with pytest.raises(Refusal, match="Nothing called “hours” is counted on section 1"):
        save(scene, submission, 1, counts={"hours": "12"})
    with pytest.raises(Refusal, match="5,000 is the most"):
        save(scene, submission, 1, improvements="x" * 5001)


def test_a_sheet_is_marked_by_section_or_judged_by_criterion_and_never_both(
    scene: MarkScene, submission: Submission, alder: Cast
) -> None:
    cast = scene.cast
    with centre_context(cast.centre.pk):
        criterion = Criterion.objects.select_related("outcome").get(pk=scene.tree.criteria[0].id)
    who: dict[str, Any] = {"actor": cast.pat, "centre": cast.centre, "submission": submission}
    with pytest.raises(Refusal, match="marked section by section"), scenes.refusing(cast):
        save_judgement(criterion=criterion, decision="pass", **who)
    with pytest.raises(Refusal, match="no comments on learning outcomes"), scenes.refusing(cast):
        save_comment(outcome=criterion.outcome, audience="learner", text="Good.", **who)
    result = scenes.submitted(alder, "ted")
    with pytest.raises(Refusal, match="not part of the assessment"):
        save(scene, result, 1, mark=5)
    with centre_context(cast.centre.pk):
        assert not Sheet.objects.for_centre(cast.centre).exists()
