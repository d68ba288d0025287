"""Whether a file is whole and only one thing: one check a container, each with bounded reads."""

import re
import struct
import zipfile
from typing import BinaryIO

from centres.refusals import Refusal

BLOCK = 1 << 20  # bytes read at a time
TAIL = 66_000  # bytes: the longest zip comment and the record before it
SNIFFED = 1024  # bytes in which readers look for what a file is
HTML = re.compile(rb"<(?:!doctype\s+html|html|script|iframe|svg)[\s>/]", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"

MOST_ENTRIES = 5_000
LARGEST_DIRECTORY = 1_000_000  # bytes
MOST_UNPACKED = 200_000_000  # bytes
HIGHEST_RATIO = 100  # unpacked to packed; Word's own documents stay below 40
RATIO_FROM = 10_000_000  # bytes unpacked, below which a ratio says nothing
MOST_PARTS = 200_000  # segments, chunks or boxes

MP4_BRANDS = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso8 iso9 mp41 mp42 avc1 M4V  MSNV dash 3gp4 3gp5 3gp6".split()
) | {b"M4V "}
M4A_BRANDS = frozenset({b"M4A ", b"M4B "})


def cut_short(what: str) -> Refusal:
    """The refusal of a file whose end is missing."""
    return Refusal(
        rule=f"The {what} is cut short: its end is missing.",
        remedy="Copy it again from where it was made, check that it opens, then add it again.",
    )


def damaged(what: str) -> Refusal:
    """The refusal of a file that is not built as its kind must be."""
    return Refusal(
        rule=f"The {what} is damaged: its inside does not fit its kind.",
        remedy="Open it in the program that made it, save it anew, then add it again.",
    )


def two_in_one(what: str, other: str) -> Refusal:
    """The refusal of a file that is two things at once."""
    return Refusal(
        rule=f"The {what} also holds {other}; a file must be one thing only.",
        remedy="Save it anew on its own and add the other part as a file of its own.",
    )


def only_one_thing(stream: BinaryIO, size: int, what: str) -> None:
    """Refuse a second nature that a reader could find: an archive at the end, a PDF or a web page
    where readers look for them."""
    head = _at(stream, 0, SNIFFED)
    if b"%PDF-" in head:
        raise two_in_one(what, "a PDF")
    if HTML.search(head):
        raise two_in_one(what, "a web page")
    if ends_in_zip(stream, size):
        raise two_in_one(what, "an archive")


def ends_in_zip(stream: BinaryIO, size: int) -> bool:
    """Whether a reader of archives would find one: they look from the end."""
    start = max(0, size - TAIL)
    tail = _at(stream, start, TAIL)
    at = tail.rfind(ZIP_END)
    while at >= 0:
        if len(tail) - at >= 22:
            length = int.from_bytes(tail[at + 12 : at + 16], "little")
            directory = start + at - length
            if length == 0 or (directory >= 0 and _at(stream, directory, 4) == b"PK\x01\x02"):
                return True
        at = tail.rfind(ZIP_END, 0, at)
    return False


def pdf(stream: BinaryIO, size: int) -> None:
    """A PDF from the first byte to its end mark, and nothing else in or behind it."""
    tail = _at(stream, max(0, size - SNIFFED), SNIFFED)
    if not re.match(rb"%PDF-[12]\.\d", _at(stream, 0, 8)):
        raise damaged("PDF")
    if ends_in_zip(stream, size):
        raise two_in_one("PDF", "an archive")
    if _found(stream, HTML):
        raise two_in_one("PDF", "a web page")
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise cut_short("PDF")
    if tail[end + 5 :].strip(b"\r\n\t \0"):
        raise two_in_one("PDF", "something behind its end")


def png(stream: BinaryIO, size: int) -> None:
    """Chunks from IHDR to IEND, and nothing behind."""
    only_one_thing(stream, size, "PNG image")
    at = 8
    for part in range(MOST_PARTS):
        header = _at(stream, at, 8)
        if len(header) < 8:
            raise cut_short("PNG image")
        length, name = int.from_bytes(header[:4], "big"), header[4:]
        if (part == 0) != (name == b"IHDR") or not name.isalpha():
            raise damaged("PNG image")
        at += 12 + length
        if at > size:
            raise cut_short("PNG image")
        if name == b"IEND":
            if at != size:
                raise two_in_one("PNG image", "something behind its end")
            return
    raise damaged("PNG image")


def jpeg(stream: BinaryIO, size: int) -> None:
    """Segments from SOI to EOI. Cameras store more pictures behind the end: those stay, but no
    archive, PDF or web page."""
    only_one_thing(stream, size, "JPEG image")
    content = _at(stream, 0, size)
    end = _jpeg_end(content)
    behind = content[end:]
    if b"%PDF-" in behind:
        raise two_in_one("JPEG image", "a PDF")
    if b"PK\x03\x04" in behind[:SNIFFED]:
        raise two_in_one("JPEG image", "an archive")
    if HTML.search(behind):
        raise two_in_one("JPEG image", "a web page")


_JPEG_MARK = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


def _jpeg_end(content: bytes) -> int:
    """Where the picture ends: the byte behind its EOI."""
    at, scanned = 2, False
    for _ in range(MOST_PARTS):
        if scanned:  # in the picture's data: on to the next mark
            found = _JPEG_MARK.search(content, at)
            if found is None:
                raise cut_short("JPEG image")
            at = found.start()
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        mark = content[at : at + 2]
        if len(mark) < 2:
            raise cut_short("JPEG image")
        if mark[0] != 0xFF:
            raise damaged("JPEG image")
        if mark[1] == 0xD9:
            if not scanned:
                raise damaged("JPEG image")
            return at + 2
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 and len(content) >= at + 4:
            raise damaged("JPEG image")
        at += 2 + length
        if at >= len(content):
            raise cut_short("JPEG image")
        scanned = mark[1] == 0xDA or (scanned and mark[1] != 0xD8)
    raise damaged("JPEG image")


def wav(stream: BinaryIO, size: int) -> None:
    """RIFF with a format and sound, as long as its header says."""
    only_one_thing(stream, size, "WAV recording")
    stated = int.from_bytes(_at(stream, 4, 4), "little") + 8
    if stated > size:
        raise cut_short("WAV recording")
    at = 12
    names: set[bytes] = set()
    for _ in range(MOST_PARTS):
        if at + 8 > stated:
            break
        header = _at(stream, at, 8)
        length = int.from_bytes(header[4:], "little")
        if at + 8 + length > stated:
            raise cut_short("WAV recording")
        if length:
            names.add(header[:4])
        at += 8 + length + length % 2
    if not {b"fmt ", b"data"} <= names:
        raise damaged("WAV recording")
    if size > stated + 1:
        raise two_in_one("WAV recording", "something behind its end")


def mp4_sort(head: bytes) -> str:
    """``mp4`` or ``m4a`` by the brands of the first box; empty for others, such as HEIC or MOV."""
    length = min(int.from_bytes(head[:4], "big"), 256)
    major = head[8:12]
    if major in M4A_BRANDS:
        return "m4a"
    brands = {head[at : at + 4] for at in range(16, length - 3, 4)}
    if major in MP4_BRANDS:
        return "mp4"
    pictures = {b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"qt  "}
    return "mp4" if brands & MP4_BRANDS and not (brands | {major}) & pictures else ""


def mp4(stream: BinaryIO, size: int) -> None:
    """Boxes that fill the file exactly, with the film's table and its data."""
    only_one_thing(stream, size, "recording")
    at = 0
    names: set[bytes] = set()
    for _ in range(MOST_PARTS):
        if at == size:
            break
        header = _at(stream, at, 16)
        if len(header) < 8:
            raise cut_short("recording")
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        if not re.fullmatch(rb"[ -~\xa9]{4}", name):
            raise (
                two_in_one("recording", "something behind its end")
                if names
                else damaged("recording")
            )
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            raise damaged("recording")
        if at + length > size:
            raise cut_short("recording")
        names.add(name)
        at += length
    if b"moov" not in names or not names & {b"mdat", b"moof"}:
        raise cut_short("recording")


_MP3_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1, kbit/s
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
)
_MP3_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def mp3_frame_length(header: bytes) -> int:
    """The length in bytes of the MP3 frame that begins with these four bytes; 0 for none."""
    if len(header) < 4:
        return 0
    bits = int.from_bytes(header, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate, sample = bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 0x7FF or version == 1 or layer != 1 or rate in {0, 15} or sample == 3:
        return 0
    kilobits = _MP3_RATES[0 if version == 3 else 1][rate]
    factor = 144 if version == 3 else 72
    return factor * kilobits * 1000 // _MP3_SAMPLES[version][sample] + (bits >> 9 & 1)


def mp3(stream: BinaryIO, size: int) -> None:
    """An optional ID3 tag, then at least two frames, one behind the other."""
    only_one_thing(stream, size, "MP3 recording")
    at = 0
    tag = _at(stream, 0, 10)
    if tag[:3] == b"ID3":
        if len(tag) < 10 or max(tag[6:10]) > 127:
            raise damaged("MP3 recording")
        at = 10 + sum(byte << 7 * (3 - place) for place, byte in enumerate(tag[6:10]))
        at += 10 if tag[5] & 0x10 else 0
        if at >= size:
            raise cut_short("MP3 recording")
        padding = _at(stream, at, 8192)
        at += len(padding) - len(padding.lstrip(b"\0"))
    first = mp3_frame_length(_at(stream, at, 4))
    if not first:
        raise damaged("MP3 recording")
    if at + first >= size:
        raise cut_short("MP3 recording")
    if not mp3_frame_length(_at(stream, at + first, 4)):
        raise damaged("MP3 recording")


def reads_as_text(head: bytes) -> bool:
    """Whether these first bytes can be UTF-8 text that is no web page and no XML."""
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if len(head) - fault.start > 3 or fault.start == 0:
            return False
        text = head[: fault.start].decode("utf-8-sig")
    if HTML.search(head[:SNIFFED]) or text.lstrip().startswith(("<?xml", "{\\rtf")):
        return False
    return b"%PDF-" not in head[:SNIFFED] and not _CONTROLS.search(text)


_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def txt(stream: BinaryIO, size: int) -> None:
    """UTF-8 throughout, without control characters."""
    only_one_thing(stream, size, "text")
    try:
        text = _at(stream, 0, size).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        if fault.end >= size and size - fault.start <= 3:
            raise cut_short("text") from fault
        raise Refusal(
            rule="The text is not in UTF-8.",
            remedy="Save it with the encoding UTF-8, then add it again.",
        ) from fault
    if _CONTROLS.search(text):
        raise damaged("text")


def docx(stream: BinaryIO, size: int) -> None:
    """A Word document by its archive's directory: whole, without macros, and no trap to unpack."""
    what = "Word document"
    entries = _zip_entries(stream, size, what)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise damaged(what)
    if any("vbaproject" in name or "vbadata" in name or "activex" in name for name in names):
        raise Refusal(
            rule="The Word document holds macros, which are programs.",
            remedy="Save it as “Word document (.docx)” without macros, then add it again.",
        )
    if not {"[content_types].xml", "word/document.xml"} <= set(names):
        raise Refusal(
            rule="The archive is not a Word document: it has no document in it.",
            remedy="Add the files in it one by one, or save the document as .docx.",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal(
            rule="The Word document is protected by a password.",
            remedy="Remove the password, then add it again.",
        )
    _refuse_a_bomb(entries, what)
    if _outside(names):
        raise damaged(what)


def _zip_entries(stream: BinaryIO, size: int, what: str) -> list[zipfile.ZipInfo]:
    """The directory of an archive that fills the file exactly; its size is known before it is
    read."""
    tail = _at(stream, max(0, size - TAIL), TAIL)
    at = tail.rfind(ZIP_END)
    if at < 0 or len(tail) - at < 22:
        raise cut_short(what)
    end = size - len(tail) + at
    disks, start_disk, here, count, length, offset, comment = struct.unpack(
        "<HHHHIIH", tail[at + 4 : at + 22]
    )
    if count > MOST_ENTRIES or length > LARGEST_DIRECTORY:
        raise _bomb(what)
    if end + 22 + comment != size:
        raise two_in_one(what, "something behind its end")
    if disks or start_disk or here != count or offset + length != end:
        raise damaged(what)
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as fault:
        raise damaged(what) from fault
    if len(entries) != count:
        raise damaged(what)
    return entries


def _refuse_a_bomb(entries: list[zipfile.ZipInfo], what: str) -> None:
    """By the directory alone: what it says it unpacks to, and entries that share their bytes."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise _bomb(what)
    if unpacked > RATIO_FROM and unpacked > HIGHEST_RATIO * max(packed, 1):
        raise _bomb(what)
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise _bomb(what)
        end = entry.header_offset + 30 + entry.compress_size


def _bomb(what: str) -> Refusal:
    return Refusal(
        rule=f"The {what} would unpack to far more than it may hold.",
        remedy="Save it anew from the program that made it, then add it again.",
    )


def _outside(names: list[str]) -> bool:
    return any(
        name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)
        for name in names
    )


def _at(stream: BinaryIO, offset: int, length: int) -> bytes:
    stream.seek(offset)
    return stream.read(length)


def _found(stream: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    """Whether the pattern is anywhere in the file, read block by block."""
    stream.seek(0)
    before = b""
    while block := stream.read(BLOCK):
        if pattern.search(before + block):
            return True
        before = block[-64:]
    return False
