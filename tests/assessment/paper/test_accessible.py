"""The printed sheet is PDF/A-3a and PDF/UA-1, by the word of other programs and read by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdfua import validate

from assessment.paper.content import UnitLine
from assessment.paper.keys import FileSealKey
from tests.assessment.paper.conftest import printed, sealed_with
from tests.assessment.paper.papers import referral_paper


def _long() -> bytes:
    """Tables, sections and a heading that run over several pages."""
    paper = referral_paper()
    wordy = tuple(
        replace(
            part,
            title=f"{part.title}, " * 12,
            criteria=tuple(replace(c, feedback=c.feedback * 12) for c in part.criteria),
        )
        for part in paper.outcomes
    )
    units = tuple(UnitLine(ref=f"8588-50{n}", title="Unit " * 20, credits=5) for n in range(6))
    return printed(replace(paper, outcomes=wordy, units=units))


@pytest.fixture(scope="module")
def long() -> bytes:
    return _long()


def test_an_independent_checker_finds_no_failure(
    sealed: bytes,
    confirmed: bytes,
    learners: bytes,
    long: bytes,
    key: FileSealKey,
    tmp_path: Path,
) -> None:
    issued = [sealed, *(sealed_with(key, pdf) for pdf in (confirmed, learners, long))]
    for number, pdf in enumerate(issued):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(pdf)
        report = validate(str(path))
        assert [finding.message for finding in report.findings] == []
        # This release of the checker stumbles over any heading of more than one line.
        skipped = [outcome.rule_id for outcome in report.outcomes if outcome.skipped_reason]
        assert skipped == (["UA-14-001"] if pdf is issued[-1] else [])


def test_the_metadata_claims_pdf_a_3a_and_pdf_ua_1(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        assert document.pdf_version == "1.7"
        assert "/Version" not in document.Root
        with document.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == str(document.docinfo.Title)
            assert metadata["xmp:CreateDate"] == "2026-11-21T14:41:00Z"
        written = document.Root.Metadata.read_bytes()
        assert b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in written
        assert str(document.docinfo.CreationDate) == "D:20261121144100+00'00"
        assert document.Root.Lang == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.Root.MarkInfo.Marked
        assert all(page.Tabs == "/S" for page in document.pages)


def test_sealing_leaves_the_metadata_as_rendered(provisional: bytes, sealed: bytes) -> None:
    with pikepdf.open(BytesIO(provisional)) as before, pikepdf.open(BytesIO(sealed)) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)


def test_the_manifest_is_associated_once(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        (associated,) = document.Root.AF
        assert associated.AFRelationship == "/Data"
        assert associated.EF.F.Subtype == "/application/json"
        assert list(document.attachments) == ["manifest.json"]


def test_fonts_are_embedded(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        fonts = document.pages[0].Resources.Font
        assert {str(font.BaseFont).partition("+")[2] for font in fonts.values()} == {
            "Atkinson-Hyperlegible",
            "Atkinson-Hyperlegible-Bold",
        }
        for font in fonts.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", pikepdf.Array())
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _below(element: Any) -> Iterator[Any]:
    yield element
    for kid in _kids(element):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _below(kid)


def _elements(document: pikepdf.Pdf) -> list[Any]:
    (top,) = _kids(document.Root.StructTreeRoot)
    return list(_below(top))


@pytest.mark.parametrize("which", ["provisional", "long"])
def test_what_runs_over_a_page_is_one_table_and_one_section(
    which: str, request: pytest.FixtureRequest
) -> None:
    with pikepdf.open(BytesIO(request.getfixturevalue(which))) as document:
        elements = _elements(document)
        assert len(document.pages) > 1
        kinds = [str(element.S) for element in elements]
        # Learner's table, three outcomes, signatures; the first has no heads of columns.
        assert kinds.count("/Table") == 5
        assert kinds.count("/THead") == 4
        assert kinds.count("/TBody") == 1 + 11 + 1
        # Verdict, three outcomes, signatures.
        assert kinds.count("/Sect") == 5
        assert kinds.count("/Part") == 1
        assert kinds.count("/NonStruct") == 0
        assert [kind for kind in kinds if kind in ("/H1", "/H2")] == ["/H1"] + ["/H2"] * 4


def test_each_decision_is_headed_by_its_own_criterion(provisional: bytes) -> None:
    with pikepdf.open(BytesIO(provisional)) as document:
        elements = _elements(document)
        names = document.Root.StructTreeRoot.IDTree.Names
        by_id = {bytes(names[i]): names[i + 1] for i in range(0, len(names), 2)}
        tables = [element for element in elements if element.S == "/Table"]
        seen = []
        for table in tables[1:4]:
            groups = [group for group in _kids(table) if group.S == "/TBody"]
            for group in groups:
                ask, why = _kids(group)
                question, decision = _kids(ask)
                assert question.S == "/TH"
                assert question.A.Scope == "/Row"
                for cell in (decision, *_kids(why)):
                    above, beside = (by_id[bytes(h)] for h in cell.A.Headers)
                    assert above.A.Scope == "/Column"
                    assert beside.objgen == question.objgen
                    seen.append(cell)
        assert len(seen) == 11 * 4


def test_marked_content_has_an_owner_or_is_an_artifact(long: bytes) -> None:
    with pikepdf.open(BytesIO(long)) as document:
        reachable = {element.objgen for element in _elements(document)}
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
        furniture = 0
        for page in document.pages:
            mine = list(owners[int(page.StructParents)])
            used = set()
            for step in pikepdf.parse_content_stream(page):
                if str(step.operator) != "BDC":
                    continue
                kind, properties = step.operands
                furniture += properties.get("/Type") == "/Pagination"
                if str(kind) != "/Artifact":
                    used.add(int(properties.MCID))
            owned = {n for n, owner in enumerate(mine) if owner is not None}
            assert used == owned
            assert {mine[n].objgen for n in owned} <= reachable
            for n in owned:
                kids = [int(k) for k in _kids(mine[n]) if isinstance(k, int)]
                assert n in kids
        # Two lines at the top but on the first page, three below, and the repeated heads.
        assert furniture > 5 * len(document.pages) - 2


def test_the_seal_field_is_in_the_tree_over_its_sentence(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        (field,) = document.Root.AcroForm.Fields
        (form,) = [element for element in _elements(document) if element.S == "/Form"]
        assert form.K.Type == "/OBJR"
        assert form.K.Obj.objgen == field.objgen
        assert field.TU == "Electronic seal of this sheet"
        assert field.AP.N.read_bytes() == b""
        assert form.Pg.objgen == document.pages[-1].objgen
        left, bottom, right, top = (float(side) for side in field.Rect)
        assert right - left > 500
        assert 10 < top - bottom < 40
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
        assert owners[int(field.StructParent)].objgen == form.objgen


def test_the_qr_code_says_what_it_is(sealed: bytes) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        figures = [element for element in _elements(document) if element.S == "/Figure"]
        assert [str(figure.Alt) for figure in figures] == ["QR code that opens the check page"]
