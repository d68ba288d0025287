"""The rules are asked by pages, gates and papers alike: no database may stand behind them."""

import ast
from pathlib import Path

import qualifications.rules

FOLDER = Path(qualifications.rules.__file__).parent


def test_the_rules_import_the_standard_library_and_one_another_alone() -> None:
    imported = {
        name
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "qualifications.rules.verdicts" in imported, "the walk found nothing"
    own = {name for name in imported if name.startswith("qualifications.rules")}
    assert imported - own <= {
        "collections.abc",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "typing",
    }


def test_all_public_names_are_there() -> None:
    assert all(hasattr(qualifications.rules, name) for name in qualifications.rules.__all__)
