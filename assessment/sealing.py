"""Which key seals papers here and which certificates their seals are checked against."""

from pathlib import Path

from cryptography.x509 import Certificate
from django.conf import settings

from assessment.paper.keys import (
    FileSealKey,
    SealKey,
    check_key,
    make_demo_key,
    trusted_certificates,
)

DEMO_ORGANISATION = "Criterion"


def seal_key() -> SealKey:
    """The key named by the settings; the demonstration's where none is, outside production.

    Raises SealKeyFault for a key that is not there, does not fit its certificate, has lapsed, or
    is the demonstration's in production.
    """
    if settings.SEAL_KEY_FILE and settings.SEAL_CERTIFICATE_FILE:
        key = FileSealKey.load(settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE)
    else:
        key = make_demo_key(_demo_folder(), DEMO_ORGANISATION)
    check_key(key, production=settings.ENVIRONMENT.production)
    return key


def trusted_seals() -> tuple[Certificate, ...]:
    """The certificates, old ones too, whose seals are ours. Raises SealKeyFault as above."""
    folder = settings.SEAL_TRUST_FOLDER
    if folder is None:
        seal_key()
        folder = _demo_folder()
    return trusted_certificates(folder)


def _demo_folder() -> Path:
    return Path(settings.BASE_DIR) / "var" / "seal"
