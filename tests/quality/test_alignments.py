"""Alignments: derived coverage, drafts that lose nothing, approval by name, versions."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessment.actions import DraftConflict
from centres.actions import end_approval
from centres.canonical import text_hash
from centres.models import Membership, Role, Signature
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.tenancy import centre_context
from quality.models import Alignment, AlignmentCriterion, AlignmentPaper, AlignmentUnit
from quality.queries.alignments import alignment_manifest
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast
from tests.quality.alignments import (
    approve,
    approved,
    covered,
    discarded,
    filled,
    fresh,
    next_of,
    paper_of,
    said,
    started,
    work_of,
)
from tests.quality.approvals import approval_of
from tests.quality.external import DAY

pytestmark = pytest.mark.django_db


def coverages(cast: Cast, alignment: Alignment) -> list[str]:
    return [str(line.coverage) for line in work_of(cast, alignment).units]


# Starting


def test_an_alignment_begins_as_the_first_version_and_covers_nothing(alder: Cast) -> None:
    with new_events(alder) as events:
        draft = started(alder)
    assert events == ["alignment.started"]
    assert (draft.version, draft.drafted_by, draft.approved_at) == (1, alder.max, None)
    assert set(coverages(alder, draft)) == {"none"}


@pytest.mark.parametrize("title", ["  ", "t" * 201])
def test_a_programme_without_a_title_is_refused(alder: Cast, title: str) -> None:
    with new_events(alder) as events, pytest.raises(Refusal):
        started(alder, title=title)
    assert events == []


def test_a_pathway_that_the_centre_is_not_approved_for_is_refused(alder: Cast) -> None:
    held = approval_of(alder)
    with refusing(alder):
        end_approval(actor=alder.max, centre=alder.centre, approval=held, on=held.starts_on + DAY)
    with pytest.raises(Refusal, match="approved for"):
        started(alder)


@pytest.mark.parametrize("who", ["pat", "jo", "ada", "una", "eve"])
def test_only_managers_and_the_lead_change_alignments(alder: Cast, who: str) -> None:
    draft = filled(alder)
    person = getattr(alder, who)
    for change in (
        lambda: started(alder, actor=person),
        lambda: covered(alder, draft, actor=person, typed={"qcm": "Q"}),
        lambda: said(alder, draft, actor=person, typed={"comment": "C"}),
        lambda: next_of(alder, draft, actor=person),
    ):
        with new_events(alder) as events, pytest.raises(PermissionDenied):
            change()
        assert events == []


@pytest.mark.parametrize("who", ["max", "pat", "jo", "ada", "una", "eve"])
def test_only_the_lead_approves(alder: Cast, who: str) -> None:
    draft = filled(alder)
    with new_events(alder) as events, pytest.raises(PermissionDenied):
        approve(alder, draft, actor=getattr(alder, who))
    assert events == []


# Coverage


def test_coverage_is_none_then_partial_then_full_as_the_criteria_are_filled(alder: Cast) -> None:
    draft = started(alder)
    said(alder, draft, typed={"strategies-1.1": "Workshops."})
    assert coverages(alder, draft)[0] == "partial"
    said(alder, draft, typed={"strategies-1.1": " \n "})
    assert coverages(alder, draft)[0] == "none"
    filled(alder, draft)
    assert set(coverages(alder, draft)) == {"full"}


def test_a_coverage_of_ones_own_stands_and_needs_a_comment(alder: Cast) -> None:
    draft = filled(alder)
    with pytest.raises(Refusal, match="needs a comment"):
        said(alder, draft, typed={"coverage": "partial"})
    said(alder, draft, typed={"coverage": "partial", "comment": "Seminar is new."})
    line = work_of(alder, draft).units[0]
    assert (line.coverage, line.suggested) == ("partial", "full")
    with pytest.raises(Refusal, match="needs a comment"):
        said(alder, draft, typed={"comment": ""})
    said(alder, draft, typed={"coverage": "", "comment": ""})
    assert coverages(alder, draft)[0] == "full"


def test_the_database_itself_wants_a_comment_with_a_coverage(alder: Cast) -> None:
    draft = filled(alder)
    with centre_context(alder.centre.pk):
        rows = AlignmentUnit.objects.for_centre(alder.centre).filter(alignment=draft)
        with pytest.raises(DatabaseError, match="override"), transaction.atomic():
            rows.update(coverage="full", comment="")


def test_a_unit_that_says_nothing_is_never_set_to_full(alder: Cast) -> None:
    draft = started(alder)
    full = {"coverage": "full", "comment": "Taught elsewhere."}
    with new_events(alder) as events, pytest.raises(Refusal, match="can’t be set to full"):
        said(alder, draft, typed=full)
    assert events == []
    assert work_of(alder, draft).units[0].row.revision == 0
    said(alder, draft, typed={**full, "strategies-1.1": "A workshop."})
    with pytest.raises(Refusal, match="can’t be set to full"):
        said(alder, draft, typed={"strategies-1.1": " "})
    assert coverages(alder, draft)[0] == "full"
    said(alder, draft, typed={"strategies-1.1": "", "coverage": "", "comment": ""})
    assert coverages(alder, draft)[0] == "none"


def test_the_database_itself_refuses_full_over_nothing(alder: Cast) -> None:
    draft = started(alder)
    said(alder, draft, typed={"comment": "C"})
    with centre_context(alder.centre.pk):
        rows = AlignmentUnit.objects.for_centre(alder.centre).filter(alignment=draft)
        with pytest.raises(DatabaseError, match="full coverage is refused"), transaction.atomic():
            rows.update(coverage="full")


def test_full_by_hand_over_texts_that_were_taken_out_does_not_stand(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"coverage": "full", "comment": "Taught elsewhere."})
    with centre_context(alder.centre.pk):
        numbers = [line.criterion.pk for line in work_of(alder, draft).units[0].criteria]
        said_of = AlignmentCriterion.objects.for_centre(alder.centre).filter(
            alignment=draft, criterion__in=numbers
        )
        said_of.update(learning_strategies="", assessment_evidence="\n")
    assert coverages(alder, draft)[0] == "none"
    with pytest.raises(Refusal, match="covered not at all"):
        approve(alder, draft)
    with (
        centre_context(alder.centre.pk),
        pytest.raises(DatabaseError, match="not covered in full"),
        transaction.atomic(),
    ):
        Alignment.objects.for_centre(alder.centre).filter(pk=draft.pk).update(
            approved_by=alder.lea, approved_name="Lea", approved_at=draft.saved_at
        )


def test_full_by_hand_over_gaps_says_over_what_and_that_is_signed(alder: Cast) -> None:
    draft = filled(alder)
    typed = {"evidence-1.1": "", "strategies-1.2": "", "comment": "Taught at work."}
    said(alder, draft, typed={**typed, "coverage": "full"})
    line = work_of(alder, draft).units[0]
    count = len(line.criteria)
    assert line.overridden == f"{count - 2} of {count} criteria filled in, not 1.1 and 1.2"
    done = approve(alder, draft)
    with centre_context(alder.centre.pk):
        signature = Signature.objects.for_centre(alder.centre).get(subject_id=done.pk)
    assert signature.sentence.endswith(
        f"{line.unit.ref} is set to full by hand, for the reason in its comment: {line.overridden}."
    )
    unit = json.loads(signature.manifest)["units"][0]
    assert (unit["filled"], unit["not_filled"]) == (count - 2, ["1.1", "1.2"])
    assert (unit["suggested"], unit["coverage"], unit["set_by_hand"]) == ("partial", "full", True)
    assert unit["comment"] == text_hash("Taught at work.")
    again = next_of(alder, done)
    assert work_of(alder, again).units[0].overridden == line.overridden


@pytest.mark.parametrize(
    "typed",
    [
        {"comment": "c" * 5001},
        {"strategies-1.1": "s" * 5001},
        {"assessment_title": "t" * 201},
        {"coverage": "most", "comment": "Why."},
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_kept(alder: Cast, typed: dict[str, str]) -> None:
    draft = started(alder)
    with pytest.raises(Refusal):
        said(alder, draft, typed=typed)
    assert work_of(alder, draft).units[0].row.revision == 0


# Drafts


def test_a_draft_is_kept_without_an_event_and_names_nothing_it_was_not_sent(alder: Cast) -> None:
    draft = started(alder)
    with new_events(alder) as events:
        covered(alder, draft, typed={"qcm": " Quinn ", "overview": "One\r\ntwo"})
        saved = covered(alder, draft, typed={"bdm": "Bea", "approved_name": "Nobody"})
    assert events == []
    held = fresh(alder, draft)
    assert (held.qcm, held.bdm, held.overview) == ("Quinn", "Bea", "One\ntwo")
    assert (held.title, held.approved_name, saved.revision) == ("Orchard Leaders", "", 2)


def test_two_tabs_never_overwrite_each_other(alder: Cast) -> None:
    draft = started(alder)
    covered(alder, draft, typed={"qcm": "Quinn"}, base_revision=0)
    with pytest.raises(DraftConflict) as cover:
        covered(alder, draft, typed={"qcm": "Quill"}, base_revision=0)
    assert (cover.value.current["qcm"], cover.value.revision) == ("Quinn", 1)
    said(alder, draft, typed={"evidence-1.1": "A report."}, base_revision=0)
    with pytest.raises(DraftConflict) as unit:
        said(alder, draft, typed={"evidence-1.1": "A diary."}, base_revision=0)
    assert unit.value.current["evidence-1.1"] == "A report."
    again = said(alder, draft, typed={"evidence-1.1": "A report."}, base_revision=0)
    assert again.revision == 1


def test_a_unit_of_another_pathway_is_refused(alder: Cast) -> None:
    draft = started(alder)
    with centre_context(alder.centre.pk):
        strange = (
            type(work_of(alder, draft).units[0].unit)
            .objects.filter(specification=draft.pathway.specification_id)
            .exclude(pathway_units__pathway=draft.pathway)[0]
        )
    with pytest.raises(Refusal, match="no unit of"):
        said(alder, draft, unit=strange, typed={"comment": "C"})


# Approval


def test_an_alignment_with_gaps_is_refused_naming_its_criteria(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"evidence-1.1": "", "strategies-1.2": "", "evidence-1.2": ""})
    with new_events(alder) as events, pytest.raises(Refusal) as refused:
        approve(alder, draft)
    assert events == []
    ref = work_of(alder, draft).units[0].unit.ref
    assert (
        f"{ref} is covered in part: no assessment evidence on 1.1; "
        "no learning strategies and no assessment evidence on 1.2." in refused.value.rule
    )
    assert "Fill in what is missing" in refused.value.remedy
    assert fresh(alder, draft).approved_at is None


def test_a_unit_put_down_as_partial_by_hand_is_refused(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"coverage": "partial", "comment": "Not yet taught."})
    with pytest.raises(Refusal, match="put down as partial by hand"):
        approve(alder, draft)


def test_a_unit_without_a_title_of_assessment_is_refused(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, typed={"assessment_title": "  "})
    ref = work_of(alder, draft).units[0].unit.ref
    with new_events(alder) as events, pytest.raises(Refusal, match=f"assessment yet for {ref}"):
        approve(alder, draft)
    assert events == []
    with (
        centre_context(alder.centre.pk),
        pytest.raises(DatabaseError, match="no title of assessment"),
        transaction.atomic(),
    ):
        Alignment.objects.for_centre(alder.centre).filter(pk=draft.pk).update(
            approved_by=alder.lea, approved_name="Lea", approved_at=draft.saved_at
        )


def test_nobody_approves_a_version_that_they_wrote_in(alder: Cast) -> None:
    begun = filled(alder, started(alder, actor=alder.lea))
    cover = filled(alder, started(alder, title="Orchard Hands"))
    covered(alder, cover, actor=alder.lea, typed={"qcm": "Quinn"})
    unit = filled(alder, started(alder, title="Orchard Guides"))
    said(alder, unit, actor=alder.lea, typed={"comment": "A word of mine."})
    for draft in (begun, cover, unit):
        with new_events(alder) as events, pytest.raises(Refusal, match="You wrote in") as refused:
            approve(alder, draft)
        assert events == []
        assert "Nobody at the centre can approve it yet." in refused.value.remedy
        with (
            centre_context(alder.centre.pk),
            pytest.raises(DatabaseError, match="alignment_approved_by_another"),
            transaction.atomic(),
        ):
            Alignment.objects.for_centre(alder.centre).filter(pk=draft.pk).update(
                approved_by=alder.lea, approved_name="Lea", approved_at=draft.saved_at
            )


def test_the_refusal_names_who_else_could_approve_and_they_can(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, actor=alder.lea, typed={"comment": "A word of mine."})
    Membership.objects.create(
        centre=alder.centre,
        user=alder.jo,
        role=Role.LEAD_IQA,
        starts_on=timezone.localdate() - DAY,
    )
    with pytest.raises(Refusal) as refused:
        approve(alder, draft)
    assert refused.value.remedy == f"Ask {alder.jo.full_name} to approve it."
    assert approve(alder, draft, actor=alder.jo).approved_by == alder.jo


def test_a_save_that_changes_nothing_makes_nobody_a_writer(alder: Cast) -> None:
    draft = filled(alder)
    said(alder, draft, actor=alder.lea, typed={"strategies-1.1": "strategies-1.1 of 8588-500"})
    covered(alder, draft, actor=alder.lea, typed={"qcm": ""})
    assert fresh(alder, draft).writers == [alder.max.pk]
    assert approve(alder, draft).approved_by == alder.lea


def test_the_writers_of_the_next_version_begin_with_who_begins_it(alder: Cast) -> None:
    assert next_of(alder, approved(alder), actor=alder.lea).writers == [alder.lea.pk]


@pytest.mark.parametrize(
    ("field", "words"),
    [("overview", "has no overview"), ("assessment_manager", "names no Assessment Manager/QA")],
)
def test_a_cover_without_what_it_needs_is_refused(alder: Cast, field: str, words: str) -> None:
    draft = filled(alder)
    covered(alder, draft, typed={field: "  "})
    with new_events(alder) as events, pytest.raises(Refusal) as refused:
        approve(alder, draft)
    assert events == []
    assert f"The cover {words}." in refused.value.rule
    assert "on the cover" in refused.value.remedy
    covered(alder, draft, typed={field: "There now."})
    assert approve(alder, draft).approved_at


def test_a_cover_whose_other_names_are_open_is_approved(alder: Cast) -> None:
    draft = filled(alder)
    assert (draft.consultant, draft.qcm, draft.bdm) == ("", "", "")
    assert approve(alder, draft).approved_at


def test_approval_signs_all_of_it_and_queues_its_paper(alder: Cast) -> None:
    draft = filled(alder)
    digest = alignment_manifest(work_of(alder, draft)).digest
    with new_events(alder) as events:
        done = approve(alder, draft)
    assert events == ["signature.made", "alignment.approved", "document.queued"]
    assert (done.approved_by, done.approved_name) == (alder.lea, alder.lea.full_name)
    with centre_context(alder.centre.pk):
        signature = Signature.objects.for_centre(alder.centre).get(subject_id=done.pk)
    assert (signature.purpose, signature.digest) == ("alignment", digest)
    paper = paper_of(alder, done)
    assert (paper.state, paper.manifest_digest, paper.signers) == ("queued", digest, ["lead_iqa"])


def test_a_draft_that_changed_since_it_was_shown_is_not_approved(alder: Cast) -> None:
    draft = filled(alder)
    shown = alignment_manifest(work_of(alder, draft)).digest
    said(alder, draft, typed={"strategies-1.1": "Something else."})
    with new_events(alder) as events, pytest.raises(ChangedSinceShown):
        approve(alder, draft, shown_digest=shown)
    assert events == []


def test_an_approved_alignment_takes_no_more_changes(alder: Cast) -> None:
    done = approved(alder)
    for change in (
        lambda: covered(alder, done, typed={"qcm": "Q"}),
        lambda: said(alder, done, typed={"comment": "C"}),
        lambda: approve(alder, done),
    ):
        with new_events(alder) as events, pytest.raises(TransitionError):
            change()
        assert events == []


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Alignment, {"qcm": "Q"}),
        (AlignmentUnit, {"comment": "C"}),
        (AlignmentCriterion, {"assessment_evidence": "E"}),
    ],
)
def test_the_database_itself_keeps_an_approved_alignment(
    alder: Cast, model: Any, change: dict[str, str]
) -> None:
    done = approved(alder)
    with centre_context(alder.centre.pk):
        rows = model.objects.for_centre(alder.centre)
        assert rows.exists()
        with pytest.raises(DatabaseError, match="approved"), transaction.atomic():
            rows.update(**change)
        with (
            pytest.raises(DatabaseError, match="approved"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        if model is AlignmentUnit:
            with pytest.raises(DatabaseError, match="approved"), transaction.atomic():
                rows.create(centre=alder.centre, alignment=done, unit=rows[0].unit)


# Versions


def test_the_next_version_begins_with_all_that_the_approved_one_says(alder: Cast) -> None:
    done = approved(alder)
    with new_events(alder) as events:
        draft = next_of(alder, done)
    assert events == ["alignment.started"]
    assert (draft.version, draft.replaces_id, draft.approved_at) == (2, done.pk, None)
    old, new = work_of(alder, done), work_of(alder, draft)
    assert [line.criteria for line in old.units] == [line.criteria for line in new.units]
    assert {line.row.assessment_title for line in new.units} == {"A reflective account"}
    said(alder, draft, typed={"strategies-1.1": "Changed."})
    assert work_of(alder, done).units[0].criteria == old.units[0].criteria
    with centre_context(alder.centre.pk):
        assert AlignmentPaper.objects.for_centre(alder.centre).count() == 1


def test_a_version_is_followed_by_one_and_a_draft_by_none(alder: Cast) -> None:
    draft = filled(alder)
    with pytest.raises(TransitionError, match="draft still"):
        next_of(alder, draft)
    done = approve(alder, draft)
    next_of(alder, done)
    with new_events(alder) as events, pytest.raises(TransitionError, match="begun already"):
        next_of(alder, done)
    assert events == []


# Discarding


@pytest.mark.parametrize("version", [1, 2])
def test_a_draft_is_discarded_with_all_it_says_and_what_is_approved_stays(
    alder: Cast, version: int
) -> None:
    done = approved(alder)
    draft = filled(alder, started(alder, title="Orchard Hands"))
    if version == 2:
        draft = next_of(alder, done)
    with new_events(alder) as events:
        discarded(alder, draft)
    assert events == ["alignment.discarded"]
    with centre_context(alder.centre.pk):
        for model in (AlignmentUnit, AlignmentCriterion):
            assert not model.objects.for_centre(alder.centre).filter(alignment=draft).exists()
            assert model.objects.for_centre(alder.centre).filter(alignment=done).exists()
        assert not Alignment.objects.for_centre(alder.centre).filter(pk=draft.pk).exists()
    if version == 2:
        assert next_of(alder, done).version == 2


def test_an_approved_alignment_is_never_discarded(alder: Cast) -> None:
    done = approved(alder)
    with new_events(alder) as events, pytest.raises(TransitionError, match="never changes"):
        discarded(alder, done)
    assert events == []
    assert fresh(alder, done).approved_at is not None


@pytest.mark.parametrize("who", ["pat", "jo", "ada", "eve"])
def test_only_managers_and_the_lead_discard(alder: Cast, who: str) -> None:
    draft = started(alder)
    with new_events(alder) as events, pytest.raises(PermissionDenied):
        discarded(alder, draft, actor=getattr(alder, who))
    assert events == []
