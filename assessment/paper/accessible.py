"""Makes WeasyPrint's tagged PDF conform to PDF/UA-1, on its objects and before they are written.

Working on the objects in memory costs a few milliseconds; opening the finished file again, with
any PDF library, costs a fifth of the whole render.
"""

from __future__ import annotations

import pydyf
from weasyprint import Document

from assessment.paper.structure import StructureTree, cells_by_table

SEAL_FIELD = "Seal"
SEAL_ANCHOR = "seal"

_PX_TO_PT = 0.75
_PRINTED_AND_LOCKED = 4 | 128
# PDF/A accepts properties outside its own schemas only where the file describes them
# (ISO 19005-3, 6.6.2.3).
_UA_METADATA = b"""<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" \
rdf:about="" pdfuaid:part="1"/><rdf:Description rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/\
</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property>\
<rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal\
</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 that the file conforms to\
</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>\
</pdfaExtension:schemas></rdf:Description>"""


def make_accessible(document: Document, pdf: pydyf.PDF, *, language: str) -> None:
    """A finisher for `Document.write_pdf`: changes `pdf` in place.

    Running headers and footers become artifacts, what runs over a page's end becomes one section
    and one table, header cells get scopes and data cells their headers, an empty signature field
    enters the structure tree, the attachment is listed once, and the metadata claims PDF/UA-1.
    """
    tree = StructureTree(pdf)
    tree.join_sections()
    for cells in cells_by_table(document):
        tree.join_table(cells)
        tree.head_cells(cells)
    tree.prune(tree.top)
    tree.mark_artifacts()
    tree.index_ids()
    _add_seal_field(document, pdf, tree)
    tree.compact()
    pdf.catalog["Lang"] = pydyf.String(language)
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog.get("AF", ())))
    _claim_pdf_ua(pdf)


def _add_seal_field(document: Document, pdf: pydyf.PDF, tree: StructureTree) -> None:
    """An empty signature field over the sheet's own sentence on its seal, drawn by nobody.

    Signing fills it and draws nothing, so that no other font enters the file.
    """
    place = len(document.pages) - 1
    left = top = right = bottom = 0.0
    for number, page in enumerate(document.pages):
        if SEAL_ANCHOR in page.anchors:
            place = number
            x1, y1, x2, y2 = page.anchors[SEAL_ANCHOR]
            left, right = x1 * _PX_TO_PT, x2 * _PX_TO_PT
            top, bottom = (page.height - y1) * _PX_TO_PT, (page.height - y2) * _PX_TO_PT
    reference = pdf.page_references[place]
    blank = pydyf.Stream(
        [],
        {
            "Type": "/XObject",
            "Subtype": "/Form",
            "BBox": pydyf.Array([0, 0, right - left, top - bottom]),
            "Resources": pydyf.Dictionary(),
        },
    )
    pdf.add_object(blank)
    widget = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String(SEAL_FIELD),
            "TU": pydyf.String("Electronic seal of this sheet"),
            "F": _PRINTED_AND_LOCKED,
            "Rect": pydyf.Array([left, bottom, right, top]),
            "P": reference,
            "AP": pydyf.Dictionary({"N": blank.reference}),
        }
    )
    pdf.add_object(widget)
    page = tree.at(reference)
    page.setdefault("Annots", pydyf.Array()).append(widget.reference)
    last = [element for element in tree.below(tree.top) if element["S"] in ("/Sect", "/Document")]
    form = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "P": last[-1].reference,
            "Pg": reference,
            "K": pydyf.Dictionary({"Type": "/OBJR", "Obj": widget.reference, "Pg": reference}),
        }
    )
    pdf.add_object(form)
    last[-1]["K"].append(form.reference)
    tree.own(widget, form)
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([widget.reference])})


def _claim_pdf_ua(pdf: pydyf.PDF) -> None:
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False  # so that programs that know no PDF can read it
    metadata.stream = [
        part.replace(b"</rdf:RDF>", _UA_METADATA + b"</rdf:RDF>") for part in metadata.stream
    ]
