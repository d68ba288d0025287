"""Which files are taken as evidence: the table of kinds, and the type of a file by its content.

Nothing here parses what a stranger sent beyond signatures, the chain of blocks that a container is
made of, and the directory of a zip archive; every read is bounded.
"""

import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from mimetypes import MimeTypes
from typing import BinaryIO

import puremagic

from centres.refusals import Refusal
from portfolios import containers

MB = 1_000_000
NAME_LENGTH = 255
HEAD = 4096  # bytes looked at for signatures
SOURCE = "Files taken as evidence"


@dataclass(frozen=True)
class Kind:
    """A kind of file: ``limit`` in bytes; the first of ``extensions`` is the one it is given."""

    code: str
    label: str
    content_type: str
    extensions: tuple[str, ...]
    limit: int
    medium: str
    shown_inline: bool
    check: Callable[[BinaryIO, int], None]

    @property
    def icon(self) -> str:
        """The look's icon for it."""
        return "doc" if self.medium == "pages" else self.medium


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf", (".pdf",), 25 * MB, "pages", True, containers.pdf),
        Kind(
            "docx",
            "Word document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            (".docx",),
            25 * MB,
            "pages",
            False,
            containers.docx,
        ),
        Kind(
            "jpeg",
            "JPEG image",
            "image/jpeg",
            (".jpg", ".jpeg", ".jpe", ".jfif"),
            15 * MB,
            "image",
            True,
            containers.jpeg,
        ),
        Kind("png", "PNG image", "image/png", (".png",), 15 * MB, "image", True, containers.png),
        Kind("mp3", "MP3 audio", "audio/mpeg", (".mp3",), 100 * MB, "audio", True, containers.mp3),
        Kind(
            "m4a",
            "MPEG-4 audio",
            "audio/mp4",
            (".m4a", ".mp4"),
            100 * MB,
            "audio",
            True,
            containers.mp4,
        ),
        Kind(
            "mp4",
            "MPEG-4 video",
            "video/mp4",
            (".mp4", ".m4v"),
            250 * MB,
            "video",
            True,
            containers.mp4,
        ),
        Kind("wav", "WAV audio", "audio/wav", (".wav",), 250 * MB, "audio", True, containers.wav),
        Kind(
            "txt",
            "text file",
            "text/plain",
            (".txt", ".text", ".md"),
            2 * MB,
            "text",
            True,
            containers.txt,
        ),
    )
}
LARGEST = max(kind.limit for kind in KINDS.values())
ACCEPTED = ",".join(extension for kind in KINDS.values() for extension in kind.extensions)
TAKEN = "PDF, Word (DOCX), JPEG, PNG, MP3, M4A, MP4, WAV and plain text (TXT, MD)"
ANOTHER_KIND = f"Save it as one of these, then add it again: {TAKEN}."


@dataclass(frozen=True)
class Use:
    """What a file is handed in as: which kinds are taken, and how a refusal speaks of it."""

    kinds: frozenset[str]
    not_taken: str
    another_kind: str
    empty: str
    smaller: str
    source: str

    @property
    def largest(self) -> int:
        """Bytes that a file of the largest kind may have."""
        return max(KINDS[code].limit for code in self.kinds)


EVIDENCE = Use(
    kinds=frozenset(KINDS),
    not_taken="is not a kind of file taken as evidence",
    another_kind=ANOTHER_KIND,
    empty="Open it on your device, then add the one with content.",
    smaller="Make it smaller or split it, then add it again.",
    source=SOURCE,
)

# The names that files of kinds not taken usually carry; without the machine's own lists, so that
# the same name is judged alike everywhere.
_named_types = MimeTypes(filenames=())
for _kind in KINDS.values():
    for _extension in _kind.extensions:
        _named_types.add_type(_kind.content_type, _extension)
for _extension in (".docm", ".dotm", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods", ".odp"):
    _named_types.add_type("application/vnd.office", _extension)
for _extension in (".pages", ".heic", ".heif", ".rtf", ".7z", ".rar", ".apk", ".iso", ".lnk"):
    _named_types.add_type("application/vnd.other", _extension)


def clean_name(raw: str) -> str:
    """A file's name as it is kept: any script, without folders, controls and hidden reordering.

    At most 255 characters; the extension survives the cut.
    """
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rsplit("/", maxsplit=1)[-1])
    name = "".join(" " if mark.isspace() else mark for mark in name if _printable(mark))
    name = " ".join(name.split()).strip(". ")
    if len(name) > NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        room = NAME_LENGTH - len(extension) - 1
        name = f"{stem[:room]}.{extension}" if dot and 0 < len(extension) <= 10 else name
    return name[:NAME_LENGTH] or "file"


def _printable(mark: str) -> bool:
    category = unicodedata.category(mark)
    if mark.isspace():
        return True
    # Cf holds the marks that turn the direction of writing and so can hide an extension; the
    # joiners that scripts and emoji need stay.
    return category not in {"Cc", "Cs", "Cn", "Co"} and (category != "Cf" or mark in "\u200c\u200d")


def title_of(name: str) -> str:
    """What an item is called at first: its file's name without the extension."""
    stem, dot, _ = name.rpartition(".")
    return (stem if dot and stem.strip() else name)[:200]


def recognise(stream: BinaryIO, *, name: str, size: int, use: Use = EVIDENCE) -> Kind:
    """The kind of a file by its content, after every check of that kind.

    ``size`` is in bytes. Refuses what is empty, of a kind not taken for its use, named as another
    kind, larger than its kind's limit, cut short, two kinds at once, or a trap when opened.
    """
    if size == 0:
        raise Refusal(
            rule="The file is empty.",
            remedy=use.empty,
        )
    stream.seek(0)
    head = stream.read(HEAD)
    kind = _kind_by_signature(head)
    if kind is None or kind.code not in use.kinds:
        what = f"This file ({kind.label})" if kind else _what_it_is(head)
        raise Refusal(rule=f"{what} {use.not_taken}.", remedy=use.another_kind, source=use.source)
    if size > kind.limit:
        raise Refusal(
            rule=f"The file has {_mb(size)} MB; a {kind.label} may have {_mb(kind.limit)} MB.",
            remedy=use.smaller,
            source=use.source,
        )
    _check_name(name, kind, use)
    kind.check(stream, size)
    stream.seek(0)
    return kind


def _kind_by_signature(head: bytes) -> Kind | None:  # noqa: PLR0911
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    if head.startswith(b"PK\x03\x04"):
        return KINDS["docx"] if _zip_of_word(head) else None
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpeg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return KINDS["wav"]
    if head[4:8] == b"ftyp":
        sort = containers.mp4_sort(head)
        return KINDS[sort] if sort else None
    if head.startswith(b"ID3") or containers.mp3_frame_length(head[:4]):
        return KINDS["mp3"]
    return KINDS["txt"] if containers.reads_as_text(head) else None


def _zip_of_word(head: bytes) -> bool:
    """Whether an archive may be a Word document: those begin with one of a few names."""
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return first.startswith(
        (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"customXml/")
    )


def _check_name(name: str, kind: Kind, use: Use) -> None:
    if name.lower().endswith(kind.extensions):
        return
    named, packed = _named_types.guess_type(name.lower(), strict=False)
    if named is None and packed is None:
        return  # no extension, or one that means nothing: the content alone decides
    extension = name[name.rindex(".") :]
    raise Refusal(
        rule=f"The name ends in {extension}, but the content is a {kind.label}.",
        remedy=(
            f"If the content is what you mean, rename the file to end in {kind.extensions[0]}; "
            "otherwise save it again in the form that its name says."
        ),
        source=use.source,
    )


_SEEMS = (
    (b"\xff\xfe", "Text that is not in UTF-8"),
    (b"\xfe\xff", "Text that is not in UTF-8"),
    (b"\xd0\xcf\x11\xe0", "An old or password-protected Office document"),
    (b"PK", "An archive"),
    (b"MZ", "A program"),
)


def _what_it_is(head: bytes) -> str:
    """What a refused file seems to be, for people."""
    if containers.HTML.search(head[: containers.SNIFFED]):
        return "A web page"
    if b"%PDF-" in head[: containers.SNIFFED]:
        return "A file that hides a PDF behind something else"
    known = next((words for start, words in _SEEMS if head.startswith(start)), "")
    if known:
        return known
    try:
        return f"This file ({puremagic.magic_string(head)[0].name.strip()})"
    except (puremagic.PureError, ValueError, IndexError):
        return "This file"


def _mb(size: int) -> str:
    return f"{size / MB:.1f}".removesuffix(".0")


def served_name(name: str, kind: Kind) -> str:
    """The name under which a file is handed out: it ends as its content demands."""
    return name if name.lower().endswith(kind.extensions) else f"{name}{kind.extensions[0]}"


def recognise_bytes(content: bytes, name: str) -> Kind:
    """The same for content that is at hand."""
    return recognise(io.BytesIO(content), name=name, size=len(content))
