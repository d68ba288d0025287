"""A sealed sheet vouches for itself; whatever was done to it gets an answer of its own."""

from __future__ import annotations

import random
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.generic import NameObject, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from assessment.paper.keys import FileSealKey, SealKeyFault, make_demo_key, trusted_certificates
from assessment.paper.seal import (
    MAX_BYTES,
    SealFault,
    check_seal,
    seal_pdf,
)
from tests.assessment.paper.certificates import certificate_for
from tests.assessment.paper.conftest import printed, sealed_with
from tests.assessment.paper.papers import MANIFEST, referral_paper


@pytest.fixture(scope="module")
def trusted(key_folder: Path, key: FileSealKey) -> tuple[x509.Certificate, ...]:
    return trusted_certificates(key_folder)


def test_a_sealed_sheet_is_intact(
    sealed: bytes, trusted: tuple[x509.Certificate, ...], key: FileSealKey
) -> None:
    check = check_seal(sealed, trusted=trusted)

    assert check.is_intact
    assert check.covers_whole_file
    assert check.problems == ()
    assert check.certificate_name == "Alder Group (DEMONSTRATION ONLY)"
    assert check.manifest == MANIFEST
    assert check.signed_at is not None
    assert timedelta() <= datetime.now(UTC) - check.signed_at < timedelta(minutes=30)


def test_pyhanko_itself_finds_the_seal_valid_over_the_entire_file(
    sealed: bytes, key: FileSealKey
) -> None:
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    root = asn1_x509.Certificate.load(key.certificate.public_bytes(serialization.Encoding.DER))

    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))

    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Reason"] == "Result sheet issued"
    assert signature.sig_object["/Location"] == "Alder Centre"


def test_sealing_only_adds_to_the_rendered_file(provisional: bytes, sealed: bytes) -> None:
    assert sealed.startswith(provisional)


def test_no_changed_byte_passes(sealed: bytes, trusted: tuple[x509.Certificate, ...]) -> None:
    chance = random.Random(20261121)
    outcomes = set()
    for _ in range(1000):
        changed = bytearray(sealed)
        changed[chance.randrange(len(changed))] ^= chance.randrange(1, 256)
        outcomes.add(check_seal(bytes(changed), trusted=trusted).outcome)

    assert "intact" not in outcomes


def test_no_changed_byte_passes_in_the_seals_own_gap(
    sealed: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    """The one stretch that the seal does not cover is held by how it must be written."""
    start = sealed.index(b"/Contents <") + len("/Contents ")
    end = sealed.index(b">", start) + 1
    padding = start + len(sealed[start : end - 1].rstrip(b"0"))
    passed = []
    for place in (*range(start, padding + 20), *range(padding, end, 25), end - 2, end - 1):
        changed = bytearray(sealed)
        changed[place] ^= 0x20 if sealed[place : place + 1].isalpha() else 0x01
        if check_seal(bytes(changed), trusted=trusted).is_intact:
            passed.append(place - start)

    assert passed == []


def test_fifty_later_revisions_are_extensions(
    sealed: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    for number in range(50):
        extended = _with_revision(sealed, number)
        assert extended.startswith(sealed)
        check = check_seal(extended, trusted=trusted)
        assert (check.outcome, check.manifest, check.certificate_name) == ("extended", None, "")


def _with_revision(pdf: bytes, number: int) -> bytes:
    """An incremental update: new metadata, an overpainted page, or a note on a page."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    if number % 3 == 0:
        writer.root["/Note"] = pdf_string(f"revision {number}")
        writer.update_root()  # type: ignore[no-untyped-call]
    elif number % 3 == 1:
        page = writer.root["/Pages"]["/Kids"][number % 2].get_object()
        page["/Rotate"] = NameObject(f"/R{number}")
        writer.update_container(page)
    else:
        writer.add_object(pdf_string(str(number)))
        writer.update_root()  # type: ignore[no-untyped-call]
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def test_a_second_seal_of_ours_on_top_does_not_help(
    sealed: bytes, key: FileSealKey, trusted: tuple[x509.Certificate, ...]
) -> None:
    with pytest.raises(SealFault, match="cannot be sealed"):
        sealed_with(key, sealed)
    with pytest.raises(SealFault, match="cannot be sealed"):
        sealed_with(key, _with_revision(sealed, 1))


def test_a_stripped_seal_leaves_an_unsigned_file(
    sealed: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    with pikepdf.open(BytesIO(sealed)) as document:
        del document.Root.AcroForm.Fields[0].V
        del document.Root.Perms
        stripped = BytesIO()
        document.save(stripped)

    assert check_seal(stripped.getvalue(), trusted=trusted).outcome == "unsigned"


def test_a_file_before_sealing_is_unsigned(
    provisional: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    assert check_seal(provisional, trusted=trusted).outcome == "unsigned"


def test_a_rewritten_file_is_altered(sealed: bytes, trusted: tuple[x509.Certificate, ...]) -> None:
    rewritten = BytesIO()
    with pikepdf.open(BytesIO(sealed)) as document:
        document.save(rewritten)

    assert check_seal(rewritten.getvalue(), trusted=trusted).outcome == "altered"


def test_a_seal_moved_to_another_sheet_is_altered(
    sealed: bytes, confirmed: bytes, key: FileSealKey, trusted: tuple[x509.Certificate, ...]
) -> None:
    other = sealed_with(key, confirmed)
    mine, theirs = (pdf.index(b"/Contents <") for pdf in (sealed, other))
    length = sealed.index(b">", mine) - mine
    moved = other[:theirs] + sealed[mine : mine + length] + other[theirs + length :]

    assert check_seal(moved, trusted=trusted).outcome == "altered"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.93, 0.999])
def test_a_file_cut_short_is_truncated(
    part: float, sealed: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    cut = sealed[: int(len(sealed) * part)]

    assert check_seal(cut, trusted=trusted).outcome == "truncated"


def test_the_last_byte_missing_is_truncated(
    sealed: bytes, trusted: tuple[x509.Certificate, ...]
) -> None:
    assert check_seal(sealed[:-1], trusted=trusted).outcome == "truncated"


def test_another_keys_seal_is_unknown(
    provisional: bytes, trusted: tuple[x509.Certificate, ...], tmp_path: Path
) -> None:
    # The same name: only the certificate itself counts.
    stranger = make_demo_key(tmp_path, "Alder Group")
    check = check_seal(sealed_with(stranger, provisional), trusted=trusted)

    assert check.outcome == "unknown_seal"
    assert check.certificate_name == ""
    assert check.problems == ("The file carries a seal that is not one of ours.",)


def test_an_old_seal_holds_after_its_key_was_replaced(
    sealed: bytes, key: FileSealKey, tmp_path: Path
) -> None:
    newer = make_demo_key(tmp_path, "Alder Group")

    assert check_seal(sealed, trusted=[newer.certificate, key.certificate]).is_intact
    assert check_seal(sealed, trusted=[newer.certificate]).outcome == "unknown_seal"
    assert check_seal(sealed, trusted=[]).outcome == "unknown_seal"


def _zip() -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("sheet.pdf", b"%PDF-1.7")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"", "empty"),
        (b"A text file.\n", "not_a_pdf"),
        (_zip(), "not_a_pdf"),
        (b"\x89PNG\r\n\x1a\n", "not_a_pdf"),
        (b"%PDF-1.7\n" + b"x" * MAX_BYTES, "too_large"),
        (b"%PDF-1.7\n%%EOF\n", "unsigned"),
        (b"%PDF-1.7\n", "truncated"),
        (b"%PDF-1.7\n/ByteRange [0 9 8 7]\n%%EOF", "altered"),
        (b"%PDF-1.7\n/ByteRange [0 12 20 9999999999]\n%%EOF", "altered"),
        (b"%PDF-1.7\n<00>/ByteRange [0 9 13 9999999999]\n%%EOF", "truncated"),
        (b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3]" * 100_000 + b"%%EOF", "altered"),
        (b"%PDF-1.7\n" + b"/ByteRange " + b" " * 1_000_000 + b"%%EOF", "unsigned"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_and_foreign_bytes_get_their_own_answer(
    content: bytes, outcome: str, trusted: tuple[x509.Certificate, ...]
) -> None:
    check = check_seal(content, trusted=trusted)

    assert check.outcome == outcome
    assert len(check.problems) == 1
    assert not check.covers_whole_file


def test_random_seals_never_raise(sealed: bytes, trusted: tuple[x509.Certificate, ...]) -> None:
    """A gap full of deep or broken DER, in a file that is otherwise as it should be."""
    chance = random.Random(7)
    start = sealed.index(b"/Contents <") + len("/Contents <")
    end = sealed.index(b">", start)
    fillings = [b"30" * 2000, b"3080" * 1000, b"A0" * 2000, b"zz" * 2000, b"\xff" * 4000]
    fillings += [chance.randbytes(1000).hex().encode() for _ in range(50)]
    for filling in fillings:
        content = filling[: end - start].ljust(end - start, b"0")
        spoilt = sealed[:start] + content + sealed[end:]
        assert check_seal(spoilt, trusted=trusted).outcome == "altered"


def test_a_name_that_looks_like_a_seal_does_not_confuse(
    provisional: bytes, key: FileSealKey, trusted: tuple[x509.Certificate, ...]
) -> None:
    sealed = seal_pdf(
        provisional,
        key=key,
        reason="/ByteRange [0 10 20 30]",
        location="/Contents <00> /ByteRange [0 1 2 3]",
        at=datetime.now(UTC),
    )

    assert check_seal(sealed, trusted=trusted).is_intact


def test_a_timestamp_of_this_seal_is_accepted_and_another_is_not(
    provisional: bytes, confirmed: bytes, key: FileSealKey, trusted: tuple[x509.Certificate, ...]
) -> None:
    certificate, private = certificate_for(
        "Clock",
        key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        stamps_time=True,
    )
    clock = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(
            serialization.load_pem_private_key(private, None).private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        certs_to_embed=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    stamped = seal_pdf(
        provisional,
        key=key,
        reason="Result sheet issued",
        location="Alder Centre",
        at=datetime.now(UTC),
        timestamper=clock,
    )

    assert check_seal(stamped, trusted=trusted).is_intact
    imprint = _imprint(stamped)
    spoilt = stamped.replace(imprint, bytes(reversed(imprint)))
    assert spoilt != stamped
    assert check_seal(spoilt, trusted=trusted).outcome == "altered"


def _imprint(stamped: bytes) -> bytes:
    """The hexadecimal digest of the signature that the timestamp names."""
    signature = PdfFileReader(BytesIO(stamped)).embedded_signatures[0]
    (attribute,) = signature.signer_info["unsigned_attrs"]
    (token,) = attribute["values"]
    stamp = token["content"]["encap_content_info"]["content"].parsed
    digest: bytes = stamp["message_imprint"]["hashed_message"].native
    return digest.hex().upper().encode()


def test_a_seal_outside_its_keys_dates_is_refused(provisional: bytes, key: FileSealKey) -> None:
    with pytest.raises(SealKeyFault, match="lapsed on"):
        seal_pdf(
            provisional,
            key=key,
            reason="x",
            location="y",
            at=datetime.now(UTC) + timedelta(days=2000),
        )


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_sheet_cannot_be_sealed(content: bytes, key: FileSealKey) -> None:
    with pytest.raises(SealFault, match="cannot be sealed"):
        sealed_with(key, content)


def test_a_pdf_without_a_seal_field_cannot_be_sealed(key: FileSealKey) -> None:
    blank = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(blank)

    with pytest.raises(SealFault, match="cannot be sealed"):
        sealed_with(key, blank.getvalue())


def test_names_of_any_script_can_be_sealed(
    key: FileSealKey, trusted: tuple[x509.Certificate, ...]
) -> None:
    sealed = seal_pdf(
        printed(referral_paper()),
        key=key,
        reason="Geprüft ✓",
        location="مركز (الشمال) \\",
        at=datetime.now(UTC),
    )

    assert check_seal(sealed, trusted=trusted).is_intact
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0]
    assert signature.sig_object["/Location"] == "مركز (الشمال) \\"
