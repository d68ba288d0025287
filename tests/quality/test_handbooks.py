"""A handbook becomes a version of one centre alone, and nothing doubtful goes unanswered."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from centres.actions import enrol_learner
from centres.models import AuditEvent, User
from centres.refusals import ChangedSinceShown, Refusal, TransitionError
from centres.signatures import Proof
from centres.tenancy import centre_context
from qualifications.catalogue import specifications_for
from qualifications.catalogue_edits import with_unit
from qualifications.held_content import held_content
from qualifications.models import Criterion, NumericRule, Pathway, Specification
from qualifications.search import asked, search_page
from quality.actions.handbook import clear_handbook, discard_handbook, revise_handbook
from quality.models import HandbookImport
from tests.assessment.scenes import new_events, refusing
from tests.cast import Cast, fresh_proof, make_user
from tests.quality import handbooks as making
from tests.quality.external import DAY, refusing_is

pytestmark = pytest.mark.django_db
OF_503 = "8588-503"


def found(cast: Cast, text: str) -> int:
    """How many criteria the centre's search finds."""
    with centre_context(cast.centre.pk):
        return search_page(cast.centre.pk, asked(text), 1).page.paginator.count


def test_a_handbook_is_read_in_the_background_with_a_row_for_each_doubt(alder: Cast) -> None:
    with new_events(alder) as events:
        held = making.imported(alder)
        assert (held.state, held.asked_by, held.name) == ("queued", alder.lea, "orchard.txt")
        assert making.run(alder, held) == "read"
    assert events == ["handbook.imported", "handbook.read"]
    now = making.fresh(alder, held)
    assert (now.state, now.token, now.progress) == ("read", None, "")
    assert (
        now.result and now.result["units"][0]["title"]["value"] == "Looking Back at an Orchard Year"
    )
    (doubt,) = making.warnings_of(alder, held)
    assert (doubt.line, doubt.where, doubt.taken, doubt.resolution) == (0, "line 1", "503", "")


@pytest.mark.parametrize("who", ["una", "pat", "jo", "max", "ada", "tia", "eve"])
def test_only_the_lead_imports(alder: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        making.imported(alder, actor=getattr(alder, who))
    with centre_context(alder.centre.pk):
        assert not HandbookImport.objects.for_centre(alder.centre).exists()


def test_a_picture_is_no_handbook(alder: Cast) -> None:
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde"
    upload = SimpleUploadedFile("cover.png", png + b"\0" * 100)
    with pytest.raises(Refusal):
        making.imported(alder, upload=upload)


def test_the_version_has_the_handbooks_words_on_the_known_frame(alder: Cast) -> None:
    version = making.published(alder).specification
    assert version and (version.published_by, version.version) == (alder.lea.full_name, "own-1")
    with centre_context(alder.centre.pk):
        own, base = held_content(version), held_content(making.known(alder))
        assert specifications_for(alder.centre.pk).filter(pk=version.pk).exists()
    said = {c.number: c.statement for u in own.units if u.ref == OF_503 for c in u.criteria}
    assert said == making.STATEMENTS
    assert [u.rules for u in own.units] == [u.rules for u in base.units]
    assert own.pathways == base.pathways and own.templates == base.templates
    assert [replace(a, sections=()) for a in own.assessments] == [
        replace(a, sections=()) for a in base.assessments
    ]
    assert own.units[0] == base.units[0]


def test_a_learner_is_enrolled_on_the_own_version_under_the_shared_approval(alder: Cast) -> None:
    version = making.version_of(alder)
    with centre_context(alder.centre.pk):
        pathway = Pathway.objects.get(specification=version, code="8588-21")
        person = make_user("new@alder.example.org", "Nell New")
        alder.centre.memberships.create(user=person, role="learner")
        made = enrol_learner(
            actor=alder.max,
            centre=alder.centre,
            learner=person,
            pathway=pathway,
            certificate_name="Nell New",
            date_of_birth=datetime.date(1990, 5, 17),
            enrolled_on=alder.una_registration.enrolled_on,
        )
        assert made.pathway.specification_id == version.pk


def test_the_other_centre_finds_no_word_of_it(alder: Cast, birch: Cast) -> None:
    version = making.version_of(alder)
    assert found(alder, "orchard ladder") == 1
    assert found(birch, "orchard ladder") == 0
    with centre_context(birch.centre.pk):
        assert not Specification.objects.filter(pk=version.pk).exists()
        assert not Criterion.objects.filter(statement__contains=making.WORDS).exists()
        assert not NumericRule.objects.filter(specification=version.pk).exists()
        assert not HandbookImport.objects.all().exists()


def test_what_does_not_fit_the_known_version_is_added_to_the_doubts(alder: Cast) -> None:
    held = making.draft(alder)
    told = [row.why for row in making.warnings_of(alder, held)]
    assert any("no page of unit 8588-501" in why for why in told)
    assert [row.position for row in making.warnings_of(alder, held)] == [*range(1, len(told) + 1)]


def test_the_known_words_never_stand_in_without_being_told(alder: Cast) -> None:
    held = making.draft(alder)
    [told] = [row for row in making.warnings_of(alder, held) if "none of these" in row.why]
    assert told.why.startswith(f"The page of {OF_503} has none of these:")
    assert "typical passes" in told.why and "guidance" not in told.why
    assert told.taken == f"the words of version {making.known(alder).version}"


def test_nothing_is_published_while_a_doubt_is_open(alder: Cast) -> None:
    held = making.draft(alder)
    rows = making.warnings_of(alder, held)
    making.answer(alder, held, warnings=[row.pk for row in rows[1:]])
    with refusing_is(alder, TransitionError, "1 doubtful reading of this handbook is not answered"):
        making.publish(alder, held)
    making.answer(alder, held, warnings=[rows[0].pk])
    assert making.publish(alder, held).is_published
    assert making.warnings_of(alder, held)[0].resolved_by == alder.lea


def test_a_correction_needs_a_note_and_a_draft(alder: Cast) -> None:
    held = making.read(alder)
    corrected = {"resolution": "corrected", "note": "The title is right now."}
    with refusing_is(alder, Refusal, "A correction says what was put right"):
        making.answer(alder, held, **{**corrected, "note": "  "})
    with refusing_is(alder, TransitionError, "no draft yet"):
        making.answer(alder, held, **corrected)
    held = making.draft(alder, held)
    making.answer(alder, held, **corrected)
    row = making.warnings_of(alder, held)[0]
    assert (row.resolution, row.note) == ("corrected", "The title is right now.")


def test_a_reading_of_another_handbook_is_not_answered_for(alder: Cast) -> None:
    one, other = making.read(alder), making.read(alder)
    foreign = [row.pk for row in making.warnings_of(alder, other)]
    with refusing_is(alder, Refusal, "not one of this handbook"):
        making.answer(alder, one, warnings=foreign)
    assert making.warnings_of(alder, other)[0].resolution == ""


def test_a_handbook_of_unknown_units_makes_no_draft(alder: Cast) -> None:
    held = making.read(alder, making.handbook_text("977"))
    with refusing_is(alder, Refusal, "result sheets, mark sheets and pathways are missing"):
        making.draft(alder, held)
    assert making.fresh(alder, held).specification is None


def test_the_draft_is_changed_as_it_was_shown_or_not_at_all(alder: Cast) -> None:
    held = making.draft(alder)
    assert held.specification
    with centre_context(alder.centre.pk):
        entry = held_content(held.specification)
    changed = with_unit(entry, 4, replace(entry.units[3], title="Another title"))
    given: dict[str, Any] = {
        "actor": alder.lea,
        "centre": alder.centre,
        "handbook": held,
        "entry": changed,
    }
    digest = held.specification.digest
    with refusing(alder):
        revise_handbook(**given, expected_digest=digest)
    with pytest.raises(ChangedSinceShown), refusing(alder):
        revise_handbook(**given, expected_digest=digest)
    with pytest.raises(ChangedSinceShown):
        making.answer(alder, held)
        making.publish(alder, held, shown_digest=digest)


def test_publishing_needs_a_fresh_proof_and_a_name(alder: Cast) -> None:
    held = making.draft(alder)
    making.answer(alder, held)
    old = fresh_proof()
    with refusing_is(alder, Refusal, "not older than five minutes"):
        making.publish(alder, held, proof=Proof(method=old.method, at=old.at - DAY))
    User.objects.filter(pk=alder.lea.pk).update(full_name=" ")
    alder.lea.refresh_from_db()
    with refusing_is(alder, Refusal, "your login has no name"):
        making.publish(alder, held)


def test_a_published_import_is_closed(alder: Cast) -> None:
    held = making.published(alder)
    for again in (making.publish, making.answer, making.draft):
        with pytest.raises(TransitionError):
            again(alder, held)
    with pytest.raises(TransitionError), refusing(alder):
        discard_handbook(actor=alder.lea, centre=alder.centre, handbook=held)


def test_giving_up_takes_the_draft_and_keeps_what_was_read(alder: Cast) -> None:
    held = making.draft(alder)
    draft = held.specification_id
    with refusing(alder):
        discard_handbook(actor=alder.lea, centre=alder.centre, handbook=held)
    now = making.fresh(alder, held)
    assert (now.state, now.closed_by, now.specification_id) == ("discarded", alder.lea, None)
    assert now.result is not None
    with centre_context(alder.centre.pk):
        assert not Specification.objects.filter(pk__in=[draft]).exists()


def test_a_second_edition_stands_on_the_own_version(alder: Cast) -> None:
    own = making.version_of(alder)
    text = making.handbook_text(c12="Explain which hedges were left out")
    second = making.draft(alder, making.read(alder, text), known=own, version="own-2")
    assert second.specification and second.specification.based_on_id == own.pk
    with centre_context(alder.centre.pk):
        old, new = held_content(own), held_content(second.specification)
    changed = [
        (a.number, b.statement)
        for a, b in zip(old.units[3].criteria, new.units[3].criteria, strict=True)
        if a != b
    ]
    assert changed == [("1.2", "Explain which hedges were left out")]


def test_a_taken_label_is_refused(alder: Cast) -> None:
    making.published(alder)
    second = making.read(alder)
    with refusing_is(alder, Refusal, "has a version own-1 already"):
        making.draft(alder, second)


@pytest.mark.parametrize("label", ["2.0", " 2.0 "])
def test_an_own_version_takes_no_label_of_a_shared_one(alder: Cast, label: str) -> None:
    held = making.read(alder)
    with refusing_is(alder, Refusal, "has a version 2.0 already"):
        making.draft(alder, held, version=label)
    held = making.draft(alder, held)
    assert held.specification
    with centre_context(alder.centre.pk):
        entry = replace(held_content(held.specification), version="2.0")
    with refusing_is(alder, Refusal, "has a version 2.0 already"):
        revise_handbook(
            actor=alder.lea,
            centre=alder.centre,
            handbook=held,
            entry=entry,
            expected_digest=held.specification.digest,
        )


def test_the_database_keeps_an_own_version_from_a_shared_label(alder: Cast, birch: Cast) -> None:
    making.draft(birch, version="own-1")
    held = making.draft(alder, version="own-1")
    rows = Specification.objects.filter(pk__in=[held.specification_id])
    with centre_context(alder.centre.pk):
        with pytest.raises(IntegrityError, match="every centre shares"), transaction.atomic():
            rows.update(version="2.0")
        assert rows.update(version="2.0 Alder") == 1


def test_a_label_that_the_platform_took_meanwhile_is_changed_before_publication(
    alder: Cast,
) -> None:
    held = making.draft(alder, version="3.0")
    making.answer(alder, held)
    making.share(making.known(alder), "3.0")
    with refusing_is(alder, Refusal, "has a version 3.0 already"):
        making.publish(alder, held)


def test_an_import_is_cleared_once_it_is_closed_and_by_the_lead_alone(alder: Cast) -> None:
    held = making.imported(alder, "Apples and pears.")
    given: dict[str, Any] = {"actor": alder.lea, "centre": alder.centre, "handbook": held}
    with refusing_is(alder, TransitionError, "could not be read, or was given up"):
        clear_handbook(**given)
    making.run(alder, held)
    with pytest.raises(PermissionDenied), refusing(alder):
        clear_handbook(**{**given, "actor": alder.max})
    with new_events(alder) as events, refusing(alder):
        clear_handbook(**given)
    assert events == ["handbook.cleared"]
    assert making.fresh(alder, held).cleared_at is not None


def test_a_title_that_is_not_printed_is_told(alder: Cast) -> None:
    text = making.handbook_text().replace(" Looking Back at an Orchard Year", "")
    held = making.draft(alder, making.read(alder, text))
    [told] = [row.why for row in making.warnings_of(alder, held) if "none of these" in row.why]
    assert "none of these: title" in told


def test_the_ledger_has_every_step_and_no_word_of_the_handbook(alder: Cast) -> None:
    with new_events(alder) as events:
        making.published(alder)
    steps = ("imported", "read", "drafted", "answered", "published")
    assert events == [f"handbook.{step}" for step in steps]
    with centre_context(alder.centre.pk):
        facts = str([event.facts for event in AuditEvent.objects.for_centre(alder.centre)])
    assert making.WORDS not in facts
