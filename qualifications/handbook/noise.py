"""Undoes what converters and text recognition leave in a line, and drops pages' furniture."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from qualifications.handbook.content import Read
from qualifications.handbook.pieces import Piece

# Cyrillic and Greek letters that look Latin and turn up inside Latin words.
_LOOKALIKES = str.maketrans("АВСЕНІКМОРТХавсеһіорхуѕј", "ABCEHIKMOPTXabcehiopxysj")
_HYPHENS = str.maketrans("\u2010\u2011", "--")
_MARKUP = re.compile(
    r"\[(?:bookmark|image):[^\]\n]{0,200}\]|</?(?:u|b|i|em|strong|br|p|sup|sub|span)>", re.I
)
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060\u2063\ufeff\x00-\x08\x0e-\x1f\x7f]"
)
_BULLET_SIGNS = "•·▪●○◦■□➢✓*¢«»‣⁃\uf0b7\uf0a7\uf0d8\uf02d"
# Recognition reads a round bullet as one of these letters; no English word is one. Before a small
# letter it may be the end of a word that a narrow column has broken.
BULLET = re.compile(
    rf"^(?:[{re.escape(_BULLET_SIGNS)}]\s*|[-–—.]\s+)(?=\S)|^[eo]\s+(?=[^\sa-z])|^[{_BULLET_SIGNS}]$"
)
UNSURE = "\u2060"  # of no width: two lines were put together here, and nothing tells how
RAISED = "\u2063"  # of no width: a small raised figure was left out here
_SENTENCE = re.compile(r"(?<=[a-z)’'])\s+(?=[A-Z][a-z’']+ )")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*)?\d{1,4}\s*of\s*\d{1,4}$|^page\s+\d{1,4}(?:\s*/\s*\d{1,4})?$", re.I
)
_FOOTER = re.compile(
    r"^(?:©|@ Institute|copyright\W*(?:©|\(c\)|(?:19|20)\d\d|$)"
    r"|.{0,90}\bqualification specifications?$"
    r"|\W?I?this\s+page\s+is\s+intentiona)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"^(?:version:?\s+[\w .]{1,20}|(?:19|20)\d\d)$", re.IGNORECASE)
SPECIFICATION = re.compile(
    r"^(?:ILM )?(Level \d .{5,120}?) Qualification Specifications?$", re.IGNORECASE
)
_NUMERALS = re.compile(r"\d{1,4}")
_EDGE = 3  # pieces at the head and foot of a page among which furniture is looked for


def clean(text: str) -> str:
    """A line with single spaces, plain hyphens, joined ligatures and Latin letters, free of
    markup."""
    text = _MARKUP.sub(" ", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = text.translate(_HYPHENS)
        text = "".join(_plain_ligature(sign) for sign in text)
        text = " ".join(_latin(word) for word in text.split())
    return " ".join(text.split())


def _plain_ligature(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign) if "ﬀ" <= sign <= "ﬆ" or sign == "\xa0" else sign


def _latin(word: str) -> str:
    """The word with lookalikes replaced where it is Latin otherwise, or is one lookalike alone."""
    changed = word.translate(_LOOKALIKES)
    return (
        changed
        if changed.isascii() or any(sign.isascii() and sign.isalpha() for sign in word)
        else word
    )


def is_bullet(text: str) -> bool:
    return bool(BULLET.match(text))


def without_bullet(text: str) -> str:
    return BULLET.sub("", text, count=1).strip()


def at_capitals(text: str) -> list[str]:
    """Sentences run together without a stop, parted where a small letter meets a capital."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def compared(text: str) -> str:
    """Only letters and digits, small: two printings of one text are equal in it."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", "")))


def without_furniture(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Read[str]]]:
    """The pieces without page numbers, headers and footers, and the texts that were dropped."""
    dropped: set[int] = set()
    dropped |= _at_page_edges(pieces)
    texts: list[Read[str]] = []
    for index, piece in enumerate(pieces):
        if not piece.text:
            continue
        following = _following(pieces, index)
        if _PAGE_NUMBER.match(piece.text) or _FOOTER.match(piece.text):
            dropped.add(index)
        elif following is not None:
            both = f"{piece.text} {pieces[following].text}"
            wrapped = not pieces[following].after_gap and not both.isupper()
            if wrapped and SPECIFICATION.match(both) and len(piece.text) < 100:
                dropped |= {index, following}
                texts.append(Read(both, piece.raw, piece.place))
    for index in sorted(dropped):
        texts.append(Read(pieces[index].text, pieces[index].raw, pieces[index].place))
        following = _following(pieces, index)
        while following is not None and _VERSION.match(pieces[following].text):
            dropped.add(following)
            following = _following(pieces, following)
    return [piece for index, piece in enumerate(pieces) if index not in dropped], texts


def with_furniture_inside(pieces: Sequence[Piece], kept: Sequence[Piece]) -> list[Piece]:
    """What was kept, and what was dropped but stands at no edge of a page: it may be wording."""
    held = {id(piece) for piece in kept}
    edges = {id(pieces[index]) for page in _pages(pieces).values() for index in _edges(page)}
    return [piece for piece in pieces if id(piece) in held or id(piece) not in edges]


def _pages(pieces: Sequence[Piece]) -> dict[int, list[int]]:
    """The positions of the pieces with text, page by page."""
    pages: dict[int, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.place.page and piece.text:
            pages.setdefault(piece.place.page, []).append(index)
    return pages


def _edges(page: Sequence[int]) -> set[int]:
    return {*page[:_EDGE], *page[-_EDGE:]}


def _following(pieces: Sequence[Piece], index: int) -> int | None:
    for later in range(index + 1, min(index + 6, len(pieces))):
        if pieces[later].text:
            return later
    return None


def _at_page_edges(pieces: Sequence[Piece]) -> set[int]:
    """Pieces that stand at the head or foot of three pages and of a third of all: the same words,
    or a number that grows with the pages."""
    pages = _pages(pieces)
    if len(pages) < 3:
        return set()
    edges = [
        index
        for page in pages.values()
        for index in _edges(page)
        if len(pieces[index].text) <= 120 and not pieces[index].in_cell
    ]
    enough = max(3, len(pages) // 3)
    everywhere = Counter(piece.text.lower() for piece in pieces)
    at_edges = Counter(pieces[index].text.lower() for index in edges)
    offsets = Counter(key for index in edges for key in _page_keys(pieces[index]))
    return {
        index
        for index in edges
        if _is_running(pieces[index].text.lower(), at_edges, everywhere, enough)
        or any(offsets[key] >= enough for key in _page_keys(pieces[index]))
    }


def _is_running(text: str, at_edges: Counter[str], everywhere: Counter[str], enough: int) -> bool:
    """The same words at so many edges, and hardly anywhere else: no label of the layout."""
    elsewhere = everywhere[text] - at_edges[text]
    return (
        at_edges[text] >= enough
        and elsewhere <= at_edges[text] // 4
        and any(sign.isalpha() for sign in text)
    )


def _page_keys(piece: Piece) -> set[tuple[str, int]]:
    """What stays the same from page to page in a text that counts them: "12" on page 14."""
    masked = re.sub(r"\d+", "#", piece.text.lower())
    if "." in masked and not any(sign.isalpha() for sign in masked):
        return set()
    return {(masked, int(one) - (piece.place.page or 0)) for one in _NUMERALS.findall(piece.text)}
