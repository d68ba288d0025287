"""The organisation's seal: where its key lies, and whether it may be used."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers.pdf_cms import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

DEMO_MARK = "DEMONSTRATION ONLY"
_DEMO_KEY_FILE = "seal-key.pem"
_DEMO_CERTIFICATE_FILE = "seal-certificate.pem"
_DEMO_YEARS = 3
_COMMON_NAME_MAX = 64
_CERTIFICATE_BLOCK = b"-----BEGIN CERTIFICATE-----"


class SealKeyFault(Exception):
    """The seal cannot be used: the message says what is wrong with it and what to do."""


class SealKey(Protocol):
    """A key that seals papers. One in a file today; a hardware module or key service can follow."""

    @property
    def certificate(self) -> x509.Certificate: ...

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """The certificates that issued it, put beside it in each seal."""
        ...

    def signer(self) -> Signer:
        """pyHanko's door to the key."""
        ...


@dataclass(frozen=True, slots=True)
class FileSealKey:
    """A seal key in a PEM file, with its certificate first in another, any issuers after it."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    _private_key: asn1_keys.PrivateKeyInfo = field(repr=False)

    @classmethod
    def load(cls, key_path: Path, certificate_path: Path) -> FileSealKey:
        """Reads and compares both files; raises SealKeyFault where they cannot make a seal."""
        try:
            key = serialization.load_pem_private_key(_read(key_path, "seal key"), password=None)
        except (ValueError, TypeError) as fault:
            raise SealKeyFault(
                f"{key_path} holds no unencrypted private key in PEM form."
            ) from fault
        try:
            certificate, *chain = x509.load_pem_x509_certificates(
                _read(certificate_path, "seal certificate")
            )
        except ValueError as fault:
            raise SealKeyFault(f"{certificate_path} holds no certificate in PEM form.") from fault
        if _public_bytes(key.public_key()) != _public_bytes(certificate.public_key()):
            raise SealKeyFault(
                f"{certificate_path} is not the certificate of the key in {key_path}: give the "
                "two files that were issued together."
            )
        private = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(certificate, tuple(chain), asn1_keys.PrivateKeyInfo.load(private))

    def signer(self) -> Signer:
        issuers = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        issuers.register_multiple([_as_asn1(certificate) for certificate in self.chain])
        return SimpleSigner(
            signing_cert=_as_asn1(self.certificate),
            signing_key=self._private_key,
            cert_registry=issuers,
        )


def check_key(key: SealKey, *, production: bool, at: datetime | None = None) -> None:
    """Raises SealKeyFault for a certificate outside its dates at `at` (now), and in production
    for the demonstration's."""
    certificate = key.certificate
    moment = at or datetime.now(UTC)
    if moment > certificate.not_valid_after_utc:
        raise SealKeyFault(
            f"The seal certificate lapsed on {certificate.not_valid_after_utc:%d %B %Y}: put a "
            "new key and certificate in place, and keep this certificate in the trust folder."
        )
    if moment < certificate.not_valid_before_utc:
        raise SealKeyFault(
            f"The seal certificate is valid from {certificate.not_valid_before_utc:%d %B %Y} "
            "only: check the clock of this machine, or use the earlier certificate until then."
        )
    if production and is_demo(certificate):
        raise SealKeyFault(
            "This is the demonstration's seal key, which seals nothing in production: give the "
            "organisation's own key and certificate."
        )


def is_demo(certificate: x509.Certificate) -> bool:
    """Whether the certificate's subject carries the demonstration's mark."""
    return any(DEMO_MARK in str(attribute.value) for attribute in certificate.subject)


def make_demo_key(folder: Path, organisation: str) -> FileSealKey:
    """The demonstration's key in `folder`, made at first use: ECDSA P-256, self-signed, marked."""
    key_path, certificate_path = folder / _DEMO_KEY_FILE, folder / _DEMO_CERTIFICATE_FILE
    if key_path.exists() and certificate_path.exists():
        return FileSealKey.load(key_path, certificate_path)
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(key, organisation)
    _write_secret(
        key_path,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return FileSealKey.load(key_path, certificate_path)


def trusted_certificates(folder: Path) -> tuple[x509.Certificate, ...]:
    """All certificates in the folder's PEM files, lapsed ones too: their seals still hold.

    Issuers that stand beside a seal's certificate belong there as well. Raises SealKeyFault for a
    folder that is not there and for a file whose certificate cannot be read.
    """
    if not folder.is_dir():
        raise SealKeyFault(f"The folder of trusted seal certificates, {folder}, is not there.")
    found: list[x509.Certificate] = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".pem", ".crt", ".cer"):
            continue
        content = _read(path, "trusted certificate")
        if _CERTIFICATE_BLOCK not in content:
            continue
        try:
            found.extend(x509.load_pem_x509_certificates(content))
        except ValueError as fault:
            raise SealKeyFault(f"{path} holds a certificate that cannot be read.") from fault
    return tuple(found)


def certificate_name(certificate: x509.Certificate) -> str:
    """The name that people know the seal by: common name, else organisation, else the subject."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(kind):
            return str(attribute.value)
    return certificate.subject.rfc4514_string()


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise SealKeyFault(f"The {what} is not at {path}.") from fault
    except OSError as fault:
        raise SealKeyFault(f"The {what} at {path} cannot be read: {fault.strerror}.") from fault


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _self_signed(key: ec.EllipticCurvePrivateKey, organisation: str) -> x509.Certificate:
    mark = f" ({DEMO_MARK})"
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_COMMON_NAME_MAX]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO_MARK),
            x509.NameAttribute(
                NameOID.COMMON_NAME, organisation[: _COMMON_NAME_MAX - len(mark)] + mark
            ),
        ]
    )
    start = datetime.now(UTC) - timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    public_key = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * _DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .sign(key, hashes.SHA256())
    )


def _as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _public_bytes(key: object) -> bytes:
    return key.public_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
