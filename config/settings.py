"""The one settings file: every value that differs between machines comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONCE, NONE, SELF

from config.environment import Environment
from config.logs import without_links

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment.read(os.environ)
TESTING = ENVIRONMENT.testing

DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
SITE_URL = ENVIRONMENT.site_url
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "quality.apps.QualityConfig",
    "assessment.apps.AssessmentConfig",
    "portfolios.apps.PortfoliosConfig",
    "centres.apps.CentresConfig",
    "qualifications.apps.QualificationsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "template_partials",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
    # Innermost: its transaction holds the view and the rendering of its template.
    "centres.middleware.CentreMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    },
]

# Two roles: the site runs as one that owns nothing; migrations and the catalogue use the owner.
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **ENVIRONMENT.database,
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": not TESTING,
        "TEST": {"MIRROR": "owner"},
    },
}
if ENVIRONMENT.database_owner:
    DATABASES["owner"] = {**ENVIRONMENT.database_owner}
    if os.environ.get("ISOLATION_LAYER") == "code" and TESTING:
        # The matrix once more with a role that row-level security does not bind.
        DATABASES["default"] = {
            **DATABASES["owner"],
            "ATOMIC_REQUESTS": True,
            "TEST": {"MIRROR": "owner"},
        }
else:
    DATABASES["default"].pop("TEST")
RUNTIME_ROLE = ENVIRONMENT.database["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits live in the database, so that signing in and signing survive a broker that is down.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
    }
}

AUTH_USER_MODEL = "centres.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "centres.accounts.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "centres.accounts.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address already
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds; signing asks again after five minutes
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
ACCOUNT_RATE_LIMITS = {"reauthenticate": "10/m/user"}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the same reason
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Criterion"
MFA_FORMS = {"add_webauthn": "centres.accounts.PasskeyForm"}
SESSION_COOKIE_AGE = int(timedelta(days=7).total_seconds())
SESSION_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.finders.PackageFinder",
]
WHITENOISE_USE_FINDERS = not ENVIRONMENT.production
MEDIA_ROOT = ENVIRONMENT.media_root
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.production
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if ENVIRONMENT.s3_bucket:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": ENVIRONMENT.s3_options,
    }
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # the desk shows evidence in a sandboxed frame
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if ENVIRONMENT.production:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

EMAIL_BACKEND = ENVIRONMENT.email["BACKEND"]
EMAIL_HOST = ENVIRONMENT.email.get("HOST", "")
EMAIL_PORT = ENVIRONMENT.email.get("PORT", 25)
EMAIL_HOST_USER = ENVIRONMENT.email.get("USER", "")
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.get("PASSWORD", "")
EMAIL_USE_TLS = ENVIRONMENT.email.get("TLS", False)
DEFAULT_FROM_EMAIL = ENVIRONMENT.from_email

# A job is acknowledged when it is done, so a killed worker's jobs come back; the visibility
# time-out stands above the longest task.
CELERY_BROKER_URL = ENVIRONMENT.celery_broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_TASK_TIME_LIMIT = 90  # seconds
CELERY_TASK_SOFT_TIME_LIMIT = 75
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "max_retries": 1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "pdf"
CELERY_TASK_ROUTES = {
    "assessment.tasks.*": {"queue": "pdf"},
    "centres.tasks.*": {"queue": "mail"},
    "quality.alignment_tasks.*": {"queue": "pdf"},
    "quality.tasks.*": {"queue": "files"},
}
CELERY_BEAT_SCHEDULE = {
    "requeue-documents": {"task": "assessment.tasks.requeue_documents", "schedule": 10.0},
    "requeue-alignment-papers": {
        "task": "quality.alignment_tasks.requeue_alignment_papers",
        "schedule": 15.0,
    },
    "requeue-letters": {"task": "centres.tasks.requeue_letters", "schedule": 30.0},
    "requeue-handbooks": {"task": "quality.tasks.requeue_handbooks", "schedule": 15.0},
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The demonstration prints its letters as they are; elsewhere what is printed goes through the log.
CELERY_WORKER_REDIRECT_STDOUTS = not DEMO

SEAL_KEY_FILE = ENVIRONMENT.seal_key_file
SEAL_CERTIFICATE_FILE = ENVIRONMENT.seal_certificate_file
SEAL_TRUST_FOLDER = ENVIRONMENT.seal_trust_folder

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_links,
                structlog.processors.JSONRenderer(),
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"criterion": {"level": "INFO"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

if ENVIRONMENT.sentry_dsn:
    import sentry_sdk

    sentry_sdk.init(dsn=ENVIRONMENT.sentry_dsn, send_default_pii=False)
