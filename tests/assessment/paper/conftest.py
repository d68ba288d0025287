"""A seal key, and papers rendered and sealed once for all the tests that read them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessment.paper.content import Paper
from assessment.paper.keys import FileSealKey, make_demo_key
from assessment.paper.render import render_pdf
from assessment.paper.seal import seal_pdf
from assessment.paper.sheet import paper_html
from tests.assessment.paper.papers import MANIFEST, passed_paper, referral_paper


def printed(paper: Paper, manifest: bytes = MANIFEST) -> bytes:
    """The paper as an unsealed PDF."""
    return render_pdf(
        paper_html(paper),
        manifest=manifest,
        manifest_name="manifest.json",
        at=datetime(2026, 11, 21, 14, 41, tzinfo=UTC),
    )


def sealed_with(key: FileSealKey, pdf: bytes) -> bytes:
    return seal_pdf(
        pdf,
        key=key,
        reason="Result sheet issued",
        location="Alder Centre",
        at=datetime.now(UTC).replace(microsecond=0),
    )


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seal")


@pytest.fixture(scope="session")
def key(key_folder: Path) -> FileSealKey:
    return make_demo_key(key_folder, "Alder Group")


@pytest.fixture(scope="session")
def provisional() -> bytes:
    """The file copy of a referral, not yet confirmed, unsealed."""
    return printed(referral_paper())


@pytest.fixture(scope="session")
def confirmed() -> bytes:
    """The file copy of a confirmed pass, unsealed."""
    return printed(passed_paper())


@pytest.fixture(scope="session")
def learners() -> bytes:
    """The learner's copy of the referral, unsealed."""
    return printed(referral_paper().learner_copy())


@pytest.fixture(scope="session")
def sealed(provisional: bytes, key: FileSealKey) -> bytes:
    """The referral as it is issued."""
    return sealed_with(key, provisional)
