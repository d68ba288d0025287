"""The private store of files: bytes under random keys, names and types in the database only.

A file is written before its row. When the row's action fails, the action deletes the file again
(``remove_file``); what a later rollback of the whole request leaves behind has no row, is reached
by nobody, and is deleted by ``sweep_files`` (``manage.py sweep_files``) once it is a day old.
Evidence lies in a folder of its own, for the sweep knows nothing of what other apps store.
"""

import datetime
import hashlib
import logging
import re
import secrets
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from centres.access import check_may
from centres.models import Centre, User
from centres.refusals import Refusal
from centres.stores import STORE_FAULTS
from portfolios.file_types import (
    EVIDENCE,
    KINDS,
    MB,
    Use,
    clean_name,
    recognise,
    served_name,
)
from portfolios.models import StoredFile

# A document of its own, without scripts, forms, origin or network; only our own pages frame it.
SANDBOX = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'self'"
)
LEFT_BEHIND_AFTER = datetime.timedelta(days=1)

log = logging.getLogger("criterion.files")


def store_upload(
    *,
    actor: User,
    centre: Centre,
    upload: "UploadedFile[Any]",
    permission: str = "change_portfolio",
    use: Use = EVIDENCE,
) -> StoredFile:
    """Check an upload by its content, write its bytes and its row.

    ``permission`` is the calling action's own, ``use`` what the file is handed in as. Refuses what
    ``file_types.recognise`` refuses, and a store that has no room; then there is neither a row nor
    a file.
    """
    check_may(actor, centre, permission)
    name, size = clean_name(upload.name or ""), int(upload.size or 0)
    if size > use.largest:
        raise Refusal(
            rule=f"The file is larger than the {use.largest // MB} MB that any file may have here.",
            remedy=use.smaller,
        )
    if upload.file is None:
        raise Refusal(rule="The file did not arrive.", remedy="Add it again.")
    source = cast(BinaryIO, upload.file)
    kind = recognise(source, name=name, size=size, use=use)
    counted, sha256 = _measured(source, size)
    if counted != size:
        raise Refusal(rule="The file did not arrive whole.", remedy="Add it again.")
    key = _write(f"{_folder(centre)}/{secrets.token_hex(16)}", source)
    try:
        return StoredFile.objects.create(
            centre=centre,
            key=key,
            name=name,
            kind=kind.code,
            content_type=kind.content_type,
            size=size,
            sha256=sha256,
            stored_by=actor,
        )
    except BaseException:
        _discard(key)
        raise


def _folder(centre: Centre) -> str:
    """Where a centre's evidence lies, and nothing else does."""
    return f"c/{centre.pk}/evidence"


def _measured(source: BinaryIO, size: int) -> tuple[int, str]:
    """How many bytes there are and their SHA-256, read once; no further than one past ``size``."""
    digest, counted = hashlib.sha256(), 0
    source.seek(0)
    while counted <= size and (block := source.read(min(File.DEFAULT_CHUNK_SIZE, size + 1))):
        digest.update(block)
        counted += len(block)
    source.seek(0)
    return counted, digest.hexdigest()


def _write(key: str, source: BinaryIO) -> str:
    """Write bytes; a store that refuses them keeps no part of them."""
    try:
        return default_storage.save(key, File(source, name="upload"))
    except BaseException as fault:
        _discard(key)
        if isinstance(fault, STORE_FAULTS):
            raise Refusal(
                rule="The file could not be stored: the site’s store takes no more at the moment.",
                remedy="Nothing was added. Try again later, and tell your centre if it stays so.",
            ) from fault
        raise


def remove_file(stored: StoredFile) -> None:
    """Delete the bytes of a file whose row is being rolled back."""
    _discard(stored.key)


def _discard(key: str) -> None:
    """Delete bytes while another fault is on its way up, which a second one must not hide."""
    try:
        default_storage.delete(key)
    except Exception:
        log.exception("the file %s could not be deleted and is left to the sweep", key)


def open_file(stored: StoredFile) -> "File[Any]":
    """The bytes of a file, to be closed by the caller."""
    return default_storage.open(stored.key, "rb")


def file_response(stored: StoredFile, *, inline: bool, byte_range: str = "") -> HttpResponseBase:
    """Hand out a file; the caller has checked who may.

    Shown in the browser only where wanted and its kind allows it. ``byte_range`` is the request's
    Range header: one range is answered with 206 (players ask so), one outside the file with 416,
    several with the whole file. Raises one of ``STORE_FAULTS`` where the store does not give the
    bytes back.
    """
    kind = KINDS[stored.kind]
    wanted = parse_range(byte_range, stored.size)
    if wanted == (0, -1):
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    first, last = wanted or (0, stored.size - 1)
    content = open_file(stored)
    charset = "; charset=utf-8" if kind.medium == "text" else ""
    response = FileResponse(
        _Stretch(content, first, last - first + 1) if wanted else content,
        as_attachment=not (inline and kind.shown_inline),
        filename=served_name(stored.name, kind),
        content_type=stored.content_type + charset,
        status=206 if wanted else 200,
    )
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    if wanted:
        response["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for none, several or nonsense, which the
    standard says to ignore (RFC 9110, 14.2); (0, -1) for a range that lies outside the file."""
    found = re.fullmatch(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", header)
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (0, -1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        return (0, -1)
    return int(first), min(int(last), size - 1) if last else size - 1


class _Stretch:
    """A stretch of an open file, read as if it were the whole; closes the file."""

    def __init__(self, content: "File[Any]", first: int, length: int) -> None:
        content.seek(first)
        self._content = content
        self._left = length

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the stretch."""
        block: bytes = self._content.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        return block

    def close(self) -> None:
        """Close the file beneath."""
        self._content.close()


def sweep_files(centre: Centre) -> int:
    """Delete a centre's evidence that has no row and is older than a day; how many files it was.

    The caller is in the centre's context.
    """
    folder = _folder(centre)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return 0
    rows = StoredFile.objects.for_centre(centre).values_list("key", flat=True)
    left = {f"{folder}/{name}" for name in names} - set(rows)
    before = timezone.now() - LEFT_BEHIND_AFTER
    old = [key for key in left if default_storage.get_modified_time(key) < before]
    for key in old:
        default_storage.delete(key)
    return len(old)
