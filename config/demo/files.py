"""Real evidence files for the demonstration: a PDF, a Word document, a recording, a picture."""

import io
import math
import struct
import wave
import zipfile
from html import escape

from PIL import Image, ImageDraw
from weasyprint import HTML

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-\
officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
officeDocument" Target="word/document.xml"/></Relationships>"""
STYLE = "section { break-after: page } body { font-size: 12pt; line-height: 1.5 }"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(title: str, pages: list[list[tuple[str, str]]]) -> bytes:
    """A PDF of so many pages, each a list of (heading, text)."""
    body = "".join(
        "<section>"
        + "".join(f"<h2>{escape(head)}</h2><p>{escape(text)}</p>" for head, text in page)
        + "</section>"
        for page in pages
    )
    made = HTML(
        string=f"<html lang=en-GB><title>{escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{escape(title)}</h1>{body}</html>"
    ).write_pdf()
    assert isinstance(made, bytes)  # noqa: S101 – no target was given, so bytes come back
    return made


def docx(paragraphs: list[str]) -> bytes:
    """A Word document of so many paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in paragraphs)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
    return held.getvalue()


def wav(seconds: int) -> bytes:
    """A recording: two voices stand in as two tones that take turns."""
    rate = 8000
    held = io.BytesIO()
    with wave.open(held, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(rate)
        frames = (
            int(6000 * math.sin(2 * math.pi * (220 if (i // (2 * rate)) % 2 else 330) * i / rate))
            for i in range(seconds * rate)
        )
        recording.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return held.getvalue()


def png(lines: list[str]) -> bytes:
    """A picture of a flip chart."""
    picture = Image.new("RGB", (900, 620), "#fbf8ef")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 880, 600), outline="#14203a", width=4)
    for row, line in enumerate(lines):
        draw.text((60, 60 + 60 * row), line, fill="#14203a", font_size=34)
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def text(lines: list[str]) -> bytes:
    """A plain text."""
    return "\n".join(lines).encode()
