"""Small whole files of every kind that is taken, made here byte by byte."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 144]>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
)


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\x80"))
    + chunk(b"IEND", b"")
)


def jpeg() -> bytes:
    """A picture of one pixel, by Pillow."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (16, 16), (40, 90, 200)).save(out, "JPEG", progressive=True)
    return out.getvalue()


JPEG = jpeg()


def wav(seconds: float = 0.1) -> bytes:
    """Silence at 8 kHz, 8 bit."""
    data = b"\x80" * int(8000 * seconds)
    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt
    body += b"data" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WAV = wav()
FRAME = b"\xff\xfb\x90\x00" + b"\0" * 413  # MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes
MP3 = b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + FRAME * 4


def box(name: bytes, content: bytes) -> bytes:
    """A box of an MPEG-4 file."""
    return struct.pack(">I", 8 + len(content)) + name + content


def mp4(brand: bytes = b"isom") -> bytes:
    """Boxes enough to be told as a recording."""
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + b"isommp42")
        + box(b"mdat", b"\0" * 64)
        + box(b"moov", box(b"mvhd", b"\0" * 100))
    )


MP4 = mp4()
M4A = box(b"ftyp", b"M4A \0\0\2\0M4A isom") + box(b"moov", b"\0" * 32) + box(b"mdat", b"\0" * 64)
TXT = "Was ist dir gelungen? Ünal fragte nach.\r\n".encode()

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)


def docx(more: dict[str, bytes] | None = None, leave_out: str = "") -> bytes:
    """An archive with the parts of a Word document."""
    parts = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": b"<w:document/>",
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name != leave_out:
                archive.writestr(name, content)
    return out.getvalue()


DOCX = docx()

WHOLE = {
    "plan.pdf": PDF,
    "report.docx": DOCX,
    "photo.jpg": JPEG,
    "scan.png": PNG,
    "talk.mp3": MP3,
    "talk.m4a": M4A,
    "session.mp4": MP4,
    "session.wav": WAV,
    "notes.txt": TXT,
}


def archive(name: str = "evil.txt") -> bytes:
    """A zip archive with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, b"x")
    return out.getvalue()


def upload(name: str = "plan.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    """An upload as the browser sends it; its stated type is ignored."""
    content = WHOLE.get(name, PDF) if content is None else content
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def pdf_number(number: int) -> bytes:
    """A PDF unlike the others, for tests that need several."""
    return PDF.replace(b"300 144", f"{300 + number} 144".encode())
