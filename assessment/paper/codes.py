"""Verification codes: what a stranger types from a sheet of paper to find out whether it holds."""

from __future__ import annotations

import re
import secrets

# Without 0 O, 1 I L, S (taken for 5) and U (taken for V).
ALPHABET = "23456789ABCDEFGHJKMNPQRTVWXYZ"
_LENGTH = 10
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212_.·]+")
_MISREAD = str.maketrans({"S": "5", "U": "V"})


def new_code() -> str:
    """A fresh code such as `R4WD-8HTN-3C`: ten symbols, 48.6 bits from the system's randomness."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(_LENGTH)))


def normalise_code(text: str) -> str | None:
    """The code that a person meant: any case, any separators, S read as 5 and U as V.

    None where the text cannot be a code.
    """
    symbols = _SEPARATORS.sub("", text[:64]).upper().translate(_MISREAD)
    if len(symbols) != _LENGTH or any(symbol not in ALPHABET for symbol in symbols):
        return None
    return _grouped(symbols)


def _grouped(symbols: str) -> str:
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"
