"""The seal's key is checked before it seals, and each fault says what to do."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from assessment.paper.keys import (
    FileSealKey,
    SealKeyFault,
    certificate_name,
    check_key,
    is_demo,
    make_demo_key,
    trusted_certificates,
)
from assessment.paper.seal import check_seal
from tests.assessment.paper.certificates import certificate_for, pem_files
from tests.assessment.paper.conftest import sealed_with


def test_the_demonstrations_key_is_marked_secret_and_kept(tmp_path: Path) -> None:
    made = make_demo_key(tmp_path / "seal", "Alder Group " + "and Partners " * 20)
    again = make_demo_key(tmp_path / "seal", "Somebody Else")

    assert is_demo(made.certificate)
    assert "DEMONSTRATION ONLY" in certificate_name(made.certificate)
    assert again.certificate == made.certificate
    mode = (tmp_path / "seal" / "seal-key.pem").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_name_of_any_script_fits_a_demonstration_certificate(tmp_path: Path) -> None:
    made = make_demo_key(tmp_path, "Ąžuolas ✓ مركز")

    assert certificate_name(made.certificate).startswith("Ąžuolas ✓ مركز")


def test_production_refuses_the_demonstrations_key(key: FileSealKey) -> None:
    check_key(key, production=False)

    with pytest.raises(SealKeyFault, match="the organisation's own key"):
        check_key(key, production=True)


def test_production_takes_an_organisations_key(tmp_path: Path) -> None:
    check_key(FileSealKey.load(*pem_files(tmp_path, "Alder Group")), production=True)


def test_a_key_outside_its_dates_is_refused(key: FileSealKey) -> None:
    with pytest.raises(SealKeyFault, match=r"lapsed on .* keep this certificate in the trust"):
        check_key(key, production=False, at=datetime.now(UTC) + timedelta(days=365 * 4))
    with pytest.raises(SealKeyFault, match=r"valid from .* only: check the clock"):
        check_key(key, production=False, at=datetime.now(UTC) - timedelta(days=1))


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    key_path, certificate_path = pem_files(tmp_path, "Alder Group")
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")

    for wrong, match in (
        ((tmp_path / "no.pem", certificate_path), r"seal key is not at .*no\.pem"),
        ((key_path, tmp_path / "no.pem"), r"seal certificate is not at .*no\.pem"),
        ((tmp_path, certificate_path), "seal key at .* cannot be read: Is a directory"),
        ((rubbish, certificate_path), r"rubbish\.pem holds no unencrypted private key"),
        ((key_path, rubbish), r"rubbish\.pem holds no certificate"),
        ((key_path, key_path), "holds no certificate"),
    ):
        with pytest.raises(SealKeyFault, match=match):
            FileSealKey.load(*wrong)


def test_an_encrypted_key_is_refused(tmp_path: Path) -> None:
    key_path, certificate_path = pem_files(tmp_path, "Alder Group", password=b"secret")

    with pytest.raises(SealKeyFault, match="no unencrypted private key"):
        FileSealKey.load(key_path, certificate_path)


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    key_path, _ = pem_files(tmp_path / "a", "Alder Group")
    _, other = pem_files(tmp_path / "b", "Alder Group")

    with pytest.raises(SealKeyFault, match="is not the certificate of the key"):
        FileSealKey.load(key_path, other)


def test_trusted_certificates_are_all_in_the_folder_lapsed_ones_too(tmp_path: Path) -> None:
    old, _ = certificate_for("Alder Group 2019", start=datetime(2019, 1, 1, tzinfo=UTC))
    new, private = certificate_for("Alder Group")
    (tmp_path / "old.crt").write_bytes(old.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "new.pem").write_bytes(new.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "README.txt").write_text("-----BEGIN CERTIFICATE-----")

    assert trusted_certificates(tmp_path) == (new, old)


def test_a_spoilt_or_missing_trust_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SealKeyFault, match=r"nowhere, is not there"):
        trusted_certificates(tmp_path / "nowhere")

    (tmp_path / "half.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nMII\n")
    with pytest.raises(SealKeyFault, match=r"half\.pem holds a certificate that cannot be read"):
        trusted_certificates(tmp_path)


def test_an_rsa_key_with_its_issuer_seals_as_well(tmp_path: Path, provisional: bytes) -> None:
    """What a trust service sells: an RSA key whose certificate somebody else issued."""
    authority_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    authority, _ = certificate_for("Trust Service", key=authority_key)
    own, private = certificate_for(
        "Alder Group",
        key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        issuer=(authority, authority_key),
    )
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "chain.pem").write_bytes(
        b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (own, authority))
    )
    key = FileSealKey.load(tmp_path / "key.pem", tmp_path / "chain.pem")

    sealed = sealed_with(key, provisional)

    assert key.chain == (authority,)
    assert check_seal(sealed, trusted=[own, authority]).is_intact
    assert check_seal(sealed, trusted=[own]).outcome == "unknown_seal"
