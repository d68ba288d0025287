"""Characters that paper cannot show are spelt out, so that nothing is dropped or disguised."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_KEPT_CONTROLS = frozenset("\t\n\r")
# Marks that reorder their neighbours: a name could show "Pass" where the text says otherwise.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSHOWABLE_CATEGORIES = frozenset({"Cc", "Co", "Cs"})


def spell_out(text: str, *, without_glyph: Iterable[str] = ()) -> str:
    """`text` with each unshowable character as its code point, such as `[U+202E]`.

    Unshowable are controls, characters that reorder text, private use, lone surrogates,
    non-characters, and those that `without_glyph` lists because no font here has them.
    """
    absent = frozenset(without_glyph)
    unshowable = {ord(c) for c in set(text) if c in absent or _is_unshowable(c)}
    if not unshowable:
        return text
    return text.translate({point: f"[U+{point:04X}]" for point in unshowable})


def _is_unshowable(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    point = ord(character)
    return (
        character in _REORDERING
        or unicodedata.category(character) in _UNSHOWABLE_CATEGORIES
        or 0xFDD0 <= point <= 0xFDEF
        or point & 0xFFFE == 0xFFFE
    )
