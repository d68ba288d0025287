"""PDF: by its tags where it has them, as word processors write them, or else by how it looks."""

from collections.abc import Sequence
from contextlib import closing

import pypdfium2 as pdfium

from qualifications.handbook.content import UnreadableError
from qualifications.handbook.formats.printed import pieces_of_pages
from qualifications.handbook.formats.tagged import pieces_of_tags
from qualifications.handbook.formats.tags import tags_of
from qualifications.handbook.formats.words import Page, read_page
from qualifications.handbook.pieces import Piece
from qualifications.handbook.progress import Progress, Step, Tell, untold

MOST_PAGES = 500
_DAMAGED = "the PDF is damaged"


def read_pdf(content: bytes, tell: Tell = untold) -> list[Piece]:
    """The document's pieces. Raises `UnreadableError`."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as fault:
        if "password" in str(fault).lower():
            raise UnreadableError(
                "the PDF is encrypted", "Remove its password, or print it to a new PDF"
            ) from None
        raise UnreadableError(_DAMAGED, "Print it to a new PDF, or import the .docx") from None
    with closing(document):
        count = len(document)
        if count > MOST_PAGES:
            raise UnreadableError(
                f"the PDF has {count:,} pages, more than the {MOST_PAGES} that are read",
                "Import the handbook alone",
            )
        if count == 0:
            raise UnreadableError("the PDF has no page", "Import the document with its text")
        tags = tags_of(content)
        if tags is not None:
            pieces = pieces_of_tags(tags, _pages(document, tell, marked=True))
            if pieces is not None:
                return pieces
        pages = _pages(document, tell, marked=False)
    if not any(page.words for page in pages):
        raise UnreadableError(
            "the PDF holds pictures of pages, but no text",
            "Run text recognition over it first, or import the .docx",
        )
    return pieces_of_pages(pages)


def _pages(document: pdfium.PdfDocument, tell: Tell, *, marked: bool) -> Sequence[Page]:
    pages, count = [], len(document)
    for number in range(1, count + 1):
        tell(Progress(Step.PAGES, number, count))
        pages.append(read_page(document, number, marked=marked))
    return pages
