"""The command: one line for each file, every fault with its line, and an exit that says so."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from qualifications.models import Specification
from tests.qualifications.orchard import ORCHARD

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "qualifications"


def run(*arguments: str) -> tuple[str, str, str]:
    """What the command wrote, what it complained of, and how it ended."""
    out, complaints, ending = StringIO(), StringIO(), ""
    try:
        call_command("load_qualifications", *arguments, stdout=out, stderr=complaints)
    except CommandError as refused:
        ending = str(refused)
    return out.getvalue(), complaints.getvalue(), ending


def test_without_arguments_it_loads_every_file_of_the_fixtures() -> None:
    out, complaints, ending = run()
    assert len(out.splitlines()) == len(list(FIXTURES.glob("*.yaml")))
    assert "8588.yaml: 8588 version 2.0: unchanged, 4 units, 40 criteria" in out
    assert (complaints, ending) == ("", "")


def test_a_file_that_is_named_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "orchard.yaml"
    file.write_text(ORCHARD, encoding="utf-8")
    out, _, ending = run(str(file))
    assert out == "orchard.yaml: 9001 version 1: loaded, 4 units, 5 criteria\n"
    assert ending == ""


def test_faults_of_all_files_are_written_and_nothing_is_loaded(tmp_path: Path) -> None:
    sound = tmp_path / "sound.yaml"
    sound.write_text(ORCHARD, encoding="utf-8")
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(ORCHARD.replace("    tqt: 120", "    tqt: 125"), encoding="utf-8")
    empty = tmp_path / "empty.yaml"
    empty.touch()

    out, complaints, ending = run(str(sound), str(faulty), str(empty))

    assert out == ""
    line = ORCHARD.splitlines().index("    tqt: 120") + 1
    assert complaints == (
        "empty.yaml:1: the file is empty. Describe one specification in it.\n"
        f"faulty.yaml:{line}: pathway 9001-C: the total time is 125 h where 10 × 12 credits make"
        " 120 h. Put the total time or the credits right.\n"
    )
    assert ending == "2 faults found: nothing was loaded."
    assert not Specification.objects.using("owner").filter(qualification__number="9001").exists()


def test_check_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "orchard.yaml"
    file.write_text(ORCHARD, encoding="utf-8")
    out, _, ending = run("--check", str(file))
    assert (out, ending) == ("orchard.yaml: 9001 version 1 is sound\n", "")
    assert not Specification.objects.using("owner").filter(qualification__number="9001").exists()


def test_a_project_without_files_is_told_to_name_some(tmp_path: Path) -> None:
    with override_settings(BASE_DIR=tmp_path):
        _, _, ending = run()
    assert ending == (
        "There is no file in fixtures/qualifications. Name the files to load after the command."
    )


def test_a_site_without_the_owner_role_is_told_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(settings.DATABASES, "owner")
    _, _, ending = run()
    assert "DATABASE_OWNER_URL is not set. Set it for this command." in ending


def test_a_file_below_the_working_folder_is_named_by_its_path_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "books").mkdir()
    shutil.copy(FIXTURES / "8588.yaml", tmp_path / "books" / "copy.yaml")
    monkeypatch.chdir(tmp_path)
    out, _, _ = run("books/copy.yaml")
    assert out.startswith("books/copy.yaml: 8588 version 2.0: unchanged")
