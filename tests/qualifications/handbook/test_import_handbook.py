"""The command prints what was read and nothing else, and ends with a code that says how it went."""

import gc
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from qualifications.handbook import as_json, read_handbook
from qualifications.management.commands import import_handbook
from qualifications.management.commands.import_handbook import Command
from tests.qualifications.handbook.papers import handbook_paper, two_column_text


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("import_handbook", *arguments, stdout=out)
    return out.getvalue()


def test_a_file_that_takes_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "orchard.txt"
    path.write_text("\n".join(f"Unit {number} Pruning" for number in range(301, 30_000)))
    monkeypatch.setattr(import_handbook, "SECONDS", 0.3)

    gc.disable()  # a callback of Hypothesis's, called while it collects, would swallow the stop
    try:
        with pytest.raises(CommandError, match="takes more time or memory than it may") as refused:
            printed(str(path))
    finally:
        gc.enable()
    assert refused.value.returncode == 2


def test_json_holds_exactly_the_agreed_keys(tmp_path: Path) -> None:
    path = tmp_path / "orchard.txt"
    path.write_text(two_column_text())

    content = json.loads(printed(str(path), "--json"))

    assert content == as_json(read_handbook(path, path.name))
    assert list(content) == ["qualifications", "units", "mark_sheets", "warnings"]
    qualification, unit = content["qualifications"][0], content["units"][0]
    assert list(qualification) == [
        "title",
        "number",
        "accreditation_number",
        "level",
        "credits",
        "glh",
        "tqt",
        "units",
    ]
    assert list(unit) == [
        "ref",
        "uan",
        "title",
        "level",
        "credits",
        "glh",
        "aim",
        "outcomes",
    ]
    outcome = unit["outcomes"][0]
    assert list(outcome) == ["number", "text", "criteria"]
    assert list(outcome["criteria"][0]) == [
        "number",
        "text",
        "guidance",
        "referral",
        "pass",
        "strategies",
        "evidence",
    ]
    sheet = content["mark_sheets"][0]
    assert list(sheet) == ["title", "units", "sections"]
    assert list(sheet["sections"][0]) == ["title", "max", "min", "criteria"]
    assert list(content["warnings"][0]) == ["where", "raw", "taken", "why"]


def test_without_json_a_summary_tells_units_sheets_and_warnings(tmp_path: Path) -> None:
    path = tmp_path / "orchard.docx"
    path.write_bytes(handbook_paper().as_docx())

    summary = printed(str(path))

    assert "7100-301 Grafting Young Trees: 4 credits, GLH 9, 2 outcomes, 4 criteria" in summary
    assert "2 warnings\n" in summary
    assert "in a dry season" in summary


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing", b"PK\x03\x04", b"Apples."])
def test_a_file_that_cannot_be_read_ends_with_code_2_and_a_reason(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "handbook.pdf"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=r"^handbook\.pdf: .+\. .+\.$") as refused:
        printed(str(path), "--json")

    assert refused.value.returncode == 2


@pytest.mark.parametrize("arguments", [[], ["gone.pdf"], ["."], ["gone.pdf", "--yaml"]])
def test_no_such_file_is_wrong_use_in_the_shell_too(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as refused:
        printed(*arguments)
    assert refused.value.returncode == 1

    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_handbook", *arguments])
    assert ended.value.code == 1


def test_the_shell_is_told_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "handbook.txt"
    path.write_text("Apples.")
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["manage.py", "import_handbook", str(path)])
    assert ended.value.code == 2


def test_the_help_says_what_the_exit_codes_mean() -> None:
    assert "1 wrong use (no FILE is named, there is none at its path" in Command.help
    assert "2 the file is there and cannot be read" in Command.help
