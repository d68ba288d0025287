"""Files that are no handbook, or mean harm, get an answer, never a crash, hang or stray file."""

import io
import random
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from weasyprint import HTML

from qualifications.handbook import UnreadableError, read_handbook
from qualifications.handbook.formats import docx as docx_format
from qualifications.handbook.formats import pdf as pdf_format
from tests.qualifications.handbook.papers import FORMATS, handbook_paper

BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:document>'
LONGEST = 10.0  # seconds that any of these small files may take


def zipped(parts: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def word(body: str) -> bytes:
    return zipped({"word/document.xml": BODY.format(body).encode()})


def blank_pdf(pages: int, **saving: object) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(file, **saving)  # type: ignore[arg-type]
    return file.getvalue()


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    text = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">{entities}]>' + BODY.format("&a8;")
    return zipped({"word/document.xml": text.encode()})


def outside_entity() -> bytes:
    text = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + BODY.format("&x;")
    return zipped({"word/document.xml": text.encode()})


def page_loop() -> bytes:
    """A page tree whose only kid is the tree itself."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF"
    )


def encrypted_docx() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def picture_pdf() -> bytes:
    pdf: bytes = HTML(
        string="<svg width=50 height=50><rect width=50 height=50 /></svg>"
    ).write_pdf()
    return pdf


LOCKED = pikepdf.Encryption(user="secret", owner="secret")
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty", lambda: b"", "empty"),
    ("only blanks", lambda: b" \n\t\n", "empty"),
    ("binary", lambda: bytes(range(256)) * 8, "not text"),
    ("picture", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "no .docx, .pdf, .txt or .md"),
    ("letter", lambda: b"Dear guild, the apples are late.", "no unit, mark sheet or qualification"),
    ("encrypted pdf", lambda: blank_pdf(1, encryption=LOCKED), "encrypted"),
    ("encrypted docx", encrypted_docx, "encrypted"),
    ("scanned pdf", picture_pdf, "pictures of pages"),
    ("too many pages", lambda: blank_pdf(2000), "2,000 pages"),
    ("cut pdf", lambda: handbook_paper().as_pdf()[:900], "damaged"),
    ("page loop", page_loop, ""),
    ("cut docx", lambda: handbook_paper().as_docx()[:2000], "damaged"),
    ("other zip", lambda: zipped({"a.txt": b"apples"}), "no Word document"),
    ("zip bomb", lambda: word("<w:p/>" * 3_000_000), "unpacks to more"),
    ("entity bomb", entity_bomb, "entities"),
    ("outside entity", outside_entity, "entities"),
    ("deep tables", lambda: word("<w:tbl><w:tr><w:tc>" * 3000), "damaged"),
    (
        "nested tables",
        lambda: word(
            "<w:body>" + "<w:tbl><w:tr><w:tc>" * 400 + "</w:tc></w:tr></w:tbl>" * 400 + "</w:body>"
        ),
        "damaged",
    ),
    (
        "nested elements",
        lambda: word("<w:body>" + "<w:ins>" * 5000 + "</w:ins>" * 5000 + "</w:body>"),
        "damaged",
    ),
    ("many parts", lambda: zipped({f"{n}.xml": b"" for n in range(5_200)}), "5,000 parts"),
    ("no body", lambda: word("<w:p/>"), "damaged"),
]


@pytest.mark.parametrize(("made", "rule"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(
    made: Callable[[], bytes], rule: str
) -> None:
    content = made()
    start = time.monotonic()

    with pytest.raises(UnreadableError) as refused:
        read_handbook(content, "handbook")

    assert rule in refused.value.rule
    assert refused.value.remedy
    assert time.monotonic() - start < LONGEST


def test_a_file_that_lies_about_its_unpacked_size_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = bytearray(zipped({"word/document.xml": b"<a>" + b"x" * 4_000_000 + b"</a>"}))
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 24, 900)  # the size that the directory claims
    monkeypatch.setattr(docx_format, "LARGEST_PART", 1_000_000)

    with pytest.raises(UnreadableError):
        read_handbook(bytes(content), "liar.docx")


def test_a_path_that_does_not_exist_and_one_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read_handbook(tmp_path / "none.pdf", "none.pdf")
    with pytest.raises(UnreadableError, match="no such file"):
        read_handbook(tmp_path, "folder")
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(61 * 1024 * 1024)
    with pytest.raises(UnreadableError, match="larger than 60 MB"):
        read_handbook(large, "large.pdf")


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """The file with bytes changed, cut out, doubled or a length field blown up."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 3, 20, 200))):
        at = chance.randrange(len(damaged))
        way = chance.randrange(4)
        if way == 0:
            damaged[at] = chance.randrange(256)
        elif way == 1:
            del damaged[at : at + chance.randrange(1, 400)]
        elif way == 2:
            damaged[at:at] = damaged[at : at + chance.randrange(1, 400)]
        else:
            damaged[at : at + 4] = b"\xff\xff\xff\x7f"
        if len(damaged) < 10:
            break
    return bytes(damaged)


def _damaged_xml(sound: bytes, chance: random.Random) -> bytes:
    """A sound archive around a document that is damaged within."""
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(["word/document.xml", "word/numbering.xml", "word/styles.xml"])
    parts[name] = _damaged(parts[name], chance)
    return zipped(parts)


def _uncompressed(content: bytes) -> bytes:
    """The PDF with its objects as plain text, so that damage reaches what they say."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            file,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return file.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_hundred_damaged_files_of_each_format_are_read_or_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sound = handbook_paper().saved(kind)
    plain = _uncompressed(sound) if kind.endswith("pdf") else sound
    slowest = 0.0
    refused = 0
    for seed in range(100):
        chance = random.Random(f"{kind} {seed}")
        if kind == "docx" and seed % 2:
            content = _damaged_xml(sound, chance)
        else:
            content = _damaged(plain if seed % 2 else sound, chance)
        start = time.monotonic()
        try:
            read_handbook(content, f"damaged.{kind}")
        except UnreadableError:
            refused += 1
        slowest = max(slowest, time.monotonic() - start)

    assert slowest < LONGEST
    assert refused > 0 or kind == "txt"
    assert not list(tmp_path.iterdir())


def test_a_page_drawn_full_of_lines_is_read_in_time() -> None:
    lines = "".join(
        f"<i style='position:absolute;top:{n % 90}mm;left:{n % 60}mm;width:{n % 7 + 1}mm;"
        "height:1px;background:black'></i>"
        for n in range(3000)
    )
    content: bytes = HTML(string=f"<p>Unit 301 Apples</p>{lines}").write_pdf()
    start = time.monotonic()

    pieces = pdf_format.read_pdf(content)

    assert any("Apples" in piece.text for piece in pieces)
    assert time.monotonic() - start < LONGEST


def test_a_document_of_150_pages_is_read_within_the_limits() -> None:
    paper = handbook_paper()
    chapter = "The keeper walks the rows each week and notes what stands, falls, flowers and rots. "
    for page in range(150):
        paper.lines("\n".join([f"Walk {page}", *[chapter * 4] * 14]))
    content = paper.saved("tagged.pdf")
    for tagged in (True, False):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert len(pdf.pages) >= 150
            assert ("/StructTreeRoot" in pdf.Root) == tagged
        start = time.process_time()

        handbook = read_handbook(content, "long.pdf")

        assert len(handbook.units) == 2
        assert time.process_time() - start < 30
        content = _without_tags(content)


def _without_tags(content: bytes) -> bytes:
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if "/StructTreeRoot" in pdf.Root:
            del pdf.Root["/StructTreeRoot"]
        pdf.save(file)
    return file.getvalue()
