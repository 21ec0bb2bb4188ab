"""Settings, read once from the environment (`CAUTERY_*`); a value that cannot be right stops the start with a hint."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from cautery.core.errors import SettingInvalid
from cautery.settings.database import database, safe_sqlite
from cautery.settings.domains import domain_asks
from cautery.settings.elsewhere import check_elsewhere
from cautery.settings.environment import ENVIRONMENT as E
from cautery.settings.environment import secret_key

safe_sqlite()

PACKAGE = Path(__file__).resolve().parent.parent
DATA: Path = E.path("CAUTERY_DATA")
DEBUG = False
MODE: str = E.choice("CAUTERY_MODE")
REHEARSAL: bool = MODE == "rehearsal"

SECOND_FACTOR: str = E.choice("CAUTERY_SECOND_FACTOR")
if SECOND_FACTOR == "auto":
    SECOND_FACTOR = "none" if REHEARSAL else "keys"

HOST_MAP: Path | None = E.optional_path("CAUTERY_HOST_MAP")
CLOCK_URL: str = E.text("CAUTERY_CLOCK_URL")
EXTRA_RULES: Path | None = E.optional_path("CAUTERY_EXTRA_RULES")
RDAP_BASE: str = E.text("CAUTERY_RDAP_BASE")
RDAP_REFRESH: bool = E.choice("CAUTERY_RDAP_REFRESH") == "weekly" and not REHEARSAL
DNS: str = E.text("CAUTERY_DNS")
DOMAIN_ASKS: frozenset[str] = domain_asks(E, rehearsal=REHEARSAL)
ORIGIN_ZONES: list[str] = E.words("CAUTERY_ORIGIN_ZONES")
WHOIS: dict[str, str] = E.pairs("CAUTERY_WHOIS")
SEND_TIMEOUT_S: float = E.number("CAUTERY_SEND_TIMEOUT_S")
FETCH_TIMEOUT_S: float = E.number("CAUTERY_FETCH_TIMEOUT_S")
CAPTURE: str = E.choice("CAUTERY_CAPTURE")
DEPTH: str = E.choice("CAUTERY_DEPTH")
CAPTURE_MAX_BYTES: int = int(E.number("CAUTERY_CAPTURE_MAX_BYTES", 1e12))
CAPTURE_TIMEOUT_S: float = E.number("CAUTERY_CAPTURE_TIMEOUT_S")
EVIDENCE: str = E.text("CAUTERY_EVIDENCE")
EXITS: dict[str, str] = E.pairs("CAUTERY_EXITS")
FETCH_GAP_S: float = E.number("CAUTERY_FETCH_GAP_S")
FETCH_CONCURRENCY: int = int(E.number("CAUTERY_FETCH_CONCURRENCY"))
MAIL_RELAY: str = E.text("CAUTERY_MAIL_RELAY")
MAIL_LISTEN: str = E.text("CAUTERY_MAIL_LISTEN")
MAIL_FROM: str = E.text("CAUTERY_MAIL_FROM")
DESK_URL: str = E.text("CAUTERY_DESK_URL")
MAIL_BOX: str = E.text("CAUTERY_MAIL_BOX")
MAIL_BOX_PASSWORD: Path | None = E.optional_path("CAUTERY_MAIL_BOX_PASSWORD")
MAIL_TRUSTED_HOST: str = E.text("CAUTERY_MAIL_TRUSTED_HOST")
MAIL_TLS_REQUIRED: bool = E.flag("CAUTERY_MAIL_TLS_REQUIRED")
KEYS: Path = E.optional_path("CAUTERY_KEYS") or DATA / "keys"
USER_AGENT: str = E.text("CAUTERY_USER_AGENT")
CHECKPOINTS: Path = E.optional_path("CAUTERY_CHECKPOINTS") or DATA / "checkpoints"
CUSTODY_KEY: Path = E.optional_path("CAUTERY_CUSTODY_KEY") or DATA / "custody.key"
RETENTION: Path | None = E.optional_path("CAUTERY_RETENTION")
OIDC_ISSUER: str = E.text("CAUTERY_OIDC_ISSUER")
OCR: str = E.text("CAUTERY_OCR")
OIDC_CLIENT: str = E.text("CAUTERY_OIDC_CLIENT")
OIDC_SECRET: Path | None = E.optional_path("CAUTERY_OIDC_SECRET")
OIDC_NAME: str = E.text("CAUTERY_OIDC_NAME")
OIDC_CLAIM: str = E.text("CAUTERY_OIDC_CLAIM")
SAML_METADATA: str = E.text("CAUTERY_SAML_METADATA")
SAML_ISSUER: str = E.text("CAUTERY_SAML_ISSUER")
SAML_ENTITY: str = E.text("CAUTERY_SAML_ENTITY")
SAML_ATTRIBUTE: str = E.text("CAUTERY_SAML_ATTRIBUTE")
SAML_KEY: Path | None = E.optional_path("CAUTERY_SAML_KEY")
SAML_NAME: str = E.text("CAUTERY_SAML_NAME")
TRANSLATE_URL: str = E.text("CAUTERY_TRANSLATE_URL")
TSA_URL: str = E.text("CAUTERY_TSA_URL")
TSA_ROOTS: Path | None = E.optional_path("CAUTERY_TSA_ROOTS")
TSA_EVERY_S: float = E.number("CAUTERY_TSA_EVERY_S")
WORDING: Path | None = E.optional_path("CAUTERY_WORDING")

if not REHEARSAL:
    for name, value in (
        ("CAUTERY_HOST_MAP", HOST_MAP),
        ("CAUTERY_CLOCK_URL", CLOCK_URL),
        ("CAUTERY_EXTRA_RULES", EXTRA_RULES),
    ):
        if value:
            raise SettingInvalid(
                f"{name} is for the rehearsal only.",
                setting=name,
                reason="rehearsal_only",
                hint="Unset it, or set CAUTERY_MODE=rehearsal on a machine that holds no real register.",
            )

    check_elsewhere(E)

SECRET_KEY = secret_key(DATA)
ALLOWED_HOSTS = E.words("CAUTERY_ALLOWED_HOSTS")
DATABASES: dict[str, dict[str, Any]] = {"default": database(os.environ.get("DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Officer"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_htmx",
    "cautery.custody",
    "cautery.directory",
    "cautery.intake",
    "cautery.identify",
    "cautery.match",
    "cautery.review",
    "cautery.authorise",
    "cautery.refer",
    "cautery.track",
    "cautery.watch",
    "cautery.report",
    "cautery.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cautery.web.language.LanguageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cautery.urls"
WSGI_APPLICATION = "cautery.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
            "string_if_invalid": "",
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch"), ("fr", "Français")]
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:operations"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "cautery.directory.people.sessions"
SESSION_COOKIE_AGE = int(E.number("CAUTERY_SESSION_HOURS", 1_000) * 3_600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = E.flag("CAUTERY_HTTPS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if SESSION_COOKIE_SECURE and host != "*"]
"""Behind TLS the browser names an https origin, and the proxy asks us over http."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 33_554_432  # a batch of 5,000 flags with long links and notes
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers send `Origin: null`, which CSRF refuses
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": E.choice("CAUTERY_LOG_LEVEL")},
}
