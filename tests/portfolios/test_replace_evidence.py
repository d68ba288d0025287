"""A newer file is the next version; what is there already stays."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from centres.models import AuditEvent
from centres.refusals import Refusal, TransitionError
from portfolios.actions import make_claim, replace_evidence, withdraw_evidence
from portfolios.models import EvidenceVersion, StoredFile
from tests.portfolios.samples import pdf_number, upload
from tests.portfolios.test_add_evidence import stored_paths

pytestmark = pytest.mark.django_db


def test_the_newer_file_is_version_two(alder: Any, within: Any, add: Any, events: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        events(alder)
        version = replace_evidence(
            actor=alder.una,
            centre=alder.centre,
            evidence=item,
            upload=upload("plan 2.pdf", pdf_number(2)),
        )
        assert version.number == 2
        assert events(alder) == ["evidence.replaced"]
        facts = AuditEvent.objects.for_centre(alder.centre).latest("seq").facts
        assert (facts["number"], facts["version"], facts["sha256"]) == (1, 2, version.file.sha256)
        rows = EvidenceVersion.objects.for_centre(alder.centre).filter(evidence=item)
        assert [row.number for row in rows] == [1, 2]


def test_versions_and_files_are_never_changed(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        add(alder.una_registration)
        for model in (EvidenceVersion, StoredFile):
            rows = model.objects.for_centre(alder.centre)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(id=rows.get().pk)
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.get().delete()


def test_the_same_bytes_are_refused(alder: Any, within: Any, add: Any, events: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        events(alder)
        with pytest.raises(Refusal, match="byte for byte"):
            replace_evidence(
                actor=alder.una, centre=alder.centre, evidence=item, upload=upload("other.pdf")
            )
        assert events(alder) == []
    assert len(stored_paths()) == 1


def test_claimed_places_must_stay_to_be_found(
    alder: Any, within: Any, add: Any, criteria: Any
) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        make_claim(
            actor=alder.una,
            centre=alder.centre,
            evidence=item,
            criterion=criteria["1.1"],
            anchor="page",
            place=2,
        )
        with pytest.raises(Refusal, match="point to places"):
            replace_evidence(
                actor=alder.una, centre=alder.centre, evidence=item, upload=upload("talk.mp3")
            )
        replaced = replace_evidence(
            actor=alder.una, centre=alder.centre, evidence=item, upload=upload("report.docx")
        )
    assert replaced.number == 2


def test_a_withdrawn_item_is_restored_first(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        withdraw_evidence(actor=alder.una, centre=alder.centre, evidence=item)
        item.refresh_from_db()
        with pytest.raises(TransitionError, match="is withdrawn"):
            replace_evidence(
                actor=alder.una,
                centre=alder.centre,
                evidence=item,
                upload=upload("b.pdf", pdf_number(3)),
            )
    assert len(stored_paths()) == 1


def test_only_the_learner_replaces(alder: Any, within: Any, add: Any) -> None:
    with within(alder.centre):
        item = add(alder.una_registration)
        for other in (alder.ted, alder.pat, alder.max):
            with pytest.raises(PermissionDenied):
                replace_evidence(
                    actor=other,
                    centre=alder.centre,
                    evidence=item,
                    upload=upload("b.pdf", pdf_number(4)),
                )
    assert len(stored_paths()) == 1
