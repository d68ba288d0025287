"""Keys and certificates of organisations, as a trust service would issue them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def certificate_for(
    name: str,
    *,
    key: PrivateKey | None = None,
    start: datetime | None = None,
    issuer: tuple[x509.Certificate, PrivateKey] | None = None,
    stamps_time: bool = False,
) -> tuple[x509.Certificate, bytes]:
    """A certificate for two years, self-signed without an issuer, and its private key as PEM."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = start or datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=730))
    )
    if stamps_time:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    return builder.sign(issuer[1] if issuer else own, hashes.SHA256()), _pem(own)


def pem_files(folder: Path, name: str, *, password: bytes | None = None) -> tuple[Path, Path]:
    """The paths of a new key and of its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, _ = certificate_for(name, key=key)
    folder.mkdir(parents=True, exist_ok=True)
    key_path, certificate_path = folder / "own-key.pem", folder / "own-certificate.pem"
    key_path.write_bytes(_pem(key, password))
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_path, certificate_path


def _pem(key: PrivateKey, password: bytes | None = None) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption(),
    )
