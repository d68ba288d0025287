"""Each kind of file by its content; each bad one refused with its own sentence."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.refusals import Refusal
from portfolios import containers
from portfolios.file_types import (
    KINDS,
    clean_name,
    recognise,
    recognise_bytes,
    served_name,
    title_of,
)
from tests.portfolios import samples
from tests.portfolios.samples import (
    DOCX,
    FRAME,
    JPEG,
    M4A,
    MP3,
    MP4,
    PDF,
    PNG,
    TXT,
    WAV,
    archive,
    box,
    chunk,
    docx,
)

EXPECTED = {
    "plan.pdf": "pdf",
    "report.docx": "docx",
    "photo.jpg": "jpeg",
    "scan.png": "png",
    "talk.mp3": "mp3",
    "talk.m4a": "m4a",
    "session.mp4": "mp4",
    "session.wav": "wav",
    "notes.txt": "txt",
}


@pytest.mark.parametrize(("name", "code"), EXPECTED.items())
def test_a_whole_file_of_each_kind_is_known_by_its_content(name: str, code: str) -> None:
    assert recognise_bytes(samples.WHOLE[name], name).code == code
    assert recognise_bytes(samples.WHOLE[name], "no extension").code == code


def test_markdown_is_text_by_its_content_and_keeps_its_name() -> None:
    assert recognise_bytes(TXT, "notes.md").code == "txt"
    assert served_name("notes.md", KINDS["txt"]) == "notes.md"


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "notes.txt"])
def test_what_is_no_text_is_refused_under_the_name_of_markdown(name: str) -> None:
    with pytest.raises(Refusal, match=r"The name ends in \.md"):
        recognise_bytes(samples.WHOLE[name], "notes.md")


def test_every_kind_has_a_sample() -> None:
    assert set(EXPECTED.values()) == set(KINDS)


def bomb() -> bytes:
    return docx({"word/media/zeros.bin": b"\0" * 12_000_000})


def many_entries() -> bytes:
    return docx({f"word/part{n}.xml": b"" for n in range(containers.MOST_ENTRIES)})


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    content = bytearray(docx({"word/a.xml": b"a" * 99, "word/b.xml": b"b" * 99}))
    first = content.find(b"PK\x01\x02")
    places = []
    while first >= 0:
        places.append(first)
        first = content.find(b"PK\x01\x02", first + 4)
    content[places[-1] + 42 : places[-1] + 46] = content[places[-2] + 42 : places[-2] + 46]
    return bytes(content)


def stated_huge() -> bytes:
    """A directory that says one entry unpacks to 3 GB."""
    content = bytearray(docx())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 3_000_000_000)
    return bytes(content)


def doubled_name() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("[Content_Types].xml", "word/document.xml", "word/DOCUMENT.xml"):
            made.writestr(name, b"x")
    return out.getvalue()


def encrypted() -> bytes:
    content = bytearray(docx())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def wav_without_sound() -> bytes:
    return samples.wav(0)


def exif_jpeg(comment: bytes) -> bytes:
    segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    return JPEG[:2] + segment + JPEG[2:]


HTML = b"<html><script>alert(1)</script></html>"

REFUSED = {
    # name, content, what the rule says
    "empty": ("plan.pdf", b"", "is empty"),
    "gif": ("dance.gif", b"GIF89a" + b"\0" * 64, "GIF89a"),
    "program": ("setup.exe", b"MZ" + b"\0" * 64, "A program is not a kind"),
    "program named pdf": ("plan.pdf", b"MZ" + b"\0" * 64, "A program is not a kind"),
    "web page": ("page.html", b"<!doctype html><html></html>", "A web page is not a kind"),
    "web page named txt": ("notes.txt", b"\n <html><body>", "A web page is not a kind"),
    "svg": ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "A web page is not a kind"),
    "xml": ("x.txt", b"<?xml version='1.0'?><a/>", "is not a kind"),
    "rtf": ("x.txt", rb"{\rtf1 hello}", "is not a kind"),
    "old word": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old or password"),
    "archive": ("a.zip", archive(), "An archive is not a kind"),
    "archive named docx": ("a.docx", archive(), "An archive is not a kind"),
    "heic": ("a.heic", box(b"ftyp", b"heic\0\0\0\0mif1heic"), "is not a kind"),
    "quicktime": ("a.mov", box(b"ftyp", b"qt  \0\0\0\0qt  "), "is not a kind"),
    "utf-16": ("a.txt", "hello".encode("utf-16"), "Text that is not in UTF-8"),
    "noise": ("a.txt", bytes(range(256)) * 4, "This file is not a kind"),
    "jpeg named pdf": ("plan.pdf", JPEG, "ends in .pdf, but the content is a JPEG image"),
    "pdf named jpg": ("photo.jpg", PDF, "ends in .jpg, but the content is a PDF"),
    "pdf named exe": ("plan.exe", PDF, "ends in .exe, but the content is a PDF"),
    "pdf named html": ("plan.pdf.html", PDF, "ends in .html, but the content is a PDF"),
    "text named docx": ("a.docx", TXT, "ends in .docx, but the content is a text file"),
    "pdf cut": ("plan.pdf", PDF[:-8], "PDF is cut short"),
    "pdf half": ("plan.pdf", PDF[: len(PDF) // 2], "PDF is cut short"),
    "pdf later": ("plan.pdf", b"junk\n" + PDF, "hides a PDF"),
    "pdf of no version": ("plan.pdf", PDF.replace(b"PDF-1.4", b"PDF-x.y"), "PDF is damaged"),
    "pdf and zip": ("plan.pdf", PDF + archive(), "PDF also holds an archive"),
    "pdf around zip": ("plan.pdf", PDF[:-6] + archive() + b"\n%%EOF\n", "also holds an archive"),
    "pdf and html": ("plan.pdf", PDF + HTML, "PDF also holds a web page"),
    "html in pdf": ("plan.pdf", PDF[:60] + HTML + PDF[60:], "PDF also holds a web page"),
    "html deep in pdf": (
        "plan.pdf",
        PDF[:60] + b"x" * (containers.BLOCK - 63) + HTML + PDF[60:],
        "PDF also holds a web page",
    ),
    "pdf and more": ("plan.pdf", PDF + b"\0\1\2\3", "something behind its end"),
    "png cut": ("scan.png", PNG[:-12], "PNG image is cut short"),
    "png cut in a chunk": ("scan.png", PNG[:40], "PNG image is cut short"),
    "png without header": ("scan.png", PNG[:8] + PNG[33:], "PNG image is damaged"),
    "png and zip": ("scan.png", PNG + archive(), "PNG image also holds an archive"),
    "png and pdf": ("scan.png", PNG + PDF, "PNG image also holds a PDF"),
    "png and html": ("scan.png", PNG + HTML, "PNG image also holds a web page"),
    "png and more": ("scan.png", PNG + b"more", "something behind its end"),
    "html in png": (
        "scan.png",
        PNG[:33] + chunk(b"tEXt", b"a\0" + HTML) + PNG[33:],
        "also holds a web page",
    ),
    "jpeg cut": ("photo.jpg", JPEG[:-2], "JPEG image is cut short"),
    "jpeg cut early": ("photo.jpg", JPEG[:20], "JPEG image is cut short"),
    "jpeg of a head only": ("photo.jpg", b"\xff\xd8\xff\xd9", "is damaged"),
    "jpeg and zip": ("photo.jpg", JPEG + archive(), "JPEG image also holds an archive"),
    "jpeg and zip without directory": (
        "photo.jpg",
        JPEG + archive()[:40],
        "JPEG image also holds an archive",
    ),
    "jpeg and pdf": ("photo.jpg", JPEG + b"\0" * 2000 + PDF, "JPEG image also holds a PDF"),
    "jpeg and html": ("photo.jpg", JPEG + b"\0" * 2000 + HTML, "also holds a web page"),
    "html in jpeg": ("photo.jpg", exif_jpeg(HTML), "JPEG image also holds a web page"),
    "pdf in jpeg": ("photo.jpg", exif_jpeg(PDF), "JPEG image also holds a PDF"),
    "wav cut": ("a.wav", WAV[:-50], "WAV recording is cut short"),
    "wav without sound": ("a.wav", wav_without_sound(), "WAV recording is damaged"),
    "wav and zip": ("a.wav", WAV + archive(), "WAV recording also holds an archive"),
    "wav and more": ("a.wav", WAV + b"more", "something behind its end"),
    "mp4 cut": ("a.mp4", MP4[:-10], "recording is cut short"),
    "mp4 cut before its table": ("a.mp4", MP4[:96], "recording is cut short"),
    "mp4 and zip": ("a.mp4", MP4 + archive(), "recording also holds an archive"),
    "mp4 and more": ("a.mp4", MP4 + b"\0\0\0\x09\0\0\0\0!", "something behind its end"),
    "m4a cut": ("a.m4a", M4A[:-1], "recording is cut short"),
    "mp3 of a tag": ("a.mp3", MP3[:20], "MP3 recording is cut short"),
    "mp3 of one frame": ("a.mp3", FRAME, "MP3 recording is cut short"),
    "mp3 and noise": ("a.mp3", FRAME + b"\1" * 500, "MP3 recording is damaged"),
    "mp3 and zip": ("a.mp3", MP3 + archive(), "MP3 recording also holds an archive"),
    "text cut": ("a.txt", "Grüße, Ü".encode()[:-1], "text is cut short"),
    "text in latin-1 later": ("a.txt", b"a" * 5000 + b"\xfc bcd", "not in UTF-8"),
    "text with controls": ("a.txt", b"a" * 5000 + b"\0", "text is damaged"),
    "docx cut": ("a.docx", DOCX[:-30], "Word document is cut short"),
    "docx directory broken": (
        "a.docx",
        DOCX.replace(b"PK\x01\x02", b"PK\x09\x09", 1),
        "Word document is damaged",
    ),
    "docx behind something": ("a.docx", DOCX[:60] + b"x" + DOCX[60:], "is damaged"),
    "docx and more": ("a.docx", DOCX + PDF, "something behind its end"),
    "docx with macros": ("a.docx", docx({"word/vbaProject.bin": b"x"}), "holds macros"),
    "docx with activex": ("a.docx", docx({"word/activeX/a.bin": b"x"}), "holds macros"),
    "docx without document": ("a.docx", docx(leave_out="word/document.xml"), "no document in it"),
    "spreadsheet": (
        "a.docx",
        docx({"xl/workbook.xml": b"x"}, leave_out="word/document.xml"),
        "no document in it",
    ),
    "docx locked": ("a.docx", encrypted(), "protected by a password"),
    "docx with a way out": ("a.docx", docx({"word/../../etc/passwd": b"x"}), "is damaged"),
    "docx with a name twice": ("a.docx", doubled_name(), "is damaged"),
    "bomb by ratio": ("a.docx", bomb(), "unpack to far more"),
    "bomb by entries": ("a.docx", many_entries(), "unpack to far more"),
    "bomb by overlap": ("a.docx", overlapping(), "unpack to far more"),
    "bomb by size": ("a.docx", stated_huge(), "unpack to far more"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_file_is_refused_by_its_own_rule(case: str) -> None:
    name, content, rule = REFUSED[case]
    with pytest.raises(Refusal) as refused:
        recognise_bytes(content, name)
    assert rule in refused.value.rule
    assert refused.value.remedy


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_the_limit_of_each_kind_is_inclusive(kind: object) -> None:
    name = next(name for name, code in EXPECTED.items() if code == kind.code)  # type: ignore[attr-defined]
    stream = io.BytesIO(samples.WHOLE[name])
    with pytest.raises(Refusal, match="may have"):
        recognise(stream, name=name, size=kind.limit + 1)  # type: ignore[attr-defined]


def test_a_camera_may_store_a_second_picture_behind_the_first() -> None:
    assert recognise_bytes(JPEG + JPEG, "photo.jpg").code == "jpeg"


def test_text_is_judged_whole_however_it_is_cut_by_the_first_read() -> None:
    text = ("ü" * 5000).encode()
    assert recognise_bytes(b"a" + text, "a.txt").code == "txt"


@given(st.binary(max_size=3000))
def test_noise_is_refused_or_taken_but_never_breaks(content: bytes) -> None:
    try:
        recognise_bytes(content, "a")
    except Refusal as refusal:
        assert refusal.rule


@given(
    st.sampled_from(sorted(samples.WHOLE)),
    st.integers(min_value=0),
    st.integers(min_value=1, max_value=255),
)
def test_a_changed_byte_never_breaks_the_checks(name: str, place: int, by: int) -> None:
    content = bytearray(samples.WHOLE[name])
    content[place % len(content)] ^= by
    try:
        recognise_bytes(bytes(content), name)
    except Refusal as refusal:
        assert refusal.rule


@pytest.mark.parametrize("name", [n for n in samples.WHOLE if n not in {"talk.mp3", "notes.txt"}])
def test_no_cut_goes_unseen(name: str) -> None:
    whole = samples.WHOLE[name]
    end = len(whole.rstrip(b"\n\0"))
    for length in range(len(whole) - 1, 0, -7):
        if length >= end:
            continue
        with pytest.raises(Refusal):
            recognise_bytes(whole[:length], name)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\una\\plan.pdf", "plan.pdf"),
        ("a\0b\r\nc\x1b.pdf", "ab c.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("Überblick – 計画 👩\u200d🏫.pdf", "Überblick – 計画 👩\u200d🏫.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("  .hidden  ", "hidden"),
        ("...", "file"),
        ("", "file"),
        ("a\ud800b.pdf", "ab.pdf"),
    ],
)
def test_names_are_kept_as_data(raw: str, kept: str) -> None:
    assert clean_name(raw) == kept


def test_a_long_name_keeps_its_extension() -> None:
    assert clean_name("x" * 400 + ".pdf") == "x" * 251 + ".pdf"
    assert clean_name("x" * 400) == "x" * 255


@given(st.text(max_size=400))
def test_any_name_can_be_kept(raw: str) -> None:
    name = clean_name(raw)
    assert 1 <= len(name) <= 255
    assert "/" not in name
    assert "\\" not in name
    assert name.isprintable() or "\u200c" in name or "\u200d" in name
    assert title_of(name)
    name.encode()


def test_what_is_served_ends_as_its_content_demands() -> None:
    assert served_name("plan", KINDS["pdf"]) == "plan.pdf"
    assert served_name("Plan.PDF", KINDS["pdf"]) == "Plan.PDF"
    assert served_name("plan.v2", KINDS["pdf"]) == "plan.v2.pdf"


def test_an_mp3_frame_is_as_long_as_its_header_says() -> None:
    assert containers.mp3_frame_length(FRAME[:4]) == 417
    assert containers.mp3_frame_length(b"\xff\xfe\0\0") == 0
    assert containers.mp3_frame_length(b"") == 0


def test_fragmented_and_large_boxes_are_followed() -> None:
    large = b"\0\0\0\1mdat" + struct.pack(">Q", 16 + 10) + b"\0" * 10
    to_the_end = b"\0\0\0\0mdat" + b"\0" * 10
    head = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", b"")
    assert recognise_bytes(head + large, "a.mp4").code == "mp4"
    assert recognise_bytes(head + to_the_end, "a.mp4").code == "mp4"
