"""The rules of the house that a reader would otherwise have to keep in mind."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver

from centres import access
from centres.isolation import role_faults, table_faults
from centres.models import CentreOwned, Membership
from centres.tenancy import SameCentre

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = ("qualifications", "centres", "portfolios", "assessment", "quality", "config")
TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, CentreOwned)]
GUARDED_FILES = ("views", "queries", "forms", "tasks", "documents", "verification")


def below_centre(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[URLPattern]:
    """Every route below ``/c/<centre>/``."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from below_centre(pattern.url_patterns, here)
        elif here.startswith("c/<slug:centre>/"):
            yield pattern


def views() -> list[URLPattern]:
    return list(below_centre(get_resolver().url_patterns))


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_keys_between_tenant_models_hold_the_centre(model: type[models.Model]) -> None:
    composite = {c.field for c in model._meta.constraints if isinstance(c, SameCentre)}
    to_tenants = {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, CentreOwned)
    }
    assert composite == to_tenants
    assert not any(
        model._meta.get_field(name).db_constraint  # type: ignore[union-attr]
        for name in to_tenants
    )
    assert any(
        isinstance(c, models.UniqueConstraint) and c.fields == ("centre", "id")
        for c in model._meta.constraints
    ), "the child's Meta.constraints must extend the parent's"


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_tenant_models_have_no_many_to_many(model: type[models.Model]) -> None:
    assert not model._meta.many_to_many, "its through table has no centre"


@pytest.mark.django_db
def test_the_database_itself_names_no_offender() -> None:
    assert list(table_faults(connection)) == []


@pytest.mark.django_db
@pytest.mark.skipif(
    settings.DATABASES["default"]["USER"] == settings.DATABASES["owner"]["USER"],
    reason="this run tests the code's own layer, as a role that passes row security",
)
def test_the_suite_runs_as_the_sites_own_role_on_a_test_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        role, database = cursor.fetchone()
    assert role == settings.RUNTIME_ROLE
    assert database.startswith("test_")
    assert list(role_faults(connection)) == []


@pytest.mark.parametrize("pattern", views(), ids=lambda pattern: str(pattern.name))
def test_views_below_a_centre_name_a_permission(pattern: URLPattern) -> None:
    view = pattern.callback
    assert getattr(view, "guest", False) or getattr(view, "permission", "") in access.MAY


def test_every_permission_guards_something() -> None:
    used = {getattr(pattern.callback, "permission", None) for pattern in views()}
    used |= set(access.MAY) & set(_literals("check_may", 2)) | set(_literals("sign", None))
    unused = set(access.MAY) - {name for name in used if name}
    assert not unused, f"rows of the access table that guard nothing: {unused}"


def _own_files() -> Iterator[Path]:
    for app in OWN_APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def _literals(function: str, position: int | None) -> Iterator[str]:
    """String arguments of calls to a function, by position, or the one named ``permission``."""
    for path in _own_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != function:
                continue
            given = list(node.args[position : position + 1]) if position is not None else []
            given += [keyword.value for keyword in node.keywords if keyword.arg == "permission"]
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def _unscoped(path: Path) -> Iterator[str]:
    """Places where a tenant model's rows are asked for without ``for_centre``."""
    names = {model.__name__ for model in TENANT_MODELS} | {Membership.__name__}
    tree = ast.parse(path.read_text())
    scoped = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"for_centre", "active", "create"}
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager", "_base_manager"}
            and isinstance(node.value, ast.Name)
            and node.value.id in names
            and id(node) not in scoped
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.value.id}.{node.attr}"


def test_no_unscoped_query_in_a_view() -> None:
    found = [
        place
        for path in _own_files()
        if path.stem in GUARDED_FILES or path.parent.name in GUARDED_FILES
        for place in _unscoped(path)
    ]
    assert found == []


def test_reverse_accessors_of_higher_apps_do_not_exist() -> None:
    order = {app: rank for rank, app in enumerate(OWN_APPS)}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey) or model._meta.app_label not in order:
                continue
            target = field.related_model
            if target._meta.app_label in order and target is not model:
                up = order[model._meta.app_label] > order[target._meta.app_label]
                assert not up or field.remote_field.related_name == "+", f"{model}.{field.name}"


def test_views_are_short() -> None:
    long = []
    for path in _own_files():
        if path.stem != "views" and path.parent.name != "views":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = [statement for statement in node.body if not _is_docstring(statement)]
                if not body:
                    continue
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                if lines > 25:
                    long.append(f"{path.relative_to(ROOT)}:{node.name} {lines} lines")
    assert long == []


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
