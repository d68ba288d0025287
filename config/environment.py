"""Reads and checks every environment value in one place, so that a bad one stops the start."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_KEY_MARK = "development-only-"
DATABASE_OPTIONS = {
    "application_name",
    "connect_timeout",
    "options",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
}
HOST_NAME = re.compile(r"^\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^\[[0-9A-Fa-f:]+\]$")


class EnvironmentFault(ImproperlyConfigured):
    """One or more environment values break a rule; `faults` has one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(
            "The environment is not as it must be (docs/environment.md has every variable):\n"
            + "\n".join(f"  - {fault}" for fault in faults)
        )


def without_password(url: str) -> str:
    """`url` with its password struck out, fit to be shown."""
    return re.sub(r"^([^/]*//[^/@]*?:).*@", r"\1***@", url)


def split_url(url: str) -> SplitResult:
    """The parts of `url`. Refuses (ValueError) one whose host or port cannot be read."""
    parts = urlsplit(url)
    _ = parts.port  # read here, because it raises only when read
    return parts


class Values:
    """Reads single values and notes what is wrong with them, to be raised all at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def fault(self, sentence: str) -> None:
        self.faults.append(sentence)

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding blanks; an empty one counts as not set."""
        return self.environ.get(name, "").strip() or default

    def required(self, name: str, remedy: str, *, when: bool) -> str:
        value = self.text(name)
        if when and not value:
            self.fault(f"{name} is not set. {remedy}")
        return value

    def switch(self, name: str) -> bool:
        value = self.text(name, "0")
        if value not in {"0", "1"}:
            self.fault(f"{name} is {value!r}. It is a switch: set it to 0 or 1.")
        return value == "1"

    def count(self, name: str, most: int) -> int:
        value = self.text(name, "0")
        if not value.isascii() or not value.isdigit() or int(value) > most:
            self.fault(f"{name} is {value!r}. Set it to a whole number from 0 to {most}.")
            return 0
        return int(value)

    def path(self, name: str) -> Path | None:
        value = self.text(name)
        if value and not Path(value).is_absolute():
            self.fault(f"{name} is {value!r}. Give the absolute path, beginning with a slash.")
        return Path(value) if value else None

    def url(self, name: str, value: str, schemes: dict[str, str]) -> SplitResult | None:
        """The parts of a URL whose scheme is a key of `schemes`; each key's value is an example."""
        shown = without_password(value)
        try:
            parts = split_url(value)
        except ValueError:
            self.fault(f"{name} is {shown!r}. Its host or port cannot be read: check the URL.")
            return None
        if parts.scheme not in schemes:
            examples = " or ".join(dict.fromkeys(schemes.values()))
            self.fault(f"{name} is {shown!r}. Write {examples}.")
            return None
        return parts


Parsed = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Everything that differs between two installations; docs/environment.md has the table.

    `database` and `database_owner` are ready for Django's DATABASES; the second is None in a
    process that may not migrate. `email` has BACKEND and, for SMTP, HOST, PORT, USER, PASSWORD
    and TLS. Paths that are not set outside production are None, except `media_root`.
    """

    debug: bool
    demo: bool
    testing: bool
    production: bool
    secret_key: str
    secret_key_fallbacks: list[str]
    allowed_hosts: list[str]
    site_url: str
    database: Parsed
    database_owner: Parsed | None
    redis_url: str
    celery_broker_url: str
    media_root: Path
    s3_bucket: str
    s3_options: Parsed
    email: Parsed
    from_email: str
    seal_key_file: Path | None
    seal_certificate_file: Path | None
    seal_trust_folder: Path | None
    sentry_dsn: str
    trusted_proxies: int

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Reads `environ`. Refuses (EnvironmentFault) with every fault it finds, at once."""
        values = Values(environ)
        debug, demo = values.switch("DEBUG"), values.switch("DEMO")
        testing = "PYTEST_VERSION" in environ  # set by pytest for its own life
        production = not (debug or demo or testing)
        database, database_owner = _databases(values, production=production)
        allowed_hosts = _allowed_hosts(values, production=production)
        site_url = _site_url(values, allowed_hosts, production=production)
        redis_url = _redis_url(values)
        seal = _seal(values, production=production)
        s3_bucket = values.text("STORAGE_S3_BUCKET")
        found = cls(
            debug=debug,
            demo=demo,
            testing=testing,
            production=production,
            secret_key=_secret_key(values, production=production),
            secret_key_fallbacks=_former_keys(values),
            allowed_hosts=allowed_hosts,
            site_url=site_url,
            database=database,
            database_owner=database_owner,
            redis_url=redis_url,
            celery_broker_url=celery_broker_url(redis_url),
            media_root=_media_root(values, production=production and not s3_bucket),
            s3_bucket=s3_bucket,
            s3_options=_s3_options(values, s3_bucket),
            email=_email(values, production=production),
            from_email=_from_email(values, site_url),
            seal_key_file=seal["SEAL_KEY_FILE"],
            seal_certificate_file=seal["SEAL_CERTIFICATE_FILE"],
            seal_trust_folder=seal["SEAL_TRUST_FOLDER"],
            sentry_dsn=_web_address(values, "SENTRY_DSN"),
            trusted_proxies=values.count("TRUSTED_PROXIES", 10),
        )
        if values.faults:
            raise EnvironmentFault(values.faults)
        return found


def parse_database_url(url: str) -> Parsed:
    """A postgresql:// URL as one entry of DATABASES; `?host=/folder` names a socket folder.

    Refuses (ValueError, with the rule and the remedy) another scheme, a missing role or
    database name, and connection options that are not known here.
    """
    try:
        parts = split_url(url)
    except ValueError:
        raise ValueError("Its host or port cannot be read: check the URL.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            "PostgreSQL is the one database: write postgresql://role:password@host/name."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    port = options.pop("port", "") or str(parts.port or "")
    if port and not (port.isascii() and port.isdigit()):
        raise ValueError("Its port is not a number.")
    name = unquote(parts.path.removeprefix("/"))
    if not parts.username or not name or "/" in name:
        raise ValueError(
            "It names no role or no database: write postgresql://role:password@host/name."
        )
    if unknown := sorted(options.keys() - DATABASE_OPTIONS):
        known = ", ".join(sorted(DATABASE_OPTIONS))
        raise ValueError(f"The option {', '.join(unknown)} is not known; known are {known}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def database_url(parsed: Parsed) -> str:
    """The URL that `parse_database_url` reads back as `parsed`."""
    role, name = quote(parsed["USER"], safe=""), quote(parsed["NAME"], safe="")
    password = f":{quote(parsed['PASSWORD'], safe='')}" if parsed["PASSWORD"] else ""
    query = {"host": parsed["HOST"], "port": parsed["PORT"], **parsed["OPTIONS"]}
    tail = "&".join(f"{key}={quote(value, safe='/')}" for key, value in query.items() if value)
    return f"postgresql://{role}{password}@/{name}" + (f"?{tail}" if tail else "")


def celery_broker_url(redis_url: str) -> str:
    """The same broker as Celery spells it: it has its own form for a socket."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    number = dict(parse_qsl(query)).get("db", "0")
    return f"redis+socket://{path}?virtual_host={number}"


def _databases(values: Values, *, production: bool) -> tuple[Parsed, Parsed | None]:
    """The runtime role's and the owner's connection: two roles on one database."""
    found: dict[str, Parsed] = {}
    remedies = {
        "DATABASE_URL": "Start through manage.py or make, which start an embedded PostgreSQL, "
        "or write postgresql://role:password@host/name.",
        "DATABASE_OWNER_URL": "Give the role that owns the tables and migrates them.",
    }
    for name, remedy in remedies.items():
        needed = name == "DATABASE_URL" or not production
        url = values.required(name, remedy, when=needed)
        try:
            found[name] = parse_database_url(url) if url else {}
        except ValueError as fault:
            values.fault(f"{name} is {without_password(url)!r}. {fault}")
            found[name] = {}
    database, owner = found["DATABASE_URL"], found["DATABASE_OWNER_URL"]
    if database and owner:
        if database["USER"] == owner["USER"]:
            values.fault(
                f"DATABASE_URL and DATABASE_OWNER_URL both name the role {owner['USER']!r}. The "
                "site runs as a role that owns nothing: give it a role of its own."
            )
        if database["NAME"] != owner["NAME"]:
            values.fault(
                f"DATABASE_URL names the database {database['NAME']!r} and DATABASE_OWNER_URL "
                f"{owner['NAME']!r}. Both roles work on one database: name the same."
            )
    return database, owner or None


def _secret_key(values: Values, *, production: bool) -> str:
    remedy = "Set 50 random characters or more, the same for every process of the site."
    key = values.required("SECRET_KEY", remedy, when=production)
    if production:
        if key.startswith(DEVELOPMENT_KEY_MARK):
            values.fault(f"SECRET_KEY is the development key, which production refuses. {remedy}")
        elif key and (len(key) < 50 or len(set(key)) < 5):
            values.fault(f"SECRET_KEY is too short or too plain. {remedy}")
    elif not key:
        file = ROOT / "var" / "secret-key"
        try:
            return development_key(file)
        except OSError as fault:
            values.fault(
                f"SECRET_KEY is not set, and the key kept in {file} cannot be read or made "
                f"({fault.strerror}). Move that file away, or set the variable."
            )
    return key


def _former_keys(values: Values) -> list[str]:
    """Keys that were in use before: what they signed still counts, nothing new is signed."""
    keys = [key.strip() for key in values.text("SECRET_KEY_FALLBACKS").split(",") if key.strip()]
    if any(len(key) < 50 for key in keys):
        values.fault(
            "SECRET_KEY_FALLBACKS has a key of fewer than 50 characters. Give former values of "
            "SECRET_KEY, with commas between them."
        )
    return keys


def development_key(file: Path) -> str:
    """The key kept in `file` for its owner only, made when there is none yet."""
    with suppress(FileNotFoundError):
        return file.read_text()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}-{os.getpid()}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(DEVELOPMENT_KEY_MARK + secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, file)  # of two processes that start at once, the first wins whole
    draft.unlink()
    return file.read_text()


def _allowed_hosts(values: Values, *, production: bool) -> list[str]:
    remedy = "Name the hosts the site answers to, with commas between them."
    text = values.required("ALLOWED_HOSTS", remedy, when=production)
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if production and "*" in hosts:
        values.fault(f"ALLOWED_HOSTS is {text!r}. A star lets any host name through. {remedy}")
    for host in hosts:
        if host != "*" and not HOST_NAME.match(host):
            values.fault(f"ALLOWED_HOSTS has {host!r}, which is no host name. {remedy}")
    return hosts or ["localhost", "127.0.0.1", "[::1]"]


def _site_url(values: Values, allowed_hosts: list[str], *, production: bool) -> str:
    """Scheme and host under which people reach the site, without a slash at the end."""
    default = "http://localhost:8000"
    example = "https://portfolio.example.org"
    schemes = {"https": example} if production else {"http": default, "https": example}
    value = values.required("SITE_URL", f"Write {example}.", when=production)
    value = (value or default).rstrip("/")
    if production and value == default:
        return value
    parts = values.url("SITE_URL", value, schemes)
    if parts is None:
        return value
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        values.fault(
            f"SITE_URL is {without_password(value)!r}. Write scheme and host only: {example}."
        )
    elif production and not any(_answers(host, parts.hostname) for host in allowed_hosts):
        values.fault(
            f"SITE_URL names the host {parts.hostname!r}, to which ALLOWED_HOSTS does not answer. "
            "Add it there."
        )
    return value


def _answers(allowed: str, host: str) -> bool:
    allowed = allowed.lower().strip("[]")
    return allowed in {"*", host} or (allowed.startswith(".") and f".{host}".endswith(allowed))


def _redis_url(values: Values) -> str:
    remedy = (
        "Start through manage.py or make, which start an embedded broker, "
        "or write redis://host:6379/0."
    )
    value = values.required("REDIS_URL", remedy, when=True)
    schemes = {
        "redis": "redis://host:6379/0",
        "rediss": "rediss://host:6379/0",
        "unix": "unix:///folder/broker.sock?db=0",
    }
    parts = values.url("REDIS_URL", value, schemes) if value else None
    if parts is None:
        return value
    number = parts.path.removeprefix("/")
    if parts.scheme == "unix":
        number = dict(parse_qsl(parts.query)).get("db", "0")
        complete = len(parts.path) > 1 and not parts.netloc
    else:
        complete = bool(parts.hostname)
    if not complete or not (number or "0").isdigit():
        values.fault(
            f"REDIS_URL is {without_password(value)!r}. Its host, socket or database number is "
            f"missing or no number: write {schemes[parts.scheme]}."
        )
    return value


def _media_root(values: Values, *, production: bool) -> Path:
    remedy = "Give the folder that keeps the files people hand in, or set STORAGE_S3_BUCKET."
    values.required("MEDIA_ROOT", remedy, when=production)
    return values.path("MEDIA_ROOT") or ROOT / "var" / "media"


def _s3_options(values: Values, bucket: str) -> Parsed:
    """Options of the S3 storage: private, short-lived links, nothing overwritten."""
    if not bucket:
        return {}
    endpoint = _web_address(values, "STORAGE_S3_ENDPOINT")
    remedy = "Give both halves of the key, or neither where the machine has a role of its own."
    halves = ("STORAGE_S3_ACCESS_KEY", "STORAGE_S3_SECRET_KEY")
    given = [name for name in halves if values.text(name)]
    for name in halves:
        values.required(name, remedy, when=len(given) == 1)
    return {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": values.text("STORAGE_S3_REGION") or None,
        "access_key": values.text(halves[0]) or None,
        "secret_key": values.text(halves[1]) or None,
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        "querystring_expire": 60,  # seconds
    }


def _email(values: Values, *, production: bool) -> Parsed:
    remedy = "Write smtp://user:password@host:587?tls=1, or console:// to print the letters."
    value = values.required("EMAIL_URL", remedy, when=production) or "console://"
    schemes = {"smtp": "smtp://user:password@host:587?tls=1", "console": "console://"}
    parts = values.url("EMAIL_URL", value, schemes)
    if parts is None or parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    tls = dict(parse_qsl(parts.query)).get("tls", "0")
    if not parts.hostname or tls not in {"0", "1"}:
        values.fault(f"EMAIL_URL is {without_password(value)!r}. {remedy}")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "HOST": parts.hostname or "",
        "PORT": parts.port or (587 if tls == "1" else 25),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "TLS": tls == "1",
    }


def _from_email(values: Values, site_url: str) -> str:
    value = values.text("FROM_EMAIL")
    if not value:
        return f"Criterion <no-reply@{site_url.rpartition('/')[2].partition(':')[0]}>"
    if not re.fullmatch(r"[^<>\r\n@]+@[^<>\s@]+|[^<>\r\n]*<[^<>\s@]+@[^<>\s@]+>", value):
        values.fault(
            f"FROM_EMAIL is {value!r}. Write an address: Criterion <no-reply@example.org>."
        )
    return value


def _seal(values: Values, *, production: bool) -> dict[str, Path | None]:
    """Where the seal's key and certificates lie; outside production all three or none."""
    remedies = {
        "SEAL_KEY_FILE": "Give the private key (PEM) that seals the papers.",
        "SEAL_CERTIFICATE_FILE": "Give the certificate (PEM) of the key that seals the papers.",
        "SEAL_TRUST_FOLDER": "Give the folder of certificates, old ones too, that are trusted.",
    }
    needed = production or any(values.text(name) for name in remedies)
    for name, remedy in remedies.items():
        values.required(name, remedy, when=needed)
    return {name: values.path(name) for name in remedies}


def _web_address(values: Values, name: str) -> str:
    value = values.text(name)
    if value:
        parts = values.url(name, value, {"https": "https://host/path", "http": "http://host/path"})
        if parts is not None and not parts.hostname:
            values.fault(f"{name} is {without_password(value)!r}. It names no host.")
    return value
