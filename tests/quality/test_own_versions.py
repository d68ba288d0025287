"""A centre's own version under a label that a shared one took later: told apart wherever named, and
its official wording on sheets and papers."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from assessment.models import Document
from assessment.paper.content import ResultPaper
from assessment.paper_content import paper_of
from centres.actions import allocate_assessor
from centres.models import Registration, User
from centres.tenancy import centre_context
from qualifications.models import Pathway, Specification
from qualifications.version_names import version_name
from quality.alignment_paper import alignment_html, printed_alignment
from tests.cast import Cast
from tests.quality import alignments, moving
from tests.quality import handbooks as making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Client, User], Client]
OWN, SHARED = "version 3.0 (Alder Centre’s own)", "version 3.0"
OFFICIAL, OURS = "Know the year behind", "Look back over all of it"


@pytest.fixture
def own(alder: Cast) -> Specification:
    """Alder's own version 3.0, and then the platform's."""
    version = making.published(alder, version="3.0").specification
    assert version
    making.share(making.known(alder), "3.0")
    return version


@pytest.fixture
def una(alder: Cast, own: Specification) -> Registration:
    """Una, registered on it beside her registration on version 2.0."""
    with centre_context(alder.centre.pk):
        pathway = Pathway.objects.get(specification=own, code="8588-21")
    made = moving.enrolled_too(alder, pathway)
    with centre_context(alder.centre.pk):
        allocate_assessor(
            actor=alder.max, centre=alder.centre, registration=made, assessor=alder.pat
        )
    return moving.fresh(alder, made)


def page(client: Client, name: str, *args: object, **asked: str) -> str:
    answer = client.get(reverse(name, args=["alder", *args]), asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_name_says_whose_version_it_is(alder: Cast, own: Specification) -> None:
    assert version_name(own, "Alder Centre") == "3.0 (Alder Centre’s own)"
    assert version_name(own, "Orchard Coaches") == "3.0 (Orchard Coaches’ own)"
    assert str(own).endswith("version 3.0 (the centre’s own)")
    assert version_name(making.known(alder), "Alder Centre") == "2.0"


def test_two_versions_of_one_label_are_told_apart_wherever_they_are_chosen_or_named(
    alder: Cast, una: Registration, own: Specification, sign_in: SignIn
) -> None:
    max_, lea = sign_in(Client(), alder.max), sign_in(Client(), alder.lea)
    title = "8588-21 Level 5 Certificate in Effective Coaching and Mentoring"
    for name in ("centres:registration-new", "quality:alignment-new"):
        said = page(max_, name)
        assert f">{title}, {OWN}</option>" in said and f">{title}, {SHARED}</option>" in said
    said = page(max_, "centres:registrations")
    assert f">8588-21 Certificate, {OWN}</option>" in said
    assert f">8588-21 Certificate, {SHARED}</option>" in said
    assert f"8588-21, {OWN}<" in said and "8588-21, version 2.0<" in said
    assert "<dt>Version</dt><dd>3.0 (Alder Centre’s own)</dd>" in page(
        max_, "centres:registration", una.pk
    )
    moves = page(max_, "quality:move", una.pk)
    assert "<dt>Version</dt><dd>3.0 (Alder Centre’s own)</dd>" in moves
    assert f">{SHARED}</span>" in moves
    assert f"from {OWN}" in moves or "No pass moves to 8588-21 version 3.0," in moves
    catalogue = page(lea, "centres:catalogue")
    assert f"{OWN[0].upper()}{OWN[1:]}<" in catalogue
    assert "<dt>Version</dt><dd>3.0 (Alder Centre’s own)</dd>" in page(
        lea, "centres:qualification", own.pk
    )
    with centre_context(alder.centre.pk):
        shared = Specification.objects.get(version="3.0", centre_id=None)
    said = page(lea, "centres:differences", own.pk, shared.pk)
    assert "8588: from version 3.0 (Alder Centre’s own) to 3.0" in said
    where = page(max_, "quality:where")
    assert f">8588-21 Certificate, {OWN}</option>" in where
    assert f"<dt>Version</dt><dd>{OWN.removeprefix('version ')}</dd>" in page(
        max_, "quality:combination", una.pk
    )


def test_desk_sheet_and_papers_name_the_own_version_and_print_the_official_outcome(
    alder: Cast, una: Registration, sign_in: SignIn
) -> None:
    pat = sign_in(Client(), alder.pat)
    with centre_context(alder.centre.pk):
        assessment = moving.assessment_of(una, "503")
    submission = moving.handed_in(alder, una, assessment)
    named = f"<dt>Specification</dt><dd>8588, {OWN}</dd>"
    said = page(pat, "assessment:desk-criterion", submission.pk, "1.1")
    assert named in said and f"outcome 1: {OFFICIAL}" in said and OURS not in said
    sheet = moving.decided(alder, submission)
    said = page(pat, "assessment:sheet", sheet.pk)
    assert named in said and f"1 {OFFICIAL}" in said and OURS not in said
    with centre_context(alder.centre.pk):
        for document in Document.objects.for_centre(alder.centre).filter(sheet=sheet):
            paper = paper_of(document)
            assert isinstance(paper, ResultPaper)
            assert paper.specification_label.startswith(OWN)
            assert [part.title for part in paper.outcomes] == [OFFICIAL, "Know the year ahead"]
            # What was signed names the version by its id, and so bears the label alone.
            signed = json.loads(document.manifest)["specification"]
            assert (signed["version"], signed["id"]) == ("3.0", str(assessment.specification_id))


def test_a_shared_version_keeps_our_own_headings(alder: Cast, sign_in: SignIn) -> None:
    sheet = moving.passed(alder, "503")
    said = page(sign_in(Client(), alder.pat), "assessment:sheet", sheet.pk)
    assert OURS in said and "<dt>Specification</dt><dd>8588, version 2.0</dd>" in said


def test_an_alignments_page_and_paper_name_the_own_version_and_its_outcomes(
    alder: Cast, own: Specification, sign_in: SignIn
) -> None:
    with centre_context(alder.centre.pk):
        pathway = Pathway.objects.get(specification=own, code="8588-21")
    alignment = alignments.approved(alder, pathway=pathway)
    named = f"{OWN[0].upper()}{OWN[1:]}"
    said = page(sign_in(Client(), alder.max), "quality:alignment", alignment.pk)
    assert f"<dd>{named}</dd>" in said
    with centre_context(alder.centre.pk):
        paper = alignments.paper_of(alder, alignment)
        printed = alignment_html(printed_alignment(paper, at=paper.queued_at))
    assert f"<td>{named}</td>" in printed
    assert f"outcome 1: {OFFICIAL}" in printed and OURS not in printed
