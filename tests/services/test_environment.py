"""Each bad environment value is named, with its rule and what to do, and all at once."""

import stat
from pathlib import Path

import pytest

from config import environment
from config.environment import (
    Environment,
    EnvironmentFault,
    celery_broker_url,
    database_url,
    development_key,
    parse_database_url,
    without_password,
)

KEY = "k3y-of-many-different-signs-0123456789-abcdefghijklmnop"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portfolio.example.org, .example.net",
    "SITE_URL": "https://portfolio.example.org",
    "DATABASE_URL": "postgresql://app:pw@db.internal:5433/criterion?sslmode=require",
    "DATABASE_OWNER_URL": "postgresql://owner:pw@db.internal:5433/criterion?sslmode=require",
    "REDIS_URL": "rediss://:pw@broker.internal:6379/2",
    "MEDIA_ROOT": "/srv/media",
    "EMAIL_URL": "smtp://post:p%40ss@mail.internal?tls=1",
    "SEAL_KEY_FILE": "/run/seal/key.pem",
    "SEAL_CERTIFICATE_FILE": "/run/seal/certificate.pem",
    "SEAL_TRUST_FOLDER": "/run/seal/trusted",
}
DEVELOPMENT = {
    "DEBUG": "1",
    "DATABASE_URL": "postgresql://app@/criterion?host=/run/sockets&port=54187",
    "DATABASE_OWNER_URL": "postgresql://owner@/criterion?host=/run/sockets&port=54187",
    "REDIS_URL": "unix:///run/sockets/broker.sock?db=0",
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)


def faults(environ: dict[str, str]) -> list[str]:
    with pytest.raises(EnvironmentFault) as raised:
        Environment.read(environ)
    return raised.value.faults


def test_a_whole_production_environment_is_read() -> None:
    found = Environment.read(PRODUCTION)
    assert found.production
    assert not found.debug
    assert not found.demo
    assert found.secret_key == KEY
    assert found.allowed_hosts == ["portfolio.example.org", ".example.net"]
    assert found.site_url == "https://portfolio.example.org"
    assert found.database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "criterion",
        "USER": "app",
        "PASSWORD": "pw",
        "HOST": "db.internal",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert found.database_owner == {**found.database, "USER": "owner"}
    assert found.celery_broker_url == "rediss://:pw@broker.internal:6379/2"
    assert found.media_root == Path("/srv/media")
    assert found.email == {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "HOST": "mail.internal",
        "PORT": 587,
        "USER": "post",
        "PASSWORD": "p@ss",
        "TLS": True,
    }
    assert found.from_email == "Criterion <no-reply@portfolio.example.org>"
    assert found.seal_key_file == Path("/run/seal/key.pem")


def test_a_production_process_that_may_not_migrate_has_no_owner() -> None:
    environ = {**PRODUCTION, "DATABASE_OWNER_URL": ""}
    assert Environment.read(environ).database_owner is None


def test_development_needs_the_addresses_alone(tmp_path: Path) -> None:
    found = Environment.read(DEVELOPMENT)
    assert found.debug
    assert not found.production
    assert found.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert found.site_url == "http://localhost:8000"
    assert found.database["HOST"] == "/run/sockets"
    assert found.database["PORT"] == "54187"
    assert found.celery_broker_url == "redis+socket:///run/sockets/broker.sock?virtual_host=0"
    assert found.media_root == tmp_path / "var" / "media"
    assert found.seal_key_file is None
    assert found.email == {"BACKEND": "django.core.mail.backends.console.EmailBackend"}


def test_an_empty_environment_is_production_and_lists_all_that_is_missing() -> None:
    found = faults({})
    missing = {fault.split(" ", 1)[0] for fault in found}
    assert missing == PRODUCTION.keys() - {"DATABASE_OWNER_URL"}
    assert all("is not set" in fault for fault in found)


@pytest.mark.parametrize(
    ("name", "value", "sentences"),
    [
        ("DEBUG", "yes", ["DEBUG is 'yes'", "set it to 0 or 1"]),
        ("DEMO", "2", ["DEMO is '2'", "set it to 0 or 1"]),
        ("SECRET_KEY", "short", ["SECRET_KEY is too short or too plain", "50 random characters"]),
        ("SECRET_KEY", "x" * 60, ["SECRET_KEY is too short or too plain"]),
        ("SECRET_KEY", f"development-only-{KEY}", ["development key", "production refuses"]),
        ("ALLOWED_HOSTS", "*", ["ALLOWED_HOSTS is '*'", "any host name"]),
        ("ALLOWED_HOSTS", "portfolio.example.org,a b", ["'a b'", "no host name"]),
        ("SITE_URL", "http://portfolio.example.org", ["SITE_URL is 'http://", "https://"]),
        ("SITE_URL", "portfolio.example.org", ["SITE_URL is 'portfolio", "Write https://"]),
        ("SITE_URL", "https://portfolio.example.org/x", ["scheme and host only"]),
        ("SITE_URL", "https://other.example.com", ["'other.example.com'", "ALLOWED_HOSTS"]),
        ("SITE_URL", "https://portfolio.example.org:x", ["host or port cannot be read"]),
        ("DATABASE_URL", "sqlite:///db.sqlite3", ["DATABASE_URL is", "PostgreSQL is the one"]),
        ("DATABASE_URL", "postgresql://db/criterion", ["names no role or no database"]),
        ("DATABASE_URL", "postgresql://app:secret@db", ["app:***@db", "no role or no database"]),
        ("DATABASE_URL", "postgresql://app@db:x/criterion", ["host or port cannot be read"]),
        ("DATABASE_URL", "postgresql://app@/c?port=x", ["port is not a number"]),
        ("DATABASE_URL", "postgresql://app@db/c?colour=red", ["colour is not known", "sslmode"]),
        ("DATABASE_URL", PRODUCTION["DATABASE_OWNER_URL"], ["both name the role 'owner'"]),
        ("DATABASE_URL", "postgresql://app@db/other", ["'other'", "'criterion'", "one database"]),
        ("DATABASE_OWNER_URL", "mysql://o@db/c", ["DATABASE_OWNER_URL is 'mysql", "PostgreSQL"]),
        ("REDIS_URL", "amqp://host", ["REDIS_URL is 'amqp://host'", "redis://host:6379/0"]),
        ("REDIS_URL", "redis://:secret@/0", ["REDIS_URL is 'redis://:***@/0'", "missing"]),
        ("REDIS_URL", "redis://host/zero", ["REDIS_URL", "database number"]),
        ("REDIS_URL", "unix://?db=0", ["REDIS_URL", "unix:///folder/broker.sock"]),
        ("MEDIA_ROOT", "media", ["MEDIA_ROOT is 'media'", "absolute"]),
        ("STORAGE_S3_ENDPOINT", "minio:9000", []),
        ("EMAIL_URL", "mailto:post@example.org", ["EMAIL_URL is", "smtp://"]),
        ("EMAIL_URL", "smtp://host?tls=yes", ["EMAIL_URL is", "tls=1"]),
        ("FROM_EMAIL", "nobody", ["FROM_EMAIL is 'nobody'", "Write an address"]),
        ("FROM_EMAIL", "a@b\nBcc: c@d", ["FROM_EMAIL"]),
        ("SEAL_KEY_FILE", "key.pem", ["SEAL_KEY_FILE is 'key.pem'", "absolute"]),
        ("SEAL_TRUST_FOLDER", "", ["SEAL_TRUST_FOLDER is not set", "folder of certificates"]),
        ("SENTRY_DSN", "https:///1", ["SENTRY_DSN", "names no host"]),
        ("SECRET_KEY_FALLBACKS", "short", ["SECRET_KEY_FALLBACKS", "50 characters"]),
        ("TRUSTED_PROXIES", "-1", ["TRUSTED_PROXIES is '-1'", "0 to 10"]),
        ("TRUSTED_PROXIES", "11", ["TRUSTED_PROXIES is '11'", "0 to 10"]),
    ],
)
def test_a_bad_value_is_named_with_its_rule(name: str, value: str, sentences: list[str]) -> None:
    environ = {**PRODUCTION, name: value}
    if not sentences:  # without a bucket its endpoint is of no interest
        assert Environment.read(environ).s3_options == {}
        return
    (found,) = faults(environ)
    for sentence in sentences:
        assert sentence in found


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("STORAGE_S3_ENDPOINT", "minio:9000", "STORAGE_S3_ENDPOINT is 'minio:9000'"),
        ("STORAGE_S3_ACCESS_KEY", "id", "STORAGE_S3_SECRET_KEY is not set"),
        ("STORAGE_S3_SECRET_KEY", "pw", "STORAGE_S3_ACCESS_KEY is not set"),
    ],
)
def test_a_bucket_needs_its_own_values(name: str, value: str, sentence: str) -> None:
    (found,) = faults({**PRODUCTION, "STORAGE_S3_BUCKET": "papers", name: value})
    assert sentence in found


def test_a_bucket_stands_in_for_the_folder() -> None:
    environ = {**PRODUCTION, "STORAGE_S3_BUCKET": "papers", "MEDIA_ROOT": ""}
    options = Environment.read(environ).s3_options
    assert options["bucket_name"] == "papers"
    assert options["file_overwrite"] is False


def test_all_faults_come_at_once() -> None:
    found = faults({**PRODUCTION, "DEBUG": "yes", "SITE_URL": "x", "TRUSTED_PROXIES": "many"})
    assert [fault.split(" ", 1)[0] for fault in found] == ["DEBUG", "SITE_URL", "TRUSTED_PROXIES"]


def test_no_secret_is_shown() -> None:
    secret = "hunter2"
    bad = {
        "SECRET_KEY": secret,
        "DATABASE_URL": f"postgresql://app:{secret}@db/a/b",
        "DATABASE_OWNER_URL": f"postgres://owner:{secret}@db:port/c",
        "REDIS_URL": f"redis://:{secret}@/x",
        "EMAIL_URL": f"smtp://post:{secret}@?tls=1",
        "SITE_URL": f"https://me:{secret}@portfolio.example.org",
    }
    found = faults({**PRODUCTION, **bad})
    assert {fault.split(" ", 1)[0] for fault in found} == bad.keys()
    assert secret not in "".join(found)


def test_half_a_seal_is_refused_everywhere() -> None:
    found = faults({**DEVELOPMENT, "SEAL_KEY_FILE": "/run/key.pem"})
    assert [fault.split(" ", 1)[0] for fault in found] == [
        "SEAL_CERTIFICATE_FILE",
        "SEAL_TRUST_FOLDER",
    ]


def test_the_tests_themselves_are_not_production() -> None:
    environ = {**DEVELOPMENT, "DEBUG": "", "PYTEST_VERSION": "9"}
    found = Environment.read(environ)
    assert found.testing
    assert not found.production


def test_the_development_key_is_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret-key"
    first = development_key(file)
    assert development_key(file) == first
    assert first.startswith("development-only-")
    assert len(first) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_place_where_no_key_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    (found,) = faults(DEVELOPMENT)
    assert f"{tmp_path}/var/secret-key cannot be read or made" in found


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app@/criterion?host=/run/sockets&port=54187",
        "postgresql://app:p%40ss%2Fw%3Ard@/crit%20erion?host=db.internal&port=5432&sslmode=require",
    ],
)
def test_a_database_url_survives_reading_and_writing(url: str) -> None:
    assert database_url(parse_database_url(url)) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://app:pw@db/c", "postgresql://app:***@db/c"),
        ("redis://:p@w@host/0", "redis://:***@host/0"),
        ("smtp://host:25", "smtp://host:25"),
        ("unix:///folder/broker.sock?db=0", "unix:///folder/broker.sock?db=0"),
    ],
)
def test_a_password_is_struck_out(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_celery_gets_a_socket_in_its_own_spelling() -> None:
    assert celery_broker_url("unix:///a/b.sock") == "redis+socket:///a/b.sock?virtual_host=0"
    assert celery_broker_url("redis://host:6379/3") == "redis://host:6379/3"
