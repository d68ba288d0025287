"""A paper that contradicts itself is refused before it is printed."""

from dataclasses import replace

import pytest

from assessment.paper.content import PaperFault
from tests.assessment.paper.papers import passed_paper, referral_paper


def test_the_learners_copy_keeps_only_comments_for_the_learner() -> None:
    whole = referral_paper()
    copy = whole.learner_copy()

    kept = [comment.audience for part in copy.outcomes for comment in part.comments]
    assert kept == ["learner", "learner", "learner"]
    assert copy.copy == "learner"
    assert [
        [replace(criterion, looked_for="") for criterion in part.criteria]
        for part in whole.outcomes
    ] == [list(part.criteria) for part in copy.outcomes]


def test_a_learners_copy_with_a_comment_to_the_file_is_refused() -> None:
    with pytest.raises(PaperFault, match="only comments for the learner"):
        replace(referral_paper(), copy="learner")


def test_the_learners_copy_has_nothing_of_what_was_looked_for() -> None:
    whole = referral_paper()
    copy = whole.learner_copy()

    assert whole.outcomes[0].criteria[0].looked_for
    assert not any(criterion.looked_for for part in copy.outcomes for criterion in part.criteria)
    opening, *rest = copy.outcomes
    with pytest.raises(PaperFault, match="does not hold what was looked for"):
        replace(copy, outcomes=(replace(opening, criteria=whole.outcomes[0].criteria), *rest))


def test_an_outcome_that_the_criteria_contradict_is_refused() -> None:
    with pytest.raises(PaperFault, match="criteria say referral and the sheet says pass"):
        replace(referral_paper(), outcome="pass")
    with pytest.raises(PaperFault, match="criteria say pass and the sheet says referral"):
        replace(passed_paper(), outcome="referral")


def test_a_referral_without_feedback_is_refused() -> None:
    paper = referral_paper()
    first, *others = paper.outcomes
    silent = tuple(replace(criterion, feedback=" ") for criterion in first.criteria)

    with pytest.raises(PaperFault, match=r"1\.3 is a referral and has no feedback"):
        replace(paper, outcomes=(replace(first, criteria=silent), *others))


def test_a_sheet_without_criteria_is_refused() -> None:
    with pytest.raises(PaperFault, match="at least one decided criterion"):
        replace(passed_paper(), outcomes=())


@pytest.mark.parametrize(
    ("verb", "statement", "lead", "rest"),
    [
        ("plan", "Plan a programme.", "Plan", " a programme."),
        ("maintain", "Keep a record.", "Maintain", " Keep a record."),
        ("critically review", "Critically review own role.", "Critically review", " own role."),
        ("use", "Useful feedback is kept.", "Use", " Useful feedback is kept."),
        ("plan", "plan, then act.", "plan", ", then act."),
    ],
)
def test_the_verb_leads_the_statement(verb: str, statement: str, lead: str, rest: str) -> None:
    criterion = replace(referral_paper().outcomes[0].criteria[0], verb=verb, statement=statement)

    assert (criterion.lead, criterion.rest) == (lead, rest)


def test_the_place_to_check_leaves_out_scheme_and_code() -> None:
    assert referral_paper().verify_place == "criterion.example/verify"


def test_the_digest_is_grouped_for_comparing() -> None:
    groups = referral_paper().digest_groups.split()

    assert len(groups) == 16
    assert "".join(groups) == referral_paper().digest
