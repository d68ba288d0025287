"""The papers of a signed mark sheet, made from the tables: what was marked is what is printed."""

import pytest

from assessment.confirmation import Confirmation, ConfirmingComment, reissue_documents
from assessment.models import Document
from assessment.paper.marks import MarkPaper
from assessment.paper_content import paper_of
from centres.tenancy import centre_context
from tests.assessment import marking
from tests.assessment.marking import REDO, MarkScene
from tests.assessment.paper.reading import attachment, whole_text
from tests.assessment.signed import content_of, issue, open_profile, papers
from tests.cast import Cast

MARKS = (7, 24, 33)


@pytest.fixture
def scene(alder: Cast) -> MarkScene:
    """Una of Alder, registered on a pathway with a mark sheet."""
    return marking.orchard(alder)


@open_profile
def test_both_papers_hold_every_mark_and_their_own_manifest(scene: MarkScene) -> None:
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission, MARKS)
    sheet = marking.sign(scene, submission)
    with centre_context(scene.cast.centre.pk):
        made = papers(sheet)
        issue(scene.cast.centre, *made.values())
    assert set(made) == {"learner", "file"}
    for copy, document in made.items():
        pdf = content_of(document)
        text = whole_text(pdf)
        for section, mark in zip(scene.tree.sections, MARKS, strict=True):
            assert f"Section {section.position}: {section.title}" in text
            assert f"{section.maximum} {section.minimum} {mark}" in text
            assert f"What is good in {section.title}." in text
        for said in (
            "Mark sheet",
            "Provisional: referral",
            "O-2 Pressing",
            "O-3 Reviewing the season",
            "Tells how press and harvest hang together. (O-2 1.1, O-3 1.1)",
            "Hours among the trees 12 h 30",
            "64 of 100 marks; section 2, Press and yield, has 24 of the 25 it needs.",
            "Section referral: this is to be redone.",
            REDO,
            "Total of 100 marks 64",
            "Outcome REFERRAL Not given yet",
            "Learner’s copy" if copy == "learner" else "File copy",
        ):
            assert said in text, said
        assert attachment(pdf) == ("manifest.json", document.manifest.encode())


@open_profile
def test_quality_assurances_marks_fill_their_column(scene: MarkScene) -> None:
    cast = scene.cast
    submission = marking.hand_in(scene)
    marking.mark_all(scene, submission, (5, 25, 20))
    sheet = marking.sign(scene, submission)
    sections = scene.tree.sections
    with centre_context(cast.centre.pk):
        reissued = reissue_documents(
            actor=cast.jo,
            sheet=sheet,
            confirmation=Confirmation(
                standing=Document.Standing.SAMPLED,
                explanation="Sampled by the centre.",
                qa_marks={
                    str(section.id): mark
                    for section, mark in zip(sections, (6, 26, 19), strict=True)
                },
                qa_outcome="referral",
                comments=(
                    ConfirmingComment(str(sections[2].id), "section 3", "learner", "One short."),
                    ConfirmingComment(str(sections[0].id), "section 1", "file", "Kept back."),
                ),
            ),
        )
        said = {row.copy: paper_of(row) for row in reissued}
    learner, file = said["learner"], said["file"]
    assert isinstance(learner, MarkPaper)
    assert isinstance(file, MarkPaper)
    assert [section.qa_mark for section in learner.sections] == [6, 26, 19]
    assert (learner.qa_half.total, learner.qa_half.outcome) == ("51", "referral")
    assert learner.qa_half.referred == "3 Reckoning"
    assert (learner.assessor_half.total, learner.assessor_half.outcome) == ("50", "pass")
    assert [len(section.comments) for section in learner.sections] == [0, 0, 1]
    assert [len(section.comments) for section in file.sections] == [1, 0, 1]
