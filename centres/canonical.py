"""Canonical JSON (RFC 8785) and its SHA-256: the form in which everything is signed and chained."""

import datetime
import hashlib
from typing import Any

import rfc8785


def canonical_json(content: Any) -> bytes:
    """The one byte sequence for this content. Takes only JSON's own types."""
    return rfc8785.dumps(content)


def sha256_hex(content: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hex digits."""
    return sha256_hex(text.encode())


def utc_text(moment: datetime.datetime) -> str:
    """A moment as it stands in manifests and in the ledger: UTC, to the microsecond."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
