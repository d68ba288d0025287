"""What a rolled-back request leaves in the store is swept; what has a row stays."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from portfolios.files import sweep_files

pytestmark = pytest.mark.django_db


def left_behind(centre: Any, name: str, hours: float, folder: str = "evidence") -> Path:
    path = Path(settings.MEDIA_ROOT) / "c" / str(centre.pk) / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    at = time.time() - hours * 3600
    os.utime(path, (at, at))
    return path


def test_only_old_files_without_a_row_go(alder: Any, birch: Any, within: Any, add: Any) -> None:
    old, young = left_behind(alder.centre, "aa", 25), left_behind(alder.centre, "bb", 23)
    foreign = left_behind(birch.centre, "cc", 25)
    with within(alder.centre):
        add(alder.una_registration)
        kept = [p for p in (old.parent).iterdir() if p not in {old, young}]
        os.utime(kept[0], (0, 0))
        assert sweep_files(alder.centre) == 1
    assert not old.exists()
    assert young.exists()
    assert kept[0].exists()
    assert foreign.exists()


def test_the_command_goes_through_every_centre(
    alder: Any, birch: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [left_behind(cast.centre, "aa", 48) for cast in (alder, birch)]
    call_command("sweep_files")
    assert capsys.readouterr().out == "2 left-behind files deleted.\n"
    assert not any(path.exists() for path in paths)


def test_a_centre_without_files_has_nothing_to_sweep(alder: Any, within: Any) -> None:
    with within(alder.centre):
        assert sweep_files(alder.centre) == 0


def test_what_other_apps_store_is_not_swept(alder: Any, within: Any) -> None:
    """An issued paper has no row among the files of portfolios."""
    paper = left_behind(alder.centre, "0f" * 16, 9000, folder="")
    orphan = left_behind(alder.centre, "aa", 9000)
    with within(alder.centre):
        assert sweep_files(alder.centre) == 1
    assert paper.exists()
    assert not orphan.exists()
