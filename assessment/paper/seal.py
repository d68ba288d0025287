"""Seals a finished PDF so that any later change shows, and tells what became of a sealed one."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import new as hash_new
from hashlib import sha256
from io import BytesIO
from typing import Any, Literal

import pikepdf
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.stamp import BaseStampStyle

from assessment.paper.accessible import SEAL_FIELD
from assessment.paper.keys import SealKey, certificate_name, check_key

Outcome = Literal[
    "intact",
    "altered",
    "extended",
    "truncated",
    "unsigned",
    "unknown_seal",
    "not_a_pdf",
    "empty",
    "too_large",
]

MAX_BYTES = 32 * 1024 * 1024
_MAX_SEAL_BYTES = 256 * 1024
_MAX_RANGES = 8
_FRAME_BYTES = 2048
_BYTE_RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}0 (\d{1,10}) (\d{1,10}) (\d{1,10})\s{0,99}\]")

_PROBLEMS: dict[Outcome, str] = {
    "intact": "",
    "altered": "The file differs from what was sealed.",
    "extended": "Something was added to the file after it was sealed.",
    "truncated": "The end of the file is missing.",
    "unsigned": "The file carries no seal.",
    "unknown_seal": "The file carries a seal that is not one of ours.",
    "not_a_pdf": "The file is no PDF.",
    "empty": "The file is empty.",
    "too_large": f"The file is larger than {MAX_BYTES // 1024 // 1024} MB; no paper of ours is.",
}


class SealFault(Exception):
    """The PDF cannot be sealed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCheck:
    """What a file's seal says. Only "intact" vouches for it.

    The certificate's name, the time of sealing and the attached manifest are filled in for an
    intact file only, since nothing in another file can be believed.
    """

    outcome: Outcome
    covers_whole_file: bool = False
    certificate_name: str = ""
    signed_at: datetime | None = None
    manifest: bytes | None = None

    @property
    def is_intact(self) -> bool:
        return self.outcome == "intact"

    @property
    def problems(self) -> tuple[str, ...]:
        return () if self.is_intact else (_PROBLEMS[self.outcome],)


def seal_pdf(
    pdf: bytes,
    *,
    key: SealKey,
    reason: str,
    location: str,
    at: datetime,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """The PDF, certified with no changes allowed (PAdES B-B, or B-T with a `timestamper`).

    `at` is the time that the seal states. Refuses (SealFault) a file without an empty seal field
    and one that is sealed already, and (SealKeyFault) a certificate that is not valid at `at`.
    """
    check_key(key, production=False, at=at)
    try:
        return asyncio.run(_sealed(pdf, key, reason, location, at, timestamper))
    except (SigningError, PdfReadError) as fault:
        raise SealFault(f"The file cannot be sealed: {fault}") from fault


async def _sealed(
    pdf: bytes,
    key: SealKey,
    reason: str,
    location: str,
    at: datetime,
    timestamper: TimeStamper | None,
) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=SEAL_FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location,
    )
    signer = PdfSigner(metadata, key.signer(), timestamper=timestamper, stamp_style=_NoDrawing())
    session = signer.init_signing_session(_SealWriter(BytesIO(pdf)), existing_fields_only=True)
    session.system_time = at
    if timestamper is None:
        # Known beforehand; finding it out by a trial seal takes half as long as sealing.
        certificates = sum(len(_der(certificate)) for certificate in (key.certificate, *key.chain))
        reserved = 2 * (certificates + _FRAME_BYTES)
    else:
        reserved = await session.estimate_signature_container_size(None)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    output = BytesIO()
    prepared, _ = document.digest_tbs_document(output=output)
    await document.perform_signature(
        document_digest=prepared.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=at),
    )
    return output.getvalue()


class _SealWriter(IncrementalPdfFileWriter):
    """Adds the seal and nothing else, so that the file stays the PDF/A-3 that was rendered.

    pyHanko would change the metadata to the clock's time and its own name, and declare PDF 2.0,
    which PDF/A-3 is not.
    """

    def _update_meta(self) -> None:
        return

    def ensure_output_version(self, version: Any) -> None:
        return

    def register_extension(self, ext: Any) -> None:
        return


@dataclass(frozen=True)
class _NoDrawing(BaseStampStyle):
    """The sheet itself says that it is sealed; the field over that sentence stays clear."""

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> None:
        return None


def check_seal(pdf: bytes, *, trusted: Sequence[x509.Certificate]) -> SealCheck:
    """What the file's seal says, in about 10 ms; it never raises, whatever the bytes.

    The file is read as bytes until its seal holds, and parsed as a PDF only then: nothing that a
    stranger made reaches a PDF reader. The seal must cover all of the file but itself, be written
    exactly as `seal_pdf` writes it, and come from a certificate in `trusted`. No revision may
    follow, so none needs to be judged.
    """
    outcome, signer = _judged(pdf, {_der(certificate): certificate for certificate in trusted})
    if outcome != "intact" or signer is None:
        return SealCheck(outcome=outcome)
    signed_at, manifest = _contents(pdf)
    return SealCheck(
        outcome="intact",
        covers_whole_file=True,
        certificate_name=certificate_name(signer),
        signed_at=signed_at,
        manifest=manifest,
    )


def _judged(
    pdf: bytes, trusted: dict[bytes, x509.Certificate]
) -> tuple[Outcome, x509.Certificate | None]:
    if not pdf:
        return "empty", None
    if len(pdf) > MAX_BYTES:
        return "too_large", None
    if not pdf.startswith(b"%PDF-"):
        return "not_a_pdf", None
    ranges = deque(_BYTE_RANGE.finditer(pdf), maxlen=_MAX_RANGES)
    if not ranges:
        return ("unsigned" if b"%%EOF" in pdf[-64:] else "truncated"), None
    answers = [_range_judged(pdf, [int(n) for n in found.groups()], trusted) for found in ranges]
    for outcome in ("intact", "extended", "unknown_seal", "truncated"):
        for answer in answers:
            if answer[0] == outcome:
                return answer
    return "altered", None


def _range_judged(
    pdf: bytes, numbers: list[int], trusted: dict[bytes, x509.Certificate]
) -> tuple[Outcome, x509.Certificate | None]:
    """The answer for one signature, whose signed bytes are [0, gap) and [resume, end)."""
    gap, resume, length = numbers
    end = resume + length
    in_place = pdf[gap : gap + 1] == b"<" and pdf[resume - 1 : resume] == b">"
    if not in_place or not gap < resume <= gap + _MAX_SEAL_BYTES:
        return "altered", None
    if end > len(pdf):
        return "truncated", None
    digest = sha256(pdf[:gap])
    digest.update(pdf[resume:end])
    try:
        signer_der, is_ours = _seal_read(pdf[gap:resume], digest.digest(), set(trusted))
    except Exception:
        # Whatever a parser finds fault with is not what was sealed.
        return "altered", None
    if not is_ours:
        return "unknown_seal", None
    return ("intact" if end == len(pdf) else "extended"), trusted[signer_der]


def _seal_read(gap: bytes, digest: bytes, trusted: set[bytes]) -> tuple[bytes, bool]:
    """The signer's certificate and whether we trust it; raises ValueError for a false seal."""
    padded = bytes.fromhex(gap[1:-1].decode("ascii"))
    container = cms.ContentInfo.load(padded)
    written = container.dump()
    signed = container["content"]
    (info,) = signed["signer_infos"]
    certificates = [choice.chosen for choice in signed["certificates"]]
    (signer,) = [c for c in certificates if c.serial_number == _serial(info)]
    # The frame around certificate, attributes and signature is not itself signed, so it has to
    # be byte for byte the one that sealing writes: a changed byte there is a changed file.
    canonical = _rebuilt(signed, info, signer).hex().upper().encode()
    if gap != b"<" + canonical + b"0" * (len(gap) - len(canonical) - 2) + b">":
        raise ValueError("The seal is not written as we write it.")
    if not padded.startswith(written):
        raise ValueError("The seal cannot be read.")
    if not all(validate_sig_integrity(info, signer, "data", digest)):
        raise ValueError("The seal belongs to other content.")
    if info["unsigned_attrs"].native and not _timestamp_holds(info):
        raise ValueError("The timestamp belongs to another seal.")
    is_ours = all(certificate.dump() in trusted for certificate in certificates)
    return signer.dump(), is_ours


def _timestamp_holds(info: Any) -> bool:
    """Whether the only unsigned attribute is a timestamp of this very signature.

    Who gave the timestamp is not judged here. Its frame is its authority's to write, so a byte
    changed there can pass; the file's own SHA-256 in the ledger shows that too.
    """
    (attribute,) = info["unsigned_attrs"]
    if attribute["type"].native != "signature_time_stamp_token":
        return False
    (token,) = attribute["values"]
    signed = token["content"]
    (token_info,) = signed["signer_infos"]
    stamped = signed["encap_content_info"]["content"]
    imprint = stamped.parsed["message_imprint"]
    algorithm = token_info["digest_algorithm"]["algorithm"].native
    (authority,) = [
        choice.chosen
        for choice in signed["certificates"]
        if choice.chosen.serial_number == _serial(token_info)
    ]
    return (
        imprint["hash_algorithm"]["algorithm"].native == "sha256"
        and imprint["hashed_message"].native == sha256(info["signature"].native).digest()
        and all(
            validate_sig_integrity(
                token_info, authority, "tst_info", hash_new(algorithm, bytes(stamped)).digest()
            )
        )
    )


def _serial(info: Any) -> int:
    return int(info["sid"].chosen["serial_number"].native)


def _rebuilt(signed: Any, info: Any, signer: Any) -> bytes:
    issued = cms.IssuerAndSerialNumber(
        {"issuer": signer.issuer, "serial_number": signer.serial_number}
    )
    fresh = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", issued),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": info["signed_attrs"],
            "signature_algorithm": {"algorithm": info["signature_algorithm"]["algorithm"].native},
            "signature": info["signature"].native,
        }
    )
    if info["unsigned_attrs"].native:
        fresh["unsigned_attrs"] = info["unsigned_attrs"]
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": signed["certificates"],
            "signer_infos": [fresh],
        }
    )
    rebuilt: bytes = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
    return rebuilt


def _contents(pdf: bytes) -> tuple[datetime | None, bytes | None]:
    """The stated time and the attachment of a file whose seal holds."""
    with pikepdf.open(BytesIO(pdf)) as document:
        (field,) = (field for field in document.Root.AcroForm.Fields if field.T == SEAL_FIELD)
        manifest = next(
            (file.get_file().read_bytes() for file in document.attachments.values()), None
        )
        return parse_pdf_date(str(field.V.M)), manifest


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
