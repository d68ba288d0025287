"""What a reader finds on a printed PDF, for the tests to compare with what was written."""

from __future__ import annotations

from io import BytesIO

import pypdf


def page_texts(pdf: bytes) -> list[str]:
    """The text layer page by page, with line ends and runs of blanks made one space."""
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def whole_text(pdf: bytes) -> str:
    return " ".join(page_texts(pdf))


def attachment(pdf: bytes) -> tuple[str, bytes]:
    """The name and the bytes of the one attached file."""
    ((name, (content,)),) = pypdf.PdfReader(BytesIO(pdf)).attachments.items()
    return name, content
